#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# `sectree review` on a terminal: a person that is a script, who waits for each question.
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/shell/lib-tree.sh"
sample

# person KEY...: answers each question with the next key (or "reason:TEXT" when asked for one); a
# "kill:SIGNAL" is sent instead of a key. What was shown is in $work/out.
person()
{
	/usr/bin/python3 "$source_root/tests/review-person.py" "$work/out" "$sectree_program" review \
		--no-sync v6.1..v6.1.2 -- "$@" 2>"$work/err"
	status=$?
}

new_source src
new_workspace ws src
cd "$work/ws" || exit 99
# The review shows what the classifier says.
unset SECTREE_DATA_DIR

try 2 sectree review v6.1..v6.1.2
check 'without a terminal it says what to do' grep -q 'review COMMIT' "$work/err"

person '?' q
check_equal 'it ends with 0' 0 "$status"
check '? shows the keys' grep -q 'later: leave it' "$work/out"
check 'it says how much there is' grep -q '\[1/' "$work/out"
check 'and why' grep -q 'likelihood [01]\.[0-9]* (security' "$work/out"
check_not 'nothing was decided' test -d ledger/triage
check 'the terminal is as it was' grep -q 'terminal: same' "$work/out"

person i 'reason:it is one' o 'reason:' b l q
check_equal 'two were decided' 2 "$(find ledger/triage -type f | wc -l)"
check 'with the reason that was typed' grep -rq 'it is one$' ledger/triage
check 'or the one that was proposed' grep -rq 'no security fix for this tree$' ledger/triage
check_equal 'each is a commit of its own' 2 "$(git -C ledger rev-list --count HEAD)"
check_equal 'by the person whom git knows' 'A Tester <tester@example.org>' \
	"$(git -C ledger log -1 --format='%an <%ae>')"
check 'back shows what was decided' grep -q 'decided: out by A Tester' "$work/out"
check 'and it tells' grep -q '2 decided' "$work/out"

check 'what was left for later is counted' grep -q ' [1-9][0-9]* left' "$work/out"

# A ledger from elsewhere may have anything in it.
person i "reason:$(printf 'a\033[Ab')" q
check 'keys that are no text are not taken' grep -q 'no: there are control characters' "$work/out"
check_equal 'and decide nothing' 2 "$(git -C ledger rev-list --count HEAD)"

person q
check 'what was decided is left out' grep -q '2 decided already' "$work/out"

# The reason can be given before; the interrupt key ends it, and what was decided is kept.
person e 'reason:as before' i kill:INT
check 'the edited reason is taken' grep -rq 'as before$' ledger/triage
check 'the terminal is as it was after an interrupt' grep -q 'terminal: same' "$work/out"
check_equal 'and three decisions are kept' 3 "$(find ledger/triage -type f | wc -l)"
person i kill:HUP
check_equal 'a terminal that goes away decides nothing' 3 "$(find ledger/triage -type f | wc -l)"
check_equal 'and nothing is half written' '' "$(git -C ledger status --porcelain)"
person e "$(printf '\003')"
check 'the interrupt key at a reason ends it, too' grep -q '0 decided' "$work/out"
check 'with the terminal as it was' grep -q 'terminal: same' "$work/out"

# As much of a change as the terminal has room for, when the commit is shown.
person rows:12 q
low=$(grep -c . "$work/out")
person rows:12 l rows:200 b rows:12 q
check 'a higher terminal shows more' test "$(grep -c . "$work/out")" -gt $((3 * low))
done_testing
