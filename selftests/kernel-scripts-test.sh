#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests of kernel/branch, kernel/export and the quick part of kernel/check, on a made-up kernel source.
cd "$(dirname "$0")/.." || exit 1
. selftests/tap.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# The scripts find series beside themselves.
mkdir -p "$dir/kernel/9.9" "$dir/selftests"
cp -r kernel/{build,branch,export,check,lib} "$dir/kernel/"
cp selftests/tap.sh "$dir/selftests/"
echo "# base: none" > "$dir/kernel/9.9/series"
cd "$dir" || exit 1
unset "${!GIT_@}"
export GIT_CONFIG_SYSTEM=/dev/null GIT_CONFIG_GLOBAL=$dir/gitconfig KSRC=$dir/source GMEM_CACHE=$dir/cache LC_ALL=C
# A sign-off that git adds by itself must not get into the patches either.
printf '[user]\n\tname = Repo Name\n\temail = repo@example.org\n[format]\n\tsignOff = true\n' > gitconfig

# file PATH: writes stdin to a file of the source
file() { mkdir -p "source/${1%/*}" && cat > "source/$1"; }
file ./Kbuild < /dev/null
file ./MAINTAINERS <<< "a list of names"
printf 'mrproper:\n\t@:\n' | file ./Makefile
file virt/kvm/kvm_main.c <<< "int first;"
file arch/arm64/kvm/mmu.c < /dev/null
file arch/x86/kvm/mmu.c <<'END'
	/*
	 * mmu_invalidate_retry() was false, or
	 * mmu_invalidate_retry_gfn() was.
	 */
	if (other->flags & KVM_MEMSLOT_INVALID)
		return 0;

	do_something();	/* not mmu_invalidate_retry(kvm, seq) */
	do_something();
	if (slot->flags & KVM_MEMSLOT_INVALID) {
		return RET_PF_RETRY;
	}

	do_something();
	do_something();
	if (!mmu_invalidate_retry_gfn(kvm, seq, gfn))
		return 0;

	return RET_PF_RETRY;
END
file scripts/get_maintainer.pl <<'END'
my $options = join " ", grep /^--/, @ARGV;
die if $options !~ /--no-git-fallback/ || !grep -s, @ARGV;
print $options =~ /--nom/ ? "list\@example.org\nboth\@example.org\n" : "Main Tainer <main\@example.org>\nboth\@example.org\n";
END
file scripts/checkpatch.pl <<'END'
my $name = pop; open my $file, "<", $name; my $text = join "", <$file>;
print "$name:1: WARNING:UGLY: ugly\n" if $text =~ /^\+.*ugly/m;
print "$name:1: ERROR:MISSING_SIGN_OFF: no sign-off\n"
	if $text !~ /^Signed-off-by: /m && $name !~ /cover-letter/ && !grep /^--no-signoff$/, @ARGV;
END

