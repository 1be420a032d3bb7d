/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "session/wsp-deflate-options-private.h"

#include "core/limits.h"

#define DEFAULT_THRESHOLD 64
#define MIN_WINDOW_BITS WSC_MIN_DEFLATE_WINDOW_BITS
#define MAX_WINDOW_BITS WSC_MAX_WINDOW_BITS

struct _WspDeflateOptions
{
  WscDeflateOptions values;
};

G_DEFINE_BOXED_TYPE (WspDeflateOptions, wsp_deflate_options,
                     wsp_deflate_options_copy, wsp_deflate_options_free)

/**
 * wsp_deflate_options_new_for_client:
 *
 * Creates options for a client: windows of 32 KiB, zlib's default level and memory level,
 * context takeover in both directions, and a threshold of 64 bytes.
 *
 * Returns: (transfer full): new options
 *
 * Since: 0.1
 */
WspDeflateOptions *
wsp_deflate_options_new_for_client (void)
{
  WspDeflateOptions *self = g_new (WspDeflateOptions, 1);

  *self = (WspDeflateOptions) {
    .values = {
      .level = 6,
      .memory_level = 8,
      .client_window_bits = MAX_WINDOW_BITS,
      .server_window_bits = MAX_WINDOW_BITS,
      .threshold = DEFAULT_THRESHOLD,
      .client_takeover = TRUE,
      .server_takeover = TRUE,
    },
  };
  return self;
}

/**
 * wsp_deflate_options_new_for_server:
 *
 * Creates options for a server with many connections: windows of 4 KiB and memory level 5,
 * which is about 32 KiB for each connection instead of 268 KiB.
 *
 * Returns: (transfer full): new options
 *
 * Since: 0.1
 */
WspDeflateOptions *
wsp_deflate_options_new_for_server (void)
{
  WspDeflateOptions *self = wsp_deflate_options_new_for_client ();

  self->values.memory_level = 5;
  self->values.client_window_bits = 12;
  self->values.server_window_bits = 12;
  return self;
}

/**
 * wsp_deflate_options_copy:
 * @self: options
 *
 * Copies options.
 *
 * Returns: (transfer full): new options
 *
 * Since: 0.1
 */
WspDeflateOptions *
wsp_deflate_options_copy (const WspDeflateOptions *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_memdup2 (self, sizeof *self);
}

/**
 * wsp_deflate_options_free:
 * @self: options
 *
 * Frees options.
 *
 * Since: 0.1
 */
void
wsp_deflate_options_free (WspDeflateOptions *self)
{
  g_return_if_fail (self != NULL);

  g_free (self);
}

/**
 * wsp_deflate_options_get_level:
 * @self: options
 *
 * Gets zlib's level of compression.
 *
 * Returns: the level, from 1 (fast) to 9 (small)
 *
 * Since: 0.1
 */
guint
wsp_deflate_options_get_level (const WspDeflateOptions *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->values.level;
}

/**
 * wsp_deflate_options_set_level:
 * @self: options
 * @level: the level, from 1 (fast) to 9 (small)
 *
 * Sets zlib's level of compression.
 *
 * Since: 0.1
 */
void
wsp_deflate_options_set_level (WspDeflateOptions *self,
                               guint              level)
{
  g_return_if_fail (self != NULL);

  self->values.level = (guint8) CLAMP (level, 1, 9);
}

/**
 * wsp_deflate_options_get_memory_level:
 * @self: options
 *
 * Gets zlib's memory level: how much memory it uses in addition to the window.
 *
 * Returns: zlib's memory level
 *
 * Since: 0.1
 */
guint
wsp_deflate_options_get_memory_level (const WspDeflateOptions *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->values.memory_level;
}

/**
 * wsp_deflate_options_set_memory_level:
 * @self: options
 * @memory_level: zlib's memory level, from 1 to 9
 *
 * Sets zlib's memory level: how much memory it uses in addition to the window.
 *
 * Since: 0.1
 */
void
wsp_deflate_options_set_memory_level (WspDeflateOptions *self,
                                      guint              memory_level)
{
  g_return_if_fail (self != NULL);

  self->values.memory_level = (guint8) CLAMP (memory_level, 1, 9);
}

/**
 * wsp_deflate_options_get_client_window_bits:
 * @self: options
 *
 * Gets the size of the window for a client's messages, as the exponent of a power of two bytes.
 * See RFC 7692, section 7.1.2.
 *
 * Returns: the base-two logarithm of the window
 *
 * Since: 0.1
 */
guint
wsp_deflate_options_get_client_window_bits (const WspDeflateOptions *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->values.client_window_bits;
}

