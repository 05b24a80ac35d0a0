#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Adapted patches: made, recorded, planned with, built, published, replayed.
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/shell/lib-tree.sh"
sample
new_source source
new_workspace one source
cd "$work/one" || exit 99

mtu=$(label_id source 5.10 tunl-mtu-max)
short=$(echo "$mtu" | cut -c 1-12)
made=resolve-v5.10-$short
file=drivers/net/tunl.c
kept=ledger/resolutions/$mtu/v5.10.patch

row()
{
	json "[c['$2'] for c in it['commits'] if c['commit'] == '$1'][0]"
}

# of_row COMMIT BASE [ARGUMENT...]: its state, and its reason in $work/reason.
of_row()
{
	commit=$1
	shift
	run sectree plan "$@" --json
	row "$commit" reason >"$work/reason"
	row "$commit" state
}

unchanged()
{
	[ -z "$(git -C ledger status --porcelain)" ] && [ "$(git -C ledger rev-parse HEAD)" = "$head" ]
}

# refuses STATUS WORDS ARGUMENT...: fails so, says so, and the ledger is as it was.
refuses()
{
	wanted=$1
	words=$2
	shift 2
	head=$(git -C ledger rev-parse HEAD 2>/dev/null)
	try "$wanted" sectree resolve "$@"
	check "refused: $words" grep -qF -- "$words" "$work/err"
	check 'the ledger is as it was' unchanged
}

try 0 sectree review "$(label_id source 6.1 pipe-full-helper)" --withdraw --base v6.1 --reason 'for this test'

# ---- the directory ----

check_equal 'it is held' held "$(of_row "$mtu" v5.10)"
try 0 sectree resolve v5.10 "$short" --json
check_schema resolve
check_equal 'where it does not apply' "$file" "$(json "it['conflict']['path']")"
check_equal 'the directory' "$made" "$(json "it['directory']")"
check_equal 'what is in it' "README base/$file merged/$file ours/$file theirs/$file" \
	"$(cd "$made" && find . -type f | sed 's|^\./||' | sort | paste -s -d ' ')"
check 'base is the parent' sh -c "git -C '$work/source/linux.git' show $mtu^:$file | cmp -s - $made/base/$file"
check 'theirs is the commit' sh -c "git -C '$work/source/linux.git' show $mtu:$file | cmp -s - $made/theirs/$file"
run sectree build v5.10 -q
place=$(tree_git one rev-parse "linux-5.10-security^{tree}")
check 'ours is what the tree has' sh -c "git -C tree.git show $place:$file | cmp -s - $made/ours/$file"
git merge-file -p -L ours -L base -L theirs "$made/ours/$file" "$made/base/$file" "$made/theirs/$file" \
	>"$work/marked"
check 'merged is as git merge-file leaves it' cmp -s "$work/marked" "$made/merged/$file"
check 'README says what to do' grep -q "sectree resolve v5.10 $short --from $made --reason" "$made/README"
try 3 sectree resolve v5.10 "$short"
check 'it is not overwritten' grep -q 'is there already' "$work/err"
try 0 sectree resolve v5.10 "$(git -C "$work/source/linux.git" log -1 --format=%B "$mtu" |
	sed -n 's/.*\([0-9a-f]\{40\}\).*/\1/p' | head -n 1)" -o "$work/other"
check 'by its upstream id, elsewhere' cmp -s "$made/merged/$file" "$work/other/merged/$file"

# ---- what is refused ----

refuses 3 "$file:31: a conflict marker is left" v5.10 "$short" --from "$made" --reason x
refuses 2 'give --reason TEXT' v5.10 "$short" --from "$made"
refuses 2 'one of --from and --patch' v5.10 "$short" --from "$made" --patch x --reason x
refuses 2 '--reason is for' v5.10 "$short" --reason x
refuses 3 'sectree resolve' v5.10 "$short" --from nowhere --reason x
refuses 3 'no commit' v5.10 0123456789ab
refuses 3 'is not held on v5.10 but pick' v5.10 "$(label_id source 5.10 nmatch-bound)"
refuses 3 'is not held on v5.10 but not-security' v5.10 "$(label_id source 5.10 pool-hint)"
refuses 3 'is no commit of v5.10..v5.10.7' v5.10 "$(label_id source 6.1 oob-pipe-zero)"

