/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/parts/wsi-line-view.h"

#include <glib/gi18n.h>

#include "inspect/decode/wsi-hex.h"
#include "inspect/show/lines/wsi-shown-line.h"
#include "inspect/store/memory/wsi-bytes.h"
#include "ui/parts/wsi-copy.h"
#include "ui/parts/wsi-line-cursor.h"
#include "ui/parts/wsi-line-marks.h"

#define SHOWN "wsi-shown-line"  /* name of the data of a list item: its WsiShownLine */
#define MARGIN 12               /* pixels on both sides of a line; see style.css */
#define DRAG_THRESHOLD 4

struct _WsiLineView
{
  GtkWidget     parent_instance;

  GtkWidget    *scroller;
  GtkListView  *list;
  WsiLineModel *model;          /* model of the lines; NULL = there are no lines */
  WsiLineForm   form;
  guint         n_in_line, n_digits;    /* bytes in a line of a dump, and digits of its offset */
  gboolean      has_characters; /* a dump has a column of characters */
  GPtrArray    *items;          /* items of the list that have a widget (GtkListItem) */
  WsiByteRange  highlight;
  char         *search;         /* text that is marked; NULL = none */
  WsiLineCursor cursor;
  double        drag_x, drag_y;
  guint         n_columns, columns_source;
};

G_DEFINE_FINAL_TYPE (WsiLineView, wsi_line_view, GTK_TYPE_WIDGET)

enum
{
  BYTES_SELECTED,
  COLUMNS_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
line_view_describe_row (WsiLineView        *self,
                        GtkWidget          *row,
                        const WsiLine      *line,
                        const WsiByteRange *selection)
{
  g_autofree char *text = NULL;

  if (self->form == WSI_LINES_HEX && selection->end == selection->begin + 1 &&
      selection->begin - line->offset < line->length)
    text = g_strdup_printf (_("Byte %zu is selected"), selection->begin);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  text != NULL ? text : "", -1);
}

static void
line_view_show_marks (WsiLineView *self,
                      GtkListItem *item)
{
  const WsiLine *line = wsi_line_item_get_line (gtk_list_item_get_item (item));
  GtkWidget *label = gtk_list_item_get_child (item);
  WsiByteRange none = { 0, 0 };
  const WsiLineMarks marks = {
    .syntax = wsi_line_index_get_syntax (wsi_line_model_get_index (self->model)),
    .highlight = self->highlight,
    .search = self->search,
    /* a line that is selected as a whole is a row that is selected */
    .selection = gtk_list_item_get_selected (item) ? none
                 : wsi_line_model_get_selection (self->model),
  };
  g_autoptr (PangoAttrList) attributes =
    wsi_line_marks_make (&marks, GTK_WIDGET (self), line,
                         g_object_get_data (G_OBJECT (item), SHOWN));

  gtk_label_set_attributes (GTK_LABEL (label), attributes);
  line_view_describe_row (self, gtk_widget_get_parent (label), line, &marks.selection);
}

static void
show_all_marks (WsiLineView *self)
{
  for (guint i = 0; i < self->items->len; i++)
    if (gtk_list_item_get_item (self->items->pdata[i]) != NULL &&
        g_object_get_data (self->items->pdata[i], SHOWN) != NULL)
      line_view_show_marks (self, self->items->pdata[i]);
}

static void
line_view_on_setup (WsiLineView *self,
                    GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  gtk_widget_set_direction (label, GTK_TEXT_DIR_LTR);
  gtk_list_item_set_child (item, label);
  gtk_list_item_set_activatable (item, FALSE);
  g_ptr_array_add (self->items, item);
}

static void
on_teardown (WsiLineView *self,
             GtkListItem *item)
{
  g_ptr_array_remove_fast (self->items, item);
}

