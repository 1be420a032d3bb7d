/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/details/wsi-tree-view.h"

#include <glib/gi18n.h>

#include "inspect/decode/wsi-text.h"
#include "inspect/filter/wsi-decoded-path.h"
#include "inspect/store/wsi-task.h"
#include "ui/details/wsi-tree-item.h"
#include "ui/parts/wsi-context-menu.h"

#define MARGIN 12
#define MAX_AT_ONCE (64 * 1024) /* bytes; more are decoded in a thread */

struct _WsiTreeView
{
  GtkWidget           parent_instance;

  GtkWidget          *scroller;
  GtkListView        *list;
  GtkSingleSelection *selection;        /* selection in the list; NULL = nothing is shown */
  const WsiDecoder   *decoder;
  GCancellable       *cancellable;      /* cancellable of the decoding; NULL = nothing is decoded */
};

G_DEFINE_FINAL_TYPE (WsiTreeView, wsi_tree_view, GTK_TYPE_WIDGET)

enum
{
  SHOW_COLUMN,
  FILTER_ON,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static GListModel *
create_children (gpointer item,
                 gpointer data)
{
  return wsi_tree_item_dup_children (item);
}

/* Labels hold a few kilobytes at most: the decoders cut names and values. */
static char *
tree_view_escape (const char *text)
{
  return text != NULL ? wsi_text_escape_sentence (text, WSI_CHARSET_UTF8) : NULL;
}

static void
tree_view_on_setup (WsiTreeView *self,
                    GtkListItem *item)
{
  GtkWidget *expander = gtk_tree_expander_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *name = gtk_label_new (NULL), *value = gtk_label_new (NULL);
  GtkWidget *type = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_label_set_ellipsize (GTK_LABEL (value), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (value), 0);
  gtk_widget_set_hexpand (value, TRUE);
  gtk_widget_add_css_class (name, "heading");
  gtk_widget_add_css_class (value, "monospace");
  gtk_widget_add_css_class (type, "dim-label");
  gtk_widget_add_css_class (type, "caption");
  gtk_widget_set_margin_end (type, MARGIN);
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), value);
  gtk_box_append (GTK_BOX (box), type);
  gtk_tree_expander_set_child (GTK_TREE_EXPANDER (expander), box);
  gtk_list_item_set_child (item, expander);
}

static void
show_part (GtkTreeExpander *expander,
           WsiTreeItem     *item)
{
  const WsiDecodeNode *node = wsi_tree_item_get_node (item);
  gboolean is_rest = wsi_tree_item_is_rest (item);
  g_autofree char *name = is_rest ? g_strdup (_("More")) : tree_view_escape (node->name);
  g_autofree char *value = is_rest ? NULL : tree_view_escape (node->value);
  const char *type = is_rest ? "" : node->type;
  g_autofree char *sentence = g_strdup_printf ("%s %s %s", name != NULL ? name : "",
                                               value != NULL ? value : "", type);
  GtkWidget *label = gtk_widget_get_first_child (gtk_tree_expander_get_child (expander));

  gtk_label_set_text (GTK_LABEL (label), name);
  gtk_widget_set_tooltip_text (label, name);
  gtk_widget_set_visible (label, name != NULL);
  label = gtk_widget_get_next_sibling (label);
  gtk_label_set_text (GTK_LABEL (label), value);
  gtk_widget_set_tooltip_text (label, value);
  label = gtk_widget_get_next_sibling (label);
  gtk_label_set_text (GTK_LABEL (label), type);
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (GTK_WIDGET (expander))),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, g_strstrip (sentence), -1);
}

static void
tree_view_on_bind (WsiTreeView *self,
                   GtkListItem *item)
{
  GtkTreeExpander *expander = GTK_TREE_EXPANDER (gtk_list_item_get_child (item));
  GtkTreeListRow *row = GTK_TREE_LIST_ROW (gtk_list_item_get_item (item));
  g_autoptr (WsiTreeItem) part = WSI_TREE_ITEM (gtk_tree_list_row_get_item (row));

  gtk_tree_expander_set_list_row (expander, row);
  show_part (expander, part);
}

static void
tree_view_on_unbind (WsiTreeView *self,
                     GtkListItem *item)
{
  gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (gtk_list_item_get_child (item)), NULL);
}

static WsiTreeItem *
dup_selected (WsiTreeView *self)
{
  GtkTreeListRow *row =
    self->selection != NULL ? gtk_single_selection_get_selected_item (self->selection) : NULL;

  return row != NULL ? WSI_TREE_ITEM (gtk_tree_list_row_get_item (row)) : NULL;
}

