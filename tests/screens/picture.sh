#!/bin/bash
# The picture of the README: the demonstration in a real terminal, a visit typed
# as far as the papers, and a photograph of the window.
# usage: picture.sh BUILD OUT.png [COLSxROWS]
# Needs xvfb, xterm, xdotool, imagemagick and a CJK font.
set -eu
build=$(cd "$1" && pwd)
out=$2
size=${3:-80x24}
display=:$((90 + $$ % 100))
work=$(mktemp -d)
for tool in Xvfb xterm xdotool import; do
	command -v $tool >/dev/null || {
		echo "picture.sh: $tool is not installed" >&2
		exit 1
	}
done

Xvfb $display -screen 0 1600x1000x24 >/dev/null 2>&1 &
server=$!
trap 'kill $server 2>/dev/null; rm -rf "$work"' EXIT
export DISPLAY=$display
sleep 1
LC_ALL=C.UTF-8 xterm -u8 -xrm 'XTerm*allowSendEvents: true' \
	-fa 'DejaVu Sans Mono' -fd 'Noto Sans Mono CJK SC' -fs 12 \
	-geometry "$size" \
	-bg '#101418' -fg '#d8dee4' -b 6 +sb \
	-e "$build/tests/e2e/demo" --programs "$build" &
terminal=$!
sleep 6
window=$(xdotool search --pid $terminal | tail -1)

# KEY... and words after a colon are typed as text
press() {
	for key in "$@"; do
		case $key in
		:*) xdotool type --window "$window" --delay 30 "${key#:}" ;;
		*) xdotool key --window "$window" "$key" ;;
		esac
		sleep 0.4
	done
}

press :1003 Return :dengfeng Return
sleep 1.2
press Return # call A018
sleep 4      # the citizen lays the card on the reader
press Return
sleep 1
press ctrl+u :gtgsh Return
sleep 1
press :登封市示例小店 Return :19900000000 Return F4 Return Return \
	:登封市示例路2号 Return F4 space Return Return
sleep 1
press F6 # the form, printed
sleep 2
press space F7 # signed; the first paper under the camera
sleep 3
import -window "$window" "$work/picture.png"
convert "$work/picture.png" -strip -colors 64 -define png:compression-level=9 "$out"
kill $terminal 2>/dev/null || true
echo "$out"
