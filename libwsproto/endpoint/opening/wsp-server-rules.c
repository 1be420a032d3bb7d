/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/opening/wsp-server-rules-private.h"

#include <sys/resource.h>

#include "core/handshake/header-fields.h"
#include "core/handshake/server-handshake.h"
#include "core/handshake/token-list.h"
#include "endpoint/opening/wsp-heads-private.h"
#include "http/wsp-path-pattern-private.h"
#include "limits/wsp-limits-private.h"
#include "log/wsp-excerpt-private.h"

#define MAX_SHOWN 80            /* bytes of a value, and of a list */

/* A limit above what the system permits would have no effect. */
static guint
bound_by_descriptors (guint max_connections)
{
  struct rlimit limit = { .rlim_cur = RLIM_INFINITY };  /* a number, larger than any other */

  (void) getrlimit (RLIMIT_NOFILE, &limit);

  guint64 available =
    limit.rlim_cur > WSP_SPARE_DESCRIPTORS ? limit.rlim_cur - WSP_SPARE_DESCRIPTORS : 1;

  return MIN (max_connections, available);
}

WspServerRules *
wsp_server_rules_new (WspLimits *limits)
{
  WspServerRules *self = g_new0 (WspServerRules, 1);
  const WspLimitValues *values = wsp_limits_get_values (limits);

  self->ref_count = 1;
  self->limits = g_object_ref (limits);
  wsp_limits_get_head (limits, &self->head);
  self->handshake_timeout = values->handshake_timeout;
  self->max_pending = WSC_DEFAULT_MAX_PENDING_HANDSHAKES;
  self->max_connections = WSC_DEFAULT_MAX_CONNECTIONS;
  self->max_per_address = WSC_DEFAULT_MAX_CONNECTIONS_PER_ADDRESS;
  self->max_age = WSC_DEFAULT_MAX_CONNECTION_AGE;
  self->max_send_delay = WSC_DEFAULT_MAX_SEND_DELAY;
  self->keeps_handshake = TRUE;
  self->routes = wsp_routes_new ();
  self->http_routes = wsp_routes_new ();
  self->taps = g_ptr_array_new_with_free_func (g_object_unref);
  return self;
}

WspServerRules *
wsp_server_rules_copy (const WspServerRules *other)
{
  WspServerRules *self = wsp_server_rules_new (other->limits);

  self->max_pending = other->max_pending;
  self->max_connections = bound_by_descriptors (other->max_connections);
  self->max_per_address = other->max_per_address;
  self->max_age = other->max_age;
  self->slow_policy = other->slow_policy;
  self->max_send_delay = other->max_send_delay;
  self->protocols = g_strdupv (other->protocols);
  self->allowed_origins = g_strdupv (other->allowed_origins);
  self->origins = other->origins != NULL ? wsp_origins_ref (other->origins) : NULL;
  self->allowed_hosts = g_strdupv (other->allowed_hosts);
  self->trusted_proxies = g_strdupv (other->trusted_proxies);
  self->trusted = wsp_trusted_proxies_new (other->trusted_proxies);
  self->prefers_own_protocols = other->prefers_own_protocols;
  self->keeps_handshake = other->keeps_handshake;
  self->server_header = g_strdup (other->server_header);
  g_set_object (&self->deflate, other->deflate);
  wsp_server_tls_copy (&self->tls, &other->tls);
  wsp_routes_free (self->routes);
  wsp_routes_free (self->http_routes);
  self->routes = wsp_routes_copy (other->routes);
  self->http_routes = wsp_routes_copy (other->http_routes);
  for (guint i = 0; i < other->taps->len; i++)
    g_ptr_array_add (self->taps, g_object_ref (other->taps->pdata[i]));
  return self;
}

void
wsp_server_rules_set_origins (WspServerRules     *self,
                              const char * const *origins)
{
  g_clear_pointer (&self->origins, wsp_origins_unref);
  self->allowed_origins = g_strdupv ((char **) origins);
  self->origins = wsp_origins_new (origins);
}

