/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The composer sends, or says why it cannot. */
#include "ui/composer/wsi-composer-private.h"

#include <glib/gi18n.h>

#include "inspect/compose/wsi-draft.h"
#include "inspect/sources/sending/wsi-outgoing.h"
#include "inspect/sources/wsi-source.h"

/* A call may end after its composer. */
typedef struct
{
  GWeakRef    composer;
  WsiSession *session;          /* the composer may have another one by then */
  guint       n_pieces;         /* 1: it can be cancelled, and is counted; else 0 */
} Sending;

WsiDraft *
wsi_composer_make_draft (WsiComposer *self)
{
  return self->is_expanded
         ? wsi_draft_editor_make_draft (self->editor)
         : wsi_draft_new (WSI_FORM_TEXT, WSP_MESSAGE_TYPE_TEXT,
                          gtk_editable_get_text (GTK_EDITABLE (self->entry)));
}

static void
show_wrong (WsiComposer  *self,
            WsiDraftField wrong,
            const GError *error)
{
  wsi_composer_show_error (self, error);
  if (self->is_expanded)
    wsi_draft_editor_show_mistake (self->editor, wrong, error);
}

static void
show_progress (WsiComposer *self)
{
  gtk_widget_set_visible (self->cancel_button, self->n_sending > 0);
}

/* The connection may end with a message that was cancelled: then the composer's own sentence is
 * about that, and this one is a toast. */
static void
show_failure (WsiComposer  *self,
              const GError *error,
              guint         n_pieces)
{
  gboolean is_cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  if (is_cancelled && n_pieces > 0)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", error->message);
  else if (!is_cancelled && self->obstacle == NULL)
    wsi_composer_show_error (self, error);
}

static void
on_sent (GObject      *none,
         GAsyncResult *result,
         gpointer      data)
{
  Sending *sending = data;
  g_autoptr (WsiComposer) self = g_weak_ref_get (&sending->composer);
  g_autoptr (GError) error = NULL;
  gboolean is_sent = wsi_source_send_finish (result, &error);

  if (self != NULL && sending->session == self->session)
    {
      self->n_sending -= sending->n_pieces;
      show_progress (self);
      if (!is_sent)
        show_failure (self, error, sending->n_pieces);
    }
  g_weak_ref_clear (&sending->composer);
  g_object_unref (sending->session);
  g_free (sending);
}

/* Takes it.  FALSE: its source is gone. */
static gboolean
send_outgoing (WsiComposer *self,
               WsiOutgoing *outgoing)
{
  WsiSource *source = wsi_session_find_source (self->session, self->conversation);
  Sending *sending;

  if (source == NULL)
    {
      wsi_outgoing_free (outgoing);
      wsi_composer_refresh_targets (self);
      return FALSE;
    }

  if (g_cancellable_is_cancelled (self->cancellable))
    {
      g_object_unref (self->cancellable);
      self->cancellable = g_cancellable_new ();
    }
  sending = g_new0 (Sending, 1);
  g_weak_ref_init (&sending->composer, self);
  sending->session = g_object_ref (self->session);
  sending->n_pieces = outgoing->kind == WSI_OUTGOING_FILE || outgoing->n_fragments > 0;
  self->n_sending += sending->n_pieces;
  show_progress (self);
  wsi_composer_show_sentence (self, NULL);
  wsi_source_send_async (source, self->conversation, outgoing, self->cancellable, on_sent, sending);
  return TRUE;
}

void
wsi_composer_cancel_sending (WsiComposer *self)
{
  g_cancellable_cancel (self->cancellable);
}

/* Calls that are under way are cancelled, and their ends are ignored. */
void
wsi_composer_forget_sending (WsiComposer *self)
{
  wsi_composer_cancel_sending (self);
  self->n_sending = 0;
  show_progress (self);
}

/* The frame shows the text as its payload.  FALSE: the text is wrong, and the frame stays. */
static gboolean
update_frame (WsiComposer *self,
              GError     **error)
{
  g_autoptr (WsiDraft) draft = wsi_composer_make_draft (self);
  g_autoptr (GBytes) payload = wsi_draft_read (draft, &self->variables, error);

  if (payload != NULL)
    wsi_frame_editor_set_payload (self->frame, payload);
  return payload != NULL;
}

/* While the user types, a mistake is not reported. */
void
wsi_composer_show_payload (WsiComposer *self)
{
  if (self->is_expanded && gtk_toggle_button_get_active (self->raw))
    update_frame (self, NULL);
}

static void
send_raw (WsiComposer *self)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  if (!wsi_frame_editor_is_allowed (self->frame))
    {
      wsi_composer_show_sentence (self, _("Switch on that the bytes may break the protocol."));
      return;
    }

  if (!wsi_frame_editor_take_value (self->frame))
    return;

  if (!update_frame (self, &error))
    {
      show_wrong (self, WSI_DRAFT_FIELD_TEXT, error);
      return;
    }

  bytes = wsi_frame_editor_write (self->frame);
  send_outgoing (self, wsi_outgoing_new_raw (bytes));
}

static void
send_draft (WsiComposer *self)
{
  g_autoptr (WsiDraft) draft = wsi_composer_make_draft (self);
  g_autoptr (GError) error = NULL;
  WsiDraftField wrong;
  WsiOutgoing *outgoing = wsi_draft_make_message (draft, &self->variables, &wrong, &error);

  if (outgoing == NULL)
    {
      show_wrong (self, wrong, error);
      return;
    }

  if (!send_outgoing (self, outgoing))
    return;

  wsi_book_popover_remember (self->book, draft);
  if (!self->is_expanded)
    gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
}

void
wsi_composer_send (WsiComposer *self)
{
  if (wsi_composer_get_target (self) == NULL)
    return;

  if (self->is_expanded && gtk_toggle_button_get_active (self->raw))
    send_raw (self);
  else
    send_draft (self);
}

void
wsi_composer_send_ping (WsiComposer *self)
{
  g_autoptr (WsiDraft) draft = wsi_composer_make_draft (self);
  g_autoptr (GError) error = NULL;
  WsiOutgoing *outgoing = wsi_draft_make_ping (draft, &self->variables, &error);

  if (outgoing == NULL)
    show_wrong (self, WSI_DRAFT_FIELD_TEXT, error);
  else if (wsi_composer_get_target (self) != NULL)
    send_outgoing (self, outgoing);
  else
    wsi_outgoing_free (outgoing);
}

void
wsi_composer_send_close (WsiComposer *self)
{
  g_autoptr (GError) error = NULL;
  WsiOutgoing *outgoing = wsi_close_popover_make_close (self->close, &error);

  if (outgoing == NULL)
    wsi_composer_show_error (self, error);
  else if (wsi_composer_get_target (self) != NULL)
    send_outgoing (self, outgoing);
  else
    wsi_outgoing_free (outgoing);
  gtk_popover_popdown (GTK_POPOVER (self->close));
}
