/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The settings of a client as properties, and their functions. */
#include "endpoint/wsp-client-private.h"

#include "limits/wsp-limits-private.h"
#include "log/wsp-log-private.h"
#include "reactor/wsp-reactor-private.h"

/* Ends loops of redirects. */
#define MAX_REDIRECTS 5

/* A row makes the value of the enum, the case of get_property that reads the member, and the case
 * of set_property.  FLAG has no public functions.  The rows of OBJECT are in the order of
 * WspDialObject. */
#define PROPERTIES(OBJECT, SETTING, FLAG) \
  OBJECT (PROXY_RESOLVER) \
  OBJECT (LOCAL_ADDRESS) \
  OBJECT (TLS_DATABASE) \
  OBJECT (TLS_CERTIFICATE) \
  OBJECT (TLS_INTERACTION) \
  SETTING (ORIGIN, origin, string, origin) \
  SETTING (USER_AGENT, user_agent, string, user_agent) \
  SETTING (CONNECT_TIMEOUT, connect_timeout, uint, connect_timeout) \
  SETTING (MAX_REDIRECTS, max_redirects, uint, max_redirects) \
  SETTING (SUBPROTOCOL_REQUIRED, subprotocol_required, boolean, requires_subprotocol) \
  FLAG (CONCURRENT_CONNECTS, connects_concurrently) \
  FLAG (PERSISTENT_HANDSHAKES, keeps_handshakes) \
  SETTING (DEFLATE, deflate, object, deflate) \
  SETTING (LIMITS, limits, object, limits)

#define ID(NAME, ...) PROP_ ## NAME,

