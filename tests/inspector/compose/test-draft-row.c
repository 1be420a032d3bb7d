/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/compose/wsi-draft-row.h"

#include <string.h>

#include "inspector/store-scene.h"
#include "lib/rows.h"

#define BINARY 2
#define CLOSE 8
#define MANY 1200
#define MAX_LENGTHS 8
#define N_BETWEEN 100000

static const struct
{
  const char   *name;
  guint         opcode, fin;
  WspFrameFlags flags;
  const char   *payload;
  const char   *text;           /* text of the draft; NULL: the row cannot be sent */
  WsiDraftForm  form;
  WsiDraftKind  kind;
  int           code;           /* code of the error */
} rows[] = {
  { "text", TEXT, 1, 0, "ab", "ab", WSI_FORM_TEXT, WSI_DRAFT_MESSAGE, 0 },
  { "json", TEXT, 1, 0, " [1]", " [1]", WSI_FORM_JSON, WSI_DRAFT_MESSAGE, 0 },
  { "json-with-braces-is-escaped", TEXT, 1, 0, "{\"a\":\"{{uuid}}\"}", "{\"a\":\"\\{{uuid}}\"}", WSI_FORM_JSON, WSI_DRAFT_MESSAGE, 0 },
  { "begin-of-json-is-a-text", TEXT, 1, 0, "{\"a\":", "{\"a\":", WSI_FORM_TEXT, WSI_DRAFT_MESSAGE, 0 },
  { "number-is-a-text", TEXT, 1, 0, "12", "12", WSI_FORM_TEXT, WSI_DRAFT_MESSAGE, 0 },
  { "readable-binary-stays-binary", BINARY, 1, 0, "ab", "61 62", WSI_FORM_HEX, WSI_DRAFT_MESSAGE, 0 },
  { "ping", PING, 1, 0, "ab", "ab", WSI_FORM_TEXT, WSI_DRAFT_PING, 0 },
  { "ping-of-a-number", PING, 1, 0, "\x01\x02", "01 02", WSI_FORM_HEX, WSI_DRAFT_PING, 0 },
  { "ping-without-payload", PING, 1, 0, "", "", WSI_FORM_TEXT, WSI_DRAFT_PING, 0 },
  { "pong-is-a-raw-frame", PONG, 1, 0, "ab", "ab", WSI_FORM_TEXT, WSI_DRAFT_MESSAGE, 0 },
  { "close-with-a-reason", CLOSE, 1, 0, "\x03\xe9" "bye {{time}}", "1001:bye \\{{time}}", WSI_FORM_TEXT, WSI_DRAFT_CLOSE, 0 },
  { "close-with-a-code", CLOSE, 1, 0, "\x03\xe9", "1001", WSI_FORM_TEXT, WSI_DRAFT_CLOSE, 0 },
  { "close-with-a-code-that-cannot-be-sent", CLOSE, 1, 0, "\x03\xed", "1005", WSI_FORM_TEXT, WSI_DRAFT_CLOSE, 0 },
  { "close-without-a-code", CLOSE, 1, 0, "", "", WSI_FORM_TEXT, WSI_DRAFT_CLOSE, 0 },
  { "close-of-one-byte", CLOSE, 1, 0, "\x03", NULL, 0, 0, G_IO_ERROR_INVALID_DATA },
  { "close-with-a-reason-that-is-no-text", CLOSE, 1, 0, "\x03\xe9\xff", NULL, 0, 0, G_IO_ERROR_INVALID_DATA },
  { "message-without-an-end", TEXT, 0, 0, "ab", NULL, 0, 0, G_IO_ERROR_NOT_FOUND },
  { "message-with-a-gap", TEXT, 1, WSP_FRAME_FLAGS_GAP, "ab", NULL, 0, 0, G_IO_ERROR_NOT_FOUND },
  { "bytes-of-no-frame", CONTINUATION, 0, WSP_FRAME_FLAGS_BYTES, "ab", NULL, 0, 0, G_IO_ERROR_NOT_FOUND },
};

