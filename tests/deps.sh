#!/bin/sh
# Installs the Debian packages of a list that are missing, saying which and why.
# usage: deps.sh LIST
set -eu
missing=
while read -r package why; do
	case "$package" in '' | '#'*) continue ;; esac
	state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null ||
		true)
	[ "$state" = installed ] && continue
	[ -n "$missing" ] || echo "Installing Debian packages that are missing:"
	printf '  %-24s %s\n' "$package" "$why"
	missing="$missing $package"
done <"$1"
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
	as_root=
elif command -v sudo >/dev/null; then
	as_root=sudo
else
	echo "Neither root nor sudo: install them by hand:" >&2
	echo "  apt-get install$missing" >&2
	exit 1
fi
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
$as_root apt-get -qq update
# shellcheck disable=SC2086
$as_root apt-get -qq install -y --no-install-recommends $missing >/dev/null
