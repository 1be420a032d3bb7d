/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The states of a connection, one row each: STATE (id, name).  Files, filters and wsinspect have
 * the name.  wsi-conversation.h includes this file for the enum, and each table of names: no
 * include guard. */

STATE (OPENING, "opening")
STATE (OPEN, "open")
STATE (CLOSING, "closing")              /* after the first Close frame */
STATE (CLOSED, "closed")
STATE (REFUSED, "refused")              /* by a status that does not open it */
STATE (FAILED, "failed")                /* ended in any other way than by the closing handshake */
STATE (ENCRYPTED, "encrypted")          /* its keys are not known */
STATE (CUT, "cut")                      /* open where the recording ends */
