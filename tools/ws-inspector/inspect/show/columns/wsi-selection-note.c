/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/columns/wsi-selection-note.h"

#include "inspect/store/wsi-tags.h"

gboolean
wsi_selection_note_are_marked (WsiStore *store,
                               GArray   *numbers)
{
  gboolean are_marked = numbers->len > 0;

  for (guint i = 0; are_marked && i < numbers->len; i++)
    are_marked = wsi_store_get_mark (store, g_array_index (numbers, guint64, i)) != 0;
  return are_marked;
}

void
wsi_selection_note_toggle_mark (WsiStore *store,
                                GArray   *numbers)
{
  guint mark = wsi_selection_note_are_marked (store, numbers) ? 0 : 1;

  for (guint i = 0; i < numbers->len; i++)
    wsi_store_set_mark (store, g_array_index (numbers, guint64, i), mark);
}

static gboolean
has_tag (WsiStore   *store,
         guint64     number,
         const char *tag)
{
  g_autofree char *comment = wsi_store_dup_comment (store, number);
  g_auto (GStrv) tags = wsi_tags_list (comment);

  return g_strv_contains ((const char *const *) tags, tag);
}

gboolean
wsi_selection_note_have_tag (WsiStore   *store,
                             GArray     *numbers,
                             const char *tag)
{
  gboolean have_tag = numbers->len > 0;

  for (guint i = 0; have_tag && i < numbers->len; i++)
    have_tag = has_tag (store, g_array_index (numbers, guint64, i), tag);
  return have_tag;
}

/* Adds or removes a tag.  wanted: whether the row is to have it. */
static void
change_tag (WsiStore   *store,
            guint64     number,
            const char *tag,
            gboolean    wanted)
{
  g_autofree char *comment = wsi_store_dup_comment (store, number), *changed = NULL;
  g_auto (GStrv) tags = wsi_tags_list (comment), all = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (g_strv_contains ((const char *const *) tags, tag) == wanted)
    return;

  for (guint i = 0; tags[i] != NULL; i++)
    if (!g_str_equal (tags[i], tag))
      g_strv_builder_add (builder, tags[i]);
  if (wanted)
    g_strv_builder_add (builder, tag);
  all = g_strv_builder_end (builder);
  changed = wsi_tags_change (comment, (const char *const *) all);
  wsi_store_set_comment (store, number, changed != NULL && *changed != '\0' ? changed : NULL);
}

void
wsi_selection_note_toggle_tag (WsiStore   *store,
                               GArray     *numbers,
                               const char *tag)
{
  gboolean wanted = !wsi_selection_note_have_tag (store, numbers, tag);

  for (guint i = 0; i < numbers->len; i++)
    change_tag (store, g_array_index (numbers, guint64, i), tag, wanted);
}
