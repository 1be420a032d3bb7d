/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/header/wsi-refusal.h"

#include <string.h>

#include "inspector/scene.h"

#define HEAD "HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\n"

/* The bytes of a server, in one piece or in two. */
static const struct
{
  const char *name, *first, *second;
  gsize       max_length;
  const char *body;             /* NULL = none */
  gboolean    is_truncated;
} bodies[] = {
  { "in-one-piece", HEAD "Hello", "", 100, "Hello", FALSE },
  { "in-two-pieces", HEAD "He", "llo", 100, "Hello", FALSE },
  { "after-its-head", HEAD, "Hello", 100, "Hello", FALSE },
  { "of-no-bytes-is-none", HEAD, "", 100, NULL, FALSE },
  { "cut-says-so", HEAD "Hello", "", 2, "He", TRUE },
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
  if (bodies[i].body == NULL)
    g_assert_null (body);
  else
    g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body), bodies[i].body,
                     strlen (bodies[i].body));
}

static const struct
{
  const char *name, *body, *shown;
} formats[] = {
  { "lines-stay", "a\r\nb\nc", "a\nb\nc" },
  { "backslashes-stay", "a\\n", "a\\n" },
  { "controls-are-escaped", "a\tb", "a\\tb" },
  { "other-bytes-are-a-dump", "\xff\xfe",
    "00000000  ff fe                                            ..\n" },
};

static void
test_format (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GBytes) body = g_bytes_new_static (formats[i].body, strlen (formats[i].body));
  g_autofree char *text = wsi_refusal_format_body (body);

  g_assert_cmpstr (text, ==, formats[i].shown);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autofree char *path = g_strdup_printf ("/inspector/refusal/body/%s", bodies[i].name);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_body);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autofree char *path = g_strdup_printf ("/inspector/refusal/format/%s", formats[i].name);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_format);
    }

  return g_test_run ();
}
