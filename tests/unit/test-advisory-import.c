/* SPDX-License-Identifier: GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "advisory/advisory.h"
#include "advisory/import.h"
#include "advisory/list.h"
#include "advisory/mention.h"
#include "base/process.h"
#include "git/repository.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C "cccccccccccccccccccccccccccccccccccccccc"
#define D "dddddddddddddddddddddddddddddddddddddddd"
#define UUID "01234567-89ab-cdef-0123-456789abcdef"
#define VECTOR "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H"
/* A repository of records that grows commit by commit, and the index that follows it. */
struct world {
	char directory[64];
	char *path; /* of the repository */
	git_repository *repository;
	git_index *files;
	struct index index;
	struct advisory_import import; /* the last one */
};

static int begin(void **state)
{
	struct world *world = memory_alloc(sizeof(*world));
	struct error err = ERROR_INIT;
	char *path;

	assert_int_equal(git_start(&err), 0);
	snprintf(world->directory, sizeof(world->directory), "/tmp/sectree-advisory-XXXXXX");
	assert_non_null(mkdtemp(world->directory));
	world->path = string_format("%s/vulns.git", world->directory);
	assert_int_equal(git_repository_init(&world->repository, world->path, true), 0);
	assert_int_equal(git_repository_set_head(world->repository, "refs/heads/main"), 0);
	assert_int_equal(git_index_new(&world->files), 0);
	path = string_format("%s/index.sqlite", world->directory);
	assert_int_equal(index_open(&world->index, path, false, &err), 0);
	free(path);
	*state = world;
	return 0;
}

static int end(void **state)
{
	struct world *world = *state;
	const char *const remove[] = { "rm", "-rf", world->directory, NULL };
	const struct process_request request = { .arguments = remove };
	struct error err = ERROR_INIT;

	index_close(&world->index);
	git_index_free(world->files);
	git_repository_free(world->repository);
	assert_int_equal(process_run(NULL, &request, &err), 0);
	free(world->path);
	free(world);
	return 0;
}

static void put_mode(struct world *world, const char *path, const char *text, unsigned mode)
{
	git_index_entry entry = { .mode = mode, .path = path };

	if (mode == 0160000)
		git_oid_fromstr(&entry.id, A);
	else
		assert_int_equal(git_blob_create_from_buffer(&entry.id, world->repository, text,
							     strlen(text)),
				 0);
	assert_int_equal(git_index_add(world->files, &entry), 0);
}

static void put(struct world *world, const char *path, const char *text)
{
	put_mode(world, path, text, 0100644);
}

static void drop(struct world *world, const char *path)
{
	assert_int_equal(git_index_remove_bypath(world->files, path), 0);
}

static void move(struct world *world, const char *from, const char *to)
{
	const git_index_entry *old = git_index_get_bypath(world->files, from, 0);
	git_index_entry entry;

	assert_non_null(old);
	entry = *old;
	entry.path = to;
	assert_int_equal(git_index_add(world->files, &entry), 0);
	drop(world, from);
}

/* A record of three files. */
static void put_record(struct world *world, const char *state, const char *name, const char *fix)
{
	char path[128], text[512];

	snprintf(path, sizeof(path), "cve/%s/2031/%s", state, name);
	put(world, path, "");
	snprintf(path, sizeof(path), "cve/%s/2031/%s.sha1", state, name);
	snprintf(text, sizeof(text), "%s\n", fix);
	put(world, path, text);
	snprintf(path, sizeof(path), "cve/%s/2031/%s.dyad", state, name);
	snprintf(text, sizeof(text), "# by hand\n4.14:" A ":5.10.44:" B "\n4.14:" A ":5.13:%s\n",
		 fix);
	put(world, path, text);
	snprintf(path, sizeof(path), "cve/%s/2031/%s.json", state, name);
	snprintf(text, sizeof(text),
		 "{\"containers\": {\"cna\": {\"title\": \"about %s\", \"affected\": "
		 "[{\"programFiles\": [\"lib/toy.c\"]}]}}}",
		 name);
	put(world, path, text);
}

