/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Files, exports and filters are the same in every language: test-exports LANGUAGE FOLDER.  All is
 * written in English, then the language is set, and it is written again. */
#include "inspect/decode/choosing/wsi-decoder-list.h"

#include <locale.h>
#include <string.h>

#include "inspect/show/columns/wsi-row-column.h"

#include "inspector/scene.h"
#include "language.h"
#include "lib/rows.h"

#define BYTES(text) text, sizeof (text) - 1

/* Messages that a decoder adds words to. */
static const struct
{
  const char *name, *decoder, *at;
  gsize       length;
} messages[] = {
  { "gzip-that-is-cut", "gzip", BYTES ("\x1f\x8b\x08\0\0\0\0\0\x02\x03\xab\x56\x4a\x54\xb2\x52\x88\x36") },
  { "gzip-that-is-damaged", "gzip", BYTES ("\x1f\x8b\x08\0\0\0\0\0\x02\x03\xff\xff") },
  { "bytes-after-zlib", "zlib", BYTES ("\x78\x9c\x03\0\0\0\0\x01\0\0") },
  { "brotli-that-is-cut", "brotli", BYTES ("\x0b\x15\x80{\"a\": [1") },
  { "base64-that-ends-early", "base64", BYTES ("eyJhIjogW") },
  { "no-base64", "base64", BYTES ("eyJhIjogWzEsICJ0d28iXX0=!!") },
  { "mqtt-that-goes-on", "mqtt", BYTES ("\x30\x80\x80\x01\0\x01tx") },
  { "mqtt-head-that-goes-on", "mqtt", BYTES ("\xc0\0\x30\x80") },
  { "mqtt-without-a-packet", "mqtt", BYTES ("\xc0\0\0\0") },
  { "stomp-with-more-frames", "stomp", BYTES ("SEND\ndestination:/a\n\nx\0\nSEND\ndestination:/b\n\ny\0") },
};

static char *summaries[G_N_ELEMENTS (messages)];        /* in English */
static GBytes *files[WSI_N_FORMATS];
static Scene scene;

static char *
summarize (guint    i,
           WsiWords words)
{
  const WsiDecodeInput input = {
    .at = (const guint8 *) messages[i].at,
    .length = messages[i].length,
    .form = WSI_MESSAGE_BINARY,
    .words = words,
  };
  g_autoptr (WsiDescription) description = wsi_description_new ();

  wsi_decoder_list_describe (wsi_decoder_list_find (messages[i].decoder), &input, description);
  return g_strdup (description->summary->str);
}

/* A filter compares the summary. */
static void
test_summary (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  g_autofree char *compared = summarize (i, WSI_WORDS_ENGLISH);
  g_autofree char *shown = summarize (i, WSI_WORDS_SHOWN);

  g_test_message ("%s", shown);
  g_assert_cmpstr (compared, ==, summaries[i]);
  g_assert_cmpstr (shown, !=, summaries[i]);
}

static void
test_format (gconstpointer data)
{
  const WsiFormat format = GPOINTER_TO_UINT (data);
  g_autoptr (GBytes) bytes = scene_save (&scene, format, WSI_REDACTION_NONE);

  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                   g_bytes_get_data (files[format], NULL), g_bytes_get_size (files[format]));
}

/* A cell shows a size with the separators of the language; a copy and a filter have digits. */
static void
test_size (gconstpointer name)
{
  static const char frame[] = "\x82\x7e\x10\x00";
  const char *separator = localeconv ()->thousands_sep;
  const char *expected = g_str_equal (name, "len") ? "4%s096" : "4%s100";
  g_autofree guint8 *payload = g_malloc0 (0x1000);
  g_auto (Scene) place = { 0 };
  g_autoptr (WsiRowColumn) column = wsi_row_column_new (name);
  g_autoptr (WsiRowFormat) format = NULL;
  g_autoptr (WsiRow) row = NULL;
  g_autofree char *copied = NULL, *shown = NULL, *digits = g_strdup_printf (expected, "");
  g_autofree char *number = g_strdup_printf (expected, separator);

  scene_init (&place);
  scene_shake_hands (&place);
  scene_push (&place, WSP_DIRECTION_RECEIVED, frame, sizeof frame - 1);
  scene_push (&place, WSP_DIRECTION_RECEIVED, payload, 0x1000);
  format = wsi_row_format_new (place.store);
  row = wsi_row_new (place.store, wsi_store_get_end (place.store) - 1);
  copied = wsi_row_column_print (column, format, row);
  shown = wsi_row_column_show (column, format, row);
  g_assert_cmpstr (separator, !=, "");
  g_assert_cmpstr (copied, ==, digits);
  g_assert_cmpstr (shown, ==, number);
}

static void
keep_english (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    summaries[i] = summarize (i, WSI_WORDS_SHOWN);
  scene_init (&scene);
  scene_play (&scene);
  for (guint i = 0; i < WSI_N_FORMATS; i++)
    files[i] = scene_save (&scene, i, WSI_REDACTION_NONE);
}

static void
free_english (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    g_free (summaries[i]);
  for (guint i = 0; i < WSI_N_FORMATS; i++)
    g_bytes_unref (files[i]);
  scene_clear (&scene);
}

static void
add_tests (void)
{
  ADD_ROWS ("/ui/exports/summary-is-english-for-filters", messages, test_summary);
  for (guint i = 0; i < WSI_N_FORMATS; i++)
    {
      g_autofree char *path =
        g_strconcat ("/ui/exports/file-is-that-of-any-language/", wsi_format_get_name (i), NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_format);
    }
  g_test_add_data_func ("/ui/exports/size-has-separators-in-a-cell-alone/len", "len", test_size);
  g_test_add_data_func ("/ui/exports/size-has-separators-in-a-cell-alone/wire", "wire", test_size);
}

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 3);
  keep_english ();
  if (language_set (argv[1], argv[2]) == NULL)
    {
      g_print ("1..0 # SKIP there is no locale for %s, and localedef cannot make it\n", argv[1]);
      free_english ();
      return 0;
    }

  add_tests ();
  status = g_test_run ();
  free_english ();
  return status;
}