static WsiShownLine *
make_shown (WsiLineView   *self,
            const WsiLine *line)
{
  WsiLineIndex *index = wsi_line_model_get_index (self->model);
  gsize length;
  const guint8 *at = wsi_bytes_get_data (wsi_line_index_get_bytes (index), &length);
  WsiShownLine *shown;

  if (self->form == WSI_LINES_TEXT)
    return wsi_shown_line_new_text ((const char *) at, length, line->offset, line->length);

  shown = wsi_shown_line_new_hex (at + line->offset, line->length, line->offset, self->n_digits,
                                  self->n_in_line);
  if (!self->has_characters)
    wsi_shown_line_drop_characters (shown);
  return shown;
}

static void
line_view_on_bind (WsiLineView *self,
                   GtkListItem *item)
{
  WsiShownLine *shown = make_shown (self, wsi_line_item_get_line (gtk_list_item_get_item (item)));
  GtkWidget *label = gtk_list_item_get_child (item);

  g_object_set_data_full (G_OBJECT (item), SHOWN, shown, (GDestroyNotify) wsi_shown_line_free);
  gtk_label_set_text (GTK_LABEL (label), shown->text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (label)),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, shown->text, -1);
  line_view_show_marks (self, item);
}

static void
line_view_on_unbind (WsiLineView *self,
                     GtkListItem *item)
{
  g_object_set_data (G_OBJECT (item), SHOWN, NULL);
}

static void
line_view_on_selection_changed (WsiLineView *self)
{
  show_all_marks (self);
  g_signal_emit (self, signals[BYTES_SELECTED], 0);
}

/* The item at a height of the list, or the nearest one that is seen. */
static GtkListItem *
find_item (WsiLineView *self,
           double       y)
{
  GtkListItem *nearest = NULL;
  double best = G_MAXDOUBLE;

  for (guint i = 0; i < self->items->len; i++)
    {
      GtkWidget *row = gtk_widget_get_parent (gtk_list_item_get_child (self->items->pdata[i]));
      graphene_rect_t place;
      double distance;

      if (gtk_list_item_get_item (self->items->pdata[i]) == NULL ||
          !gtk_widget_get_child_visible (row) ||
          !gtk_widget_compute_bounds (row, GTK_WIDGET (self->list), &place))
        continue;

      distance = MAX (place.origin.y - y, y - (place.origin.y + place.size.height));
      if (distance >= best)
        continue;
      best = distance;
      nearest = self->items->pdata[i];
    }
  return nearest;
}

/* The byte at a point.  FALSE: there are no lines.  A place in text is between two characters. */
static gboolean
line_view_find_byte (WsiLineView *self,
                     double       x,
                     double       y,
                     gsize       *offset)
{
  GtkListItem *item = find_item (self, y);
  const WsiShownLine *shown = item != NULL ? g_object_get_data (G_OBJECT (item), SHOWN) : NULL;
  GtkLabel *label;
  graphene_point_t at = GRAPHENE_POINT_INIT (x, y), place;
  const WsiLine *line;
  int left, index, trailing;
  guint byte;

  if (shown == NULL)
    return FALSE;

  label = GTK_LABEL (gtk_list_item_get_child (item));
  line = wsi_line_item_get_line (gtk_list_item_get_item (item));
  if (!gtk_widget_compute_point (GTK_WIDGET (self->list), GTK_WIDGET (label), &at, &place))
    return FALSE;

  gtk_label_get_layout_offsets (label, &left, NULL);
  pango_layout_xy_to_index (gtk_label_get_layout (label), (place.x - left) * PANGO_SCALE, 0, &index,
                            &trailing);
  if (self->form == WSI_LINES_TEXT && trailing > 0)
    index = g_utf8_offset_to_pointer (shown->text + index, trailing) - shown->text;
  byte = wsi_shown_line_find_byte (shown, index);
  if (self->form == WSI_LINES_HEX)
    byte = MIN (byte, line->length - 1);
  *offset = line->offset + byte;
  return TRUE;
}

/* The selection goes from the anchor to offset.  A hex dump selects the byte at offset as well; in
 * text the selection ends before the character at offset. */
