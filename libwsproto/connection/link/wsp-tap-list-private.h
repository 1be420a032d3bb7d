/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The taps of one connection: they observe the bytes that are read and written, and its state. */
#pragma once

#include <libwsproto/tap/wsp-tap.h>

#include "core/stream/stream.h"

#include <sys/uio.h>

G_BEGIN_DECLS

typedef struct _WspTapList WspTapList;

typedef void (*WspTapListTold) (GObject *source);

struct _WspTapList
{
  GObject       *source;
  WspTapListTold told;
  GPtrArray     *list;          /* taps (WspTap) */
  guint          n_notifying;   /* > 1: a main loop inside a tap has called this code again */
  int            depth;         /* depth of the main loop that calls the taps */
};

/* source: the object that the taps observe; not referenced.  `told`: called after all taps have
 * returned from an event; may free the taps. */
WspTapList *wsp_tap_list_new      (GObject       *source,
                                   WspTapListTold told);
void        wsp_tap_list_free     (WspTapList *self);
void        wsp_tap_list_add      (WspTapList *self,
                                   WspTap     *tap);
/* Returns the removed tap, (transfer full): its finalizer may be code of the program, and may
 * drop the taps.  NULL: the tap was not in the list. */
WspTap     *wsp_tap_list_remove   (WspTapList *self,
                                   WspTap     *tap);
gboolean    wsp_tap_list_is_empty (const WspTapList *self);

/* TRUE: a tap runs now, or a main loop inside a tap.  self may be NULL. */
static inline gboolean
wsp_tap_list_is_notifying (const WspTapList *self)
{
  return self != NULL && self->n_notifying > 0;
}

/* TRUE: the caller is a tap, and not a callback in a main loop inside a tap, whose calls have a
 * greater depth.  self may be NULL. */
static inline gboolean
wsp_tap_list_is_calling (const WspTapList *self)
{
  return wsp_tap_list_is_notifying (self) && g_main_depth () == self->depth;
}

/* self may be NULL in the following functions. */
void wsp_tap_list_notify_read    (WspTapList   *self,
                                  const guint8 *data,
                                  gsize         length);
/* The first n_bytes of the vectors were written. */
void wsp_tap_list_notify_written (WspTapList         *self,
                                  const struct iovec *vectors,
                                  guint               n_vectors,
                                  gsize               n_bytes);
void wsp_tap_list_notify_state   (WspTapList *self);

G_END_DECLS
