#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Published bases whose series is rewritten or rewound, and knowledge that comes in steps.
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/shell/lib-tree.sh"
sample

published v6.1 v6.6 v6.6.2

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
rebuild each v6.1.3
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
