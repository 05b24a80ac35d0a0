#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Options, help and what is said when the command line is wrong.
. "$(dirname "$0")/lib.sh"

try 0 sectree help
check 'help lists commands' grep -q '^  version ' "$work/out"
check 'help lists the global options' grep -q -- '--no-pager' "$work/out"
check_not 'help says nothing on standard error' test -s "$work/err"
cp "$work/out" "$work/overview"
for form in --help -h; do
	try 0 sectree "$form"
	check "$form shows the same as help" cmp -s "$work/out" "$work/overview"
done

try 0 sectree help version
cp "$work/out" "$work/of-version"
check 'help COMMAND begins with its usage' grep -q '^usage: sectree version$' "$work/out"
for form in 'version --help' 'version -h' '--help version' '-h version'; do
	# shellcheck disable=SC2086
	try 0 sectree $form
	check "$form shows the same" cmp -s "$work/out" "$work/of-version"
done
check_equal 'no line of help is wider than a terminal' '' "$(grep -E '.{81}' "$work/overview")"

try 0 sectree --version
check 'the version is a line of its own' grep -Eqx 'sectree [0-9]+\.[0-9]+\.[0-9]+' "$work/out"
cp "$work/out" "$work/version"
try 0 sectree version
check 'version and --version agree' cmp -s "$work/out" "$work/version"
try 0 sectree --ver
check 'long options may be cut short' cmp -s "$work/out" "$work/version"

try 2 sectree
check 'no command: standard output stays empty' test ! -s "$work/out"
check 'no command: says where to look' grep -q 'sectree help' "$work/err"
try 2 sectree hlep
check 'an unknown command: names that are near' grep -q "'hlep'.*near to it: help" "$work/err"
try 2 sectree vers
check 'an unknown command: what begins so is near' grep -q 'near to it: version' "$work/err"
try 2 sectree qqqqqq
check_not 'an unknown command: nothing near, nothing suggested' grep -q near "$work/err"
try 2 sectree help qqqqqq
try 2 sectree --frobnicate help
check 'an unknown option is named' grep -q -- 'unknown option --frobnicate' "$work/err"
try 2 sectree version --frobnicate
check 'and the help of its command' grep -q "see 'sectree help version'" "$work/err"
try 2 sectree version -x
check 'an unknown short option is named' grep -q 'unknown option -x' "$work/err"
try 2 sectree --no- version
check 'an ambiguous option: the candidates' grep -q -- '--no-pager, --no-sync' "$work/err"
try 2 sectree version --json=yes
check 'a flag with a value' grep -q -- '--json takes no value' "$work/err"
try 2 sectree version --color
check 'a value that is missing' grep -q -- '--color needs a value' "$work/err"
try 2 sectree version --color=mauve
check 'a word that is none of the choices' grep -q 'auto, always, never.*mauve' "$work/err"
try 2 sectree version operand
check 'an operand too many: usage' grep -q 'usage: sectree version' "$work/err"
try 2 sectree help one two
try 2 sectree version --json -z
try 2 sectree help --completion fish
try 2 sectree "$(printf 'x\033[31m')"
check_equal 'an operand cannot command the terminal' '' "$(grep "$(printf '\033')" "$work/err")"

try 0 sectree --color never version
try 0 sectree version --color never
try 0 sectree -q -C /nonexistent version
try 0 sectree -qC/nonexistent version
try 0 sectree version -- 
try 2 sectree version -- --json
check 'after -- nothing is an option' grep -q operand "$work/err"
try 0 sectree help -- version

try 0 sectree help --completion bash
if command -v bash >/dev/null; then
	cat >"$work/complete" <<'END'
. "$1"
complete_words()
{
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	COMPREPLY=()
	_sectree
	echo "${COMPREPLY[*]}"
}
complete_words sectree ver
complete_words sectree help --man
complete_words sectree version --no-p
complete_words sectree --color a
complete_words sectree -C some/where ver
END
	check_equal 'completion completes' \
		'version|--manual|--no-pager|auto always|version|' \
		"$(bash "$work/complete" "$work/out" | tr '\n' '|')"
else
	skip 'completion completes' 'bash is not installed'
fi

try 0 sectree help --manual
if command -v scdoc >/dev/null; then
	scdoc <"$work/out" >"$work/sectree.1" 2>"$work/err"
	check_equal 'scdoc accepts the manual' 0 $?
	check 'the manual has each command' grep -q 'sectree version' "$work/sectree.1"
else
	skip 'scdoc accepts the manual' 'scdoc is not installed'
fi
done_testing
