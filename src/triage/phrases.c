/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/phrases.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

#define BUCKETS 1024

static const char *const mark_names[MARK_KINDS - CLASS_KINDS] = {
	[MARK_REPORTER_FUZZER - CLASS_KINDS] = "found by a fuzzer",
	[MARK_SANITIZER - CLASS_KINDS] = "seen by a sanitizer",
	[MARK_ATTACK - CLASS_KINDS] = "speaks of attacks",
	[MARK_UNTRUSTED - CLASS_KINDS] = "untrusted input",
	[MARK_RACE_WORDS - CLASS_KINDS] = "concurrency",
	[MARK_BUILD - CLASS_KINDS] = "about building",
	[MARK_PROSE - CLASS_KINDS] = "cleans up or documents",
	[MARK_SPEED - CLASS_KINDS] = "about speed",
	[MARK_HARDWARE - CLASS_KINDS] = "about hardware",
	[MARK_ERROR_PATH - CLASS_KINDS] = "error path",
	[MARK_TEARDOWN - CLASS_KINDS] = "tears down",
};

/*
 * messages join by hyphens are several tokens, what they join by underscores is one.
 */
static const struct {
	unsigned char mark;
	const char *phrase;
} table[] = {
	{ CLASS_USE_AFTER_FREE, "use after free" },
	{ CLASS_USE_AFTER_FREE, "use after release" },
	{ CLASS_USE_AFTER_FREE, "used after free*" },
	{ CLASS_USE_AFTER_FREE, "access after free*" },
	{ CLASS_USE_AFTER_FREE, "uaf" },
	{ CLASS_USE_AFTER_FREE, "freed memory" },
	{ CLASS_USE_AFTER_FREE, "freed object" },
	{ CLASS_USE_AFTER_FREE, "already freed" },
	{ CLASS_USE_AFTER_FREE, "already been freed" },
	{ CLASS_USE_AFTER_FREE, "dangling" },
	{ CLASS_USE_AFTER_FREE, "stale pointer*" },
	{ CLASS_OUT_OF_BOUNDS_WRITE, "out of bounds write*" },
	{ CLASS_OUT_OF_BOUNDS_WRITE, "out of bound write*" },
	{ CLASS_OUT_OF_BOUNDS_WRITE, "oob write*" },
	{ CLASS_OUT_OF_BOUNDS_WRITE, "buffer overflow*" },
	{ CLASS_OUT_OF_BOUNDS_WRITE, "stack overflow*" },
	{ CLASS_OUT_OF_BOUNDS_WRITE, "heap overflow*" },
	{ CLASS_OUT_OF_BOUNDS_WRITE, "write* past" },
	{ CLASS_OUT_OF_BOUNDS_WRITE, "write* beyond" },
	{ CLASS_OUT_OF_BOUNDS_WRITE, "memory corruption*" },
	{ CLASS_OUT_OF_BOUNDS_WRITE, "corrupt* memory" },
	{ CLASS_OUT_OF_BOUNDS_WRITE, "buffer overrun*" },
	{ CLASS_OUT_OF_BOUNDS_READ, "out of bounds read*" },
	{ CLASS_OUT_OF_BOUNDS_READ, "out of bound read*" },
	{ CLASS_OUT_OF_BOUNDS_READ, "oob read*" },
	{ CLASS_OUT_OF_BOUNDS_READ, "over read*" },
	{ CLASS_OUT_OF_BOUNDS_READ, "overread*" },
	{ CLASS_OUT_OF_BOUNDS_READ, "read* past" },
	{ CLASS_OUT_OF_BOUNDS_READ, "read* beyond" },
	{ CLASS_OUT_OF_BOUNDS, "out of bounds" },
	{ CLASS_OUT_OF_BOUNDS, "out of bound" },
	{ CLASS_OUT_OF_BOUNDS, "slab out of" },
	{ CLASS_OUT_OF_BOUNDS, "oob" },
	{ CLASS_OUT_OF_BOUNDS, "beyond the end" },
	{ CLASS_OUT_OF_BOUNDS, "beyond end" },
	{ CLASS_OUT_OF_BOUNDS, "past the end" },
	{ CLASS_OUT_OF_BOUNDS, "past end" },
	{ CLASS_OUT_OF_BOUNDS, "array index*" },
	{ CLASS_OUT_OF_BOUNDS, "out of range" },
	{ CLASS_OUT_OF_BOUNDS, "bounds check*" },
	{ CLASS_OUT_OF_BOUNDS, "sanity check*" },
	{ CLASS_OUT_OF_BOUNDS, "overrun*" },
	{ CLASS_DOUBLE_FREE, "double free*" },
	{ CLASS_DOUBLE_FREE, "double kfree*" },
	{ CLASS_DOUBLE_FREE, "double put*" },
	{ CLASS_DOUBLE_FREE, "double unlock*" },
	{ CLASS_DOUBLE_FREE, "freed twice" },
	{ CLASS_DOUBLE_FREE, "free* again" },
	{ CLASS_DOUBLE_FREE, "invalid free*" },
	{ CLASS_UNINITIALISED, "uninit*" },
	{ CLASS_UNINITIALISED, "uninit value" },
	{ CLASS_UNINITIALISED, "not initiali*" },
	{ CLASS_UNINITIALISED, "un initiali*" },
	{ CLASS_UNINITIALISED, "kmsan" },
	{ CLASS_UNINITIALISED, "garbage" },
	{ CLASS_INFORMATION_LEAK, "info* leak*" },
	{ CLASS_INFORMATION_LEAK, "infoleak*" },
	{ CLASS_INFORMATION_LEAK, "leak* kernel" },
	{ CLASS_INFORMATION_LEAK, "leak* stack" },
	{ CLASS_INFORMATION_LEAK, "leak* heap" },
	{ CLASS_INFORMATION_LEAK, "leak* uninit*" },
	{ CLASS_INFORMATION_LEAK, "leak* to user*" },
	{ CLASS_INFORMATION_LEAK, "disclos*" },
	{ CLASS_INFORMATION_LEAK, "expose* kernel" },
	{ CLASS_INFORMATION_LEAK, "address leak*" },
	{ CLASS_REFERENCE_COUNT, "ref* count*" },
	{ CLASS_REFERENCE_COUNT, "refcount*" },
	{ CLASS_REFERENCE_COUNT, "refcnt*" },
	{ CLASS_REFERENCE_COUNT, "reference leak*" },
	{ CLASS_REFERENCE_COUNT, "leak* reference*" },
	{ CLASS_REFERENCE_COUNT, "drop* reference*" },
	{ CLASS_REFERENCE_COUNT, "extra reference" },
	{ CLASS_RACE, "race" },
	{ CLASS_RACE, "races" },
	{ CLASS_RACE, "racy" },
	{ CLASS_RACE, "racing" },
	{ CLASS_RACE, "data race*" },
	{ CLASS_RACE, "kcsan" },
	{ CLASS_RACE, "toctou" },
	{ CLASS_RACE, "double fetch*" },
	{ CLASS_INTEGER_OVERFLOW, "integer overflow*" },
	{ CLASS_INTEGER_OVERFLOW, "int overflow*" },
	{ CLASS_INTEGER_OVERFLOW, "overflow*" },
	{ CLASS_INTEGER_OVERFLOW, "underflow*" },
	{ CLASS_INTEGER_OVERFLOW, "wrap* around" },
	{ CLASS_INTEGER_OVERFLOW, "wraparound*" },
	{ CLASS_INTEGER_OVERFLOW, "truncat*" },
	{ CLASS_INTEGER_OVERFLOW, "shift out of" },
	{ CLASS_INTEGER_OVERFLOW, "shift exponent" },
	{ CLASS_INTEGER_OVERFLOW, "undefined shift" },
	{ CLASS_TYPE_CONFUSION, "type confusion*" },
	{ CLASS_TYPE_CONFUSION, "wrong type" },
	{ CLASS_NULL_DEREFERENCE, "null ptr*" },
	{ CLASS_NULL_DEREFERENCE, "null pointer*" },
	{ CLASS_NULL_DEREFERENCE, "null deref*" },
	{ CLASS_NULL_DEREFERENCE, "nullptr*" },
	{ CLASS_NULL_DEREFERENCE, "npd" },
	{ CLASS_NULL_DEREFERENCE, "npe" },
	{ CLASS_NULL_DEREFERENCE, "general protection" },
	{ CLASS_NULL_DEREFERENCE, "gpf" },
	{ CLASS_NULL_DEREFERENCE, "null check*" },
	{ CLASS_NULL_DEREFERENCE, "check for null" },
	{ CLASS_NULL_DEREFERENCE, "is null" },
	{ CLASS_NULL_DEREFERENCE, "null dereference*" },
	{ CLASS_NULL_DEREFERENCE, "invalid pointer*" },
	{ CLASS_DIVISION, "divide by" },
	{ CLASS_DIVISION, "division by" },
	{ CLASS_DIVISION, "div by" },
	{ CLASS_DIVISION, "divide error" },
	{ CLASS_DIVISION, "zero division" },
	{ CLASS_DEADLOCK, "deadlock*" },
	{ CLASS_DEADLOCK, "dead lock*" },
	{ CLASS_DEADLOCK, "lockdep" },
	{ CLASS_DEADLOCK, "circular lock*" },
	{ CLASS_DEADLOCK, "recursive lock*" },
	{ CLASS_DEADLOCK, "recursion" },
	{ CLASS_DEADLOCK, "sleeping function*" },
	{ CLASS_DEADLOCK, "sleeping in" },
	{ CLASS_DEADLOCK, "sleep in atomic" },
	{ CLASS_DEADLOCK, "scheduling while" },
	{ CLASS_DEADLOCK, "lock order*" },
	{ CLASS_DEADLOCK, "irq unsafe" },
	{ CLASS_HANG, "hang" },
	{ CLASS_HANG, "hangs" },
	{ CLASS_HANG, "hung" },
	{ CLASS_HANG, "stall*" },
	{ CLASS_HANG, "lockup*" },
	{ CLASS_HANG, "soft lockup*" },
	{ CLASS_HANG, "infinite loop*" },
	{ CLASS_HANG, "endless*" },
	{ CLASS_HANG, "infinite* loop*" },
	{ CLASS_HANG, "livelock*" },
	{ CLASS_HANG, "stuck" },
	{ CLASS_RESOURCE_LEAK, "memory leak*" },
	{ CLASS_RESOURCE_LEAK, "mem leak*" },
	{ CLASS_RESOURCE_LEAK, "memleak*" },
	{ CLASS_RESOURCE_LEAK, "leak* memory" },
	{ CLASS_RESOURCE_LEAK, "kmemleak" },
	{ CLASS_RESOURCE_LEAK, "unreferenced object*" },
	{ CLASS_RESOURCE_LEAK, "resource leak*" },
	{ CLASS_RESOURCE_LEAK, "leak*" },
	{ CLASS_RESOURCE_LEAK, "never freed" },
	{ CLASS_RESOURCE_LEAK, "not freed" },
	{ CLASS_PERMISSION, "permission*" },
	{ CLASS_PERMISSION, "capability" },
	{ CLASS_PERMISSION, "capabilities" },
	{ CLASS_PERMISSION, "cap_*" },
	{ CLASS_PERMISSION, "capable" },
	{ CLASS_PERMISSION, "access control" },
	{ CLASS_PERMISSION, "bypass*" },
	{ CLASS_PERMISSION, "privilege*" },
	{ CLASS_PERMISSION, "unauthori*" },
	{ CLASS_PERMISSION, "lsm" },
	{ CLASS_SPECULATION, "spectre" },
	{ CLASS_SPECULATION, "speculat*" },
	{ CLASS_SPECULATION, "meltdown" },
	{ CLASS_SPECULATION, "retbleed" },
	{ CLASS_SPECULATION, "retpoline*" },
	{ CLASS_SPECULATION, "side channel*" },
	{ CLASS_SPECULATION, "ibrs" },
	{ CLASS_SPECULATION, "ibpb" },
	{ CLASS_SPECULATION, "mitigation*" },
	{ CLASS_CRASH, "crash*" },
	{ CLASS_CRASH, "panic*" },
	{ CLASS_CRASH, "oops*" },
	{ CLASS_CRASH, "kernel bug" },
	{ CLASS_CRASH, "bug_on*" },
	{ CLASS_CRASH, "bug at" },
	{ CLASS_CRASH, "unable to handle" },
	{ CLASS_CRASH, "page fault*" },
	{ CLASS_CRASH, "invalid opcode" },
	{ CLASS_WARNING, "warn_on*" },
	{ CLASS_WARNING, "warning" },
	{ CLASS_WARNING, "warn" },
	{ CLASS_WARNING, "splat" },
	{ CLASS_DATA_LOSS, "data loss" },
	{ CLASS_DATA_LOSS, "data corruption*" },
	{ CLASS_DATA_LOSS, "corrupt* data" },
	{ CLASS_DATA_LOSS, "file system corruption*" },
	{ CLASS_DATA_LOSS, "filesystem corruption*" },
	{ CLASS_DATA_LOSS, "fs corruption*" },
	{ CLASS_DATA_LOSS, "lost data" },
	{ CLASS_DATA_LOSS, "lose data" },
	{ MARK_REPORTER_FUZZER, "syzbot" },
	{ MARK_REPORTER_FUZZER, "syzkaller" },
	{ MARK_REPORTER_FUZZER, "syz" },
	{ MARK_REPORTER_FUZZER, "fuzz*" },
	{ MARK_REPORTER_FUZZER, "trinity" },
	{ MARK_SANITIZER, "kasan" },
	{ MARK_SANITIZER, "kmsan" },
	{ MARK_SANITIZER, "ubsan" },
	{ MARK_SANITIZER, "kcsan" },
	{ MARK_SANITIZER, "kfence" },
	{ MARK_SANITIZER, "slub_debug" },
	{ MARK_ATTACK, "attack*" },
	{ MARK_ATTACK, "malicious*" },
	{ MARK_ATTACK, "exploit*" },
	{ MARK_ATTACK, "unprivileged" },
	{ MARK_ATTACK, "vulnerab*" },
	{ MARK_ATTACK, "security" },
	{ MARK_ATTACK, "cve" },
	{ MARK_ATTACK, "escalat*" },
	{ MARK_UNTRUSTED, "untrusted" },
	{ MARK_UNTRUSTED, "crafted" },
	{ MARK_UNTRUSTED, "corrupt* image*" },
	{ MARK_UNTRUSTED, "corrupt* fs" },
	{ MARK_UNTRUSTED, "corrupt* file*" },
	{ MARK_UNTRUSTED, "corrupt* inode*" },
	{ MARK_UNTRUSTED, "corrupt* super*" },
	{ MARK_UNTRUSTED, "malformed" },
	{ MARK_UNTRUSTED, "user controlled" },
	{ MARK_UNTRUSTED, "user supplied" },
	{ MARK_UNTRUSTED, "user provided" },
	{ MARK_UNTRUSTED, "user space" },
	{ MARK_UNTRUSTED, "userspace" },
	{ MARK_UNTRUSTED, "from user" },
	{ MARK_RACE_WORDS, "concurren*" },
	{ MARK_RACE_WORDS, "simultaneous*" },
	{ MARK_RACE_WORDS, "in parallel" },
	{ MARK_BUILD, "build error*" },
	{ MARK_BUILD, "build fail*" },
	{ MARK_BUILD, "build warning*" },
	{ MARK_BUILD, "compil*" },
	{ MARK_BUILD, "linker" },
	{ MARK_BUILD, "kconfig" },
	{ MARK_BUILD, "clang" },
	{ MARK_BUILD, "gcc" },
	{ MARK_BUILD, "sparse" },
	{ MARK_BUILD, "checkpatch" },
	{ MARK_PROSE, "document*" },
	{ MARK_PROSE, "comment*" },
	{ MARK_PROSE, "typo*" },
	{ MARK_PROSE, "spelling" },
	{ MARK_PROSE, "cleanup*" },
	{ MARK_PROSE, "clean up" },
	{ MARK_PROSE, "refactor*" },
	{ MARK_PROSE, "rename*" },
	{ MARK_PROSE, "simplif*" },
	{ MARK_SPEED, "performance" },
	{ MARK_SPEED, "throughput" },
	{ MARK_SPEED, "latency" },
	{ MARK_SPEED, "optimi*" },
	{ MARK_SPEED, "regression*" },
	{ MARK_SPEED, "slow*" },
	{ MARK_HARDWARE, "quirk*" },
	{ MARK_HARDWARE, "device id*" },
	{ MARK_HARDWARE, "new id*" },
	{ MARK_HARDWARE, "pci id*" },
	{ MARK_HARDWARE, "support for" },
	{ MARK_HARDWARE, "dts" },
	{ MARK_HARDWARE, "pinctrl" },
	{ MARK_HARDWARE, "clock*" },
	{ MARK_HARDWARE, "regulator*" },
	{ MARK_HARDWARE, "gpio*" },
	{ MARK_HARDWARE, "thermal" },
	{ MARK_HARDWARE, "suspend*" },
	{ MARK_HARDWARE, "resume*" },
	{ MARK_ERROR_PATH, "error path*" },
	{ MARK_ERROR_PATH, "error handling" },
	{ MARK_ERROR_PATH, "return value*" },
	{ MARK_ERROR_PATH, "failure path*" },
	{ MARK_ERROR_PATH, "unwind*" },
	{ MARK_ERROR_PATH, "probe" },
	{ MARK_TEARDOWN, "tear* down" },
	{ MARK_TEARDOWN, "teardown" },
	{ MARK_TEARDOWN, "unbind*" },
	{ MARK_TEARDOWN, "unregister*" },
	{ MARK_TEARDOWN, "disconnect*" },
	{ MARK_TEARDOWN, "unload*" },
	{ MARK_TEARDOWN, "module removal" },
};

