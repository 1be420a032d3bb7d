/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The details of a session, which it holds beside its engine: they are allocated when one is set,
 * and released with the engine's payloads. */
#include "session/wsp-session-private.h"

#include "core/engine/operation.h"
#include "session/wsp-session-lend-private.h"

WspSessionDetails *
wsp_session_ensure_details (WspSession *self)
{
  if (self->details == NULL)
    {
      self->details = g_new0 (WspSessionDetails, 1);
      self->details->subprotocol_index = -1;
    }

  return self->details;
}

void
wsp_session_keep_deflate (WspSession        *self,
                          WspDeflateOptions *options)
{
  if (options != NULL)
    wsp_session_ensure_details (self)->deflate = g_object_ref (options);
}

/* Copies the bytes, and adds a NUL. */
void
wsp_session_keep_close_reason (WspSession *self,
                               const char *reason,
                               gsize       length)
{
  WspSessionDetails *details = wsp_session_ensure_details (self);

  g_clear_pointer (&details->unread, g_bytes_unref);
  g_free (details->peer_close_reason);
  details->peer_close_reason = g_strndup (reason, length);
  details->peer_close_reason_length = length;
}

gsize
wsp_session_get_peer_close_reason_length (WspSession *self)
{
  return self->details != NULL ? self->details->peer_close_reason_length : 0;
}

void
wsp_session_memory_free (WspSessionMemory *memory)
{
  if (memory != NULL)
    g_clear_pointer (&memory->withdrawn_payload, g_bytes_unref);
  g_free (memory);
}

static void
free_details (WspSessionDetails *details)
{
  g_free (details->subprotocol);
  g_strfreev (details->extensions);
  g_strfreev (details->offered_protocols);
  g_strfreev (details->offered_extensions);
  g_free (details->peer_close_reason);
  g_clear_error (&details->transport_error);
  wsp_session_memory_free (details->memory);
  g_clear_pointer (&details->unread, g_bytes_unref);
  g_clear_object (&details->deflate);
  g_clear_object (&details->next_limits);
  g_free (details);
}

static void
clear_engine (WspSession *self)
{
  WscOperation *operation;

  for (guint i = 0; (operation = wsc_operation_queue_peek (&self->engine.sends, i)) != NULL; i++)
    g_clear_pointer ((GBytes **) &operation->context, g_bytes_unref);
  wsc_engine_clear (&self->engine);
}

void
wsp_session_empty (WspSession *self)
{
  clear_engine (self);
  g_clear_pointer (&self->details, free_details);
  g_clear_pointer (&self->options, wsp_session_options_unref);
}
