#!/bin/sh
# The three system users of a window, really: an installation with the folders
# and modes of tmpfiles.d, each program as its own user. What they share works,
# what they must not see is refused. Needs root, to become three others.
# usage: test_users.sh BUILD
set -u
build=$1
number=0
failed=0

say() {
	number=$((number + 1))
	if [ "$2" = 0 ]; then
		echo "ok $number $1"
	else
		failed=1
		echo "not ok $number $1"
		[ -z "${3:-}" ] || echo "$3" | tail -5 | sed 's/^/# /'
	fi
}

if [ "$(id -u)" != 0 ] || ! command -v setpriv >/dev/null; then
	echo "ok 1 three users # SKIP needs root and setpriv"
	echo "1..1"
	exit 0
fi

top=$(mktemp -d)
run=$top/run/yikou
state=$top/var/lib/yikou
conf=$top/etc/yikou/yikou.conf
bin=$top/usr/bin
pids=
finish() {
	tmux -S "$top/tmux" kill-server 2>/dev/null
	for pid in $pids; do kill "$pid" 2>/dev/null; done
	wait
	rm -rf "$top"
}
trap finish EXIT
trap 'exit 1' INT TERM

# Users and groups as sysusers.d has them, by number: nobody is made.
yikou=61001 sync=61002 dev=61003 ipc=61011 store=61012
as_yikou="setpriv --reuid $yikou --regid $yikou --groups $yikou,$ipc,$store"
as_sync="setpriv --reuid $sync --regid $ipc --groups $ipc,$store"
as_dev="setpriv --reuid $dev --regid $dev --groups $dev,$ipc"
as_other="setpriv --reuid 61004 --regid 61004 --clear-groups"

# folder PATH OWNER GROUP: with the mode that tmpfiles.d says
folder() {
	mode=$(awk -v path="$1" '$1 == "d" && $2 == path { print $3 }' \
		config/tmpfiles/yikou.conf)
	mkdir -p "$top$1"
	chown "$2:$3" "$top$1"
	chmod "$mode" "$top$1"
}

chmod 755 "$top"
sh config/install.sh "$build" "$top" /usr
folder /run/yikou 0 $ipc
folder /var/lib/yikou $yikou $store
sed -i -e "s|= /run/yikou|= $run|" -e "s|= /var/lib/|= $top/var/lib/|" \
	-e "s|= /usr/|= $top/usr/|" "$conf"
sed -i -e "s|unix:/run/yikou|unix:$run|" \
	-e "s|/usr/share|$top/usr/share|" "$top/etc/yikou/devices.conf"
printf '[1003]\nname = 甄示例\nroles = clerk\nwindows = 03\n' \
	>"$top/etc/yikou/people.conf"
chgrp $yikou "$top/etc/yikou/people.conf"
printf 'a-token-of-this-test' >"$top/etc/yikou/platform.token"
chown $sync:$sync "$top/etc/yikou/platform.token"
chmod 400 "$top/etc/yikou/platform.token"

# wait_for SECONDS COMMAND...: until it succeeds
wait_for() {
	left=$(($1 * 10))
	shift
	until "$@" >/dev/null 2>&1; do
		left=$((left - 1))
		[ $left -gt 0 ] || return 1
		sleep 0.1
	done
}

mkdir "$top/platform"
cp "$top/etc/yikou/platform.token" "$top/platform/token"
chown -R 61004 "$top/platform"
$as_other "$bin/yikou-platform" --state "$top/platform" \
	--token-file "$top/platform/token" --port-file "$top/platform/port" \
	--seed "$top/usr/share/yikou/demo/platform-seed.json" \
	>"$top/platform.out" 2>&1 &
pids="$pids $!"
wait_for 10 test -s "$top/platform/port"
say "the stand-in platform runs" $? "$(cat "$top/platform.out")"
sed -i "s|^#url =|url = http://127.0.0.1:$(cat "$top/platform/port")|" "$conf"

$as_dev "$bin/yikou-sim" --config "$conf" >"$top/sim.out" 2>&1 &
pids="$pids $!"
$as_dev "$bin/yikou-devd" --config "$conf" >"$top/devd.out" 2>&1 &
pids="$pids $!"
$as_sync "$bin/yikou-syncd" --config "$conf" >"$top/syncd.out" 2>&1 &
pids="$pids $!"
wait_for 10 test -S "$run/devd.sock" -a -S "$run/syncd.sock"
say "both daemons serve in the shared folder" $? \
	"$(cat "$top/devd.out" "$top/syncd.out")"

out=$($as_yikou "$bin/yikou" check --config "$conf" 2>&1)
say "yikou reads its configuration" $? "$out"
out=$(wait_for 10 $as_yikou "$bin/yikou" diag --config "$conf" &&
	$as_yikou "$bin/yikou" diag --config "$conf" 2>&1)
say "yikou sees every device of yikou-dev's ready" $? "$out"
out=$($as_yikou "$bin/yikou" sync --config "$conf" 2>&1)
say "yikou has yikou-sync's link send and fetch" $? "$out"
out=$($as_yikou "$bin/yikou" verify --config "$conf" 2>&1)
say "yikou reads the store that yikou-sync made" $? "$out"

# The screen writes to it, so that both have.
TERM=xterm-256color tmux -S "$top/tmux" -f /dev/null new-session -d \
	-x 100 -y 30 "LANG=C.UTF-8 $as_yikou $bin/yikou --config $conf \
	2>$top/screen.err"
wait_for 10 sh -c "tmux -S $top/tmux capture-pane -p | grep -q 3号窗"
say "the screen opens" $? "$(cat "$top/screen.err")"
out=$($as_yikou "$bin/yikou" verify --config "$conf" --json 2>&1)
echo "$out" | grep -q '"audit_rows":[1-9]'
say "the screen wrote in the store" $? "$out"
out=$($as_yikou "$bin/yikou" sync --config "$conf" 2>&1)
say "the link works on it while the screen is open" $? "$out"
tmux -S "$top/tmux" kill-server 2>/dev/null
say "the screen started no daemon of its own" \
	"$(find "$run" -name '*.log' ! -name yikou.log | wc -l)"

$as_dev install -m 660 /dev/null "$run/spool/picture" && $as_yikou ls "$run/spool" >/dev/null
say "yikou reads the pictures of yikou-dev's" $?

# What stands between them.
! $as_dev cat "$state/window.db" >/dev/null 2>&1
say "yikou-dev cannot read the store" $?
! $as_dev cat "$top/etc/yikou/platform.token" >/dev/null 2>&1 &&
	! $as_yikou cat "$top/etc/yikou/platform.token" >/dev/null 2>&1
say "the token is yikou-sync's alone" $?
! $as_sync cat "$top/etc/yikou/people.conf" >/dev/null 2>&1
say "yikou-sync cannot read password lines" $?
! $as_dev rm -f "$run/syncd.sock" 2>/dev/null
say "yikou-dev cannot take yikou-sync's socket away" $?
! $as_other "$bin/yikou" diag --config "$conf" >/dev/null 2>&1
say "another user cannot reach yikou-devd" $?
out=$(find "$state" "$run" ! -type l -perm /007)
say "nothing of it is open to others" "$(printf '%s' "$out" | wc -c)" "$out"

echo "1..$number"
exit $failed
