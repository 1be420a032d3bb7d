/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Clients that send raw bytes, for the tests of servers. */
#pragma once

#include <gio/gio.h>

#define KNOCK_KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define KNOCK_UPGRADE "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
#define KNOCK_VERSION "Sec-WebSocket-Version: 13\r\n"
#define KNOCK_HOST "Host: localhost\r\n"
#define KNOCK_FIELDS KNOCK_HOST KNOCK_UPGRADE KNOCK_KEY KNOCK_VERSION
#define KNOCK_GET(path, more) "GET " path " HTTP/1.1\r\n" KNOCK_FIELDS more "\r\n"
#define KNOCK_REQUEST(more) KNOCK_GET ("/chat", more)

/* TRUE: servers use GIO's TLS in this run. */
gboolean knock_leaves_tls_to_gio (void);
/* Returns a non-blocking descriptor. */
int   knock_dial         (guint16 port);
int   knock_dial_address (GSocketAddress *address);
void  knock_send         (int         fd,
                          const char *text);
/* Returns everything that is received until the peer closes, or until it ends with the expected
 * text.  The main loop runs meanwhile. */
char *knock_read         (int         fd,
                          const char *end);
/* Returns the descriptor of a client that has read the response to its request. */
int   knock_join         (guint16 port);
/* The number of sockets and other files that this process has open, but for epoll sets. */
guint knock_count_files (void);
/* Connects, sends, reads and disconnects. */
char *knock_ask          (guint16     port,
                          const char *request,
                          const char *end);
