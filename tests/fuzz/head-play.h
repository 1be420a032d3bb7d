/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One head played whole, byte by byte and in seeded cuts, and what must hold each time. */
#pragma once

#include "core/handshake/header-fields.h"
#include "core/handshake/http-head.h"
#include "fuzz/head-grammar.h"

#define HEAD_CONFIG_LENGTH 5    /* which limits, and the seed of the cuts */

const WscHeadLimits *head_limits_of (const uint8_t config[HEAD_CONFIG_LENGTH]);

/* Returns the head as read whole; the caller frees it.  *fault is the result. */
WscHttpHead *head_play (WscHeadKind kind, const uint8_t config[HEAD_CONFIG_LENGTH], WscBytes bytes,
                        HeadReading expected, WscFault *fault, size_t *used);

/* Text of a peer is escaped before it reaches an API, whatever the heads contain. */
void head_check_texts (WscBytes request, WscBytes response, const WscHeadLimits *limits);
