# An LED window bar, "AA address BB", dialect 1: the sum stands in front of the
# data it covers, the final FF included. A bar of dialect 2 stays dark on it.
# Bars of this dialect never answer.

profile aabb-bar-1
title   "Window bar AA BB, dialect 1"
class   bar
line    9600/8n1
address 01
gap     100
max-body 128

#       01 left, 00 speed, 99 delay, 00 red, 63 stays
frame   AA address BB 51 54 sum8(t) {t 01 00 99 00 63 body FF t}

command show(text) send gbk(text,64)
command clear      send 20

check show text=请A001 > AA 01 BB 51 54 80 01 00 99 00 63 C7 EB 41 30 30 31 FF
check clear            > AA 01 BB 51 54 1C 01 00 99 00 63 20 FF
