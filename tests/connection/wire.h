/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Helpers of the tests of connections and endpoints: pairs of sockets, peers of raw bytes, logs of
 * signals. */
#pragma once

#include <glib-unix.h>
#include <libwsproto/wsproto-unsafe.h>

typedef struct
{
  WspConnection *connection;
  GString       *log;           /* signals and results in their order, one word each */
  guint          n_messages;
  gsize          n_bytes;
  GPtrArray     *messages;
  gboolean       is_closed;
  gboolean       echoes;
} Watched;

/* Raw is an open connection whose peer is a descriptor. */
typedef struct
{
  WspConnection *connection;
  Watched       *watched;
  int            fd;
  GError        *error;         /* error of a call of the test; NULL: none */
} Raw;

/* Two open connections, client and server, on a pair of sockets. */
void           wire_pair        (WspConnection **client,
                                 WspConnection **server);
/* An open connection whose peer is a descriptor. */
WspConnection *wire_raw         (WspRole role,
                                 int    *fd);
Raw           *raw_new          (WspRole role);
void           raw_end          (Raw *self);            /* aborts, and waits for the end */
void           raw_free         (Raw *self);
void           wire_write       (int         fd,
                                 const char *hex);
/* Writes a frame of 80 KiB whose payload is not complete. */
void           wire_write_unfinished (int fd);
/* Reads so many bytes while the main loop runs; lower-case hex with blanks. */
char          *wire_read        (int   fd,
                                 gsize length);
gboolean       wire_is_ended    (int fd);       /* waits for a byte or the end; TRUE at the end */

Watched       *watch            (WspConnection *connection);
/* A handler of WspServer::connection: the connection sends back what it receives. */
void           watch_echoing    (gpointer       server,
                                 WspConnection *connection,
                                 Watched      **place);
/* wire_pair (); only the two Watched hold references to the connections. */
void           wire_watched_pair (Watched **client,
                                  Watched **server);
void           watched_leave_messages (Watched *self);          /* to a message function */
void           watched_free     (Watched *self);
void           run_until        (gboolean *condition);
void           run_until_closed (Watched *self);
void           run_until_count  (guint *counter,
                                 guint  count);
/* The same for a number that other threads change. */
void           run_until_atomic (guint *number,
                                 guint  expected);
void           run_pending      (void);
void           keep_result      (GObject      *source,
                                 GAsyncResult *result,
                                 gpointer      place);
void           run_until_result (GAsyncResult **place);
/* Sends a new message, as wsp_connection_send_message_async () does. */
void           wire_send_text   (WspConnection      *connection,
                                 const char         *text,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data);
void           wire_send_binary (WspConnection      *connection,
                                 const guint8       *data,
                                 gsize               length,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data);
WspMessage    *receive          (WspConnection *connection,
                                 GError       **error);
/* Sets a property that is a number of 32 or 64 bits. */
void           wire_set_number  (gpointer    object,
                                 const char *property,
                                 guint64     value);
/* Gives a connection limits of its own, which differ in one value. */
void           wire_limit       (WspConnection *connection,
                                 const char    *property,
                                 guint64        value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Watched, watched_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Raw, raw_free)
