/* SPDX-License-Identifier: GPL-2.0-only */
/* `sectree review` on a terminal: one commit at a time, a key for each answer. */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/array.h"
#include "cmd/progress-line.h"
#include "cmd/review.h"
#include "git/repository.h"
#include "history/relation.h"
#include "plan/names.h"
#include "triage/judgements.h"
#include "triage/ledger.h"
#include "triage/review-queue.h"

#define LOCK_SECONDS 30
#define REASONS_SHOWN 10
#define POLL_MILLISECONDS 500 /* a signal between two looks is seen by then */
#define ROWS_DEFAULT 24
#define ROWS_LEAST 12

static const char keys_text[] = "  i  in: a security fix that belongs in the tree\n"
				"  o  out: none, or one that does not belong there\n"
				"  l  later: leave it, and go on\n"
				"  b  back to the one before\n"
				"  e  edit the reason that the next answer is given\n"
				"  d  the whole change, in the pager\n"
				"  q  quit; what was decided is kept\n";

struct session {
	struct command_context *context;
	struct workspace *workspace;
	const char *ledger;
	struct review_queue queue;
	struct classifier classifier;
	struct commit_reader reader;
	struct termios before;
	char *person, *date;
	char *reason; /* for the next answer; NULL: ask */
	size_t at;
	bool *decided; /* of each item of the queue: here */
	bool colored;
};

/* ---- the terminal ---- */

static void show(const struct buffer *text)
{
	size_t done = 0;

	while (done < text->length) {
		ssize_t wrote = write(STDOUT_FILENO, text->data + done, text->length - done);

		if (wrote < 0 && errno == EINTR && !interrupt_received())
			continue;
		if (wrote <= 0)
			return;
		done += (size_t)wrote;
	}
}

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...)
{
	struct buffer text = BUFFER_INIT;
	va_list args;

	va_start(args, format);
	buffer_add_vformat(&text, format, args);
	va_end(args);
	show(&text);
	buffer_release(&text);
}

/* Key by key and without an echo; signals still come. */
static void take_keys(const struct session *session)
{
	struct termios now = session->before;

	now.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	now.c_cc[VMIN] = 1;
	now.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &now);
}

/* As take_keys, where something else has had the terminal: a shell, while the run was stopped. */
static void keep_keys(const struct session *session)
{
	struct termios now;

	if (!tcgetattr(STDIN_FILENO, &now) && now.c_lflag & (ICANON | ECHO))
		take_keys(session);
}

static void give_back(const struct session *session)
{
	tcsetattr(STDIN_FILENO, TCSADRAIN, &session->before);
}

static size_t rows(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_row < ROWS_LEAST)
		return ROWS_DEFAULT;
	return size.ws_row;
}

/* Bytes of the terminal; 0 at its end, and when the run is to end: a read would go on after a
 * signal. `keys`: key by key, whatever happens to the terminal meanwhile; or NULL. */
static ssize_t read_input(const struct session *keys, char *data, size_t size)
{
	struct pollfd input = { STDIN_FILENO, POLLIN, 0 };
	ssize_t got;

	while (!interrupt_received()) {
		int ready;

		if (keys)
			keep_keys(keys);
		ready = poll(&input, 1, POLL_MILLISECONDS);
		if (ready < 0 && errno != EINTR)
			return 0;
		if (ready <= 0)
			continue;
		got = read(STDIN_FILENO, data, size);
		if (got >= 0 || errno != EINTR)
			return got > 0 ? got : 0;
	}
	return 0;
}

/* 'q' at the end of the input. */
static int read_key(const struct session *session)
{
	char key;

	return read_input(session, &key, 1) == 1 ? (unsigned char)key : 'q';
}

