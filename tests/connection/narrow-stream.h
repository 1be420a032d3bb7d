/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A stream in memory that can be polled and takes few bytes at once.  When its room is used up, it
 * blocks until the main loop polls it again.  It keeps the length of each write. */
#pragma once

#include <gio/gio.h>

#define NARROW_TYPE_STREAM (narrow_stream_get_type ())
G_DECLARE_FINAL_TYPE (NarrowStream, narrow_stream, NARROW, STREAM, GIOStream)

struct _NarrowStream
{
  GIOStream   parent_instance;
  GObject    *input, *output;
  gsize       room;             /* bytes that it takes before it blocks */
  gsize       wide_room;        /* used instead of room each fifth time; 0 = room */
  guint       n_blocked;        /* how often it has blocked */
  gsize       left;             /* of the room */
  gboolean    is_shut;          /* it takes nothing until this is cleared */
  GByteArray *written;          /* all that was written */
  GArray     *writes;           /* the length of each write: gsize */
  GByteArray *unread;           /* what the other side has sent */
};

NarrowStream *narrow_stream_new (gsize room);
