/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A verdict says what is wrong with a row of the store: a refused handshake, a connection that
 * ended without code 1000 or 1001, a message that reports an error, a broken rule, an exceeded
 * limit, missing data, a late reply.  Where the recording does not say what happened, there is no
 * verdict. */
#pragma once

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_VERDICT_REFUSED,          /* code: the status; 101 = with a broken rule, 0 = no response */
  WSI_VERDICT_ENDED,            /* code: the close code; 0 = a browser does not report it */
  WSI_VERDICT_MESSAGE,          /* code: the GQuark of the field by which a filter finds the
                                 * error */
  WSI_VERDICT_RULE,             /* code: the fault */
  WSI_VERDICT_LIMIT,            /* code: the fault */
  WSI_VERDICT_MISSING,          /* code: the WsiEvent */
  WSI_VERDICT_SLOW,             /* code: a WsiSlow */
  WSI_N_VERDICT_KINDS,
} WsiVerdictKind;

typedef enum
{
  WSI_SLOW_PONG,
  WSI_SLOW_REPLY,
} WsiSlow;

/* The sender of a response that refuses a handshake. */
typedef enum
{
  WSI_ANSWERER_SERVER,
  WSI_ANSWERER_PROXY,           /* a proxy that was asked for a tunnel */
  WSI_ANSWERER_OURS,            /* our own reverse proxy, which did not reach its target */
} WsiAnswerer;

/* A verdict about several codes. */
#define WSI_ANY_CODE G_MAXUINT

typedef enum
{
  WSI_SEVERITY_NOTE,
  WSI_SEVERITY_WARNING,
  WSI_SEVERITY_ERROR,
} WsiSeverity;

typedef struct
{
  WsiVerdictKind kind;
  guint          code;
  WspRole        role;          /* role of the side that is recorded */
  guint          direction;     /* direction of the fault; WSI_NO_DIRECTION = of neither side */
  WsiAnswerer    answerer;      /* sender of a refusal: the server or a proxy */
} WsiVerdict;

/* The field of a filter by which a peer is found. */
typedef enum
{
  WSI_PEER_NONE,                /* the row is of no connection */
  WSI_PEER_UNKNOWN,
  WSI_PEER_SERVER,              /* the server's host and port */
  WSI_PEER_CLIENT,
  WSI_PEER_CLIENT_HOST,         /* the client's host, without the port of the connection */
  WSI_PEER_HOST,                /* the host of the URI */
} WsiPeerField;

/* Verdicts about one row: of a frame its faults and a late pong; the end of a connection has
 * two. */
#define WSI_MAX_VERDICTS (WSI_MAX_FAULTS + 2)

/* Whether the row may have a verdict: most rows have none, and cost no call. */
static inline gboolean
wsi_verdict_is_possible (const WsiRecord *record)
{
  return record->fault != 0 || (record->flags & WSI_RECORD_ROUND_TRIP) != 0 ||
         (record->kind == WSI_RECORD_KIND_EVENT && record->event >= WSI_EVENT_ENDED);
}

/* Writes the verdicts about a row; returns how many they are.  conversation: of the row, or NULL.
 * slow_ms: a pong that took longer is late; 0 = none is. */
guint       wsi_verdict_judge        (WsiStore        *store,
                                      guint64          number,
                                      const WsiRecord *record,
                                      WsiConversation *conversation,
                                      guint            slow_ms,
                                      WsiVerdict      *verdicts);
/* Checks a reply, which a decoder has paired with its request.  FALSE: it is in time, or one of the
 * rows is gone. */
gboolean    wsi_verdict_judge_pair   (WsiStore      *store,
                                      const WsiPair *pair,
                                      guint          slow_ms,
                                      WsiVerdict    *verdict);
/* Checks a message for an error that a decoder has found.  FALSE: it reports none. */
gboolean    wsi_verdict_judge_message (WsiStore   *store,
                                       guint64     number,
                                       WsiVerdict *verdict);
/* The words of the peer about it, escaped and not long: the close reason, or the text of an error.
 * conversation: that of the row, or NULL.  Returns NULL if the peer said nothing. */
char       *wsi_verdict_dup_words    (const WsiVerdict *self,
                                      WsiStore         *store,
                                      guint64           number,
                                      WsiConversation  *conversation);
WsiSeverity wsi_verdict_get_severity (const WsiVerdict *self);
/* The other side of the connection; NULL: it is not known, or the row has no connection. */
char       *wsi_verdict_dup_peer     (WsiConversation *conversation,
                                      WsiPeerField    *field);

G_END_DECLS
