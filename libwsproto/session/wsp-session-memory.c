/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The memory of a session: lends the memory to the stream of the session, and notes which actions
 * that point into the memory are handed out and not completed.
 *
 * Abort and a broken rule withdraw actions, but the program may still be reading into their memory,
 * or writing from it.  So the memory, and the payload of a Send, stay until the program completes
 * the action.
 *
 * (1) A queue whose action was withdrawn hands out no more bytes, so each queue has at most one
 *     action with bytes.
 *
 * docs/rationales/session.md has the reasons. */

#include "session/wsp-session-private.h"

#include "core/limits.h"
#include "core/stream/stream.h"
#include "session/wsp-session-action-private.h"

guint
wsp_session_peek_receive_buffer_size (WspSession *self)
{
  return self->details != NULL && self->details->receive_buffer_size != 0
         ? self->details->receive_buffer_size : WSC_DEFAULT_RECEIVE_BUFFER;
}

guint
wsp_session_peek_send_buffer_size (WspSession *self)
{
  return self->details != NULL ? self->details->send_buffer_size : 0;
}

static gsize
choose_send_buffer_size (WspSession *self)
{
  gsize chosen = wsp_session_peek_send_buffer_size (self);

  if (chosen != 0)
    return MAX (chosen, WSC_MIN_SEND_BUFFER);

  return self->settings & WSP_SESSION_SETTING_SERVER
         ? WSC_DEFAULT_SERVER_SEND_BUFFER : WSC_DEFAULT_CLIENT_SEND_BUFFER;
}

void
wsp_session_ensure_memory (WspSession *self)
{
  WspSessionDetails *details = wsp_session_ensure_details (self);
  gsize read = wsp_session_peek_receive_buffer_size (self);
  gsize write = choose_send_buffer_size (self);
  gsize inflate = 0;

  /* With compression both sides need memory to inflate to, and more memory to write to. */
  if (wsc_stream_get_deflate (&self->engine.stream) != NULL)
    {
      inflate = read;
      write = MAX (write, self->settings & WSP_SESSION_SETTING_SERVER
                   ? WSC_DEFAULT_CLIENT_SEND_BUFFER : WSC_MIN_DEFLATE_SEND_BUFFER);
    }

  WspSessionMemory *memory = g_malloc (sizeof *memory + read + write + inflate
                                       + WSC_WORKSPACE_EXTRA);

  *memory = (WspSessionMemory) {
    .workspace = {
      .read = { .at = memory->bytes, .length = read },
      .write = { memory->bytes + read, write },
      .inflate = { memory->bytes + read + write, inflate },
      .control = { memory->bytes + read + write + inflate, WSC_WORKSPACE_EXTRA },
    },
  };
  details->memory = memory;
  wsc_stream_lend (&self->engine.stream, &memory->workspace);
}

static gboolean
has_bytes_out (const WspSessionMemory *memory)
{
  return memory->send.is_out || memory->receive.is_out;
}

/* If there is no memory for unread bytes, the session fails, and the next action reports the
 * fault. */
void
wsp_session_give_memory_back (WspSession *self)
{
  WspSessionMemory *memory = wsp_session_peek_memory (self);

  if (memory == NULL || has_bytes_out (memory) ||
      wsc_engine_has_pending (&self->engine, WSC_ACTION_QUEUE_ALL))
    return;

  (void) wsc_engine_take_back (&self->engine);
  g_clear_pointer (&self->details->memory, wsp_session_memory_free);
}

static WspBytesOut *
get_out (WspSessionMemory *memory,
         const WscAction  *action)
{
  return action->queue == WSC_ACTION_QUEUE_SEND ? &memory->send : &memory->receive;
}

void
wsp_session_note_out (WspSession      *self,
                      const WscAction *action)
{
  WspBytesOut *out = get_out (self->details->memory, action);

  g_assert (!out->is_out);      /* (1) */
  *out = (WspBytesOut) { .serial = action->serial, .is_out = TRUE };
}

static WspBytesOut *
find_out (WspSession      *self,
          const WscAction *action)
{
  WspSessionMemory *memory = wsp_session_peek_memory (self);
  WspBytesOut *out = memory != NULL ? get_out (memory, action) : NULL;

  return out != NULL && out->is_out && action->type != WSC_ACTION_NONE &&
         out->serial == action->serial ? out : NULL;
}

gboolean
wsp_session_has_bytes_of (WspSession      *self,
                          const WscAction *action)
{
  return find_out (self, action) != NULL;
}

void
wsp_session_take_out_back (WspSession      *self,
                           const WscAction *action)
{
  WspBytesOut *out = find_out (self, action);

  if (out == NULL)
    return;

  out->is_out = FALSE;
  if (out == &self->details->memory->send)
    g_clear_pointer (&self->details->memory->withdrawn_payload, g_bytes_unref);
}

void
wsp_session_release_payload (WspSession *self,
                             GBytes     *payload)
{
  WspSessionMemory *memory = wsp_session_peek_memory (self);

  if (memory != NULL && memory->send.is_out && memory->withdrawn_payload == NULL)
    memory->withdrawn_payload = payload;
  else
    g_bytes_unref (payload);
}
