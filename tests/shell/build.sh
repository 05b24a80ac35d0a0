#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Building bases that are not published: trees, commits, names, and that nothing but
# the inputs decides about any of it.
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/shell/lib-tree.sh"
sample
new_source source
new_workspace one source
cd "$work/one" || exit 99

try 1 sectree build --all
check 'a branch is named' grep -q '^linux-6.1-security = linux-6.1.y-security$' "$work/out"
check 'what is open is said' grep -q '^  OPEN reverted' "$work/out"
check_equal 'the branches' 'linux-5.10-security
linux-5.10.y-security
linux-6.1-security
linux-6.1.y-security
linux-6.6-security
linux-6.6.y-security' "$(tree_git one for-each-ref --format='%(refname:short)' refs/heads)"
check_fsck 'after build --all' one

# Every tree on the branch is what git cherry-pick gives at that commit.
for series in 5.10 6.1 6.6; do
	branch=linux-$series-security
	check_canonical "$branch is canonical" one source "v$series" "linux-$series.y"
	tree_git one log --reverse --format='%T %B%x00' "$branch" "^$(git -C "$work/source/linux.git" rev-parse "v$series^{commit}")" |
		tr '\n\0' ' \n' | sed -n 's/^ *\([0-9a-f]\{40\}\).*(cherry picked from commit \([0-9a-f]\{40\}\)).*/\2 \1/p' >"$work/ours"
	# Of two equal trees in a row the second is a member without a commit.
	awk '$2 != last { print; last = $2 }' "$work/trees" >"$work/theirs"
	check "$branch: every pick's tree is git's" cmp "$work/ours" "$work/theirs"
	check "$branch: there are some" test "$(wc -l <"$work/ours")" -gt 20
done

# Commits.
branch=linux-6.1-security
check_equal 'the release commit' 'Linux 6.1-security.8' "$(tree_git one log -1 --format=%s $branch)"
check_equal 'EXTRAVERSION' 'EXTRAVERSION = -security.8' \
	"$(tree_git one show $branch:Makefile | grep '^EXTRAVERSION')"
check_equal 'commits before the release commit keep the base'"'"'s' \
	"$(git -C "$work/source/linux.git" rev-parse v6.1:Makefile)" \
	"$(tree_git one rev-parse $branch^:Makefile)"
base_id=$(git -C "$work/source/linux.git" rev-parse 'v6.1^{commit}')
run python3 "$source_root/tests/tree/commits.py" "$work/one/tree.git" "$work/source/linux.git" \
	$branch "$base_id" "$work/picked"
# What the plan has in the tree and is not empty.
cp "$work/out" "$work/commits"
run "$SECTREE" -C "$work/one" plan v6.1 --json
check_equal 'commits are the stable ones, with trailers where git puts them' \
	"$(json 'sum(c["state"] in ("pick", "follow-up", "prerequisite") for c in it["commits"])') commits" \
	"$(cat "$work/commits")"
check 'a fix says which' sh -c "git -C '$work/one/tree.git' log --format=%B $branch |
	grep -aqx 'Security-fix: CVE-2024-50043'"

# Plain git.
check 'a branch can be cloned and checked out' git clone -q -b $branch "$work/one/tree.git" "$work/clone"
check 'without naming a branch, too' git clone -q "$work/one/tree.git" "$work/clone2"

# Again, elsewhere, at another time, in another place of the world.
cp -r "$work/source" "$work/elsewhere"
TZ=Asia/Kathmandu LANG=tr_TR.UTF-8 LC_ALL=C GIT_COMMITTER_DATE='100000000 +0100' GIT_AUTHOR_NAME=Other
export TZ LANG LC_ALL GIT_COMMITTER_DATE GIT_AUTHOR_NAME
new_workspace two elsewhere
run sectree -C "$work/two" build --all
TZ=UTC LC_ALL=C.UTF-8 GIT_COMMITTER_DATE='1700000000 +0000' GIT_AUTHOR_NAME='A Tester'
unset LANG
check_equal 'two workspaces have the same refs' "$(tree_git one for-each-ref)" "$(tree_git two for-each-ref)"
tree_git one for-each-ref >"$work/before"
try 1 sectree build v6.1 -q
check_equal 'building again changes nothing' "$(cat "$work/before")" "$(tree_git one for-each-ref)"
check_equal 'and writes no pack' 1 "$(find tree.git/objects/pack -name '*.pack' | wc -l)"

