/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/frames/wsi-frame-cells.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "inspect/capture/wsi-row.h"
#include "inspect/show/columns/wsi-row-format.h"
#include "inspect/show/lines/wsi-text-matches.h"
#include "inspect/store/wsi-record.h"
#include "ui/parts/wsi-column-cell.h"
#include "ui/parts/wsi-column-titles.h"
#include "ui/parts/wsi-line-marks.h"

#define KEY_CELL "wsi-cell"
#define KEY_STYLE "wsi-style"

/* A column as its cells know it. */
typedef struct
{
  WsiFrameCells *cells;
  WsiRowColumn  *column;
  WsiRowColumn  *direction;     /* column of the direction, whose sign begins a summary */
  float          alignment;
  gboolean       is_summary;    /* the column is the summary, which marks the searched text */
} BoundColumn;

/* One cell, for as long as its widget. */
typedef struct
{
  const BoundColumn *bound;
  GtkListItem       *item;
  GtkInscription    *sign;      /* sign of the direction; NULL = the cell has none */
  gboolean           is_named, has_marks;
} Cell;

static void
free_bound (gpointer  data,
            GClosure *closure)
{
  BoundColumn *bound = data;

  wsi_row_column_free (bound->column);
  wsi_row_column_free (bound->direction);
  g_free (bound);
}

/* Describes a row in a sentence, which is read aloud. */
static char *
frame_cells_describe_row (WsiRowFormat *format,
                          WsiRow       *row)
{
  const WsiRecord *record = wsi_row_get_record (row);
  const char *kind = wsi_row_format_name_kind (format, row);
  const char *summary = wsi_row_format_get_summary (format, row);
  guint64 number = wsi_row_get_number (row) + 1, length = wsi_record_get_length (record);
  WsiMessageInfo info;

  if (record->kind == WSI_RECORD_KIND_EVENT && *summary == '\0')
    return g_strdup_printf (_("Row %" PRIu64 ", event %s"), number, kind);

  if (record->kind == WSI_RECORD_KIND_EVENT)
    return g_strdup_printf (_("Row %" PRIu64 ", event %s, %s"), number, kind, summary);

  if (wsi_row_format_get_message (format, row, &info))
    length = info.length;
  else
    info.is_stopped = record->is_stopped;
  if (info.is_stopped)
    return g_strdup_printf (record->direction == WSP_DIRECTION_SENT
                            /* Translators: as below; inflating was stopped at the size. */
                            ? _("Frame %" PRIu64 ", sent %s, more than %'" PRIu64 " bytes, %s")
                            : _("Frame %" PRIu64 ", received %s, more than %'" PRIu64 " bytes, %s"),
                            number, kind, length, summary);

  return g_strdup_printf (record->direction == WSP_DIRECTION_SENT
                          /* Translators: number, kind such as "text", size, content. */
                          ? ngettext ("Frame %" PRIu64 ", sent %s, %'" PRIu64 " byte, %s",
                                      "Frame %" PRIu64 ", sent %s, %'" PRIu64 " bytes, %s",
                                      MIN (length, G_MAXINT))
                          : ngettext ("Frame %" PRIu64 ", received %s, %'" PRIu64 " byte, %s",
                                      "Frame %" PRIu64 ", received %s, %'" PRIu64 " bytes, %s",
                                      MIN (length, G_MAXINT)),
                          number, kind, length, summary);
}

static void
set_style (GtkWidget  *widget,
           const char *style)
{
  const char *old = g_object_get_data (G_OBJECT (widget), KEY_STYLE);

  if (g_strcmp0 (old, style) == 0)
    return;

  if (old != NULL)
    gtk_widget_remove_css_class (widget, old);
  if (style != NULL)
    gtk_widget_add_css_class (widget, style);
  g_object_set_data (G_OBJECT (widget), KEY_STYLE, (gpointer) g_intern_string (style));
}

/* The colour alone says nothing: a screen reader has the name of its rule. */
static void
set_look (GtkWidget *widget,
          WsiRowLook look)
{
  set_style (widget, look.class);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  look.reason != NULL ? look.reason : "", -1);
}

