/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The states of a connection, one row each: STATE (id, name).  Files, filters and wsinspect have
 * the name.  wsi-conversation.h includes this file for the enum, and each table of names: no
 * include guard. */

STATE (OPENING, "opening")
STATE (OPEN, "open")
STATE (CLOSING, "closing")              /* the first Close frame has passed */
STATE (CLOSED, "closed")
STATE (REFUSED, "refused")              /* a status has refused the upgrade */
STATE (FAILED, "failed")                /* the connection has ended in any other way than by the
                                         * closing handshake */
STATE (ENCRYPTED, "encrypted")          /* the keys of TLS are not known */
STATE (CUT, "cut")                      /* the connection was open where the recording ends */
