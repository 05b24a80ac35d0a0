#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The index against git itself: members, releases, changes; and following what moves.
. "$(dirname "$0")/lib.sh"
sample

sample_copy copy
source=$work/dir/copy/linux.git
vulns=$work/dir/copy/vulns.git

# members WORKSPACE SERIES: in order, oldest first.
members()
{
	run sectree -C "$1" --no-sync log "$2" --reverse --json
	json '"\n".join(c["commit"] for c in it["commits"])'
}

# same_members WORKSPACE SERIES RANGE
same_members()
{
	members "$1" "$2" >"$work/members"
	git -C "$source" rev-list --reverse --topo-order "$3" >"$work/listed"
	check "$2 is $3 of git, in its order" cmp -s "$work/members" "$work/listed"
}

try 0 sectree init ws --source "$source" --advisories "$vulns"
try 0 sectree -C ws sync --json
check_schema sync
check_equal 'three series' '["linux-5.10.y", "linux-6.1.y", "linux-6.6.y"]' \
	"$(json '[s["name"] for s in it["series"]]')"
check_equal 'the commit of the advisories' "$(git -C "$vulns" rev-parse HEAD)" \
	"$(json 'it["advisories"]["commit"]')"
check_equal 'its records' \
	"$(git -C "$vulns" ls-tree -r --name-only HEAD cve/published | grep -c '/CVE-[0-9-]*$' || :)" \
	"$(json 'it["advisories"]["published"]')"
for version in 5.10 6.1 6.6; do
	same_members ws "linux-$version.y" "v$version..linux-$version.y"
done

# Releases: every tag is one; what has no tag is found by subject.
run sectree -C ws status --json
check_schema status
for version in 6.1 6.6; do
	check_equal "releases of $version are its tags" \
		"$(git -C "$source" tag --list "v$version" "v$version.*" | wc -l)" \
		"$(json "[s['releases'] for s in it['series'] if s['series'] == 'linux-$version.y'][0]")"
done
for name in v5.10.2 v5.10.3 v5.10.4; do
	run sectree -C ws show "$name" --json
	check_equal "$name has no tag" subject "$(json 'it["source"]')"
	check_equal "$name is its last release commit" \
		"$(git -C "$source" log --format=%H -n 1 --grep "^Linux ${name#v}\$" linux-5.10.y)" \
		"$(json 'it["release"]["commit"]')"
done

# The first release that holds a commit is what git describes it by.
members ws linux-6.1.y >"$work/members"
run sectree -C ws log linux-6.1.y --reverse --json
json '"\n".join((c["release"] or {"name": "-"})["name"] for c in it["commits"])' >"$work/releases"
while read -r commit; do
	git -C "$source" tag --contains "$commit" --list 'v6.1.*' --sort=version:refname >"$work/tags"
	head -n 1 "$work/tags" | grep . || echo -
done <"$work/members" >"$work/listed"
check 'each commit of 6.1 is in the release that git says holds it first' \
	cmp -s "$work/releases" "$work/listed"

# What commits change.
git -C "$source" rev-list --no-merges v6.6..linux-6.6.y >"$work/listed"
git -C "$source" rev-list --no-merges -n 30 v5.10..linux-5.10.y >>"$work/listed"
check_equal 'changes are those of git diff-tree' '' "$(python3 - "$sectree_program" "$source" \
	"$work/listed" <<'END'
import json, subprocess, sys
program, source, listed = sys.argv[1:]
for commit in open(listed).read().split():
    page = json.loads(subprocess.check_output([program, "-C", "ws", "--no-sync", "show", commit, "--json"]))
    ours = [(p["old_mode"] or "000000", p["new_mode"] or "000000", p["old"] or 40 * "0",
             p["new"] or 40 * "0", p["path"]) for p in page["paths"]]
    parts = subprocess.check_output(["git", "-C", source, "diff-tree", "-r", "-z", "--no-renames",
                                     "--no-commit-id", commit]).decode("utf-8", "replace").split("\0")
    git = [(*fact[1:].split()[:4], path) for fact, path in zip(parts[::2], parts[1::2])]
    if sorted(ours) != sorted(git):
        print(commit)
END
)"

