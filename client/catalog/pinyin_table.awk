# Makes the table of pinyin initials out of Unihan_Readings.txt.
#
# input   U+5355<TAB>kTGHZ2013<TAB>036.140:chán 064.090:dān 325.010:shàn
# output  one number for each character and initial, see pinyin_table.h
#
# Of the 8,105 standard characters all readings of kTGHZ2013; of every other
# one those of kHanyuPinlu, and of kMandarin where that is missing. Works byte
# by byte (mawk) and character by character (gawk): whole accented letters are
# replaced, none stands in a bracket.

BEGIN {
	FS = "\t"
	letters = "abcdefghijklmnopqrstuvwxyz"
	print "/* Made by pinyin_table.awk out of Unihan; do not edit. */"
	print "#include \"client/catalog/pinyin_table.h\"\n"
	print "const uint32_t pinyin_table[] = {"
}

/^U\+/ {
	if ($1 != code) {
		flush()
		code = $1
	}
	if ($2 == "kTGHZ2013")
		standard = $3
	else if ($2 == "kHanyuPinlu")
		common = $3
	else if ($2 == "kMandarin")
		mandarin = $3
}

END {
	flush()
	print "};\n"
	print "const size_t pinyin_table_count ="
	print "\tsizeof(pinyin_table) / sizeof(pinyin_table[0]);"
	if (count < 8105) {
		print "pinyin_table.awk: too few characters" > "/dev/stderr"
		exit 1
	}
}

function hex(text,    i, number) {
	for (i = 1; i <= length(text); i++)
		number = number * 16 + \
			index("0123456789ABCDEF", substr(text, i, 1)) - 1
	return number
}

function initial(syllable) {
	gsub(/ā|á|ǎ|à/, "a", syllable)
	gsub(/ē|é|ě|è|ế|ề|ê/, "e", syllable)
	gsub(/ō|ó|ǒ|ò/, "o", syllable)
	gsub(/ń|ň|ǹ/, "n", syllable)
	gsub(/ḿ/, "m", syllable)
	return index(letters, substr(syllable, 1, 1))
}

function flush(    text, list, n, i, letter, has, number) {
	text = standard != "" ? standard : common != "" ? common : mandarin
	standard = common = mandarin = ""
	if (text == "")
		return
	gsub(/[0-9.,]+:/, "", text)   # places in the dictionary
	gsub(/\([0-9]+\)/, "", text)  # how often it was counted
	n = split(text, list, /[ ,]+/)
	for (i = 1; i <= n; i++)
		has[initial(list[i])] = 1
	number = hex(substr(code, 3))
	if (number <= last) {
		print "pinyin_table.awk: not in order at " code > "/dev/stderr"
		exit 1
	}
	last = number
	count++
	for (letter = 1; letter <= 26; letter++)
		if (letter in has)
			printf "\t%du, /* %s %s */\n", number * 32 + letter - 1, \
				code, substr(letters, letter, 1)
	if (0 in has)
		print "pinyin_table.awk: " code " " text > "/dev/stderr"
	for (i in has)
		delete has[i]
}
