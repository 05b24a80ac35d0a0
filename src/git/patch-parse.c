/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/patch.h"
#include "git/tree-entry.h"

enum {
	NUMBER_DIGITS = 9
};

struct parser {
	const char *at, *end; /* what comes after the line at hand */
	const char *line;
	size_t length; /* without the newline */
	bool has_line;
	size_t number;
	const char *name;
	enum patch_form form;
	struct patch *patch;
	struct error *err;
};

/* What a header said, before it is known whether all of it fits together. */
struct header {
	char *names[2];	 /* of the line "diff --git", when both are one */
	char *marked[2]; /* of "---" and "+++", or of "rename" and "copy"; NULL: none */
	bool absent[2];	 /* /dev/null */
	bool is_new, is_gone, moves, copies;
	unsigned old_mode, new_mode;
};

void patch_init(struct patch *patch)
{
	memset(patch, 0, sizeof(*patch));
}

void patch_release(struct patch *patch)
{
	for (size_t i = 0; i < patch->count; i++) {
		struct patch_file *file = &patch->items[i];

		for (size_t j = 0; j < file->count; j++)
			free(file->items[j].items);
		free(file->items);
		free(file->old_path);
		free(file->new_path);
	}
	free(patch->items);
	free(patch->text);
	patch_init(patch);
}

static int fail(const struct parser *parser, const char *words)
{
	return error_set(parser->err, ERROR_INPUT, "%s:%zu: %s", parser->name, parser->number,
			 words);
}

static void next_line(struct parser *parser)
{
	const char *newline;

	parser->has_line = parser->at < parser->end;
	parser->line = parser->at;
	parser->length = 0;
	parser->number++;
	if (!parser->has_line)
		return;
	newline = memchr(parser->at, '\n', (size_t)(parser->end - parser->at));
	parser->length = (size_t)((newline ? newline : parser->end) - parser->at);
	parser->at = newline ? newline + 1 : parser->end;
}

static bool begins(const char *line, const char *end, const char *word)
{
	size_t length = strlen(word);

	return (size_t)(end - line) >= length && !memcmp(line, word, length);
}

static bool line_begins(const struct parser *parser, const char *word)
{
	return parser->has_line && begins(parser->line, parser->line + parser->length, word);
}

/* ---- names ---- */

/* A name in quotes; `*at` moves behind it. NULL: it has no end or no meaning. */
static char *unquote(const char **at, const char *end)
{
	static const char letters[] = "abtnvfr\"\\", bytes[] = "\a\b\t\n\v\f\r\"\\";
	struct buffer name = BUFFER_INIT;
	const char *here = *at + 1, *found;
	int byte;

	for (; here < end && *here != '"'; here++) {
		if (*here != '\\') {
			buffer_add_byte(&name, *here);
			continue;
		}
		if (++here == end)
			break;
		found = *here ? strchr(letters, *here) : NULL;
		if (found) {
			buffer_add_byte(&name, bytes[found - letters]);
		} else if (end - here > 2 && strspn(here, "01234567") >= 3 && *here < '4') {
			byte = (here[0] - '0') * 64 + (here[1] - '0') * 8 + (here[2] - '0');
			buffer_add_byte(&name, byte);
			here += 2;
			if (!byte)
				break;
		} else {
			break;
		}
	}
	if (here >= end || *here != '"') {
		buffer_release(&name);
		return NULL;
	}
	*at = here + 1;
	return buffer_detach(&name);
}

/* Without its first directory, "a/" or "b/". */
static char *strip(char *name)
{
	const char *slash = name ? strchr(name, '/') : NULL;
	char *rest = slash && slash[1] ? string_copy(slash + 1) : NULL;

	free(name);
	return rest;
}

/* The name on a line "--- a/name": to a tab or the end. */
static int take_marked(struct header *header, int side, struct parser *parser)
{
	const char *at = parser->line + 4, *end = parser->line + parser->length, *tab;
	char *name;

	if (at < end && *at == '"') {
		name = unquote(&at, end);
	} else {
		tab = memchr(at, '\t', (size_t)(end - at));
		if (!tab && end > at && end[-1] == '\r')
			end--;
		name = string_copy_length(at, (size_t)((tab ? tab : end) - at));
	}
	if (name && !strcmp(name, "/dev/null")) {
		header->absent[side] = true;
		free(name);
		return 0;
	}
	name = strip(name);
	if (!name)
		return fail(parser, "no name of a file; 'a/<path>' or 'b/<path>' was expected");
	free(header->marked[side]);
	header->marked[side] = name;
	return 0;
}