# Nothing new.
before=$(sha256sum ws/cache/index.sqlite)
try 0 sectree -C ws sync
check 'it says so' grep -q 'nothing is new' "$work/err"
check_equal 'and nothing is written' "$before" "$(sha256sum ws/cache/index.sqlite)"

# same_as_fresh TITLE: the index says what one made anew does.
same_as_fresh()
{
	rm -rf fresh
	run sectree init fresh --source "$source" --advisories "$vulns"
	cp ws/sectree.conf fresh/sectree.conf
	run sectree -C fresh sync
	for what in 'log linux-5.10.y' 'log linux-6.1.y' 'log linux-6.6.y' status; do
		# shellcheck disable=SC2086
		for workspace in ws fresh; do
			run sectree -C $workspace --no-sync $what --json
			sed "s#/$workspace\"#/ws\"#" "$work/out" >"$work/$workspace.json"
		done
		cmp -s "$work/ws.json" "$work/fresh.json" || {
			not_ok "$1: $what"
			return
		}
	done
	ok "$1: as an index made anew"
}

late()
{
	"$source_root/tests/sample/make-sample" copy --late "$1" || exit 99
	try 0 sectree -C ws sync --json
	check_schema sync
}

late new-release
check_equal 'a new release' linux-6.1.y "$(json 'it["series"][0]["name"]')"
check_equal 'its commits' \
	"$(git -C "$source" rev-list --count v6.1.8..linux-6.1.y)" \
	"$(json 'it["series"][0]["added"] + 2')"
late late-cve
check_equal 'a new record' '[1, 0]' "$(json '[it["advisories"]["added"], len(it["series"])]')"
late rejected-cve
check_equal 'a record that was rejected' '[0, 1]' \
	"$(json '[it["advisories"]["added"], it["advisories"]["changed"]]')"
same_as_fresh 'records that changed'
old=$(git -C "$source" rev-parse linux-6.6.y)
late force-push
# shellcheck disable=SC2016 # the inner shell expands it
check 'the old objects are gone' sh -c '! git -C "$1" cat-file -e "$2" 2>/dev/null' sh "$source" "$old"
check_equal 'a branch that was rewound' 'true' \
	"$(json '[s["rewound"] for s in it["series"] if s["name"] == "linux-6.6.y"][0]')"
same_members ws linux-6.6.y v6.6..linux-6.6.y
try 3 sectree -C ws show "$old"
check 'the old commit is forgotten' grep -q 'no release, commit or branch' "$work/err"
same_as_fresh 'a branch that was rewound'
late removed-tag
run sectree -C ws show v6.1.4 --json
check_equal 'a tag that was removed: its release is found by subject' subject "$(json 'it["source"]')"

# A series by settings, with any base; then taken out again.
git -C "$source" branch product v6.1.6
git config -f ws/sectree.conf series.acme.ref product
git config -f ws/sectree.conf series.acme.base v6.1.2
try 0 sectree -C ws sync
check 'it is named' grep -q '^acme: [0-9]* commits added, new' "$work/out"
same_members ws acme v6.1.2..product
same_members ws linux-6.1.y v6.1..linux-6.1.y
git config -f ws/sectree.conf --remove-section series.acme
git -C "$source" branch -q -D product
try 0 sectree -C ws sync
check 'it is gone' grep -q '^acme: its branch is gone' "$work/out"
same_as_fresh 'a series that is gone'

# Our own output in a source is none.
git -C "$source" branch linux-6.1.2-security v6.1.2
git -C "$source" tag v6.1.2-security.5 v6.1.5
try 0 sectree -C ws sync
check 'branches and tags of ours are no series and no releases' grep -q 'nothing is new' "$work/err"

# Which series are maintained.
cat >releases.json <<END
{"releases": [{"moniker": "longterm", "version": "6.6.5", "iseol": false},
 {"moniker": "stable", "version": "6.1.8", "iseol": true}]}
