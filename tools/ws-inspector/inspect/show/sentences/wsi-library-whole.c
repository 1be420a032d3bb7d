/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/sentences/wsi-library-texts.h"

#include <glib/gi18n.h>
#include <libwsproto/observe/wsp-fault.h>
#include <libwsproto/wsproto.h>
#include <string.h>

#define FIRST_FAULT 2           /* first fault: 0 and 1 are none */

static const char *const whole[] = {
  /* Rules of the handshake; the texts of faults are in fault-rows.h */
  N_("Request must be well-formed HTTP"),
  N_("Request line must be GET, a path and HTTP/1.1"),
  N_("Expected one Host header, host[:port]"),
  N_("Upgrade must contain \"websocket\""),
  N_("Connection must contain \"upgrade\""),
  N_("Expected one Sec-WebSocket-Key: 16 bytes in base64"),
  N_("Expected one Sec-WebSocket-Version header with value 13"),
  N_("Sec-WebSocket-Protocol must list tokens without duplicates"),
  N_("Sec-WebSocket-Extensions must list offers without duplicates"),
  N_("Browsers send one Origin header, which the server can check"),
  N_("Request must not have a body"),
  N_("Client must not send data before the response"),
  N_("Response must be well-formed HTTP/1.1"),
  N_("Status must be 101"),
  N_("Response Upgrade must be exactly \"websocket\""),
  N_("Response Connection must contain \"upgrade\""),
  N_("Sec-WebSocket-Accept must match the key"),
  N_("Response extensions must match the offer"),
  N_("Response subprotocol must be one that was offered"),
  N_("Response must not have a body"),
  N_("Response with status 426 should list supported versions in Sec-WebSocket-Version"),
  N_("not present"),
  N_("not checked: the request could not be read"),
  N_("not checked: no response was received"),
  N_("not checked: the response could not be read"),
  N_("not checked: HTTP/2"),
  N_("not checked: the status is not 101"),
  N_("not checked: the status is not 426"),
  N_("not checked: the request does not have exactly one key"),
  /* Hints about the status of a response */
  N_("interim response; the final response has not been received"),
  N_("not a WebSocket endpoint: wrong path, or a proxy removed the Upgrade header"),
  N_("redirect"),
  N_("server rejected the request: see the request checks"),
  N_("server requires authentication"),
  N_("forbidden; often the Origin is not allowed"),
  N_("forbidden; often the Origin is not allowed, or User-Agent is missing"),
  N_("no such path on the server"),
  N_("GET is not allowed at this path"),
  N_("proxy requires authentication"),
  N_("path was removed"),
  N_("server requires Upgrade or another version"),
  N_("too many requests from this client"),
  N_("proxy cannot reach the server"),
  N_("server error, or a proxy cannot reach it"),
  N_("server rejected the request"),
  /* Errors */
  N_("Connection is closing or closed"),
  N_("Connection is closed"),
  N_("Connection was aborted"),
  N_("Connection has no stream"),
  N_("Cannot begin a message: another one is being written to its stream (close that stream "
     "first)"),
  N_("Operation was cancelled"),
  N_("TLS: expected close_notify, received the end of the stream"),
  N_("TLS: the peer asked for a renegotiation, which is refused"),
  N_("TLS handshake: expected a certificate of the client, received none (see "
     "WspServer:tls-authentication-mode)"),
  N_("TLS handshake: the certificate of the client is not trusted (see WspServer:tls-database)"),
  N_("Certificate is not accepted"),
  N_("Another protocol than http/1.1 was chosen by ALPN"),
  N_("Proxy sent unexpected data before the TLS handshake"),
  N_("Server selected none of the offered subprotocols (see WspClient:subprotocol-required)"),
  N_("it leaves wss, or is a Unix socket"),
  N_("Peer ended the connection during the opening handshake"),
  N_("Opening handshake took too long"),
  N_("Server is being shut down"),
  N_("check the URI, and use wss:// if the port has TLS"),
  N_("check the URI, and set WspClient:tls-certificate if the server requires one"),
  N_("often the Origin: see WspClient:origin"),
  N_("often the Origin, or a missing User-Agent: see WspClient:origin, WspClient:user-agent"),
  N_("set Authorization in WspClient::authenticate"),
  N_("see WspClient:max-redirects"),
  /* The folder of wsp_attach_enable () */
  N_("XDG_RUNTIME_DIR is not set; expected the user's own folder, such as /run/user/1000 (sudo and "
     "su do not set it)"),
  N_("XDG_RUNTIME_DIR is not an absolute path; expected the user's own folder, such as "
     "/run/user/1000"),
};

char *
wsi_library_dup_fault_text (guint fault)
{
  const char *description = wsp_fault_describe (fault);
  const char *section = wsp_fault_get_section (fault);
  gsize length = strlen (description);

  return g_strndup (description, section != NULL ? length - strlen (section) - strlen (" ()")
                                                 : length);
}

static GHashTable *
make_set (void)
{
  GHashTable *set = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < G_N_ELEMENTS (whole); i++)
    g_hash_table_add (set, (gpointer) whole[i]);
  for (guint i = FIRST_FAULT; wsp_fault_get_name (i) != NULL; i++)
    g_hash_table_add (set, wsi_library_dup_fault_text (i));
  return set;
}

gboolean
wsi_library_text_is_whole (const char *english)
{
  static GHashTable *set;

  if (g_once_init_enter (&set))
    g_once_init_leave (&set, make_set ());

  return g_hash_table_contains (set, english);
}