const char *mark_name(enum mark mark)
{
	return (int)mark < (int)CLASS_KINDS ? bug_class_name((enum bug_class)mark)
					    : mark_names[mark - CLASS_KINDS];
}

/* By the first two bytes, which every first token of the table has. */
static unsigned bucket_of(const char *text)
{
	return ((unsigned)(unsigned char)text[0] * 31 + (unsigned char)text[1]) % BUCKETS;
}

void phrases_init(struct phrases *phrases)
{
	unsigned at = 0;

	phrases->order = memory_alloc(COUNT_OF(table) * sizeof(*phrases->order));
	for (unsigned bucket = 0; bucket < BUCKETS; bucket++) {
		phrases->starts[bucket] = (uint16_t)at;
		for (unsigned i = 0; i < COUNT_OF(table); i++)
			if (bucket_of(table[i].phrase) == bucket)
				phrases->order[at++] = (uint16_t)i;
	}
	phrases->starts[BUCKETS] = (uint16_t)at;
}

void phrases_release(struct phrases *phrases)
{
	free(phrases->order);
	phrases->order = NULL;
}

uint64_t phrases_find(struct mark_hit *hits, const struct phrases *phrases,
		      const struct tokens *tokens)
{
	uint64_t set = 0;

	for (size_t i = 0; i < tokens->count; i++) {
		const struct token *token = &tokens->items[i];
		const char *text = tokens->text.data + token->start;
		unsigned bucket;

		if (token->length < 2)
			continue;
		bucket = bucket_of(text);
		for (unsigned j = phrases->starts[bucket]; j < phrases->starts[bucket + 1]; j++) {
			unsigned mark = table[phrases->order[j]].mark;
			size_t length;

			if (set & 1ULL << mark)
				continue;
			length = tokens_match(tokens, i, table[phrases->order[j]].phrase);
			if (!length)
				continue;
			set |= 1ULL << mark;
			if (!hits[mark].length) {
				hits[mark].text = text;
				hits[mark].length = length;
			}
		}
	}
	return set;
}
