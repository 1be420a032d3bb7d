/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/verdicts/wsi-verdict-text.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <libwsproto/observe/wsp-fault.h>
#include <libwsproto/wsproto.h>
#include <string.h>

#include "inspect/capture/wsi-handshake-report.h"
#include "inspect/filter/grammar/wsi-lexer.h"
#include "inspect/show/sentences/wsi-fault-sentence.h"

#define NO_RESPONSE 0
#define SWITCHING_PROTOCOLS 101
#define OK 200                  /* status of HTTP/2 that is not a refusal */
#define PROXY_AUTHENTICATION_REQUIRED 407
#define BAD_GATEWAY 502
/* Parts of filters for unanswered handshakes. */
#define UNANSWERED "not status and not close.code and close.clean == no"
#define FAILED_IN_BROWSER "status in {101, 200} and not close.code and close.clean == no"
#define OF_OUR_PROXY "source == proxy and resp[\"server\"] == " WSI_PROXY_NAME
#define BROKEN "handshake.clean == no"
#define LATE "%s > %ums"
#define NO_LIMIT "bytes-after-close"    /* name of the only rule whose severity is a warning */

/* Advice by status: the first row whose range has the status. */
static const WsiRefusalAdvice refusals[] = {
  { WSI_ANSWERER_SERVER, NO_RESPONSE, NO_RESPONSE,
    N_("Look at the log of the server: it has ended the connection before a response. The port "
       "may be one of another protocol, such as TLS"),
    NULL },
  { WSI_ANSWERER_SERVER, SWITCHING_PROTOCOLS, SWITCHING_PROTOCOLS,
    N_("Look at the failed rules of the handshake; a cache or a proxy may have answered instead of "
       "the server"),
    NULL },
  { WSI_ANSWERER_SERVER, 200, 299,
    N_("Compare the path with the server's documentation; a proxy between must pass the Upgrade "
       "header"),
    NULL },
  { WSI_ANSWERER_SERVER, 300, 399, N_("Connect to the URI of the Location header"), NULL },
  { WSI_ANSWERER_SERVER, 400, 400,
    N_("Look at the failed rules of the handshake, and at the headers that the server requires"),
    NULL },
  { WSI_ANSWERER_SERVER, 401, 401,
    N_("Send credentials, in an Authorization header or in the URI"),
    "--header 'Authorization: ...', or ws://USER:PASSWORD@HOST/" },
  { WSI_ANSWERER_SERVER, 403, 403, N_("Send the Origin that the server's own pages have"), "--origin ORIGIN" },
  { WSI_ANSWERER_SERVER, 404, 404, N_("Compare the path with the server's documentation"), NULL },
  { WSI_ANSWERER_SERVER, 426, 426,
    N_("Use a version of the protocol that the Sec-WebSocket-Version header of the response lists"),
    NULL },
  { WSI_ANSWERER_SERVER, 429, 429, N_("Wait; a Retry-After header says how long"), NULL },
  { WSI_ANSWERER_SERVER, 500, 599, N_("Look at the log of the server, and of a proxy before it"), NULL },
  { WSI_ANSWERER_PROXY, 401, 401, N_("Send credentials to the proxy"), "--proxy http://USER:PASSWORD@HOST:PORT" },
  { WSI_ANSWERER_PROXY, 403, 403, N_("The proxy permits no tunnel to this host and port: look at its rules"), NULL },
  { WSI_ANSWERER_PROXY, 407, 407, N_("Send credentials to the proxy"), "--proxy http://USER:PASSWORD@HOST:PORT" },
  { WSI_ANSWERER_PROXY, 429, 429, N_("Wait; a Retry-After header says how long"), NULL },
  { WSI_ANSWERER_PROXY, 500, 599,
    N_("The proxy did not reach the server: compare host and port, look at the log of the proxy"),
    NULL },
  { WSI_ANSWERER_PROXY, 300, 499,
    N_("Compare host and port of the proxy: a server that is no proxy knows no CONNECT"),
    "--proxy http://HOST:PORT" },
  { WSI_ANSWERER_OURS, BAD_GATEWAY, BAD_GATEWAY,
    N_("Look at the response: it says why, and what to do. A certificate that is not trusted needs "
       "the PEM file of its authority in Trusted authorities, or with --ca"),
    "--ca FILE" },
};

