/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The hub joins the connections of all threads and the thread that serves inspectors.  It lists the
 * connections, and holds the records that wait.  Any thread may call it. */
#pragma once

#include "attach/wsp-attach-private.h"
#include "attach/wsp-attach-ring-private.h"

G_BEGIN_DECLS

typedef struct                  /* an inspector */
{
  WspAttachReader reader;
  gboolean        is_watching;
  gboolean        is_round_due; /* another round of the connections was asked for */
  gboolean        is_in_round;  /* the connections are being shown */
  gint64          round_us;     /* time at which the last round began; 0: no round has begun */
  gint64          taken_us;     /* time at which the inspector last took records */
} WspAttachInspector;

typedef struct                  /* a direction of an entry */
{
  guint64  offset;              /* offset of the next byte to pass; valid while is_told */
  gboolean is_told;
} WspAttachWay;

typedef struct                  /* a source, as records name it */
{
  guint32      number;
  gboolean     is_closed;       /* CLOSED was sent */
  gboolean     is_position_due; /* a POSITION of the received direction is due at the end of the message in progress */
  WspAttachWay ways[2];         /* state of each direction, by WspDirection */
} WspAttachSubject;

/* wake: tells the serving thread that records wait. */
void     wsp_attach_hub_begin  (void (*wake)(void));
/* From now on no record is made: the process is the child of a fork, or there is no service.  The
 * caller has the lock, as for find () and put () below. */
void     wsp_attach_hub_end    (void);
void     wsp_attach_hub_lock   (void);
void     wsp_attach_hub_unlock (void);

guint    wsp_attach_hub_get_n_connections (void);
/* FALSE: there are too many inspectors. */
gboolean wsp_attach_hub_enter  (WspAttachInspector *inspector);
void     wsp_attach_hub_leave  (WspAttachInspector *inspector);
/* Another round for the inspector becomes due.  wanted: taken; has the numbers of the connections
 * as keys; NULL = all.  FALSE: there is no memory. */
gboolean wsp_attach_hub_want   (WspAttachInspector *inspector,
                                GHashTable         *wanted);
/* Asks some connections to show themselves, unless inspectors have much to take first.  Returns
 * after how many milliseconds it wants to be called again; -1: after the next WATCH. */
int      wsp_attach_hub_show_some (void);
/* For inspectors that watch.  As wsp_attach_ring_take ().  0: nothing waits, and wake is called for
 * what comes. */
gsize    wsp_attach_hub_take   (WspAttachInspector *inspector,
                                guint8             *to,
                                gsize               room);

/* The caller has the lock.  NULL: the source is not known, or there is no inspector. */
WspAttachSubject *wsp_attach_hub_find (GObject *source);
/* The caller has the lock. */
void     wsp_attach_hub_put    (WspAttachKind        kind,
                                guint32              connection,
                                gint64               wall_us,
                                const WspAttachPart *parts,
                                guint                n_parts);
/* The length of a text, in bytes, without the characters beyond max bytes. */
gsize    wsp_attach_cut_text   (const char *text,
                                gsize       max);
/* For the tap.  The functions of a source; NULL: it has none. */
const WspAttachFuncs *wsp_attach_hub_get_funcs (GObject *source);
/* No inspector watches: removes the tap from the source. */
void     wsp_attach_hub_remove_tap (GObject *source);

G_END_DECLS
