#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What is learned late about a published base. Each case has its own source and
# workspace; in all the branch is fast-forwarded and its tree is the canonical one.
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/shell/lib-tree.sh"
sample

# The workspace `published`: v6.1, v6.1.2, v6.6 and v6.6.2 built and published.
new_source source
new_workspace published source
cd "$work" || exit 99
run sectree -C published build v6.1 v6.1.2 v6.6 v6.6.2 -q
for base in v6.1 v6.1.2 v6.6 v6.6.2; do
	accept_all published $base
	try 0 sectree -C published publish $base --local
done

# start NAME EVENT...: a copy of source and workspace, in which the events happen.
start()
{
	name=$1
	shift
	cp -r source "source-$name"
	cp -r published "$name"
	sed -i "s|$work/source/|$work/source-$name/|" "$name/sectree.conf"
	late "source-$name" "$@"
}

# rebuild NAME BASE: builds, publishes if there is something; checks the rules of a branch.
rebuild()
{
	branch=linux-${2#v}-security
	old=$(tree_git "$1" rev-parse "$branch")
	case $2 in
	v6.6*) tip=linux-6.6.y ;;
	*) tip=linux-6.1.y ;;
	esac
	run sectree -C "$1" build "$2" -q
	check "$1: $2 is built" test "$status" -lt 2
	cp "$work/out" "$work/built"
	check_equal "$1: the branch waits" "$old" "$(tree_git "$1" rev-parse "$branch")"
	accept_all "$1" "$2"
	stanzas_built "$1" "$2" >"$work/new"
	try 0 sectree -C "$1" publish "$2" --local
	check "$1: $2 is fast-forwarded" is_ancestor "$1" "$old" "$branch"
	[ "$3" = skip ] || check_canonical "$1: $2 is canonical" "$1" "source-$1" "$2" "$tip"
	check_fsck "$1: $2" "$1"
	run sectree -C "$1" build "$2" -q
	check "$1: $2 is up to date then" grep -q 'up to date' "$work/out"
}

state()
{
	sed -n 's/^state //p' "$work/new" | paste -s -d ' '
}

added()
{
	sed -n 's/^add \([0-9a-f]*\) .*/\1/p' "$work/new" | paste -s -d ' '
}

id()
{
	label_id "source-$1" "$2" "$3"
}

# Another release.
start new-release new-release
rebuild new-release v6.1 ''
check_equal 'a new release: the next state' v6.1-security.9 "$(state)"
check_equal 'a new release: both fixes' \
	"$(id new-release 6.1 oob-hublink-list) $(id new-release 6.1 late-nmatch-dump)" "$(added)"

# A CVE for an old commit, with a release.
start with-release late-cve-with-release
rebuild with-release v6.1 ''
check_equal 'late with a release: the late one first' \
	"$(id with-release 6.1 hubsmp-step-done) $(id with-release 6.1 oob-hublink-list) $(id with-release 6.1 late-xlog-clear)" \
	"$(added)"
rebuild with-release v6.1.2 ''
check_equal 'late with a release: the base has it' \
	"$(id with-release 6.1 oob-hublink-list) $(id with-release 6.1 late-xlog-clear)" "$(added)"

# The same without a release.
start late-cve late-cve
rebuild late-cve v6.1 ''
check_equal 'late: a further number' v6.1-security.8.1 "$(state)"
check_equal 'late: one commit' "$(id late-cve 6.1 hubsmp-step-done)" "$(added)"
check_equal 'late: it precedes a published one in the order of the series' 1 "$(grep -c '^before ' "$work/new")"
check_equal 'late: EXTRAVERSION' 'EXTRAVERSION = -security.8.1' \
	"$(tree_git late-cve show v6.1-security.8.1:Makefile | grep ^EXTRAVERSION)"
check_equal 'late: a commit between two states has the earlier version' 'EXTRAVERSION = -security.8' \
	"$(tree_git late-cve show v6.1-security.8.1~1:Makefile | grep ^EXTRAVERSION)"
rebuild late-cve v6.1.2 ''
check_equal 'late: nothing for a base that has it' '' "$(state)"

# A CVE for what was reverted since.
start late-reverted late-cve-reverted
rebuild late-reverted v6.1 ''
check_equal 'late and reverted: no state' '' "$(state)"

# A late one that has a tree only with its follow-up.
start late-fold late-cve-fold
rebuild late-fold v6.1 ''
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
	rebuild $event v6.1 ''
	check_equal "$event: no state" '' "$(state)"
done

# A published pick is reverted: the revert is picked.
start late-revert late-revert
rebuild late-revert v6.1 ''
check_equal 'a late revert: the next state' v6.1-security.9 "$(state)"
check_equal 'a late revert: is picked' \
	"$(id late-revert 6.1 oob-hublink-list) $(id late-revert 6.1 revert-oob-sockparm)" "$(added)"

