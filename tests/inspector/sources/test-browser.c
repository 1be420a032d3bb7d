/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The rows that the events of a browser make, and the commands that it gets. */

#include "inspect/sources/browser/wsi-browser-watch.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "inspect/sources/browser/wsi-browser-address.h"
#include "inspect/sources/browser/wsi-browser-clock.h"
#include "inspect/sources/browser/wsi-browser-process.h"
#include "inspector/listing.h"

#define PATH "/inspector/browser/"
#define MAX_LINES 12

/* Single quotes stand for double ones. */
#define INFO(id, kind, url) \
  "'targetInfo':{'targetId':'" id "','type':'" kind "','title':'A title','url':'" url "'}"
#define ATTACHED(session, id, kind, url) \
  "{'method':'Target.attachedToTarget','params':{'sessionId':'" session "'," \
  INFO (id, kind, url) ",'waitingForDebugger':true}}"
#define ATTACHED_BY(parent, session, id, kind, url) \
  "{'method':'Target.attachedToTarget','params':{'sessionId':'" session "'," \
  INFO (id, kind, url) "},'sessionId':'" parent "'}"
#define PAGE_NAMED(session, id) ATTACHED (session, id, "page", "http://h/")
#define NAVIGATED_OF(session, frame) \
  "{'method':'Page.frameNavigated','params':{'frame':{" frame ",'url':'http://h/2'}}," \
  "'sessionId':'" session "'}"
#define NAVIGATED NAVIGATED_OF ("S", "'id':'T'")
#define REFUSAL(command, code, text) \
  "{'id':#" command "#,'error':{'code':" code ",'message':'" text "'}}"
#define REFUSAL_OF(command, session, code, text) \
  "{'id':#" command "@" session "#,'error':{'code':" code ",'message':'" text "'}," \
  "'sessionId':'" session "'}"
#define ANSWER(command) "{'id':#" command "#,'result':{}}"
#define LEFT "1 close: The page was left"
#define DETACHED(session) \
  "{'method':'Target.detachedFromTarget','params':{'sessionId':'" session "'}}"
#define PAGE ATTACHED ("S", "T", "page", "http://h/")
#define WORKER ATTACHED ("W1", "W", "service_worker", "http://h/w.js")
#define WORKER_OF_PAGE ATTACHED_BY ("S", "W2", "W", "service_worker", "http://h/w.js")
#define TWICE \
  CREATED_OF ("W1", "ws://h/w"), CREATED_OF ("W2", "ws://h/w"), \
  TEXT_OF ("W1", "1", "a"), TEXT_OF ("W2", "1", "a"), DETACHED ("W1"), TEXT_OF ("W2", "2", "b")
#define EVENT_OF(session, name, params) \
  "{'method':'Network.webSocket" name "','params':{'requestId':'1'," params \
  "},'sessionId':'" session "'}"
#define EVENT(name, params) EVENT_OF ("S", name, params)
#define TEXT_OF(session, time, text) \
  EVENT_OF (session, "FrameSent", \
            "'timestamp':" time ",'response':{'opcode':1,'payloadData':'" text "'}")
#define CREATED_OF(session, url) EVENT_OF (session, "Created", "'url':'" url "'")
#define CREATED CREATED_OF ("S", "ws://h:81/chat?a=b")
#define REQUEST \
  EVENT ("WillSendHandshakeRequest", \
         "'timestamp':5,'wallTime':1700000000,'request':{'headers':{'Host':'h:81','Upgrade':" \
         "'websocket','Connection':'Upgrade','Sec-WebSocket-Key':'dGhlIHNhbXBsZSBub25jZQ=='," \
         "'Sec-WebSocket-Version':'13'}}")
#define REQUEST_2 \
  EVENT ("WillSendHandshakeRequest", \
         "'timestamp':5,'wallTime':1700000000,'request':{'headers':{'Host':'h:81'," \
         "'Sec-WebSocket-Version':'13'}}")
#define RESPONSE_2 \
  EVENT ("HandshakeResponseReceived", \
         "'timestamp':6,'response':{'status':200,'statusText':'','headers':{}}")
#define REQUEST_TEXT \
  ",'requestHeadersText':'GET ws://h:81/exact HTTP/1.1\\r\\nHost: h:81\\r\\nUpgrade: websocket\\r\\n" \
  "Connection: Upgrade\\r\\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n" \
  "Sec-WebSocket-Version: 13\\r\\n\\r\\n'"
#define RESPONSE(more) \
  EVENT ("HandshakeResponseReceived", \
         "'timestamp':6,'response':{'status':101,'statusText':'Switching Protocols','headers':{" \
         "'Upgrade':'websocket','Connection':'Upgrade'," \
         "'Sec-WebSocket-Accept':'s3pPLMBiTxaQ9kYGzzhZRbK+xOo='}" more "}")
#define SENT(text) TEXT_OF ("S", "7", text)
#define RECEIVED(opcode, text) \
  EVENT ("FrameReceived", "'timestamp':8,'response':{'opcode':" opcode \
         ",'mask':false,'payloadData':'" text "'}")
