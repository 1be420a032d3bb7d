/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Writes Sends; for wsp-output.c. */
#pragma once

#include "connection/output/wsp-output-private.h"

G_BEGIN_DECLS

typedef enum
{
  WSP_STEP_MORE,                /* another frame follows, or room was made: ask again */
  WSP_STEP_DONE,
  WSP_STEP_WAITS,               /* the step waits for the socket, or for the next turn */
  WSP_STEP_FAILED,              /* the queue has been emptied */
} WspStep;

WspOutputRest *wsp_output_ensure_rest (WspOutput *self);
/* Call it in a turn: chooses how the Send is written. */
void           wsp_output_choose_form (WspSend *send);
/* Writes the next step of a Send that is in front of all others. */
WspStep        wsp_output_write_step (WspOutput *self,
                                      WspLink   *link,
                                      WspSend   *send);
/* TRUE: a step was written, or room was made for it. */
gboolean       wsp_output_write_pong (WspOutput *self,
                                      WspLink   *link);
/* Fails the Sends that were written to memory, but will not leave, with this error. */
void           wsp_output_fail_departures (WspOutput    *self,
                                           const GError *error);
void           wsp_output_flush_if_long (WspOutput *self,
                                         WspLink   *link);

G_END_DECLS
