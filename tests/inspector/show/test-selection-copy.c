/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/columns/wsi-selection-copy.h"
#include "inspector/opened.h"
#include "inspector/store-scene.h"
#include "lib/rows.h"

#include <string.h>

#define MIB (1024 * 1024)

static const char *const columns[] = {
  "no", "dir", "type", "len", "summary", "comment", "json.password", NULL
};

/* Rows: two texts, a message of two fragments, a frame that was not kept, the rest of a head, an
 * event with a URI, a text with a secret, a message of two fragments with one. */
static void
scene_init (StoreScene *scene)
{
  const WspFrameRecord not_kept = {
    .direction = WSP_DIRECTION_SENT, .fin = 1, .opcode = 2, .message_opcode = 2,
    .header_length = 2, .payload_length = 3, .inflated_length = 3,
  };
  const WspFrameRecord of_bytes = {
    .direction = WSP_DIRECTION_SENT, .flags = WSP_FRAME_FLAGS_BYTES, .payload_length = 6,
  };
  const WsiFrame head = {
    .frame = &of_bytes, .payload = (const guint8 *) "secret", .n_payload = 6,
    .flags = WSI_RECORD_OF_HEAD,
  };
  const WsiRecord event = {
    .kind = WSI_RECORD_KIND_EVENT, .event = WSI_EVENT_NOTE, .direction = WSI_NO_DIRECTION,
  };

  store_scene_init (scene, WSI_DEFAULT_MAX_RECORDS);
  store_scene_append (scene, WSP_DIRECTION_SENT, TEXT, 1, "one");
  store_scene_append (scene, WSP_DIRECTION_RECEIVED, TEXT, 1, "two\tlines\n");
  store_scene_append (scene, WSP_DIRECTION_SENT, TEXT, 0, "th");
  store_scene_append (scene, WSP_DIRECTION_SENT, CONTINUATION, 1, "ree");
  wsi_store_append (scene->store, scene->conversation, &(WsiFrame) { .frame = &not_kept });
  wsi_store_append (scene->store, scene->conversation, &head);
  wsi_store_append_event (scene->store, scene->conversation, &event,
                          WSI_SENTENCE (TEXT, "to ws://user:word@h/?token=abcdefgh"));
  store_scene_append (scene, WSP_DIRECTION_SENT, TEXT, 1, "{\"a\":1,\"password\":\"hunter2\"}");
  store_scene_append (scene, WSP_DIRECTION_SENT, TEXT, 0, "{\"token\":\"hun");
  store_scene_append (scene, WSP_DIRECTION_SENT, CONTINUATION, 1, "ter2\"}");
  wsi_store_set_comment (scene->store, 0, "see\nws://h/?token=abcdefgh");
}

