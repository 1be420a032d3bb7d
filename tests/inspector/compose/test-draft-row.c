/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/compose/wsi-draft-row.h"
#include "inspector/store-scene.h"

#define BINARY 2

static const struct
{
  const char   *name;
  guint         opcode, fin;
  WspFrameFlags flags;
  const char   *text;           /* of the draft; NULL: refused */
  WsiDraftForm  form;
} rows[] = {
  { "text", TEXT, 1, 0, "ab", WSI_FORM_TEXT },
  { "readable-binary-stays-binary", BINARY, 1, 0, "61 62", WSI_FORM_HEX },
  { "payload-of-a-ping", PING, 1, 0, "61 62", WSI_FORM_HEX },
  { "message-without-an-end", TEXT, 0, 0, NULL, 0 },
  { "message-with-a-gap", TEXT, 1, WSP_FRAME_FLAGS_GAP, NULL, 0 },
  { "bytes-of-no-frame", CONTINUATION, 0, WSP_FRAME_FLAGS_BYTES, NULL, 0 },
};

static void
test_row (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (StoreScene) scene = { 0 };
  WspFrameRecord frame = store_scene_make_frame (WSP_DIRECTION_SENT, rows[i].opcode, rows[i].fin,
                                                 "ab");
  const WsiFrame kept = { .frame = &frame, .payload = (const guint8 *) "ab", .n_payload = 2 };
  g_autoptr (WsiRow) row = NULL;
  g_autoptr (WsiDraft) draft = NULL;
  g_autoptr (GError) error = NULL;

  frame.flags = rows[i].flags;
  store_scene_init (&scene, 10);
  wsi_store_append (scene.store, scene.conversation, &kept);
  row = wsi_row_new (scene.store, 0);
  draft = wsi_draft_new_of_row (row, &error);
  g_assert_cmpstr (draft != NULL ? draft->text : NULL, ==, rows[i].text);
  if (draft != NULL)
    g_assert_cmpint (draft->form, ==, rows[i].form);
  else
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
test_row_gone (void)
{
  g_auto (StoreScene) scene = { 0 };
  g_autoptr (WsiRow) row = NULL;
  g_autoptr (GError) error = NULL;

  store_scene_init (&scene, 10);
  row = wsi_row_new (scene.store, 7);
  g_assert_null (wsi_draft_new_of_row (row, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/inspector/draft-row/%s", rows[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_row);
    }
  g_test_add_func ("/inspector/draft-row/that-is-gone", test_row_gone);
  return g_test_run ();
}
