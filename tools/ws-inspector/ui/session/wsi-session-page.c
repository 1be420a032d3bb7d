/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/session/wsi-session-page.h"

#include <glib/gi18n.h>

#include "inspect/capture/wsi-row.h"
#include "inspect/show/charts/wsi-chart-feed.h"
#include "inspect/show/columns/wsi-list-filter.h"
#include "inspect/show/columns/wsi-shown-rows.h"
#include "inspect/show/sample/wsi-sample.h"
#include "inspect/show/verdicts/wsi-problems.h"
#include "inspect/show/wsi-shown-session.h"
#include "inspect/show/wsi-trail.h"
#include "inspect/sources/wsi-source.h"
#include "inspect/store/wsi-store.h"
#include "ui/charts/wsi-problems-page.h"
#include "ui/charts/wsi-statistics-page.h"
#include "ui/charts/wsi-timeline-page.h"
#include "ui/frames/wsi-filter-bar.h"
#include "ui/parts/wsi-settings.h"
#include "ui/parts/wsi-split.h"
#include "ui/session/wsi-list-page.h"
#include "ui/session/wsi-sidebar.h"
#include "ui/session/wsi-status-bar.h"

struct _WsiSessionPage
{
  GtkWidget           parent_instance;

  AdwFlap            *flap;
  WsiSidebar         *sidebar;
  WsiStatusBar       *status_bar;
  AdwViewStack       *stack;
  WsiListPage      *frames_page;
  AdwViewStackPage   *problems;
  AdwViewSwitcherBar *switcher_bar;
  WsiTimelinePage    *timeline_page;
  WsiStatisticsPage  *statistics_page;
  WsiProblemsPage    *problems_page;
  WsiShownSession    *shown;    /* session as it is shown; NULL = there is no session */
  WsiTrail           *trail;
  gboolean            is_jumping;       /* a jump is under way, whose origin was noted */
  WsiSession         *session;  /* session of the page; NULL = there is no session */
  GSignalGroup       *of_store;
  GSettings          *settings;
  gboolean            wants_sidebar;    /* the user wants the sidebar, where there is room */
  gboolean            has_chosen_sidebar;       /* the user has shown or hidden the sidebar, in this
                                                 * window or an earlier one */
};

enum
{
  PROP_0,
  PROP_SIDEBAR,
  PROP_ARRANGEMENT,
  PROP_DETAILS,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (WsiSessionPage, wsi_session_page, GTK_TYPE_WIDGET)

static WsiFrameList *
session_page_get_list (WsiSessionPage * self)
{
  return wsi_list_page_get_list (self->frames_page);
}

static void
session_page_on_row_selected (WsiSessionPage *self)
{
  WsiRow *row = wsi_frame_list_get_row (session_page_get_list (self));

  wsi_detail_set_row (wsi_list_page_get_detail (self->frames_page), row);
  wsi_composer_prefer_conversation (wsi_list_page_get_composer (self->frames_page),
                                    row != NULL ? wsi_row_get_conversation (row) : 0);
  if (self->shown != NULL)
    wsi_shown_session_select_row (self->shown, row);
}

/* Handles a chosen connection: only its rows are listed, and its handshake can be read before one
 * of them is selected. */
static void
on_connection_selected (WsiSessionPage *self)
{
  guint32 number = wsi_sidebar_get_conversation (self->sidebar);

  wsi_composer_set_conversation (wsi_list_page_get_composer (self->frames_page), number);
  if (self->shown != NULL)
    wsi_shown_session_select_connection (self->shown, number);
}

/* Notes what the user does with the sidebar.  A window without room hides its sidebar by itself,
 * and shows it over the page for a while.  All else was done by the user. */
static void
on_sidebar (WsiSessionPage *self)
{
  gboolean is_shown = adw_flap_get_reveal_flap (self->flap);

  if (!adw_flap_get_folded (self->flap) && is_shown != self->wants_sidebar)
    {
      self->wants_sidebar = is_shown;
      self->has_chosen_sidebar = TRUE;
      g_settings_set_boolean (self->settings, "sidebar", is_shown);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SIDEBAR]);
}

