/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Any bytes are a journal. What is accepted is printed again as it was; what is not has
 * an error that names file and line. The order of its members is found or refused.
 */
#include <stdint.h>

#include "base/array.h"
#include "git/repository.h"
#include "tree/order.h"
#include "tree/stanza.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stanza_list list = STANZA_LIST_INIT;
	struct buffer text = BUFFER_INIT;
	struct error err = ERROR_INIT;
	struct stanza **pointers;
	uint64_t **orders;
	static bool started;

	if (!started)
		started = !git_start(NULL);

	if (stanza_parse(&list, (const char *)data, size, "journal", &err)) {
		CHECK(!strncmp(err.message, "journal:", 8));
	} else {
		for (size_t i = 0; i < list.count; i++)
			stanza_print(&text, &list.items[i]);
		CHECK(text.length == size && (!size || !memcmp(text.data, data, size)));
		pointers = memory_alloc((list.count + 1) * sizeof(*pointers));
		for (size_t i = 0; i < list.count; i++)
			pointers[i] = &list.items[i];
		if (!order_find(&orders, pointers, list.count, &err))
			order_release(orders, list.count);
		free(pointers);
	}
	buffer_release(&text);
	stanza_list_release(&list);
	return 0;
}
