/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Sends that are withdrawn, dropped or moved; for wsp-output.c. */
#pragma once

#include "connection/output/wsp-output-private.h"

G_BEGIN_DECLS

/* TRUE: a frame of the first Send was begun and is not complete. */
gboolean       wsp_output_is_first_begun (const WspOutput *self,
                                          const WspLink   *link);
/* The caller owns the Send again. */
void           wsp_output_take_out       (WspOutput *self,
                                          WspLink   *link,
                                          WspSend   *send);
/* NULL: no call waits. */
WspCompletion *wsp_output_take_call      (WspOutput *self,
                                          WspSend   *send);
void           wsp_output_end_call       (WspOutput    *self,
                                          WspSend      *send,
                                          const GError *error);
/* Moves the Send from its queue to the list dropped, and ends its call.  The caller frees that list
 * last, because code of the program may run then. */
void           wsp_output_withdraw       (WspOutput    *self,
                                          WspLink      *link,
                                          WspSend      *send,
                                          const GError *error,
                                          WspSend     **dropped);
void           wsp_output_free_all       (WspSend *dropped);

G_END_DECLS
