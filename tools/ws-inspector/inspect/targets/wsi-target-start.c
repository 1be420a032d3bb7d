/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/targets/wsi-target-start.h"

#include <glib/gi18n.h>
#include <libwsproto/attach/wsp-attach-format.h>
#include <string.h>

#include "inspect/sources/browser/wsi-browser-source.h"
#include "inspect/sources/dumpcap/wsi-dumpcap-source.h"
#include "inspect/sources/example/wsi-example.h"
#include "inspect/sources/program/wsi-program-source.h"
#include "inspect/sources/proxy/wsi-proxy-source.h"
#include "inspect/sources/starting/wsi-started-program.h"
#include "inspect/sources/trust/wsi-trust.h"
#include "inspect/sources/wsi-client-source.h"
#include "inspect/sources/wsi-listen-address.h"
#include "inspect/sources/wsi-read-as.h"
#include "inspect/sources/wsi-server-source.h"
#include "inspect/targets/wsi-header-line.h"
#include "inspect/targets/wsi-port.h"

#define OF_SOURCE "wsi-target"
/* Bytes of the queue of a lossless proxy, which is small so that pauses are short. */
#define LOSSLESS_QUEUE (4 * 1024 * 1024)

/* The files of a target; NULL where none is named. */
typedef struct
{
  GTlsDatabase    *authorities, *client_authorities;
  GTlsCertificate *certificate;
} Trust;

static void
trust_clear (Trust *trust)
{
  g_clear_object (&trust->authorities);
  g_clear_object (&trust->client_authorities);
  g_clear_object (&trust->certificate);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Trust, trust_clear)

/* The text of a field.  NULL: it is empty. */
static const char *
target_start_get_text (const WsiTarget * self,
                       WsiTargetField   field)
{
  const char *text = wsi_target_get_text (self, field);

  return *text != '\0' ? text : NULL;
}

static gboolean
has_option (const WsiTarget *self,
            WsiTargetOptions option)
{
  return (wsi_target_get_options (self) & option) != 0;
}

static gboolean
read_authorities (const WsiTarget *self,
                  WsiTargetField   field,
                  GTlsDatabase   **authorities,
                  WsiTargetField  *wrong,
                  GError         **error)
{
  const char *file = target_start_get_text (self, field);

  *wrong = field;
  if (file != NULL)
    *authorities = wsi_trust_read_authorities (file, error);
  return file == NULL || *authorities != NULL;
}

static gboolean
read_trust (const WsiTarget *self,
            Trust           *trust,
            WsiTargetField  *wrong,
            GError         **error)
{
  const char *certificate = target_start_get_text (self, WSI_TARGET_CERTIFICATE);

  if (!read_authorities (self, WSI_TARGET_AUTHORITIES, &trust->authorities, wrong, error) ||
      !read_authorities (self, WSI_TARGET_CLIENT_AUTHORITIES, &trust->client_authorities, wrong,
                         error))
    return FALSE;

  *wrong = WSI_TARGET_CERTIFICATE;
  if (certificate != NULL)
    trust->certificate =
      wsi_trust_read_certificate (certificate, target_start_get_text (self, WSI_TARGET_KEY),
                                  error);
  return certificate == NULL || trust->certificate != NULL;
}

static void
set_max_message (const WsiTarget *self,
                 WspLimits       *limits,
                 guint64          otherwise)
{
  const char *text = target_start_get_text (self, WSI_TARGET_MAX_MESSAGE);

  wsp_limits_set_max_message_size (limits, text != NULL ? g_ascii_strtoull (text, NULL, 10)
                                                        : otherwise);
}

