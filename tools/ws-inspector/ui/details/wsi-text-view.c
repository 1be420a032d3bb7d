/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/details/wsi-text-view.h"

#include "inspect/show/lines/wsi-json-layout.h"
#include "inspect/show/lines/wsi-line-index.h"
#include "inspect/show/lines/wsi-syntax.h"
#include "inspect/show/lines/wsi-text-matches.h"
#include "inspect/store/wsi-task.h"

#define MAX_AT_ONCE (64 * 1024) /* bytes; more are read in a thread */
#define SPARE_COLUMNS 1         /* columns to spare: characters of other fonts are a little wider */

struct _WsiTextView
{
  GtkWidget     parent_instance;

  WsiLineView  *lines;
  GBytes       *bytes;          /* bytes that are shown; NULL = none */
  GBytes       *laid_out;       /* bytes with line breaks and indentation; NULL = not made yet */
  WsiTextLayout layout;
  char         *search;         /* text that is marked; NULL = none */
  WsiByteRange  found;          /* first place of the search; empty: there is none */
  guint         tick, n_ticks;  /* callback that scrolls there, 0 = none; frames it has seen */
  GCancellable *cancellable;    /* cancellable of the making of lines; NULL = none are made */
};

G_DEFINE_FINAL_TYPE (WsiTextView, wsi_text_view, GTK_TYPE_WIDGET)

typedef struct
{
  GBytes       *bytes, *laid_out;
  WsiTextLayout layout;
  guint         n_columns;
  char         *search;         /* text that is searched for; NULL = none */
  gsize         begin, end;     /* first place of the search; equal: there is none */
  WsiLineIndex *index;          /* index of the lines; NULL: the making was cancelled */
} Making;

static void
making_free (Making *making)
{
  g_bytes_unref (making->bytes);
  g_clear_pointer (&making->laid_out, g_bytes_unref);
  g_clear_pointer (&making->index, wsi_line_index_unref);
  g_free (making->search);
  g_free (making);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Making, making_free)

static void
text_view_make (Making       *making,
                GCancellable *cancellable)
{
  if (making->laid_out == NULL && making->layout == WSI_TEXT_JSON)
    making->laid_out = wsi_json_layout_new (making->bytes, cancellable);
  if (making->laid_out == NULL)
    making->laid_out = g_bytes_ref (making->bytes);
  making->index = wsi_line_index_new_text (making->laid_out, making->n_columns, cancellable);
  if (making->index != NULL)
    wsi_line_index_set_syntax (making->index, wsi_syntax_new (making->laid_out, cancellable));
  if (making->search != NULL)
    wsi_text_matches_find_first (making->laid_out, making->search, cancellable, &making->begin,
                                 &making->end);
}

static void
run_making (GTask        *task,
            gpointer      source,
            gpointer      data,
            GCancellable *cancellable)
{
  text_view_make (data, cancellable);
  g_task_return_boolean (task, TRUE);
}

/* Scrolls to the first place of a search.  A list has no rows to scroll to before the first layout
 * of its lines. */
static gboolean
text_view_on_tick (GtkWidget     *widget,
                   GdkFrameClock *clock,
                   gpointer       none)
{
  WsiTextView *self = WSI_TEXT_VIEW (widget);

  if (++self->n_ticks <= 1)
    return G_SOURCE_CONTINUE;

  self->tick = 0;
  wsi_line_view_set_highlight (self->lines, self->found.begin, self->found.end);
  return G_SOURCE_REMOVE;
}

static void
show_found (WsiTextView *self)
{
  self->n_ticks = 0;
  if (self->tick == 0)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), text_view_on_tick, NULL, NULL);
}

