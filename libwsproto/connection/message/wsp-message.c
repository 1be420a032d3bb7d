/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/message/wsp-message.h"

#include "connection/message/wsp-deflated-private.h"
#include "connection/message/wsp-message-private.h"

#include <libwsproto/base/wsp-error.h>

#include "core/bytes/utf8.h"
#include "core/fault.h"
#include "core/frames/frame-header.h"

G_DEFINE_BOXED_TYPE (WspMessage, wsp_message, wsp_message_ref, wsp_message_unref)

static WspMessage *
new_message (WspMessageType message_type)
{
  WspMessage *self = g_new0 (WspMessage, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->message_type = message_type;

  return self;
}

static void
message_take_block (WspMessage      *self,
                    WspMessageBlock *block,
                    gsize            length)
{
  guint8 first = self->message_type == WSP_MESSAGE_TYPE_TEXT ? WSC_FIN | WSC_OPCODE_TEXT
                                                             : WSC_FIN | WSC_OPCODE_BINARY;

  self->block = block;
  self->data = block->data;
  self->length = length;
  self->header_length = wsc_frame_header_length (length);
  wsc_frame_header_write (block->headroom + sizeof block->headroom - self->header_length, first,
                          length, NULL);
  block->data[length] = '\0';
}

WspMessage *
wsp_message_new_of_block (WspMessageType   type,
                          WspMessageBlock *block,
                          gsize            length)
{
  WspMessage *self = new_message (type);

  message_take_block (self, block, length);
  self->is_checked = TRUE;
  return self;
}

void
wsp_message_borrow (WspMessage    *self,
                    WspMessageType type,
                    const guint8  *data,
                    gsize          length)
{
  self->message_type = type;
  self->is_borrowing = TRUE;
  self->is_checked = TRUE;
  self->data = data;
  self->length = length;
}

WspMessage *
wsp_message_new_borrowing (WspMessagePool *pool,
                           WspMessageType  type,
                           const guint8   *data,
                           gsize           length)
{
  WspMessage *self = new_message (type);

  self->pool = pool;
  wsp_message_borrow (self, type, data, length);
  return self;
}

/* Without memory for the copy the program ends, as in other allocations of GLib: the copy is at
 * most as large as the lent memory. */
static void
end_loan (WspMessage *self)
{
  WspMessageBlock *block = wsp_message_block_new (self->pool, self->length);

  if (block == NULL)
    g_error ("No memory for a message of %" G_GSIZE_FORMAT " bytes", self->length);

  if (self->length > 0)
    memcpy (block->data, self->data, self->length);
  self->is_borrowing = FALSE;
  message_take_block (self, block, self->length);
}

static void
message_clear (WspMessage *self)
{
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->block, wsp_message_block_unref);
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->deflated, wsp_deflated_free);
  self->header_length = 0;
}

gboolean
wsp_message_end_borrowing (WspMessage *self)
{
  if (self->is_borrowing)
    return TRUE;

  if (g_atomic_ref_count_compare (&self->ref_count, 1))
    {
      message_clear (self);
      return TRUE;
    }

  wsp_message_unref (self);
  return FALSE;
}

GBytes *
wsp_message_get_deflated (WspMessage           *self,
                          const WscDeflateForm *form,
                          WscDeflatePool       *streams,
                          guint32              *budget)
{
  return wsp_deflated_get (&self->deflated, form, (WscBytes) { self->data, self->length },
                           streams, budget);
}

static WspMessage *
new_copy (WspMessageType type,
          gconstpointer  data,
          gsize          length)
{
  WspMessageBlock *block = wsp_message_block_new (NULL, length);

  if (block == NULL)
    g_error ("No memory for a message of %" G_GSIZE_FORMAT " bytes", length);

  if (length > 0)
    memcpy (block->data, data, length);

  return wsp_message_new_of_block (type, block, length);
}

static WspMessage *
new_of_bytes (WspMessageType type,
              GBytes        *bytes)
{
  WspMessage *self = new_message (type);

  self->bytes = g_bytes_ref (bytes);
  self->data = g_bytes_get_data (bytes, &self->length);
  self->is_checked = TRUE;
  return self;
}