/* Keeps a hidden sidebar hidden: the flap would show it wherever there is room again. */
static void
on_folded (WsiSessionPage *self)
{
  adw_flap_set_reveal_flap (self->flap,
                            self->wants_sidebar && !adw_flap_get_folded (self->flap));
}

/* Whether a source has failed, whose row alone says why. */
static gboolean
session_page_has_failed (WsiSession *session)
{
  for (guint i = 0; i < wsi_session_get_n_sources (session); i++)
    if (wsi_source_get_state (wsi_session_get_source (session, i)) == WSI_SOURCE_FAILED)
      return TRUE;

  return FALSE;
}

static gboolean
needs_sidebar (WsiSessionPage *self)
{
  guint32 n_kept, n_connections;

  if (self->session == NULL)
    return FALSE;

  n_connections = wsi_store_count_conversations (wsi_session_get_store (self->session), &n_kept);
  return wsi_session_get_n_sources (self->session) > 1 || n_connections > 1 ||
         (n_connections > 0 && session_page_has_failed (self->session));
}

/* Unless the user has chosen, the sidebar comes with the second connection or source. */
static void
update_sidebar (WsiSessionPage *self)
{
  if (self->has_chosen_sidebar || self->wants_sidebar == needs_sidebar (self))
    return;

  self->wants_sidebar = !self->wants_sidebar;
  on_folded (self);
}

static void
on_details (WsiSessionPage *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DETAILS]);
}

static WsiTrailPlace *
session_page_dup_place (WsiSessionPage *self)
{
  WsiFrameList *list = session_page_get_list (self);
  WsiRow *row = wsi_frame_list_get_row (list);
  WsiTrailPlace *place = g_new0 (WsiTrailPlace, 1);

  place->page = g_strdup (adw_view_stack_get_visible_child_name (self->stack));
  place->filter = g_strdup (wsi_shown_rows_get_filter (wsi_frame_list_get_rows (list)));
  place->conversation = wsi_sidebar_get_conversation (self->sidebar);
  place->row = row != NULL ? wsi_row_get_number (row) : WSI_NO_RECORD;
  place->is_following = wsi_frame_list_is_following (list);
  return place;
}

/* Notes the place before a jump, whose steps are no jumps of their own. */
static void
leave_place (WsiSessionPage *self)
{
  if (!self->is_jumping && self->shown != NULL)
    wsi_trail_leave (self->trail, session_page_dup_place (self));
}

static void
session_page_apply_filter (WsiSessionPage *self,
                           const char     *filter)
{
  self->is_jumping = TRUE;
  gtk_widget_activate_action (GTK_WIDGET (session_page_get_list (self)), "frames.apply-filter", "s",
                              filter != NULL ? filter : "");
  self->is_jumping = FALSE;
}

void
wsi_session_page_go_back (WsiSessionPage *self)
{
  g_autoptr (WsiTrailPlace) here = session_page_dup_place (self);
  g_autoptr (WsiTrailPlace) place = wsi_trail_go_back (self->trail, here);

  if (place == NULL)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s",
                                  _("There is no place to go back to"));
      return;
    }

  wsi_session_page_go_to_view (self, place->page);
  if (wsi_sidebar_get_conversation (self->sidebar) != place->conversation)
    wsi_sidebar_select (self->sidebar, place->conversation);
  session_page_apply_filter (self, place->filter);
  if (place->is_following)
    gtk_widget_activate_action (GTK_WIDGET (session_page_get_list (self)), "frames.follow", NULL);
  else if (place->row != WSI_NO_RECORD)
    wsi_shown_session_wait_for_row (self->shown, place->row);
}

void
wsi_session_page_show_view (WsiSessionPage *self,
                            const char     *name)
{
  adw_view_stack_set_visible_child_name (self->stack, name);
}

/* Gives the page that is shown the focus, for keys. */
static void
focus_view (WsiSessionPage *self)
{
  if (g_str_equal (adw_view_stack_get_visible_child_name (self->stack), "frames"))
    gtk_widget_grab_focus (GTK_WIDGET (session_page_get_list (self)));
  else
    gtk_widget_grab_focus (adw_view_stack_get_visible_child (self->stack));
}