static void commit(struct world *world)
{
	git_signature *who;
	git_oid tree_id, id, parent_id;
	git_commit *parent = NULL;
	git_tree *tree;

	assert_int_equal(git_index_write_tree_to(&tree_id, world->files, world->repository), 0);
	assert_int_equal(git_tree_lookup(&tree, world->repository, &tree_id), 0);
	assert_int_equal(git_signature_new(&who, "A", "a@example.org", 1700000000, 0), 0);
	if (!git_reference_name_to_id(&parent_id, world->repository, "HEAD"))
		assert_int_equal(git_commit_lookup(&parent, world->repository, &parent_id), 0);
	assert_int_equal(git_commit_create(&id, world->repository, "HEAD", who, who, NULL,
					   "records", tree, parent ? 1 : 0,
					   (const git_commit **)&parent),
			 0);
	git_commit_free(parent);
	git_tree_free(tree);
	git_signature_free(who);
}

static void dump(struct buffer *ret_text, struct index *index)
{
	static const char *const tables[] = { "advisory",	"advisory_text",
					      "advisory_fix",	"advisory_introduced",
					      "advisory_file",	"advisory_not_fix",
					      "advisory_damage" };
	struct statement statement;
	struct error err = ERROR_INIT;
	const char *text;
	char *sql;

	for (size_t i = 0; i < COUNT_OF(tables); i++) {
		buffer_add_format(ret_text, "%s\n", tables[i]);
		sql = string_format("SELECT * FROM %s ORDER BY 1, 2", tables[i]);
		assert_int_equal(statement_init(&statement, index, sql, &err), 0);
		while (statement_step(&statement, &err) > 0) {
			for (int c = 0; c < sqlite3_column_count(statement.stmt); c++) {
				text = statement_text(&statement, c);
				buffer_add_format(ret_text, "%s|", text);
			}
			buffer_add_byte(ret_text, '\n');
		}
		statement_release(&statement);
		free(sql);
	}
}

static void import_fresh(struct buffer *ret_dump, struct world *world)
{
	struct error err = ERROR_INIT;
	struct advisory_import import;
	struct index index;

	assert_int_equal(index_open(&index, ":memory:", false, &err), 0);
	if (advisory_import_repository(&import, &index, world->path, NULL, NULL, &err))
		fail_msg("%s", err.message);
	assert_true(import.full);
	dump(ret_dump, &index);
	index_close(&index);
}

/* Commits, imports, and demands that a fresh import gives the same rows. */
static void follow(struct world *world)
{
	struct buffer ours = BUFFER_INIT, fresh = BUFFER_INIT;
	struct error err = ERROR_INIT;
	bool current;

	commit(world);
	assert_int_equal(advisory_is_current(&current, &world->index, world->path, NULL, &err), 0);
	assert_false(current);
	assert_int_equal(index_begin(&world->index, &err), 0);
	if (advisory_import_repository(&world->import, &world->index, world->path, NULL, NULL,
				       &err))
		fail_msg("%s", err.message);
	assert_int_equal(index_commit(&world->index, &err), 0);
	assert_int_equal(advisory_is_current(&current, &world->index, world->path, NULL, &err), 0);
	assert_true(current);
	dump(&ours, &world->index);
	import_fresh(&fresh, world);
	assert_string_equal(ours.data, fresh.data);
	buffer_release(&ours);
	buffer_release(&fresh);
}

/* "published" and so on, or "" where the index has no such CVE. */
static const char *state_of(struct world *world, const char *name)
{
	struct advisory_set set = ADVISORY_SET_INIT;
	struct error err = ERROR_INIT;
	const char *word = "";

	if (!advisory_load_name(&set, &world->index, name, &err))
		word = advisory_state_name(set.items[0].state);
	else
		assert_int_equal(err.code, ERROR_NOT_FOUND);
	advisory_set_release(&set);
	return word;
}

