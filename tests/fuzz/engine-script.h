/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A whole engine driven by a script: what the peer sends, what the application asks for, how
 * much is read and written, when memory is lent and taken back. Invariants: SECURITY 3.1, B to
 * D. */
#pragma once

#include "core/engine/engine.h"
#include "fuzz/fuzz-input.h"

void engine_script_play (WscRole role, const uint8_t *data, size_t size);
