/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Request or status line and fields, from pieces of any size, in linear time. */
#pragma once

#include "core/bytes/byte-buffer.h"
#include "core/fault.h"
#include "core/types.h"

typedef enum
{
  WSC_HEAD_REQUEST,
  WSC_HEAD_RESPONSE,
  WSC_HEAD_PROXY_RESPONSE,      /* response of a proxy to CONNECT; may be HTTP/1.0 */
  WSC_HEAD_FIELDS,              /* fields alone, up to the empty line */
} WscHeadKind;

typedef struct WscHttpHead WscHttpHead;

const WscHeadLimits *wsc_head_limits_or_default (const WscHeadLimits *limits);   /* NULL: the defaults */

/* The limits are copied.  NULL: no memory. */
WscHttpHead *wsc_http_head_new  (WscHeadKind kind, const WscHeadLimits *limits);
void         wsc_http_head_free (WscHttpHead *self);                             /* NULL is allowed */

/* NONE: the head is complete, and *used of the bytes belong to it (the rest are the first frames).
 * PARTIAL: all bytes were used, and more are needed.  Else a rule was broken: do not use the
 * head. */
WscFault     wsc_http_head_take (WscHttpHead *self, WscBytes bytes, size_t *used);

/* Call these functions after wsc_http_head_take () has returned NONE; the results point into the
 * head. */
WscBytes         wsc_http_head_get_method  (const WscHttpHead *self);
WscBytes         wsc_http_head_get_target  (const WscHttpHead *self);
WscBytes         wsc_http_head_get_version (const WscHttpHead *self);            /* "HTTP/1.1" */
unsigned         wsc_http_head_get_status  (const WscHttpHead *self);
WscBytes         wsc_http_head_get_reason  (const WscHttpHead *self);
const WscHeader *wsc_http_head_get_fields  (const WscHttpHead *self, size_t *n_fields);   /* values trimmed */

/* These functions may be called at any time. */
WscBytes wsc_http_head_get_text         (const WscHttpHead *self);     /* the bytes taken, unless they broke a rule */
bool     wsc_http_head_has_first_line   (const WscHttpHead *self);     /* complete */
uint64_t wsc_http_head_get_fault_number (const WscHttpHead *self);     /* the value received, if it exceeds a limit */
size_t   wsc_http_head_get_n_visited    (const WscHttpHead *self);     /* bytes read, with the one that broke a rule */
