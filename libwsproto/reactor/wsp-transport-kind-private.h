/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Shared by the kinds of transport, for their own files only. */
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
typedef GIOStream *(*WspTransportMakeStreamFunc) (int fd);
typedef void (*WspTransportDescribeFunc) (WspTransport    *self,
                                          WspTransportTls *tls);

typedef struct
{
  gsize                 size;           /* size of the kind's own struct, in bytes */
  WspTransportIoFunc    read, write;
  WspTransportCallFunc  arm;            /* watches the events that the owner waits for */
  WspTransportCallFunc  shutdown;
  WspTransportCloseFunc close;
  WspTransportCallFunc  clear;          /* clears the kind's own members before the memory is freed; NULL: there is nothing to clear */
  WspTransportMakeStreamFunc make_stream;       /* makes a stream, which takes fd, unless it fails;
                                                   NULL: there is a stream from the beginning, or
                                                   none */
  WspTransportDescribeFunc describe_tls;        /* describes TLS that has no stream; NULL: the kind has none */
} WspTransportKind;

#define WSP_TLS_RECORD_SIZE (16 * 1024)         /* of plain text at most: RFC 8446 5.1 */

typedef struct                  /* of a stream that the program has, too */
{
  WspShared     shared;         /* the first member: its address is that of the struct */
  WspTransport *transport;
  GIOStream    *bottom;         /* the stream below all TLS; NULL: it is unknown */
  GInputStream  *input;         /* duplicates of pipes, which are read and written instead of the */
  GOutputStream *output;        /* stream's own; NULL: no pipe */
  gboolean      has_shut_down;  /* the transport has ended the output */
} WspTransportShare;

typedef struct                  /* data that most transports do not have */
{
  GError            *error;     /* error of reads and writes from now on; NULL: none */
  GError            *write_error;       /* error of writes from now on: input can still be read; NULL: none */
  GIOStream         *stream;    /* stream of the transport; NULL: not made yet */
  WspTransportShare *share;     /* data of a stream that the program has, too; NULL: the program does not have the stream */
} WspTransportRest;

struct _WspTransport            /* the first members, up to due_events, are used by each read and write */
{
  const WspTransportKind *kind;
  WspWatch                watch;        /* watch of the socket, if there is one */
  WspTransportFunc        ready;
  gpointer                owner;
  WspTransportRest       *rest;         /* data that most transports do not have; NULL: there is no error and no stream */
  int                     fd;           /* descriptor of the socket, the stream's if there is a
                                           stream without a share, else the transport's own; -1: no
                                           socket to watch */
  guint16                 ref_count;    /* the owner, a due call and each call under way hold a reference */
  guint8                  events;       /* the events that the owner waits for */
  guint8                  due_events;   /* the events that the due call notifies the owner of */
  WspReactor             *reactor;
  WspDue                  due;
};

/* Returns the error that reads and writes return from now on; NULL: no error. */
static inline const GError *
wsp_transport_peek_error (const WspTransport *self)
{
  return self->rest != NULL ? self->rest->error : NULL;
}

/* Returns the error that writes return from now on; NULL: no error. */
static inline const GError *
wsp_transport_peek_write_error (const WspTransport *self)
{
  const GError *error = wsp_transport_peek_error (self);

  return error == NULL && self->rest != NULL ? self->rest->write_error : error;
}

/* NULL: it was not made yet, or there is none. */
static inline GIOStream *
wsp_transport_peek_stream (const WspTransport *self)
{
  return self->rest != NULL ? self->rest->stream : NULL;
}

/* TRUE: the program has closed the stream.  Reads and writes fail from now on, and the peer sees
 * the end.  Call it only if there is a share. */
gboolean          wsp_transport_check_share    (WspTransport *self);

/* TRUE: reads and writes return the error. */
static inline gboolean
wsp_transport_has_failed (WspTransport *self)
{
  return self->rest != NULL &&
         (self->rest->error != NULL ||
          (self->rest->share != NULL && wsp_transport_check_share (self)));
}

