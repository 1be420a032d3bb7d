/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A connection, the other end of its transport, and a tap that compares what it is notified of with
 * the bytes that have arrived there.  The tap is notified of each write at once, with the bytes
 * that the transport took. */
#pragma once

#include "connection/narrow-stream.h"

#include <libwsproto/wsproto.h>

typedef enum
{
  SOCKET_OF_PACKETS,            /* socket that takes all bytes; each write is a packet */
  SOCKET_WITH_LITTLE_ROOM,      /* socket that takes only a part of a long write */
  STREAM_OF_1000_BYTES,         /* stream that takes at most 1000 bytes before it blocks */
  STREAM_OF_3_BYTES,            /* stream that usually takes 3 bytes before it blocks, which may be
                                 * within a header */
  N_LINE_KINDS,
} LineKind;

extern const char *const line_kind_names[N_LINE_KINDS];

typedef enum
{
  LINE_CHECKED,                 /* a tap checks the bytes */
  LINE_LOOKED_AT,               /* a tap gets the bytes and checks nothing */
  LINE_UNTAPPED,
} LineTap;

typedef struct
{
  WspConnection *connection;
  WspRole        role;
  LineKind       kind;
  int            fd;            /* the other end of a socket; -1: the line is a stream */
  NarrowStream  *narrow;        /* the stream of the connection; NULL: the line is a socket */
  GByteArray    *arrived;
  GArray        *writes;        /* lengths of the writes (gsize); not kept for all kinds */
  WspTap        *tap;
  GByteArray    *notified;      /* bytes that the tap was notified of */
  GArray        *notified_writes;       /* lengths of the writes that the tap was notified of
                                         * (gsize) */
  GPtrArray     *kept_bytes;    /* bytes that the tap has kept, one for each write */
  GArray        *results;       /* number of notified bytes before each callback (gsize) */
  guint          n_messages;    /* number of messages that the other end has received */
} Line;

/* extensions: those negotiated; NULL = none. */
void line_init   (Line       *self,
                  WspRole     role,
                  LineKind    kind,
                  const char *extensions,
                  LineTap     tap);
void line_clear  (Line *self);
/* Sends a frame from the other end.  For a server the frame has a masking key of zeros. */
void line_answer (Line       *self,
                  guint8      first,
                  const char *payload);
/* Reads all that has arrived. */
void line_drain  (Line *self);
/* Runs the main loop until nothing more arrives. */
void line_run    (Line *self);
/* For an asynchronous send. */
void line_note_result (GObject      *source,
                       GAsyncResult *result,
                       gpointer      line);
/* Compares all that the tap knows with all that has arrived. */
void line_check_bytes (Line *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Line, line_clear)