static void states_of_records_are_followed(void **state)
{
	struct world *world = *state;
	struct advisory_set set;
	struct error err = ERROR_INIT;

	put_record(world, "published", "CVE-2031-0001", C);
	put_record(world, "published", "CVE-2031-0002", D);
	put(world, "cve/reserved/2031/CVE-2031-0003", "");
	put(world, "cve/returned/2031/CVE-2031-0004", "");
	put(world, "cve/published/.empty", "");
	put(world, "cve/published/2031/CVE-2031-0001.mbox", "whatever");
	put(world, "cve/published/2031/notes.txt", "\x00\xff");
	put(world, "cve/review/done/v6.1", "not a record");
	put(world, "scripts/tool", "#!/bin/false");
	put(world, "scripts/not_fixes",
	    "# known\n" A " toy: half a repair\n"
	    "bbbbbbbbbbbb\n");
	follow(world);
	assert_true(world->import.full);
	assert_int_equal(world->import.published, 2);
	assert_int_equal(world->import.reserved, 2);
	assert_int_equal(world->import.damaged, 0);
	assert_string_equal(state_of(world, "CVE-2031-0003"), "reserved");
	assert_string_equal(state_of(world, "cve-2031-0004"), "returned");

	/* Rejected, with a note; and one that leaves altogether. */
	move(world, "cve/published/2031/CVE-2031-0001", "cve/rejected/2031/CVE-2031-0001");
	move(world, "cve/published/2031/CVE-2031-0001.sha1",
	     "cve/rejected/2031/CVE-2031-0001.sha1");
	move(world, "cve/published/2031/CVE-2031-0001.dyad",
	     "cve/rejected/2031/CVE-2031-0001.dyad");
	move(world, "cve/published/2031/CVE-2031-0001.json",
	     "cve/rejected/2031/CVE-2031-0001.json");
	put(world, "cve/rejected/2031/CVE-2031-0001.mbox.rejected", "Subject: x\n\nNot real.\n");
	drop(world, "cve/returned/2031/CVE-2031-0004");
	follow(world);
	assert_false(world->import.full);
	assert_int_equal(world->import.read, 1);
	assert_int_equal(world->import.changed, 1);
	assert_int_equal(world->import.removed, 1);
	assert_string_equal(state_of(world, "CVE-2031-0001"), "rejected");
	assert_string_equal(state_of(world, "CVE-2031-0004"), "");
	assert_int_equal(advisory_load_published(&set, &world->index, &err), 0);
	assert_int_equal(set.count, 1);
	advisory_set_release(&set);

	/* Published again; a reserved one gets its record; a file comes and goes. */
	put_record(world, "published", "CVE-2031-0001", C);
	for (size_t i = 0; i < 5; i++) {
		static const char *const suffixes[] = { "", ".sha1", ".dyad", ".json",
							".mbox.rejected" };
		char path[64];

		snprintf(path, sizeof(path), "cve/rejected/2031/CVE-2031-0001%s", suffixes[i]);
		drop(world, path);
	}
	put_record(world, "published", "CVE-2031-0003", D);
	drop(world, "cve/reserved/2031/CVE-2031-0003");
	put(world, "cve/published/2031/CVE-2031-0002.cvss", UUID " " VECTOR "\n\nAV:L - yes\n");
	drop(world, "scripts/not_fixes");
	follow(world);
	assert_int_equal(world->import.published, 3);
	assert_int_equal(advisory_load_name(&set, &world->index, "2031-0002", &err), 0);
	assert_int_equal(set.items[0].cvss.score, 78);
	assert_int_equal(set.items[0].cvss.metric[CVSS_PR], 'L');
	advisory_set_release(&set);
	drop(world, "cve/published/2031/CVE-2031-0002.cvss");
	follow(world);
	assert_int_equal(advisory_load_name(&set, &world->index, "CVE-2031-0002", &err), 0);
	assert_int_equal(set.items[0].cvss.score, CVSS_UNSCORED);
	assert_string_equal(set.items[0].vector, "");
	advisory_set_release(&set);
	/* Nothing new. */
	assert_int_equal(advisory_import_repository(&world->import, &world->index, world->path,
						    "main", NULL, &err),
			 0);
	assert_true(world->import.current);
	assert_int_equal(world->import.published, 3);
}

static size_t damage_of(struct world *world, const char *name, const char *words)
{
	struct advisory_damage_list list;
	struct error err = ERROR_INIT;
	size_t found = 0;

	assert_int_equal(advisory_load_damage(&list, &world->index, &err), 0);
	for (size_t i = 0; i < list.count; i++)
		found += strcmp(list.items[i].name, name) == 0 &&
			 strstr(list.items[i].reason, words) != NULL;
	advisory_damage_list_release(&list);
	return found;
}

