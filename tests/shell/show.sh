#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What is known of advisories, commits and releases.
. "$(dirname "$0")/lib.sh"
sample

source=$sample/linux.git
run sectree init ws --source "$source" --advisories "$sample/vulns.git"
git config -f ws/sectree.conf advisories.list "$sample/extra-advisories.txt"
try 0 sectree -C ws sync

# id LABEL SERIES: of the sample's list.
id()
{
	awk -F '\t' -v label="$1" -v series="$2" '$1 == label && $2 == series { print $3 }' \
		"$sample/labels.tsv"
}

# show NAME: its JSON in $work/out.
show()
{
	try 0 sectree -C ws show "$1" --json
	check_schema show
}

# series NAME EXPRESSION: of one series' answer.
series()
{
	json "[$2 for s in it['series'] if s['series'] == 'linux-$1.y'][0]"
}

# Every record, every series: what is fixed is where the record and git say.
git -C "$sample/vulns.git" ls-tree -r --name-only HEAD cve/published cve/rejected |
	sed -n 's#.*/\(CVE-[0-9-]*\)\.dyad$#\1#p' | sort -u >"$work/names"
check_equal 'releases that records name are those that are shown' '' "$(python3 - \
	"$sectree_program" "$sample/vulns.git" "$source" "$work/names" <<'END'
import json, subprocess, sys
program, vulns, source, names = sys.argv[1:]
git = lambda repo, *args: subprocess.run(["git", "-C", repo, *args], capture_output=True, text=True)
for name in open(names).read().split():
    out = subprocess.run([program, "-C", "ws", "--no-sync", "show", name, "--json"], capture_output=True)
    if out.returncode:
        print(name, out.returncode)
        continue
    page = json.loads(out.stdout)
    for series in page["series"]:
        for fix in series["fixes"]:
            own = fix["commit"]
            body = git(source, "log", "-1", "--format=%B", own).stdout
            if fix["match"] == "upstream id" and fix["named"] not in body:
                print(name, own, "does not name", fix["named"])
            tags = git(source, "tag", "--contains", own, "--sort=version:refname", "--list",
                       series["series"].replace("linux-", "v").replace(".y", ".*")).stdout.split()
            if fix["release"] and tags and fix["release"]["name"] != tags[0]:
                if git(source, "rev-parse", "-q", "--verify", fix["release"]["name"] + "^{commit}").returncode == 0:
                    print(name, own, fix["release"]["name"], tags[0])
        by = series["fixed_by"]
        for pair in page["pairs"]:
            version = pair["fixed"]["version"]
            if by and version and by["release"] and by["release"]["name"] == "v" + version and \
               by["commit"] != pair["fixed"]["commit"]:
                print(name, "fixed by", by["commit"], "and the record says", pair["fixed"]["commit"])
END
)"

# A fix that was reverted is none; one that came back is.
show CVE-2023-60022
check_equal 'reverted in 6.1' affected "$(series 6.1 's["state"]')"
check_equal 'by whom' "$(id revert-nmatch-bound 6.1)" "$(series 6.1 's["fixes"][0]["reverted_by"]')"
check_equal 'fixed in 5.10' fixed "$(series 5.10 's["state"]')"
check_equal 'there by' "$(id nmatch-bound 5.10)" "$(series 5.10 's["fixed_by"]["commit"]')"
check_equal 'before 6.6 starts' '["fixed", true]' "$(series 6.6 '[s["state"], s["fixed_at_start"]]')"
show CVE-2023-60025
check_equal 'reverted and made again' "$(id reapply-timerq-cancel 6.1)" \
	"$(series 6.1 's["fixed_by"]["commit"]')"
show CVE-2024-50047
check_equal 'a fix that the series lack' '["affected", null]' \
	"$(series 6.1 '[s["state"], s["fixed_by"]]')"
show CVE-2024-50048
check_equal 'unreleased' '["fixed", null]' "$(series 6.1 '[s["state"], s["fixed_by"]["release"]]')"

# The short name, and a beginning.
show 2024-50048
check_equal 'without CVE-' CVE-2024-50048 "$(json 'it["name"]')"
show cve-2023-60022
try 3 sectree -C ws show CVE-2024-5
check 'several begin so' grep -q 'more than one advisory begins so: CVE-2024-50' "$work/err"
try 3 sectree -C ws show CVE-1999-0001
check 'none has that name' grep -q 'CVE-1999-0001: no advisory' "$work/err"

# Rejected, from a list, from a message.
show CVE-2023-60051
check_equal 'rejected' '["rejected", []]' "$(json '[it["state"], it["series"]]')"
try 0 sectree -C ws show CVE-2023-60051
check 'it says so' grep -q '^rejected' "$work/out"
show CVE-2022-70001
check_equal 'from a list: fixed in 5.10' "$(id pipebuf-flags 5.10)" \
	"$(series 5.10 's["fixed_by"]["commit"]')"
