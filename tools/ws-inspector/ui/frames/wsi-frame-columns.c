/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/frames/wsi-frame-columns.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/parts/wsi-column-titles.h"

#define KEY_NAME "wsi-name"
#define MIN_SUMMARY_WIDTH 160
#define GOOD_SUMMARY_WIDTH (320 + CELL_PADDING) /* width that names of connections leave to it */
#define MIN_WIDTH 24
#define MAX_WIDTH 240           /* width of a column that has its width by its texts, at most */
#define MAX_COLUMNS 24
#define LAST_RANK 100
#define CELL_PADDING 16         /* pixels of both sides of a cell, in the themes of libadwaita */
#define SUMMARY "summary"
#define DIRECTION "dir"
#define CONNECTION "conn"

/* Texts of the same shape have the same width: digits are all as wide as each other. */
#define MAX_SHAPE 64            /* bytes; a longer text is as wide as MAX_WIDTH */
#define MAX_SHAPES 256          /* remembered shapes of a column; then only longer ones are
                                 * measured */

typedef struct
{
  int         width;            /* width in pixels of the widest text so far and of the title */
  int         least;            /* width that the column needs; of connections that of their
                                 * numbers */
  gsize       n_bytes;          /* bytes of the longest shape */
  GHashTable *shapes;           /* shapes of texts that were measured */
} Content;

/* Widths are fixed, so that GTK measures no cell while the list grows: they are those of the widest
 * text that was shown so far, unless the user has changed them. */
struct _WsiFrameColumns
{
  GtkColumnView *view;
  WsiFrameCells *cells;
  GPtrArray     *names;         /* names of the chosen columns, in order; some may have no room */
  GHashTable    *awaited;       /* chosen columns without a value so far: name to WsiRowColumn */
  GHashTable    *widths;        /* widths in pixels that the user has set, by name */
  GHashTable    *contents;      /* contents by name (Content) */
  guint          growing;       /* tick that applies new widths; 0 = none */
  int            width;         /* width of the view; 0 = not known */
  gboolean       is_changing;   /* a function of the columns is changing them */
  void         (*changed)(gpointer user_data);
  void         (*clicked)(WsiRowValue value,
                          gpointer    user_data);
  gpointer       user_data;
  WsiRowOrder    order;         /* order of the rows, which GTK forgets with a hidden column */
  WsiRowValue    probed;        /* value of the sorter that was asked last */
};

/* A sorter of a column, which sorts nothing. */
typedef struct
{
  WsiFrameColumns *columns;
  WsiRowValue      value;
} Probe;

static const char *
frame_columns_get_name (GtkColumnViewColumn *column)
{
  return g_object_get_data (G_OBJECT (column), KEY_NAME);
}

static guint
frame_columns_get_rank (const char *name)
{
  const WsiColumnKind *kind = wsi_column_kind_find (name);

  return kind != NULL ? kind->rank : LAST_RANK;
}

const char *
wsi_frame_columns_get_title (const char *name)
{
  const WsiColumnKind *kind = wsi_column_kind_find (name);

  return kind != NULL ? _(kind->title) : name;
}

GStrv
wsi_frame_columns_dup_all (void)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (const WsiColumnKind *kind = wsi_column_kinds; kind->name != NULL; kind++)
    g_strv_builder_add (names, kind->name);
  return g_strv_builder_end (names);
}

static GStrv
dup_usual (void)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (const WsiColumnKind *kind = wsi_column_kinds; kind->name != NULL; kind++)
    if (kind->presence == WSI_COLUMN_USUAL)
      g_strv_builder_add (names, kind->name);
  return g_strv_builder_end (names);
}

gboolean
wsi_frame_columns_takes_rest (const char *name)
{
  return g_str_equal (name, SUMMARY);
}

static void
free_content (gpointer data)
{
  Content *content = data;

  g_hash_table_unref (content->shapes);
  g_free (content);
}