/* GTK 4.8 gives rows no name and no style of their own: both are set on the parent of the cell that
 * comes first. */
static void
frame_cells_update_row (Cell      *cell,
                        GtkWidget *child)
{
  GtkWidget *place = gtk_widget_get_parent (child);
  GtkWidget *widget = place != NULL ? gtk_widget_get_parent (place) : NULL;
  const WsiFrameCells *cells = cell->bound->cells;
  WsiRow *row = gtk_list_item_get_item (cell->item);
  g_autofree char *name = NULL;

  if (widget == NULL || row == NULL || cells->format == NULL)
    return;

  if (!cell->is_named)
    gtk_accessible_update_relation (GTK_ACCESSIBLE (place), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                    wsi_column_cell_get_text (child), NULL, -1);
  cell->is_named = TRUE;
  if (gtk_widget_get_prev_sibling (place) != NULL)
    return;

  cells->seen (row, cells->columns);
  name = frame_cells_describe_row (cells->format, row);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
  set_look (widget, cells->choose_look (row, cells->user_data));
}

/* Marks the searched text in rows that have a widget, by attributes: the text is a peer's. */
static void
mark_matches (Cell           *cell,
              GtkInscription *shown,
              const char     *text)
{
  const char *search = cell->bound->is_summary ? cell->bound->cells->search : NULL;
  g_autoptr (PangoAttrList) attributes = search != NULL ? pango_attr_list_new () : NULL;
  g_autoptr (GArray) spans = search != NULL ? wsi_text_matches_find (text, search) : NULL;

  for (guint i = 0; spans != NULL && i < spans->len; i++)
    wsi_line_marks_add_highlight (GTK_WIDGET (shown), attributes,
                                  g_array_index (spans, WsiSpan, i));
  if (search != NULL || cell->has_marks)
    gtk_inscription_set_attributes (shown, attributes);
  cell->has_marks = search != NULL;
}

/* Shows the arrow that the column of directions has. */
static void
show_sign (Cell   *cell,
           WsiRow *row)
{
  g_autofree char *text = NULL;

  if (cell->sign == NULL)
    return;

  text = wsi_row_column_print (cell->bound->direction, cell->bound->cells->format, row);
  gtk_inscription_set_text (cell->sign, text);
}

/* Shows the whole text of a cell that shows less of it, as a tooltip. */
static gboolean
on_query_whole (GtkWidget  *child,
                int         x,
                int         y,
                gboolean    is_by_keyboard,
                GtkTooltip *tooltip,
                Cell       *cell)
{
  const BoundColumn *bound = cell->bound;
  WsiRow *row = gtk_list_item_get_item (cell->item);
  const char *shown = gtk_inscription_get_text (wsi_column_cell_get_text (child));
  g_autofree char *whole = NULL;

  if (row == NULL || bound->cells->format == NULL)
    return FALSE;

  whole = wsi_row_column_print (bound->column, bound->cells->format, row);
  gtk_tooltip_set_custom (tooltip, wsi_column_cell_make_tooltip (whole));
  return g_utf8_strlen (whole, -1) > g_utf8_strlen (shown, -1);
}

/* Writes a cell as plain text, never as markup: it comes from a peer. */
static void
update_cell (Cell      *cell,
             GtkWidget *child)
{
  const BoundColumn *bound = cell->bound;
  WsiRow *row = gtk_list_item_get_item (cell->item);
  g_autofree char *text = NULL;

  if (row == NULL || bound->cells->format == NULL)
    return;

  text = wsi_row_column_show (bound->column, bound->cells->format, row);
  show_sign (cell, row);
  gtk_inscription_set_text (wsi_column_cell_get_text (child), text);
  bound->cells->shown (wsi_row_column_get_name (bound->column), text, bound->cells->columns);
  mark_matches (cell, wsi_column_cell_get_text (child), text);
  frame_cells_update_row (cell, child);
}

/* Names the row: from GTK 4.12 on a cell is bound before it has a parent. */
static void
frame_cells_on_map (GtkWidget *child,
                    Cell      *cell)
{
  frame_cells_update_row (cell, child);
}

