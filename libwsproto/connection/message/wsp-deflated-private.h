/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What a message is compressed to, made once for all to whom it is sent alike. */
#pragma once

#include <glib.h>

#include "core/frames/deflate-pool.h"

G_BEGIN_DECLS

typedef struct _WspDeflated WspDeflated;

/* The payload in this form, which lives as long as the list; any thread may ask, with streams and a
 * budget of its own, from which the bytes are taken that had to be compressed.  NULL: it does not
 * suffice, or there is no memory. */
GBytes *wsp_deflated_get  (WspDeflated         **list,
                           const WscDeflateForm *form,
                           WscBytes              payload,
                           WscDeflatePool       *streams,
                           gsize                *budget);
void    wsp_deflated_free (WspDeflated *list);

G_END_DECLS