#define FAILED(text) EVENT ("FrameError", "'timestamp':6,'errorMessage':'" text "'")
#define CLOSED EVENT ("Closed", "'timestamp':9")
#define OPENED "1 opened: ws://h:81/chat?a=b; "
#define ASKED "1 request: GET /chat?a=b HTTP/1.1; "
#define CALLS \
  EVENT ("Created", "'url':'ws://h:81/chat?a=b','initiator':{'type':'script'," \
         "'stack':{'callFrames':[" \
         "{'functionName':'','url':'','lineNumber':1,'columnNumber':1}," \
         "{'functionName':'join','url':'http://h/a.js','lineNumber':11,'columnNumber':4}]}}")
#define PARSER \
  EVENT ("Created", "'url':'ws://h:81/chat?a=b','initiator':{'type':'parser','url':'http://h/'," \
         "'lineNumber':2}")
#define EVIL_HEADERS \
  EVENT ("WillSendHandshakeRequest", \
         "'timestamp':5,'request':{'headers':{'A\\r\\nEvil':'1','B':'1\\rEvil: 2','Host':'h'}}")
#define RELEASED \
  "Target.setAutoAttach@S Network.enable@S Page.enable@S Runtime.runIfWaitingForDebugger@S "
#define RELEASED_SECOND "Target.setAutoAttach@S2 Runtime.runIfWaitingForDebugger@S2 "
#define HEADS OPENED ASKED "1 response: HTTP/1.1 101 Switching Protocols; "
#define END_OF_ALL "1 close: The browser has ended"
#define END "1 close: Closed: the code is not reported by the browser"
#define LATE \
  "1 opened; 1 note: Opened before we looked: the browser does not repeat its handshake " \
  "(reload the page to see it); "

typedef struct
{
  WsiStore        *store;
  WsiRecorder     *recorder;
  WsiBrowserWatch *watch;
  GString         *commands;    /* commands that were sent, "METHOD[@SESSION] " for each */
  GHashTable      *ids;         /* id of the first command with this "METHOD[@SESSION]" */
  GString         *notes;
  guint            n_without_pages;
} Scene;

/* "id", "method", "params", perhaps "sessionId". */
static void
send_command (const char *command,
              gpointer    data)
{
  Scene *scene = data;
  gsize before = scene->commands->len;
  const char *method = strstr (command, "\"method\":\"");
  const char *session = strstr (command, "\"sessionId\":\"");

  g_assert_true (g_str_has_prefix (command, "{\"id\":"));
  g_assert_nonnull (method);
  method += strlen ("\"method\":\"");
  g_string_append_len (scene->commands, method, strcspn (method, "\""));
  if (session != NULL && g_str_has_suffix (command, "\"}"))
    {
      session += strlen ("\"sessionId\":\"");
      g_string_append_printf (scene->commands, "@%.*s", (int) strcspn (session, "\""), session);
    }
  if (!g_hash_table_contains (scene->ids, scene->commands->str + before))
    g_hash_table_insert (scene->ids, g_strdup (scene->commands->str + before),
                         g_strndup (command + strlen ("{\"id\":"),
                                    strcspn (command + strlen ("{\"id\":"), ",")));
  g_string_append_c (scene->commands, ' ');
}

static void
notify (const WsiSentence *sentence,
        gpointer           data)
{
  Scene *scene = data;
  g_autofree char *text = wsi_sentence_to_string (sentence);

  g_string_append (scene->notes, text);
}

static void
count_without_pages (gpointer data)
{
  ((Scene *) data)->n_without_pages++;
}

static void
scene_init (Scene      *scene,
            const char *page)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  const WsiBrowserWatchFuncs funcs = { send_command, notify, count_without_pages };

  *scene = (Scene) { .store = wsi_store_new_with_limits (&limits) };
  scene->recorder = wsi_recorder_new (scene->store, WSP_ROLE_CLIENT);
  scene->commands = g_string_new (NULL);
  scene->ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  scene->notes = g_string_new (NULL);
  scene->watch = wsi_browser_watch_new (scene->recorder, page, &funcs, scene);
  wsi_browser_watch_begin (scene->watch, "http://h/");
  g_assert_cmpstr (scene->commands->str, ==,
                   "Target.setDiscoverTargets Target.setAutoAttach Target.createTarget ");
  g_string_truncate (scene->commands, 0);
}

static void
scene_end (Scene *scene)
{
  if (scene->watch != NULL)
    wsi_browser_watch_free (g_steal_pointer (&scene->watch), WSI_SENTENCE (BROWSER_ENDED));
}

