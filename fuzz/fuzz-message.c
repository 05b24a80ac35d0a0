/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Any bytes are a message. Beyond not crashing, what comes out must hold what
 * history/message.h promises: ids well formed, texts inside the message, the
 * same result when a used struct is parsed into again.
 */
#include <stdint.h>

#include "history/message.h"
#include "fuzz.h"

static void check_text(const char *text, size_t length, const char *start, size_t size)
{
	CHECK(text);
	CHECK(!length ||
	      (text >= start && length <= size && (size_t)(text - start) <= size - length));
}

static void check_reference(const struct reference *reference, const char *start, size_t size)
{
	size_t length = strnlen(reference->id, sizeof(reference->id));

	CHECK((unsigned)reference->kind < REFERENCE_KINDS);
	CHECK(length < sizeof(reference->id));
	if (reference->kind == REFERENCE_ADVISORY)
		CHECK(length >= strlen("CVE-1999-0001") && !memcmp(reference->id, "CVE-", 4));
	else if (length)
		CHECK(length >= REFERENCE_ID_MINIMUM && length <= 40 &&
		      strspn(reference->id, "0123456789abcdef") == length);
	check_text(reference->text, reference->text_length, start, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct buffer line = BUFFER_INIT;
	struct message message;
	size_t count;

	message_init(&message);
	message_parse(&message, text, size);
	count = message.references.count;
	CHECK(count <= MESSAGE_REFERENCE_LIMIT);
	check_text(message.subject, message.subject_length, text, size);
	check_text(message.title, message.title_length, text, size);
	check_text(message.reverted_subject, message.reverted_subject_length, text, size);
	check_text(message.note, message.note_length, text, size);
	for (size_t i = 0; i < count; i++) {
		check_reference(&message.references.items[i], text, size);
		buffer_clear(&line);
		reference_add_text(&line, &message.references.items[i]);
		CHECK(!memchr(line.data, '\n', line.length));
	}
	message_parse(&message, text, size);
	CHECK(message.references.count == count);
	message_release(&message);
	buffer_release(&line);
	return 0;
}
