/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The HTTP heads of one direction, as they were on the wire, even if they are malformed. */
#pragma once

#include <gio/gio.h>

#include "core/handshake/http-head.h"

G_BEGIN_DECLS

typedef enum
{
  WSP_HEAD_INCOMPLETE,
  WSP_HEAD_COMPLETE,
  WSP_HEAD_MALFORMED,           /* the malformed head has ended, or is too long */
} WspHeadResult;

typedef struct
{
  WscHeadKind   kind;
  WscHttpHead  *parsed;         /* NULL: no byte was received, or the head is malformed */
  WscByteBuffer text;           /* of a malformed head */
  WscFault      fault;          /* why the head is malformed; NONE: it is not */
  gboolean      is_line_ended;  /* the malformed text ends in a line end */
  WspHeadResult result;
  GPtrArray    *interim;        /* interim heads, as GBytes; NULL: there was none */
  gsize         n_interim_bytes;
} WspHeads;

void          wsp_heads_init  (WspHeads   *self,
                               WscHeadKind kind);
void          wsp_heads_clear (WspHeads *self);
/* Sets used to the number of bytes that belong to the head. */
WspHeadResult wsp_heads_take  (WspHeads *self,
                               WscBytes  bytes,
                               gsize    *used);
/* Call it when the head was an interim response: another head follows. */
void          wsp_heads_end_interim (WspHeads *self);
/* Returns the head as it was received so far, without the interim heads. */
WscBytes      wsp_heads_get_text (const WspHeads *self);

G_END_DECLS
