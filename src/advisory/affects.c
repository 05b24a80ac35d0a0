/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/affects.h"

#include <stdarg.h>

/* Where a kernel stands to one end of a range. */
enum side {
	BEFORE,
	BEHIND,
	UNSURE
};

/* Where it stands to the whole range of a line. */
enum range {
	NOT_YET,
	INSIDE,
	PAST,
	DOUBTFUL
};

/* The first commit of git's history: whatever it introduced is older still. */
static const char first_commit[] = "1da177e4c3f4";

struct line {
	const struct advisory_pair *pair;
	struct kernel_version introduced, fixed, kernel;
	bool has_introduced, has_fixed;
	bool own;     /* of the kernel's series */
	bool general; /* reaches series that have no line of their own */
	bool senseless;
	enum range range;
};

static const char *const answer_names[] = { "affected", "not-affected", "fixed", "unknown" };

const char *advisory_answer_name(enum advisory_answer answer)
{
	return (size_t)answer < COUNT_OF(answer_names) ? answer_names[answer] : "";
}

static bool parse(struct kernel_version *ret_version, const char *text)
{
	return kernel_version_parse(ret_version, text, strlen(text));
}

static bool same_series(const struct kernel_version *a, const struct kernel_version *b)
{
	return kernel_version_compare_series(a, b) == 0;
}

static struct line make_line(const struct advisory_pair *pair, const struct kernel_version *kernel)
{
	struct line line = { .pair = pair, .kernel = *kernel };
	bool backport;

	line.has_introduced = parse(&line.introduced, pair->introduced_version);
	line.has_fixed = parse(&line.fixed, pair->fixed_version);
	backport = line.has_introduced && !kernel_version_is_mainline(&line.introduced);
	line.own = (line.has_fixed && same_series(&line.fixed, kernel)) ||
		   (backport && same_series(&line.introduced, kernel));
	line.general = !line.own && !backport;
	/*
	 * Records have lines with a fix older than what it fixes (CVE-2021-47645,
	 * CVE-2022-48843): one of the two is wrong, and nobody can tell which.
	 */
	line.senseless = line.has_introduced && line.has_fixed &&
			 kernel_version_compare(&line.fixed, &line.introduced) < 0;
	/* And one that names a single commit for both says nothing of either. */
	line.senseless |= pair->fixed_id[0] && !strcmp(pair->fixed_id, pair->introduced_id);
	return line;
}

/* By version alone: whether `kernel` has what came in with `release`. */
static enum side side_of(const struct kernel_version *kernel, const struct kernel_version *release)
{
	int series = kernel_version_compare_series(kernel, release);

	if (!kernel_version_is_mainline(release) && series)
		return BEFORE;
	if (series)
		return series < 0 ? BEFORE : BEHIND;
	/* Records name the release, rarely the candidate that first had it. */
	if (kernel->candidate && !release->candidate && kernel_version_is_mainline(release))
		return UNSURE;
	return kernel_version_compare(kernel, release) < 0 ? BEFORE : BEHIND;
}

static enum advisory_presence ask(const struct advisory_kernel *kernel, const char *id)
{
	return kernel->holds && *id ? kernel->holds(kernel->data, id) : ADVISORY_UNSURE;
}

static bool since_the_beginning(const struct advisory_pair *pair)
{
	return (!*pair->introduced_id && !*pair->introduced_version) ||
	       strncmp(pair->introduced_id, first_commit, sizeof(first_commit) - 1) == 0;
}

static enum side introduced_side(const struct line *line, const struct advisory_kernel *kernel)
{
	if (since_the_beginning(line->pair))
		return BEHIND;
	switch (ask(kernel, line->pair->introduced_id)) {
	case ADVISORY_PRESENT:
		return BEHIND;
	case ADVISORY_ABSENT:
		return BEFORE;
	default:
		break;
	}
	return line->has_introduced ? side_of(&kernel->version, &line->introduced) : UNSURE;
}

static enum side fixed_side(const struct line *line, const struct advisory_kernel *kernel)
{
	if (!*line->pair->fixed_id && !line->has_fixed)
		return BEFORE;
	switch (ask(kernel, line->pair->fixed_id)) {
	case ADVISORY_PRESENT:
		return BEHIND;
	case ADVISORY_ABSENT:
		return BEFORE;
	default:
		break;
	}
	return line->has_fixed ? side_of(&kernel->version, &line->fixed) : UNSURE;
}

