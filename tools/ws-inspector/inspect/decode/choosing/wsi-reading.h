/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The payload of a message with the decoder that reads it.  It keeps what it needs, so that any
 * thread can decode it. */
#pragma once

#include "inspect/decode/choosing/wsi-interpreter.h"

G_BEGIN_DECLS

typedef struct
{
  GBytes           *bytes;
  const WsiDecoder *decoder;
  gboolean          is_guess;   /* the decoder is a guess: the user has not chosen it */
  WsiDecodeInput    input;
  char             *subprotocol, *path;
  WsiUnfinished     before;     /* message that the input goes on with; its bytes may be NULL */
} WsiReading;

/* The interpreter belongs to the calling thread; NULL = the bytes alone decide.  number is that of
 * the message's last record so far, or of a control frame.  bytes may be cut. */
WsiReading    *wsi_reading_new    (WsiInterpreter *interpreter,
                                   WsiStore       *store,
                                   guint64         number,
                                   GBytes         *bytes);
/* Whether many messages of other formats could not be read so. */
gboolean       wsi_reading_is_likely (const WsiReading *self);
void           wsi_reading_free   (WsiReading *self);
WsiDecodeNode *wsi_reading_decode (const WsiReading *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiReading, wsi_reading_free)

G_END_DECLS
