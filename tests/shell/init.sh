#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Making a workspace, in every form that a source can have.
. "$(dirname "$0")/lib.sh"
sample

source=$sample/linux.git

try 0 sectree init ws --source "$source" --advisories "$sample/vulns.git"
check 'it says what comes next' grep -q 'cd ws && sectree sync' "$work/out"
for name in sectree.conf ledger/.git tree.git cache public; do
	check "there is $name" test -e "ws/$name"
done
check_equal 'the settings name the source' "$source" \
	"$(git config -f ws/sectree.conf source.path)"
check 'the output is a bare repository' \
	test "$(git -C ws/tree.git rev-parse --is-bare-repository)" = true
try 3 sectree init ws --source "$source"
check 'a directory that is not empty is refused' grep -q 'not empty' "$work/err"
check 'and stays as it was' test -f ws/sectree.conf

mkdir empty
try 0 sectree init empty --source "$source" --json
check_schema init
check_equal 'JSON has the whole path' "$work/dir/empty" "$(json 'it["workspace"]')"
check_equal 'no advisories are null' null "$(json 'it["advisories"]')"

# What is wrong is said before anything is made.
mkdir nothing
try 3 sectree init new --source nothing
check 'a directory without a repository is named' grep -q 'nothing: not a git repository' "$work/err"
try 3 sectree init new --source missing
check 'a path that leads nowhere is named' grep -q 'missing: ' "$work/err"
try 3 sectree init new --source "$source" --advisories nothing
check 'so are advisories' grep -q 'nothing' "$work/err"
check 'nothing is left behind' test ! -e new
try 2 sectree init
try 2 sectree init a b

# A name with everything in it that a settings file could trip over.
git clone -q --bare "$source" 'odd "na\me#;.git'
try 0 sectree init odd --source 'odd "na\me#;.git'
try 0 sectree -C odd sync
check 'an odd path is found again' grep -q 'linux-6.1.y' "$work/out"

# Bare, with a work tree, as remote-tracking branches only.
git clone -q "$source" tree 2>/dev/null
try 0 sectree init from-tree --source tree
try 0 sectree -C from-tree sync
check 'a work tree with remote-tracking branches' \
	grep -q "^linux-6.6.y: $(git -C tree rev-list --count v6.6..origin/linux-6.6.y) commits added" \
	"$work/out"
try 0 sectree init from-dot-git --source tree/.git
try 0 sectree -C from-dot-git sync
git clone -q --mirror "$source" mirror.git
try 0 sectree init from-mirror --source mirror.git
try 0 sectree -C from-mirror sync
cp -R "$source" real.git
ln -s real.git link.git
try 0 sectree init from-link --source link.git
try 0 sectree -C from-link sync
git -C tree worktree add -q ../worktree origin/linux-6.1.y 2>/dev/null
try 0 sectree init from-worktree --source worktree
try 0 sectree -C from-worktree sync
check 'a linked work tree' \
	grep -q "^linux-6.1.y: $(git -C tree rev-list --count v6.1..origin/linux-6.1.y) commits added" \
	"$work/out"

# Given later.
try 0 sectree init later
check 'it says what is to be set' grep -q 'source.path' "$work/out"
try 3 sectree -C later sync
check 'a source that is not set' grep -q 'no source is set' "$work/err"
git config -f later/sectree.conf source.path ../tree
git config -f later/sectree.conf advisories.path "$sample/vulns.git"
try 0 sectree -C later sync
check 'a relative path starts at the workspace' grep -q 'linux-6.1.y' "$work/out"

# Settings that are wrong.
wrong_setting()
{
	cp ws/sectree.conf kept.conf
	printf '%b\n' "$2" >>ws/sectree.conf
	run sectree -C ws sync
	cp kept.conf ws/sectree.conf
	check_equal "$1: exit 3" 3 "$status"
	check "$1: named" grep -q "$3" "$work/err"
}
wrong_setting 'a setting that there is not' '[source]\n\tpaht = x' 'source.paht'
wrong_setting 'a series without its branch' '[series "x"]\n\tsupport = stable' 'series.x'
wrong_setting 'a ref that leads nowhere' '[series "x"]\n\tref = refs/heads/none' 'series.x.ref'
wrong_setting 'a support that there is not' '[series "linux-6.1.y"]\n\tsupport = forever' \
	'series.linux-6.1.y.support'
wrong_setting 'no syntax' '[source' 'sectree.conf'
wrong_setting 'a list that is not there' '[advisories]\n\tlist = none.txt' 'none.txt'
try 3 sectree -C "$work" sync
check 'no workspace' grep -q 'no workspace here or above' "$work/err"

done_testing
