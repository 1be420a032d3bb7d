/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/composer/wsi-composer-private.h"

#include "inspect/compose/wsi-draft-row.h"
#include "ui/composer/wsi-replay-dialog.h"
#include "ui/parts/wsi-wrap-box.h"

enum { PROP_0, PROP_EXPANDED, N_PROPS };
static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (WsiComposer, wsi_composer, GTK_TYPE_WIDGET)

static void
set_expanded (WsiComposer *self,
              gboolean     is_expanded)
{
  if (is_expanded == self->is_expanded)
    return;

  if (is_expanded)
    wsi_draft_editor_begin (self->editor, gtk_editable_get_text (GTK_EDITABLE (self->entry)));
  self->is_expanded = is_expanded;
  gtk_widget_set_visible (self->full, is_expanded);
  gtk_widget_set_visible (self->line, !is_expanded && self->obstacle == NULL);
  gtk_toggle_button_set_active (self->expander, is_expanded);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_EXPANDED]);
}

static void
on_expander_toggled (WsiComposer *self)
{
  set_expanded (self, gtk_toggle_button_get_active (self->expander));
}

static void
on_text_changed (WsiComposer *self)
{
  if (self->obstacle == NULL)
    wsi_composer_show_sentence (self, NULL);
  wsi_composer_show_payload (self);
}

static void
on_raw_toggled (WsiComposer *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->frame), gtk_toggle_button_get_active (self->raw));
  wsi_composer_show_payload (self);
}

static void
set_draft (WsiComposer    *self,
           const WsiDraft *draft)
{
  set_expanded (self, TRUE);
  gtk_toggle_button_set_active (self->raw, FALSE);
  wsi_draft_editor_set_draft (self->editor, draft);
}

static void
activate_choose_file (GtkWidget  *widget,
                      const char *name,
                      GVariant   *parameter)
{
  wsi_draft_editor_choose_file (WSI_COMPOSER (widget)->editor);
}

static void
activate_send (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  wsi_composer_send (WSI_COMPOSER (widget));
}

static void
activate_ping (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  wsi_composer_send_ping (WSI_COMPOSER (widget));
}

static void
activate_close (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  wsi_composer_send_close (WSI_COMPOSER (widget));
}

static void
activate_cancel (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  wsi_composer_cancel_sending (WSI_COMPOSER (widget));
}

static void
activate_raw (GtkWidget  *widget,
              const char *name,
              GVariant   *parameter)
{
  WsiComposer *self = WSI_COMPOSER (widget);

  gtk_toggle_button_set_active (self->raw, !gtk_toggle_button_get_active (self->raw));
}

static void
activate_save (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  WsiComposer *self = WSI_COMPOSER (widget);
  g_autoptr (WsiDraft) draft = wsi_composer_make_draft (self);

  wsi_book_popover_save (self->book, draft);
}

static void
activate_clear_history (GtkWidget  *widget,
                        const char *name,
                        GVariant   *parameter)
{
  wsi_book_popover_clear_history (WSI_COMPOSER (widget)->book);
}

static void
activate_replay (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  WsiComposer *self = WSI_COMPOSER (widget);
  GtkRoot *root = gtk_widget_get_root (widget);

  if (self->session != NULL && self->dialog == NULL && GTK_IS_WINDOW (root))
    {
      self->dialog = wsi_replay_dialog_new (GTK_WINDOW (root), self->session,
                                            wsi_composer_get_target (self));
      g_object_add_weak_pointer (G_OBJECT (self->dialog), (gpointer *) &self->dialog);
      gtk_window_present (GTK_WINDOW (self->dialog));
    }
}

static void
wsi_composer_get_property (GObject    *object,
                           guint       id,
                           GValue     *value,
                           GParamSpec *spec)
{
  g_value_set_boolean (value, WSI_COMPOSER (object)->is_expanded);
}

static void
wsi_composer_set_property (GObject      *object,
                           guint         id,
                           const GValue *value,
                           GParamSpec   *spec)
{
  set_expanded (WSI_COMPOSER (object), g_value_get_boolean (value));
}

static void
wsi_composer_dispose (GObject *object)
{
  WsiComposer *self = WSI_COMPOSER (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  wsi_composer_set_session (self, NULL);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_composer_parent_class)->dispose (object);
}

static void
wsi_composer_finalize (GObject *object)
{
  WsiComposer *self = WSI_COMPOSER (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->numbers, g_array_unref);
  G_OBJECT_CLASS (wsi_composer_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *class)
{
  gtk_widget_class_bind_template_child (class, WsiComposer, line);
  gtk_widget_class_bind_template_child (class, WsiComposer, full);
  gtk_widget_class_bind_template_child (class, WsiComposer, entry);
  gtk_widget_class_bind_template_child (class, WsiComposer, target);
  gtk_widget_class_bind_template_child (class, WsiComposer, sentence);
  gtk_widget_class_bind_template_child (class, WsiComposer, targets);
  gtk_widget_class_bind_template_child (class, WsiComposer, target_names);
  gtk_widget_class_bind_template_child (class, WsiComposer, raw);
  gtk_widget_class_bind_template_child (class, WsiComposer, expander);
  gtk_widget_class_bind_template_child (class, WsiComposer, editor);
  gtk_widget_class_bind_template_child (class, WsiComposer, frame);
  gtk_widget_class_bind_template_child (class, WsiComposer, book);
  gtk_widget_class_bind_template_child (class, WsiComposer, close);
  gtk_widget_class_bind_template_child (class, WsiComposer, advice_button);
  gtk_widget_class_bind_template_child (class, WsiComposer, cancel_button);
}

static void
install_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "composer.send", NULL, activate_send);
  gtk_widget_class_install_action (class, "composer.ping", NULL, activate_ping);
  gtk_widget_class_install_action (class, "composer.close", NULL, activate_close);
  gtk_widget_class_install_action (class, "composer.cancel", NULL, activate_cancel);
  gtk_widget_class_install_action (class, "composer.raw", NULL, activate_raw);
  gtk_widget_class_install_action (class, "composer.save", NULL, activate_save);
  gtk_widget_class_install_action (class, "composer.clear-history", NULL, activate_clear_history);
  gtk_widget_class_install_action (class, "composer.choose-file", NULL, activate_choose_file);
  gtk_widget_class_install_action (class, "composer.replay", NULL, activate_replay);
  gtk_widget_class_install_property_action (class, "composer.expand", "expanded");
}