/* A line, as the terminal edits it; NULL where nothing was given. */
static char *read_text(const struct session *session, const char *prompt, const char *standard)
{
	struct buffer line = BUFFER_INIT;
	char chunk[256];
	ssize_t got;

	give_back(session);
	say("%s [%s]: ", prompt, standard);
	while (!memchr(line.data, '\n', line.length)) {
		got = read_input(NULL, chunk, sizeof(chunk));
		if (got <= 0) {
			buffer_release(&line);
			take_keys(session);
			return NULL;
		}
		buffer_add(&line, chunk, (size_t)got);
	}
	take_keys(session);
	buffer_truncate(&line, (size_t)((char *)memchr(line.data, '\n', line.length) - line.data));
	if (!line.length)
		buffer_add_string(&line, standard);
	/* Arrow keys send some, and the ledger takes none. */
	for (size_t i = 0; i < line.length; i++)
		if ((unsigned char)line.data[i] < ' ' || line.data[i] == 0x7f) {
			say("no: there are control characters in it\n");
			buffer_release(&line);
			return NULL;
		}
	if (!text_is_utf8(line.data, line.length)) {
		say("no: it is not UTF-8\n");
		buffer_release(&line);
		return NULL;
	}
	return buffer_detach(&line);
}

/* ---- one commit ---- */

static const char *color(const struct session *session, const char *code)
{
	return session->colored ? code : "";
}

static void add_judgement(struct buffer *out, struct session *session,
			  const struct review_item *item, const struct commit_text *text,
			  uint64_t facts)
{
	struct evidence_list reasons = { 0 };
	struct judgement judgement;

	classify(&judgement, NULL, &session->classifier, text, facts);
	classify_explain(&reasons, &session->classifier, text, REASONS_SHOWN);
	buffer_add_format(out, "%slikelihood %d.%03d (security %d.%03d, gate %d.%03d)%s  class ",
			  color(session, "\x1b[1m"), judgement_likelihood(&judgement) / 1000,
			  judgement_likelihood(&judgement) % 1000, judgement.security / 1000,
			  judgement.security % 1000, judgement.gate / 1000, judgement.gate % 1000,
			  color(session, "\x1b[m"));
	bug_classes_print(out, judgement.classes);
	buffer_add_string(out, "; route ");
	routes_print(out, judgement.routes);
	buffer_add_string(out, "; impact ");
	impacts_print(out, judgement.impacts);
	buffer_add_byte(out, '\n');
	for (size_t i = 0; i < reasons.count; i++) {
		const struct evidence *reason = &reasons.items[i];

		buffer_add_format(out, "    %+.2f gate %+.2f  ", reason->security / 100.0,
				  reason->gate / 100.0);
		buffer_add_safe(out, reason->detail, strlen(reason->detail));
		buffer_add_byte(out, '\n');
	}
	if (*item->advisories)
		buffer_add_format(out, "advisories: %s\n", item->advisories);
	evidence_list_release(&reasons);
}

/* Who else carries the upstream commit. */
static void add_places(struct buffer *out, struct session *session, const struct review_item *item)
{
	struct carrier_list carriers = { 0 };
	const char *separator = "other series: ";

	if (carriers_find(&carriers, session->workspace, id_hex(&item->key).text, NULL))
		return;
	for (size_t i = 0; i < carriers.count; i++)
		for (size_t j = 0; j < carriers.items[i].places.count; j++) {
			const struct commit_place *place = &carriers.items[i].places.items[j];

			if (git_oid_equal(&carriers.items[i].facts.id, &item->id))
				continue;
			buffer_add_format(out, "%s%s %s", separator, place->series_name,
					  place->release ? place->release : "unreleased");
			separator = ", ";
		}
	if (strcmp(separator, ", ") == 0)
		buffer_add_byte(out, '\n');
	carrier_list_release(&carriers);
}

