/* SPDX-License-Identifier: GPL-2.0-only */
#include "history/index.h"

/* Counts up with every change to the text below or to what is stored in it: also when hunks or
 * merges come out differently. */
const int schema_version = 14;

const char schema_text[] =
	"CREATE TABLE fact(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"

	/* Every ref of the source as of the last sync, so that a moved one is seen. */
	"CREATE TABLE source_ref(name TEXT PRIMARY KEY, id BLOB NOT NULL, peeled BLOB NOT NULL)"
	" STRICT, WITHOUT ROWID;"

	/*
	 * `ref` names the branch; `tip` its commit; `first` the commit where the
	 * series starts: it and its ancestors are not members, and its epoch is
	 * `epoch`.
	 */
	"CREATE TABLE series(series INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
	" ref TEXT NOT NULL, tip INTEGER NOT NULL, first INTEGER NOT NULL, epoch INTEGER NOT NULL,"
	" major INTEGER NOT NULL, minor INTEGER NOT NULL, support TEXT NOT NULL) STRICT;"

	/* Epochs whose commits are also ancestors of the start of `epoch`. */
	"CREATE TABLE epoch(epoch INTEGER NOT NULL, holds INTEGER NOT NULL,"
	" PRIMARY KEY(epoch, holds)) STRICT, WITHOUT ROWID;"

	/*
	 * The members in the order of rev-list --reverse --topo-order. `release`: the
	 * commit of the first release that holds it, in the order of versions; 0 =
	 * unreleased.
	 */
	"CREATE TABLE member(series INTEGER NOT NULL, position INTEGER NOT NULL,"
	" number INTEGER NOT NULL, release INTEGER NOT NULL DEFAULT 0,"
	" PRIMARY KEY(series, position)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX member_number ON member(number, series);"

	/* `source`: tag or subject. */
	"CREATE TABLE release(name TEXT NOT NULL, series INTEGER NOT NULL,"
	" number INTEGER NOT NULL, major INTEGER NOT NULL, minor INTEGER NOT NULL,"
	" sublevel INTEGER NOT NULL, candidate INTEGER NOT NULL, source TEXT NOT NULL,"
	" PRIMARY KEY(name)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX release_series ON release(series, sublevel);"
	"CREATE INDEX release_number ON release(number);"

	/*
	 * Parents are numbers, 4 bytes each, little-endian; 0 = absent (shallow).
	 * `mark`: bits of enum commit_mark. `version`: "X.Y.Z" of a release subject.
	 * `epoch`: 0 for what only series hold; else the first epoch, in the order
	 * of their starting commits' dates, whose starting commit has it as an ancestor.
	 */
	"CREATE TABLE commits(number INTEGER PRIMARY KEY, id BLOB NOT NULL, tree BLOB NOT NULL,"
	" parents BLOB NOT NULL, author TEXT NOT NULL, author_time INTEGER NOT NULL,"
	" committer_time INTEGER NOT NULL, subject TEXT NOT NULL, mark INTEGER NOT NULL,"
	" epoch INTEGER NOT NULL, version TEXT) STRICT;"
	"CREATE UNIQUE INDEX commits_id ON commits(id);"
	"CREATE INDEX commits_subject ON commits(subject);"

	/* What messages say. `kind`: enum reference_kind; `target`: hex or ''. */
	"CREATE TABLE reference(number INTEGER NOT NULL, sequence INTEGER NOT NULL,"
	" kind INTEGER NOT NULL, target TEXT NOT NULL, words TEXT NOT NULL,"
	" PRIMARY KEY(number, sequence)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX reference_target ON reference(target) WHERE target <> '';"

	"CREATE TABLE path(path INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;"
	"CREATE UNIQUE INDEX path_name ON path(name);"
	/* What members change; nothing for merges and for commits before a series. */
	"CREATE TABLE change(number INTEGER NOT NULL, path INTEGER NOT NULL,"
	" old_mode INTEGER NOT NULL, new_mode INTEGER NOT NULL, old_id BLOB, new_id BLOB,"
	" PRIMARY KEY(number, path)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX change_path ON change(path, number);"
	/*
	 * The hunks between two blobs, as far as a plan asked. `pair`: both ids; `data`: for
	 * each hunk its distance from the one before, its old and its new lines, 7 bits a
	 * byte; one zero byte: no text.
	 */
	"CREATE TABLE hunks(pair BLOB PRIMARY KEY, data BLOB NOT NULL) STRICT, WITHOUT ROWID;"
	/*
	 * What a commit does to names, and which it uses (plan/code-change.h): `f` a file, then
	 * `d` what becomes of a name there, `u` a use and `r` a call that is taken out.
	 */
	"CREATE TABLE code(number INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;"
	/*
	 * What the headers of a tree define (plan/header-names.h). `bucket`: the first byte of
	 * the hashes in it; -1: the paths, a line each.
	 */
	"CREATE TABLE header_name(tree BLOB NOT NULL, bucket INTEGER NOT NULL, data BLOB NOT NULL,"
	" PRIMARY KEY(tree, bucket)) STRICT;"
	/*
	 * What merging three blobs gave, as far as a plan asked. `blobs`: the ids of base, ours
	 * and theirs; a base of zeros: there was none. `result`: the id of the merged blob; of a
	 * conflict one byte, enum merge_kind.
	 */
	"CREATE TABLE merge(blobs BLOB PRIMARY KEY, result BLOB NOT NULL) STRICT, WITHOUT ROWID;"

	/*
	 * What the classifier says of a commit (triage/judgements.h): sets of facts, and
	 * likelihoods in thousandths; all by the model whose digest is the fact `judged_model`.
	 */
	"CREATE TABLE judgement(number INTEGER PRIMARY KEY, classes INTEGER NOT NULL,"
	" routes INTEGER NOT NULL, impacts INTEGER NOT NULL, security INTEGER NOT NULL,"
	" gate INTEGER NOT NULL) STRICT;"
	/* What the judges of the settings answered (triage/judges.h): thousandths, a set, words. */
	"CREATE TABLE judge_answer(judge TEXT NOT NULL, number INTEGER NOT NULL,"
	" likelihood INTEGER NOT NULL, routes INTEGER NOT NULL, reason TEXT NOT NULL,"
	" PRIMARY KEY(number, judge)) STRICT, WITHOUT ROWID;"
	/* What kinds of lines a commit adds and takes out: a set of enum diff_fact. */
	"CREATE TABLE change_fact(number INTEGER PRIMARY KEY, facts INTEGER NOT NULL) STRICT;"

	/*
	 * Advisories of every origin. `origin`: record (the CNA's), message (an id in a
	 * commit's own message), list (a plain list). `state`: published, rejected,
	 * reserved, returned. `title`, `vector`: '' where there is none; `score`: tenths,
	 * -1 = unscored. `routes`, `impacts`: sets, by vector and rationale (advisory/route.h,
	 * impact.h). `damaged`: bits of what could not be read. `place`: the record's
	 * path without its suffix, the commit's id, the list's name. A record's number
	 * comes from its name, so that equal records make equal rows.
	 * `fixes`, `pairs`, `vulnerable`: a line each, so that all 12,000 are read at
	 * once: "u<id>" (upstream) or "s<id>" (stable); a .dyad's own four fields, empty
	 * where it says 0; an id.
	 */
	"CREATE TABLE advisory(advisory INTEGER PRIMARY KEY, name TEXT NOT NULL,"
	" origin TEXT NOT NULL, state TEXT NOT NULL, title TEXT NOT NULL,"
	" vector TEXT NOT NULL, score INTEGER NOT NULL, damaged INTEGER NOT NULL,"
	" place TEXT NOT NULL, fixes TEXT NOT NULL, pairs TEXT NOT NULL,"
	" vulnerable TEXT NOT NULL, routes INTEGER NOT NULL, impacts INTEGER NOT NULL) STRICT;"
	"CREATE UNIQUE INDEX advisory_name ON advisory(name, origin, place);"
	/* To count them without reading their texts. */
	"CREATE INDEX advisory_state ON advisory(origin, state);"
	/* Apart, because it is long and seldom wanted. `note`: of a rejection. */
	"CREATE TABLE advisory_text(advisory INTEGER PRIMARY KEY, description TEXT NOT NULL,"
	" rationale TEXT NOT NULL, note TEXT NOT NULL) STRICT;"
	/* The ids in them, 12 to 40 digits, to find advisories by: of fixes, ... */
	"CREATE TABLE advisory_fix(id TEXT NOT NULL, advisory INTEGER NOT NULL,"
	" PRIMARY KEY(id, advisory)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX advisory_fix_advisory ON advisory_fix(advisory);"
	/* ... and of what pairs and .vulnerable say introduced it. */
	"CREATE TABLE advisory_introduced(id TEXT NOT NULL, advisory INTEGER NOT NULL,"
	" PRIMARY KEY(id, advisory)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX advisory_introduced_advisory ON advisory_introduced(advisory);"
	/* What the CNA says the flaw is in. */
	"CREATE TABLE advisory_file(advisory INTEGER NOT NULL, name TEXT NOT NULL,"
	" PRIMARY KEY(advisory, name)) STRICT, WITHOUT ROWID;"
	/* Backports that the CNA says do not fix what their upstream commit fixes. */
	"CREATE TABLE advisory_not_fix(id TEXT PRIMARY KEY, words TEXT NOT NULL)"
	" STRICT, WITHOUT ROWID;"
	/* Files that could not be read in full, until they can; `name`: the CVE or ''. */
	"CREATE TABLE advisory_damage(place TEXT PRIMARY KEY, name TEXT NOT NULL,"
	" reason TEXT NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE INDEX advisory_damage_name ON advisory_damage(name);";
