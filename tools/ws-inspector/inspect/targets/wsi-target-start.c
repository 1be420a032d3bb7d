/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/targets/wsi-target-start.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/sources/example/wsi-example.h"
#include "inspect/sources/proxy/wsi-proxy-source.h"
#include "inspect/sources/trust/wsi-trust.h"
#include "inspect/sources/wsi-client-source.h"
#include "inspect/sources/wsi-listen-address.h"
#include "inspect/sources/wsi-server-source.h"
#include "inspect/targets/wsi-header-line.h"
#include "inspect/targets/wsi-port.h"

/* The files of a target; NULL where none is named. */
typedef struct
{
  GTlsDatabase    *authorities;
  GTlsCertificate *certificate;
} Trust;

static void
trust_clear (Trust *trust)
{
  g_clear_object (&trust->authorities);
  g_clear_object (&trust->certificate);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Trust, trust_clear)

/* NULL: it is empty. */
static const char *
get_text (const WsiTarget * self,
          WsiTargetField   field)
{
  const char *text = wsi_target_get_text (self, field);

  return *text != '\0' ? text : NULL;
}

static gboolean
read_trust (const WsiTarget *self,
            Trust           *trust,
            WsiTargetField  *wrong,
            GError         **error)
{
  const char *authorities = get_text (self, WSI_TARGET_AUTHORITIES);
  const char *certificate = get_text (self, WSI_TARGET_CERTIFICATE);

  *wrong = WSI_TARGET_AUTHORITIES;
  if (authorities != NULL)
    trust->authorities = wsi_trust_read_authorities (authorities, authorities, error);
  if (authorities != NULL && trust->authorities == NULL)
    return FALSE;

  *wrong = WSI_TARGET_CERTIFICATE;
  if (certificate != NULL)
    trust->certificate = wsi_trust_read_certificate (certificate, certificate,
                                                     get_text (self, WSI_TARGET_KEY), error);
  return certificate == NULL || trust->certificate != NULL;
}

static WspHandshake *
make_handshake (const WsiTarget *self,
                GError         **error)
{
  g_auto (GStrv) names = wsi_target_dup_list (self, WSI_TARGET_SUBPROTOCOLS);
  g_auto (GStrv) lines = wsi_target_dup_list (self, WSI_TARGET_HEADERS);
  g_autoptr (WspHeaders) headers = wsp_headers_new ();

  for (guint i = 0; lines[i] != NULL; i++)
    if (!wsi_header_line_append (lines[i], headers, error))
      return NULL;

  return wsp_handshake_new_client (wsi_target_get_text (self, WSI_TARGET_ADDRESS),
                                   (const char *const *) names, headers, error);
}

static gboolean
accept_certificate (void)
{
  return TRUE;
}

static WsiSource *
make_client (const WsiTarget *self,
             WsiSession      *session,
             WsiTargetField  *wrong,
             GError         **error)
{
  g_auto (Trust) trust = { 0 };
  g_autoptr (WsiRecorder) recorder = NULL;
  g_autoptr (WspHandshake) handshake = NULL;
  WsiClientSource *source;
  WspClient *client;

  if (!read_trust (self, &trust, wrong, error))
    return NULL;

  *wrong = WSI_TARGET_HEADERS;
  handshake = make_handshake (self, error);
  if (handshake == NULL)
    return NULL;

  recorder = wsi_session_make_recorder (session, WSP_ROLE_CLIENT, NULL);
  source = wsi_client_source_new (recorder, WSI_PLACE_THREAD, handshake);
  client = wsi_client_source_get_client (source);
  wsp_client_set_origin (client, get_text (self, WSI_TARGET_ORIGIN));
  wsp_client_set_tls_database (client, trust.authorities);
  wsp_client_set_tls_certificate (client, trust.certificate);
  if (wsi_target_get_options (self) & WSI_TARGET_ACCEPTS_ANY)
    g_signal_connect (client, "accept-certificate", G_CALLBACK (accept_certificate), NULL);
  if (wsi_target_get_options (self) & WSI_TARGET_COMPRESSES)
    wsi_client_source_compress (source);
  return WSI_SOURCE (source);
}

static void
set_up_server (const WsiTarget *self,
               WspServer       *server,
               GTlsCertificate *certificate)
{
  g_auto (GStrv) names = wsi_target_dup_list (self, WSI_TARGET_SUBPROTOCOLS);
  g_auto (GStrv) origins = wsi_target_dup_list (self, WSI_TARGET_ALLOWED_ORIGINS);

  if (*names != NULL)
    wsp_server_set_subprotocols (server, (const char *const *) names);
  if (*origins != NULL)
    wsp_server_set_allowed_origins (server, (const char *const *) origins);
  g_object_set (server, "tls-certificate", certificate, NULL);
  if (wsi_target_get_options (self) & WSI_TARGET_COMPRESSES)
    {
      g_autoptr (WspDeflateOptions) options = wsp_deflate_options_new ();

      wsp_server_set_compression (server, options);
    }
}