static void
test_row (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (StoreScene) scene = { 0 };
  WspFrameRecord frame = store_scene_make_frame (WSP_DIRECTION_SENT, rows[i].opcode, rows[i].fin,
                                                 rows[i].payload);
  const WsiFrame kept = { .frame = &frame, .payload = (const guint8 *) rows[i].payload,
                          .n_payload = strlen (rows[i].payload) };
  g_autoptr (WsiRow) row = NULL;
  g_autoptr (WsiDraft) draft = NULL;
  WsiDraftLoss loss;
  g_autoptr (GError) error = NULL;

  frame.flags = rows[i].flags;
  store_scene_init (&scene, 10);
  wsi_store_append (scene.store, scene.conversation, &kept);
  row = wsi_row_new (scene.store, 0);
  draft = wsi_draft_new_of_row (row, &loss, &error);
  g_assert_cmpstr (draft != NULL ? draft->text : NULL, ==, rows[i].text);
  if (draft == NULL)
    {
      g_assert_error (error, G_IO_ERROR, rows[i].code);
      return;
    }

  g_assert_cmpint (draft->form, ==, rows[i].form);
  g_assert_cmpint (draft->kind, ==, rows[i].kind);
  g_assert_cmpint (draft->compression, ==, rows[i].opcode == TEXT || rows[i].opcode == BINARY
                   ? WSI_COMPRESSION_NONE : WSI_COMPRESSION_NEGOTIATED);
  g_assert_cmpint (loss, ==, rows[i].opcode == PONG ? WSI_DRAFT_PONG : WSI_DRAFT_HAS_ALL);
  g_assert_cmpstr (draft->fragments, ==, "");
}

/* The lengths of the frames of a message, 0 after the last one.  A ping is in between. */
static const struct
{
  const char *name;
  guint       lengths[MAX_LENGTHS];
  guint       n;
  const char *fragments;
  WsiDraftLoss loss;
} messages[] = {
  { "one", { 3 }, 1, "", WSI_DRAFT_HAS_ALL },
  { "all-of-one-length", { 3, 3, 3 }, 3, "3", WSI_DRAFT_HAS_ALL },
  { "last-is-shorter", { 3, 3, 1 }, 3, "3", WSI_DRAFT_HAS_ALL },
  { "two-and-last-is-longer", { 3, 5 }, 2, "3, 5", WSI_DRAFT_HAS_ALL },
  { "last-is-longer", { 3, 3, 5 }, 3, "3, 3", WSI_DRAFT_HAS_ALL },
  { "different-lengths", { 1, 3, 1 }, 3, "1, 3", WSI_DRAFT_HAS_ALL },
  { "last-is-empty", { 3, 0 }, 2, "", WSI_DRAFT_FRAME_EMPTY },
  { "empty-ones-cannot-be-named", { 3, 0, 3 }, 3, "", WSI_DRAFT_FRAME_EMPTY },
  { "first-is-empty", { 0, 3 }, 2, "", WSI_DRAFT_FRAME_EMPTY },
  { "too-long-for-a-length", { 65536, 1 }, 2, "", WSI_DRAFT_FRAME_TOO_LONG },
  { "longest-length", { 65535, 1 }, 2, "65535", WSI_DRAFT_HAS_ALL },
};

static void
append_frames (StoreScene  *scene,
               const guint *lengths,
               guint        n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *payload = g_strnfill (lengths[i], 'a');

      store_scene_append (scene, WSP_DIRECTION_SENT, i == 0 ? TEXT : CONTINUATION, i + 1 == n,
                          payload);
      if (i == 0 && n > 1)
        store_scene_append (scene, WSP_DIRECTION_SENT, PING, 1, "between");
    }
}

