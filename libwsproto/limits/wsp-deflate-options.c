/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "limits/wsp-deflate-options-private.h"

#include <string.h>

#include "core/limits.h"

#define DEFAULT_THRESHOLD 64

/**
 * WspDeflateOptions:
 *
 * Options for the compression of messages with the extension `permessage-deflate`: a client
 * offers them, a server accepts an offer within them. See RFC 7692.
 *
 * A level or a window that is 0 has the default of the role that uses it. A client uses zlib's
 * level 6, memory level 8 and windows of 32 KiB (15 bits). A server, which has many connections,
 * uses level 6, memory level 5 and windows of 4 KiB (12 bits): that is about 50 KiB for each
 * connection instead of 308 KiB.
 *
 * An object may be shared by clients, servers, handshakes and sessions. They read its values once
 * for each opening handshake, a client before its request, a server before its response: a change
 * holds for later handshakes. Any thread may change it; a handshake in another thread reads all
 * values at one moment. The handlers of its notifies run in the thread that changes it.
 *
 * Since: 0.1
 */
enum
{
  PROP_0,
  PROP_LEVEL,
  PROP_MEMORY_LEVEL,
  PROP_CLIENT_WINDOW_BITS,
  PROP_SERVER_WINDOW_BITS,
  PROP_CLIENT_CONTEXT_TAKEOVER,
  PROP_SERVER_CONTEXT_TAKEOVER,
  PROP_THRESHOLD,
  N_PROPS,
};

struct _WspDeflateOptions
{
  GObject parent_instance;
  GMutex  lock;                 /* lock for values, which handshakes of any thread read */
  guint   values[N_PROPS];      /* value of each property; 0: the role's default */
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WspDeflateOptions, wsp_deflate_options, G_TYPE_OBJECT)

static guint
deflate_options_get_value (WspDeflateOptions *self,
                           guint              property)
{
  g_mutex_lock (&self->lock);

  guint value = self->values[property];

  g_mutex_unlock (&self->lock);
  return value;
}

