/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/columns/wsi-shown-rows.h"
#include "ui/session/wsi-session-page-private.h"

#include <glib/gi18n.h>

#include "inspect/capture/wsi-row.h"
#include "inspect/decode/choosing/wsi-learner.h"
#include "inspect/show/sentences/wsi-sentence.h"
#include "inspect/store/wsi-store.h"
#include "ui/frames/wsi-status-bar.h"
#include "ui/parts/wsi-settings.h"
#include "ui/session/wsi-source-text.h"

#define LATEST_MS 500           /* between two latest handshakes */

enum
{
  PROP_0,
  PROP_SIDEBAR,
  PROP_DETAIL_BESIDE,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (WsiSessionPage, wsi_session_page, GTK_TYPE_WIDGET)

/* The one whose state is shown: the first; NULL = all were removed. */
static WsiSource *
get_source (WsiSessionPage * self)
{
  return wsi_session_get_n_sources (self->session) > 0 ? wsi_session_get_source (self->session, 0)
                                                       : NULL;
}

/* The last sentence, or the state; the list counts its rows itself. */
static void
show_status (WsiSessionPage *self)
{
  g_autofree char *last = wsi_sentence_translate (wsi_session_get_sentence (self->session));
  const char *sentence = wsi_session_is_paused (self->session) ? _("Not recording") : last;
  g_autofree char *numbered = NULL;

  if (sentence == NULL && get_source (self) != NULL)
    sentence = wsi_source_text_get_state (get_source (self));
  /* Other connections may be open. */
  numbered = wsi_source_text_dup_numbered (self->session, sentence);
  gtk_label_set_text (self->status, numbered);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->status), numbered);
  gtk_widget_set_visible (GTK_WIDGET (self->status), sentence != NULL);
}

static gboolean on_latest (gpointer page);

/* The latest handshake is shown until a row of another connection is selected.  A page about it is
 * large, and a user reads no more than some in a second. */
static void
on_handshake (WsiSessionPage *self)
{
  self->has_latest = TRUE;
  if (self->latest_tick != 0)
    return;

  self->has_latest = FALSE;
  self->latest_tick = g_timeout_add (LATEST_MS, on_latest, self);
  wsi_detail_set_conversation (self->detail, wsi_session_get_conversation (self->session));
}

static gboolean
on_latest (gpointer page)
{
  WsiSessionPage *self = page;

  self->latest_tick = 0;
  if (self->has_latest)
    on_handshake (self);
  return G_SOURCE_REMOVE;
}

/* After the first frame, the list stays visible. */
static void
on_appended (WsiSessionPage *self)
{
  gtk_stack_set_visible_child_name (self->list_stack, "frames");
  wsi_waiting_page_set_source (self->waiting_page, NULL);
}

static void
on_row_selected (WsiSessionPage *self)
{
  WsiRow *row = wsi_frame_list_get_row (self->frame_list);
  g_autoptr (WsiConversation) conversation = NULL;

  wsi_detail_set_row (self->detail, row);
  if (row == NULL || self->session == NULL)
    return;

  self->has_latest = FALSE;
  conversation = wsi_store_dup_conversation (wsi_session_get_store (self->session),
                                             wsi_row_get_conversation (row));
  wsi_detail_set_conversation (self->detail, conversation);
}

/* Only its rows are listed, and its handshake can be read before one of them is selected. */
static void
on_connection_selected (WsiSessionPage *self)
{
  guint32 number = wsi_sidebar_get_conversation (self->sidebar);
  g_autoptr (WsiConversation) conversation =
    number != 0 ? wsi_store_dup_conversation (wsi_session_get_store (self->session), number) : NULL;

  wsi_shown_rows_set_conversation (wsi_frame_list_get_rows (self->frame_list), number);
  wsi_session_charts_set_conversation (self, number);
  wsi_composer_set_conversation (self->composer, number);
  if (conversation == NULL)
    return;

  self->has_latest = FALSE;
  wsi_detail_set_conversation (self->detail, conversation);
}

static void
on_row_activated (WsiSessionPage *self)
{
  gtk_toggle_button_set_active (self->detail_button, TRUE);
}

/* A window without room hides its sidebar by itself, and shows it over the page for a while.  All
 * else was done by the user. */