/* The field of the selected part, as filters name it; NULL = it has no name there.  Elements of a
 * rest are elements of the list before it. */
static char *
dup_path (WsiTreeView *self)
{
  g_autoptr (WsiTreeItem) item = dup_selected (self);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  if (item == NULL || self->decoder == NULL || wsi_tree_item_is_rest (item))
    return NULL;

  for (WsiTreeItem *at = item; wsi_tree_item_get_parent (at) != NULL;
       at = wsi_tree_item_get_parent (at))
    {
      if (wsi_tree_item_is_rest (at))
        continue;
      if (wsi_tree_item_get_node (at)->name == NULL)
        return NULL;
      g_ptr_array_insert (names, 0, wsi_tree_item_get_node (at)->name);
    }
  return wsi_decoded_path_format (self->decoder, (const char *const *) names->pdata, names->len);
}

static void
tree_view_on_selected (WsiTreeView *self)
{
  g_autoptr (WsiTreeItem) item = dup_selected (self);
  g_autofree char *path = dup_path (self);
  gboolean has_value = item != NULL && wsi_tree_item_get_node (item)->value != NULL;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "tree.copy-value", has_value);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "tree.copy-path", path != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "tree.show-column", path != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "tree.filter-on", path != NULL && has_value);
}

static void
activate_copy_value (GtkWidget  *widget,
                     const char *name,
                     GVariant   *parameter)
{
  g_autoptr (WsiTreeItem) item = dup_selected (WSI_TREE_VIEW (widget));
  const char *value = item != NULL ? wsi_tree_item_get_node (item)->value : NULL;

  if (value != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), value);
}

static void
activate_copy_path (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  g_autofree char *path = dup_path (WSI_TREE_VIEW (widget));

  if (path != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), path);
}

static GMenuModel *
tree_view_make_menu (void)
{
  GMenu *menu = g_menu_new ();

  g_menu_append (menu, _("Copy _Value"), "tree.copy-value");
  g_menu_append (menu, _("Copy _Path"), "tree.copy-path");
  g_menu_append (menu, _("Show as C_olumn"), "tree.show-column");
  g_menu_append (menu, _("_Filter on This"), "tree.filter-on");
  return G_MENU_MODEL (menu);
}

static void
tree_view_open_menu (WsiTreeView        *self,
                     const GdkRectangle *place)
{
  g_autoptr (GMenuModel) model = tree_view_make_menu ();

  wsi_context_menu_open (GTK_WIDGET (self), GTK_WIDGET (self->list), model, place);
}

static void
tree_view_activate_menu (GtkWidget  *widget,
                         const char *name,
                         GVariant   *parameter)
{
  tree_view_open_menu (WSI_TREE_VIEW (widget), NULL);
}

/* Selects the part below the pointer first. */
static void
tree_view_on_pressed (GtkGestureClick *gesture,
                      int              n_press,
                      double           x,
                      double           y,
                      WsiTreeView     *self)
{
  GtkWidget *child = gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT);
  GtkWidget *expander = NULL;

  for (; child != NULL && child != GTK_WIDGET (self) && expander == NULL;
       child = gtk_widget_get_parent (child))
    {
      expander = GTK_IS_TREE_EXPANDER (child) ? child : NULL;
      if (GTK_IS_TREE_EXPANDER (gtk_widget_get_first_child (child)))
        expander = gtk_widget_get_first_child (child);
    }
  if (expander == NULL || self->selection == NULL)
    return;

  gtk_single_selection_set_selected (
    self->selection,
    gtk_tree_list_row_get_position (gtk_tree_expander_get_list_row (GTK_TREE_EXPANDER (expander))));
  tree_view_open_menu (self, &(GdkRectangle) { (int) x, (int) y, 1, 1 });
}

/* Activates an action with the field and the value. */
static void
activate_with_field (GtkWidget  *widget,
                     const char *name,
                     GVariant   *parameter)
{
  WsiTreeView *self = WSI_TREE_VIEW (widget);
  guint signal = g_str_equal (name, "tree.filter-on") ? FILTER_ON : SHOW_COLUMN;
  g_autoptr (WsiTreeItem) item = dup_selected (self);
  g_autofree char *path = dup_path (self);

  if (path != NULL)
    g_signal_emit (self, signals[signal], 0, path, wsi_tree_item_get_node (item)->value);
}

