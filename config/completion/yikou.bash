# Completion of yikou's programs for bash. It needs nothing but bash, reads
# the window's configuration for names of devices, and starts no program.

# The value of an option that was typed already, or the second argument.
_yikou_value() {
	local i
	for ((i = 1; i < COMP_CWORD; i++)); do
		if [[ ${COMP_WORDS[i]} == "$1" ]]; then
			[[ ${COMP_WORDS[i + 1]} == = ]] && i=$((i + 1))
			printf '%s\n' "${COMP_WORDS[i + 1]}"
			return
		fi
	done
	printf '%s\n' "$2"
}

# The words of the command line that are no options and no values of options.
# $1: options that take a value.
_yikou_words() {
	local i word
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ " $1 " == *" $word "* ]]; then
			[[ ${COMP_WORDS[i + 1]} == = ]] && i=$((i + 1))
			i=$((i + 1))
		elif [[ $word != -* ]]; then
			printf '%s\n' "$word"
		fi
	done
}

_yikou_devices() {
	local conf dir
	conf=$(_yikou_value --config "$(_yikou_value -c /etc/yikou/yikou.conf)")
	dir=${conf%/*}
	[[ $dir == "$conf" ]] && dir=.
	sed -n 's/^\[device \([a-z0-9_-]*\)\]$/\1/p' "$dir/devices.conf" \
		2>/dev/null
}

_yikou_templates() {
	local dir file
	dir=$(_yikou_value --templates /usr/share/yikou/templates)
	for file in "$dir"/*.tmpl; do
		file=${file##*/}
		[[ $file == house.tmpl || $file == '*.tmpl' ]] ||
			printf '%s\n' "${file%.tmpl}"
	done
}

_yikou_reply() {
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2")
}

_yikou_files() {
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

_yikou_dirs() {
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -d -- "$1")
}

# yikou and its commands; $1: the word so far
_yikou_command() {
	local words
	mapfile -t words < <(_yikou_words '--config -c')
	if [[ $1 == -* ]]; then
		case ${words[*]:0:2} in
		passwd) _yikou_reply '--help -h' "$1" ;;
		'') _yikou_reply '--config --json --help --version -c -h' "$1" ;;
		sync) _yikou_reply '--config --json --dry-run --only --max-time --batch --report --progress --store --no-verify --help -c -h -n' "$1" ;;
		'sync verify') _yikou_reply '--config --json --day --help -c -h' "$1" ;;
		'sync dead'*) _yikou_reply '--config --json --staff --reason --body --help -c -h' "$1" ;;
		'sync conflicts'*) _yikou_reply '--config --json --staff --reason --help -c -h' "$1" ;;
		verify) _yikou_reply '--config --json --quick --help -c -h' "$1" ;;
		*) _yikou_reply '--config --json --help -c -h' "$1" ;;
		esac
		return
	fi
	case "${words[*]}" in
	'') _yikou_reply 'screen check diag sync verify passwd' "$1" ;;
	diag) _yikou_reply check "$1" ;;
	'diag check') _yikou_reply "$(_yikou_devices)" "$1" ;;
	sync) _yikou_reply 'run status verify dead conflicts agree enrol exchange' "$1" ;;
	'sync conflicts') _yikou_reply 'list show take' "$1" ;;
	'sync dead') _yikou_reply 'list show requeue supersede void' "$1" ;;
	'sync exchange') _yikou_reply 'run status rejected rereport' "$1" ;;
	esac
}

# yikou-sim ... ctl VERB DEVICE VALUE
_yikou_ctl() {
	local words
	mapfile -t words < <(_yikou_words '--config -c --socket -s')
	case ${#words[@]} in
	0) _yikou_reply ctl "$1" ;;
	1) _yikou_reply 'key rate card lift page fault state' "$1" ;;
	2) [[ ${words[1]} == state ]] || _yikou_reply "$(_yikou_devices)" "$1" ;;
	*)
		case ${words[1]} in
		key) _yikou_reply \
			'next again rate skip park back pause transfer' "$1" ;;
		rate) _yikou_reply '5 4 3 2 1' "$1" ;;
		fault) ((${#words[@]} > 3)) || _yikou_reply \
			'noise half silent unplug none slow busy password html cut damaged huge' \
			"$1" ;;
		card)
			compopt -o nospace 2>/dev/null
			_yikou_reply 'name= sex= nation= birth= address= number= issuer=' \
				"$1"
			;;
		esac
		;;
	esac
}

_yikou() {
	local program=${COMP_WORDS[0]##*/}
	local word=${COMP_WORDS[COMP_CWORD]}
	local before=${COMP_WORDS[COMP_CWORD - 1]}

	COMPREPLY=()
	# "--config=FILE" comes as three words.
	if [[ $word == = ]]; then
		word=
	elif [[ $before == = ]]; then
		before=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	case $program:$before in
	yikou-paper:--check | yikou-paper:--sample | yikou-paper:--text)
		_yikou_reply "$(_yikou_templates)" "$word"
		return
		;;
	*:--templates | *:--spool | *:--sane-config | *:--state | *:--catalog | \
		yikou-scan:-s)
		_yikou_dirs "$word"
		return
		;;
	*:--config | *:-c | *:--socket | yikou-sim:-s | *:--out | \
		*:--token-file | *:--port-file | *:--seed | *:--certificate | \
		*:--key)
		_yikou_files "$word"
		return
		;;
	*:--max-time | *:--again | *:--certificate-days | *:--token-life | *:--port | *:--listen | *:--materials | *:--device | \
		yikou-scan:-d)
		return
		;;
	esac
	case $program in
	yikou) _yikou_command "$word" ;;
	yikou-devd)
		_yikou_reply '--config --check --list --help --version -c -n -l -h' \
			"$word"
		;;
	yikou-syncd)
		_yikou_reply '--config --once --enrol --json --max-time --verify --day --only --state --batch --help --version -c -h' \
			"$word"
		;;
	yikou-exchange)
		_yikou_reply '--config --status --rejected --again --help --version -c -h' \
			"$word"
		;;
	yikou-scan)
		_yikou_reply '--device --spool --sane-config --help --version -d -s -h' \
			"$word"
		;;
	yikou-sim)
		if [[ $word == -* ]]; then
			_yikou_reply '--config --socket --help --version -c -s -h' \
				"$word"
		else
			_yikou_ctl "$word"
		fi
		;;
	yikou-platform)
		_yikou_reply '--state --token-file --port --port-file --listen
			--catalog --seed --restored --chaos --tls
			--require-certificate --certificate --key
			--certificate-days --token-life --help --version -h' \
			"$word"
		;;
	yikou-paper)
		_yikou_reply '--templates --check --sample --text --out --materials
			--marks --fields --help --version -h' "$word"
		;;
	esac
}

complete -F _yikou yikou yikou-devd yikou-syncd yikou-scan yikou-sim \
	yikou-platform yikou-paper yikou-exchange
