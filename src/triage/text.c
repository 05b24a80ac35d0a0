/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/text.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

#define PREFIX_LIMIT 40 /* characters of one "net: " */

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_';
}

void tokens_release(struct tokens *tokens)
{
	buffer_release(&tokens->text);
	array_release(tokens);
}

void tokens_clear(struct tokens *tokens)
{
	buffer_clear(&tokens->text);
	tokens->count = 0;
}

static void add_token(struct tokens *tokens, size_t start, size_t end)
{
	struct token *token = array_add(tokens);

	token->start = (uint32_t)start;
	token->length = (uint32_t)(end - start);
}

static size_t skip_digits(const char *text, size_t at, size_t length)
{
	while (at < length && is_digit(text[at]))
		at++;
	return at;
}

/* The end of "cve-2024-1" in the text, whose "cve" ends at `at`; 0: there is none. */
static size_t cve_end(const char *text, size_t at, size_t length)
{
	size_t year = skip_digits(text, at + 1, length), end;

	if (at >= length || text[at] != '-' || year == at + 1)
		return 0;
	end = skip_digits(text, year + 1, length);
	return year < length && text[year] == '-' && end > year + 1 ? end : 0;
}

void tokens_add(struct tokens *tokens, const char *text, size_t length)
{
	size_t start, at, end;
	const char *all;

	if (tokens->text.length)
		buffer_add_byte(&tokens->text, ' ');
	at = tokens->text.length;
	buffer_add(&tokens->text, text, length);
	for (size_t i = at; i < tokens->text.length; i++)
		tokens->text.data[i] = lower(tokens->text.data[i]);
	all = tokens->text.data;
	length = tokens->text.length;
	while (at < length) {
		if (!is_word(all[at])) {
			at++;
			continue;
		}
		start = at;
		if (is_digit(all[at]))
			at = skip_digits(all, at, length);
		else
			while (at < length && is_word(all[at]))
				at++;
		end = at - start == 3 && !memcmp(all + start, "cve", 3) ? cve_end(all, at, length)
									: 0;
		if (end)
			at = end;
		else
			add_token(tokens, start, at);
	}
}

size_t tokens_match(const struct tokens *tokens, size_t at, const char *phrase)
{
	const struct token *token = NULL;
	size_t start = tokens->items[at].start;

	while (*phrase) {
		size_t length = strcspn(phrase, " *");

		if (at == tokens->count)
			return 0;
		token = &tokens->items[at++];
		if (token->length < length ||
		    memcmp(tokens->text.data + token->start, phrase, length) != 0 ||
		    (token->length > length && phrase[length] != '*'))
			return 0;
		phrase += length + (phrase[length] == '*');
		phrase += *phrase == ' ';
	}
	return token ? token->start + token->length - start : 0;
}

void message_parts_init(struct message_parts *parts)
{
	memset(parts, 0, sizeof(*parts));
	buffer_init(&parts->prefix.text);
	buffer_init(&parts->subject.text);
	buffer_init(&parts->body.text);
}

void message_parts_release(struct message_parts *parts)
{
	tokens_release(&parts->prefix);
	tokens_release(&parts->subject);
	tokens_release(&parts->body);
}

/* A line in lower case, of bounded length: what comes after decides nothing. */
struct line {
	char text[512];
	size_t length;
};

static void set_line(struct line *line, const char *text, size_t length)
{
	while (length && (*text == ' ' || *text == '\t'))
		text++, length--;
	while (length &&
	       (text[length - 1] == ' ' || text[length - 1] == '\t' || text[length - 1] == '\r'))
		length--;
	line->length = length < sizeof(line->text) ? length : sizeof(line->text) - 1;
	for (size_t i = 0; i < line->length; i++)
		line->text[i] = text[i] ? lower(text[i]) : ' ';
	line->text[line->length] = '\0';
}