message=$(git -C "$source" log -1 --format=%B "$(id keyring-ref 6.1)" | grep -o 'CVE-[0-9-]*' | head -n 1)
show "$message"
check_equal 'named in a message' true "$(json 'all(o["origin"] == "message" for o in it["origins"])')"
check_equal 'and found where it stands' "$(id keyring-ref 6.1)" \
	"$(series 6.1 's["fixed_by"]["commit"]')"

# A commit by its own id, its upstream commit's, and the beginnings of them.
show "$(id nmatch-bound 6.1)"
check_equal 'its release' v6.1.2 "$(json 'it["series"][0]["release"]["name"]')"
check_equal 'its subject' "$(git -C "$source" log -1 --format=%s "$(id nmatch-bound 6.1)")" \
	"$(json 'it["subject"]')"
check_equal 'its dates' "$(git -C "$source" log -1 --format=%at,%ct "$(id nmatch-bound 6.1)")" \
	"$(json '",".join(str(int(__import__("datetime").datetime.fromisoformat(
		it[k].replace("Z", "+00:00")).timestamp())) for k in ("authored", "committed"))')"
check_equal 'its upstream commit' "$(id nmatch-bound mainline)" "$(json 'it["upstream"][0]')"
check_equal 'the same in 5.10' true \
	"$(json "'$(id nmatch-bound 5.10)' in [s['commit'] for s in it['same']]")"
check_equal 'who reverts it' "$(id revert-nmatch-bound 6.1)" \
	"$(json '[s["commits"][0]["commit"] for s in it["said"] if s["kind"] == "reverts"][0]')"
check_equal 'its advisory' CVE-2023-60022 "$(json 'it["advisories"][0]["advisory"]')"
show "$(id nmatch-bound mainline | cut -c 1-10)"
check_equal 'mainline, by a beginning: its backports' true \
	"$(json "{'$(id nmatch-bound 5.10)', '$(id nmatch-bound 6.1)'} <= {s['commit'] for s in it['same']}")"
show "$(id mset-walk-leak 6.1)"
check_equal 'what it fixes, here' true \
	"$(json "'$(id uaf-mset-walk 6.1)' in [c['commit'] for s in it['says'] if s['kind'] == 'fixes' for c in s['commits']]")"
show "$(id uaf-mset-walk 6.1)"
check_equal 'who fixes it later' true \
	"$(json "'$(id mset-walk-leak 6.1)' in [s['commits'][0]['commit'] for s in it['said'] if s['kind'] == 'fixes']")"
show "$(id smallfs-race 6.1)"
check_equal 'what depends on it' true \
	"$(json "'$(id smallfs-readlock 6.1)' in [s['commits'][0]['commit'] for s in it['said'] if s['kind'] == 'stable-dep-of' or s['kind'] == 'dependency-of']")"
show "$(id revert-pktq-purge-lock 6.1)"
check_equal 'a revert by subject is weak' subject \
	"$(json '[c["match"] for s in it["says"] if s["kind"] == "reverts" for c in s["commits"]][0]')"

# An id that only messages name.
foreign=$(git -C "$source" log --format=%B --all | sed -n 's/^commit \([0-9a-f]\{40\}\) upstream\.$/\1/p' |
	while read -r commit; do
		git -C "$source" cat-file -e "$commit" 2>/dev/null || echo "$commit"
	done | head -n 1)
if [ -n "$foreign" ]; then
	show "$foreign"
	check_equal 'it is not known' false "$(json 'it["known"]')"
else
	skip 'an id that only messages name' 'the sample has none'
fi

# Names.
show linux-6.1.y
check_equal 'a branch is its tip' "$(git -C "$source" rev-parse linux-6.1.y)" "$(json 'it["commit"]')"
show v6.1.2^
show 6.1.2
check_equal 'a release without v' v6.1.2 "$(json 'it["release"]["name"]')"
check_equal 'its commits' "$(git -C "$source" rev-list --count v6.1.1..v6.1.2)" \
	"$(json 'it["counts"]["commits"]')"
show v6.2
check_equal 'a mainline release' null "$(json 'it["series"]')"
try 3 sectree -C ws show v6.1.
check 'several releases begin so' grep -q 'v6.1.2' "$work/err"
try 3 sectree -C ws show 0000000000
check 'an unknown id is named' grep -q "'0000000000'" "$work/err"
git -C "$source" rev-list --all | cut -c 1-4 | sort | uniq -d >"$work/twice"
if [ -s "$work/twice" ]; then
	try 3 sectree -C ws show "$(head -n 1 "$work/twice")"
	check 'candidates are listed' grep -q 'several commits begin so' "$work/err"
else
	skip 'an ambiguous id' 'the sample has none of four digits'
fi

done_testing