static const struct
{
  const char *name;
  WsiUnit     unit;
  WsiCopyForm form;
  const char *numbers;          /* numbers of the selected rows, as digits */
  const char *text;             /* text that is copied; NULL = an error */
} cases[] = {
  { "one-payload-is-exact", WSI_UNIT_FRAMES, WSI_COPY_TEXT, "1", "two\tlines\n" },
  { "payloads-stand-below-each-other", WSI_UNIT_FRAMES, WSI_COPY_TEXT, "010", "one\ntwo\tlines\none" },
  { "a-message-is-whole", WSI_UNIT_MESSAGES, WSI_COPY_TEXT, "03", "one\nthree" },
  { "a-fragment-is-not", WSI_UNIT_FRAMES, WSI_COPY_TEXT, "03", "one\nree" },
  { "rows-without-a-payload-are-left-out", WSI_UNIT_FRAMES, WSI_COPY_TEXT, "046", "one" },
  { "none-has-a-payload", WSI_UNIT_FRAMES, WSI_COPY_TEXT, "46", NULL },
  { "the-rest-of-a-head-is-hidden", WSI_UNIT_FRAMES, WSI_COPY_TEXT, "05", "one\nxxxxxx" },
  { "base64", WSI_UNIT_FRAMES, WSI_COPY_BASE64, "03", "b25l\ncmVl" },
  { "as-shown-with-tabs", WSI_UNIT_FRAMES, WSI_COPY_SHOWN, "13",
    "2\t↓\ttext\t10\t\"two\\tlines\\n\"\t\t\n4\t↑\tcontinuation\t3\t\"ree\"\t\t" },
  { "as-shown-in-the-order-of-the-list", WSI_UNIT_MESSAGES, WSI_COPY_SHOWN, "31",
    "4\t↑\ttext ×2\t5\t\"three\"\t\t\n2\t↓\ttext\t10\t\"two\\tlines\\n\"\t\t" },
  { "as-shown-hides-the-rest-of-a-head", WSI_UNIT_FRAMES, WSI_COPY_SHOWN, "5", "6\t↑\tbytes …\t6\t…\t\t…" },
  { "a-secret-is-hidden", WSI_UNIT_FRAMES, WSI_COPY_TEXT, "07", "one\n{\"a\":1,\"password\":\"xxxxxxx\"}" },
  { "each-fragment-hides-its-part", WSI_UNIT_FRAMES, WSI_COPY_TEXT, "98", "xxxx\"}\n{\"token\":\"xxx" },
  { "a-message-of-fragments-hides-a-secret", WSI_UNIT_MESSAGES, WSI_COPY_TEXT, "9", "{\"token\":\"xxxxxxx\"}" },
  { "as-shown-hides-a-secret", WSI_UNIT_FRAMES, WSI_COPY_SHOWN, "7",
    "8\t↑\ttext\t28\t{\"a\":1,\"password\":\"xxxxxxx\"}\t\txxxxxxx" },
};

static GArray *
read_numbers (const char *digits)
{
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (; *digits != '\0'; digits++)
    {
      guint64 number = *digits - '0';

      g_array_append_val (numbers, number);
    }
  return numbers;
}

/* Row by row, as in a window that has no time.  The list shows its rows as before. */
static char *
copy (StoreScene *scene,
      WsiUnit     unit,
      WsiCopyForm form,
      const char *digits,
      GError    **error)
{
  g_autoptr (WsiRowFormat) format = wsi_row_format_new (scene->store);
  g_autoptr (GArray) numbers = read_numbers (digits);
  const WsiCopiedRows rows = {
    .store = scene->store, .numbers = numbers, .unit = unit, .form = form, .format = format,
    .columns = columns,
  };
  g_autoptr (WsiSelectionCopy) self = NULL;
  g_autoptr (WsiRow) last = NULL;
  guint n_steps = 1;

  wsi_row_format_set_unit (format, unit);
  self = wsi_selection_copy_new (&rows);
  while (wsi_selection_copy_step (self, 0))
    n_steps++;
  g_assert_cmpuint (n_steps, >=, numbers->len);
  last = wsi_row_new (scene->store, g_array_index (numbers, guint64, 0));
  g_assert_null (strstr (wsi_row_format_get_summary (format, last), "\"xxxxxxx\""));
  return wsi_selection_copy_end (self, error);
}

static void
test_case (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  scene_init (&scene);
  text = copy (&scene, cases[i].unit, cases[i].form, cases[i].numbers, &error);
  g_assert_cmpstr (text, ==, cases[i].text);
  if (cases[i].text == NULL)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* Texts of events and comments have URIs, and lines. */
static void
test_secrets (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  scene_init (&scene);
  text = copy (&scene, WSI_UNIT_FRAMES, WSI_COPY_SHOWN, "06", NULL);
  lines = g_strsplit (text, "\n", -1);
  g_assert_nonnull (strstr (text, "redacted-8-bytes"));
  g_assert_null (strstr (text, "abcdefgh"));
  g_assert_null (strstr (text, "word"));
  g_assert_cmpuint (g_strv_length (lines), ==, 2);
}

/* A fragment behind bytes that were not kept: these may have the name of its secret. */
static void
test_secret_behind_gap (void)
{
  const WspFrameRecord not_kept = {
    .direction = WSP_DIRECTION_SENT, .opcode = CONTINUATION, .message_opcode = TEXT,
    .header_length = 2, .payload_length = 3, .inflated_length = 3,
  };
  g_auto (StoreScene) scene = { 0 };
  g_autofree char *text = NULL;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 0, "{\"a\":\"b");
  wsi_store_append (scene.store, scene.conversation, &(WsiFrame) { .frame = &not_kept });
  store_scene_append (&scene, WSP_DIRECTION_SENT, CONTINUATION, 1, "\"password\":\"hunter2\"}");
  text = copy (&scene, WSI_UNIT_FRAMES, WSI_COPY_TEXT, "2", NULL);
  g_assert_cmpuint (strlen (text), ==, strlen ("\"password\":\"hunter2\"}"));
  g_assert_null (strstr (text, "hunter2"));
}

