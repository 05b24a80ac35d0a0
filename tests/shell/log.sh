#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Ranges and their commits, against git log.
. "$(dirname "$0")/lib.sh"
sample

source=$sample/linux.git
run sectree init ws --source "$source" --advisories "$sample/vulns.git"
try 0 sectree -C ws sync

# same_log RANGE GIT-ARGUMENTS...: the same commits, in the same order.
same_log()
{
	range=$1
	shift
	run sectree -C ws log "$range" --json
	json '"\n".join(c["commit"] for c in it["commits"])' | grep . >"$work/ours"
	git -C "$source" rev-list --topo-order "$@" >"$work/git"
	check "log $range is git's" cmp -s "$work/ours" "$work/git"
}

for range in v6.1.2..v6.1.5 v6.6.1..v6.6.4 v5.10.5..v5.10.7 v6.1..linux-6.1.y v5.10..v6.1 \
	v5.11..v6.6.2 v5.10.6..v6.1.3 v6.1.3..v5.10.6; do
	same_log "$range" "$range"
done
check_schema log
same_log linux-6.6.y v6.6..linux-6.6.y
same_log 6.6 v6.6..linux-6.6.y
same_log v6.6.3 v6.6..v6.6.3
same_log ..v6.6.3 v6.6..v6.6.3
same_log v6.6.3.. v6.6.3..linux-6.6.y
same_log v6.1.. v6.1..linux-6.1.y
commit=$(git -C "$source" rev-parse linux-6.1.y~5)
same_log "$(echo "$commit" | cut -c 1-9)..6.1.8" "$commit..v6.1.8"

run sectree -C ws log v6.1..v6.1.8 --reverse --json
json '"\n".join(c["commit"] for c in it["commits"])' >"$work/ours"
git -C "$source" rev-list --topo-order --reverse v6.1..v6.1.8 >"$work/git"
check '--reverse' cmp -s "$work/ours" "$work/git"
for path in net/netfilter net/netfilter/ drivers/usb fs; do
	run sectree -C ws log v6.1..v6.1.8 --json -- "$path"
	json '"\n".join(sorted(c["commit"] for c in it["commits"]))' >"$work/ours"
	git -C "$source" log --no-merges --full-history --format=%H v6.1..v6.1.8 -- "$path" |
		sort >"$work/git"
	check "-- $path" cmp -s "$work/ours" "$work/git"
done
run sectree -C ws log -n 3 v6.1..v6.1.8
check_equal '-n' 3 "$(grep -c '^[0-9a-f]\{12\}  ' "$work/out")"

# What git finds by itself: ids in messages.
run sectree -C ws log v6.1..v6.1.8 --json
git -C "$source" log --format=%B v6.1..v6.1.8 |
	sed -n 's/^Fixes: \([0-9a-f]\{7,40\}\) ("..*/\1/p' | sort -u >"$work/git"
json '"\n".join(sorted({f["id"] for c in it["commits"] for f in c["fixes"] if f["id"]}))' >"$work/ours"
check_equal 'Fixes: lines' '' "$(comm -23 "$work/git" "$work/ours")"
check_equal 'Stable-dep-of: lines' \
	"$(git -C "$source" log --format=%B v6.1..v6.1.8 | grep -c '^Stable-dep-of: [0-9a-f]\{7,\}')" \
	"$(json 'sum(len(c["dependency_of"]) for c in it["commits"])')"
check_equal 'merges' "$(git -C "$source" rev-list --count --merges v6.1..v6.1.8)" \
	"$(json 'sum("merge" in c["marks"] for c in it["commits"])')"

# The commits that the records name, by id.
git -C "$sample/vulns.git" grep -h -o ':[0-9a-f]\{40\}$' HEAD -- 'cve/published/*.dyad' |
	cut -d: -f2 | sort -u >"$work/named"
git -C "$source" rev-list v6.1..v6.1.8 | sort | comm -12 - "$work/named" >"$work/git"
json '"\n".join(sorted(c["commit"] for c in it["commits"]
	if any(a["match"] == "stable id" and a["origin"] == "record" for a in c["advisories"])))' \
	>"$work/ours"
check 'advisories by stable id are those of the records' cmp -s "$work/ours" "$work/git"
run sectree -C ws log v6.1..v6.1.8 --advisory --json
check_equal '--advisory leaves the others out' true \
	"$(json 'all(c["advisories"] for c in it["commits"])')"

# Without a range.
run sectree -C ws log --json
check_schema log
check_equal 'the newest release of each maintained series' \
	'[["linux-5.10.y", "v5.10.6"], ["linux-6.1.y", "v6.1.7"], ["linux-6.6.y", "v6.6.4"]]' \
	"$(json '[[r["series"], r["from"]["name"]] for r in it["ranges"]]')"
check_equal 'with what is unreleased' \
	"$(git -C "$source" rev-list --count v6.1.8..linux-6.1.y)" \
	"$(json 'sum(c["release"] is None for c in it["commits"] if c["series"] == "linux-6.1.y")')"

try 2 sectree -C ws log v6.1 v6.6
try 2 sectree -C ws log v6.1...v6.6
try 3 sectree -C ws log v6.1..nothing
check 'an unknown end is named' grep -q "'nothing'" "$work/err"
try 3 sectree -C ws log linux-9.9.y
# shellcheck disable=SC2016 # the inner shell expands it
check 'no bytes for a terminal come through' sh -c \
	'! "$1" -C ws log linux-6.1.y | grep -q "$(printf "[\001-\010\016-\037]")"' sh "$sectree_program"
sectree -C ws log linux-6.1.y | head -n 1 >/dev/null
check 'a reader that has enough is no error' test $? -eq 0

done_testing
