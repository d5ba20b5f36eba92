#!/bin/sh
# make lint: formatting, both compilers with warnings as errors, clang-tidy,
# cppcheck. The house's own rules run in make test (tests/lint/test_*.sh).
set -eu
for tool in clang-format clang clang-tidy cppcheck mandoc; do
	command -v $tool >/dev/null || missing="${missing:-} $tool"
done
if [ -n "${missing:-}" ]; then
	echo "make lint needs:$missing (make deps-lint installs them)" >&2
	exit 1
fi

echo "clang-format"
git ls-files -co --exclude-standard '*.c' '*.h' |
	xargs clang-format --dry-run --Werror

echo "manual pages"
mandoc -Tlint -W warning config/man/*.[158] config/man/zh_CN/*.[158]

echo "clang, warnings as errors"
make --no-print-directory -s BUILD=build/clang CC=clang WERROR=1 -j2 all \
	tests-build >/dev/null
echo "gcc, warnings as errors"
make --no-print-directory -s BUILD=build/plain WERROR=1 -j2 all tests-build \
	>/dev/null

echo "clang-tidy"
git ls-files -co --exclude-standard 'client/*.c' 'config/*.c' 'drivers/*.c' \
	'ui/*.c' | xargs -P 2 -n 12 sh tests/lint/tidy.sh

echo "cppcheck"
cppcheck --quiet --std=c11 --enable=warning,performance,portability \
	--inline-suppr --suppress=missingInclude --suppress=missingIncludeSystem \
	--suppress=unknownMacro --suppress=nullPointerRedundantCheck \
	--error-exitcode=1 -I. -j 2 client config drivers ui
echo "lint: clean"
