/* SPDX-License-Identifier: GPL-2.0-only */
#include "advisory/route.h"

#include <stdlib.h>
#include <string.h>

#include "advisory/phrase.h"
#include "base/array.h"

/* What words can say beside a route. */
enum hint {
	HINT_CAPABILITY = ROUTE_KINDS, /* a capability is needed, of whatever namespace */
	HINT_FREE,		       /* nothing is needed: "no capabilities" */
	HINT_ALSO		       /* a user namespace is one way of several */
};

#define INITIAL "init initial host init_net init_user_ns original"

static const struct phrase phrases[] = {
	/* Any local user. */
	{ ROUTE_UNPRIVILEGED, "unprivileged", NULL, NULL, NULL },
	{ ROUTE_UNPRIVILEGED, "non privileged", NULL, NULL, NULL },
	{ ROUTE_UNPRIVILEGED, "low privilege*", NULL, NULL, NULL },
	{ ROUTE_UNPRIVILEGED, "any user*", NULL, NULL, NULL },
	{ ROUTE_UNPRIVILEGED, "any local *", NULL, NULL, NULL },
	{ ROUTE_UNPRIVILEGED, "any logged in", NULL, NULL, NULL },
	{ ROUTE_UNPRIVILEGED, "any process", NULL, NULL, NULL },
	{ ROUTE_UNPRIVILEGED, "any program", NULL, NULL, NULL },
	{ ROUTE_UNPRIVILEGED, "any account", NULL, NULL, NULL },
	{ ROUTE_UNPRIVILEGED, "every user", NULL, NULL, NULL },
	{ ROUTE_UNPRIVILEGED, "every local user", NULL, NULL, NULL },
	{ ROUTE_UNPRIVILEGED, "ordinary *", "user* account* process* program* task*", NULL, NULL },
	{ ROUTE_UNPRIVILEGED, "normal user*", NULL, NULL, NULL },
	{ ROUTE_UNPRIVILEGED, "normal local user*", NULL, NULL, NULL },
	{ ROUTE_UNPRIVILEGED, "regular user*", NULL, NULL, NULL },
	{ ROUTE_UNPRIVILEGED, "regular local user*", NULL, NULL, NULL },
	{ ROUTE_UNPRIVILEGED, "basic user*", NULL, NULL, NULL },
	{ ROUTE_UNPRIVILEGED, "basic local *", NULL, NULL, NULL },
	{ ROUTE_UNPRIVILEGED, "plain user*", NULL, NULL, NULL },
	{ ROUTE_UNPRIVILEGED, "plain account", NULL, NULL, NULL },
	{ ROUTE_UNPRIVILEGED, "plain local *", NULL, NULL, NULL },
	{ ROUTE_UNPRIVILEGED, "non root", NULL, NULL, NULL },
	{ ROUTE_UNPRIVILEGED, "non admin*", NULL, NULL, NULL },
	{ HINT_FREE, "no capabilit*", NULL, NULL, NULL },
	{ HINT_FREE, "no capable", NULL, NULL, NULL },
	{ HINT_FREE, "not impose a cap*", NULL, NULL, NULL },
	{ HINT_FREE, "no special *", "capabilit* privilege* permission* right*", NULL, NULL },
	{ HINT_FREE, "no elevated *", NULL, NULL, NULL },
	{ HINT_FREE, "no privilege*", NULL, NULL, NULL },
	{ HINT_FREE, "no additional privilege*", NULL, NULL, NULL },
	{ HINT_FREE, "no cap_*", NULL, NULL, NULL },
	{ HINT_FREE, "no linux capabilit*", NULL, NULL, NULL },
	{ HINT_FREE, "without any capabilit*", NULL, NULL, NULL },
	{ HINT_FREE, "without capabilit*", NULL, NULL, NULL },
	{ HINT_FREE, "without any privilege*", NULL, NULL, NULL },
	{ HINT_FREE, "without privilege*", NULL, NULL, NULL },
	{ HINT_FREE, "without special *", NULL, NULL, NULL },
	{ HINT_FREE, "without elevated *", NULL, NULL, NULL },
	{ HINT_FREE, "without cap_*", NULL, NULL, NULL },
	{ HINT_FREE, "without root", NULL, NULL, NULL },

	/* Who may make user namespaces. */
	{ ROUTE_USERNS, "user namespace*", NULL, INITIAL, NULL },
	{ ROUTE_USERNS, "user ns", NULL, INITIAL, NULL },
	{ ROUTE_USERNS, "userns*", NULL, INITIAL, NULL },
	{ ROUTE_USERNS, "user and network namespace*", NULL, INITIAL, NULL },
	{ ROUTE_USERNS, "user net namespace*", NULL, INITIAL, NULL },
	{ ROUTE_USERNS, "network namespace*", NULL, INITIAL, NULL },
	{ ROUTE_USERNS, "net namespace*", NULL, INITIAL, NULL },
	{ ROUTE_USERNS, "net ns", NULL, INITIAL, NULL },
	{ ROUTE_USERNS, "netns*", NULL, INITIAL, NULL },
	{ ROUTE_USERNS, "own namespace*", NULL, NULL, NULL },
	{ ROUTE_USERNS, "new namespace*", NULL, NULL, NULL },
	{ ROUTE_USERNS, "unprivileged namespace*", NULL, NULL, NULL },
	{ ROUTE_USERNS, "namespace root", NULL, INITIAL, NULL },
	{ ROUTE_USERNS, "clone_newuser", NULL, NULL, NULL },
	{ ROUTE_USERNS, "clone_newnet", NULL, NULL, NULL },
	{ ROUTE_USERNS, "unshare*", NULL, NULL, NULL },
	{ ROUTE_USERNS, "ns_capable", NULL, NULL, NULL },
	{ ROUTE_USERNS, "fs_userns_mount", NULL, "lack* without no not", NULL },

	{ HINT_ALSO, "including", "namespace* userns* unshare*", NULL, NULL },

	/* A device node that users are given. */
	{ ROUTE_DEVICE, "/dev/*", NULL, NULL, NULL },
	{ ROUTE_DEVICE, "device node*", NULL, NULL, NULL },
	{ ROUTE_DEVICE, "device file", NULL, NULL, NULL },
	{ ROUTE_DEVICE, "device files", NULL, NULL, NULL },
	{ ROUTE_DEVICE, "device special file*", NULL, NULL, NULL },
	{ ROUTE_DEVICE, "character device*", NULL, NULL, NULL },
	{ ROUTE_DEVICE, "char device*", NULL, NULL, NULL },
	{ ROUTE_DEVICE, "render node*", NULL, NULL, NULL },
	{ ROUTE_DEVICE, "group membership", NULL, NULL, NULL },
	{ ROUTE_DEVICE, "member* of", "group*", NULL, NULL },
	{ ROUTE_DEVICE, "video group", NULL, NULL, NULL },
	{ ROUTE_DEVICE, "render group", NULL, NULL, NULL },
	{ ROUTE_DEVICE, "audio group", NULL, NULL, NULL },
	{ ROUTE_DEVICE, "input group", NULL, NULL, NULL },
	{ ROUTE_DEVICE, "dialout group", NULL, NULL, NULL },
	{ ROUTE_DEVICE, "kvm group", NULL, NULL, NULL },
	{ ROUTE_DEVICE, "dialout", NULL, NULL, "group" },
	{ ROUTE_DEVICE, "plugdev", NULL, NULL, NULL },
	{ ROUTE_DEVICE, "uaccess", NULL, NULL, NULL },
	{ ROUTE_DEVICE, "logind", NULL, NULL, NULL },

	/* A crafted image. */
	{ ROUTE_MOUNT, "image*", "mount* automount* udisks* loop removable", NULL, NULL },
	{ ROUTE_MOUNT, "crafted *", "mount* automount* udisks* removable", NULL, NULL },
	{ ROUTE_MOUNT, "automount*", NULL, NULL, NULL },
	{ ROUTE_MOUNT, "auto mount*", NULL, NULL, NULL },
	{ ROUTE_MOUNT, "udisks*", NULL, NULL, NULL },
	{ ROUTE_MOUNT, "removable media", NULL, NULL, NULL },
	{ ROUTE_MOUNT, "removable drive*", NULL, NULL, NULL },
	{ ROUTE_MOUNT, "malicious filesystem*", NULL, NULL, NULL },
	{ ROUTE_MOUNT, "malicious file system*", NULL, NULL, NULL },
	{ ROUTE_MOUNT, "malicious volume*", NULL, NULL, NULL },

	/* From a guest, or from its host. "guest account" is another matter. */
	{ ROUTE_GUEST, "guest*", NULL, "to as",
	  "account* memory page* session* access physical address* ram fd state phys gpa auth" },
	{ ROUTE_GUEST, "virtual machine*", NULL, "no", NULL },
	{ ROUTE_GUEST, "inside a vm", NULL, NULL, NULL },
	{ ROUTE_GUEST, "malicious hypervisor", NULL, NULL, NULL },
	{ ROUTE_GUEST, "untrusted hypervisor", NULL, NULL, NULL },
	{ ROUTE_GUEST, "untrusted host", NULL, NULL, NULL },
	{ ROUTE_GUEST, "malicious host", NULL, NULL, NULL },

	/* An administrator. */
	{ ROUTE_PRIVILEGED, "root", NULL, "map namespace namespaced",
	  "cause dir* complex port* hub* cert* qdisc* inode* dentry user* node* in group* bus fs "
	  "tree" },
	{ ROUTE_PRIVILEGED, "superuser", NULL, NULL, NULL },
	{ ROUTE_PRIVILEGED, "administrator*", NULL, NULL, NULL },
	{ ROUTE_PRIVILEGED, "admin", NULL, NULL, NULL },
	{ ROUTE_PRIVILEGED, "sysadmin", NULL, NULL, NULL },
	{ ROUTE_PRIVILEGED, "administrative", NULL, NULL, NULL },
	{ ROUTE_PRIVILEGED, "delegat*", NULL, NULL, NULL },
	{ ROUTE_PRIVILEGED, "operator*", NULL, NULL, NULL },
	{ ROUTE_PRIVILEGED, "privileged", NULL, "non un low lower less", NULL },
	{ ROUTE_PRIVILEGED, "initial user namespace", NULL, NULL, NULL },
	{ ROUTE_PRIVILEGED, "init user namespace", NULL, NULL, NULL },
	{ ROUTE_PRIVILEGED, "init_user_ns", NULL, NULL, NULL },
	{ ROUTE_PRIVILEGED, "cap_*", NULL, NULL, NULL },
	{ HINT_CAPABILITY, "cap_*", NULL, NULL, NULL },
	{ HINT_CAPABILITY, "capability", NULL, NULL, NULL },
	{ HINT_CAPABILITY, "ns_capable", NULL, NULL, NULL },
	{ HINT_CAPABILITY, "namespace root", NULL, NULL, NULL },

	{ ROUTE_PHYSICAL, "physical access", NULL, NULL, NULL },
	{ ROUTE_PHYSICAL, "malicious usb device*", NULL, NULL, NULL },
	{ 0, NULL, NULL, NULL, NULL },
};

