/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Prints the hunks between pairs of files, as `git diff -U0` numbers them.
 *
 *	diff-run < "<old file> <new file>" lines
 *
 * A line of a file is a number below 65,536.
 */
#include "base/buffer.h"
#include "git/repository.h"
#include "git/diff.h"
#include "git/store.h"

struct numbers {
	uint32_t *items;
	size_t count;
	size_t capacity;
};

static struct diff_lines read_lines(struct numbers *numbers, const char *path)
{
	struct buffer text = BUFFER_INIT;
	struct diff_lines lines;

	if (buffer_read_file(&text, path, 1 << 24, NULL))
		exit(3);
	for (char *at = text.data; *at; at = strchrnul(at, '\n') + 1)
		array_push(numbers, (uint32_t)strtoul(at, NULL, 10));
	buffer_release(&text);
	lines.items = numbers->items;
	lines.count = numbers->count;
	return lines;
}

static void print_side(char sign, uint32_t start, uint32_t count)
{
	printf("%c%u", sign, count ? start + 1 : start);
	if (count != 1)
		printf(",%u", count);
	putchar(' ');
}

int main(void)
{
	char line[1024];

	git_start(NULL);
	while (fgets(line, sizeof(line), stdin)) {
		struct numbers old_numbers = ARRAY_INIT, new_numbers = ARRAY_INIT;
		struct diff_hunks hunks = ARRAY_INIT;
		struct diff_lines old_lines, new_lines;
		char *space = strchr(line, ' ');

		if (!space)
			return 2;
		*space = '\0';
		space[1 + strcspn(space + 1, "\n")] = '\0';
		old_lines = read_lines(&old_numbers, line);
		new_lines = read_lines(&new_numbers, space + 1);
		diff_lines(&hunks, &old_lines, &new_lines, 1 << 16);
		for (size_t i = 0; i < hunks.count; i++) {
			print_side('-', hunks.items[i].old_start, hunks.items[i].old_count);
			print_side('+', hunks.items[i].new_start, hunks.items[i].new_count);
		}
		putchar('\n');
		array_release(&hunks);
		array_release(&old_numbers);
		array_release(&new_numbers);
	}
	git_stop();
	return 0;
}
