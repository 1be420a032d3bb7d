/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Report: the log lines of a connection.  The end of a connection has level debug, an exceeded
 * limit level info. */
#include "connection/report/wsp-report-private.h"

#include <gio/gunixsocketaddress.h>

#include "log/wsp-log-private.h"

static char *
name_inet (GInetSocketAddress *address)
{
  GInetAddress *host = g_inet_socket_address_get_address (address);
  gboolean is_ipv6 = g_inet_address_get_family (host) == G_SOCKET_FAMILY_IPV6;
  g_autofree char *name = g_inet_address_to_string (host);

  return g_strdup_printf (is_ipv6 ? "[%s]:%u" : "%s:%u", name,
                          g_inet_socket_address_get_port (address));
}

char *
wsp_report_name_peer (GSocketAddress *address)
{
  if (G_IS_INET_SOCKET_ADDRESS (address))
    return name_inet (G_INET_SOCKET_ADDRESS (address));

  if (!G_IS_UNIX_SOCKET_ADDRESS (address))
    return NULL;

  if (g_unix_socket_address_get_path_len (G_UNIX_SOCKET_ADDRESS (address)) == 0)
    return g_strdup ("unix");

  return g_strconcat ("unix:", g_unix_socket_address_get_path (G_UNIX_SOCKET_ADDRESS (address)),
                      NULL);
}

void
wsp_report_open (guint       number,
                 const char *peer,
                 WspRole     role,
                 const char *subprotocol,
                 const char *extensions)
{
  const WspLogFields fields = { .connection = number, .peer = peer };

  wsp_log (WSP_LOG_HANDSHAKE, WSP_LOG_LEVEL_DEBUG, &fields,
           "Open as %s, subprotocol: %s, extensions: %s",
           role == WSP_ROLE_SERVER ? "server" : "client",
           subprotocol != NULL ? subprotocol : "none", extensions != NULL ? extensions : "none");
}

gboolean
wsp_report_is_end_logged (void)
{
  return wsp_log_is_enabled (WSP_LOG_CLOSE, WSP_LOG_LEVEL_DEBUG);
}

void
wsp_report_end (guint         number,
                const char   *peer,
                WspCloseInfo *info)
{
  g_autofree char *sentence = wsp_close_info_to_string (info);
  const WspLogFields fields = {
    .connection = number,
    .peer = peer,
    .close_code = wsp_close_info_get_peer_code (info),
  };

  wsp_log (WSP_LOG_CLOSE, WSP_LOG_LEVEL_DEBUG, &fields, "%s", sentence);
}

void
wsp_report_drop (guint       number,
                 const char *peer)
{
  const WspLogFields fields = { .connection = number, .peer = peer };

  wsp_log (WSP_LOG_CLOSE, WSP_LOG_LEVEL_DEBUG, &fields,
           "Dropped without a Close: the last reference was released (keep one, or call "
           "close_async ())");
}

void
wsp_report_unread (guint       number,
                   const char *peer,
                   guint       seconds)
{
  const WspLogFields fields = { .connection = number, .peer = peer };

  wsp_log (WSP_LOG_IO, WSP_LOG_LEVEL_MESSAGE, &fields,
           "Messages wait for %u s: expected a handler of message on the new connection, "
           "start_receiving () or receive_async (), received none (call start_receiving () if the "
           "handler was connected later, or if the program only sends)", seconds);
}

void
wsp_report_limit (guint       number,
                  const char *peer,
                  const char *limit,
                  const char *text)
{
  const WspLogFields fields = { .connection = number, .peer = peer, .limit = limit };

  wsp_log (WSP_LOG_LIMITS, WSP_LOG_LEVEL_INFO, &fields, "%s", text);
}

void
wsp_report_timer (guint       number,
                  const char *peer,
                  const char *text)
{
  const WspLogFields fields = { .connection = number, .peer = peer };

  wsp_log (WSP_LOG_TIMERS, WSP_LOG_LEVEL_DEBUG, &fields, "%s", text);
}
