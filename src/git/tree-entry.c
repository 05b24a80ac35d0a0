/* SPDX-License-Identifier: GPL-2.0-only */
#include "git/tree-entry.h"

#include <string.h>
#include <strings.h>

void tree_entries_init(struct tree_entries *entries, const void *data, size_t length)
{
	memset(entries, 0, sizeof(*entries));
	entries->at = data;
	entries->end = entries->at + length;
}

static int problem(struct tree_entries *entries, const char *words)
{
	entries->problem = words;
	return -1;
}

/* What git keeps of a mode: group and other bits of old trees are dropped. 0 = unknown. */
static unsigned canonical_mode(unsigned mode)
{
	switch (mode & TREE_MODE_TYPE) {
	case 0100000:
		return mode & 0100 ? TREE_MODE_EXECUTABLE : TREE_MODE_FILE;
	case TREE_MODE_DIRECTORY:
	case TREE_MODE_SYMLINK:
	case TREE_MODE_SUBMODULE:
		return mode & TREE_MODE_TYPE;
	}
	return 0;
}

bool tree_name_is_valid(const char *name, size_t length)
{
	if (length == 0)
		return false;
	if (name[0] != '.')
		return !memchr(name, '/', length);
	if (length == 1 || (length == 2 && name[1] == '.'))
		return false;
	if (length == 4 && !strncasecmp(name, ".git", 4))
		return false;
	return !memchr(name, '/', length);
}

const char *tree_path_problem(const char *path)
{
	unsigned depth = 0;

	if (strlen(path) >= TREE_PATH_LIMIT)
		return "the path is longer than 4095 bytes";
	for (;;) {
		const char *slash = strchrnul(path, '/');

		if (!tree_name_is_valid(path, slash - path))
			return "the path has a component that no tree may hold";
		if (++depth > TREE_DEPTH_LIMIT)
			return "the path has more than 128 components";
		if (!*slash)
			return NULL;
		path = slash + 1;
	}
}

int tree_entry_compare(const char *a, size_t a_length, unsigned a_mode, const char *b,
		       size_t b_length, unsigned b_mode)
{
	size_t common = a_length < b_length ? a_length : b_length;
	int order = memcmp(a, b, common);
	unsigned a_next, b_next;

	if (order)
		return order;
	a_next = a_length > common ? (unsigned char)a[common] : 0;
	b_next = b_length > common ? (unsigned char)b[common] : 0;
	if (!a_next && tree_mode_is_directory(a_mode))
		a_next = '/';
	if (!b_next && tree_mode_is_directory(b_mode))
		b_next = '/';
	if (a_next != b_next)
		return a_next < b_next ? -1 : 1;
	/* "x/" the directory against "x/..." cannot happen: names hold no slash. */
	return 0;
}

int tree_entries_next(struct tree_entries *entries)
{
	struct tree_entry last = entries->entry;
	const unsigned char *at = entries->at;
	const unsigned char *nul;
	unsigned mode = 0, digits = 0;

	if (at == entries->end)
		return 0;
	while (at < entries->end && *at >= '0' && *at <= '7' && digits < 7) {
		mode = mode * 8 + (*at++ - '0');
		digits++;
	}
	if (!digits || at == entries->end || *at != ' ')
		return problem(entries, "an entry has a malformed mode");
	at++;
	nul = memchr(at, '\0', entries->end - at);
	if (!nul || entries->end - nul < 1 + GIT_OID_RAWSZ)
		return problem(entries, "it ends within an entry");
	entries->entry.name = (const char *)at;
	entries->entry.length = nul - at;
	entries->entry.mode = canonical_mode(mode);
	entries->entry.id = (const git_oid *)(nul + 1);
	entries->at = nul + 1 + GIT_OID_RAWSZ;
	if (!entries->entry.mode)
		return problem(entries, "an entry has a mode that git does not use");
	if (!tree_name_is_valid(entries->entry.name, entries->entry.length))
		return problem(entries, "an entry has a name that no tree may hold");
	if (last.name && tree_entry_compare(last.name, last.length, last.mode, entries->entry.name,
					    entries->entry.length, entries->entry.mode) >= 0)
		return problem(entries, "its entries are out of order");
	return 1;
}