const WsiRefusalAdvice *
wsi_refusal_find_advice (WsiAnswerer answerer,
                         guint       status)
{
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    if (answerer == refusals[i].answerer && status >= refusals[i].first &&
        status <= refusals[i].last)
      return &refusals[i];

  return NULL;
}

/* Codes of a Close frame, and what to look at. */
static const struct
{
  guint       first, last;
  const char *advice;
} endings[] = {
  { 0, 0, N_("Look at the console of the browser, and at the log of the server") },
  { 1002, 1002,
    N_("Look at the frames before the Close frame, and at the broken rules that are listed here") },
  { 1003, 1003,
    N_("Look at the type of the last message: the receiver may accept only text, or only binary") },
  { 1005, 1005,
    N_("Let the side that closes send a code: it tells the other side why, and whether to connect "
       "again") },
  { 1006, 1006,
    N_("Look at the last frames, at the log of the side that ended, and at the idle timeouts of "
       "proxies between; pings keep a connection busy") },
  { 1007, 1007,
    N_("Look at the last message: text that is not UTF-8, or compressed data that is damaged") },
  { 1008, 1008,
    N_("Look at the close reason and at the last messages: the receiver does not permit one of "
       "them") },
  { 1009, 1009,
    N_("Look at the size of the last message: raise the limit of the receiver, or send less at "
       "once") },
  { 1010, 1010, N_("Compare Sec-WebSocket-Extensions of the request and of the response") },
  { 1011, 1011, N_("Look at the log of the side that sent the code") },
  { 1012, 1013, N_("Connect again later; wait longer after each failure") },
  { 1014, 1014, N_("Look at the log of the gateway, and of the server behind it") },
  { 3000, 3999, N_("Look the code up in the documentation of the framework in use") },
  { 4000, 4999, N_("Look the code up in the documentation of the application") },
  { 1004, 65535, N_("Look at the side that sent the code: no Close frame may have it") },
};

static const char *
get_advice_of_ending (guint code)
{
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    if (code >= endings[i].first && code <= endings[i].last)
      return _(endings[i].advice);

  return NULL;
}

/* Advice about rows that say that data is missing. */
static const struct
{
  WsiEvent    event;
  const char *name, *title, *advice;
} losses[] = {
  { WSI_EVENT_GAP, "gap", N_("Bytes of a connection are missing"),
    N_("Capture nearer to one side, or with a narrower filter; frames after a gap may be "
       "guessed") },
  { WSI_EVENT_DROPPED, "dropped", N_("Frames or payloads were not kept"),
    N_("Raise the limits in Preferences, or save to a file, which has no limit") },
  { WSI_EVENT_EVICTED, "evicted", N_("The oldest rows were removed"),
    N_("Raise the limit of rows in Preferences, or save to a file, which has no limit") },
  { WSI_EVENT_NOTE, "note", N_("Records or packets were lost before they were read"),
    N_("Give a narrower filter, or record less at a time") },
};

static guint
verdict_text_find_loss (guint event)
{
  guint i = 0;

  while (i < G_N_ELEMENTS (losses) && losses[i].event != (WsiEvent) event)
    i++;
  return i;
}

