/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/composer/wsi-composer.h"

#include <glib/gi18n.h>

#include "inspect/compose/wsi-draft-row.h"
#include "inspect/compose/wsi-outbox.h"
#include "inspect/compose/wsi-variables.h"
#include "inspect/sources/sending/wsi-outgoing.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-frame-bytes.h"
#include "inspect/targets/wsi-target-start.h"
#include "inspect/targets/wsi-target.h"
#include "ui/composer/wsi-book-popover.h"
#include "ui/composer/wsi-close-popover.h"
#include "ui/composer/wsi-connect-again.h"
#include "ui/composer/wsi-connection-chooser.h"
#include "ui/composer/wsi-draft-editor.h"
#include "ui/composer/wsi-frame-editor.h"
#include "ui/composer/wsi-outbox-notice.h"
#include "ui/composer/wsi-replay-opener.h"
#include "ui/composer/wsi-send-keys.h"
#include "ui/parts/wsi-wrap-box.h"

struct _WsiComposer
{
  GtkWidget             parent_instance;

  GtkWidget            *parts;
  GtkWidget            *line, *full;    /* line and whole composer, of which one is shown */
  GtkEditable          *entry;
  WsiConnectionChooser *chooser;
  WsiDraftEditor       *editor;
  WsiFrameEditor       *frame;
  WsiBookPopover       *book;
  WsiClosePopover      *close;
  WsiOutboxNotice      *notice;
  GtkToggleButton      *raw, *expander;
  WsiOutbox            *outbox;
  WsiVariables          variables;
  WsiDraft             *last;   /* draft that was sent last; NULL = none */
  char                 *kept;   /* text that is kept elsewhere: in a row or in the book; or NULL */
  gboolean              is_expanded;
  gboolean              is_ready;       /* a connection can be written to */
  WsiReplayOpener       replay;
};

enum { PROP_0, PROP_EXPANDED, PROP_READY, N_PROPS };
static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (WsiComposer, wsi_composer, GTK_TYPE_WIDGET)

static gboolean
has_obstacle (WsiComposer *self)
{
  return wsi_outbox_get_obstacle (self->outbox, NULL) != NULL;
}

static void
show_toast (WsiComposer *self,
            const char  *sentence)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", sentence);
}

static void
composer_show_mistake (WsiComposer  *self,
                       WsiDraftField field,
                       const GError *error)
{
  if (!self->is_expanded || !wsi_draft_editor_show_mistake (self->editor, field, error))
    wsi_outbox_notice_show_error (self->notice, error);
}

/* The only connection has ended, and it was that of a client that the window has started. */
static gboolean
can_connect_again (WsiComposer *self)
{
  WsiSession *session = wsi_outbox_get_session (self->outbox);
  WsiConversation *conversation = wsi_outbox_get_conversation (self->outbox);
  WsiSource *source = conversation != NULL ? wsi_session_find_source (session, conversation) : NULL;
  const WsiTarget *target = source != NULL ? wsi_target_find (source) : NULL;

  return target != NULL && wsi_target_get_kind (target) == WSI_TARGET_CLIENT &&
         wsi_conversation_get_ending (conversation) != WSI_ENDING_NONE;
}

/* The parts are hidden, not the composer, which would not see any more that a connection opens. */
static void
show_parts (WsiComposer *self)
{
  GListModel *open = wsi_outbox_get_open (self->outbox);

  wsi_outbox_notice_set_has_text (self->notice, self->is_expanded);
  gtk_widget_set_visible (self->parts, self->is_expanded || wsi_outbox_is_sending (self->outbox) ||
                          g_list_model_get_n_items (open) > 0 || can_connect_again (self));
}

static gboolean
composer_has_focus (GtkWidget *widget)
{
  return (gtk_widget_get_state_flags (widget) & GTK_STATE_FLAG_FOCUS_WITHIN) != 0;
}

