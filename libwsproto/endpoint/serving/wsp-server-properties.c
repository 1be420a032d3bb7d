/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The settings of a server as properties, and their functions. */
#include "endpoint/serving/wsp-server-private.h"

#include <libwsproto/base/wsp-enum-types.h>

#include "core/limits.h"
#include "endpoint/opening/wsp-origin-private.h"
#include "endpoint/opening/wsp-server-tls-private.h"
#include "endpoint/opening/wsp-trusted-proxies-private.h"
#include "log/wsp-log-private.h"
#include "reactor/wsp-reactor-private.h"

/* A row makes the value of the enum and the cases of get_property and set_property.  GET_SET calls
 * public functions, GET has no setter, and OWN, which has no public functions, reads the member of
 * the settings and calls the setter of this file.  The rows of TLS are in the order of
 * WspServerTlsSetting. */
#define PROPERTIES(GET_SET, GET, OWN) \
  GET_SET (SUBPROTOCOLS, subprotocols, boxed) \
  OWN (PREFER_OWN_SUBPROTOCOLS, prefer_own_subprotocols, boolean, prefers_own_protocols) \
  GET_SET (ALLOWED_ORIGINS, allowed_origins, boxed) \
  GET_SET (ALLOWED_HOSTS, allowed_hosts, boxed) \
  GET_SET (TRUSTED_PROXIES, trusted_proxies, boxed) \
  GET_SET (TLS_CERTIFICATE, tls_certificate, object) \
  GET_SET (TLS_DATABASE, tls_database, object) \
  GET_SET (TLS_AUTHENTICATION_MODE, tls_authentication_mode, enum) \
  GET_SET (TLS_TICKET_KEY, tls_ticket_key, boxed) \
  GET_SET (DEFLATE, deflate, object) \
  OWN (SERVER_HEADER, server_header, string, server_header) \
  OWN (PERSISTENT_HANDSHAKES, persistent_handshakes, boolean, keeps_handshake) \
  GET_SET (LIMITS, limits, object) \
  GET_SET (MAX_CONNECTIONS, max_connections, uint) \
  GET_SET (MAX_CONNECTIONS_PER_ADDRESS, max_connections_per_address, uint) \
  GET_SET (MAX_CONNECTION_AGE, max_connection_age, uint) \
  GET_SET (SLOW_POLICY, slow_policy, enum) \
  GET_SET (MAX_SEND_DELAY, max_send_delay, uint) \
  OWN (MAX_PENDING_HANDSHAKES, max_pending_handshakes, uint, max_pending) \
  GET (CONNECTIONS, connections, object) \
  GET (LISTENERS, listeners, object) \
  GET (DRAINING, draining, boolean)

#define ID(NAME, ...) PROP_ ## NAME,

enum
{
  PROP_0,
  PROPERTIES (ID, ID, ID)
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
server_properties_notify (WspServer *self,
                          guint      property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static gboolean
server_properties_is_same_list (const char * const *one,
                                const char * const *other)
{
  if (one == NULL || other == NULL)
    return one == other;

  return g_strv_equal (one, other);
}

/* Returns NULL if the entry can match, or else a text with the mistake and the right form. */
typedef char *(*FindMistake) (const char *entry);

/* may_match () logs, and a handler of the log is code of the program: hold no lock here. */
static gboolean
may_match (const char * const *entries,
           guint               property,
           FindMistake         find_mistake)
{
  for (guint i = 0; entries != NULL && entries[i] != NULL; i++)
    {
      g_autofree char *mistake = find_mistake (entries[i]);

      if (mistake == NULL)
        continue;

      g_warning ("WspServer:%s stays as it was: %s", properties[property]->name, mistake);
      return FALSE;
    }

  return TRUE;
}

/* A list with an entry that can never match is refused. */
static void
set_list (WspServer          *self,
          char             ***place,
          const char * const *entries,
          guint               property,
          FindMistake         find_mistake)
{
  if (server_properties_is_same_list ((const char * const *) *place, entries) ||
      !may_match (entries, property, find_mistake))
    return;

  g_auto (GStrv) before = *place;       /* entries may point into before */

  wsp_server_begin_change (self);
  if (place == &self->settings->allowed_origins)
    wsp_server_rules_set_origins (self->settings, entries);
  else
    *place = g_strdupv ((char **) entries);
  wsp_server_end_change (self);
  server_properties_notify (self, property);
}

/* The old values are released, and the log is written, outside of the lock: both may run code of
 * the program. */
static void
set_tls (WspServer          *self,
         WspServerTlsSetting setting,
         gpointer            value)
{
  g_autoptr (WspServer) held = g_object_ref (self);
  g_auto (WspServerTls) before = self->settings->tls;
  g_autoptr (GError) error = NULL;
  WspServerTls tls;

  wsp_server_tls_copy (&tls, &before);
  (void) wsp_server_tls_set (&tls, setting, value, &error);

  wsp_server_begin_change (self);
  self->settings->tls = tls;
  wsp_server_end_change (self);
  if (error != NULL)
    wsp_log (WSP_LOG_HANDSHAKE, WSP_LOG_LEVEL_INFO, &(WspLogFields) { 0 },
             "TLS of the server is left to GIO: %s", error->message);
  server_properties_notify (self, PROP_TLS_CERTIFICATE + setting);
}

/**
 * wsp_server_get_limits: (get-property limits)
 * @self: a server
 *
 * Gets the limits of the server, which its new connections follow.
 *
 * Returns: (transfer none): the limits; valid until the property changes or @self is freed
 *
 * Since: 0.1
 */
WspLimits *
wsp_server_get_limits (WspServer *self)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), NULL);

  return self->settings->limits;
}