static void damage_is_told_kept_and_mended(void **state)
{
	struct world *world = *state;
	struct advisory_set set;
	struct error err = ERROR_INIT;

	put_record(world, "published", "CVE-2031-0001", C);
	put_record(world, "published", "CVE-2031-0002", D);
	follow(world);
	put(world, "cve/published/2031/CVE-2031-0001.dyad", "4.14:" A ":5.13:" C "\n5.4:oops\n");
	put(world, "cve/published/2031/CVE-2031-0002.sha1", "zzz\n");
	put(world, "cve/published/2031/CVE-2031-0002.dyad", "zzz\n");
	put(world, "cve/published/2031/CVE-2031-0002.json",
	    "{\"containers\": {\"cna\": {\"affected\": [{\"versions\": [{\"version\": \"" A
	    "\", \"lessThan\": \"" D "\", \"versionType\": \"git\"}]}]}}}");
	put(world, "cve/published/2031/CVE-2031-0005.cvss", UUID " " VECTOR "\n");
	put_mode(world, "cve/published/2031/CVE-2031-0006.sha1", "/etc/passwd", 0120000);
	put_mode(world, "cve/published/2031/CVE-2031-0006.dyad", "", 0160000);
	put_mode(world, "cve/published/2030", "../../elsewhere", 0120000);
	put(world, "scripts/not_fixes", "not an id\n");
	follow(world);
	assert_false(world->import.full);
	assert_int_equal(damage_of(world, "CVE-2031-0001", "CVE-2031-0001.dyad:2: "), 1);
	assert_int_equal(damage_of(world, "CVE-2031-0002", ":1: "), 2);
	assert_int_equal(damage_of(world, "CVE-2031-0005", "names a fixing commit"), 1);
	assert_int_equal(damage_of(world, "CVE-2031-0006", "symbolic link"), 1);
	assert_int_equal(damage_of(world, "CVE-2031-0006", "no regular file"), 1);
	assert_int_equal(damage_of(world, "", "a directory was expected"), 1);
	assert_int_equal(damage_of(world, "", "scripts/not_fixes:1: "), 1);
	assert_int_equal(world->import.published, 4);
	/* What could be read still leads to the fixes, marked. */
	assert_int_equal(advisory_load_fix(&set, &world->index, D, &err), 0);
	assert_int_equal(set.count, 1);
	assert_string_equal(set.items[0].name, "CVE-2031-0002");
	assert_true(set.items[0].damaged & 1u << ADVISORY_FILE_PAIRS);
	advisory_set_release(&set);
	assert_int_equal(advisory_load_name(&set, &world->index, "CVE-2031-0001", &err), 0);
	assert_int_equal(set.items[0].pair_count, 1);
	assert_int_equal(set.items[0].damaged, 1u << ADVISORY_FILE_PAIRS);
	advisory_set_release(&set);

	put_record(world, "published", "CVE-2031-0001", C);
	put_record(world, "published", "CVE-2031-0002", D);
	drop(world, "cve/published/2031/CVE-2031-0005.cvss");
	drop(world, "cve/published/2031/CVE-2031-0006.sha1");
	drop(world, "cve/published/2031/CVE-2031-0006.dyad");
	drop(world, "cve/published/2030");
	drop(world, "scripts/not_fixes");
	follow(world);
	assert_int_equal(world->import.damaged, 0);
	assert_int_equal(world->import.published, 2);
}

static void one_cve_in_two_places(void **state)
{
	struct world *world = *state;

	put_record(world, "published", "CVE-2031-0001", C);
	put_record(world, "rejected", "CVE-2031-0001", C);
	put_record(world, "rejected", "CVE-2031-0002", D);
	/* Left behind when it was rejected: no second record. */
	put(world, "cve/published/2031/CVE-2031-0002.cvss", UUID " " VECTOR "\n");
	follow(world);
	assert_string_equal(state_of(world, "CVE-2031-0001"), "published");
	assert_string_equal(state_of(world, "CVE-2031-0002"), "rejected");
	assert_int_equal(world->import.damaged, 1);
	assert_int_equal(damage_of(world, "CVE-2031-0001",
				   "cve/rejected/2031/CVE-2031-0001: the same CVE stands in "
				   "cve/published/2031/CVE-2031-0001"),
			 1);
	put_record(world, "published", "CVE-2031-0002", D);
	follow(world);
	assert_string_equal(state_of(world, "CVE-2031-0002"), "published");
	assert_int_equal(world->import.damaged, 2);
}