static void
line_view_select_to (WsiLineView *self,
                     gsize        offset)
{
  gsize begin = MIN (self->cursor.anchor, offset), end = MAX (self->cursor.anchor, offset);

  self->cursor.place = offset;
  wsi_line_model_select_bytes (self->model, begin, end + (self->form == WSI_LINES_HEX));
}

static void
line_view_scroll_to (WsiLineView *self,
                     gsize        offset)
{
  WsiLineIndex *index = wsi_line_view_get_lines (self);

  if (index != NULL && wsi_line_index_get_n_lines (index) > 0)
    gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u",
                                wsi_line_index_find (index, offset));
}

static void
focus_byte (WsiLineView *self,
            gsize        offset)
{
  guint number = wsi_line_index_find (wsi_line_model_get_index (self->model), offset);

  for (guint i = 0; i < self->items->len; i++)
    if (gtk_list_item_get_item (self->items->pdata[i]) != NULL &&
        gtk_list_item_get_position (self->items->pdata[i]) == number)
      gtk_widget_grab_focus (gtk_widget_get_parent (gtk_list_item_get_child (
                                                      self->items->pdata[i])));
}

static void
line_view_on_drag_begin (WsiLineView    *self,
                         double          x,
                         double          y,
                         GtkGestureDrag *drag)
{
  self->drag_x = x;
  self->drag_y = y;
  if (!line_view_find_byte (self, x, y, &self->cursor.anchor))
    {
      gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }

  if (self->form == WSI_LINES_TEXT)
    return;

  gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_CLAIMED);
  line_view_select_to (self, self->cursor.anchor);
  focus_byte (self, self->cursor.anchor);
}

static void
line_view_on_drag_update (WsiLineView    *self,
                          double          x,
                          double          y,
                          GtkGestureDrag *drag)
{
  gsize offset;

  if (ABS (x) + ABS (y) < DRAG_THRESHOLD ||
      !line_view_find_byte (self, self->drag_x + x, self->drag_y + y, &offset))
    return;

  gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_CLAIMED);
  line_view_select_to (self, offset);
}

/* The offset of the line with the focus. */
static gsize
get_focused_offset (WsiLineView *self)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      GtkListItem *item = self->items->pdata[i];
      GtkWidget *row = gtk_widget_get_parent (gtk_list_item_get_child (item));

      if (gtk_list_item_get_item (item) != NULL && gtk_widget_has_focus (row))
        return wsi_line_item_get_line (gtk_list_item_get_item (item))->offset;
    }
  return 0;
}

/* Handles keys: in a dump from byte to byte, in a text from character to character; the list itself
 * goes from line to line of a text. */
static gboolean
on_key_pressed (WsiLineView    *self,
                guint           key,
                guint           code,
                GdkModifierType state)
{
  gboolean is_dump = self->form == WSI_LINES_HEX;
  gssize step = wsi_line_cursor_get_step (key, is_dump ? self->n_in_line : 0);
  WsiMove move = (state & GDK_SHIFT_MASK) != 0 ? WSI_MOVE_AND_EXTEND : WSI_MOVE;
  gboolean is_moved;

  if (self->model == NULL || step == 0 || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0 ||
      wsi_line_index_get_end (wsi_line_model_get_index (self->model)) == 0)
    return GDK_EVENT_PROPAGATE;

  is_moved = is_dump
             ? wsi_line_cursor_move_in_dump (&self->cursor, self->model, step, move)
             : wsi_line_cursor_move_in_text (&self->cursor, self->model, step, move,
                                             get_focused_offset (self));
  if (is_moved)
    {
      line_view_scroll_to (self, self->cursor.place);
      focus_byte (self, self->cursor.place);
    }
  return GDK_EVENT_STOP;
}

