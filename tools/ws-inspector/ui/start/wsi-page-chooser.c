/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/start/wsi-page-chooser.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/decode/wsi-text.h"
#include "inspect/sources/browser/wsi-browser-pages.h"
#include "ui/start/wsi-marked-row.h"

#define MAX_ROWS 100
#define MAX_SHOWN 200           /* characters of a title or URL */
#define PAGE "wsi-page"         /* name of a row's data: a place in the list */

struct _WsiPageChooser
{
  AdwPreferencesGroup parent_instance;

  GtkWidget          *button;
  GPtrArray          *rows;     /* rows of the pages, borrowed; the first one may be a sentence */
  GPtrArray          *pages;    /* pages of the browser (WsiBrowserPage); NULL: not asked for yet */
  char               *address;  /* address of the browser; NULL: none could be asked */
  char               *text;     /* text that names the pages to watch */
  GCancellable       *cancellable;      /* cancellable of asking the browser; NULL: not asking */
};

enum
{
  CHOSEN,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiPageChooser, wsi_page_chooser, ADW_TYPE_PREFERENCES_GROUP)

static void
page_chooser_clear_rows (WsiPageChooser *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
}

static void
page_chooser_add_row (WsiPageChooser *self,
                      AdwActionRow   *row)
{
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (row));
  g_ptr_array_add (self->rows, row);
}

static void
page_chooser_show_sentence (WsiPageChooser *self,
                            const char     *sentence,
                            const char     *style)
{
  g_autofree char *shown = wsi_text_escape_sentence (sentence, WSI_CHARSET_UTF8);
  AdwActionRow *row = wsi_unmarked_row_new (shown, "");

  gtk_widget_set_focusable (GTK_WIDGET (row), FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (row), style);
  page_chooser_add_row (self, row);
}

static void
page_chooser_show_marks (WsiPageChooser *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      const WsiBrowserPage *page = g_object_get_data (self->rows->pdata[i], PAGE);

      if (page != NULL)
        wsi_marked_row_set_watched (self->rows->pdata[i],
                                    wsi_browser_page_has_text (page->title, page->url,
                                                               self->text));
    }
}

static void
page_chooser_on_row_activated (WsiPageChooser *self,
                               AdwActionRow   *row)
{
  g_autofree char *text = wsi_browser_page_make_text (g_object_get_data (G_OBJECT (row), PAGE));

  g_signal_emit (self, signals[CHOSEN], 0, text);
}

static char *
page_chooser_dup_shown (const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return wsi_text_escape (bytes, MAX_SHOWN, WSI_CHARSET_UTF8);
}

static void
page_chooser_add_page (WsiPageChooser *self,
                       WsiBrowserPage *page)
{
  g_autofree char *title = page_chooser_dup_shown (*page->title != '\0' ? page->title : page->url);
  g_autofree char *url = page_chooser_dup_shown (page->url);
  AdwActionRow *row = wsi_marked_row_new (title, url);

  g_object_set_data (G_OBJECT (row), PAGE, page);
  g_signal_connect_object (row, "activated", G_CALLBACK (page_chooser_on_row_activated), self,
                           G_CONNECT_SWAPPED);
  page_chooser_add_row (self, row);
}

static void
page_chooser_show_pages (WsiPageChooser *self)
{
  guint n = self->pages->len;

  for (guint i = 0; i < n && i < MAX_ROWS; i++)
    page_chooser_add_page (self, self->pages->pdata[i]);
  page_chooser_show_marks (self);
  if (n == 0)
    page_chooser_show_sentence (self, _("The browser has no page"), "dim-label");
  else if (n > MAX_ROWS)
    {
      g_autofree char *sentence =
        g_strdup_printf (ngettext ("%u more page is not listed", "%u more pages are not listed",
                                   n - MAX_ROWS), n - MAX_ROWS);

      page_chooser_show_sentence (self, sentence, "dim-label");
    }
}

static void
on_listed (GObject      *object,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (WsiPageChooser) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) pages = wsi_browser_pages_list_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&self->cancellable);
  gtk_widget_set_sensitive (self->button, TRUE);
  self->pages = g_steal_pointer (&pages);
  if (self->pages != NULL)
    page_chooser_show_pages (self);
  else
    page_chooser_show_sentence (self, error->message, "error");
}

/* Forgets the earlier answer, with its rows. */
static void
page_chooser_forget (WsiPageChooser *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  page_chooser_clear_rows (self);
  g_clear_pointer (&self->pages, g_ptr_array_unref);
}

static void
page_chooser_on_clicked (WsiPageChooser *self)
{
  if (self->address == NULL)
    return;

  page_chooser_forget (self);
  gtk_widget_set_sensitive (self->button, FALSE);
  self->cancellable = g_cancellable_new ();
  wsi_browser_pages_list_async (self->address, self->cancellable, on_listed, g_object_ref (self));
}

static void
wsi_page_chooser_dispose (GObject *object)
{
  WsiPageChooser *self = WSI_PAGE_CHOOSER (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (wsi_page_chooser_parent_class)->dispose (object);
}

static void
wsi_page_chooser_finalize (GObject *object)
{
  WsiPageChooser *self = WSI_PAGE_CHOOSER (object);

  g_ptr_array_unref (self->rows);
  g_clear_pointer (&self->pages, g_ptr_array_unref);
  g_free (self->address);
  g_free (self->text);
  G_OBJECT_CLASS (wsi_page_chooser_parent_class)->finalize (object);
}

static void
wsi_page_chooser_class_init (WsiPageChooserClass *class)
{
  G_OBJECT_CLASS (class)->dispose = wsi_page_chooser_dispose;
  G_OBJECT_CLASS (class)->finalize = wsi_page_chooser_finalize;

  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1,
                                  G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
wsi_page_chooser_init (WsiPageChooser *self)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (self);

  self->rows = g_ptr_array_new ();
  self->button = gtk_button_new_with_mnemonic (_("_List Pages"));
  gtk_widget_set_tooltip_text (self->button, _("Ask the browser which pages are open"));
  gtk_widget_set_valign (self->button, GTK_ALIGN_CENTER);
  gtk_widget_set_sensitive (self->button, FALSE);
  gtk_widget_add_css_class (self->button, "flat");
  g_signal_connect_swapped (self->button, "clicked", G_CALLBACK (page_chooser_on_clicked), self);
  adw_preferences_group_set_title (group, _("Pages"));
  adw_preferences_group_set_description (group, _("Choose one to watch it alone"));
  adw_preferences_group_set_header_suffix (group, self->button);
}

void
wsi_page_chooser_set_address (WsiPageChooser *self,
                              const char     *address)
{
  if (g_strcmp0 (address, self->address) == 0)
    return;

  g_free (self->address);
  self->address = g_strdup (address);
  page_chooser_forget (self);
  gtk_widget_set_sensitive (self->button, address != NULL);
}

void
wsi_page_chooser_set_text (WsiPageChooser *self,
                           const char     *text)
{
  g_free (self->text);
  self->text = g_strdup (text);
  page_chooser_show_marks (self);
}