static void set_fact(struct world *world, const char *value)
{
	struct error err = ERROR_INIT;

	assert_int_equal(index_set_fact(&world->index, "advisory_commit", value, &err), 0);
}

static void an_unknown_last_commit_means_everything(void **state)
{
	struct world *world = *state;

	put_record(world, "published", "CVE-2031-0001", C);
	follow(world);
	drop(world, "cve/published/2031/CVE-2031-0001");
	drop(world, "cve/published/2031/CVE-2031-0001.sha1");
	drop(world, "cve/published/2031/CVE-2031-0001.dyad");
	drop(world, "cve/published/2031/CVE-2031-0001.json");
	put_record(world, "published", "CVE-2031-0002", D);
	set_fact(world, A);
	follow(world);
	assert_true(world->import.full);
	assert_int_equal(world->import.added, 1);
	assert_int_equal(world->import.removed, 1);
	put_record(world, "published", "CVE-2031-0003", D);
	set_fact(world, "no id at all");
	follow(world);
	assert_true(world->import.full);
	assert_int_equal(world->import.changed, 1);
}

/* Runs the import, which fails with words, and demands that nothing changed. */
static void fails(struct world *world, const char *words)
{
	struct buffer before = BUFFER_INIT, after = BUFFER_INIT;
	struct error err = ERROR_INIT;

	dump(&before, &world->index);
	assert_int_equal(index_begin(&world->index, &err), 0);
	assert_true(advisory_import_repository(&world->import, &world->index, world->path, NULL,
					       NULL, &err) < 0);
	assert_int_equal(index_commit(&world->index, NULL), 0);
	if (!strstr(err.message, words))
		fail_msg("'%s' in '%s'", words, err.message);
	dump(&after, &world->index);
	assert_string_equal(before.data, after.data);
	buffer_release(&before);
	buffer_release(&after);
}

static void remove_object(struct world *world, const char *hex)
{
	char *path = string_format("%s/objects/%.2s/%s", world->path, hex, hex + 2);

	assert_int_equal(unlink(path), 0);
	free(path);
	git_odb *odb;

	assert_int_equal(git_repository_odb(&odb, world->repository), 0);
	git_odb_refresh(odb);
	git_odb_free(odb);
}

static void missing_objects_are_named(void **state)
{
	struct world *world = *state;
	const git_index_entry *entry;
	git_oid tree;
	struct id_text hex;

	put_record(world, "published", "CVE-2031-0001", C);
	follow(world);
	put_record(world, "published", "CVE-2031-0002", D);
	commit(world);
	entry = git_index_get_bypath(world->files, "cve/published/2031/CVE-2031-0002.sha1", 0);
	hex = id_hex(&entry->id);
	remove_object(world, hex.text);
	fails(world, hex.text);
	fails(world, "cve/published/2031/CVE-2031-0002.sha1");
	put(world, "cve/published/2031/CVE-2031-0002.sha1", D "\n");
	assert_int_equal(git_index_write_tree_to(&tree, world->files, world->repository), 0);
	hex = id_hex(&tree);
	remove_object(world, hex.text);
	fails(world, hex.text);
}

static void wrong_repositories_are_refused(void **state)
{
	struct world *world = *state;
	struct advisory_import import;
	struct error err = ERROR_INIT;

	fails(world, "has no HEAD");
	put(world, "README", "no records\n");
	commit(world);
	fails(world, "no advisories there");
	assert_int_equal(
		advisory_import_repository(&import, &world->index, "/nowhere", NULL, NULL, &err),
		ERROR_INPUT);
	assert_non_null(strstr(err.message, "/nowhere: not a git repository"));
	assert_int_equal(advisory_import_repository(&import, &world->index, world->path, "feature",
						    NULL, &err),
			 ERROR_INPUT);
	assert_non_null(strstr(err.message, "feature"));
}

