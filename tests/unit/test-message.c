/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs the cases in tests/messages; the README there describes their format.
 * Each case is fed to the fuzz target as well, so that its checks hold for them.
 */
#include <dirent.h>
#include <stdint.h>

#include "base/array.h"
#include "base/buffer.h"
#include "history/message.h"

#define CASE_LIMIT ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct span {
	const char *text;
	size_t length;
};

static unsigned cases, failures;

static void add_fact(struct buffer *buffer, const char *name, const char *text, size_t length)
{
	buffer_add_string(buffer, name);
	if (length)
		buffer_add_byte(buffer, ' ');
	while (length) {
		const char *newline = memchr(text, '\n', length);
		size_t line = newline ? (size_t)(newline - text) : length;

		buffer_add_safe(buffer, text, line);
		if (newline)
			buffer_add_string(buffer, "\\x0a");
		line += newline ? 1 : 0;
		text += line;
		length -= line;
	}
	buffer_add_byte(buffer, '\n');
}

static void add_origins(struct buffer *buffer, const struct message *message)
{
	static const struct {
		enum message_origin origin;
		const char *name;
	} names[] = {
		{ ORIGIN_UPSTREAM, " upstream" }, { ORIGIN_BACKPORT, " backport" },
		{ ORIGIN_FROMGIT, " fromgit" },	  { ORIGIN_FROMLIST, " fromlist" },
		{ ORIGIN_ANDROID, " android" },	  { ORIGIN_CHROMIUM, " chromium" },
	};

	buffer_add_string(buffer, "origins");
	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (message->origins & names[i].origin)
			buffer_add_string(buffer, names[i].name);
	buffer_add_byte(buffer, '\n');
	add_fact(buffer, "title", message->title, message->title_length);
}

/* What was parsed, in the words of the cases. */
static void describe(struct buffer *ret_lines, const struct message *message, bool with_subject)
{
	const struct message_version *release = &message->release;
	struct buffer text = BUFFER_INIT;

	if (with_subject)
		add_fact(ret_lines, "subject", message->subject, message->subject_length);
	if (message->origins)
		add_origins(ret_lines, message);
	if (release->is_release)
		buffer_add_format(ret_lines, "release %u.%u.%u.%u rc%u\n", release->version,
				  release->patchlevel, release->sublevel, release->extra,
				  release->candidate);
	if (message->revert_depth) {
		buffer_add_format(ret_lines, "depth %u", message->revert_depth);
		add_fact(ret_lines, "", message->reverted_subject,
			 message->reverted_subject_length);
	}
	for (size_t i = 0; i < message->references.count; i++) {
		const struct reference *reference = &message->references.items[i];

		buffer_clear(&text);
		reference_add_text(&text, reference);
		buffer_add_format(ret_lines, "%s %s", reference_kind_name(reference->kind),
				  *reference->id ? reference->id : "-");
		add_fact(ret_lines, "", text.data, text.length);
	}
	if (message->adapted)
		add_fact(ret_lines, "adapted", message->note, message->note_length);
	if (message->truncated)
		buffer_add_string(ret_lines, "truncated\n");
	buffer_release(&text);
}

