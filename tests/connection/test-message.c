/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <libwsproto/wsproto.h>

#include "connection/message/wsp-message-builder-private.h"
#include "connection/message/wsp-message-private.h"
#include "lib/rows.h"

static void
test_text (void)
{
  g_autoptr (WspMessage) message = wsp_message_new_text ("Grüße");

  g_assert_cmpint (wsp_message_get_message_type (message), ==, WSP_MESSAGE_TYPE_TEXT);
  g_assert_cmpstr (wsp_message_get_text (message), ==, "Grüße");
  g_assert_cmpuint (wsp_message_get_size (message), ==, 7);
  g_assert_cmpuint (g_bytes_get_size (wsp_message_get_bytes (message)), ==, 7);
}

static void
test_text_bytes (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abcdef", 3);
  g_autoptr (GError) error = NULL;
  g_autoptr (WspMessage) message = wsp_message_new_text_bytes (bytes, &error);

  g_assert_no_error (error);
  g_assert_true (wsp_message_get_bytes (message) == bytes);
  g_assert_cmpstr (wsp_message_get_text (message), ==, "abc");
  g_assert_true (wsp_message_get_text (message) == wsp_message_get_text (message));
}

static void
test_empty_text (void)
{
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);
  g_autoptr (WspMessage) message = wsp_message_new_text_bytes (nothing, NULL);

  g_assert_cmpstr (wsp_message_get_text (message), ==, "");
}

typedef enum
{
  OF_BYTES,
  OF_PIECES,
  BORROWING,
} Origin;

static const struct
{
  const char *name;
  Origin      origin;
  const char *text;
  gsize       length;
} nul_cases[] = {
  { "of-bytes", OF_BYTES, "a\0b", 3 },
  { "of-bytes-alone", OF_BYTES, "\0", 1 },
  { "of-bytes-at-the-end", OF_BYTES, "Gr\xc3\xbc\0", 5 },
  { "of-pieces", OF_PIECES, "a\0b", 3 },
  { "of-pieces-alone", OF_PIECES, "\0", 1 },
  { "borrowing", BORROWING, "a\0b", 3 },
  { "borrowing-alone", BORROWING, "\0", 1 },
};

static WspMessage *
make_message (Origin      origin,
              const char *text,
              gsize       length)
{
  WspMessageBuilder builder = { NULL, 0 };
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, length);

  switch (origin)
    {
    case OF_BYTES:
      return wsp_message_new_text_bytes (bytes, NULL);
    case OF_PIECES:
      for (gsize i = 0; i < length; i++)
        g_assert_true (wsp_message_builder_add (&builder, NULL, (const guint8 *) text + i, 1, 0));
      return wsp_message_builder_end (&builder, WSP_MESSAGE_TYPE_TEXT);
    case BORROWING:
    default:
      return wsp_message_new_borrowing (NULL, WSP_MESSAGE_TYPE_TEXT, (const guint8 *) text, length);
    }
}

/* Programs use it as a string; a peer must not choose whether there is one. */
static void
test_text_with_nul (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  gsize length = nul_cases[i].length;
  g_autoptr (WspMessage) message = make_message (nul_cases[i].origin, nul_cases[i].text, length);
  const char *text = wsp_message_get_text (message);

  g_assert_nonnull (text);
  g_assert_cmpuint (wsp_message_get_size (message), ==, length);
  g_assert_cmpmem (text, length + 1, nul_cases[i].text, length + 1);
  g_assert_true (wsp_message_get_text (message) == text);
}

static void
test_text_not_utf8 (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\xed\xa0\x80", 3);
  g_autoptr (GError) error = NULL;

  g_assert_null (wsp_message_new_text_bytes (bytes, &error));
  g_assert_error (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT);
}

static void
test_binary (void)
{
  g_autoptr (WspMessage) message = wsp_message_new_binary ((const guint8 *) "\0\xff", 2);
  g_autoptr (WspMessage) letters = wsp_message_new_binary ((const guint8 *) "abc", 3);
  g_autoptr (WspMessage) empty = wsp_message_new_binary (NULL, 0);

  g_assert_cmpint (wsp_message_get_message_type (message), ==, WSP_MESSAGE_TYPE_BINARY);
  g_assert_null (wsp_message_get_text (message));
  g_assert_null (wsp_message_get_text (letters));
  g_assert_cmpuint (wsp_message_get_size (message), ==, 2);
  g_assert_cmpuint (wsp_message_get_size (empty), ==, 0);
}

/* Pieces of each size up to beyond the first growth. */
static void
test_builder (void)
{
  WspMessageBuilder builder = { NULL, 0 };
  g_autoptr (GByteArray) expected = g_byte_array_new ();

  for (guint length = 0; length < 300; length++)
    {
      guint8 piece[300];

      memset (piece, length & 0x7f, sizeof piece);
      g_assert_true (wsp_message_builder_add (&builder, NULL, piece, length, 0));
      g_byte_array_append (expected, piece, length);
    }
  g_assert_cmpuint (builder.block->capacity, <, 4 * expected->len);

  g_autoptr (WspMessage) message = wsp_message_builder_end (&builder, WSP_MESSAGE_TYPE_BINARY);
  gsize length;
  const guint8 *data = g_bytes_get_data (wsp_message_get_bytes (message), &length);

  g_assert_cmpmem (data, length, expected->data, expected->len);
  g_assert_null (builder.block);
}

static void
test_builder_empty (void)
{
  WspMessageBuilder builder = { NULL, 0 };

  g_assert_true (wsp_message_builder_add (&builder, NULL, NULL, 0, 0));
  g_autoptr (WspMessage) message = wsp_message_builder_end (&builder, WSP_MESSAGE_TYPE_TEXT);

  g_assert_cmpstr (wsp_message_get_text (message), ==, "");
}

static void
test_builder_too_much (void)
{
  WspMessageBuilder builder = { NULL, 0 };

  g_assert_true (wsp_message_builder_add (&builder, NULL, (const guint8 *) "x", 1, 0));
  g_assert_false (wsp_message_builder_add (&builder, NULL, NULL, G_MAXSIZE - 2, 0));
  g_assert_cmpuint (builder.length, ==, 1);
  wsp_message_builder_clear (&builder);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connection/message/new/text", test_text);
  g_test_add_func ("/connection/message/new/text-bytes-are-not-copied", test_text_bytes);
  g_test_add_func ("/connection/message/get-text/empty-text-without-memory", test_empty_text);
  ADD_ROWS ("/connection/message/get-text/WS-190-text-with-nul-is-never-cut", nul_cases,
            test_text_with_nul);
  g_test_add_func ("/connection/message/new/bytes-not-utf8-refused", test_text_not_utf8);
  g_test_add_func ("/connection/message/new/binary", test_binary);
  g_test_add_func ("/connection/message-builder/add/pieces-are-joined", test_builder);
  g_test_add_func ("/connection/message-builder/end/empty-text", test_builder_empty);
  g_test_add_func ("/connection/message-builder/add/more-than-the-memory-refused",
                   test_builder_too_much);

  return g_test_run ();
}
