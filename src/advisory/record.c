/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/record.h"

#include "advisory/cvss.h"
#include "advisory/lines.h"
#include "advisory/record-json.h"
#include "advisory/version.h"

static const char *const state_names[ADVISORY_STATES] = { "published", "rejected", "reserved",
							  "returned" };

const char *advisory_state_name(enum advisory_state state)
{
	return (size_t)state < ADVISORY_STATES ? state_names[state] : "";
}

enum advisory_state advisory_state_parse(const char *name)
{
	int state = 0;

	while (state < ADVISORY_STATES && strcmp(state_names[state], name) != 0)
		state++;
	return (enum advisory_state)state;
}

void advisory_record_init(struct advisory_record *record)
{
	memset(record, 0, sizeof(*record));
	buffer_init(&record->title);
	buffer_init(&record->description);
	buffer_init(&record->vector);
	buffer_init(&record->rationale);
	buffer_init(&record->note);
	record->score = CVSS_UNSCORED;
}

void advisory_record_clear(struct advisory_record *record)
{
	for (size_t i = 0; i < record->files.count; i++)
		free(record->files.items[i]);
	record->files.count = 0;
	record->fixes.count = 0;
	record->pairs.count = 0;
	record->vulnerable.count = 0;
	buffer_clear(&record->title);
	buffer_clear(&record->description);
	buffer_clear(&record->vector);
	buffer_clear(&record->rationale);
	buffer_clear(&record->note);
	record->name[0] = '\0';
	record->state = ADVISORY_PUBLISHED;
	record->damaged = 0;
	record->score = CVSS_UNSCORED;
}

void advisory_record_release(struct advisory_record *record)
{
	advisory_record_clear(record);
	array_release(&record->files);
	array_release(&record->fixes);
	array_release(&record->pairs);
	array_release(&record->vulnerable);
	buffer_release(&record->title);
	buffer_release(&record->description);
	buffer_release(&record->vector);
	buffer_release(&record->rationale);
	buffer_release(&record->note);
}

void advisory_record_add_fix(struct advisory_record *record, const char *id, bool upstream)
{
	struct advisory_fix *fix;

	for (size_t i = 0; i < record->fixes.count; i++) {
		if (strcmp(record->fixes.items[i].id, id) == 0) {
			record->fixes.items[i].upstream |= upstream;
			return;
		}
	}
	fix = array_add(&record->fixes);
	snprintf(fix->id, sizeof(fix->id), "%s", id);
	fix->upstream = upstream;
}

/* What an error may show of a foreign line, made harmless: 40 bytes, in a ring of two. */
static const char *shown(const char *text, size_t length)
{
	static _Thread_local char ring[2][44];
	static _Thread_local unsigned turn;
	char *out = ring[turn++ % 2];
	size_t used = 0;

	for (; used < length && used < 40; used++)
		out[used] = text[used] >= ' ' && text[used] <= '~' ? text[used] : '?';
	snprintf(out + used, 4, "%s", used < length ? "..." : "");
	return out;
}

/* The first fault of a file is the one that is told; reading goes on behind it. */
static void fault(struct error *first, const char *place, size_t line, const char *what,
		  const char *text, size_t length)
{
	if (!first->code)
		error_set(first, ERROR_INPUT, "%s:%zu: %s: '%s'", place, line, what,
			  shown(text, length));
}

static int pass_on(struct error *err, const struct error *first)
{
	if (!first->code)
		return 0;
	return error_set(err, first->code, "%s", first->message);
}

static int read_fixes(struct advisory_record *record, const char *place, const char *data,
		      size_t size, struct error *err)
{
	struct error first = ERROR_INIT;
	struct advisory_id id;
	struct lines lines;
	const char *line;
	size_t length;

	for (lines_init(&lines, data, size); lines_next(&line, &length, &lines);) {
		if (!length || advisory_id_is_none(line, length))
			continue;
		if (advisory_id_parse(&id, line, length, ADVISORY_ID_LENGTH))
			advisory_record_add_fix(record, id.hex, true);
		else
			fault(&first, place, lines.number,
			      "one commit id of 40 hex digits was expected", line, length);
	}
	return pass_on(err, &first);
}

