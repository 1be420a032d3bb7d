/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/frames/wsi-follower.h"

struct _WsiFollower
{
  GObject            parent_instance;

  GtkWidget         *widget;    /* NULL = detached */
  GtkScrolledWindow *scroller;
  gboolean           is_active;
  guint              stick;     /* 0 = no scrolling to the end is due */
  double             place;     /* scroll position at the last notification */
};

enum
{
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiFollower, wsi_follower, G_TYPE_OBJECT)

static void
wsi_follower_class_init (WsiFollowerClass *class)
{
  /* It follows now, or does not any more. */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wsi_follower_init (WsiFollower *self)
{
}

static gboolean
on_stick (GtkWidget     *widget,
          GdkFrameClock *clock,
          gpointer       data)
{
  WsiFollower *self = data;
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  double end = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);

  self->stick = 0;
  if (self->is_active)
    gtk_adjustment_set_value (adjustment, end);

  return G_SOURCE_REMOVE;
}

/* A list that has grown has its new height only after its layout: the scroll to the end is done in
 * the frame after that. */
void
wsi_follower_stick (WsiFollower *self)
{
  if (self->is_active && self->stick == 0 && self->widget != NULL)
    self->stick = gtk_widget_add_tick_callback (self->widget, on_stick, self, NULL);
}

void
wsi_follower_set_active (WsiFollower *self,
                         gboolean     is_active)
{
  gboolean is_changed = self->is_active != is_active;

  self->is_active = is_active;
  wsi_follower_stick (self);
  if (is_changed)
    g_signal_emit (self, signals[CHANGED], 0);
}

gboolean
wsi_follower_is_active (WsiFollower *self)
{
  return self->is_active;
}

/* Emitted when the list's size changes, with the new position; if only the position changes, the
 * user has scrolled: on_scrolled (). */
static void
on_changed (WsiFollower   *self,
            GtkAdjustment *adjustment)
{
  self->place = gtk_adjustment_get_value (adjustment);
  wsi_follower_stick (self);
}

static void
on_scrolled (WsiFollower   *self,
             GtkAdjustment *adjustment)
{
  double place = gtk_adjustment_get_value (adjustment);

  if (self->is_active && place < self->place - 1)
    wsi_follower_set_active (self, FALSE);
  self->place = place;
}

static gboolean
on_key (WsiFollower *self,
        guint        key)
{
  switch (key)
    {
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      wsi_follower_set_active (self, TRUE);
      return GDK_EVENT_STOP;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
    case GDK_KEY_Page_Up:
    case GDK_KEY_KP_Page_Up:
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      wsi_follower_set_active (self, FALSE);
      return GDK_EVENT_PROPAGATE;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

/* Keys are handled before the list gets them: its position afterwards does not show whether a key
 * or new rows have moved it. */
static void
add_keys (WsiFollower *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_key), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (self->widget, keys);
}

WsiFollower *
wsi_follower_new (GtkWidget         *widget,
                  GtkScrolledWindow *scroller)
{
  WsiFollower *self = g_object_new (WSI_TYPE_FOLLOWER, NULL);
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (scroller);

  self->widget = widget;
  self->scroller = scroller;
  self->is_active = TRUE;
  add_keys (self);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (on_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (on_scrolled), self,
                           G_CONNECT_SWAPPED);
  return self;
}

/* The list goes away. */
void
wsi_follower_detach (WsiFollower *self)
{
  if (self->stick != 0)
    gtk_widget_remove_tick_callback (self->widget, self->stick);
  self->stick = 0;
  self->widget = NULL;
}