/* Lines of JSON, which a session file has: with all fragments, in the order of their numbers. */
static void
test_json (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autofree char *text = NULL;
  const char *two, *th, *ree;

  scene_init (&scene);
  text = copy (&scene, WSI_UNIT_MESSAGES, WSI_COPY_JSON, "315", NULL);
  two = strstr (text, "two");
  th = strstr (text, "\"th\"");
  ree = strstr (text, "\"ree\"");
  g_assert_true (two != NULL && th != NULL && ree != NULL && two < th && th < ree);
  g_assert_null (strstr (text, "one"));
  g_assert_null (strstr (text, "secret"));
  g_assert_true (g_str_has_prefix (text, "{"));
  g_assert_true (g_str_has_suffix (text, "}\n"));
}

static const struct
{
  const char *name;
  WsiCopyForm form;
} long_forms[] = {
  { "payloads", WSI_COPY_TEXT },
  { "lines-of-json", WSI_COPY_JSON },
};

static void
test_too_long (gconstpointer data)
{
  WsiCopyForm form = long_forms[GPOINTER_TO_UINT (data)].form;
  g_auto (StoreScene) scene = { 0 };
  g_autofree char *payload = g_strnfill (9 * MIB, 'x'), *one = NULL, *both = NULL;
  g_autoptr (GError) error = NULL;

  store_scene_init (&scene, WSI_DEFAULT_MAX_RECORDS);
  store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 1, payload);
  store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 1, payload);
  one = copy (&scene, WSI_UNIT_FRAMES, form, "0", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (strlen (one), >=, 9 * MIB);
  both = copy (&scene, WSI_UNIT_FRAMES, form, "01", &error);
  g_assert_null (both);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE);
  g_assert_cmpstr (error->message, ==,
                   "Cannot copy more than 16 MiB: export the rows to a file");
}

/* Rows may be removed from memory between two steps. */
static void
test_gone (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (GArray) numbers = read_numbers ("01");
  g_autoptr (WsiSelectionCopy) self = NULL;
  g_autoptr (GError) error = NULL;

  store_scene_init (&scene, 16384);
  store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 1, "one");
  store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 1, "two");
  self = wsi_selection_copy_new (&(WsiCopiedRows) {
    .store = scene.store, .numbers = numbers, .form = WSI_COPY_TEXT
  });
  store_scene_append_many (&scene, 3 * 16384);
  while (wsi_selection_copy_step (self, 0))
    continue;
  g_assert_null (wsi_selection_copy_end (self, &error));
  g_assert_cmpstr (error->message, ==, "Cannot copy the rows: they were removed from memory");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/selection-copy", cases, test_case);
  g_test_add_func ("/inspector/selection-copy/as-shown-hides-secrets-and-is-a-line-each",
                   test_secrets);
  g_test_add_func ("/inspector/selection-copy/a-secret-behind-a-gap-is-hidden",
                   test_secret_behind_gap);
  g_test_add_func ("/inspector/selection-copy/json-is-that-of-a-session-file", test_json);
  ADD_ROWS ("/inspector/selection-copy/16-mib-are-the-limit-of", long_forms, test_too_long);
  g_test_add_func ("/inspector/selection-copy/rows-may-go-meanwhile", test_gone);
  return g_test_run ();
}
