/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The rules of an opening handshake, one by one (RFC 6455 4.1 and 4.2). */
#pragma once

#include <libwsproto/http/wsp-headers.h>

G_BEGIN_DECLS

typedef enum
{
  WSP_HANDSHAKE_VERDICT_PASSED,
  WSP_HANDSHAKE_VERDICT_HINT,   /* the rule is kept; other peers do more */
  WSP_HANDSHAKE_VERDICT_WARNING,        /* the rule is kept, but others may object */
  WSP_HANDSHAKE_VERDICT_FAILED,
  WSP_HANDSHAKE_VERDICT_NOT_CHECKED,    /* what the rule needs is missing */
} WspHandshakeVerdict;

/* The result of one rule. */
typedef struct _WspHandshakeCheck WspHandshakeCheck;

/* Checks every rule, and does not stop at a failure.  The heads may have any content;
 * response_head NULL: there was none.  Returns a WspHandshakeCheck for each rule, in the order of
 * the handshake.  (transfer full) */
GPtrArray          *wsp_handshake_check             (GBytes *request_head,
                                                     GBytes *response_head);
/* Gets the header fields of a head, or of the beginning of one, as tolerant peers read them.  NULL:
 * there are too many.  (transfer full) */
WspHeaders         *wsp_handshake_dup_headers       (GBytes *head);
/* Gets the value of one of these fields.  NULL: there is none of this name, or several.
 * (transfer full) */
char               *wsp_handshake_dup_field         (GBytes     *head,
                                                     const char *name);
/* The name of the rule, which does not change. */
const char         *wsp_handshake_check_get_id      (const WspHandshakeCheck *self);
/* "RFC 6455 4.2.2"; "-": a rule of the library */
const char         *wsp_handshake_check_get_section (const WspHandshakeCheck *self);
WspHandshakeVerdict wsp_handshake_check_get_verdict (const WspHandshakeCheck *self);
/* One English sentence without control characters: what was expected and what was received. */
const char         *wsp_handshake_check_get_text    (const WspHandshakeCheck *self);

G_END_DECLS
