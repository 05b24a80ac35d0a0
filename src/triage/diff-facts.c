/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/diff-facts.h"

#include <string.h>

#include "base/array.h"

#define SMALL_CHANGE 5	 /* lines */
#define LARGE_CHANGE 100 /* lines */
#define LINE_LIMIT 400	 /* bytes that are looked at */

#define BIT(fact) (1ULL << (fact))
#define NONE DIFF_FACTS

/* What a word tells on an added line, and on one that is taken out. `call`: a `(` must follow. */
static const struct {
	const char *word; /* `*` at the end: any rest; at the beginning: any start */
	bool call;
	unsigned char added, removed;
} words[] = {
	{ "kfree*", true, DIFF_ADDS_FREE, DIFF_REMOVES_FREE },
	{ "kvfree*", true, DIFF_ADDS_FREE, DIFF_REMOVES_FREE },
	{ "vfree", true, DIFF_ADDS_FREE, DIFF_REMOVES_FREE },
	{ "*_free", true, DIFF_ADDS_FREE, DIFF_REMOVES_FREE },
	{ "free_*", true, DIFF_ADDS_FREE, DIFF_REMOVES_FREE },
	{ "*lock", true, DIFF_ADDS_LOCK, NONE },
	{ "*_lock_*", true, DIFF_ADDS_LOCK, NONE },
	{ "*_get", true, DIFF_ADDS_GET, NONE },
	{ "get_*", true, DIFF_ADDS_GET, NONE },
	{ "*_hold", true, DIFF_ADDS_GET, NONE },
	{ "refcount_inc*", true, DIFF_ADDS_GET, NONE },
	{ "*_put", true, DIFF_ADDS_PUT, DIFF_REMOVES_PUT },
	{ "put_*", true, DIFF_ADDS_PUT, DIFF_REMOVES_PUT },
	{ "memset", true, DIFF_ADDS_ZEROING, NONE },
	{ "kzalloc*", true, DIFF_ADDS_ZEROING, NONE },
	{ "kcalloc", true, DIFF_ADDS_ZEROING, NONE },
	{ "__gfp_zero", false, DIFF_ADDS_ZEROING, NONE },
	{ "capable", true, DIFF_ADDS_CAPABILITY_CHECK, NONE },
	{ "*_capable", true, DIFF_ADDS_CAPABILITY_CHECK, NONE },
	{ "*_permission", true, DIFF_ADDS_CAPABILITY_CHECK, NONE },
	{ "rcu_*", true, DIFF_ADDS_RCU, NONE },
	{ "kfree_rcu", true, DIFF_ADDS_RCU, NONE },
	{ "synchronize_*", true, DIFF_ADDS_RCU, NONE },
	{ "read_once", true, DIFF_ADDS_ONCE, NONE },
	{ "write_once", true, DIFF_ADDS_ONCE, NONE },
	{ "smp_*", true, DIFF_ADDS_ONCE, NONE },
	{ "cancel_*", true, DIFF_ADDS_CANCEL, NONE },
	{ "del_timer*", true, DIFF_ADDS_CANCEL, NONE },
	{ "timer_shutdown*", true, DIFF_ADDS_CANCEL, NONE },
	{ "flush_*", true, DIFF_ADDS_CANCEL, NONE },
	{ "tasklet_kill", true, DIFF_ADDS_CANCEL, NONE },
	{ "copy_from_user", true, DIFF_ADDS_USER_COPY, NONE },
	{ "copy_to_user", true, DIFF_ADDS_USER_COPY, NONE },
	{ "strscpy*", true, DIFF_ADDS_BOUNDED_COPY, NONE },
	{ "scnprintf", true, DIFF_ADDS_BOUNDED_COPY, NONE },
	{ "snprintf", true, DIFF_ADDS_BOUNDED_COPY, NONE },
	{ "min", true, DIFF_ADDS_BOUNDED_COPY, NONE },
	{ "min_t", true, DIFF_ADDS_BOUNDED_COPY, NONE },
	{ "struct_size", true, DIFF_ADDS_BOUNDED_COPY, NONE },
	{ "array_size", true, DIFF_ADDS_BOUNDED_COPY, NONE },
	{ "check_add_overflow", true, DIFF_ADDS_BOUNDED_COPY, NONE },
	{ "check_mul_overflow", true, DIFF_ADDS_BOUNDED_COPY, NONE },
	{ "array_index_nospec", true, DIFF_ADDS_NOSPEC, NONE },
	{ "usb_device*", true, DIFF_ADDS_DEVICE_ID, NONE },
	{ "pci_device*", true, DIFF_ADDS_DEVICE_ID, NONE },
	{ "pci_vdevice", true, DIFF_ADDS_DEVICE_ID, NONE },
	{ "snd_pci_quirk", true, DIFF_ADDS_DEVICE_ID, NONE },
	{ "dmi_match", true, DIFF_ADDS_DEVICE_ID, NONE },
	{ "acpi_device_id", false, DIFF_ADDS_DEVICE_ID, NONE },
};