/* Shows lines; the same text in other lines keeps its selection. */
static void
text_view_show (WsiTextView  *self,
                const Making *making)
{
  WsiLineIndex *before = wsi_line_view_get_lines (self->lines);
  gboolean is_same = before != NULL && self->laid_out != NULL &&
                     wsi_line_index_get_bytes (before) == making->laid_out;
  WsiByteRange selection = wsi_line_view_get_selection (self->lines);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->laid_out, g_bytes_unref);
  self->laid_out = g_bytes_ref (making->laid_out);
  wsi_line_view_set_lines (self->lines, making->index, WSI_LINES_TEXT, 0);
  if (is_same)
    wsi_line_view_select_bytes (self->lines, selection.begin, selection.end);
  wsi_line_view_set_search (self->lines, making->search);
  wsi_line_view_set_highlight (self->lines, 0, 0);
  self->found = (WsiByteRange) { making->begin, making->end };
  if (making->begin < making->end)
    show_found (self);
}

static void
on_made (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  WsiTextView *self = WSI_TEXT_VIEW (source);
  Making *making = g_task_get_task_data (G_TASK (result));

  if (g_task_get_cancellable (G_TASK (result)) == self->cancellable && making->index != NULL)
    text_view_show (self, making);
}

static void
text_view_cancel (WsiTextView *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
text_view_make_lines (WsiTextView *self)
{
  guint n_columns = wsi_line_view_get_n_columns (self->lines);
  g_autoptr (Making) making = NULL;
  g_autoptr (GTask) task = NULL;

  text_view_cancel (self);
  if (self->bytes == NULL || n_columns == 0)
    return;

  making = g_new0 (Making, 1);
  making->bytes = g_bytes_ref (self->bytes);
  making->laid_out = self->laid_out != NULL ? g_bytes_ref (self->laid_out) : NULL;
  making->layout = self->layout;
  making->search = g_strdup (self->search);
  making->n_columns = n_columns - MIN (n_columns - 1, SPARE_COLUMNS);
  if (g_bytes_get_size (self->bytes) <= MAX_AT_ONCE)
    {
      text_view_make (making, NULL);
      text_view_show (self, making);
      return;
    }

  self->cancellable = g_cancellable_new ();
  task = g_task_new (self, self->cancellable, on_made, NULL);
  g_task_set_task_data (task, g_steal_pointer (&making), (GDestroyNotify) making_free);
  wsi_task_run_in_thread (task, run_making);
}

static void
wsi_text_view_dispose (GObject *object)
{
  WsiTextView *self = WSI_TEXT_VIEW (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  text_view_cancel (self);
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
  self->tick = 0;
  g_clear_pointer (&child, gtk_widget_unparent);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->laid_out, g_bytes_unref);
  g_clear_pointer (&self->search, g_free);
  G_OBJECT_CLASS (wsi_text_view_parent_class)->dispose (object);
}

static void
wsi_text_view_class_init (WsiTextViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_text_view_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_text_view_init (WsiTextView *self)
{
  self->lines = g_object_new (WSI_TYPE_LINE_VIEW, NULL);
  gtk_widget_set_parent (GTK_WIDGET (self->lines), GTK_WIDGET (self));
  g_signal_connect_swapped (self->lines, "columns-changed", G_CALLBACK (text_view_make_lines),
                            self);
}

void
wsi_text_view_set_bytes (WsiTextView  *self,
                         GBytes       *bytes,
                         WsiTextLayout layout)
{
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->laid_out, g_bytes_unref);
  self->bytes = bytes != NULL ? g_bytes_ref (bytes) : NULL;
  self->layout = layout;
  wsi_line_view_set_lines (self->lines, NULL, WSI_LINES_TEXT, 0);
  text_view_make_lines (self);
}

void
wsi_text_view_set_search (WsiTextView *self,
                          const char  *text)
{
  if (g_strcmp0 (text, self->search) == 0)
    return;

  g_free (self->search);
  self->search = g_strdup (text);
  text_view_make_lines (self);
}

gboolean
wsi_text_view_is_ready (WsiTextView *self)
{
  return self->bytes == NULL || wsi_line_view_get_lines (self->lines) != NULL;
}