static void
scene_clear (Scene *scene)
{
  scene_end (scene);
  g_clear_object (&scene->recorder);
  g_clear_object (&scene->store);
  g_string_free (scene->commands, TRUE);
  g_hash_table_unref (scene->ids);
  g_string_free (scene->notes, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

/* "#METHOD[@SESSION]#" stands for the id of this command; 1000000: it was not sent. */
static char *
dup_line (Scene * scene,
          const char *line)
{
  g_auto (GStrv) parts = g_strsplit (line, "#", 3);

  if (g_strv_length (parts) == 3)
    {
      const char *id = g_hash_table_lookup (scene->ids, parts[1]);

      g_free (parts[1]);
      parts[1] = g_strdup (id != NULL ? id : "1000000");
    }
  return g_strdelimit (g_strjoinv ("", parts), "'", '"');
}

static gboolean
take (Scene      *scene,
      const char *line,
      GError    **error)
{
  g_autofree char *text = dup_line (scene, line);

  return wsi_browser_watch_take (scene->watch, (guint8 *) text, strlen (text), error);
}

static const struct
{
  const char *name;
  const char *lines[MAX_LINES];
  const char *rows;
} recorded[] = {
  { "handshake-messages-and-end", { PAGE, CREATED, REQUEST, RESPONSE (""), SENT ("Hello"), RECEIVED ("2", "YWJj"), CLOSED },
    HEADS "1 > text 'Hello'; 1 < binary 'abc'; " END },
  { "head-as-it-was", { PAGE, CREATED, REQUEST, RESPONSE (",'headersText':'HTTP/1.1 101 As It Was\\r\\nUpgrade: websocket\\r\\n\\r\\n'") },
    OPENED ASKED "1 response: HTTP/1.1 101 As It Was; " END_OF_ALL },
  { "head-without-its-end-is-made", { PAGE, CREATED, REQUEST, RESPONSE (",'headersText':'HTTP/1.1 101 Cut\\r\\nUpgr'"), CLOSED },
    HEADS END },
  { "request-as-it-was", { PAGE, CREATED, REQUEST, RESPONSE (REQUEST_TEXT), CLOSED },
    OPENED "1 request: GET /exact HTTP/1.1; 1 response: HTTP/1.1 101 Switching Protocols; " END },
  { "request-without-a-creation", { PAGE, REQUEST, RESPONSE (REQUEST_TEXT), SENT ("Hello"), CLOSED },
    "1 opened: ws://h:81/exact; 1 request: GET /exact HTTP/1.1; 1 response: HTTP/1.1 101 Switching Protocols; 1 > text 'Hello'; " END },
  { "http-2", { PAGE, CREATED, REQUEST_2, RESPONSE_2, SENT ("Hello"), CLOSED },
    OPENED ASKED "1 response: HTTP/1.1 200 ; 1 > text 'Hello'; " END },
  { "request-whose-text-is-cut", { PAGE, CREATED, REQUEST, RESPONSE (",'requestHeadersText':'GET ws://h/ HTTP/1.1\\r\\nHo'"), CLOSED },
    HEADS END },
  { "request-whose-text-is-another", { PAGE, CREATED, REQUEST, RESPONSE (",'requestHeadersText':'\\r\\n\\r\\n'"), CLOSED }, HEADS END },
  { "request-alone", { PAGE, REQUEST, CLOSED }, LATE END },
  { "request-without-a-response", { PAGE, CREATED, REQUEST, SENT ("Hello"), CLOSED }, OPENED ASKED "1 > text 'Hello'; " END },
  { "browser-that-ends", { PAGE, CREATED, REQUEST, RESPONSE ("") }, HEADS END_OF_ALL },
  { "page-that-ends", { PAGE, CREATED, REQUEST, RESPONSE (""), DETACHED ("S") },
    HEADS "1 close: The page or worker ended before the connection" },
  { "failed", { PAGE, CREATED, REQUEST, FAILED ("Unexpected response code: 404"), CLOSED },
    OPENED ASKED "1 close: Failed, as the browser reports: Unexpected response code: 404" },
  { "failed-without-a-request", { PAGE, CREATED, FAILED ("refused"), CLOSED }, OPENED "1 close: Failed, as the browser reports: refused" },
  { "place-in-the-script", { PAGE, CALLS, REQUEST, CLOSED }, OPENED "1 note: Opened by http://h/a.js:12:5 (join); " ASKED END },
  { "place-of-the-parser", { PAGE, PARSER, REQUEST, CLOSED }, OPENED "1 note: Opened by http://h/:3; " ASKED END },
  { "late", { PAGE, SENT ("Hello"), RECEIVED ("1", "Hi"), CLOSED }, LATE "1 > text 'Hello'; 1 < text 'Hi'; " END },
  { "late-response-is-no-handshake", { PAGE, RESPONSE (""), SENT ("Hello"), CLOSED }, LATE "1 > text 'Hello'; " END },
  { "late-end-is-no-row", { PAGE, CLOSED }, "" },
  { "second-creation", { PAGE, CREATED, REQUEST, CREATED, RESPONSE (""), CLOSED }, HEADS END },
  { "second-request-and-response", { PAGE, CREATED, REQUEST, REQUEST, RESPONSE (""), RESPONSE (""), CLOSED }, HEADS END },
  { "messages-of-no-frame-kind", { PAGE, CREATED, REQUEST, RECEIVED ("-1", "a"), RECEIVED ("16", "b"), RECEIVED ("'x'", "c"), CLOSED },
    OPENED ASKED END },
  { "broken-base64-stays-text", { PAGE, CREATED, REQUEST, RESPONSE (""), RECEIVED ("2", "YW*j"), RECEIVED ("2", "YWJ"), CLOSED },
    HEADS "1 < binary 'YW*j'; 1 < binary 'YWJ'; " END },
  { "empty-messages", { PAGE, CREATED, REQUEST, RESPONSE (""), RECEIVED ("2", ""), SENT (""), CLOSED },
    HEADS "1 < binary; 1 > text; " END },
  { "half-a-surrogate", { PAGE, CREATED, REQUEST, RESPONSE (""), SENT ("a\\ud800b"), CLOSED }, HEADS "1 > text 'a\xef\xbf\xbd" "b'; " END },
  { "url-without-a-target", { PAGE, CREATED_OF ("S", "nothing"), REQUEST, RESPONSE (""), CLOSED }, "1 opened: nothing; " END },
  { "headers-bring-no-lines", { PAGE, CREATED_OF ("S", "ws://h/"), EVIL_HEADERS, CLOSED },
    "1 opened: ws://h/; 1 request: GET / HTTP/1.1; " END },
  { "unknown-session", { CREATED_OF ("other", "ws://h/"), PAGE, TEXT_OF ("other", "1", "a") }, "" },
  { "target-without-an-id", { "{'method':'Target.attachedToTarget','params':{'sessionId':'S','targetInfo':{}}}", CREATED, REQUEST }, "" },
  { "session-that-is-no-identifier", { ATTACHED ("a\\\"b", "T", "page", "http://h/"), CREATED_OF ("a\\\"b", "ws://h/") }, "" },
  { "other-events", { PAGE, "{'method':'Network.requestWillBeSent','params':{},'sessionId':'S'}", CREATED, REQUEST, CLOSED },
    OPENED ASKED END },
  { "answers", { PAGE, "{'id':7,'result':{}}", CREATED, REQUEST, CLOSED }, OPENED ASKED END },
  { "page-that-is-left", { PAGE, CREATED, REQUEST, RESPONSE (""), SENT ("Hello"), NAVIGATED }, HEADS "1 > text 'Hello'; " LEFT },
  { "late-close-of-a-page-that-is-left",
    { PAGE, CREATED, REQUEST, RESPONSE (""), NAVIGATED, SENT ("late"), CLOSED, NAVIGATED }, HEADS LEFT },
  { "page-that-is-left-twice", { PAGE, CREATED, REQUEST, RESPONSE (""), NAVIGATED, NAVIGATED, CLOSED }, HEADS LEFT },
  { "page-that-is-left-in-a-handshake", { PAGE, CREATED, REQUEST, NAVIGATED, RESPONSE ("") }, OPENED ASKED LEFT },
  { "socket-of-the-next-page",
    { PAGE, CREATED, REQUEST, RESPONSE (""), NAVIGATED, CLOSED, SENT ("Hello"), CLOSED },
    HEADS LEFT "; 2 opened; 2 note: Opened before we looked: the browser does not repeat its "
    "handshake (reload the page to see it); 2 > text 'Hello'; "
    "2 close: Closed: the code is not reported by the browser" },
  { "main-frame-by-its-parent", { PAGE, CREATED, REQUEST, RESPONSE (""), NAVIGATED_OF ("S", "'id':'other'") }, HEADS LEFT },
  { "frame-that-is-left", { PAGE, CREATED, REQUEST, RESPONSE (""), NAVIGATED_OF ("S", "'id':'F','parentId':'T'"), CLOSED }, HEADS END },
  { "frame-of-another-site-that-is-left",
    { ATTACHED ("S", "T", "iframe", "http://h/"), CREATED, REQUEST, RESPONSE (""), NAVIGATED_OF ("S", "'id':'T','parentId':'P'") },
    HEADS LEFT },
  { "navigation-of-no-session", { PAGE, CREATED, REQUEST, RESPONSE (""), NAVIGATED_OF ("other", "'id':'T'"), CLOSED }, HEADS END },
  { "navigation-without-a-frame",
    { PAGE, CREATED, REQUEST, RESPONSE (""), "{'method':'Page.frameNavigated','params':{},'sessionId':'S'}",
      CLOSED }, HEADS END },
  { "target-that-has-gone-at-once",
    { PAGE_NAMED ("gone", "G"), REFUSAL ("Target.setAutoAttach@gone", "-32001", "no session"),
      REFUSAL ("Network.enable@gone", "-32001", "no session"),
      REFUSAL ("Page.enable@gone", "-32001", "no session"),
      REFUSAL ("Runtime.runIfWaitingForDebugger@gone", "-32001", "no session"),
      DETACHED ("gone"), PAGE, CREATED, REQUEST, RESPONSE (""), CLOSED }, HEADS END },
  { "worker-attached-twice-is-told-once", { PAGE, WORKER, WORKER_OF_PAGE, TWICE },
    "1 opened: ws://h/w; 1 > text 'a'; 1 > text 'b'; " END_OF_ALL },
};

static void
test_recorded (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  g_autofree char *rows = NULL;

  scene_init (&scene, NULL);
  for (guint i = 0; i < MAX_LINES && recorded[row].lines[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;

      take (&scene, recorded[row].lines[i], &error);
      g_assert_no_error (error);
    }
  scene_end (&scene);
  rows = listing_make (scene.store);
  g_assert_cmpstr (rows, ==, recorded[row].rows);
}

static const struct
{
  const char *name;
  const char *lines[MAX_LINES];
  const char *commands;
} told[] = {
  { "page-is-released-at-once", { PAGE }, RELEASED },
  { "second-session-tells-no-network", { PAGE, ATTACHED_BY ("S", "S2", "T", "page", "http://h/") }, RELEASED RELEASED_SECOND },
  { "second-session-takes-over", { PAGE, ATTACHED_BY ("S", "S2", "T", "page", "http://h/"), DETACHED ("S") },
    RELEASED RELEASED_SECOND "Network.enable@S2 Page.enable@S2 " },
  { "worker-has-no-frames", { ATTACHED ("S", "T", "service_worker", "http://h/w.js") },
    "Target.setAutoAttach@S Network.enable@S Runtime.runIfWaitingForDebugger@S " },
  { "same-session-twice", { PAGE, PAGE }, RELEASED },
  { "quotes-in-an-identifier-are-not-sent-back", { ATTACHED ("a\\\",\\\"method\\\":\\\"x", "T", "page", "http://h/") }, "" },
};

static void
test_told (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, NULL);
  for (guint i = 0; i < MAX_LINES && told[row].lines[i] != NULL; i++)
    g_assert_true (take (&scene, told[row].lines[i], NULL));
  g_assert_cmpstr (scene.commands->str, ==, told[row].commands);
}

/* One WebSocket of a page, of its frame, and of a shared worker; with this text of --page. */
static const struct
{
  const char *name, *page, *rows;
} chosen[] = {
  { "all", NULL, "1 opened: ws://h/p; 1 > text 'a'; 2 opened: ws://h/f; 2 > text 'a'; 3 opened: ws://h/w; 3 > text 'a'" },
  { "by-address", "SHOP", "1 opened: ws://h/p; 1 > text 'a'; 2 opened: ws://h/f; 2 > text 'a'" },
  { "by-title", "a TITLE", "1 opened: ws://h/p; 1 > text 'a'; 2 opened: ws://h/f; 2 > text 'a'; 3 opened: ws://h/w; 3 > text 'a'" },
  { "worker-by-its-own-address", "w.js", "1 opened: ws://h/w; 1 > text 'a'" },
  { "none", "elsewhere", "" },
};

static const char *const family[] = {
  ATTACHED ("P", "P", "page", "about:blank"),
  ATTACHED_BY ("P", "F", "F", "iframe", "http://ads/"),
  ATTACHED ("W", "W", "shared_worker", "http://h/w.js"),
  "{'method':'Target.targetInfoChanged','params':{" INFO ("P", "page", "http://shop/") "}}",
  CREATED_OF ("P", "ws://h/p"), CREATED_OF ("F", "ws://h/f"), CREATED_OF ("W", "ws://h/w"),
  TEXT_OF ("P", "1", "a"), TEXT_OF ("F", "2", "a"), TEXT_OF ("W", "3", "a"),
};

static void
test_chosen (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  g_autofree char *rows = NULL;

  scene_init (&scene, chosen[row].page);
  for (guint i = 0; i < G_N_ELEMENTS (family); i++)
    g_assert_true (take (&scene, family[i], NULL));
  rows = listing_make (scene.store);
  g_assert_cmpstr (rows, ==, chosen[row].rows);
}

/* The page that is asked to load again, of a conversation of the same three. */
static const struct
{
  const char *name;
  guint32     number;
  const char *event;            /* event that comes before the call; NULL: none */
  const char *commands, *notes;
} reloaded[] = {
  { "page", 1, NULL, "Page.reload@P ", "" },
  { "page-of-a-frame", 2, NULL, "Page.reload@P ", "" },
  { "page-that-has-gone", 1, DETACHED ("P"), "", "" },
  { "closed-connection", 1, "{'method':'Network.webSocketClosed','params':{'requestId':'1','timestamp':9},'sessionId':'P'}", "", "" },
  { "shared-worker", 3, NULL, "",
    "The connection is of a worker that belongs to no single page: load its pages again" },
};

static void
test_reloaded (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiConversation) conversation = NULL;

  scene_init (&scene, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (family); i++)
    g_assert_true (take (&scene, family[i], NULL));
  if (reloaded[row].event != NULL)
    g_assert_true (take (&scene, reloaded[row].event, NULL));
  g_string_truncate (scene.commands, 0);

  conversation = wsi_store_dup_conversation (scene.store, reloaded[row].number);
  wsi_browser_watch_reload (scene.watch, conversation);
  g_assert_cmpstr (scene.commands->str, ==, reloaded[row].commands);
  g_assert_cmpstr (scene.notes->str, ==, reloaded[row].notes);
}

static const struct
{
  const char *name, *line, *problem;    /* line of the browser, and the problem with it; NULL: it is
                                         * taken */
} refused[] = {
  { "no-json", "HTTP/1.1 400 Bad Request", "expected an object of JSON" },
  { "array", "[]", "expected an object of JSON" },
  { "cut", "{'id':1,'res", "expected an object of JSON" },
  { "other-object", "{'jsonrpc':'2.0'}", "expected a message of the DevTools protocol" },
  { "empty", "{}", "expected a message of the DevTools protocol" },
  { "no-browser", REFUSAL ("Target.setDiscoverTargets", "-32601", "not found"), "expected a browser, received \"not found\"" },
  { "no-browser-to-attach", REFUSAL ("Target.setAutoAttach", "-32601", "not found"), "expected a browser, received \"not found\"" },
  { "no-session-to-attach", REFUSAL ("Target.setAutoAttach", "-32001", "not found"), NULL },
  { "no-session-to-discover", REFUSAL ("Target.setDiscoverTargets", "-32001", "not found"), NULL },
  { "refusal-of-a-session", REFUSAL ("Target.setAutoAttach@S", "-32000", "not allowed"), NULL },
  { "refusal-of-what-was-not-asked", REFUSAL ("Target.exposeAll", "-32601", "not found"), NULL },
  { "no-page", REFUSAL ("Target.createTarget", "-32000", "no window"), "the browser opens no page: no window" },
  { "no-page-of-a-session", REFUSAL ("Target.createTarget", "-32001", "no window"), NULL },
  { "error-of-nothing", "{'error':{'code':1}}", NULL },
  { "error-that-is-no-object", "{'id':2,'error':5}", NULL },
  { "event-without-parameters", "{'method':'Network.webSocketFrameSent'}", NULL },
  { "parameters-that-are-a-list", "{'method':'Target.attachedToTarget','params':[]}", NULL },
  { "negative-id", "{'id':-1}", "expected a message of the DevTools protocol" },
};

static void
test_refused (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };
  g_autoptr (GError) error = NULL;

  scene_init (&scene, NULL);
  g_assert_true (take (&scene, PAGE, NULL));
  g_assert_true (take (&scene, refused[row].line, &error) == (refused[row].problem == NULL));
  if (refused[row].problem == NULL)
    return;

  g_test_message ("%s", error->message);
  g_assert_true (g_str_has_prefix (error->message, refused[row].problem));
}

