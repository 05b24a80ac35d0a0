/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words of commits and tags that are our own. Made from a stanza alone, so that
 * replaying it gives them again.
 */
#ifndef TREE_OWN_MESSAGE_H
#define TREE_OWN_MESSAGE_H

#include "base/buffer.h"
#include "tree/stanza.h"

void release_message(struct buffer *ret_message, const struct stanza *stanza);
void withdraw_message(struct buffer *ret_message, const struct step *step);
void tag_message(struct buffer *ret_message, const struct stanza *stanza);

#endif
