#!/bin/sh
# A peer beside yikou-syncd, in the same run and with the same documents:
# PouchDB replicates them to a CouchDB-protocol server (express-pouchdb). Its
# packages are pinned and go into a temporary folder; users never need them.
# usage: run.sh BUILD [CASES]
set -eu
build=$1
cases=${2:-10000}
here=$(dirname "$0")

for program in node npm; do
	command -v $program >/dev/null || {
		echo "bench-peers: skipped, $program is not installed"
		exit 0
	}
done
work=$(mktemp -d /var/tmp/yikou-peers-XXXXXX)
server=
end() {
	[ -z "$server" ] || kill "$server" 2>/dev/null || :
	rm -rf "$work"
}
trap end EXIT
trap 'exit 1' INT TERM

cp "$here/package.json" "$work"
if ! (cd "$work" && timeout 300 npm install --ignore-scripts --no-audit \
	--no-fund >npm.log 2>&1); then
	echo "bench-peers: skipped, the packages cannot be had:"
	tail -3 "$work/npm.log"
	exit 0
fi
"$build/bench-sync" --programs "$build" --cases "$cases" --part push \
	--bodies "$work/bodies"

NODE_PATH=$work/node_modules
export NODE_PATH
mkdir "$work/server"
node "$here/server.cjs" "$work/server" >"$work/server.log" 2>&1 &
server=$!
tries=0
until grep -q '^[0-9]' "$work/server.log"; do
	tries=$((tries + 1))
	if [ $tries -gt 100 ] || ! kill -0 "$server" 2>/dev/null; then
		echo "bench-peers: the server did not start"
		cat "$work/server.log"
		exit 1
	fi
	sleep 0.1
done
timeout 900 node "$here/client.cjs" "$work/client" "$work/bodies" \
	"http://127.0.0.1:$(head -1 "$work/server.log")" >"$work/result"
kill "$server"
wait "$server" 2>/dev/null || :
server=
read -r seconds cpu memory <"$work/result"
echo
echo "PouchDB $(node -p "require('pouchdb/package.json').version") to" \
	"express-pouchdb, the same documents; neither waits for the disk"
printf '%-42s %9s s\n' replicate "$seconds"
printf '%-42s %9s s    server %s s\n' '  its processor time' "$cpu" \
	"$(tail -1 "$work/server.log")"
printf '%-42s %9s MiB\n' 'peak memory of the client' "$memory"
