/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The body of a refusal: where it ends, and its content (RFC 9112 6 and 7). */
#pragma once

#include <libwsproto/http/wsp-headers.h>

G_BEGIN_DECLS

typedef struct _WspBody WspBody;

/* max_length: the limit for the bytes that are read, chunk sizes included. */
WspBody *wsp_body_new         (WspHeaders *headers,
                               guint       status,
                               gsize       max_length);
void     wsp_body_free        (WspBody *self);
/* Returns how many bytes belong to the body: 0 after the end or the limit. */
gsize    wsp_body_take        (WspBody      *self,
                               const guint8 *bytes,
                               gsize         length);
gboolean wsp_body_is_complete (WspBody *self);
GBytes  *wsp_body_dup_bytes   (WspBody *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspBody, wsp_body_free)

G_END_DECLS
