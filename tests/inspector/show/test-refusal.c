/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/header/wsi-refusal.h"

#include <string.h>

#include "inspector/opened.h"
#include "inspector/scene.h"
#include "lib/rows.h"

#define BYTES(text) text, sizeof text - 1
#define HEAD "HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\n"

/* The bytes of a server, in one piece or in two. */
static const struct
{
  const char *name, *first, *second;
  gsize       max_length;
  const char *body;             /* body of the refusal; NULL = none */
  gboolean    is_truncated;
} bodies[] = {
  { "in-one-piece", HEAD "Hello", "", 100, "Hello", FALSE },
  { "in-two-pieces", HEAD "He", "llo", 100, "Hello", FALSE },
  { "after-its-head", HEAD, "Hello", 100, "Hello", FALSE },
  { "of-no-bytes-is-none", HEAD, "", 100, NULL, FALSE },
  { "cut-says-so", HEAD "Hello", "", 2, "He", TRUE },
  { "cut-after-a-piece-says-so", HEAD "He", "llo", 2, "He", TRUE },
  { "none-after-101", RESPONSE, "\x81\x02Hi", 100, NULL, FALSE },
};

static void
push (Scene       *scene,
      const char  *text,
      WspDirection direction)
{
  if (text[0] != '\0')
    SCENE_PUSH (scene, direction, text);
}

static void
assert_bytes (GBytes     *bytes,
              const char *expected)
{
  if (expected == NULL)
    g_assert_null (bytes);
  else
    g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected,
                     strlen (expected));
}

static void
test_body (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) body = NULL;
  gboolean is_truncated;

  scene_init (&scene);
  scene_open (&scene);
  push (&scene, REQUEST, WSP_DIRECTION_SENT);
  push (&scene, bodies[i].first, WSP_DIRECTION_RECEIVED);
  push (&scene, bodies[i].second, WSP_DIRECTION_RECEIVED);
  wsi_recorder_close_stream (scene.recorder, scene.conversation, WSI_STREAM_ENDED, scene.now);
  body = wsi_refusal_dup_body (scene.store, scene.conversation, bodies[i].max_length,
                               &is_truncated);
  g_assert_cmpint (is_truncated, ==, bodies[i].is_truncated);
  assert_bytes (body, bodies[i].body);
}

/* Bytes in no frame after the head of a response, of which only those of the server are a body. */
static const struct
{
  const char    *name, *response;
  WspDirection   direction;
  WsiRecordFlags flags;
  gboolean       is_kept, is_of_other;
  const char    *body;
  gboolean       is_truncated;
} loose[] = {
  { "of-the-server", HEAD, WSP_DIRECTION_RECEIVED, 0, TRUE, FALSE, "Hello", FALSE },
  { "none-of-the-client", HEAD, WSP_DIRECTION_SENT, 0, TRUE, FALSE, NULL, FALSE },
  { "none-of-a-damaged-head", HEAD, WSP_DIRECTION_RECEIVED, WSI_RECORD_OF_HEAD, TRUE, FALSE, NULL, FALSE },
  { "none-of-another-connection", HEAD, WSP_DIRECTION_RECEIVED, 0, TRUE, TRUE, NULL, FALSE },
  { "none-without-a-response", "", WSP_DIRECTION_RECEIVED, 0, TRUE, FALSE, NULL, FALSE },
  { "none-after-101-in-no-frame", RESPONSE, WSP_DIRECTION_RECEIVED, 0, TRUE, FALSE, NULL, FALSE },
  { "that-is-not-kept-is-truncated", HEAD, WSP_DIRECTION_RECEIVED, 0, FALSE, FALSE, NULL, TRUE },
};

static void
test_loose (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  const WspFrameRecord bytes = {
    .direction = loose[i].direction, .flags = WSP_FRAME_FLAGS_BYTES, .payload_length = 5,
  };
  const WsiFrame kept = {
    .frame = &bytes, .flags = loose[i].flags, .n_payload = 5,
    .payload = loose[i].is_kept ? (const guint8 *) "Hello" : NULL,
  };
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiConversation) other = NULL;
  g_autoptr (GBytes) body = NULL;
  gboolean is_truncated;

  scene_init (&scene);
  scene_open (&scene);
  push (&scene, REQUEST, WSP_DIRECTION_SENT);
  push (&scene, loose[i].response, WSP_DIRECTION_RECEIVED);
  other = opened_conversation (scene.store, &opening, scene.now);
  wsi_store_append (scene.store, loose[i].is_of_other ? other : scene.conversation, &kept);
  body = wsi_refusal_dup_body (scene.store, scene.conversation, 100, &is_truncated);
  g_assert_cmpint (is_truncated, ==, loose[i].is_truncated);
  assert_bytes (body, loose[i].body);
}

static const struct
{
  const char *name, *body;
  gsize       length;
  const char *shown;
} formats[] = {
  { "lines-stay", BYTES ("a\r\nb\nc"), "a\nb\nc" },
  { "backslashes-stay", BYTES ("a\\n"), "a\\n" },
  { "controls-are-escaped", BYTES ("a\tb"), "a\\tb" },
  { "carriage-returns-alone-are-escaped", BYTES ("a\rb"), "a\\rb" },
  { "a-carriage-return-at-the-end-is-escaped", "a\r\n", 2, "a\\r" },
  { "other-bytes-are-a-dump", BYTES ("\xff\xfe"),
    "00000000  ff fe                                            ..\n" },
};

static void
test_format (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GBytes) body = g_bytes_new_static (formats[i].body, formats[i].length);
  g_autofree char *text = wsi_refusal_format_body (body);

  g_assert_cmpstr (text, ==, formats[i].shown);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/refusal/body", bodies, test_body);
  ADD_ROWS ("/inspector/refusal/loose-bytes", loose, test_loose);
  ADD_ROWS ("/inspector/refusal/format", formats, test_format);

  return g_test_run ();
}
