/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The header fields of a head that was read. */
#pragma once

#include <libwsproto/http/wsp-headers.h>

#include "core/handshake/http-head.h"

G_BEGIN_DECLS

/* (transfer full) */
WspHeaders *wsp_handshake_make_headers (const WscHttpHead *head);

G_END_DECLS
