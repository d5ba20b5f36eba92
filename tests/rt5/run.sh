#!/bin/sh
# The link against Request Tracker 5: a copy of the database the package made,
# served on loopback only, and tests/rt5/test_rt5 against it. Nothing of an RT
# that runs on this computer is touched.
# usage: run.sh BUILD [--if-present]
set -eu
build=$1
home=/usr/share/request-tracker5
pristine=/var/lib/dbconfig-common/sqlite3/request-tracker5/rtdb

if [ ! -e "$home/libexec/standalone_httpd" ] || [ ! -e "$pristine" ]; then
	if [ "${2:-}" = --if-present ]; then
		echo "Request Tracker 5 is not installed: not run"
		exit 0
	fi
	echo "installing Request Tracker 5 and some 260 packages it needs"
	export DEBIAN_FRONTEND=noninteractive
	apt-get update >/dev/null
	apt-get install -y --no-install-recommends \
		request-tracker5 rt5-db-sqlite rt5-standalone >/dev/null
fi

dir=$(mktemp -d)
server=
stop() {
	if [ -n "$server" ]; then
		kill "$server" 2>/dev/null || true
		wait "$server" 2>/dev/null || true
	fi
	rm -rf "$dir"
}
trap stop EXIT
trap 'exit 1' INT TERM

mkdir "$dir/conf.d"
cp "$pristine" "$dir/rtdb"
port=$((20000 + $$ % 20000))
cat >"$dir/RT_SiteConfig.pm" <<EOF
Set(\$rtname, 'yikou-test');
Set(\$Organization, 'yikou.invalid');
Set(\$WebDomain, '127.0.0.1');
Set(\$WebPort, $port);
Set(\$DatabaseType, 'SQLite');
Set(\$DatabaseName, '$dir/rtdb');
Set(\$Timezone, 'UTC');
Set(\$LogToSyslog, undef);
Set(\$LogToSTDERR, 'error');
Set(\$MailCommand, 'testfile');
Set(\$MasonSessionDir, '$dir');
1;
EOF
export RT_SITE_CONFIG="$dir/RT_SiteConfig.pm"
export RT_SITE_CONFIG_DIR="$dir/conf.d"
/usr/sbin/rt-setup-database-5 --action insert --skip-create \
	--datafile "$PWD/tests/rt5/initialdata" >"$dir/setup.log" 2>&1 ||
	{ cat "$dir/setup.log"; exit 1; }
umask 077
perl tests/rt5/token.pl 2>"$dir/token.log" >"$dir/token" ||
	{ cat "$dir/token.log"; exit 1; }

# Several workers: requests overlap, as on a real one.
(cd "$dir" && exec "$home/libexec/rt-server" --server Starlet \
	--max-workers 3 --host 127.0.0.1 --port "$port") \
	>"$dir/server.log" 2>&1 &
server=$!
n=0
until curl -s -o "$dir/up" "http://127.0.0.1:$port/REST/2.0/rt"; do
	n=$((n + 1))
	if [ $n -gt 120 ] || ! kill -0 "$server" 2>/dev/null; then
		cat "$dir/server.log"
		exit 1
	fi
	sleep 0.5
done

status=0
timeout "${RT_TIME:-1500}" "$build/tests/rt5/rt_windows" --port "$port" \
	--token "$dir/token" --oracle "$PWD/tests/rt5/oracle.pl" --cases "${RT_CASES:-200}" || status=$?
[ $status -eq 0 ] || tail -20 "$dir/server.log"
exit $status