enum
{
  PROP_0,
  PROPERTIES (ID, ID, ID)
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
client_properties_notify (WspClient *self,
                          guint      property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
set_object (WspClient    *self,
            WspDialObject which,
            gpointer      object)
{
  if (g_set_object (&self->settings.dial.objects[which], object))
    client_properties_notify (self, PROP_PROXY_RESOLVER + which);
}

static void
client_properties_set_text (WspClient  *self,
                            char      **place,
                            const char *text,
                            guint       property)
{
  g_autofree char *before = *place;     /* text may point into before */

  *place = g_strdup (text);
  if (g_strcmp0 (before, text) != 0)
    client_properties_notify (self, property);
}

static void
client_properties_set_number (WspClient *self,
                              guint     *place,
                              guint      number,
                              guint      property)
{
  if (*place == number)
    return;

  *place = number;
  client_properties_notify (self, property);
}

static void
set_boolean (WspClient *self,
             gboolean  *place,
             gboolean   value,
             guint      property)
{
  g_return_if_fail (wsp_reactor_is_in_thread (self->settings.reactor));

  if (*place == !!value)
    return;

  *place = !!value;
  client_properties_notify (self, property);
}

/**
 * wsp_client_get_limits: (get-property limits)
 * @self: a client
 *
 * Gets the limits of the client, which its new connections follow.
 *
 * Returns: (transfer none): the limits; valid until the property changes or @self is freed
 *
 * Since: 0.1
 */
WspLimits *
wsp_client_get_limits (WspClient *self)
{
  g_return_val_if_fail (WSP_IS_CLIENT (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->settings.reactor), NULL);

  return self->settings.limits;
}

/**
 * wsp_client_set_limits: (set-property limits)
 * @self: a client
 * @limits: (transfer none): limits
 *
 * Sets the limits of the client, which its new connections follow.
 *
 * Since: 0.1
 */
void
wsp_client_set_limits (WspClient *self,
                       WspLimits *limits)
{
  g_return_if_fail (WSP_IS_CLIENT (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->settings.reactor));
  g_return_if_fail (WSP_IS_LIMITS (limits));

  if (g_set_object (&self->settings.limits, limits))
    client_properties_notify (self, PROP_LIMITS);
}

/**
 * wsp_client_get_proxy_resolver: (get-property proxy-resolver)
 * @self: a client
 *
 * Gets the resolver that finds proxies.
 *
 * Returns: (transfer none) (nullable): the resolver; %NULL = the platform's; valid until the
 *   property changes or @self is freed
 *
 * Since: 0.1
 */
GProxyResolver *
wsp_client_get_proxy_resolver (WspClient *self)
{
  g_return_val_if_fail (WSP_IS_CLIENT (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->settings.reactor), NULL);

  return (GProxyResolver *) self->settings.dial.objects[WSP_DIAL_PROXY_RESOLVER];
}

/**
 * wsp_client_set_proxy_resolver: (set-property proxy-resolver)
 * @self: a client
 * @resolver: (transfer none) (nullable): a resolver; %NULL = the platform's
 *
 * Sets the resolver that finds proxies.
 *
 * Since: 0.1
 */
void
wsp_client_set_proxy_resolver (WspClient      *self,
                               GProxyResolver *resolver)
{
  g_return_if_fail (WSP_IS_CLIENT (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->settings.reactor));
  g_return_if_fail (resolver == NULL || G_IS_PROXY_RESOLVER (resolver));

  set_object (self, WSP_DIAL_PROXY_RESOLVER, resolver);
}

/**
 * wsp_client_get_local_address: (get-property local-address)
 * @self: a client
 *
 * Gets the local address to connect from.
 *
 * Returns: (transfer none) (nullable): the address; %NULL = any; valid until the property changes
 *   or @self is freed
 *
 * Since: 0.1
 */
GSocketAddress *
wsp_client_get_local_address (WspClient *self)
{
  g_return_val_if_fail (WSP_IS_CLIENT (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->settings.reactor), NULL);

  return (GSocketAddress *) self->settings.dial.objects[WSP_DIAL_LOCAL_ADDRESS];
}

/**
 * wsp_client_set_local_address: (set-property local-address)
 * @self: a client
 * @address: (transfer none) (nullable): an address; %NULL = any
 *
 * Sets the local address to connect from.
 *
 * Since: 0.1
 */
void
wsp_client_set_local_address (WspClient      *self,
                              GSocketAddress *address)
{
  g_return_if_fail (WSP_IS_CLIENT (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->settings.reactor));
  g_return_if_fail (address == NULL || G_IS_SOCKET_ADDRESS (address));

  set_object (self, WSP_DIAL_LOCAL_ADDRESS, address);
}

/**
 * wsp_client_get_tls_database: (get-property tls-database)
 * @self: a client
 *
 * Gets the CAs to trust.
 *
 * Returns: (transfer none) (nullable): the CAs; %NULL = the system's; valid until the property
 *   changes or @self is freed
 *
 * Since: 0.1
 */
GTlsDatabase *
wsp_client_get_tls_database (WspClient *self)
{
  g_return_val_if_fail (WSP_IS_CLIENT (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->settings.reactor), NULL);

  return (GTlsDatabase *) self->settings.dial.objects[WSP_DIAL_TLS_DATABASE];
}

/**
 * wsp_client_set_tls_database: (set-property tls-database)
 * @self: a client
 * @database: (transfer none) (nullable): CAs; %NULL = the system's
 *
 * Sets the CAs to trust.
 *
 * Since: 0.1
 */
void
wsp_client_set_tls_database (WspClient    *self,
                             GTlsDatabase *database)
{
  g_return_if_fail (WSP_IS_CLIENT (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->settings.reactor));
  g_return_if_fail (database == NULL || G_IS_TLS_DATABASE (database));

  set_object (self, WSP_DIAL_TLS_DATABASE, database);
}

/**
 * wsp_client_get_tls_certificate: (get-property tls-certificate)
 * @self: a client
 *
 * Gets the certificate for servers that ask for one.
 *
 * Returns: (transfer none) (nullable): the certificate; %NULL = none; valid until the property
 *   changes or @self is freed
 *
 * Since: 0.1
 */
GTlsCertificate *
wsp_client_get_tls_certificate (WspClient *self)
{
  g_return_val_if_fail (WSP_IS_CLIENT (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->settings.reactor), NULL);

  return (GTlsCertificate *) self->settings.dial.objects[WSP_DIAL_TLS_CERTIFICATE];
}

/**
 * wsp_client_set_tls_certificate: (set-property tls-certificate)
 * @self: a client
 * @certificate: (transfer none) (nullable): a certificate; %NULL = none
 *
 * Sets the certificate for servers that ask for one.
 *
 * With the private key of another certificate connections with TLS fail with
 * %WSP_ERROR_INVALID_ARGUMENT.
 *
 * Since: 0.1
 */
void
wsp_client_set_tls_certificate (WspClient       *self,
                                GTlsCertificate *certificate)
{
  g_return_if_fail (WSP_IS_CLIENT (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->settings.reactor));
  g_return_if_fail (certificate == NULL || G_IS_TLS_CERTIFICATE (certificate));

  set_object (self, WSP_DIAL_TLS_CERTIFICATE, certificate);
}

/**
 * wsp_client_get_tls_interaction: (get-property tls-interaction)
 * @self: a client
 *
 * Gets the object that asks the user for what TLS needs, such as the password of a key.
 *
 * Returns: (transfer none) (nullable): the interaction; %NULL = none; valid until the property
 *   changes or @self is freed
 *
 * Since: 0.1
 */
GTlsInteraction *
wsp_client_get_tls_interaction (WspClient *self)
{
  g_return_val_if_fail (WSP_IS_CLIENT (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->settings.reactor), NULL);

  return (GTlsInteraction *) self->settings.dial.objects[WSP_DIAL_TLS_INTERACTION];
}

/**
 * wsp_client_set_tls_interaction: (set-property tls-interaction)
 * @self: a client
 * @interaction: (transfer none) (nullable): an interaction; %NULL = none
 *
 * Sets the object that asks the user for what TLS needs, such as the password of a key.
 *
 * Since: 0.1
 */
void
wsp_client_set_tls_interaction (WspClient       *self,
                                GTlsInteraction *interaction)
{
  g_return_if_fail (WSP_IS_CLIENT (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->settings.reactor));
  g_return_if_fail (interaction == NULL || G_IS_TLS_INTERACTION (interaction));

  set_object (self, WSP_DIAL_TLS_INTERACTION, interaction);
}

/**
 * wsp_client_get_origin: (get-property origin)
 * @self: a client
 *
 * Gets the value of the `Origin` header.
 *
 * Returns: (transfer none) (nullable): the value; %NULL = `libwsproto/` and the version of the
 *   library, an empty text = no such header; valid until the property changes or @self is freed
 *
 * Since: 0.1
 */
const char *
wsp_client_get_origin (WspClient *self)
{
  g_return_val_if_fail (WSP_IS_CLIENT (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->settings.reactor), NULL);

  return self->settings.origin;
}

/**
 * wsp_client_set_origin: (set-property origin)
 * @self: a client
 * @origin: (transfer none) (nullable): the value; %NULL = no such header
 *
 * Sets the value of the `Origin` header.
 *
 * Since: 0.1
 */
void
wsp_client_set_origin (WspClient  *self,
                       const char *origin)
{
  g_return_if_fail (WSP_IS_CLIENT (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->settings.reactor));

  client_properties_set_text (self, &self->settings.origin, origin, PROP_ORIGIN);
}

/**
 * wsp_client_get_user_agent: (get-property user-agent)
 * @self: a client
 *
 * Gets the value of the `User-Agent` header.
 *
 * Returns: (transfer none) (nullable): the value; %NULL = `libwsproto/` and the version of the
 *   library, an empty text = no such header; valid until the property changes or @self is freed
 *
 * Since: 0.1
 */
const char *
wsp_client_get_user_agent (WspClient *self)
{
  g_return_val_if_fail (WSP_IS_CLIENT (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->settings.reactor), NULL);

  return self->settings.user_agent;
}

/**
 * wsp_client_set_user_agent: (set-property user-agent)
 * @self: a client
 * @user_agent: (transfer none) (nullable): the value; %NULL = `libwsproto/` and the version of the
 *   library, an empty text = no such header
 *
 * Sets the value of the `User-Agent` header.
 *
 * Since: 0.1
 */
void
wsp_client_set_user_agent (WspClient  *self,
                           const char *user_agent)
{
  g_return_if_fail (WSP_IS_CLIENT (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->settings.reactor));

  client_properties_set_text (self, &self->settings.user_agent, user_agent, PROP_USER_AGENT);
}

/**
 * wsp_client_get_deflate: (get-property deflate)
 * @self: a client
 *
 * Gets the offer of `permessage-deflate`.
 *
 * Returns: (transfer none) (nullable): the options; %NULL = no offer; valid until the property
 *   changes or @self is freed
 *
 * Since: 0.1
 */
WspDeflateOptions *
wsp_client_get_deflate (WspClient *self)
{
  g_return_val_if_fail (WSP_IS_CLIENT (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->settings.reactor), NULL);

  return self->settings.deflate;
}

/**
 * wsp_client_set_deflate: (set-property deflate)
 * @self: a client
 * @deflate: (transfer none) (nullable): options; %NULL = no offer
 *
 * Sets the offer of `permessage-deflate`.
 *
 * Since: 0.1
 */
void
wsp_client_set_deflate (WspClient         *self,
                        WspDeflateOptions *deflate)
{
  g_return_if_fail (WSP_IS_CLIENT (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->settings.reactor));
  g_return_if_fail (deflate == NULL || WSP_IS_DEFLATE_OPTIONS (deflate));

  if (g_set_object (&self->settings.deflate, deflate))
    client_properties_notify (self, PROP_DEFLATE);
}

/**
 * wsp_client_get_connect_timeout: (get-property connect-timeout)
 * @self: a client
 *
 * Gets the maximum time from the call to an open connection.
 *
 * Returns: milliseconds; 0 = no timeout
 *
 * Since: 0.1
 */
guint
wsp_client_get_connect_timeout (WspClient *self)
{
  g_return_val_if_fail (WSP_IS_CLIENT (self), 0);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->settings.reactor), 0);

