#!/bin/sh
# The enrolment and the tokens of the link against oidc-provider, an OAuth server
# that nobody here wrote: device grant (RFC 8628), client credentials with a
# certificate and tokens bound to it (RFC 8705). Node is needed for nothing else.
# usage: enrol.sh BUILD [DIR to keep the npm packages in]
set -u
build=$1
for tool in node npm openssl curl; do
	if ! command -v "$tool" >/dev/null; then
		echo "ok 1 enrolment # SKIP no $tool"
		echo "1..1"
		exit 0
	fi
done
if [ "$(node -p 'parseInt(process.versions.node)')" -lt 20 ]; then
	echo "ok 1 enrolment # SKIP oidc-provider needs Node 20 or later"
	echo "1..1"
	exit 0
fi
work=$(mktemp -d)
packages=${2:-$work/npm}
judge=
failed=0
stop() {
	[ -n "$judge" ] && kill "$judge" 2>/dev/null
	rm -rf "$work"
}
trap stop EXIT INT TERM

verdict() { # exit code, name, files with what was said
	if [ "$1" -eq 0 ]; then
		echo "ok - $2"
	else
		failed=1
		echo "not ok - $2"
		cat "$work"/*.log | sed 's/^/# /' | tail -40
	fi
}

if [ ! -d "$packages/node_modules/oidc-provider" ]; then
	if ! timeout 30 npm ping >/dev/null 2>&1; then
		echo "ok 1 enrolment # SKIP the npm registry cannot be reached"
		echo "1..1"
		exit 0
	fi
	mkdir -p "$packages"
	timeout 300 npm install --prefix "$packages" --no-audit --no-fund \
		--ignore-scripts oidc-provider@9.13.3 >"$work/npm.log" 2>&1
	verdict $? "npm packages"
	[ "$failed" -eq 0 ] || exit 1
fi

key() { # name
	openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 \
		-out "$work/$1.key" 2>/dev/null
}
key ca && key server && key other
openssl req -x509 -key "$work/ca.key" -subj "/CN=judge" -days 2 \
	-out "$work/ca.pem" 2>/dev/null
sign() { # name, common name, extension
	openssl req -new -key "$work/$1.key" -subj "/CN=$2" \
		-out "$work/$1.csr" 2>/dev/null
	echo "$3" >"$work/ext"
	openssl x509 -req -in "$work/$1.csr" -CA "$work/ca.pem" \
		-CAkey "$work/ca.key" -CAcreateserial -days 2 \
		-extfile "$work/ext" -out "$work/$1.pem" 2>/dev/null
}
sign server judge "subjectAltName=IP:127.0.0.1"

node tests/judges/enrol.mjs "$(realpath "$packages")/node_modules" "$work" \
	>"$work/judge.log" 2>&1 &
judge=$!
for _ in $(seq 100); do [ -s "$work/port" ] || sleep 0.1; done
port=$(cat "$work/port")
cat >"$work/yikou.conf" <<END
[window]
number = 03
name = 3号综合窗口
hall = 示例大厅
region = 410185
[paths]
state = state
runtime = run
[platform]
url = https://127.0.0.1:$port
token_file = none
ca_file = ca.pem
END

seen() { grep -q "^$1" "$work/judge.log"; }
link() { timeout 60 "$build/yikou-syncd" --config "$work/yikou.conf" "$@"; }

link --enrol --backoff-ms=100 >"$work/enrol.log" 2>&1
verdict $? "enrolled through the device grant of oidc-provider"
seen "grant authorization_pending"
verdict $? "it was told to wait, and waited"
seen certified
verdict $? "certificate signed for the request of the window"
link --once --backoff-ms=50 >"$work/once.log" 2>&1
seen bound && ! seen not-bound
verdict $? "every request had a token bound to its certificate"

# What must be refused.
device=$(openssl x509 -in "$work/state/terminal.pem" -noout -subject \
	-nameopt multiline | sed -n 's/.*commonName *= //p')
ask() { # path, then curl's options
	path=$1
	shift
	curl -s --noproxy '*' --cacert "$work/ca.pem" "$@" \
		"https://127.0.0.1:$port$path"
}
pair="--cert $work/state/terminal.pem --key $work/state/terminal.key"
form="-d grant_type=client_credentials -d client_id=$device"
# shellcheck disable=SC2086
ask /v1/oauth/token $form | grep -q '"invalid_client"'
verdict $? "no certificate: invalid_client"
sign other "$device" "basicConstraints=CA:FALSE"
# shellcheck disable=SC2086
token=$(ask /v1/oauth/token $form $pair |
	sed 's/.*"access_token":"\([^"]*\)".*/\1/')
# shellcheck disable=SC2086
ask /v1/time $pair -H "Authorization: Bearer $token" | grep -q unavailable &&
	ask /v1/time --cert "$work/other.pem" --key "$work/other.key" \
		-H "Authorization: Bearer $token" | grep -q unauthorized
verdict $? "the token with another certificate is refused"
exit "$failed"
