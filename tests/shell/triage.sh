#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Which commits repair vulnerabilities: records, commits of a workspace, and training.
. "$(dirname "$0")/lib.sh"
# The model that comes with the program.
unset SECTREE_DATA_DIR
sample

# ---- records ----

# triage_input: judges $work/dir/records.
triage_input()
{
	run sectree triage --input records
}

# refused TITLE TEXT: the second line of the input is refused, and named.
refused()
{
	printf '%s\n' '{"id": "a", "subject": "net: fix a leak"}' "$2" '{"id": "c"}' >records
	triage_input
	check_equal "$1 is refused" 3 "$status"
	check "$1 is named by its line" grep -q '^sectree: records:2: ' "$work/err"
	check_equal "$1: what came before is answered" a "$(cut -f 1 "$work/out")"
}

cat >good <<'END'
{"id": "b", "subject": "net: sched: fix use-after-free in tcf_foo()", "body": "A timer races.\n", "files": ["net/sched/cls_api.c"]}
{"id": "a", "subject": "docs: fix a typo", "body": null, "files": null}

{"id": "a/1 \u00e9", "subject": "usb: gadget: avoid NULL pointer dereference", "other": [1, {"x": null}]}
{"id": "0"}
{"id": "b", "subject": "", "body": "", "files": [], "diff": "+kfree(a);\n"}
{"id": "c", "subject": "a\u0000b \ud83d\ude00", "body": "\u0000\r\n\t", "files": ["", "\u0000"]}
END
cp good records
try 0 sectree triage --input records
cp "$work/out" all
check_equal 'the order is kept' 'b a a/1 é 0 b c' "$(cut -f 1 all | paste -s -d ' ')"
check_equal 'a row is an id and three likelihoods' '' \
	"$(grep -v -P '^[^\t]+(\t(0\.[0-9]{6}|1\.000000)){3}$' all)"
check_equal 'the third is the product of both' 0 \
	"$(awk -F '\t' '{ d = $2 * $3 - $4; if (d > .000002 || d < -.000002) bad++ }
		END { print bad + 0 }' all)"
check 'a memory bug is likelier than a typo' test \
	"$(sed -n 1p all | cut -f 2)" '>' "$(sed -n 2p all | cut -f 2)"

# A line's answer depends on nothing else.
grep . good | sort -R --random-source=good >records
triage_input
check_equal 'the order of lines changes no answer' "$(sort all)" "$(sort "$work/out")"
grep . good | while read -r line; do
	printf '%s\n' "$line" | sectree triage --input -
done >single
check_equal 'nor do other lines' "$(cat all)" "$(cat single)"
sectree triage --input - <good >"$work/out" 2>"$work/err"
check_equal '- is the standard input' "$(cat all)" "$(cat "$work/out")"
printf '%s' "$(cat good)" | sectree triage --input - >"$work/out" 2>"$work/err"
check_equal 'the last line needs no newline' "$(cat all)" "$(cat "$work/out")"

: >records
try 0 sectree triage --input records
check_not 'of nothing there is no answer' test -s "$work/out"
printf '\n \t\r\n\n' >records
try 0 sectree triage --input records
check_not 'nor of empty lines' test -s "$work/out"
try 3 sectree triage --input missing
check 'a missing file is named' grep -q 'missing' "$work/err"
try 3 sectree triage --input .
try 3 sectree triage --input records --model missing
try 2 sectree triage --input records v6.1.1

refused 'no object' '[1]'
refused 'a number' 12
refused 'half an object' '{"id": "b"'
refused 'two objects' '{"id": "b"} {"id": "c"}'
refused 'no id' '{"subject": "net: fix"}'
refused 'an empty id' '{"id": ""}'
refused 'a number as id' '{"id": 12}'
refused 'an id with a tab' '{"id": "a\tb"}'
refused 'an id with a newline' '{"id": "a\nb"}'
refused 'an id with a NUL' '{"id": "a\u0000b"}'
refused 'an id that a terminal obeys' '{"id": "a\u001b[2J"}'
refused 'a subject that is a list' '{"id": "b", "subject": ["a"]}'
refused 'a body that is a number' '{"id": "b", "body": 3}'
refused 'files that are a string' '{"id": "b", "files": "a.c"}'
refused 'a file that is a number' '{"id": "b", "files": ["a.c", 3]}'
refused 'a diff that is an object' '{"id": "b", "diff": {}}'
refused 'bytes that are no UTF-8' "$(printf '{"id": "b", "subject": "\377"}')"
refused 'a deep value' "$(printf '%5000s' '' | tr ' ' '[')"