/* Goes to a page by a key: the page has the focus, too. */
void
wsi_session_page_go_to_view (WsiSessionPage *self,
                             const char     *name)
{
  wsi_session_page_show_view (self, name);
  focus_view (self);
}

/* Shows a tab of the details. */
void
wsi_session_page_show_tab (WsiSessionPage *self,
                           const char     *name)
{
  wsi_session_page_show_view (self, "frames");
  wsi_list_page_show_tab (self->frames_page, name);
}

void
wsi_session_page_show_list (WsiSessionPage *self)
{
  wsi_list_page_show_list (self->frames_page);
}

/* Gives the focus to the part where a user begins. */
void
wsi_session_page_focus (WsiSessionPage *self)
{
  wsi_list_page_focus (self->frames_page);
}

/* Finds a split that is seen.  NULL: none is. */
static GtkWidget *
find_paned (GtkWidget *widget)
{
  GtkWidget *found = GTK_IS_PANED (widget) && gtk_widget_get_mapped (widget) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_paned (child);
  return found;
}

/* Arrow keys move the divider of the page that is shown then, and Return leaves it. */
void
wsi_session_page_focus_divider (WsiSessionPage *self)
{
  GtkWidget *paned = find_paned (adw_view_stack_get_visible_child (self->stack));
  gboolean is_handled = FALSE;

  if (paned != NULL)
    g_signal_emit_by_name (paned, "cycle-handle-focus", FALSE, &is_handled);
}

/* Moves the focus from sidebar to filter to list to details to the line to send from, and
 * around. */
