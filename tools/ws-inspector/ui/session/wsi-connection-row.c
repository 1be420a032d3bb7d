/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/session/wsi-connection-row.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "inspect/show/models/wsi-conversation-title.h"
#include "ui/parts/wsi-state-text.h"

struct _WsiConnectionRow
{
  GtkWidget        parent_instance;

  GtkLabel        *title, *state, *traffic;
  GtkWidget       *faults;
  WsiConversation *conversation;
  guint64          n_frames;    /* frames of the connection at the last update */
  gint64           updated_us;  /* time of the last update; 0 = never */
};

G_DEFINE_FINAL_TYPE (WsiConnectionRow, wsi_connection_row, GTK_TYPE_WIDGET)

static void
wsi_connection_row_dispose (GObject *object)
{
  WsiConnectionRow *self = WSI_CONNECTION_ROW (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  g_clear_object (&self->conversation);
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_connection_row_parent_class)->dispose (object);
}

static void
wsi_connection_row_class_init (WsiConnectionRowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_connection_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/session/wsi-connection-row.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiConnectionRow, title);
  gtk_widget_class_bind_template_child (widget_class, WsiConnectionRow, state);
  gtk_widget_class_bind_template_child (widget_class, WsiConnectionRow, traffic);
  gtk_widget_class_bind_template_child (widget_class, WsiConnectionRow, faults);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_connection_row_init (WsiConnectionRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
wsi_connection_row_new (void)
{
  return g_object_new (WSI_TYPE_CONNECTION_ROW, NULL);
}

static guint64
connection_row_count_frames (WsiConversation *conversation,
                             guint64          n_frames[2])
{
  for (guint i = 0; i < 2; i++)
    {
      WsiCounters counters;

      wsi_conversation_get_counters (conversation, i, &counters);
      n_frames[i] = counters.n_frames;
    }
  return n_frames[0] + n_frames[1];
}

/* Whether messages were recorded without their frames. */
static gboolean
has_messages_alone (WsiConversation *conversation)
{
  WsiCounters sent, received;

  wsi_conversation_get_counters (conversation, WSP_DIRECTION_SENT, &sent);
  wsi_conversation_get_counters (conversation, WSP_DIRECTION_RECEIVED, &received);
  return sent.n_unframed + received.n_unframed > 0;
}

/* The number of frames since the last update, in a second. */
static double
take_rate (WsiConnectionRow *self,
           guint64           n_frames)
{
  gint64 now = g_get_monotonic_time ();
  gint64 passed_us = self->updated_us != 0 ? now - self->updated_us : 0;
  guint64 n_new = n_frames - self->n_frames;

  self->n_frames = n_frames;
  self->updated_us = now;
  if (passed_us <= 0 || n_new == 0)
    return 0;

  return n_new * (double) G_USEC_PER_SEC / passed_us;
}

/* Describes a conversation in a sentence for a screen reader. */
char *
wsi_connection_row_describe (WsiConversation *conversation)
{
  g_autofree char *title = wsi_conversation_title_dup (conversation);
  g_autofree char *state = wsi_state_text_dup (conversation);
  guint n_faults = wsi_conversation_get_n_faults (conversation);
  guint64 n_frames[2];

  connection_row_count_frames (conversation, n_frames);
  if (has_messages_alone (conversation))
    return g_strdup_printf (_("Connection %s, %s, messages sent: %'" PRIu64 ", received: %'"
                              PRIu64), title, state, n_frames[WSP_DIRECTION_SENT],
                            n_frames[WSP_DIRECTION_RECEIVED]);
  if (n_faults > 0)
    return g_strdup_printf (_("Connection %s, %s, frames sent: %'" PRIu64 ", received: %'"
                              PRIu64 ", faults: %'u"), title, state,
                            n_frames[WSP_DIRECTION_SENT], n_frames[WSP_DIRECTION_RECEIVED],
                            n_faults);
  return g_strdup_printf (_("Connection %s, %s, frames sent: %'" PRIu64 ", received: %'" PRIu64),
                          title, state, n_frames[WSP_DIRECTION_SENT],
                          n_frames[WSP_DIRECTION_RECEIVED]);
}

/* The name is that of the item of the list.  From GTK 4.12 on it is bound before it has a
 * parent. */
static void
show_name (WsiConnectionRow *self)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));
  g_autofree char *name = wsi_connection_row_describe (self->conversation);

  gtk_accessible_update_property (GTK_ACCESSIBLE (parent != NULL ? parent : GTK_WIDGET (self)),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

void
wsi_connection_row_update (WsiConnectionRow *self)
{
  g_autofree char *title = NULL, *state = NULL, *traffic = NULL;
  guint64 n_frames[2], n_all;
  double rate;

  if (self->conversation == NULL)
    return;

  title = wsi_conversation_title_dup (self->conversation);
  state = wsi_state_text_dup (self->conversation);
  n_all = connection_row_count_frames (self->conversation, n_frames);
  rate = take_rate (self, n_all);
  if (wsi_conversation_get_ending (self->conversation) != WSI_ENDING_NONE)
    rate = 0;
  traffic = rate > 0
            /* Translators: frames sent and received, and frames a second. */
            ? g_strdup_printf (_("↑%'" PRIu64 " ↓%'" PRIu64 " · %.0f/s"),
                               n_frames[WSP_DIRECTION_SENT], n_frames[WSP_DIRECTION_RECEIVED],
                               rate)
            : g_strdup_printf ("↑%'" PRIu64 " ↓%'" PRIu64, n_frames[WSP_DIRECTION_SENT],
                               n_frames[WSP_DIRECTION_RECEIVED]);
  gtk_label_set_text (self->title, title);
  gtk_label_set_text (self->state, state);
  gtk_label_set_text (self->traffic, traffic);
  gtk_widget_set_visible (self->faults, wsi_conversation_get_n_faults (self->conversation) > 0);
  show_name (self);
}

/* Shows a conversation; NULL = none. */
void
wsi_connection_row_set_conversation (WsiConnectionRow *self,
                                     WsiConversation  *conversation)
{
  g_set_object (&self->conversation, conversation);
  self->updated_us = 0;
  wsi_connection_row_update (self);
}