/* Each event, cut at each byte: an error or not, but no harm. */
static void
test_cut (void)
{
  for (guint row = 0; row < G_N_ELEMENTS (recorded); row++)
    {
      g_auto (Scene) scene = { 0 };

      scene_init (&scene, NULL);
      for (guint i = 0; i < MAX_LINES && recorded[row].lines[i] != NULL; i++)
        for (gsize length = 0; length <= strlen (recorded[row].lines[i]); length++)
          {
            g_autofree char *line = g_strndup (recorded[row].lines[i], length);

            take (&scene, line, NULL);
          }
    }
}

/* A peer that has answered as a browser is one: a second answer, or a late one, ends nothing. */
static void
test_answered_twice (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, NULL);
  g_assert_true (take (&scene, ANSWER ("Target.setAutoAttach"), NULL));
  g_assert_true (take (&scene, REFUSAL ("Target.setAutoAttach", "-32601", "not found"), NULL));
  g_assert_true (take (&scene, REFUSAL ("Target.setDiscoverTargets", "-32601", "not found"), NULL));
}

/* A browser that refuses the network of a page is reported, one of a target that has gone not. */
static void
test_network_refused (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, NULL);
  take (&scene, PAGE, NULL);
  take (&scene, REFUSAL_OF ("Network.enable", "S", "-32001", "gone"), NULL);
  take (&scene, REFUSAL_OF ("Network.enable", "S", "-32601", "unknown"), NULL);
  g_assert_cmpstr (scene.notes->str, ==, "");
  take (&scene, REFUSAL_OF ("Network.enable", "S", "-32000", "no network"), NULL);
  g_assert_cmpstr (scene.notes->str, ==, "The browser does not tell of http://h/: no network");
}