static void
composer_on_outbox_changed (WsiComposer *self)
{
  WsiConversation *conversation = wsi_outbox_get_conversation (self->outbox);
  gboolean may_write = !has_obstacle (self);
  gboolean was_writing = composer_has_focus (self->line);
  gboolean was_ended = wsi_outbox_notice_has_focus (self->notice);

  if (conversation != NULL)
    wsi_frame_editor_set_sender (self->frame, wsi_conversation_get_role (conversation));
  show_parts (self);
  gtk_widget_set_visible (self->line, may_write && !self->is_expanded);
  if (was_writing && !may_write)
    wsi_outbox_notice_focus (self->notice);
  else if (was_ended && may_write)
    wsi_composer_focus (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "composer.send", may_write);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "composer.send-and-keep", may_write);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "composer.ping", may_write);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "composer.close", may_write);
  if (self->is_ready == may_write)
    return;

  self->is_ready = may_write;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_READY]);
}

/* The connection may end with a message that was cancelled: then the composer's own sentence is
 * about that, and this one is a toast. */
static void
on_outbox_failed (WsiComposer  *self,
                  const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_toast (self, error->message);
  else if (!has_obstacle (self))
    wsi_outbox_notice_show_error (self->notice, error);
}

static void
on_mapped (WsiComposer *self)
{
  wsi_outbox_set_watched (self->outbox, gtk_widget_get_mapped (GTK_WIDGET (self)));
}

static WsiDraft *
make_draft (WsiComposer *self)
{
  return self->is_expanded ? wsi_draft_editor_make_draft (self->editor)
                           : wsi_draft_new (WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT,
                                            gtk_editable_get_text (self->entry));
}

static gboolean
is_raw (WsiComposer *self)
{
  return self->is_expanded && gtk_toggle_button_get_active (self->raw);
}

/* The frame shows the text as its payload.  FALSE: the text is wrong, and the frame stays. */
static gboolean
update_frame (WsiComposer *self,
              GError     **error)
{
  g_autoptr (WsiDraft) draft = make_draft (self);
  g_autoptr (GBytes) payload = wsi_draft_read (draft, &self->variables, error);

  if (payload != NULL)
    wsi_frame_editor_set_payload (self->frame, payload);
  return payload != NULL;
}

/* Shows the payload of the frame; while the user types, a mistake is not reported. */
static void
show_payload (WsiComposer *self)
{
  if (is_raw (self))
    update_frame (self, NULL);
}

static void
composer_on_text_changed (WsiComposer *self)
{
  wsi_outbox_notice_show_sentence (self->notice, NULL);
  show_payload (self);
}

static void
on_raw_toggled (WsiComposer *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->frame), gtk_toggle_button_get_active (self->raw));
  show_payload (self);
}

static void
set_expanded (WsiComposer *self,
              gboolean     is_expanded)
{
  if (is_expanded == self->is_expanded)
    return;

  if (is_expanded)
    wsi_draft_editor_begin (self->editor, gtk_editable_get_text (self->entry));
  self->is_expanded = is_expanded;
  gtk_widget_set_visible (self->full, is_expanded);
  gtk_widget_set_visible (self->line, !is_expanded && !has_obstacle (self));
  gtk_toggle_button_set_active (self->expander, is_expanded);
  show_parts (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_EXPANDED]);
}

static void
on_expander_toggled (WsiComposer *self)
{
  set_expanded (self, gtk_toggle_button_get_active (self->expander));
}

static void
set_draft (WsiComposer    *self,
           const WsiDraft *draft)
{
  set_expanded (self, TRUE);
  gtk_toggle_button_set_active (self->raw, FALSE);
  wsi_draft_editor_set_draft (self->editor, draft);
  g_free (self->kept);
  self->kept = wsi_draft_editor_dup_text (self->editor);
}

/* Returns the focus that a click on a button has taken. */
static void
composer_return_focus (WsiComposer *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (GTK_IS_BUTTON (focus) && gtk_widget_is_ancestor (focus, GTK_WIDGET (self)))
    wsi_composer_focus (self);
}

/* Sends a message, and takes it; the list goes to it, and to the reply.  FALSE: it is not sent. */
static gboolean
send_outgoing (WsiComposer *self,
               WsiOutgoing *outgoing)
{
  if (!wsi_outbox_send (self->outbox, outgoing))
    return FALSE;

  wsi_outbox_notice_show_sentence (self->notice, NULL);
  composer_return_focus (self);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.follow", NULL);
  return TRUE;
}

