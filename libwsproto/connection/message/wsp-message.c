/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/message/wsp-message.h"
#include "connection/message/wsp-message-private.h"

#include <libwsproto/session/wsp-session-error.h>

#include "core/bytes/utf8.h"
#include "core/fault.h"

struct _WspMessage
{
  gatomicrefcount ref_count;
  WspMessageType  message_type;
  gboolean        is_terminated;        /* a NUL follows the bytes */
  GBytes         *bytes;
  char           *text;                 /* a copy with a NUL, made when it is asked for */
};

G_DEFINE_BOXED_TYPE (WspMessage, wsp_message, wsp_message_ref, wsp_message_unref)

static WspMessage *
new_message (WspMessageType message_type,
             GBytes * bytes,
             gboolean       is_terminated)
{
  WspMessage *self = g_new0 (WspMessage, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->message_type = message_type;
  self->is_terminated = is_terminated;
  self->bytes = bytes;

  return self;
}

WspMessage *
wsp_message_new_take (WspMessageType type,
                      guint8        *data,
                      gsize          length)
{
  return new_message (type, g_bytes_new_take (data, length), TRUE);
}

/**
 * wsp_message_new_text: (constructor)
 * @text: UTF-8 text
 *
 * Makes a text message of a string, which is copied. A text with a NUL inside needs
 * [ctor@Wsp.Message.new_text_bytes].
 *
 * Text that is not UTF-8 is refused when it is sent, with
 * [error@Wsp.SessionError.INVALID_ARGUMENT].
 *
 * Returns: (transfer full): a message
 *
 * Since: 0.1
 */
WspMessage *
wsp_message_new_text (const char *text)
{
  g_return_val_if_fail (text != NULL, NULL);

  gsize length = strlen (text);

  return wsp_message_new_take (WSP_MESSAGE_TYPE_TEXT, g_memdup2 (text, length + 1), length);
}

/**
 * wsp_message_new_text_bytes: (constructor)
 * @utf8: UTF-8 text, which may hold NUL
 * @error: return location for an error
 *
 * Makes a text message of bytes, without copying them.
 *
 * Fails with [error@Wsp.SessionError.INVALID_ARGUMENT] when @utf8 is not UTF-8.
 *
 * See RFC 6455, section 5.6.
 *
 * Returns: (transfer full): a message
 *
 * Since: 0.1
 */
WspMessage *
wsp_message_new_text_bytes (GBytes  *utf8,
                            GError **error)
{
  WscBytes text;

  g_return_val_if_fail (utf8 != NULL, NULL);

  text.at = g_bytes_get_data (utf8, &text.length);
  if (!wsc_utf8_is_valid (text))
    {
      g_set_error_literal (error, WSP_SESSION_ERROR, WSP_SESSION_ERROR_INVALID_ARGUMENT,
                           wsc_fault_get_text (WSC_FAULT_TEXT_TO_SEND_NOT_UTF8));
      return NULL;
    }

  return new_message (WSP_MESSAGE_TYPE_TEXT, g_bytes_ref (utf8), FALSE);
}

/**
 * wsp_message_new_binary: (constructor)
 * @data: (array length=length) (element-type guint8): any bytes
 * @length: how many
 *
 * Makes a binary message of a copy of @data.
 *
 * Returns: (transfer full): a message
 *
 * Since: 0.1
 */
WspMessage *
wsp_message_new_binary (const guint8 *data,
                        gsize         length)
{
  g_return_val_if_fail (data != NULL || length == 0, NULL);

  return new_message (WSP_MESSAGE_TYPE_BINARY, g_bytes_new (data, length), FALSE);
}

/**
 * wsp_message_new_binary_bytes: (constructor)
 * @data: any bytes
 *
 * Makes a binary message of bytes, without copying them.
 *
 * Returns: (transfer full): a message
 *
 * Since: 0.1
 */
WspMessage *
wsp_message_new_binary_bytes (GBytes *data)
{
  g_return_val_if_fail (data != NULL, NULL);

  return new_message (WSP_MESSAGE_TYPE_BINARY, g_bytes_ref (data), FALSE);
}

/**
 * wsp_message_get_message_type:
 * @self: a message
 *
 * Tells whether a message is text or binary.
 *
 * Returns: the type
 *
 * Since: 0.1
 */
WspMessageType
wsp_message_get_message_type (WspMessage *self)
{
  g_return_val_if_fail (self != NULL, WSP_MESSAGE_TYPE_BINARY);

  return self->message_type;
}

/**
 * wsp_message_get_bytes:
 * @self: a message
 *
 * Gives the payload of a message, text without a NUL behind it.
 *
 * Returns: (transfer none): the bytes
 *
 * Since: 0.1
 */
GBytes *
wsp_message_get_bytes (WspMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->bytes;
}

/**
 * wsp_message_get_text:
 * @self: a message
 *
 * Gives the text of a message as a string. A text that holds a NUL cannot be one: it is
 * never cut, use [method@Wsp.Message.get_bytes].
 *
 * Returns: (transfer none) (nullable): the text; %NULL for a binary message and for
 *   text that holds a NUL
 *
 * Since: 0.1
 */
const char *
wsp_message_get_text (WspMessage *self)
{
  gsize length;

  g_return_val_if_fail (self != NULL, NULL);

  const char *data = g_bytes_get_data (self->bytes, &length);

  if (self->message_type != WSP_MESSAGE_TYPE_TEXT ||
      (length > 0 && memchr (data, '\0', length) != NULL))
    return NULL;

  if (self->is_terminated)
    return data;

  if (g_atomic_pointer_get (&self->text) == NULL)
    {
      char *text = g_strndup (length > 0 ? data : "", length);

      if (!g_atomic_pointer_compare_and_exchange (&self->text, NULL, text))
        g_free (text);
    }

  return g_atomic_pointer_get (&self->text);
}

/**
 * wsp_message_get_size:
 * @self: a message
 *
 * Tells how large a message is.
 *
 * Returns: bytes of payload
 *
 * Since: 0.1
 */
gsize
wsp_message_get_size (WspMessage *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return g_bytes_get_size (self->bytes);
}

/**
 * wsp_message_ref:
 * @self: a message
 *
 * Takes one more reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
WspMessage *
wsp_message_ref (WspMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * wsp_message_unref:
 * @self: (transfer full): a message
 *
 * Gives up a reference; the last one frees the message.
 *
 * Since: 0.1
 */
void
wsp_message_unref (WspMessage *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_bytes_unref (self->bytes);
  g_free (self->text);
  g_free (self);
}
