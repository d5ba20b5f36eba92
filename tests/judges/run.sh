#!/bin/sh
# Judges that nobody here wrote, over the real programs:
#   Redocly lints the contract;
#   Prism stands between yikou-syncd and yikou-platform and validates every
#   request and reply against it, and must flag what is wrong on purpose;
#   tus-js-client uploads, stops and goes on.
# Node and npm are needed for nothing else, so without them this is skipped.
# usage: run.sh BUILD [DIR to keep the npm packages in]
set -u
build=$1
for tool in node npm; do
	if ! command -v "$tool" >/dev/null; then
		echo "ok 1 judges # SKIP no $tool (Debian: nodejs npm)"
		echo "1..1"
		exit 0
	fi
done
if ! python3 -c 'import yaml' 2>/dev/null; then
	echo "ok 1 judges # SKIP no python3-yaml"
	echo "1..1"
	exit 0
fi
work=$(mktemp -d)
packages=${2:-$work/npm}
children=
stop() {
	for child in $children; do kill "$child" 2>/dev/null; done
	rm -rf "$work"
}
trap stop EXIT INT TERM
contract=$PWD/client/link/openapi.yaml
token=sesame-0123456789-abcdefghijklmnop
failed=0

verdict() { # exit code, name, file with what was said
	if [ "$1" -eq 0 ]; then
		echo "ok - $2"
	else
		failed=1
		echo "not ok - $2"
		sed 's/^/# /' "$3" | tail -30
	fi
}

wait_for() { # port: until somebody answers there
	for _ in $(seq 150); do
		if python3 -c "import socket; socket.create_connection((
'127.0.0.1', $1), 1)" 2>/dev/null; then
			return 0
		fi
		sleep 0.2
	done
	echo "not ok - nobody listens on port $1"
	exit 1
}

free_port() {
	python3 -c "import socket; s = socket.socket()
s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])"
}

proxy() { # contract, log: sets port and child
	port=$(free_port)
	"$packages/node_modules/.bin/prism" proxy "$1" \
		"http://127.0.0.1:$platform" --errors --port "$port" \
		>"$2" 2>&1 &
	children="$children $!"
	wait_for "$port"
}

if [ ! -x "$packages/node_modules/.bin/prism" ]; then
	if ! timeout 30 npm ping >/dev/null 2>&1; then
		echo "ok 1 judges # SKIP the npm registry cannot be reached"
		echo "1..1"
		exit 0
	fi
	mkdir -p "$packages"
	timeout 300 npm install --prefix "$packages" --no-audit --no-fund \
		--ignore-scripts @redocly/cli@1.34.18 \
		@stoplight/prism-cli@5.12.0 tus-js-client@4.3.1 >"$work/npm.log" 2>&1
	verdict $? "npm packages" "$work/npm.log"
	[ "$failed" -eq 0 ] || exit 1
fi

REDOCLY_TELEMETRY=off timeout 120 "$packages/node_modules/.bin/redocly" lint \
	"$contract" --format stylish >"$work/redocly.log" 2>&1
verdict $? "Redocly: no error" "$work/redocly.log"

echo "$token" >"$work/token"
"$build/yikou-platform" --state "$work/state" --token-file "$work/token" \
	--port-file "$work/port" --seed config/demo/platform-seed.json \
	--catalog config/catalog --chaos >/dev/null 2>"$work/platform.log" &
children="$children $!"
for _ in $(seq 50); do [ -s "$work/port" ] || sleep 0.1; done
platform=$(cat "$work/port")
proxy "$contract" "$work/prism.log"
judged=$port
sed 's/server_epoch: {type: string, minLength: 1, maxLength: 23}/server_epoch: {type: integer}/' \
	"$contract" >"$work/other.yaml"
proxy "$work/other.yaml" "$work/other.log"
other=$port

timeout 200 "$build/tests/judges/judge_sync" "$judged" >"$work/sync.log" 2>&1
verdict $? "yikou-syncd through Prism" "$work/sync.log"
passed=$(grep -c 'Request received' "$work/prism.log")
violations=$(grep -cE 'VIOLATIONS|UNPROCESSABLE|NO_PATH|FetchError' \
	"$work/prism.log")
[ "$violations" -eq 0 ] && [ "$passed" -gt 30 ]
verdict $? "$passed requests of yikou-syncd, $violations violations" \
	"$work/prism.log"
timeout 200 python3 -W ignore tests/judges/calls.py "$contract" "$token" \
	"$judged" "$other" "$platform" >"$work/calls.log" 2>&1
code=$?
grep '^ok' "$work/calls.log"
verdict "$code" "every operation through Prism" "$work/calls.log"
timeout 60 node tests/judges/tus.js "$packages" "$platform" "$token" \
	>"$work/tus.log" 2>&1
verdict $? "tus-js-client: $(cat "$work/tus.log")" "$work/tus.log"
exit "$failed"
