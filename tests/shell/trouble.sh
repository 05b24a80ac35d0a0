#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Damaged and newer indexes, missing objects, full disks, two runs at once, runs that die.
. "$(dirname "$0")/lib.sh"
sample

source=$sample/linux.git
index=ws/cache/index.sqlite
run sectree init ws --source "$source" --advisories "$sample/vulns.git"
try 0 sectree -C ws sync
run sectree -C ws --no-sync log linux-6.1.y --json
cp "$work/out" "$work/whole.json"

# is_whole TITLE: the index says what it said.
is_whole()
{
	run sectree -C ws log linux-6.1.y --json
	check "$1" cmp -s "$work/out" "$work/whole.json"
}

# The index is derived.
rm -rf ws/cache
is_whole 'the whole of cache/ may go'
printf 'no database at all, and long enough to be looked at twice' >$index
rm -f $index-*
is_whole 'what is no database is made anew'
if command -v sqlite3 >/dev/null; then
	sqlite3 $index 'PRAGMA user_version = 1' >/dev/null
	is_whole 'an older layout is made anew'
	sqlite3 $index 'PRAGMA user_version = 9999' >/dev/null
	try 3 sectree -C ws status
	check 'a newer one is refused, and why' grep -q 'made by a newer sectree' "$work/err"
	check_equal 'and left alone' 9999 "$(sqlite3 $index 'PRAGMA user_version')"
	rm -f $index*
else
	skip 'layouts of other versions' 'sqlite3 is not installed'
fi
is_whole 'without an index'
# Damage behind the first page.
python3 - $index <<'END'
import sys
with open(sys.argv[1], "r+b") as file:
    file.seek(8192)
    file.write(b"\xa5" * 65536)
END
run sectree -C ws status
# shellcheck disable=SC2016 # the inner shell expands it
check 'damage within is named, and what to do' \
	sh -c '[ "$1" -ne 3 ] || grep -q "index.sqlite: damaged; delete it" "$2"' sh "$status" "$work/err"
rm -f $index*
is_whole 'after which it is made anew'

# A commit that is missing.
cp -R "$source" broken.git
git -C broken.git repack -q -a -d
for pack in broken.git/objects/pack/*.pack; do
	mv "$pack" "$work/pack"
	rm -f "${pack%.pack}".*
	git -C broken.git unpack-objects -q <"$work/pack"
done
lost=$(git -C broken.git rev-parse linux-6.1.y~3)
rm -f "broken.git/objects/$(echo "$lost" | cut -c 1-2)/$(echo "$lost" | cut -c 3-)"
run sectree init broken --source broken.git
try 3 sectree -C broken sync
check 'a missing commit is named' grep -q "$lost" "$work/err"
try 3 sectree -C broken --no-sync status
check 'and nothing was read' grep -q 'nothing was read yet' "$work/err"
cp -R "$sample" changing
run sectree init later --source changing/linux.git
try 0 sectree -C later sync
git -C changing/linux.git branch -f linux-6.6.y v6.6.3
rm -rf changing/linux.git/objects/pack
try 3 sectree -C later sync
run sectree -C later --no-sync log linux-6.6.y --json
check_equal 'an index that was there stays as it was' \
	"$(git -C "$source" rev-list --count v6.6..linux-6.6.y)" "$(json 'len(it["commits"])')"

# No series.
git init -q --bare empty.git
run sectree init none --source empty.git
try 3 sectree -C none sync
check 'no series: what was looked for' grep -q 'has no series: no branch linux-X.Y.y' "$work/err"

# Two runs at once: the lock is flock's.
exec 8>>ws/cache/lock
flock 8
printf 'process 4711' >ws/cache/lock
sectree -C ws sync >"$work/second" 2>&1 &
second=$!
sleep 2
check 'a second run waits' kill -0 $second
try 0 sectree -C ws status
check 'one that only reads does not' grep -q linux-6.1.y "$work/out"
flock -u 8
wait $second
check_equal 'and goes on when the first has ended' 0 $?
rm -rf ws/cache
for run in 1 2 3; do
	sectree -C ws sync >"$work/run-$run" 2>&1 &
done
wait
is_whole 'three cold runs at once'

# Killed in the middle: nothing, or all.
for delay in 0.01 0.03 0.06 0.1; do
	rm -rf ws/cache
	"$sectree_program" -C ws sync >/dev/null 2>&1 &
	sleep $delay
	kill -9 $! 2>/dev/null
	wait $! 2>/dev/null
	is_whole "a run that was killed after $delay s"
done
rm -rf ws/cache

# A file system that is full, and one that is read-only.
mkdir small
if mount -t tmpfs -o size=4m none small 2>/dev/null; then
	try 0 sectree init small/ws --source "$source" --advisories "$sample/vulns.git"
	# All but some pages.
	cat /dev/zero >small/filler 2>/dev/null
	truncate -s -64K small/filler
	try 3 sectree -C small/ws sync
	check 'a full disk is named' grep -q 'disk is full\|No space left' "$work/err"
	rm small/filler
	try 0 sectree -C small/ws sync
	cp small/ws/cache/index.sqlite index-before
	cat /dev/zero >small/filler 2>/dev/null
	try 3 sectree -C small/ws plan v6.1 --summary
	check 'a disk that is full to the last page is named' grep -q 'disk is full' "$work/err"
	check 'and the index stays as it was' cmp -s small/ws/cache/index.sqlite index-before
	rm small/filler
	run sectree -C small/ws plan v6.1 --summary
	check 'so that nothing is read again' test ! -s "$work/err"
	umount small
else
	skip 'a full disk' 'nothing can be mounted here'
fi
is_whole 'again'
sectree -C ws sync >/dev/null 2>&1
mkdir readonly
if mount --bind ws readonly 2>/dev/null && mount -o remount,bind,ro readonly 2>/dev/null; then
	run sectree -C readonly log linux-6.1.y --json
	check 'a read-only workspace can be read' cmp -s "$work/out" "$work/whole.json"
	try 3 sectree -C readonly sync
	check 'and not be synced, and why' grep -q 'cannot be written' "$work/err"
	git config -f ws/sectree.conf series.linux-6.1.y.support stable
	try 0 sectree -C readonly status
	check 'one that is behind is read with a note' grep -q 'is behind its sources' "$work/err"
	umount readonly
else
	umount readonly 2>/dev/null
	skip 'a read-only workspace' 'nothing can be mounted here'
fi

done_testing
