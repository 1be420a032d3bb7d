/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Sentences in lines of a session file: what is recorded is read back, and a line whose sentence is
 * not that of its text has its text alone. */

#include <string.h>

#include "inspector/each-sentence.h"
#include "inspector/scene.h"
#include "lib/rows.h"

#define FIRST_LINE "{\"type\":\"wsinspect-session\",\"version\":1," \
  "\"wall_us\":0,\"monotonic_us\":0}\n"
#define OPEN "{\"type\":\"open\",\"conn\":1," \
  "\"t\":1,\"role\":\"client\",\"handshake\":\"missing\"}\n"
#define TEXT "12 bytes are missing"
#define NOTE_ROW 1
#define MANY 5000

static GBytes *
save_sentence (const WsiSentence *sentence,
               WsiRedaction       level)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  scene_open (&scene);
  wsi_recorder_event (scene.recorder, scene.conversation, WSI_EVENT_NOTE, sentence, 2);
  wsi_recorder_close (scene.recorder, scene.conversation, WSI_ENDING_ABNORMAL, sentence, 3);
  return scene_save (&scene, WSI_FORMAT_SESSION, level);
}

static void
assert_equal (const WsiSentence *sentence,
              const WsiSentence *expected)
{
  g_assert_nonnull (sentence);
  g_assert_cmpint (sentence->id, ==, expected->id);
  g_assert_cmpstrv (sentence->arguments, expected->arguments);
}

static void
test_each (void)
{
  for (guint i = 0; i < WSI_N_SENTENCES; i++)
    {
      g_auto (Scene) scene = { 0 };
      g_autoptr (WsiConversation) conversation = NULL;
      g_autoptr (GBytes) saved = NULL;
      g_autofree WsiSentence *note = NULL;
      WsiSentence sentence;

      each_sentence_init (&sentence, i);
      saved = save_sentence (&sentence, WSI_REDACTION_DEFAULT);
      scene_init (&scene);
      g_assert_true (scene_load (&scene, saved, NULL));
      note = wsi_store_dup_event_sentence (scene.store, NOTE_ROW);
      assert_equal (note, &sentence);
      conversation = wsi_store_dup_conversation (scene.store, 1);
      assert_equal (wsi_conversation_get_sentence (conversation), &sentence);
    }
}

static void
test_har (void)
{
  const WsiSentence *sentence = WSI_SENTENCE (PEER_CLOSED, "1000 \"a\"", "1000");
  g_auto (Scene) scene = { 0 };
  g_auto (Scene) other = { 0 };
  g_autoptr (WsiConversation) conversation = NULL;
  g_autoptr (GBytes) saved = NULL;

  scene_init (&scene);
  scene_shake_hands (&scene);
  wsi_recorder_close (scene.recorder, scene.conversation, WSI_ENDING_CLEAN, sentence, scene.now);
  saved = scene_save (&scene, WSI_FORMAT_HAR, WSI_REDACTION_DEFAULT);
  scene_init (&other);
  g_assert_true (scene_load (&other, saved, NULL));
  conversation = wsi_store_dup_conversation (other.store, 1);
  assert_equal (wsi_conversation_get_sentence (conversation), sentence);
}

static gboolean
has (GBytes     *bytes,
     const char *text)
{
  return memmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text, strlen (text)) !=
         NULL;
}