/**
 * wsp_server_set_limits: (set-property limits)
 * @self: a server
 * @limits: (transfer none): limits
 *
 * Sets the limits of the server, which its new connections follow.
 *
 * Since: 0.1
 */
void
wsp_server_set_limits (WspServer *self,
                       WspLimits *limits)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));
  g_return_if_fail (WSP_IS_LIMITS (limits));

  if (limits == self->settings->limits)
    return;

  g_autoptr (WspServer) held = g_object_ref (self);     /* the end of the limits may drop self */

  wsp_server_replace_limits (self, limits);
  server_properties_notify (self, PROP_LIMITS);
}

/**
 * wsp_server_get_subprotocols: (get-property subprotocols)
 * @self: a server
 *
 * Gets the subprotocols that the server supports.
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): subprotocols; %NULL = none; valid
 *   until the property changes or @self is freed
 *
 * Since: 0.1
 */
const char * const *
wsp_server_get_subprotocols (WspServer *self)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), NULL);

  return (const char * const *) self->settings->protocols;
}

/**
 * wsp_server_set_subprotocols: (set-property subprotocols)
 * @self: a server
 * @subprotocols: (transfer none) (nullable) (array zero-terminated=1): subprotocols; %NULL = none
 *
 * Sets the subprotocols that the server supports.
 *
 * Since: 0.1
 */
void
wsp_server_set_subprotocols (WspServer          *self,
                             const char * const *subprotocols)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));

  set_list (self, &self->settings->protocols, subprotocols, PROP_SUBPROTOCOLS,
            wsp_subprotocol_find_mistake);
}

/**
 * wsp_server_get_allowed_origins: (get-property allowed-origins)
 * @self: a server
 *
 * Gets the pages that may connect.
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): origins; %NULL = the same host;
 *   valid until the property changes or @self is freed
 *
 * Since: 0.1
 */
const char * const *
wsp_server_get_allowed_origins (WspServer *self)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), NULL);

  return (const char * const *) self->settings->allowed_origins;
}

/**
 * wsp_server_set_allowed_origins: (set-property allowed-origins)
 * @self: a server
 * @origins: (transfer none) (nullable) (array zero-terminated=1): origins; %NULL = the same host
 *
 * Sets the pages that may connect.
 *
 * Since: 0.1
 */
void
wsp_server_set_allowed_origins (WspServer          *self,
                                const char * const *origins)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));

  set_list (self, &self->settings->allowed_origins, origins, PROP_ALLOWED_ORIGINS,
            wsp_origin_find_mistake);
}

/**
 * wsp_server_get_allowed_hosts: (get-property allowed-hosts)
 * @self: a server
 *
 * Gets the host names of listeners on a loopback address.
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): host names; %NULL = none but
 *   `localhost`; valid until the property changes or @self is freed
 *
 * Since: 0.1
 */
const char * const *
wsp_server_get_allowed_hosts (WspServer *self)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), NULL);

  return (const char * const *) self->settings->allowed_hosts;
}

/**
 * wsp_server_set_allowed_hosts: (set-property allowed-hosts)
 * @self: a server
 * @hosts: (transfer none) (nullable) (array zero-terminated=1): host names; %NULL = none but
 *   `localhost`
 *
 * Sets the host names of listeners on a loopback address.
 *
 * Since: 0.1
 */
void
wsp_server_set_allowed_hosts (WspServer          *self,
                              const char * const *hosts)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));

  set_list (self, &self->settings->allowed_hosts, hosts, PROP_ALLOWED_HOSTS, wsp_host_find_mistake);
}

/**
 * wsp_server_get_trusted_proxies: (get-property trusted-proxies)
 * @self: a server
 *
 * Gets the proxies that may tell the address of a client.
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): IP addresses, networks and
 *   `unix`; %NULL = no list; valid until the property changes or @self is freed
 *
 * Since: 0.1
 */
const char * const *
wsp_server_get_trusted_proxies (WspServer *self)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), NULL);

  return (const char * const *) self->settings->trusted_proxies;
}

/**
 * wsp_server_set_trusted_proxies: (set-property trusted-proxies)
 * @self: a server
 * @proxies: (transfer none) (nullable) (array zero-terminated=1): IP addresses, networks and
 *   `unix`; %NULL = no list
 *
 * Sets the proxies that may tell the address of a client.
 *
 * Since: 0.1
 */
void
wsp_server_set_trusted_proxies (WspServer          *self,
                                const char * const *proxies)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));

  set_list (self, &self->settings->trusted_proxies, proxies, PROP_TRUSTED_PROXIES,
            wsp_trusted_proxy_find_mistake);
}

/**
 * wsp_server_get_tls_certificate: (get-property tls-certificate)
 * @self: a server
 *
 * Gets the certificate of the server.
 *
 * Returns: (transfer none) (nullable): the certificate; %NULL = none; valid until the property
 *   changes or @self is freed
 *
 * Since: 0.1
 */
GTlsCertificate *
wsp_server_get_tls_certificate (WspServer *self)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), NULL);

  return self->settings->tls.settings.certificate;
}

/**
 * wsp_server_set_tls_certificate: (set-property tls-certificate)
 * @self: a server
 * @certificate: (transfer none) (nullable): a certificate with its private key; %NULL = none
 *
 * Sets the certificate of the server.
 *
 * A certificate with the private key of another one is refused: the property stays as it was. A
 * server that has a certificate or a listener logs a warning, and one without a certificate does
 * not listen until the property is set again.
 *
 * Since: 0.1
 */
