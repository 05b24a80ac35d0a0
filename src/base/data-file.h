/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files that come with the program (data/ in the source). Looked for in
 * $SECTREE_DATA_DIR alone where that is set; else beside a program that runs from its
 * build directory, then where `make install` puts them.
 */
#ifndef BASE_DATA_FILE_H
#define BASE_DATA_FILE_H

#include "base/buffer.h"
#include "base/error.h"

int data_file_read(struct buffer *ret_text, const char *name, struct error *err);

#endif
