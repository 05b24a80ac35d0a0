/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/cvss.h"

#include "base/array.h"

/* `base`: where the value is kept, or -1 - n for the n-th base metric of 4.0 that is not. */
struct metric_rule {
	const char *name;
	const char *values; /* words between blanks */
	int base;
};

#define OPTIONAL (-100)

/* CVSS 3.1 specification, tables 1 to 14; 3.0 has the same. */
static const struct metric_rule rules_3[] = {
	{ "AV", "N A L P", CVSS_AV },	  { "AC", "L H", CVSS_AC },
	{ "PR", "N L H", CVSS_PR },	  { "UI", "N R", CVSS_UI },
	{ "S", "U C", CVSS_S },		  { "C", "N L H", CVSS_C },
	{ "I", "N L H", CVSS_I },	  { "A", "N L H", CVSS_A },
	{ "E", "X U P F H", OPTIONAL },	  { "RL", "X O T W U", OPTIONAL },
	{ "RC", "X U R C", OPTIONAL },	  { "CR", "X L M H", OPTIONAL },
	{ "IR", "X L M H", OPTIONAL },	  { "AR", "X L M H", OPTIONAL },
	{ "MAV", "X N A L P", OPTIONAL }, { "MAC", "X L H", OPTIONAL },
	{ "MPR", "X N L H", OPTIONAL },	  { "MUI", "X N R", OPTIONAL },
	{ "MS", "X U C", OPTIONAL },	  { "MC", "X N L H", OPTIONAL },
	{ "MI", "X N L H", OPTIONAL },	  { "MA", "X N L H", OPTIONAL },
};

/* CVSS 4.0 specification, tables 1 to 23. */
static const struct metric_rule rules_4[] = {
	{ "AV", "N A L P", CVSS_AV },
	{ "AC", "L H", CVSS_AC },
	{ "AT", "N P", -1 },
	{ "PR", "N L H", CVSS_PR },
	{ "UI", "N P A", CVSS_UI },
	{ "VC", "H L N", CVSS_C },
	{ "VI", "H L N", CVSS_I },
	{ "VA", "H L N", CVSS_A },
	{ "SC", "H L N", -2 },
	{ "SI", "H L N", -3 },
	{ "SA", "H L N", -4 },
	{ "E", "X A P U", OPTIONAL },
	{ "CR", "X H M L", OPTIONAL },
	{ "IR", "X H M L", OPTIONAL },
	{ "AR", "X H M L", OPTIONAL },
	{ "MAV", "X N A L P", OPTIONAL },
	{ "MAC", "X L H", OPTIONAL },
	{ "MAT", "X N P", OPTIONAL },
	{ "MPR", "X N L H", OPTIONAL },
	{ "MUI", "X N P A", OPTIONAL },
	{ "MVC", "X H L N", OPTIONAL },
	{ "MVI", "X H L N", OPTIONAL },
	{ "MVA", "X H L N", OPTIONAL },
	{ "MSC", "X H L N", OPTIONAL },
	{ "MSI", "X S H L N", OPTIONAL },
	{ "MSA", "X S H L N", OPTIONAL },
	{ "S", "X N P", OPTIONAL },
	{ "AU", "X N Y", OPTIONAL },
	{ "R", "X A U I", OPTIONAL },
	{ "V", "X D C", OPTIONAL },
	{ "RE", "X L M H", OPTIONAL },
	{ "U", "X Clear Green Amber Red", OPTIONAL },
};

static const struct {
	const char *prefix;
	int version;
	const struct metric_rule *rules;
	size_t count;
} versions[] = {
	{ "CVSS:3.1/", 31, rules_3, COUNT_OF(rules_3) },
	{ "CVSS:3.0/", 30, rules_3, COUNT_OF(rules_3) },
	{ "CVSS:4.0/", 40, rules_4, COUNT_OF(rules_4) },
};

static const char *const metric_names[CVSS_METRICS] = {
	"AV", "AC", "PR", "UI", "S", "C", "I", "A"
};

const char *cvss_metric_name(enum cvss_metric metric)
{
	return metric < CVSS_METRICS ? metric_names[metric] : "";
}

static bool has_word(const char *words, const char *word, size_t length)
{
	size_t span;

	for (; *words; words += span + (words[span] == ' ')) {
		span = strcspn(words, " ");
		if (span == length && memcmp(words, word, length) == 0)
			return true;
	}
	return false;
}

static const struct metric_rule *find_rule(const struct metric_rule *rules, size_t count,
					   const char *name, size_t length)
{
	for (size_t i = 0; i < count; i++) {
		if (strlen(rules[i].name) == length && memcmp(rules[i].name, name, length) == 0)
			return &rules[i];
	}
	return NULL;
}

/* What an error may show of foreign text. */
static int shown(size_t length)
{
	return length > 24 ? 24 : (int)length;
}

static int parse_metrics(struct cvss *cvss, const struct metric_rule *rules, size_t count,
			 const char *at, const char *end, struct error *err)
{
	const struct metric_rule *rule;
	const char *stop, *colon;
	unsigned long seen = 0, bit;

	for (; at <= end; at = stop + 1) {
		stop = memchr(at, '/', (size_t)(end - at));
		if (!stop)
			stop = end;
		colon = memchr(at, ':', (size_t)(stop - at));
		if (!colon)
			return error_set(err, ERROR_INPUT, "CVSS: '%.*s' is no metric:value",
					 shown((size_t)(stop - at)), at);
		rule = find_rule(rules, count, at, (size_t)(colon - at));
		if (!rule)
			return error_set(err, ERROR_INPUT, "CVSS: no metric is called '%.*s'",
					 shown((size_t)(colon - at)), at);
		colon++;
		if (!has_word(rule->values, colon, (size_t)(stop - colon)))
			return error_set(err, ERROR_INPUT, "CVSS: %s is one of %s, not '%.*s'",
					 rule->name, rule->values, shown((size_t)(stop - colon)),
					 colon);
		bit = 1ul << (rule - rules);
		if (seen & bit)
			return error_set(err, ERROR_INPUT, "CVSS: %s is given twice", rule->name);
		seen |= bit;
		if (rule->base >= 0)
			cvss->metric[rule->base] = *colon;
	}
	for (size_t i = 0; i < count; i++) {
		if (rules[i].base != OPTIONAL && !(seen & 1ul << i))
			return error_set(err, ERROR_INPUT, "CVSS: %s is missing", rules[i].name);
	}
	return 0;
}

