#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What is gained and lost between two states, or on a base; the sets against git itself.
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/shell/lib-tree.sh"
sample

# contained WORKSPACE SOURCE NAME: the commits of the series 6.1 that a state or a base has: what
# the messages of our branch say was picked, what is in without a commit because it changes
# nothing, and the history of the base.
contained()
{
	base=${3%%-security*}
	# Messages of the series may say the same of a commit of mainline.
	git -C "$work/$2/linux.git" rev-list linux-6.1.y >"$work/$2.members"
	{
		git -C "$work/$2/linux.git" rev-list "v6.1..$base"
		[ "$base" = "$3" ] || {
			base=$(git -C "$work/$2/linux.git" rev-parse "$base^{commit}")
			tree_git "$1" log --format=%B "$base..refs/sectree/states/$3" |
				sed -n 's/^(cherry picked from commit \([0-9a-f]*\))$/\1/p' |
				grep -Fxf "$work/$2.members"
			stanzas_built "$1" "${3%%-security*}" |
				sed -n 's/^add \([0-9a-f]*\) .* empty$/\1/p'
		}
	} | sort -u
}

# What the diff lists as gained or as lost, all sections together.
listed()
{
	json "'\n'.join(sorted(item['commit'] for key in
		('fixes_lost', 'fixes_gained', 'unmatched', 'follow_ups', 'prerequisites', 'others')
		for item in it[key] if item['change'] == '$1'))"
}

# check_sets TITLE WORKSPACE SOURCE LEFT RIGHT: of the diff in $work/out.
check_sets()
{
	contained "$2" "$3" "$4" >"$work/left"
	contained "$2" "$3" "$5" >"$work/right"
	check_equal "$1: what is lost" "$(comm -23 "$work/left" "$work/right")" "$(listed lost)"
	check_equal "$1: what is gained" "$(comm -13 "$work/left" "$work/right")" "$(listed gained)"
}

# section KEY: its commits, sorted.
section()
{
	json "' '.join(sorted(item['commit'] for item in it['$1']))"
}

ids()
{
	for label in "$@"; do
		label_id "${diff_source:-source}" 6.1 "$label"
	done | sort | paste -s -d ' '
}

new_source source
new_workspace one source
cd "$work/one" || exit 99
run sectree build v6.1 v6.1.2 v5.10 -q

# ---- to a base ----

for release in v6.1 v6.1.2 v6.1.4 v6.1.8; do
	run sectree diff v6.1-security.8 $release --json
	check "$release: an answer" test "$status" -lt 2
	check_schema diff
	check_sets "to $release" one source v6.1-security.8 $release
	run sectree diff $release v6.1-security.8 --json
	check "from $release: an answer" test "$status" -lt 2
	check_sets "from $release" one source $release v6.1-security.8
done

try 0 sectree diff v6.1-security.8 v6.1.8 --json
check_equal 'the counts are those of the lists' True "$(json "str(all(
	count == len(it[key]) for key, count in it['counts'].items()))")"
check_equal 'the newest release loses nothing' '' "$(section fixes_lost)"
check_equal 'and opens nothing' '' "$(section new_holes)"
check_equal 'a fix that both took back is no fix gained' '' "$(section fixes_gained)"
check_equal 'a fix for a bug that came later is told apart' other "$(json "'other' if any(
	item['commit'] == '$(ids umeter-b-oob)' and 'not needed' in item['other_side']
	for item in it['others']) else 'not there'")"
check_equal 'what is no security matter is marked' True "$(json "str(all(
	not item['advisories'] for item in it['others'] if not item['security']))")"
run sectree diff v6.1-security.8 v6.1.8
check 'it is counted' grep -q '^Commits that are no security matter: 0 lost, [0-9]* gained' "$work/out"
check_not 'and not listed' grep -q 'no advisory names it' "$work/out"
run sectree diff v6.1-security.8 v6.1.8 --all
check 'unless asked for' grep -q '^other gained .* in the base .* no advisory names it' "$work/out"
run sectree diff v6.1-security.8 v6.1.8 -z
check_equal '-z: five cells a record' 5 "$(tr '\000' '\n' <"$work/out" | grep '^other gained' |
	awk -F '\t' '{ print NF }' | sort -u)"

