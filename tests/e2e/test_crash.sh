#!/bin/sh
# Scenarios of the real programs: crash. usage: test_crash.sh BUILD
exec "$1/tests/e2e/demo" --programs "$1" --scenarios crash