static const struct
{
  const char *name, *title;
  const char *all;              /* title of a group with several codes */
  const char *all_filter;       /* filter of such a group; NULL: it depends on late replies */
} kinds[WSI_N_VERDICT_KINDS] = {
  [WSI_VERDICT_REFUSED] = { "refused", N_("Refused Handshakes"), N_("All refused handshakes"),
                            "event == ended and (status and not status in {101, 200} or "
                            "status in {101, 200} and " BROKEN " or " UNANSWERED ")" },
  [WSI_VERDICT_ENDED] = { "ended", N_("Ended Connections"), N_("All ended connections"),
                          "event == ended and (close.code and not close.code in {1000, 1001} and "
                          "not (close.code == 1006 and " BROKEN ") or " FAILED_IN_BROWSER ")" },
  [WSI_VERDICT_MESSAGE] = { "message", N_("Error Messages"), N_("All error messages"),
                            "gql.error or rpc.error or signalr.error or sio.error or stomp.error" },
  [WSI_VERDICT_RULE] = { "rule", N_("Broken Rules"), N_("All broken rules"),
                         "issue == error or issue == \"" NO_LIMIT "\"" },
  [WSI_VERDICT_LIMIT] = { "limit", N_("Limits"), N_("All limits"),
                          "issue == warning and not issue == \"" NO_LIMIT "\"" },
  [WSI_VERDICT_MISSING] = { "missing", N_("Gaps and Losses"), N_("All gaps and losses"), "missing" },
  [WSI_VERDICT_SLOW] = { "slow", N_("Late Replies and Pongs"), N_("All late replies and pongs"), NULL },
};

const char *
wsi_verdict_kind_get_name (WsiVerdictKind kind)
{
  return kinds[kind].name;
}

const char *
wsi_verdict_kind_get_title (WsiVerdictKind kind)
{
  return _(kinds[kind].title);
}

const char *
wsi_severity_get_name (WsiSeverity severity)
{
  static const char *const names[] = {
    [WSI_SEVERITY_NOTE] = "note", [WSI_SEVERITY_WARNING] = "warning", [WSI_SEVERITY_ERROR] = "error",
  };

  return names[severity];
}

char *
wsi_verdict_dup_code (const WsiVerdict *self)
{
  if (self->code == WSI_ANY_CODE)
    return NULL;

  switch (self->kind)
    {
    case WSI_VERDICT_REFUSED:
    case WSI_VERDICT_ENDED:
      return self->code != 0 ? g_strdup_printf ("%u", self->code) : NULL;
    case WSI_VERDICT_MESSAGE:
      return g_strdup (g_quark_to_string (self->code));
    case WSI_VERDICT_RULE:
    case WSI_VERDICT_LIMIT:
      return g_strdup (wsp_fault_get_name (self->code));
    case WSI_VERDICT_MISSING:
      return g_strdup (losses[verdict_text_find_loss (self->code)].name);
    case WSI_VERDICT_SLOW:
      return g_strdup (self->code == WSI_SLOW_PONG ? "pong" : "reply");
    case WSI_N_VERDICT_KINDS:
      break;
    }

  g_assert_not_reached ();
}

const char *
wsi_verdict_get_side (const WsiVerdict *self)
{
  gboolean is_client = self->role == WSP_ROLE_CLIENT;

  if (self->direction == WSI_NO_DIRECTION)
    return NULL;

  return is_client == (self->direction == WSP_DIRECTION_SENT) ? "client" : "server";
}

static char *
dup_title_of_refusal (guint       status,
                      WsiAnswerer answerer)
{
  if (answerer == WSI_ANSWERER_OURS)
    return g_strdup_printf (_("Handshake refused by the proxy of this recording (%u): it did not "
                              "reach the target"), status);
  if (status == NO_RESPONSE)
    return g_strdup (_("No response to the handshake"));
  if (status == SWITCHING_PROTOCOLS)
    return g_strdup (_("Handshake with a broken rule"));

  return g_strdup_printf (_("Handshake refused with status %u"), status);
}

static char *
dup_title_of_ending (const WsiVerdict *self)
{
  const char *side = wsi_verdict_get_side (self);
  gboolean is_client = g_strcmp0 (side, "client") == 0;

  switch (self->code)
    {
    case 0:
      return g_strdup (_("Failed: the close code is not reported by the browser"));
    case WSP_CLOSE_CODE_ABNORMAL:
      return g_strdup_printf (_("Ended without a Close frame (%u)"), self->code);
    case WSP_CLOSE_CODE_NO_STATUS:
      return g_strdup_printf (side == NULL ? _("Closed without a code (%u)")
                              : is_client ? _("Closed by the client without a code (%u)")
                                          : _("Closed by the server without a code (%u)"),
                              self->code);
    default:
      return g_strdup_printf (side == NULL ? _("Closed with %u")
                              : is_client ? _("Closed by the client with %u")
                                          : _("Closed by the server with %u"), self->code);
    }
}

