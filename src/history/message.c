/* SPDX-License-Identifier: GPL-2.0-only */
#include "history/message.h"

#include "history/message-scan.h"

/* A reference that these last ones name already is not added again. */
#define REPEAT_WINDOW 64
#define CVE_DIGITS 12

static const char *const kind_names[REFERENCE_KINDS] = {
	[REFERENCE_UPSTREAM] = "upstream",
	[REFERENCE_CHERRY_PICKED] = "cherry-picked",
	[REFERENCE_FIXES] = "fixes",
	[REFERENCE_DEPENDENCY_OF] = "dependency-of",
	[REFERENCE_PREREQUISITE] = "prerequisite",
	[REFERENCE_STABLE_FROM] = "stable-from",
	[REFERENCE_REVERTS] = "reverts",
	[REFERENCE_REVERTS_UPSTREAM] = "reverts-upstream",
	[REFERENCE_PARTIALLY_REVERTS] = "partially-reverts",
	[REFERENCE_REAPPLIES] = "reapplies",
	[REFERENCE_ADVISORY] = "advisory",
	[REFERENCE_REPORTER] = "reporter",
	[REFERENCE_LINK] = "link",
};

const char *reference_kind_name(enum reference_kind kind)
{
	return kind_names[kind];
}

void reference_add_text(struct buffer *buffer, const struct reference *reference)
{
	bool space = false;

	for (size_t i = 0; i < reference->text_length; i++) {
		char byte = reference->text[i];

		if (byte_is_blank(byte) || byte == '\n') {
			space = true;
			continue;
		}
		if (space)
			buffer_add_byte(buffer, ' ');
		space = false;
		buffer_add_byte(buffer, (unsigned char)byte);
	}
}

static void message_clear(struct message *message)
{
	struct reference_list references = message->references;

	references.count = 0;
	*message = (struct message){ .subject = "",
				     .title = "",
				     .reverted_subject = "",
				     .note = "",
				     .references = references };
}

void message_init(struct message *message)
{
	message->references = (struct reference_list){ 0 };
	message_clear(message);
}

void message_release(struct message *message)
{
	array_release(&message->references);
	message_clear(message);
}

const struct reference *message_find(const struct message *message, enum reference_kind kind)
{
	for (size_t i = 0; i < message->references.count; i++)
		if (message->references.items[i].kind == kind)
			return &message->references.items[i];
	return NULL;
}

void scan_add(struct scan *scan, enum reference_kind kind, const char *id, struct span text)
{
	struct reference_list *list = &scan->message->references;
	size_t first = list->count > REPEAT_WINDOW ? list->count - REPEAT_WINDOW : 0;
	struct reference *reference;

	for (size_t i = first; *id && i < list->count; i++)
		if (list->items[i].kind == kind && !strcmp(list->items[i].id, id))
			return;
	if (list->count == MESSAGE_REFERENCE_LIMIT) {
		scan->message->truncated = true;
		return;
	}
	reference = array_add(list);
	reference->kind = kind;
	memcpy(reference->id, id, strlen(id) + 1);
	reference->text = text.text;
	reference->text_length = text.length;
}

static bool scan_number(unsigned *ret_number, struct cursor *cursor)
{
	const char *start = cursor->at;
	unsigned number = 0;

	while (cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9') {
		if (cursor->at - start == 5)
			return false;
		number = number * 10 + (unsigned)(*cursor->at++ - '0');
	}
	*ret_number = number;
	return cursor->at > start;
}

static void parse_release(struct message_version *ret_release, struct span subject)
{
	struct cursor cursor = { subject.text, subject.text + subject.length };
	struct message_version found = { .is_release = true };
	unsigned *const numbers[] = { &found.version, &found.patchlevel, &found.sublevel,
				      &found.extra };
	size_t count = 0;

	if (subject.length < 6 || memcmp(subject.text, "Linux ", 6) != 0)
		return;
	cursor.at += 6;
	do {
		if (count == COUNT_OF(numbers) || !scan_number(numbers[count++], &cursor))
			return;
	} while (scan_byte(&cursor, '.'));
	if (scan_prefix(&cursor, "-rc") && !scan_number(&found.candidate, &cursor))
		return;
	if (count >= 2 && cursor.at == cursor.end)
		*ret_release = found;
}

static void parse_origins(struct message *message)
{
	static const struct {
		const char *word;
		enum message_origin origin;
	} prefixes[] = {
		{ "UPSTREAM:", ORIGIN_UPSTREAM }, { "BACKPORT:", ORIGIN_BACKPORT },
		{ "FROMGIT:", ORIGIN_FROMGIT },	  { "FROMLIST:", ORIGIN_FROMLIST },
		{ "ANDROID:", ORIGIN_ANDROID },	  { "CHROMIUM:", ORIGIN_CHROMIUM },
	};
	struct span title = { message->subject, message->subject_length };
	size_t i;

	do {
		for (i = 0; i < COUNT_OF(prefixes); i++) {
			size_t length = strlen(prefixes[i].word);

			if (title.length <= length || memcmp(title.text, prefixes[i].word, length))
				continue;
			message->origins |= prefixes[i].origin;
			title = span_trim(title.text + length, title.text + title.length);
			break;
		}
	} while (i < COUNT_OF(prefixes));
	message->title = title.text;
	message->title_length = title.length;
}