static WspHandshake *
make_handshake (const WsiTarget *self,
                GError         **error)
{
  g_auto (GStrv) names = wsi_target_dup_list (self, WSI_TARGET_SUBPROTOCOLS);
  g_auto (GStrv) lines = wsi_target_dup_list (self, WSI_TARGET_HEADERS);
  g_autoptr (WspHeaders) headers = wsp_headers_new ();
  g_autofree char *uri = wsi_target_make_uri (self, NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    if (!wsi_header_line_append (lines[i], headers, error))
      return NULL;

  return wsp_handshake_new_client (uri, (const char *const *) names, headers, error);
}

static gboolean
is_http_proxy (const char *text)
{
  static const char *const schemes[] = {
    "http", "https", "socks", "socks4", "socks4a", "socks5", "socks5h", NULL
  };
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_HAS_PASSWORD, NULL);

  return uri != NULL && g_strv_contains (schemes, g_uri_get_scheme (uri)) &&
         g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0';
}

static gboolean
set_http_proxy (const WsiTarget *self,
                WspClient       *client,
                WsiTargetField  *wrong,
                GError         **error)
{
  const char *proxy = target_start_get_text (self, WSI_TARGET_HTTP_PROXY);
  g_autoptr (GProxyResolver) resolver = NULL;

  *wrong = WSI_TARGET_HTTP_PROXY;
  /* only wsinspect sets a proxy, and speaks English */
  if (proxy != NULL && !is_http_proxy (proxy))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           "invalid proxy URI: expected for example http://127.0.0.1:3128, "
                           "https://proxy.example.org:3129 or socks5://127.0.0.1:1080");
      return FALSE;
    }

  if (proxy != NULL)
    resolver = g_simple_proxy_resolver_new (proxy, NULL);
  wsp_client_set_proxy_resolver (client, resolver);
  return TRUE;
}

static gboolean
target_start_accept_certificate (void)
{
  return TRUE;
}

static gboolean
set_up_client (const WsiTarget *self,
               WsiClientSource *source,
               WsiTargetField  *wrong,
               GError         **error)
{
  WspClient *client = wsi_client_source_get_client (source);
  g_auto (Trust) trust = { 0 };

  if (!read_trust (self, &trust, wrong, error) || !set_http_proxy (self, client, wrong, error))
    return FALSE;

  wsp_client_set_origin (client, target_start_get_text (self, WSI_TARGET_ORIGIN));
  wsp_client_set_tls_database (client, trust.authorities);
  wsp_client_set_tls_certificate (client, trust.certificate);
  set_max_message (self, wsp_client_get_limits (client), WSI_TARGET_DEFAULT_MAX_MESSAGE);
  /* a handler that warns is called before */
  if (has_option (self, WSI_TARGET_ACCEPTS_ANY))
    g_signal_connect_after (client, "accept-certificate",
                            G_CALLBACK (target_start_accept_certificate), NULL);
  if (has_option (self, WSI_TARGET_COMPRESSES))
    wsi_client_source_compress (source);
  if (has_option (self, WSI_TARGET_ECHOES))
    wsi_client_source_set_reply (source, WSI_REPLY_ECHO);
  return TRUE;
}

static WsiSource *
target_start_make_client (const WsiTarget *self,
                          WsiRecorder     *recorder,
                          WsiPlace         place,
                          WsiTargetField  *wrong,
                          GError         **error)
{
  g_autoptr (WspHandshake) handshake = make_handshake (self, error);
  g_autoptr (WsiClientSource) source = NULL;

  *wrong = WSI_TARGET_HEADERS;
  if (handshake == NULL)
    return NULL;

  source = wsi_client_source_new (recorder, place, handshake);
  if (!set_up_client (self, source, wrong, error))
    return NULL;

  return WSI_SOURCE (g_steal_pointer (&source));
}