static const struct
{
  const char  *name;
  WsiRedaction level;
  gboolean     is_hidden;
  WsiSentence  sentence;
} secrets[] = {
  { "of-a-uri", WSI_REDACTION_DEFAULT, TRUE, { WSI_SENTENCE_CANNOT_CONNECT, { "ws://h/?token=Secret12345", "x" } } },
  { "of-an-error", WSI_REDACTION_DEFAULT, TRUE, { WSI_SENTENCE_ERROR, { "Proxy http://me:Secret12345@h: x" } } },
  { "of-a-reason", WSI_REDACTION_STRICT, TRUE, { WSI_SENTENCE_PEER_CLOSED, { "1000 \"Secret12345\"", "1000" } } },
  { "of-a-clause", WSI_REDACTION_STRICT, TRUE,
    { WSI_SENTENCE_ABNORMAL, { "ended", "our-no-close-peer-code", "1000 \"Secret12345\"", "no data for 1.5 s" } } },
  { "none", WSI_REDACTION_STRICT, FALSE, { WSI_SENTENCE_CANNOT_CONNECT, { "ws://h", "x" } } },
  { "plain-text-has-no-id", WSI_REDACTION_NONE, TRUE, { WSI_SENTENCE_TEXT, { "Secret12345" } } },
  { "that-is-not-to-be-hidden", WSI_REDACTION_NONE, FALSE,
    { WSI_SENTENCE_CANNOT_CONNECT, { "ws://h/?token=Secret12345", "x" } } },
};

static void
test_secret (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GBytes) saved = save_sentence (&secrets[i].sentence, secrets[i].level);

  g_assert_true (has (saved, "\"text\""));
  g_assert_cmpint (has (saved, "\"sentence\""), ==, !secrets[i].is_hidden);
  g_assert_cmpint (has (saved, "Secret12345"), ==, secrets[i].level == WSI_REDACTION_NONE);
}

/* Members of a note whose text is TEXT. */
static const struct
{
  const char *name, *member;
  gboolean    is_read;
} members[] = {
  { "right", "\"sentence\":[\"bytes-missing\",\"12\"]", TRUE },
  { "with-escapes", "\"sentence\":[\"\\u0062ytes-missing\", \"\\u00312\" ]", TRUE },
  { "last-of-two", "\"sentence\":5,\"sentence\":[\"bytes-missing\",\"12\"]", TRUE },
  { "none", "\"other\":[\"bytes-missing\",\"12\"]", FALSE },
  { "string", "\"sentence\":\"bytes-missing\"", FALSE },
  { "number", "\"sentence\":5", FALSE },
  { "null", "\"sentence\":null", FALSE },
  { "object", "\"sentence\":{\"bytes-missing\":\"12\"}", FALSE },
  { "empty", "\"sentence\":[]", FALSE },
  { "unknown", "\"sentence\":[\"bytes-found\",\"12\"]", FALSE },
  { "id-is-a-number", "\"sentence\":[2,\"12\"]", FALSE },
  { "id-is-a-list", "\"sentence\":[[\"bytes-missing\",\"12\"]]", FALSE },
  { "too-few-arguments", "\"sentence\":[\"bytes-missing\"]", FALSE },
  { "too-many-arguments", "\"sentence\":[\"bytes-missing\",\"12\",\"\"]", FALSE },
  { "argument-is-a-number", "\"sentence\":[\"bytes-missing\",12]", FALSE },
  { "argument-is-null", "\"sentence\":[\"bytes-missing\",null]", FALSE },
  { "argument-with-a-zero", "\"sentence\":[\"bytes-missing\",\"12\\u0000\"]", FALSE },
  { "argument-with-another-escape", "\"sentence\":[\"bytes-missing\",\"12\\ud800\"]", FALSE },
  { "another-argument", "\"sentence\":[\"bytes-missing\",\"13\"]", FALSE },
  { "another-sentence", "\"sentence\":[\"gap\"]", FALSE },
  { "sentences-in-each-other",
    "\"sentence\":[\"abnormal\",\"abnormal\",\"abnormal\",\"abnormal\",\"abnormal\",\"abnormal\"]", FALSE },
};

static GBytes *
make_file (const char *member)
{
  g_autofree char *file =
    g_strdup_printf (FIRST_LINE OPEN "{\"type\":\"event\",\"conn\":1,\"t\":2,\"event\":\"note\",%s,"
                     "\"text\":\"" TEXT "\"}\n", member);
  gsize length = strlen (file);

  return g_bytes_new_take (g_steal_pointer (&file), length);
}