  return self->settings.connect_timeout;
}

static void
write_connect_timeout (WspClient *self,
                       guint      connect_timeout)
{
  g_return_if_fail (wsp_reactor_is_in_thread (self->settings.reactor));

  client_properties_set_number (self, &self->settings.connect_timeout, connect_timeout,
                                PROP_CONNECT_TIMEOUT);
}

/**
 * wsp_client_set_connect_timeout: (set-property connect-timeout)
 * @self: a client
 * @connect_timeout: milliseconds, at most `G_MAXINT`; 0 = no timeout
 *
 * Sets the maximum time from the call to an open connection.
 *
 * Since: 0.1
 */
void
wsp_client_set_connect_timeout (WspClient *self,
                                guint      connect_timeout)
{
  g_return_if_fail (WSP_IS_CLIENT (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->settings.reactor));
  g_return_if_fail (connect_timeout <= G_MAXINT);

  wsp_log_if_like_seconds ("connect-timeout", connect_timeout);
  write_connect_timeout (self, connect_timeout);
}

/**
 * wsp_client_get_max_redirects: (get-property max-redirects)
 * @self: a client
 *
 * Gets the number of redirects to follow.
 *
 * Returns: the number; 0 = a redirect is a refusal
 *
 * Since: 0.1
 */
guint
wsp_client_get_max_redirects (WspClient *self)
{
  g_return_val_if_fail (WSP_IS_CLIENT (self), 0);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->settings.reactor), 0);

  return self->settings.max_redirects;
}