static bool starts(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static bool has_long_hex(const char *text, size_t least)
{
	size_t run = 0;

	for (; *text; text++) {
		run = is_hex(*text) ? run + 1 : 0;
		if (run >= least)
			return true;
	}
	return false;
}

/* "[ Upstream commit <id> ]", "commit <id> upstream." and the like. */
static bool names_upstream(const struct line *line)
{
	const char *text = line->text;

	while (*text == '[' || *text == '(' || *text == ' ')
		text++;
	if (starts(text, "upstream "))
		text += strlen("upstream ");
	if (starts(text, "git-"))
		text += strlen("git-");
	if (starts(text, "cherry picked from ") || starts(text, "backported from "))
		text = strstr(text, "from ") + strlen("from ");
	return starts(text, "commit") && has_long_hex(text, 12);
}

/* ---- trailers ---- */

static const char *const trailer_keys[] = {
	"fixes",   "cc",	 "link",       "closes",	 "stable-dep-of",
	"buglink", "message-id", "change-id",  "depends-on",	 "references",
	"url",	   "bug",	 "git-commit", "patch-mainline", "conflicts",
};

/* Who stands behind an address or a name in a trailer. */
static const struct {
	const char *needle;
	unsigned trailer;
} trailer_words[] = {
	{ "syzbot", TRAILER_SYZBOT },
	{ "syzkaller", TRAILER_SYZBOT },
	{ "lkp@", TRAILER_ROBOT },
	{ "kernel test", TRAILER_ROBOT },
	{ "kernelci", TRAILER_ROBOT },
	{ "zeroday", TRAILER_ROBOT },
	{ "coverity", TRAILER_CHECKER },
	{ "smatch", TRAILER_CHECKER },
	{ "hulk", TRAILER_CHECKER },
	{ "abaci", TRAILER_CHECKER },
	{ "dan.carpenter", TRAILER_CHECKER },
	{ "svace", TRAILER_CHECKER },
	{ "bugzilla", TRAILER_BUGZILLA },
	{ "trendmicro", TRAILER_RESEARCH },
	{ "zdi-", TRAILER_RESEARCH },
	{ "zero day init", TRAILER_RESEARCH },
	{ "starlabs", TRAILER_RESEARCH },
	{ "security", TRAILER_RESEARCH },
	{ "jannh@", TRAILER_RESEARCH },
	{ "project zero", TRAILER_RESEARCH },
	{ ".edu", TRAILER_RESEARCH },
	{ "tsinghua", TRAILER_RESEARCH },
};

static const struct {
	const char *key;
	unsigned trailer;
} trailer_kinds[] = {
	{ "fixes", TRAILER_FIXES },
	{ "stable-dep-of", TRAILER_DEPENDENCY },
	{ "tested-by", TRAILER_TESTED },
	{ "suggested-by", TRAILER_SUGGESTED },
	{ "reported-by", TRAILER_REPORTED },
	{ "reported-and-tested-by", TRAILER_REPORTED | TRAILER_TESTED },
};

static bool is_trailer_key(const char *text, size_t length)
{
	if (length > 3 && !memcmp(text + length - 3, "-by", 3))
		return true;
	for (size_t i = 0; i < COUNT_OF(trailer_keys); i++)
		if (strlen(trailer_keys[i]) == length && !memcmp(trailer_keys[i], text, length))
			return true;
	return false;
}

static void note_trailer(struct message_parts *parts, const char *key, size_t length,
			 const char *value)
{
	bool tells_who = (length >= 11 && !memcmp(key, "reported", 8)) ||
			 (length == 6 && !memcmp(key, "closes", 6)) ||
			 (length == 4 && !memcmp(key, "link", 4)) ||
			 (length == 7 && !memcmp(key, "buglink", 7));

	for (size_t i = 0; i < COUNT_OF(trailer_kinds); i++)
		if (strlen(trailer_kinds[i].key) == length &&
		    !memcmp(trailer_kinds[i].key, key, length))
			parts->trailer |= trailer_kinds[i].trailer;
	if (length == 2 && (strstr(value, "stable@") || strstr(value, "stable.vger")))
		parts->trailer |= TRAILER_STABLE;
	for (size_t i = 0; tells_who && i < COUNT_OF(trailer_words); i++)
		if (strstr(value, trailer_words[i].needle))
			parts->trailer |= trailer_words[i].trailer;
}

/* "Bug: 1234" and "Bug: https://..." against "BUG: KASAN: use-after-free", which tells the most. */
static bool is_headline_of_bug(const char *key, size_t length, const char *value)
{
	while (*value == ' ')
		value++;
	return length == 3 && !memcmp(key, "bug", 3) && !is_digit(*value) && *value != '#' &&
	       !starts(value, "http");
}

static bool read_trailer(struct message_parts *parts, const struct line *line)
{
	const char *colon = strchr(line->text, ':');
	size_t length = colon ? (size_t)(colon - line->text) : 0;

	if (length < 2 || length > 30)
		return false;
	for (size_t i = 0; i < length; i++)
		if (line->text[i] != '-' && (line->text[i] < 'a' || line->text[i] > 'z'))
			return false;
	if (!is_trailer_key(line->text, length) ||
	    is_headline_of_bug(line->text, length, colon + 1))
		return false;
	note_trailer(parts, line->text, length, colon + 1);
	return true;
}

/* ---- stack traces ---- */

static const char *const register_keys[] = {
	"rip", "rsp",  "rax",	  "rbx",	   "rcx",	 "rdx",
	"rsi", "rdi",  "rbp",	  "r08",	   "r09",	 "r10",
	"r11", "r12",  "r13",	  "r14",	   "r15",	 "eip",
	"eax", "ebp",  "esi",	  "edi",	   "cs",	 "fs",
	"gs",  "cr2",  "dr0",	  "dr3",	   "pkru",	 "pc",
	"lr",  "sp",   "pstate",  "code",	   "call trace", "modules linked in",
	"cpu", "comm", "tainted", "hardware name", "workqueue",	 "code",
};

static const struct {
	const char *needle;
	unsigned entry;
} trace_words[] = {
	{ "entry_syscall", TRACE_SYSCALL },
	{ "do_syscall", TRACE_SYSCALL },
	{ "__x64_sys", TRACE_SYSCALL },
	{ "__se_sys", TRACE_SYSCALL },
	{ "el0_svc", TRACE_SYSCALL },
	{ "invoke_syscall", TRACE_SYSCALL },
	{ "ret_fast_syscall", TRACE_SYSCALL },
	{ "ioctl", TRACE_IOCTL },
	{ "netif_receive", TRACE_RECEIVE },
	{ "net_rx_action", TRACE_RECEIVE },
	{ "napi_poll", TRACE_RECEIVE },
	{ "__netif", TRACE_RECEIVE },
	{ "process_backlog", TRACE_RECEIVE },
	{ "ip_rcv", TRACE_RECEIVE },
	{ "hci_rx_work", TRACE_RECEIVE },
	{ "l2cap_recv", TRACE_RECEIVE },
	{ "worker_thread", TRACE_WORKER },
	{ "process_one_work", TRACE_WORKER },
	{ "do_init_module", TRACE_MODULE },
	{ "load_module", TRACE_MODULE },
	{ "finit_module", TRACE_MODULE },
	{ "modprobe", TRACE_MODULE },
	{ "really_probe", TRACE_PROBE },
	{ "driver_probe", TRACE_PROBE },
	{ "device_add", TRACE_PROBE },
	{ "handle_irq", TRACE_INTERRUPT },
	{ "do_irq", TRACE_INTERRUPT },
	{ "__do_softirq", TRACE_INTERRUPT },
	{ "vfs_get_tree", TRACE_MOUNT },
	{ "do_mount", TRACE_MOUNT },
	{ "path_mount", TRACE_MOUNT },
	{ "mount_bdev", TRACE_MOUNT },
	{ "netlink", TRACE_NETLINK },
	{ "rtnl", TRACE_NETLINK },
	{ "sendmsg", TRACE_NETLINK },
	{ "hub_event", TRACE_USB },
	{ "usb_probe", TRACE_USB },
	{ "vfs_write", TRACE_WRITE },
	{ "ksys_write", TRACE_WRITE },
	{ "kernfs_fop_write", TRACE_WRITE },
};

static const char *const trace_names[TRACE_ENTRIES] = {
	"a system call",     "an ioctl",    "a received packet", "a worker",
	"loading a module",  "a probe",	    "an interrupt",	 "mounting",
	"a netlink message", "a USB event", "a write",
};

static const char *const trailer_names[TRAILER_KINDS] = {
	"Cc: stable",
	"Fixes:",
	"Reported-by:",
	"Stable-dep-of:",
	"reported by syzbot",
	"reported by a build robot",
	"found by a static checker",
	"bugzilla",
	"reported by security researchers",
	"Tested-by:",
	"Suggested-by:",
};

const char *trace_entry_name(unsigned number)
{
	return trace_names[number];
}

const char *text_trailer_name(unsigned number)
{
	return trailer_names[number];
}

static bool is_register_line(const char *text)
{
	size_t length;

	for (size_t i = 0; i < COUNT_OF(register_keys); i++) {
		length = strlen(register_keys[i]);
		if (!strncmp(text, register_keys[i], length) &&
		    (text[length] == ':' || (text[length] == ' ' && text[length + 1] == ':')))
			return true;
	}
	return false;
}

/* "[   12.345678]" or "12.345678]" in front. */
static bool has_timestamp(const char *text)
{
	bool dot = false;

	if (*text == '[')
		text++;
	while (*text == ' ')
		text++;
	if (!is_digit(*text))
		return false;
	for (; is_digit(*text) || (*text == '.' && !dot); text++)
		dot |= *text == '.';
	return dot && *text == ']';
}

static bool has_code_offset(const char *text)
{
	for (; (text = strstr(text, "+0x")); text++) {
		const char *end = text + 3;

		while (is_hex(*end))
			end++;
		if (end > text + 3 && starts(end, "/0x"))
			return true;
	}
	return false;
}

static bool has_address(const char *text)
{
	size_t run;

	for (; (text = strstr(text, "0x")); text++) {
		for (run = 0; is_hex(text[2 + run]); run++)
			;
		if (run >= 8)
			return true;
	}
	return false;
}

static bool is_trace(const struct line *line)
{
	return has_code_offset(line->text) || has_timestamp(line->text) ||
	       has_address(line->text) || is_register_line(line->text);
}

/* The line of a trace that says what happened. */
static bool is_headline(const char *text)
{
	static const char *const words[] = {
		"bug:", "kasan", "warning", "kmsan", "ubsan", "error"
	};

	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (strstr(text, words[i]))
			return true;
	return false;
}

/* Takes out numbers in base 16, which are never the same twice. */
static void drop_hex(struct line *line)
{
	char *to = line->text;
	const char *from = line->text;

	while (*from) {
		if (from[0] == '0' && from[1] == 'x') {
			from += 2;
			while (is_hex(*from))
				from++;
			*to++ = ' ';
			continue;
		}
		*to++ = *from++;
	}
	*to = '\0';
	line->length = (size_t)(to - line->text);
}

static void note_trace(struct message_parts *parts, const struct line *line)
{
	parts->has_trace = true;
	for (size_t i = 0; i < COUNT_OF(trace_words); i++)
		if (strstr(line->text, trace_words[i].needle))
			parts->trace |= trace_words[i].entry;
}

static void read_line(struct message_parts *parts, const char *text, size_t length)
{
	struct line line;

	set_line(&line, text, length);
	if (!line.length || names_upstream(&line) || read_trailer(parts, &line))
		return;
	if (is_trace(&line)) {
		note_trace(parts, &line);
		if (!is_headline(line.text))
			return;
		drop_hex(&line);
	}
	if (length >= sizeof(line.text))
		tokens_add(&parts->body, text, length);
	else
		tokens_add(&parts->body, line.text, line.length);
}

/* ---- subject ---- */

static size_t skip_vendor(const char *text, size_t length)
{
	static const char *const words[] = { "UPSTREAM:", "BACKPORT:", "FROMLIST:",
					     "FROMGIT:",  "ANDROID:",  "CHROMIUM:" };
	size_t at = 0, size;

	for (size_t i = 0; i < COUNT_OF(words); i++) {
		size = strlen(words[i]);
		if (length - at > size && !memcmp(text + at, words[i], size)) {
			at += size;
			while (at < length && text[at] == ' ')
				at++;
			i = (size_t)-1; /* there can be several */
		}
	}
	return at;
}

/* The length of "net: sched: " in front. */
static size_t prefix_length(const char *text, size_t length)
{
	size_t end = 0, start = 0;

	for (size_t i = 0; i < length && i - start <= PREFIX_LIMIT; i++) {
		if (text[i] == '(' || text[i] == ')' || text[i] == '"')
			break;
		if (text[i] == ':' && i > start && (i + 1 == length || text[i + 1] == ' ')) {
			end = start = i + 1;
		}
	}
	return end;
}

void message_parts_read(struct message_parts *parts, const struct commit_text *commit)
{
	size_t skip = skip_vendor(commit->subject, commit->subject_length);
	const char *subject = commit->subject + skip, *body = commit->body, *end;
	size_t length = commit->subject_length - skip, left = commit->body_length;
	size_t prefix = prefix_length(subject, length);

	tokens_clear(&parts->prefix);
	tokens_clear(&parts->subject);
	tokens_clear(&parts->body);
	parts->trace = parts->trailer = 0;
	parts->has_trace = false;
	tokens_add(&parts->prefix, subject, prefix);
	tokens_add(&parts->subject, subject + prefix, length - prefix);
	while (left) {
		end = memchr(body, '\n', left);
		length = end ? (size_t)(end - body) : left;
		read_line(parts, body, length);
		length += end ? 1 : 0;
		body += length;
		left -= length;
	}
}