static const struct
{
  const char *name;
  const char *lines[MAX_LINES];
  guint       n_without_pages;
} emptied[] = {
  { "one-page", { PAGE }, 0 },
  { "last-page-ends", { PAGE, DETACHED ("S") }, 1 },
  { "first-of-two-ends", { PAGE, PAGE_NAMED ("S2", "T2"), DETACHED ("S") }, 0 },
  { "both-end", { PAGE, PAGE_NAMED ("S2", "T2"), DETACHED ("S"), DETACHED ("S2") }, 1 },
  { "one-of-two-sessions-ends", { PAGE, PAGE_NAMED ("S2", "T"), DETACHED ("S") }, 0 },
  { "worker-ends", { WORKER, DETACHED ("W1") }, 0 },
  { "worker-stays", { PAGE, WORKER, DETACHED ("S") }, 1 },
  { "session-that-is-not-known", { PAGE, DETACHED ("other") }, 0 },
};

static void
test_emptied (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_auto (Scene) scene = { 0 };

  scene_init (&scene, NULL);
  for (guint i = 0; i < MAX_LINES && emptied[row].lines[i] != NULL; i++)
    g_assert_true (take (&scene, emptied[row].lines[i], NULL));
  g_assert_cmpuint (scene.n_without_pages, ==, emptied[row].n_without_pages);
}

