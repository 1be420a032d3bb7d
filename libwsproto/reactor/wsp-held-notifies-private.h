/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Holds the notifies of an object until a due call: then a change is complete, and the call that
 * made the change has returned.  Each due call has a reference to the owner. */
#pragma once

#include "reactor/wsp-reactor-private.h"

G_BEGIN_DECLS

typedef gpointer (*WspRefFunc) (gpointer owner);

typedef struct                  /* member of its owner */
{
  WspDue      due;              /* due call that emits the notifies, then drops the reference to the
                                   owner */
  WspReactor *reactor;
  GObject    *object;           /* object that emits the notifies */
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
/* Queues the due call, if it is not queued already. */
void     wsp_held_notifies_call    (WspHeldNotifies *self);
/* Queues the due call, and holds the notifies from now on. */
void     wsp_held_notifies_hold    (WspHeldNotifies *self);
gboolean wsp_held_notifies_is_holding (const WspHeldNotifies *self);
/* Emits the held notifies; code of the program runs.  FALSE: the due call is queued again. */
gboolean wsp_held_notifies_release (WspHeldNotifies *self);

G_END_DECLS