# A series that was rewritten, and whose old objects are gone.
start force-push force-push
for base in v6.6 v6.6.2; do
	rebuild force-push $base skip
	check_equal "a rewritten series: nothing is appended to $base" '' "$(state)"
done
check_equal 'a rewritten series: branches are what they were' \
	"$(tree_git published for-each-ref refs/heads refs/tags)" \
	"$(tree_git force-push for-each-ref refs/heads refs/tags)"
check 'a rewritten series: the branch can be cloned' git clone -q -b linux-6.6-security \
	"$work/force-push/tree.git" "$work/clone"

# Replay after the source has lost what the branch was made of.
sectree init "$work/replay" --source "$work/source-force-push/linux.git" >/dev/null
rm -rf "$work/replay/ledger"
git clone -q "$work/force-push/ledger" "$work/replay/ledger"
for pack in "$work"/force-push/tree.git/objects/pack/*.keep; do
	cp "${pack%.keep}".* "$work/replay/tree.git/objects/pack/"
done
sectree -C replay sync -q >/dev/null
try 0 sectree -C replay build v6.6
check_equal 'a rewritten series: kept objects are enough to replay' \
	"$(tree_git force-push rev-parse v6.6-security.5)" "$(tree_git replay rev-parse v6.6-security.5)"

# A fix, its revert and the final fix, learned one after the other: what is published stays,
# so the revert is picked, too.
new_workspace steps source
for tip in v6.1.4 v6.1.6 v6.1.8; do
	old=$(tree_git steps rev-parse -q --verify linux-6.1-security)
	run sectree -C steps build v6.1 --to $tip -q
	accept_all steps v6.1
	try 0 sectree -C steps publish v6.1 --local
	[ -z "$old" ] || check "steps: fast-forward to $tip" is_ancestor steps "$old" linux-6.1-security
	check_canonical "steps: $tip is canonical" steps source v6.1 linux-6.1.y
done
for label in bounce-leak revert-bounce-leak bounce-leak-final; do
	check "steps: $label is in" grep -q "^add $(label_id source 6.1 $label)" steps/ledger/journal/v6.1
done
try 3 sectree -C steps build v6.1 --to v6.1.6
check 'steps: a branch does not go back' grep -q 'is published up to v6.1.8 already' "$work/err"
check_fsck 'steps' steps

# The same knowledge, learned at once at each release, gives the same tree as learned late.
start each
run sectree -C each build v6.1.3 --each-release -q
accept_all each v6.1.3
try 0 sectree -C each publish v6.1.3 --local
check_equal 'each release: all states are published' 5 "$(grep -c '^state ' each/ledger/journal/v6.1.3)"
late source-each new-release
rebuild each v6.1.3 ''
check_equal 'each release: the next one' v6.1.3-security.9 "$(state)"

# A base that no branch or tag of the source leads to any more: kept before that is accepted.
start rewound
run sectree -C rewound build v6.6.4 -q
accept_all rewound v6.6.4
try 0 sectree -C rewound publish v6.6.4 --local
before=$(tree_git rewound for-each-ref refs/heads refs/tags)
source_git=$work/source-rewound/linux.git
git -C "$source_git" update-ref refs/heads/linux-6.6.y "$(git -C "$source_git" rev-parse v6.6.3^0)"
git -C "$source_git" tag -d v6.6.4 v6.6.5 >/dev/null
run sectree -C rewound sync
check 'a rewound series is followed' test "$status" -lt 2
git -C "$source_git" reflog expire --expire=now --all
git -C "$source_git" gc -q --prune=now
check_fsck 'a rewound series' rewound
check 'a rewound series: the branch can be read to its root' \
	sh -c "git -C '$work/rewound/tree.git' rev-list --objects linux-6.6.4-security >/dev/null"
check_equal 'a rewound series: no ref moves' "$before" "$(tree_git rewound for-each-ref refs/heads refs/tags)"
try 3 sectree -C rewound build v6.6.4
check 'a base that left its series is named' grep -q 'no longer in linux-6.6.y' "$work/err"
run sectree -C rewound build v6.6
check 'other bases go on' test "$status" -lt 2

# All of them, one after the other.
start all
for event in new-release late-cve late-cve-fold cve-for-picked rejected-cve late-revert force-push removed-tag score-changed; do
	late source-all $event
	run sectree -C all build v6.1 v6.6 -q
	for base in v6.1 v6.6; do
		accept_all all $base
		run sectree -C all publish $base --local
		check_equal "all: $base is published after $event" 0 "$status"
	done
done
check_canonical 'all: v6.1 is canonical' all source-all v6.1 linux-6.1.y
check_fsck 'all' all
done_testing