/* Makes a raw frame.  NULL: a sentence says why not. */
static WsiOutgoing *
make_raw (WsiComposer *self)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  if (!wsi_frame_editor_is_allowed (self->frame))
    {
      wsi_outbox_notice_show_sentence (self->notice,
                                       _("Switch on that the bytes may break the protocol."));
      return NULL;
    }

  if (!wsi_frame_editor_take_value (self->frame))
    return NULL;

  if (!update_frame (self, &error))
    {
      composer_show_mistake (self, WSI_DRAFT_FIELD_TEXT, error);
      return NULL;
    }

  bytes = wsi_frame_editor_write (self->frame);
  return wsi_outgoing_new_raw (bytes);
}

/* Makes the message to send.  NULL: a sentence says why not. */
static WsiOutgoing *
make_outgoing (WsiComposer    *self,
               const WsiDraft *draft)
{
  g_autoptr (GError) error = NULL;
  WsiDraftField wrong;
  WsiOutgoing *outgoing;

  if (is_raw (self))
    return make_raw (self);

  outgoing = wsi_draft_make_outgoing (draft, &self->variables, &wrong, &error);
  if (outgoing == NULL)
    composer_show_mistake (self, wrong, error);
  return outgoing;
}

typedef enum
{
  THEN_EMPTY,
  THEN_KEEP,
} Afterwards;

/* Ends a draft; a raw frame stays, because its fields were set one by one. */
static void
end_draft (WsiComposer    *self,
           const WsiDraft *draft,
           Afterwards      afterwards)
{
  if (is_raw (self))
    return;

  g_clear_pointer (&self->last, wsi_draft_free);
  self->last = wsi_draft_copy (draft);
  wsi_book_popover_remember (self->book, draft);
  if (afterwards == THEN_KEEP)
    return;

  if (self->is_expanded)
    wsi_draft_editor_clear (self->editor);
  else
    gtk_editable_set_text (self->entry, "");
}

static void
send_composed (WsiComposer *self,
               Afterwards   afterwards)
{
  g_autoptr (WsiDraft) draft = make_draft (self);
  WsiOutgoing *outgoing = wsi_outbox_get_target (self->outbox) != NULL
                          ? make_outgoing (self, draft) : NULL;

  if (outgoing != NULL && send_outgoing (self, outgoing))
    end_draft (self, draft, afterwards);
}

static void
composer_send_message (WsiComposer *self)
{
  send_composed (self, THEN_EMPTY);
}

static void
activate_send (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  composer_send_message (WSI_COMPOSER (widget));
}

static void
activate_send_and_keep (GtkWidget  *widget,
                        const char *name,
                        GVariant   *parameter)
{
  send_composed (WSI_COMPOSER (widget), THEN_KEEP);
}

/* Connects again.  NULL: a sentence or a form says why not. */
static WsiSource *
connect_again (WsiComposer *self)
{
  WsiSession *session = wsi_outbox_get_session (self->outbox);
  WsiConversation *conversation = wsi_outbox_get_conversation (self->outbox);
  g_autoptr (GError) error = NULL;
  WsiSource *source = session != NULL && conversation != NULL
                      ? wsi_connect_again (GTK_WIDGET (self), session, conversation, &error)
                      : NULL;

  if (error != NULL)
    wsi_outbox_notice_show_error (self->notice, error);
  return source != NULL && session == wsi_outbox_get_session (self->outbox) ? source : NULL;
}

/* The client is started by the window, which shows a form where a value is missing; then the
 * message stays here. */
static void
activate_connect_and_send (GtkWidget  *widget,
                           const char *name,
                           GVariant   *parameter)
{
  WsiComposer *self = WSI_COMPOSER (widget);
  g_autoptr (WsiDraft) draft = make_draft (self);
  g_autoptr (WsiOutgoing) outgoing =
    wsi_outbox_get_conversation (self->outbox) != NULL ? make_outgoing (self, draft) : NULL;
  WsiSource *source = outgoing != NULL ? connect_again (self) : NULL;

  if (source == NULL)
    return;

  wsi_outbox_send_once_open (self->outbox, source, g_steal_pointer (&outgoing));
  gtk_widget_activate_action (widget, "win.follow", NULL);
  end_draft (self, draft, THEN_EMPTY);
  composer_return_focus (self);
}

static void
composer_activate_connect_again (GtkWidget  *widget,
                                 const char *name,
                                 GVariant   *parameter)
{
  WsiComposer *self = WSI_COMPOSER (widget);

  if (connect_again (self) != NULL)
    wsi_outbox_choose (self->outbox, 0);
}