static enum range range_of(const struct line *line, enum side in,
			   const struct advisory_kernel *kernel)
{
	enum side out;

	if (line->senseless)
		return DOUBTFUL;
	if (in == BEFORE)
		return NOT_YET;
	out = fixed_side(line, kernel);
	if (out == BEHIND)
		return PAST;
	return in == UNSURE || out == UNSURE ? DOUBTFUL : INSIDE;
}

static void answer(struct advisory_affects *affects, enum advisory_answer what,
		   const struct line *lines, const struct line *line, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

static void answer(struct advisory_affects *affects, enum advisory_answer what,
		   const struct line *lines, const struct line *line, const char *format, ...)
{
	va_list args;

	affects->answer = what;
	affects->pair = line ? (size_t)(line - lines) : ADVISORY_NO_PAIR;
	affects->same_series = line && line->own;
	va_start(args, format);
	vsnprintf(affects->reason, sizeof(affects->reason), format, args);
	va_end(args);
}

static const struct line *find(const struct line *lines, size_t count, bool own, enum range range)
{
	for (size_t i = 0; i < count; i++) {
		if ((own ? lines[i].own : lines[i].general) && lines[i].range == range)
			return &lines[i];
	}
	return NULL;
}

static bool is_closed_own(const struct line *line)
{
	return line->own && line->range == PAST;
}

static bool is_open_mainline(const struct line *line)
{
	return line->general && line->range == INSIDE && line->has_fixed &&
	       kernel_version_is_mainline(&line->fixed);
}

/* How many different fixes such lines name. */
static size_t count_fixes(const struct line *lines, size_t count,
			  bool (*counts)(const struct line *line))
{
	size_t found = 0, j;

	for (size_t i = 0; i < count; i++) {
		if (!counts(&lines[i]))
			continue;
		for (j = 0; j < i; j++) {
			if (counts(&lines[j]) &&
			    strcmp(lines[j].pair->fixed_id, lines[i].pair->fixed_id) == 0)
				break;
		}
		found += j == i;
	}
	return found;
}

static const char *or_beginning(const struct advisory_pair *pair)
{
	if (since_the_beginning(pair))
		return "the beginning";
	return *pair->introduced_version ? pair->introduced_version : "an unknown version";
}

static bool has_own_fix(const struct line *line)
{
	return line->own && line->has_fixed && same_series(&line->fixed, &line->kernel);
}

/*
 * A line of the series that ends with a fix, behind where an open one begins:
 * where a bug came in twice, some records pair the fix with one of the two only.
 */
static const struct line *later_fix(const struct line *lines, size_t count, const struct line *open)
{
	for (size_t i = 0; i < count && open->has_introduced; i++) {
		if (has_own_fix(&lines[i]) &&
		    kernel_version_compare(&lines[i].fixed, &open->introduced) >= 0)
			return &lines[i];
	}
	return NULL;
}

/* The line of the series that holds the kernel, one with a fix if there is one. */
static const struct line *find_inside(const struct line *lines, size_t count)
{
	const struct line *found = NULL;

	for (size_t i = 0; i < count; i++) {
		if (lines[i].own && lines[i].range == INSIDE && (!found || !found->has_fixed))
			found = &lines[i];
	}
	return found;
}

/* True where a line of the kernel's own series decides. */
static bool answer_own(struct advisory_affects *affects, const struct line *lines, size_t count,
		       const char *series)
{
	const struct line *line = find_inside(lines, count), *later;
	size_t open, closed;

	if (line && line->has_fixed) {
		answer(affects, ADVISORY_AFFECTED, lines, line, "since %s, fixed in %s",
		       or_beginning(line->pair), line->pair->fixed_version);
		return true;
	}
	later = line ? later_fix(lines, count, line) : NULL;
	if (later && later->range == PAST) {
		answer(affects, ADVISORY_UNKNOWN, lines, line,
		       "fixed in %s, but another line has it open since %s",
		       later->pair->fixed_version, or_beginning(line->pair));
		return true;
	}
	if (line) {
		answer(affects, ADVISORY_AFFECTED, lines, line, "since %s, not fixed in %s",
		       or_beginning(line->pair), series);
		return true;
	}
	line = find(lines, count, true, DOUBTFUL);
	if (line) {
		answer(affects, ADVISORY_UNKNOWN, lines, line,
		       "at %s or %s, which the record does not date closely enough",
		       or_beginning(line->pair),
		       line->has_fixed ? line->pair->fixed_version : "no fix");
		return true;
	}
	line = find(lines, count, true, PAST);
	if (!line)
		return false;
	/* Several commits are the fix, and not all of them may have come to this series. */
	open = count_fixes(lines, count, is_open_mainline);
	closed = count_fixes(lines, count, is_closed_own);
	if (open > closed)
		answer(affects, ADVISORY_UNKNOWN, lines, line,
		       "%s has %zu of the %zu commits that fix it", series, closed, open);
	else
		answer(affects, ADVISORY_FIXED, lines, line, "fixed in %s",
		       line->has_fixed ? line->pair->fixed_version : series);
	return true;
}

static bool has_mainline_fix(const struct line *line)
{
	return line->has_fixed && kernel_version_is_mainline(&line->fixed);
}

/* A line with a fix in another stable series, beside one with a mainline fix. */
static bool is_foreign(const struct line *line, bool mainline)
{
	return mainline && line->general && line->has_fixed && !has_mainline_fix(line);
}

static bool same_introduction(const struct line *a, const struct line *b)
{
	return !strcmp(a->pair->introduced_id, b->pair->introduced_id) &&
	       !strcmp(a->pair->introduced_version, b->pair->introduced_version);
}

/*
 * Where the kernel stands to each line, asking for as few ids as that takes: a record has a
 * dozen lines, and there are thousands.
 */
static void find_ranges(struct line *lines, size_t count, const struct advisory_kernel *kernel)
{
	const struct line *last = NULL;
	enum side in = UNSURE;
	bool mainline = false;

	for (size_t i = 0; i < count; i++)
		mainline |= lines[i].general && !lines[i].senseless && has_mainline_fix(&lines[i]);
	for (size_t i = 0; i < count; i++) {
		struct line *line = &lines[i];

		if (!line->own && !line->general)
			continue;
		if (!last || !same_introduction(last, line))
			in = introduced_side(line, kernel);
		last = line;
		/* Such a line tells when it came in, and closes nothing here. */
		if (is_foreign(line, mainline) && (line->senseless || in != BEFORE))
			line->general = false;
		else
			line->range = range_of(line, in, kernel);
	}
}

static void answer_general(struct advisory_affects *affects, const struct line *lines, size_t count,
			   const char *series)
{
	const struct line *line = find(lines, count, false, INSIDE);

	if (line && line->has_fixed && kernel_version_is_mainline(&line->fixed)) {
		answer(affects, ADVISORY_AFFECTED, lines, line,
		       "since %s, fixed in %s, not fixed in %s", or_beginning(line->pair),
		       line->pair->fixed_version, series);
		return;
	}
	if (line) {
		answer(affects, ADVISORY_AFFECTED, lines, line, "since %s, not fixed in %s",
		       or_beginning(line->pair), series);
		return;
	}
	line = find(lines, count, false, DOUBTFUL);
	if (line) {
		answer(affects, ADVISORY_UNKNOWN, lines, line,
		       "at %s or %s, which the record does not date closely enough",
		       or_beginning(line->pair),
		       line->has_fixed ? line->pair->fixed_version : "no fix");
		return;
	}
	line = find(lines, count, false, PAST);
	if (line) {
		answer(affects, ADVISORY_FIXED, lines, line, "fixed in %s",
		       line->has_fixed ? line->pair->fixed_version : "mainline");
		return;
	}
	line = find(lines, count, true, NOT_YET);
	if (!line)
		line = find(lines, count, false, NOT_YET);
	if (line)
		answer(affects, ADVISORY_NOT_AFFECTED, lines, line, "introduced in %s",
		       or_beginning(line->pair));
	else
		answer(affects, ADVISORY_NOT_AFFECTED, lines, NULL,
		       "introduced by backports to other series than %s", series);
}

/* Every line that names a mainline fix names one that the kernel holds. */
static bool holds_mainline_fixes(const struct line *lines, size_t count,
				 const struct advisory_kernel *kernel, const struct line **ret_line)
{
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		if (!lines[i].has_fixed || !kernel_version_is_mainline(&lines[i].fixed) ||
		    !*lines[i].pair->fixed_id || lines[i].senseless)
			continue;
		if (ask(kernel, lines[i].pair->fixed_id) != ADVISORY_PRESENT)
			return false;
		*ret_line = &lines[i];
		any = true;
	}
	return any;
}

