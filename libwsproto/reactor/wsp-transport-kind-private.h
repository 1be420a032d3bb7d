/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What the kinds of transports share, for their own files. */
#pragma once

#include "reactor/wsp-transport-private.h"

G_BEGIN_DECLS

typedef gssize (*WspTransportIoFunc) (WspTransport       *self,
                                      const struct iovec *vectors,
                                      guint               n_vectors,
                                      GError            **error);
typedef void (*WspTransportCallFunc) (WspTransport *self);
typedef void (*WspTransportCloseFunc) (WspTransport     *self,
                                       WspTransportClose how);
typedef void (*WspTransportDescribeFunc) (WspTransport    *self,
                                          WspTransportTls *tls);

typedef struct
{
  gsize                 size;           /* of the kind's own struct */
  WspTransportIoFunc    read, write;
  WspTransportCallFunc  arm;            /* see that what is waited for is told */
  WspTransportCallFunc  shutdown;
  WspTransportCloseFunc close;
  WspTransportCallFunc  clear;          /* before the memory goes; may be NULL */
  WspTransportDescribeFunc describe_tls;        /* of TLS without a stream; else NULL */
} WspTransportKind;

#define WSP_TLS_RECORD_SIZE (16 * 1024)         /* of plain text at most: RFC 8446 5.1 */

struct _WspTransport            /* what a read or a write asks for stands together, up to due_events */
{
  const WspTransportKind *kind;
  WspWatch                watch;        /* of the socket, if there is one */
  WspTransportFunc        ready;
  gpointer                owner;
  GError                 *error;        /* what the next read and write fail with */
  int                     fd;           /* -1: no socket that tells what can be read */
  guint16                 ref_count;       /* the owner, a due call, every operation that is out */
  guint8                  events;       /* what the owner waits for */
  guint8                  due_events;         /* that the due call notifies of */
  WspReactor             *reactor;
  WspDue                  due;
  GIOStream              *stream;       /* NULL: nobody has asked for it */
};

/* wsp-transport-stream.c */
extern const WspTransportKind wsp_transport_stream_kind;
void          wsp_transport_stream_begin  (WspTransport *self);
/* wsp-transport-async.c */
extern const WspTransportKind wsp_transport_async_kind;
void          wsp_transport_async_begin   (WspTransport *self);

/* Owned by nobody yet. */
WspTransport *wsp_transport_new           (const WspTransportKind *kind,
                                           WspReactor             *reactor,
                                           int                     fd);
WspTransport *wsp_transport_ref           (WspTransport *self);
void          wsp_transport_unref          (WspTransport *self);
gboolean      wsp_transport_is_owned      (WspTransport *self);
/* By a dispatch, which keeps the transport alive. */
void          wsp_transport_notify          (WspTransport  *self,
                                             WspWatchEvents events);
/* Of the running dispatch, or of one of its own. */
void          wsp_transport_queue_notify     (WspTransport  *self,
                                              WspWatchEvents events,
                                              WspDueTurn     turn);
/* Takes the error: the owner hears of it by what it waits for. */
void          wsp_transport_fail          (WspTransport *self,
                                           GError       *error);
gssize        wsp_transport_return_error  (WspTransport *self,
                                           GError      **error);
/* Waits for these events of the socket. */
void          wsp_transport_watch_socket  (WspTransport  *self,
                                           WspWatchEvents events,
                                           WspWatchFunc   ready);
/* The bytes behind offset, at least as many as a record of TLS takes, if there are so many: in
 * place where one vector has them, else put together in record. */
struct iovec  wsp_transport_gather        (const struct iovec *vectors,
                                           guint               n_vectors,
                                           gsize               offset,
                                           guint8             *record);
/* The stream of TLS; NULL: it is none. */
GTlsConnection *wsp_transport_get_tls     (WspTransport *self);
/* What TLS runs on; NULL: it does not say. */
GIOStream    *wsp_transport_dup_stream_below (GTlsConnection *tls);
/* What a socket that has ended or failed has to tell. */
WspWatchEvents wsp_transport_filter_events     (WspTransport  *self,
                                                WspWatchEvents events);

G_END_DECLS
