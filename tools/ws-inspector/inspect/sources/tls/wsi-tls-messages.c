/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/tls/wsi-tls-messages.h"

#define MAX_KEPT (64 * 1024)    /* bytes of a body: a ticket may have as many */

void
wsi_tls_messages_clear (WsiTlsMessages *self)
{
  g_clear_pointer (&self->body, g_byte_array_unref);
  self->n_header = 0;
  self->n_left = 0;
}

static gboolean
is_needed (guint8 type)
{
  return type == WSI_TLS_CLIENT_HELLO || type == WSI_TLS_SERVER_HELLO ||
         type == WSI_TLS_NEW_SESSION_TICKET || type == WSI_TLS_ENCRYPTED_EXTENSIONS;
}

static void
tls_messages_begin_body (WsiTlsMessages *self)
{
  const guint8 *header = self->header;

  self->n_left = (gsize) header[1] << 16 | (gsize) header[2] << 8 | header[3];
  if (is_needed (header[0]) && self->n_left <= MAX_KEPT)
    self->body = g_byte_array_new ();
}

static void
tls_messages_end_message (WsiTlsMessages   *self,
                          guint             side,
                          WsiTlsMessageFunc function,
                          gpointer          user_data)
{
  const guint8 type = self->header[0];
  g_autoptr (GByteArray) body = g_steal_pointer (&self->body);

  self->n_header = 0;
  function (user_data, side, type, body != NULL ? body->data : NULL, body != NULL ? body->len : 0);
}

void
wsi_tls_messages_take (WsiTlsMessages   *self,
                       guint             side,
                       const guint8     *at,
                       gsize             length,
                       WsiTlsMessageFunc function,
                       gpointer          user_data)
{
  while (length > 0)
    {
      gsize n = 1;

      if (self->n_header < WSI_TLS_MESSAGE_HEADER)
        {
          self->header[self->n_header++] = *at;
          if (self->n_header == WSI_TLS_MESSAGE_HEADER)
            tls_messages_begin_body (self);
        }
      else
        {
          n = MIN (length, self->n_left);
          if (self->body != NULL)
            g_byte_array_append (self->body, at, (guint) n);
          self->n_left -= n;
        }
      at += n;
      length -= n;
      if (self->n_header == WSI_TLS_MESSAGE_HEADER && self->n_left == 0)
        tls_messages_end_message (self, side, function, user_data);
    }
}
