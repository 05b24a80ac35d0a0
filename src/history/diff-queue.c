/* SPDX-License-Identifier: GPL-2.0-only */
#include "history/diff-queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "git/pack-reader.h"

#define QUEUE_SIZE 2048u
#define WAKE_AT 64u /* waking for each request costs more than the work */

struct request {
	uint32_t number;
	git_oid old_tree, new_tree;
	struct change_list changes;
	int error;
	struct error words;
};

/*
 * A ring: requests taken <= found <= added. The worker writes the slots between
 * `found` and `added`, the owner all others.
 */
struct diff_queue {
	git_odb *odb;
	struct pack_reader *packs; /* the worker's */
	pthread_t worker;
	pthread_mutex_t mutex;
	pthread_cond_t added_some, found_some;
	uint64_t added, found, taken;
	bool worker_waits, owner_waits;
	bool closing;
	struct request ring[QUEUE_SIZE];
};

static void *work(void *argument)
{
	struct diff_queue *queue = argument;
	struct request *request;
	uint64_t at;

	pthread_mutex_lock(&queue->mutex);
	while (!queue->closing) {
		if (queue->found == queue->added) {
			queue->worker_waits = true;
			pthread_cond_wait(&queue->added_some, &queue->mutex);
			queue->worker_waits = false;
			continue;
		}
		at = queue->found;
		pthread_mutex_unlock(&queue->mutex);
		request = &queue->ring[at % QUEUE_SIZE];
		request->error = change_list_read_packs(&request->changes, queue->packs, queue->odb,
							&request->old_tree, &request->new_tree,
							&request->words);
		pthread_mutex_lock(&queue->mutex);
		queue->found++;
		if (queue->owner_waits)
			pthread_cond_signal(&queue->found_some);
	}
	pthread_mutex_unlock(&queue->mutex);
	return NULL;
}

int diff_queue_open(struct diff_queue **ret_queue, git_odb *odb, const char *objects,
		    struct error *err)
{
	struct diff_queue *queue = memory_alloc(sizeof(*queue));

	queue->odb = odb;
	queue->packs = pack_reader_open(objects);
	pthread_mutex_init(&queue->mutex, NULL);
	pthread_cond_init(&queue->added_some, NULL);
	pthread_cond_init(&queue->found_some, NULL);
	errno = pthread_create(&queue->worker, NULL, work, queue);
	if (errno) {
		error_errno(err, "a second thread cannot be started");
		pack_reader_close(queue->packs);
		free(queue);
		return ERROR_SYSTEM;
	}
	*ret_queue = queue;
	return 0;
}

void diff_queue_close(struct diff_queue *queue)
{
	if (!queue)
		return;
	pthread_mutex_lock(&queue->mutex);
	queue->closing = true;
	pthread_cond_signal(&queue->added_some);
	pthread_mutex_unlock(&queue->mutex);
	pthread_join(queue->worker, NULL);
	for (; queue->taken < queue->found; queue->taken++)
		change_list_release(&queue->ring[queue->taken % QUEUE_SIZE].changes);
	pthread_cond_destroy(&queue->added_some);
	pthread_cond_destroy(&queue->found_some);
	pthread_mutex_destroy(&queue->mutex);
	pack_reader_close(queue->packs);
	free(queue);
}

bool diff_queue_is_full(struct diff_queue *queue)
{
	return queue->added - queue->taken == QUEUE_SIZE;
}

void diff_queue_add(struct diff_queue *queue, uint32_t number, const git_oid *old_tree,
		    const git_oid *new_tree)
{
	struct request *request = &queue->ring[queue->added % QUEUE_SIZE];

	memset(request, 0, sizeof(*request));
	request->number = number;
	request->old_tree = *old_tree;
	request->new_tree = *new_tree;
	pthread_mutex_lock(&queue->mutex);
	queue->added++;
	if (queue->worker_waits && queue->added - queue->found >= WAKE_AT)
		pthread_cond_signal(&queue->added_some);
	pthread_mutex_unlock(&queue->mutex);
}

int diff_queue_take(struct diff_result *ret_result, struct diff_queue *queue, bool wait,
		    struct error *err)
{
	struct request *request;

	memset(ret_result, 0, sizeof(*ret_result));
	if (queue->taken == queue->added)
		return 0;
	if (!wait && queue->added - queue->taken <= QUEUE_SIZE / 2)
		return 0;
	pthread_mutex_lock(&queue->mutex);
	while (queue->found == queue->taken) {
		pthread_cond_signal(&queue->added_some);
		queue->owner_waits = true;
		pthread_cond_wait(&queue->found_some, &queue->mutex);
		queue->owner_waits = false;
	}
	pthread_mutex_unlock(&queue->mutex);
	request = &queue->ring[queue->taken++ % QUEUE_SIZE];
	if (request->error) {
		if (err)
			*err = request->words;
		change_list_release(&request->changes);
		return request->error;
	}
	ret_result->number = request->number;
	ret_result->changes = request->changes;
	return 1;
}