static double weight(char letter, const char *letters, const double *weights)
{
	const char *at = strchr(letters, letter);

	return at ? weights[at - letters] : 0;
}

static double power(double value, int exponent)
{
	double result = 1;

	while (exponent-- > 0)
		result *= value;
	return result;
}

/* Appendix A: rounds up to tenths after removing what binary fractions added. */
static int round_up(double value)
{
	long parts = (long)(value * 100000 + 0.5);

	return (int)(parts % 10000 ? parts / 10000 + 1 : parts / 10000);
}

/* Section 7.1, the base score; the numbers are those of section 7.4. */
static int base_score(const struct cvss *cvss)
{
	static const double av[] = { .85, .62, .55, .2 }, ac[] = { .77, .44 };
	static const double pr[] = { .85, .62, .27 }, pr_changed[] = { .85, .68, .5 };
	static const double ui[] = { .85, .62 }, loss[] = { 0, .22, .56 };
	bool changed = cvss->metric[CVSS_S] == 'C';
	double kept = 1, sub, impact, exploit, total;

	for (int i = CVSS_C; i <= CVSS_A; i++)
		kept *= 1 - weight(cvss->metric[i], "NLH", loss);
	sub = 1 - kept;
	impact = changed ? 7.52 * (sub - 0.029) - 3.25 * power(sub - 0.02, 15) : 6.42 * sub;
	if (impact <= 0)
		return 0;
	exploit = 8.22 * weight(cvss->metric[CVSS_AV], "NALP", av) *
		  weight(cvss->metric[CVSS_AC], "LH", ac) *
		  weight(cvss->metric[CVSS_PR], "NLH", changed ? pr_changed : pr) *
		  weight(cvss->metric[CVSS_UI], "NR", ui);
	total = changed ? 1.08 * (impact + exploit) : impact + exploit;
	return round_up(total < 10 ? total : 10);
}

int cvss_parse(struct cvss *ret_cvss, const char *vector, size_t length, struct error *err)
{
	size_t prefix;
	int error;

	memset(ret_cvss, 0, sizeof(*ret_cvss));
	ret_cvss->score = CVSS_UNSCORED;
	if (length > CVSS_VECTOR_LIMIT)
		return error_set(err, ERROR_INPUT, "CVSS: the vector has more than %d bytes",
				 CVSS_VECTOR_LIMIT);
	for (size_t i = 0; i < COUNT_OF(versions); i++) {
		prefix = strlen(versions[i].prefix);
		if (length < prefix || memcmp(vector, versions[i].prefix, prefix) != 0)
			continue;
		error = parse_metrics(ret_cvss, versions[i].rules, versions[i].count,
				      vector + prefix, vector + length, err);
		if (error) {
			memset(ret_cvss, 0, sizeof(*ret_cvss));
			ret_cvss->score = CVSS_UNSCORED;
			return error;
		}
		ret_cvss->version = versions[i].version;
		if (ret_cvss->version < 40)
			ret_cvss->score = base_score(ret_cvss);
		return 0;
	}
	return error_set(err, ERROR_INPUT,
			 "CVSS: '%.*s' does not begin with CVSS:3.1/, CVSS:3.0/ or CVSS:4.0/",
			 shown(length), vector);
}

/* Qualitative severity rating scale, section 5. */
enum cvss_severity cvss_severity(int score)
{
	static const int least[] = { 90, 70, 40, 1 };

	for (size_t i = 0; i < COUNT_OF(least); i++) {
		if (score >= least[i])
			return (enum cvss_severity)(CVSS_CRITICAL - i);
	}
	return CVSS_NONE;
}

const char *cvss_severity_name(enum cvss_severity severity)
{
	static const char *const names[] = { "NONE", "LOW", "MEDIUM", "HIGH", "CRITICAL" };

	return (size_t)severity < COUNT_OF(names) ? names[severity] : "";
}

/* "AV:L - " at `line`: its length, or 0. */
static size_t paragraph_head(const char *line, const char *name)
{
	size_t length = strlen(name);

	if (strncmp(line, name, length) != 0 || line[length] != ':' || line[length + 1] < 'A' ||
	    line[length + 1] > 'Z' || strncmp(line + length + 2, " - ", 3) != 0)
		return 0;
	return length + 5;
}

bool cvss_rationale(const char **ret_text, size_t *ret_length, const char *rationale,
		    enum cvss_metric metric)
{
	const char *name = cvss_metric_name(metric), *line = rationale, *next;
	size_t head;

	*ret_text = "";
	*ret_length = 0;
	for (; line && *line; line = next ? next + 1 : NULL) {
		next = strchr(line, '\n');
		head = paragraph_head(line, name);
		if (!head)
			continue;
		*ret_text = line + head;
		/* It goes on as long as lines are indented. */
		while (next && (next[1] == ' ' || next[1] == '\t'))
			next = strchr(next + 1, '\n');
		*ret_length = next ? (size_t)(next - *ret_text) : strlen(*ret_text);
		return true;
	}
	return false;
}
