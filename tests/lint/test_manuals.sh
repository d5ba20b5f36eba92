#!/bin/sh
# The manual pages say what the programs do: every option and exit status of
# --help stands in the page and the other way round, in both languages, as do
# the keys of devices.conf, the statements of profiles and the keys of the
# screen. (yikou.conf is compared by tests/unit/test_config_manual.c.)
# usage: test_manuals.sh BUILD
set -u
build=$1
number=0
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

# same WHAT LEFT RIGHT: two lists of words, equal as sets and not empty
same() {
	number=$((number + 1))
	echo "$2" | tr ' ' '\n' | sed '/^$/d' | sort -u >"$work/left"
	echo "$3" | tr ' ' '\n' | sed '/^$/d' | sort -u >"$work/right"
	if [ -s "$work/left" ] && cmp -s "$work/left" "$work/right"; then
		echo "ok $number $1"
	else
		failed=1
		echo "not ok $number $1"
		diff "$work/left" "$work/right" | sed 's/^/# /'
	fi
}

# The page without its markup.
plain() {
	sed -e 's/\\f[BIPR]//g' -e 's/\\-/-/g' -e 's/\\&//g' -e 's/\\://g' "$1"
}

# What stands before the explanations of a section (all: .*).
tags() {
	plain "$1" | awk -v wanted="$2" '
		/^\.S[HS] / { inside = $0 ~ "^.S[HS] (" wanted ")$" }
		inside && tag { print }
		{ tag = $0 == ".TP" }'
}

options_of_help() {
	grep -oE '(^| )(-[a-z]|--[a-z][a-z-]+)' | tr -d ' '
}

help_of() {
	"$build/$1" --help
	if [ "$1" = yikou ]; then
		for command in $("$build/yikou" --help |
			awk '/^  [a-z]+ +[^ -]/ && $1 != "yikou" { print $1 }'); do
			echo
			"$build/yikou" "$command" --help
		done
	fi
}

exits_of_help() {
	awk '/Exit status|退出码/ { inside = 1; sub(/.*(Exit status|退出码)/, "") }
		/^$/ { inside = 0 }
		inside' | grep -oE '[0-9]+'
}

sections_en='NAME DESCRIPTION FILES EXAMPLES SEE_ALSO'
sections_zh='名称 描述 文件 示例 参见'
for page in yikou.1 yikou-sim.1 yikou-platform.1 yikou-devd.8 \
	yikou-syncd.8 yikou-scan.8 yikou-paper.8 yikou-exchange.8; do
	program=${page%.*}
	help_of "$program" >"$work/help" 2>&1
	options=$(options_of_help <"$work/help")
	exits=$(exits_of_help <"$work/help")
	for file in config/man/$page config/man/zh_CN/$page; do
		same "$file: the options of --help" "$options" \
			"$(tags "$file" '.*' | options_of_help)"
		same "$file: the exit status of --help" "$exits" \
			"$(tags "$file" 'EXIT STATUS|退出状态')"
	done
done

for page in config/man/*.[158]; do
	have=$(sed -n 's/^\.SH //p' "$page" | tr ' ' _)
	for section in $sections_en; do echo "$section"; done >"$work/need"
	case $page in *.[18]) printf 'SYNOPSIS\nEXIT_STATUS\n' >>"$work/need" ;; esac
	missing=$(echo "$have" | grep -xvFf - "$work/need")
	same "$page has its sections" "all $missing" all
	other=config/man/zh_CN/${page##*/}
	have=$(sed -n 's/^\.SH //p' "$other")
	missing=$(for s in $sections_zh; do
		echo "$have" | grep -qx "$s" || echo "$s"
	done)
	same "$other has its sections" "all $missing" all
	same "$other is built like the English page" \
		"$(grep -c '^\.S[HS]' "$page") $(grep -c '^\.TP' "$page") tags" \
		"$(grep -c '^\.S[HS]' "$other") $(grep -c '^\.TP' "$other") tags"
done
pages=$(ls config/man/*.[158] | sed 's|.*/\(.*\)\.\(.\)|\1(\2)|')
named=$(cat config/man/*.[158] config/man/zh_CN/*.[158] >"$work/all"
	plain "$work/all" | grep -oE 'yikou[a-z.-]*\([158]\)' | sort -u)
same "pages name pages that are there, and all of them" "$pages" "$named"

# What a key, a statement, an encoding is, stands in the source and --list.
list_of() {
	sed -n "/$2\[\]/,/};/p" "$1" | grep -oE '"[^"]+"' | tr -d '"'
}
conf_keys="$(list_of drivers/devices_conf.c common_keys)
$(list_of drivers/devices_conf.c bus_keys)
$(cat drivers/camera.c drivers/scanner.c drivers/sim/sim_camera.c |
	grep -oE '(device|sim)_option\(dev, "[a-z]+"' | grep -oE '[a-z]+"' |
	tr -d '"' | grep -v '^host$')
host"
statements=$(sed -n '/^} statements/,/^};/p' drivers/profile_parse.c |
	grep -oE '\{"[a-z-]+' | tr -d '{"')
coded=$("$build/yikou-devd" --list | sed -n '/^Profiles/,$p' |
	grep -v '^Profiles' | grep -oE '^[a-z0-9-]+')
keys=$(grep -oE '^	X\(ACTION_[A-Z_]+, "[a-z-]+", "[^"]*"' ui/keymap.h |
	sed 's/.*"\([^"]*\)"$/\1/' | tr ' ' '\n' | grep -v '^$')
for lang in '' zh_CN/; do
	file=config/man/${lang}yikou-devices.conf.5
	same "$file: every key, no other" \
		"$(echo "$conf_keys" | sed 's/\*$//')" \
		"$(tags "$file" '.*' | grep -v '[:/]' | sed 's/,//g' | tr ' ' '\n' |
			sed 's/\..*/./')"
	file=config/man/${lang}yikou-profile.5
	same "$file: every statement, no other" "$statements" \
		"$(tags "$file" '.*' | grep -v '^/' |
			awk '{ print $1 }')"
	for word in $coded; do
		plain "$file" | grep -qE "(^|[^a-z0-9-])$word[^a-z0-9]" ||
			echo "$word"
	done >"$work/missing"
	same "$file: every checksum and encoding" \
		"all $(cat "$work/missing")" all
	file=config/man/${lang}yikou.1
	same "$file: every key of the screen" \
		"$(printf '%s\n1\n9\nSpace\n' "$keys")" \
		"$(tags "$file" 'KEYS OF THE SCREEN|界面的键' |
			sed 's/,//g; s/ to / /; s/ 到 / /')"
done

echo "1..$number"
exit $failed
