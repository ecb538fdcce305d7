# SPDX-License-Identifier: GPL-2.0-only
# Sign-offs, which only a person can give, and the mails of a person who sends a series.

# without_signoffs PATCH..: removes the lines from the messages, and an empty line that they leave.
without_signoffs()
{
	perl -0777 -pi -e 's{\A.*?(?=^---$)}{my $m = $&; $m =~ s/^Signed-off-by: .*\n//mg; $m =~ s/(\n\n.*\S\n)\n+\z/$1/s; $m}mse' "$@"
}

# recipients OPTION.. PATCH..: prints whom MAINTAINERS of the source names, one a line.
recipients()
{
	(cd "$tree" && perl scripts/get_maintainer.pl --no-git --no-git-fallback --nointeractive --norolestats "$@" < /dev/null) ||
		die "cannot find the recipients: scripts/get_maintainer.pl failed" "Run it in $tree."
}

# sign_off BRANCH: makes the person of GIT_AUTHOR_* the author of all commits, signed off.
sign_off()
{
	local out

	git checkout -q "$1"
	out=$(git rebase --exec "git commit -q --amend --no-edit --reset-author --signoff" base 2>&1) ||
		die "cannot sign off the patches: $(tail -n 1 <<< "$out")" "Is git set up to sign or check commits?"
}

# format_mails BRANCH COVER DIR OPTION..: writes the mails of the commits in the current folder.
format_mails()
{
	# The description is split at the first empty line.
	git config "branch.$1.description" "$(sed 1G "$2")"
	git format-patch -q --no-signature --zero-commit --cover-letter --cover-from-description=subject \
		-o "$3" "${@:4}" "base..$1"
}

# check_mails MAIL..: ends the program if checkpatch complains of any.
check_mails()
{
	local mail out bad=

	for mail; do
		out=$(style_complaints "$mail")
		[ -z "$out" ] || { bad+=" ${mail##*/}"; echo "$out" >&2; }
	done
	[ -z "$bad" ] || die "checkpatch.pl complains of$bad: see above" "Change the patch in the git tree of kernel/branch. No mail was written." 9
}

# send VERSION VARIANT PERSON DIR SCRATCH: writes mails from PERSON to DIR. Nothing is sent.
send()
{
	local version=$1 variant=$2 person=$3 dir=$4 scratch=$5 series=$here/$1 cover=$here/$1/cover branch=${2/full/gmem} to cc
	local -a patches headers

	[ -n "$person" ] || die "cannot write mails: no sender given" "Name who sends and signs off: --from 'NAME <ADDRESS>'" 4
	[[ $person =~ ^([^\<\>]*[^\<\>[:space:]])[[:space:]]*\<([^\<\>@[:space:]]+@[^\<\>@[:space:]]+)\>$ ]] ||
		die "cannot send from '$person': no name with an address" "Write it as --from 'NAME <ADDRESS>'." 5
	export GIT_AUTHOR_NAME=${BASH_REMATCH[1]} GIT_AUTHOR_EMAIL=${BASH_REMATCH[2]}
	export GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
	mapfile -t patches < <(series_of "$series/series" "$variant" | sed "s,^,$series/,")
	[ ${#patches[@]} -gt 0 ] || die "cannot send variant $variant: it has no patch" "Variants with patches are core, trace, full." 2
	[ ! -e "$dir" ] || { [ -d "$dir" ] && [ -z "$(ls -A "$dir")" ]; } ||
		die "cannot write mails to $dir: it is not an empty directory" "Mails of another time would be sent along: remove it or name another." 6
	[ -s "$cover" ] || die "no cover letter: ${cover#"$root"/} does not exist" "Write it: the subject in the first line, then the text." 7

	locate_source "$version"
	# Only its scripts are run: no need to wait for a build, or to copy it.
	tree=${KSRC:-$tree}
	if [ ! -e "$tree/MAINTAINERS" ]; then
		with_lock "$GMEM_CACHE/lock/${tree##*/}"
		place_source "$version"
	fi
	make_branches "$version" "$series" "$scratch/git" "Run kernel/check --part series $version." 8
	to=$(recipients --nor --nol "${patches[@]}")
	cc=$(recipients --nom "${patches[@]}")
	mapfile -t headers < <(sed -n 's/^./--to=&/p' <<< "$to"; grep -vxF "$to" <<< "$cc" | sed -n 's/^./--cc=&/p')
	mkdir "$scratch/mails"
	(
		cd "$scratch/git"
		sign_off "$branch"
		format_mails "$branch" "$cover" "$scratch/mails" "${headers[@]}"
	)
	check_mails "$scratch"/mails/*
	mkdir -p "$dir"
	mv "$scratch"/mails/* "$dir/"
	say "$dir: a cover letter and ${#patches[@]} patches of variant $variant for Linux $version, from $person. Nothing was sent."
}