/**
 * wsp_deflate_options_set_client_window_bits:
 * @self: options
 * @client_window_bits: the base-two logarithm of the window, from 9 to 15
 *
 * Sets the size of the window for a client's messages, as the exponent of a power of two bytes.
 * See RFC 7692, section 7.1.2.
 *
 * Since: 0.1
 */
void
wsp_deflate_options_set_client_window_bits (WspDeflateOptions *self,
                                            guint              client_window_bits)
{
  g_return_if_fail (self != NULL);

  self->values.client_window_bits =
    (guint8) CLAMP (client_window_bits, MIN_WINDOW_BITS, MAX_WINDOW_BITS);
}

/**
 * wsp_deflate_options_get_server_window_bits:
 * @self: options
 *
 * Gets the size of the window for a server's messages, as the exponent of a power of two bytes.
 * See RFC 7692, section 7.1.2.
 *
 * Returns: the base-two logarithm of the window
 *
 * Since: 0.1
 */
guint
wsp_deflate_options_get_server_window_bits (const WspDeflateOptions *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->values.server_window_bits;
}

/**
 * wsp_deflate_options_set_server_window_bits:
 * @self: options
 * @server_window_bits: the base-two logarithm of the window, from 9 to 15
 *
 * Sets the size of the window for a server's messages, as the exponent of a power of two bytes.
 * See RFC 7692, section 7.1.2.
 *
 * Since: 0.1
 */
void
wsp_deflate_options_set_server_window_bits (WspDeflateOptions *self,
                                            guint              server_window_bits)
{
  g_return_if_fail (self != NULL);

  self->values.server_window_bits =
    (guint8) CLAMP (server_window_bits, MIN_WINDOW_BITS, MAX_WINDOW_BITS);
}

/**
 * wsp_deflate_options_get_client_context_takeover:
 * @self: options
 *
 * Gets whether a client's message may refer to the previous one. If not, the memory for
 * compression is released between messages.
 * See RFC 7692, section 7.1.1.
 *
 * Returns: whether context takeover is allowed
 *
 * Since: 0.1
 */
gboolean
wsp_deflate_options_get_client_context_takeover (const WspDeflateOptions *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->values.client_takeover;
}

/**
 * wsp_deflate_options_set_client_context_takeover:
 * @self: options
 * @client_context_takeover: whether context takeover is allowed
 *
 * Sets whether a client's message may refer to the previous one. If not, the memory for
 * compression is released between messages.
 * See RFC 7692, section 7.1.1.
 *
 * Since: 0.1
 */
void
wsp_deflate_options_set_client_context_takeover (WspDeflateOptions *self,
                                                 gboolean           client_context_takeover)
{
  g_return_if_fail (self != NULL);

  self->values.client_takeover = client_context_takeover != FALSE;
}

/**
 * wsp_deflate_options_get_server_context_takeover:
 * @self: options
 *
 * Gets whether a server's message may refer to the previous one. If not, the memory for
 * compression is released between messages.
 * See RFC 7692, section 7.1.1.
 *
 * Returns: whether context takeover is allowed
 *
 * Since: 0.1
 */
gboolean
wsp_deflate_options_get_server_context_takeover (const WspDeflateOptions *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->values.server_takeover;
}

/**
 * wsp_deflate_options_set_server_context_takeover:
 * @self: options
 * @server_context_takeover: whether context takeover is allowed
 *
 * Sets whether a server's message may refer to the previous one. If not, the memory for
 * compression is released between messages.
 * See RFC 7692, section 7.1.1.
 *
 * Since: 0.1
 */
void
wsp_deflate_options_set_server_context_takeover (WspDeflateOptions *self,
                                                 gboolean           server_context_takeover)
{
  g_return_if_fail (self != NULL);

  self->values.server_takeover = server_context_takeover != FALSE;
}

/**
 * wsp_deflate_options_get_threshold:
 * @self: options
 *
 * Gets the smallest length of a message that is compressed.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint
wsp_deflate_options_get_threshold (const WspDeflateOptions *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->values.threshold;
}

/**
 * wsp_deflate_options_set_threshold:
 * @self: options
 * @threshold: bytes
 *
 * Sets the smallest length of a message that is compressed.
 *
 * Since: 0.1
 */
void
wsp_deflate_options_set_threshold (WspDeflateOptions *self,
                                   guint              threshold)
{
  g_return_if_fail (self != NULL);

  self->values.threshold = threshold;
}

const WscDeflateOptions *
wsp_deflate_options_peek (const WspDeflateOptions *self)
{
  return self != NULL ? &self->values : NULL;
}
