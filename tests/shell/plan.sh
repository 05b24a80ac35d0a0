#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Plans of the sample, against what its author expects and against git.
. "$(dirname "$0")/lib.sh"
sample

source=$sample/linux.git
try 0 "$SECTREE" init ws --source "$source" --advisories "$sample/vulns.git"
printf '[advisories]\n\tlist = %s\n' "$sample/extra-advisories.txt" >>ws/sectree.conf
try 0 "$SECTREE" -C ws sync

# The states that its author wrote down from the rules; without what function bodies and
# names that are missing would say.
run python3 "$source_root/tests/sample-plans" "$SECTREE" ws "$sample" issue3 ring-peek-oob ring-peek
grep '^not ok\|^#' "$work/out" >"$work/wrong" || :
sed 's/^/# /' "$work/wrong"
check 'every state is the one that the rules ask for' test ! -s "$work/wrong"

# Each commit of base..tip exactly once, in git's order.
for range in v6.1..v6.1.8 v6.1.3..v6.1.8 v6.6.2..v6.6.5 v5.10..v5.10.7; do
	run "$SECTREE" -C ws plan "${range%..*}" --to "${range#*..}" --json
	json '"\n".join(c["commit"] for c in it["commits"])' >"$work/planned"
	git -C "$source" rev-list --reverse --topo-order "$range" >"$work/listed"
	check "$range: the rows are those of rev-list, in its order" \
		cmp -s "$work/planned" "$work/listed"
done
check 'a plan is JSON' is_json

# Exit status and OPEN.
try 1 "$SECTREE" -C ws plan v6.1
check 'what is open comes before the commits' \
	test "$(grep -n '^OPEN reverted' "$work/out" | head -n 1 | cut -d: -f1)" -lt \
	"$(grep -n '^COMMIT' "$work/out" | cut -d: -f1)"
check 'advisories without a fix are counted' grep -q '^OPEN no-fix: 4 ' "$work/out"
check 'a text plan leaves out what is no security matter' \
	sh -c '! grep -q " not-security " "$1"' sh "$work/out"
try 1 "$SECTREE" -C ws plan v6.1 --all
check '--all shows everything' grep -q ' not-security ' "$work/out"
check_equal 'and each advisory without a fix' "$(grep -c '^OPEN no-fix CVE' "$work/out")" 4

# The same plan again, elsewhere and under other surroundings.
run "$SECTREE" -C ws plan v6.1 --json
cp "$work/out" "$work/first"
mkdir elsewhere
(
	cd elsewhere || exit
	TZ=Asia/Tokyo LC_ALL=C "$SECTREE" init other --source "$source" \
		--advisories "$sample/vulns.git" -q
	printf '[advisories]\n\tlist = %s\n' "$sample/extra-advisories.txt" >>other/sectree.conf
	TZ=America/Lima LANG=de_DE.UTF-8 "$SECTREE" -C other plan v6.1 --json
) >"$work/second.all" 2>/dev/null
sed -n '/^{/,$p' "$work/second.all" >"$work/second"
check 'two workspaces plan the same' cmp -s "$work/first" "$work/second"

# Names of bases and tips.
middle=$(git -C "$source" rev-list --max-count=1 --skip=3 v6.1.4)
run "$SECTREE" -C ws plan "$middle" --to v6.1.8 --json
check_equal 'a base that is no release is named by 12 digits' \
	"$(json 'it["base"]["name"]')" "$(printf '%.12s' "$middle")"
git -C "$source" rev-list --reverse --topo-order "$middle..v6.1.8" >"$work/listed"
json '"\n".join(c["commit"] for c in it["commits"])' >"$work/planned"
check 'and its rows are those of rev-list' cmp -s "$work/planned" "$work/listed"
try 3 "$SECTREE" -C ws plan no-such-base
check 'an unknown base is named' grep -q no-such-base "$work/err"
try 3 "$SECTREE" -C ws plan v6.1.8 --to v6.1.3
check 'a tip before the base is refused' grep -q 'v6.1.3' "$work/err"
try 2 "$SECTREE" -C ws plan
try 2 "$SECTREE" -C ws plan v6.1 v6.6

# Seeds from a file: by own id, by upstream id, with errors that name the line.
own=$(awk -F'\t' '$1 == "pipebuf-zero-copy" && $2 == "6.1" { print $3 }' "$sample/labels.tsv")
up=$(awk -F'\t' '$1 == "ring-peek" && $2 == "6.1" { print $4 }' "$sample/labels.tsv")
printf '# two features\n%.12s a word\n\n%s\n' "$own" "$up" >seeds
run "$SECTREE" -C ws plan v6.1 --seeds seeds --json
check_equal 'what the file lists is picked or held' "$(json \
	'sorted(set(c["state"] for c in it["commits"] if c["commit"] == "'"$own"'" or "'"$up"'" in c["upstream"]))[0] in ("held", "pick")')" true
printf '%s\n123\n' "$own" >seeds
try 3 "$SECTREE" -C ws plan v6.1 --seeds seeds
check 'a bad line is named' grep -q 'seeds:2:' "$work/err"
printf '%s\n%040d\n' "$own" 7 >seeds
try 3 "$SECTREE" -C ws plan v6.1 --seeds seeds
check 'an id of no commit is named with its line' grep -q 'seeds:2:.*is no commit' "$work/err"
try 3 "$SECTREE" -C ws plan v6.1 --seeds nowhere
check 'a missing file is named' grep -q nowhere "$work/err"

# A withdrawal in the ledger; one with a mistake is refused with its place.
picked=$(awk -F'\t' '$1 == "trace-len-check" && $2 == "6.1" { print $3 }' "$sample/labels.tsv")
mkdir -p ws/ledger/verdicts
cat >"ws/ledger/verdicts/$picked" <<END
verdict: withdraw
base: v6.1
person: Ada Example <ada@example.org>
date: 2026-08-21
reason: breaks the tracer on resume
END
run "$SECTREE" -C ws plan v6.1 --json
check_equal 'a withdrawn commit says so' \
	"$(json '[c["state"] for c in it["commits"] if c["commit"] == "'"$picked"'"][0]')" withdrawn
check_equal 'with person and reason' \
	"$(json '[c["reason"] for c in it["commits"] if c["commit"] == "'"$picked"'"][0]')" \
	'withdrawn by Ada Example <ada@example.org> on 2026-08-21: breaks the tracer on resume'
check_equal 'and is open' \
	"$(json '[o["kind"] for o in it["open"] if o["commit"] == "'"$picked"'"][0]')" withdrawn
run "$SECTREE" -C ws plan v6.1.2 --json
check_equal 'only on the base that the verdict is for' \
	"$(json '[c["state"] for c in it["commits"] if c["commit"] == "'"$picked"'"] in ([], ["pick"])')" true
echo 'mood: bad' >>"ws/ledger/verdicts/$picked"
try 3 "$SECTREE" -C ws plan v6.1
check 'a field that does not exist is named with file and line' \
	grep -q "verdicts/$picked:6: no such field" "$work/err"

done_testing