static void
line_view_activate_copy (GtkWidget  *widget,
                         const char *name,
                         GVariant   *parameter)
{
  WsiLineView *self = WSI_LINE_VIEW (widget);
  WsiByteRange range = wsi_line_view_get_selection (self);
  g_autoptr (GBytes) chosen = NULL;
  GBytes *bytes;

  if (self->model == NULL)
    return;

  bytes = wsi_line_index_get_bytes (wsi_line_model_get_index (self->model));
  if (range.begin == range.end)
    range = (WsiByteRange) { 0, g_bytes_get_size (bytes) };
  chosen = g_bytes_new_from_bytes (bytes, range.begin, range.end - range.begin);
  wsi_copy_bytes (widget, chosen, self->form);
}

static gboolean
on_columns_idle (gpointer data)
{
  WsiLineView *self = data;

  self->columns_source = 0;
  g_signal_emit (self, signals[COLUMNS_CHANGED], 0);
  return G_SOURCE_REMOVE;
}

/* The model must not change while the list has its place allocated. */
static void
note_columns (WsiLineView *self,
              int          width)
{
  g_autoptr (PangoLayout) layout =
    gtk_widget_create_pango_layout (GTK_WIDGET (self->list), "0000000000");
  int ten_columns;
  guint n_columns;

  pango_layout_get_pixel_size (layout, &ten_columns, NULL);
  n_columns = MAX (10 * (width - 2 * MARGIN) / MAX (ten_columns, 1), 1);
  if (n_columns == self->n_columns)
    return;

  self->n_columns = n_columns;
  if (self->columns_source == 0)
    self->columns_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_columns_idle, self, NULL);
}

static void
wsi_line_view_size_allocate (GtkWidget *widget,
                             int        width,
                             int        height,
                             int        baseline)
{
  WsiLineView *self = WSI_LINE_VIEW (widget);
  const GtkAllocation place = { 0, 0, width, height };

  gtk_widget_size_allocate (self->scroller, &place, baseline);
  note_columns (self, width);
}

static void
wsi_line_view_measure (GtkWidget     *widget,
                       GtkOrientation orientation,
                       int            for_size,
                       int           *minimum,
                       int           *natural,
                       int           *minimum_baseline,
                       int           *natural_baseline)
{
  gtk_widget_measure (WSI_LINE_VIEW (widget)->scroller, orientation, for_size, minimum, natural,
                      minimum_baseline, natural_baseline);
}

/* Makes the marks again with the colours of another style. */
static void
wsi_line_view_css_changed (GtkWidget         *widget,
                           GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (wsi_line_view_parent_class)->css_changed (widget, change);
  show_all_marks (WSI_LINE_VIEW (widget));
}

static void
wsi_line_view_dispose (GObject *object)
{
  WsiLineView *self = WSI_LINE_VIEW (object);

  g_clear_handle_id (&self->columns_source, g_source_remove);
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_object (&self->model);
  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  self->list = NULL;
  G_OBJECT_CLASS (wsi_line_view_parent_class)->dispose (object);
}

static void
wsi_line_view_finalize (GObject *object)
{
  g_ptr_array_unref (WSI_LINE_VIEW (object)->items);
  g_free (WSI_LINE_VIEW (object)->search);
  G_OBJECT_CLASS (wsi_line_view_parent_class)->finalize (object);
}

static void
wsi_line_view_class_init (WsiLineViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_line_view_dispose;
  G_OBJECT_CLASS (class)->finalize = wsi_line_view_finalize;
  widget_class->css_changed = wsi_line_view_css_changed;
  widget_class->measure = wsi_line_view_measure;
  widget_class->size_allocate = wsi_line_view_size_allocate;

  signals[BYTES_SELECTED] = g_signal_new ("bytes-selected", WSI_TYPE_LINE_VIEW, G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[COLUMNS_CHANGED] = g_signal_new ("columns-changed", WSI_TYPE_LINE_VIEW, G_SIGNAL_RUN_LAST,
                                           0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_install_action (widget_class, "lines.copy", NULL, line_view_activate_copy);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "lines.copy",
                                       NULL);
}

static void
add_controllers (WsiLineView *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (drag), GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (line_view_on_drag_begin), self);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (line_view_on_drag_update), self);
  gtk_widget_add_controller (GTK_WIDGET (self->list), GTK_EVENT_CONTROLLER (drag));

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self->list), keys);
}