merged=$made/merged/$file
cp "$merged" "$work/marked"
cp "$made/ours/$file" "$merged"
refuses 2 'changes nothing' v5.10 "$short" --from "$made" --reason x
rm "$merged"
ln -s /etc/passwd "$merged"
refuses 3 'is a symbolic link' v5.10 "$short" --from "$made" --reason x
rm "$merged"
sed -e '/^<<<<<<</d' -e '/^=======/d' -e '/^>>>>>>>/d' -e '/^	if (mtu < TUNL_MTU_MIN)$/d' "$work/marked" >"$merged"
cp "$merged" "$merged~"
refuses 3 "tunl.c~: is neither in the tree nor a path of the commit" v5.10 "$short" --from "$made" --reason x
rm "$merged~"
printf 'a\0b\n' >"$made/merged/Makefile"
refuses 3 'Makefile: is binary' v5.10 "$short" --from "$made" --reason x
rm "$made/merged/Makefile"
refuses 3 'one line' v5.10 "$short" --from "$made" --reason 'two
lines'

: >"$work/empty"
refuses 2 'is empty' v5.10 "$short" --patch "$work/empty" --reason x
echo 'Dear all' >"$work/letter"
refuses 3 'letter: holds no patch' v5.10 "$short" --patch "$work/letter" --reason x
refuses 3 'no such file' v5.10 "$short" --patch "$work/none" --reason x
git diff --no-index --src-prefix=a/ --dst-prefix=b/ "$made/ours/$file" "$merged" |
	sed "s|[ab]/$made/[a-z]*/|&|; s|a/$made/ours/|a/|g; s|b/$made/merged/|b/|g; s|a/$made/merged/|a/|g" >"$work/good"
sed "s|b/$file|b/../../etc/passwd|; s|a/$file|a/../../etc/passwd|" "$work/good" >"$work/bad"
refuses 3 "'../../etc/passwd' is no path of a source tree" v5.10 "$short" --patch "$work/bad" --reason x
sed "s|$file|.git/config|" "$work/good" >"$work/bad"
refuses 3 "'.git/config' is no path of a source tree" v5.10 "$short" --patch "$work/bad" --reason x
sed "s|$file|no/such.c|" "$work/good" >"$work/bad"
refuses 3 'no/such.c: is not in the tree' v5.10 "$short" --patch "$work/bad" --reason x
sed 's/^ .*return -EINVAL;/ 	return -EPERM;/' "$work/good" >"$work/bad"
refuses 3 'the lines around a change are not in the tree (from line 28' v5.10 "$short" --patch "$work/bad" --reason x
sed '$d' "$work/good" >"$work/bad"
refuses 3 'cut short' v5.10 "$short" --patch "$work/bad" --reason x
sed 's/^@@ .*/@@ -x @@/' "$work/good" >"$work/bad"
refuses 3 'bad:' v5.10 "$short" --patch "$work/bad" --reason x
printf 'diff --git a/x b/x\nindex 1..2 100644\nBinary files a/x and b/x differ\n' >"$work/bad"
refuses 3 'bad:3: changes a binary file' v5.10 "$short" --patch "$work/bad" --reason x
sed 's/^+\t.*/+<<<<<<< ours/' "$work/good" >"$work/bad"
refuses 3 'a conflict marker is left' v5.10 "$short" --patch "$work/bad" --reason x

# ---- recorded and planned with ----

try 0 sectree resolve v5.10 "$short" --from "$made" --reason 'the head is counted here' --json
check_schema resolve
check_equal 'where it is' "$kept" "ledger/$(json "it['resolution']['file']")"
check_equal 'the digest is the blob' "$(git -C ledger rev-parse "HEAD:resolutions/$mtu/v5.10.patch")" \
	"$(json "it['resolution']['digest']")"
check 'it is committed' sh -c '[ -z "$(git -C ledger status --porcelain)" ]'
check 'by its author' sh -c "git -C ledger log -1 --format=%an | grep -q 'A Tester'"
cp "$kept" "$work/recorded"
try 0 sectree resolve v5.10 "$short" --patch "$work/good" --reason 'the head is counted here'
check 'as a patch: the same' cmp -s "$kept" "$work/recorded"
{
	printf 'From: A\nSubject: [PATCH] x\n\ntext\n---\n'
	cat "$work/good"
	printf -- '-- \n2.39\n'
} >"$work/mail"
try 0 sectree resolve v5.10 "$short" --patch "$work/mail" --reason 'the head is counted here'
check 'as a mail: the same' cmp -s "$kept" "$work/recorded"

check_equal 'it is picked' pick "$(of_row "$mtu" v5.10)"
check_schema plan
check 'the reason says so' grep -q 'with the resolution of A Tester <tester@example.org>, 2023-11-14: the head is counted here$' "$work/reason"
check_equal 'and JSON' "v5.10 $(git -C ledger rev-parse "HEAD:resolutions/$mtu/v5.10.patch")" \
	"$(json "[c['resolution']['base'] + ' ' + c['resolution']['digest'] for c in it['commits'] if c['resolution']][0]")"
