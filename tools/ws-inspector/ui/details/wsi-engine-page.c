/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/details/wsi-engine-page.h"

#include <adwaita.h>

#include "inspect/show/engine/wsi-action-model.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-store.h"
#include "ui/details/wsi-engine-text.h"
#include "ui/parts/wsi-wrap-box.h"

#define REFRESH_MS 200          /* time between two refreshes, which follow new frames only */
#define MARGIN 12

struct _WsiEnginePage
{
  GtkWidget           parent_instance;

  GtkStack           *stack;
  GtkLabel           *state, *sides[2], *kept;  /* labels; sides: by WspRole */
  GtkWidget          *queues;
  GtkToggleButton    *follow_button;
  GtkListView        *list;
  GtkSingleSelection *selection;        /* selection in the list; NULL = there is no conversation */
  WsiActionModel     *model;
  WsiStore           *store;
  WsiConversation    *conversation;
  gboolean            has_queues;
  guint               timeout;
};

G_DEFINE_FINAL_TYPE (WsiEnginePage, wsi_engine_page, GTK_TYPE_WIDGET)

enum
{
  GO_TO,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static guint
count (WsiEnginePage *self)
{
  return self->model != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->model)) : 0;
}

static guint
get_position (WsiEnginePage *self)
{
  return self->selection != NULL ? gtk_single_selection_get_selected (self->selection)
                                 : GTK_INVALID_LIST_POSITION;
}

/* The selected action.  NULL: none is selected. */
static const WsiAction *
get_action (WsiEnginePage *self)
{
  WsiActionItem *item =
    self->selection != NULL ? gtk_single_selection_get_selected_item (self->selection) : NULL;

  return item != NULL ? wsi_action_item_get (item) : NULL;
}

/* Shows the state after the selected step; without one, the latest state. */
static void
show_state (WsiEnginePage *self)
{
  const WsiAction *action = get_action (self);
  g_autofree char *sentence = NULL;
  WsiEngineState state;

  if (self->conversation == NULL)
    return;

  wsi_engine_state_init (&state, wsi_store_get_actions (self->store),
                         wsi_conversation_get_number (self->conversation),
                         action != NULL ? action->number : G_MAXUINT64);
  self->has_queues = state.has_queues;
  sentence = wsi_engine_text_print_state (&state, wsi_conversation_get_role (self->conversation));
  gtk_label_set_text (self->state, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->state), !state.has_queues);
  gtk_widget_set_visible (self->queues, state.has_queues);
  for (guint i = 0; state.has_queues && i < G_N_ELEMENTS (self->sides); i++)
    {
      g_autofree char *text = wsi_engine_text_print_side (&state.sides[i], i);

      gtk_label_set_text (self->sides[i], text);
    }
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "engine.show-frame",
                                 action != NULL && action->row != WSI_NO_ROW);
}

static void
show_kept (WsiEnginePage *self)
{
  g_autofree char *sentence = wsi_engine_text_print_kept (wsi_store_get_actions (self->store));

  gtk_label_set_text (self->kept, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->kept), sentence != NULL);
}

static void
select_step (WsiEnginePage *self,
             guint          position)
{
  if (position >= count (self))
    return;

  gtk_single_selection_set_selected (self->selection, position);
  gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", position);
}

static void
refresh (WsiEnginePage *self)
{
  if (self->model == NULL)
    return;

  show_state (self);            /* rows name their side if there are two */
  wsi_action_model_update (self->model);
  gtk_stack_set_visible_child_name (self->stack, count (self) > 0 ? "engine" : "unknown");
  if (gtk_toggle_button_get_active (self->follow_button) && count (self) > 0)
    select_step (self, count (self) - 1);
  show_kept (self);
}

static gboolean
on_timeout (gpointer data)
{
  WsiEnginePage *self = data;

  self->timeout = 0;
  refresh (self);
  return G_SOURCE_REMOVE;
}

/* Refreshes the page later; nothing wakes up without new frames, or while the page is not
 * visible. */
static void
on_appended (WsiEnginePage *self)
{
  if (self->timeout == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->timeout = g_timeout_add (REFRESH_MS, on_timeout, self);
}

static void
wsi_engine_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (wsi_engine_page_parent_class)->map (widget);
  refresh (WSI_ENGINE_PAGE (widget));
}

static void
on_setup (WsiEnginePage *self,
          GtkListItem   *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "numeric");
  gtk_widget_set_margin_start (label, MARGIN);
  gtk_widget_set_margin_end (label, MARGIN);
  gtk_list_item_set_child (item, label);
}

static void
on_bind (WsiEnginePage *self,
         GtkListItem   *item)
{
  GtkWidget *label = gtk_list_item_get_child (item);
  g_autofree char *text =
    wsi_engine_text_print_step (wsi_action_item_get (gtk_list_item_get_item (item)),
                                wsi_conversation_get_begin_time (self->conversation),
                                self->has_queues);

  gtk_label_set_text (GTK_LABEL (label), text);
  gtk_widget_set_tooltip_text (label, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_parent (label)),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static void
activate_show_frame (GtkWidget  *widget,
                     const char *name,
                     GVariant   *parameter)
{
  const WsiAction *action = get_action (WSI_ENGINE_PAGE (widget));

  if (action != NULL && action->row != WSI_NO_ROW)
    g_signal_emit (widget, signals[GO_TO], 0, action->row);
}

static void
on_activated (WsiEnginePage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "engine.show-frame", NULL);
}