/* Nodes that everybody has anyway. */
static const char *const common_nodes[] = { "/dev/shm",	 "/dev/null",	"/dev/zero",
					    "/dev/full", "/dev/ptmx",	"/dev/pts",
					    "/dev/tty",	 "/dev/random", "/dev/urandom" };

static const struct {
	char vector;
	enum route route;
	const char *text;
} vectors[] = {
	{ 'N', ROUTE_REMOTE, "AV:N" },
	{ 'A', ROUTE_ADJACENT, "AV:A" },
	{ 'P', ROUTE_PHYSICAL, "AV:P" },
};

void fact_reasons_release(struct fact_reasons *reasons)
{
	array_release(reasons);
}

static void add_reason(struct fact_reasons *reasons, unsigned value, const char *text,
		       size_t length)
{
	if (reasons)
		array_push(reasons, ((struct fact_reason){ value, text, length }));
}

static bool is_common_node(const struct phrase_match *match)
{
	for (size_t i = 0; i < COUNT_OF(common_nodes); i++) {
		size_t length = strlen(common_nodes[i]);

		if (match->length >= length && !memcmp(match->text, common_nodes[i], length))
			return true;
	}
	return false;
}

/* "An unprivileged user cannot X" still speaks of one; "namespaces do not help" does not. */
static bool is_said(const struct phrase_match *match)
{
	return !match->denied && !(match->refused && match->value != ROUTE_UNPRIVILEGED);
}