/* A kernel of which nothing is known but some of its commits. */
static void answer_by_ids(struct advisory_affects *affects, const struct line *lines, size_t count,
			  const struct advisory_kernel *kernel)
{
	const struct line *fixed = NULL, *introduced = NULL;
	size_t absent = 0;

	for (size_t i = 0; i < count; i++) {
		if (ask(kernel, lines[i].pair->fixed_id) == ADVISORY_PRESENT)
			fixed = &lines[i];
		if (since_the_beginning(lines[i].pair) ||
		    ask(kernel, lines[i].pair->introduced_id) == ADVISORY_PRESENT)
			introduced = &lines[i];
		else if (ask(kernel, lines[i].pair->introduced_id) == ADVISORY_ABSENT)
			absent++;
	}
	if (fixed)
		answer(affects, ADVISORY_UNKNOWN, lines, fixed,
		       "has %.12s, which may not be the whole fix here", fixed->pair->fixed_id);
	else if (introduced)
		answer(affects, ADVISORY_AFFECTED, lines, introduced, "has it since %s",
		       or_beginning(introduced->pair));
	else if (absent == count)
		answer(affects, ADVISORY_NOT_AFFECTED, lines, NULL,
		       "has none of the commits that introduced it");
	else
		answer(affects, ADVISORY_UNKNOWN, lines, NULL,
		       "has no version and no commit that "
		       "tells");
}

