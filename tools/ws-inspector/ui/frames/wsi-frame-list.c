/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/frames/wsi-frame-list.h"

#include <glib/gi18n.h>

#include "inspect/capture/wsi-frame-model.h"
#include "inspect/decode/wsi-payload.h"

#define TICK_MS 100

typedef char *(*FormatFunc) (WsiFrameList *self,
                             WsiRow       *row);

typedef struct
{
  WsiFrameList *list;           /* outlives its columns */
  FormatFunc    format;
} BoundColumn;

struct _WsiFrameList
{
  GtkWidget           parent_instance;

  GtkScrolledWindow  *scroller;
  GtkColumnView      *view;
  GtkButton          *follow_button;
  WsiStore           *store;
  WsiFrameModel      *model;
  GtkSingleSelection *selection;
  guint               tick;
  gboolean            follows;
  guint               stick;    /* 0 = no scrolling to the end is due */
  double              place;    /* scroll position at the last notification */
  gint64              begin_us; /* of the first frame: all times count from it */
};

enum
{
  SELECTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiFrameList, wsi_frame_list, GTK_TYPE_WIDGET)

static char *
format_number (WsiFrameList * self,
               WsiRow * row)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, wsi_row_get_number (row) + 1);
}

static char *
format_time (WsiFrameList *self,
             WsiRow       *row)
{
  gint64 time_us = wsi_row_get_frame (row)->time_us - self->begin_us;

  return g_strdup_printf ("%.6f", time_us / (double) G_USEC_PER_SEC);
}

static char *
format_connection (WsiFrameList *self,
                   WsiRow       *row)
{
  return g_strdup_printf ("#%u", wsi_row_get_conversation (row));
}

static char *
format_direction (WsiFrameList *self,
                  WsiRow       *row)
{
  return g_strdup (wsi_row_get_frame (row)->direction == WSP_DIRECTION_SENT ? "→" : "←");
}

static char *
format_kind (WsiFrameList *self,
             WsiRow       *row)
{
  const WspFrameRecord *frame = wsi_row_get_frame (row);

  return g_strdup_printf ("%s%s%s", frame->fault != 0 ? "⚠ " : "", wsi_payload_name_kind (frame),
                          frame->fin ? "" : " …");
}

static char *
format_size (WsiFrameList *self,
             WsiRow       *row)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, wsi_row_get_frame (row)->payload_length);
}

static char *
format_summary (WsiFrameList *self,
                WsiRow       *row)
{
  g_autoptr (GBytes) payload = wsi_row_dup_payload (row, WSI_SUMMARY_LENGTH);

  return wsi_payload_summarize (wsi_row_get_frame (row), payload, WSI_CHARSET_UTF8);
}

/* Widths are fixed, so that no cell is measured while the list grows. */
static const struct
{
  const char *title;
  int         width;            /* 0 = the remaining width */
  float       alignment;
  FormatFunc  format;
} columns[] = {
  { N_("No."), 72, 1.0, format_number },
  { N_("Time"), 104, 1.0, format_time },
  { N_("Conn."), 56, 0.5, format_connection },
  { N_("Direction"), 56, 0.5, format_direction },
  { N_("Kind"), 132, 0.0, format_kind },
  { N_("Size"), 96, 1.0, format_size },
  { N_("Payload"), 0, 0.0, format_summary },
};

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          gpointer                  data)
{
  gsize column = GPOINTER_TO_SIZE (data);
  GtkWidget *cell = gtk_inscription_new (NULL);

  gtk_inscription_set_xalign (GTK_INSCRIPTION (cell), columns[column].alignment);
  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (cell),
                                     GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_inscription_set_min_chars (GTK_INSCRIPTION (cell), 3);
  gtk_inscription_set_min_lines (GTK_INSCRIPTION (cell), 1);
  gtk_widget_add_css_class (cell, "numeric");
  gtk_list_item_set_child (item, cell);
}

/* Plain text, never markup: it comes from a peer.  From GTK 4.12 on a cell is bound before it has a
 * parent, so the list cannot be found from there. */
static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         gpointer                  data)
{
  const BoundColumn *column = data;
  g_autofree char *text = column->format (column->list, gtk_list_item_get_item (item));

  gtk_inscription_set_text (GTK_INSCRIPTION (gtk_list_item_get_child (item)), text);
}

static void
free_column (gpointer  data,
             GClosure *closure)
{
  g_free (data);
}

static void
add_columns (WsiFrameList *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_autoptr (GtkColumnViewColumn) column = NULL;
      BoundColumn *bound = g_new (BoundColumn, 1);

      *bound = (BoundColumn) { self, columns[i].format };
      g_signal_connect (factory, "setup", G_CALLBACK (on_setup), GSIZE_TO_POINTER (i));
      g_signal_connect_data (factory, "bind", G_CALLBACK (on_bind), bound,
                             free_column, G_CONNECT_DEFAULT);
      column = gtk_column_view_column_new (_(columns[i].title), factory);
      gtk_column_view_column_set_resizable (column, TRUE);
      if (columns[i].width > 0)
        gtk_column_view_column_set_fixed_width (column, columns[i].width);
      else
        gtk_column_view_column_set_expand (column, TRUE);
      gtk_column_view_append_column (self->view, column);
    }
}

