/* SPDX-License-Identifier: GPL-2.0-only */
/* Every parser of advisories on the same bytes. */
#include <stdint.h>

#include "advisory/cvss.h"
#include "advisory/id.h"
#include "advisory/record.h"
#include "advisory/version.h"
#include "fuzz.h"

static void fuzz_record(const uint8_t *data, size_t size)
{
	struct advisory_record record;
	struct error err = ERROR_INIT;

	advisory_record_init(&record);
	for (int file = 0; file < ADVISORY_FILES; file++) {
		snprintf(record.name, sizeof(record.name), "CVE-2031-0001");
		if (advisory_record_read(&record, (enum advisory_file)file, "fuzz", data, size,
					 &err) &&
		    !(record.damaged & 1u << file))
			abort();
		if (!text_is_utf8(record.title.data, record.title.length) ||
		    !text_is_utf8(record.description.data, record.description.length) ||
		    !text_is_utf8(record.rationale.data, record.rationale.length) ||
		    !text_is_utf8(record.note.data, record.note.length))
			abort();
		if (file % 2)
			advisory_record_clear(&record);
	}
	advisory_record_finish(&record, "fuzz", &err);
	advisory_record_release(&record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = string_copy_length((const char *)data, size);
	char name[ADVISORY_NAME_SIZE], version_text[KERNEL_VERSION_SIZE];
	struct kernel_version version;
	enum advisory_file file;
	const char *part;
	struct cvss cvss;
	size_t length;

	fuzz_record(data, size);
	if (!cvss_parse(&cvss, text, size, NULL) && cvss.score > 100)
		abort();
	for (int i = 0; i < CVSS_METRICS; i++)
		cvss_rationale(&part, &length, text, (enum cvss_metric)i);
	if (kernel_version_parse(&version, text, size))
		kernel_version_format(version_text, &version);
	kernel_version_parse_prefix(&version, text);
	advisory_file_parse(name, &file, text);
	advisory_name_parse(name, text, size);
	free(text);
	return 0;
}