void
wsp_server_set_tls_certificate (WspServer       *self,
                                GTlsCertificate *certificate)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));
  g_return_if_fail (certificate == NULL || G_IS_TLS_CERTIFICATE (certificate));

  g_autoptr (GError) error = NULL;

  if (certificate == self->settings->tls.settings.certificate)
    {
      g_clear_error (&self->settings->tls.refusal);
      return;
    }

  if (!wsp_server_tls_check (&self->settings->tls, certificate, &error))
    {
      if (self->settings->tls.settings.certificate != NULL ||
          g_list_model_get_n_items (G_LIST_MODEL (self->listeners)) > 0)
        g_warning ("WspServer:tls-certificate stays as it was: %s", error->message);
      return;
    }

  g_autoptr (WspServer) held = g_object_ref (self);     /* a handler of notify may drop self */

  set_tls (self, WSP_SERVER_TLS_CERTIFICATE, certificate);
  wsp_server_log_clear_text (self);
}

/**
 * wsp_server_get_tls_database: (get-property tls-database)
 * @self: a server
 *
 * Gets the CAs that may issue certificates of clients.
 *
 * Returns: (transfer none) (nullable): the CAs; %NULL = the system's; valid until the property
 *   changes or @self is freed
 *
 * Since: 0.1
 */
GTlsDatabase *
wsp_server_get_tls_database (WspServer *self)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), NULL);

  return self->settings->tls.settings.database;
}

/**
 * wsp_server_set_tls_database: (set-property tls-database)
 * @self: a server
 * @database: (transfer none) (nullable): CAs; %NULL = the system's
 *
 * Sets the CAs that may issue certificates of clients.
 *
 * Since: 0.1
 */
void
wsp_server_set_tls_database (WspServer    *self,
                             GTlsDatabase *database)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));
  g_return_if_fail (database == NULL || G_IS_TLS_DATABASE (database));

  if (database != self->settings->tls.settings.database)
    set_tls (self, WSP_SERVER_TLS_DATABASE, database);
}

/**
 * wsp_server_get_tls_authentication_mode: (get-property tls-authentication-mode)
 * @self: a server
 *
 * Gets whether clients are asked for a certificate.
 *
 * Returns: the mode
 *
 * Since: 0.1
 */
GTlsAuthenticationMode
wsp_server_get_tls_authentication_mode (WspServer *self)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), G_TLS_AUTHENTICATION_NONE);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), G_TLS_AUTHENTICATION_NONE);

  return self->settings->tls.settings.mode;
}

/**
 * wsp_server_set_tls_authentication_mode: (set-property tls-authentication-mode)
 * @self: a server
 * @mode: a mode
 *
 * Sets whether clients are asked for a certificate.
 *
 * Since: 0.1
 */
void
wsp_server_set_tls_authentication_mode (WspServer             *self,
                                        GTlsAuthenticationMode mode)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));
  g_return_if_fail (mode <= G_TLS_AUTHENTICATION_REQUIRED);

  if (mode != self->settings->tls.settings.mode)
    set_tls (self, WSP_SERVER_TLS_MODE, GUINT_TO_POINTER (mode));
}

/**
 * wsp_server_get_tls_ticket_key: (get-property tls-ticket-key)
 * @self: a server
 *
 * Gets the key of session tickets.
 *
 * Returns: (transfer none) (nullable): the key; %NULL = the server makes its own; valid until the
 *   property changes or @self is freed
 *
 * Since: 0.1
 */
GBytes *
wsp_server_get_tls_ticket_key (WspServer *self)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), NULL);

  return self->settings->tls.has_own_key ? NULL : self->settings->tls.settings.ticket_key;
}

/**
 * wsp_server_set_tls_ticket_key: (set-property tls-ticket-key)
 * @self: a server
 * @key: (transfer none) (nullable): 64 random bytes; %NULL = the server makes its own
 *
 * Sets the key of session tickets.
 *
 * Since: 0.1
 */
void
wsp_server_set_tls_ticket_key (WspServer *self,
                               GBytes    *key)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));

  GBytes *before = wsp_server_get_tls_ticket_key (self);

  if (key == before || (key != NULL && before != NULL && g_bytes_equal (key, before)))
    return;

  if (key != NULL && g_bytes_get_size (key) != WSP_TLS_TICKET_KEY_SIZE)
    {
      g_warning ("WspServer:tls-ticket-key: expected %d bytes, received %" G_GSIZE_FORMAT,
                 WSP_TLS_TICKET_KEY_SIZE, g_bytes_get_size (key));
      return;
    }

  set_tls (self, WSP_SERVER_TLS_TICKET_KEY, key);
}

/**
 * wsp_server_get_deflate: (get-property deflate)
 * @self: a server
 *
 * Gets the settings with which permessage-deflate is accepted.
 *
 * Returns: (transfer none) (nullable): the settings; %NULL = permessage-deflate is not accepted;
 *   valid until the property changes or @self is freed
 *
 * Since: 0.1
 */
WspDeflateOptions *
wsp_server_get_deflate (WspServer *self)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), NULL);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), NULL);

  return self->settings->deflate;
}

/**
 * wsp_server_set_deflate: (set-property deflate)
 * @self: a server
 * @deflate: (transfer none) (nullable): settings; %NULL = permessage-deflate is not accepted
 *
 * Sets the settings with which permessage-deflate is accepted.
 *
 * Since: 0.1
 */
