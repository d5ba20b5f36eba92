#!/bin/sh
# Scenarios of the real programs: link. usage: test_link.sh BUILD
exec "$1/tests/e2e/demo" --programs "$1" --scenarios link
