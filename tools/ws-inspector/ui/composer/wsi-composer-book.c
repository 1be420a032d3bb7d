/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Saved messages, and those that were sent last. */
#include "ui/composer/wsi-composer-private.h"

#include <glib/gi18n.h>

#include "inspect/decode/wsi-text.h"

#define MAX_SHOWN 60            /* characters */

/* Once: each message that is sent would say it again. */
static void
show_book_error (WsiComposer  *self,
                 const GError *error)
{
  if (!self->is_book_wrong)
    wsi_composer_show_error (self, error);
  self->is_book_wrong = TRUE;
}

static char *
shorten (const char *text)
{
  g_autofree char *start = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), MAX_SHOWN));

  return wsi_text_escape_line (start, WSI_CHARSET_UTF8);
}

static GtkWidget *
make_label (const char *text)
{
  g_autofree char *shown = shorten (*text != '\0' ? text : _("(empty)"));
  GtkWidget *label = gtk_label_new (shown);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  gtk_widget_set_hexpand (label, TRUE);
  return label;
}

static void
on_delete (GtkButton   *button,
           WsiComposer *self)
{
  const char *name = g_object_get_data (G_OBJECT (button), "wsi-name");
  g_autoptr (GError) error = NULL;

  if (!wsi_message_book_delete (self->book, name, &error))
    wsi_composer_show_error (self, error);
  wsi_composer_fill_book (self);
}

static void
add_row (WsiComposer    *self,
         GtkListBox     *list,
         const char     *name,
         const WsiDraft *draft)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *row = gtk_list_box_row_new ();

  gtk_box_append (GTK_BOX (box), make_label (name != NULL ? name : draft->text));
  if (name != NULL)
    {
      GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
      g_autofree char *label = g_strdup_printf (_("Delete %s"), name);

      gtk_widget_add_css_class (button, "flat");
      gtk_widget_set_tooltip_text (button, _("Delete"));
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                      -1);
      g_object_set_data_full (G_OBJECT (button), "wsi-name", g_strdup (name), g_free);
      g_signal_connect (button, "clicked", G_CALLBACK (on_delete), self);
      gtk_box_append (GTK_BOX (box), button);
    }
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  g_object_set_data_full (G_OBJECT (row), "wsi-draft", wsi_draft_copy (draft),
                          (GDestroyNotify) wsi_draft_free);
  gtk_list_box_append (list, row);
}

static void
clear_list (GtkListBox *list)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (list, 0)) != NULL)
    gtk_list_box_remove (list, GTK_WIDGET (row));
}

/* Other windows have changed the file, perhaps. */
void
wsi_composer_fill_book (WsiComposer *self)
{
  g_autoptr (GError) error = NULL;

  if (!wsi_message_book_read (self->book, &error))
    show_book_error (self, error);

  clear_list (self->saved);
  clear_list (self->history);
  for (guint i = 0; i < wsi_message_book_get_n_saved (self->book); i++)
    add_row (self, self->saved, wsi_message_book_get_name (self->book, i),
             wsi_message_book_get_saved (self->book, i));
  for (guint i = 0; i < wsi_message_book_get_n_history (self->book); i++)
    add_row (self, self->history, NULL, wsi_message_book_get_history (self->book, i));
}

void
wsi_composer_save (WsiComposer *self)
{
  g_autoptr (WsiDraft) draft = wsi_composer_make_draft (self);
  g_autoptr (GError) error = NULL;

  if (wsi_message_book_save (self->book, gtk_editable_get_text (GTK_EDITABLE (self->name)), draft,
                             &error))
    gtk_editable_set_text (GTK_EDITABLE (self->name), "");
  else
    wsi_composer_show_error (self, error);
  wsi_composer_fill_book (self);
}

static void
on_written (GObject      *none,
            GAsyncResult *result,
            gpointer      data)
{
  GWeakRef *reference = data;
  g_autoptr (WsiComposer) self = g_weak_ref_get (reference);
  g_autoptr (GError) error = NULL;

  if (!wsi_message_book_write_finish (result, &error) && self != NULL)
    show_book_error (self, error);
  g_weak_ref_clear (reference);
  g_free (reference);
}

/* The user has left it. */
void
wsi_composer_write_book (WsiComposer *self)
{
  GWeakRef *reference;

  if (!wsi_message_book_has_unwritten (self->book))
    return;

  reference = g_new0 (GWeakRef, 1);
  g_weak_ref_init (reference, self);
  wsi_message_book_write_async (self->book, on_written, reference);
}

void
wsi_composer_clear_history (WsiComposer *self)
{
  g_autoptr (GError) error = NULL;

  if (!wsi_message_book_forget (self->book, &error))
    wsi_composer_show_error (self, error);
  wsi_composer_fill_book (self);
}

void
wsi_composer_take_entry (WsiComposer   *self,
                         GtkListBoxRow *row)
{
  wsi_composer_set_draft (self, g_object_get_data (G_OBJECT (row), "wsi-draft"));
  gtk_menu_button_popdown (self->book_button);
}
