/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Bytes of a peer or of a program, as error texts show them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* In quotation marks, without control characters and invalid UTF-8, which become \xNN.  At most
 * max bytes are shown, then three dots. */
char *wsp_excerpt_quote (gconstpointer bytes,
                         gsize         length,
                         gsize         max);

G_END_DECLS