/* Lines of a change in colours of our own: what is in them may be anything. */
static void add_change(struct buffer *out, const struct session *session, const char *text,
		       size_t length)
{
	while (length) {
		const char *end = memchr(text, '\n', length), *code = "";
		size_t size = end ? (size_t)(end - text) : length;

		if (*text == '+')
			code = color(session, "\x1b[32m");
		else if (*text == '-')
			code = color(session, "\x1b[31m");
		else if (*text == '@')
			code = color(session, "\x1b[36m");
		buffer_add_string(out, code);
		buffer_add_safe(out, text, size);
		buffer_add_format(out, "%s\n", *code ? "\x1b[m" : "");
		size += end != NULL;
		text += size;
		length -= size;
	}
}

static int read_change(struct buffer *ret_text, const struct session *session,
		       const struct review_item *item, struct error *err)
{
	return git_run(ret_text, git_repository_path(session->workspace->tree), err, "show",
		       "--no-color", "--no-ext-diff", "--no-textconv", "--format=", "--stat",
		       "--patch", id_hex(&item->id).text, NULL);
}

/* At most `most` lines; says how many are left. */
static void cut_lines(struct buffer *text, size_t most)
{
	size_t lines = 0, all = 0, end = text->length;

	for (size_t i = 0; i < text->length; i++)
		if (text->data[i] == '\n') {
			all++;
			if (++lines == most)
				end = i + 1;
		}
	if (all <= most)
		return;
	buffer_truncate(text, end);
	buffer_add_format(text, "... %zu more lines; d shows all\n", all - most);
}

static void add_decisions(struct buffer *out, struct session *session,
			  const struct review_item *item, struct error *err)
{
	struct decision_list list = { 0 };
	struct buffer words = BUFFER_INIT;
	struct decided_commit decided;

	if (decision_list_load(&list, session->ledger, err))
		return;
	decisions_find(&decided, &list, &item->id, id_hex(&item->key).text,
		       item->series ? item->series->name : NULL);
	if (decided.count) {
		decided_commit_print(&words, &decided);
		buffer_add_string(out, "decided: ");
		buffer_add_safe(out, words.data, words.length);
		buffer_add_byte(out, '\n');
	}
	buffer_release(&words);
	decided_commit_release(&decided);
	decision_list_release(&list);
}

static int show_item(struct session *session, struct error *err)
{
	const struct review_item *item = &session->queue.items[session->at];
	struct buffer out = BUFFER_INIT, body = BUFFER_INIT, change = BUFFER_INIT;
	struct commit_text text;
	uint64_t facts;
	bool fresh;
	int error = commit_reader_read(&text, &facts, &fresh, &session->reader, item->number, err);

	if (!error)
		error = read_change(&change, session, item, err);
	if (!error) {
		buffer_add_format(&out, "\n%s[%zu/%zu] %s%s  ", color(session, "\x1b[1m"),
				  session->at + 1, session->queue.count, id_short(&item->id).text,
				  color(session, "\x1b[m"));
		buffer_add_safe(&out, item->subject, strlen(item->subject));
		buffer_add_byte(&out, '\n');
		add_judgement(&out, session, item, &text, facts);
		add_places(&out, session, item);
		add_decisions(&out, session, item, NULL);
		buffer_add_safe(&body, text.body, text.body_length);
		buffer_add_string(&body, "\n\n");
		add_change(&body, session, change.data, change.length);
		cut_lines(&body, rows() > REASONS_SHOWN + 10 ? rows() - REASONS_SHOWN - 6 : 10);
		buffer_add(&out, body.data, body.length);
		show(&out);
	}
	buffer_release(&change);
	buffer_release(&body);
	buffer_release(&out);
	return error;
}

static void print_change(struct output *out, const char *text, size_t length)
{
	while (length) {
		const char *end = memchr(text, '\n', length);
		size_t size = end ? (size_t)(end - text) : length;
		enum output_style style = *text == '+'	 ? STYLE_GOOD
					  : *text == '-' ? STYLE_BAD
					  : *text == '@' ? STYLE_ID
							 : STYLE_PLAIN;

		output_styled(out, style, "%.*s", (int)size, text);
		output_print(out, "\n");
		size += end != NULL;
		text += size;
		length -= size;
	}
}