/* Lists are checked before, because the server refuses one that is wrong with a warning. */
static gboolean
set_lists (const WsiTarget *self,
           WspServer       *server,
           WsiTargetField  *wrong,
           GError         **error)
{
  g_auto (GStrv) names = wsi_target_dup_list (self, WSI_TARGET_SUBPROTOCOLS);
  g_auto (GStrv) origins = wsi_target_dup_list (self, WSI_TARGET_ALLOWED_ORIGINS);

  *wrong = WSI_TARGET_SUBPROTOCOLS;
  if (!wsi_target_check_field (self, WSI_TARGET_SUBPROTOCOLS, error))
    return FALSE;

  *wrong = WSI_TARGET_ALLOWED_ORIGINS;
  if (!wsi_target_check_field (self, WSI_TARGET_ALLOWED_ORIGINS, error))
    return FALSE;

  if (*names != NULL)
    wsp_server_set_subprotocols (server, (const char *const *) names);
  if (*origins != NULL)
    wsp_server_set_allowed_origins (server, (const char *const *) origins);
  return TRUE;
}

static gboolean
set_up_server (const WsiTarget *self,
               WspServer       *server,
               WsiTargetField  *wrong,
               GError         **error)
{
  g_auto (Trust) trust = { 0 };

  if (!set_lists (self, server, wrong, error) || !read_trust (self, &trust, wrong, error))
    return FALSE;

  g_object_set (server, "tls-certificate", trust.certificate, NULL);
  if (trust.client_authorities != NULL)
    g_object_set (server, "tls-database", trust.client_authorities,
                  "tls-authentication-mode", G_TLS_AUTHENTICATION_REQUIRED, NULL);
  set_max_message (self, wsp_server_get_limits (server),
                   wsp_limits_get_max_message_size (wsp_server_get_limits (server)));
  if (has_option (self, WSI_TARGET_COMPRESSES))
    {
      g_autoptr (WspDeflateOptions) options = wsp_deflate_options_new ();

      wsp_server_set_deflate (server, options);
    }
  return TRUE;
}

static WsiSource *
make_server (const WsiTarget *self,
             WsiRecorder     *recorder,
             WsiPlace         place,
             WsiTargetField  *wrong,
             GError         **error)
{
  g_auto (WsiListenAddress) address = { 0 };
  g_autoptr (WsiServerSource) source = wsi_server_source_new (recorder, place);

  if (!set_up_server (self, wsi_server_source_get_server (source), wrong, error))
    return NULL;

  *wrong = WSI_TARGET_LISTEN;
  if (!wsi_listen_address_parse (&address, wsi_target_get_text (self, WSI_TARGET_LISTEN), error) ||
      wsi_server_source_listen_at (source, address.host, address.port, error) == 0)
    return NULL;

  return WSI_SOURCE (g_steal_pointer (&source));
}

static WsiSource *
make_proxy (const WsiTarget *self,
            WsiRecorder     *recorder,
            WsiPlace         place,
            WsiTargetField  *wrong,
            GError         **error)
{
  g_autofree char *uri = wsi_target_make_uri (self, NULL);
  g_auto (Trust) trust = { 0 };
  g_autoptr (WsiProxySource) source = NULL;

  if (!read_trust (self, &trust, wrong, error))
    return NULL;

  *wrong = WSI_TARGET_LISTEN;
  source = wsi_proxy_source_new (recorder, place, wsi_target_get_text (self, WSI_TARGET_LISTEN),
                                 uri, error);
  if (source == NULL)
    return NULL;

  wsi_proxy_source_set_certificate (source, trust.certificate);
  wsi_proxy_source_set_authorities (source, trust.authorities);
  if (has_option (self, WSI_TARGET_ACCEPTS_ANY))
    wsi_proxy_source_accept_any_certificate (source);
  if (has_option (self, WSI_TARGET_REWRITES_HOST))
    wsi_proxy_source_rewrite_host (source);
  if (!wsi_proxy_source_listen (source, error))
    return NULL;

  return WSI_SOURCE (g_steal_pointer (&source));
}