static const char *const names[DIFF_FACTS] = {
	[DIFF_ADDS_RANGE_CHECK] = "adds a range check",
	[DIFF_ADDS_NULL_CHECK] = "adds a check for NULL",
	[DIFF_ADDS_ERROR_RETURN] = "adds a return with an error",
	[DIFF_ADDS_FREE] = "adds a free",
	[DIFF_REMOVES_FREE] = "takes out a free",
	[DIFF_MOVES_FREE] = "moves a free",
	[DIFF_ADDS_LOCK] = "adds a lock",
	[DIFF_MOVES_LOCK] = "moves a lock",
	[DIFF_ADDS_GET] = "takes a reference",
	[DIFF_ADDS_PUT] = "gives a reference back",
	[DIFF_REMOVES_PUT] = "no longer gives a reference back",
	[DIFF_ADDS_ZEROING] = "zeroes memory",
	[DIFF_ADDS_CAPABILITY_CHECK] = "adds a check of privileges",
	[DIFF_ADDS_RCU] = "adds RCU",
	[DIFF_ADDS_ONCE] = "adds a marked access or a barrier",
	[DIFF_ADDS_CANCEL] = "cancels work or a timer",
	[DIFF_ADDS_USER_COPY] = "copies from or to user space",
	[DIFF_ADDS_BOUNDED_COPY] = "bounds a size",
	[DIFF_ADDS_NOSPEC] = "bounds speculation",
	[DIFF_SETS_NULL] = "sets a pointer to NULL",
	[DIFF_ADDS_DEVICE_ID] = "adds an id of a device",
	[DIFF_CHANGES_TYPE] = "changes a type",
	[DIFF_ONLY_ADDS] = "only adds lines",
	[DIFF_ONLY_REMOVES] = "only takes out lines",
	[DIFF_IS_SMALL] = "changes few lines",
	[DIFF_IS_LARGE] = "changes many lines",
	[DIFF_KNOWN] = "the change is known",
};

const char *diff_fact_name(enum diff_fact fact)
{
	return names[fact];
}

void diff_facts_init(struct diff_facts *facts)
{
	memset(facts, 0, sizeof(*facts));
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static bool fits(const char *pattern, const char *word, size_t length)
{
	size_t size = strlen(pattern);
	bool tail = pattern[size - 1] == '*', head = *pattern == '*';

	pattern += head;
	size -= (size_t)tail + head;
	if (length < size)
		return false;
	if (head && tail) {
		for (size_t i = 0; i + size <= length; i++)
			if (!memcmp(word + i, pattern, size))
				return true;
		return false;
	}
	if (head)
		return !memcmp(word + length - size, pattern, size);
	return !memcmp(word, pattern, size) && (tail || length == size);
}

static uint64_t hash_text(const char *text, size_t length)
{
	uint64_t hash = 14695981039346656037ULL;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)text[i]) * 1099511628211ULL;
	return hash;
}

static void remember(struct diff_facts_memory *memory, uint64_t hash)
{
	memory->hashes[memory->count++ % DIFF_FACTS_MEMORY] = hash;
}

static bool shares(const struct diff_facts_memory *left, const struct diff_facts_memory *right)
{
	for (size_t i = 0; i < left->count && i < DIFF_FACTS_MEMORY; i++)
		for (size_t j = 0; j < right->count && j < DIFF_FACTS_MEMORY; j++)
			if (left->hashes[i] == right->hashes[j])
				return true;
	return false;
}

static void note_word(struct diff_facts *facts, bool added, const char *line, size_t length,
		      const char *word, size_t size)
{
	bool call = word[size] == '(';

	for (size_t i = 0; i < COUNT_OF(words); i++) {
		unsigned fact = added ? words[i].added : words[i].removed;

		if ((words[i].call && !call) || !fits(words[i].word, word, size))
			continue;
		if (words[i].added == DIFF_ADDS_FREE)
			remember(&facts->frees[added], hash_text(line, length));
		if (words[i].added == DIFF_ADDS_LOCK)
			remember(&facts->locks[added], hash_text(line, length));
		if (fact != NONE)
			facts->set |= BIT(fact);
	}
}

