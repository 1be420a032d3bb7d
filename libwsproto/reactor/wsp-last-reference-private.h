/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The last reference to an object of a context may be dropped in another thread, for example by a
 * garbage collector: the object then ends in the thread of its context. */
#pragma once

#include "reactor/wsp-reactor-private.h"

G_BEGIN_DECLS

/* First in dispose ().  reactor: NULL: the object has none yet.  TRUE: the object was handed over
 * to the thread of its context, and dispose () is called there again; return at once. */
gboolean wsp_last_reference_is_elsewhere (WspReactor *reactor,
                                          GObject    *object);

G_END_DECLS