static int hex_value(char digit)
{
	return digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

/* \xNN, \\, and a backslash at the end of a line that joins it to the next. */
static void add_escaped(struct buffer *ret_message, struct span text)
{
	for (size_t i = 0; i < text.length; i++) {
		char byte = text.text[i];

		if (byte == '\\' && i + 3 < text.length && text.text[i + 1] == 'x') {
			byte = (char)(hex_value(text.text[i + 2]) * 16 +
				      hex_value(text.text[i + 3]));
			i += 3;
		} else if (byte == '\\' && i + 1 < text.length) {
			byte = text.text[++i];
			if (byte == '\n')
				continue;
		}
		buffer_add_byte(ret_message, (unsigned char)byte);
	}
}

static void print_lines(const char *label, const char *text, size_t length)
{
	printf("# %s:\n", label);
	while (length) {
		const char *newline = memchr(text, '\n', length);
		size_t line = newline ? (size_t)(newline - text) : length;

		printf("#   %.*s\n", (int)line, text);
		line += newline ? 1 : 0;
		text += line;
		length -= line;
	}
}

/* A copy without a byte to spare, so that a sanitizer sees what is read beyond it. */
static void run_case(struct message *message, const char *file, struct span name, struct span input,
		     bool escaped, struct span expected)
{
	struct buffer bytes = BUFFER_INIT, lines = BUFFER_INIT;
	bool passed;
	char *copy;

	if (escaped)
		add_escaped(&bytes, input);
	else
		buffer_add(&bytes, input.text, input.length);
	copy = memory_copy(bytes.data, bytes.length);
	LLVMFuzzerTestOneInput((const uint8_t *)copy, bytes.length);
	message_parse(message, copy, bytes.length);
	describe(&lines, message, expected.length > 8 && memcmp(expected.text, "subject ", 8) == 0);
	passed = lines.length == expected.length &&
		 memcmp(lines.data, expected.text, lines.length) == 0;
	printf("%s %u - %s: %.*s\n", passed ? "ok" : "not ok", ++cases, file, (int)name.length,
	       name.text);
	if (!passed) {
		failures++;
		print_lines("expected", expected.text, expected.length);
		print_lines("found", lines.data, lines.length);
	}
	free(copy);
	buffer_release(&bytes);
	buffer_release(&lines);
}

static struct span next_line(struct span *rest)
{
	const char *newline = memchr(rest->text, '\n', rest->length);
	size_t length = newline ? (size_t)(newline - rest->text) + 1 : rest->length;
	struct span line = { rest->text, length };

	rest->text += length;
	rest->length -= length;
	return line;
}

static bool starts_with(struct span line, const char *start)
{
	return line.length >= strlen(start) && !memcmp(line.text, start, strlen(start));
}

static void run_file(struct message *message, const char *file, struct span rest)
{
	struct span name = { NULL, 0 }, input = { NULL, 0 }, expected = { NULL, 0 };
	bool escaped = false, in_message = false;

	for (;;) {
		struct span line = next_line(&rest);
		bool header = starts_with(line, "=== ") || starts_with(line, "==! ");

		if ((header || !line.length) && name.text) {
			run_case(message, file, name, input, escaped, expected);
			name.text = NULL;
		}
		if (!line.length)
			break;
		if (header) {
			name = (struct span){ line.text + 4, line.length - 5 };
			escaped = line.text[2] == '!';
			input = (struct span){ line.text + line.length, 0 };
			in_message = true;
		} else if (in_message && starts_with(line, "---\n")) {
			expected = (struct span){ line.text + line.length, 0 };
			in_message = false;
		} else if (in_message) {
			input.length += line.length;
		} else if (name.text) {
			expected.length += line.length;
		}
	}
}

static int only_cases(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return length > 4 && strcmp(entry->d_name + length - 4, ".txt") == 0;
}

static bool run_directory(const char *directory)
{
	struct dirent **entries;
	struct message message;
	int count = scandir(directory, &entries, only_cases, alphasort);

	if (count < 0)
		return false;
	message_init(&message);
	for (int i = 0; i < count; i++) {
		struct buffer file = BUFFER_INIT;
		struct error err = ERROR_INIT;
		char *path = string_format("%s/%s", directory, entries[i]->d_name);

		if (buffer_read_file(&file, path, CASE_LIMIT, &err) < 0) {
			printf("Bail out! %s\n", err.message);
			failures++;
		} else {
			run_file(&message, entries[i]->d_name,
				 (struct span){ file.data, file.length });
		}
		buffer_release(&file);
		free(path);
		free(entries[i]);
	}
	free(entries);
	message_release(&message);
	return true;
}

static void check(bool passed, const char *name)
{
	printf("%s %u - %s\n", passed ? "ok" : "not ok", ++cases, name);
	failures += !passed;
}

/* Too large to write down: many references, and long lines of what begins like one. */
static void run_large(void)
{
	static const char *const pieces[] = {
		"Fixes: 1234abc (\"",
		"This reverts commit ",
		"commit 1234abcd, ",
		"CVE-2024-1234 ",
		"[ Upstream commit ",
		"Cc: stable # 5.4, ",
		"\n",
		"Revert \"",
		"1234abc ",
		"Cc: stable # 5.4: 1234abcd: x\n",
	};
	struct message message;
	struct buffer text = BUFFER_INIT;
	bool bounded = true;

	message_init(&message);
	for (size_t i = 0; i < COUNT_OF(pieces); i++) {
		buffer_clear(&text);
		buffer_add_string(&text, "subject\n\n");
		while (text.length < CASE_LIMIT)
			buffer_add_string(&text, pieces[i]);
		message_parse(&message, text.data, text.length);
		bounded &= message.references.count <= MESSAGE_REFERENCE_LIMIT;
	}
	check(bounded, "a megabyte of each beginning");

	buffer_clear(&text);
	buffer_add_string(&text, "subject\n\n");
	for (unsigned i = 0; i < 3 * MESSAGE_REFERENCE_LIMIT; i++)
		buffer_add_format(&text, "Fixes: abcde%07x (\"x\")\n", i);
	message_parse(&message, text.data, text.length);
	check(message.truncated && message.references.count == MESSAGE_REFERENCE_LIMIT,
	      "the limit on references");
	message_parse(&message, NULL, 0);
	check(!message.truncated && !message.references.count && !message.subject_length,
	      "no message at all");
	message_release(&message);
	buffer_release(&text);
}

int main(int argc, char **argv)
{
	const char *directory = argc > 1 ? argv[1] : "tests/messages";

	if (!run_directory(directory))
		printf("Bail out! cannot read %s\n", directory);
	else if (!cases)
		printf("Bail out! no cases in %s\n", directory);
	run_large();
	printf("1..%u\n", cases);
	return failures ? 1 : 0;
}