# A large line is judged, a huge one refused.
large()
{
	printf '{"id": "large", "body": "'
	head -c "$1" /dev/zero | tr '\0' x
	printf '"}\n'
}
large 4000000 >records
try 0 sectree triage --input records
check_equal 'a large line is judged' large "$(cut -f 1 "$work/out")"
refused 'a huge line' "$(large 17000000 | tee huge)"
rm -f huge records

# ---- training ----

# Commits of two eras and texts of advisories: those about memory are fixes, those of net/ pass.
python3 - <<'END'
import json, random
random.seed(1)
bad = ["use-after-free", "out-of-bounds write", "double free", "memory corruption"]
dull = ["typo", "build warning", "comment", "device id"]
records, labels = open("records", "w"), open("labels", "w")
labels.write("#id\tset\tsecurity\tgate\tboth\tvector\tera\n")
for i in range(600):
    fix, kind = i % 2, "A" if i < 400 else "B" if i < 500 else "A2"
    place, vector = random.choice([("net", "N"), ("net/bluetooth", "A"), ("fs/ext4", "L")])
    gate = place != "fs/ext4"
    if random.random() < .1:
        gate = not gate
    what = random.choice(bad if fix or kind == "B" else dull)
    record = {"id": f"r{i}", "subject": f"{place}: fix a {what} in function_{i}"}
    if kind != "A2":
        record["body"] = f"The {what} was found at {i}.\n\nFixes: 0123456789ab (\"x\")\n"
    if kind == "A":
        record["files"] = [f"{place}/file{i % 7}.c"]
        record["diff"] = "-\tkfree(a);\n+\tif (a < b)\n" if fix else "+\tx\n"
    records.write(json.dumps(record) + "\n")
    known = fix and kind == "A" or kind == "B"
    row = [f"r{i}", kind, "-" if kind == "B" else str(fix), str(int(gate)) if known else "-",
           str(int(gate)) if known else "0" if kind == "A" else "-",
           f"CVSS:3.1/AV:{vector}/AC:L" if known else "-",
           "2024+" if i < 200 else "2023" if i < 400 else f"6.1.{i % 100}"]
    labels.write("\t".join(row) + "\n")
END

train()
{
	run sectree train --only-input --input records --labels labels "$@"
}

mkdir one
train -o one/triage.model
check_equal 'a model is trained' 0 "$status"
train -o again.model
check 'equal input gives equal bytes' cmp -s one/triage.model again.model
check 'a model says what it learned from' \
	sh -c 'head -n 2 one/triage.model | grep -q "^learned from: 400 commits (200 security fixes), 100 subjects (50), 100 texts"'
mkdir two
train -o two/triage.model --note 'another
one'
check 'a note is a line of the header' sh -c 'head -n 6 two/triage.model | grep -a -q "^note: another$"'
try 0 sectree triage --input records --model one/triage.model
cp "$work/out" judged
check_equal 'it tells what it learned' 400 "$(awk -F '\t' 'NR <= 400 &&
	($2 > .5) == ((NR - 1) % 2) { right++ } END { print right }' judged)"
cp "$source_root/data/maintained.tsv" one
SECTREE_DATA_DIR=one try 0 sectree triage --input records
check_equal 'SECTREE_DATA_DIR names the model' "$(cat judged)" "$(cat "$work/out")"
head -c 700 one/triage.model >half.model
try 3 sectree triage --input records --model half.model
check 'a damaged model is named as such' grep -q 'damaged' "$work/err"

train --evaluate --json
check_equal 'it is measured' 0 "$status"
check_schema train
check_equal 'by folds, and without each era of commits' 3 "$(json 'len(it["evaluations"])')"
check_equal 'what is easy is told apart' true "$(json 'it["evaluations"][0]["security"]["roc_auc"] > .95')"
check_equal 'all recent commits are measured' '[200, 100]' \
	"$(json '[it["evaluations"][0]["security"][key] for key in ("count", "positives")]')"
cp "$work/out" measured
train --evaluate --json
check 'measuring is repeatable' cmp -s measured "$work/out"
train --evaluate
check 'it is printed for people' grep -q 'security fix .*ROC' "$work/out"

