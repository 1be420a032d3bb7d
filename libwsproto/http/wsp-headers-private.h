/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* For handshakes: headers are frozen, passed to the core and created from the core's fields. */
#pragma once

#include <libwsproto/http/wsp-headers.h>

#include "core/types.h"

void       wsp_headers_freeze     (WspHeaders *self);
/* Returns an array that is freed with g_free ().  It points into self, so self must not change
 * while the array is used. */
WscHeader *wsp_headers_view       (WspHeaders *self,
                                   gsize      *n_fields);
/* Returns whether both have the same fields in the same order.  Both may be NULL. */
gboolean   wsp_headers_are_equal  (WspHeaders *self,
                                   WspHeaders *other);
/* The caller has checked the fields. */
WspHeaders *wsp_headers_new_for_fields (const WscHeader *fields,
                                        gsize            n_fields);
void       wsp_headers_add_fields (WspHeaders      *self,
                                   const WscHeader *fields,
                                   gsize            n_fields);
/* Appends one line for each field, with the bytes of its value as they are. */
void       wsp_headers_append_lines (GString         *text,
                                     const WscHeader *fields,
                                     gsize            n_fields);
/* Returns new headers: the fields of self whose name is not in tail, then the fields of tail. */
WspHeaders *wsp_headers_join      (WspHeaders *self,
                                   WspHeaders *tail);