/* The formats whose decoders find errors, by the field that has the text or code of one. */
static const struct
{
  const char *field, *format;
} errors[] = {
  { "gql.error", "GraphQL" },
  { "rpc.error", "JSON-RPC" },
  { "signalr.error", "SignalR" },
  { "sio.error", "Socket.IO" },
  { "stomp.error", "STOMP" },
};

static const char *
find_format (const char *field)
{
  for (gsize i = 0; i < G_N_ELEMENTS (errors); i++)
    if (g_str_equal (errors[i].field, field))
      return errors[i].format;

  return field;
}

static char *
dup_title_of_message (const WsiVerdict *self)
{
  const char *format = find_format (g_quark_to_string (self->code));

  /* Translators: the name of a protocol, such as GraphQL. */
  return g_strdup_printf (g_strcmp0 (wsi_verdict_get_side (self), "client") == 0
                          ? _("Errors of %s, sent by the client")
                          : _("Errors of %s, sent by the server"), format);
}

/* The title of a fault: the peer whose frames break the rule. */
static char *
dup_title_of_fault (const WsiVerdict *self)
{
  const char *side = wsi_verdict_get_side (self);
  g_autofree char *text = wsi_fault_sentence_dup (self->code);

  if (side == NULL)
    return g_steal_pointer (&text);

  /* Translators: a broken rule, and who has broken it. */
  return g_strdup_printf (g_str_equal (side, "client") ? _("%s (by the client)")
                                                       : _("%s (by the server)"), text);
}

static char *
dup_title_of_slow (const WsiVerdict *self,
                   guint             slow_ms)
{
  gboolean is_client = g_strcmp0 (wsi_verdict_get_side (self), "client") == 0;

  if (self->code == WSI_SLOW_PONG)
    return g_strdup_printf (is_client ? _("Pongs of the client after more than %u ms")
                                      : _("Pongs of the server after more than %u ms"), slow_ms);

  return g_strdup_printf (is_client ? _("Replies of the client after more than %u ms")
                                    : _("Replies of the server after more than %u ms"), slow_ms);
}

char *
wsi_verdict_dup_title (const WsiVerdict *self,
                       guint             slow_ms)
{
  if (self->code == WSI_ANY_CODE)
    return g_strdup (_(kinds[self->kind].all));

  switch (self->kind)
    {
    case WSI_VERDICT_REFUSED:
      return dup_title_of_refusal (self->code, self->answerer);
    case WSI_VERDICT_ENDED:
      return dup_title_of_ending (self);
    case WSI_VERDICT_MESSAGE:
      return dup_title_of_message (self);
    case WSI_VERDICT_RULE:
    case WSI_VERDICT_LIMIT:
      return dup_title_of_fault (self);
    case WSI_VERDICT_MISSING:
      return g_strdup (_(losses[verdict_text_find_loss (self->code)].title));
    case WSI_VERDICT_SLOW:
      return dup_title_of_slow (self, slow_ms);
    case WSI_N_VERDICT_KINDS:
      break;
    }

  g_assert_not_reached ();
}

char *
wsi_verdict_dup_meaning (const WsiVerdict *self)
{
  g_autofree char *text = NULL;

  if (self->code == WSI_ANY_CODE)
    return NULL;
  if (self->kind == WSI_VERDICT_ENDED && self->code != 0)
    return g_strdup (_(wsp_close_code_describe (self->code)));
  if (self->kind != WSI_VERDICT_RULE && self->kind != WSI_VERDICT_LIMIT)
    return NULL;

  text = wsi_fault_sentence_dup_consequence (self->code);
  return *text != '\0' ? g_steal_pointer (&text) : NULL;
}

