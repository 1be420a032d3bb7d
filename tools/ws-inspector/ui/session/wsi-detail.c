/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/session/wsi-detail.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <string.h>

#include "inspect/capture/wsi-row.h"
#include "inspect/decode/choosing/wsi-learner.h"
#include "inspect/filter/grammar/wsi-lexer.h"
#include "inspect/show/columns/wsi-row-column.h"
#include "inspect/show/columns/wsi-shown-rows.h"
#include "inspect/show/models/wsi-conversation-title.h"
#include "inspect/store/wsi-record.h"
#include "ui/frames/wsi-frame-list.h"
#include "ui/frames/wsi-row-notes.h"

/* Pages about the connection, not about the row. */
typedef enum
{
  PAGE_HANDSHAKE,
  PAGE_CONNECTION,
  N_CONVERSATION_PAGES,
} ConversationPage;

struct _WsiDetail
{
  GtkWidget         parent_instance;

  AdwViewStack      *tabs;
  GtkWidget         *close_button;
  GtkLabel          *title;     /* label with the number of the connection */
  WsiRowNotes       *notes;
  WsiMessagePage    *message_page;
  WsiFramePage      *frame_page;
  WsiHandshakePage  *handshake_page;
  WsiConnectionPage *connection_page;
  WsiFramePane      *pane;      /* pane of the frames; NULL = none yet */
  WsiStore          *store;     /* store of the session; NULL: there is no session */
  WsiLearner        *learner;   /* learner of the session; NULL = none */
  gboolean           has_shown_frame;
  WsiConversation   *conversation;      /* conversation to show in seen pages; NULL = none */
  gboolean           is_due[N_CONVERSATION_PAGES];
  guint              tick;      /* tick that fills the visible page; 0 = it is filled */
};

enum
{
  REDACTION_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiDetail, wsi_detail, GTK_TYPE_WIDGET)

static WsiFrameList *
detail_get_list (WsiDetail * self)
{
  return wsi_frame_pane_get_list (self->pane);
}

static void
detail_on_show_column (WsiDetail  *self,
                       const char *path,
                       const char *value)
{
  gtk_widget_activate_action (GTK_WIDGET (detail_get_list (self)), "frames.add-column", "s", path);
}

/* Makes a term with the value of the selected row: with quotes only where it is a text. */
static char *
detail_make_term (WsiDetail  *self,
                  const char *path,
                  const char *value)
{
  WsiFrameList *list = detail_get_list (self);
  WsiRow *row = wsi_frame_list_get_row (list);
  WsiRowFormat *format = wsi_shown_rows_get_format (wsi_frame_list_get_rows (list));
  g_autoptr (WsiRowColumn) column = wsi_row_column_new (path);
  g_autofree char *quoted = value != NULL ? wsi_lexer_quote (value, strlen (value)) : NULL;
  char *term = column != NULL && row != NULL
               ? wsi_row_column_make_term (column, format, row) : NULL;

  if (term != NULL)
    return term;

  return quoted != NULL ? g_strdup_printf ("%s == %s", path, quoted) : g_strdup (path);
}

static void
detail_on_filter_on (WsiDetail  *self,
                     const char *path,
                     const char *value)
{
  g_autofree char *term = detail_make_term (self, path, value);

  gtk_widget_activate_action (GTK_WIDGET (detail_get_list (self)), "frames.only", "s", term);
}

static void
on_tag_filter (WsiDetail  *self,
               const char *name,
               const char *value)
{
  g_autofree char *quoted = wsi_lexer_quote (value, strlen (value));
  g_autofree char *term = g_strdup_printf ("%s == %s", name, quoted);

  gtk_widget_activate_action (GTK_WIDGET (detail_get_list (self)), "frames.only", "s", term);
}

static void
on_edit_tags (WsiDetail *self)
{
  gtk_widget_activate_action (GTK_WIDGET (detail_get_list (self)), "frames.tags", NULL);
}

static void
detail_on_go_to (WsiDetail *self,
                 guint64    number)
{
  WsiRow *row = NULL;

  if (wsi_frame_list_go_to (detail_get_list (self), number))
    row = wsi_frame_list_get_row (detail_get_list (self));
  if (row == NULL || wsi_row_get_number (row) != number)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s",
                                _("The list does not show this row: it is filtered out or gone"));
}

/* The records of the connection are learned anew, by that decoder. */
static void
detail_on_decoder_chosen (WsiDetail *self)
{
  if (self->learner == NULL)
    return;

  wsi_learner_restart (self->learner);
  wsi_shown_rows_decode_anew (wsi_frame_list_get_rows (detail_get_list (self)));
}