static void
test_fragments (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiRow) row = NULL;
  g_autoptr (WsiDraft) draft = NULL;
  WsiDraftLoss loss;
  g_autoptr (GError) error = NULL;

  store_scene_init (&scene, 20);
  append_frames (&scene, messages[i].lengths, messages[i].n);
  row = wsi_row_new (scene.store, wsi_store_get_end (scene.store) - 1);
  draft = wsi_draft_new_of_row (row, &loss, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (draft->fragments, ==, messages[i].fragments);
  g_assert_cmpint (loss, ==, messages[i].loss);
  g_assert_true ((wsi_draft_loss_get_sentence (loss) == NULL) == (loss == WSI_DRAFT_HAS_ALL));
}

/* More different lengths than a draft has are left out, and it says so. */
static void
test_many_fragments (void)
{
  guint lengths[MANY];
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiRow) row = NULL;
  g_autoptr (WsiDraft) draft = NULL;
  WsiDraftLoss loss;

  for (guint i = 0; i < MANY; i++)
    lengths[i] = 1 + i % 2;
  store_scene_init (&scene, 2 * MANY);
  append_frames (&scene, lengths, MANY);
  row = wsi_row_new (scene.store, wsi_store_get_end (scene.store) - 1);
  draft = wsi_draft_new_of_row (row, &loss, NULL);
  g_assert_cmpstr (draft->fragments, ==, "");
  g_assert_cmpint (loss, ==, WSI_DRAFT_FRAMES_TOO_MANY);
}

/* Any number of records may be between two frames. */
static void
test_fragments_far_apart (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiRow) row = NULL;
  g_autoptr (WsiDraft) draft = NULL;
  WsiDraftLoss loss;

  store_scene_init (&scene, N_BETWEEN + 2);
  store_scene_append (&scene, WSP_DIRECTION_SENT, TEXT, 0, "ab");
  for (guint i = 0; i < N_BETWEEN; i++)
    store_scene_append (&scene, WSP_DIRECTION_SENT, PING, 1, "");
  store_scene_append (&scene, WSP_DIRECTION_SENT, CONTINUATION, 1, "c");
  row = wsi_row_new (scene.store, 0);
  draft = wsi_draft_new_of_row (row, &loss, NULL);
  g_assert_cmpstr (draft->fragments, ==, "2");
  g_assert_cmpint (loss, ==, WSI_DRAFT_HAS_ALL);
}

static void
test_compression (void)
{
  g_auto (StoreScene) scene = { 0 };
  WspFrameRecord frame = store_scene_make_frame (WSP_DIRECTION_SENT, TEXT, 1, "ab");
  const WsiFrame kept = { .frame = &frame, .payload = (const guint8 *) "ab", .n_payload = 2,
                          .inflated = (const guint8 *) "cdc", .n_inflated = 3 };
  g_autoptr (WsiRow) row = NULL;
  g_autoptr (WsiDraft) draft = NULL;
  WsiDraftLoss loss;

  frame.flags = WSP_FRAME_FLAGS_COMPRESSED;
  frame.inflated_length = 3;
  store_scene_init (&scene, 10);
  wsi_store_append (scene.store, scene.conversation, &kept);
  row = wsi_row_new (scene.store, 0);
  draft = wsi_draft_new_of_row (row, &loss, NULL);
  g_assert_cmpint (draft->compression, ==, WSI_COMPRESSION_NEGOTIATED);
  g_assert_cmpstr (draft->text, ==, "cdc");
}

static void
test_row_gone (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiRow) row = NULL;
  g_autoptr (GError) error = NULL;
  WsiDraftLoss loss;

  store_scene_init (&scene, 10);
  row = wsi_row_new (scene.store, 7);
  g_assert_null (wsi_draft_new_of_row (row, &loss, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/draft-row", rows, test_row);
  ADD_ROWS ("/inspector/draft-row/fragments", messages, test_fragments);
  g_test_add_func ("/inspector/draft-row/fragments/too-many", test_many_fragments);
  g_test_add_func ("/inspector/draft-row/fragments/far-apart", test_fragments_far_apart);
  g_test_add_func ("/inspector/draft-row/compression", test_compression);
  g_test_add_func ("/inspector/draft-row/that-is-gone", test_row_gone);
  return g_test_run ();
}