/**
 * wsp_client_set_max_redirects: (set-property max-redirects)
 * @self: a client
 * @max_redirects: the number, at most 5; 0 = a redirect is a refusal
 *
 * Sets the number of redirects to follow.
 *
 * Since: 0.1
 */
void
wsp_client_set_max_redirects (WspClient *self,
                              guint      max_redirects)
{
  g_return_if_fail (WSP_IS_CLIENT (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->settings.reactor));
  g_return_if_fail (max_redirects <= MAX_REDIRECTS);

  client_properties_set_number (self, &self->settings.max_redirects, max_redirects,
                                PROP_MAX_REDIRECTS);
}

/**
 * wsp_client_get_subprotocol_required: (get-property subprotocol-required)
 * @self: a client
 *
 * Gets whether the server must select one of the offered subprotocols.
 *
 * Returns: %TRUE if a response without a subprotocol is an error
 *
 * Since: 0.1
 */
gboolean
wsp_client_get_subprotocol_required (WspClient *self)
{
  g_return_val_if_fail (WSP_IS_CLIENT (self), FALSE);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->settings.reactor), FALSE);

  return self->settings.requires_subprotocol;
}

/**
 * wsp_client_set_subprotocol_required: (set-property subprotocol-required)
 * @self: a client
 * @required: %TRUE if a response without a subprotocol is an error
 *
 * Sets whether the server must select one of the offered subprotocols.
 *
 * Since: 0.1
 */
void
wsp_client_set_subprotocol_required (WspClient *self,
                                     gboolean   required)
{
  g_return_if_fail (WSP_IS_CLIENT (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->settings.reactor));

  set_boolean (self, &self->settings.requires_subprotocol, required, PROP_SUBPROTOCOL_REQUIRED);
}

#define GET_OBJECT(NAME) \
case PROP_ ## NAME: g_value_set_object (value, settings->dial.objects[WSP_DIAL_ ## NAME]); break;
#define GET_SETTING(NAME, name, kind, member) \
case PROP_ ## NAME: g_value_set_ ## kind (value, settings->member); break;
#define GET_FLAG(NAME, member) \
case PROP_ ## NAME: g_value_set_boolean (value, settings->member); break;

