/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/verdicts/wsi-verdict.h"

#include <libwsproto/observe/wsp-fault.h>
#include <string.h>

#include "inspect/capture/wsi-handshake-report.h"
#include "inspect/decode/wsi-text.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-record.h"

#define SWITCHING_PROTOCOLS 101
#define BAD_GATEWAY 502
#define FIRST_PRIVATE_CODE 3000 /* RFC 6455 7.4.2: a framework or an application defines it */
#define US_IN_MS 1000
#define MAX_REASON 123          /* bytes of a close reason: RFC 6455 5.5.1 */
#define DIGITS "0123456789"

/* Whether the fault is a limit of RFC 6455 10.4, or of the library alone. */
static gboolean
is_limit (guint fault)
{
  const char *section = wsp_fault_get_section (fault);

  return wsp_fault_get_severity (fault) == WSP_FAULT_SEVERITY_WARNING &&
         (section == NULL || g_str_equal (section, "RFC 6455 10.4"));
}

static guint
judge_faults (WsiStore         *store,
              guint64           number,
              const WsiRecord  *record,
              const WsiVerdict *usual,
              WsiVerdict       *verdicts)
{
  guint faults[WSI_MAX_FAULTS] = { record->fault };
  guint n = (record->flags & WSI_RECORD_MORE_FAULTS) == 0 ? 1
            : MIN (wsi_store_get_faults (store, number, faults, WSI_MAX_FAULTS), WSI_MAX_FAULTS);

  for (guint i = 0; i < n; i++)
    {
      verdicts[i] = *usual;
      verdicts[i].kind = is_limit (faults[i]) ? WSI_VERDICT_LIMIT : WSI_VERDICT_RULE;
      verdicts[i].code = faults[i];
    }
  return n;
}

/* Frames of the client without a response: the response may be missing in the recording.  A browser
 * reports its failure also if it has sent no request. */
static gboolean
is_unanswered (WsiConversation *conversation)
{
  g_autoptr (GBytes) request = wsi_conversation_dup_request (conversation);
  WsiCounters sent, received;

  wsi_conversation_get_counters (conversation, WSP_DIRECTION_SENT, &sent);
  wsi_conversation_get_counters (conversation, WSP_DIRECTION_RECEIVED, &received);
  return wsi_conversation_get_ending (conversation) == WSI_ENDING_ABNORMAL &&
         (request != NULL || wsi_conversation_has_failed_in_browser (conversation)) &&
         !wsi_conversation_is_answered (conversation) && sent.n_frames + received.n_frames == 0;
}

static gboolean
judge_handshake (WsiConversation *conversation,
                 WsiVerdict      *verdict)
{
  guint status = wsi_conversation_get_status (conversation);

  verdict->kind = WSI_VERDICT_REFUSED;
  verdict->code = status;
  if (status == BAD_GATEWAY && wsi_conversation_is_refused_by_proxy (conversation))
    verdict->answerer = WSI_ANSWERER_OURS;
  return status == SWITCHING_PROTOCOLS || wsi_conversation_is_http_2 (conversation)
         ? wsi_conversation_judge_handshake (conversation) == WSI_HANDSHAKE_IS_BROKEN
         : status != 0 || (!wsi_conversation_was_open (conversation) &&
                           is_unanswered (conversation));
}

/* Whether the end of a connection is a problem.  The first Close frame decides: a side that sends
 * 1000 or 1001 has ended the connection on purpose. */
static gboolean
judge_ending (WsiConversation *conversation,
              WsiVerdict      *verdict)
{
  verdict->kind = WSI_VERDICT_ENDED;
  verdict->code = wsi_conversation_get_end_code (conversation);
  verdict->direction = wsi_conversation_get_closer (conversation);
  return verdict->code == 0
         ? wsi_conversation_get_ending (conversation) == WSI_ENDING_ABNORMAL &&
         wsi_conversation_was_open (conversation)
         : verdict->code != WSP_CLOSE_CODE_NORMAL && verdict->code != WSP_CLOSE_CODE_GOING_AWAY;
}