static bool has(const struct phrase_matches *matches, unsigned value)
{
	for (size_t i = 0; i < matches->count; i++)
		if (matches->items[i].value == value && is_said(&matches->items[i]))
			return true;
	return false;
}

static bool sentence_has(const struct phrase_matches *matches, unsigned sentence, unsigned value)
{
	for (size_t i = 0; i < matches->count; i++)
		if (matches->items[i].value == value && is_said(&matches->items[i]) &&
		    matches->items[i].sentence == sentence && !is_common_node(&matches->items[i]))
			return true;
	return false;
}

/*
 * "Any unprivileged user gets CAP_NET_ADMIN in a user namespace": he has to be able to make one.
 * "Any user with access to /dev/kvm": he has to be given that. What a sentence says of him without
 * that stands, whatever others say: a fix is not to be left out for a namespace that it does
 * not need. Only what AV says in general is taken back by a capability that PR asks for.
 */
static bool is_narrowed(const struct phrase_matches *matches, const struct phrase_match *match,
			unsigned first_of_pr)
{
	static const enum route narrower[] = { ROUTE_DEVICE, ROUTE_MOUNT, ROUTE_GUEST };

	for (size_t i = 0; i < COUNT_OF(narrower); i++)
		if (sentence_has(matches, match->sentence, narrower[i]))
			return true;
	if (sentence_has(matches, match->sentence, HINT_ALSO))
		return false;
	if (sentence_has(matches, match->sentence, ROUTE_USERNS))
		return match->value != HINT_FREE ||
		       sentence_has(matches, match->sentence, HINT_CAPABILITY);
	return match->sentence < first_of_pr && has(matches, ROUTE_USERNS) &&
	       has(matches, HINT_CAPABILITY);
}