/* Measures a text in the size of text of the view, with digits of one width as the cells have
 * them. */
static int
frame_columns_measure_text (WsiFrameColumns *self,
                            const char      *text,
                            PangoWeight      weight)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self->view), text);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  int width;

  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum"));
  pango_attr_list_insert (attributes, pango_attr_weight_new (weight));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_get_pixel_size (layout, &width, NULL);
  return width;
}

static Content *
get_content (WsiFrameColumns *self,
             const char      *name)
{
  Content *content = g_hash_table_lookup (self->contents, name);

  if (content != NULL)
    return content;

  content = g_new0 (Content, 1);
  content->shapes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  content->width = CELL_PADDING +
                   frame_columns_measure_text (self, wsi_frame_columns_get_title (name),
                                               PANGO_WEIGHT_BOLD);
  content->least = content->width;
  g_hash_table_insert (self->contents, g_strdup (name), content);
  return content;
}

static int
get_least_width (WsiFrameColumns *self,
                 const char      *name)
{
  gpointer width = g_hash_table_lookup (self->widths, name);

  return width != NULL ? GPOINTER_TO_INT (width)
                       : MIN (get_content (self, name)->least, MAX_WIDTH);
}

/* Columns without a value have no place, unless all of them are without. */
static gboolean
has_place (WsiFrameColumns *self,
           const char      *name)
{
  return !g_hash_table_contains (self->awaited, name) ||
         g_hash_table_size (self->awaited) == self->names->len;
}

/* The width that the columns up to a rank need. */
static int
frame_columns_measure (WsiFrameColumns *self,
                       guint            rank,
                       int              summary_width)
{
  int sum = 0;

  for (guint i = 0; i < self->names->len; i++)
    {
      const char *name = self->names->pdata[i];

      if (frame_columns_get_rank (name) <= rank && has_place (self, name))
        sum += wsi_frame_columns_takes_rest (name) ? summary_width : get_least_width (self, name);
    }
  return sum;
}

/* The last rank that has room: columns of the highest rank are left out first. */
static guint
find_last_rank (WsiFrameColumns *self)
{
  guint rank = LAST_RANK;

  while (rank > 0 && self->width > 0 &&
         frame_columns_measure (self, rank, MIN_SUMMARY_WIDTH) > self->width)
    rank--;
  return rank;
}

/* The width of a column.  Names of connections have what they need of the room that the summary
 * does not, unless most of each name would be cut: then the column has the numbers alone. */
int
wsi_frame_columns_get_width (WsiFrameColumns *self,
                             const char      *name)
{
  int least = get_least_width (self, name), most, rest;

  if (!g_str_equal (name, CONNECTION) || g_hash_table_contains (self->widths, name))
    return least;

  most = MIN (get_content (self, name)->width, MAX_WIDTH);
  rest = self->width - frame_columns_measure (self, find_last_rank (self), GOOD_SUMMARY_WIDTH);
  if (least + rest < most * 2 / 3)
    return least;

  return MIN (least + rest, most);
}

static float
get_alignment_of (const char *name)
{
  const WsiColumnKind *kind = wsi_column_kind_find (name);

  return kind != NULL ? kind->alignment : 0;
}

static float
frame_columns_get_alignment (GtkColumnViewColumn *column)
{
  return get_alignment_of (frame_columns_get_name (column));
}

static void
frame_columns_notify (WsiFrameColumns *self)
{
  if (self->changed != NULL && !self->is_changing)
    self->changed (self->user_data);
}

static void
on_width (WsiFrameColumns     *self,
          GParamSpec          *param,
          GtkColumnViewColumn *column)
{
  int width = gtk_column_view_column_get_fixed_width (column);

  if (self->is_changing || width < 0)
    return;

  g_hash_table_insert (self->widths, g_strdup (frame_columns_get_name (column)),
                       GINT_TO_POINTER (MAX (width, MIN_WIDTH)));
  frame_columns_notify (self);
}