# commit NUMBER [TRAILER]: makes a commit in tree/, of a line of code and whatever else was changed there
commit() {
	echo "int number_$1;" >> tree/virt/kvm/kvm_main.c
	printf 'KVM: Add number %s\n\nThis adds\na number\nand that\nis all.\n%s\n' "$1" "${2+
$2}" > message
	git -C tree add -A && git -C tree commit -qF "$dir/message"
}
series() { cat kernel/9.9/series; }
patches() { cat kernel/9.9/*.patch; }
run() { "$@" > out 2>&1; }
# results: prints the numbers of the results of kernel/check that failed
results() { kernel/check --part series 9.9 2>&1 | sed -n 's/^\(not ok\) .* - 9.9: /\1 /p; /^Bail/p'; }

check "branch: an empty series" kernel/branch 9.9 tree
commit 1
commit 2 "Signed-off-by: Some One <some@example.org>"
commit 3 "Link: https://example.org/
Signed-off-by: Some One <some@example.org>"
sed -i 's/^\(.*\)if (slot->flags.*/&\n\t\ttrace_kvm_fault_retry(gfn);/; s/^\treturn RET_PF_RETRY/\ttrace_kvm_fault_retry(gfn);\n&/' tree/arch/x86/kvm/mmu.c
commit 4
mkdir tree/Documentation && seq 500 > tree/Documentation/long
commit 5
commit 6
commit 7
seq 493 > tree/virt/kvm/long
commit 8
commit 9
git -C tree branch -qf core gmem~3
git -C tree branch -qf trace gmem~1

check "export: succeeds" kernel/export 9.9 tree
is "export: the series has the ends of the variants" "$(series | tail -n +3)" "0001-KVM-Add-number-1.patch
0002-KVM-Add-number-2.patch
0003-KVM-Add-number-3.patch
0004-KVM-Add-number-4.patch
0005-KVM-Add-number-5.patch
0006-KVM-Add-number-6.patch
# trace
0007-KVM-Add-number-7.patch
0008-KVM-Add-number-8.patch
# full
0009-KVM-Add-number-9.patch"
patches > all
lacks "export: no patch is signed off" Signed-off all
is "export: the author is the repository's" "$(grep ^From: all | sort -u)" "From: Repo Name <repo@example.org>"
is "export: the rest of a message remains" "$(sed -n '/^is all/,/^---/p' kernel/9.9/000[123]*)" "is all.
---
is all.
---
is all.

Link: https://example.org/
---"
mv tree old
check "branch: succeeds" kernel/branch 9.9 tree
for branch in core trace gmem; do
	is "branch: $branch has the same patches" "$(git -C tree log --format=%s base..$branch)" "$(git -C old log --format=%s base..$branch)"
done
cp -r kernel/9.9 before
check "export: succeeds again" kernel/export 9.9 tree
none "export: and writes the same" diff -r before kernel/9.9

check "check: the series is right" kernel/check --part series 9.9
is "check: a sign-off is an error" "$(sed -i 's/^and that$/&\nSigned-off-by: A <a@b>/' kernel/9.9/0002*; results)" \
	"not ok messages are wrapped, and nobody has signed off"
is "check: so is a retry without an event" "$(cp before/* kernel/9.9/; sed -i 's/trace_kvm_fault_retry/trace_kvm_other/' kernel/9.9/0004*; results)" \
	"not ok every retry of a fault is traced"
is "check: so is a retry in a slot that is going away" \
	"$(cp before/* kernel/9.9/; sed -i '0,/trace_kvm_fault_retry/s//trace_kvm_other/' kernel/9.9/0004*; results)" \
	"not ok every retry of a fault is traced"
cp before/* kernel/9.9/
# core_of PATCHES: makes variant core as long; prints what kernel/check complains of
core_of() {
	sed '/^# \(trace\|full\)/d' before/series | sed "$(($1 + 2))a # trace" > kernel/9.9/series
	results
}
is "check: 5 patches are too few for core" "$(core_of 5)" "not ok core has 6 to 8 patches"
is "check: 7 patches are right, however much they document" "$(core_of 7; echo $?)" 0
is "check: 503 lines of code are too many for core" "$(core_of 8)" "not ok core adds at most 499 lines of code"
is "check: 9 patches, too" "$(core_of 9)" "not ok core has 6 to 8 patches
not ok core adds at most 499 lines of code"
cp before/* kernel/9.9/

# digest VARIANT: prints the digest of its patches
digest_of() { (. kernel/lib/common.sh; . kernel/lib/series.sh; series_digest kernel/9.9 "$1"); }
is "series: variants with other patches are other kernels" "$(for v in stock core trace full; do digest_of $v; done | sort -u | wc -l)" 4
sed -i '/0009/d' kernel/9.9/series
is "series: a variant without patches of its own is the same kernel" "$(digest_of full)" "$(digest_of trace)"
cp before/* kernel/9.9/
for variant in stock core trace full; do
	run env KSRC=none kernel/build --variant $variant 9.9
	check "build: there is a variant $variant" grep -q 'KSRC=none is not a kernel tree' out
done

git -C tree branch -qD core
kernel/export 9.9 tree 2> /dev/null
is "export: without branch core, it is as long as trace" "$(series | sed -n '/0007/,$p')" "0007-KVM-Add-number-7.patch
0008-KVM-Add-number-8.patch
# trace
# full
0009-KVM-Add-number-9.patch"
git -C tree branch -qD trace
kernel/export 9.9 tree 2> /dev/null
is "export: without both, they are the whole series" "$(series | sed -n '/0009/,$p')" "0009-KVM-Add-number-9.patch
# trace
# full"
cp before/* kernel/9.9/

# fails NAME STATUS WHAT COMMAND..: tests that it fails so, that its first line has WHAT, and that it writes nothing
fails() {
	local what=$3

	run "${@:4}"
	is "$1: status" $? "$2"
	is "$1: two lines, the first with the reason" "$(wc -l < out) $(head -n 1 out | grep -oF -- "$what")" "2 $what"
	none "$1: nothing is written" diff -r before kernel/9.9
	check "$1: no mails" test ! -e mails
}
git -C tree branch -q trace gmem~2
git -C tree branch -q core gmem~1
fails "export: core longer than trace" 1 "branch core is not part of branch trace" kernel/export 9.9 tree
fails "build: unknown variant" 2 "unknown variant 'most'" kernel/build --variant most 9.9
git config -f gitconfig --unset format.signOff
write_mails() { kernel/export --send mails "$@" 9.9; }
person="A. Person <person@example.org>"
fails "send: no cover letter" 7 "kernel/9.9/cover does not exist" write_mails --from "$person"
printf 'KVM: Numbers\nThey are\n\nneeded.\n' | tee before/cover > kernel/9.9/cover
fails "send: no sender" 4 "no sender" write_mails
for wrong in "A. Person" person@example.org "<person@example.org>" "A. Person <person>" "A <a@b> c"; do
	fails "send: the sender is '$wrong'" 5 "cannot send from '$wrong'" write_mails --from "$wrong"
done
fails "send: unknown variant" 2 "unknown variant 'most'" write_mails --from "$person" --variant most
fails "send: variant without patches" 2 "variant stock" write_mails --from "$person" --variant stock
mkdir full && touch full/file
fails "send: the folder has files" 6 "cannot write mails to full" kernel/export --send full --from "$person" 9.9
sed -i 's/^ int first/ int last/' {kernel/9.9,before}/0001*
fails "send: a patch does not apply" 8 "cannot apply 0001-KVM-Add-number-1.patch" write_mails --from "$person"
sed -i 's/^ int last/ int first/' {kernel/9.9,before}/0001*
sed -i 's/^+int number_2;/+int ugly_2;/; s/^ int number_2;/ int ugly_2;/' {kernel/9.9,before}/*.patch
run write_mails --from "$person"
is "send: checkpatch complains: status" $? 9
is "send: checkpatch complains: of what, and of which patch" "$(grep -o 'WARNING:UGLY.*\|complains of [^:]*' out)" "WARNING:UGLY: ugly
complains of 0002-KVM-Add-number-2.patch"
check "send: checkpatch complains: no mails" test ! -e mails

sed -i 's/ugly_2/number_2/' kernel/9.9/*.patch
check "send: succeeds" write_mails --from "$person"
is "send: the mails are variant core and a cover letter" "$(sed -n 's/^Subject: //p' mails/*)" "[PATCH 0/6] KVM: Numbers
[PATCH 1/6] KVM: Add number 1
[PATCH 2/6] KVM: Add number 2
[PATCH 3/6] KVM: Add number 3
[PATCH 4/6] KVM: Add number 4
[PATCH 5/6] KVM: Add number 5
[PATCH 6/6] KVM: Add number 6"
is "send: all are from the person" "$(grep -h '^From: ' mails/* | uniq -c | xargs)" "7 From: $person"
is "send: patches are signed off by nobody else" "$(grep -h ^Signed-off-by: mails/* | sort | uniq -c | xargs)" "6 Signed-off-by: $person"
is "send: maintainers are addressed, others get copies" "$(cat mails/* | sed -n '/^To: /,/^$/p' | sort | uniq -c | xargs)" \
	"7 7 both@example.org 7 Cc: list@example.org 7 To: Main Tainer <main@example.org>,"
is "send: the cover letter has text, shortlog and diffstat" "$(sed '1,/^$/d; /number/d; /^ /d' mails/0000* | xargs)" "They are needed. A. Person (6):"
check "send: and the number of files" grep -q '^ 3 files changed' mails/0000*
rm -r mails && mkdir mails
check "send: a folder that is empty will do, and variant full" write_mails --variant=full --from="$person"
is "send: variant full has all patches" "$(find mails -type f | wc -l)" 10

plan
