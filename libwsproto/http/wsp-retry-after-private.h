/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The time after which a server wants its clients back: the field Retry-After of a refusal, and the
 * mark "retry-after=N" at the beginning of a close reason. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WSP_MAX_RETRY_AFTER (24 * 60 * 60 * 1000)   /* milliseconds */

/* The delay in a Retry-After header (RFC 9110 10.2.3), in milliseconds; 0 = malformed or past.
 * now: Unix time in seconds. */
guint    wsp_retry_after_parse (const char *value,
                                gint64      now);
/* Sets delay to that of the mark, in milliseconds: 0 = at once.  FALSE: reason, which may be NULL,
 * does not begin with the mark, or ends before its length, at a NUL. */
gboolean wsp_close_mark_parse  (const char *reason,
                                gsize       length,
                                guint      *delay);
/* Returns a close reason with the mark and the text, which may be NULL.  seconds: at most those of
 * a day.  With 0 seconds, a Close has room for 108 bytes of text. */
char    *wsp_close_mark_write  (guint       seconds,
                                const char *text);

G_END_DECLS
