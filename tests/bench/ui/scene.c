/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "scene.h"

#include <string.h>

#include "inspect/targets/wsi-target-start.h"
#include "ui/template-children.h"

#define WIDTH 1200
#define HEIGHT 850
#define TIMEOUT_S 300

/* NULL: there is no session yet. */
GtkColumnView *
scene_get_view (Scene *self)
{
  return self->list != NULL ? wsi_frame_list_get_view (self->list) : self->bare.view;
}

static GListModel *
get_rows (Scene *self)
{
  GtkColumnView *view = scene_get_view (self);

  return view != NULL ? G_LIST_MODEL (gtk_column_view_get_model (view)) : NULL;
}

guint
scene_count_rows (Scene *self)
{
  GListModel *rows = get_rows (self);

  return rows != NULL ? g_list_model_get_n_items (rows) : 0;
}

/* By the end of its scrolling. */
gboolean
scene_shows_last (Scene *self)
{
  GtkWidget *list = gtk_widget_get_last_child (GTK_WIDGET (scene_get_view (self)));
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (list));

  return gtk_adjustment_get_value (adjustment) + gtk_adjustment_get_page_size (adjustment)
         > gtk_adjustment_get_upper (adjustment) - 2;
}

static void
on_painted (Scene *self)
{
  self->n_painted++;
  if (scene_get_view (self) == NULL)
    return;

  self->n_late = scene_shows_last (self) ? 0 : self->n_late + 1;
  self->n_late_at_most = MAX (self->n_late_at_most, self->n_late);
}

static void
on_items_changed (Scene *self)
{
  self->n_signals++;
}

void
scene_watch (Scene *self)
{
  g_signal_connect_swapped (get_rows (self), "items-changed", G_CALLBACK (on_items_changed), self);
  self->n_late_at_most = 0;
  self->n_signals = 0;
}

static gboolean
on_over (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

void
scene_run_for (guint ms)
{
  gboolean is_over = FALSE;

  g_timeout_add (ms, on_over, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
give_up (gpointer data)
{
  g_error ("waited too long");
  return G_SOURCE_REMOVE;
}

void
scene_wait_until (Scene          *self,
                  SceneIsTrueFunc is_true)
{
  guint limit = g_timeout_add_seconds (TIMEOUT_S, give_up, NULL);

  while (!is_true (self))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (limit);
}

void
scene_paint (Scene *self)
{
  guint n_before = self->n_painted;

  gtk_widget_queue_draw (GTK_WIDGET (self->window));
  while (self->n_painted == n_before)
    g_main_context_iteration (NULL, TRUE);
}

/* 0: the system does not say. */
double
scene_read_resident_mib (void)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL))
    return 0;

  line = strstr (text, "VmRSS:");
  return line != NULL ? g_ascii_strtod (line + strlen ("VmRSS:"), NULL) / 1024 : 0;
}

static void
init_bare (Scene          *self,
           GtkApplication *application)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;

  self->window = GTK_WINDOW (adw_application_window_new (application));
  self->session = wsi_session_new_with_limits (&limits);
  self->store = wsi_session_get_store (self->session);
}

void
scene_init (Scene          *self,
            GtkApplication *application,
            SceneKind       kind)
{
  *self = (Scene) { .kind = kind };
  if (kind == SCENE_BARE)
    init_bare (self, application);
  else
    self->window = GTK_WINDOW (wsi_window_new (application));
  gtk_window_set_default_size (self->window, WIDTH, HEIGHT);
  gtk_window_present (self->window);
  g_signal_connect_data (gtk_widget_get_frame_clock (GTK_WIDGET (self->window)), "after-paint",
                         G_CALLBACK (on_painted), self, NULL,
                         G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  scene_paint (self);
}

static void
show_session (Scene *self)
{
  if (self->kind == SCENE_BARE)
    {
      bare_list_init (&self->bare, self->store);
      adw_application_window_set_content (ADW_APPLICATION_WINDOW (self->window),
                                          self->bare.scroller);
      return;
    }

  self->list = ui_test_get_list (WSI_WINDOW (self->window));
  self->session = ui_test_get_session (WSI_WINDOW (self->window));
  self->store = wsi_session_get_store (self->session);
}

WsiSource *
scene_start (Scene      *self,
             const char *line)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiTarget) target = wsi_target_parse (line, &error);
  WsiTargetField wrong;
  guint n_sources;

  if (target == NULL)
    g_error ("%s: %s", line, error->message);

  if (self->kind == SCENE_OURS)
    wsi_window_start (WSI_WINDOW (self->window), target);
  else if (wsi_target_start (target, self->session, &wrong, &error) == NULL)
    g_error ("%s: %s", line, error->message);
  if (scene_get_view (self) == NULL)
    show_session (self);
  n_sources = wsi_session_get_n_sources (self->session);
  return wsi_session_get_source (self->session, n_sources - 1);
}

void
scene_clear (Scene *self)
{
  gtk_window_destroy (self->window);
  if (self->kind == SCENE_OURS)
    return;

  bare_list_clear (&self->bare);
  g_clear_object (&self->session);
}