static const char *
get_advice_of_refusal (guint       status,
                       WsiAnswerer answerer)
{
  const WsiRefusalAdvice *advice =
    wsi_refusal_find_advice (status == PROXY_AUTHENTICATION_REQUIRED ? WSI_ANSWERER_PROXY
                                                                     : answerer, status);

  return advice != NULL ? _(advice->text) : NULL;
}

const char *
wsi_verdict_get_advice (const WsiVerdict *self)
{
  if (self->code == WSI_ANY_CODE)
    return NULL;

  switch (self->kind)
    {
    case WSI_VERDICT_REFUSED:
      return get_advice_of_refusal (self->code, self->answerer);
    case WSI_VERDICT_ENDED:
      return get_advice_of_ending (self->code);
    case WSI_VERDICT_MESSAGE:
      return _("Look at the message that it replies to, and at the log of the side that sent it");
    case WSI_VERDICT_RULE:
      return _("Look at the header of the frame, or at its payload: one of its fields breaks the "
               "rule");
    case WSI_VERDICT_LIMIT:
      return _("Raise the limit of the receiver, or send less at once");
    case WSI_VERDICT_MISSING:
      return _(losses[verdict_text_find_loss (self->code)].advice);
    case WSI_VERDICT_SLOW:
      return _("Look at what the side that answers received and sent before: it may have been "
               "busy, or the network slow");
    case WSI_N_VERDICT_KINDS:
      break;
    }

  g_assert_not_reached ();
}

char *
wsi_problem_dup_count (const WsiProblem *self)
{
  const WsiVerdictKind kind = self->verdict.kind;
  int n = (int) MIN (self->n, G_MAXINT);
  const char *format =
    kind == WSI_VERDICT_REFUSED || kind == WSI_VERDICT_ENDED
    ? g_dngettext (NULL, "%'" PRIu64 " connection", "%'" PRIu64 " connections", n)
    : kind == WSI_VERDICT_MISSING
    ? g_dngettext (NULL, "%'" PRIu64 " row", "%'" PRIu64 " rows", n)
    : kind == WSI_VERDICT_MESSAGE
    ? g_dngettext (NULL, "%'" PRIu64 " message", "%'" PRIu64 " messages", n)
    : g_dngettext (NULL, "%'" PRIu64 " frame", "%'" PRIu64 " frames", n);

  return g_strdup_printf (format, self->n);
}

static const char *
get_part_of_refused (guint       status,
                     WsiAnswerer answerer)
{
  if (status == SWITCHING_PROTOCOLS || status == OK)
    return " and " BROKEN;
  if (status != BAD_GATEWAY)
    return "";

  return answerer == WSI_ANSWERER_OURS ? " and " OF_OUR_PROXY : " and not (" OF_OUR_PROXY ")";
}

static char *
print_refused (guint       status,
               WsiAnswerer answerer)
{
  if (status == NO_RESPONSE)
    return g_strdup ("event == ended and " UNANSWERED);

  return g_strdup_printf ("event == ended and status == %u%s", status,
                          get_part_of_refused (status, answerer));
}

/* The end without a Close frame after a broken handshake is no problem of its own. */
static char *
verdict_text_print_ended (guint code)
{
  if (code == 0)
    return g_strdup ("event == ended and " FAILED_IN_BROWSER);

  return g_strdup_printf ("event == ended and close.code == %u%s", code,
                          code == WSP_CLOSE_CODE_ABNORMAL ? " and not " BROKEN : "");
}

/* The field of a filter that finds the side of a verdict; NULL: it is of neither side. */
static const char *
find_direction_field (const WsiVerdict *verdict)
{
  switch (verdict->kind)
    {
    case WSI_VERDICT_REFUSED:
      return NULL;
    case WSI_VERDICT_ENDED:
      return "close.by";
    case WSI_VERDICT_MISSING:
      return verdict->code == WSI_EVENT_GAP ? "dir" : NULL;
    case WSI_VERDICT_MESSAGE:
    case WSI_VERDICT_RULE:
    case WSI_VERDICT_LIMIT:
    case WSI_VERDICT_SLOW:
    case WSI_N_VERDICT_KINDS:
      break;
    }

  return "dir";
}