/* Two names that are one, but for "a/" and "b/". Takes `first` over. */
static bool take_pair(struct header *header, char *first, const char *at, const char *end)
{
	char *second = NULL;

	if (at < end && *at == '"')
		second = unquote(&at, end);
	else if (at < end)
		second = string_copy_length(at, (size_t)(end - at));
	header->names[0] = strip(first);
	header->names[1] = strip(second);
	if (header->names[0] && header->names[1] && !strcmp(header->names[0], header->names[1]))
		return true;
	for (int i = 0; i < 2; i++) {
		free(header->names[i]);
		header->names[i] = NULL;
	}
	return false;
}

/* "a/name b/name": where the two are not one, other lines have them. */
static void take_names(struct header *header, const struct parser *parser)
{
	const char *at = parser->line + strlen("diff --git ");
	const char *end = parser->line + parser->length, *blank = at;
	char *first;

	if (at < end && *at == '"') {
		first = unquote(&at, end);
		take_pair(header, first, at < end ? at + 1 : end, end);
		return;
	}
	while ((blank = memchr(blank, ' ', (size_t)(end - blank)))) {
		first = string_copy_length(at, (size_t)(blank - at));
		blank++;
		if (take_pair(header, first, blank, end))
			return;
	}
}

/* The whole of a line after its words: "rename from <path>". */
static int take_moved(struct header *header, int side, struct parser *parser, const char *words)
{
	const char *at = parser->line + strlen(words), *end = parser->line + parser->length;

	free(header->marked[side]);
	header->marked[side] = at < end && *at == '"' ? unquote(&at, end)
						      : string_copy_length(at, (size_t)(end - at));
	return header->marked[side] ? 0 : fail(parser, "the name has no end");
}

static int take_mode(unsigned *ret_mode, struct parser *parser, size_t skip)
{
	char *text = string_copy_length(parser->line + skip, parser->length - skip), *end;
	unsigned long mode = strtoul(text, &end, 8);
	bool good = end != text && (!*end || *end == '\r');

	free(text);
	if (mode == TREE_MODE_SUBMODULE)
		return fail(parser, "is about a submodule, which a resolution cannot change");
	if (!good ||
	    (mode != TREE_MODE_FILE && mode != TREE_MODE_EXECUTABLE && mode != TREE_MODE_SYMLINK))
		return fail(parser, "is no mode that git has: 100644, 100755 or 120000");
	*ret_mode = (unsigned)mode;
	return 0;
}

/* ---- headers ---- */

enum header_word {
	WORD_OLD_MODE,
	WORD_NEW_MODE,
	WORD_NEW_FILE,
	WORD_GONE_FILE,
	WORD_RENAME_FROM,
	WORD_RENAME_TO,
	WORD_COPY_FROM,
	WORD_COPY_TO,
	WORD_OLD_NAME,
	WORD_NEW_NAME,
	WORD_INDEX,
	WORD_IGNORED
};

static const struct {
	const char *text;
	enum header_word word;
} header_words[] = {
	{ "old mode ", WORD_OLD_MODE },
	{ "new mode ", WORD_NEW_MODE },
	{ "new file mode ", WORD_NEW_FILE },
	{ "deleted file mode ", WORD_GONE_FILE },
	{ "rename from ", WORD_RENAME_FROM },
	{ "rename to ", WORD_RENAME_TO },
	{ "copy from ", WORD_COPY_FROM },
	{ "copy to ", WORD_COPY_TO },
	{ "--- ", WORD_OLD_NAME },
	{ "+++ ", WORD_NEW_NAME },
	{ "index ", WORD_INDEX },
	{ "similarity index ", WORD_IGNORED },
	{ "dissimilarity index ", WORD_IGNORED },
};

static int take_index(struct header *header, struct parser *parser)
{
	const char *blank = memchr(parser->line + 6, ' ', parser->length - 6);

	/* Without a mode: the two differ, or there is none before. */
	return blank ? take_mode(&header->old_mode, parser, (size_t)(blank + 1 - parser->line)) : 0;
}

static int take_word(struct header *header, struct parser *parser, size_t at)
{
	const char *text = header_words[at].text;
	size_t length = strlen(text);

	switch (header_words[at].word) {
	case WORD_OLD_MODE:
		return take_mode(&header->old_mode, parser, length);
	case WORD_NEW_MODE:
		return take_mode(&header->new_mode, parser, length);
	case WORD_NEW_FILE:
		header->is_new = true;
		return take_mode(&header->new_mode, parser, length);
	case WORD_GONE_FILE:
		header->is_gone = true;
		return take_mode(&header->old_mode, parser, length);
	case WORD_COPY_FROM:
	case WORD_COPY_TO:
		header->copies = true;
		return take_moved(header, header_words[at].word == WORD_COPY_TO, parser, text);
	case WORD_RENAME_FROM:
	case WORD_RENAME_TO:
		header->moves = true;
		return take_moved(header, header_words[at].word == WORD_RENAME_TO, parser, text);
	case WORD_OLD_NAME:
	case WORD_NEW_NAME:
		return take_marked(header, header_words[at].word == WORD_NEW_NAME, parser);
	case WORD_INDEX:
		return take_index(header, parser);
	case WORD_IGNORED:
		break;
	}
	return 0;
}