static void
wsi_tree_view_dispose (GObject *object)
{
  WsiTreeView *self = WSI_TREE_VIEW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  g_clear_object (&self->selection);
  for (GtkWidget *child; (child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL;)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (wsi_tree_view_parent_class)->dispose (object);
}

static void
wsi_tree_view_class_init (WsiTreeViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_tree_view_dispose;
  signals[SHOW_COLUMN] = g_signal_new ("show-column", WSI_TYPE_TREE_VIEW, G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING,
                                       G_TYPE_STRING);
  signals[FILTER_ON] = g_signal_new ("filter-on", WSI_TYPE_TREE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL,
                                     NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  gtk_widget_class_install_action (widget_class, "tree.copy-value", NULL, activate_copy_value);
  gtk_widget_class_install_action (widget_class, "tree.copy-path", NULL, activate_copy_path);
  gtk_widget_class_install_action (widget_class, "tree.menu", NULL, tree_view_activate_menu);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "tree.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "tree.menu",
                                       NULL);
  gtk_widget_class_install_action (widget_class, "tree.show-column", NULL, activate_with_field);
  gtk_widget_class_install_action (widget_class, "tree.filter-on", NULL, activate_with_field);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK,
                                       "tree.copy-value", NULL);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_tree_view_init (WsiTreeView *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkGesture *click;

  g_signal_connect_swapped (factory, "setup", G_CALLBACK (tree_view_on_setup), self);
  g_signal_connect_swapped (factory, "bind", G_CALLBACK (tree_view_on_bind), self);
  g_signal_connect_swapped (factory, "unbind", G_CALLBACK (tree_view_on_unbind), self);
  self->list = GTK_LIST_VIEW (gtk_list_view_new (NULL, factory));
  gtk_widget_add_css_class (GTK_WIDGET (self->list), "tree");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _("Parts of the message"), -1);
  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), GTK_WIDGET (self->list));
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
  click = gtk_gesture_click_new ();
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect_object (click, "pressed", G_CALLBACK (tree_view_on_pressed), self,
                           G_CONNECT_DEFAULT);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  tree_view_on_selected (self);
}

/* Shows the whole message with its first level open. */
static void
show_root (WsiTreeView   *self,
           WsiDecodeNode *root)
{
  GListStore *store = g_list_store_new (WSI_TYPE_TREE_ITEM);
  g_autoptr (WsiTreeItem) item = wsi_tree_item_new (root, NULL);
  g_autoptr (GtkTreeListRow) row = NULL;
  GtkTreeListModel *model;

  g_list_store_append (store, item);
  model = gtk_tree_list_model_new (G_LIST_MODEL (store), FALSE, FALSE, create_children, NULL, NULL);
  row = gtk_tree_list_model_get_row (model, 0);
  gtk_tree_list_row_set_expanded (row, TRUE);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (model));
  g_signal_connect_swapped (self->selection, "notify::selected-item",
                            G_CALLBACK (tree_view_on_selected),
                            self);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
  tree_view_on_selected (self);
}

static void
run_decoding (GTask        *task,
              gpointer      source,
              gpointer      data,
              GCancellable *cancellable)
{
  g_task_return_pointer (task, wsi_reading_decode (data),
                         (GDestroyNotify) wsi_decode_node_unref);
}

static void
on_decoded (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  WsiTreeView *self = WSI_TREE_VIEW (source);
  g_autoptr (WsiDecodeNode) root = g_task_propagate_pointer (G_TASK (result), NULL);

  if (root == NULL || g_task_get_cancellable (G_TASK (result)) != self->cancellable)
    return;

  g_clear_object (&self->cancellable);
  show_root (self, g_steal_pointer (&root));
}

void
wsi_tree_view_set_reading (WsiTreeView *self,
                           WsiReading  *reading)
{
  g_autoptr (GTask) task = NULL;

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gtk_list_view_set_model (self->list, NULL);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  g_clear_object (&self->selection);
  self->decoder = reading != NULL ? reading->decoder : NULL;
  tree_view_on_selected (self);
  if (reading == NULL)
    return;

  /* few bytes may unpack to many */
  if (g_bytes_get_size (reading->bytes) <= MAX_AT_ONCE && reading->decoder->unwrap == NULL)
    {
      show_root (self, wsi_reading_decode (reading));
      wsi_reading_free (reading);
      return;
    }

  self->cancellable = g_cancellable_new ();
  task = g_task_new (self, self->cancellable, on_decoded, NULL);
  g_task_set_task_data (task, reading, (GDestroyNotify) wsi_reading_free);
  wsi_task_run_in_thread (task, run_decoding);
}

gboolean
wsi_tree_view_is_ready (WsiTreeView *self)
{
  return self->cancellable == NULL;
}