static void
on_sidebar (WsiSessionPage *self)
{
  gboolean is_shown = adw_flap_get_reveal_flap (self->flap);

  if (!adw_flap_get_folded (self->flap) && is_shown != self->wants_sidebar)
    {
      self->wants_sidebar = is_shown;
      g_settings_set_boolean (self->settings, "sidebar", is_shown);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SIDEBAR]);
}

/* The flap would show it wherever there is room again. */
static void
on_folded (WsiSessionPage *self)
{
  adw_flap_set_reveal_flap (self->flap,
                            self->wants_sidebar && !adw_flap_get_folded (self->flap));
}

static void
set_detail_beside (WsiSessionPage *self,
                   const GValue   *value)
{
  GtkOrientation orientation = g_value_get_boolean (value) ? GTK_ORIENTATION_HORIZONTAL
                                                           : GTK_ORIENTATION_VERTICAL;

  if (gtk_orientable_get_orientation (GTK_ORIENTABLE (self->paned)) == orientation)
    return;

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->paned), orientation);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DETAIL_BESIDE]);
}

static void
wsi_session_page_set_property (GObject      *object,
                               guint         id,
                               const GValue *value,
                               GParamSpec   *param)
{
  WsiSessionPage *self = WSI_SESSION_PAGE (object);

  if (id == PROP_SIDEBAR)
    adw_flap_set_reveal_flap (self->flap, g_value_get_boolean (value));
  else
    set_detail_beside (self, value);
}

static void
wsi_session_page_get_property (GObject    *object,
                               guint       id,
                               GValue     *value,
                               GParamSpec *param)
{
  WsiSessionPage *self = WSI_SESSION_PAGE (object);

  if (id == PROP_SIDEBAR)
    g_value_set_boolean (value, adw_flap_get_reveal_flap (self->flap));
  else
    g_value_set_boolean (value, gtk_orientable_get_orientation (GTK_ORIENTABLE (self->paned)) ==
                         GTK_ORIENTATION_HORIZONTAL);
}

/* The view of a window is its own, and the next window begins with it; so does this one, with the
 * view that was chosen last in any window. */
void
wsi_session_page_take_last_view (WsiSessionPage *self)
{
  const GSettingsBindFlags flags = G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_GET_NO_CHANGES;

  wsi_frame_pane_bind_settings (self->frame_pane, self->settings);
  g_settings_bind (self->settings, "detail-position", self->paned, "position", flags);
  g_settings_bind (self->settings, "detail-beside", self, "detail-beside", flags);
  g_settings_bind (self->settings, "composer-expanded", self->composer, "expanded", flags);
  self->wants_sidebar = g_settings_get_boolean (self->settings, "sidebar");
  on_folded (self);
}

static void
drop_session (WsiSessionPage *self)
{
  if (self->session == NULL)
    return;

  g_clear_handle_id (&self->latest_tick, g_source_remove);
  self->has_latest = FALSE;
  g_signal_handlers_disconnect_by_data (wsi_session_get_store (self->session), self);
  g_signal_handlers_disconnect_by_data (self->session, self);
  wsi_session_charts_end (self);
  g_clear_object (&self->session);
}

static void
wsi_session_page_dispose (GObject *object)
{
  WsiSessionPage *self = WSI_SESSION_PAGE (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  drop_session (self);
  g_clear_object (&self->settings);
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_session_page_parent_class)->dispose (object);
}

static void
add_switch (GObjectClass *class,
            guint         id,
            const char   *name,
            gboolean      usual)
{
  properties[id] = g_param_spec_boolean (name, NULL, NULL, usual,
                                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY |
                                         G_PARAM_STATIC_STRINGS);
  g_object_class_install_property (class, id, properties[id]);
}

