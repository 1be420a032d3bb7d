/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/charts/wsi-chart-feed.h"

#define TICK_MS 100

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

struct _WsiChartFeed
{
  GObject      parent_instance;

  WsiStore    *store;
  WsiTimeline *timeline;
  WsiProblems *problems;
  WsiProblems *chosen;          /* problems of the chosen connection; NULL = none is chosen */
  guint        n_watching;      /* number of widgets that show the timeline */
  guint        timer, slice;    /* source ids; 0 = none */
  guint64      shown_version;   /* version of the timeline at the last signal */
  guint64      shown_problems;  /* version of the problems at the last signal */
};

G_DEFINE_FINAL_TYPE (WsiChartFeed, wsi_chart_feed, G_TYPE_OBJECT)

static void
wsi_chart_feed_dispose (GObject *object)
{
  WsiChartFeed *self = WSI_CHART_FEED (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->slice, g_source_remove);
  if (self->store != NULL)
    g_signal_handlers_disconnect_by_data (self->store, self);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (wsi_chart_feed_parent_class)->dispose (object);
}

static void
wsi_chart_feed_finalize (GObject *object)
{
  WsiChartFeed *self = WSI_CHART_FEED (object);

  g_clear_pointer (&self->timeline, wsi_timeline_free);
  g_clear_pointer (&self->problems, wsi_problems_free);
  g_clear_pointer (&self->chosen, wsi_problems_free);
  G_OBJECT_CLASS (wsi_chart_feed_parent_class)->finalize (object);
}

static void
wsi_chart_feed_class_init (WsiChartFeedClass *class)
{
  G_OBJECT_CLASS (class)->dispose = wsi_chart_feed_dispose;
  G_OBJECT_CLASS (class)->finalize = wsi_chart_feed_finalize;

  /* "changed": the list of problems has changed, or the timeline while a page shows it. */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wsi_chart_feed_init (WsiChartFeed *self)
{
}

/* Reads for a slice of time.  FALSE: there is more to read. */
static gboolean
read_slice (WsiChartFeed *self)
{
  gboolean is_complete = wsi_problems_update (self->problems);

  if (self->chosen != NULL && !wsi_problems_update (self->chosen))
    is_complete = FALSE;
  if (self->n_watching > 0 && !wsi_timeline_update (self->timeline))
    is_complete = FALSE;
  return is_complete;
}

static guint64
get_version_of_problems (WsiChartFeed *self)
{
  return wsi_problems_get_version (self->problems) +
         (self->chosen != NULL ? wsi_problems_get_version (self->chosen) : 0);
}

static void
chart_feed_announce (WsiChartFeed *self)
{
  guint64 version = wsi_timeline_get_version (self->timeline);
  guint64 problems = get_version_of_problems (self);

  if (version == self->shown_version && problems == self->shown_problems)
    return;

  self->shown_version = version;
  self->shown_problems = problems;
  g_signal_emit (self, signals[CHANGED], 0);
}

static gboolean
chart_feed_on_slice (gpointer data)
{
  g_autoptr (WsiChartFeed) self = g_object_ref (WSI_CHART_FEED (data));

  if (!read_slice (self))
    return G_SOURCE_CONTINUE;

  self->slice = 0;
  chart_feed_announce (self);
  return G_SOURCE_REMOVE;
}

/* Plans the next slice; drawing goes before it. */
static void
chart_feed_ensure_slice (WsiChartFeed *self)
{
  if (self->slice == 0)
    self->slice = g_idle_add (chart_feed_on_slice, self);
}

static gboolean
on_timer (gpointer data)
{
  WsiChartFeed *self = data;

  self->timer = 0;
  chart_feed_ensure_slice (self);
  return G_SOURCE_REMOVE;
}

static void
ensure_timer (WsiChartFeed *self)
{
  if (self->timer == 0)
    self->timer = g_timeout_add (TICK_MS, on_timer, self);
}

WsiChartFeed *
wsi_chart_feed_new (WsiStore *store)
{
  WsiChartFeed *self = g_object_new (WSI_TYPE_CHART_FEED, NULL);

  self->store = g_object_ref (store);
  self->timeline = wsi_timeline_new (store);
  self->problems = wsi_problems_new (store);
  g_signal_connect_swapped (store, "appended", G_CALLBACK (ensure_timer), self);
  chart_feed_ensure_slice (self);
  return self;
}

void
wsi_chart_feed_set_visibility (WsiChartFeed       *self,
                               WsiChartsVisibility visibility)
{
  g_return_if_fail (visibility == WSI_CHARTS_SHOWN || self->n_watching > 0);

  if (visibility == WSI_CHARTS_HIDDEN)
    {
      self->n_watching--;
      return;
    }

  self->n_watching++;
  chart_feed_ensure_slice (self);
}

void
wsi_chart_feed_refresh (WsiChartFeed *self)
{
  chart_feed_ensure_slice (self);
}

void
wsi_chart_feed_look_again (WsiChartFeed *self)
{
  ensure_timer (self);
}

WsiStore *
wsi_chart_feed_get_store (WsiChartFeed *self)
{
  return self->store;
}

WsiTimeline *
wsi_chart_feed_get_timeline (WsiChartFeed *self)
{
  return self->timeline;
}

WsiProblems *
wsi_chart_feed_get_problems (WsiChartFeed *self)
{
  return self->problems;
}

WsiProblems *
wsi_chart_feed_get_shown_problems (WsiChartFeed *self)
{
  return self->chosen != NULL ? self->chosen : self->problems;
}

void
wsi_chart_feed_set_slow (WsiChartFeed *self,
                         guint         slow_ms)
{
  wsi_problems_set_slow (self->problems, slow_ms);
  if (self->chosen != NULL)
    wsi_problems_set_slow (self->chosen, slow_ms);
  chart_feed_ensure_slice (self);
}

void
wsi_chart_feed_set_conversation (WsiChartFeed *self,
                                 guint32       conversation)
{
  g_autoptr (WsiProblems) before = g_steal_pointer (&self->chosen);

  wsi_timeline_set_conversation (self->timeline, conversation);
  if (conversation != 0)
    {
      self->chosen = wsi_problems_new_of (self->store, conversation);
      wsi_problems_set_slow (self->chosen, wsi_problems_get_slow (self->problems));
    }
  self->shown_problems = get_version_of_problems (self);
  g_signal_emit (self, signals[CHANGED], 0);
  chart_feed_ensure_slice (self);
}
