/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One call of a client, and its result. */
#pragma once

#include "connection/wire.h"
#include "endpoint/far/far.h"

typedef struct
{
  WspClient     *client;
  WspHandshake  *handshake;
  GCancellable  *cancellable;
  GAsyncResult  *result;
  WspConnection *connection;
  GError        *error;
} Dialed;

/* Replaces PORT in the format by the port of a far side. */
char      *far_make_uri (const char *format,
                         Far        *far);
/* proxy NULL: none. */
WspClient *dial_client (const char *proxy);
void       dial_begin  (Dialed     *self,
                        WspClient  *client,
                        const char *uri,
                        WspHeaders *headers);
void       dial_wait   (Dialed *self);
/* dial_client () and the call, with a URI made from a format and a port. */
void       dial        (Dialed     *self,
                        WspClient  *client,
                        const char *format,
                        guint16     port);
/* dial_is_open () checks that the call has connected, and that the connection receives "hi";
 * dial_has_failed () that the call has failed with this error, whose message contains text. */
void       dial_is_open (Dialed *self);
void       dial_has_failed (Dialed     *self,
                            GQuark      domain,
                            int         code,
                            const char *text);
/* For the signal "authenticate": counts the requests, and gives a login. */
gboolean   dial_offer_login (WspClient    *client,
                             WspHandshake *handshake,
                             gboolean      retrying,
                             guint        *n_asked);
guint      dial_get_status (Dialed *self);
char      *dial_dup_body   (Dialed *self);
void       dial_clear      (Dialed *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Dialed, dial_clear)

#define g_assert_contains(text, part) g_assert_nonnull (strstr (text, part))
#define g_assert_lacks(text, part) g_assert_null (strstr (text, part))
