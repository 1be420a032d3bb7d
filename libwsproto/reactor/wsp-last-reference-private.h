/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Ends an object in the thread of its main context, although its last reference was dropped in
 * another thread, for example by a garbage collector. */
#pragma once

#include "reactor/wsp-reactor-private.h"

G_BEGIN_DECLS

/* First in dispose ().  reactor: NULL: the object has none yet.  TRUE: the object was handed over
 * to the thread of its context, and dispose () is called there again; return at once. */
gboolean wsp_last_reference_is_elsewhere (WspReactor *reactor,
                                          GObject    *object);

G_END_DECLS
