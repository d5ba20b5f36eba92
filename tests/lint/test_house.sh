#!/bin/sh
# House rules that a tool of the shelf does not know: banned functions, `#if` in
# .c files, `//` comments, mutable variables at file scope, network names.
set -u
number=0
failed=0

say() {
	number=$((number + 1))
	if [ -z "$2" ]; then
		echo "ok $number $1"
	else
		failed=1
		echo "not ok $number $1"
		echo "$2" | head -20 | sed 's/^/# /'
	fi
}

sources=$(find client config drivers ui tests -name '*.c' -o -name '*.h' |
	grep -v '/build/')
banned='strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|gets|system|popen|alloca|mktemp|rand'
say "no banned function" \
	"$(echo "$sources" | xargs grep -nE "(^|[^a-zA-Z0-9_>.\"])($banned)\(")"
say "no #if in .c files" "$(echo "$sources" | grep '\.c$' |
	grep -v '^tests/' | xargs grep -nE '^# *if')"
say "no // comments" "$(echo "$sources" | xargs grep -nE '(^|[	 ;{}])// ')"
say "no unfinished business" "$(echo "$sources" |
	xargs grep -nE '(^|[^X])XXX([^X]|$)|TODO|FIXME|HACK|not implemented')"
say "no typedef of a struct" "$(echo "$sources" |
	xargs grep -nE '^typedef (struct|union|enum)')"
objects=$(find "$1/client" "$1/config" "$1/drivers" "$1/ui" -name '*.o' 2>/dev/null)
case "$1" in
*san*) mutable= ;;
*) mutable=$(for o in $objects; do
	nm "$o" | awk -v o="$o" '$2 ~ /^[dDbBC]$/ && $3 !~ /\.(once|[0-9]+)|_quark|__gcov|^DW\.|quark_init/ { print o": "$3 }'
done | grep -vE ': (ops|methods|entries|.*_ops|.*_table|.*rows|.*actions)$' |
	grep -vE 'data\.rel\.ro') ;;
esac
say "no mutable variable at file scope" "$mutable"
say "each file says what it is for" "$(for f in $(echo "$sources" |
	grep '\.[ch]$'); do head -c 2 "$f" | grep -q '/\*' || echo "$f"; done)"
echo "1..$number"
exit $failed
