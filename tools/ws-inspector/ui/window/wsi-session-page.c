/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/window/wsi-session-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "ui/bars/wsi-frame-pane.h"
#include "ui/charts/wsi-problems-page.h"
#include "ui/charts/wsi-statistics-page.h"
#include "ui/charts/wsi-timeline-page.h"
#include "ui/parts/wsi-settings.h"
#include "ui/parts/wsi-width-bin.h"
#include "ui/sidebar/wsi-sidebar.h"
#include "ui/sidebar/wsi-source-text.h"
#include "ui/start/wsi-waiting-page.h"

struct _WsiSessionPage
{
  GtkWidget      parent_instance;

  AdwFlap       *flap;
  GtkPaned      *paned;
  WsiSidebar    *sidebar;
  WsiWidthBin   *width;
  GtkWidget     *views;         /* to choose between list and details, where only one fits */
  GtkToggleButton *list_button, *detail_button;
  GtkStack      *list_stack;
  WsiWaitingPage *waiting_page;
  GtkLabel      *status;
  WsiComposer   *composer;
  WsiFramePane  *frame_pane;
  WsiFrameList  *frame_list;    /* in it */
  WsiDetail     *detail;
  AdwViewStack  *stack;
  AdwViewStackPage *problems;
  AdwViewSwitcherBar *switcher_bar;
  WsiTimelinePage *timeline_page;
  WsiStatisticsPage *statistics_page;
  WsiProblemsPage *problems_page;
  WsiSession    *session;       /* NULL = none */
  WsiChartFeed  *feed;          /* of the session */
  guint64        wanted_row;    /* plus one; 0 = none waits for the filter */
  GSettings     *settings;
};

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
  const char *sentence = wsi_session_is_paused (self->session)
                         ? _("Not recording") : wsi_session_get_sentence (self->session);

  if (sentence == NULL && get_source (self) != NULL)
    sentence = wsi_source_text_get_state (get_source (self));
  gtk_label_set_text (self->status, sentence != NULL ? sentence : "");
  gtk_widget_set_visible (GTK_WIDGET (self->status), sentence != NULL);
}

/* The latest handshake is shown until a row of another connection is selected. */
static void
on_handshake (WsiSessionPage *self)
{
  wsi_detail_set_conversation (self->detail, wsi_session_get_conversation (self->session));
}

/* After the first frame, the list stays visible. */
static void
on_appended (WsiSessionPage *self)
{
  gtk_stack_set_visible_child_name (self->list_stack, "frames");
  wsi_waiting_page_set_source (self->waiting_page, NULL);
}

/* "frames", "timeline", "statistics" or "problems". */
void
wsi_session_page_show_view (WsiSessionPage *self,
                            const char     *name)
{
  adw_view_stack_set_visible_child_name (self->stack, name);
}

/* To the page that is shown, for keys. */
static void
focus_view (WsiSessionPage *self)
{
  if (g_str_equal (adw_view_stack_get_visible_child_name (self->stack), "frames"))
    gtk_widget_grab_focus (GTK_WIDGET (wsi_frame_list_get_view (self->frame_list)));
  else
    gtk_widget_grab_focus (adw_view_stack_get_visible_child (self->stack));
}

static void
on_row_selected (WsiSessionPage *self)
{
  WsiRow *row = wsi_frame_list_get_row (self->frame_list);
  g_autoptr (WsiConversation) conversation = NULL;

  wsi_detail_set_row (self->detail, row);
  if (row == NULL || self->session == NULL)
    return;

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

  wsi_frame_list_set_conversation (self->frame_list, number);
  if (self->feed != NULL)
    {
      wsi_timeline_set_conversation (wsi_chart_feed_get_timeline (self->feed), number);
      wsi_chart_feed_refresh (self->feed);
    }
  wsi_composer_set_conversation (self->composer, number);
  if (conversation != NULL)
    wsi_detail_set_conversation (self->detail, conversation);
}

/* The badge has the number of rows with a problem. */
static void
on_feed_changed (WsiSessionPage *self)
{
  guint64 n = wsi_problems_get_n_rows (wsi_chart_feed_get_problems (self->feed));

  adw_view_stack_page_set_badge_number (self->problems, MIN (n, G_MAXUINT));
  adw_view_stack_page_set_needs_attention (self->problems, n > 0);
}

/* In microseconds since the first row; from after to: any time. */
static void
on_time_selected (WsiSessionPage *self,
                  gint64          from_us,
                  gint64          to_us)
{
  g_autofree char *filter = wsi_list_filter_set_time (wsi_frame_list_get_filter (self->frame_list),
                                                      from_us, to_us);

  gtk_widget_activate_action (GTK_WIDGET (self->frame_pane), "frames.apply-filter", "s",
                              filter != NULL ? filter : "");
}