# An older base: fixes are lost, and a bug that it has and the left has not is a new hole.
try 1 sectree diff linux-6.1.y-security v6.1.4 --json
check_equal 'a branch means the state that it is at' v6.1-security.8 "$(json 'it["left"]["name"]')"
check 'fixes of later releases are lost' sh -c "[ '$(section fixes_lost)' != '' ]"
check_equal 'with the release that brings them' True "$(json "str(all(
	item['release'] and item['release'] > 'v6.1.4' for item in it['fixes_lost']))")"
check_equal 'bugs that came with the base are new holes' True "$(json "str(
	{'$(ids umeter-b-oob)', '$(ids hubsmp-retry-uaf)', '$(ids ulamp-oob)'} <=
	{item['commit'] for item in it['new_holes']})")"
check_equal 'a fix that the base took back is one, too' True "$(json "str(any(
	item['kind'] == 'reverted' and 'CVE-2023-60025' in item['advisories']
	for item in it['new_holes']))")"
check_equal 'follow-ups stand apart' True "$(json "str(
	'$(ids mapref-uaf-fixup)' in [item['commit'] for item in it['follow_ups']])")"
check_equal 'with what they are there for' True "$(json "str(all(
	'follow-up of' in item['reason'] for item in it['follow_ups']))")"

# Its reverse: nothing is lost that counts.
run sectree diff v6.1.4 v6.1-security.8 --json
check_equal 'the reverse closes them' True "$(json "str(
	{'$(ids umeter-b-oob)', '$(ids hubsmp-retry-uaf)'} <=
	{item['commit'] for item in it['closed_holes']})")"

# ---- two states ----

run sectree diff v6.1.2-security.8 v6.1-security.8 --json
check_sets 'two bases' one source v6.1.2-security.8 v6.1-security.8
check_equal 'a revert that is picked on one base alone opens a hole' True "$(json "str(any(
	item['kind'] == 'reverted' and 'CVE-2023-60028' in item['advisories']
	for item in it['new_holes']))")"
check_equal 'prerequisites stand apart' True "$(json "str(all(
	item['role'] == 'prerequisite' for item in it['prerequisites']) and bool(it['prerequisites']))")"
try 0 sectree diff v6.1-security.8 v6.1-security.8
check 'a state and itself, in words' grep -qx 'nothing is gained or lost' "$work/out"
try 0 sectree diff v6.1-security.8 v6.1-security.8 --json
check_equal 'a state and itself' '' "$(listed lost)$(listed gained)$(section new_holes)"

# ---- two series ----

try 1 sectree diff v5.10-security.7 v6.1-security.8 --json
check_schema diff
check_equal 'two series are said to be two' 'false 2' \
	"$(json 'json.dumps(it["one_series"]) + " " + str(len(it["known_up_to"]))')"
check_equal 'a fix without an upstream commit is not called lost, nor safe' \
	"$(label_id source 5.10 xattrlog-clear-510)" "$(json "' '.join(item['commit'] for item in
	it['unmatched'] if 'CVE-2024-50049' in item['advisories'])")"
check_equal 'what both have by its upstream commit is not listed' False "$(json "str(
	'$(label_id source 5.10 bounce-leak-final)' in [item['commit'] for item in it['fixes_lost']])")"
run sectree diff v5.10-security.7 v6.1-security.8
check 'text says so' grep -q '^two series: commits are matched' "$work/out"

# ---- names ----

try 3 sectree diff v6.1-security.9 v6.1.8
check 'no such state: those that exist are named' grep -q 'the states are:.* v6.1-security.8' "$work/err"
try 3 sectree diff v6.1-security.8 vendor-kernel
check 'no such base' grep -q "'vendor-kernel': is no state" "$work/err"
try 3 sectree diff v6.1-security.8 "$(git -C "$work/source/linux.git" rev-parse master)"
check 'a commit of no series' grep -q 'neither the start nor a member of a series' "$work/err"
try 2 sectree diff v6.1-security.8
run sectree diff 6.1-security.8 "$(tree_git one rev-parse refs/sectree/states/v6.1-security.8)"
check_equal 'a state by its release commit' 0 "$status"
tree_git one update-ref refs/heads/linux-6.1.2-security "$(tree_git one rev-parse linux-6.1.2-security~1)"
try 3 sectree diff linux-6.1.2-security v6.1.8
check 'a branch between two states' grep -q 'no state of ours; the states are: v6.1.2-security.8' "$work/err"

