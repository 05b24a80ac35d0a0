/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _UQUIRK_H
#define _UQUIRK_H

#include <linux/types.h>

/* Refuses a device whose table of quirks is longer than what we keep. */
static inline int uquirk_fits(u32 rows)
{
	return rows <= 64;
}

#endif
