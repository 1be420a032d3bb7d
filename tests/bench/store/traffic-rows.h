/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Rows for the benchmarks of the store: a connection of a client, and frames that it sends. */
#pragma once

#include "inspect/capture/wsi-recorder.h"

#define TRAFFIC_MAX 4096

/* The time of the processor for this thread. */
gint64           traffic_read_clock_ns   (void);
/* The handshake is recorded, too; the reference is the recorder's. */
WsiConversation *traffic_open            (WsiRecorder *recorder,
                                          gint64       time_us);
/* From a client, with a masking key of zeros. */
GBytes          *traffic_make_frame      (guint         opcode,
                                          const guint8 *payload,
                                          gsize         length);
/* An object of JSON, as exchanges send many; more: members behind the first ones, or "". */
gsize            traffic_write_tick      (guint8     *payload,
                                          guint       number,
                                          const char *more);
/* Bytes in no format. */
gsize            traffic_write_noise     (guint8 *payload,
                                          guint   number);