# What is wrong with labels is named by file and line.
odd_labels()
{
	sed "5s/.*/$2/" labels >odd
	run sectree train --only-input --input records --labels odd -o x.model
	check_equal "$1 is refused" 3 "$status"
	check "$1 is named by its line" grep -q '^sectree: odd:5: ' "$work/err"
	check_not "$1: nothing is written" test -e x.model
}
odd_labels 'a label line of three fields' 'r3\tA\t1'
odd_labels 'a set that is none' 'r3\tC\t1\t1\t1\t-\t2023'
odd_labels 'a label that is no number' 'r3\tA\tyes\t1\t1\t-\t2023'
odd_labels 'a label of ten' 'r3\tA\t1\t10\t1\t-\t2023'
try 3 sectree train --only-input --input records --labels missing -o x.model
check 'missing labels are named' grep -q missing "$work/err"
: >none
try 3 sectree train --only-input --input records --labels none -o x.model
try 3 sectree train --only-input --input none --labels labels -o x.model
check 'nothing to learn from is an error' grep -q "nothing to learn 'security'" "$work/err"
awk -F '\t' -v OFS='\t' '{ $3 = $2 == "B" ? "-" : 1 } 1' labels >odd
try 3 sectree train --only-input --input records --labels odd -o x.model
check 'labels of one class are an error' grep -q "500 samples for it and 0 against" "$work/err"
# Labels that say nothing: whatever is learned can be read again.
awk -F '\t' -v OFS='\t' '$3 != "-" { $3 = int(NR / 2) % 2 } 1' labels | sed 's/^#.*/#/' >odd
try 0 sectree train --only-input --input records --labels odd -o x.model
try 0 sectree triage --input records --model x.model
try 2 sectree train --only-input -o x.model
try 2 sectree train --only-input --input records -o x.model
try 2 sectree train --only-input --input records --labels labels
try 2 sectree train --only-input --input records --labels labels --evaluate -o x.model

# ---- commits ----

source=$sample/linux.git
run sectree init ws --source "$source" --advisories "$sample/vulns.git"
try 0 sectree -C ws sync -q
range=v6.1.1..v6.1.2
commits=$(git -C "$source" rev-list --count "$range")

# index SQL: of the index of the workspace.
index()
{
	python3 -c 'import sqlite3, sys
index = sqlite3.connect("ws/cache/index.sqlite")
print(" ".join(str(value) for row in index.execute(sys.argv[1]) for value in row))
index.commit()' "$1"
}

check_equal 'nothing is judged before it is asked for' 0 "$(index 'SELECT count(*) FROM judgement')"
try 0 sectree -C ws triage "$range" --json
check_schema triage
check_equal 'each commit of the range is there once' "$(git -C "$source" rev-list "$range" | sort)" \
	"$(json '"\n".join(sorted(one["commit"] for one in it["commits"]))')"
check_equal 'likelihoods are products' true \
	"$(json 'all(abs(one["security"] * one["gate"] - one["likelihood"]) < .00051 for one in it["commits"])')"
check_equal 'there are reasons, eight words at most' true \
	"$(json 'all(0 < sum(e["security"] != 0 or e["gate"] != 0 for e in one["evidence"]) <= 8 for one in it["commits"])')"
cp "$work/out" first
check_equal 'what was judged is kept' "$commits $commits" \
	"$(index 'SELECT (SELECT count(*) FROM judgement), (SELECT count(*) FROM change_fact)')"
model=$(index "SELECT value FROM fact WHERE name = 'judged_model'")
check_equal 'and by which model' "$(git hash-object "$source_root/data/triage.model")" "$model"

# What the index has is not judged again: a mark in it is seen.
index 'UPDATE judgement SET security = 600, gate = 700' >"$work/err"
try 0 sectree -C ws triage "$range" --json
# What advisories say stands above it; of the gate they say nothing.
check_equal 'a second run judges nothing' '[0.7]' \
	"$(json 'sorted({one["gate"] for one in it["commits"]})')"
try 0 sectree -C ws triage v6.1..v6.1.2 --json
check_equal 'a larger range judges the rest' true \
	"$(json "len([one for one in it['commits'] if one['gate'] == .7]) == $commits < len(it['commits'])")"