static void a_directory_gives_the_same(void **state)
{
	struct world *world = *state;
	char *directory = string_format("%s/plain", world->directory);
	char *link = string_format("%s/cve/published/2031/CVE-2031-0009.sha1", directory);
	const char *const checkout[] = { "git",	 "--work-tree", directory, "checkout", "--force",
					 "main", "--",		".",	   NULL };
	const struct process_request request = { .arguments = checkout, .directory = world->path };
	struct buffer ours = BUFFER_INIT, fresh = BUFFER_INIT;
	struct error err = ERROR_INIT;
	struct advisory_import import;
	struct index index;

	put_record(world, "published", "CVE-2031-0001", C);
	put_record(world, "rejected", "CVE-2031-0002", D);
	put(world, "cve/published/2031/CVE-2031-0003.sha1", "oops\n");
	put(world, "scripts/not_fixes", A "\n");
	follow(world);
	assert_int_equal(mkdir(directory, 0777), 0);
	if (process_run(NULL, &request, &err))
		fail_msg("%s", err.message);
	assert_int_equal(index_open(&index, ":memory:", false, &err), 0);
	if (advisory_import_directory(&import, &index, directory, NULL, &err))
		fail_msg("%s", err.message);
	dump(&ours, &world->index);
	dump(&fresh, &index);
	assert_string_equal(ours.data, fresh.data);
	assert_int_equal(advisory_import_directory(&import, &index, directory, NULL, &err), 0);
	assert_true(import.current);
	assert_int_equal(symlink("/etc/passwd", link), 0);
	assert_int_equal(advisory_import_directory(&import, &index, directory, NULL, &err), 0);
	assert_false(import.current);
	assert_int_equal(import.damaged, 4);
	assert_int_equal(advisory_forget(&index, &err), 0);
	assert_int_equal(advisory_import_directory(&import, &index, directory, NULL, &err), 0);
	assert_false(import.current);
	index_close(&index);
	buffer_release(&ours);
	buffer_release(&fresh);
	free(directory);
	free(link);
}

static void lists_are_replaced_or_refused(void **state)
{
	static const struct {
		const char *text, *wrong;
	} bad[] = {
		{ C "\n", "x:1: a CVE id" },
		{ "# fine\n" C " CVE-2031-1\n", "x:2: a CVE id" },
		{ "fix CVE-2031-0001\n", "x:1: a line begins with a commit id" },
		{ C " CVE-2031-0001 CVSS:3.1/AV:N\n", "x:1: CVSS: AC is missing" },
		{ C " CVE-2031-0001 " VECTOR " more\n", "x:1: nothing but a comment" },
		{ C " CVE-2031-0001 " VECTOR "\n" D
		    " CVE-2031-0001 CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H\n",
		  "x:2: CVE-2031-0001 has another vector" },
	};
	struct world *world = *state;
	struct buffer before = BUFFER_INIT, after = BUFFER_INIT;
	struct error err = ERROR_INIT;
	struct advisory_set set;
	size_t count;

	if (advisory_import_list_file(&count, &world->index, "tests/advisory/plain.list", &err))
		fail_msg("%s", err.message);
	assert_int_equal(count, 2);
	assert_int_equal(advisory_load_name(&set, &world->index, "CVE-2031-0009", &err), 0);
	assert_int_equal(set.items[0].origin, ADVISORY_LIST);
	assert_int_equal(set.items[0].fix_count, 2);
	assert_int_equal(set.items[0].cvss.score, 98);
	advisory_set_release(&set);
	/* The abbreviated id is found by the whole one, and the other way about. */
	assert_int_equal(advisory_load_fix(&set, &world->index,
					   "6666666666666666666666666666666666666666", &err),
			 0);
	assert_int_equal(set.count, 1);
	advisory_set_release(&set);
	assert_int_equal(advisory_load_fix(&set, &world->index, "5555", &err), 0);
	assert_int_equal(set.count, 1);
	advisory_set_release(&set);

	assert_int_equal(advisory_import_list(&count, &world->index, "x", C " CVE-2031-0009\n",
					      strlen(C " CVE-2031-0009\n"), &err),
			 0);
	dump(&before, &world->index);
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		assert_int_equal(advisory_import_list(&count, &world->index, "x", bad[i].text,
						      strlen(bad[i].text), &err),
				 ERROR_INPUT);
		if (!strstr(err.message, bad[i].wrong))
			fail_msg("%s", err.message);
	}
	dump(&after, &world->index);
	assert_string_equal(before.data, after.data);
	assert_int_equal(advisory_load_name(&set, &world->index, "CVE-2031-0009", &err), 0);
	assert_int_equal(set.count, 2);
	advisory_set_release(&set);
	assert_int_equal(advisory_forget_list(&world->index, "x", &err), 0);
	assert_int_equal(advisory_load_name(&set, &world->index, "CVE-2031-0009", &err), 0);
	assert_int_equal(set.count, 1);
	advisory_set_release(&set);
	buffer_release(&before);
	buffer_release(&after);
}

