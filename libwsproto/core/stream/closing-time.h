/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#pragma once

#include "core/stream/stream.h"

typedef enum
{
  WSC_CLOSING_GO_ON,
  WSC_CLOSING_DROP_WAITING,     /* cancel what has not begun to be sent, except the Close */
  WSC_CLOSING_GIVE_UP,          /* abort the stream */
} WscClosingVerdict;

typedef enum                    /* is something still to be sent? */
{
  WSC_BACKLOG_EMPTY,
  WSC_BACKLOG_WAITING,
} WscBacklog;

/* now: in microseconds.  The driver does what the verdict says. */
WscClosingVerdict wsc_stream_judge_closing        (WscStream *self, int64_t now,
                                                   WscBacklog backlog);
/* When to ask for the next verdict.  0: at once, because there was none since closing began. */
int64_t           wsc_stream_get_closing_deadline (const WscStream *self, WscBacklog backlog);
