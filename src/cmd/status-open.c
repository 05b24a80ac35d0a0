/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/status-open.h"

int status_open(struct output *out, struct workspace *workspace, const struct built_bases *bases,
		bool *ret_look, struct error *err)
{
	*ret_look = false;
	output_list_begin(out, "open");
	output_list_end(out);
	return 0;
}
