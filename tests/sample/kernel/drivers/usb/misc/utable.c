// SPDX-License-Identifier: GPL-2.0
/*
 * Table of devices that need a quirk. Written with an editor of another system.
 */
#include <linux/err.h>
#include <linux/kernel.h>

struct utable_row {
	u16 vendor;
	u16 model;
	u32 quirks;
};

#define QUIRK_SLOW	0x1
#define QUIRK_NO_RESET	0x2
#define QUIRK_SHORT	0x4

static const struct utable_row utable[] = {
	{ 0x1d9a, 0x0001, QUIRK_SLOW },
	{ 0x1d9a, 0x0002, QUIRK_SLOW | QUIRK_SHORT },
	{ 0x2fa3, 0x0100, QUIRK_NO_RESET },
};

u32 utable_quirks(u16 vendor, u16 model);
int utable_row(u32 nr, struct utable_row *to);

u32 utable_quirks(u16 vendor, u16 model)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(utable); i++)
		if (utable[i].vendor == vendor && utable[i].model == model)
			return utable[i].quirks;
	return 0;
}

int utable_row(u32 nr, struct utable_row *to)
{
	if (nr > ARRAY_SIZE(utable))
		return -ENOENT;
	*to = utable[nr];
	return 0;
}