static void
activate_ping (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  WsiComposer *self = WSI_COMPOSER (widget);
  g_autoptr (WsiDraft) draft = make_draft (self);
  g_autoptr (GError) error = NULL;
  WsiOutgoing *outgoing = wsi_draft_make_ping (draft, &self->variables, &error);

  if (outgoing != NULL)
    send_outgoing (self, outgoing);
  else
    composer_show_mistake (self, WSI_DRAFT_FIELD_TEXT, error);
}

static void
activate_close (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  WsiComposer *self = WSI_COMPOSER (widget);
  g_autoptr (GError) error = NULL;
  WsiOutgoing *outgoing = wsi_close_popover_make_close (self->close, &error);

  if (outgoing != NULL)
    send_outgoing (self, outgoing);
  else
    wsi_outbox_notice_show_error (self->notice, error);
  gtk_popover_popdown (GTK_POPOVER (self->close));
}

static void
composer_activate_cancel (GtkWidget  *widget,
                          const char *name,
                          GVariant   *parameter)
{
  wsi_outbox_cancel (WSI_COMPOSER (widget)->outbox);
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
composer_activate_save (GtkWidget  *widget,
                        const char *name,
                        GVariant   *parameter)
{
  WsiComposer *self = WSI_COMPOSER (widget);
  g_autoptr (WsiDraft) draft = make_draft (self);

  wsi_book_popover_save (self->book, draft);
  g_free (self->kept);
  self->kept = g_strdup (draft->text);
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
  wsi_replay_opener_open (&WSI_COMPOSER (widget)->replay);
}

static void
wsi_composer_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (wsi_composer_parent_class)->root (widget);
  wsi_replay_opener_add_action (&WSI_COMPOSER (widget)->replay);
}

static void
wsi_composer_unroot (GtkWidget *widget)
{
  wsi_replay_opener_remove_action (&WSI_COMPOSER (widget)->replay);
  GTK_WIDGET_CLASS (wsi_composer_parent_class)->unroot (widget);
}

static void
wsi_composer_get_property (GObject    *object,
                           guint       id,
                           GValue     *value,
                           GParamSpec *spec)
{
  WsiComposer *self = WSI_COMPOSER (object);

  g_value_set_boolean (value, id == PROP_READY ? self->is_ready : self->is_expanded);
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

  wsi_replay_opener_close (&self->replay);
  g_signal_handlers_disconnect_by_data (self->outbox, self);
  g_signal_handlers_disconnect_by_data (self->outbox, &self->replay);
  wsi_outbox_set_session (self->outbox, NULL);
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_composer_parent_class)->dispose (object);
}

static void
wsi_composer_finalize (GObject *object)
{
  WsiComposer *self = WSI_COMPOSER (object);

  g_object_unref (self->outbox);
  g_clear_pointer (&self->last, wsi_draft_free);
  g_free (self->kept);
  G_OBJECT_CLASS (wsi_composer_parent_class)->finalize (object);
}

static void
composer_bind_children (GtkWidgetClass *class)
{
  gtk_widget_class_bind_template_child (class, WsiComposer, parts);
  gtk_widget_class_bind_template_child (class, WsiComposer, line);
  gtk_widget_class_bind_template_child (class, WsiComposer, full);
  gtk_widget_class_bind_template_child (class, WsiComposer, entry);
  gtk_widget_class_bind_template_child (class, WsiComposer, chooser);
  gtk_widget_class_bind_template_child (class, WsiComposer, editor);
  gtk_widget_class_bind_template_child (class, WsiComposer, frame);
  gtk_widget_class_bind_template_child (class, WsiComposer, book);
  gtk_widget_class_bind_template_child (class, WsiComposer, close);
  gtk_widget_class_bind_template_child (class, WsiComposer, notice);
  gtk_widget_class_bind_template_child (class, WsiComposer, raw);
  gtk_widget_class_bind_template_child (class, WsiComposer, expander);
}