void
wsp_server_set_deflate (WspServer         *self,
                        WspDeflateOptions *deflate)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));
  g_return_if_fail (deflate == NULL || WSP_IS_DEFLATE_OPTIONS (deflate));

  if (deflate == self->settings->deflate)
    return;

  g_autoptr (WspServer) held = g_object_ref (self);     /* the end of the options may drop self */

  wsp_server_begin_change (self);
  g_set_object (&self->settings->deflate, deflate);
  wsp_server_end_change (self);
  server_properties_notify (self, PROP_DEFLATE);
}

static gboolean
is_header_value (const char *text)
{
  for (const char *at = text; at != NULL && *at != '\0'; at++)
    {
      if (g_ascii_iscntrl (*at))
        return FALSE;
    }

  return TRUE;
}

static gboolean
is_in_range (WscLimit limit,
             guint    value)
{
  return value >= wsc_limit_rows[limit].minimum && value <= wsc_limit_rows[limit].maximum;
}

/* A server that was full may accept again. */
static void
set_limit (WspServer *self,
           guint     *place,
           guint      value,
           guint      property)
{
  if (value == *place)
    return;

  wsp_server_begin_change (self);
  *place = value;
  wsp_server_end_change (self);
  wsp_server_resume_accepting (self);
  server_properties_notify (self, property);
}

/**
 * wsp_server_get_max_connections: (get-property max-connections)
 * @self: a server
 *
 * Gets how many connections the server has at most.
 *
 * Returns: the maximum number of connections
 *
 * Since: 0.1
 */
guint
wsp_server_get_max_connections (WspServer *self)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), 0);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), 0);

  return self->settings->max_connections;
}

/**
 * wsp_server_set_max_connections: (set-property max-connections)
 * @self: a server
 * @max_connections: the maximum number of connections; 1 to 2^31 − 1
 *
 * Sets how many connections the server has at most.
 *
 * Since: 0.1
 */
void
wsp_server_set_max_connections (WspServer *self,
                                guint      max_connections)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));
  g_return_if_fail (is_in_range (WSC_LIMIT_MAX_CONNECTIONS, max_connections));

  set_limit (self, &self->settings->max_connections, max_connections, PROP_MAX_CONNECTIONS);
}

/**
 * wsp_server_get_max_connections_per_address: (get-property max-connections-per-address)
 * @self: a server
 *
 * Gets how many connections of one address the server has at most.
 *
 * Returns: the maximum number of connections of one address; 0 = unlimited
 *
 * Since: 0.1
 */
guint
wsp_server_get_max_connections_per_address (WspServer *self)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), 0);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), 0);

  return self->settings->max_per_address;
}

/**
 * wsp_server_set_max_connections_per_address: (set-property max-connections-per-address)
 * @self: a server
 * @max_connections_per_address: the maximum number of connections of one address; 0 to 2^31 − 1,
 *   0 = unlimited
 *
 * Sets how many connections of one address, or of one IPv6 network of 64 bits, the server has at
 * most.
 *
 * Since: 0.1
 */
void
wsp_server_set_max_connections_per_address (WspServer *self,
                                            guint      max_connections_per_address)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));
  g_return_if_fail (is_in_range (WSC_LIMIT_MAX_CONNECTIONS_PER_ADDRESS,
                                 max_connections_per_address));

  set_limit (self, &self->settings->max_per_address, max_connections_per_address,
             PROP_MAX_CONNECTIONS_PER_ADDRESS);
}

/**
 * wsp_server_get_max_connection_age: (get-property max-connection-age)
 * @self: a server
 *
 * Gets the age at which the server closes a connection.
 *
 * Returns: the age in milliseconds; 0 = never
 *
 * Since: 0.1
 */
guint
wsp_server_get_max_connection_age (WspServer *self)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), 0);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), 0);

  return self->settings->max_age;
}

/**
 * wsp_server_set_max_connection_age: (set-property max-connection-age)
 * @self: a server
 * @max_connection_age: the age in milliseconds; 0 to 2^31 − 1, 0 = never
 *
 * Sets the age at which the server closes a connection.
 *
 * Since: 0.1
 */
void
wsp_server_set_max_connection_age (WspServer *self,
                                   guint      max_connection_age)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));
  g_return_if_fail (is_in_range (WSC_LIMIT_MAX_CONNECTION_AGE, max_connection_age));

  set_limit (self, &self->settings->max_age, max_connection_age, PROP_MAX_CONNECTION_AGE);
}

/**
 * wsp_server_get_slow_policy: (get-property slow-policy)
 * @self: a server
 *
 * Gets what a broadcast does with a receiver that is slow.
 *
 * Returns: the policy
 *
 * Since: 0.1
 */
WspSlowPolicy
wsp_server_get_slow_policy (WspServer *self)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), WSP_SLOW_POLICY_CLOSE);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), WSP_SLOW_POLICY_CLOSE);

  return self->settings->slow_policy;
}

/**
 * wsp_server_set_slow_policy: (set-property slow-policy)
 * @self: a server
 * @slow_policy: a policy
 *
 * Sets what a broadcast does with a receiver that is slow.
 *
 * Since: 0.1
 */
void
wsp_server_set_slow_policy (WspServer    *self,
                            WspSlowPolicy slow_policy)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));
  g_return_if_fail (slow_policy <= WSP_SLOW_POLICY_SKIP);

  if (slow_policy == self->settings->slow_policy)
    return;

  wsp_server_begin_change (self);
  self->settings->slow_policy = slow_policy;
  wsp_server_end_change (self);
  server_properties_notify (self, PROP_SLOW_POLICY);
}