static void
wsi_session_page_class_init (WsiSessionPageClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = wsi_session_page_dispose;
  object_class->get_property = wsi_session_page_get_property;
  object_class->set_property = wsi_session_page_set_property;
  add_switch (object_class, PROP_SIDEBAR, "sidebar", TRUE);
  add_switch (object_class, PROP_DETAIL_BESIDE, "detail-beside", FALSE);

  g_type_ensure (WSI_TYPE_COMPOSER);
  g_type_ensure (WSI_TYPE_DETAIL);
  g_type_ensure (WSI_TYPE_FRAME_PANE);
  g_type_ensure (WSI_TYPE_PROBLEMS_PAGE);
  g_type_ensure (WSI_TYPE_SIDEBAR);
  g_type_ensure (WSI_TYPE_STATISTICS_PAGE);
  g_type_ensure (WSI_TYPE_TIMELINE_PAGE);
  g_type_ensure (WSI_TYPE_WAITING_PAGE);
  g_type_ensure (WSI_TYPE_WIDTH_BIN);
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/session/wsi-session-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, flap);
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, paned);
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, sidebar);
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, width);
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, views);
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, list_button);
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, detail_button);
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, list_stack);
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, waiting_page);
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, status);
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, composer);
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, frame_pane);
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, detail);
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, stack);
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, problems);
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, switcher_bar);
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, timeline_page);
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, statistics_page);
  gtk_widget_class_bind_template_child (widget_class, WsiSessionPage, problems_page);
  gtk_widget_class_bind_template_callback (widget_class, on_connection_selected);
  wsi_session_charts_bind (widget_class);
  wsi_session_views_bind (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_session_page_init (WsiSessionPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->settings = wsi_settings_new ();
  self->frame_list = wsi_frame_pane_get_list (self->frame_pane);
  wsi_detail_set_pane (self->detail, self->frame_pane);
  g_signal_connect_object (self->frame_list, "selected", G_CALLBACK (on_row_selected), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->frame_list, "changed", G_CALLBACK (wsi_session_charts_go_on), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->flap, "notify::reveal-flap", G_CALLBACK (on_sidebar), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->flap, "notify::folded", G_CALLBACK (on_folded), self,
                           G_CONNECT_SWAPPED);
  wsi_session_page_take_last_view (self);
  g_signal_connect_object (wsi_frame_list_get_view (self->frame_list), "activate",
                           G_CALLBACK (on_row_activated), self, G_CONNECT_SWAPPED);
}

/* session may be NULL: the page is empty then. */
void
wsi_session_page_set_session (WsiSessionPage *self,
                              WsiSession     *session)
{
  g_autoptr (WsiLearner) learner = NULL;
  WsiStore *store;

  drop_session (self);
  wsi_sidebar_set_session (self->sidebar, session);
  wsi_composer_set_session (self->composer, session);
  wsi_status_bar_set_session (wsi_frame_pane_get_status_bar (self->frame_pane), session);
  wsi_waiting_page_set_source (self->waiting_page, NULL);
  wsi_detail_set_row (self->detail, NULL);
  wsi_detail_set_conversation (self->detail, NULL);
  wsi_detail_set_learner (self->detail, NULL);
  if (session == NULL)
    {
      wsi_frame_list_set_store (self->frame_list, NULL);
      wsi_detail_set_store (self->detail, NULL);
      return;
    }

  self->session = g_object_ref (session);
  store = wsi_session_get_store (session);
  learner = wsi_learner_new (store);
  wsi_detail_set_store (self->detail, store);
  wsi_detail_set_learner (self->detail, learner);
  g_signal_connect_swapped (session, "changed", G_CALLBACK (show_status), self);
  g_signal_connect_swapped (session, "handshake", G_CALLBACK (on_handshake), self);
  g_signal_connect_swapped (store, "appended", G_CALLBACK (on_appended), self);

  wsi_session_charts_begin (self, learner);
  wsi_session_page_show_view (self, "frames");

  wsi_frame_list_set_store (self->frame_list, store);
  wsi_shown_rows_set_learner (wsi_frame_list_get_rows (self->frame_list), learner);
  wsi_detail_show_tab (self->detail, "handshake");
  gtk_stack_set_visible_child_name (self->list_stack, "waiting");
}

/* Until the first row comes. */
void
wsi_session_page_show_waiting (WsiSessionPage *self,
                               WsiSource      *source)
{
  wsi_waiting_page_set_source (self->waiting_page, source);
}

/* The selected row becomes the message that is written. */
void
wsi_session_page_compose_row (WsiSessionPage *self)
{
  WsiRow *row = wsi_frame_list_get_row (self->frame_list);

  if (row != NULL)
    wsi_composer_take_row (self->composer, row);
}

WsiFrameList *
wsi_session_page_get_frame_list (WsiSessionPage *self)
{
  return self->frame_list;
}

AdwViewStack *
wsi_session_page_get_stack (WsiSessionPage *self)
{
  return self->stack;
}

/* Below the page, where the header has no room for it. */
AdwViewSwitcherBar *
wsi_session_page_get_switcher_bar (WsiSessionPage *self)
{
  return self->switcher_bar;
}