static int read_vulnerable(struct advisory_record *record, const char *place, const char *data,
			   size_t size, struct error *err)
{
	struct error first = ERROR_INIT;
	struct advisory_id id;
	struct lines lines;
	const char *line;
	size_t length;

	for (lines_init(&lines, data, size); lines_next(&line, &length, &lines);) {
		if (!length || *line == '#' || advisory_id_is_none(line, length))
			continue;
		if (advisory_id_parse(&id, line, length, ADVISORY_ID_SHORTEST))
			array_push(&record->vulnerable, id);
		else
			fault(&first, place, lines.number,
			      "one commit id of 12 to 40 hex digits was expected", line, length);
	}
	return pass_on(err, &first);
}

/* A version or "0". */
static bool read_version(char *ret_text, const char *text, size_t length)
{
	struct kernel_version version;

	ret_text[0] = '\0';
	if (length == 1 && *text == '0')
		return true;
	if (length >= ADVISORY_VERSION_SIZE || !kernel_version_parse(&version, text, length))
		return false;
	memcpy(ret_text, text, length);
	ret_text[length] = '\0';
	return true;
}

/* 40 digits or "0". */
static bool read_pair_id(char *ret_hex, const char *text, size_t length)
{
	struct advisory_id id;

	ret_hex[0] = '\0';
	if (advisory_id_is_none(text, length))
		return true;
	if (!advisory_id_parse(&id, text, length, ADVISORY_ID_LENGTH))
		return false;
	memcpy(ret_hex, id.hex, sizeof(id.hex));
	return true;
}

/* NULL, or what is wrong with the line. */
static const char *read_pair(struct advisory_pair *ret_pair, const char *line, size_t length)
{
	const char *field[4], *end = line + length, *colon;
	size_t span[4], count = 0;

	for (const char *at = line; at <= end; at = colon + 1) {
		colon = memchr(at, ':', (size_t)(end - at));
		if (!colon)
			colon = end;
		if (count == 4)
			return "more than four fields";
		field[count] = at;
		span[count++] = (size_t)(colon - at);
	}
	if (count != 4)
		return "introduced_version:introduced_id:fixed_version:fixed_id was expected";
	if (!read_version(ret_pair->introduced_version, field[0], span[0]))
		return "the introduced version is no kernel version";
	if (!read_pair_id(ret_pair->introduced_id, field[1], span[1]))
		return "the introducing commit is no id of 40 hex digits";
	if (!read_version(ret_pair->fixed_version, field[2], span[2]))
		return "the fixed version is no kernel version";
	if (!read_pair_id(ret_pair->fixed_id, field[3], span[3]))
		return "the fixing commit is no id of 40 hex digits";
	if (!*ret_pair->introduced_version && !*ret_pair->introduced_id &&
	    !*ret_pair->fixed_version && !*ret_pair->fixed_id)
		return "a line of zeros says nothing";
	return NULL;
}

static int read_pairs(struct advisory_record *record, const char *place, const char *data,
		      size_t size, struct error *err)
{
	struct error first = ERROR_INIT;
	struct kernel_version fixed;
	struct advisory_pair pair;
	struct lines lines;
	const char *line, *wrong;
	size_t length;

	for (lines_init(&lines, data, size); lines_next(&line, &length, &lines);) {
		if (!length || *line == '#')
			continue;
		wrong = read_pair(&pair, line, length);
		if (wrong) {
			fault(&first, place, lines.number, wrong, line, length);
			continue;
		}
		array_push(&record->pairs, pair);
		if (*pair.fixed_id)
			advisory_record_add_fix(record, pair.fixed_id,
						kernel_version_parse(&fixed, pair.fixed_version,
								     strlen(pair.fixed_version)) &&
							kernel_version_is_mainline(&fixed));
	}
	return pass_on(err, &first);
}

static bool is_uuid(const char *text, size_t length)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	if (length != sizeof(form) - 1)
		return false;
	for (size_t i = 0; i < length; i++) {
		if (form[i] == '-' ? text[i] != '-' : !strchr("0123456789abcdefABCDEF", text[i]))
			return false;
	}
	return true;
}

/* Text that goes into the index: UTF-8 without NULs, blanks at its ends dropped. */
static int keep_text(struct buffer *ret_text, const char *place, const char *text, size_t length,
		     struct error *err)
{
	text_trim(&text, &length);
	if (memchr(text, '\0', length))
		return error_set(err, ERROR_INPUT, "%s: holds a NUL byte", place);
	if (!text_is_utf8(text, length))
		return error_set(err, ERROR_INPUT, "%s: is not UTF-8", place);
	buffer_add(ret_text, text, length);
	return 0;
}

