/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The bytes of a frame on the wire, made of its line in a session file. */
#pragma once

#include "inspect/sources/files/session/wsi-session-line.h"
#include "inspect/store/wsi-frame-bytes.h"

G_BEGIN_DECLS

typedef struct
{
  guint8  bytes[WSI_MAX_HEADER];
  guint   length;
  guint8  key[WSI_KEY_LENGTH];  /* masking key; 0 = not masked */
  guint64 payload_length;
} WsiSessionFrame;

/* Reads a frame.  FALSE: no header has these fields. */
gboolean wsi_session_frame_read            (WsiSessionFrame    *self,
                                            const WsiJsonField *line);
guint8   wsi_session_frame_make_first_byte (const WsiJsonField *line);
/* Makes the header, and after it the payload as it was on the wire. */
GBytes  *wsi_session_frame_make_bytes      (const WsiSessionFrame *self,
                                            WsiLineBytes           payload);

G_END_DECLS
