# SPDX-License-Identifier: GPL-2.0-only
# Progress of a kernel build. Reads make's output, writes to stderr.

# progress LABEL STEPS: STEPS is the number of lines that make prints for a full build, or 0 if a
# part was built before, so that it is unknown.
progress()
{
	local label=$1 steps=$2 n=0 start=$SECONDS last=-99 tty=false left of line

	[ -t 2 ] && tty=true
	while read -r line; do
		case $line in *" CC "*|"CC "*|"AR "*|"AS "*|"LD "*|"BTF"*|"OBJCOPY "*) ;; *) continue ;; esac
		n=$((n + 1))
		if $tty; then
			[ $((SECONDS - last)) -ge 1 ] || continue
		else
			[ $((SECONDS - last)) -ge 30 ] || continue
		fi
		last=$SECONDS
		left= of=
		[ "$steps" = 0 ] || of=" of about $steps"
		if [ $n -ge $((steps / 20)) ] && [ $n -lt "$steps" ]; then
			left=", about $(( ((SECONDS - start) * (steps - n) / n + 30) / 60 + 1 )) min left"
		fi
		if $tty; then
			printf '\r\033[K%s: %d%s files%s' "$label" $n "$of" "$left" >&2
		else
			printf '%s: %d%s files%s\n' "$label" $n "$of" "$left" >&2
		fi
	done
	$tty && printf '\r\033[K' >&2
	return 0
}