/* Checks the end of a connection.  A side that finds a broken rule in the handshake ends the
 * connection without a Close frame: the rule alone is the problem. */
static guint
judge_end (WsiConversation *conversation,
           WsiVerdict      *verdicts)
{
  const WsiVerdict usual = verdicts[0];
  gboolean is_refused;

  verdicts[0].direction = WSI_NO_DIRECTION;
  is_refused = judge_handshake (conversation, &verdicts[0]);
  verdicts[is_refused] = usual;
  if (!judge_ending (conversation, &verdicts[is_refused]))
    return is_refused;

  return is_refused + !(is_refused && verdicts[1].code == WSP_CLOSE_CODE_ABNORMAL);
}

static gboolean
verdict_is_late (gint64 time_us,
                 guint  slow_ms)
{
  return slow_ms > 0 && time_us > (gint64) slow_ms * US_IN_MS;
}

guint
wsi_verdict_judge (WsiStore        *store,
                   guint64          number,
                   const WsiRecord *record,
                   WsiConversation *conversation,
                   guint            slow_ms,
                   WsiVerdict      *verdicts)
{
  const WsiVerdict usual = {
    .role = conversation != NULL ? wsi_conversation_get_role (conversation) : WSP_ROLE_CLIENT,
    .direction = record->direction,
  };
  gboolean is_event = record->kind == WSI_RECORD_KIND_EVENT;
  guint n = record->fault != 0 ? judge_faults (store, number, record, &usual, verdicts) : 0;

  verdicts[n] = usual;
  if (is_event && record->event == WSI_EVENT_ENDED)
    return n + (conversation != NULL ? judge_end (conversation, &verdicts[n]) : 0);

  verdicts[n].kind = is_event ? WSI_VERDICT_MISSING : WSI_VERDICT_SLOW;
  verdicts[n].code = is_event ? record->event : WSI_SLOW_PONG;
  if (is_event && record->event != WSI_EVENT_GAP)
    verdicts[n].direction = WSI_NO_DIRECTION;
  return n + (is_event ? wsi_record_is_missing (record)
              : (record->flags & WSI_RECORD_ROUND_TRIP) != 0 &&
              verdict_is_late (record->round_trip_us, slow_ms));
}

gboolean
wsi_verdict_judge_pair (WsiStore      *store,
                        const WsiPair *pair,
                        guint          slow_ms,
                        WsiVerdict    *verdict)
{
  const WsiRecord *request = wsi_store_get_record (store, pair->request);
  const WsiRecord *reply = wsi_store_get_record (store, pair->reply);
  g_autoptr (WsiConversation) conversation = NULL;

  if (request == NULL || reply == NULL ||
      !verdict_is_late (reply->time_us - request->time_us, slow_ms))
    return FALSE;

  conversation = wsi_store_dup_conversation (store, reply->conversation);
  *verdict = (WsiVerdict) {
    .kind = WSI_VERDICT_SLOW, .code = WSI_SLOW_REPLY, .direction = reply->direction,
    .role = conversation != NULL ? wsi_conversation_get_role (conversation) : WSP_ROLE_CLIENT,
  };
  return TRUE;
}

gboolean
wsi_verdict_judge_message (WsiStore   *store,
                           guint64     number,
                           WsiVerdict *verdict)
{
  const char *field = wsi_store_get_error (store, number);
  const WsiRecord *record = field != NULL ? wsi_store_get_record (store, number) : NULL;
  g_autoptr (WsiConversation) conversation = NULL;

  if (record == NULL)
    return FALSE;

  conversation = wsi_store_dup_conversation (store, record->conversation);
  *verdict = (WsiVerdict) {
    .kind = WSI_VERDICT_MESSAGE, .code = g_quark_from_string (field),
    .direction = record->direction,
    .role = conversation != NULL ? wsi_conversation_get_role (conversation) : WSP_ROLE_CLIENT,
  };
  return TRUE;
}

