#!/bin/sh
# Scenarios of the real programs: terminal. usage: test_terminal.sh BUILD
exec "$1/tests/e2e/demo" --programs "$1" --scenarios terminal
