// SPDX-License-Identifier: GPL-2.0
/*
 * Meters on the bus: temperature, voltage.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/slab.h>

#define UMETER_VENDOR	0x1d9a
#define UMETER_MODEL_A	0x0001

#define UMETER_REPORT	16

struct umeter {
	u16 vendor;
	u16 model;
	u32 values[4];
	u8 report[UMETER_REPORT];
};

static u32 umeter_count;

int umeter_probe(struct umeter *m, u16 vendor, u16 model);
int umeter_report(struct umeter *m, const u8 *data, u32 len);
void umeter_remove(struct umeter *m);

int umeter_probe(struct umeter *m, u16 vendor, u16 model)
{
	if (vendor != UMETER_VENDOR)
		return -ENOENT;
	m->vendor = vendor;
	m->model = model;
	umeter_count++;
	return 0;
}

static int umeter_a_decode(struct umeter *m, const u8 *data)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(m->values); i++)
		m->values[i] = data[2 * i] | data[2 * i + 1] << 8;
	return 0;
}

int umeter_report(struct umeter *m, const u8 *data, u32 len)
{
	if (len > UMETER_REPORT)
		return -EMSGSIZE;
	mem_copy(m->report, data, len);
	if (m->model == UMETER_MODEL_A)
		return umeter_a_decode(m, m->report);
	return -EINVAL;
}

void umeter_remove(struct umeter *m)
{
	umeter_count--;
	mem_fill(m, 0, sizeof(*m));
}