static void parse_subject(struct scan *scan)
{
	struct message *message = scan->message;
	struct span subject = span_trim(scan->line, scan->line_end);

	message->subject = subject.text;
	message->subject_length = subject.length;
	parse_origins(message);
	parse_release(&message->release, subject);
	scan_revert_subject(scan);
	if (message->origins & ORIGIN_BACKPORT)
		message->adapted = true;
}

/* The next dash of "CVE-", in any case, or NULL. */
static const char *find_advisory(const char *text, const char *at, const char *end)
{
	while (at < end && (at = memchr(at, '-', (size_t)(end - at)))) {
		if (at - text >= 3 && byte_to_lower(at[-1]) == 'e' &&
		    byte_to_lower(at[-2]) == 'v' && byte_to_lower(at[-3]) == 'c' &&
		    (at - text == 3 || !byte_is_alnum(at[-4])))
			return at;
		at++;
	}
	return NULL;
}

static void add_advisory(struct scan *scan, const char *dash)
{
	struct cursor cursor = { dash + 1, scan->end };
	char id[41] = "CVE-";
	unsigned year;
	size_t digits = 0, left;

	if (!scan_number(&year, &cursor) || year < 1999 || year > 2099 || !scan_byte(&cursor, '-'))
		return;
	left = (size_t)(cursor.end - cursor.at);
	while (digits < left && digits <= CVE_DIGITS && cursor.at[digits] >= '0' &&
	       cursor.at[digits] <= '9')
		digits++;
	if (digits < 4 || digits > CVE_DIGITS ||
	    (digits < left && byte_is_alnum(cursor.at[digits])))
		return;
	memcpy(id + 4, dash + 1, 5 + digits);
	scan_add(scan, REFERENCE_ADVISORY, id, (struct span){ "", 0 });
}

/* Finds "revert" in any case of its first letter; NULL where there is no more. */
static const char *find_revert(const char *text, const char *at, const char *end)
{
	while (at < end && (at = memmem(at, (size_t)(end - at), "evert", 5))) {
		if (at > text && byte_to_lower(at[-1]) == 'r')
			return at - 1;
		at += 5;
	}
	return NULL;
}

/* An origin that the Cc: stable line names too is no prerequisite. */
static void drop_origins_from_prerequisites(struct reference_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct reference *reference = &list->items[i];
		bool origin = false;

		for (size_t j = 0;
		     reference->kind == REFERENCE_PREREQUISITE && j < list->count && !origin; j++) {
			const struct reference *other = &list->items[j];
			size_t length = strlen(reference->id), other_length = strlen(other->id);

			origin = other->kind == REFERENCE_FIXES &&
				 !memcmp(reference->id, other->id,
					 length < other_length ? length : other_length);
		}
		if (!origin)
			list->items[kept++] = *reference;
	}
	list->count = kept;
}

static void next_line(struct scan *scan)
{
	const char *newline = memchr(scan->next, '\n', (size_t)(scan->end - scan->next));

	scan->line = scan->next;
	scan->line_end = newline ? newline : scan->end;
	scan->next = newline ? newline + 1 : scan->end;
	while (scan->line_end > scan->line && byte_is_blank(scan->line_end[-1]))
		scan->line_end--;
}

void message_parse(struct message *ret_message, const char *text, size_t length)
{
	struct scan scan = {
		.message = ret_message,
		.text = text ? text : "",
	};
	const char *revert, *advisory;

	message_clear(ret_message);
	scan.end = scan.text + (text ? length : 0);
	scan.next = scan.taken = scan.text;
	revert = find_revert(scan.text, scan.text, scan.end);
	advisory = find_advisory(scan.text, scan.text, scan.end);
	while (scan.next < scan.end) {
		size_t count = ret_message->references.count;
		bool body = ret_message->subject_length > 0;

		next_line(&scan);
		if (scan.line == scan.line_end) {
			scan.previous = NULL;
			continue;
		}
		if (!body)
			parse_subject(&scan);
		while (revert && revert < scan.line_end) {
			const char *at = body ? scan_revert_sentence(&scan, revert) : revert + 2;

			revert = find_revert(scan.text, at, scan.end);
		}
		if (scan.line >= scan.taken)
			scan_line_forms(&scan);
		while (advisory && advisory < scan.line_end) {
			add_advisory(&scan, advisory);
			advisory = find_advisory(scan.text, advisory + 1, scan.end);
		}
		scan.previous = body ? scan.line : NULL;
		scan.previous_count = count;
	}
	drop_origins_from_prerequisites(&ret_message->references);
}