#define NOW G_GINT64_CONSTANT (1700000100000000)

static const struct
{
  const char *name;
  double      stamp, wall;      /* times of the page and of the wall clock that are set; NAN: not
                                 * set */
  double      asked;
  gint64      expected_us;
} times[] = {
  { "wall-time-of-a-request", 5, 1700000000, 6.5, NOW - 98500000 },
  { "never-later-than-now", 5, 1700000000, 1000, NOW },
  { "first-time-is-now", NAN, NAN, 77, NOW },
  { "no-time-is-now", 5, 1700000000, NAN, NOW },
  { "negative-time-is-now", 5, 1700000000, -3, NOW },
  { "endless-time-is-now", 5, 1700000000, INFINITY, NOW },
  { "wall-time-of-another-year-is-none", 5, 1, 6, NOW },
  { "wall-time-without-an-end-is-none", 5, INFINITY, 6, NOW },
};

static void
test_time (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  WsiBrowserClock clock = { 0 };

  wsi_browser_clock_set (&clock, times[row].stamp, times[row].wall, NOW);
  g_assert_cmpint (wsi_browser_clock_to_wall (&clock, times[row].asked, NOW), ==,
                   times[row].expected_us);
}

/* A computer that has slept: the browser's time stood still, and the next request sets it right. */
static void
test_time_after_sleep (void)
{
  WsiBrowserClock clock = { 0 };
  const gint64 hour_us = G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC;

  wsi_browser_clock_set (&clock, 5, 1700000000, NOW);
  g_assert_cmpint (wsi_browser_clock_to_wall (&clock, 10, NOW), ==, NOW - 95000000);
  g_assert_cmpint (wsi_browser_clock_to_wall (&clock, 9, NOW), ==, NOW - 95000000);
  wsi_browser_clock_set (&clock, 11, 1700003600, NOW + hour_us);
  g_assert_cmpint (wsi_browser_clock_to_wall (&clock, 12, NOW + hour_us), ==,
                   NOW + hour_us - 99000000);
}

