#!/bin/sh
# Who may include whom, and which file owns which foreign header. The table is
# that of the architecture section of README.md.
set -u
number=0
failed=0

say() {
	number=$((number + 1))
	if [ -z "$2" ]; then
		echo "ok $number $1"
	else
		failed=1
		echo "not ok $number $1"
		echo "$2" | sed 's/^/# /'
	fi
}

# layer: folders it may include besides itself
layer() {
	folder=$1
	shift
	allowed="$folder"
	for other in "$@"; do allowed="$allowed|$other"; done
	bad=$(grep -nE '^#include "' "$folder"/*.c "$folder"/*.h 2>/dev/null |
		grep -vE ":#include \"($allowed)/[a-z0-9_]+\.h\"")
	say "$folder includes only what it may" "$bad"
}

base=client/base
layer client/base
layer client/rules $base
layer config $base
layer client/catalog $base client/rules config
layer client/db $base
layer client/store $base client/rules client/db
layer client/paper $base client/rules client/catalog
layer client/link $base client/rules client/store config
layer drivers $base config
layer drivers/sim $base config drivers
layer ui $base client/rules
layer client/app $base client/rules config client/catalog client/db \
	client/store client/paper ui
layer client/commands $base client/rules config client/catalog client/db \
	client/store client/paper ui client/app
layer client/platform $base client/rules client/catalog config client/db

# header: files that may include it
owner() {
	header=$1
	shift
	pattern=$(echo "$*" | tr ' ' '|')
	bad=$(grep -rnE "^#include <$header" client config drivers ui |
		grep -vE "^($pattern):")
	say "<$header> has one owner" "$bad"
}

owner 'sqlite3\.h' 'client/db/[a-z]+\.[ch]'
owner 'curl/' 'client/link/http\.c' 'client/link/http_tls\.c'
owner 'libpq-fe\.h' 'client/link/exchange_sql\.c'
owner '(n?curses|curses|term)\.h' 'ui/term\.c'
owner 'libusb' 'drivers/port_usb\.c'
owner 'libserialport\.h' 'drivers/port_serial\.c'
owner 'cjson/' 'client/base/json\.c'
owner 'openssl/' 'client/base/(id|sign|cert)\.c'
owner 'libintl\.h' 'ui/text\.c'
owner 'microhttpd\.h' 'client/platform/server\.c'
owner 'gnutls/' 'client/platform/peer\.c'
owner '(cairo|pango|fontconfig)' 'client/paper/pdf\.c' 'client/paper/fonts\.c'
owner 'qrencode\.h' 'client/paper/qr\.c'
owner 'turbojpeg\.h' 'drivers/jpeg\.c'
owner 'sane/' 'drivers/main_scan_sane\.c'

# Every main clears its environment: process_begin() is its first call.
for main in $(find client drivers -name 'main_*.c' | xargs grep -l '^int main'); do
	first=$(awk '/^int main/ { inside = 1; next }
		inside && /^\t/ && /\(/ && !/g_autoptr|AUTO\(/ {
			print; exit }' "$main")
	case "$first" in
	*process_begin\(*) bad= ;;
	*) bad="$main: first call is: $first" ;;
	esac
	say "$main begins with process_begin" "$bad"
done

echo "1..$number"
exit $failed
