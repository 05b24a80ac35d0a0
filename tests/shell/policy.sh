#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What a policy takes, the branches it has, and what judges and people add to it.
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/shell/lib-tree.sh"
sample

# state COMMIT: its state and reason in the plan that was printed as JSON.
state()
{
	/usr/bin/python3 -c 'import json, sys
for row in json.load(open(sys.argv[1]))["commits"]:
    if row["commit"].startswith(sys.argv[2]):
        print(row["state"] + ": " + row["reason"])' "$work/out" "$1"
}


new_source src
new_workspace ws src
cd "$work/ws" || exit 99


# Commits that nothing says anything of; a list with scores: each limit by a fix of its own.
run sectree plan v6.1 --json --all
# shellcheck disable=SC2046
set -- $(json '" ".join([row["commit"] for row in it["commits"]
	if row["state"] == "not-security" and row["upstream"] and "fix" not in row["reason"]
	and not row["subject"].startswith(("Re", "trace"))][-6:])')
cat >"$work/ws/scores" <<L
$1 CVE-2031-0001 CVSS:3.1/AV:L/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H
$2 CVE-2031-0002 CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H
$3 CVE-2031-0003 CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H
$4 CVE-2031-0004
L
git config -f sectree.conf --add advisories.list scores
run sectree plan v6.1 --json
check 'high privileges are below the gate, and which' sh -c "echo '$(state "$1")' | grep -q 'PR:H'"
check 'so is hardware of the attacker' sh -c "echo '$(state "$2")' | grep -q 'below-gate.*physical'"
check 'the network passes' sh -c "echo '$(state "$3")' | grep -q '^pick'"
check 'and so does what has no score' sh -c "echo '$(state "$4")' | grep -Eq '^(pick|held|already)'"
run sectree plan v6.1 --policy strict --json
check 'strict takes any advisory' sh -c "echo '$(state "$1")' | grep -q '^pick'"
run sectree plan v6.1 --policy remote --json
check 'remote leaves out what is not' sh -c "! echo '$(state "$2")' | grep -q '^pick'"
check 'remote takes the network' sh -c "echo '$(state "$3")' | grep -q '^pick'"

# Policies of the settings.
git config -f sectree.conf policy.office.base strict
git config -f sectree.conf policy.office.score 9.9
run sectree plan v6.1 --policy office --json
check 'a least score' sh -c "echo '$(state "$2")' | grep -q 'below-gate.*below the 9.9 of policy office'"
try 2 sectree plan v6.1 --policy nosuch
check 'which there are' grep -q 'strict' "$work/err"
git config -f sectree.conf policy.office.colour green
try 3 sectree plan v6.1 --policy office
check 'a key that there is not' grep -q 'colour' "$work/err"
git config -f sectree.conf --unset policy.office.colour

# Each policy has branches of its own, and what is published keeps its policy.
run sectree build v6.1 -q
run sectree build v6.1 --policy strict -q
check 'a branch with the name of the policy' tree_git ws rev-parse -q --verify refs/heads/linux-6.1-security-strict
check 'beside that of the default' tree_git ws rev-parse -q --verify refs/heads/linux-6.1-security

run sectree build v6.6 -q
try 0 sectree publish v6.6 --policy default --local
try 3 sectree plan v6.6 --policy strict
check 'a published base has one policy' grep -q 'v6.6: is published with policy default' "$work/err"
before=$(tree_git ws for-each-ref)
try 3 sectree build v6.6 --policy strict
check_equal 'a refused build moves nothing' "$before" "$(tree_git ws for-each-ref)"
git config -f sectree.conf build.policy strict
run sectree plan v6.6 --json
check_equal 'and keeps it, whatever the settings say' default "$(json 'it["policy"]["name"]')"
git config -f sectree.conf --unset build.policy

# People are above advisories, and above each other only by agreeing.
run sectree review "$3" --out --reason 'not built here'
run sectree plan v6.1 --json
check 'decided out' sh -c "echo '$(state "$3")' | grep -q 'below-gate.*out by A Tester.*not built here'"
run sectree review "$3" --in --reason 'it is, after all'
run sectree plan v6.1 --json
check 'a later word of the same person counts' sh -c "echo '$(state "$3")' | grep -q '^pick.*in by A Tester'"
run sectree review "$3" --out --person 'B Other <b@example.org>' --reason 'no'
run sectree plan v6.1 --json
check 'a contradiction is in, and said' sh -c "echo '$(state "$3")' | grep -q '^pick.*contradict.*B Other'"
try 1 sectree review --list
check 'the list marks it' grep -q 'others say otherwise' "$work/out"
run sectree review "$1" --in --series 6.6 --reason 'elsewhere'
run sectree plan v6.1 --json
check 'a decision for another series is none here' sh -c "echo '$(state "$1")' | grep -q '^below-gate'"
try 2 sectree review "$1" --in
try 2 sectree review "$1" --in --out --reason x
try 2 sectree review "$1" --in --route nowhere --reason x
try 3 sectree review 0123456789 --in --reason x
try 3 sectree review "$1" --in --reason "$(printf 'a\033[2Jb')"
check 'what a terminal obeys is refused' grep -q 'reason: must be one line' "$work/err"
# That a backport does not repair says nothing of the others.
upstream=$(git -C "$work/src/linux.git" log -1 --format=%b "$5" |
	sed -n 's/^\[ Upstream commit \([0-9a-f]*\) \]$/\1/p; s/^commit \([0-9a-f]*\) upstream\.$/\1/p')
