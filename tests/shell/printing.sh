#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Text, --json, -z, colours, pager, and outputs that cannot be written.
. "$(dirname "$0")/lib.sh"

escape=$(printf '\033')

try 0 sectree version --json
check 'JSON is one object' is_json
check_equal 'it names its format first' '"format"' "$(json 'json.dumps(list(it)[0])')"
check_equal 'format is 1' 1 "$(json 'it["format"]')"
check_equal 'text and JSON say the same' \
	"$(sectree version | head -n 1)" "sectree $(json 'it["version"]')"
try 0 sectree --json help
check_equal 'records of a list' '"help"' \
	"$(json 'json.dumps([c["name"] for c in it["commands"] if c["name"] == "help"][0])')"
try 0 sectree help help --json
check_equal 'lists are lists' '"list"' "$(json 'json.dumps(type(it["command"]["options"]).__name__)')"
try 0 sectree --color=always version --json
check_equal 'no colours in JSON' '' "$(grep "$escape" "$work/out")"

try 0 sectree version -z
check_equal '-z ends each record with NUL' 4 "$(tr -cd '\000' <"$work/out" | wc -c | tr -d ' ')"
check_equal '-z has no newline' 0 "$(tr -cd '\n' <"$work/out" | wc -c | tr -d ' ')"

try 0 sectree help --color=always
check 'colours where they are asked for' grep -q "$escape\\[1m" "$work/out"
try 0 sectree help
check_equal 'no colours in a pipe' '' "$(grep "$escape" "$work/out")"

if [ -w /dev/full ]; then
	sectree version >/dev/full 2>"$work/err"
	check_equal 'a full disk is exit 3' 3 $?
	check 'and said' grep -q 'sectree: standard output: .*[Nn]o space' "$work/err"
	sectree help --json >/dev/full 2>"$work/err"
	check_equal 'a full disk is exit 3 with --json' 3 $?
else
	skip 'a full disk is exit 3' 'there is no /dev/full'
fi
(
	trap '' PIPE
	{
		sectree help 2>"$work/err"
		echo $? >"$work/status"
	} | true
)
check_equal 'a reader that is gone is no error' 0 "$(cat "$work/status")"
check 'and nothing is said of it' test ! -s "$work/err"
(exec >&- && sectree version) 2>"$work/err"
check_equal 'a closed standard output is like /dev/null' 0 $?

if ! command -v script >/dev/null; then
	skip 'on a terminal' 'script is not installed'
	done_testing
fi

cat >"$work/pager" <<'END'
#!/bin/sh
echo "paged by $0, LESS=$LESS"
cat
END
chmod +x "$work/pager"
cp "$work/pager" "$work/pager-of-git"

if ! script -q -e -c true "$work/typescript" >/dev/null 2>&1 </dev/null; then
	skip 'what a terminal shows' 'there are no pseudo-terminals (or no script) here'
	done_testing
fi

PAGER='cat' on_terminal "$sectree_program" help
check 'colours on a terminal' grep -q "$escape\\[1m" "$work/out"
check_equal 'PAGER=cat is no pager' '' "$(grep paged "$work/out")"
PAGER='cat' NO_COLOR=1 on_terminal "$sectree_program" help
check_equal 'NO_COLOR is heeded' '' "$(grep "$escape" "$work/out")"
PAGER='cat' TERM=dumb on_terminal "$sectree_program" help
check_equal 'TERM=dumb has no colours' '' "$(grep "$escape" "$work/out")"

PAGER=$work/pager on_terminal "$sectree_program" help
check 'PAGER is started, LESS is set' grep -q 'paged by .*/pager, LESS=FRX' "$work/out"
check 'what is paged is there' grep -q -- --no-pager "$work/out"
check 'what is paged is coloured' grep -q "$escape\\[1m" "$work/out"
LESS=-S PAGER=$work/pager on_terminal "$sectree_program" help
check 'LESS stays as the user set it' grep -q 'LESS=-S' "$work/out"
PAGER=$work/pager GIT_PAGER=$work/pager-of-git on_terminal "$sectree_program" help
check 'GIT_PAGER goes before PAGER' grep -q 'paged by .*/pager-of-git' "$work/out"
git config --global core.pager "$work/pager-of-git --"
PAGER=$work/pager on_terminal "$sectree_program" help
check 'core.pager goes before PAGER' grep -q 'paged by .*/pager-of-git' "$work/out"
SECTREE_PAGER=$work/pager on_terminal "$sectree_program" help
check 'SECTREE_PAGER goes before all' grep -q 'paged by .*/pager,' "$work/out"
git config --global --unset core.pager
PAGER=$work/pager on_terminal "$sectree_program" help --no-pager
check_equal '--no-pager' '' "$(grep paged "$work/out")"
PAGER=$work/pager on_terminal "$sectree_program" help -z
check_equal '-z starts no pager' '' "$(grep -a paged "$work/out")"
PAGER=$work/pager on_terminal "$sectree_program" version
check_equal 'what is short is not paged' '' "$(grep paged "$work/out")"

for pager in false "sh -c 'exit 3'" /nonexistent/pager; do
	SECTREE_PAGER=$pager on_terminal "$sectree_program" help
	check_equal "a pager that dies is no error: $pager" 0 "$status"
	check_equal "and nothing is said of it: $pager" '' "$(grep '^sectree:' "$work/out")"
done
check 'without its pager it prints itself' grep -q -- --no-pager "$work/out"
done_testing
