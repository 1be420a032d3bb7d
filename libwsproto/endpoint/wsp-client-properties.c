/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The settings of a client as properties. */
#include "endpoint/wsp-client-private.h"

#include "session/wsp-limits-private.h"

/* Ends loops of redirects. */
#define MAX_REDIRECTS 5

enum
{
  PROP_0,
  PROP_PROXY_RESOLVER,          /* in the order of WspDialObject */
  PROP_LOCAL_ADDRESS,
  PROP_TLS_DATABASE,
  PROP_TLS_CERTIFICATE,
  PROP_TLS_INTERACTION,
  PROP_ORIGIN,
  PROP_USER_AGENT,
  PROP_MAX_REDIRECTS,
  PROP_REQUIRE_PROTOCOL,
  PROP_SERIALIZE_CONNECTS,
  PROP_KEEP_HANDSHAKE,
  PROP_COMPRESSION,
  PROP_LIMITS,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
get_switch (WspClient  *self,
            guint       property,
            GValue     *value,
            GParamSpec *pspec)
{
  WspAttemptSettings *settings = &self->settings;

  switch (property)
    {
    case PROP_ORIGIN:
      g_value_set_string (value, settings->origin);
      break;
    case PROP_USER_AGENT:
      g_value_set_string (value, settings->user_agent);
      break;
    case PROP_MAX_REDIRECTS:
      g_value_set_uint (value, settings->max_redirects);
      break;
    case PROP_REQUIRE_PROTOCOL:
      g_value_set_boolean (value, settings->requires_protocol);
      break;
    case PROP_SERIALIZE_CONNECTS:
      g_value_set_boolean (value, settings->serializes_connects);
      break;
    case PROP_KEEP_HANDSHAKE:
      g_value_set_boolean (value, settings->keeps_handshake);
      break;
    case PROP_COMPRESSION:
      g_value_set_object (value, settings->compression);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (self, property, pspec);
    }
}

void
wsp_client_get_property (GObject    *object,
                         guint       property,
                         GValue     *value,
                         GParamSpec *pspec)
{
  WspClient *self = WSP_CLIENT (object);
  WspAttemptSettings *settings = &self->settings;

  switch (property)
    {
    case PROP_PROXY_RESOLVER:
    case PROP_LOCAL_ADDRESS:
    case PROP_TLS_DATABASE:
    case PROP_TLS_CERTIFICATE:
    case PROP_TLS_INTERACTION:
      g_value_set_object (value, settings->dial.objects[property - PROP_PROXY_RESOLVER]);
      break;
    case PROP_LIMITS:
      g_value_set_object (value, settings->limits);
      break;
    default:
      get_switch (self, property, value, pspec);
    }
}

static void
set_text (char        **place,
          const GValue *value)
{
  g_free (*place);
  *place = g_value_dup_string (value);
}

static void
set_switch (WspClient    *self,
            guint         property,
            const GValue *value,
            GParamSpec   *pspec)
{
  WspAttemptSettings *settings = &self->settings;

  switch (property)
    {
    case PROP_ORIGIN:
      set_text (&settings->origin, value);
      break;
    case PROP_USER_AGENT:
      set_text (&settings->user_agent, value);
      break;
    case PROP_MAX_REDIRECTS:
      settings->max_redirects = g_value_get_uint (value);
      break;
    case PROP_REQUIRE_PROTOCOL:
      settings->requires_protocol = g_value_get_boolean (value);
      break;
    case PROP_SERIALIZE_CONNECTS:
      settings->serializes_connects = g_value_get_boolean (value);
      break;
    case PROP_KEEP_HANDSHAKE:
      settings->keeps_handshake = g_value_get_boolean (value);
      break;
    case PROP_COMPRESSION:
      g_set_object (&settings->compression, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (self, property, pspec);
    }
}

void
wsp_client_set_property (GObject      *object,
                         guint         property,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  WspClient *self = WSP_CLIENT (object);

  switch (property)
    {
    case PROP_PROXY_RESOLVER:
    case PROP_LOCAL_ADDRESS:
    case PROP_TLS_DATABASE:
    case PROP_TLS_CERTIFICATE:
    case PROP_TLS_INTERACTION:
      g_set_object (&self->settings.dial.objects[property - PROP_PROXY_RESOLVER],
                    g_value_get_object (value));
      break;
    case PROP_LIMITS:
      if (g_value_get_object (value) != NULL)
        wsp_client_set_limits (self, g_value_get_object (value));
      break;
    default:
      set_switch (self, property, value, pspec);
    }
}

static void
install_way (GParamFlags flags)
{
  /**
   * WspClient:proxy-resolver:
   *
   * The resolver that finds proxies; %NULL = the platform's. It is called with the `ws` or `wss`
   * URI, and if that has no proxy, again with `http` or `https`. HTTP proxies are asked for a
   * tunnel. The proxy resolves host names, except with SOCKS 4.
   *
   * The connection to a proxy whose URI begins with `https` uses TLS. Its certificate must be for
   * the host of that URI, and [property@Wsp.Client:tls-database] must trust it, or a handler of
   * [signal@Wsp.Client::accept-certificate]. The TLS of `wss` then runs inside of that TLS.
   *
   * Since: 0.1
   */
  properties[PROP_PROXY_RESOLVER] =
    g_param_spec_object ("proxy-resolver", NULL, NULL, G_TYPE_PROXY_RESOLVER, flags);
  /**
   * WspClient:local-address:
   *
   * The local address to connect from; %NULL = any.
   *
   * Since: 0.1
   */
  properties[PROP_LOCAL_ADDRESS] =
    g_param_spec_object ("local-address", NULL, NULL, G_TYPE_SOCKET_ADDRESS, flags);
  /**
   * WspClient:tls-database:
   *
   * The CAs to trust, for servers and proxies; %NULL = the system's. GIO loads the system's list
   * for each connection, which takes some 9 ms of CPU and 3.8 MB.
   *
   * Since: 0.1
   */
  properties[PROP_TLS_DATABASE] =
    g_param_spec_object ("tls-database", NULL, NULL, G_TYPE_TLS_DATABASE, flags);
  /**
   * WspClient:tls-certificate:
   *
   * The certificate for servers that ask for one; %NULL = none. It is never sent to a proxy.
   *
   * Since: 0.1
   */
  properties[PROP_TLS_CERTIFICATE] =
    g_param_spec_object ("tls-certificate", NULL, NULL, G_TYPE_TLS_CERTIFICATE, flags);
  /**
   * WspClient:tls-interaction:
   *
   * Asks the user for what TLS needs, such as the password of a key.
   *
   * Since: 0.1
   */
  properties[PROP_TLS_INTERACTION] =
    g_param_spec_object ("tls-interaction", NULL, NULL, G_TYPE_TLS_INTERACTION, flags);
}

static void
install_request (GParamFlags flags)
{
  /**
   * WspClient:origin:
   *
   * The value of the `Origin` header; %NULL = no such header, as usual for programs other than
   * browsers.
   *
   * Since: 0.1
   */
  properties[PROP_ORIGIN] = g_param_spec_string ("origin", NULL, NULL, NULL, flags);
  /**
   * WspClient:compression:
   *
   * The offer of `permessage-deflate`; %NULL, the default, does not offer it. Its values are read
   * before each request: a change holds for later handshakes. Do not compress secrets together with
   * text that an attacker can choose. See RFC 7692.
   *
   * Since: 0.1
   */
  properties[PROP_COMPRESSION] =
    g_param_spec_object ("compression", NULL, NULL, WSP_TYPE_DEFLATE_OPTIONS, flags);
  /**
   * WspClient:user-agent:
   *
   * The value of the `User-Agent` header; %NULL = no such header.
   *
   * Since: 0.1
   */
  properties[PROP_USER_AGENT] = g_param_spec_string ("user-agent", NULL, NULL, NULL, flags);
  /**
   * WspClient:max-redirects:
   *
   * The number of redirects to follow, at most 5; 0 = a redirect is a refusal.
   * Only `ws` and `wss` are followed, and never from `wss` to `ws`. Another origin (scheme,
   * host and port) gets no custom headers but `Accept-Language`, `Origin` and `User-Agent`.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_REDIRECTS] =
    g_param_spec_uint ("max-redirects", NULL, NULL, 0, MAX_REDIRECTS, 0, flags);
  /**
   * WspClient:require-protocol:
   *
   * Whether it is an error if the server selects none of the offered subprotocols.
   *
   * Since: 0.1
   */
  properties[PROP_REQUIRE_PROTOCOL] =
    g_param_spec_boolean ("require-protocol", NULL, NULL, FALSE, flags);
  /**
   * WspClient:serialize-connects:
   *
   * Whether a connect to a host and port waits until an earlier one to the same host and port
   * has its response, as RFC 6455, section 4.1 requires, and at most 30 hosts are connected to at
   * the same time. Set it to %FALSE to open many connections to one server at once.
   *
   * Since: 0.1
   */
  properties[PROP_SERIALIZE_CONNECTS] =
    g_param_spec_boolean ("serialize-connects", NULL, NULL, TRUE, flags);
  /**
   * WspClient:keep-handshake:
   *
   * Whether a connection keeps its [class@Wsp.Handshake] after the callback of the call that
   * opened it.
   *
   * Since: 0.1
   */
  properties[PROP_KEEP_HANDSHAKE] =
    g_param_spec_boolean ("keep-handshake", NULL, NULL, FALSE, flags);
}

static void
install_limits (GParamFlags flags)
{
  /**
   * WspClient:limits: (getter get_limits) (setter set_limits)
   *
   * The limits and timeouts, which new connections share.
   *
   * Since: 0.1
   */
  properties[PROP_LIMITS] = g_param_spec_object ("limits", NULL, NULL, WSP_TYPE_LIMITS, flags);
}

void
wsp_client_install_properties (GObjectClass *class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS;

  install_way (flags);
  install_request (flags);
  install_limits (flags);
  g_object_class_install_properties (class, N_PROPS, properties);
}