static const struct
{
  const char *text, *host;      /* address that is typed, and its host; NULL: it is a folder, or
                                 * wrong */
  guint16     port;
  const char *problem;
} addresses[] = {
  { "9222", "127.0.0.1", 9222, NULL }, { "localhost:9222", "localhost", 9222, NULL }, { "[::1]:9222", "::1", 9222, NULL },
  { "0", NULL, 0, "invalid port" }, { "65536", NULL, 0, "invalid port" }, { "/a/profile", NULL, 0, NULL }, { "a:b", NULL, 0, NULL },
  { "/a/b:80", NULL, 0, NULL }, { ":80", NULL, 0, NULL }, { "host:0", NULL, 0, NULL },
};

static void
test_addresses (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      g_auto (WsiBrowserAddress) address = { 0 };
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", addresses[i].text);
      g_assert_true (wsi_browser_address_parse (&address, addresses[i].text, &error) ==
                     (addresses[i].problem == NULL));
      if (addresses[i].problem != NULL)
        {
          g_assert_true (g_str_has_prefix (error->message, addresses[i].problem));
          continue;
        }
      g_assert_cmpstr (address.host, ==, addresses[i].host);
      g_assert_cmpuint (address.host != NULL ? address.port : 0, ==, addresses[i].port);
      g_assert_cmpstr (address.folder, ==, addresses[i].host == NULL ? addresses[i].text : NULL);
    }
}

static const struct
{
  const char *name, *file, *path, *problem;
} folders[] = {
  { "both-lines", "9222\n/devtools/browser/abc-1\n", "/devtools/browser/abc-1", NULL },
  { "crlf", "9222\r\n/devtools/browser/abc\r\n", "/devtools/browser/abc", NULL },
  { "no-file", NULL, NULL, "one without a readable file DevToolsActivePort" },
  { "one-line", "9222", NULL, "without a port and a path" },
  { "no-port", "x\n/devtools/browser/abc\n", NULL, "without a port and a path" },
  { "other-path", "9222\n/evil\n", NULL, "without a port and a path" },
  { "path-with-a-blank", "9222\n/devtools/browser/a HTTP/1.1\n", NULL, "without a port and a path" },
  { "empty", "", NULL, "without a port and a path" },
};