static gboolean
on_stick (GtkWidget     *widget,
          GdkFrameClock *clock,
          gpointer       data)
{
  WsiFrameList *self = WSI_FRAME_LIST (widget);
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  double end = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);

  self->stick = 0;
  if (self->follows)
    gtk_adjustment_set_value (adjustment, end);

  return G_SOURCE_REMOVE;
}

/* A list that has grown has its new height only after its layout: the scroll to the end is done in
 * the frame after that. */
static void
stick_to_end (WsiFrameList *self)
{
  if (self->follows && self->stick == 0)
    self->stick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_stick, NULL, NULL);
}

static void
set_follows (WsiFrameList *self,
             gboolean      follows)
{
  self->follows = follows;
  gtk_widget_set_visible (GTK_WIDGET (self->follow_button), !follows);
  stick_to_end (self);
}

/* Emitted when the list's size changes, with the new position; if only the position changes, the
 * user has scrolled: on_scrolled (). */
static void
on_changed (WsiFrameList  *self,
            GtkAdjustment *adjustment)
{
  self->place = gtk_adjustment_get_value (adjustment);
  stick_to_end (self);
}

static void
on_scrolled (WsiFrameList  *self,
             GtkAdjustment *adjustment)
{
  double place = gtk_adjustment_get_value (adjustment);

  if (self->follows && place < self->place - 1)
    set_follows (self, FALSE);
  self->place = place;
}

static gboolean
on_key (WsiFrameList *self,
        guint         key)
{
  switch (key)
    {
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      set_follows (self, TRUE);
      return GDK_EVENT_STOP;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
    case GDK_KEY_Page_Up:
    case GDK_KEY_KP_Page_Up:
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      set_follows (self, FALSE);
      return GDK_EVENT_PROPAGATE;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

/* Keys are handled before the list gets them: its position afterwards does not show whether a key
 * or new rows have moved it. */
static void
add_keys (WsiFrameList *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

static void
activate_follow (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  set_follows (WSI_FRAME_LIST (widget), TRUE);
}

static void
note_begin (WsiFrameList *self)
{
  const WsiRecord *record = wsi_store_get_record (self->store, wsi_store_get_first (self->store));

  if (self->begin_us < 0 && record != NULL)
    self->begin_us = record->time_us;
}

static gboolean
on_tick (gpointer data)
{
  WsiFrameList *self = data;
  self->tick = 0;
  note_begin (self);
  wsi_frame_model_flush (self->model);
  stick_to_end (self);

  return G_SOURCE_REMOVE;
}

/* Frames are shown at the next tick: many frames cost at most ten updates a second, and without
 * frames there is no timer. */
static void
on_appended (WsiFrameList *self)
{
  if (self->tick == 0)
    self->tick = g_timeout_add (TICK_MS, on_tick, self);
}

static void
on_selected (WsiFrameList *self)
{
  g_signal_emit (self, signals[SELECTED], 0);
}

static void
drop_store (WsiFrameList *self)
{
  g_clear_handle_id (&self->tick, g_source_remove);
  if (self->store != NULL)
    g_signal_handlers_disconnect_by_data (self->store, self);
  g_clear_object (&self->store);
}

static void
wsi_frame_list_dispose (GObject *object)
{
  WsiFrameList *self = WSI_FRAME_LIST (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  drop_store (self);
  if (self->stick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->stick);
  self->stick = 0;
  g_clear_pointer (&child, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->model);

  G_OBJECT_CLASS (wsi_frame_list_parent_class)->dispose (object);
}

static void
wsi_frame_list_class_init (WsiFrameListClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_frame_list_dispose;

  /* Another row was selected, or none. */
  signals[SELECTED] = g_signal_new ("selected", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/wsproto/inspector/frames/wsi-frame-list.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiFrameList, scroller);
  gtk_widget_class_bind_template_child (widget_class, WsiFrameList, view);
  gtk_widget_class_bind_template_child (widget_class, WsiFrameList, follow_button);
  gtk_widget_class_install_action (widget_class, "frames.follow", NULL, activate_follow);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_frame_list_init (WsiFrameList *self)
{
  GtkAdjustment *adjustment;

  gtk_widget_init_template (GTK_WIDGET (self));
  add_columns (self);
  add_keys (self);
  adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (on_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (on_scrolled), self,
                           G_CONNECT_SWAPPED);
}

/* Another store gets a new model: it is cheaper than changing every row. */
void
wsi_frame_list_set_store (WsiFrameList *self,
                          WsiStore     *store)
{
  drop_store (self);
  self->store = g_object_ref (store);
  g_signal_connect_swapped (store, "appended", G_CALLBACK (on_appended), self);

  g_clear_object (&self->selection);
  g_clear_object (&self->model);
  self->begin_us = -1;
  note_begin (self);
  self->model = wsi_frame_model_new (store);
  self->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->model)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (self->selection));
  set_follows (self, TRUE);
}

/* The last row stays visible until the user scrolls up. */
void
wsi_frame_list_follow (WsiFrameList *self)
{
  set_follows (self, TRUE);
}

/* The selected row; NULL = none. */
WsiRow *
wsi_frame_list_get_row (WsiFrameList *self)
{
  return self->selection != NULL ? gtk_single_selection_get_selected_item (self->selection) : NULL;
}

GtkColumnView *
wsi_frame_list_get_view (WsiFrameList *self)
{
  return self->view;
}

void
wsi_frame_list_select (WsiFrameList *self,
                       guint         position)
{
  gtk_single_selection_set_selected (self->selection, position);
}
