// SPDX-License-Identifier: GPL-2.0
/*
 * Options of a mount: "name=value,name=value".
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/parse.h>
#include <linux/slab.h>

#define OPT_WORD	32
#define OPT_BLOCK	64

struct mount_opts {
	u32 depth;
	u32 cache;
	u32 used;
	char legacy[OPT_BLOCK];
};

int mount_parse(struct mount_opts *o, const char *text);
int mount_legacy(struct mount_opts *o, const char *key, const char *value);

static int mount_one(struct mount_opts *o, char *word)
{
	char *value = word;

	while (*value && *value != '=')
		value++;
	if (!*value)
		return -EINVAL;
	*value++ = 0;
	if (!str_cmp(word, "depth"))
		return parse_uint(value, &o->depth);
	if (!str_cmp(word, "cache"))
		return parse_uint(value, &o->cache);
	return mount_legacy(o, word, value);
}

int mount_parse(struct mount_opts *o, const char *text)
{
	char word[OPT_WORD];
	int err;

	while (!parse_word(&text, word, sizeof(word))) {
		err = mount_one(o, word);
		if (err)
			return err;
	}
	return 0;
}

int mount_legacy(struct mount_opts *o, const char *key, const char *value)
{
	u32 klen = str_len(key), vlen = str_len(value);

	if (klen + vlen > OPT_BLOCK - 2 - o->used)
		return -ENOSPC;
	mem_copy(o->legacy + o->used, key, klen);
	o->used += klen;
	o->legacy[o->used++] = '=';
	mem_copy(o->legacy + o->used, value, vlen);
	o->used += vlen;
	o->legacy[o->used++] = ',';
	return 0;
}
