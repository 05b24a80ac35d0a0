/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/phrase.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

enum {
	PROSE_LIMIT = 64 << 10,
	WORD_LIMIT = 48,
	DENIAL_REACH = 8,
	LIST_REACH = 6, /* how far behind a comma the "or" of a list is looked for */
	REFUSAL_REACH = 3,
	BEFORE_REACH = 2
};

enum stop {
	STOP_NONE,
	STOP_COMMA,
	STOP_CLAUSE,
	STOP_SENTENCE
};

struct word {
	const char *text; /* in the prose */
	size_t length;
	char small[WORD_LIMIT]; /* in small letters, without apostrophes, cut */
	unsigned sentence;
	enum stop stop; /* what stands between the word and the one before */
	bool denies, ends_denial;
};

typedef ARRAY(struct word) word_list;

static const char *const denials[] = {
	"no",	"not",	"without", "neither", "nor",	 "never", "cannot", "cant", "doesnt",
	"dont", "isnt", "non",	   "rather",  "instead", "lacks", "nobody", "none", "nothing"
};

static const char *const denial_ends[] = { "but",    "however",	 "only",  "while", "because",
					   "since",  "which",	 "where", "so",	   "beyond",
					   "except", "besides",	 "other", "once",  "yet",
					   "though", "although", "and",	  "just",  "merely",
					   "if",     "unless" };

void phrase_matches_release(struct phrase_matches *matches)
{
	array_release(matches);
}

static bool is_one_of(const char *word, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(word, list[i]))
			return true;
	return false;
}

static bool is_word_byte(unsigned char byte)
{
	return isalnum(byte) || byte == '_';
}

/* An apostrophe within a word, of ASCII or U+2019; its length, or 0. */
static size_t apostrophe(const char *at, const char *end)
{
	if (*at == '\'' && end - at > 1 && isalpha((unsigned char)at[1]))
		return 1;
	if (end - at > 3 && !memcmp(at, "\xe2\x80\x99", 3) && isalpha((unsigned char)at[3]))
		return 3;
	return 0;
}

/* Dashes of U+2013 and U+2014 part clauses. */
static enum stop stop_of(const char *at, const char *end)
{
	if (end - at >= 3 && (!memcmp(at, "\xe2\x80\x93", 3) || !memcmp(at, "\xe2\x80\x94", 3)))
		return STOP_CLAUSE;
	switch (*at) {
	case ',':
		return STOP_COMMA;
	case ';':
		return STOP_SENTENCE;
	case ':':
	case '(':
	case ')':
		return STOP_CLAUSE;
	case '.':
	case '!':
	case '?':
		/* Not that of a file name or a version. */
		return end - at == 1 || isspace((unsigned char)at[1]) ? STOP_SENTENCE : STOP_NONE;
	default:
		return STOP_NONE;
	}
}

static const char *read_word(struct word *word, const char *at, const char *end)
{
	bool path = *at == '/';
	size_t length = 0, skip;

	word->text = at;
	while (at < end) {
		skip = apostrophe(at, end);
		if (skip && length) {
			at += skip;
			continue;
		}
		if (!is_word_byte((unsigned char)*at) && !(path && *at == '/'))
			break;
		if (length + 1 < sizeof(word->small))
			word->small[length++] = (char)tolower((unsigned char)*at);
		at++;
	}
	word->small[length] = '\0';
	word->length = (size_t)(at - word->text);
	word->denies = is_one_of(word->small, denials, COUNT_OF(denials));
	word->ends_denial = is_one_of(word->small, denial_ends, COUNT_OF(denial_ends));
	return at;
}

static unsigned read_words(word_list *words, const char *prose, size_t length, unsigned sentence)
{
	const char *at = prose, *end = prose + (length < PROSE_LIMIT ? length : PROSE_LIMIT);
	enum stop stop = STOP_NONE, next;
	struct word *word;

	while (at < end) {
		if (is_word_byte((unsigned char)*at) ||
		    (*at == '/' && end - at > 1 && isalpha((unsigned char)at[1]) &&
		     (at == prose || !is_word_byte((unsigned char)at[-1])))) {
			word = array_add(words);
			if (stop == STOP_SENTENCE && words->count > 1)
				sentence++;
			word->sentence = sentence;
			word->stop = stop;
			stop = STOP_NONE;
			at = read_word(word, at, end);
			continue;
		}
		next = stop_of(at, end);
		if (next > stop)
			stop = next;
		at++;
	}
	return sentence + 1;
}

