/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The taps of a connection: those of the program, and that of inspectors.  docs/rationales/taps.md
 * has the reasons. */
#include "connection/wsp-connection-private.h"

#include "connection/link/wsp-tap-list-private.h"

void
wsp_connection_insert_tap (WspConnection *self,
                           WspTap        *tap)
{
  if (self->link.taps == NULL)
    self->link.taps = wsp_tap_list_new (G_OBJECT (self), wsp_connection_take_put_off);
  wsp_tap_list_add (self->link.taps, tap);
}

void
wsp_connection_drop_tap (WspConnection *self,
                         WspTap        *tap)
{
  WspTapList *taps = self->link.taps;

  if (taps == NULL)
    return;

  g_autoptr (WspTap) removed = wsp_tap_list_remove (taps, tap);     /* released last */

  if (wsp_tap_list_is_empty (taps) && !wsp_tap_list_is_notifying (taps))
    g_clear_pointer (&self->link.taps, wsp_tap_list_free);
}
