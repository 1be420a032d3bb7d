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
 * connection instead of 308 KiB. After five seconds without a message only the windows that the
 * next messages may refer to stay in memory: at most 8 KiB, or 64 KiB. A build with ISA-L keeps the
 * memory of messages that ISA-L compresses, those of level 1.
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
  guint number = G_IS_PARAM_SPEC_BOOLEAN (pspec) ? g_value_get_boolean (value) != FALSE
                                                 : g_value_get_uint (value);
  gboolean is_bits = property == PROP_CLIENT_WINDOW_BITS || property == PROP_SERVER_WINDOW_BITS;

  if (is_bits && !is_window (number))
    g_warning ("WspDeflateOptions:%s stays as it was: expected 0 or 9 to 15, received %u",
               pspec->name, number);
  else
    deflate_options_set_value (WSP_DEFLATE_OPTIONS (object), property, number);
}

static void
install_zlib (GParamFlags flags)
{
  /**
   * WspDeflateOptions:level:
   *
   * zlib's level of compression, from 1 (fast) to 9 (small); 0 = 6.
   *
   * Default: 0; range: 0 to 9.
   *
   * Since: 0.1
   */
  properties[PROP_LEVEL] = g_param_spec_uint ("level", NULL, NULL, 0, 9, 0, flags);
  /**
   * WspDeflateOptions:memory-level:
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
   * WspDeflateOptions:threshold:
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
   * WspDeflateOptions:client-window-bits:
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
   * WspDeflateOptions:server-window-bits:
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
   * WspDeflateOptions:client-context-takeover:
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
   * WspDeflateOptions:server-context-takeover:
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