/**
 * wsp_message_new_text: (constructor)
 * @text: (transfer none): UTF-8 text
 *
 * Makes a text message of a string, which is copied. A text with a NUL inside needs
 * [ctor@Wsp.Message.new_text_bytes].
 *
 * Text that is not UTF-8 is refused when it is sent, with
 * [error@Wsp.Error.INVALID_ARGUMENT].
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
  WspMessage *self = new_copy (WSP_MESSAGE_TYPE_TEXT, text, length);

  self->is_checked = wsc_utf8_is_valid ((WscBytes) { self->data, length });
  return self;
}

/**
 * wsp_message_new_text_bytes: (constructor)
 * @utf8: (transfer none): UTF-8 text, which may hold NUL
 * @error: return location for an error
 *
 * Makes a text message of bytes, without copying them.
 *
 * Fails with [error@Wsp.Error.INVALID_ARGUMENT] when @utf8 is not UTF-8.
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
      g_set_error_literal (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT,
                           wsc_fault_get_text (WSC_FAULT_TEXT_TO_SEND_NOT_UTF8));
      return NULL;
    }

  return new_of_bytes (WSP_MESSAGE_TYPE_TEXT, utf8);
}

/**
 * wsp_message_new_binary: (constructor)
 * @data: (transfer none) (array length=length) (element-type guint8): any bytes
 * @length: the number of bytes
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

  return new_copy (WSP_MESSAGE_TYPE_BINARY, data, length);
}

/**
 * wsp_message_new_binary_bytes: (constructor)
 * @data: (transfer none): any bytes
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

  return new_of_bytes (WSP_MESSAGE_TYPE_BINARY, data);
}

/**
 * wsp_message_get_message_type:
 * @self: a message
 *
 * Gets whether a message is text or binary. See RFC 6455, section 5.6.
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
 * Gives the payload of a message, text without a NUL after it.
 *
 * Returns: (transfer none): the bytes; valid as long as @self
 *
 * Since: 0.1
 */
GBytes *
wsp_message_get_bytes (WspMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->is_borrowing)
    end_loan (self);

  if (g_atomic_pointer_get (&self->bytes) == NULL)
    {
      GBytes *bytes = g_bytes_new_with_free_func (self->data, self->length,
                                                  (GDestroyNotify) wsp_message_block_unref,
                                                  wsp_message_block_ref (self->block));

      if (!g_atomic_pointer_compare_and_exchange (&self->bytes, NULL, bytes))
        g_bytes_unref (bytes);
    }

  return g_atomic_pointer_get (&self->bytes);
}

/* Copies all bytes, and adds a NUL. */
static char *
message_copy_text (WspMessage *self)
{
  char *text = g_malloc (self->length + 1);

  if (self->length > 0)
    memcpy (text, self->data, self->length);
  text[self->length] = '\0';
  return text;
}

/**
 * wsp_message_get_text:
 * @self: a message
 *
 * Gives the text of a message as a string: UTF-8 that ends with a NUL.
 *
 * A peer may send U+0000 within a text. Functions for strings stop at that character;
 * [method@Wsp.Message.get_size] gives the length of the whole text.
 *
 * Returns: (transfer none) (nullable): the text; %NULL for a binary message only; valid as long as
 *   @self
 *
 * Since: 0.1
 */
const char *
wsp_message_get_text (WspMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->message_type != WSP_MESSAGE_TYPE_TEXT)
    return NULL;

  if (self->is_borrowing)
    end_loan (self);
  if (self->block != NULL)
    return (const char *) self->data;

  if (g_atomic_pointer_get (&self->text) == NULL)
    {
      char *text = message_copy_text (self);

      if (!g_atomic_pointer_compare_and_exchange (&self->text, NULL, text))
        g_free (text);
    }

  return g_atomic_pointer_get (&self->text);
}

/**
 * wsp_message_get_size:
 * @self: a message
 *
 * Gets the size of a message.
 *
 * Returns: bytes of payload
 *
 * Since: 0.1
 */
gsize
wsp_message_get_size (WspMessage *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->length;
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

  if (self->is_borrowing)
    end_loan (self);
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

  if (!wsp_drops_last (&self->ref_count))
    return;

  message_clear (self);
  g_free (self);
}
