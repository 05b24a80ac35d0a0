#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What is learned late about a published base. Each case has its own source and
# workspace; in all the branch is fast-forwarded and its tree is the canonical one.
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/shell/lib-tree.sh"
sample

published v6.1 v6.1.2

# Another release.
start new-release new-release
rebuild new-release v6.1
check_equal 'a new release: the next state' v6.1-security.9 "$(state)"
check_equal 'a new release: both fixes' \
	"$(id new-release 6.1 oob-hublink-list) $(id new-release 6.1 late-nmatch-dump)" "$(added)"

# A CVE for an old commit, with a release.
start with-release late-cve-with-release
rebuild with-release v6.1
check_equal 'late with a release: the late one first' \
	"$(id with-release 6.1 hubsmp-step-done) $(id with-release 6.1 oob-hublink-list) $(id with-release 6.1 late-xlog-clear)" \
	"$(added)"
rebuild with-release v6.1.2
check_equal 'late with a release: the base has it' \
	"$(id with-release 6.1 oob-hublink-list) $(id with-release 6.1 late-xlog-clear)" "$(added)"

# The same without a release.
start late-cve late-cve
rebuild late-cve v6.1
check_equal 'late: a further number' v6.1-security.8.1 "$(state)"
check_equal 'late: one commit' "$(id late-cve 6.1 hubsmp-step-done)" "$(added)"
check_equal 'late: it precedes a published one in the order of the series' 1 "$(grep -c '^before ' "$work/new")"
check_equal 'late: EXTRAVERSION' 'EXTRAVERSION = -security.8.1' \
	"$(tree_git late-cve show v6.1-security.8.1:Makefile | grep ^EXTRAVERSION)"
check_equal 'late: a commit between two states has the earlier version' 'EXTRAVERSION = -security.8' \
	"$(tree_git late-cve show v6.1-security.8.1~1:Makefile | grep ^EXTRAVERSION)"
rebuild late-cve v6.1.2
check_equal 'late: nothing for a base that has it' '' "$(state)"

# A CVE for what was reverted since.
start late-reverted late-cve-reverted
rebuild late-reverted v6.1
check_equal 'late and reverted: no state' '' "$(state)"

# A late one that has a tree only with its follow-up.
start late-fold late-cve-fold
rebuild late-fold v6.1
if [ -n "$(state)" ]; then
	check_equal 'late with its follow-up: one state' v6.1-security.8.1 "$(state)"
	check_equal 'late with its follow-up: both' \
		"$(id late-fold 6.1 pool-slots-max) $(id late-fold 6.1 pool-size-back)" "$(added)"
else
	skip 'late with its follow-up: both' 'the plan holds the two'
fi

# What makes no state.
for event in cve-for-picked rejected-cve removed-tag score-changed; do
	start $event $event
	rebuild $event v6.1
	check_equal "$event: no state" '' "$(state)"
done

# A published pick is reverted: the revert is picked.
start late-revert late-revert
rebuild late-revert v6.1
check_equal 'a late revert: the next state' v6.1-security.9 "$(state)"
check_equal 'a late revert: is picked' \
	"$(id late-revert 6.1 oob-hublink-list) $(id late-revert 6.1 revert-oob-sockparm)" "$(added)"
done_testing
