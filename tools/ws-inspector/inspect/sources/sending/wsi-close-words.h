/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Close code and reason as a user writes them. */
#pragma once

#include <libwsproto/wsproto.h>

G_BEGIN_DECLS

#define WSI_MAX_CLOSE_REASON 123        /* bytes of a close reason (RFC 6455 5.5) */

/* The codes with names that may be sent; 0 after the last one. */
extern const guint16 wsi_close_codes[];

/* Checks code and reason.  FALSE: the code may not be sent, or the reason is too long or not
 * UTF-8.  reason may be NULL. */
gboolean wsi_close_words_check (guint64     code,
                                const char *reason,
                                GError    **error);
/* word: CODE[:REASON], NULL = 1000.  reason: a part of word, NULL = none. */
gboolean wsi_close_words_parse (const char  *word,
                                guint16     *code,
                                const char **reason,
                                GError     **error);

G_END_DECLS
