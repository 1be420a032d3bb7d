/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* What handshakes do with headers: freeze them, show them to the core, take the core's. */
#pragma once

#include <libwsproto/session/wsp-headers.h>

#include "core/types.h"

void       wsp_headers_freeze     (WspHeaders *self);
/* An array to be freed with g_free(); it points into self, which must not change meanwhile. */
WscHeader *wsp_headers_view       (WspHeaders *self,
                                   gsize      *n_fields);
/* The fields have been judged before. */
void       wsp_headers_add_fields (WspHeaders      *self,
                                   const WscHeader *fields,
                                   gsize            n_fields);
/* The fields of self, then those of tail; of self only those whose name is not in tail. */
WspHeaders *wsp_headers_join      (WspHeaders *self,
                                   WspHeaders *tail);
