/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Conversions between WscHttpHead and WspHeaders, and the bytes of a handshake for the taps. */
#pragma once

#include <gio/gio.h>
#include <libwsproto/http/wsp-headers.h>
#include <libwsproto/tap/wsp-tap.h>

#include "core/handshake/http-head.h"

G_BEGIN_DECLS

WspHeaders *wsp_heads_get_headers       (WscHttpHead *head);
char       *wsp_heads_dup_field         (WscHttpHead *head,     /* the first field with the name; NULL: no such field */
                                         const char  *name);
char       *wsp_heads_dup_host          (WscHttpHead *head);    /* returns the value of Host of a request; NULL: it has none */
WspHeaders *wsp_heads_copy              (WspHeaders *headers);  /* returns a copy; NULL: the headers are empty */
gboolean    wsp_heads_have              (WspHeaders *headers,
                                         const char *name);
/* "status 403 Forbidden", without control characters. */
char       *wsp_heads_describe_response (const WscHttpHead *head);
/* The text of the fault, with the numbers of a limit that was exceeded.  limit: the property of
 * that limit, NULL = no limit was exceeded.  head may be NULL. */
char       *wsp_heads_describe_fault    (const WscHttpHead   *head,
                                         const WscHeadLimits *limits,
                                         WscFault             fault,
                                         const char         **limit);
/* Returns ": received ...", to be added to the text of the fault.  Only the first line or the
 * field that is wrong is shown, without a query and without a value that may be secret.  request:
 * the head of the request that a response belongs to, nullable. */
char       *wsp_heads_show_fault        (WscFault    fault,
                                         WscHeadKind kind,
                                         const char *request,
                                         GBytes     *input);

/* The bytes of an opening handshake, kept until the source of the taps is known: the connection, or
 * the WspHandshake or WspHttpRequest of an exchange that did not lead to a connection. */
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