static void
on_filter_on (WsiSessionPage *self,
              const char     *filter)
{
  gtk_widget_activate_action (GTK_WIDGET (self->frame_pane), "frames.apply-filter", "s", filter);
  wsi_session_page_show_view (self, "frames");
}

/* Whether the row, or the message that it is part of, is selected now. */
static gboolean
go_to (WsiSessionPage *self,
       guint64         number)
{
  WsiStore *store = wsi_session_get_store (self->session);
  const WsiRecord *wanted = wsi_store_get_record (store, number);
  WsiRow *row;

  if (!wsi_frame_list_go_to (self->frame_list, number))
    return FALSE;

  row = wsi_frame_list_get_row (self->frame_list);
  return row != NULL && (wsi_row_get_number (row) == number ||
                         (wanted != NULL && wanted->message != 0 &&
                          wsi_row_get_record (row)->message == wanted->message));
}

/* A row that was hidden is gone to once the list has all rows. */
static void
on_list_changed (WsiSessionPage *self)
{
  WsiListCounts counts;

  if (self->wanted_row == 0)
    return;

  wsi_frame_list_get_counts (self->frame_list, &counts);
  if (go_to (self, self->wanted_row - 1) || counts.n_tested >= counts.n_rows)
    self->wanted_row = 0;
}

/* Filters that hide it are taken away. */
static void
on_problem_chosen (WsiSessionPage *self,
                   guint64         number)
{
  wsi_session_page_show_view (self, "frames");
  if (go_to (self, number))
    return;

  wsi_sidebar_show_all (self->sidebar);
  gtk_widget_activate_action (GTK_WIDGET (self->frame_list), "frames.show-all", NULL);
  self->wanted_row = number + 1;
  on_list_changed (self);
}

/* A narrow page shows the list or the details. */
static void
on_view_changed (WsiSessionPage *self)
{
  gboolean is_narrow = wsi_width_bin_is_narrow (self->width);
  gboolean is_list = gtk_toggle_button_get_active (self->list_button);

  gtk_widget_set_visible (self->views, is_narrow);
  gtk_widget_set_visible (GTK_WIDGET (self->list_stack), !is_narrow || is_list);
  gtk_widget_set_visible (GTK_WIDGET (self->detail), !is_narrow || !is_list);
}

static void
on_row_activated (WsiSessionPage *self)
{
  gtk_toggle_button_set_active (self->detail_button, TRUE);
}

static void
on_detail_beside_changed (WsiSessionPage *self)
{
  gboolean is_beside = g_settings_get_boolean (self->settings, "detail-beside");

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->paned),
                                  is_beside ? GTK_ORIENTATION_HORIZONTAL
                                            : GTK_ORIENTATION_VERTICAL);
}

static void
show_charts_of (WsiSessionPage *self,
                WsiChartFeed   *feed)
{
  g_set_object (&self->feed, feed);
  wsi_timeline_page_set_feed (self->timeline_page, feed);
  wsi_statistics_page_set_feed (self->statistics_page, feed);
  wsi_problems_page_set_feed (self->problems_page, feed);
}

