/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "reactor/wsp-held-notifies-private.h"

void
wsp_held_notifies_init (WspHeldNotifies *self,
                        WspReactor      *reactor,
                        GObject         *object,
                        gpointer         owner,
                        WspRefFunc       ref,
                        WspDueFunc       run)
{
  *self = (WspHeldNotifies) { { NULL, run }, reactor, object, owner, ref, FALSE };
}

void
wsp_held_notifies_call (WspHeldNotifies *self)
{
  if (wsp_due_is_queued (&self->due))
    return;

  self->ref (self->owner);
  wsp_reactor_call (self->reactor, &self->due, WSP_DUE_THIS_DISPATCH);
}

void
wsp_held_notifies_hold (WspHeldNotifies *self)
{
  if (!self->is_holding)
    g_object_freeze_notify (self->object);
  self->is_holding = TRUE;
  wsp_held_notifies_call (self);
}

gboolean
wsp_held_notifies_is_holding (const WspHeldNotifies *self)
{
  return self->is_holding;
}

gboolean
wsp_held_notifies_release (WspHeldNotifies *self)
{
  if (!self->is_holding)
    return TRUE;

  self->is_holding = FALSE;
  g_object_thaw_notify (self->object);
  return !wsp_due_is_queued (&self->due);
}
