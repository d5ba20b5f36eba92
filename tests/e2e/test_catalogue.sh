#!/bin/sh
# Scenarios of the real programs: catalogue. usage: test_catalogue.sh BUILD
exec "$1/tests/e2e/demo" --programs "$1" --scenarios catalogue
