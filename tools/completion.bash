# SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
# Bash completion of gmemtop and gmemtrace. The words come from the programs themselves.
# Sourced by bash; needs sed and cut.

# Prints the values of OPTION. With --help the program does nothing even if the value is valid.
_gmem_values() # OPTION PROGRAM [COMMAND]
{
	case $1 in
	-s|--sort)	"${@:2}" --sort=help | cut -d' ' -f1 ;;
	--kind)		"${@:2}" --kind=help ;;
	--collect)	"${@:2}" --collect=help | cut -f1 | sort -u ;;
	--*)		"${@:2}" "$1=" --help 2>&1 | sed -n '1s/.*; there are //; 1s/,//gp' ;;
	esac
}

# Prints the long options, those that take a value with a "=": --json, --delay=.
_gmem_options() # PROGRAM [COMMAND]
{
	"$@" --help | sed -nE 's/^ {2,6}(-., )?(--[a-z.-]+=?).*/\2/p'
}

# Prints the commands of gmemtrace.
_gmem_commands() # PROGRAM
{
	"$1" --help | sed -nE 's/^  ([a-z]+) .*/\1/p'
}

_gmem()
{
	local cur=${COMP_WORDS[COMP_CWORD]} before=$((COMP_CWORD - 1)) of=("$1") words

	# bash splits "--sort=x" into three words.
	if [ "$cur" = = ]; then
		cur=
	elif [ "${COMP_WORDS[before]}" = = ]; then
		before=$((before - 1))
	fi
	[[ $1 != *gmemtrace ]] || [ "$COMP_CWORD" -eq 1 ] || of+=("${COMP_WORDS[1]}")
	if [ "${COMP_WORDS[before]}" = -- ]; then
		mapfile -t COMPREPLY < <(compgen -c -- "$cur")
		return
	fi
	if [[ $cur = -* ]]; then
		words=$(_gmem_options "${of[@]}" 2> /dev/null)
	elif [[ $1 = *gmemtrace && $COMP_CWORD -eq 1 ]]; then
		words=$(_gmem_commands "$1" 2> /dev/null)
	else
		words=$(_gmem_values "${COMP_WORDS[before]}" "${of[@]}" 2> /dev/null)
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	[[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace
}

complete -o default -F _gmem gmemtop gmemtrace
