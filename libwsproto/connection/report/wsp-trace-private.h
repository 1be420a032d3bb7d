/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The tap for WSP_DEBUG=frames and WSP_DEBUG=io. */
#pragma once

#include <libwsproto/base/wsp-enums.h>
#include <libwsproto/tap/wsp-tap.h>

G_BEGIN_DECLS

#define WSP_TYPE_TRACE (wsp_trace_get_type ())
G_DECLARE_FINAL_TYPE (WspTrace, wsp_trace, WSP, TRACE, GObject)

/* NULL: WSP_DEBUG has neither of the two topics.  number, peer: name the connection in each line;
 * extensions: the negotiated ones. */
WspTrace *wsp_trace_new_if_asked (guint               number,
                                  const char         *peer,
                                  WspRole             role,
                                  const char * const *extensions);

G_END_DECLS