static WsiSource *
make_browser (const WsiTarget *self,
              WsiRecorder     *recorder,
              WsiTargetField  *wrong,
              GError         **error)
{
  g_auto (GStrv) arguments = wsi_target_dup_list (self, WSI_TARGET_ARGUMENTS);
  const WsiBrowserStart start = {
    .url = target_start_get_text (self, WSI_TARGET_ADDRESS),
    .profile = target_start_get_text (self, WSI_TARGET_PROFILE),
    .arguments = (const char *const *) arguments,
  };
  const char *page = target_start_get_text (self, WSI_TARGET_PAGE);

  if (has_option (self, WSI_TARGET_STARTS))
    return WSI_SOURCE (wsi_browser_source_new_started (recorder, page, &start));

  *wrong = WSI_TARGET_ADDRESS;
  return WSI_SOURCE (wsi_browser_source_new_at (recorder, page, start.url, error));
}

/* Makes the program to start.  program: NULL = none. */
static gboolean
make_started (const WsiTarget    *self,
              WsiStartedProgram **program,
              GError            **error)
{
  g_auto (GStrv) words = wsi_target_dup_list (self, WSI_TARGET_ARGUMENTS);

  *program = words[0] != NULL ? wsi_started_program_new ((const char *const *) words, error) : NULL;
  return words[0] == NULL || *program != NULL;
}

/* Makes the list of ports.  NULL: one of them is wrong. */
static GArray *
make_ports (const WsiTarget *self,
            GError         **error)
{
  g_auto (GStrv) texts = wsi_target_dup_list (self, WSI_TARGET_READ_AS);

  return wsi_read_as_parse ((const char *const *) texts, error);
}

static WsiSource *
make_capture (const WsiTarget *self,
              WsiRecorder     *recorder,
              WsiTargetField  *wrong,
              GError         **error)
{
  g_autoptr (GArray) ports = make_ports (self, error);
  WsiDumpcapOptions options = {
    .interface = target_start_get_text (self, WSI_TARGET_INTERFACE),
    .filter = target_start_get_text (self, WSI_TARGET_PACKET_FILTER),
    .packets = target_start_get_text (self, WSI_TARGET_PACKETS),
    .key_log = target_start_get_text (self, WSI_TARGET_KEY_LOG), .websocket_ports = ports,
  };

  *wrong = WSI_TARGET_READ_AS;
  if (ports == NULL)
    return NULL;

  *wrong = WSI_TARGET_ARGUMENTS;
  if (!make_started (self, &options.program, error))
    return NULL;

  *wrong = WSI_TARGET_PACKETS;
  return WSI_SOURCE (wsi_dumpcap_source_new (recorder, &options, error));
}

static WsiSource *
make_program (const WsiTarget *self,
              WsiRecorder     *recorder,
              WsiTargetField  *wrong,
              GError         **error)
{
  g_auto (GStrv) numbers = wsi_target_dup_list (self, WSI_TARGET_CONNECTIONS);
  guint n = g_strv_length (numbers);
  g_autofree guint32 *connections = g_new0 (guint32, n);

  /* only wsinspect sets connections, and speaks English */
  *wrong = WSI_TARGET_CONNECTIONS;
  for (guint i = 0; i < n; i++)
    {
      guint64 number;

      if (!g_ascii_string_to_unsigned (numbers[i], 10, 1, G_MAXUINT32, &number, NULL))
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       "expected the number of a connection, received \"%s\"", numbers[i]);
          return NULL;
        }
      connections[i] = (guint32) number;
    }
  if (n <= WSP_ATTACH_MAX_WATCHED)
    return WSI_SOURCE (wsi_program_source_new (recorder,
                                               target_start_get_text (self, WSI_TARGET_ADDRESS),
                                               connections, n));

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               "too many connections: expected at most %d, received %u", WSP_ATTACH_MAX_WATCHED, n);
  return NULL;
}