static void
apply_width (WsiFrameColumns     *self,
             GtkColumnViewColumn *column)
{
  int width = wsi_frame_columns_get_width (self, frame_columns_get_name (column));

  gboolean takes_rest = wsi_frame_columns_takes_rest (frame_columns_get_name (column));

  gtk_column_view_column_set_fixed_width (column, takes_rest ? -1 : width);
  gtk_column_view_column_set_expand (column, takes_rest);
}

static int
on_compare (gconstpointer first,
            gconstpointer second,
            gpointer      data)
{
  Probe *probe = data;

  probe->columns->probed = probe->value;
  return GTK_ORDERING_SMALLER;
}

static void
add_sorter (WsiFrameColumns     *self,
            GtkColumnViewColumn *column)
{
  const WsiColumnKind *kind = wsi_column_kind_find (frame_columns_get_name (column));
  g_autoptr (GtkSorter) sorter = NULL;
  Probe *probe;

  if (kind == NULL || kind->value == WSI_ROW_NONE)
    return;

  probe = g_new (Probe, 1);
  *probe = (Probe) { self, kind->value };
  sorter = GTK_SORTER (gtk_custom_sorter_new (on_compare, probe, g_free));
  gtk_column_view_column_set_sorter (column, sorter);
}

/* GTK 4.8 does not say which title was clicked: its sorter asks that of the column, with any two
 * objects that differ. */
static void
on_sorter_changed (WsiFrameColumns *self)
{
  GtkSorter *sorter = gtk_column_view_get_sorter (self->view);

  if (self->is_changing)
    return;

  self->probed = WSI_ROW_NONE;
  gtk_sorter_compare (sorter, self->view, sorter);
  if (self->probed != WSI_ROW_NONE && self->clicked != NULL)
    self->clicked (self->probed, self->user_data);
}

static void
frame_columns_show_order (WsiFrameColumns *self)
{
  GListModel *columns = gtk_column_view_get_columns (self->view);
  g_autoptr (GtkColumnViewColumn) sorted = NULL;
  gboolean was_changing = self->is_changing;

  for (guint i = 0; sorted == NULL && i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
      const WsiColumnKind *kind = wsi_column_kind_find (frame_columns_get_name (column));

      if (self->order.value != WSI_ROW_NONE && kind != NULL && kind->value == self->order.value)
        sorted = g_steal_pointer (&column);
    }
  self->is_changing = TRUE;
  gtk_column_view_sort_by_column (self->view, NULL, GTK_SORT_ASCENDING);
  if (sorted != NULL)
    gtk_column_view_sort_by_column (self->view, sorted, self->order.is_descending
                                                        ? GTK_SORT_DESCENDING
                                                        : GTK_SORT_ASCENDING);
  self->is_changing = was_changing;
}

void
wsi_frame_columns_set_order (WsiFrameColumns *self,
                             WsiRowOrder      order)
{
  self->order = order;
  frame_columns_show_order (self);
}

static void
frame_columns_append (WsiFrameColumns *self,
                      const char      *name)
{
  GtkListItemFactory *factory = wsi_frame_cells_make_factory (self->cells,
                                                              wsi_row_column_new (name),
                                                              get_alignment_of (name));
  g_autoptr (GtkColumnViewColumn) column =
    gtk_column_view_column_new (wsi_frame_columns_get_title (name), factory);

  g_object_set_data_full (G_OBJECT (column), KEY_NAME, g_strdup (name), g_free);
  add_sorter (self, column);
  gtk_column_view_column_set_resizable (column, !wsi_frame_columns_takes_rest (name));
  apply_width (self, column);
  g_signal_connect_swapped (column, "notify::fixed-width", G_CALLBACK (on_width), self);
  gtk_column_view_append_column (self->view, column);
}

