/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lists what C files define, a line each: file, line, kind, name, owner, prototype, type, last
 * line, and whether a macro makes the name.
 *	code-list FILE...	(or the names of files on standard input, with -)
 * bench/code-compare holds the list against that of ctags.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "code/definitions.h"

static void list_file(const char *path, int quiet)
{
	struct buffer text = BUFFER_INIT;
	struct code_tokens tokens;
	struct definitions definitions;
	struct error err = ERROR_INIT;

	if (buffer_read_file(&text, path, (size_t)64 << 20, &err)) {
		fprintf(stderr, "%s\n", err.message);
		return;
	}
	code_tokens_init(&tokens, text.data, text.length);
	definitions_find(&definitions, &tokens);
	for (size_t i = 0; i < definitions.count && !quiet; i++) {
		const struct definition *item = &definitions.items[i];

		printf("%s\t%u\t%s\t%s\t%s\t%s\t%s\t%u\t%s\n", path, item->start + 1,
		       definition_kind_name(item->kind), item->name, item->owner ? item->owner : "",
		       item->prototype ? item->prototype : "", item->type ? item->type : "",
		       item->end + 1, item->generated ? "generated" : "");
	}
	definitions_release(&definitions);
	code_tokens_release(&tokens);
	buffer_release(&text);
}

int main(int argc, char **argv)
{
	char line[4096];

	if (argc > 1 && argv[1][0] == '-') {
		while (fgets(line, sizeof(line), stdin)) {
			line[strcspn(line, "\n")] = 0;
			list_file(line, argv[1][1] == 'q');
		}
		return 0;
	}
	for (int i = 1; i < argc; i++)
		list_file(argv[i], 0);
	return 0;
}
