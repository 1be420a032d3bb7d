/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Where a frame is: in the bytes of its sender, in its message, and in its connection. */
#pragma once

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

/* Whether the handshake has negotiated permessage-deflate. */
typedef enum
{
  WSI_DEFLATE_UNKNOWN,          /* not known: the handshake, or a part of it, was not recorded */
  WSI_DEFLATE_AGREED,
  WSI_DEFLATE_NOT_AGREED,
} WsiDeflateState;

typedef struct
{
  guint64  first_byte, n_bytes; /* place of the frame's bytes in the stream of its direction */
  WspRole  sender;
  guint32  message;             /* number of the message; 0: none, or not known */
  guint64  fragment;            /* number of the fragment, from 1 on; 0 = not known */
  guint64  n_fragments;         /* fragments of the message so far */
  gboolean is_complete;         /* the message is complete */
  WsiDeflateState deflate;
  guint    n_faults;            /* rules that the frame breaks */
  gboolean is_orphan;           /* the frame continues no message, which is one of these rules */
  gboolean is_payload_gone;     /* the payload was not kept, or was dropped */
} WsiFramePlace;

/* Finds the place of a frame.  FALSE: the record is gone, or is not a frame. */
gboolean wsi_frame_place_find (WsiFramePlace *self,
                               WsiStore      *store,
                               guint64        number);

G_END_DECLS