static void
verdict_text_add_direction (GString          *text,
                            const WsiVerdict *verdict)
{
  const char *field = find_direction_field (verdict);

  if (field != NULL && verdict->direction == WSI_NO_DIRECTION)
    g_string_append_printf (text, " and not %s", field);
  else if (field != NULL)
    g_string_append_printf (text, " and %s == %s", field,
                            verdict->direction == WSP_DIRECTION_SENT ? "sent" : "recv");
}

static char *
print_code (const WsiProblem *self,
            guint             slow_ms)
{
  const WsiVerdict *verdict = &self->verdict;

  switch (verdict->kind)
    {
    case WSI_VERDICT_REFUSED:
      return print_refused (verdict->code, verdict->answerer);
    case WSI_VERDICT_ENDED:
      return verdict_text_print_ended (verdict->code);
    case WSI_VERDICT_MESSAGE:
      return g_strdup (g_quark_to_string (verdict->code));
    case WSI_VERDICT_RULE:
    case WSI_VERDICT_LIMIT:
      return g_strdup_printf ("fault == \"%s\"", wsp_fault_get_name (verdict->code));
    case WSI_VERDICT_MISSING:
      return g_strdup_printf ("event == %s and missing",
                              losses[verdict_text_find_loss (verdict->code)].name);
    case WSI_VERDICT_SLOW:
      return g_strdup_printf (LATE, verdict->code == WSI_SLOW_PONG ? "rtt" : "reply.after",
                              slow_ms);
    case WSI_N_VERDICT_KINDS:
      break;
    }

  g_assert_not_reached ();
}

/* Adds a term for the peer.  A client and a server may have the same address, such as both ends of
 * a session on one host: the role tells whose peer it is. */
static void
add_peer (GString          *text,
          const WsiProblem *self)
{
  static const char *const formats[] = {
    [WSI_PEER_SERVER] = "server == %s", [WSI_PEER_CLIENT] = "client == %s",
    [WSI_PEER_CLIENT_HOST] = "client startswith %s", [WSI_PEER_HOST] = "host == %s and not server",
  };
  gboolean is_client = self->verdict.role == WSP_ROLE_CLIENT;
  g_autofree char *words = g_strconcat (self->peer != NULL ? self->peer : "",
                                        self->field == WSI_PEER_CLIENT_HOST ? ":" : NULL, NULL);
  g_autofree char *quoted = wsi_lexer_quote (words, strlen (words));

  if (self->field == WSI_PEER_NONE)
    {
      g_string_append (text, " and not conn");
      return;
    }

  g_string_append_printf (text, " and role == %s and ", is_client ? "client" : "server");
  if (self->field == WSI_PEER_UNKNOWN)
    g_string_append (text, is_client ? "not server and not host" : "not client");
  else
    g_string_append_printf (text, formats[self->field], quoted);
}

static char *
verdict_text_print_all (const WsiProblem *self,
                        guint             slow_ms)
{
  if (self->verdict.kind == WSI_VERDICT_SLOW)
    return g_strdup_printf (LATE " or " LATE, "rtt", slow_ms, "reply.after", slow_ms);

  return g_strdup (kinds[self->verdict.kind].all_filter);
}

char *
wsi_problem_dup_filter (const WsiProblem *self,
                        guint             slow_ms)
{
  gboolean is_all = self->verdict.code == WSI_ANY_CODE;
  g_autofree char *rows = is_all ? verdict_text_print_all (self, slow_ms)
  : print_code (self, slow_ms);
  GString *text = g_string_new (rows);

  if (!is_all)
    {
      verdict_text_add_direction (text, &self->verdict);
      add_peer (text, self);
    }
  if (self->conversation != 0)
    {
      g_string_prepend_c (text, '(');
      g_string_append_printf (text, ") and conn == %u", self->conversation);
    }
  return g_string_free (text, FALSE);
}
