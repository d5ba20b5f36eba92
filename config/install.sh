#!/bin/sh
# Copies a build to where an installation expects it. usage:
# install.sh BUILD DESTDIR PREFIX
set -eu
build=$1
root=$2
prefix=$3
bin=$root$prefix/bin
data=$root$prefix/share/yikou
etc=$root/etc/yikou

install -d "$bin" "$data" "$etc"
for program in yikou yikou-devd yikou-syncd yikou-scan yikou-sim \
	yikou-platform yikou-paper; do
	install -m 755 "$build/$program" "$bin/$program"
done
# paths.locale in yikou.conf names this folder.
install -d "$data/locale/zh_CN/LC_MESSAGES"
install -m 644 "$build/locale/zh_CN/LC_MESSAGES/yikou.mo" \
	"$data/locale/zh_CN/LC_MESSAGES/yikou.mo"
for folder in calendar catalog profiles rules templates sane-test; do
	cp -R "config/$folder" "$data/"
done
# What a hall has changed is never overwritten.
for file in yikou.conf devices.conf; do
	[ -e "$etc/$file" ] || install -m 640 "config/$file" "$etc/$file"
done
