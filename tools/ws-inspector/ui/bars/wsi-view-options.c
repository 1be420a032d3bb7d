/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/bars/wsi-view-options.h"

#include <glib/gi18n.h>

#include "ui/frames/wsi-frame-columns.h"
#include "ui/parts/wsi-drop-down.h"

struct _WsiViewOptions
{
  GtkWidget     parent_instance;

  GtkDropDown  *view, *clock;
  GtkBox       *columns;
  GtkEntry     *field;
  WsiFrameList *list;           /* NULL = none yet */
  gboolean      is_showing;     /* the columns that the list has */
};

G_DEFINE_FINAL_TYPE (WsiViewOptions, wsi_view_options, GTK_TYPE_WIDGET)

static const char *const views[] = { "frames", "messages", NULL };
static const char *const clocks[] = { "relative", "delta", "local", "utc", NULL };

static gboolean
word_to_index (GBinding     *binding,
               const GValue *word,
               GValue       *index,
               gpointer      words)
{
  const char *const *list = words;

  for (guint i = 0; list[i] != NULL; i++)
    if (g_strcmp0 (list[i], g_value_get_string (word)) == 0)
      g_value_set_uint (index, i);
  return TRUE;
}

static gboolean
index_to_word (GBinding     *binding,
               const GValue *index,
               GValue       *word,
               gpointer      words)
{
  const char *const *list = words;

  if (g_value_get_uint (index) >= g_strv_length ((GStrv) list))
    return FALSE;

  g_value_set_string (word, list[g_value_get_uint (index)]);
  return TRUE;
}

/* Where a column of this name belongs among those that are shown: before the first one that comes
 * after it as usual; a field of a decoder before the summary. */
static guint
find_place (GStrv       shown,
            const char *name)
{
  g_auto (GStrv) all = wsi_frame_columns_dup_all ();
  const char *const *after = (const char *const *) all;
  guint n_shown = g_strv_length (shown);

  while (*after != NULL && !g_str_equal (*after, name))
    after++;
  for (guint i = 0; i < n_shown; i++)
    if (*after != NULL ? g_strv_contains (after, shown[i]) : g_str_equal (shown[i], "summary"))
      return i;
  return n_shown;
}

static void
set_columns (WsiViewOptions *self,
             const char     *removed,
             const char     *added)
{
  g_auto (GStrv) shown = NULL, changed = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint place;

  g_object_get (self->list, "columns", &shown, NULL);
  place = added != NULL ? find_place (shown, added) : G_MAXUINT;
  for (guint i = 0; i <= g_strv_length (shown); i++)
    {
      if (i == place)
        g_strv_builder_add (builder, added);
      if (shown[i] != NULL && g_strcmp0 (shown[i], removed) != 0)
        g_strv_builder_add (builder, shown[i]);
    }
  changed = g_strv_builder_end (builder);
  g_object_set (self->list, "columns", changed, NULL);
}

gboolean
wsi_view_options_add_column (WsiViewOptions *self,
                             const char     *name)
{
  WsiRowColumn *column = wsi_row_column_new (name);

  if (column == NULL)
    return FALSE;

  wsi_row_column_free (column);
  set_columns (self, name, name);
  return TRUE;
}

static void
on_toggled (WsiViewOptions *self,
            GtkCheckButton *button)
{
  const char *name = gtk_widget_get_name (GTK_WIDGET (button));

  if (self->is_showing)
    return;

  if (gtk_check_button_get_active (button))
    set_columns (self, NULL, name);
  else
    set_columns (self, name, NULL);
}

static void
add_check (WsiViewOptions *self,
           const char     *name,
           gboolean        is_shown)
{
  GtkWidget *check = gtk_check_button_new_with_label (wsi_frame_columns_get_title (name));

  gtk_widget_set_name (check, name);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), is_shown);
  g_signal_connect_object (check, "toggled", G_CALLBACK (on_toggled), self, G_CONNECT_SWAPPED);
  gtk_box_append (self->columns, check);
}

/* The checks of columns that are known stay: one of them may have the focus. */
static GtkCheckButton *
find_check (WsiViewOptions *self,
            const char     *name)
{
  GtkWidget *check = gtk_widget_get_first_child (GTK_WIDGET (self->columns));

  while (check != NULL && !g_str_equal (gtk_widget_get_name (check), name))
    check = gtk_widget_get_next_sibling (check);
  return check != NULL ? GTK_CHECK_BUTTON (check) : NULL;
}

static void
show_columns (WsiViewOptions *self)
{
  g_auto (GStrv) shown = NULL;
  GtkWidget *check = gtk_widget_get_first_child (GTK_WIDGET (self->columns));

  g_object_get (self->list, "columns", &shown, NULL);
  self->is_showing = TRUE;
  for (; check != NULL; check = gtk_widget_get_next_sibling (check))
    gtk_check_button_set_active (GTK_CHECK_BUTTON (check),
                                 g_strv_contains ((const char *const *) shown,
                                                  gtk_widget_get_name (check)));
  for (guint i = 0; shown[i] != NULL; i++)
    if (find_check (self, shown[i]) == NULL)
      add_check (self, shown[i], TRUE);
  self->is_showing = FALSE;
}

static void
on_field_activated (WsiViewOptions *self)
{
  const char *name = gtk_editable_get_text (GTK_EDITABLE (self->field));

  if (!wsi_view_options_add_column (self, name))
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->field), "error");
      return;
    }
  gtk_editable_set_text (GTK_EDITABLE (self->field), "");
}

static void
on_field_changed (WsiViewOptions *self)
{
  gtk_widget_remove_css_class (GTK_WIDGET (self->field), "error");
}

static void
on_reset_clicked (WsiViewOptions *self)
{
  g_object_set (self->list, "columns", NULL, NULL);
  g_object_set (self->list, "column-widths", g_variant_new ("a{su}", NULL), NULL);
}

static void
wsi_view_options_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (wsi_view_options_parent_class)->dispose (object);
}

static void
wsi_view_options_class_init (WsiViewOptionsClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_view_options_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/wsproto/inspector/bars/wsi-view-options.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiViewOptions, view);
  gtk_widget_class_bind_template_child (widget_class, WsiViewOptions, clock);
  gtk_widget_class_bind_template_child (widget_class, WsiViewOptions, columns);
  gtk_widget_class_bind_template_child (widget_class, WsiViewOptions, field);
  gtk_widget_class_bind_template_callback (widget_class, on_field_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_field_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_reset_clicked);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_view_options_init (WsiViewOptions *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  wsi_drop_down_set_name (self->view, _("Rows"));
  wsi_drop_down_set_name (self->clock, _("Time"));
}

static void
bind_words (WsiViewOptions    *self,
            const char        *property,
            GtkDropDown       *drop_down,
            const char *const *words)
{
  g_object_bind_property_full (self->list, property, drop_down, "selected",
                               G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE, word_to_index,
                               index_to_word, (gpointer) words, NULL);
}

void
wsi_view_options_set_list (WsiViewOptions *self,
                           WsiFrameList   *list)
{
  g_auto (GStrv) all = wsi_frame_columns_dup_all ();

  g_return_if_fail (self->list == NULL);

  self->list = list;
  bind_words (self, "view", self->view, views);
  bind_words (self, "time-format", self->clock, clocks);
  for (guint i = 0; all[i] != NULL; i++)
    add_check (self, all[i], FALSE);
  g_signal_connect_object (list, "notify::columns", G_CALLBACK (show_columns), self,
                           G_CONNECT_SWAPPED);
  show_columns (self);
}
