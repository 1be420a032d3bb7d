/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Two streams in memory that have only asynchronous calls; each reads and writes few bytes at a
 * time. */
#pragma once

#include <gio/gio.h>

void async_stream_pair (GIOStream **one,
                        GIOStream **other);