/* Whether a word of the prose is the next one of a phrase; `*words` goes behind it. */
static bool takes_word(const char **words, const char *word)
{
	size_t length = strcspn(*words, " ");
	bool open = length && (*words)[length - 1] == '*';
	bool is = open ? !strncmp(word, *words, length - 1)
		       : strlen(word) == length && !memcmp(word, *words, length);

	*words += length;
	*words += **words == ' ';
	return is;
}

/* How many words from `at` on are the phrase; 0: they are not. */
static size_t takes_phrase(const word_list *words, size_t at, const char *phrase)
{
	size_t count = 0;

	while (*phrase) {
		if (at + count >= words->count ||
		    words->items[at + count].sentence != words->items[at].sentence ||
		    !takes_word(&phrase, words->items[at + count].small))
			return 0;
		count++;
	}
	return count;
}

/* Whether a word is one of a list as phrases are written. */
static bool is_listed(const char *word, const char *list)
{
	while (list && *list)
		if (takes_word(&list, word))
			return true;
	return false;
}

static bool sentence_has(const word_list *words, unsigned sentence, const char *word)
{
	for (size_t i = 0; i < words->count; i++)
		if (words->items[i].sentence == sentence && is_listed(words->items[i].small, word))
			return true;
	return false;
}

static bool is_list_comma(const word_list *words, size_t at)
{
	for (size_t i = at; i < words->count && i < at + LIST_REACH; i++) {
		const struct word *word = &words->items[i];

		if (i > at && word->stop > STOP_COMMA)
			return false;
		if (!strcmp(word->small, "or") || !strcmp(word->small, "nor"))
			return true;
	}
	return false;
}

static bool is_denied(const word_list *words, size_t at)
{
	bool ends;

	for (size_t i = at; i > 0 && at - i < DENIAL_REACH; i--) {
		const struct word *before = &words->items[i - 1];

		if (words->items[i].stop > STOP_COMMA ||
		    (words->items[i].stop == STOP_COMMA && !is_list_comma(words, i)))
			return false;
		/* "not only": that and more. */
		ends = i < words->count && words->items[i].ends_denial;
		if (before->denies)
			return !ends;
		if (before->ends_denial)
			return false;
	}
	return false;
}

static bool is_refused(const word_list *words, size_t at)
{
	static const char *const refusals[] = { "not",	       "cannot",     "dont",
						"doesnt",      "isnt",	     "arent",
						"unnecessary", "irrelevant", "unneeded" };

	for (size_t i = at; i < words->count && i < at + REFUSAL_REACH; i++) {
		if (words->items[i].stop != STOP_NONE || words->items[i].ends_denial)
			return false;
		if (is_one_of(words->items[i].small, refusals, COUNT_OF(refusals)))
			return true;
	}
	return false;
}

static bool is_kept_off(const word_list *words, size_t at, size_t count,
			const struct phrase *phrase)
{
	const struct word *first = &words->items[at];

	for (size_t i = at; i > 0 && at - i < BEFORE_REACH; i--)
		if (words->items[i - 1].sentence == first->sentence &&
		    is_listed(words->items[i - 1].small, phrase->not_before))
			return true;
	return at + count < words->count && words->items[at + count].sentence == first->sentence &&
	       words->items[at + count].stop == STOP_NONE &&
	       is_listed(words->items[at + count].small, phrase->not_after);
}

unsigned phrases_in_prose(struct phrase_matches *matches, const struct phrase *table,
			  const char *prose, size_t length, unsigned sentence)
{
	word_list words = ARRAY_INIT;
	struct phrase_match *match;
	const struct word *last;
	size_t count;

	sentence = read_words(&words, prose, length, sentence);
	for (size_t at = 0; at < words.count; at++) {
		for (const struct phrase *phrase = table; phrase->words; phrase++) {
			if (phrase->words[0] != words.items[at].small[0])
				continue;
			count = takes_phrase(&words, at, phrase->words);
			if (!count || is_kept_off(&words, at, count, phrase) ||
			    (phrase->with &&
			     !sentence_has(&words, words.items[at].sentence, phrase->with)))
				continue;
			last = &words.items[at + count - 1];
			match = array_add(matches);
			match->value = phrase->value;
			match->sentence = words.items[at].sentence;
			match->denied = is_denied(&words, at);
			match->refused = is_refused(&words, at + count);
			match->text = words.items[at].text;
			match->length = (size_t)(last->text + last->length - match->text);
		}
	}
	array_release(&words);
	return sentence;
}