static void answer_lines(struct advisory_affects *affects, struct line *lines, size_t count,
			 const struct advisory_kernel *kernel)
{
	char series[KERNEL_VERSION_SIZE];
	const struct line *fixed;

	if (holds_mainline_fixes(lines, count, kernel, &fixed)) {
		answer(affects, ADVISORY_FIXED, lines, fixed, "has the fix %.12s",
		       fixed->pair->fixed_id);
		return;
	}
	if (!kernel->has_version) {
		answer_by_ids(affects, lines, count, kernel);
		return;
	}
	kernel_version_format_series(series, &kernel->version);
	find_ranges(lines, count, kernel);
	if (!answer_own(affects, lines, count, series))
		answer_general(affects, lines, count, series);
}

void advisory_affects(struct advisory_affects *ret_affects, const struct advisory_pair *pairs,
		      size_t count, bool damaged, const struct advisory_kernel *kernel)
{
	struct line some[32], *lines = some;
	char reason[sizeof(ret_affects->reason)];

	if (!count) {
		answer(ret_affects, ADVISORY_UNKNOWN, NULL, NULL,
		       "the advisory names no affected versions");
		return;
	}
	if (count > COUNT_OF(some))
		lines = memory_alloc(count * sizeof(*lines));
	for (size_t i = 0; i < count; i++)
		lines[i] = make_line(&pairs[i], &kernel->version);
	answer_lines(ret_affects, lines, count, kernel);
	if (damaged && ret_affects->answer != ADVISORY_AFFECTED) {
		snprintf(reason, sizeof(reason), "%s", ret_affects->reason);
		answer(ret_affects, ADVISORY_UNKNOWN, NULL, NULL,
		       "the record is damaged; what could be read says: %.200s", reason);
	}
	if (lines != some)
		free(lines);
}

static const struct line *newer(const struct line *best, const struct line *line)
{
	return !best || kernel_version_compare(&line->fixed, &best->fixed) > 0 ? line : best;
}

const char *advisory_first_fixed(const struct advisory_pair *pairs, size_t count,
				 const struct kernel_version *version)
{
	const struct line *own = NULL, *mainline = NULL;
	struct line *lines = memory_alloc(count * sizeof(*lines));
	const char *fixed = "";
	bool open = false;

	/* Where several commits are the fix, the last one counts. */
	for (size_t i = 0; i < count; i++) {
		lines[i] = make_line(&pairs[i], version);
		if (has_own_fix(&lines[i]))
			own = newer(own, &lines[i]);
		else if (lines[i].has_fixed && kernel_version_is_mainline(&lines[i].fixed))
			mainline = newer(mainline, &lines[i]);
	}
	for (size_t i = 0; i < count; i++)
		open |= lines[i].own && !lines[i].has_fixed && !later_fix(lines, count, &lines[i]);
	if (open)
		fixed = "";
	else if (own)
		fixed = own->pair->fixed_version;
	else if (mainline && kernel_version_compare_series(&mainline->fixed, version) <= 0)
		fixed = mainline->pair->fixed_version;
	free(lines);
	return fixed;
}
