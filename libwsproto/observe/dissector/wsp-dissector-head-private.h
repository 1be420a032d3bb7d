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
  WSP_HEAD_MALFORMED,           /* it has ended, or is too long */
} WspHeadResult;

typedef struct
{
  WscHeadKind   kind;
  WscHttpHead  *parsed;         /* NULL: nothing was received, or it is malformed */
  WscByteBuffer text;           /* of a malformed head */
  WscFault      fault;          /* why it is malformed */
  gboolean      is_line_ended;  /* the malformed text ends in a line end */
  WspHeadResult result;
  GPtrArray    *interim;        /* of GBytes; NULL: there was none */
  gsize         n_interim_bytes;
} WspHeads;

void          wsp_heads_init  (WspHeads   *self,
                               WscHeadKind kind);
void          wsp_heads_clear (WspHeads *self);
/* Sets used to the number of bytes that belong to the head. */
WspHeadResult wsp_heads_take  (WspHeads *self,
                               WscBytes  bytes,
                               gsize    *used);
/* The head was an interim response: another one follows. */
void          wsp_heads_end_interim (WspHeads *self);
/* The head as it was received so far, without the interim ones. */
WscBytes      wsp_heads_get_text (const WspHeads *self);

G_END_DECLS