static int page_change(struct session *session, struct error *err)
{
	const struct review_item *item = &session->queue.items[session->at];
	struct buffer change = BUFFER_INIT;
	struct output out;
	int error = read_change(&change, session, item, err);

	if (error)
		return error;
	output_init(&out);
	out.color = session->context->output->color;
	out.paged = true;
	give_back(session);
	output_begin(&out);
	print_change(&out, change.data, change.length);
	error = output_end(&out, err);
	take_keys(session);
	output_release(&out);
	buffer_release(&change);
	return error;
}

/* ---- answers ---- */

/* What the classifier would say, as a beginning. */
static char *standard_reason(const struct review_item *item, bool in)
{
	struct buffer text = BUFFER_INIT;

	if (!in) {
		buffer_add_string(&text, "no security fix for this tree");
		return buffer_detach(&text);
	}
	bug_classes_print(&text, item->judgement.classes);
	buffer_add_string(&text, "; ");
	routes_print(&text, item->judgement.routes);
	return buffer_detach(&text);
}

static int write_decision(struct session *session, const struct decision *decision,
			  const struct review_item *item, struct error *err)
{
	struct decision_list list = { 0 };
	char *message = string_format("%s %s\n\n%s\n\n%s\n", decision_kind_name(decision->kind),
				      id_short(&decision->commit).text, item->subject,
				      decision->reason);
	int error = workspace_lock(session->workspace, LOCK_SECONDS, err);

	array_push(&list, *decision);
	if (!error) {
		error = decision_list_add(session->ledger, &list, message, err);
		workspace_unlock(session->workspace);
	}
	array_release(&list);
	free(message);
	return error;
}

static int decide(struct session *session, bool in, struct error *err)
{
	const struct review_item *item = &session->queue.items[session->at];
	struct decision decision = { .kind = in ? DECISION_IN : DECISION_OUT,
				     .commit = item->key,
				     .person = session->person,
				     .date = session->date };
	char *standard;
	int error;

	if (!session->reason) {
		standard = standard_reason(item, in);
		session->reason = read_text(session, in ? "in, because" : "out, because", standard);
		free(standard);
	}
	if (!session->reason)
		return 0;
	decision.reason = session->reason;
	error = write_decision(session, &decision, item, err);
	free(session->reason);
	session->reason = NULL;
	if (error)
		return error;
	session->decided[session->at++] = true;
	return 0;
}

static void edit_reason(struct session *session)
{
	char *text = read_text(session, "reason", session->reason ? session->reason : "");

	if (!text)
		return;
	free(session->reason);
	session->reason = *text ? text : NULL;
	if (!*text)
		free(text);
}

/* 1: go on with the same, 0: show what is next, 2: end. */
static int answer(struct session *session, int key, struct error *err)
{
	switch (key) {
	case 'i':
	case 'o':
		return decide(session, key == 'i', err);
	case 'l':
	case ' ':
		session->at++;
		return 0;
	case 'b':
		if (!session->at) {
			say("this is the first\n");
			return 1;
		}
		session->at--;
		return 0;
	case 'e':
		edit_reason(session);
		return 1;
	case 'd': {
		int error = page_change(session, err);

		return error ? error : 1;
	}
	case 'q':
	case 4: /* end of input */
		return 2;
	default:
		say("%s", keys_text);
		return 1;
	}
}

static int talk(struct session *session, struct error *err)
{
	int result = 0;

	while (session->at < session->queue.count && result >= 0 && result < 2 &&
	       !interrupt_received()) {
		if (result == 0)
			result = show_item(session, err);
		if (result < 0)
			break;
		say("in, out, later, back, edit reason, diff, quit, ? ");
		result = read_key(session);
		if (interrupt_received())
			result = 'q';
		say("%c\n", result > ' ' && result < 127 ? result : ' ');
		result = answer(session, result, err);
	}
	return result < 0 ? result : 0;
}

