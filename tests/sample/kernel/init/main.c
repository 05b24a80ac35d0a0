// SPDX-License-Identifier: GPL-2.0
/*
 * Where the little kernel starts.
 */
#include <linux/kernel.h>
#include <linux/pool.h>
#include <linux/ring.h>
#include <linux/task.h>

void start_kernel(void);

static struct pool boot_pool;
static struct ring boot_ring;

static const char *const stages[] = {
	"pools",
	"rings",
	"tasks",
};

static int start_stage(unsigned int n)
{
	switch (n) {
	case 0:
		return pool_init(&boot_pool, 32, 64);
	case 1:
		return ring_init(&boot_ring, 4096);
	default:
		return 0;
	}
}

void start_kernel(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(stages); i++) {
		int err = start_stage(i);

		if (err)
			pr_warn("stage %s failed: %d\n", stages[i], err);
	}
	pr_info("the little kernel is up\n");
}
