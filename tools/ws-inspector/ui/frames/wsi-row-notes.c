/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/frames/wsi-row-notes.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/decode/wsi-text.h"
#include "inspect/store/wsi-store.h"
#include "inspect/store/wsi-tags.h"

#define KEY_TAG "wsi-tag"
#define MAX_COMMENT 1000        /* bytes of a comment that are shown */
#define MAX_TAGS 5              /* tags that have a button; all of them are in the comment */
#define MAX_TAG 40              /* characters of each tag */
#define MIN_TAG 3               /* characters of a tag where there is little room */

struct _WsiRowNotes
{
  GtkWidget   parent_instance;

  GtkLabel   *comment;
  GtkBox     *tags;
  WsiRow     *row;              /* row whose notes are shown; NULL = none */
};

G_DEFINE_FINAL_TYPE (WsiRowNotes, wsi_row_notes, GTK_TYPE_WIDGET)

enum
{
  FILTER_ON,
  EDIT,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
on_tag (WsiRowNotes *self,
        GtkButton   *button)
{
  g_signal_emit (self, signals[FILTER_ON], 0, "tag",
                 g_object_get_data (G_OBJECT (button), KEY_TAG));
}

static void
on_edit (WsiRowNotes *self)
{
  g_signal_emit (self, signals[EDIT], 0);
}

static void
row_notes_add_tag (WsiRowNotes *self,
                   const char  *tag)
{
  g_autofree char *start = g_utf8_substring (tag, 0, MIN (g_utf8_strlen (tag, -1), MAX_TAG));
  g_autofree char *label = g_strconcat ("#", start, NULL);
  g_autofree char *tooltip = g_strdup_printf (_("Only rows with the tag %s"), label);
  GtkWidget *button = gtk_button_new (), *text = gtk_label_new (label);

  gtk_label_set_ellipsize (GTK_LABEL (text), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (text), MIN (g_utf8_strlen (label, -1), MIN_TAG));
  gtk_button_set_child (GTK_BUTTON (button), text);
  gtk_widget_set_tooltip_text (button, tooltip);
  g_object_set_data_full (G_OBJECT (button), KEY_TAG, g_strdup (tag), g_free);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_tag), self);
  gtk_box_append (self->tags, button);
}

static void
show_tags (WsiRowNotes *self,
           const char  *comment)
{
  g_auto (GStrv) tags = wsi_tags_list (comment);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->tags))) != NULL)
    gtk_box_remove (self->tags, child);
  for (guint i = 0; i < MAX_TAGS && tags[i] != NULL; i++)
    row_notes_add_tag (self, tags[i]);
  gtk_widget_set_visible (GTK_WIDGET (self->tags), tags[0] != NULL);
}

static void
row_notes_show (WsiRowNotes *self)
{
  g_autofree char *comment = self->row != NULL
                             ? wsi_store_dup_comment (wsi_row_get_store (self->row),
                                                      wsi_row_get_number (self->row)) : NULL;
  GString *shown = g_string_new (NULL);

  if (comment != NULL)
    wsi_text_append_escaped (shown, comment, strlen (comment), MAX_COMMENT, WSI_CHARSET_UTF8);
  gtk_label_set_text (self->comment, shown->str);
  show_tags (self, comment);
  gtk_widget_set_visible (GTK_WIDGET (self), comment != NULL);
  g_string_free (shown, TRUE);
}

static void
on_commented (WsiRowNotes *self,
              guint64      number)
{
  if (number == wsi_row_get_number (self->row))
    row_notes_show (self);
}

static void
drop_row (WsiRowNotes *self)
{
  if (self->row != NULL)
    g_signal_handlers_disconnect_by_data (wsi_row_get_store (self->row), self);
  g_clear_object (&self->row);
}

static void
wsi_row_notes_dispose (GObject *object)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));

  drop_row (WSI_ROW_NOTES (object));
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_row_notes_parent_class)->dispose (object);
}

static void
wsi_row_notes_class_init (WsiRowNotesClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_row_notes_dispose;
  signals[FILTER_ON] = g_signal_new ("filter-on", WSI_TYPE_ROW_NOTES, G_SIGNAL_RUN_LAST, 0, NULL,
                                     NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[EDIT] = g_signal_new ("edit", WSI_TYPE_ROW_NOTES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/frames/wsi-row-notes.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiRowNotes, comment);
  gtk_widget_class_bind_template_child (widget_class, WsiRowNotes, tags);
  gtk_widget_class_bind_template_callback (widget_class, on_edit);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_row_notes_init (WsiRowNotes *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
wsi_row_notes_set_row (WsiRowNotes *self,
                       WsiRow      *row)
{
  drop_row (self);
  if (row != NULL)
    {
      self->row = g_object_ref (row);
      g_signal_connect_swapped (wsi_row_get_store (row), "noted", G_CALLBACK (on_commented),
                                self);
    }
  row_notes_show (self);
}
