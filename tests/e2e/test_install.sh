#!/bin/sh
# An installation into a folder: what is there, that the programs find their
# data from where they lie, that nothing of the hall's is overwritten, that it
# goes away again; units and rules as their own tools judge them.
# usage: test_install.sh BUILD
set -u
build=$1
number=0
failed=0
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT INT TERM
stage=$top/stage

say() {
	number=$((number + 1))
	if [ "$2" = 0 ]; then
		echo "ok $number $1"
	else
		failed=1
		echo "not ok $number $1"
		[ -z "${3:-}" ] || echo "$3" | head -20 | sed 's/^/# /'
	fi
}

skip() {
	number=$((number + 1))
	echo "ok $number $1 # SKIP $2"
}

# same WHAT HAVE WANT
same() {
	if [ "$2" = "$3" ]; then
		say "$1" 0
	else
		printf '%s\n' "$2" >"$top/have"
		printf '%s\n' "$3" >"$top/want"
		say "$1" 1 "$(diff "$top/have" "$top/want")"
	fi
}

programs='yikou yikou-devd yikou-exchange yikou-paper yikou-platform yikou-scan yikou-sim
yikou-syncd'
expected() {
	for program in $programs; do
		echo "usr/bin/$program"
		echo "usr/share/bash-completion/completions/$program"
	done
	for page in yikou.1 yikou-sim.1 yikou-platform.1 yikou-devd.8 \
		yikou-syncd.8 yikou-scan.8 yikou-paper.8 yikou-exchange.8 yikou.conf.5 \
		yikou-devices.conf.5 yikou-profile.5; do
		echo "usr/share/man/man${page##*.}/$page"
		echo "usr/share/man/zh_CN/man${page##*.}/$page"
	done
	(cd config && find calendar catalog demo exchange profiles rules sane-test \
		templates -type f | sed 's|^|usr/share/yikou/|')
	cat <<-'END'
	etc/yikou/devices.conf
	etc/yikou/people.conf
	etc/yikou/yikou.conf
	usr/lib/modules-load.d/yikou.conf
	usr/lib/systemd/system/yikou-devd.service
	usr/lib/systemd/system/yikou-exchange.service
	usr/lib/systemd/system/yikou-exchange.timer
	usr/lib/systemd/system/yikou-syncd.service
	usr/lib/sysusers.d/yikou.conf
	usr/lib/tmpfiles.d/yikou.conf
	usr/lib/udev/rules.d/70-yikou.rules
	usr/share/locale/zh_CN/LC_MESSAGES/yikou.mo
	usr/share/zsh/site-functions/_yikou
	END
}

# The script ---------------------------------------------------------------

out=$(sh config/install.sh 2>&1)
[ $? = 64 ] && [ "${out#Usage: install.sh BUILD}" != "$out" ]
say "without arguments: a usage sentence, status 64" $? "$out"
out=$(sh config/install.sh "$top" "$stage" /usr 2>&1)
[ $? = 64 ] && [ ! -e "$stage" ]
say "a folder that is no build: refused, nothing made" $? "$out"
out=$(sh config/install.sh "$build" "$stage" usr 2>&1)
[ $? = 64 ] && [ ! -e "$stage" ]
say "a relative PREFIX: refused, nothing made" $? "$out"
out=$(make -n --no-print-directory BUILD="$build" install DESTDIR=/x PREFIX=/opt | tail -1)
same "make install hands them on" "$out" \
	"sh config/install.sh $build \"/x\" \"/opt\""

out=$(sh config/install.sh "$build" "$stage" /usr 2>&1)
say "it installs" $? "$out"
same "every file in its place, and no other" \
	"$(cd "$stage" && find . ! -type d | sed 's|^\./||' | LC_ALL=C sort)" \
	"$(expected | LC_ALL=C sort)"