if [ -n "$upstream" ]; then
	try 3 sectree review "$upstream" --not-fix --reason 'half of it is missing'
	check 'which one is asked for' grep -q 'name the one that does not repair' "$work/err"
	cp -r ledger "$work/before"
	try 0 sectree review "$5" --not-fix --reason 'half of it is missing'
	check 'it is about the backport' test -f "ledger/triage/$(git -C "$work/src/linux.git" rev-parse "$5")"
	check_not 'and not about its upstream commit' test -e "ledger/triage/$upstream"
	run sectree review "$upstream" --in --person 'B Other <b@example.org>' --reason 'all the others'
	try 1 sectree review --list "$5"
	check_equal 'a contradiction of both is one, where it holds' 1 "$(grep -c 'others say otherwise' "$work/out")"
	check_equal 'and both are listed' 2 "$(wc -l <"$work/out")"
	rm -rf ledger && mv "$work/before" ledger
else
	skip 'a backport that does not repair' 'the sample has none'
fi
cp -r ledger "$work/before"
printf 'in\t-\t-\n' >"ledger/triage/$1"
try 3 sectree plan v6.1
check 'damage names file and line' grep -q "triage/$1:1:" "$work/err"
rm -rf ledger && mv "$work/before" ledger

# A list of reviewers; what is wrong with a line is said, the rest is taken.
subject=$(git -C "$work/src/linux.git" log -1 --format=%s "$5")
cat >"$work/list" <<L
# votes
$5 $subject
$6 some other subject
1234 too short
$5
L
try 1 sectree review --import "$work/list" --in --reason 'two votes'
check 'one is taken, and once' grep -q '^1 decisions are new' "$work/out"
check 'another subject is refused' grep -q "list:3: the commit has another subject" "$work/out"
check 'a short id too' grep -q "list:4:" "$work/out"
try 1 sectree review --import "$work/list" --in --reason 'two votes'
check 'once more it is known' grep -q '^2 were in the ledger already' "$work/out"

# Two people decide on one commit, each in a ledger of their own: git puts both lines together.
git clone -q ledger "$work/other"
git -C "$work/other" config user.name 'B Other'
printf 'out\t-\t-\t-\t2031-01-01\tB Other <b@example.org>\tno\n' >>"$work/other/triage/$(ls "$work/other/triage" | head -1)"
git -C "$work/other" commit -qam theirs
printf 'in\t-\t-\t-\t2031-01-01\tC Third <c@example.org>\tyes\n' >>"ledger/triage/$(ls ledger/triage | head -1)"
git -C ledger commit -qam ours
run git -C ledger pull -q --no-rebase --no-edit "$work/other" HEAD
check_equal 'the ledgers merge' 0 "$status"
check 'both lines are there' sh -c "grep -q 'C Third' ledger/triage/* && grep -q 'B Other' ledger/triage/*"
try 1 sectree review --list --json
check_schema review

# With a model commits are judged, and judges add to it.
unset SECTREE_DATA_DIR
run sectree triage v6.1..v6.1.8 --json
check 'all have a likelihood' /usr/bin/python3 -c 'import json, sys
rows = json.load(open(sys.argv[1]))["commits"]
assert rows and all(row["likelihood"] is not None for row in rows)' "$work/out"
cat >"$work/judge" <<'J'
import json, sys
for line in sys.stdin:
    item = json.loads(line)
    print(json.dumps({"id": item["id"], "likelihood": 1, "route": "guest", "reason": "sure"}))
J
git config -f sectree.conf judge.sure.command "/usr/bin/python3 $work/judge"
before=$(sectree triage --evidence 0 --json "$6" | /usr/bin/python3 -c 'import json, sys
print(json.load(sys.stdin)["commits"][0]["security"])')
run sectree triage --ask --json "$6"
check 'a judge raises the likelihood' /usr/bin/python3 -c 'import json, sys
row = json.load(open(sys.argv[1]))["commits"][0]
assert row["security"] > float(sys.argv[2]) and "guest" in row["routes"]
assert any(item["detail"].startswith("judge sure: 1.000: sure") for item in row["evidence"])' "$work/out" "$before"
git config -f sectree.conf judge.sure.command 'echo nonsense; exit 4'
run sectree triage --ask "$6"
check 'what was answered is not asked again' grep -q 'asked about, 0 answered' "$work/err"
try 1 sectree triage --ask "$5"
check 'a judge that fails is named' grep -q 'warning: judge sure' "$work/err"
git config -f sectree.conf judge.sure.command 'sleep 60'
git config -f sectree.conf judge.sure.timeout 1
try 1 sectree triage --ask "$5"
check 'and one that takes too long' grep -q 'longer than 1 second' "$work/err"
git config -f sectree.conf judge.sure.timeout never
try 3 sectree triage "$5"
done_testing
