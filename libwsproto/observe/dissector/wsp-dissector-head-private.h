/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The HTTP heads of one direction, as they were on the wire, even if they are malformed. */
#pragma once

#include <gio/gio.h>

#include "core/handshake/http-head.h"
#include "core/handshake/mended-head.h"

G_BEGIN_DECLS

typedef enum
{
  WSP_HEAD_INCOMPLETE,
  WSP_HEAD_COMPLETE,            /* it was read, perhaps mended */
  WSP_HEAD_MALFORMED,           /* the head has ended, and cannot be read */
  WSP_HEAD_TOO_LARGE,           /* the head is not read, and may go on */
} WspHeadResult;

typedef struct
{
  WscHeadKind   kind;
  WscHttpHead  *parsed;         /* parsed head; NULL: no byte was received, or the head is not read */
  WscByteBuffer text;           /* text of a head that is not well-formed, as it was on the wire */
  WscFault      fault;          /* fault of a head's syntax; NONE: there is none */
  WscFault      why;            /* fault at which the strict reader stopped in this head; NONE: it did not stop */
  WscHeadEnd    end;            /* end of a head in which the strict reader stopped */
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
