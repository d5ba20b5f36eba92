#!/bin/sh
# Runs every test program of a build and counts. Two at a time: each has a
# directory of its own. A program that ends badly counts as one failure more.
# usage: run.sh BUILD
set -u
build=$1
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT INT TERM

run_one() {
	name=$(basename "$1")
	case "$1" in
	*.sh) set -- sh "$1" "$build" ;;
	*) set -- "$1" --tap ;;
	esac
	timeout 300 "$@" >"$out/$name.log" 2>"$out/$name.err"
	code=$?
	passed=$(grep -c '^ok ' "$out/$name.log")
	failed=$(grep -c '^not ok ' "$out/$name.log")
	skipped=$(grep -c '^ok .*# SKIP' "$out/$name.log")
	if [ "$code" -ne 0 ] && [ "$failed" -eq 0 ]; then
		failed=1
	fi
	echo "$passed $failed $skipped $name" >>"$out/counts"
	if [ "$failed" -ne 0 ]; then
		echo "FAIL $name (exit $code)"
		grep -v '^ok ' "$out/$name.log" | tail -40
		tail -20 "$out/$name.err"
	else
		echo "ok   $name ($passed)"
	fi
}

if [ "${2:-}" = --one ]; then
	out=$3
	trap - EXIT INT TERM
	run_one "$4"
	exit 0
fi

{
	find "$build/tests" -type f -name 'test_*' -perm -u+x | sort
	find tests/lint tests/e2e tests/sync -name 'test_*.sh' | sort
} | xargs -P 2 -I{} sh "$0" "$build" --one "$out" {}

awk '{ passed += $1; failed += $2; skipped += $3 }
	END {
		printf "%d passed, %d failed", passed - skipped, failed
		if (skipped) printf ", %d skipped", skipped
		printf "\n"
		exit failed > 0
	}' "$out/counts"