/* Sets a cell up.  In GTK 4.8 a click reaches the cell and its row, and each would select the row:
 * with Ctrl the second one takes back what the first one did. */
static void
frame_cells_on_setup (GtkSignalListItemFactory *factory,
                      GtkListItem              *item,
                      const BoundColumn        *bound)
{
  GtkWidget *child = wsi_column_cell_new (bound->alignment);
  Cell *cell = g_new0 (Cell, 1);

  cell->bound = bound;
  cell->item = item;
  if (bound->is_summary && !bound->cells->has_direction)
    cell->sign = wsi_column_cell_add_sign (child);
  if (wsi_row_column_is_cut (bound->column))
    {
      gtk_widget_set_has_tooltip (child, TRUE);
      g_signal_connect (child, "query-tooltip", G_CALLBACK (on_query_whole), cell);
    }
  g_object_set_data_full (G_OBJECT (child), KEY_CELL, cell, g_free);
  g_signal_connect (child, "map", G_CALLBACK (frame_cells_on_map), cell);
  gtk_list_item_set_child (item, child);
  gtk_list_item_set_selectable (item, FALSE);
}

static void
frame_cells_on_bind (GtkSignalListItemFactory *factory,
                     GtkListItem              *item,
                     const BoundColumn        *bound)
{
  GtkWidget *child = gtk_list_item_get_child (item);

  update_cell (g_object_get_data (G_OBJECT (child), KEY_CELL), child);
}

GtkListItemFactory *
wsi_frame_cells_make_factory (WsiFrameCells *cells,
                              WsiRowColumn  *column,
                              float          alignment)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  BoundColumn *bound = g_new (BoundColumn, 1);

  *bound = (BoundColumn) {
    cells, column, wsi_row_column_new ("dir"), alignment,
    g_str_equal (wsi_row_column_get_name (column), "summary"),
  };
  g_signal_connect (factory, "setup", G_CALLBACK (frame_cells_on_setup), bound);
  g_signal_connect_data (factory, "bind", G_CALLBACK (frame_cells_on_bind), bound, free_bound,
                         G_CONNECT_DEFAULT);
  return factory;
}

/* The cell of a widget.  NULL: it is not in a cell of a column. */
static Cell *
find_cell (GtkWidget  *place,
           GtkWidget **child)
{
  *child = gtk_widget_get_first_child (place);
  return *child != NULL ? g_object_get_data (G_OBJECT (*child), KEY_CELL) : NULL;
}

void
wsi_frame_cells_refresh (GtkColumnView *view)
{
  GtkWidget *list = wsi_column_titles_get_list (view);

  for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    for (GtkWidget *place = gtk_widget_get_first_child (row); place != NULL;
         place = gtk_widget_get_next_sibling (place))
      {
        GtkWidget *child;
        Cell *cell = find_cell (place, &child);

        if (cell != NULL)
          update_cell (cell, child);
      }
}

void
wsi_frame_cells_focus (GtkColumnView *view,
                       guint          position)
{
  GtkWidget *list = wsi_column_titles_get_list (view);

  for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      GtkWidget *place = gtk_widget_get_first_child (row), *child;
      Cell *cell = place != NULL ? find_cell (place, &child) : NULL;

      if (cell == NULL || gtk_list_item_get_position (cell->item) != position)
        continue;

      gtk_widget_grab_focus (row);
      return;
    }
}

WsiRow *
wsi_frame_cells_pick (GtkColumnView *view,
                      double         x,
                      double         y,
                      WsiRowColumn **column,
                      guint         *position)
{
  GtkWidget *place = gtk_widget_pick (GTK_WIDGET (view), x, y, GTK_PICK_DEFAULT);

  for (; place != NULL && place != GTK_WIDGET (view); place = gtk_widget_get_parent (place))
    {
      Cell *cell = g_object_get_data (G_OBJECT (place), KEY_CELL);
      GtkWidget *child;

      if (cell == NULL)
        cell = find_cell (place, &child);
      if (cell == NULL)
        continue;

      *column = cell->bound->column;
      *position = gtk_list_item_get_position (cell->item);
      return gtk_list_item_get_item (cell->item);
    }
  return NULL;
}