WspTransportRest *wsp_transport_ensure_rest    (WspTransport *self);
/* The program has the stream of the transport, too, and fd is our own. */
WspTransportShare *wsp_transport_begin_share   (WspTransport *self);
/* Closes our own descriptors.  Does nothing without a share. */
void              wsp_transport_end_share      (WspTransport *self);
/* The stream below all TLS connections: there are two of these if the connection goes through a
 * proxy that uses TLS.  NULL: it is unknown. */
GIOStream        *wsp_transport_dup_bottom     (GIOStream *stream);
/* stream, bottom: nullable. */
gboolean          wsp_transport_is_closed      (GIOStream *stream,
                                                GIOStream *bottom);
GError           *wsp_transport_make_closed_error (void);

/* wsp-transport-socket.c */
extern const WspTransportKind wsp_transport_socket_kind;
/* wsp-transport-stream.c */
extern const WspTransportKind wsp_transport_stream_kind;
void            wsp_transport_stream_begin     (WspTransport *self);
/* wsp-transport-async.c */
extern const WspTransportKind wsp_transport_async_kind;
void            wsp_transport_async_begin      (WspTransport *self);

/* Makes a transport that has no owner yet. */
WspTransport   *wsp_transport_new              (const WspTransportKind *kind,
                                                WspReactor             *reactor,
                                                int                     fd);
WspTransport   *wsp_transport_ref              (WspTransport *self);
void            wsp_transport_unref            (WspTransport *self);
/* Call it from a dispatch that holds a reference. */
void            wsp_transport_notify           (WspTransport  *self,
                                                WspWatchEvents events);
/* Notifies the owner of the events later: at the end of this dispatch, or in the next dispatch. */
void            wsp_transport_queue_notify     (WspTransport  *self,
                                                WspWatchEvents events,
                                                WspDueTime     time);
/* Takes the error, which reads and writes return from now on, and notifies the owner. */
void            wsp_transport_fail             (WspTransport *self,
                                                GError       *error);
gssize          wsp_transport_return_error     (WspTransport *self,
                                                GError      **error);
/* As wsp_transport_return_error (), for a write. */
gssize          wsp_transport_return_write_error (WspTransport *self,
                                                  GError      **error);
/* Holds a reference until the stream is closed. */
void            wsp_transport_close_stream     (WspTransport *self);
/* Closes the descriptor of a socket: the peer sees the end, also while a child of a fork () has the
 * descriptor, too. */
void            wsp_transport_close_descriptor (WspTransport *self);
/* The error for an errno; NULL if number is 0. */
GError         *wsp_transport_make_error       (int number);
/* The error for a peer that has no permitted version of TLS, the only G_TLS_ERROR_HANDSHAKE. */
GError         *wsp_transport_make_version_error (void);
/* Waits for these events of the socket. */
void            wsp_transport_watch_socket     (WspTransport  *self,
                                                WspWatchEvents events,
                                                WspWatchFunc   ready);
/* Returns bytes from offset on: at least as many as a TLS record takes, or all that are left.  If
 * they are in one vector, they are not copied; otherwise record gets a copy of them. */
struct iovec    wsp_transport_gather           (const struct iovec *vectors,
                                                guint               n_vectors,
                                                gsize               offset,
                                                guint8             *record);
/* Returns the GTlsConnection of the transport; NULL: the transport has no TLS of GIO. */
GTlsConnection *wsp_transport_get_tls          (WspTransport *self);
/* Returns the GTlsConnection inside a GSocketConnection that GSocketClient has made for TLS, whose
 * socket carries no plain text; else the stream itself. */
GIOStream      *wsp_transport_get_inner_stream (GIOStream *stream);
/* Returns the stream below TLS; NULL: the stream is unknown. */
GIOStream      *wsp_transport_dup_stream_below (GTlsConnection *tls);
/* Returns the events of a watch that the owner waits for; if the socket has ended or failed, all
 * events that the owner waits for.  Unwatches the socket if the owner waits for no event. */
WspWatchEvents  wsp_transport_filter_events    (WspTransport  *self,
                                                WspWatchEvents events);

G_END_DECLS
