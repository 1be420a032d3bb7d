/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/store/wsi-sentence.h"

#include <string.h>

#include "inspector/each-sentence.h"
#include "lib/rows.h"

static void
assert_equal (const WsiSentence *one,
              const WsiSentence *other)
{
  g_assert_cmpint (one->id, ==, other->id);
  g_assert_cmpstrv (one->arguments, other->arguments);
}

static void
test_names (void)
{
  for (guint i = 0; i < WSI_N_SENTENCES; i++)
    {
      WsiSentenceId id = WSI_N_SENTENCES;

      g_assert_true (wsi_sentence_id_parse (wsi_sentence_id_get_name (i), &id));
      g_assert_cmpuint (id, ==, i);
    }
}

static void
test_copy (void)
{
  g_assert_null (wsi_sentence_copy (NULL));
  for (guint i = 0; i < WSI_N_SENTENCES; i++)
    {
      WsiSentence sentence;
      g_autofree WsiSentence *copy = NULL;

      each_sentence_init (&sentence, i);
      copy = wsi_sentence_copy (&sentence);
      assert_equal (copy, &sentence);
    }
}

static void
test_empty (void)
{
  g_autofree WsiSentence *copy = wsi_sentence_copy (WSI_SENTENCE (CANNOT_CONNECT, "", ""));
  g_autofree char *text = wsi_sentence_to_string (copy);

  g_assert_cmpstr (text, ==, "Cannot connect to : ");
}

static const struct
{
  const char *name, *text;
  WsiSentence sentence;
} texts[] = {
  { "text", "%s", { WSI_SENTENCE_TEXT, { "%s" } } },
  { "error", "Proxy a: x", { WSI_SENTENCE_ERROR, { "Proxy a: x" } } },
  { "without-arguments", "Bytes are missing", { .id = WSI_SENTENCE_GAP } },
  { "argument-is-no-format", "%s bytes are missing", { WSI_SENTENCE_BYTES_MISSING, { "%s" } } },
  { "meaning-of-a-code",
    "Failed by the client with 1007: Invalid payload: data does not match its type, such as text that is not UTF-8",
    { WSI_SENTENCE_FAILED_BY_CLIENT, { "1007", "1007" } } },
  { "sentences-in-a-sentence", "Ended abnormally: x; we sent no Close, by the peer with 1000; no data for 1.5 s",
    { WSI_SENTENCE_ABNORMAL,
      { "ended-by-error", "x", "our-no-close-peer-code", "1000", "no data for 1.5 s" } } },
  { "bytes-that-are-no-characters", "\xef\xbf\xbd bytes are missing", { WSI_SENTENCE_BYTES_MISSING, { "\xff" } } },
  { "meaning-of-no-code", NULL, { WSI_SENTENCE_FAILED_BY_CLIENT, { "1007", "1007 " } } },
  { "argument-is-missing", NULL, { .id = WSI_SENTENCE_BYTES_MISSING } },
  { "argument-is-too-much", NULL, { WSI_SENTENCE_GAP, { "12" } } },
  { "sentence-is-missing", NULL, { WSI_SENTENCE_ABNORMAL, { "ended" } } },
  { "sentence-is-unknown", NULL, { WSI_SENTENCE_ABNORMAL, { "ended", "other", "no data for 1.5 s" } } },
  { "sentence-in-a-sentence-is-wrong", NULL,
    { WSI_SENTENCE_ABNORMAL, { "failed-by-client", "1007", "x", "our-no-close-peer-code", "1000", "no data for 1.5 s" } } },
  { "sentences-without-an-end", NULL,
    { WSI_SENTENCE_ABNORMAL, { "abnormal", "abnormal", "abnormal", "abnormal", "abnormal", "abnormal", "abnormal", "abnormal" } } },
};

static void
test_text (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  g_autofree char *text = wsi_sentence_to_string (&texts[i].sentence);

  g_assert_cmpstr (text, ==, texts[i].text);
}

/* The first arguments have room before the last ones, and a character is whole or not there. */
static const struct
{
  const char *name;
  gsize       room;
  WsiSentence sentence, kept;
} limits[] = {
  { "all-fit", 5, { WSI_SENTENCE_CANNOT_CONNECT, { "ab", "cd" } }, { WSI_SENTENCE_CANNOT_CONNECT, { "ab", "cd" } } },
  { "no-limit", G_MAXSIZE, { WSI_SENTENCE_CANNOT_CONNECT, { "ab", "cd" } }, { WSI_SENTENCE_CANNOT_CONNECT, { "ab", "cd" } } },
  { "last-is-cut", 4, { WSI_SENTENCE_CANNOT_CONNECT, { "ab", "cd" } }, { WSI_SENTENCE_CANNOT_CONNECT, { "ab", "c" } } },
  { "last-is-empty", 2, { WSI_SENTENCE_CANNOT_CONNECT, { "abc", "d" } }, { WSI_SENTENCE_CANNOT_CONNECT, { "a", "" } } },
  { "bytes-that-begin-no-character", 1, { WSI_SENTENCE_TEXT, { "\x80\x80" } }, { WSI_SENTENCE_TEXT, { "" } } },
  { "character-is-left-out", 3, { WSI_SENTENCE_TEXT, { "a\xe2\x82\xac" } }, { WSI_SENTENCE_TEXT, { "a" } } },
};

static void
test_limit (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  gsize length;
  g_autofree char *packed = wsi_sentence_pack (&limits[i].sentence, limits[i].room, &length);
  g_autofree WsiSentence *kept = wsi_sentence_unpack (limits[i].sentence.id, packed, length);

  g_assert_cmpuint (length, <=, limits[i].room);
  assert_equal (kept, &limits[i].kept);
}

static const char *
translate_badly (const char *words)
{
  return "Bytes";
}

/* Its argument has no place. */
static void
test_bad_translation (void)
{
  const WsiSentenceWords words = { .translate = translate_badly };

  g_assert_null (wsi_sentence_format (WSI_SENTENCE (BYTES_MISSING, "12"), &words));
}

/* More of them than a sentence has, as no file of ours has it. */
static void
test_many (void)
{
  static const char zeros[100] = { 0 };
  g_autofree WsiSentence *sentence = wsi_sentence_unpack (WSI_SENTENCE_TEXT, zeros, sizeof zeros);

  g_assert_cmpuint (g_strv_length ((GStrv) sentence->arguments), ==, WSI_SENTENCE_MAX_ARGUMENTS);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/sentence/each-name-is-that-of-one", test_names);
  g_test_add_func ("/inspector/sentence/copy-is-equal", test_copy);
  g_test_add_func ("/inspector/sentence/arguments-may-be-empty", test_empty);
  ADD_ROWS ("/inspector/sentence/text", texts, test_text);
  ADD_ROWS ("/inspector/sentence/limit", limits, test_limit);
  g_test_add_func ("/inspector/sentence/text/translation-without-its-places", test_bad_translation);
  g_test_add_func ("/inspector/sentence/limit/number-of-arguments", test_many);
  return g_test_run ();
}