static WsiSource *
target_start_make_any (const WsiTarget *self,
                       WsiRecorder     *recorder,
                       WsiPlace         place,
                       WsiTargetField  *wrong,
                       GError         **error)
{
  switch (wsi_target_get_kind (self))
    {
    case WSI_TARGET_CLIENT:
      return target_start_make_client (self, recorder, place, wrong, error);
    case WSI_TARGET_SERVER:
      return make_server (self, recorder, place, wrong, error);
    case WSI_TARGET_PROXY:
      return make_proxy (self, recorder, place, wrong, error);
    case WSI_TARGET_BROWSER:
      return make_browser (self, recorder, wrong, error);
    case WSI_TARGET_CAPTURE:
      return make_capture (self, recorder, wrong, error);
    case WSI_TARGET_PROGRAM:
      return make_program (self, recorder, wrong, error);
    case WSI_TARGET_EXAMPLE:
      return WSI_SOURCE (wsi_example_new (recorder, place, WSI_EXAMPLE_PACE));
    case WSI_TARGET_FILE:
      break;
    }

  g_assert_not_reached ();
}

/* The system says only that the address is in use.  failure is taken. */
static GError *
target_start_explain (const WsiTarget *self,
                      GError          *failure)
{
  g_auto (WsiListenAddress) address = { 0 };
  g_autofree char *owner = NULL;
  guint64 process;

  if (!g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    return failure;

  wsi_listen_address_parse (&address, wsi_target_get_text (self, WSI_TARGET_LISTEN), NULL);
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
wsi_target_make_source (const WsiTarget *self,
                        WsiRecorder     *recorder,
                        WsiPlace         place,
                        WsiTargetField  *wrong,
                        GError         **error)
{
  g_autoptr (GError) failure = NULL;
  WsiSource *source = target_start_make_any (self, recorder, place, wrong, &failure);

  if (source == NULL)
    g_propagate_error (error, target_start_explain (self, g_steal_pointer (&failure)));
  else
    g_object_set_data_full (G_OBJECT (source), OF_SOURCE, wsi_target_copy (self),
                            (GDestroyNotify) wsi_target_free);
  return source;
}

const WsiTarget *
wsi_target_find (WsiSource *source)
{
  return g_object_get_data (G_OBJECT (source), OF_SOURCE);
}

WsiLaneOptions
wsi_target_get_lane (const WsiTarget *self)
{
  gboolean is_lossless = has_option (self, WSI_TARGET_IS_LOSSLESS);

  return (WsiLaneOptions) {
           .kind = WSI_LANE_LIVE,
           .when_full = is_lossless ? WSI_WHEN_FULL_WAIT : WSI_WHEN_FULL_SKIP,
           .max_bytes = is_lossless ? LOSSLESS_QUEUE : WSI_LANE_DEFAULT_MAX_BYTES,
  };
}

WsiSource *
wsi_target_start (const WsiTarget *self,
                  WsiSession      *session,
                  WsiTargetField  *wrong,
                  GError         **error)
{
  const WsiLaneOptions lane = wsi_target_get_lane (self);
  WsiTargetKind kind = wsi_target_get_kind (self);
  g_autoptr (WsiRecorder) recorder = NULL;
  g_autoptr (WsiSource) source = NULL;

  if (!wsi_target_check (self, wrong, error))
    return NULL;

  if (kind == WSI_TARGET_FILE)
    {
      g_autoptr (GListModel) files = wsi_target_dup_files (self);
      g_autoptr (GArray) ports = make_ports (self, NULL);

      return wsi_session_open_files (session, files,
                                     target_start_get_text (self, WSI_TARGET_KEY_LOG), ports);
    }

  recorder = wsi_session_make_recorder (session, kind == WSI_TARGET_SERVER
                                        ? WSP_ROLE_SERVER : WSP_ROLE_CLIENT, &lane);
  source = wsi_target_make_source (self, recorder, WSI_PLACE_THREAD, wrong, error);
  if (source != NULL)
    wsi_session_add (session, source);
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
