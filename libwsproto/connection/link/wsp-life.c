/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "connection/link/wsp-life-private.h"

/*                         shown to the program  sends  receives  has_transport  has_ended */
const WspLifeRow wsp_life_rows[WSP_N_LIFE_STATES] = {
  [WSP_LIFE_UNSTARTED] = { WSP_LIFE_SHOWS_CLOSED, FALSE, FALSE, FALSE, TRUE },
  [WSP_LIFE_OPEN] = { WSP_LIFE_SHOWS_OPEN, TRUE, TRUE, TRUE, FALSE },
  [WSP_LIFE_CLOSING] = { WSP_LIFE_SHOWS_CLOSING, TRUE, TRUE, TRUE, FALSE },
  [WSP_LIFE_INPUT_ONLY] = { WSP_LIFE_SHOWS_CLOSING, FALSE, TRUE, TRUE, FALSE },
  [WSP_LIFE_DRAINING] = { WSP_LIFE_SHOWS_CLOSING, FALSE, FALSE, TRUE, FALSE },
  [WSP_LIFE_LOST] = { WSP_LIFE_SHOWS_CLOSING, FALSE, FALSE, FALSE, FALSE },
  [WSP_LIFE_ENDED] = { WSP_LIFE_SHOWS_CLOSING, FALSE, FALSE, FALSE, TRUE },
  [WSP_LIFE_CLOSED] = { WSP_LIFE_SHOWS_CLOSED, FALSE, FALSE, FALSE, TRUE },
};

gboolean
wsp_life_enter (WspLife     *self,
                WspLifeState state)
{
  if (self->state >= state)
    return FALSE;

  self->state = (guint8) state;
  return TRUE;
}