END
git config -f ws/sectree.conf maintained.releases ../releases.json
run sectree -C ws status --json
check_equal 'by a releases.json' '["end-of-life", "end-of-life", "longterm"]' \
	"$(json '[s["support"] for s in it["series"]]')"
echo '{"releases": 3}' >releases.json
try 3 sectree -C ws sync
check 'one that is none is named' grep -q 'releases.json:1: is no releases.json' "$work/err"
git config -f ws/sectree.conf --unset maintained.releases

# Plain lists.
cp copy/extra-advisories.txt ws/more.txt
git config -f ws/sectree.conf advisories.list more.txt
try 0 sectree -C ws sync --json
check_schema sync
check_equal 'a list' 2 "$(json 'it["lists"][0]["advisories"]')"
run sectree -C ws show CVE-2022-70001 --json
check_equal 'its advisory' '["list"]' "$(json '[o["origin"] for o in it["origins"]]')"
echo 'no line' >>ws/more.txt
run sectree -C ws --no-sync status --json
check_equal 'a list that changed is seen' true "$(json 'it["advisories_behind"]')"
try 3 sectree -C ws sync
check 'a bad line is named' grep -q 'more.txt:4: ' "$work/err"
run sectree -C ws --no-sync show CVE-2022-70001
check_equal 'and the index is as it was' 0 "$status"
git config -f ws/sectree.conf --unset advisories.list
try 0 sectree -C ws sync
check 'a list that is no longer set' grep -q 'more.txt: no longer in the settings' "$work/out"
try 3 sectree -C ws show CVE-2022-70001

# Records that are damaged: named with place and reason, the rest imported.
git clone -q "$vulns" records 2>/dev/null
cd records || exit 99
damaged=$(git ls-files 'cve/published/*.dyad' | head -n 1)
echo 'no pair' >>"$damaged"
git commit -qam 'Break one'
git push -q origin HEAD:master
cd ..
try 1 sectree -C ws sync --json
check_schema sync
check_equal 'it is named' "[\"$damaged\"]" "$(json '[d["place"] for d in it["damaged"]]')"
check 'with the reason' test "$(json 'it["damaged"][0]["reason"]' | wc -c)" -gt 10
try 1 sectree -C ws sync
check 'again, until it is mended' grep -q "^skipped $damaged" "$work/out"
try 1 sectree -C ws status
check 'status lists it' grep -q "skipped $damaged" "$work/out"
git -C records revert --no-edit HEAD >/dev/null
git -C records push -q origin HEAD:master
try 0 sectree -C ws sync
same_as_fresh 'a record that was mended'

# A directory in place of the repository, and none at all.
git -C records checkout-index -a --prefix="$work/dir/plain/"
git config -f ws/sectree.conf advisories.path ../plain
try 0 sectree -C ws sync
try 0 sectree -C ws sync
check 'a directory that did not change' grep -q 'nothing is new' "$work/err"
run sectree -C ws status --json
check_equal 'it has no commit' null "$(json 'it["advisories"]["commit"]')"
git config -f ws/sectree.conf --unset advisories.path
try 0 sectree -C ws sync --json
check_schema sync
run sectree -C ws log linux-6.1.y --json
check_equal 'without a setting only what messages name is left' '["message"]' \
	"$(json 'sorted({a["origin"] for c in it["commits"] for a in c["advisories"]})')"
git config -f ws/sectree.conf advisories.path "$vulns"

# --fetch.
git clone -q --mirror "$source" mirror.git
git clone -q --mirror "$vulns" records.git
try 0 sectree init fetching --source mirror.git --advisories records.git
try 0 sectree -C fetching sync
"$source_root/tests/sample/make-sample" copy --late late-revert || exit 99
try 0 sectree -C fetching sync
check 'nothing is fetched unless asked for' grep -q 'nothing is new' "$work/err"
try 0 sectree -C fetching sync --fetch
check 'fetched and read' grep -q '^linux-6.1.y: [0-9]* commits added' "$work/out"

done_testing