static void
wsi_line_view_init (WsiLineView *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  self->has_characters = TRUE;
  self->items = g_ptr_array_new ();
  g_signal_connect_swapped (factory, "setup", G_CALLBACK (line_view_on_setup), self);
  g_signal_connect_swapped (factory, "bind", G_CALLBACK (line_view_on_bind), self);
  g_signal_connect_swapped (factory, "unbind", G_CALLBACK (line_view_on_unbind), self);
  g_signal_connect_swapped (factory, "teardown", G_CALLBACK (on_teardown), self);
  self->list = GTK_LIST_VIEW (gtk_list_view_new (NULL, factory));
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "monospace");
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "lines");
  gtk_widget_set_direction (GTK_WIDGET (self->list), GTK_TEXT_DIR_LTR);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Payload"), -1);

  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_EXTERNAL,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), GTK_WIDGET (self->list));
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
  add_controllers (self);
}

void
wsi_line_view_set_lines (WsiLineView  *self,
                         WsiLineIndex *index,
                         WsiLineForm   form,
                         guint         n_in_line)
{
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  /* The rows of the lines before are unbound with what belongs to these. */
  gtk_list_view_set_model (self->list, NULL);
  g_clear_object (&self->model);
  self->cursor = (WsiLineCursor) { 0 };
  if (index == NULL)
    return;

  self->form = form;
  self->n_in_line = n_in_line;
  self->n_digits =
    wsi_hex_count_offset_digits (g_bytes_get_size (wsi_line_index_get_bytes (index)));
  self->model = wsi_line_model_new (index);
  g_signal_connect_swapped (self->model, "selection-changed",
                            G_CALLBACK (line_view_on_selection_changed),
                            self);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->model));
}

void
wsi_line_view_set_characters (WsiLineView *self,
                              gboolean     has_characters)
{
  self->has_characters = has_characters;
}

WsiLineIndex *
wsi_line_view_get_lines (WsiLineView *self)
{
  return self->model != NULL ? wsi_line_model_get_index (self->model) : NULL;
}

guint
wsi_line_view_get_n_columns (WsiLineView *self)
{
  return self->n_columns;
}

void
wsi_line_view_set_highlight (WsiLineView *self,
                             gsize        begin,
                             gsize        end)
{
  self->highlight = (WsiByteRange) { begin, MAX (begin, end) };
  if (self->model == NULL)
    return;

  show_all_marks (self);
  if (begin < end)
    line_view_scroll_to (self, begin);
}

WsiByteRange
wsi_line_view_get_highlight (WsiLineView *self)
{
  return self->highlight;
}

void
wsi_line_view_set_search (WsiLineView *self,
                          const char  *text)
{
  if (g_strcmp0 (text, self->search) == 0)
    return;

  g_free (self->search);
  self->search = g_strdup (text);
  if (self->model != NULL)
    show_all_marks (self);
}

WsiByteRange
wsi_line_view_get_selection (WsiLineView *self)
{
  return self->model != NULL ? wsi_line_model_get_selection (self->model)
                             : (WsiByteRange) { 0, 0 };
}

void
wsi_line_view_select_bytes (WsiLineView *self,
                            gsize        begin,
                            gsize        end)
{
  if (self->model == NULL)
    return;

  self->cursor.anchor = begin;
  self->cursor.place = end > begin ? end - 1 : begin;
  g_signal_handlers_block_by_func (self->model, line_view_on_selection_changed, self);
  wsi_line_model_select_bytes (self->model, begin, end);
  g_signal_handlers_unblock_by_func (self->model, line_view_on_selection_changed, self);
  show_all_marks (self);
}
