/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The life of a connection: one state, which only moves forward, and a table of what is true in
 * each state.  docs/rationales/connection.md has the reasons. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  WSP_LIFE_UNSTARTED,           /* no transport yet: the program sees a closed connection */
  WSP_LIFE_OPEN,
  WSP_LIFE_CLOSING,             /* a Close was sent or received, or the stream has failed */
  WSP_LIFE_INPUT_ONLY,          /* a write has failed: the rest of the input is received */
  WSP_LIFE_DRAINING,            /* everything is written; input is dropped until the end */
  WSP_LIFE_LOST,                /* the transport has failed or was dropped: the end is due */
  WSP_LIFE_ENDED,               /* the transport is closed; `closed` is due */
  WSP_LIFE_CLOSED,              /* `closed` is being emitted, or was */
  WSP_N_LIFE_STATES,
} WspLifeState;

typedef enum                    /* the values of WspConnectionState */
{
  WSP_LIFE_SHOWS_OPEN = 1,
  WSP_LIFE_SHOWS_CLOSING,
  WSP_LIFE_SHOWS_CLOSED,
} WspLifeShown;

typedef struct                  /* 8 bytes: to find a row takes no instruction of its own */
{
  WspLifeShown shown;           /* the value of WspConnection:state */
  guint8       sends;           /* frames may be sent */
  guint8       receives;        /* frames may be received */
  guint8       has_transport;   /* there is a transport, and it has not failed */
  guint8       has_ended;       /* calls get their result at once; there is a close info */
} WspLifeRow;

typedef struct                  /* all zero: UNSTARTED */
{
  _Atomic guint8 state;         /* WspLifeState; other threads read it */
  guint8 notified : 2;          /* WspLifeShown: what the program was last notified of; 0 = nothing */
  guint8 has_notified_closing : 1;      /* `closing` was emitted */
  guint8 was_closed_by_peer : 1;        /* the peer's Close was received before one was sent */
  guint8 has_notified_peer_close : 1;   /* peer-close-code and peer-close-reason were notified */
  guint8 is_held : 1;           /* the connection keeps itself alive until it is CLOSED */
} WspLife;

extern const WspLifeRow wsp_life_rows[WSP_N_LIFE_STATES];

/* FALSE: the connection was in this state before, or is in a later state. */
gboolean wsp_life_enter (WspLife     *self,
                         WspLifeState state);

static inline WspLifeState
wsp_life_get_state (const WspLife *self)
{
  return (WspLifeState) self->state;
}

static inline const WspLifeRow *
wsp_life_get_row (const WspLife *self)
{
  return &wsp_life_rows[self->state];
}

static inline gboolean
wsp_life_sends (const WspLife *self)
{
  return wsp_life_get_row (self)->sends;
}

static inline gboolean
wsp_life_receives (const WspLife *self)
{
  return wsp_life_get_row (self)->receives;
}

static inline gboolean
wsp_life_has_transport (const WspLife *self)
{
  return wsp_life_get_row (self)->has_transport;
}

static inline gboolean
wsp_life_has_ended (const WspLife *self)
{
  return wsp_life_get_row (self)->has_ended;
}

G_END_DECLS
