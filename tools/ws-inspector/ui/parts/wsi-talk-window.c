/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/parts/wsi-talk-window.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <inttypes.h>

#include "inspect/capture/wsi-row.h"
#include "inspect/decode/wsi-hex.h"
#include "inspect/decode/wsi-text.h"
#include "inspect/filter/wsi-filter.h"
#include "inspect/show/columns/wsi-frame-query.h"
#include "inspect/store/memory/wsi-bytes.h"
#include "inspect/store/wsi-record.h"
#include "ui/parts/wsi-text-window.h"

#define REFRESH_MS 200          /* time between two refreshes, which follow new frames only */
#define MAX_COPIED (4 * 1024 * 1024)    /* bytes of text that are copied */

/* State of a window, which has it as long as it lives. */
typedef struct
{
  GtkWindow     *window;
  WsiStore      *store;
  WsiFrameQuery *query;
  guint          timeout;
} Talk;

static void
talk_window_talk_free (gpointer data)
{
  Talk *talk = data;

  g_clear_handle_id (&talk->timeout, g_source_remove);
  g_signal_handlers_disconnect_by_data (talk->store, talk);
  g_signal_handlers_disconnect_by_data (talk->query, talk);
  wsi_frame_query_stop (talk->query);
  g_object_unref (talk->query);
  g_object_unref (talk->store);
  g_free (talk);
}

static GListModel *
talk_window_get_rows (Talk *talk)
{
  return G_LIST_MODEL (wsi_frame_query_get_model (talk->query));
}

static void
talk_window_show_count (Talk *talk)
{
  guint n = g_list_model_get_n_items (talk_window_get_rows (talk));
  g_autofree char *sentence =
    g_strdup_printf (ngettext ("%'u message; ↑ was sent, ↓ was received.",
                               "%'u messages; ↑ was sent, ↓ was received.", n), n);

  wsi_text_window_set_sentence (talk->window, sentence);
}

static gboolean
talk_window_on_timeout (gpointer data)
{
  Talk *talk = data;

  talk->timeout = 0;
  wsi_frame_query_advance (talk->query);
  talk_window_show_count (talk);
  return G_SOURCE_REMOVE;
}

static void
talk_window_on_news (Talk *talk)
{
  if (talk->timeout == 0)
    talk->timeout = g_timeout_add (REFRESH_MS, talk_window_on_timeout, talk);
}

static gboolean
is_sent (WsiRow *row)
{
  return wsi_row_get_record (row)->direction == WSP_DIRECTION_SENT;
}

/* The whole message of several frames; NULL: its payload was not kept. */
static GBytes *
dup_message (WsiRow *row)
{
  const WsiRecord *record = wsi_row_get_record (row);

  return (record->flags & WSI_RECORD_FRAGMENT) != 0
         ? wsi_store_dup_message (wsi_row_get_store (row), record->message, WSI_TALK_MAX_SHOWN)
         : wsi_row_dup_payload (row, WSI_TALK_MAX_SHOWN);
}

static guint64
talk_window_get_length (WsiRow *row)
{
  const WsiRecord *record = wsi_row_get_record (row);
  WsiMessageInfo info;

  return (record->flags & WSI_RECORD_FRAGMENT) != 0 &&
         wsi_store_get_message (wsi_row_get_store (row), record->message, &info)
         ? info.length : wsi_record_get_length (record);
}

static char *
print_row (WsiRow *row)
{
  GString *text = g_string_new (is_sent (row) ? "↑ " : "↓ ");
  g_autoptr (GBytes) bytes = dup_message (row);
  guint64 total = talk_window_get_length (row);
  gsize length = 0;
  const char *at = bytes != NULL ? wsi_bytes_get_data (bytes, &length) : "";
  gboolean is_text = wsi_row_get_record (row)->message_opcode == 1;

  if (bytes == NULL)
    g_string_append (text, _("[payload not stored]"));
  else if (is_text)
    wsi_text_append_escaped (text, at, length, WSI_TALK_MAX_SHOWN, WSI_CHARSET_UTF8);
  else
    wsi_hex_append (text, (const guint8 *) at, length, length);
  if (bytes != NULL && length < total)
    g_string_append_printf (text, ngettext (" [%'" PRIu64 " byte in all]",
                                            " [%'" PRIu64 " bytes in all]",
                                            MIN (total, G_MAXINT)), total);
  return g_string_free (text, FALSE);
}

static void
talk_window_on_bind (GtkSignalListItemFactory *factory,
                     GtkListItem              *item,
                     gpointer                  data)
{
  GtkWidget *label = gtk_list_item_get_child (item);
  WsiRow *row = gtk_list_item_get_item (item);
  g_autofree char *text = print_row (row);
  g_autofree char *sentence = g_strdup_printf (is_sent (row) ? _("Sent: %s") : _("Received: %s"),
                                               text + strlen ("↑ "));

  gtk_label_set_text (GTK_LABEL (label), text);
  wsi_text_window_set_class (label, "line-sent", is_sent (row) ? WSI_CLASS_ON : WSI_CLASS_OFF);
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (label)),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, sentence, -1);
}

static char *
talk_window_dup_text (Talk *talk)
{
  GListModel *rows = talk_window_get_rows (talk);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (WsiRow) row = g_list_model_get_item (rows, i);
      g_autofree char *line = print_row (row);

      if (text->len + strlen (line) > MAX_COPIED)
        {
          guint n_more = g_list_model_get_n_items (rows) - i;

          g_string_append_printf (text, ngettext ("[%'u more message]\n", "[%'u more messages]\n",
                                                  n_more), n_more);
          break;
        }
      g_string_append_printf (text, "%s\n", line);
    }
  return g_string_free (text, FALSE);
}

static void
on_copy (Talk *talk)
{
  g_autofree char *text = talk_window_dup_text (talk);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (talk->window)), text);
}

GtkWindow *
wsi_talk_window_new (GtkWindow *parent,
                     WsiStore  *store,
                     guint32    conversation)
{
  g_autofree char *title = g_strdup_printf (_("Conversation #%u"), conversation);
  g_autofree char *wanted = g_strdup_printf (
    "conn == %u and type in {text, binary, cont} and (not fragment == yes or fin == yes)",
    conversation);
  g_autoptr (WsiFilter) filter = wsi_filter_new (wanted, NULL);
  GtkWindow *window = wsi_text_window_new (parent, title);
  GtkWidget *copy = gtk_button_new_with_mnemonic (_("_Copy"));
  Talk *talk = g_new0 (Talk, 1);

  talk->window = window;
  talk->store = g_object_ref (store);
  talk->query = wsi_frame_query_new (store, filter, NULL);
  g_object_set_data_full (G_OBJECT (window), "wsi-talk", talk, talk_window_talk_free);
  g_signal_connect_swapped (store, "appended", G_CALLBACK (talk_window_on_news), talk);
  g_signal_connect_swapped (talk->query, "found", G_CALLBACK (talk_window_on_news), talk);
  g_signal_connect_swapped (copy, "clicked", G_CALLBACK (on_copy), talk);
  wsi_text_window_add_button (window, copy);
  wsi_text_window_set_lines (window, g_object_ref (talk_window_get_rows (talk)),
                             talk_window_on_bind,
                             NULL, _("Messages of both sides"));
  talk_window_show_count (talk);
  return window;
}