/* ---- what is reviewed ---- */

/* A release stands for what it brought: "v6.1.169..v6.1.170"; owned by the caller. */
static char *range_of(struct workspace *workspace, const char *text)
{
	struct resolved_name name = RESOLVED_NAME_INIT;
	struct statement statement;
	char *range = NULL;

	if (!text || strstr(text, ".."))
		return text ? string_copy(text) : NULL;
	if (!name_resolve(&name, workspace, text, NULL) && name.kind == NAME_RELEASE &&
	    !statement_init(&statement, &workspace->index,
			    "SELECT before.name FROM release JOIN release before USING (series)"
			    " WHERE release.name = ? AND before.sublevel < release.sublevel"
			    " ORDER BY before.sublevel DESC LIMIT 1",
			    NULL)) {
		statement_bind_text(&statement, 1, name.release);
		if (statement_step(&statement, NULL) > 0)
			range = string_format("%s..%s", statement_text(&statement, 0),
					      name.release);
		statement_release(&statement);
	}
	resolved_name_release(&name);
	return range ? range : string_copy(text);
}

static int fill_queue(struct session *session, const struct series_info_list *series,
		      struct error *err)
{
	struct command_context *context = session->context;
	struct commit_range_list ranges = ARRAY_INIT;
	struct decision_list decisions = { 0 };
	char *text = range_of(session->workspace, context->count ? context->operands[0] : NULL);
	int error = decision_list_load(&decisions, session->ledger, err);

	if (!error)
		error = commit_range_find(&ranges, session->workspace, series, text, err);
	if (!error)
		error = review_queue_make(&session->queue, session->workspace, &ranges, &decisions,
					  context->progress, err);
	progress_line_hide();
	commit_range_list_release(&ranges);
	decision_list_release(&decisions);
	free(text);
	return error;
}

static int open_session(struct session *session, struct error *err)
{
	int error = classifier_init(&session->classifier, NULL, true, err);

	if (!error)
		error = commit_reader_open(&session->reader, session->workspace, err);
	if (!error)
		error = ledger_person(&session->person, &session->date, session->ledger, err);
	return error;
}

int review_session(struct command_context *context, struct workspace *workspace, const char *ledger,
		   struct error *err)
{
	struct session session = { .context = context, .workspace = workspace, .ledger = ledger };
	struct series_info_list series = ARRAY_INIT;
	size_t decided = 0;
	int error;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || context->output->json)
		return error_set(
			err, ERROR_USAGE,
			"a review needs a terminal; without one use 'sectree review COMMIT "
			"--in|--out --reason TEXT', and 'sectree triage' to see the "
			"commits");
	if (tcgetattr(STDIN_FILENO, &session.before))
		return error_errno(err, "the terminal cannot be asked");
	session.colored = context->output->color != COLOR_NEVER && !getenv("NO_COLOR");
	error = series_info_load(&series, &workspace->index, false, err);
	if (!error)
		error = open_session(&session, err);
	if (!error)
		error = fill_queue(&session, &series, err);
	if (!error) {
		say("%zu commits to review, %zu decided already; ? shows the keys\n",
		    session.queue.count, session.queue.decided);
		session.decided = memory_alloc(session.queue.count + 1);
		take_keys(&session);
		error = talk(&session, err);
		give_back(&session);
		for (size_t i = 0; i < session.queue.count; i++)
			decided += session.decided[i];
		say("\n%zu decided, %zu left\n", decided, session.queue.count - decided);
	}
	free(session.decided);
	free(session.reason);
	free(session.person);
	free(session.date);
	if (session.reader.workspace)
		commit_reader_close(&session.reader);
	if (session.classifier.model.count)
		classifier_release(&session.classifier);
	review_queue_release(&session.queue);
	series_info_list_release(&series);
	return error;
}
