# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# For tests of branches; after lib.sh.

# new_source NAME: the sample, copied to $work/NAME, to be changed.
new_source()
{
	cp -r "$sample" "$work/$1"
}

# late NAME EVENT...: the late events happen to the sample at $work/NAME.
late()
{
	where=$work/$1
	shift
	for event in "$@"; do
		"$generator" "$where" --late "$event" >"$work/late.log" 2>&1 ||
			not_ok "the late event $event"
	done
}

# new_workspace NAME SOURCE: a workspace at $work/NAME on the sample at $work/SOURCE.
new_workspace()
{
	sectree init "$work/$1" --source "$work/$2/linux.git" --advisories "$work/$2/vulns.git" \
		>/dev/null 2>"$work/err" && sectree -C "$work/$1" sync -q >/dev/null 2>"$work/err"
	[ $? -lt 2 ] || not_ok "a workspace on $2"
}

# tree_git WORKSPACE ARGUMENT...
tree_git()
{
	directory=$work/$1/tree.git
	shift
	git -C "$directory" "$@"
}

# verdict WORKSPACE KIND COMMIT [BASE]: into the ledger, committed.
verdict()
{
	mkdir -p "$work/$1/ledger/verdicts"
	{
		[ -s "$work/$1/ledger/verdicts/$3" ] && echo
		echo "verdict: $2"
		[ -n "${4-}" ] && echo "base: $4"
		echo 'person: A Tester <tester@example.org>'
		echo 'date: 2024-07-01'
		echo 'reason: it breaks the boot of board 7'
	} >>"$work/$1/ledger/verdicts/$3"
	git -C "$work/$1/ledger" add -A
	git -C "$work/$1/ledger" commit -qm "$2"
}

# accept_all WORKSPACE BASE: accepts every known regression of what was built.
accept_all()
{
	for commit in $(stanzas_built "$1" "$2" | sed -n 's/^regression \([0-9a-f]*\) .*/\1/p' | sort -u); do
		verdict "$1" accept-regression "$commit"
	done
}

# The stanzas of a base: those published, and those built.
stanzas_published()
{
	cat "$work/$1/ledger/journal/$2" 2>/dev/null
}

stanzas_built()
{
	tree_git "$1" for-each-ref --format='%(objectname)' "refs/sectree/stanzas/$2-security.*" |
		while read -r blob; do
			tree_git "$1" cat-file blob "$blob"
		done
}

# set_of WORKSPACE BASE: the stable ids that the base's states add up to.
set_of()
{
	{
		stanzas_published "$1" "$2"
		stanzas_built "$1" "$2"
	} | awk '$1 == "add" { is_in[$2] = 1 }
		$1 == "withdraw" || $1 == "with" { delete is_in[$2] }
		END { for (id in is_in) print id }' | sort
}

# label_id SOURCE X.Y LABEL: the stable id of a commit of the sample.
label_id()
{
	awk -v series="$2" -v label="$3" '$1 == label && $2 == series { print $3; exit }' \
		"$work/$1/labels.tsv"
}

# cherry_pick_set WORKSPACE SOURCE BASE TIP: what picking a set (ids on standard
# input) in the series' order onto the base gives, in the work tree $work/picked.
cherry_pick_set()
{
	cat >"$work/set"
	rm -rf "$work/picked"
	git init -q "$work/picked"
	{
		echo "$work/$2/linux.git/objects"
		echo "$work/$1/tree.git/objects"
	} >"$work/picked/.git/objects/info/alternates"
	base_id=$(git -C "$work/$2/linux.git" rev-parse "$3^{commit}")
	git -C "$work/picked" checkout -q --detach "$base_id" || return 1
	git -C "$work/$2/linux.git" rev-list --reverse --topo-order "$4" "^$base_id" |
		grep -F -x -f "$work/set" >"$work/ordered"
	[ "$(wc -l <"$work/set")" = "$(wc -l <"$work/ordered")" ] || return 1
	while read -r commit; do
		git -C "$work/picked" cherry-pick --allow-empty --keep-redundant-commits \
			"$commit" >"$work/pick.log" 2>&1 </dev/null || return 1
		git -C "$work/picked" rev-parse "$commit^0" HEAD^{tree} | paste -s -d ' '
	done <"$work/ordered"
}

# without_version GIT-DIRECTORY REVISION: the tree, as if EXTRAVERSION were empty.
without_version()
{
	blob=$(git -C "$1" show "$2:Makefile" | sed 's/^EXTRAVERSION.*/EXTRAVERSION =/' |
		git -C "$work/picked" hash-object -w --stdin)
	git -C "$1" ls-tree "$2" | sed "s/[0-9a-f]\{40\}\tMakefile\$/$blob\tMakefile/" |
		git -C "$work/picked" mktree --missing
}

# check_canonical TITLE WORKSPACE SOURCE BASE TIP: the base's branch (or its last state)
# has the tree that git cherry-pick gives for the whole set.
check_canonical()
{
	state=$(tree_git "$2" for-each-ref --sort=-committerdate --sort=-version:refname \
		--format='%(refname)' "refs/sectree/states/$4-security.*" | head -n 1)
	if set_of "$2" "$4" | cherry_pick_set "$2" "$3" "$4" "$5" >"$work/trees"; then
		check_equal "$1" "$(without_version "$work/picked" HEAD)" \
			"$(without_version "$work/$2/tree.git" "$state")"
	else
		cat "$work/pick.log" >"$work/err"
		not_ok "$1: git cherry-pick takes the whole set"
	fi
}

# check_fsck TITLE WORKSPACE
check_fsck()
{
	run tree_git "$2" fsck --strict --no-dangling --no-progress
	check_equal "$1: git fsck is content" "0 0" "$status $(cat "$work/out" "$work/err" | wc -l)"
}

# is_ancestor WORKSPACE OLD NEW
is_ancestor()
{
	tree_git "$1" merge-base --is-ancestor "$2" "$3"
}

# published BASE...: the workspace `published` on the sample `source`, with these bases.
# The current directory is $work from then on.
published()
{
	new_source source
	new_workspace published source
	cd "$work" || exit 99
	run sectree -C published build "$@" -q
	for base in "$@"; do
		accept_all published "$base"
		try 0 sectree -C published publish "$base" --local
	done
}

# start NAME EVENT...: a copy of `source` and `published`, in which the events happen.
start()
{
	name=$1
	shift
	cp -r source "source-$name"
	cp -r published "$name"
	sed -i "s|$work/source/|$work/source-$name/|" "$name/sectree.conf"
	late "source-$name" "$@"
}

# rebuild NAME BASE [skip]: builds, publishes if there is something; checks the rules of a branch.
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
	[ "${3-}" = skip ] || check_canonical "$1: $2 is canonical" "$1" "source-$1" "$2" "$tip"
	check_fsck "$1: $2" "$1"
	run sectree -C "$1" build "$2" -q
	check "$1: $2 is up to date then" grep -q 'up to date' "$work/out"
}

# Of what was built last: the states, and the stable ids that they add.
state()
{
	sed -n 's/^state //p' "$work/new" | paste -s -d ' '
}

added()
{
	sed -n 's/^add \([0-9a-f]*\) .*/\1/p' "$work/new" | paste -s -d ' '
}

# id NAME X.Y LABEL
id()
{
	label_id "source-$1" "$2" "$3"
}
