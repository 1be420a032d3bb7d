/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/frames/wsi-follower.h"

#include "ui/parts/wsi-column-titles.h"

struct _WsiFollower
{
  GObject            parent_instance;

  GtkWidget         *widget;    /* widget that scrolls; NULL = detached */
  GtkScrolledWindow *scroller;
  gboolean           is_active, is_possible;
  GdkFrameClock     *clock;     /* clock of the widget while it is realized; else NULL */
  gboolean           is_due;    /* the list has to be scrolled to its end */
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
  /* signal: the list is followed now, or is not any more */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
wsi_follower_init (WsiFollower *self)
{
}

static GtkSelectionModel *
follower_get_rows (WsiFollower *self)
{
  GtkWidget *view = gtk_scrolled_window_get_child (self->scroller);

  return gtk_column_view_get_model (GTK_COLUMN_VIEW (view));
}

static guint
follower_count_rows (WsiFollower *self)
{
  GtkSelectionModel *rows = follower_get_rows (self);

  return rows != NULL ? g_list_model_get_n_items (G_LIST_MODEL (rows)) : 0;
}

static GtkWidget *
follower_get_list (WsiFollower *self)
{
  return wsi_column_titles_get_list (GTK_COLUMN_VIEW (gtk_scrolled_window_get_child (
                                                        self->scroller)));
}

/* GTK 4.8 has no function for this, but an action of the list.  Unlike a
 * new value of the adjustment it leaves no room below the last row, which the list would fill with
 * rows that come next and are out of sight then. */
static void
scroll_to_end (WsiFollower *self)
{
  guint n_rows = follower_count_rows (self);

  if (n_rows > 0)
    gtk_widget_activate_action (follower_get_list (self), "list.scroll-to-item", "u", n_rows - 1);
}

/* The user reads on from the end.  The list would move from the row that had the focus last, or
 * from the first one. */
static void
leave_end (WsiFollower *self)
{
  if (self->is_active)
    gtk_widget_grab_focus (self->widget);
  wsi_follower_set_active (self, FALSE);
}

/* Selects the last row, to which Up leads first.  FALSE: the list is not followed, or the row is
 * selected. */
static gboolean
select_end (WsiFollower *self)
{
  guint n_rows = follower_count_rows (self);

  if (!self->is_active || n_rows == 0 ||
      gtk_selection_model_is_selected (follower_get_rows (self), n_rows - 1))
    return FALSE;

  leave_end (self);
  gtk_widget_activate_action (follower_get_list (self), "list.select-item", "(ubb)", n_rows - 1,
                              FALSE,
                              FALSE);
  return TRUE;
}

static void
on_layout (WsiFollower *self)
{
  gboolean is_due = self->is_due;

  self->is_due = FALSE;
  if (is_due && self->is_active)
    scroll_to_end (self);
}

static void
on_realize (WsiFollower *self)
{
  self->clock = g_object_ref (gtk_widget_get_frame_clock (self->widget));
  g_signal_connect_data (self->clock, "layout", G_CALLBACK (on_layout), self, NULL,
                         G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

static void
on_unrealize (WsiFollower *self)
{
  if (self->clock != NULL)
    g_signal_handlers_disconnect_by_data (self->clock, self);
  g_clear_object (&self->clock);
}

/* Scrolls to the end.  A list that has grown has its new height only after its layout.  The scroll
 * is done right then, so that the list is laid out once more and the frame shows its last row. */
void
wsi_follower_stick (WsiFollower *self)
{
  if (!self->is_active)
    return;

  self->is_due = TRUE;
  if (self->clock != NULL)
    gdk_frame_clock_request_phase (self->clock, GDK_FRAME_CLOCK_PHASE_LAYOUT);
}

/* The list has other rows, and shows the first of them: it was not scrolled there. */
void
wsi_follower_begin_anew (WsiFollower *self)
{
  self->place = 0;
  wsi_follower_stick (self);
}

void
wsi_follower_set_active (WsiFollower *self,
                         gboolean     is_active)
{
  gboolean was_active = self->is_active;

  self->is_active = is_active && self->is_possible;
  wsi_follower_stick (self);
  if (self->is_active != was_active)
    g_signal_emit (self, signals[CHANGED], 0);
}

void
wsi_follower_set_possible (WsiFollower *self,
                           gboolean     is_possible)
{
  self->is_possible = is_possible;
  if (!is_possible)
    wsi_follower_set_active (self, FALSE);
}

gboolean
wsi_follower_is_active (WsiFollower *self)
{
  return self->is_active;
}

/* Emitted when the list's size changes, with the new position; if only the position changes, the
 * user has scrolled: on_scrolled (). */
static void
follower_on_changed (WsiFollower   *self,
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

/* Handles the key End; with Shift or Ctrl the list selects rows up to its end. */
static gboolean
follower_on_key (WsiFollower    *self,
                 guint           key,
                 guint           code,
                 GdkModifierType modifiers)
{
  gboolean is_of_list = !self->is_possible ||
                        (modifiers & (GDK_SHIFT_MASK | GDK_CONTROL_MASK)) != 0;

  switch (key)
    {
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      wsi_follower_set_active (self, !is_of_list);
      return is_of_list ? GDK_EVENT_PROPAGATE : GDK_EVENT_STOP;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      if (!is_of_list && select_end (self))
        return GDK_EVENT_STOP;
      leave_end (self);
      return GDK_EVENT_PROPAGATE;
    case GDK_KEY_Page_Up:
    case GDK_KEY_KP_Page_Up:
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      leave_end (self);
      return GDK_EVENT_PROPAGATE;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

/* Keys are handled before the list gets them: its position afterwards does not show whether a key
 * or new rows have moved it. */
static void
follower_add_keys (WsiFollower *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (follower_on_key), self,
                           G_CONNECT_SWAPPED);
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
  self->is_active = self->is_possible = TRUE;
  follower_add_keys (self);
  g_signal_connect_object (widget, "realize", G_CALLBACK (on_realize), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (widget, "unrealize", G_CALLBACK (on_unrealize), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (follower_on_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (on_scrolled), self,
                           G_CONNECT_SWAPPED);
  return self;
}

/* Detaches the follower from a list that goes away. */
void
wsi_follower_detach (WsiFollower *self)
{
  on_unrealize (self);
  self->widget = NULL;
}
