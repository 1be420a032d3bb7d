/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/frames/wsi-view-options.h"

#include <glib/gi18n.h>

#include "inspect/show/columns/wsi-row-column.h"
#include "ui/frames/wsi-frame-columns.h"
#include "ui/parts/wsi-drop-down.h"

#define MIN_WIDTH 24            /* least width of a column in pixels */
#define MAX_WIDTH 2000
#define WIDTH_STEP 8            /* change of a width by one key */

struct _WsiViewOptions
{
  GtkWidget     parent_instance;

  GtkDropDown  *view, *clock;
  GtkWidget    *microseconds;
  GtkBox       *columns;
  GtkEntry     *field;
  WsiFrameList *list;           /* list that the options are for; NULL = none yet */
  gboolean      is_showing;     /* the buttons are being set to the columns of the list */
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

/* The checks of columns that are known stay: one of them may have the focus. */
static GtkWidget *
view_options_find_check (WsiViewOptions *self,
                         const char     *name)
{
  GtkWidget *check = gtk_widget_get_first_child (GTK_WIDGET (self->columns));

  while (check != NULL && !g_str_equal (gtk_widget_get_name (check), name))
    check = gtk_widget_get_next_sibling (check);
  return check;
}

static guint
view_options_find_name (GStrv       names,
                        const char *name)
{
  guint i = 0;

  while (names[i] != NULL && !g_str_equal (names[i], name))
    i++;
  return i;
}

/* The place of a column of this name among those that are shown: before the first one whose check
 * follows; a new field of a decoder before the summary. */
static guint
view_options_find_place (WsiViewOptions *self,
                         GStrv           shown,
                         const char     *name)
{
  GtkWidget *check = view_options_find_check (self, name);
  guint n_shown = g_strv_length (shown), place = n_shown;

  if (check == NULL)
    return view_options_find_name (shown, "summary");

  while (place == n_shown && (check = gtk_widget_get_next_sibling (check)) != NULL)
    place = view_options_find_name (shown, gtk_widget_get_name (check));
  return place;
}

static void
view_options_set_columns (WsiViewOptions *self,
                          const char     *removed,
                          const char     *added)
{
  g_auto (GStrv) shown = NULL, changed = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint place;

  g_object_get (self->list, "columns", &shown, NULL);
  place = added != NULL ? view_options_find_place (self, shown, added) : G_MAXUINT;
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
  view_options_set_columns (self, name, name);
  return TRUE;
}

static void
view_options_on_toggled (WsiViewOptions *self,
                         GtkCheckButton *button)
{
  const char *name = gtk_widget_get_name (GTK_WIDGET (button));

  if (self->is_showing)
    return;

  if (gtk_check_button_get_active (button))
    view_options_set_columns (self, NULL, name);
  else
    view_options_set_columns (self, name, NULL);
}

static void
view_options_add_check (WsiViewOptions *self,
                        const char     *name,
                        gboolean        is_shown)
{
  GtkWidget *check = gtk_check_button_new_with_label (wsi_frame_columns_get_title (name));

  gtk_widget_set_name (check, name);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), is_shown);
  g_signal_connect_object (check, "toggled", G_CALLBACK (view_options_on_toggled), self,
                           G_CONNECT_SWAPPED);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_KEY_SHORTCUTS,
                                  "Alt+Up Alt+Down Alt+Left Alt+Right", -1);
  gtk_box_append (self->columns, check);
}

/* The checks of those that are shown change places among each other, so that they stand in the
 * order of the columns. */
static void
sort_checks (WsiViewOptions *self,
             GStrv           shown)
{
  g_autoptr (GPtrArray) checks = g_ptr_array_new ();
  GtkWidget *check = gtk_widget_get_first_child (GTK_WIDGET (self->columns)), *last = NULL;

  for (; check != NULL; check = gtk_widget_get_next_sibling (check))
    g_ptr_array_add (checks, check);
  for (guint i = 0, n_taken = 0; i < checks->len; i++)
    {
      check = checks->pdata[i];
      if (gtk_check_button_get_active (GTK_CHECK_BUTTON (check)))
        check = view_options_find_check (self, shown[n_taken++]);
      gtk_box_reorder_child_after (self->columns, check, last);
      last = check;
    }
}

static void
view_options_show_columns (WsiViewOptions *self)
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
    if (view_options_find_check (self, shown[i]) == NULL)
      view_options_add_check (self, shown[i], TRUE);
  sort_checks (self, shown);
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