try 1 sectree plan v5.10 --why "$short"
check 'and why' grep -q 'with the resolution of A Tester' "$work/out"
check_equal 'on another base' pick "$(of_row "$mtu" v5.10.1)"
check 'it says for which base it was made' grep -q 'with the resolution of A Tester <tester@example.org>, 2023-11-14 for v5.10: ' "$work/reason"
check_equal 'where the pick applies it is not used' null "$(of_row "$mtu" v5.10.4 >/dev/null; row "$mtu" resolution)"

# ---- built: what git apply gives ----

run sectree build v5.10 -q
check 'built' test "$status" -lt 2
picked=$(tree_git one log --format=%H --grep "cherry picked from commit $mtu" linux-5.10-security)
check 'the trailer' sh -c "git -C tree.git log -1 --format=%B $picked |
	grep -qx 'Resolution-by: A Tester <tester@example.org>, 2023-11-14: the head is counted here'"
GIT_DIR=tree.git GIT_INDEX_FILE=$work/index git read-tree "$picked^"
sed '1,/^$/d' "$kept" | GIT_DIR=tree.git GIT_INDEX_FILE=$work/index git apply --cached
check_equal 'the tree is that of git apply' "$(GIT_DIR=tree.git GIT_INDEX_FILE=$work/index git write-tree)" \
	"$(tree_git one rev-parse "$picked^{tree}")"
stanzas_built one v5.10 >"$work/stanza"
check 'the stanza has the digest' grep -q "^add $mtu pick $(git -C ledger rev-parse "HEAD:resolutions/$mtu/v5.10.patch") commit$" "$work/stanza"
first=$(tree_git one rev-parse linux-5.10-security)
run sectree build v5.10 -q
check_equal 'again: the same commits' "$first" "$(tree_git one rev-parse linux-5.10-security)"
check_fsck 'built' one

# ---- published, changed, replayed ----

accept_all one v5.10
cd "$work" || exit 99
cp -r one unkept
rm -rf unkept/ledger/.git
git -C unkept/ledger init -q
git -C unkept/ledger add verdicts
git -C unkept/ledger commit -qm verdicts
try 3 sectree -C unkept publish v5.10 --local
check 'a resolution that is not committed is not published' grep -q 'is not committed in ledger/' "$work/err"

try 0 sectree -C one publish v5.10 --local
cp -r one changed
sed -i 's/counted here/COUNTED here/' "changed/$kept"
git -C changed/ledger commit -qam changed
run sectree -C changed plan v5.10 --json
check 'changed since: the plan says so' sh -c "grep -q 'which the ledger has no more: the head is counted' '$work/out'"
try 3 sectree -C changed resolve v5.10 "$short"
check 'what is published stays' grep -q 'what is published stays as it is' "$work/err"
run sectree -C changed build v5.10 -q
check 'changed since: nothing new' grep -q 'up to date' "$work/out"

git -C changed/ledger rm -qr resolutions
git -C changed/ledger commit -qm gone
rm -rf changed/tree.git
git -C changed init -q --bare tree.git
cp one/tree.git/objects/info/alternates changed/tree.git/objects/info/
cp -r changed lost
try 0 sectree -C changed build v5.10 -q
check_equal 'replayed from the history of the ledger' "$first" "$(tree_git changed rev-parse linux-5.10-security)"
check_equal 'with its tag' "$(tree_git one rev-parse v5.10-security.7)" "$(tree_git changed rev-parse v5.10-security.7)"

rm -rf lost/ledger/.git
git -C lost/ledger init -q
git -C lost/ledger add -A
git -C lost/ledger commit -qm 'no history'
try 3 sectree -C lost build v5.10 -q
check 'lost: named' grep -q "v5.10-security.7: commit $mtu was published with resolution .* neither" "$work/err"

# ---- late ----

# Published without it; then it is resolved, and comes as a late commit.
new_workspace late source
sectree -C late build v5.10 -q >/dev/null 2>&1
accept_all late v5.10
try 0 sectree -C late publish v5.10 --local
old=$(tree_git late rev-parse linux-5.10-security)
try 0 sectree -C late resolve v5.10 "$short" --patch "$work/good" --reason 'the head is counted here'
run sectree -C late build v5.10 -q
stanzas_built late v5.10 >"$work/new"
check_equal 'late: one commit' "v5.10-security.7.1 $mtu" "$(state) $(added)"
accept_all late v5.10
try 0 sectree -C late publish v5.10 --local
check 'late: fast-forward' is_ancestor late "$old" linux-5.10-security
check_equal 'late: the tree is that of the same set at once' \
	"$(tree_git one ls-tree linux-5.10-security | grep -v Makefile)" \
	"$(tree_git late ls-tree linux-5.10-security | grep -v Makefile)"
check_fsck 'late' late