static void
remove_columns (WsiFrameColumns *self)
{
  GListModel *columns = gtk_column_view_get_columns (self->view);
  g_autoptr (GtkColumnViewColumn) column = NULL;

  while ((column = g_list_model_get_item (columns, 0)) != NULL)
    {
      g_signal_handlers_disconnect_by_data (column, self);
      gtk_column_view_remove_column (self->view, column);
      g_clear_object (&column);
    }
}

/* The columns that have room. */
static GStrv
dup_fitting (WsiFrameColumns *self)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  guint rank = find_last_rank (self);

  for (guint i = 0; i < self->names->len; i++)
    if (has_place (self, self->names->pdata[i]) &&
        (frame_columns_get_rank (self->names->pdata[i]) <= rank || self->names->len == 1))
      g_strv_builder_add (names, self->names->pdata[i]);
  return g_strv_builder_end (names);
}

static GStrv
frame_columns_dup_shown (WsiFrameColumns *self)
{
  GListModel *columns = gtk_column_view_get_columns (self->view);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      g_strv_builder_add (names, frame_columns_get_name (column));
    }
  return g_strv_builder_end (names);
}

/* Columns without room are removed: GTK 4.8 counts the width of those that are hidden. */
static void
frame_columns_show_columns (WsiFrameColumns *self)
{
  g_auto (GStrv) shown = frame_columns_dup_shown (self), fitting = dup_fitting (self);

  if (g_strv_equal ((const char *const *) shown, (const char *const *) fitting))
    return;

  self->is_changing = TRUE;
  self->cells->has_direction = g_strv_contains ((const char *const *) fitting, DIRECTION);
  remove_columns (self);
  for (guint i = 0; fitting[i] != NULL; i++)
    frame_columns_append (self, fitting[i]);
  wsi_column_titles_align (self->view, frame_columns_get_alignment);
  frame_columns_show_order (self);
  self->is_changing = FALSE;
}

static void
apply_widths (WsiFrameColumns *self)
{
  GListModel *columns = gtk_column_view_get_columns (self->view);

  self->is_changing = TRUE;
  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      apply_width (self, column);
    }
  frame_columns_show_columns (self);
  self->is_changing = FALSE;
}

void
wsi_frame_columns_fit (WsiFrameColumns *self,
                       int              width)
{
  if (width == self->width)
    return;

  self->width = width;
  apply_widths (self);
}

static gboolean
is_field (const char *name)
{
  WsiRowColumn *column = wsi_row_column_new (name);
  gboolean is_there = column != NULL;

  g_clear_pointer (&column, wsi_row_column_free);
  return is_there;
}

GStrv
wsi_frame_columns_dup_names (WsiFrameColumns *self)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < self->names->len; i++)
    g_strv_builder_add (names, self->names->pdata[i]);
  return g_strv_builder_end (names);
}

static gboolean
is_chosen (WsiFrameColumns *self,
           const char      *name)
{
  return g_ptr_array_find_with_equal_func (self->names, name, g_str_equal, NULL);
}

static void
frame_columns_await (WsiFrameColumns *self,
                     const char      *name)
{
  if (wsi_column_may_be_empty (name))
    g_hash_table_insert (self->awaited, g_strdup (name), wsi_row_column_new (name));
}

static gboolean
frame_columns_is_dropped (gpointer name,
                          gpointer column,
                          gpointer columns)
{
  return !is_chosen (columns, name);
}

/* Sets the columns; one that the user adds to others is shown, with values or without. */
void
wsi_frame_columns_set_names (WsiFrameColumns   *self,
                             const char *const *names)
{
  g_auto (GStrv) usual = dup_usual ();
  g_auto (GStrv) before = wsi_frame_columns_dup_names (self);
  gboolean is_usual = names == NULL || *names == NULL;

  g_ptr_array_set_size (self->names, 0);
  if (names == NULL || *names == NULL)
    names = (const char *const *) usual;
  for (guint i = 0; names[i] != NULL && self->names->len < MAX_COLUMNS; i++)
    if (!g_strv_contains (names + i + 1, names[i]) && is_field (names[i]))
      g_ptr_array_add (self->names, g_strdup (names[i]));
  if (self->names->len == 0)
    g_ptr_array_add (self->names, g_strdup (SUMMARY));
  g_hash_table_foreach_remove (self->awaited, frame_columns_is_dropped, self);
  for (guint i = 0; is_usual && i < self->names->len; i++)
    if (!g_strv_contains ((const char *const *) before, self->names->pdata[i]))
      frame_columns_await (self, self->names->pdata[i]);
  frame_columns_show_columns (self);
}

