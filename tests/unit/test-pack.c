/* SPDX-License-Identifier: GPL-2.0-only */
/* Packs as git sees them: verify-pack, index-pack --strict, fsck --strict. */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/process.h"
#include "git/repository.h"
#include "git/pack-index.h"
#include "git/pack-reader.h"
#include "git/pack-writer.h"
#include "git/sha1.h"
#include "git/store.h"
#include "git/tree-delta.h"
#include "git/tree-entry.h"
#include "git/tree.h"

static char directory[64];
static git_repository *repository;

static int run_git(struct buffer *output, const char *const *arguments)
{
	struct process_request request = { arguments, directory };
	struct error err = ERROR_INIT;
	int result = process_run(output, &request, &err);

	if (result)
		print_message("# git %s: %s\n", arguments[1], err.message);
	return result;
}

static int setup(void **state)
{
	snprintf(directory, sizeof(directory), "/tmp/sectree-test-XXXXXX");
	git_start(NULL);
	return !mkdtemp(directory) || git_repository_init(&repository, directory, true);
}

static int teardown(void **state)
{
	const char *remove[] = { "rm", "-rf", directory, NULL };
	struct process_request request = { remove };

	git_repository_free(repository);
	git_stop();
	return process_run(NULL, &request, NULL);
}

/* How many files in objects/pack have this prefix or suffix. */
static int count_files(const char *part)
{
	char path[128];
	struct dirent *entry;
	int count = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/objects/pack", directory);
	dir = opendir(path);
	assert_non_null(dir);
	while ((entry = readdir(dir)))
		count += strstr(entry->d_name, part) != NULL;
	closedir(dir);
	return count;
}

