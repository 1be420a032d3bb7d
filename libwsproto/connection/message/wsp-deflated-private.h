/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The compressed forms of a message: each is made once, for all peers that get the same bytes. */
#pragma once

#include <glib.h>

#include "core/frames/deflate-pool.h"

G_BEGIN_DECLS

typedef struct _WspDeflated WspDeflated;

/* Returns the payload in this form; the bytes live as long as the list.  Any thread may call this,
 * with its own streams and budget.  If the form has to be made, the length of the payload is
 * subtracted from the budget.  NULL: the budget does not suffice, or there is no memory. */
GBytes *wsp_deflated_get  (WspDeflated         **list,
                           const WscDeflateForm *form,
                           WscBytes              payload,
                           WscDeflatePool       *streams,
                           guint32              *budget);
void    wsp_deflated_free (WspDeflated *list);

G_END_DECLS