static void
composer_install_actions (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "composer.send", NULL, activate_send);
  gtk_widget_class_install_action (class, "composer.send-and-keep", NULL, activate_send_and_keep);
  gtk_widget_class_install_action (class, "composer.connect-and-send", NULL,
                                   activate_connect_and_send);
  gtk_widget_class_install_action (class, "composer.connect-again", NULL,
                                   composer_activate_connect_again);
  gtk_widget_class_install_action (class, "composer.ping", NULL, activate_ping);
  gtk_widget_class_install_action (class, "composer.close", NULL, activate_close);
  gtk_widget_class_install_action (class, "composer.cancel", NULL, composer_activate_cancel);
  gtk_widget_class_install_action (class, "composer.raw", NULL, activate_raw);
  gtk_widget_class_install_action (class, "composer.save", NULL, composer_activate_save);
  gtk_widget_class_install_action (class, "composer.clear-history", NULL, activate_clear_history);
  gtk_widget_class_install_action (class, "composer.replay", NULL, activate_replay);
  gtk_widget_class_install_property_action (class, "composer.expand", "expanded");
}

/* Goes back to the list. */
static gboolean
composer_on_escape (GtkWidget *widget,
                    GVariant  *arguments,
                    gpointer   none)
{
  set_expanded (WSI_COMPOSER (widget), FALSE);
  gtk_widget_activate_action (widget, "win.show-frames", NULL);
  return TRUE;
}

static void
wsi_composer_class_init (WsiComposerClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  widget_class->root = wsi_composer_root;
  widget_class->unroot = wsi_composer_unroot;
  object_class->dispose = wsi_composer_dispose;
  object_class->finalize = wsi_composer_finalize;
  object_class->get_property = wsi_composer_get_property;
  object_class->set_property = wsi_composer_set_property;
  props[PROP_EXPANDED] = g_param_spec_boolean ("expanded", NULL, NULL, FALSE,
                                               G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY |
                                               G_PARAM_STATIC_STRINGS);
  props[PROP_READY] = g_param_spec_boolean ("ready", NULL, NULL, FALSE,
                                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  g_type_ensure (WSI_TYPE_BOOK_POPOVER);
  g_type_ensure (WSI_TYPE_CLOSE_POPOVER);
  g_type_ensure (WSI_TYPE_CONNECTION_CHOOSER);
  g_type_ensure (WSI_TYPE_DRAFT_EDITOR);
  g_type_ensure (WSI_TYPE_FRAME_EDITOR);
  g_type_ensure (WSI_TYPE_OUTBOX_NOTICE);
  g_type_ensure (WSI_TYPE_WRAP_BOX);
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/composer/wsi-composer.ui");
  composer_bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_expander_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_raw_toggled);
  gtk_widget_class_bind_template_callback (widget_class, composer_on_text_changed);
  gtk_widget_class_bind_template_callback (widget_class, set_draft);
  gtk_widget_class_bind_template_callback (widget_class, wsi_outbox_notice_show_error);
  gtk_widget_class_bind_template_callback (widget_class, wsi_outbox_notice_show_sentence);
  gtk_widget_class_bind_template_callback (widget_class, composer_send_message);
  composer_install_actions (widget_class);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, composer_on_escape, NULL);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

/* Brings the last message back, in an empty line. */
static gboolean
on_up (GtkWidget *entry,
       GVariant  *arguments,
       gpointer   composer)
{
  WsiComposer *self = composer;

  if (self->last == NULL || *gtk_editable_get_text (self->entry) != '\0')
    return FALSE;

  if (wsi_draft_is_line (self->last))
    {
      gtk_editable_set_text (self->entry, self->last->text);
      gtk_editable_set_position (self->entry, -1);
    }
  else
    {
      set_draft (self, self->last);
      wsi_composer_focus (self);
    }
  return TRUE;
}

static void
add_up_key (WsiComposer *self)
{
  const guint keys[] = { GDK_KEY_Up, GDK_KEY_KP_Up };
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller),
                                          gtk_shortcut_new (gtk_keyval_trigger_new (keys[i], 0),
                                                            gtk_callback_action_new (on_up, self,
                                                                                     NULL)));
  gtk_widget_add_controller (GTK_WIDGET (self->entry), controller);
}

