#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Textual prerequisites on the sample: needed, explained, limited.
. "$(dirname "$0")/lib.sh"
. "$source_root/tests/shell/lib-tree.sh"
sample
new_source source
new_workspace one source
cd "$work/one" || exit 99

state_of()
{
	json "[c['state'] for c in it['commits'] if c['commit'] == '$1'][0]"
}

reason_of()
{
	json "[c['reason'] for c in it['commits'] if c['commit'] == '$1'][0]"
}

zero=$(label_id source 6.1 oob-pipe-zero)
split=$(label_id source 6.1 pipe-size-split)
helper=$(label_id source 6.1 pipe-full-helper)

# Each is needed: without it git cherry-pick stops. Nothing is held.
for range in v6.1..v6.1.8 v6.1.2..v6.1.8 v6.6..v6.6.5; do
	run sectree plan "${range%..*}" --to "${range#*..}" --json
	check_schema plan
	check_equal "$range: nothing is held" "$(json "it['counts']['held']")" 0
	json "'\n'.join(c['commit'] for c in it['commits'] if c['in_tree'])" >"$work/all"
	json "'\n'.join(c['commit'] for c in it['commits'] if c['state'] == 'prerequisite'
		and all(w.startswith('textual: ') for w in c['prerequisite_why']))" >"$work/textual"
	cp "$work/all" "$work/in"
	check "$range: git takes the whole set" sh -c ". '$source_root/tests/shell/lib-tree.sh'
		work=$work; cherry_pick_set one source ${range%..*} ${range#*..} <$work/in >/dev/null"
	check "$range: there are textual prerequisites" test -s "$work/textual"
	while read -r commit; do
		grep -v "$commit" "$work/all" >"$work/in"
		if cherry_pick_set one source "${range%..*}" "${range#*..}" <"$work/in" >/dev/null; then
			not_ok "$range: $commit is needed"
		else
			ok "$range: $commit is needed"
		fi
	done <"$work/textual"
done

# Two, one behind the other, and why.
run sectree plan v6.1 --json
check_equal 'a fix that needs two' "$(state_of "$zero") $(state_of "$split") $(state_of "$helper")" \
	'pick prerequisite prerequisite'
check_equal 'the path is said' \
	"$(json "[c['prerequisite_why'] for c in it['commits'] if c['commit'] == '$helper'][0][0]")" \
	'textual: owns lines of fs/pipebuf.c that it changes'
run sectree plan v6.1 --why "$helper" --json
check_equal 'why: a chain down to the fix' "$(json "[s['commit'] for s in it['chain']] == ['$helper', '$split', '$zero']")" true
run sectree plan v6.1 --why "$helper"
check 'why: in words' grep -q '^  prerequisite of .*, textual: owns lines of fs/pipebuf.c' "$work/out"
try 3 sectree plan v6.1.8 --why "$helper"
check 'why: a commit that is not in the range is named' grep -q "$helper: is no commit of" "$work/err"
try 2 sectree plan v6.1 --why "$helper" --summary
run sectree plan v6.1 --summary --json
check_equal 'summary: prerequisites by kind' "$(json "sum(it['summary']['prerequisites'].values())")" \
	"$(awk -F'\t' '$1 == "v6.1" && $2 == "v6.1.8" { state[$3] = $4 }
		END { for (label in state) count += state[label] == "prerequisite"; print count }' \
		"$sample/expect.tsv")"
run sectree plan v6.1 --summary
check 'summary: in words' grep -Eq '^ +[0-9]+  prerequisites: textual$' "$work/out"
run sectree plan v6.1 --graph
check 'graph: an edge with its kind' \
	grep -qF "$(printf '"%.12s" -> "%.12s" [label="textual"]' "$split" "$helper")" "$work/out"

# The limit on what one fix brings, and the verdict that lifts it.
printf '[plan]\n\tclosure-limit = 1\n' >>sectree.conf
run sectree plan v6.1 --json
check_equal 'over the limit: held' "$(state_of "$zero")" held
check 'with the reason' sh -c "$(printf 'echo "%s" | grep -q "over the limit of 1"' "$(reason_of "$zero" | tr -d '"')")"
check_equal 'what only it needed is given back' "$(state_of "$split") $(state_of "$helper")" \
	'not-security not-security'
check_equal 'and it is open' "$(json "[o['kind'] for o in it['open'] if o['commit'] == '$zero']")" '["held"]'
try 0 sectree review "$zero" --accept-series --base v6.1 --reason 'wanted'
run sectree plan v6.1 --json
check_equal 'accepted: picked' "$(state_of "$zero") $(state_of "$split") $(state_of "$helper")" \
	'pick prerequisite prerequisite'
sed -i 's/closure-limit = 1/closure-limit = some/' sectree.conf
try 3 sectree plan v6.1
check 'a limit that is no number is named' grep -q "plan.closure-limit: must be a number" "$work/err"
sed -i '/closure-limit/d' sectree.conf

# What a fix needs is withdrawn: the fix is held, with the root.
verdict one withdraw "$helper" v6.1
run sectree plan v6.1 --json
check_equal 'a prerequisite is withdrawn: the fix is held' "$(state_of "$zero") $(state_of "$split")" \
	'held not-security'
check 'the root is named' sh -c "echo '$(reason_of "$zero" | tr -d "'\"")' | grep -q 'which is withdrawn'"

done_testing