enum {
	KIND_UPSTREAM = 3,
	KIND_ADVISORY = 7
};

static void messages_make_advisories(void **state)
{
	static const char sql[] =
		"INSERT INTO commits(number, id, tree, parents, author, author_time,"
		" committer_time, subject, mark, epoch) VALUES"
		"(1, x'1111111111111111111111111111111111111111', x'00', x'', '', 0, 0, 'one', 0, "
		"0),"
		"(2, x'2222222222222222222222222222222222222222', x'00', x'', '', 0, 0, 'two', 0, "
		"0);"
		"INSERT INTO reference(number, sequence, kind, target, words) VALUES"
		"(1, 0, 3, '" C "', ''), (1, 1, 7, '', 'CVE-2031-0001'),"
		"(1, 2, 7, '', 'CVE-2031-0001'), (1, 3, 7, '', 'CVE-oops'), (1, 4, 3, 'abcd123', "
		"''),"
		"(2, 0, 7, 'CVE-2031-0002', '');";
	struct world *world = *state;
	struct error err = ERROR_INIT;
	struct advisory_set set;
	size_t count;

	put_record(world, "rejected", "CVE-2031-0002", D);
	commit(world);
	assert_int_equal(advisory_import_repository(&world->import, &world->index, world->path,
						    NULL, NULL, &err),
			 0);
	if (index_run(&world->index, sql, &err))
		fail_msg("%s", err.message);
	assert_int_equal(advisory_from_messages(&count, &world->index, KIND_ADVISORY, KIND_UPSTREAM,
						0, &err),
			 0);
	assert_int_equal(count, 2);
	assert_int_equal(advisory_from_messages(&count, &world->index, KIND_ADVISORY, KIND_UPSTREAM,
						1, &err),
			 0);
	assert_int_equal(count, 0);
	assert_int_equal(advisory_from_messages(&count, &world->index, KIND_ADVISORY, KIND_UPSTREAM,
						0, &err),
			 0);
	assert_int_equal(count, 2);
	assert_int_equal(advisory_load_fix(&set, &world->index, "cccccccc", &err), 0);
	assert_int_equal(set.count, 1);
	assert_string_equal(set.items[0].name, "CVE-2031-0001");
	assert_string_equal(set.items[0].title, "one");
	assert_int_equal(set.items[0].fix_count, 2);
	assert_int_equal(set.items[0].origin, ADVISORY_MESSAGE);
	assert_false(set.items[0].disputed);
	advisory_set_release(&set);
	assert_int_equal(advisory_load_published(&set, &world->index, &err), 0);
	assert_int_equal(set.count, 2);
	assert_true(set.items[1].disputed);
	advisory_set_release(&set);
	/* A new import of the records leaves them alone. */
	put_record(world, "published", "CVE-2031-0003", D);
	commit(world);
	set_fact(world, "");
	assert_int_equal(advisory_import_repository(&world->import, &world->index, world->path,
						    NULL, NULL, &err),
			 0);
	assert_int_equal(advisory_load_published(&set, &world->index, &err), 0);
	assert_int_equal(set.count, 3);
	advisory_set_release(&set);
}