static void sha1_of_known_texts(void **state)
{
	static const struct {
		size_t repeat;
		const char *text, *digest;
	} cases[] = {
		{ 1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
		{ 1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d" },
		{ 1, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "84983e441c3bd26ebaae4aa1f95129e5e54670f1" },
		{ 1000000, "a", "34aa973cd4c4daa4f61eeb2bdbad27316534016f" },
	};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		unsigned char digest[20];
		struct sha1 sha1;
		git_oid id;

		sha1_init(&sha1);
		for (size_t j = 0; j < cases[i].repeat; j++)
			sha1_add(&sha1, cases[i].text, strlen(cases[i].text));
		sha1_finish(digest, &sha1);
		git_oid_fromraw(&id, digest);
		assert_string_equal(git_oid_tostr_s(&id), cases[i].digest);
	}
}

/* 300 versions of one tree of 200 files: chains of deltas beyond the limit. */
static void write_versions(struct store *store, git_oid *ret_commit, git_oid *ret_roots)
{
	struct tree *tree;
	struct error err = ERROR_INIT;
	char text[256];
	git_oid blob;
	int length;

	assert_int_equal(tree_open(&tree, store, NULL, &err), 0);
	for (int i = 0; i < 500; i++) {
		char path[64];

		snprintf(path, sizeof(path), "dir%d/sub/file%d.c", i % 3, i * 7 % 200);
		length = snprintf(text, sizeof(text), "content %d\n", i);
		assert_int_equal(store_write(&blob, store, GIT_OBJECT_BLOB, text, length, &err), 0);
		assert_int_equal(tree_set(tree, path, i % 5 ? 0100644 : 0100755, &blob, &err), 0);
		if (i % 11 == 10) {
			snprintf(path, sizeof(path), "dir%d/sub/file%d.c", (i - 6) % 3,
				 (i - 6) * 7 % 200);
			assert_int_equal(tree_remove(tree, path, &err), 0);
		}
		assert_int_equal(tree_write(&ret_roots[i], tree, &err), 0);
	}
	length = snprintf(text, sizeof(text),
			  "tree %s\nauthor A <a@example.com> 0 +0000\n"
			  "committer A <a@example.com> 0 +0000\n\nx\n",
			  git_oid_tostr_s(&ret_roots[499]));
	assert_int_equal(store_write(ret_commit, store, GIT_OBJECT_COMMIT, text, length, &err), 0);
	tree_close(tree);
}

static void git_accepts_the_pack(void **state)
{
	static git_oid roots[500];
	struct buffer output = BUFFER_INIT;
	struct error err = ERROR_INIT;
	struct store *store;
	char command[512];
	git_oid commit;

	assert_int_equal(store_open(&store, repository, STORE_WRITE, &err), 0);
	write_versions(store, &commit, roots);
	assert_int_equal(count_files("tmp_pack_"), 1);
	/* What was written can be read before the pack is finished, through its deltas. */
	for (int i = 0; i < 500; i++) {
		struct object object;
		git_oid id;

		assert_int_equal(store_read(&object, store, &roots[i], GIT_OBJECT_TREE, &err), 0);
		assert_int_equal(git_odb_hash(&id, object.data, object.length, GIT_OBJECT_TREE), 0);
		assert_true(git_oid_equal(&id, &roots[i]));
		object_release(&object);
	}
	assert_int_equal(store_finish(store, &err), 0);
	assert_int_equal(count_files("tmp_"), 0);
	assert_int_equal(count_files(".pack"), 1);
	assert_int_equal(count_files(".idx"), 1);
	assert_true(store_has(store, &commit));

	snprintf(command, sizeof(command),
		 "set -e; for p in objects/pack/*.pack; do test \"$(stat -c %%a $p)\" = 444; "
		 "git verify-pack -v $p; git index-pack --strict -o t.idx $p; "
		 "cmp t.idx ${p%%.pack}.idx; rm -f t.idx; done");
	assert_int_equal(run_git(&output, (const char *[]){ "sh", "-c", command, NULL }), 0);
	/* A chain of 50 is the longest. */
	assert_non_null(strstr(output.data, "chain length = 50:"));
	assert_null(strstr(output.data, "chain length = 51:"));
	assert_int_equal(run_git(NULL, (const char *[]){ "git", "update-ref", "refs/heads/x",
							 git_oid_tostr_s(&commit), NULL }),
			 0);
	assert_int_equal(run_git(NULL, (const char *[]){ "git", "fsck", "--strict", NULL }), 0);

	/* Written again, everything is there: no second pack. */
	write_versions(store, &commit, roots);
	assert_int_equal(store_finish(store, &err), 0);
	assert_int_equal(count_files(".pack"), 1);
	store_close(store);
	buffer_release(&output);
}

/* The bytes of the first file in objects/pack with this ending. */
static void read_packed(struct buffer *buffer, const char *ending)
{
	char path[512];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/objects/pack", directory);
	dir = opendir(path);
	assert_non_null(dir);
	while ((entry = readdir(dir)) && !strstr(entry->d_name, ending))
		;
	assert_non_null(entry);
	snprintf(path, sizeof(path), "%s/objects/pack/%s", directory, entry->d_name);
	assert_int_equal(buffer_read_file(buffer, path, 16 << 20, NULL), 0);
	closedir(dir);
}

/* Reads all objects that the index names; how many could be read with their right id. */
static size_t read_all(const struct buffer *index, const struct buffer *pack)
{
	const unsigned char *ids = (unsigned char *)index->data + 8 + 1024;
	size_t count = (index->length - 8 - 1024 - 40) / 28, good = 0;
	struct pack_reader *reader = pack_reader_open_memory(index->data, index->length, pack->data,
							     pack->length);

	for (size_t i = 0; i < count; i++) {
		struct cached_object *object;
		git_oid id, computed;

		git_oid_fromraw(&id, ids + 20 * i);
		object = pack_reader_read(reader, &id, 1 << 20);
		if (!object)
			continue;
		if (!git_odb_hash(&computed, object->data, object->length, object->type))
			good += git_oid_equal(&id, &computed);
		cached_object_unref(object);
	}
	pack_reader_close(reader);
	return good;
}

/* Packs are foreign: a reader of damaged ones has less to say, and nothing worse. */
static void damage_is_survived(void **state)
{
	struct buffer index = BUFFER_INIT, pack = BUFFER_INIT;
	size_t count, step;

	read_packed(&index, ".idx");
	read_packed(&pack, ".pack");
	count = (index.length - 8 - 1024 - 40) / 28;
	assert_true(count > 1000);
	assert_int_equal(read_all(&index, &pack), count);
	step = pack.length / 150;
	for (size_t at = 12; at < pack.length - 20; at += step) {
		pack.data[at] ^= 1 + at % 255;
		assert_true(read_all(&index, &pack) <= count);
		pack.data[at] ^= 1 + at % 255;
	}
	step = index.length / 150;
	for (size_t at = 0; at < index.length; at += step) {
		index.data[at] ^= 1 + at % 255;
		read_all(&index, &pack);
		index.data[at] ^= 1 + at % 255;
	}
	for (size_t length = 0; length < pack.length; length += pack.length / 20) {
		struct buffer part = { pack.data, length, 0 };

		read_all(&index, &part);
	}
	assert_int_equal(read_all(&index, &pack), count);
	buffer_release(&index);
	buffer_release(&pack);
}

static void abort_leaves_nothing(void **state)
{
	struct error err = ERROR_INIT;
	struct store *store;
	git_oid id;
	int before = count_files("");

	assert_int_equal(store_open(&store, repository, STORE_WRITE, &err), 0);
	assert_int_equal(store_write(&id, store, GIT_OBJECT_BLOB, "lost", 4, &err), 0);
	assert_int_equal(count_files("tmp_pack_"), 1);
	store_close(store);
	assert_int_equal(count_files(""), before);
}

static void trial_writes_nothing(void **state)
{
	struct error err = ERROR_INIT;
	struct object object;
	struct store *store;
	git_oid id;
	int before = count_files("");

	assert_int_equal(store_open(&store, repository, STORE_TRIAL, &err), 0);
	assert_int_equal(store_write(&id, store, GIT_OBJECT_BLOB, "trial", 5, &err), 0);
	assert_int_equal(store_read(&object, store, &id, GIT_OBJECT_BLOB, &err), 0);
	assert_string_equal(object.data, "trial");
	object_release(&object);
	assert_int_equal(store_read(&object, store, &id, GIT_OBJECT_TREE, &err), ERROR_INPUT);
	assert_int_equal(count_files(""), before);
	assert_int_equal(store_finish(store, &err), ERROR_REFUSED);
	store_close(store);
}

/* A file-size limit stands for the full disk. */
static void full_disk_is_an_error(void **state)
{
	static char noise[3 << 20];
	struct rlimit limit, small = { 1 << 20, RLIM_INFINITY };
	struct error err = ERROR_INIT;
	struct store *store;
	git_oid id;
	int before = count_files(""), result;

	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (i * 2654435761u) >> 13;
	getrlimit(RLIMIT_FSIZE, &limit);
	small.rlim_max = limit.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(store_open(&store, repository, STORE_WRITE, &err), 0);
	setrlimit(RLIMIT_FSIZE, &small);
	result = 0;
	for (int i = 0; i < 40 && !result; i++) {
		noise[0] = i;
		result = store_write(&id, store, GIT_OBJECT_BLOB, noise, sizeof(noise), &err);
	}
	if (!result)
		result = store_finish(store, &err);
	setrlimit(RLIMIT_FSIZE, &limit);
	assert_int_equal(result, ERROR_SYSTEM);
	assert_non_null(strstr(err.message, "objects/pack"));
	assert_int_equal(count_files(""), before);
	assert_int_equal(store_write(&id, store, GIT_OBJECT_BLOB, "x", 1, &err), ERROR_SYSTEM);
	assert_int_equal(store_finish(store, &err), ERROR_SYSTEM);
	store_close(store);
}

static void large_offsets_go_to_their_table(void **state)
{
	struct pack_entry entries[3] = { { .offset = 12 }, { .offset = 1000 }, { .offset = 2000 } };
	struct buffer bytes = BUFFER_INIT;
	unsigned char checksum[20] = { 0 };
	const unsigned char *at;

	for (int i = 0; i < 3; i++)
		entries[i].id.id[0] = 3 - i;
	pack_index_build(&bytes, entries, 3, checksum, 1000);
	assert_int_equal(bytes.length, 8 + 1024 + 3 * 28 + 2 * 8 + 40);
	at = (unsigned char *)bytes.data + 8 + 1024 + 3 * 24;
	/* Sorted by id: 2000, 1000, 12. */
	assert_memory_equal(at, "\x80\0\0\0\x80\0\0\1\0\0\0\xc", 12);
	assert_memory_equal(at + 12, "\0\0\0\0\0\0\7\xd0\0\0\0\0\0\0\3\xe8", 16);
	buffer_release(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha1_of_known_texts),
		cmocka_unit_test(git_accepts_the_pack),
		cmocka_unit_test(damage_is_survived),
		cmocka_unit_test(abort_leaves_nothing),
		cmocka_unit_test(trial_writes_nothing),
		cmocka_unit_test(full_disk_is_an_error),
		cmocka_unit_test(large_offsets_go_to_their_table),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
