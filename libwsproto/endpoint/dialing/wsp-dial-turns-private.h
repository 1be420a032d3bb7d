/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Who of many may connect now: one at a time to each place, and not too many altogether (RFC 6455
 * 4.1). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WSP_MAX_DIAL_TURNS 30        /* at once, of one client */

typedef struct _WspDialTurns WspDialTurns;
typedef struct _WspDialTurn WspDialTurn;
typedef void (*WspDialTurnFunc) (WspDialTurn *turn);

typedef enum
{
  WSP_DIAL_TURN_NONE,
  WSP_DIAL_TURN_WAITS,
  WSP_DIAL_TURN_HAS_COME,
} WspDialTurnState;

struct _WspDialTurn             /* lives inside its owner; all zero: not asked for */
{
  char            *place;
  WspDialTurnState state;
  WspDialTurnFunc  has_come;
  GList            link;
};

WspDialTurns    *wsp_dial_turns_new  (void);
void             wsp_dial_turns_free (WspDialTurns *self);        /* when nobody waits any more */
/* WAITS: has_come is called when another turn ends. */
WspDialTurnState wsp_dial_turns_take (WspDialTurns   *self,
                                      WspDialTurn    *turn,
                                      const char     *place,
                                      WspDialTurnFunc has_come);
/* Gives the turn up, or the wish for one; the next ones are called. */
void             wsp_dial_turns_end  (WspDialTurns *self,
                                      WspDialTurn  *turn);

G_END_DECLS