static void
test_folder (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autofree char *folder = g_dir_make_tmp ("test-browser-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "DevToolsActivePort", NULL);
  g_auto (WsiBrowserAddress) address = { 0 };
  g_autoptr (GError) error = NULL;

  if (folders[row].file != NULL)
    g_assert_true (g_file_set_contents (file, folders[row].file, -1, NULL));
  g_assert_true (wsi_browser_address_parse (&address, folder, NULL));
  g_assert_true (wsi_browser_address_read_folder (&address, &error) == (folders[row].path != NULL));
  g_assert_cmpstr (address.path, ==, folders[row].path);
  if (folders[row].problem != NULL)
    g_assert_nonnull (strstr (error->message, folders[row].problem));
  g_remove (file);
  g_rmdir (folder);
}

static const struct
{
  const char *name, *typed, *body, *path, *problem;
} answers[] = {
  { "browser", "9222", "{'Browser':'Chrome/1','webSocketDebuggerUrl':'ws://127.0.0.1:9222/devtools/browser/a'}",
    "/devtools/browser/a", NULL },
  { "other-name-of-loopback", "9222", "{'webSocketDebuggerUrl':'ws://localhost:9222/devtools/browser'}", "/devtools/browser", NULL },
  { "other-host", "9222", "{'webSocketDebuggerUrl':'ws://evil.example/devtools/browser'}", NULL, "expected an address of the same host" },
  { "host-that-was-typed", "far.example:9222", "{'webSocketDebuggerUrl':'ws://FAR.example:1/a'}", "/a", NULL },
  { "loopback-of-another-host", "far.example:9222", "{'webSocketDebuggerUrl':'ws://127.0.0.1/a'}", NULL, "of the same host" },
  { "node", "9229", "{'Browser':'node.js/v20','Protocol-Version':'1.1'}", NULL, "received \"node.js/v20\"" },
  { "no-json", "9222", "<html>", NULL, "received another answer" },
  { "other-scheme", "9222", "{'webSocketDebuggerUrl':'http://127.0.0.1/a'}", NULL, "names no WebSocket" },
  { "no-path", "9222", "{'webSocketDebuggerUrl':'ws://127.0.0.1'}", NULL, "names no WebSocket" },
};

static void
test_answer (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autofree char *body = g_strdelimit (g_strdup (answers[row].body), "'", '"');
  g_autoptr (GBytes) answer = g_bytes_new (body, strlen (body));
  g_auto (WsiBrowserAddress) address = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (wsi_browser_address_parse (&address, answers[row].typed, NULL));
  g_assert_true (wsi_browser_address_take_answer (&address, answer, &error) ==
                 (answers[row].path != NULL));
  g_assert_cmpstr (address.path, ==, answers[row].path);
  if (answers[row].problem != NULL)
    g_assert_nonnull (strstr (error->message, answers[row].problem));
}

static const struct
{
  const char *text, *url;
} urls[] = {
  { "https://example.org/a", "https://example.org/a" }, { "example.org", "http://example.org" },
  { "localhost:3000", "http://localhost:3000" }, { "about:blank", "about:blank" }, { "data:text/html,x", "data:text/html,x" },
  { "view-source:http://a/", "view-source:http://a/" },
};

static void
test_urls (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_autofree char *url = wsi_browser_process_make_url (urls[i].text);

      g_assert_cmpstr (url, ==, urls[i].url);
    }
}

static void
add (const char   *group,
     const char   *name,
     guint         row,
     GTestDataFunc function)
{
  g_autofree char *path = g_strconcat (PATH, group, "/", name, NULL);

  g_test_add_data_func (path, GUINT_TO_POINTER (row), function);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (recorded); i++)
    add ("records", recorded[i].name, i, test_recorded);
  for (guint i = 0; i < G_N_ELEMENTS (told); i++)
    add ("commands", told[i].name, i, test_told);
  for (guint i = 0; i < G_N_ELEMENTS (chosen); i++)
    add ("page", chosen[i].name, i, test_chosen);
  for (guint i = 0; i < G_N_ELEMENTS (reloaded); i++)
    add ("reload", reloaded[i].name, i, test_reloaded);
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    add ("messages", refused[i].name, i, test_refused);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    add ("times", times[i].name, i, test_time);
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    add ("folder", folders[i].name, i, test_folder);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    add ("version", answers[i].name, i, test_answer);
  g_test_add_func (PATH "times/after-sleep", test_time_after_sleep);
  g_test_add_func (PATH "cut-at-each-byte", test_cut);
  for (guint i = 0; i < G_N_ELEMENTS (emptied); i++)
    add ("pages", emptied[i].name, i, test_emptied);
  g_test_add_func (PATH "answered-twice", test_answered_twice);
  g_test_add_func (PATH "network-is-refused", test_network_refused);
  g_test_add_func (PATH "addresses", test_addresses);
  g_test_add_func (PATH "urls-as-users-write-them", test_urls);
  return g_test_run ();
}