void
wsp_client_get_property (GObject    *object,
                         guint       property,
                         GValue     *value,
                         GParamSpec *pspec)
{
  WspAttemptSettings *settings = &WSP_CLIENT (object)->settings;

  switch (property)
    {
      PROPERTIES (GET_OBJECT, GET_SETTING, GET_FLAG)
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

#define SET_OBJECT(NAME) \
case PROP_ ## NAME: set_object (self, WSP_DIAL_ ## NAME, g_value_get_object (value)); break;
#define SET_SETTING(NAME, name, kind, member) \
case PROP_ ## NAME: wsp_client_set_ ## name (self, g_value_get_ ## kind (value)); break;
#define SET_FLAG(NAME, member) \
case PROP_ ## NAME: \
  set_boolean (self, &self->settings.member, g_value_get_boolean (value), property); \
  break;

void
wsp_client_set_property (GObject      *object,
                         guint         property,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  WspClient *self = WSP_CLIENT (object);

  /* Scripts set properties, whose names there have the unit: no advice about seconds. */
  if (property == PROP_CONNECT_TIMEOUT)
    {
      write_connect_timeout (self, g_value_get_uint (value));
      return;
    }

  switch (property)
    {
      PROPERTIES (SET_OBJECT, SET_SETTING, SET_FLAG)
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
install_way (GParamFlags flags)
{
  /**
   * WspClient:proxy-resolver:
   *
   * The resolver that finds proxies; %NULL = the platform's. The resolver is called with the `ws`
   * or `wss` URI, and if there is no proxy for that URI, again with `http` or `https`. HTTP proxies
   * are asked for a tunnel. The proxy resolves host names, except with SOCKS 4; in the URI of a
   * proxy, `socks5h` is another name for `socks5`.
   *
   * Answers of the platform's resolver, at most 64, are used for 5 seconds, unless a connect fails
   * or the network changes, which is noticed while the global default main context is iterated. A
   * resolver of the program is called for each connect.
   *
   * The connection to a proxy whose URI begins with `https` uses TLS. The proxy's certificate must
   * be for the host of that URI, and [property@Wsp.Client:tls-database] must trust the certificate,
   * or a handler of [signal@Wsp.Client::accept-certificate] must accept it. The TLS of `wss` then
   * runs inside of the TLS with the proxy.
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
   * The CAs to trust, for servers and proxies; %NULL = those of GIO's default database, which are
   * the system's unless the program replaces them by g_tls_backend_set_default_database().
   *
   * Where GIO does TLS, with GLib older than 2.80, the client does not check stapled OCSP responses
   * if the database is GIO's, as the default one is.
   *
   * Since: 0.1
   */
  properties[PROP_TLS_DATABASE] =
    g_param_spec_object ("tls-database", NULL, NULL, G_TYPE_TLS_DATABASE, flags);
  /**
   * WspClient:tls-certificate:
   *
   * The certificate for servers that ask for one; %NULL = none. The certificate is never sent to a
   * proxy.
   *
   * Since: 0.1
   */
  properties[PROP_TLS_CERTIFICATE] =
    g_param_spec_object ("tls-certificate", NULL, NULL, G_TYPE_TLS_CERTIFICATE, flags);
  /**
   * WspClient:tls-interaction:
   *
   * The object that asks the user for what TLS needs, such as the password of a key.
   *
   * Default: %NULL: nothing is asked.
   *
   * Since: 0.1
   */
  properties[PROP_TLS_INTERACTION] =
    g_param_spec_object ("tls-interaction", NULL, NULL, G_TYPE_TLS_INTERACTION, flags);
}

static void
client_properties_install_request (GParamFlags flags)
{
  /**
   * WspClient:origin:
   *
   * The value of the `Origin` header; %NULL = no such header, as usual for programs other than
   * browsers. See RFC 6455, sections 4.1 and 10.2.
   *
   * Since: 0.1
   */
  properties[PROP_ORIGIN] = g_param_spec_string ("origin", NULL, NULL, NULL, flags);
  /**
   * WspClient:deflate:
   *
   * The offer of `permessage-deflate`; %NULL, the default, makes no offer. The values of the
   * options are read before each request: a change applies to later handshakes. Do not compress
   * secrets together with text that an attacker can choose. See RFC 7692.
   *
   * Since: 0.1
   */
  properties[PROP_DEFLATE] =
    g_param_spec_object ("deflate", NULL, NULL, WSP_TYPE_DEFLATE_OPTIONS, flags);
  /**
   * WspClient:user-agent:
   *
   * The value of the `User-Agent` header; %NULL = `libwsproto/` and the version of the library, an
   * empty text = no such header.
   *
   * Since: 0.1
   */
  properties[PROP_USER_AGENT] = g_param_spec_string ("user-agent", NULL, NULL, NULL, flags);
  /**
   * WspClient:max-redirects:
   *
   * The number of redirects to follow, at most 5; 0 = a redirect is a refusal. Only redirects to
   * `ws` and `wss` are followed, and none from `wss` to `ws`; `http` and `https` in a `Location`
   * count as `ws` and `wss`. Another origin (scheme, host and port) gets of the custom headers only
   * `Accept-Language`, `Origin` and `User-Agent`.
   *
   * Default: 0; range: 0 to 5.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_REDIRECTS] =
    g_param_spec_uint ("max-redirects", NULL, NULL, 0, MAX_REDIRECTS, 0, flags);
  /**
   * WspClient:subprotocol-required:
   *
   * Whether it is an error if the server selects none of the offered subprotocols. See RFC 6455,
   * section 4.1.
   *
   * Default: %FALSE.
   *
   * Since: 0.1
   */
  properties[PROP_SUBPROTOCOL_REQUIRED] =
    g_param_spec_boolean ("subprotocol-required", NULL, NULL, FALSE, flags);
}

static void
client_properties_install_connecting (GParamFlags flags)
{
  /**
   * WspClient:connect-timeout:
   *
   * Maximum time from the call to an open connection, in milliseconds; 0 = no timeout. The time
   * includes the wait for other attempts, the name lookup, proxies, TLS, redirects and the
   * response. When it is over, the call fails with %G_IO_ERROR_TIMED_OUT. A change has no effect on
   * calls that have begun.
   *
   * Default: 30000; range: 0 to 2^31 − 1.
   *
   * Since: 0.1
   */
  properties[PROP_CONNECT_TIMEOUT] =
    g_param_spec_uint ("connect-timeout", NULL, NULL, 0, G_MAXINT, WSP_CLIENT_CONNECT_TIMEOUT,
                       flags);
  /**
   * WspClient:concurrent-connects:
   *
   * Whether any number of connects to one server may run at the same time. With %FALSE, a connect
   * to a host and port waits until an earlier one to the same host and port has its response, as
   * RFC 6455, section 4.1 requires, and at most 30 hosts are connected to at the same time. Set the
   * property to %TRUE to open many connections to one server at once.
   *
   * Default: %FALSE.
   *
   * Since: 0.1
   */
  properties[PROP_CONCURRENT_CONNECTS] =
    g_param_spec_boolean ("concurrent-connects", NULL, NULL, FALSE, flags);
  /**
   * WspClient:persistent-handshakes:
   *
   * Whether [property@Wsp.Connection:handshake] is kept for the life of the connection. With %FALSE
   * the handshake is dropped when the callback of the call that opened the connection has returned:
   * the connection then needs less memory by the length of request and response, and `Cookie` and
   * `Authorization` do not stay in memory. Code after an `await` runs only after the handshake was
   * dropped.
   *
   * Default: %TRUE.
   *
   * Since: 0.1
   */
  properties[PROP_PERSISTENT_HANDSHAKES] =
    g_param_spec_boolean ("persistent-handshakes", NULL, NULL, TRUE, flags);
}

static void
client_properties_install_limits (GParamFlags flags)
{
  /**
   * WspClient:limits:
   *
   * The limits and timeouts of the client, which its new connections follow:
   * [property@Wsp.Connection:limits] says until when.
   *
   * Default: new limits, never %NULL.
   *
   * Since: 0.1
   */
  properties[PROP_LIMITS] = g_param_spec_object ("limits", NULL, NULL, WSP_TYPE_LIMITS, flags);
}

void
wsp_client_install_properties (GObjectClass *class)
{
  const GParamFlags flags =
    G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  install_way (flags);
  client_properties_install_request (flags);
  client_properties_install_connecting (flags);
  client_properties_install_limits (flags);
  g_object_class_install_properties (class, N_PROPS, properties);
}