# Names of bases.
for name in 6.1.2 v6.1.2 linux-6.1.2-security; do
	run sectree build "$name" -q --json
	check_equal "$name is v6.1.2" v6.1.2 "$(json 'it["bases"][0]["base"]["name"]')"
done
commit=$(git -C "$work/source/linux.git" rev-parse v6.1.2~1)
run sectree build "$(echo "$commit" | cut -c 1-12)" -q --json
check_equal 'a base that is no release is named by 12 digits' "linux-$(echo "$commit" | cut -c 1-12)-security" \
	"$(json 'it["bases"][0]["branch"]')"
tip=$(git -C "$work/source/linux.git" rev-parse linux-6.1.y)
run sectree build v6.1.5 --to linux-6.1.y -q --json
check_equal 'a tip that is no release names the state' "v6.1.5-security.$(echo "$tip" | cut -c 1-12)" \
	"$(json 'it["bases"][0]["states"][0]["name"]')"
run sectree build v6.1.5 --to 6.1.7 -q --json
check_equal 'a rebuilt base has one state' "v6.1.5-security.7" \
	"$(tree_git one for-each-ref --format='%(refname:lstrip=3)' 'refs/sectree/states/v6.1.5-*')"
check 'json says format 1 or nothing' is_json
try 3 sectree build v9.9
check 'an unknown base is named' grep -q "'v9.9'" "$work/err"
try 3 sectree build 6.1.
check 'an ambiguous one lists some' grep -q 'v6.1.1 v6.1.2' "$work/err"
try 3 sectree build master
check 'a commit of no series' grep -q 'neither the start nor a member' "$work/err"
try 3 sectree build v6.1.2 --to v6.1.1
try 3 sectree build v6.1.2 --series linux-6.6.y
try 2 sectree build
try 2 sectree build --all v6.1
try 2 sectree build v6.1 v6.6 --to v6.1.4
try 2 sectree build v6.1 --policy none-such

# A state for every release.
run sectree build v6.1.2 --each-release -q --json
check_equal 'each release' 'v6.1.2-security.3 v6.1.2-security.4 v6.1.2-security.5 v6.1.2-security.6 v6.1.2-security.7 v6.1.2-security.8' \
	"$(json '" ".join(s["name"] for s in it["bases"][0]["states"])')"
check_equal 'all but the last are superseded' '[true, true, true, true, true, false]' \
	"$(json '[s["superseded"] for s in it["bases"][0]["states"]]')"
check_equal 'a commit between two states has the version of the earlier one' 'EXTRAVERSION = -security.7' \
	"$(tree_git one show linux-6.1.2-security~1:Makefile | grep '^EXTRAVERSION')"
check 'a superseded state says so' sh -c "git -C '$work/one/tree.git' log -1 --format=%B refs/sectree/states/v6.1.2-security.3 | grep -q '^Superseded by v6.1.2-security.8'"
check_canonical 'the last state is canonical' one source v6.1.2 linux-6.1.y
check_fsck 'after all that' one

# Forgetting.
try 0 sectree drop 6.1.2
check_equal 'drop leaves nothing' '' "$(tree_git one for-each-ref | grep '6\.1\.2')"
try 3 sectree drop 6.1.2
check 'a second drop says why' grep -q 'nothing was built' "$work/err"
try 0 sectree drop linux-6.6.y
check_equal 'drop of a series takes both branches' '' "$(tree_git one for-each-ref refs/heads/linux-6.6*)"

# Two at once: the second waits.
sectree build v6.1 -q >/dev/null 2>&1 &
first=$!
run sectree build v6.1.3 -q
wait $first
check 'two at once' test "$status" -lt 2
check 'both are there' tree_git one show-ref -q refs/heads/linux-6.1.3-security

# A run that cannot move one of the refs moves none.
tree_git one for-each-ref >"$work/before"
lock=$(tree_git one rev-parse --absolute-git-dir)/refs/heads/linux-6.1.4-security.lock
mkdir -p "$(dirname "$lock")"
: >"$lock"
try 3 sectree build v6.1.4 -q
rm "$lock"
check_equal 'refs stay after a failure' "$(cat "$work/before")" "$(tree_git one for-each-ref)"
done_testing