void
wsi_session_page_focus_next (WsiSessionPage  *self,
                             GtkDirectionType direction)
{
  GtkWidget *parts[] = {
    GTK_WIDGET (self->sidebar),
    GTK_WIDGET (wsi_list_page_get_filter_bar (self->frames_page)),
    GTK_WIDGET (session_page_get_list (self)),
    GTK_WIDGET (wsi_list_page_get_detail (self->frames_page)),
    GTK_WIDGET (wsi_list_page_get_composer (self->frames_page)),
    GTK_WIDGET (self->timeline_page),
    GTK_WIDGET (self->statistics_page),
    GTK_WIDGET (self->problems_page),
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

/* The badge has the number of groups with an error: warnings and notes need no attention. */
static void
session_page_on_feed_changed (WsiSessionPage *self,
                              WsiChartFeed   *feed)
{
  guint n = wsi_problems_get_n_errors (wsi_chart_feed_get_problems (feed));

  adw_view_stack_page_set_badge_number (self->problems, n);
  adw_view_stack_page_set_needs_attention (self->problems, n > 0);
}

/* Filters by time, in microseconds since the first row; from after to: any time. */
static void
on_time_selected (WsiSessionPage *self,
                  gint64          from_us,
                  gint64          to_us)
{
  WsiShownRows *rows = wsi_frame_list_get_rows (session_page_get_list (self));
  g_autofree char *filter = wsi_list_filter_set_time (wsi_shown_rows_get_filter (rows), from_us,
                                                      to_us);

  leave_place (self);
  session_page_apply_filter (self, filter);
}

static void
session_page_on_filter_on (WsiSessionPage *self,
                           const char     *filter)
{
  leave_place (self);
  session_page_apply_filter (self, filter);
  wsi_session_page_go_to_view (self, "frames");
}

/* Filters the rows of a problem, which may be events, which the list may hide. */
static void
on_problem_filter_on (WsiSessionPage *self,
                      const char     *filter)
{
  leave_place (self);
  wsi_sidebar_select (self->sidebar, 0);
  gtk_widget_activate_action (GTK_WIDGET (session_page_get_list (self)), "frames.show-all", NULL);
  session_page_apply_filter (self, filter);
  wsi_session_page_go_to_view (self, "frames");
}

static void
on_row_found (WsiSessionPage *self,
              guint64         number)
{
  self->is_jumping = TRUE;
  wsi_frame_list_go_to (session_page_get_list (self), number);
  self->is_jumping = FALSE;
}

/* Loads the page of a connection again; the parameter is its number. */
static void
activate_reload (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  WsiSessionPage *self = WSI_SESSION_PAGE (widget);
  g_autoptr (WsiConversation) conversation = NULL;
  WsiSource *source;

  if (self->session == NULL)
    return;

  conversation = wsi_store_dup_conversation (wsi_session_get_store (self->session),
                                             g_variant_get_uint32 (parameter));
  source = conversation != NULL ? wsi_session_find_source (self->session, conversation) : NULL;
  if (source != NULL && wsi_source_can_reload (source))
    wsi_source_reload (source, conversation);
  else
    gtk_widget_activate_action (widget, "win.toast", "s",
                                _("The browser of this connection is not watched any more"));
}

/* Shows a row of a problem; filters that hide it are taken away. */
static void
on_problem_chosen (WsiSessionPage *self,
                   guint64         number)
{
  leave_place (self);
  wsi_session_page_go_to_view (self, "frames");
  if (!wsi_shown_session_has_row (self->shown, number))
    {
      wsi_sidebar_select (self->sidebar, 0);
      gtk_widget_activate_action (GTK_WIDGET (session_page_get_list (self)), "frames.show-all",
                                  NULL);
    }
  wsi_shown_session_wait_for_row (self->shown, number);
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
    g_object_set_property (G_OBJECT (self->frames_page), param->name, value);
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
    g_object_get_property (G_OBJECT (self->frames_page), param->name, value);
}

/* The view of a window is its own, and the next window begins with it; so does this one, with the
 * view that was chosen last in any window. */
void
wsi_session_page_take_last_view (WsiSessionPage *self)
{
  g_autoptr (GVariant) sidebar = g_settings_get_user_value (self->settings, "sidebar");

  wsi_list_page_bind_settings (self->frames_page, self->settings);
  self->has_chosen_sidebar = sidebar != NULL;
  self->wants_sidebar = sidebar != NULL ? g_variant_get_boolean (sidebar) : needs_sidebar (self);
  on_folded (self);
}

static void
wsi_session_page_dispose (GObject *object)
{
  WsiSessionPage *self = WSI_SESSION_PAGE (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  g_clear_object (&self->session);
  g_clear_object (&self->of_store);
  g_clear_object (&self->shown);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->trail, wsi_trail_free);
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_session_page_parent_class)->dispose (object);
}

static void
session_page_bind_children (GtkWidgetClass *class)
{
  gtk_widget_class_bind_template_child (class, WsiSessionPage, flap);
  gtk_widget_class_bind_template_child (class, WsiSessionPage, sidebar);
  gtk_widget_class_bind_template_child (class, WsiSessionPage, status_bar);
  gtk_widget_class_bind_template_child (class, WsiSessionPage, frames_page);
  gtk_widget_class_bind_template_child (class, WsiSessionPage, stack);
  gtk_widget_class_bind_template_child (class, WsiSessionPage, problems);
  gtk_widget_class_bind_template_child (class, WsiSessionPage, switcher_bar);
  gtk_widget_class_bind_template_child (class, WsiSessionPage, timeline_page);
  gtk_widget_class_bind_template_child (class, WsiSessionPage, statistics_page);
  gtk_widget_class_bind_template_child (class, WsiSessionPage, problems_page);
}

static void
wsi_session_page_class_init (WsiSessionPageClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = wsi_session_page_dispose;
  object_class->get_property = wsi_session_page_get_property;
  object_class->set_property = wsi_session_page_set_property;
  properties[PROP_SIDEBAR] =
    g_param_spec_boolean ("sidebar", NULL, NULL, TRUE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_ARRANGEMENT] =
    g_param_spec_enum ("arrangement", NULL, NULL, WSI_TYPE_ARRANGEMENT,
                       WSI_ARRANGEMENT_AUTOMATIC, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_DETAILS] =
    g_param_spec_boolean ("details", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  g_type_ensure (WSI_TYPE_LIST_PAGE);
  g_type_ensure (WSI_TYPE_PROBLEMS_PAGE);
  g_type_ensure (WSI_TYPE_SIDEBAR);
  g_type_ensure (WSI_TYPE_STATISTICS_PAGE);
  g_type_ensure (WSI_TYPE_STATUS_BAR);
  g_type_ensure (WSI_TYPE_TIMELINE_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/session/wsi-session-page.ui");
  session_page_bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_connection_selected);
  gtk_widget_class_bind_template_callback (widget_class, session_page_on_filter_on);
  gtk_widget_class_bind_template_callback (widget_class, on_problem_chosen);
  gtk_widget_class_bind_template_callback (widget_class, on_problem_filter_on);
  gtk_widget_class_bind_template_callback (widget_class, on_time_selected);
  gtk_widget_class_install_action (widget_class, "session.reload", "u", activate_reload);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

/* The user's names of secrets hold for titles, and for what the filter bar offers, too. */
static void
session_page_take_names (WsiSessionPage *self)
{
  g_auto (GStrv) names = g_settings_get_strv (self->settings, "redact-names");

  wsi_settings_apply_names (self->settings);
  wsi_sidebar_update (self->sidebar);
  wsi_detail_refresh (wsi_list_page_get_detail (self->frames_page));
  if (self->shown != NULL)
    wsi_sample_set_secret_names (wsi_shown_session_get_sample (self->shown),
                                 (const char *const *) names);
}

WsiRedaction
wsi_session_page_get_redaction (WsiSessionPage *self)
{
  return wsi_detail_get_redaction (wsi_list_page_get_detail (self->frames_page));
}

static void
session_page_on_redaction (WsiSessionPage *self)
{
  wsi_status_bar_set_redaction (self->status_bar, wsi_session_page_get_redaction (self));
}

static void
wsi_session_page_init (WsiSessionPage *self)
{
  WsiFrameList *list;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->settings = wsi_settings_new ();
  g_signal_connect_object (self->settings, "changed::redact-names",
                           G_CALLBACK (session_page_take_names), self,
                           G_CONNECT_SWAPPED);
  self->trail = wsi_trail_new ();
  self->of_store = g_signal_group_new (WSI_TYPE_STORE);
  list = session_page_get_list (self);
  g_signal_group_connect_swapped (self->of_store, "appended",
                                  G_CALLBACK (wsi_list_page_show_rows), self->frames_page);
  g_signal_group_connect_swapped (self->of_store, "appended", G_CALLBACK (update_sidebar), self);
  wsi_status_bar_set_list (self->status_bar, list);
  g_signal_connect_object (list, "selected", G_CALLBACK (session_page_on_row_selected), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (wsi_list_page_get_detail (self->frames_page), "redaction-changed",
                           G_CALLBACK (session_page_on_redaction), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (list, "leaving", G_CALLBACK (leave_place), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->flap, "notify::reveal-flap", G_CALLBACK (on_sidebar), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->flap, "notify::folded", G_CALLBACK (on_folded), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->frames_page, "notify::details", G_CALLBACK (on_details), self,
                           G_CONNECT_SWAPPED);
  wsi_session_page_take_last_view (self);
}

static void
session_page_show_charts (WsiSessionPage *self,
                          WsiChartFeed   *feed)
{
  wsi_timeline_page_set_feed (self->timeline_page, feed);
  wsi_statistics_page_set_feed (self->statistics_page, feed);
  wsi_problems_page_set_feed (self->problems_page, feed);
}

/* Lists sources; recordings are read, not followed. */
static void
session_page_on_sources (WsiSessionPage *self)
{
  update_sidebar (self);
  wsi_frame_list_set_live (session_page_get_list (self), wsi_shown_session_is_live (self->shown));
  wsi_frame_list_set_growing (session_page_get_list (self),
                              wsi_shown_session_may_grow (self->shown));
}

/* Handles the state of a session; the window may have another one by now. */
static void
session_page_on_state_changed (WsiSessionPage *self,
                               WsiSession     *session)
{
  if (session == self->session && self->shown != NULL)
    session_page_on_sources (self);
}

static void
set_sample (WsiSessionPage *self,
            WsiSample      *sample)
{
  wsi_filter_bar_set_sample (wsi_list_page_get_filter_bar (self->frames_page), sample);
}

static void
session_page_begin_session (WsiSessionPage *self,
                            WsiSession     *session)
{
  WsiShownRows *rows = wsi_frame_list_get_rows (session_page_get_list (self));
  WsiDetail *detail = wsi_list_page_get_detail (self->frames_page);
  WsiChartFeed *feed;

  self->shown = wsi_shown_session_new (session, rows);
  feed = wsi_shown_session_get_feed (self->shown);
  session_page_take_names (self);
  set_sample (self, wsi_shown_session_get_sample (self->shown));
  g_signal_connect_object (self->shown, "connection", G_CALLBACK (wsi_detail_set_conversation),
                           detail, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->shown, "row-found", G_CALLBACK (on_row_found), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (feed, "changed", G_CALLBACK (session_page_on_feed_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->shown, "sources-changed", G_CALLBACK (session_page_on_sources),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "changed", G_CALLBACK (session_page_on_state_changed), self,
                           G_CONNECT_SWAPPED);
  session_page_on_sources (self);
  session_page_show_charts (self, feed);
  session_page_on_feed_changed (self, feed);
  wsi_session_page_show_view (self, "frames");

  wsi_list_page_set_store (self->frames_page, wsi_session_get_store (session));
  wsi_detail_set_learner (detail, wsi_shown_session_get_learner (self->shown));
  wsi_shown_rows_set_learner (rows, wsi_shown_session_get_learner (self->shown));
}

/* Sets the session; NULL = none, and the page is empty. */
void
wsi_session_page_set_session (WsiSessionPage *self,
                              WsiSession     *session)
{
  WsiDetail *detail = wsi_list_page_get_detail (self->frames_page);
  WsiStore *store = session != NULL ? wsi_session_get_store (session) : NULL;

  g_set_object (&self->session, session);
  g_signal_group_set_target (self->of_store, store);
  session_page_show_charts (self, NULL);
  set_sample (self, NULL);
  g_clear_object (&self->shown);
  wsi_trail_clear (self->trail);
  wsi_sidebar_set_session (self->sidebar, session);
  wsi_composer_set_session (wsi_list_page_get_composer (self->frames_page), session);
  wsi_status_bar_set_session (self->status_bar, session);
  wsi_list_page_show_waiting (self->frames_page, NULL);
  wsi_detail_set_row (detail, NULL);
  wsi_detail_set_conversation (detail, NULL);
  wsi_detail_set_learner (detail, NULL);
  if (session != NULL)
    session_page_begin_session (self, session);
  else
    wsi_list_page_set_store (self->frames_page, NULL);
  update_sidebar (self);
}

/* Shows the page that waits for the first row. */
void
wsi_session_page_show_waiting (WsiSessionPage *self,
                               WsiSource      *source)
{
  wsi_list_page_show_waiting (self->frames_page, source);
}

/* Composes on the page of frames, wherever the window was. */
void
wsi_session_page_compose_row (WsiSessionPage *self)
{
  wsi_session_page_show_view (self, "frames");
  wsi_list_page_compose_row (self->frames_page);
}

WsiFrameList *
wsi_session_page_get_frame_list (WsiSessionPage *self)
{
  return session_page_get_list (self);
}

gboolean
wsi_session_page_has_draft (WsiSessionPage *self)
{
  return wsi_composer_has_draft (wsi_list_page_get_composer (self->frames_page));
}

gboolean
wsi_session_page_keep_draft (WsiSessionPage *self,
                             GError        **error)
{
  return wsi_composer_keep_draft (wsi_list_page_get_composer (self->frames_page), error);
}

void
wsi_session_page_discard_draft (WsiSessionPage *self)
{
  wsi_composer_discard (wsi_list_page_get_composer (self->frames_page));
}

AdwViewStack *
wsi_session_page_get_stack (WsiSessionPage *self)
{
  return self->stack;
}

/* The bar below the page, for windows whose header has no room for the pages. */
AdwViewSwitcherBar *
wsi_session_page_get_switcher_bar (WsiSessionPage *self)
{
  return self->switcher_bar;
}
