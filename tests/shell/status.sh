#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What status says of sources, series and bases.
. "$(dirname "$0")/lib.sh"
sample

sample_copy copy
source=$work/dir/copy/linux.git
run sectree init ws --source "$source" --advisories "$work/dir/copy/vulns.git"
try 0 sectree -C ws status --json
check_schema status
check_equal 'the commit of the advisories' "$(git -C copy/vulns.git rev-parse HEAD)" \
	"$(json 'it["advisories"]["commit"]')"
for version in 5.10 6.1 6.6; do
	check_equal "commits of $version" \
		"$(git -C "$source" rev-list --count "v$version..linux-$version.y")" \
		"$(json "[s['commits'] for s in it['series'] if s['series'] == 'linux-$version.y'][0]")"
	run sectree -C ws log "linux-$version.y" --advisory --json
	count=$(json 'len(it["commits"])')
	run sectree -C ws status --json
	check_equal "with an advisory, of $version" "$count" \
		"$(json "[s['with_advisory'] for s in it['series'] if s['series'] == 'linux-$version.y'][0]")"
done
check_equal 'unreleased' "$(git -C "$source" rev-list --count v6.1.8..linux-6.1.y)" \
	"$(json '[s["unreleased"] for s in it["series"] if s["series"] == "linux-6.1.y"][0]')"
check_equal 'nothing is behind' '[false, []]' "$(json '[it["behind"], it["moved"]]')"

# By what the index is behind.
before=$(git -C "$source" rev-parse linux-6.1.y)
"$source_root/tests/sample/make-sample" copy --late new-release || exit 99
try 0 sectree -C ws --no-sync status --json
check_schema status
check_equal 'a branch that moved on, by how much' \
	"[\"refs/heads/linux-6.1.y\", $(git -C "$source" rev-list --count "$before..linux-6.1.y"), 0]" \
	"$(json '[[m["ref"], m["ahead"], m["lost"]] for m in it["moved"] if m["series"]][0]')"
check_equal 'a new tag' true \
	"$(json '"refs/tags/v6.1.9" in [m["ref"] for m in it["moved"] if not m["before"]]')"
check_equal 'the advisories' true "$(json 'it["advisories_behind"]')"
try 0 sectree -C ws --no-sync status
check 'in words' grep -q '^Behind the sources' "$work/out"
try 0 sectree -C ws status
check_not 'a sync has been' grep -q '^Behind the sources' "$work/out"
mv copy/linux.git gone.git
try 0 sectree -C ws --no-sync status --json
check_schema status
check_equal 'without the source' null "$(json 'it["behind"]')"
try 3 sectree -C ws status
check 'otherwise that is an error with its name' grep -q 'linux.git' "$work/err"
mv gone.git copy/linux.git

# Bases, by the refs of tree.git.
git -C ws/tree.git update-ref refs/sectree/states/v6.1.2-security.8 \
	"$(git -C "$source" rev-parse v6.1.8)"
git -C ws/tree.git update-ref refs/sectree/states/v6.1.2-security.9 \
	"$(git -C "$source" rev-parse v6.1.9)"
git -C ws/tree.git update-ref refs/tags/v6.1.2-security.8 "$(git -C "$source" rev-parse v6.1.8)"
git -C ws/tree.git update-ref refs/sectree/states/v6.6.2-security-strict.4 \
	"$(git -C "$source" rev-parse v6.6.4)"
run sectree -C ws status --json
check_schema status
check_equal 'built and published' '["v6.1.2", "v6.1.2-security.9", "v6.1.2-security.8", 0]' \
	"$(json '[[b["base"], b["state"]["name"], b["published"]["name"], b["behind"]] for b in it["bases"] if b["published"]][0]')"
check_equal 'behind its series' '["v6.6.2", "strict", 1]' \
	"$(json '[[b["base"], b["policy"], b["behind"]] for b in it["bases"]][1]')"

done_testing