static void queries_find_by_name_and_id(void **state)
{
	struct world *world = *state;
	struct error err = ERROR_INIT;
	struct advisory_text text;
	struct advisory_set set;
	const struct advisory *found;
	size_t cursor = 0, count = 0;
	bool is;

	put_record(world, "published", "CVE-2031-0001", C);
	put_record(world, "published", "CVE-2031-00010", C);
	put_record(world, "published", "CVE-2031-10001", D);
	put_record(world, "published", "CVE-2031-10002", D);
	put(world, "cve/published/2031/CVE-2031-10002.vulnerable", "eeeeeeeeeeee\n");
	put(world, "scripts/not_fixes", "eeeeeeeeeeee half\n");
	follow(world);
	/* 0001 with a needless zero is no name. */
	assert_int_equal(world->import.published, 3);
	assert_int_equal(advisory_load_name(&set, &world->index, "CVE-2031-0", &err), 0);
	assert_string_equal(set.items[0].name, "CVE-2031-0001");
	assert_int_equal(advisory_load_text(&text, &world->index, set.items[0].number, &err), 0);
	assert_int_equal(text.file_count, 1);
	assert_string_equal(text.files[0], "lib/toy.c");
	assert_string_equal(text.description, "");
	advisory_text_release(&text);
	advisory_set_release(&set);
	assert_int_equal(advisory_load_name(&set, &world->index, "CVE-2031-1000", &err),
			 ERROR_AMBIGUOUS);
	assert_non_null(strstr(err.message, "CVE-2031-10001, CVE-2031-10002"));
	assert_int_equal(advisory_load_name(&set, &world->index, "CVE-2099-1", &err),
			 ERROR_NOT_FOUND);
	assert_int_equal(advisory_load_name(&set, &world->index, "v5.10.1", &err), ERROR_NOT_FOUND);
	assert_int_equal(advisory_load_fix(&set, &world->index, "no", &err), ERROR_NOT_FOUND);
	assert_int_equal(advisory_load_fix(&set, &world->index, "bbbbb", &err), 0);
	assert_int_equal(set.count, 3);
	advisory_set_release(&set);
	assert_int_equal(advisory_load_introduced(&set, &world->index, "EEEEEEEEEEEEEEEE", &err),
			 0);
	assert_int_equal(set.count, 1);
	advisory_set_release(&set);
	assert_int_equal(advisory_load_introduced(&set, &world->index, A, &err), 0);
	assert_int_equal(set.count, 3);
	advisory_set_release(&set);
	assert_int_equal(advisory_is_not_fix(&is, &world->index,
					     "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee", &err),
			 0);
	assert_true(is);
	assert_int_equal(advisory_is_not_fix(&is, &world->index, A, &err), 0);
	assert_false(is);

	assert_int_equal(advisory_load_published(&set, &world->index, &err), 0);
	while ((found = advisory_set_next_fix(&set, D, &cursor)))
		count += strncmp(found->name, "CVE-2031-1000", 13) == 0;
	assert_int_equal(count, 2);
	cursor = 0;
	found = advisory_set_next_introduced(&set, "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
					     &cursor);
	assert_string_equal(found->name, "CVE-2031-10002");
	assert_null(advisory_set_next_introduced(&set, "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
						 &cursor));
	advisory_set_release(&set);
}

static int stop(struct progress *progress, uint64_t done, uint64_t total)
{
	return 1;
}

static void a_stopped_import_changes_nothing(void **state)
{
	struct world *world = *state;
	struct progress progress = { .report = stop };
	struct error err = ERROR_INIT;

	put_record(world, "published", "CVE-2031-0001", C);
	commit(world);
	assert_int_equal(advisory_import_repository(&world->import, &world->index, world->path,
						    NULL, &progress, &err),
			 ERROR_STOPPED);
	assert_string_equal(state_of(world, "CVE-2031-0001"), "");
	follow(world);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(states_of_records_are_followed),
		TEST(damage_is_told_kept_and_mended),
		TEST(one_cve_in_two_places),
		TEST(an_unknown_last_commit_means_everything),
		TEST(missing_objects_are_named),
		TEST(wrong_repositories_are_refused),
		TEST(a_directory_gives_the_same),
		TEST(lists_are_replaced_or_refused),
		TEST(messages_make_advisories),
		TEST(queries_find_by_name_and_id),
		TEST(a_stopped_import_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