/* The name of the column with the focus.  NULL: no check of a column has it. */
static const char *
get_focus (WsiViewOptions *self)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));

  return focus != NULL && gtk_widget_get_parent (focus) == GTK_WIDGET (self->columns)
         ? gtk_widget_get_name (focus) : NULL;
}

/* The column changes places with the one before or after it that is shown. */
static void
view_options_activate_move (GtkWidget  *widget,
                            const char *action,
                            GVariant   *parameter)
{
  WsiViewOptions *self = WSI_VIEW_OPTIONS (widget);
  const char *name = get_focus (self);
  g_auto (GStrv) shown = NULL;
  char *moved;
  guint from, to, n_shown;

  if (name == NULL)
    return;

  g_object_get (self->list, "columns", &shown, NULL);
  n_shown = g_strv_length (shown);
  from = view_options_find_name (shown, name);
  to = from + g_variant_get_int32 (parameter);
  if (from >= n_shown || to >= n_shown)
    return;

  moved = shown[from];
  shown[from] = shown[to];
  shown[to] = moved;
  g_object_set (self->list, "columns", shown, NULL);
}

static void
set_width (WsiViewOptions *self,
           const char     *name,
           int             step)
{
  g_autoptr (GVariant) widths = NULL;
  g_auto (GVariantBuilder) changed = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a{su}"));
  GVariantIter iter;
  const char *other;
  guint32 width, now = wsi_frame_list_get_column_width (self->list, name);

  g_object_get (self->list, "column-widths", &widths, NULL);
  g_variant_iter_init (&iter, widths);
  while (g_variant_iter_next (&iter, "{&su}", &other, &width))
    {
      if (g_str_equal (other, name))
        now = width;
      else
        g_variant_builder_add (&changed, "{su}", other, width);
    }
  now = CLAMP ((int) now + step, MIN_WIDTH, MAX_WIDTH);
  g_variant_builder_add (&changed, "{su}", name, now);
  g_object_set (self->list, "column-widths", g_variant_builder_end (&changed), NULL);
}

/* Widens a column, except the summary, which has the width that the others leave. */
static void
view_options_activate_widen (GtkWidget  *widget,
                             const char *action,
                             GVariant   *parameter)
{
  WsiViewOptions *self = WSI_VIEW_OPTIONS (widget);
  const char *name = get_focus (self);
  gboolean is_mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;

  if (name != NULL && !wsi_frame_columns_takes_rest (name))
    set_width (self, name, g_variant_get_int32 (parameter) * (is_mirrored ? -WIDTH_STEP
                                                                          : WIDTH_STEP));
}

static void
view_options_install_actions (GtkWidgetClass *class)
{
  static const struct
  {
    guint       key;
    const char *action;
    int         step;
  } keys[] = {
    { GDK_KEY_Up, "columns.move", -1 }, { GDK_KEY_Down, "columns.move", 1 },
    { GDK_KEY_Left, "columns.widen", -1 }, { GDK_KEY_Right, "columns.widen", 1 },
  };

  gtk_widget_class_install_action (class, "columns.move", "i", view_options_activate_move);
  gtk_widget_class_install_action (class, "columns.widen", "i", view_options_activate_widen);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding_action (class, keys[i].key, GDK_ALT_MASK, keys[i].action, "i",
                                         keys[i].step);
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
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/frames/wsi-view-options.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiViewOptions, view);
  gtk_widget_class_bind_template_child (widget_class, WsiViewOptions, clock);
  gtk_widget_class_bind_template_child (widget_class, WsiViewOptions, microseconds);
  gtk_widget_class_bind_template_child (widget_class, WsiViewOptions, columns);
  gtk_widget_class_bind_template_child (widget_class, WsiViewOptions, field);
  gtk_widget_class_bind_template_callback (widget_class, on_field_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_field_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_reset_clicked);
  view_options_install_actions (widget_class);
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
  g_object_bind_property (list, "microseconds", self->microseconds, "active",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  for (guint i = 0; all[i] != NULL; i++)
    view_options_add_check (self, all[i], FALSE);
  g_signal_connect_object (list, "notify::columns", G_CALLBACK (view_options_show_columns), self,
                           G_CONNECT_SWAPPED);
  view_options_show_columns (self);
}
