#!/bin/sh
# clang-tidy over the files named, with the flags of the build.
# shellcheck disable=SC2046
exec clang-tidy --quiet "$@" -- -std=c11 -I. -Ibuild/plain/gen -D_GNU_SOURCE \
	'-DPREFIX="/usr"' '-DG_LOG_DOMAIN="yikou"' '-DYIKOU_VERSION="0"' \
	$(make -s --no-print-directory print-cflags) 2>/dev/null
