/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* HTTP heads made of the lists of headers in a HAR entry. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct
{
  GBytes *request;              /* NULL: a HAR has not enough of its headers */
  GBytes *response;             /* NULL: there was none */
} WsiHarHeads;

/* FALSE: the entry has not all headers of the handshake, so that its rules cannot be checked. */
gboolean wsi_har_heads_init  (WsiHarHeads *self,
                              JsonObject  *request,
                              JsonObject  *response);
void     wsi_har_heads_clear (WsiHarHeads *self);

G_END_DECLS