static bool counts(const struct phrase_matches *matches, const struct phrase_match *match,
		   unsigned first_of_pr)
{
	switch (match->value) {
	case HINT_FREE: /* a denial itself */
		return !is_narrowed(matches, match, first_of_pr);
	case ROUTE_UNPRIVILEGED:
		return is_said(match) && !is_narrowed(matches, match, first_of_pr);
	case ROUTE_DEVICE:
		return is_said(match) && !is_common_node(match);
	default:
		return match->value < ROUTE_KINDS && is_said(match);
	}
}

/*
 * PR:N needs no rights, PR:L may need a capability that nobody has by himself; that
 * administrators are mentioned is not enough to call a route theirs alone.
 */
static bool may_be_privileged(const struct phrase_matches *matches, const struct cvss *cvss)
{
	return cvss->metric[CVSS_PR] == 'H' ||
	       (cvss->metric[CVSS_PR] == 'L' && has(matches, HINT_CAPABILITY));
}

static unsigned local_routes(const struct phrase_matches *matches, const struct cvss *cvss,
			     unsigned first_of_pr, struct fact_reasons *reasons)
{
	const unsigned last_resort = 1U << ROUTE_PRIVILEGED | 1U << ROUTE_PHYSICAL;
	unsigned routes = 0;

	for (size_t i = 0; i < matches->count; i++)
		if (counts(matches, &matches->items[i], first_of_pr))
			routes |= 1U << (matches->items[i].value == HINT_FREE
						 ? (unsigned)ROUTE_UNPRIVILEGED
						 : matches->items[i].value);
	if (routes & ~last_resort)
		routes &= ~last_resort;
	if (!may_be_privileged(matches, cvss))
		routes &= ~(1U << ROUTE_PRIVILEGED);
	for (size_t i = 0; i < matches->count; i++) {
		const struct phrase_match *match = &matches->items[i];
		unsigned value = match->value == HINT_FREE ? (unsigned)ROUTE_UNPRIVILEGED
							   : match->value;

		if (counts(matches, match, first_of_pr) && routes & 1U << value)
			add_reason(reasons, value, match->text, match->length);
	}
	return routes;
}

unsigned routes_of_score(const struct cvss *cvss, const char *rationale,
			 struct fact_reasons *reasons)
{
	static const enum cvss_metric metrics[] = { CVSS_AV, CVSS_PR, CVSS_UI };
	struct phrase_matches matches = PHRASE_MATCHES_INIT;
	unsigned routes, sentence = 0, first_of_pr = 0;
	const char *text;
	size_t length;
	bool high;

	if (!cvss->version)
		return 0;
	for (size_t i = 0; i < COUNT_OF(vectors); i++)
		if (cvss->metric[CVSS_AV] == vectors[i].vector) {
			add_reason(reasons, vectors[i].route, vectors[i].text, 4);
			return 1U << vectors[i].route;
		}
	for (size_t i = 0; i < COUNT_OF(metrics); i++) {
		if (metrics[i] == CVSS_PR)
			first_of_pr = sentence;
		/* UI:N says what nobody has to do. */
		if (metrics[i] == CVSS_UI && cvss->metric[CVSS_UI] == 'N')
			continue;
		if (cvss_rationale(&text, &length, rationale, metrics[i]))
			sentence = phrases_in_prose(&matches, phrases, text, length, sentence);
	}
	routes = local_routes(&matches, cvss, first_of_pr, reasons);
	phrase_matches_release(&matches);
	high = cvss->metric[CVSS_PR] == 'H';
	if (!routes) {
		routes = 1U << (high ? ROUTE_PRIVILEGED : ROUTE_UNPRIVILEGED);
		add_reason(reasons, high ? ROUTE_PRIVILEGED : ROUTE_UNPRIVILEGED,
			   high ? "PR:H" : "AV:L", 4);
	}
	return routes;
}