static int read_score(struct advisory_record *record, const char *place, const char *data,
		      size_t size, struct error *err)
{
	struct error inner = ERROR_INIT;
	struct lines lines;
	struct cvss cvss;
	const char *line = "", *blank, *vector;
	size_t length = 0;

	lines_init(&lines, data, size);
	while (!length && lines_next(&line, &length, &lines))
		;
	blank = length ? memchr(line, ' ', length) : NULL;
	if (!blank || !is_uuid(line, (size_t)(blank - line)))
		return error_set(err, ERROR_INPUT, "%s:%zu: '<uuid> CVSS:...' was expected: '%s'",
				 place, lines.number, shown(line, length));
	vector = blank;
	length -= (size_t)(blank - line);
	text_trim(&vector, &length);
	if (cvss_parse(&cvss, vector, length, &inner))
		return error_set(err, ERROR_INPUT, "%s:%zu: %s", place, lines.number,
				 inner.message);
	buffer_add(&record->vector, vector, length);
	record->score = cvss.score;
	return keep_text(&record->rationale, place, lines.at, (size_t)(lines.end - lines.at), err);
}

static int read_text(struct advisory_record *record, const char *place, const char *data,
		     size_t size, struct error *err)
{
	return record_json_read(record, place, data, size, err);
}

/* A mail: what stands below its header. */
static int read_rejection(struct advisory_record *record, const char *place, const char *data,
			  size_t size, struct error *err)
{
	struct lines lines;
	const char *line;
	size_t length = 1;

	for (lines_init(&lines, data, size); length && lines_next(&line, &length, &lines);)
		;
	return keep_text(&record->note, place, lines.at, (size_t)(lines.end - lines.at), err);
}

static int read_mark(struct advisory_record *record, const char *place, const char *data,
		     size_t size, struct error *err)
{
	return 0;
}

/* Limits are some fifty times what the largest file of the CNA has. */
static const struct file_kind {
	const char *suffix;
	size_t limit;
	int (*read)(struct advisory_record *record, const char *place, const char *data,
		    size_t size, struct error *err);
} file_kinds[ADVISORY_FILES] = {
	[ADVISORY_FILE_MARK] = { "", 64 << 10, read_mark },
	[ADVISORY_FILE_FIX] = { ".sha1", 64 << 10, read_fixes },
	[ADVISORY_FILE_PAIRS] = { ".dyad", 128 << 10, read_pairs },
	[ADVISORY_FILE_VULNERABLE] = { ".vulnerable", 64 << 10, read_vulnerable },
	[ADVISORY_FILE_SCORE] = { ".cvss", 256 << 10, read_score },
	[ADVISORY_FILE_TEXT] = { ".json", 1 << 20, read_text },
	[ADVISORY_FILE_REJECTION] = { ".mbox.rejected", 128 << 10, read_rejection },
};

bool advisory_file_parse(char *ret_name, enum advisory_file *ret_file, const char *file_name)
{
	size_t length = strcspn(file_name, ".");

	if (strncmp(file_name, "CVE-", 4) != 0 ||
	    !advisory_name_parse(ret_name, file_name, length) || !advisory_name_number(ret_name))
		return false;
	for (int i = 0; i < ADVISORY_FILES; i++) {
		if (strcmp(file_kinds[i].suffix, file_name + length) == 0) {
			*ret_file = (enum advisory_file)i;
			return true;
		}
	}
	return false;
}

size_t advisory_file_limit(enum advisory_file file)
{
	return file_kinds[file].limit;
}

int advisory_record_read(struct advisory_record *record, enum advisory_file file, const char *place,
			 const void *data, size_t size, struct error *err)
{
	int error;

	if (size > file_kinds[file].limit)
		error = error_set(err, ERROR_INPUT, "%s: %zu bytes, more than the %zu it may have",
				  place, size, file_kinds[file].limit);
	else
		error = file_kinds[file].read(record, place, data, size, err);
	if (error)
		record->damaged |= 1u << file;
	return error;
}

int advisory_record_finish(struct advisory_record *record, const char *place, struct error *err)
{
	if (record->state != ADVISORY_PUBLISHED || record->fixes.count)
		return 0;
	record->damaged |= ADVISORY_DAMAGED_RECORD;
	return error_set(err, ERROR_INPUT, "%s: published, but no file of it names a fixing commit",
			 place);
}