SECTREE_DATA_DIR=one try 0 sectree -C ws triage "$range" --json
check_equal 'another model judges all again' '[]' \
	"$(json '[one for one in it["commits"] if one["gate"] == .7]')"
check_equal 'what the first one said is gone' "$commits" "$(index 'SELECT count(*) FROM judgement')"
check_equal 'the other one is named' "$(git hash-object one/triage.model)" \
	"$(index "SELECT value FROM fact WHERE name = 'judged_model'")"
try 0 sectree -C ws triage "$range" --json
check 'the first model says what it said' cmp -s first "$work/out"

# --least, --evidence, one commit.
json '"\n".join(str(one["likelihood"]) for one in it["commits"])' >likelihoods
for least in 0 1 2 50 100; do
	try 0 sectree -C ws triage "$range" --least "$least" --json
	check_equal "--least $least" "$(awk -v least="$least" '$1 * 100 >= least - .000001 { n++ }
		END { print n + 0 }' likelihoods)" "$(json 'len(it["commits"])')"
done
check_schema triage
try 2 sectree -C ws triage "$range" --least 101
try 2 sectree -C ws triage "$range" --model one/triage.model
try 0 sectree -C ws triage "$range" --evidence 0 --json
check_equal '--evidence 0 gives no reasons' true \
	"$(json 'all(one["evidence"] == [] for one in it["commits"])')"
try 0 sectree -C ws triage "$range"
check_equal 'without --json there are two lines for a commit' $((2 * commits)) "$(wc -l <"$work/out")"
try 0 sectree -C ws triage "$range" --evidence 2
check 'with --evidence there are more' grep -q '^ *[-+][0-9.]* gate ' "$work/out"
for commit in $(git -C "$source" rev-list --max-parents=0 v6.1.2 | head -n 1) \
	"$(git -C "$source" rev-parse 'v6.1.2^{commit}')"; do
	try 0 sectree -C ws triage "$(echo "$commit" | cut -c 1-12)" --json
	check_equal "one commit: $commit" "[\"$commit\"]" "$(json '[one["commit"] for one in it["commits"]]')"
	check_schema triage
done
try 0 sectree -C ws triage "$commit"
check 'of one commit the reasons are shown' grep -q ' gate ' "$work/out"
try 3 sectree -C ws triage 0123456789ab
try 3 sectree -C ws triage v6.1.1..v9.9.9
try 0 sectree -C ws triage linux-6.1.y --json
check_equal 'a series is judged' "$(git -C "$source" rev-list --count v6.1..linux-6.1.y)" "$(json 'len(it["commits"])')"

# Where nothing can be kept, there are answers.
if [ "$(id -u)" = 0 ]; then
	skip 'an index that cannot be written' 'root can write everywhere'
else
	index 'DELETE FROM judgement' >"$work/err"
	chmod -R a-w ws/cache
	try 0 sectree -C ws triage "$range" --json
	check 'an index that cannot be written: the same answers' cmp -s first "$work/out"
	chmod -R u+w ws/cache
	check_equal 'an index that cannot be written is as it was' 0 "$(index 'SELECT count(*) FROM judgement')"
fi

# A program without its model: the rest works.
mkdir -p bare/bin bare/data
cp "$sectree_program" bare/bin/sectree
cp "$source_root/data/maintained.tsv" bare/data
run bare/bin/sectree triage --input good
if [ "$status" = 0 ]; then
	skip 'a program without a model' 'one is installed'
else
	check_equal 'without a model records are not judged' 3 "$status"
	check 'it is said what is missing' grep -q 'triage.model: not found' "$work/err"
	try 3 bare/bin/sectree -C ws triage "$range"
	try 0 bare/bin/sectree -C ws log "$range"
	try 0 bare/bin/sectree -C ws show "$commit"
fi

# Training on the index as well.
run sectree -C ws train --input records --labels labels -o with.model
check_equal 'the index is learned from' 0 "$status"
check 'the model says so' sh -c 'head -n 2 with.model | grep -a -q "of these the index"'
git -C "$source" rev-list --all >reserved
run sectree -C ws train --input records --labels labels --without reserved -o without.model
check_equal 'commits can be left out' 0 "$status"
check 'what is left out is not learned from' sh -c 'head -n 2 without.model | grep -a -q "learned from: 400 commits"'

done_testing
