/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A server at the port of a browser: it gives each client the same answer, in the default
 * context. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define DEVTOOLS_OK "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s"

typedef struct
{
  GSocketService *service;
  guint16         port;
  const char     *answer;       /* response: a printf () format of a length and a body */
  char           *body;
  GString        *request;      /* bytes that were received */
  GCancellable   *cancellable;
} DevtoolsPeer;

/* body: with single quotes for double ones. */
void devtools_peer_init  (DevtoolsPeer *self,
                          const char   *answer,
                          const char   *body);
void devtools_peer_clear (DevtoolsPeer *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DevtoolsPeer, devtools_peer_clear)

G_END_DECLS
