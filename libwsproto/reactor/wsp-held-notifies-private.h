/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Holds the notifies of an object until a due call: a change is complete before the program is
 * notified, and the call that made it has returned.  Each due call has a reference to the owner. */
#pragma once

#include "reactor/wsp-reactor-private.h"

G_BEGIN_DECLS

typedef gpointer (*WspRefFunc) (gpointer owner);

typedef struct                  /* member of its owner */
{
  WspDue      due;              /* its function drops the reference */
  WspReactor *reactor;
  GObject    *object;           /* which is notified of */
  gpointer    owner;
  WspRefFunc  ref;
  gboolean    is_holding;
} WspHeldNotifies;

/* The arguments must live as long as the owner. */
void     wsp_held_notifies_init    (WspHeldNotifies *self,
                                    WspReactor      *reactor,
                                    GObject         *object,
                                    gpointer         owner,
                                    WspRefFunc       ref,
                                    WspDueFunc       run);
/* Queues the due call, unless it is queued. */
void     wsp_held_notifies_call    (WspHeldNotifies *self);
/* Queues it, and holds the notifies from now on. */
void     wsp_held_notifies_hold    (WspHeldNotifies *self);
/* Calls the program.  FALSE: another due call is queued. */
gboolean wsp_held_notifies_release (WspHeldNotifies *self);

G_END_DECLS
