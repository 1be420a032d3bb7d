/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Moments in the life of a window, in which it may be closed: each is reached, and then held or
 * its work begun, so that the work is under way while nothing else runs the main loop. */
#pragma once

#include "states.h"
#include "views.h"

G_BEGIN_DECLS

typedef struct
{
  WsiWindow         *window;
  Surroundings       around;
  GSocketListener   *listener;  /* listener that answers nothing; NULL = none */
  GSocketConnection *deaf;      /* connection of a client that answers nothing; NULL = none */
  WsiSource         *client;    /* client source of the session; NULL = none */
  GtkWindow         *dialog;    /* dialog in which the work is done; NULL = none.  Weak */
} Place;

typedef void (*MomentFunc) (Place *place);

typedef struct
{
  const char *name;
  ViewBase    base;             /* base that the window has for views */
  MomentFunc  reach;            /* function that leads to the moment; NULL = an empty window */
  MomentFunc  work;             /* function that begins the work; NULL = there is none, or it goes
                                 * on already */
} Moment;

extern const Moment moments[];
extern const guint n_moments;

/* With its window. */
void place_init  (Place          *self,
                  GtkApplication *application);
/* All but the window. */
void place_clear (Place *self);

G_END_DECLS
