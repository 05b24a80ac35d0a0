// SPDX-License-Identifier: GPL-2.0
/*
 * Keys that tasks hand to each other.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/lock.h>
#include <linux/slab.h>

#define KEY_DESC	24
#define KEY_PAYLOAD	64

struct key {
	struct link link;
	struct ref users;
	int owner;
	u32 len;
	char desc[KEY_DESC];
	u8 payload[KEY_PAYLOAD];
};

static struct link keys = { &keys, &keys };
static struct lock keys_lock;
static u32 key_quota = 200;

int key_add(int owner, const char *desc, const void *data, u32 len);
struct key *key_find(const char *desc);
void key_put(struct key *k);
int key_read(const char *desc, void *to, u32 room);

int key_add(int owner, const char *desc, const void *data, u32 len)
{
	struct key *k;

	if (str_len(desc) >= KEY_DESC || len > KEY_PAYLOAD || !key_quota)
		return -EINVAL;
	k = mem_zero(sizeof(*k));
	if (!k)
		return -ENOMEM;
	k->owner = owner;
	k->len = len;
	mem_copy(k->desc, desc, str_len(desc));
	mem_copy(k->payload, data, len);
	ref_get(&k->users);

	lock_take(&keys_lock);
	link_add(&k->link, &keys);
	key_quota--;
	lock_drop(&keys_lock);
	return 0;
}

struct key *key_find(const char *desc)
{
	struct link *at;

	for (at = keys.next; at != &keys; at = at->next) {
		struct key *k = link_entry(at, struct key, link);

		if (!str_cmp(k->desc, desc))
			return k;
	}
	return NULL;
}

void key_put(struct key *k)
{
	if (!ref_put(&k->users))
		return;
	link_del(&k->link);
	mem_free(k);
}

int key_read(const char *desc, void *to, u32 room)
{
	struct key *k = key_find(desc);

	if (!k)
		return -ENOENT;
	if (room > k->len)
		room = k->len;
	mem_copy(to, k->payload, room);
	return room;
}