# ---- published, withdrawn, late ----

published v6.1 v6.6
start late-cve late-cve
run sectree -C late-cve build v6.1 -q
run sectree -C late-cve diff v6.1-security.8 v6.1-security.8.1 --json
diff_source=source-late-cve
check_equal 'late: one fix is gained' "$(ids hubsmp-step-done)" "$(section fixes_gained)"
check_equal 'late: nothing else' "$(ids hubsmp-step-done)" "$(listed gained)"
check_equal 'late: the one is published, the other is not' 'true false' \
	"$(json 'json.dumps(it["left"]["published"]) + " " + json.dumps(it["right"]["published"])')"

start withdrawn
diff_source=source-withdrawn
verdict withdrawn withdraw "$(ids guard-entry-fix)" v6.1
run sectree -C withdrawn build v6.1 -q
try 1 sectree -C withdrawn diff v6.1-security.8 v6.1-security.8.1 --json
check_schema diff
check_equal 'withdrawn: the fix is lost' "$(ids guard-entry-fix)" "$(section fixes_lost)"
check_equal 'withdrawn: its prerequisites went with it' "$(ids guard-prep-1 guard-prep-2)" "$(section prerequisites)"
check_equal 'withdrawn: a new hole, with the reason' 'withdrawn True' "$(json "' '.join(
	item['kind'] + ' ' + str('breaks the boot' in item['reason']) for item in it['new_holes'])")"
try 0 sectree -C withdrawn diff v6.1-security.8.1 v6.1-security.8 --json
check_equal 'withdrawn: the reverse closes it' withdrawn "$(json "' '.join(
	item['kind'] for item in it['closed_holes'])")"

start released new-release
diff_source=source-released
run sectree -C released build v6.1 -q
run sectree -C released diff linux-6.1-security v6.1-security.9 --json
check_equal 'another release: its fixes' "$(ids late-nmatch-dump oob-hublink-list)" "$(section fixes_gained)"
check_equal 'another release: nothing is lost' 0 "$status"

start reverted late-revert
diff_source=source-reverted
run sectree -C reverted build v6.1 -q
try 1 sectree -C reverted diff v6.1-security.8 v6.1-security.9 --json
check_equal 'a late revert: a new hole' "$(ids oob-sockparm)" "$(json "' '.join(
	item['commit'] for item in it['new_holes'] if item['kind'] == 'reverted')")"
check 'a late revert: it is a follow-up' grep -q 'follow-up of' "$work/out"

# The series was rewritten: the commits that took the place of others are the same.
start rewritten force-push
run sectree -C rewritten sync -q
try 0 sectree -C rewritten diff v6.6-security.5 v6.6.5 --json
check_equal 'a rewritten series: nothing is lost' '' "$(listed lost)"
check_equal 'a rewritten series: nothing is gained that it had' '' "$(section fixes_gained)"

# A state that is journaled, and gone from tree.git.
cp -r published gone
rm -rf gone/tree.git/objects/pack gone/tree.git/refs gone/tree.git/packed-refs
mkdir -p gone/tree.git/objects/pack gone/tree.git/refs
try 3 sectree -C gone diff v6.1-security.8 v6.1.8
check 'a state whose commit is gone' grep -q "is not in tree.git; 'sectree build v6.1' writes it again" "$work/err"

# ---- for modules from outside of the tree ----

cd "$work/one" || exit 99
run sectree diff v6.1 v6.1-security.8 --json
check_equal 'a struct of a header that changed' 'changed struct pktq include/linux/pkt.h' \
	"$(json "'\n'.join(' '.join((item['change'], item['name'], item['path']))
		for item in it['structs'] if item['name'] == 'struct pktq')")"
done_testing