# A late one before the resolved one, in the same file.
note=$(label_id source 5.10 board-tunl-note)
echo "$note" >"$work/seeds"
run sectree -C one build v5.10 -q --seeds "$work/seeds"
stanzas_built one v5.10 >"$work/new"
check_equal 'before a resolved one' "$note" "$(added)"
check 'it precedes' grep -q '^before ' "$work/new"
try 0 sectree -C one publish v5.10 --local
GIT_DIR=one/tree.git GIT_INDEX_FILE=$work/index git read-tree "$first"
git -C source/linux.git diff "$note^" "$note" | GIT_DIR=one/tree.git GIT_INDEX_FILE=$work/index git apply --cached
GIT_DIR=one/tree.git GIT_INDEX_FILE=$work/index git write-tree >"$work/tree"
check_equal 'the tree is that of both' \
	"$(tree_git one ls-tree "$(cat "$work/tree")" | grep -v Makefile)" \
	"$(tree_git one ls-tree linux-5.10-security | grep -v Makefile)"
rm -rf one/tree.git
git -C one init -q --bare tree.git
cp late/tree.git/objects/info/alternates one/tree.git/objects/info/
try 0 sectree -C one build v5.10 -q
check 'both states are replayed' grep -q '2 published states written again' "$work/out"

# ---- before prerequisites; what does not apply ----

cd "$work/one" || exit 99
zero=$(label_id source 6.1 oob-pipe-zero)
split=$(label_id source 6.1 pipe-size-split)
helper=$(label_id source 6.1 pipe-full-helper)
pipe=fs/pipebuf.c
check_equal 'held for want of what is withdrawn' held "$(of_row "$zero" v6.1)"
try 0 sectree resolve v6.1 "$zero" -o "$work/pipe"
sed -e '/^<<<<<<</d' -e '/^=======$/,/^>>>>>>>/d' "$work/pipe/merged/$pipe" >"$work/merged"
sed -i '1i/* adapted */' "$work/merged"
cp "$work/merged" "$work/pipe/merged/$pipe"
try 0 sectree resolve v6.1 "$zero" --from "$work/pipe" --reason 'a remark will do'
git -C ledger rm -q "verdicts/$helper"
git -C ledger commit -qm 'not withdrawn any more'
check_equal 'a resolution before prerequisites' pick "$(of_row "$zero" v6.1)"
check_equal 'they are not asked' 'not-security not-security' "$(row "$split" state) $(row "$helper" state)"

pipes=ledger/resolutions/$zero
mkdir -p "$pipes"
sed -i 's/^ .*/&x/' "$pipes/v6.1.patch"
git -C ledger commit -qam 'damaged context'
check_equal 'for this base, and it does not apply: held' held "$(of_row "$zero" v6.1)"
check 'the resolution is named' grep -q "^the resolution of A Tester <tester@example.org>, 2023-11-14 does not apply: $pipe: .*; it is in ledger/resolutions/$zero/v6.1.patch" "$work/reason"
check_equal 'it is OPEN' held "$(json "[o['kind'] for o in it['open'] if o['commit'] == '$zero'][0]")"
sed 's/^base: v6.1$/base: v6.1.1/' "$pipes/v6.1.patch" >"$pipes/v6.1.1.patch"
rm "$pipes/v6.1.patch"
git -C ledger add -A
git -C ledger commit -qm 'for another base'
check_equal 'for another base: prerequisites are asked' pick "$(of_row "$zero" v6.1)"
check_equal 'and come' 'prerequisite prerequisite' "$(row "$split" state) $(row "$helper" state)"
verdict one withdraw "$helper" v6.1
check_equal 'nothing else helps: held' held "$(of_row "$zero" v6.1)"
check 'both reasons' grep -q 'withdrawn.*; and the resolution for v6.1.1 of A Tester' "$work/reason"
try 0 sectree resolve v6.1 "$zero" --from "$work/pipe" --reason 'a remark will do'
check_equal 'resolved again' pick "$(of_row "$zero" v6.1)"

# ---- a ledger with damage ----

damaged()
{
	cp "$pipes/v6.1.patch" "$work/whole"
	sed "$1" "$work/whole" >"$pipes/v6.1.patch"
	try 3 sectree plan v6.1
	check "damage: $2" grep -qF "$2" "$work/err"
	cp "$work/whole" "$pipes/v6.1.patch"
}
damaged 1d "v6.1.patch:1: 'commit: <value>' was expected"
damaged 's/^reason: .*/reason:/' "v6.1.patch:5: 'reason: <value>' was expected"
damaged 6d 'v6.1.patch:6: an empty line was expected'
damaged '6q' 'v6.1.patch: holds no patch'
damaged 's/^base: .*/base: v6.2/' 'is of another commit or base than its name says'
damaged 's/^@@ -/@@ - /' 'v6.1.patch:'
damaged '$a rubbish' 'is no line of a diff; the patch is damaged'
touch "$pipes/notes"
try 3 sectree plan v6.1
check 'what is no resolution is named' grep -q "$zero/notes:1" "$work/err"

done_testing
