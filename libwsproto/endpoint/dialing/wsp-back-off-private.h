/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How long to wait before another attempt: arithmetic only. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WSP_MAX_RETRY_AFTER (24 * 60 * 60 * 1000)   /* milliseconds */

/* Milliseconds: doubled for each of n_attempts up to max, and then a random part of the upper half,
 * so that the clients of a server that comes back do not all come at once. */
guint wsp_back_off_get_delay (guint   min,
                              guint   max,
                              guint   n_attempts,
                              guint32 random);
/* What Retry-After asks for (RFC 9110 10.2.3), in milliseconds; 0 = nothing that can be used.
 * now: seconds of Unix time. */
guint wsp_retry_after_parse  (const char *value,
                              gint64      now);

G_END_DECLS
