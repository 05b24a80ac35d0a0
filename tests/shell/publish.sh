#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Publishing: the journal, tags, what a run that died left undone, replay, withdrawal.
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/shell/lib-tree.sh"
sample
new_source source
new_workspace one source
cd "$work/one" || exit 99

try 3 sectree publish v6.1 --local
check 'nothing is built yet' grep -q "'sectree build v6.1' does" "$work/err"
try 2 sectree publish v6.1
check 'remote publishing is not there' grep -q -- --local "$work/err"
# Without what it needs, a later fix of a pick is held.
verdict one withdraw "$(label_id source 6.1 mapref-rework)"
run sectree build v6.1 v6.1.2 v6.6 -q

# A known regression needs a verdict.
try 3 sectree publish v6.1 --local
check 'a known regression is named' grep -q 'which repairs it, is held' "$work/err"
check_equal 'a refused publication leaves no journal' verdicts "$(ls ledger)"
accept_all one v6.1
tree_git one for-each-ref >"$work/before"
try 0 sectree publish v6.1 --local --json
check_equal 'the state is published' v6.1-security.8 "$(json 'it["states"][0]["name"]')"
tag=refs/tags/v6.1-security.8
check_equal 'an annotated tag of the branch' "$(tree_git one rev-parse linux-6.1-security)" \
	"$(tree_git one rev-parse $tag^0)"
check_equal 'that tag is an object' tag "$(tree_git one cat-file -t $tag)"
check 'its message names it' sh -c "git -C tree.git cat-file tag $tag | grep -qx 'Linux 6.1-security.8'"
check_equal 'the ledger is committed' '' "$(git -C ledger status --porcelain)"
check_equal 'the journal has one state' 1 "$(grep -c '^state ' ledger/journal/v6.1)"
check_equal 'branches did not move' "$(grep refs/heads "$work/before")" \
	"$(tree_git one for-each-ref | grep refs/heads)"
check_fsck 'after publishing' one
try 0 sectree publish v6.1 --local
check 'a second time there is nothing to publish' grep -q 'is published' "$work/err"
try 3 sectree drop v6.1
check 'a published base is not dropped' grep -q 'only grows' "$work/err"
tree_git one for-each-ref >"$work/before"
run sectree build v6.1
check 'nothing new: up to date' grep -q 'up to date' "$work/out"
check_equal 'and no ref moves' "$(cat "$work/before")" "$(tree_git one for-each-ref)"

# A base without the user's identity.
(
	unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
	"$sectree_program" publish v6.6 --local >"$work/out" 2>"$work/err"
)
check_equal 'the ledger is committed without an identity, too' 'sectree <sectree@localhost>' \
	"$(git -C ledger log -1 --format='%an <%ae>')"

# Refs are missing, the journal has them: a run that died in between.
published=$(tree_git one rev-parse v6.1-security.8)
git -C tree.git tag -d v6.1-security.8 >/dev/null
git -C tree.git update-ref refs/heads/linux-6.1.y-security "$(tree_git one rev-parse linux-6.1-security~3)"
try 0 sectree publish v6.6 --local
check_equal 'the next run makes the tag' "$published" "$(tree_git one rev-parse v6.1-security.8)"
check_equal 'and moves the branch' "$(tree_git one rev-parse linux-6.1-security)" \
	"$(tree_git one rev-parse linux-6.1.y-security)"

# The journal was written and not committed.
accept_all one v6.1.2
cp -r "$work/one" "$work/dies"
run sectree publish v6.1.2 --local
cp ledger/journal/v6.1.2 "$work/dies/ledger/journal/v6.1.2"
try 0 sectree -C "$work/dies" publish v6.6 --local
check_equal 'it is committed by the next run' '' "$(git -C "$work/dies/ledger" status --porcelain)"
check_equal 'which makes its refs, too' "$(tree_git one for-each-ref)" "$(tree_git dies for-each-ref)"

