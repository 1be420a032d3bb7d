/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/composer/wsi-book-popover.h"

#include <glib/gi18n.h>

#include "inspect/compose/wsi-message-book.h"
#include "inspect/decode/wsi-text.h"

#define MAX_SHOWN 60            /* characters of a message that are shown */

struct _WsiBookPopover
{
  GtkPopover      parent_instance;

  GtkListBox     *saved, *history;
  GtkEditable    *name;
  WsiMessageBook *book;
  gboolean        is_wrong;     /* the book cannot be read, and the user was notified */
};

enum
{
  CHOSEN,
  FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiBookPopover, wsi_book_popover, GTK_TYPE_POPOVER)

static void
book_popover_show_error (WsiBookPopover *self,
                         const GError   *error)
{
  g_signal_emit (self, signals[FAILED], 0, error);
}

/* Shows an error once: each message that is sent would say it again. */
static void
show_wrong (WsiBookPopover *self,
            const GError   *error)
{
  if (!self->is_wrong)
    book_popover_show_error (self, error);
  self->is_wrong = TRUE;
}

static char *
book_popover_shorten (const char *text)
{
  g_autofree char *start = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), MAX_SHOWN));

  return wsi_text_escape_line (start, WSI_CHARSET_UTF8);
}

static GtkWidget *
book_popover_make_label (const char *text)
{
  g_autofree char *shown = book_popover_shorten (*text != '\0' ? text : _("(empty)"));
  GtkWidget *label = gtk_label_new (shown);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  gtk_widget_set_hexpand (label, TRUE);
  return label;
}

static void book_popover_fill (WsiBookPopover *self);

static void
book_popover_on_delete (GtkButton      *button,
                        WsiBookPopover *self)
{
  const char *name = g_object_get_data (G_OBJECT (button), "wsi-name");
  g_autoptr (GError) error = NULL;

  if (!wsi_message_book_delete (self->book, name, &error))
    book_popover_show_error (self, error);
  book_popover_fill (self);
}

static void
book_popover_add_row (WsiBookPopover *self,
                      GtkListBox     *list,
                      const char     *name,
                      const WsiDraft *draft)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *row = gtk_list_box_row_new ();

  gtk_box_append (GTK_BOX (box), book_popover_make_label (name != NULL ? name : draft->text));
  if (name != NULL)
    {
      GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
      g_autofree char *label = g_strdup_printf (_("Delete %s"), name);

      gtk_widget_add_css_class (button, "flat");
      gtk_widget_set_tooltip_text (button, _("Delete"));
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                      -1);
      g_object_set_data_full (G_OBJECT (button), "wsi-name", g_strdup (name), g_free);
      g_signal_connect (button, "clicked", G_CALLBACK (book_popover_on_delete), self);
      gtk_box_append (GTK_BOX (box), button);
    }
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  g_object_set_data_full (G_OBJECT (row), "wsi-draft", wsi_draft_copy (draft),
                          (GDestroyNotify) wsi_draft_free);
  gtk_list_box_append (list, row);
}

static void
book_popover_clear_list (GtkListBox *list)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (list, 0)) != NULL)
    gtk_list_box_remove (list, GTK_WIDGET (row));
}

/* Fills the lists again, because other windows may have changed the file. */
static void
book_popover_fill (WsiBookPopover *self)
{
  g_autoptr (GError) error = NULL;

  if (!wsi_message_book_read (self->book, &error))
    show_wrong (self, error);

  book_popover_clear_list (self->saved);
  book_popover_clear_list (self->history);
  for (guint i = 0; i < wsi_message_book_get_n_saved (self->book); i++)
    book_popover_add_row (self, self->saved, wsi_message_book_get_name (self->book, i),
                          wsi_message_book_get_saved (self->book, i));
  for (guint i = 0; i < wsi_message_book_get_n_history (self->book); i++)
    book_popover_add_row (self, self->history, NULL, wsi_message_book_get_history (self->book, i));
}

static void
book_popover_on_row_activated (WsiBookPopover *self,
                               GtkListBoxRow  *row)
{
  g_signal_emit (self, signals[CHOSEN], 0, g_object_get_data (G_OBJECT (row), "wsi-draft"));
  gtk_popover_popdown (GTK_POPOVER (self));
}

static void
on_name_activated (WsiBookPopover *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "composer.save", NULL);
}

static void
wsi_book_popover_dispose (GObject *object)
{
  wsi_book_popover_write (WSI_BOOK_POPOVER (object));
  G_OBJECT_CLASS (wsi_book_popover_parent_class)->dispose (object);
}

static void
wsi_book_popover_finalize (GObject *object)
{
  wsi_message_book_free (WSI_BOOK_POPOVER (object)->book);
  G_OBJECT_CLASS (wsi_book_popover_parent_class)->finalize (object);
}

static void
wsi_book_popover_class_init (WsiBookPopoverClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_book_popover_dispose;
  G_OBJECT_CLASS (class)->finalize = wsi_book_popover_finalize;
  signals[CHOSEN] = g_signal_new ("chosen", WSI_TYPE_BOOK_POPOVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[FAILED] = g_signal_new ("failed", WSI_TYPE_BOOK_POPOVER, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/composer/wsi-book-popover.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiBookPopover, saved);
  gtk_widget_class_bind_template_child (widget_class, WsiBookPopover, history);
  gtk_widget_class_bind_template_child (widget_class, WsiBookPopover, name);
  gtk_widget_class_bind_template_callback (widget_class, book_popover_on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_name_activated);
}

static void
wsi_book_popover_init (WsiBookPopover *self)
{
  self->book = wsi_message_book_new (NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "map", G_CALLBACK (book_popover_fill), NULL);
}

void
wsi_book_popover_save (WsiBookPopover *self,
                       const WsiDraft *draft)
{
  g_autoptr (GError) error = NULL;

  if (wsi_message_book_save (self->book, gtk_editable_get_text (self->name), draft, &error))
    gtk_editable_set_text (self->name, "");
  else
    book_popover_show_error (self, error);
  book_popover_fill (self);
}

gboolean
wsi_book_popover_keep (WsiBookPopover *self,
                       const WsiDraft *draft,
                       GError        **error)
{
  return wsi_message_book_keep (self->book, draft, error);
}

void
wsi_book_popover_remember (WsiBookPopover *self,
                           const WsiDraft *draft)
{
  wsi_message_book_remember (self->book, draft);
}

static void
book_popover_on_written (GObject      *none,
                         GAsyncResult *result,
                         gpointer      data)
{
  GWeakRef *reference = data;
  g_autoptr (WsiBookPopover) self = g_weak_ref_get (reference);
  g_autoptr (GError) error = NULL;

  if (!wsi_message_book_write_finish (result, &error) && self != NULL)
    show_wrong (self, error);
  g_weak_ref_clear (reference);
  g_free (reference);
}

void
wsi_book_popover_write (WsiBookPopover *self)
{
  GWeakRef *reference;

  if (!wsi_message_book_has_unwritten (self->book))
    return;

  reference = g_new0 (GWeakRef, 1);
  g_weak_ref_init (reference, self);
  wsi_message_book_write_async (self->book, book_popover_on_written, reference);
}

void
wsi_book_popover_clear_history (WsiBookPopover *self)
{
  g_autoptr (GError) error = NULL;

  if (!wsi_message_book_forget (self->book, &error))
    book_popover_show_error (self, error);
  book_popover_fill (self);
}