/* The lines between "diff --git" and the first hunk. */
static int parse_git_header(struct header *header, struct parser *parser)
{
	size_t at;
	int error = 0;

	take_names(header, parser);
	next_line(parser);
	while (parser->has_line && !error) {
		if (line_begins(parser, "GIT binary patch") || line_begins(parser, "Binary files "))
			return fail(parser, "changes a binary file, which a resolution cannot");
		for (at = 0; at < COUNT_OF(header_words); at++)
			if (line_begins(parser, header_words[at].text))
				break;
		if (at == COUNT_OF(header_words))
			break;
		error = take_word(header, parser, at);
		if (!error)
			next_line(parser);
	}
	return error;
}

static int parse_plain_header(struct header *header, struct parser *parser)
{
	int error = take_marked(header, 0, parser);

	next_line(parser);
	if (!error)
		error = take_marked(header, 1, parser);
	next_line(parser);
	return error;
}

static char *copy_path(const char *path)
{
	return path ? string_copy(path) : NULL;
}

static int check_path(struct parser *parser, const char *path, size_t number)
{
	const char *problem = path ? tree_path_problem(path) : NULL;

	if (!problem)
		return 0;
	return error_set(parser->err, ERROR_INPUT, "%s:%zu: '%s' is no path of a source tree: %s",
			 parser->name, number, path, problem);
}

static int complete(struct patch_file *file, const struct header *header, struct parser *parser,
		    size_t number)
{
	const char *old_path = header->marked[0] ? header->marked[0] : header->names[0];
	const char *new_path = header->marked[1] ? header->marked[1] : header->names[1];
	bool is_new = header->is_new || (header->absent[0] && !header->moves);
	bool is_gone = header->is_gone || (header->absent[1] && !header->moves);
	int error;

	if (header->moves || header->copies) {
		file->old_path = copy_path(old_path);
		file->new_path = copy_path(new_path);
		file->copy = header->copies;
	} else {
		/* One name: of "diff -u x.orig x" the new one. */
		file->old_path = is_new ? NULL : copy_path(is_gone ? old_path : new_path);
		file->new_path = is_gone ? NULL : copy_path(new_path);
	}
	file->old_mode = header->old_mode;
	file->new_mode = header->new_mode;
	if (is_new && !file->new_mode)
		file->new_mode = TREE_MODE_FILE;
	if ((!is_new && !file->old_path) || (!is_gone && !file->new_path) || (is_new && is_gone))
		return error_set(parser->err, ERROR_INPUT, "%s:%zu: does not say which file it is",
				 parser->name, number);
	error = check_path(parser, file->old_path, number);
	return error ? error : check_path(parser, file->new_path, number);
}

/* ---- hunks ---- */

static bool take_number(size_t *ret_number, const char **at, const char *end)
{
	size_t digits = 0;

	*ret_number = 0;
	for (; *at < end && **at >= '0' && **at <= '9'; (*at)++, digits++)
		if (digits < NUMBER_DIGITS)
			*ret_number = *ret_number * 10 + (size_t)(**at - '0');
	return digits && digits <= NUMBER_DIGITS;
}

/* "12,3" or "12", which is "12,1". */
static bool take_range(size_t *ret_start, size_t *ret_count, const char **at, const char *end)
{
	*ret_count = 1;
	if (!take_number(ret_start, at, end))
		return false;
	if (*at == end || **at != ',')
		return true;
	(*at)++;
	return take_number(ret_count, at, end);
}

static int parse_hunk_header(struct patch_hunk *hunk, struct parser *parser)
{
	const char *at = parser->line + 4, *end = parser->line + parser->length;

	if (!take_range(&hunk->old_start, &hunk->old_count, &at, end) || !begins(at, end, " +"))
		return fail(parser, "'@@ -<line>,<lines> +<line>,<lines> @@' was expected");
	at += 2;
	if (!take_range(&hunk->new_start, &hunk->new_count, &at, end) || !begins(at, end, " @@"))
		return fail(parser, "'@@ -<line>,<lines> +<line>,<lines> @@' was expected");
	next_line(parser);
	return 0;
}

static void add_line(struct patch_hunk *hunk, const struct parser *parser, char kind)
{
	struct patch_line *line = array_add(hunk);
	/* Mailers cut the blank of an empty line of context off. */
	size_t skip = parser->length ? 1 : 0;

	line->kind = kind;
	line->text = parser->line + skip;
	line->length = (size_t)(parser->at - line->text);
}

