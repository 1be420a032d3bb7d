/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The load of an output, for the output's own files. */
#pragma once

#include "connection/output/wsp-output-private.h"

G_BEGIN_DECLS

/* Call it after queue.bytes has changed. */
void wsp_output_note_load (WspOutput *self,
                           WspLink   *link);
/* Call it when the Send is queued. */
void wsp_output_note_time (const WspOutput *self,
                           const WspLink   *link,
                           WspSend         *send);

G_END_DECLS