/* Shows which connection a page is about: the selected row may be of another one than the row
 * before. */
static void
detail_show_title (WsiDetail *self)
{
  const char *tab = adw_view_stack_get_visible_child_name (self->tabs);
  gboolean is_seen = self->conversation != NULL &&
                     (g_strcmp0 (tab, "handshake") == 0 || g_strcmp0 (tab, "connection") == 0);
  g_autofree char *title = is_seen ? wsi_conversation_title_dup (self->conversation) : NULL;

  gtk_label_set_text (self->title, title != NULL ? title : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), title);
  gtk_widget_set_visible (GTK_WIDGET (self->title), is_seen);
}

static GtkWidget *
get_page (WsiDetail       *self,
          ConversationPage page)
{
  switch (page)
    {
    case PAGE_HANDSHAKE:
      return GTK_WIDGET (self->handshake_page);
    case PAGE_CONNECTION:
      return GTK_WIDGET (self->connection_page);
    case N_CONVERSATION_PAGES:
      break;
    }

  g_assert_not_reached ();
}

static void
detail_show (WsiDetail       *self,
             ConversationPage page,
             WsiConversation *conversation)
{
  switch (page)
    {
    case PAGE_HANDSHAKE:
      wsi_handshake_page_set_conversation (self->handshake_page, self->store, conversation);
      return;
    case PAGE_CONNECTION:
      wsi_connection_page_set_conversation (self->connection_page, self->store, conversation);
      return;
    case N_CONVERSATION_PAGES:
      break;
    }

  g_assert_not_reached ();
}

/* Fills the pages that are seen. */
static void
fill_due (WsiDetail *self)
{
  for (guint i = 0; i < N_CONVERSATION_PAGES; i++)
    if (self->is_due[i] && gtk_widget_get_mapped (get_page (self, i)))
      {
        self->is_due[i] = FALSE;
        detail_show (self, i, self->conversation);
      }
}

static gboolean
detail_on_tick (GtkWidget     *widget,
                GdkFrameClock *clock,
                gpointer       none)
{
  WsiDetail *self = WSI_DETAIL (widget);

  self->tick = 0;
  fill_due (self);
  return G_SOURCE_REMOVE;
}

/* Fills pages at the next frame of the clock, with one of the connections that have come since the
 * last one. */
static void
fill_soon (WsiDetail *self)
{
  if (self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), detail_on_tick, NULL, NULL);
}

/* Sets the conversation.  A page that is not seen follows no other one meanwhile.  Without a
 * conversation the session may go, too: all pages are empty at once. */
void
wsi_detail_set_conversation (WsiDetail       *self,
                             WsiConversation *conversation)
{
  gboolean is_other = g_set_object (&self->conversation, conversation);

  detail_show_title (self);
  for (guint i = 0; i < N_CONVERSATION_PAGES; i++)
    {
      gboolean is_seen = conversation != NULL && gtk_widget_get_mapped (get_page (self, i));

      if (is_seen)
        fill_soon (self);
      else if (conversation == NULL || (is_other && !self->is_due[i]))
        detail_show (self, i, NULL);
      self->is_due[i] = conversation != NULL;
    }
}

WsiRedaction
wsi_detail_get_redaction (WsiDetail *self)
{
  GtkToggleButton *button = wsi_handshake_page_get_secrets_button (self->handshake_page);

  return gtk_toggle_button_get_active (button) ? WSI_REDACTION_NONE : WSI_REDACTION_DEFAULT;
}

static void
on_secrets (WsiDetail *self)
{
  wsi_message_page_set_redaction (self->message_page, wsi_detail_get_redaction (self));
  g_signal_emit (self, signals[REDACTION_CHANGED], 0);
}

static void
wsi_detail_dispose (GObject *object)
{
  WsiDetail *self = WSI_DETAIL (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));

  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  g_clear_object (&self->conversation);
  g_clear_object (&self->store);
  g_clear_object (&self->learner);
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_detail_parent_class)->dispose (object);
}