/* An `if` or a `while`: what it compares. */
static void note_condition(struct diff_facts *facts, const char *line)
{
	const char *text = strstr(line, "if (");

	if (!text)
		text = strstr(line, "while (");
	if (!text)
		return;
	if (strstr(text, " < ") || strstr(text, " > ") || strstr(text, " <= ") ||
	    strstr(text, " >= "))
		facts->set |= BIT(DIFF_ADDS_RANGE_CHECK);
	if (strstr(text, "(!") || strstr(text, "== null") || strstr(text, "is_err"))
		facts->set |= BIT(DIFF_ADDS_NULL_CHECK);
}

/* "unsigned int x;": a declaration by its first word. */
static bool declares(const char *line)
{
	static const char *const types[] = { "int ", "unsigned ", "u8 ",      "u16 ",  "u32 ",
					     "u64 ", "size_t ",	  "ssize_t ", "long ", "s32 ",
					     "s64 ", "bool ",	  "loff_t " };

	for (size_t i = 0; i < COUNT_OF(types); i++)
		if (!strncmp(line, types[i], strlen(types[i])))
			return line[strlen(line) - 1] == ';';
	return false;
}

static bool is_comment(const char *line)
{
	if (*line == '*') /* within one; `*a = b` is none */
		return !line[1] || strchr(" \t*/", line[1]);
	return !strncmp(line, "/*", 2) || !strncmp(line, "//", 2);
}

/* Takes out the comments behind code; the new length. */
static size_t cut_comments(char *line)
{
	char *start, *end;
	size_t length;

	while ((start = strstr(line, "/*"))) {
		end = strstr(start + 2, "*/");
		if (end)
			memmove(start, end + 2, strlen(end + 2) + 1);
		else
			*start = '\0';
	}
	start = strstr(line, "// ");
	if (start)
		*start = '\0';
	length = strlen(line);
	while (length && (line[length - 1] == ' ' || line[length - 1] == '\t'))
		line[--length] = '\0';
	return length;
}

void diff_facts_add(struct diff_facts *facts, bool added, const char *text, size_t length)
{
	char line[LINE_LIMIT + 1];
	size_t start;

	while (length && (*text == ' ' || *text == '\t'))
		text++, length--;
	while (length && (text[length - 1] == ' ' || text[length - 1] == '\r'))
		length--;
	if (!length)
		return;
	added ? facts->added++ : facts->removed++;
	if (length > LINE_LIMIT)
		length = LINE_LIMIT;
	for (size_t i = 0; i < length; i++)
		line[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + ('a' - 'A')
				 : text[i]			  ? text[i]
								  : ' ');
	line[length] = '\0';
	if (is_comment(line))
		return;
	if (strchr(line, '/'))
		length = cut_comments(line);
	if (!length)
		return;
	for (size_t i = 0; i < length;) {
		if (!is_word(line[i])) {
			i++;
			continue;
		}
		start = i;
		while (i < length && is_word(line[i]))
			i++;
		note_word(facts, added, line, length, line + start, i - start);
	}
	if (declares(line))
		facts->set |= added ? BIT(DIFF_CHANGES_TYPE) : 0;
	if (!added)
		return;
	note_condition(facts, line);
	if (strstr(line, "return -e"))
		facts->set |= BIT(DIFF_ADDS_ERROR_RETURN);
	if (strstr(line, "= null;"))
		facts->set |= BIT(DIFF_SETS_NULL);
	if (strstr(line, "= {}") || strstr(line, "= { }") || strstr(line, "= {0}") ||
	    strstr(line, "= { 0 }"))
		facts->set |= BIT(DIFF_ADDS_ZEROING);
}

uint64_t diff_facts_end(const struct diff_facts *facts)
{
	size_t lines = facts->added + facts->removed;
	uint64_t set = facts->set;

	if (!lines)
		return 0;
	set |= BIT(DIFF_KNOWN);
	set |= facts->removed ? 0 : BIT(DIFF_ONLY_ADDS);
	set |= facts->added ? 0 : BIT(DIFF_ONLY_REMOVES);
	set |= lines <= SMALL_CHANGE ? BIT(DIFF_IS_SMALL) : 0;
	set |= lines > LARGE_CHANGE ? BIT(DIFF_IS_LARGE) : 0;
	if (shares(&facts->frees[0], &facts->frees[1]))
		set |= BIT(DIFF_MOVES_FREE);
	if (shares(&facts->locks[0], &facts->locks[1]))
		set |= BIT(DIFF_MOVES_LOCK);
	return set;
}
