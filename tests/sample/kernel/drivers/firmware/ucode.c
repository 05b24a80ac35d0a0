// SPDX-License-Identifier: GPL-2.0
/*
 * Loads firmware for UMX controllers.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/slab.h>

#define UCODE_MAGIC	0x554d5831u
#define UCODE_MAX	(64 * 1024)

struct ucode_head {
	u32 magic;
	u32 size;
	u32 parts;
	u32 sum;
};

static u8 *ucode_image;
static u32 ucode_size;

int ucode_load(const u8 *data, u32 len);
int ucode_part(u32 nr, u32 *off);
void ucode_drop(void);

static u32 ucode_sum(const u8 *data, u32 len)
{
	u32 sum = 0;

	while (len--)
		sum = (sum << 1 | sum >> 31) ^ *data++;
	return sum;
}

int ucode_load(const u8 *data, u32 len)
{
	const struct ucode_head *h = (const void *)data;

	if (len < sizeof(*h) || len > UCODE_MAX || h->magic != UCODE_MAGIC)
		return -EINVAL;
	if (ucode_sum(data + sizeof(*h), len - sizeof(*h)) != h->sum)
		return -EIO;
	ucode_image = mem_get(h->size);
	if (!ucode_image)
		return -ENOMEM;
	mem_copy(ucode_image, data, len);
	ucode_size = len;
	return 0;
}

int ucode_part(u32 nr, u32 *off)
{
	const struct ucode_head *h = (const void *)ucode_image;

	if (nr >= h->parts)
		return -ENOENT;
	*off = sizeof(*h) + nr * 256;
	return 0;
}

void ucode_drop(void)
{
	mem_free(ucode_image);
	ucode_image = NULL;
	ucode_size = 0;
}
