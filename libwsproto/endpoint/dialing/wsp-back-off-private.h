/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How long to wait before another attempt. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WSP_MAX_RETRY_AFTER (24 * 60 * 60 * 1000)   /* milliseconds */

/* Milliseconds: min doubled for each attempt, max at most, of which the upper half is random: the
 * clients of a server that restarts do not all connect at once. */
guint wsp_back_off_get_delay (guint   min,
                              guint   max,
                              guint   n_attempts,
                              guint32 random);
/* The delay in a Retry-After header (RFC 9110 10.2.3), in milliseconds; 0 = malformed or past.
 * now: Unix time in seconds. */
guint wsp_retry_after_parse  (const char *value,
                              gint64      now);

G_END_DECLS
