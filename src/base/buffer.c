/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/buffer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"

char buffer_empty[1];

void buffer_init(struct buffer *buffer)
{
	buffer->data = buffer_empty;
	buffer->length = 0;
	buffer->capacity = 0;
}

void buffer_release(struct buffer *buffer)
{
	if (buffer->capacity)
		free(buffer->data);
	buffer_init(buffer);
}

void buffer_clear(struct buffer *buffer)
{
	buffer->length = 0;
	if (buffer->capacity)
		buffer->data[0] = '\0';
}

void buffer_reserve(struct buffer *buffer, size_t extra)
{
	size_t need = buffer->length + extra + 1;
	size_t capacity = buffer->capacity;

	if (need <= capacity)
		return;
	while (capacity < need)
		capacity = capacity ? capacity + capacity / 2 : 64;
	buffer->data = memory_resize(buffer->capacity ? buffer->data : NULL, capacity, 1);
	buffer->capacity = capacity;
	buffer->data[buffer->length] = '\0';
}

char *buffer_detach(struct buffer *buffer)
{
	char *data;

	buffer_reserve(buffer, 0);
	data = buffer->data;
	buffer_init(buffer);
	return data;
}

void buffer_add(struct buffer *buffer, const void *data, size_t length)
{
	buffer_reserve(buffer, length);
	if (length)
		memcpy(buffer->data + buffer->length, data, length);
	buffer->length += length;
	buffer->data[buffer->length] = '\0';
}

void buffer_add_string(struct buffer *buffer, const char *text)
{
	buffer_add(buffer, text, strlen(text));
}

void buffer_add_byte(struct buffer *buffer, int byte)
{
	char one = (char)byte;

	buffer_add(buffer, &one, 1);
}

void buffer_add_vformat(struct buffer *buffer, const char *format, va_list args)
{
	va_list again;
	int length;

	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	/* Only wide characters and results over 2 GiB fail; neither occurs. */
	if (length < 0)
		return;
	buffer_reserve(buffer, (size_t)length);
	vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, args);
	buffer->length += (size_t)length;
}

void buffer_add_format(struct buffer *buffer, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buffer_add_vformat(buffer, format, args);
	va_end(args);
}

void buffer_truncate(struct buffer *buffer, size_t length)
{
	if (length >= buffer->length)
		return;
	buffer->length = length;
	buffer->data[length] = '\0';
}

/* Length of the well-formed UTF-8 sequence at `text`, 0 where there is none. */
static size_t utf8_sequence(const unsigned char *text, size_t length)
{
	static const unsigned char least[] = { 0, 0, 0, 0xa0, 0x90 };
	size_t need, i;

	if (text[0] < 0x80)
		return 1;
	if (text[0] >= 0xc2 && text[0] <= 0xdf)
		need = 2;
	else if ((text[0] & 0xf0) == 0xe0)
		need = 3;
	else if (text[0] >= 0xf0 && text[0] <= 0xf4)
		need = 4;
	else
		return 0;
	if (need > length)
		return 0;
	for (i = 1; i < need; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	if ((text[0] == 0xe0 || text[0] == 0xf0) && text[1] < least[need])
		return 0;
	if ((text[0] == 0xed && text[1] > 0x9f) || (text[0] == 0xf4 && text[1] > 0x8f))
		return 0;
	return need;
}

bool text_is_utf8(const char *text, size_t length)
{
	const unsigned char *at = (const unsigned char *)text;
	size_t step;

	while (length) {
		step = utf8_sequence(at, length);
		if (!step)
			return false;
		at += step;
		length -= step;
	}
	return true;
}

static bool is_plain(unsigned char byte)
{
	return (byte >= 0x20 && byte < 0x7f) || byte == '\t' || byte == '\n';
}

void buffer_add_safe(struct buffer *buffer, const char *text, size_t length)
{
	const unsigned char *at = (const unsigned char *)text;
	size_t step;

	while (length) {
		/* Most text is a long run of what needs no care. */
		for (step = 0; step < length && is_plain(at[step]); step++)
			;
		if (!step)
			step = utf8_sequence(at, length);
		if (is_plain(at[0]))
			buffer_add(buffer, at, step);
		else if (step > 1 && !(at[0] == 0xc2 && at[1] < 0xa0))
			buffer_add(buffer, at, step);
		else {
			step = 1;
			buffer_add_format(buffer, "\\x%02x", at[0]);
		}
		at += step;
		length -= step;
	}
}

void buffer_add_valid(struct buffer *buffer, const char *text, size_t length)
{
	size_t step;

	while (length) {
		step = utf8_sequence((const unsigned char *)text, length);
		if (step)
			buffer_add(buffer, text, step);
		else
			buffer_add_string(buffer, "\xef\xbf\xbd");
		text += step ? step : 1;
		length -= step ? step : 1;
	}
}

int buffer_read_file(struct buffer *ret_buffer, const char *path, size_t limit, struct error *err)
{
	char chunk[65536];
	ssize_t got;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return error_set(err, ERROR_NOT_FOUND, "%s: no such file", path);
	if (fd < 0)
		return error_errno(err, "%s: cannot be opened", path);
	while ((got = read(fd, chunk, sizeof(chunk))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			error_errno(err, "%s: cannot be read", path);
			close(fd);
			return ERROR_SYSTEM;
		}
		if (ret_buffer->length + (size_t)got > limit) {
			close(fd);
			return error_set(err, ERROR_INPUT, "%s: larger than %zu bytes", path,
					 limit);
		}
		buffer_add(ret_buffer, chunk, (size_t)got);
	}
	close(fd);
	return 0;
}

static int write_all(int fd, const char *data, size_t length)
{
	ssize_t done;

	while (length) {
		done = write(fd, data, length);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		data += done;
		length -= (size_t)done;
	}
	return 0;
}

int file_replace(const char *path, const void *data, size_t length, struct error *err)
{
	char *temporary = string_format("%s.new", path);
	int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int error = 0;

	if (fd < 0) {
		error = error_errno(err, "%s: cannot be written", temporary);
		free(temporary);
		return error;
	}
	if (write_all(fd, data, length) || fsync(fd))
		error = error_errno(err, "%s: cannot be written", temporary);
	if (close(fd) && !error)
		error = error_errno(err, "%s: cannot be written", temporary);
	if (!error && rename(temporary, path))
		error = error_errno(err, "%s: cannot be renamed to %s", temporary, path);
	if (error)
		unlink(temporary);
	free(temporary);
	return error;
}
