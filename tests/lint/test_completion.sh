#!/bin/sh
# Completion as bash and zsh run it: every option of --help is offered and no
# other, commands, devices, templates, files. usage: test_completion.sh BUILD
set -u
build=$1
number=0
failed=0
here=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

# is WHAT HAVE WANT: the same words
is() {
	number=$((number + 1))
	have=$(echo "$2" | tr ' ' '\n' | sed '/^$/d' | sort -u | tr '\n' ' ')
	want=$(echo "$3" | tr ' ' '\n' | sed '/^$/d' | sort -u | tr '\n' ' ')
	if [ "$have" = "$want" ]; then
		echo "ok $number $1"
	else
		failed=1
		echo "not ok $number $1"
		echo "# have $have"
		echo "# want $want"
	fi
}

# complete WORD...: what bash offers for the last word
complete() {
	# shellcheck disable=SC2016
	(cd "$work" && bash --norc -c 'set -u
		source "$1"
		shift
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		_yikou
		[ ${#COMPREPLY[@]} -eq 0 ] || printf "%s\n" "${COMPREPLY[@]}"' \
		bash "$here/config/completion/yikou.bash" "$@" 2>&1)
}

options() {
	grep -oE '(^| )(-[a-z]|--[a-z][a-z-]+)' | tr -d ' '
}

commands=$("$build/yikou" --help |
	awk '/^  [a-z]+ +[^ -]/ && $1 != "yikou" { print $1 }')
is "yikou offers its commands" "$(complete yikou '')" "$commands"
is "yikou offers its options" "$(complete yikou -)" \
	"$({ "$build/yikou" --help; "$build/yikou" screen --help; } | options) -h"
for command in $commands; do
	is "yikou $command offers its options" \
		"$(complete yikou "$command" -)" \
		"$("$build/yikou" "$command" --help | options)"
done
for program in devd syncd scan sim platform paper exchange; do
	is "yikou-$program offers its options" \
		"$(complete yikou-$program -)" \
		"$("$build/yikou-$program" --help |
			sed -n '/^  -h, --help/,/^$/p; /^Application/,/^$/p' |
			options)"
done

cp config/devices.conf "$work/devices.conf"
cp -R config/templates "$work/templates"
touch "$work/yikou.conf" "$work/a file"
mkdir "$work/folder"
devices='keypad pad bar idcard camera scanner'
is "half a word" "$(complete yikou ver)" verify
is "nothing behind a command without words" "$(complete yikou check '')" ""
is "diag check" "$(complete yikou diag '')" check
is "devices of the configuration" \
	"$(complete yikou -c yikou.conf diag check '')" "$devices"
is "devices, --config=FILE" \
	"$(complete yikou --config = ./yikou.conf diag check ca)" camera
is "no configuration, no devices" \
	"$(complete yikou -c /nowhere/yikou.conf diag check '')" ""
is "sync status" "$(complete yikou sync st)" status
is "a file" "$(complete yikou --config yi)" yikou.conf
is "a file, --config=" "$(complete yikou --config = yi)" yikou.conf
is "all files, --config=" "$(complete yikou-devd --config = |
	grep -c folder)" 1
number=$((number + 1))
if [ "$(complete yikou --config 'a f')" = 'a file' ]; then
	echo "ok $number a file with a blank"
else
	failed=1
	echo "not ok $number a file with a blank"
fi
for program in yikou-devd yikou-syncd yikou-scan yikou-sim yikou-platform \
	yikou-paper yikou-exchange; do
	for option in $("$build/$program" --help | grep -oE '[a-z][a-z-]+=DIR'); do
		is "$program --$option" \
			"$(complete "$program" "--${option%=*}" '')" \
			'folder templates'
	done
	for option in $("$build/$program" --help | grep -oE '[a-z][a-z-]+=FILE'); do
		is "$program --$option" \
			"$(complete "$program" "--${option%=*}" yi)" yikou.conf
	done
done
is "-s is a folder of yikou-scan" "$(complete yikou-scan -s fo)" folder
is "-s is a file of yikou-sim" "$(complete yikou-sim -s yi)" yikou.conf
is "ctl" "$(complete yikou-sim -c yikou.conf '')" ctl
is "verbs" "$(complete yikou-sim -c yikou.conf ctl '')" \
	'key rate card lift page fault state'
is "devices of ctl" "$(complete yikou-sim -c yikou.conf ctl key '')" "$devices"
is "keys" "$(complete yikou-sim -c yikou.conf ctl key keypad p)" 'park pause'
is "a card" "$(complete yikou-sim -c yikou.conf ctl card idcard na)" \
	'name= nation='
is "state wants nothing" "$(complete yikou-sim -c yikou.conf ctl state '')" ""
is "templates" "$(complete yikou-paper --templates templates --sample '')" \
	'receipt accept-notice application-form refuse-notice'
is "a number is typed" "$(complete yikou-syncd --max-time '')" ""
is "by the whole path" "$(complete /usr/bin/yikou-devd --li)" --list

# What bash itself has registered.
is "registered for every program" \
	"$(bash --norc -c 'source config/completion/yikou.bash; complete -p' |
		awk '{ print $NF }')" \
	'yikou yikou-devd yikou-syncd yikou-scan yikou-sim yikou-platform yikou-paper yikou-exchange'

# zsh: the same options; a syntax check where there is a zsh.
for program in devd syncd scan sim platform paper exchange; do
	is "zsh: the options of yikou-$program" \
		"$(awk -v name="yikou-$program)" '$0 == name { inside = 1 }
			inside; /;;/ { inside = 0 }' config/completion/_yikou |
			sed -e 's/\[.*//' -e 's/\$common/ -h --help/' \
				-e 's/\$config/ -c --config/' \
				-e 's/\$version/ --version/' | tr "'{}(),=\"" ' ' |
			options)" \
		"$("$build/yikou-$program" --help |
			sed -n '/^  -h, --help/,/^$/p; /^Application/,/^$/p' |
			options)"
done
if command -v zsh >/dev/null; then
	is "zsh reads it" "$(zsh -n config/completion/_yikou 2>&1)" ""
fi

echo "1..$number"
exit $failed