/* Goes a step, which ends following. */
static void
step (WsiEnginePage *self,
      guint          position)
{
  gtk_toggle_button_set_active (self->follow_button, FALSE);
  select_step (self, position);
}

static void
activate_previous (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  WsiEnginePage *self = WSI_ENGINE_PAGE (widget);
  guint position = get_position (self);

  if (position != GTK_INVALID_LIST_POSITION && position > 0)
    step (self, position - 1);
}

static void
activate_next (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  WsiEnginePage *self = WSI_ENGINE_PAGE (widget);
  guint position = get_position (self);

  step (self, position != GTK_INVALID_LIST_POSITION ? position + 1 : 0);
}

/* Goes to the next step that is about another frame, and to the frame with it. */
static void
activate_next_frame (GtkWidget  *widget,
                     const char *name,
                     GVariant   *parameter)
{
  WsiEnginePage *self = WSI_ENGINE_PAGE (widget);
  const WsiAction *action = get_action (self);
  guint64 row = action != NULL ? action->row : WSI_NO_ROW;
  guint position = get_position (self);

  position = position != GTK_INVALID_LIST_POSITION ? position + 1 : 0;
  for (; position < count (self); position++)
    {
      g_autoptr (WsiActionItem) item =
        g_list_model_get_item (G_LIST_MODEL (self->model), position);
      guint64 other = wsi_action_item_get (item)->row;

      if (other == WSI_NO_ROW || other == row)
        continue;
      step (self, position);
      g_signal_emit (self, signals[GO_TO], 0, other);
      return;
    }
}

static void
drop_conversation (WsiEnginePage *self)
{
  g_clear_handle_id (&self->timeout, g_source_remove);
  if (self->store != NULL)
    g_signal_handlers_disconnect_by_data (self->store, self);
  if (self->list != NULL)
    gtk_list_view_set_model (self->list, NULL);
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  g_clear_object (&self->selection);
  g_clear_object (&self->model);
  g_clear_object (&self->conversation);
  g_clear_object (&self->store);
}

static void
wsi_engine_page_dispose (GObject *object)
{
  WsiEnginePage *self = WSI_ENGINE_PAGE (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));

  drop_conversation (self);
  self->list = NULL;
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_engine_page_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *class)
{
  gtk_widget_class_bind_template_child (class, WsiEnginePage, stack);
  gtk_widget_class_bind_template_child (class, WsiEnginePage, state);
  gtk_widget_class_bind_template_child (class, WsiEnginePage, kept);
  gtk_widget_class_bind_template_child (class, WsiEnginePage, queues);
  gtk_widget_class_bind_template_child_full (class, "client", FALSE,
                                             G_STRUCT_OFFSET (WsiEnginePage,
                                                              sides[WSP_ROLE_CLIENT]));
  gtk_widget_class_bind_template_child_full (class, "server", FALSE,
                                             G_STRUCT_OFFSET (WsiEnginePage,
                                                              sides[WSP_ROLE_SERVER]));
  gtk_widget_class_bind_template_child (class, WsiEnginePage, follow_button);
  gtk_widget_class_bind_template_child (class, WsiEnginePage, list);
  gtk_widget_class_bind_template_callback (class, refresh);
  gtk_widget_class_bind_template_callback (class, on_activated);
}

static void
wsi_engine_page_class_init (WsiEnginePageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  const char *template = "/wsi/details/wsi-engine-page.ui";

  G_OBJECT_CLASS (class)->dispose = wsi_engine_page_dispose;
  widget_class->map = wsi_engine_page_map;
  signals[GO_TO] = g_signal_new ("go-to", WSI_TYPE_ENGINE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 1, G_TYPE_UINT64);
  g_type_ensure (WSI_TYPE_WRAP_BOX);
  gtk_widget_class_set_template_from_resource (widget_class, template);
  bind_children (widget_class);
  gtk_widget_class_install_action (widget_class, "engine.show-frame", NULL, activate_show_frame);
  gtk_widget_class_install_action (widget_class, "engine.previous", NULL, activate_previous);
  gtk_widget_class_install_action (widget_class, "engine.next", NULL, activate_next);
  gtk_widget_class_install_action (widget_class, "engine.next-frame", NULL, activate_next_frame);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_engine_page_init (WsiEnginePage *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind), self, G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (self->list, factory);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "engine.show-frame", FALSE);
}

void
wsi_engine_page_set_conversation (WsiEnginePage   *self,
                                  WsiStore        *store,
                                  WsiConversation *conversation)
{
  if (self->conversation == conversation)
    return;

  drop_conversation (self);
  gtk_stack_set_visible_child_name (self->stack, conversation != NULL ? "unknown" : "none");
  if (conversation == NULL)
    return;

  self->store = g_object_ref (store);
  self->conversation = g_object_ref (conversation);
  self->model = wsi_action_model_new (store, wsi_conversation_get_number (conversation));
  show_state (self);
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->model));
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_swapped (self->selection, "notify::selected-item", G_CALLBACK (show_state),
                            self);
  g_signal_connect_swapped (store, "appended", G_CALLBACK (on_appended), self);
  refresh (self);
}

void
wsi_engine_page_set_row (WsiEnginePage *self,
                         WsiRow        *row)
{
  const WsiAction *action = get_action (self);
  guint position;

  if (row == NULL || self->model == NULL ||
      (action != NULL && action->row == wsi_row_get_number (row)) ||
      !wsi_action_model_find_row (self->model, wsi_row_get_number (row), &position))
    return;

  step (self, position);
}
