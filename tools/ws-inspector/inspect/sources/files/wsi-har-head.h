/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* HTTP heads made of the lists of headers in a HAR entry. */
#pragma once

#include "inspect/decode/json/wsi-json-fields.h"

G_BEGIN_DECLS

typedef struct
{
  const char  *method, *url;    /* members of the request in the file; NULL: it lacks the member */
  WsiJsonField headers;
} WsiHarRequest;

typedef struct
{
  GBytes *request;              /* head of the request; NULL: too many headers are missing */
  GBytes *response;             /* head of the response; NULL: there was none */
  gint64  status;               /* status of the response; 0: there was none; below 0: not known */
} WsiHarHeads;

void     wsi_har_request_read (WsiHarRequest      *self,
                               const WsiJsonField *request);
/* Makes the heads of an entry.  FALSE: it has not all headers of the handshake, so that its rules
 * cannot be checked. */
gboolean wsi_har_heads_init  (WsiHarHeads         *self,
                              const WsiHarRequest *request,
                              const WsiJsonField  *response);
void     wsi_har_heads_clear (WsiHarHeads *self);

G_END_DECLS
