/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Payloads as text, as bytes, as dumps and as arrays. */

#include "inspect/decode/wsi-hex.h"

#include <string.h>

#include "inspector/scene.h"
#include "lib/rows.h"

#define TITLE "1970-01-01T00:00:00.00100"
#define SPACES "                                         "

static void
play (Scene      *scene,
      const char *first)
{
  scene_shake_hands (scene);
  SCENE_PUSH (scene, WSP_DIRECTION_RECEIVED, first);
  SCENE_PUSH (scene, WSP_DIRECTION_SENT, "\x01\x82\x01\x02\x03\x04Ik");
  SCENE_PUSH (scene, WSP_DIRECTION_SENT, "\x80\x81\x01\x02\x03\x04 ");
  scene_push (scene, WSP_DIRECTION_RECEIVED, "\x82\x03\0\x01\xff", 5);
  SCENE_PUSH (scene, WSP_DIRECTION_RECEIVED, "\x81\x03\x1b[m");
  scene_push (scene, WSP_DIRECTION_RECEIVED, "\x89\0", 2);
}

static const struct
{
  const char *name;
  WsiFormat   format;
  const char *text;
} cases[] = {
  { "text-is-escaped-in-a-line-for-each", WSI_FORMAT_TEXT,
    TITLE "4Z #1 sent text, 3 bytes: Hi!\n" TITLE "5Z #1 received binary, 3 bytes: 00 01 ff\n"
    TITLE "6Z #1 received text, 3 bytes: 1b 5b 6d\n" TITLE "7Z #1 received ping, 0 bytes: \n" },
  { "hex", WSI_FORMAT_HEX,
    TITLE "4Z #1 sent text, 3 bytes\n00000000  48 69 21" SPACES "Hi!\n\n"
    TITLE "5Z #1 received binary, 3 bytes\n00000000  00 01 ff" SPACES "...\n\n"
    TITLE "6Z #1 received text, 3 bytes\n00000000  1b 5b 6d" SPACES ".[m\n\n"
    TITLE "7Z #1 received ping, 0 bytes\n\n" },
  { "c", WSI_FORMAT_C,
    "/* " TITLE "4Z #1 sent text, 3 bytes */\nconst unsigned char message_6[] = {\n  0x48, 0x69, 0x21,\n};\n"
    "const unsigned long message_6_length = 3;\n\n"
    "/* " TITLE "5Z #1 received binary, 3 bytes */\nconst unsigned char message_7[] = {\n  0x00, 0x01, 0xff,\n};\n"
    "const unsigned long message_7_length = 3;\n\n"
    "/* " TITLE "6Z #1 received text, 3 bytes */\nconst unsigned char message_8[] = {\n  0x1b, 0x5b, 0x6d,\n};\n"
    "const unsigned long message_8_length = 3;\n\n"
    "/* " TITLE "7Z #1 received ping, 0 bytes */\nconst unsigned char message_9[] = {\n  0\n};\n"
    "const unsigned long message_9_length = 0;\n\n" },
};

static void
test_case (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) saved = NULL;
  g_autofree char *text = NULL;

  scene_init (&scene);
  play (&scene, "");
  saved = scene_save (&scene, cases[i].format, WSI_REDACTION_NONE);
  text = g_strndup (g_bytes_get_data (saved, NULL), g_bytes_get_size (saved));
  g_assert_cmpstr (text, ==, cases[i].text);
}

static void
test_raw (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) saved = NULL;

  scene_init (&scene);
  play (&scene, "");
  saved = scene_save (&scene, WSI_FORMAT_RAW, WSI_REDACTION_NONE);
  g_assert_cmpmem (g_bytes_get_data (saved, NULL), g_bytes_get_size (saved), "Hi!\0\x01\xff\x1b[m",
                   9);
}

/* Each fragment is the last one while it is added; a message that never ends comes last. */
static void
test_live (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_NONE);
  g_autoptr (WsiExporter) exporter = NULL;
  g_autoptr (GBytes) saved = NULL;

  scene_init (&scene);
  exporter = wsi_format_open (WSI_FORMAT_RAW, scene.store, redactor, stream);
  scene_write_live (&scene, exporter);
  play (&scene, "\x01\x02Ho");
  g_assert_true (wsi_exporter_end (exporter, NULL));
  saved = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (stream));
  g_assert_cmpmem (g_bytes_get_data (saved, NULL), g_bytes_get_size (saved),
                   "Hi!\0\x01\xff\x1b[mHo", 11);
}

/* A control frame that is no whole message is a fault, and written where it is. */
static void
test_control (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) saved = NULL;

  scene_init (&scene);
  scene_shake_hands (&scene);
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x09\x01p");
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x81\x02Hi");
  saved = scene_save (&scene, WSI_FORMAT_RAW, WSI_REDACTION_NONE);
  g_assert_cmpmem (g_bytes_get_data (saved, NULL), g_bytes_get_size (saved), "pHi", 3);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/payload-export", cases, test_case);
  g_test_add_func ("/inspector/payload-export/raw-is-nothing-but-the-bytes", test_raw);

  g_test_add_func ("/inspector/payload-export/while-rows-are-appended", test_live);
  g_test_add_func ("/inspector/payload-export/ping-without-fin", test_control);

  return g_test_run ();
}
