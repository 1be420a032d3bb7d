/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/parts/wsi-compare-window.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#include "inspect/decode/wsi-text.h"
#include "inspect/show/lines/wsi-json-layout.h"
#include "inspect/show/lines/wsi-line-diff.h"
#include "inspect/show/lines/wsi-shown-line.h"
#include "inspect/store/memory/wsi-bytes.h"
#include "ui/parts/wsi-text-window.h"

#define IN_LINE 16              /* bytes in a line of a dump */
#define N_DIGITS 8

static const char *const signs[] = {
  [WSI_DIFF_SAME] = "  ", [WSI_DIFF_REMOVED] = "− ", [WSI_DIFF_ADDED] = "+ ",
};

static GBytes *
make_dump (GBytes *bytes)
{
  GString *text = g_string_new (NULL);
  gsize length;
  const guint8 *at = wsi_bytes_get_data (bytes, &length);

  for (gsize i = 0; i < length; i += IN_LINE)
    {
      /* equal bytes at another place are equal: a line has no offset */
      g_autoptr (WsiShownLine) line = wsi_shown_line_new_hex (at + i, MIN (IN_LINE, length - i), 0,
                                                              N_DIGITS, IN_LINE);

      g_string_append_printf (text, "%s\n", line->text + N_DIGITS);
    }
  return g_string_free_to_bytes (text);
}

/* The lines that are compared, of the beginning of a payload. */
static GBytes *
compare_window_lay_out (GBytes *bytes)
{
  g_autoptr (GBytes) beginning =
    g_bytes_new_from_bytes (bytes, 0, MIN (g_bytes_get_size (bytes), WSI_DIFF_MAX_BYTES));
  g_autoptr (GBytes) json = wsi_json_layout_new (beginning, NULL);
  gsize length;
  const char *at = wsi_bytes_get_data (beginning, &length);

  if (json != NULL)
    return g_steal_pointer (&json);

  return g_utf8_validate_len (at, length, NULL) ? g_bytes_ref (beginning) : make_dump (beginning);
}

static GListModel *
compare_window_make_lines (const WsiLineDiff *diff)
{
  GtkStringList *lines = gtk_string_list_new (NULL);

  for (guint i = 0; i < diff->lines->len; i++)
    {
      const WsiDiffLine *line = &g_array_index (diff->lines, WsiDiffLine, i);
      g_autoptr (GString) text = g_string_new (signs[line->kind]);

      wsi_text_append_escaped (text, line->text, line->length, WSI_DIFF_MAX_LINE,
                               WSI_CHARSET_UTF8);
      gtk_string_list_append (lines, text->str);
    }
  return G_LIST_MODEL (lines);
}

/* Makes the sentences, each in a line of its own. */
static char *
compare_window_make_sentence (const WsiLineDiff *diff,
                              gboolean           is_cut)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *removed = g_strdup_printf (ngettext ("%'u line is only in the first message.",
                                                        "%'u lines are only in the first message.",
                                                        diff->n_removed), diff->n_removed);
  g_autofree char *added = g_strdup_printf (ngettext ("%'u line is only in the second message.",
                                                      "%'u lines are only in the second message.",
                                                      diff->n_added), diff->n_added);
  g_auto (GStrv) sentences = NULL;

  if (diff->n_removed == 0 && diff->n_added == 0)
    g_strv_builder_add (builder, _("No line differs."));
  if (diff->n_removed > 0)
    g_strv_builder_add (builder, removed);
  if (diff->n_added > 0)
    g_strv_builder_add (builder, added);
  if (is_cut)
    g_strv_builder_add (builder, _("Only the beginnings are compared: a mebibyte and 20000 lines "
                                   "of each."));
  if (diff->is_coarse)
    g_strv_builder_add (builder, _("They differ too much to find equal lines in the middle."));
  sentences = g_strv_builder_end (builder);
  return g_strjoinv ("\n", sentences);
}

static void
compare_window_on_bind (GtkSignalListItemFactory *factory,
                        GtkListItem              *item,
                        gpointer                  data)
{
  GtkLabel *label = GTK_LABEL (gtk_list_item_get_child (item));
  const char *text = gtk_string_object_get_string (gtk_list_item_get_item (item));
  gboolean is_removed = g_str_has_prefix (text, signs[WSI_DIFF_REMOVED]);
  gboolean is_added = g_str_has_prefix (text, signs[WSI_DIFF_ADDED]);
  g_autofree char *sentence = NULL;

  gtk_label_set_text (label, text);
  wsi_text_window_set_class (GTK_WIDGET (label), "line-removed", is_removed ? WSI_CLASS_ON
                                                                           : WSI_CLASS_OFF);
  wsi_text_window_set_class (GTK_WIDGET (label), "line-added", is_added ? WSI_CLASS_ON
                                                                       : WSI_CLASS_OFF);
  if (is_removed)
    sentence = g_strdup_printf (_("Removed: %s"), text + strlen (signs[WSI_DIFF_REMOVED]));
  else if (is_added)
    sentence = g_strdup_printf (_("Added: %s"), text + strlen (signs[WSI_DIFF_ADDED]));
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (GTK_WIDGET (label))),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  sentence != NULL ? sentence : text, -1);
}

GtkWindow *
wsi_compare_window_new (GtkWindow         *parent,
                        const WsiCompared *first,
                        const WsiCompared *second)
{
  g_autoptr (GBytes) one = compare_window_lay_out (first->bytes),
  other = compare_window_lay_out (second->bytes);
  g_autoptr (WsiLineDiff) diff = wsi_line_diff_new (one, other);
  gboolean is_cut = diff->is_cut || g_bytes_get_size (first->bytes) > WSI_DIFF_MAX_BYTES ||
                    g_bytes_get_size (second->bytes) > WSI_DIFF_MAX_BYTES;
  g_autofree char *title = g_strdup_printf (_("Rows %" PRIu64 " and %" PRIu64),
                                            first->number + 1, second->number + 1);
  g_autofree char *sentence = compare_window_make_sentence (diff, is_cut);
  GtkWindow *window = wsi_text_window_new (parent, title);

  wsi_text_window_set_sentence (window, sentence);
  wsi_text_window_set_lines (window, compare_window_make_lines (diff), compare_window_on_bind, NULL,
                             _("Compared lines"));
  return window;
}
