/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Recorded traffic for the tests of files. */
#pragma once

#include "inspect/capture/wsi-recorder.h"
#include "inspect/save/formats/wsi-export.h"

#define REQUEST "GET /chat?token=Secret12345 HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" \
  "Cookie: id=Secret12345\r\nSec-WebSocket-Protocol: bearer.Secret12345\r\n" \
  "Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Version: 13\r\n\r\n"
#define INTERIM "HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n"
#define RESPONSE "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\n" \
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" \
  "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
#define DEFLATED_HELLO "\xc1\x07\xf2\x48\xcd\xc9\xc9\x07\x00"

typedef struct
{
  WsiStore        *store;
  WsiRecorder     *recorder;
  WsiConversation *conversation;
  gint64           now;
} Scene;

/* A store with all rows, and a recorder. */
void scene_init  (Scene *scene);
void scene_clear (Scene *scene);
/* A connection begins; its first bytes. */
void scene_open        (Scene *scene);
void scene_shake_hands (Scene *scene);
void scene_push        (Scene       *scene,
                        WspDirection direction,
                        const void  *at,
                        gsize        length);
/* A whole connection, with all that a frame can be. */
void scene_play        (Scene *scene);
/* Many frames, valid and not.  One piece in so many is missing; 0 = none is. */
void scene_push_random (Scene *scene,
                        guint  seed,
                        guint  one_missing_in);
/* The same in a scene of its own. */
void scene_play_random (Scene *scene,
                        guint  seed,
                        guint  one_missing_in);
/* The bytes of all rows, by their hash. */
void scene_assert_equal_streams (Scene *first,
                                 Scene *second);
/* Also the fields and times of all frames. */
void scene_assert_equal_frames  (Scene *first,
                                 Scene *second);
/* From now on, rows are written as they come. */
void     scene_write_live (Scene       *scene,
                           WsiExporter *exporter);
/* All rows as a file, and a file of any format as rows. */
GBytes  *scene_save (Scene       *scene,
                     WsiFormat    format,
                     WsiRedaction level);
gboolean scene_load (Scene   *scene,
                     GBytes  *bytes,
                     GError **error);

#define SCENE_PUSH(scene, direction, text) scene_push (scene, direction, text, strlen (text))

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)