/**
 * wsp_server_get_max_send_delay: (get-property max-send-delay)
 * @self: a server
 *
 * Gets how long a message may wait in the send queue of a receiver that is not slow.
 *
 * Returns: the time in milliseconds; 0 = any time
 *
 * Since: 0.1
 */
guint
wsp_server_get_max_send_delay (WspServer *self)
{
  g_return_val_if_fail (WSP_IS_SERVER (self), 0);
  g_return_val_if_fail (wsp_reactor_is_in_thread (self->reactor), 0);

  return self->settings->max_send_delay;
}

/**
 * wsp_server_set_max_send_delay: (set-property max-send-delay)
 * @self: a server
 * @max_send_delay: the time in milliseconds; 0 to 2^31 − 1, 0 = any time
 *
 * Sets how long a message may wait in the send queue of a receiver that is not slow.
 *
 * Since: 0.1
 */
void
wsp_server_set_max_send_delay (WspServer *self,
                               guint      max_send_delay)
{
  g_return_if_fail (WSP_IS_SERVER (self));
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor));
  g_return_if_fail (is_in_range (WSC_LIMIT_MAX_SEND_DELAY, max_send_delay));

  set_limit (self, &self->settings->max_send_delay, max_send_delay, PROP_MAX_SEND_DELAY);
}

static void
set_prefer_own_subprotocols (WspServer *self,
                             gboolean   prefer_own_subprotocols)
{
  if (!prefer_own_subprotocols == !self->settings->prefers_own_protocols)
    return;

  wsp_server_begin_change (self);
  self->settings->prefers_own_protocols = prefer_own_subprotocols != FALSE;
  wsp_server_end_change (self);
  server_properties_notify (self, PROP_PREFER_OWN_SUBPROTOCOLS);
}

static void
set_persistent_handshakes (WspServer *self,
                           gboolean   persistent)
{
  if (self->settings->keeps_handshake == !!persistent)
    return;

  wsp_server_begin_change (self);
  self->settings->keeps_handshake = !!persistent;
  wsp_server_end_change (self);
  server_properties_notify (self, PROP_PERSISTENT_HANDSHAKES);
}

/* The value is part of each response. */
static void
set_server_header (WspServer  *self,
                   const char *value)
{
  if (g_strcmp0 (value, self->settings->server_header) == 0)
    return;

  if (!is_header_value (value))
    {
      g_warning ("WspServer:server-header stays as it was: expected no control characters");
      return;
    }

  g_autofree char *before = self->settings->server_header;      /* value may point into before */

  wsp_server_begin_change (self);
  self->settings->server_header = g_strdup (value);
  wsp_server_end_change (self);
  server_properties_notify (self, PROP_SERVER_HEADER);
}

static void
set_max_pending_handshakes (WspServer *self,
                            guint      max_pending_handshakes)
{
  set_limit (self, &self->settings->max_pending, max_pending_handshakes,
             PROP_MAX_PENDING_HANDSHAKES);
}

#define GET_CASE(NAME, name, kind) \
case PROP_ ## NAME: g_value_set_ ## kind (value, wsp_server_get_ ## name (self)); break;
#define GET_OWN_CASE(NAME, name, kind, member) \
case PROP_ ## NAME: \
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor)); \
  g_value_set_ ## kind (value, self->settings->member); \
  break;