/* "\\ No newline at end of file" is about the line before it. */
static void drop_newline(struct patch_line *line)
{
	if (line->length && line->text[line->length - 1] == '\n')
		line->length--;
}

static void count_context(struct patch_hunk *hunk)
{
	size_t from = 0, to = hunk->count;

	while (from < hunk->count && hunk->items[from].kind == ' ')
		from++;
	while (to > from && hunk->items[to - 1].kind == ' ')
		to--;
	hunk->leading = from;
	hunk->trailing = hunk->count - to;
}

static int parse_hunk(struct patch_hunk *hunk, struct parser *parser)
{
	size_t old_left, new_left;
	bool changes = false;
	int error = parse_hunk_header(hunk, parser);

	old_left = hunk->old_count;
	new_left = hunk->new_count;
	while (!error && (old_left || new_left)) {
		char kind = parser->has_line ? (parser->length ? *parser->line : ' ') : '\0';

		if (parser->has_line && parser->at[-1] != '\n')
			return fail(parser, "the last line has no end: the patch is cut short");
		if (kind == ' ' && old_left && new_left) {
			old_left--;
			new_left--;
		} else if (kind == '-' && old_left) {
			old_left--;
		} else if (kind == '+' && new_left) {
			new_left--;
		} else if (kind != '\\' || !hunk->count) {
			return fail(parser, kind ? "is no line of the hunk above, which should be "
						   "longer; the patch is damaged"
						 : "the patch is cut short");
		}
		changes |= kind == '-' || kind == '+';
		if (kind == '\\')
			drop_newline(&hunk->items[hunk->count - 1]);
		else
			add_line(hunk, parser, kind);
		next_line(parser);
	}
	if (!error && line_begins(parser, "\\ ") && hunk->count) {
		drop_newline(&hunk->items[hunk->count - 1]);
		next_line(parser);
	}
	if (!error && !changes)
		error = fail(parser, "the hunk above changes nothing");
	count_context(hunk);
	return error;
}

static int parse_file(struct parser *parser, bool is_git)
{
	struct patch *patch = parser->patch;
	struct header header = { 0 };
	struct patch_file *file;
	size_t number = parser->number;
	int error;

	file = array_add(patch);
	error = is_git ? parse_git_header(&header, parser) : parse_plain_header(&header, parser);
	if (!error)
		error = complete(file, &header, parser, number);
	while (!error && line_begins(parser, "@@ -"))
		error = parse_hunk(array_add(file), parser);
	if (!error && !file->count && file->old_path && file->new_path && !file->new_mode &&
	    !strcmp(file->old_path, file->new_path)) {
		parser->number = number;
		error = fail(parser, "changes nothing");
	}
	for (int i = 0; i < 2; i++) {
		free(header.names[i]);
		free(header.marked[i]);
	}
	return error;
}

/* "--- a/x", "+++ b/x", "@@ -": a diff that git did not make. */
static bool is_plain_header(const struct parser *parser)
{
	const char *second = parser->at, *third;

	if (!line_begins(parser, "--- ") || !begins(second, parser->end, "+++ "))
		return false;
	third = memchr(second, '\n', (size_t)(parser->end - second));
	return third && begins(third + 1, parser->end, "@@ -");
}

static int parse(struct parser *parser)
{
	int error = 0;

	next_line(parser);
	while (parser->has_line && !error) {
		if (line_begins(parser, "diff --git ") || is_plain_header(parser))
			error = parse_file(parser, *parser->line == 'd');
		else if (line_begins(parser, "@@ -"))
			error = fail(parser, "a hunk without the name of a file before it");
		else if (parser->form == PATCH_BARE)
			error = fail(parser, "is no line of a diff; the patch is damaged");
		else
			next_line(parser);
	}
	if (!error && !parser->patch->count)
		error = error_set(parser->err, ERROR_INPUT, "%s: holds no patch", parser->name);
	return error;
}

int patch_parse(struct patch *ret_patch, const char *text, size_t length, enum patch_form form,
		const char *name, size_t first_line, struct error *err)
{
	struct parser parser = {
		.number = first_line - 1, .name = name, .form = form, .patch = ret_patch, .err = err
	};
	int error;

	patch_init(ret_patch);
	if (length > PATCH_BYTES_LIMIT)
		return error_set(err, ERROR_INPUT, "%s: larger than %d bytes", name,
				 PATCH_BYTES_LIMIT);
	if (length && memchr(text, '\0', length))
		return error_set(err, ERROR_INPUT, "%s: is no text: it holds a NUL", name);
	ret_patch->text = string_copy_length(text, length);
	parser.at = ret_patch->text;
	parser.end = ret_patch->text + length;
	error = parse(&parser);
	if (error)
		patch_release(ret_patch);
	return error;
}