# The journal was changed by hand.
echo >>"$work/dies/ledger/journal/v6.1"
try 3 sectree -C "$work/dies" build v6.6
check 'a changed journal is named' grep -q 'journal/v6.1: was changed' "$work/err"
git -C "$work/dies/ledger" checkout -q .
sed -i '0,/ pick /s// pock /' "$work/dies/ledger/journal/v6.1"
line=$(grep -n ' pock ' "$work/dies/ledger/journal/v6.1" | cut -d : -f 1)
git -C "$work/dies/ledger" commit -qam 'by hand'
try 3 sectree -C "$work/dies" build v6.1
check 'a malformed journal is named with its line' grep -q "journal/v6.1:$line:" "$work/err"

# A tag that was moved is not moved back silently, nor taken for the right one.
git -C "$work/dies/ledger" reset -q --hard HEAD^
git -C "$work/dies/tree.git" tag -f v6.1-security.8 v6.6-security.5 >/dev/null 2>&1
try 3 sectree -C "$work/dies" build v6.6
check 'a moved tag is named' grep -q 'refs/tags/v6.1-security.8' "$work/err"

# Replay: a workspace that has source and ledger alone.
sectree init "$work/replay" --source "$work/source/linux.git" >/dev/null
rm -rf "$work/replay/ledger"
git clone -q "$work/one/ledger" "$work/replay/ledger"
sectree -C "$work/replay" sync -q >/dev/null
try 0 sectree -C "$work/replay" build --all
check 'it says what it did' grep -q 'written again from the journal' "$work/out"
check_equal 'a replay has the same branches and tags' "$(tree_git one for-each-ref refs/heads refs/tags)" \
	"$(tree_git replay for-each-ref refs/heads refs/tags)"
check_fsck 'after a replay' replay

# A journal that tells another tree than it gives.
cp -r "$work/replay" "$work/liar"
rm -rf "$work/liar/tree.git/refs" "$work/liar/tree.git/packed-refs"
mkdir -p "$work/liar/tree.git/refs/heads"
find "$work/liar/tree.git/objects/pack" -type f -delete
sed -i 's/^tree .*/tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904/' "$work/liar/ledger/journal/v6.6"
git -C "$work/liar/ledger" commit -qam lie
try 3 sectree -C "$work/liar" build v6.6
check 'a tree that differs is an error' grep -q 'its tree comes out as' "$work/err"
check_equal 'and nothing is written' '' "$(tree_git liar for-each-ref)"

# Withdrawal, with what only the withdrawn one needed.
old=$(tree_git one rev-parse linux-6.1-security)
fix=$(label_id source 6.1 guard-entry-fix)
verdict one withdraw "$fix" v6.1
try 1 sectree build v6.1 -q
check_equal 'a withdrawal makes a state with a further number' \
	'refs/sectree/states/v6.1-security.8.1' \
	"$(tree_git one for-each-ref --format='%(refname)' 'refs/sectree/states/v6.1-security.8.*')"
check_equal 'the branch waits for publish' "$old" "$(tree_git one rev-parse linux-6.1-security)"
check_equal 'what only it needed goes with it' \
	"$({ label_id source 6.1 guard-prep-1; label_id source 6.1 guard-prep-2; } | sort)" \
	"$(stanzas_built one v6.1 | sed -n 's/^with //p' | sort)"
check_canonical 'the tree without it is canonical' one source v6.1 linux-6.1.y
try 0 sectree publish v6.1 --local
check 'the branch is fast-forwarded' is_ancestor one "$old" linux-6.1-security
check_equal 'one commit and the release commit' 2 "$(tree_git one rev-list --count "$old..linux-6.1-security")"
check 'the commit says who and why' sh -c "git -C tree.git log -1 --format=%B linux-6.1-security~1 |
	grep -q 'it breaks the boot of board 7'"
check 'the base alone is meant' sh -c "sectree_program='$sectree_program'; ! '$sectree_program' build v6.1.2 -q --json | grep -q '8\.1'"
run sectree build v6.1 -q
check_equal 'a withdrawal happens once' '' "$(stanzas_built one v6.1)"
check_fsck 'after a withdrawal' one

# And replayed.
git -C "$work/replay/ledger" pull -q
try 0 sectree -C "$work/replay" build v6.1
check_equal 'a withdrawal is replayed' "$(tree_git one rev-parse v6.1-security.8.1)" \
	"$(tree_git replay rev-parse v6.1-security.8.1)"
done_testing