void
wsi_frame_columns_begin (WsiFrameColumns *self)
{
  g_hash_table_remove_all (self->awaited);
  for (guint i = 0; i < self->names->len; i++)
    frame_columns_await (self, self->names->pdata[i]);
  wsi_frame_columns_forget_texts (self);
}

void
wsi_frame_columns_set_widths (WsiFrameColumns *self,
                              GVariant        *widths)
{
  GVariantIter iter;
  const char *name;
  guint width;

  g_hash_table_remove_all (self->widths);
  g_variant_iter_init (&iter, widths);
  while (g_variant_iter_next (&iter, "{&su}", &name, &width))
    g_hash_table_insert (self->widths, g_strdup (name),
                         GINT_TO_POINTER (CLAMP (width, MIN_WIDTH, G_MAXINT16)));

  apply_widths (self);
}

static gboolean
on_grown (GtkWidget     *view,
          GdkFrameClock *clock,
          gpointer       data)
{
  WsiFrameColumns *self = data;

  self->growing = 0;
  apply_widths (self);
  return G_SOURCE_REMOVE;
}

/* Applies new widths soon, but not while the cells are laid out. */
static void
grow_soon (WsiFrameColumns *self)
{
  if (self->growing == 0)
    self->growing = gtk_widget_add_tick_callback (GTK_WIDGET (self->view), on_grown, self, NULL);
}

/* Measures a text that is cut after its first word. */
static int
measure_first_word (WsiFrameColumns *self,
                    const char      *text)
{
  gsize n_word = strcspn (text, " ");
  g_autofree char *cut = g_strdup_printf ("%.*s%s", (int) n_word, text,
                                          text[n_word] != '\0' ? " …" : "");

  return CELL_PADDING + frame_columns_measure_text (self, cut, PANGO_WEIGHT_NORMAL);
}

static void
frame_columns_on_shown (const char *name,
                        const char *text,
                        gpointer    data)
{
  WsiFrameColumns *self = data;
  Content *content;
  char shape[MAX_SHAPE + 1];
  gsize n;
  int width, least;

  if (wsi_frame_columns_takes_rest (name))
    return;

  content = get_content (self, name);
  for (n = 0; n < MAX_SHAPE && text[n] != '\0'; n++)
    shape[n] = g_ascii_isdigit (text[n]) ? '0' : text[n];
  shape[n] = '\0';
  if (g_hash_table_contains (content->shapes, shape) ||
      (g_hash_table_size (content->shapes) >= MAX_SHAPES && n <= content->n_bytes))
    return;

  width = n < MAX_SHAPE
          ? CELL_PADDING + frame_columns_measure_text (self, text, PANGO_WEIGHT_NORMAL)
          : MAX_WIDTH;
  least = g_str_equal (name, CONNECTION) ? measure_first_word (self, text) : width;
  content->n_bytes = MAX (content->n_bytes, n);
  g_hash_table_add (content->shapes, g_strdup (shape));
  if (width > content->width || least > content->least)
    grow_soon (self);
  content->width = MAX (content->width, width);
  content->least = MAX (content->least, least);
}

static void
on_seen (WsiRow  *row,
         gpointer data)
{
  WsiFrameColumns *self = data;
  GHashTableIter iter;
  gpointer column;

  g_hash_table_iter_init (&iter, self->awaited);
  while (g_hash_table_iter_next (&iter, NULL, &column))
    if (wsi_row_column_has_value (column, self->cells->format, row))
      {
        g_hash_table_iter_remove (&iter);
        grow_soon (self);
      }
}

