# An LED window bar, "AA address BB", dialect 2: the same commands as dialect 1,
# but an XOR behind the data. It answers a probe with one byte.

profile aabb-bar-2
title   "Window bar AA BB, dialect 2"
class   bar
line    9600/8n1
address 01
gap     100
max-body 128

#       0B at once, 00 speed, 05 delay, 00 red, 63 stays
frame   AA address BB 51 54 {t 0B 00 05 00 63 body t} xor8(t) FF
frame   probe:  AA address 55
frame   answer: 1B

command show(text) send gbk(text,64)
command clear      send 20
command check      send probe: expect answer: timeout 500 retry 2

check show text=请A001 > AA 01 BB 51 54 0B 00 05 00 63 C7 EB 41 30 30 31 31 FF
check check            > AA 01 55 < 1B = done
