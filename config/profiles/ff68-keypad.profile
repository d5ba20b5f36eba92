# A caller keypad on RS-485, the "FF 68" family: keys come as frames and are
# acknowledged by sending the same frame back. FUNC of a key frame differs
# between keypads, so only the bytes behind it are looked at.

profile ff68-keypad
title   "Caller keypad FF 68"
class   keypad
line    9600/8n1
address 05
gap     20

#       preamble, length twice, address and message, their sum, end
frame   FF 68 len(d) len(d) 68 {d address body d} sum8(d) 16

# The display has six digits: three of the ticket behind three of the count.
command ticket(number) send 02 0A 0A 0A digits(number,3)
command waiting(count) send 02 digits(count,3) 0A 0A 0A
command beep           send 03

event key key=next     when ... 0C      reply echo
event key key=again    when ... 0D      reply echo
event key key=rate     when ... 0B      reply echo
event key key=skip     when ... 06 0F   reply echo
event key key=park     when ... 00 0F   reply echo
event key key=back     when ... 03 0F   reply echo
event key key=pause    when ... 12      reply echo
event key key=transfer when ... 13      reply echo
# 0E is a cancel key that is no longer used, 11 a one-metre line.
ignore                 when ... 0E      reply echo
ignore                 when ... 11      reply echo

check < FF 68 03 03 68 05 01 0C 12 16
      = key key=next  > FF 68 03 03 68 05 01 0C 12 16
check < FF 68 04 04 68 05 01 06 0F 1B 16
      = key key=skip  > FF 68 04 04 68 05 01 06 0F 1B 16
check < FF 68 03 03 68 05 01 12 18 16
      = key key=pause > FF 68 03 03 68 05 01 12 18 16
check ticket number=123 > FF 68 08 08 68 05 02 0A 0A 0A 01 02 03 2B 16
check ticket number=A018 > FF 68 08 08 68 05 02 0A 0A 0A 00 01 08 2E 16
check waiting count=17  > FF 68 08 08 68 05 02 00 01 07 0A 0A 0A 2D 16
check beep              > FF 68 02 02 68 05 03 08 16
# a wrong sum, another address: nothing happens
check < FF 68 03 03 68 05 01 0C 13 16
check < FF 68 03 03 68 07 01 0C 14 16