void
wsi_frame_columns_forget_texts (WsiFrameColumns *self)
{
  g_hash_table_remove_all (self->contents);
  wsi_frame_cells_refresh (self->view);
  grow_soon (self);
}

GVariant *
wsi_frame_columns_dup_widths (WsiFrameColumns *self)
{
  g_auto (GVariantBuilder) builder = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{su}"));
  GHashTableIter iter;
  gpointer name, width;

  g_hash_table_iter_init (&iter, self->widths);
  while (g_hash_table_iter_next (&iter, &name, &width))
    g_variant_builder_add (&builder, "{su}", name, GPOINTER_TO_UINT (width));
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

void
wsi_frame_columns_watch (WsiFrameColumns *self,
                         void           (*changed)(gpointer    user_data),
                         void           (*clicked)(WsiRowValue value,
                                                   gpointer    user_data),
                         gpointer         user_data)
{
  self->changed = changed;
  self->clicked = clicked;
  self->user_data = user_data;
}

/* The places of those that are shown get them in their new order. */
static void
frame_columns_take_order (WsiFrameColumns *self,
                          GStrv            shown)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  guint n_taken = 0;

  for (guint i = 0; i < self->names->len; i++)
    {
      const char *name = self->names->pdata[i];

      if (g_strv_contains ((const char *const *) shown, name))
        name = shown[n_taken++];
      g_ptr_array_add (names, g_strdup (name));
    }
  g_ptr_array_unref (self->names);
  self->names = g_steal_pointer (&names);
}

/* Handles a new order; a column that is dragged is removed and inserted, with a new title. */
static void
on_reordered (WsiFrameColumns *self)
{
  g_auto (GStrv) shown = self->is_changing ? NULL : frame_columns_dup_shown (self);
  g_auto (GStrv) fitting = self->is_changing ? NULL : dup_fitting (self);

  if (self->is_changing || g_strv_length (shown) != g_strv_length (fitting))
    return;

  wsi_column_titles_align (self->view, frame_columns_get_alignment);
  frame_columns_take_order (self, shown);
  frame_columns_notify (self);
}

WsiFrameColumns *
wsi_frame_columns_new (GtkColumnView *view,
                       WsiFrameCells *cells)
{
  WsiFrameColumns *self = g_new0 (WsiFrameColumns, 1);

  self->view = view;
  self->cells = cells;
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->widths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->contents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_content);
  self->awaited = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) wsi_row_column_free);
  cells->shown = frame_columns_on_shown;
  cells->seen = on_seen;
  cells->columns = self;
  wsi_frame_columns_set_names (self, NULL);
  g_signal_connect_swapped (gtk_column_view_get_columns (view), "items-changed",
                            G_CALLBACK (on_reordered), self);
  g_signal_connect_swapped (gtk_column_view_get_sorter (view), "changed",
                            G_CALLBACK (on_sorter_changed), self);
  g_signal_connect_swapped (gtk_widget_get_settings (GTK_WIDGET (view)), "notify::gtk-xft-dpi",
                            G_CALLBACK (wsi_frame_columns_forget_texts), self);
  return self;
}

/* Frees the columns; call it before the view is freed. */
void
wsi_frame_columns_free (WsiFrameColumns *self)
{
  g_signal_handlers_disconnect_by_data (gtk_widget_get_settings (GTK_WIDGET (self->view)), self);
  g_signal_handlers_disconnect_by_data (gtk_column_view_get_columns (self->view), self);
  g_signal_handlers_disconnect_by_data (gtk_column_view_get_sorter (self->view), self);
  remove_columns (self);
  if (self->growing != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self->view), self->growing);
  g_hash_table_unref (self->contents);
  g_hash_table_unref (self->widths);
  g_hash_table_unref (self->awaited);
  g_ptr_array_unref (self->names);
  g_free (self);
}
