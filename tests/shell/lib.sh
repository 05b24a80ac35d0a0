# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For tests that run the program. A test is one file, tests/shell/NAME.sh:
#
#	. "$(dirname "$0")/lib.sh"
#	try 0 sectree version		# runs; result in $work/out, $work/err
#	check 'it names itself' grep -q '^sectree ' "$work/out"
#	done_testing
#
# The test runs in an empty directory, $work/dir, that is removed at the end,
# with a fixed environment. It prints TAP. By hand: meson test -C build NAME,
# or SECTREE=build/src/sectree sh tests/shell/NAME.sh.
set -u

source_root=$(cd "$(dirname "$0")/../.." && pwd)
build_root=$(cd "${SECTREE_BUILD:-$source_root/build}" && pwd)
sectree_program=${SECTREE:-$build_root/src/sectree}
case $sectree_program in
/*) ;;
*) sectree_program=$PWD/$sectree_program ;;
esac

work=$(mktemp -d "${TMPDIR:-/tmp}/sectree-test.XXXXXX") || exit 99
trap 'chmod -R u+w "$work" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 99' INT TERM HUP

# The system's programs: a user's wrappers around python3 cost more than most tests.
PATH=/usr/bin:/bin:$PATH

# Nothing of the user's, no locale, one time zone, one clock for commits.
for variable in $(env | sed -n 's/^\(GIT_[A-Z_0-9]*\|SECTREE_PAGER\|LC_[A-Z]*\)=.*/\1/p'); do
	unset "$variable"
done
unset LANG LANGUAGE PAGER LESS COLUMNS NO_COLOR XDG_CONFIG_HOME
export HOME="$work/home" LC_ALL=C.UTF-8 TZ=UTC TERM=xterm
# Both git and libgit2 read this one; sources may belong to another user.
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL="$HOME/.gitconfig"
export GIT_AUTHOR_NAME='A Tester' GIT_AUTHOR_EMAIL=tester@example.org
export GIT_COMMITTER_NAME='A Tester' GIT_COMMITTER_EMAIL=tester@example.org
export GIT_AUTHOR_DATE='1700000000 +0000' GIT_COMMITTER_DATE='1700000000 +0000'
mkdir "$work/home" "$work/dir"
cat >"$GIT_CONFIG_GLOBAL" <<END
[safe]
	directory = *
[init]
	defaultBranch = master
[gc]
	auto = 0
[advice]
	detachedHead = false
END
cd "$work/dir" || exit 99

tests_run=0
tests_failed=0

ok()
{
	tests_run=$((tests_run + 1))
	echo "ok $tests_run - $1"
}

# Says what the last `try` printed, too.
not_ok()
{
	tests_run=$((tests_run + 1))
	tests_failed=$((tests_failed + 1))
	echo "not ok $tests_run - $1"
	for stream in out err; do
		[ -s "$work/$stream" ] && head -n 20 "$work/$stream" | tr '\000\033' '@^' |
			sed "s/^/# $stream: /"
	done
	return 0
}

# check TITLE COMMAND...: passes where the command succeeds.
check()
{
	title=$1
	shift
	if "$@"; then ok "$title"; else not_ok "$title"; fi
}

# check_not TITLE COMMAND...: passes where the command fails.
check_not()
{
	title=$1
	shift
	if "$@"; then not_ok "$title"; else ok "$title"; fi
}

# check_equal TITLE WANTED GOT
check_equal()
{
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1"
		printf '%s\n' "wanted: $2" "got: $3" | sed 's/^/# /'
	fi
}

# skip TITLE REASON: seen in the summary.
skip()
{
	tests_run=$((tests_run + 1))
	echo "ok $tests_run - $1 # SKIP $2"
}

# skip_all REASON: where nothing of the file can run; before the first check.
skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

sectree()
{
	"$sectree_program" "$@"
}

# Runs and leaves $status, $work/out, $work/err; no check of its own.
run()
{
	"$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
}

# try STATUS COMMAND...: runs, and checks the exit status.
try()
{
	wanted=$1
	shift
	run "$@"
	check_equal "exit $wanted: $(printf '%s ' "$@" | tr '#\n' '  ' | cut -c 1-100)" "$wanted" "$status"
}

# The command on a terminal of 80 columns; what the terminal shows is in $work/out.
on_terminal()
{
	# `script` gives its arguments to a shell.
	quoted=$(printf "'%s' " "$@")
	COLUMNS=${COLUMNS:-80} script -q -e -c "$quoted" "$work/typescript" \
		>"$work/out" 2>"$work/err" </dev/null
	status=$?
	tr -d '\r' <"$work/out" >"$work/out.new" && mv "$work/out.new" "$work/out"
}

# json FILTER: of $work/out, by a Python expression over `it`.
json()
{
	python3 -c 'import json, sys
it = json.load(open(sys.argv[1], encoding="utf-8"))
value = eval(sys.argv[2])
print(value if isinstance(value, str) else json.dumps(value))' "$work/out" "$1"
}

is_json()
{
	python3 -m json.tool "$work/out" >/dev/null
}

# check_schema NAME: that $work/out has the shape of docs/NAME.schema.json.
check_schema()
{
	"$source_root/tests/json-schema" "$source_root/docs/$1.schema.json" "$work/out" \
		2>"$work/schema.log"
	case $? in
	0) ok "it has the shape of $1.schema.json" ;;
	77) skip "it has the shape of $1.schema.json" 'python3-jsonschema is not installed' ;;
	*)
		not_ok "it has the shape of $1.schema.json"
		sed 's/^/# /' "$work/schema.log"
		;;
	esac
}

# sample_copy DIR [LATE]...: a copy of the sample that may be changed, with late
# events of tests/sample/late/ in it.
sample_copy()
{
	copy=$1
	shift
	cp -R "$sample" "$copy"
	for late in "$@"; do
		"$source_root/tests/sample/make-sample" "$copy" --late "$late" || exit 99
	done
}

# sample: sets $sample to the bundled sample's directory, made once for a build
# and never changed. A test that changes its source copies it first.
sample()
{
	generator=$source_root/tests/sample/make-sample
	[ -f "$generator" ] || skip_all 'tests/sample/make-sample is not there'
	command -v python3 >/dev/null || skip_all 'python3 is not installed'
	key=$(cd "$source_root/tests/sample" && find . -type f ! -name '*.pyc' | sort |
		xargs sha256sum | sha256sum | cut -c 1-16)
	sample=$build_root/tests/sample-$key
	mkdir -p "$build_root/tests"
	# Several tests start at once: the first makes it, the others wait.
	(
		flock 9
		[ -d "$sample" ] && exit 0
		rm -rf "$sample.new"
		"$generator" "$sample.new" >"$work/sample.log" 2>&1 && mv "$sample.new" "$sample"
	) 9>"$sample.lock" || {
		sed 's/^/# /' "$work/sample.log"
		echo 'Bail out! the sample cannot be made'
		exit 99
	}
}

done_testing()
{
	echo "1..$tests_run"
	[ "$tests_failed" -eq 0 ] || exit 1
	exit 0
}
