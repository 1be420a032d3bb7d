/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/sending/wsi-outgoing.h"

#include <glib/gi18n.h>

#include "inspect/sources/sending/wsi-close-words.h"

WsiOutgoing *
wsi_outgoing_new (WsiOutgoingKind kind)
{
  WsiOutgoing *self = g_new0 (WsiOutgoing, 1);

  self->kind = kind;
  return self;
}

WsiOutgoing *
wsi_outgoing_new_message (WspMessageType message_type,
                          GBytes        *payload)
{
  WsiOutgoing *self = wsi_outgoing_new (WSI_OUTGOING_MESSAGE);

  self->message_type = message_type;
  self->payload = g_bytes_ref (payload);
  return self;
}

WsiOutgoing *
wsi_outgoing_new_raw (GBytes *bytes)
{
  WsiOutgoing *self = wsi_outgoing_new (WSI_OUTGOING_RAW);

  self->payload = g_bytes_ref (bytes);
  return self;
}

WsiOutgoing *
wsi_outgoing_new_ping (GBytes  *payload,
                       GError **error)
{
  WsiOutgoing *self;

  if (g_bytes_get_size (payload) > WSI_MAX_PING)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("payload of the ping is too long: expected at most %d bytes, received %zu"),
                   WSI_MAX_PING, g_bytes_get_size (payload));
      return NULL;
    }

  self = wsi_outgoing_new (WSI_OUTGOING_PING);
  self->payload = g_bytes_ref (payload);
  return self;
}

WsiOutgoing *
wsi_outgoing_new_close (guint64     code,
                        const char *reason,
                        GError    **error)
{
  WsiOutgoing *self;

  if (!wsi_close_words_check (code, reason, error))
    return NULL;

  self = wsi_outgoing_new (WSI_OUTGOING_CLOSE);
  self->close_code = code;
  self->reason = g_strdup (reason);
  return self;
}

void
wsi_outgoing_free (WsiOutgoing *self)
{
  g_clear_pointer (&self->payload, g_bytes_unref);
  g_free (self->path);
  g_free (self->fragments);
  g_free (self->reason);
  g_free (self);
}