static void
wsi_detail_class_init (WsiDetailClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_detail_dispose;
  signals[REDACTION_CHANGED] = g_signal_new ("redaction-changed", G_TYPE_FROM_CLASS (class),
                                             G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                             0);

  g_type_ensure (WSI_TYPE_CONNECTION_PAGE);
  g_type_ensure (WSI_TYPE_FRAME_PAGE);
  g_type_ensure (WSI_TYPE_HANDSHAKE_PAGE);
  g_type_ensure (WSI_TYPE_MESSAGE_PAGE);
  g_type_ensure (WSI_TYPE_ROW_NOTES);
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/session/wsi-detail.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiDetail, tabs);
  gtk_widget_class_bind_template_child (widget_class, WsiDetail, title);
  gtk_widget_class_bind_template_child (widget_class, WsiDetail, close_button);
  gtk_widget_class_bind_template_child (widget_class, WsiDetail, notes);
  gtk_widget_class_bind_template_child (widget_class, WsiDetail, message_page);
  gtk_widget_class_bind_template_child (widget_class, WsiDetail, frame_page);
  gtk_widget_class_bind_template_child (widget_class, WsiDetail, handshake_page);
  gtk_widget_class_bind_template_child (widget_class, WsiDetail, connection_page);
  gtk_widget_class_bind_template_callback (widget_class, detail_on_show_column);
  gtk_widget_class_bind_template_callback (widget_class, detail_on_filter_on);
  gtk_widget_class_bind_template_callback (widget_class, on_tag_filter);
  gtk_widget_class_bind_template_callback (widget_class, on_edit_tags);
  gtk_widget_class_bind_template_callback (widget_class, detail_on_go_to);
  gtk_widget_class_bind_template_callback (widget_class, detail_on_decoder_chosen);
  gtk_widget_class_bind_template_callback (widget_class, detail_show_title);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_detail_init (WsiDetail *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < N_CONVERSATION_PAGES; i++)
    g_signal_connect_object (get_page (self, i), "map", G_CALLBACK (fill_due), self,
                             G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (wsi_handshake_page_get_secrets_button (self->handshake_page), "toggled",
                           G_CALLBACK (on_secrets), self, G_CONNECT_SWAPPED);
  g_object_bind_property (wsi_handshake_page_get_secrets_button (self->handshake_page), "active",
                          wsi_connection_page_get_secrets_button (self->connection_page), "active",
                          G_BINDING_BIDIRECTIONAL);
}

/* The conversations that follow are in this store; NULL = none follow.  The secrets of another
 * session are hidden until the user asks for them. */
void
wsi_detail_set_store (WsiDetail *self,
                      WsiStore  *store)
{
  if (!g_set_object (&self->store, store))
    return;

  gtk_toggle_button_set_active (wsi_handshake_page_get_secrets_button (self->handshake_page),
                                FALSE);
}

void
wsi_detail_set_closable (WsiDetail *self,
                         gboolean   is_closable)
{
  gtk_widget_set_visible (self->close_button, is_closable);
}

static void
detail_on_search_changed (WsiDetail *self)
{
  wsi_message_page_set_search (self->message_page,
                               wsi_frame_list_get_search (detail_get_list (self)));
}

void
wsi_detail_set_pane (WsiDetail    *self,
                     WsiFramePane *pane)
{
  self->pane = pane;
  g_signal_connect_object (detail_get_list (self), "search-changed",
                           G_CALLBACK (detail_on_search_changed), self,
                           G_CONNECT_SWAPPED);
}

void
wsi_detail_set_learner (WsiDetail  *self,
                        WsiLearner *learner)
{
  g_set_object (&self->learner, learner);
  wsi_message_page_set_learner (self->message_page, learner);
}

/* The learner.  NULL: there is none. */
WsiLearner *
wsi_detail_get_learner (WsiDetail *self)
{
  return self->learner;
}

static gboolean
detail_is_frame (WsiRow *row)
{
  return row != NULL && wsi_record_is_frame (wsi_row_get_record (row));
}

void
wsi_detail_refresh (WsiDetail *self)
{
  detail_show_title (self);
  gtk_toggle_button_toggled (wsi_handshake_page_get_secrets_button (self->handshake_page));
  gtk_toggle_button_toggled (wsi_connection_page_get_secrets_button (self->connection_page));
}

/* row may be NULL.  The first one with a frame shows its message in place of the handshake; later,
 * and for events, the tab is the user's choice. */
void
wsi_detail_set_row (WsiDetail *self,
                    WsiRow    *row)
{
  const char *tab = adw_view_stack_get_visible_child_name (self->tabs);

  if (!self->has_shown_frame && detail_is_frame (row) && g_strcmp0 (tab, "handshake") == 0)
    wsi_detail_show_tab (self, "message");
  self->has_shown_frame = row != NULL && (self->has_shown_frame || detail_is_frame (row));
  wsi_row_notes_set_row (self->notes, row);
  wsi_message_page_set_row (self->message_page, row);
  wsi_frame_page_set_row (self->frame_page, row);
}

/* Shows a tab: "message", "frame", "handshake" or "connection". */
void
wsi_detail_show_tab (WsiDetail  *self,
                     const char *name)
{
  adw_view_stack_set_visible_child_name (self->tabs, name);
}