WspServerRules *
wsp_server_rules_ref (WspServerRules *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
wsp_server_rules_unref (WspServerRules *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;

  wsp_routes_free (self->routes);
  wsp_routes_free (self->http_routes);
  g_ptr_array_unref (self->taps);
  g_object_unref (self->limits);
  g_strfreev (self->protocols);
  g_strfreev (self->allowed_origins);
  g_clear_pointer (&self->origins, wsp_origins_unref);
  g_strfreev (self->allowed_hosts);
  g_strfreev (self->trusted_proxies);
  wsp_trusted_proxies_free (self->trusted);
  g_free (self->server_header);
  g_clear_object (&self->deflate);
  wsp_server_tls_clear (&self->tls);
  g_free (self);
}

static char *
server_rules_show_text (const char *text)
{
  if (text == NULL)
    return g_strdup ("none");

  return wsp_excerpt_quote (text, strlen (text), MAX_SHOWN);
}

/* Only the part of the list that is shown is read: a refusal costs the same for any list. */
static char *
show_list (const char * const *list)
{
  g_autoptr (GString) joined = g_string_new (NULL);

  for (guint i = 0; list[i] != NULL && joined->len <= MAX_SHOWN; i++)
    g_string_append_printf (joined, "%s%s", i > 0 ? ", " : "", list[i]);

  return server_rules_show_text (joined->str);
}

static char *
show_origin (const char *origin,
             const char *expected,
             const char *setting)
{
  g_autofree char *received = server_rules_show_text (origin);

  return g_strdup_printf (": expected %s, received %s (%s)", expected, received, setting);
}

static char *
show_unlisted (const char         *origin,
               const char * const *origins)
{
  g_autofree char *list = show_list (origins);
  g_autofree char *expected = g_strconcat ("one of ", list, NULL);

  return show_origin (origin, expected, "see WspServer:allowed-origins");
}

static char *
show_foreign (const char *origin,
              const char *host)
{
  g_autofree char *shown = server_rules_show_text (host);
  g_autofree char *expected = g_strconcat ("host ", shown, NULL);

  return show_origin (origin, expected, "add it to WspServer:allowed-origins");
}

/* For servers on loopback, against DNS rebinding: a page whose own name was rebound to this machine
 * sends that name as Host. */
const char *
wsp_server_rules_find_wrong_host (WspServerRules *self,
                                  const char     *host,
                                  char          **details)
{
  if (wsp_host_is_local (host, (const char * const *) self->allowed_hosts))
    return NULL;

  *details = show_origin (host, "localhost or an address of it", "see WspServer:allowed-hosts");
  return "Host is not a name of this machine, nor in allowed-hosts";
}

/* Only requests with an Origin are checked: programs other than browsers do not send that field. */
const char *
wsp_server_rules_find_refusal_reason (WspServerRules *self,
                                      const char     *origin,
                                      const char     *host,
                                      gboolean        is_on_loopback,
                                      char          **details)
{
  if (origin == NULL || (self->origins != NULL && wsp_origins_have (self->origins, origin)))
    return NULL;

  if (self->origins != NULL)
    {
      *details = show_unlisted (origin, (const char * const *) self->allowed_origins);
      return "Origin is not in allowed-origins";
    }

  if (!wsp_origin_is_same_host (origin, host))
    {
      *details = show_foreign (origin, host);
      return "Origin is not of the same host, and allowed-origins is not set";
    }

  return is_on_loopback ? wsp_server_rules_find_wrong_host (self, host, details) : NULL;
}

char *
wsp_server_rules_describe_full (const WspServerRules *self)
{
  return g_strdup_printf ("Too many connections: %u, limit max-connections %u",
                          self->max_connections + 1, self->max_connections);
}

char *
wsp_server_rules_describe_full_address (WspServerRules *self)
{
  return g_strdup_printf ("Too many connections of this address: %u, limit "
                          "max-connections-per-address %u", self->max_per_address + 1,
                          self->max_per_address);
}

char *
wsp_subprotocol_find_mistake (const char *name)
{
  if (wsc_text_is_token (wsc_text (name)))
    return NULL;

  g_autofree char *shown = wsp_excerpt_quote (name, strlen (name), MAX_SHOWN);

  return g_strdup_printf ("expected the name of one subprotocol, such as \"chat.v1\", received %s "
                          "(a name has letters, digits, \"-\", \".\" and \"_\", no blank or "
                          "comma; list each name)", shown);
}

static const char *
find_first_of (const char * const *wanted,
               const char * const *available)
{
  for (guint i = 0; wanted[i] != NULL; i++)
    {
      if (g_strv_contains (available, wanted[i]))
        return wanted[i];
    }

  return NULL;
}

/* The order of the client's list decides (RFC 6455 4.1), unless the property
 * prefer-own-subprotocols is set. */
const char *
wsp_server_rules_choose_protocol (WspServerRules     *self,
                                  const char * const *offered)
{
  const char * const *own = (const char * const *) self->protocols;

  if (own == NULL || offered == NULL)
    return NULL;

  return self->prefers_own_protocols ? find_first_of (own, offered) : find_first_of (offered, own);
}

WscFault
wsp_server_rules_check (WspServerRules *self,
                        WscHttpHead    *head)
{
  const WscOptions options = {
    .role = WSC_ROLE_SERVER, .mode = WSC_MODE_AUTOMATIC, .masking = 1, .head = &self->head
  };
  WscFields fields;

  fields.at = wsc_http_head_get_fields (head, &fields.n);

  WscFault fault = wsc_request_line_check (wsc_http_head_get_method (head),
                                           wsc_http_head_get_target (head),
                                           wsc_http_head_get_version (head));

  if (fault == WSC_FAULT_NONE)
    fault = wsc_request_purpose_check (fields);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_server_handshake_check (&options, fields.at, fields.n);

  return fault;
}

static gboolean
server_rules_asks_for_websocket (WscFields fields)
{
  WscFieldList upgrades = wsc_fields_get_list (fields, "Upgrade");
  WscListStep step;
  WscBytes product;

  for (gsize i = 0; i < fields.n; i++)
    {
      if (wsc_text_begins_with (fields.at[i].name, "Sec-WebSocket-"))
        return TRUE;
    }

  while ((step = wsc_field_list_next_product (&upgrades, &product)) == WSC_LIST_ELEMENT)
    {
      if (wsc_text_is_ignoring_case (product, "websocket"))
        return TRUE;
    }

  return step != WSC_LIST_END;
}

gboolean
wsp_server_rules_is_http (WscHttpHead *head)
{
  WscBytes method = wsc_http_head_get_method (head);
  WscFields fields;

  fields.at = wsc_http_head_get_fields (head, &fields.n);
  return (wsc_text_is (method, "GET") || wsc_text_is (method, "HEAD")) &&
         !server_rules_asks_for_websocket (fields);
}

/* 0 if routes are none: then the target is not parsed. */
static GQuark
find_route_of (const WspRoutes  *routes,
               WscHttpHead      *head,
               WscRequestTarget *target)
{
  if (wsp_routes_are_none (routes) ||
      wsc_request_target_parse (wsc_http_head_get_target (head), target) != WSC_FAULT_NONE)
    return 0;

  return wsp_routes_find (routes, target->path);
}

GQuark
wsp_server_rules_find_route (WspServerRules *self,
                             WscHttpHead    *head,
                             const char    **mistake,
                             char          **details)
{
  WscRequestTarget target;
  GQuark route = 0;

  if (!wsp_routes_are_none (self->http_routes) && wsp_server_rules_is_http (head))
    route = find_route_of (self->http_routes, head, &target);
  if (route == 0)
    route = find_route_of (self->routes, head, &target);
  if (route != 0)
    *mistake = wsp_path_find_mistake (g_quark_to_string (route), target.path, details);
  return route;
}

gboolean
wsp_server_rules_lack_path (WspServerRules *self,
                            WscHttpHead    *head)
{
  WscRequestTarget target;

  return !wsp_routes_are_none (self->http_routes) &&
         find_route_of (self->routes, head, &target) == 0;
}

/* Probes and proxies also send HTTP/1.0, where Host may be missing. */
WscFault
wsp_server_rules_check_http (WscHttpHead *head)
{
  WscBytes version = wsc_http_head_get_version (head);
  gboolean is_old = wsc_text_is (version, "HTTP/1.0");
  WscRequestTarget target;
  WscFields fields;

  fields.at = wsc_http_head_get_fields (head, &fields.n);

  WscFault fault = is_old || wsc_text_is (version, "HTTP/1.1") ? WSC_FAULT_NONE
                                                               : WSC_FAULT_REQUEST_NOT_HTTP_1_1;

  if (fault == WSC_FAULT_NONE)
    fault = wsc_request_target_parse (wsc_http_head_get_target (head), &target);
  if (fault == WSC_FAULT_NONE && !(is_old && wsc_fields_count (fields, "Host") == 0))
    fault = wsc_request_host_check (fields);
  if (fault == WSC_FAULT_NONE)
    fault = wsc_request_body_check (fields);

  return fault;
}
