/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The taps of one connection: they observe the bytes that are read and written, and the events
 * that these bytes mean. */
#pragma once

#include <libwsproto/tap/wsp-tap.h>

#include "core/stream/stream.h"

#include <sys/uio.h>

G_BEGIN_DECLS

typedef struct _WspTaps WspTaps;

typedef void (*WspTapsTold) (GObject *source);

struct _WspTaps
{
  GObject    *source;
  WspTapsTold told;
  GPtrArray  *list;             /* taps (WspTap) */
  guint       n_notifying;      /* > 1: a main loop inside a tap has called this code again */
  int         depth;            /* depth of the main loop that calls the taps */
};

/* source: the object that the taps observe; not referenced.  `told`: called after all taps have
 * returned from an event; may free the taps. */
WspTaps *wsp_taps_new        (GObject    *source,
                              WspTapsTold told);
void     wsp_taps_free       (WspTaps *self);
void     wsp_taps_add        (WspTaps *self,
                              WspTap  *tap);
/* Returns the removed tap, (transfer full): its finalizer may be code of the program, and may
 * drop the taps.  NULL: the tap was not in the list. */
WspTap  *wsp_taps_remove     (WspTaps *self,
                              WspTap  *tap);
gboolean wsp_taps_is_empty   (const WspTaps *self);

/* TRUE: a tap runs now, or a main loop inside a tap.  self may be NULL. */
static inline gboolean
wsp_taps_is_notifying (const WspTaps *self)
{
  return self != NULL && self->n_notifying > 0;
}

/* TRUE: the caller is a tap, and not a callback in a main loop inside a tap, whose calls have a
 * greater depth.  self may be NULL. */
static inline gboolean
wsp_taps_is_calling (const WspTaps *self)
{
  return wsp_taps_is_notifying (self) && g_main_depth () == self->depth;
}

/* self may be NULL in the following functions.  length 0: the input has ended. */
void     wsp_taps_notify_read     (WspTaps      *self,
                                   const guint8 *data,
                                   gsize         length);
void     wsp_taps_notify_received (WspTaps           *self,
                                   const WscReceived *received);
/* The first n_bytes of the vectors were written. */
void     wsp_taps_notify_written  (WspTaps            *self,
                                   const struct iovec *vectors,
                                   guint               n_vectors,
                                   gsize               n_bytes);
/* The last byte of a message, a piece of a message or a control frame was written. */
void     wsp_taps_notify_sent     (WspTaps      *self,
                                   WscBufferType type,
                                   guint16       close_code);
void     wsp_taps_notify_state    (WspTaps *self);

G_END_DECLS