static void
wsi_composer_class_init (WsiComposerClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  object_class->dispose = wsi_composer_dispose;
  object_class->finalize = wsi_composer_finalize;
  object_class->get_property = wsi_composer_get_property;
  object_class->set_property = wsi_composer_set_property;
  props[PROP_EXPANDED] = g_param_spec_boolean ("expanded", NULL, NULL, FALSE,
                                               G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY |
                                               G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  g_type_ensure (WSI_TYPE_BOOK_POPOVER);
  g_type_ensure (WSI_TYPE_CLOSE_POPOVER);
  g_type_ensure (WSI_TYPE_DRAFT_EDITOR);
  g_type_ensure (WSI_TYPE_FRAME_EDITOR);
  g_type_ensure (WSI_TYPE_WRAP_BOX);
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/composer/wsi-composer.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_expander_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_raw_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_text_changed);
  gtk_widget_class_bind_template_callback (widget_class, set_draft);
  gtk_widget_class_bind_template_callback (widget_class, wsi_composer_show_error);
  gtk_widget_class_bind_template_callback (widget_class, wsi_composer_show_sentence);
  gtk_widget_class_bind_template_callback (widget_class, wsi_composer_send);
  gtk_widget_class_bind_template_callback (widget_class, wsi_composer_choose_target);
  install_actions (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

/* Also while nothing can be sent: the text would take the key for a new line.  The keys of a
 * popover are its own. */
static gboolean
on_send_key (GtkWidget *widget,
             GVariant  *arguments,
             gpointer   none)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));

  if (focus == NULL || gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER) != NULL)
    return FALSE;

  gtk_widget_activate_action (widget, "composer.send", NULL);
  return TRUE;
}

/* Before the text, which has a use of its own for them. */
static void
add_send_keys (WsiComposer *self)
{
  const guint keys[] = { GDK_KEY_Return, GDK_KEY_KP_Enter, GDK_KEY_ISO_Enter };
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (gtk_keyval_trigger_new (keys[i], GDK_CONTROL_MASK),
                        gtk_callback_action_new (on_send_key, NULL, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

/* Another part of the window, or another window, has the focus. */
static void
add_focus (WsiComposer *self)
{
  GtkEventController *controller = gtk_event_controller_focus_new ();

  g_signal_connect_object (controller, "leave", G_CALLBACK (wsi_book_popover_write), self->book,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

static void
wsi_composer_init (WsiComposer *self)
{
  const WsiVariables variables = WSI_VARIABLES_BEGIN;

  self->variables = variables;
  self->numbers = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  add_send_keys (self);
  add_focus (self);
  g_signal_connect (self, "map", G_CALLBACK (wsi_composer_refresh_stale), NULL);
}

/* It may live on for a while: a thread reads for it. */
static void
close_dialog (WsiComposer *self)
{
  GtkWidget *dialog = self->dialog;

  if (dialog == NULL)
    return;

  g_clear_weak_pointer (&self->dialog);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

void
wsi_composer_set_session (WsiComposer *self,
                          WsiSession  *session)
{
  g_clear_handle_id (&self->refresh, g_source_remove);
  close_dialog (self);
  if (self->session != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->session, self);
      wsi_composer_forget_sending (self);
    }
  g_clear_object (&self->conversation);
  self->wanted = 0;
  g_set_object (&self->session, session);
  if (session == NULL)
    return;

  g_signal_connect_swapped (session, "changed", G_CALLBACK (wsi_composer_refresh_soon), self);
  g_signal_connect_swapped (session, "handshake", G_CALLBACK (wsi_composer_refresh_soon), self);
  wsi_composer_refresh_targets (self);
}

void
wsi_composer_take_row (WsiComposer *self,
                       WsiRow      *row)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiDraft) draft = wsi_draft_new_of_row (row, &error);

  if (draft == NULL)
    {
      wsi_composer_show_error (self, error);
      return;
    }

  set_draft (self, draft);
  wsi_composer_set_conversation (self, wsi_row_get_conversation (row));
  wsi_composer_focus (self);
}

gboolean
wsi_composer_may_write (WsiComposer *self)
{
  return wsi_composer_get_target (self) != NULL;
}

gboolean
wsi_composer_is_expanded (WsiComposer *self)
{
  return self->is_expanded;
}

void
wsi_composer_focus (WsiComposer *self)
{
  if (self->is_expanded)
    gtk_widget_grab_focus (GTK_WIDGET (self->editor));
  else
    gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}