same "programs can be run, the rest only read, people.conf by few" \
	"$(cd "$stage" && find . -type f -printf '%m %p\n' | awk '
		{ kind = $2 ~ /\/bin\// ? "bin" : $2 ~ /people/ ? "people" : "rest" }
		{ print kind, $1 }' | sort -u)" "bin 755
people 640
rest 644"

# The installed programs -----------------------------------------------------

bin=$stage/usr/bin
for program in $programs; do
	"$bin/$program" --version
done >"$top/versions" 2>&1
version=$(sed -n 's/^VERSION := //p' Makefile)
same "--version of each" "$(cat "$top/versions")" \
	"$(for program in $programs; do echo "$program $version"; done)"
LC_ALL=zh_CN.UTF-8 "$bin/yikou" --help | grep -q 窗口
say "yikou finds its translations beside it" $?
same "yikou.conf names the places of the installation" \
	"$(sed -n '/^\[paths\]/,/^\[platform\]/p' "$stage/etc/yikou/yikou.conf" |
		grep '^[a-z]')" "state = /var/lib/yikou
runtime = /run/yikou
data = /usr/share/yikou
locale = /usr/share/locale
outbox = /var/lib/yikou/outbox"

conf=$stage/etc/yikou/yikou.conf
cp "$conf" "$top/shipped.conf"
sed -i "s|= /|= $stage/|" "$conf"
sed -i "s|/usr/share|$stage/usr/share|" "$stage/etc/yikou/devices.conf"
out=$("$bin/yikou" check --config "$conf" 2>&1)
say "yikou check: configuration, catalogue, calendar, people" $? "$out"
echo "$out" | grep -q 事项
say "yikou check speaks Chinese" $? "$out"
out=$("$bin/yikou-devd" --check --config "$conf" 2>&1)
say "yikou-devd: the shipped devices and their profiles" $? "$out"
out=$("$bin/yikou-paper" --sample receipt --out "$top/receipt.pdf" 2>&1)
say "yikou-paper finds its templates from where it lies" $? "$out"
out=$(echo '{"do":"list"}' | "$bin/yikou-scan" \
	--sane-config "$stage/usr/share/yikou/sane-test" 2>/dev/null)
echo "$out" | grep -q '"test:0"'
say "yikou-scan with the shipped test scanner" $? "$out"
if command -v man >/dev/null; then
	out=$(man -M "$stage/usr/share/man" -w yikou yikou-devices.conf \
		yikou-syncd 2>&1)
	say "man finds the pages" $? "$out"
	out=$(man -M "$stage/usr/share/man/zh_CN" -w yikou yikou.conf 2>&1)
	say "man finds the Chinese page" $? "$out"
else
	skip "man finds the pages" "no man"
fi

# Again, elsewhere, away -----------------------------------------------------

echo '# ours' >>"$conf"
cp "$conf" "$top/ours.conf"
sh config/install.sh "$build" "$stage" /usr
cmp -s "$conf" "$top/ours.conf"
say "what the hall changed stays" $?
whole=$(realpath "$build")
(cd "$top" && sh "$OLDPWD/config/install.sh" "$whole" other /usr/local)
same "another PREFIX is in units and configuration" \
	"$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' \
		"$top"/other/usr/local/lib/systemd/system/*.service
	grep '^data' "$top/other/etc/yikou/yikou.conf")" \
	"/usr/local/bin/yikou-devd
/usr/local/bin/yikou-exchange
/usr/local/bin/yikou-syncd
data = /usr/local/share/yikou"
sh config/install.sh --remove "$stage" /usr
same "removed: all but the configuration" \
	"$(cd "$stage" && find . ! -type d | LC_ALL=C sort)" \
	"./etc/yikou/devices.conf
./etc/yikou/people.conf
./etc/yikou/yikou.conf"
same "no folder of data is left" "$(ls "$stage/usr/share/yikou" 2>&1 | wc -l)" 1
sh config/install.sh "$build" "$stage" /usr

# Units, users, rules --------------------------------------------------------

