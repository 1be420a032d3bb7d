/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A stream in memory that can be polled and takes few bytes at once.  When its room is used up, it
 * blocks until the main loop polls it again.  It keeps the length of each write. */
#pragma once

#include "connection/polled-stream.h"

#define NARROW_TYPE_STREAM (narrow_stream_get_type ())
G_DECLARE_FINAL_TYPE (NarrowStream, narrow_stream, NARROW, STREAM, PolledStream)

struct _NarrowStream
{
  PolledStream parent_instance;
  gsize       room;             /* number of bytes that the stream takes before it blocks */
  gsize       wide_room;        /* room of each fifth time; 0 = the same as room */
  guint       n_blocked;        /* number of times that the stream has blocked */
  gsize       left;             /* number of bytes that are left of the room */
  gboolean    is_shut;          /* TRUE if the stream takes nothing until this is cleared */
  GByteArray *written;          /* bytes that were written to the stream */
  GArray     *writes;           /* lengths of the writes (gsize) */
  GByteArray *unread;           /* bytes that the other side has sent, not yet read */
};

NarrowStream *narrow_stream_new (gsize room);
