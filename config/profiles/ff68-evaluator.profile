# A four-key evaluator on RS-485, the "FF 68" family. It has no key for the
# lowest of the five levels, and what key 01 means is not known: the site says
# so in devices.conf (map.01=3) after looking at the labels. A key without a
# meaning is acknowledged and tells nothing; it never becomes a rating.

profile ff68-evaluator
title   "Four-key evaluator FF 68"
class   pad
line    9600/8n1
address 06
gap     20

frame   FF 68 len(d) len(d) 68 {d address body d} sum8(d) 16

# key byte = level: 5 best, 1 worst
map     rating 00=2 02=4 03=5

command ask   send 01 0B
command thank send 03
# five stars, as after power on
command idle  send 02 05

# The acknowledgement is the same frame with function 01 instead of 11.
event rating level=rating[key] when 11 key reply 01 key

check < FF 68 03 03 68 06 11 03 1A 16
      = rating level=5 > FF 68 03 03 68 06 01 03 0A 16
check < FF 68 03 03 68 06 11 00 17 16
      = rating level=2 > FF 68 03 03 68 06 01 00 07 16
check < FF 68 03 03 68 06 11 01 18 16
                       > FF 68 03 03 68 06 01 01 08 16
check ask   > FF 68 03 03 68 06 01 0B 12 16
check thank > FF 68 02 02 68 06 03 09 16
check idle  > FF 68 03 03 68 06 02 05 0D 16