units=$stage/usr/lib/systemd/system
if command -v systemd-analyze >/dev/null; then
	sed -i "s|^ExecStart=/usr|ExecStart=$stage/usr|" "$units"/*.service
	out=$(systemd-analyze verify --man=no "$units"/yikou-*.service 2>&1)
	say "systemd-analyze verify" $? "$out"
	# What it says of other units of this machine is none of ours.
	same "it has nothing to remark" \
		"$(echo "$out" | grep -F "$units")" ""
	for limit in syncd:9 devd:13; do
		unit=yikou-${limit%:*}
		out=$(systemd-analyze security --offline=true --no-pager \
			--threshold="${limit#*:}" "$units/$unit.service" 2>&1)
		say "systemd-analyze security $unit: at most ${limit#*:} tenths" \
			$? "$(echo "$out" | tail -1)"
	done
else
	skip "systemd-analyze verify" "no systemd-analyze"
fi
rules=$stage/usr/lib/udev/rules.d/70-yikou.rules
word='[A-Z]+(\{[A-Za-z_]+\})?(==|!=|=|\+=|:=)"[^"]*"'
out=$(grep -vE "^(#.*)?$" "$rules" | grep -vE "^$word(, $word)*$")
same "udev rules are well formed" "$out" ""
same "each GOTO has its LABEL" "$(grep -oE 'GOTO="[^"]*' "$rules" | sed 's/.*"//')" \
	"$(grep -oE 'LABEL="[^"]*' "$rules" | sed 's/.*"//')"
same "the rules' group is one of ours" \
	"$(grep -oE 'GROUP="[^"]*' "$rules" | sort -u | sed 's/.*"//')" yikou-dev
if udevadm verify --help >/dev/null 2>&1; then
	out=$(udevadm verify --resolve-names=never "$rules" 2>&1)
	say "udevadm verify" $? "$out"
else
	skip "udevadm verify" "this udevadm has none"
fi

# users FIELD: what sysusers.d makes; units and tmpfiles.d may use no other
made=$(awk '$1 == "u" || $1 == "g" { print $2 }' \
	"$stage/usr/lib/sysusers.d/yikou.conf")
used=$({
	sed -n 's/^\(User\|Group\)=//p' "$units"/yikou-*.service
	awk '$1 ~ /^[dz]$/ { print $4; print $5 }' \
		"$stage/usr/lib/tmpfiles.d/yikou.conf"
} | sort -u | grep -vx root)
same "every user and group is made" "$(for name in $used; do
	echo "$made" | grep -qx "$name" || echo "$name"
done)" ""
if [ "$(id -u)" = 0 ] && command -v systemd-sysusers >/dev/null &&
	command -v systemd-tmpfiles >/dev/null; then
	touch "$stage/etc/yikou/platform.token"
	out=$(systemd-sysusers --root="$stage" 2>&1 &&
		systemd-tmpfiles --root="$stage" --create \
			--prefix=/run/yikou --prefix=/var/lib/yikou \
			--prefix=/etc/yikou yikou.conf 2>&1)
	say "systemd-sysusers and systemd-tmpfiles take them" $? "$out"
	name() { awk -F: -v id="$2" '$3 == id { print $1 }' "$stage/etc/$1"; }
	same "folders and secrets are whose they should be" "$(
		for path in run/yikou var/lib/yikou etc/yikou/people.conf \
			etc/yikou/platform.token; do
			user=$(name passwd "$(stat -c %u "$stage/$path")")
			group=$(name group "$(stat -c %g "$stage/$path")")
			echo "$(stat -c %a "$stage/$path") ${user:-root}:$group $path"
		done
	)" "3770 root:yikou-ipc run/yikou
2770 yikou:yikou-store var/lib/yikou
640 root:yikou etc/yikou/people.conf
400 yikou-sync:yikou-sync etc/yikou/platform.token"
	same "who is in which group" "$(grep '^yikou' "$stage/etc/group" |
		awk -F: '$4 { n = split($4, m, ","); for (i = 1; i <= n; i++)
			print $1, m[i] }' | sort)" "yikou-ipc yikou
yikou-ipc yikou-dev
yikou-ipc yikou-sync
yikou-store yikou
yikou-store yikou-sync"
else
	skip "systemd-sysusers and systemd-tmpfiles" "needs root and systemd"
fi

echo "1..$number"
exit $failed
