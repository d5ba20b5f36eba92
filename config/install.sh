#!/bin/sh
# Copies a build to where an installation expects it, or takes it away again.
# What a hall has changed in /etc/yikou is never overwritten and never removed.
set -eu

usage() {
	cat <<-'END'
	Usage: install.sh BUILD DESTDIR PREFIX
	       install.sh --remove DESTDIR PREFIX
	Copies the programs of the folder BUILD and what they need below
	DESTDIR (empty: this machine) and PREFIX, or removes all but /etc/yikou.
	Example: sh config/install.sh build/plain /tmp/stage /usr
	END
}

remove=
case "${1:-}" in
--help | -h)
	usage
	exit 0
	;;
--remove)
	remove=yes
	build=
	shift
	;;
*)
	build=${1:-}
	[ $# -eq 0 ] || shift
	;;
esac
if [ $# -ne 2 ] || [ "${2#/}" = "$2" ] ||
	{ [ -z "$remove" ] && [ ! -x "$build/yikou" ]; }; then
	usage >&2
	exit 64
fi
[ -n "$remove" ] || build=$(cd "$build" && pwd)
case "$1" in
'' | /*) root=${1%/} ;;
*) root=$PWD/${1%/} ;;
esac
prefix=${2%/}
cd "$(dirname "$0")/.."

share=$prefix/share
etc=/etc/yikou

# put MODE FILE PLACE: one file, its folders made.
put() {
	if [ -n "$remove" ]; then
		rm -f "$root$3"
	else
		install -D -m "$1" "$2" "$root$3"
	fi
}

# The same for a file that names places of this installation.
put_placed() {
	placed=$(mktemp)
	sed -e "s|/usr/bin/|$prefix/bin/|g" \
		-e "s|^#state = state\$|state = /var/lib/yikou|" \
		-e "s|^#runtime = run\$|runtime = /run/yikou|" \
		-e "s|^#data = \\.\$|data = $share/yikou|" \
		-e "s|^#locale = locale\$|locale = $share/locale|" \
		-e "s|^#outbox = outbox\$|outbox = /var/lib/yikou/outbox|" \
		-e "s|unix:run/|unix:/run/yikou/|" \
		-e "s|{conf}/sane-test|$share/yikou/sane-test|" \
		"$2" >"$placed"
	put "$1" "$placed" "$3"
	rm -f "$placed"
}

# put_etc MODE FILE: configuration, once.
put_etc() {
	[ -z "$remove" ] || return 0
	[ -e "$root$etc/$(basename "$2")" ] ||
		put_placed "$1" "$2" "$etc/$(basename "$2")"
}

for program in yikou yikou-devd yikou-syncd yikou-scan yikou-sim \
	yikou-platform yikou-paper yikou-exchange; do
	put 755 "$build/$program" "$prefix/bin/$program"
done
put 644 "$build/locale/zh_CN/LC_MESSAGES/yikou.mo" \
	"$share/locale/zh_CN/LC_MESSAGES/yikou.mo"
for file in $(cd config && find calendar catalog demo exchange profiles rules sane-test \
	templates -type f | sort); do
	put 644 "config/$file" "$share/yikou/$file"
done

for file in $(cd config/man && find . -name '*.[1-8]' | sort); do
	section=${file##*.}
	language=$(dirname "$file")
	put 644 "config/man/$file" \
		"$share/man/${language#.}/man$section/$(basename "$file")"
done
for program in yikou yikou-devd yikou-syncd yikou-scan yikou-sim \
	yikou-platform yikou-paper yikou-exchange; do
	put 644 config/completion/yikou.bash \
		"$share/bash-completion/completions/$program"
done
put 644 config/completion/_yikou "$share/zsh/site-functions/_yikou"

for unit in yikou-devd yikou-syncd; do
	put_placed 644 config/systemd/$unit.service \
		"$prefix/lib/systemd/system/$unit.service"
done
put_placed 644 config/systemd/yikou-exchange.service \
	"$prefix/lib/systemd/system/yikou-exchange.service"
put 644 config/systemd/yikou-exchange.timer \
	"$prefix/lib/systemd/system/yikou-exchange.timer"
put 644 config/systemd/yikou-modules.conf \
	"$prefix/lib/modules-load.d/yikou.conf"
put 644 config/sysusers/yikou.conf "$prefix/lib/sysusers.d/yikou.conf"
put 644 config/tmpfiles/yikou.conf "$prefix/lib/tmpfiles.d/yikou.conf"
put 644 config/udev/70-yikou.rules "$prefix/lib/udev/rules.d/70-yikou.rules"

# Secrets have their own modes, see tmpfiles.d/yikou.conf.
put_etc 644 config/yikou.conf
put_etc 644 config/devices.conf
put_etc 640 config/people.conf

if [ -n "$remove" ] && [ -d "$root$share/yikou" ]; then
	find "$root$share/yikou" -depth -type d -empty -delete
fi
