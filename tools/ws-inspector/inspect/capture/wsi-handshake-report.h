/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* An opening handshake as it is shown: heads, the verdict of each rule, and how the accept value
 * comes from the key.  All of it is the library's; here it is only put side by side. */
#pragma once

#include "inspect/store/wsi-conversation.h"

G_BEGIN_DECLS

#define WSI_SOURCE_PROXY "proxy"        /* name of WsiProxySource as a source of conversations */
#define WSI_PROXY_NAME "wsinspect"      /* the Server of responses that the proxy itself makes */

typedef struct
{
  GBytes     *request, *response;       /* heads as they were on the wire; response may be NULL */
  GPtrArray  *checks;                   /* checks of the handshake (WspHandshakeCheck) */
  guint       n_passed, n_warnings, n_failed, n_not_checked;
  char       *key;                      /* Sec-WebSocket-Key; NULL: none, or several */
  GBytes     *digest;
  char       *expected, *received;      /* accept values; received may be NULL */
} WsiHandshakeReport;

/* The first line of a head as text. */
char               *wsi_head_dup_first_line       (GBytes *head);
/* All lines but the empty one at the end. */
char               *wsi_head_dup_lines            (GBytes *head);
/* target: of the request; host: NULL = not known; has_tls: FALSE = also if it is not known.  NULL:
 * the target is in no form that names a resource. */
char               *wsi_head_make_uri             (const char *target,
                                                   const char *host,
                                                   gboolean    has_tls);
/* 0: the first line has no status. */
guint               wsi_head_read_status          (GBytes *head);
/* response may be NULL: none was received. */
WsiHandshakeReport *wsi_handshake_report_new      (GBytes *request,
                                                   GBytes *response);
void                wsi_handshake_report_free     (WsiHandshakeReport *self);
/* Whether the handshake of a connection kept the rules; not known without both of its heads. */
typedef enum
{
  WSI_HANDSHAKE_IS_UNKNOWN,
  WSI_HANDSHAKE_IS_BROKEN,
  WSI_HANDSHAKE_IS_CLEAN,
} WsiHandshakeResult;

/* NULL before the request was received.  An incomplete response is shown as far as it was
 * received. */
WsiHandshakeReport *wsi_conversation_make_report  (WsiConversation *conversation);
/* Also a response with status 101 may break a rule; the server or the client then ends the
 * connection, or goes on. */
WsiHandshakeResult  wsi_conversation_judge_handshake (WsiConversation *conversation);
/* Heads of a proxy are recorded as the client has sent and received them: those that the proxy has
 * made itself carry its name. */
gboolean            wsi_conversation_is_refused_by_proxy (WsiConversation *conversation);
/* Whether the accept value is the one that the key asks for. */
gboolean            wsi_handshake_report_is_equal (const WsiHandshakeReport *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiHandshakeReport, wsi_handshake_report_free)

G_END_DECLS