static void
drop_session (WsiSessionPage *self)
{
  if (self->session == NULL)
    return;

  g_signal_handlers_disconnect_by_data (wsi_session_get_store (self->session), self);
  g_signal_handlers_disconnect_by_data (self->session, self);
  g_signal_handlers_disconnect_by_data (self->feed, self);
  show_charts_of (self, NULL);
  self->wanted_row = 0;
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
wsi_session_page_class_init (WsiSessionPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_session_page_dispose;

  g_type_ensure (WSI_TYPE_COMPOSER);
  g_type_ensure (WSI_TYPE_DETAIL);
  g_type_ensure (WSI_TYPE_FRAME_PANE);
  g_type_ensure (WSI_TYPE_PROBLEMS_PAGE);
  g_type_ensure (WSI_TYPE_SIDEBAR);
  g_type_ensure (WSI_TYPE_STATISTICS_PAGE);
  g_type_ensure (WSI_TYPE_TIMELINE_PAGE);
  g_type_ensure (WSI_TYPE_WAITING_PAGE);
  g_type_ensure (WSI_TYPE_WIDTH_BIN);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/wsproto/inspector/window/wsi-session-page.ui");
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
  gtk_widget_class_bind_template_callback (widget_class, on_filter_on);
  gtk_widget_class_bind_template_callback (widget_class, on_problem_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_time_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_view_changed);
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
  g_signal_connect_object (self->frame_list, "changed", G_CALLBACK (on_list_changed), self,
                           G_CONNECT_SWAPPED);
  wsi_frame_pane_bind_settings (self->frame_pane, self->settings);
  g_settings_bind (self->settings, "detail-position", self->paned, "position",
                   G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_GET_NO_CHANGES);
  g_settings_bind (self->settings, "composer-expanded", self->composer, "expanded",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "sidebar", self->flap, "reveal-flap", G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (self->settings, "changed::detail-beside",
                           G_CALLBACK (on_detail_beside_changed), self, G_CONNECT_SWAPPED);
  on_detail_beside_changed (self);
  g_signal_connect_object (wsi_frame_list_get_view (self->frame_list), "activate",
                           G_CALLBACK (on_row_activated), self, G_CONNECT_SWAPPED);
}

/* session may be NULL: the page is empty then. */
void
wsi_session_page_set_session (WsiSessionPage *self,
                              WsiSession     *session)
{
  g_autoptr (WsiLearner) learner = NULL;
  g_autoptr (WsiChartFeed) feed = NULL;
  WsiStore *store;

  drop_session (self);
  wsi_sidebar_set_session (self->sidebar, session);
  wsi_composer_set_session (self->composer, session);
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

  feed = wsi_chart_feed_new (store);
  g_signal_connect_swapped (feed, "changed", G_CALLBACK (on_feed_changed), self);
  g_signal_connect_object (learner, "learned", G_CALLBACK (wsi_chart_feed_look_again), feed,
                           G_CONNECT_SWAPPED);
  show_charts_of (self, feed);
  on_feed_changed (self);
  wsi_session_page_show_view (self, "frames");

  wsi_frame_list_set_store (self->frame_list, store);
  wsi_frame_list_set_learner (self->frame_list, learner);
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

/* To where a user begins: the line to send from, else the list. */
void
wsi_session_page_focus (WsiSessionPage *self)
{
  if (wsi_composer_may_write (self->composer))
    wsi_composer_focus (self->composer);
  else
    gtk_widget_grab_focus (GTK_WIDGET (wsi_frame_list_get_view (self->frame_list)));
}

/* From sidebar to filter to list to details to the line to send from, and around. */
void
wsi_session_page_focus_next (WsiSessionPage  *self,
                             GtkDirectionType direction)
{
  GtkWidget *parts[] = {
    GTK_WIDGET (self->sidebar),
    GTK_WIDGET (wsi_frame_pane_get_filter_bar (self->frame_pane)),
    GTK_WIDGET (self->frame_list),
    GTK_WIDGET (self->detail),
    GTK_WIDGET (self->timeline_page),
    GTK_WIDGET (self->statistics_page),
    GTK_WIDGET (self->problems_page),
    GTK_WIDGET (self->composer),
  };
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  const guint step = direction == GTK_DIR_TAB_FORWARD ? 1 : G_N_ELEMENTS (parts) - 1;
  guint at = 0;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (focus != NULL && (focus == parts[i] || gtk_widget_is_ancestor (focus, parts[i])))
      at = i;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      at = (at + step) % G_N_ELEMENTS (parts);
      if (gtk_widget_get_mapped (parts[at]) && gtk_widget_child_focus (parts[at],
                                                                       GTK_DIR_TAB_FORWARD))
        return;
    }
}

/* The selected row becomes the message that is written. */
void
wsi_session_page_compose_row (WsiSessionPage *self)
{
  WsiRow *row = wsi_frame_list_get_row (self->frame_list);

  if (row != NULL)
    wsi_composer_take_row (self->composer, row);
}

WsiComposer *
wsi_session_page_get_composer (WsiSessionPage *self)
{
  return self->composer;
}

WsiFrameList *
wsi_session_page_get_frame_list (WsiSessionPage *self)
{
  return self->frame_list;
}

WsiDetail *
wsi_session_page_get_detail (WsiSessionPage *self)
{
  return self->detail;
}

/* For keys: the page has the focus, too. */
void
wsi_session_page_go_to_view (WsiSessionPage *self,
                             const char     *name)
{
  wsi_session_page_show_view (self, name);
  focus_view (self);
}

/* A tab of the details; a narrow page has the details instead of the list then. */
void
wsi_session_page_show_tab (WsiSessionPage *self,
                           const char     *name)
{
  wsi_session_page_show_view (self, "frames");
  wsi_detail_show_tab (self->detail, name);
  gtk_toggle_button_set_active (self->detail_button, TRUE);
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
