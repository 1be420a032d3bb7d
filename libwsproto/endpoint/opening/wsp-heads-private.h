/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Heads and headers between the core and the wire, and what the taps are told of a handshake. */
#pragma once

#include <gio/gio.h>
#include <libwsproto/observe/wsp-tap.h>
#include <libwsproto/session/wsp-headers.h>

#include "core/handshake/http-head.h"

G_BEGIN_DECLS

WspHeaders *wsp_heads_get_headers       (WscHttpHead *head);
WspHeaders *wsp_heads_copy              (WspHeaders *headers);  /* NULL: empty */
gboolean    wsp_heads_have              (WspHeaders *headers,
                                         const char *name);
/* A line each, of the octets that were given. */
void        wsp_heads_append_field      (GString         *text,
                                         const WscHeader *field);
void        wsp_heads_append            (GString    *text,
                                         WspHeaders *headers);
/* "status 403 Forbidden", without control characters. */
char       *wsp_heads_describe_response (const WscHttpHead *head);
/* What is wrong, with the numbers of a limit that was exceeded; limit: its property, NULL = none.
 * head may be NULL. */
char       *wsp_heads_describe_fault    (const WscHttpHead   *head,
                                         const WscHeadLimits *limits,
                                         WscFault             fault,
                                         const char         **limit);

/* The taps of a client or server hear of a handshake when it is known whose it was. */
typedef struct _WspHeadLog WspHeadLog;

WspHeadLog *wsp_head_log_new            (void);
void        wsp_head_log_free           (WspHeadLog *self);
void        wsp_head_log_add            (WspHeadLog  *self,
                                         WspDirection direction,
                                         GBytes      *bytes,
                                         gint64       time_us);
void        wsp_head_log_notify         (WspHeadLog *self,
                                         GPtrArray  *taps,
                                         GObject    *source);

G_END_DECLS