static WsiSource *
make_server (const WsiTarget *self,
             WsiSession      *session,
             WsiTargetField  *wrong,
             GError         **error)
{
  g_auto (Trust) trust = { 0 };
  g_auto (WsiListenAddress) address = { 0 };
  g_autoptr (WsiRecorder) recorder = NULL;
  g_autoptr (WsiServerSource) source = NULL;

  if (!read_trust (self, &trust, wrong, error))
    return NULL;

  recorder = wsi_session_make_recorder (session, WSP_ROLE_SERVER, NULL);
  source = wsi_server_source_new (recorder, WSI_PLACE_THREAD);
  set_up_server (self, wsi_server_source_get_server (source), trust.certificate);
  *wrong = WSI_TARGET_LISTEN;
  if (!wsi_listen_address_parse (&address, wsi_target_get_text (self, WSI_TARGET_LISTEN), error) ||
      wsi_server_source_listen_at (source, address.host, address.port, error) == 0)
    return NULL;

  return WSI_SOURCE (g_steal_pointer (&source));
}

static WsiSource *
make_proxy (const WsiTarget *self,
            WsiSession      *session,
            WsiTargetField  *wrong,
            GError         **error)
{
  g_auto (Trust) trust = { 0 };
  g_autoptr (WsiRecorder) recorder = NULL;
  g_autoptr (WsiProxySource) source = NULL;

  if (!read_trust (self, &trust, wrong, error))
    return NULL;

  *wrong = WSI_TARGET_LISTEN;
  recorder = wsi_session_make_recorder (session, WSP_ROLE_CLIENT, NULL);
  source = wsi_proxy_source_new (recorder, WSI_PLACE_THREAD,
                                 wsi_target_get_text (self, WSI_TARGET_LISTEN),
                                 wsi_target_get_text (self, WSI_TARGET_ADDRESS), error);
  if (source == NULL)
    return NULL;

  wsi_proxy_source_set_certificate (source, trust.certificate);
  wsi_proxy_source_set_authorities (source, trust.authorities);
  if (wsi_target_get_options (self) & WSI_TARGET_REWRITES_HOST)
    wsi_proxy_source_rewrite_host (source);
  if (!wsi_proxy_source_listen (source, error))
    return NULL;

  return WSI_SOURCE (g_steal_pointer (&source));
}

static WsiSource *
make_example (WsiSession *session)
{
  g_autoptr (WsiRecorder) recorder = wsi_session_make_recorder (session, WSP_ROLE_CLIENT, NULL);

  return WSI_SOURCE (wsi_example_new (recorder, WSI_PLACE_THREAD, WSI_EXAMPLE_PACE));
}

static WsiSource *
make_source (const WsiTarget *self,
             WsiSession      *session,
             WsiTargetField  *wrong,
             GError         **error)
{
  switch (wsi_target_get_kind (self))
    {
    case WSI_TARGET_CLIENT:
      return make_client (self, session, wrong, error);
    case WSI_TARGET_SERVER:
      return make_server (self, session, wrong, error);
    case WSI_TARGET_PROXY:
      return make_proxy (self, session, wrong, error);
    case WSI_TARGET_EXAMPLE:
      return make_example (session);
    case WSI_TARGET_FILE:
      break;
    }

  g_assert_not_reached ();
}

/* The system says only that the address is in use.  failure is taken. */
static GError *
explain (const WsiTarget *self,
         GError          *failure)
{
  g_auto (WsiListenAddress) address = { 0 };
  g_autofree char *owner = NULL;
  guint64 process;

  if (!g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE) ||
      !wsi_listen_address_parse (&address, wsi_target_get_text (self, WSI_TARGET_LISTEN), NULL))
    return failure;

  g_error_free (failure);
  owner = wsi_port_dup_owner (address.port, &process);
  if (owner == NULL)
    return g_error_new (G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE,
                        _("Port %u is in use by another program: choose another port"),
                        address.port);

  return g_error_new (G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE,
                      _("Port %u is in use by %s (process %u): choose another port, or end the "
                        "program"), address.port, owner, (guint) process);
}

WsiSource *
wsi_target_start (const WsiTarget *self,
                  WsiSession      *session,
                  WsiTargetField  *wrong,
                  GError         **error)
{
  g_autoptr (WsiSource) source = NULL;
  g_autoptr (GError) failure = NULL;

  if (!wsi_target_check (self, wrong, error))
    return NULL;

  if (wsi_target_get_kind (self) == WSI_TARGET_FILE)
    {
      g_autoptr (GListModel) files = wsi_target_dup_files (self);

      return wsi_session_open_files (session, files);
    }

  source = make_source (self, session, wrong, &failure);
  if (source != NULL)
    wsi_session_add (session, source);
  else
    g_propagate_error (error, explain (self, g_steal_pointer (&failure)));
  return source;
}

char *
wsi_target_dup_free_listen (const WsiTarget *self)
{
  const char *text = wsi_target_get_text (self, WSI_TARGET_LISTEN);
  const char *colon = strrchr (text, ':');
  g_auto (WsiListenAddress) address = { 0 };
  guint16 port = 0;

  if (wsi_listen_address_parse (&address, text, NULL))
    port = wsi_port_find_free (address.host, address.port);
  if (port == 0)
    return NULL;

  return g_strdup_printf ("%.*s%u", colon != NULL ? (int) (colon + 1 - text) : 0, text, port);
}
