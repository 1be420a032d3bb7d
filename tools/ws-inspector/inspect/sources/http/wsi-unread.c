/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/http/wsi-unread.h"

#include "inspect/sources/http/wsi-tunnel.h"
#include "inspect/sources/tls/wsi-tls-report.h"

#include <inttypes.h>
#include <string.h>

#define MAX_ROWS 16             /* rows of the report; the last one has all other ports */
#define OTHER_PORTS 0
#define MAX_TLS_RECORD (16384 + 2048)

typedef struct
{
  WsiContent content;
  guint16    port;              /* port of the server */
  guint64    n_packets;
} Row;

struct _WsiUnread
{
  GArray *rows;                 /* rows of the report (Row) */
  guint64 n_found;              /* connections that have a WebSocket */
};

WsiUnread *
wsi_unread_new (void)
{
  WsiUnread *self = g_new0 (WsiUnread, 1);

  self->rows = g_array_new (FALSE, TRUE, sizeof (Row));
  return self;
}

void
wsi_unread_free (WsiUnread *self)
{
  g_array_unref (self->rows);
  g_free (self);
}

/* Whether bytes begin a record of TLS (RFC 8446 5.1): type, version, length. */
static gboolean
unread_is_tls (const guint8 *at,
               gsize         length)
{
  return length >= 5 && at[0] >= 0x14 && at[0] <= 0x18 && at[1] == 3 && at[2] <= 4 &&
         (at[3] << 8 | at[4]) <= MAX_TLS_RECORD;
}

void
wsi_unread_classify (WsiTcpConnection *connection,
                     const guint8     *at,
                     gsize             length)
{
  static const char http_2[] = "PRI * HTTP/2.0";

  if (connection->tag != WSI_CONTENT_UNKNOWN)
    return;

  if (unread_is_tls (at, length))
    connection->tag = connection->has_no_beginning ? WSI_CONTENT_TLS : WSI_CONTENT_TUNNELLED_TLS;
  else if (length >= strlen (http_2) && memcmp (at, http_2, strlen (http_2)) == 0)
    connection->tag = WSI_CONTENT_HTTP_2;
}

/* The port of the server; without a SYN it is the lower one. */
static guint16
find_port (const WsiTcpConnection *connection)
{
  const WsiEndpoint *endpoints = connection->endpoints;

  if (connection->client != WSI_TCP_NO_SIDE)
    return endpoints[!connection->client].port;

  return MIN (endpoints[0].port, endpoints[1].port);
}

static Row *
unread_find_row (WsiUnread *self,
                 WsiContent content,
                 guint16    port)
{
  Row row = { content, port, 0 };

  for (guint i = 0; i < self->rows->len; i++)
    {
      Row *found = &g_array_index (self->rows, Row, i);

      if (found->content == content && found->port == port)
        return found;
    }
  if (self->rows->len >= MAX_ROWS && port != OTHER_PORTS)
    return unread_find_row (self, content, OTHER_PORTS);

  g_array_append_val (self->rows, row);
  return &g_array_index (self->rows, Row, self->rows->len - 1);
}

void
wsi_unread_count (WsiUnread              *self,
                  const WsiTcpConnection *connection)
{
  self->n_found += connection->tag == WSI_CONTENT_WEBSOCKET;
  if (connection->tag > WSI_CONTENT_WEBSOCKET)
    unread_find_row (self, connection->tag,
                     find_port (connection))->n_packets += connection->n_packets;
}

guint64
wsi_unread_get_n_found (const WsiUnread *self)
{
  return self->n_found;
}

/* The sentences about packets that were left out, and how to read them. */
static const struct
{
  const char *name, *hint;
} contents[] = {
  [WSI_CONTENT_TLS] = { "TLS", "encrypted, and its beginning is not in the capture: capture before "
                        "the client connects, and read it with --keylog" },
  [WSI_CONTENT_TUNNELLED_TLS] = {
    "TLS in a tunnel", "as of CONNECT or SOCKS, or after STARTTLS, and its beginning was not found: "
    "capture before the client connects, or let the client connect through wsinspect proxy"
  },
  [WSI_CONTENT_HTTP_2] = { "HTTP/2", WSI_HTTP_2_HINT },
  [WSI_CONTENT_DEEP_TUNNEL] = {
    "TLS in more than " G_STRINGIFY (WSI_TUNNEL_MAX_DEPTH) " tunnels",
    "of tunnels in each other " G_STRINGIFY (WSI_TUNNEL_MAX_DEPTH) " are opened: capture where the "
    "first of them has ended"
  },
};

void
wsi_unread_describe (const WsiUnread *self,
                     GStrvBuilder    *lines)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = &g_array_index (self->rows, Row, i);
      g_autofree char *place = row->port == OTHER_PORTS ? g_strdup ("other ports")
                               : g_strdup_printf ("port %u", row->port);
      g_autofree char *line =
        g_strdup_printf ("%" PRIu64 " packet%s of %s on %s %s left out (%s)", row->n_packets,
                         row->n_packets == 1 ? "" : "s", contents[row->content].name, place,
                         row->n_packets == 1 ? "was" : "were", contents[row->content].hint);

      g_strv_builder_add (lines, line);
    }
}
