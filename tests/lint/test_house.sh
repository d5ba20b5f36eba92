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
# Constant tables of pointers stand in .data.rel.ro; what may change stands in
# .data and .bss. Sanitizers put their own things there.
objects=$(find "$1/client" "$1/config" "$1/drivers" "$1/ui" -name '*.o' 2>/dev/null)
case "$1" in
*san*) mutable= ;;
*) mutable=$(for o in $objects; do
	objdump -t "$o" | awk -v o="$o" '
		NF > 5 && $(NF - 2) ~ /^\.(data|bss)(\.[a-z]+)?$/ &&
		$(NF - 2) !~ /rel\.ro/ && / O / &&
		$NF !~ /^(once|q|quark|initialized)\.[0-9]+$/ { print o": "$NF }'
done) ;;
esac
say "no mutable variable at file scope" "$mutable"
say "each file says what it is for" "$(for f in $(echo "$sources" |
	grep '\.[ch]$'); do head -c 2 "$f" | grep -q '/\*' || echo "$f"; done)"
echo "1..$number"
exit $failed
