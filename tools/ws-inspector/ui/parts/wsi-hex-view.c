/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/parts/wsi-hex-view.h"

#include "inspect/decode/wsi-hex.h"

#define NARROW 700              /* pixels below which a line has 8 bytes */
#define BYTES_IN_LINE 16
#define NARROW_BYTES_IN_LINE 8
#define MIN_BYTES_IN_LINE 4

typedef struct
{
  guint    n_bytes;             /* bytes in a line; 0 = not known yet */
  gboolean has_characters;
} Shape;

struct _WsiHexView
{
  GtkWidget    parent_instance;

  WsiLineView *lines;
  GBytes      *bytes;           /* bytes that are shown; NULL = none */
  Shape        shape;           /* shape of a line */
};

G_DEFINE_FINAL_TYPE (WsiHexView, wsi_hex_view, GTK_TYPE_WIDGET)

enum
{
  BYTE_SELECTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
hex_view_show_bytes (WsiHexView *self)
{
  g_autoptr (WsiLineIndex) index = NULL;

  if (self->bytes != NULL && self->shape.n_bytes > 0)
    index = wsi_line_index_new_bytes (self->bytes, self->shape.n_bytes);
  wsi_line_view_set_characters (self->lines, self->shape.has_characters);
  wsi_line_view_set_lines (self->lines, index, WSI_LINES_HEX, self->shape.n_bytes);
}

/* Chooses the shape: eight bytes are worth more than four and their characters. */
static Shape
choose_shape (WsiHexView *self)
{
  gsize length = self->bytes != NULL ? g_bytes_get_size (self->bytes) : 0;
  guint n_digits = wsi_hex_count_offset_digits (length);
  guint n_columns = wsi_line_view_get_n_columns (self->lines);
  guint n = gtk_widget_get_width (GTK_WIDGET (self)) < NARROW ? NARROW_BYTES_IN_LINE
                                                              : BYTES_IN_LINE;

  if (WSI_HEX_COLUMNS (n_digits, n) > n_columns)
    n = NARROW_BYTES_IN_LINE;
  if (WSI_HEX_BYTE_COLUMNS (n_digits, n) > n_columns)
    n = MIN_BYTES_IN_LINE;
  return (Shape) { n, WSI_HEX_COLUMNS (n_digits, n) <= n_columns };
}

/* Makes new lines with the same selection and highlight. */
static void
hex_view_on_columns_changed (WsiHexView *self)
{
  WsiByteRange selection = wsi_line_view_get_selection (self->lines);
  WsiByteRange highlight = wsi_line_view_get_highlight (self->lines);
  Shape shape = choose_shape (self);

  if (shape.n_bytes == self->shape.n_bytes && shape.has_characters == self->shape.has_characters)
    return;

  self->shape = shape;
  hex_view_show_bytes (self);
  wsi_line_view_select_bytes (self->lines, selection.begin, selection.end);
  wsi_line_view_set_highlight (self->lines, highlight.begin, highlight.end);
}

static void
on_bytes_selected (WsiHexView *self)
{
  WsiByteRange selection = wsi_line_view_get_selection (self->lines);

  if (selection.begin < selection.end)
    g_signal_emit (self, signals[BYTE_SELECTED], 0, (guint64) selection.begin);
}

static void
wsi_hex_view_dispose (GObject *object)
{
  WsiHexView *self = WSI_HEX_VIEW (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  g_clear_pointer (&child, gtk_widget_unparent);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  G_OBJECT_CLASS (wsi_hex_view_parent_class)->dispose (object);
}

static void
wsi_hex_view_class_init (WsiHexViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_hex_view_dispose;
  signals[BYTE_SELECTED] = g_signal_new ("byte-selected", WSI_TYPE_HEX_VIEW, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_hex_view_init (WsiHexView *self)
{
  self->lines = g_object_new (WSI_TYPE_LINE_VIEW, NULL);
  gtk_widget_set_parent (GTK_WIDGET (self->lines), GTK_WIDGET (self));
  g_signal_connect_swapped (self->lines, "columns-changed",
                            G_CALLBACK (hex_view_on_columns_changed), self);
  g_signal_connect_swapped (self->lines, "bytes-selected", G_CALLBACK (on_bytes_selected), self);
}

void
wsi_hex_view_set_bytes (WsiHexView *self,
                        GBytes     *bytes)
{
  g_clear_pointer (&self->bytes, g_bytes_unref);
  self->bytes = bytes != NULL ? g_bytes_ref (bytes) : NULL;
  wsi_line_view_set_highlight (self->lines, 0, 0);
  if (self->shape.n_bytes > 0)
    self->shape = choose_shape (self);
  hex_view_show_bytes (self);
}

void
wsi_hex_view_set_highlight (WsiHexView *self,
                            gsize       offset,
                            gsize       length)
{
  wsi_line_view_set_highlight (self->lines, offset, offset + length);
}

gboolean
wsi_hex_view_is_ready (WsiHexView *self)
{
  return self->bytes == NULL || self->shape.n_bytes > 0;
}
