/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The bytes of a frame on the wire, made of its line in a session file. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define WSI_MAX_FRAME_HEADER 14
#define WSI_MASKING_KEY_LENGTH 4

typedef struct
{
  guint8  bytes[WSI_MAX_FRAME_HEADER];
  guint   length;
  guint8  key[WSI_MASKING_KEY_LENGTH];  /* 0 = not masked */
  guint64 payload_length;
} WsiSessionFrame;

/* FALSE: no header has these fields. */
gboolean wsi_session_frame_read            (WsiSessionFrame *self,
                                            JsonObject      *line);
guint8   wsi_session_frame_make_first_byte (JsonObject *line);
/* The payload as it was on the wire. */
void     wsi_session_frame_append_masked   (const WsiSessionFrame *self,
                                            GBytes                *payload,
                                            GByteArray            *wire);

G_END_DECLS