char *
wsi_verdict_dup_words (const WsiVerdict *self,
                       WsiStore         *store,
                       guint64           number,
                       WsiConversation  *conversation)
{
  g_autoptr (GBytes) reason = self->kind == WSI_VERDICT_ENDED && conversation != NULL
                              ? wsi_conversation_dup_close_reason (conversation) : NULL;
  char *words = self->kind == WSI_VERDICT_MESSAGE ? wsi_store_dup_error (store, number)
                : reason != NULL ? wsi_text_escape (reason, MAX_REASON, WSI_CHARSET_UTF8) : NULL;

  if (words != NULL && *words == '\0')
    g_clear_pointer (&words, g_free);
  return words;
}

static WsiSeverity
get_severity_of_code (guint code)
{
  switch (code)
    {
    case WSP_CLOSE_CODE_NO_STATUS:
      return WSI_SEVERITY_NOTE;
    case WSP_CLOSE_CODE_SERVICE_RESTART:
    case WSP_CLOSE_CODE_TRY_AGAIN_LATER:
      return WSI_SEVERITY_WARNING;
    default:
      return code >= FIRST_PRIVATE_CODE && code != WSI_ANY_CODE ? WSI_SEVERITY_WARNING
                                                                : WSI_SEVERITY_ERROR;
    }
}

WsiSeverity
wsi_verdict_get_severity (const WsiVerdict *self)
{
  switch (self->kind)
    {
    case WSI_VERDICT_REFUSED:
    case WSI_VERDICT_MESSAGE:
      return WSI_SEVERITY_ERROR;
    case WSI_VERDICT_ENDED:
      return get_severity_of_code (self->code);
    case WSI_VERDICT_RULE:
      return self->code == WSI_ANY_CODE ||
             wsp_fault_get_severity (self->code) == WSP_FAULT_SEVERITY_ERROR
             ? WSI_SEVERITY_ERROR : WSI_SEVERITY_WARNING;
    case WSI_VERDICT_LIMIT:
    case WSI_VERDICT_MISSING:
    case WSI_VERDICT_SLOW:
    case WSI_N_VERDICT_KINDS:
      break;
    }

  return WSI_SEVERITY_WARNING;
}

/* The host of an address.  NULL: it is not a host with a port. */
static char *
verdict_dup_host (const char *address)
{
  const char *port = strrchr (address, ':');

  return port != NULL && port[1] != '\0' && strspn (port + 1, DIGITS) == strlen (port + 1)
         ? g_strndup (address, port - address) : NULL;
}

static char *
dup_client (const char   *address,
            WsiPeerField *field)
{
  char *host = verdict_dup_host (address);

  *field = host != NULL ? WSI_PEER_CLIENT_HOST : WSI_PEER_CLIENT;
  return host != NULL ? host : g_strdup (address);
}

/* The host of a URI as a filter reads it. */
static char *
dup_host_of_uri (const char   *text,
                 WsiPeerField *field)
{
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_SCHEME_NORMALIZE | G_URI_FLAGS_ENCODED,
                                      NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  *field = host != NULL ? WSI_PEER_HOST : WSI_PEER_UNKNOWN;
  return g_strdup (host);
}

char *
wsi_verdict_dup_peer (WsiConversation *conversation,
                      WsiPeerField    *field)
{
  gboolean is_client = conversation != NULL &&
                       wsi_conversation_get_role (conversation) == WSP_ROLE_CLIENT;
  const char *server = is_client ? wsi_conversation_get_server (conversation) : NULL;
  const char *client = is_client || conversation == NULL
                       ? NULL : wsi_conversation_get_client (conversation);
  const char *uri = is_client ? wsi_conversation_get_uri (conversation) : NULL;

  *field = server != NULL ? WSI_PEER_SERVER : conversation != NULL ? WSI_PEER_UNKNOWN
                                                                   : WSI_PEER_NONE;
  if (server != NULL)
    return g_strdup (server);

  return client != NULL ? dup_client (client, field)
         : uri != NULL ? dup_host_of_uri (uri, field) : NULL;
}
