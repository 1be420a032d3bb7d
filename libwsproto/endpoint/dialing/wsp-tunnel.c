/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Opens a tunnel through an HTTP proxy.  It replaces GIO's own CONNECT, which takes quadratic time
 * for a response, reads six times our max-head-size, and keeps neither status nor headers.
 * docs/rationales/client.md has the reasons. */
#include "endpoint/dialing/wsp-tunnel-private.h"

#include <libwsproto/base/wsp-error.h>

#include "endpoint/opening/wsp-heads-private.h"
#include "endpoint/opening/wsp-upgrade-private.h"
#include "limits/wsp-limits-private.h"
#include "reactor/wsp-transport-private.h"

struct _WspTunnel
{
  WspUpgrade          *upgrade;
  WspLimits           *limits;
  char                *target;          /* target of the tunnel, as host:port */
  guint                status, n_interim;
  const char          *limit;
  GError              *error;
  WspTunnelRefusedFunc refused;
  WspTunnelFunc        ready;
  gpointer             owner;
};

/* Calls ready, in which the owner may free the tunnel. */
static void
dialing_tunnel_fail (WspTunnel  *self,
                     GQuark      domain,
                     int         code,
                     const char *text)
{
  self->error = g_error_new_literal (domain, code, text);
  self->ready (self, self->owner);
}

static void
dialing_tunnel_fail_interim (WspTunnel *self)
{
  g_autofree char *text = g_strdup_printf ("too many 1xx answers: %u, limit %u",
                                           self->n_interim, WSC_MAX_INTERIM_ANSWERS);

  self->limit = "";
  dialing_tunnel_fail (self, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED, text);
}

static void
dialing_tunnel_fail_fault (WspTunnel *self,
                           WscFault   fault)
{
  WscHeadLimits limits;
  const char *limit;

  wsp_limits_get_head (self->limits, &limits);

  g_autoptr (GBytes) input = wsp_upgrade_dup_input (self->upgrade);
  g_autofree char *rule = wsp_heads_describe_fault (wsp_upgrade_get_head (self->upgrade), &limits,
                                                    fault, &limit);
  g_autofree char *received = wsp_heads_show_fault (fault, WSC_HEAD_PROXY_RESPONSE, NULL, input);
  g_autofree char *text = g_strconcat (rule, received, NULL);

  self->limit = limit;
  dialing_tunnel_fail (self, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED, text);
}

static void
dialing_tunnel_refuse (WspTunnel *self)
{
  g_autofree char *response = wsp_heads_describe_response (wsp_upgrade_get_head (self->upgrade));
  g_autofree char *text =
    g_strdup_printf ("expected a tunnel to %s, received %s%s", self->target, response,
                     self->status == 407
                     ? " (set Proxy-Authorization in WspClient::authenticate)" : "");

  if (self->status == 407)
    dialing_tunnel_fail (self, WSP_ERROR, WSP_ERROR_HANDSHAKE, text);
  else if (self->status == 403)
    dialing_tunnel_fail (self, G_IO_ERROR, G_IO_ERROR_PROXY_NOT_ALLOWED, text);
  else
    dialing_tunnel_fail (self, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED, text);
}

/* CONNECT does not ask to switch protocols (101). */
static gboolean
dialing_tunnel_is_refused (WspTunnel *self)
{
  return self->status >= 300 || self->status == 101;
}

static void
dialing_tunnel_take_head (WspTunnel *self)
{
  WscHttpHead *head = wsp_upgrade_get_head (self->upgrade);

  self->status = wsc_http_head_get_status (head);
  if (dialing_tunnel_is_refused (self))
    self->refused (self, head, self->owner);
  else if (self->status >= 200)
    self->ready (self, self->owner);
  else if (++self->n_interim > WSC_MAX_INTERIM_ANSWERS)
    dialing_tunnel_fail_interim (self);
  else
    wsp_upgrade_read_head (self->upgrade);
}

static void
dialing_tunnel_on_upgrade_ready (WspUpgrade *upgrade,
                                 gpointer    owner)
{
  WspTunnel *self = owner;
  const GError *error = wsp_upgrade_get_error (upgrade);
  WscFault fault = wsp_upgrade_get_fault (upgrade);

  if (fault != WSC_FAULT_NONE)
    dialing_tunnel_fail_fault (self, fault);
  else if (dialing_tunnel_is_refused (self))
    dialing_tunnel_refuse (self);
  else if (error != NULL)
    dialing_tunnel_fail (self, error->domain, error->code, error->message);
  else
    dialing_tunnel_take_head (self);
}

/* CONNECT names the port even if it is the default. */
static char *
dialing_tunnel_make_request (const char *target,
                             const char *credentials)
{
  GString *text = g_string_new (NULL);

  g_string_printf (text, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n", target, target);
  if (credentials != NULL)
    g_string_append_printf (text, "Proxy-Authorization: %s\r\n", credentials);
  g_string_append (text, "\r\n");

  return g_string_free (text, FALSE);
}

WspTunnel *
wsp_tunnel_new (WspReactor          *reactor,
                WspTransport        *transport,
                const WspUri        *uri,
                const char          *credentials,
                WspLimits           *limits,
                WspTunnelRefusedFunc refused,
                WspTunnelFunc        ready,
                gpointer             owner)
{
  WspTunnel *self = g_new0 (WspTunnel, 1);
  g_autofree char *target = wsp_uri_dup_authority (uri);
  g_autofree char *request = dialing_tunnel_make_request (target, credentials);
  WscHeadLimits head_limits;

  wsp_limits_get_head (limits, &head_limits);
  self->limits = g_object_ref (limits);
  self->target = g_steal_pointer (&target);
  self->refused = refused;
  self->ready = ready;
  self->owner = owner;
  self->upgrade = wsp_upgrade_new (reactor, transport, WSC_HEAD_PROXY_RESPONSE, &head_limits,
                                   dialing_tunnel_on_upgrade_ready, self);
  wsp_upgrade_set_close_timeout (self->upgrade, wsp_limits_get_close_timeout (limits));
  wsp_upgrade_write (self->upgrade, request, strlen (request));
  wsp_upgrade_read_head (self->upgrade);
  return self;
}

void
wsp_tunnel_free (WspTunnel *self)
{
  wsp_upgrade_free (self->upgrade);
  g_object_unref (self->limits);
  g_free (self->target);
  g_clear_error (&self->error);
  g_free (self);
}

void
wsp_tunnel_read_refusal (WspTunnel *self)
{
  g_autoptr (WspHeaders) headers = wsp_heads_get_headers (wsp_upgrade_get_head (self->upgrade));

  wsp_upgrade_read_refusal (self->upgrade, self->status, headers, self->limits);
}

GBytes *
wsp_tunnel_dup_body (WspTunnel *self)
{
  return wsp_upgrade_dup_body (self->upgrade);
}

const GError *
wsp_tunnel_get_error (WspTunnel *self)
{
  return self->error;
}

const char *
wsp_tunnel_get_limit (WspTunnel *self)
{
  return self->limit;
}

GIOStream *
wsp_tunnel_release (WspTunnel *self,
                    GBytes   **remaining_input)
{
  *remaining_input = wsp_upgrade_dup_remaining_input (self->upgrade);
  return wsp_transport_release (wsp_upgrade_steal_transport (self->upgrade));
}

char *
wsp_credentials_make_basic (const char *user,
                            const char *password)
{
  g_autofree char *pair = g_strconcat (user, ":", password != NULL ? password : "", NULL);
  g_autofree char *base64 = g_base64_encode ((const guchar *) pair, strlen (pair));

  return g_strconcat ("Basic ", base64, NULL);
}