static void
wsp_server_get_property (GObject    *object,
                         guint       property,
                         GValue     *value,
                         GParamSpec *pspec)
{
  WspServer *self = WSP_SERVER (object);

  switch (property)
    {
      PROPERTIES (GET_CASE, GET_CASE, GET_OWN_CASE)
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

#define SET_CASE(NAME, name, kind) \
case PROP_ ## NAME: wsp_server_set_ ## name (self, g_value_get_ ## kind (value)); break;
#define NO_CASE(...)
#define SET_OWN_CASE(NAME, name, kind, member) \
case PROP_ ## NAME: \
  g_return_if_fail (wsp_reactor_is_in_thread (self->reactor)); \
  set_ ## name (self, g_value_get_ ## kind (value)); \
  break;

static void
wsp_server_set_property (GObject      *object,
                         guint         property,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  WspServer *self = WSP_SERVER (object);

  switch (property)
    {
      PROPERTIES (SET_CASE, NO_CASE, SET_OWN_CASE)
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static GParamSpec *
make_limit (WscLimit    limit,
            GParamFlags flags)
{
  const WscLimitRow *row = &wsc_limit_rows[limit];

  return g_param_spec_uint (row->property, NULL, row->blurb, (guint) row->minimum,
                            (guint) row->maximum, (guint) row->value, flags);
}

static void
install_slow (GParamFlags flags)
{
  /**
   * WspServer:slow-policy: (getter get_slow_policy) (setter set_slow_policy)
   *
   * How a broadcast treats a receiver that is slow, and which therefore does not get the message:
   * [method@Wsp.Server.broadcast], and [method@Wsp.Message.broadcast] to a connection of this
   * server. A receiver is slow while its send queue holds [property@Wsp.Limits:max-send-queue]
   * bytes, and while a message has waited longer than [property@Wsp.Server:max-send-delay].
   *
   * - %WSP_SLOW_POLICY_CLOSE: the connection is closed with 1013. A message that has begun to leave
   *   is completed; messages that wait behind it are dropped, so that the Close does not wait for
   *   them. Their calls fail with [error@Wsp.Error.CLOSED]. If the peer reads nothing, the
   *   connection is aborted after [property@Wsp.Limits:close-timeout].
   * - %WSP_SLOW_POLICY_SKIP: the connection stays open, and [signal@Wsp.Connection::skipped] is
   *   emitted for the first message of a row. [signal@Wsp.Connection::writable] ends the row.
   *
   * The receiver is closed, or the signal emitted, after the broadcast. Other messages are not
   * affected: sending them fails with [error@Wsp.Error.QUEUE_FULL] while the queue is full. A
   * change counts for connections that open later.
   *
   * Default: %WSP_SLOW_POLICY_CLOSE.
   *
   * Since: 0.1
   */
  properties[PROP_SLOW_POLICY] =
    g_param_spec_enum ("slow-policy", NULL, NULL, WSP_TYPE_SLOW_POLICY, WSP_SLOW_POLICY_CLOSE,
                       flags);
  /**
   * WspServer:max-send-delay: (getter get_max_send_delay) (setter set_max_send_delay)
   *
   * How long a message may wait to be sent until its receiver is slow for broadcasts, see
   * [property@Wsp.Server:slow-policy], in milliseconds; 0 means any time. All messages count, not
   * only those of broadcasts; those that wait for the end of a message stream of the program count
   * from that end on. The next broadcast finds out: without one nothing happens. A change counts
   * for connections that open later.
   *
   * Default: 0; range: 0 to 2^31 − 1.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_SEND_DELAY] = make_limit (WSC_LIMIT_MAX_SEND_DELAY, flags);
}

static void
server_properties_install_limits (GParamFlags flags)
{
  /**
   * WspServer:limits: (getter get_limits) (setter set_limits)
   *
   * The limits and timeouts of the server, which its new connections follow:
   * [property@Wsp.Connection:limits] says until when.
   *
   * Default: new limits, never %NULL.
   *
   * Since: 0.1
   */
  properties[PROP_LIMITS] = g_param_spec_object ("limits", NULL, NULL, WSP_TYPE_LIMITS, flags);
  /**
   * WspServer:max-connections: (getter get_max_connections) (setter set_max_connections)
   *
   * Maximum number of connections, opening handshakes included. If the system permits fewer open
   * files, that number minus 64 is the limit. A change ends no connection.
   *
   * At the limit the server still reads requests, of up to 32 clients at a time and within two
   * seconds from their accept on: those for ordinary HTTP are answered, such as the health checks
   * of a load balancer, and a WebSocket is refused with status 503 and `Retry-After`. More clients
   * than these are not accepted until one of them has left.
   *
   * Default: 10000; range: 1 to 2^31 − 1.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_CONNECTIONS] = make_limit (WSC_LIMIT_MAX_CONNECTIONS, flags);
  /**
   * WspServer:max-connections-per-address: (getter get_max_connections_per_address)
   *   (setter set_max_connections_per_address)
   *
   * Maximum number of connections from one address; 0 means unlimited. An IPv6 network of 64 bits
   * counts as one address, and an IPv4 address that is mapped to IPv6 (`::ffff:192.0.2.1`) as the
   * IPv4 address. Further connections are answered with status 503. Connections that were made
   * while the limit was 0 are not counted.
   *
   * Default: 0; range: 0 to 2^31 − 1.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_CONNECTIONS_PER_ADDRESS] =
    make_limit (WSC_LIMIT_MAX_CONNECTIONS_PER_ADDRESS, flags);
  /**
   * WspServer:max-connection-age: (getter get_max_connection_age) (setter set_max_connection_age)
   *
   * The age at which a connection is closed, in milliseconds; 0 means never. The Close has code
   * 1001 and the reason `retry-after=0`, so that a client behind a load balancer comes back at
   * once, perhaps to another server. The age of each connection differs from the property by up to
   * 10 %, so that clients that came together do not leave together. A change counts for
   * connections that open later.
   *
   * Default: 0; range: 0 to 2^31 − 1.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_CONNECTION_AGE] = make_limit (WSC_LIMIT_MAX_CONNECTION_AGE, flags);
  /**
   * WspServer:max-pending-handshakes:
   *
   * Maximum number of incomplete opening handshakes in each of three stages, so that clients in one
   * stage take no place of clients in another one:
   *
   * - Nothing of the request was received; TLS may be incomplete. The oldest is dropped for a new
   *   one.
   * - The request is incomplete. The oldest is refused with status 503 for a new one.
   * - The request is complete, and the program has not decided about it yet. New ones are refused
   *   with status 503; requests for ordinary HTTP only if their handler has deferred them.
   *
   * The refusals have `Retry-After`. Workers share the number. See RFC 6455, section 10.4.
   *
   * Default: 256; range: 1 to 2^31 − 1.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_PENDING_HANDSHAKES] = make_limit (WSC_LIMIT_MAX_PENDING_HANDSHAKES, flags);
}

static void
install_tls (GParamFlags flags)
{
  /**
   * WspServer:tls-certificate: (getter get_tls_certificate) (setter set_tls_certificate)
   *
   * The certificate of the server, with its private key, for listeners with
   * %WSP_LISTEN_FLAGS_TLS. If the property is set again, new connections get the new certificate;
   * if it is set to %NULL, these listeners disconnect new clients. If the server has a certificate,
   * a line in the log names each listener without the flag, once.
   *
   * The server does TLS in its main context, and a client that is slow or silent does not delay
   * other clients. GIO does TLS instead, with at most ten handshakes at a time for the whole
   * program, if the key cannot be read (as with a PKCS#11 token), and if the environment variable
   * `WSP_TLS` is `gio`. `WSP_DEBUG=handshake` logs the reason.
   *
   * TLS 1.0 and 1.1 are refused (RFC 8996), unless the environment variable
   * `G_TLS_GNUTLS_PRIORITY` permits them.
   *
   * Default: %NULL.
   *
   * Since: 0.1
   */
  properties[PROP_TLS_CERTIFICATE] =
    g_param_spec_object ("tls-certificate", NULL, NULL, G_TYPE_TLS_CERTIFICATE, flags);
  /**
   * WspServer:tls-database: (getter get_tls_database) (setter set_tls_database)
   *
   * The CAs that may issue certificates of clients; %NULL = the system's.
   * [property@Wsp.Server:tls-authentication-mode] says whether clients are asked for a certificate.
   * A change applies to new connections.
   *
   * The server verifies a certificate with `verify_chain_async` of GIO's databases and of classes
   * of the program that override that function, and with `verify_chain` of other classes, in the
   * thread that serves the client. A certificate is refused if the database fails.
   *
   * If GIO does TLS (see [property@Wsp.Server:tls-certificate]) and clients are asked for a
   * certificate, set a database: otherwise GIO loads the system's list for each connection, which
   * takes some 9 ms of CPU and 3.8 MB.
   *
   * Since: 0.1
   */
  properties[PROP_TLS_DATABASE] =
    g_param_spec_object ("tls-database", NULL, NULL, G_TYPE_TLS_DATABASE, flags);
  /**
   * WspServer:tls-authentication-mode: (getter get_tls_authentication_mode)
   *   (setter set_tls_authentication_mode)
   *
   * Whether clients of a TLS listener are asked for a certificate. A client whose certificate
   * [property@Wsp.Server:tls-database] does not trust is rejected, and with
   * %G_TLS_AUTHENTICATION_REQUIRED also a client without a certificate. The client is rejected
   * before HTTP, and [signal@Wsp.Server::handshake-failed] is emitted with a TLS error.
   *
   * [property@Wsp.Handshake:tls-peer-certificate] is the client's certificate: a handler of
   * [signal@Wsp.Server::request] decides what its owner may do. The extended key usage is not
   * checked: use a CA in [property@Wsp.Server:tls-database] that issues certificates for clients
   * only.
   *
   * Default: %G_TLS_AUTHENTICATION_NONE.
   *
   * Since: 0.1
   */
  properties[PROP_TLS_AUTHENTICATION_MODE] =
    g_param_spec_enum ("tls-authentication-mode", NULL, NULL, G_TYPE_TLS_AUTHENTICATION_MODE,
                       G_TLS_AUTHENTICATION_NONE, flags);
  /**
   * WspServer:tls-ticket-key: (getter get_tls_ticket_key) (setter set_tls_ticket_key)
   *
   * 64 random bytes from which the keys of session tickets are derived. With a ticket, a client
   * that connects again skips most of the TLS handshake. %NULL, the default: the server creates
   * its own key, and tickets are valid for this server only. Servers that serve the same clients
   * share one key.
   *
   * The derived keys change every few hours. With this key resumed connections of TLS 1.2 can be
   * decrypted: keep it as secret as the private key, and replace it every few days. No tickets
   * are issued if clients are asked for certificates, or if GIO does TLS.
   *
   * Since: 0.1
   */
  properties[PROP_TLS_TICKET_KEY] =
    g_param_spec_boxed ("tls-ticket-key", NULL, NULL, G_TYPE_BYTES, flags);
}

void
wsp_server_install_properties (GObjectClass *class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  class->get_property = wsp_server_get_property;
  class->set_property = wsp_server_set_property;

  /**
   * WspServer:subprotocols: (getter get_subprotocols) (setter set_subprotocols)
   *
   * The subprotocols that the server supports. The first one in the client's offer that is also
   * in this list is selected, or the first one in this list that the client offers:
   * [property@Wsp.Server:prefer-own-subprotocols]. Without a common subprotocol the connection has
   * no subprotocol.
   *
   * A list with an entry that no client can offer, because it is empty or has a blank, a comma or
   * another character that a name may not have, is refused: a warning names the entry, and the old
   * list stays. See RFC 6455, section 4.1.
   *
   * Default: %NULL, which is the empty list.
   *
   * Since: 0.1
   */
  properties[PROP_SUBPROTOCOLS] =
    g_param_spec_boxed ("subprotocols", NULL, NULL, G_TYPE_STRV, flags);
  /**
   * WspServer:allowed-origins: (getter get_allowed_origins) (setter set_allowed_origins)
   *
   * The pages that may connect, by the `Origin` that the browser sends: scheme, host and
   * optional port; `*` = all. %NULL = pages from the same host as the server.
   * Requests without an `Origin` do not come from pages and are not affected.
   *
   * A list with an entry that can match no origin, because it has a path or a wildcard, or no
   * scheme, is refused: a warning names the entry and its right form, and the old list stays.
   *
   * See RFC 6455, section 10.2.
   *
   * Since: 0.1
   */
  properties[PROP_ALLOWED_ORIGINS] =
    g_param_spec_boxed ("allowed-origins", NULL, NULL, G_TYPE_STRV, flags);
  /**
   * WspServer:allowed-hosts: (getter get_allowed_hosts) (setter set_allowed_hosts)
   *
   * Host names for which a listener on a loopback address serves pages, in addition to
   * `localhost` and loopback addresses. A request with another `Host` is refused: with status 403
   * if the request is for a WebSocket and has an `Origin`, and with status 421 if the request is
   * for [signal@Wsp.Server::http-request].
   *
   * A list with an entry that can match no host, because it has a scheme, a port, a path or a
   * wildcard, is refused: a warning names the entry, and the old list stays.
   *
   * Default: %NULL, which is the empty list.
   *
   * Since: 0.1
   */
  properties[PROP_ALLOWED_HOSTS] =
    g_param_spec_boxed ("allowed-hosts", NULL, NULL, G_TYPE_STRV, flags);
  /**
   * WspServer:trusted-proxies: (getter get_trusted_proxies) (setter set_trusted_proxies)
   *
   * The proxies and load balancers that may tell the server the address of a client: IP addresses
   * such as `192.0.2.1`, networks such as `10.0.0.0/8`, and `unix` for all peers of Unix sockets.
   *
   * - Only these may connect to a listener with %WSP_LISTEN_FLAGS_PROXY_PROTOCOL. %NULL stands for
   *   loopback addresses and Unix sockets.
   * - Only of these the server reads `X-Forwarded-For`: the client is the last address that is not
   *   in the list, and everything before it is ignored, because a client can write it. An entry
   *   that is not an IP address, with or without a port, is refused with status 400. %NULL: the
   *   field is never read. Behind the PROXY protocol it is read if the client that the head names
   *   is in the list, or if the load balancer speaks for itself (`LOCAL`), and never if the load
   *   balancer does not know the client (`UNKNOWN`).
   *
   * [property@Wsp.Connection:remote-address], the log, taps and
   * [property@Wsp.Server:max-connections-per-address] then mean the client. A trusted proxy itself
   * is never counted for that limit.
   *
   * A list with another entry is refused: a warning names the entry, and the old list stays.
   *
   * Default: %NULL.
   *
   * Since: 0.1
   */
  properties[PROP_TRUSTED_PROXIES] =
    g_param_spec_boxed ("trusted-proxies", NULL, NULL, G_TYPE_STRV, flags);
  /**
   * WspServer:prefer-own-subprotocols:
   *
   * Whether the order of [property@Wsp.Server:subprotocols] decides if the client offers several of
   * them. If not, the order of the client's offer decides. See RFC 6455, section 4.2.2.
   *
   * Default: %FALSE.
   *
   * Since: 0.1
   */
  properties[PROP_PREFER_OWN_SUBPROTOCOLS] =
    g_param_spec_boolean ("prefer-own-subprotocols", NULL, NULL, FALSE, flags);
  install_tls (flags);
  /**
   * WspServer:deflate: (getter get_deflate) (setter set_deflate)
   *
   * The settings with which permessage-deflate is accepted if a client offers it; %NULL = it is not
   * accepted. The values of the settings are read before each response: a change applies to later
   * handshakes. Workers read the values in their threads. See RFC 7692, section 7.
   *
   * Since: 0.1
   */
  properties[PROP_DEFLATE] =
    g_param_spec_object ("deflate", NULL, NULL, WSP_TYPE_DEFLATE_OPTIONS, flags);
  /**
   * WspServer:persistent-handshakes:
   *
   * Whether [property@Wsp.Connection:handshake] is kept for the life of the connection. With %FALSE
   * the connection drops the handshake after the handlers of [signal@Wsp.Server::connection]: each
   * connection then needs less memory by the length of its request, and `Cookie` and
   * `Authorization` do not stay in memory.
   *
   * Default: %TRUE.
   *
   * Since: 0.1
   */
  properties[PROP_PERSISTENT_HANDSHAKES] =
    g_param_spec_boolean ("persistent-handshakes", NULL, NULL, TRUE, flags);
  /**
   * WspServer:server-header:
   *
   * The value of the `Server` header of responses; %NULL = no such header. A text with control
   * characters is ignored.
   *
   * Since: 0.1
   */
  properties[PROP_SERVER_HEADER] = g_param_spec_string ("server-header", NULL, NULL, NULL, flags);
  server_properties_install_limits (flags);
  install_slow (flags);
  /**
   * WspServer:connections: (getter get_connections)
   *
   * The connections that are open or closing, as a list of [class@Wsp.Connection]. The list emits
   * [signal@Gio.ListModel::items-changed], and the server has the same list all its life.
   *
   * Since: 0.1
   */
  properties[PROP_CONNECTIONS] =
    g_param_spec_object ("connections", NULL, NULL, G_TYPE_LIST_MODEL,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  /**
   * WspServer:listeners: (getter get_listeners)
   *
   * The open listeners, as a list of [class@Wsp.Listener] in the order in which they were created.
   * The list emits [signal@Gio.ListModel::items-changed], and the server has the same list all its
   * life.
   *
   * Since: 0.1
   */
  properties[PROP_LISTENERS] =
    g_param_spec_object ("listeners", NULL, NULL, G_TYPE_LIST_MODEL,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  /**
   * WspServer:draining: (getter get_draining)
   *
   * Whether the server sends its clients away: from [method@Wsp.Server.drain_async] or
   * [method@Wsp.Server.shutdown_async] until no client is left, until the call is cancelled, or
   * until [method@Wsp.Server.resume]. A server behind a load balancer answers its health checks by
   * it, in a handler of [signal@Wsp.Server::http-request].
   *
   * Since: 0.1
   */
  properties[PROP_DRAINING] =
    g_param_spec_boolean ("draining", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (class, N_PROPS, properties);
}