/* Lets the window know the focus, when another part of it, or another window, has it. */
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
  self->variables = (WsiVariables) WSI_VARIABLES_BEGIN;
  self->outbox = wsi_outbox_new ();
  self->replay = (WsiReplayOpener) { .owner = GTK_WIDGET (self), .outbox = self->outbox };
  gtk_widget_init_template (GTK_WIDGET (self));
  wsi_connection_chooser_set_outbox (self->chooser, self->outbox);
  wsi_outbox_notice_set_outbox (self->notice, self->outbox);
  wsi_replay_opener_watch (&self->replay);
  g_signal_connect_swapped (self->outbox, "changed", G_CALLBACK (composer_on_outbox_changed), self);
  g_signal_connect_swapped (self->outbox, "failed", G_CALLBACK (on_outbox_failed), self);
  g_signal_connect (self, "map", G_CALLBACK (on_mapped), NULL);
  g_signal_connect (self, "unmap", G_CALLBACK (on_mapped), NULL);
  wsi_send_keys_add (GTK_WIDGET (self));
  add_up_key (self);
  add_focus (self);
}

void
wsi_composer_open (WsiComposer *self)
{
  set_expanded (self, TRUE);
  wsi_composer_focus (self);
}

void
wsi_composer_set_session (WsiComposer *self,
                          WsiSession  *session)
{
  wsi_replay_opener_close (&self->replay);
  wsi_outbox_set_session (self->outbox, session);
}

void
wsi_composer_set_conversation (WsiComposer *self,
                               guint32      number)
{
  wsi_outbox_choose (self->outbox, number);
}

void
wsi_composer_prefer_conversation (WsiComposer *self,
                                  guint32      number)
{
  wsi_outbox_prefer (self->outbox, number);
}

WsiConversation *
wsi_composer_get_target (WsiComposer *self)
{
  return wsi_outbox_get_target (self->outbox);
}

void
wsi_composer_take_row (WsiComposer *self,
                       WsiRow      *row)
{
  WsiDraftLoss loss;
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiDraft) draft = wsi_draft_new_of_row (row, &loss, &error);

  /* without a connection that can be written to, the composer is hidden */
  if (draft == NULL)
    {
      if (gtk_widget_get_visible (self->parts))
        wsi_outbox_notice_show_error (self->notice, error);
      else
        show_toast (self, error->message);
      return;
    }

  set_draft (self, draft);
  wsi_outbox_choose (self->outbox, wsi_row_get_conversation (row));
  if (loss == WSI_DRAFT_PONG)
    {
      gtk_toggle_button_set_active (self->raw, TRUE);
      wsi_frame_editor_begin (self->frame, WSI_OPCODE_PONG);
    }
  if (loss != WSI_DRAFT_HAS_ALL)
    show_toast (self, _(wsi_draft_loss_get_sentence (loss)));
  wsi_composer_open (self);
}

/* Whether a text would be lost with the composer. */
static gboolean
is_draft (WsiComposer *self,
          const char  *text)
{
  return *text != '\0' && g_strcmp0 (text, self->kept) != 0 &&
         (self->last == NULL || !g_str_equal (text, self->last->text));
}

gboolean
wsi_composer_has_draft (WsiComposer *self)
{
  g_autofree char *text = wsi_draft_editor_dup_text (self->editor);

  return is_draft (self, text) || is_draft (self, gtk_editable_get_text (self->entry));
}

/* Line and editor may each have a draft; an editor that was empty has begun with the line. */
gboolean
wsi_composer_keep_draft (WsiComposer *self,
                         GError     **error)
{
  g_autoptr (WsiDraft) typed = wsi_draft_editor_make_draft (self->editor);
  g_autoptr (WsiDraft) line = wsi_draft_new (WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT,
                                             gtk_editable_get_text (self->entry));

  if (is_draft (self, line->text) && !g_str_has_prefix (typed->text, line->text) &&
      !wsi_book_popover_keep (self->book, line, error))
    return FALSE;

  if (is_draft (self, typed->text) && !wsi_book_popover_keep (self->book, typed, error))
    return FALSE;

  wsi_composer_discard (self);
  return TRUE;
}

void
wsi_composer_discard (WsiComposer *self)
{
  if (!wsi_composer_has_draft (self))
    return;

  wsi_draft_editor_clear (self->editor);
  gtk_editable_set_text (self->entry, "");
}

gboolean
wsi_composer_is_expanded (WsiComposer *self)
{
  return self->is_expanded;
}

void
wsi_composer_focus (WsiComposer *self)
{
  gtk_widget_grab_focus (self->is_expanded ? GTK_WIDGET (self->editor) : GTK_WIDGET (self->entry));
}