static void
assert_read (const char *member,
             gboolean    is_read)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) file = make_file (member);
  g_autofree WsiSentence *sentence = NULL;
  g_autofree char *text = NULL;

  scene_init (&scene);
  g_assert_true (scene_load (&scene, file, NULL));
  sentence = wsi_store_dup_event_sentence (scene.store, NOTE_ROW);
  assert_equal (sentence, is_read ? WSI_SENTENCE (BYTES_MISSING, "12") : WSI_SENTENCE (TEXT, TEXT));
  text = wsi_store_dup_event_text (scene.store, NOTE_ROW);
  g_assert_cmpstr (text, ==, TEXT);
}

static void
test_member (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);

  assert_read (members[i].member, members[i].is_read);
}

/* Thousands of arguments, and a long one. */
static void
test_large (void)
{
  g_autoptr (GString) many = g_string_new ("\"sentence\":[\"bytes-missing\"");
  g_autofree char *digits = g_strnfill (1024 * 1024, '1');
  g_autofree char *longer = g_strconcat ("\"sentence\":[\"bytes-missing\",\"", digits, "\"]", NULL);

  for (guint i = 0; i < MANY; i++)
    g_string_append (many, ",\"12\"");
  g_string_append_c (many, ']');
  assert_read (many->str, FALSE);
  assert_read (longer, FALSE);
}

/* A text and an argument that are longer than the store keeps of them. */
static void
test_long (void)
{
  g_auto (Scene) scene = { 0 };
  g_autofree char *digits = g_strnfill (100 * 1024, '1');
  g_autoptr (GBytes) saved = save_sentence (WSI_SENTENCE (BYTES_MISSING, digits),
                                            WSI_REDACTION_NONE);
  g_autofree WsiSentence *sentence = NULL;

  scene_init (&scene);
  g_assert_true (scene_load (&scene, saved, NULL));
  sentence = wsi_store_dup_event_sentence (scene.store, NOTE_ROW);
  g_assert_cmpint (sentence->id, ==, WSI_SENTENCE_BYTES_MISSING);
  g_assert_cmpuint (strlen (sentence->arguments[0]), ==, 4096);
}

/* Without a text there is no sentence either: its connection was freed. */
static void
test_no_text (void)
{
  static const char contents[] =
    FIRST_LINE OPEN
    "{\"type\":\"event\",\"conn\":1,\"t\":2,\"event\":\"note\",\"sentence\":[\"gap\"]}\n"
    "{\"type\":\"close\",\"conn\":1,\"t\":3,\"ending\":\"clean\",\"sentence\":[\"reset\"]}\n";
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) file = g_bytes_new_static (contents, strlen (contents));
  g_autoptr (WsiConversation) conversation = NULL;

  scene_init (&scene);
  g_assert_true (scene_load (&scene, file, NULL));
  g_assert_null (wsi_store_dup_event_sentence (scene.store, NOTE_ROW));
  conversation = wsi_store_dup_conversation (scene.store, 1);
  g_assert_cmpint (wsi_conversation_get_sentence (conversation)->id, ==, WSI_SENTENCE_NO_REQUEST);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/session-sentences/each-comes-back", test_each);
  g_test_add_func ("/inspector/session-sentences/ending-comes-back-from-a-har", test_har);
  ADD_ROWS ("/inspector/session-sentences/secret", secrets, test_secret);
  ADD_ROWS ("/inspector/session-sentences/line", members, test_member);
  g_test_add_func ("/inspector/session-sentences/line/large-ones-are-no-sentence", test_large);
  g_test_add_func ("/inspector/session-sentences/line/long-argument-is-cut", test_long);
  g_test_add_func ("/inspector/session-sentences/line/no-text-no-sentence", test_no_text);
  return g_test_run ();
}