static void
deflate_options_set_value (WspDeflateOptions *self,
                           guint              property,
                           guint              value)
{
  g_mutex_lock (&self->lock);

  gboolean has_changed = self->values[property] != value;

  self->values[property] = value;
  g_mutex_unlock (&self->lock);
  if (has_changed)
    g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static gboolean
is_window (guint bits)
{
  return bits == 0 || (bits >= WSC_MIN_DEFLATE_WINDOW_BITS && bits <= WSC_MAX_WINDOW_BITS);
}

static void
wsp_deflate_options_finalize (GObject *object)
{
  g_mutex_clear (&WSP_DEFLATE_OPTIONS (object)->lock);
  G_OBJECT_CLASS (wsp_deflate_options_parent_class)->finalize (object);
}

static void
wsp_deflate_options_get_property (GObject    *object,
                                  guint       property,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  guint number = deflate_options_get_value (WSP_DEFLATE_OPTIONS (object), property);

  if (G_IS_PARAM_SPEC_BOOLEAN (pspec))
    g_value_set_boolean (value, number != 0);
  else
    g_value_set_uint (value, number);
}

static void
wsp_deflate_options_set_property (GObject      *object,
                                  guint         property,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  WspDeflateOptions *self = WSP_DEFLATE_OPTIONS (object);

  if (G_IS_PARAM_SPEC_BOOLEAN (pspec))
    deflate_options_set_value (self, property, g_value_get_boolean (value) != FALSE);
  else if (property == PROP_CLIENT_WINDOW_BITS)
    wsp_deflate_options_set_client_window_bits (self, g_value_get_uint (value));
  else if (property == PROP_SERVER_WINDOW_BITS)
    wsp_deflate_options_set_server_window_bits (self, g_value_get_uint (value));
  else
    deflate_options_set_value (self, property, g_value_get_uint (value));
}

static void
install_zlib (GParamFlags flags)
{
  /**
   * WspDeflateOptions:level: (getter get_level) (setter set_level)
   *
   * zlib's level of compression, from 1 (fast) to 9 (small); 0 = 6.
   *
   * Default: 0; range: 0 to 9.
   *
   * Since: 0.1
   */
  properties[PROP_LEVEL] = g_param_spec_uint ("level", NULL, NULL, 0, 9, 0, flags);
  /**
   * WspDeflateOptions:memory-level: (getter get_memory_level) (setter set_memory_level)
   *
   * The level of memory that zlib uses in addition to the window, from 1 to 9; 0 = 8 on a
   * client, 5 on a server.
   *
   * Default: 0; range: 0 to 9.
   *
   * Since: 0.1
   */
  properties[PROP_MEMORY_LEVEL] =
    g_param_spec_uint ("memory-level", NULL, NULL, 0, 9, 0, flags);
  /**
   * WspDeflateOptions:threshold: (getter get_threshold) (setter set_threshold)
   *
   * The smallest length of a message that is compressed, in bytes.
   *
   * Default: 64; range: 0 to 2^32 − 1.
   *
   * Since: 0.1
   */
  properties[PROP_THRESHOLD] =
    g_param_spec_uint ("threshold", NULL, NULL, 0, G_MAXUINT, DEFAULT_THRESHOLD, flags);
}

static void
install_parameters (GParamFlags flags)
{
  /**
   * WspDeflateOptions:client-window-bits: (getter get_client_window_bits)
   *   (setter set_client_window_bits)
   *
   * The base-two logarithm of the window for a client's messages, from 9 to 15; 0 = 15 on a
   * client, 12 on a server. See RFC 7692, section 7.1.2.
   *
   * Default: 0.
   *
   * Since: 0.1
   */
  properties[PROP_CLIENT_WINDOW_BITS] =
    g_param_spec_uint ("client-window-bits", NULL, NULL, 0, WSC_MAX_WINDOW_BITS, 0, flags);
  /**
   * WspDeflateOptions:server-window-bits: (getter get_server_window_bits)
   *   (setter set_server_window_bits)
   *
   * The base-two logarithm of the window for a server's messages, from 9 to 15; 0 = 15 on a
   * client, 12 on a server. See RFC 7692, section 7.1.2.
   *
   * Default: 0.
   *
   * Since: 0.1
   */
  properties[PROP_SERVER_WINDOW_BITS] =
    g_param_spec_uint ("server-window-bits", NULL, NULL, 0, WSC_MAX_WINDOW_BITS, 0, flags);
  /**
   * WspDeflateOptions:client-context-takeover: (getter get_client_context_takeover)
   *   (setter set_client_context_takeover)
   *
   * Whether a client's message may refer to the previous one. If not, the memory for compression
   * is released between messages. See RFC 7692, section 7.1.1.
   *
   * Default: %TRUE.
   *
   * Since: 0.1
   */
  properties[PROP_CLIENT_CONTEXT_TAKEOVER] =
    g_param_spec_boolean ("client-context-takeover", NULL, NULL, TRUE, flags);
  /**
   * WspDeflateOptions:server-context-takeover: (getter get_server_context_takeover)
   *   (setter set_server_context_takeover)
   *
   * Whether a server's message may refer to the previous one. If not, the memory for compression
   * is released between messages. See RFC 7692, section 7.1.1.
   *
   * Default: %TRUE.
   *
   * Since: 0.1
   */
  properties[PROP_SERVER_CONTEXT_TAKEOVER] =
    g_param_spec_boolean ("server-context-takeover", NULL, NULL, TRUE, flags);
}

static void
wsp_deflate_options_class_init (WspDeflateOptionsClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = wsp_deflate_options_finalize;
  object_class->get_property = wsp_deflate_options_get_property;
  object_class->set_property = wsp_deflate_options_set_property;

  install_zlib (flags);
  install_parameters (flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
wsp_deflate_options_init (WspDeflateOptions *self)
{
  g_mutex_init (&self->lock);
  self->values[PROP_CLIENT_CONTEXT_TAKEOVER] = TRUE;
  self->values[PROP_SERVER_CONTEXT_TAKEOVER] = TRUE;
  self->values[PROP_THRESHOLD] = DEFAULT_THRESHOLD;
}

/**
 * wsp_deflate_options_new:
 *
 * Creates options with the default values.
 *
 * Returns: (transfer full): new options
 *
 * Since: 0.1
 */
WspDeflateOptions *
wsp_deflate_options_new (void)
{
  return g_object_new (WSP_TYPE_DEFLATE_OPTIONS, NULL);
}

/**
 * wsp_deflate_options_get_level: (get-property level)
 * @self: options
 *
 * Gets zlib's level of compression.
 *
 * Returns: the level, from 1 (fast) to 9 (small); 0 for the default
 *
 * Since: 0.1
 */
guint
wsp_deflate_options_get_level (WspDeflateOptions *self)
{
  g_return_val_if_fail (WSP_IS_DEFLATE_OPTIONS (self), 0);

  return deflate_options_get_value (self, PROP_LEVEL);
}

/**
 * wsp_deflate_options_set_level: (set-property level)
 * @self: options
 * @level: the level, from 1 (fast) to 9 (small); 0 for the default
 *
 * Sets zlib's level of compression.
 *
 * Since: 0.1
 */
void
wsp_deflate_options_set_level (WspDeflateOptions *self,
                               guint              level)
{
  g_return_if_fail (WSP_IS_DEFLATE_OPTIONS (self));
  g_return_if_fail (level <= 9);

  deflate_options_set_value (self, PROP_LEVEL, level);
}

/**
 * wsp_deflate_options_get_memory_level: (get-property memory-level)
 * @self: options
 *
 * Gets zlib's memory level: how much memory it uses in addition to the window.
 *
 * Returns: the memory level, from 1 to 9; 0 for the role's default
 *
 * Since: 0.1
 */
guint
wsp_deflate_options_get_memory_level (WspDeflateOptions *self)
{
  g_return_val_if_fail (WSP_IS_DEFLATE_OPTIONS (self), 0);

  return deflate_options_get_value (self, PROP_MEMORY_LEVEL);
}

/**
 * wsp_deflate_options_set_memory_level: (set-property memory-level)
 * @self: options
 * @memory_level: the memory level, from 1 to 9; 0 for the role's default
 *
 * Sets zlib's memory level: how much memory it uses in addition to the window.
 *
 * Since: 0.1
 */
void
wsp_deflate_options_set_memory_level (WspDeflateOptions *self,
                                      guint              memory_level)
{
  g_return_if_fail (WSP_IS_DEFLATE_OPTIONS (self));
  g_return_if_fail (memory_level <= 9);

  deflate_options_set_value (self, PROP_MEMORY_LEVEL, memory_level);
}

/**
 * wsp_deflate_options_get_client_window_bits: (get-property client-window-bits)
 * @self: options
 *
 * Gets the size of the window for a client's messages. See RFC 7692, section 7.1.2.
 *
 * Returns: the base-two logarithm of the window, from 9 to 15; 0 for the role's default
 *
 * Since: 0.1
 */
guint
wsp_deflate_options_get_client_window_bits (WspDeflateOptions *self)
{
  g_return_val_if_fail (WSP_IS_DEFLATE_OPTIONS (self), 0);

  return deflate_options_get_value (self, PROP_CLIENT_WINDOW_BITS);
}

/**
 * wsp_deflate_options_set_client_window_bits: (set-property client-window-bits)
 * @self: options
 * @client_window_bits: the base-two logarithm of the window, from 9 to 15; 0 for the role's
 *   default
 *
 * Sets the size of the window for a client's messages. See RFC 7692, section 7.1.2.
 *
 * Since: 0.1
 */
void
wsp_deflate_options_set_client_window_bits (WspDeflateOptions *self,
                                            guint              client_window_bits)
{
  g_return_if_fail (WSP_IS_DEFLATE_OPTIONS (self));
  g_return_if_fail (is_window (client_window_bits));

  deflate_options_set_value (self, PROP_CLIENT_WINDOW_BITS, client_window_bits);
}

/**
 * wsp_deflate_options_get_server_window_bits: (get-property server-window-bits)
 * @self: options
 *
 * Gets the size of the window for a server's messages. See RFC 7692, section 7.1.2.
 *
 * Returns: the base-two logarithm of the window, from 9 to 15; 0 for the role's default
 *
 * Since: 0.1
 */
guint
wsp_deflate_options_get_server_window_bits (WspDeflateOptions *self)
{
  g_return_val_if_fail (WSP_IS_DEFLATE_OPTIONS (self), 0);

  return deflate_options_get_value (self, PROP_SERVER_WINDOW_BITS);
}

/**
 * wsp_deflate_options_set_server_window_bits: (set-property server-window-bits)
 * @self: options
 * @server_window_bits: the base-two logarithm of the window, from 9 to 15; 0 for the role's
 *   default
 *
 * Sets the size of the window for a server's messages. See RFC 7692, section 7.1.2.
 *
 * Since: 0.1
 */
void
wsp_deflate_options_set_server_window_bits (WspDeflateOptions *self,
                                            guint              server_window_bits)
{
  g_return_if_fail (WSP_IS_DEFLATE_OPTIONS (self));
  g_return_if_fail (is_window (server_window_bits));

  deflate_options_set_value (self, PROP_SERVER_WINDOW_BITS, server_window_bits);
}

/**
 * wsp_deflate_options_get_client_context_takeover: (get-property client-context-takeover)
 * @self: options
 *
 * Gets whether a client's message may refer to the previous one. See RFC 7692, section 7.1.1.
 *
 * Returns: whether context takeover is allowed
 *
 * Since: 0.1
 */
gboolean
wsp_deflate_options_get_client_context_takeover (WspDeflateOptions *self)
{
  g_return_val_if_fail (WSP_IS_DEFLATE_OPTIONS (self), FALSE);

  return deflate_options_get_value (self, PROP_CLIENT_CONTEXT_TAKEOVER);
}

/**
 * wsp_deflate_options_set_client_context_takeover: (set-property client-context-takeover)
 * @self: options
 * @client_context_takeover: whether context takeover is allowed
 *
 * Sets whether a client's message may refer to the previous one. See RFC 7692, section 7.1.1.
 *
 * Since: 0.1
 */
void
wsp_deflate_options_set_client_context_takeover (WspDeflateOptions *self,
                                                 gboolean           client_context_takeover)
{
  g_return_if_fail (WSP_IS_DEFLATE_OPTIONS (self));

  deflate_options_set_value (self, PROP_CLIENT_CONTEXT_TAKEOVER, client_context_takeover != FALSE);
}

/**
 * wsp_deflate_options_get_server_context_takeover: (get-property server-context-takeover)
 * @self: options
 *
 * Gets whether a server's message may refer to the previous one. See RFC 7692, section 7.1.1.
 *
 * Returns: whether context takeover is allowed
 *
 * Since: 0.1
 */
gboolean
wsp_deflate_options_get_server_context_takeover (WspDeflateOptions *self)
{
  g_return_val_if_fail (WSP_IS_DEFLATE_OPTIONS (self), FALSE);

  return deflate_options_get_value (self, PROP_SERVER_CONTEXT_TAKEOVER);
}

/**
 * wsp_deflate_options_set_server_context_takeover: (set-property server-context-takeover)
 * @self: options
 * @server_context_takeover: whether context takeover is allowed
 *
 * Sets whether a server's message may refer to the previous one. See RFC 7692, section 7.1.1.
 *
 * Since: 0.1
 */
void
wsp_deflate_options_set_server_context_takeover (WspDeflateOptions *self,
                                                 gboolean           server_context_takeover)
{
  g_return_if_fail (WSP_IS_DEFLATE_OPTIONS (self));

  deflate_options_set_value (self, PROP_SERVER_CONTEXT_TAKEOVER, server_context_takeover != FALSE);
}

/**
 * wsp_deflate_options_get_threshold: (get-property threshold)
 * @self: options
 *
 * Gets the smallest length of a message that is compressed.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint
wsp_deflate_options_get_threshold (WspDeflateOptions *self)
{
  g_return_val_if_fail (WSP_IS_DEFLATE_OPTIONS (self), 0);

  return deflate_options_get_value (self, PROP_THRESHOLD);
}

/**
 * wsp_deflate_options_set_threshold: (set-property threshold)
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
  g_return_if_fail (WSP_IS_DEFLATE_OPTIONS (self));

  deflate_options_set_value (self, PROP_THRESHOLD, threshold);
}

static void
replace_zero (guint8 *value,
              guint8  by)
{
  if (*value == 0)
    *value = by;
}

void
wsp_deflate_options_read (WspDeflateOptions *self,
                          WspRole            role,
                          WscDeflateOptions *values)
{
  gboolean is_client = role == WSP_ROLE_CLIENT;

  g_mutex_lock (&self->lock);
  *values = (WscDeflateOptions) {
    .level = (guint8) self->values[PROP_LEVEL],
    .memory_level = (guint8) self->values[PROP_MEMORY_LEVEL],
    .client_window_bits = (guint8) self->values[PROP_CLIENT_WINDOW_BITS],
    .server_window_bits = (guint8) self->values[PROP_SERVER_WINDOW_BITS],
    .client_takeover = (guint8) self->values[PROP_CLIENT_CONTEXT_TAKEOVER],
    .server_takeover = (guint8) self->values[PROP_SERVER_CONTEXT_TAKEOVER],
    .threshold = self->values[PROP_THRESHOLD],
  };
  g_mutex_unlock (&self->lock);

  replace_zero (&values->level, 6);
  replace_zero (&values->memory_level, is_client ? 8 : 5);
  replace_zero (&values->client_window_bits, is_client ? 15 : 12);
  replace_zero (&values->server_window_bits, is_client ? 15 : 12);
}

WspDeflateOptions *
wsp_deflate_options_copy (WspDeflateOptions *self)
{
  WspDeflateOptions *made = wsp_deflate_options_new ();

  g_mutex_lock (&self->lock);
  memcpy (made->values, self->values, sizeof made->values);
  g_mutex_unlock (&self->lock);
  return made;
}
