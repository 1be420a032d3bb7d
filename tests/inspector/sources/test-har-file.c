/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* HAR as browsers and Playwright write it, and damaged ones. */

#include "inspect/sources/files/wsi-har-cutter.h"
#include "inspect/sources/files/wsi-har-file.h"
#include "inspect/sources/files/wsi-recording.h"

#include <string.h>

#include "inspector/listing.h"
#include "lib/rows.h"

#define BEGIN "{\"log\":{\"version\":\"1.2\",\"entries\":["
#define END "]}}"
#define SPACES "                                                                "
#define STARTED "\"startedDateTime\":\"2023-11-14T22:13:20.000Z\","
#define STARTED_US G_GINT64_CONSTANT (1700000000000000)
#define REQUEST "\"request\":{\"method\":\"GET\",\"url\":\"ws://h:81/chat?a=b#c\",\"headers\":[" \
  "{\"name\":\"Host\",\"value\":\"h:81\"},{\"name\":\"Upgrade\",\"value\":\"websocket\"}," \
  "{\"name\":\"Connection\",\"value\":\"Upgrade\"}," \
  "{\"name\":\"Sec-WebSocket-Key\",\"value\":\"dGhlIHNhbXBsZSBub25jZQ==\"}," \
  "{\"name\":\"Sec-WebSocket-Version\",\"value\":\"13\"}]},"
#define RESPONSE "\"response\":{\"status\":101,\"statusText\":\"Switching Protocols\"," \
  "\"headers\":[" \
  "{\"name\":\"Upgrade\",\"value\":\"websocket\"},{\"name\":\"Connection\",\"value\":\"Upgrade\"}," \
  "{\"name\":\"Sec-WebSocket-Accept\",\"value\":\"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\"}]}"
#define HEADS REQUEST RESPONSE
#define NO_MESSAGES "1 note: The HAR has no messages of this connection: the program that wrote " \
  "it leaves them out, as Firefox does (capture the connection with \"wsinspect capture\", or save the " \
  "HAR in Chrome); "
#define OPEN "1 opened: ws://h:81/chat?a=b#c; 1 request: GET /chat?a=b HTTP/1.1; " \
  "1 response: HTTP/1.1 101 Switching Protocols; "
#define ERROR(text) "{\"type\":\"error\",\"opcode\":-1,\"time\":-1,\"data\":\"" text "\"}"
#define REFUSED(status, messages) \
  "{\"_webSocketMessages\":[" messages "]," STARTED REQUEST "\"response\":{\"status\":" status "}}"
#define CLOSED_BY(close) \
  "{\"_webSocketMessages\":[" HELLO "],\"_webSocketClose\":" close "," STARTED HEADS "}"
#define ROWS(more) "1 opened: ws://h:81/chat?a=b#c; 1 request: GET /chat?a=b HTTP/1.1; " \
  "1 response: HTTP/1.1 101 Switching Protocols; " more "1 close: The HAR does not say how the connection ended"
#define ROWS_WITHOUT_HEADS(number, more) number " opened; " number " note: The HAR has not all " \
  "headers of the handshake; " more number " close: The HAR does not say how the connection ended"
#define OPENED(number) \
  number " opened; " number " note: The HAR has not all headers of the handshake; "
#define CLOSED(number) number " close: The HAR does not say how the connection ended"
#define ENTRY(messages) "{\"_webSocketMessages\":[" messages "]," STARTED HEADS "}"
#define SHORT(messages) "{" STARTED "\"_webSocketMessages\":[" messages "]}"
#define HELLO "{\"type\":\"send\",\"time\":1700000000.5,\"opcode\":1,\"data\":\"Hello\"}"
#define BYTES "{\"type\":\"receive\",\"time\":1700000001,\"opcode\":2,\"data\":\"YWJj\"}"

typedef struct
{
  WsiStore    *store;
  WsiRecorder *recorder;
} Scene;

static void
scene_init (Scene *scene)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;

  *scene = (Scene) { .store = wsi_store_new_with_limits (&limits) };
  scene->recorder = wsi_recorder_new (scene->store, WSP_ROLE_CLIENT);
}

static void
scene_clear (Scene *scene)
{
  g_clear_object (&scene->recorder);
  g_clear_object (&scene->store);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scene, scene_clear)

/* The content tells the format. */
static gboolean
load (Scene      *scene,
      const void *at,
      gsize       length,
      GError    **error)
{
  g_autoptr (GInputStream) bytes =
    g_memory_input_stream_new_from_data (at, (gssize) length, NULL);
  g_autoptr (GInputStream) stream = wsi_recording_open_stream (bytes);
  g_autoptr (WsiRecording) file =
    wsi_recording_new (stream, "a.har", scene->recorder, NULL, error);

  return file != NULL && wsi_recording_run (file, error);
}

static const struct
{
  const char *name, *text, *rows;
  const char *problem;          /* problem of the file; NULL = none */
} files[] = {
  { "text-and-base64", BEGIN ENTRY (HELLO "," BYTES) END, ROWS ("1 > text 'Hello'; 1 < binary 'abc'; "), NULL },
  { "spaces-and-a-byte-order-mark", "\xef\xbb\xbf {\n\t\"log\" : {\n\"entries\" : [ " ENTRY (" " HELLO " ") " ] } }\n",
    ROWS ("1 > text 'Hello'; "), NULL },
  { "no-messages", BEGIN ENTRY ("") END, ROWS (""), NULL },
  { "log-behind-more-spaces-than-tell-the-format",
    "{" SPACES "\"log\":{\"entries\":[" ENTRY (HELLO) END, ROWS ("1 > text 'Hello'; "), NULL },
  { "only-an-address-tells", BEGIN "{" STARTED HEADS "}" END, ROWS (NO_MESSAGES), NULL },
  { "address-of-tls-tells", BEGIN "{" STARTED "\"request\":{\"url\":\"wss://h/\"}}" END, "1 opened: wss://h/; 1 note: The HAR has not all "
    "headers of the handshake; " NO_MESSAGES "1 close: The HAR does not say how the connection ended", NULL },
  { "entries-outside-of-the-log-are-none", "{\"log\":{\"entries\":[]},\"x\":{\"entries\":[" ENTRY (HELLO) "]}}", "", NULL },
  { "values-among-messages-are-none", BEGIN SHORT ("[1],[],5," HELLO) END, ROWS_WITHOUT_HEADS ("1", "1 > text 'Hello'; "), NULL },
  { "other-arrays-of-wsinspect-are-left-out", BEGIN "{" STARTED "\"_wsinspect\":{\"other\":[" HELLO "]},\"_webSocketMessages\":[" HELLO "]}"
    END, ROWS_WITHOUT_HEADS ("1", "1 > text 'Hello'; "), NULL },
  { "beginning-of-a-name-is-another-one", BEGIN "{" STARTED "\"_resourceType\":\"websocket\",\"_webSocket\":[" HELLO "]}" END,
    ROWS_WITHOUT_HEADS ("1", NO_MESSAGES), NULL },
  { "name-of-other-letters-is-another-one", BEGIN "{" STARTED "\"_resourceType\":\"websocket\",\"_websocketmessages\":[" HELLO "]}" END,
    ROWS_WITHOUT_HEADS ("1", NO_MESSAGES), NULL },
  { "control-frames-of-another-object-are-none",
    BEGIN "{" STARTED "\"x\":{\"control\":[" HELLO "]},\"_webSocketMessages\":[" HELLO "]}" END,
    ROWS_WITHOUT_HEADS ("1", "1 > text 'Hello'; "), NULL },
  { "base64-with-a-plus", BEGIN SHORT ("{\"type\":\"send\",\"opcode\":2,\"data\":\"YWI+\"}") END,
    ROWS_WITHOUT_HEADS ("1", "1 > binary 'ab>'; "), NULL },
  { "exact-bytes-of-a-binary-message", BEGIN SHORT ("{\"type\":\"send\",\"opcode\":2,\"data\":\"?\",\"_wsinspect\":{\"base64\":\"YWJj\"}}")
    END, ROWS_WITHOUT_HEADS ("1", "1 > binary 'abc'; "), NULL },
  { "another-method-makes-no-head", BEGIN "{\"_webSocketMessages\":[]," STARTED "\"request\":{\"method\":\"POST\",\"url\":\"ws://h/\","
    "\"headers\":[{\"name\":\"Sec-WebSocket-Key\",\"value\":\"x\"}]}}" END, "1 opened: ws://h/; 1 note: The HAR has not all "
    "headers of the handshake; 1 close: The HAR does not say how the connection ended", NULL },
  { "response-alone-is-no-handshake", BEGIN "{\"_webSocketMessages\":[]," STARTED "\"request\":{\"url\":\"ws://h/\"}," RESPONSE "}" END,
    "1 opened: ws://h/; 1 note: The HAR has not all headers of the handshake; "
    "1 close: The HAR does not say how the connection ended", NULL },
  { "name-without-a-value-names-no-later-one", "{\"log\":{\"a\":{\"entries\":}[" ENTRY (HELLO) "]}}", "", "expected an array" },
  { "too-much-padding-is-no-base64", BEGIN SHORT ("{\"type\":\"send\",\"opcode\":2,\"data\":\"Y===\"}") END,
    ROWS_WITHOUT_HEADS ("1", "1 > binary 'Y==='; "), NULL },
  { "too-few-characters-are-no-base64", BEGIN SHORT ("{\"type\":\"send\",\"opcode\":2,\"data\":\"YWJ\"}") END,
    ROWS_WITHOUT_HEADS ("1", "1 > binary 'YWJ'; "), NULL },
  { "opcode-below-0", BEGIN SHORT ("{\"type\":\"send\",\"opcode\":-1,\"data\":\"a\"}") END,
    ROWS_WITHOUT_HEADS ("1", ""), "and an opcode" },
  { "opcode-above-15", BEGIN SHORT ("{\"type\":\"send\",\"opcode\":16,\"data\":\"a\"}") END,
    ROWS_WITHOUT_HEADS ("1", ""), "and an opcode" },
  { "status-of-four-digits-makes-no-heads", BEGIN "{\"_webSocketMessages\":[]," STARTED REQUEST "\"response\":{\"status\":1000}}" END,
    "1 opened: ws://h:81/chat?a=b#c; 1 note: The HAR has not all headers of the handshake; "
    "1 close: The HAR does not say how the connection ended", NULL },
  { "refused-without-words", BEGIN "{\"_webSocketMessages\":[]," STARTED REQUEST "\"response\":{\"status\":403}}" END,
    "1 opened: ws://h:81/chat?a=b#c; 1 request: GET /chat?a=b HTTP/1.1; 1 response: HTTP/1.1 403 ; "
    "1 close: The HAR does not say how the connection ended", NULL },
  { "words-of-a-response-do-not-bring-headers", BEGIN "{\"_webSocketMessages\":[]," STARTED REQUEST
    "\"response\":{\"status\":403,\"statusText\":\"No\\r\\nEvil: 1\"}}" END,
    "1 opened: ws://h:81/chat?a=b#c; 1 request: GET /chat?a=b HTTP/1.1; 1 response: HTTP/1.1 403 ; "
    "1 close: The HAR does not say how the connection ended", NULL },
  { "address-with-a-control-makes-no-head", BEGIN "{\"_webSocketMessages\":[]," STARTED "\"request\":{\"method\":\"GET\","
    "\"url\":\"ws://h/\\u007f\",\"headers\":[{\"name\":\"Sec-WebSocket-Key\",\"value\":\"x\"}]}}" END, "1 opened: ws://h/\x7f; "
    "1 note: The HAR has not all headers of the handshake; 1 close: The HAR does not say how the connection ended", NULL },
  { "other-entries-are-left-out", BEGIN "{\"request\":{\"url\":\"http://h/\"}}," ENTRY (HELLO) ",{}" END,
    ROWS ("1 > text 'Hello'; "), NULL },
  { "entry-with-the-word-only", BEGIN "{\"a\":\"websocket\"}" END, "", NULL },
  { "resource-type-without-messages", BEGIN "{\"_resourceType\":\"websocket\"," STARTED HEADS "}" END, ROWS (NO_MESSAGES), NULL },
  { "heads-after-messages-or-before", BEGIN "{" STARTED HEADS ",\"_webSocketMessages\":[" HELLO "]}" END,
    ROWS ("1 > text 'Hello'; "), NULL },
  { "without-headers-no-rule-is-checked", BEGIN SHORT (HELLO) END, ROWS_WITHOUT_HEADS ("1", "1 > text 'Hello'; "), NULL },
  { "refused", BEGIN "{\"_resourceType\":\"websocket\"," STARTED REQUEST
    "\"response\":{\"status\":403,\"statusText\":\"No\",\"headers\":[]}}" END,
    "1 opened: ws://h:81/chat?a=b#c; 1 request: GET /chat?a=b HTTP/1.1; 1 response: HTTP/1.1 403 No; "
    "1 close: The HAR does not say how the connection ended", NULL },
  { "error-is-the-end", BEGIN ENTRY (HELLO "," ERROR ("Invalid frame header")) END,
    OPEN "1 > text 'Hello'; 1 close: Failed, as the browser reports: Invalid frame header", NULL },
  { "first-error-is-the-end", BEGIN ENTRY (ERROR ("") "," ERROR ("Reset") "," ERROR ("Later") "," HELLO) END,
    OPEN "1 note: Later; 1 > text 'Hello'; 1 close: Failed, as the browser reports: Reset", NULL },
  { "error-without-words", BEGIN ENTRY (ERROR ("")) END, OPEN "1 close: Failed: the browser does not report why", NULL },
  { "error-without-data", BEGIN ENTRY ("{\"type\":\"error\"}") END, OPEN "1 close: Failed: the browser does not report why", NULL },
  { "error-before-a-response", BEGIN REFUSED ("0", ERROR ("Reset")) END,
    "1 opened: ws://h:81/chat?a=b#c; 1 request: GET /chat?a=b HTTP/1.1; 1 close: Failed, as the browser reports: Reset", NULL },
  { "error-of-a-refusal", BEGIN REFUSED ("404", ERROR ("Unexpected response code: 404")) END,
    "1 opened: ws://h:81/chat?a=b#c; 1 request: GET /chat?a=b HTTP/1.1; 1 response: HTTP/1.1 404 ; "
    "1 close: Failed, as the browser reports: Unexpected response code: 404", NULL },
  { "error-before-a-request", BEGIN "{\"_webSocketMessages\":[" ERROR ("Refused") "]," STARTED "\"request\":{\"method\":\"GET\","
    "\"url\":\"ws://h/\",\"headers\":[]},\"response\":{\"status\":0}}" END, "1 opened: ws://h/; 1 note: The HAR has not all "
    "headers of the handshake; 1 close: Failed, as the browser reports: Refused", NULL },
  { "end-of-wsinspect-is-before-an-error", BEGIN "{\"_wsinspect\":{\"ending\":\"clean\",\"text\":\"Good\"},\"_webSocketMessages\":["
    ERROR ("Reset") "]," STARTED HEADS "}" END, OPEN "1 close: Good", NULL },
  { "closed-with-a-code", BEGIN CLOSED_BY ("{\"code\":1000,\"timestamp\":1700000002}") END,
    OPEN "1 > text 'Hello'; 1 close: Closed with 1000: Normal closure: the purpose of the "
    "connection is fulfilled", NULL },
  { "closed-with-a-reason", BEGIN CLOSED_BY ("{\"code\":4000,\"reason\":\"Bye\"}") END,
    OPEN "1 > text 'Hello'; 1 close: Closed with 4000, reason: Bye", NULL },
  { "closed-without-a-code", BEGIN CLOSED_BY ("{\"timestamp\":1700000002}") END,
    OPEN "1 > text 'Hello'; 1 close: Closed without a code", NULL },
  { "closed-without-a-close-frame", BEGIN CLOSED_BY ("\"aborted\"") END,
    OPEN "1 > text 'Hello'; 1 close: Connection ended without a Close frame", NULL },
  { "closed-with-1006", BEGIN CLOSED_BY ("{\"code\":1006,\"reason\":\"\"}") END,
    OPEN "1 > text 'Hello'; 1 close: Connection ended without a Close frame", NULL },
  { "no-close", BEGIN CLOSED_BY ("null") END, ROWS ("1 > text 'Hello'; "), NULL },
  { "code-that-is-none", BEGIN CLOSED_BY ("{\"code\":-1}") END, OPEN "1 > text 'Hello'; 1 close: Closed without a code", NULL },
  { "error-is-before-a-close", BEGIN "{\"_webSocketMessages\":[" ERROR ("Reset") "],"
    "\"_webSocketClose\":{\"code\":1000}," STARTED HEADS "}" END,
    OPEN "1 close: Failed, as the browser reports: Reset", NULL },
  { "https-is-wss", BEGIN "{\"_webSocketMessages\":[]," STARTED "\"request\":{\"url\":\"https://h/?a#b\"}}" END, "1 opened: wss://h/?a#b; "
    "1 note: The HAR has not all headers of the handshake; 1 close: The HAR does not say how the connection ended", NULL },
  { "http-is-ws", BEGIN "{\"_webSocketMessages\":[]," STARTED "\"request\":{\"url\":\"HTTP://h/\"}}" END, "1 opened: ws://h/; "
    "1 note: The HAR has not all headers of the handshake; 1 close: The HAR does not say how the connection ended", NULL },
  { "note-in-place-of-bytes", BEGIN SHORT ("{\"type\":\"send\",\"opcode\":2,\"data\":\"<binary>\"}") END,
    ROWS_WITHOUT_HEADS ("1", "1 > binary '<binary>'; "), NULL },
  { "exact-bytes-of-wsinspect", BEGIN SHORT ("{\"type\":\"send\",\"data\":\"?\",\"_wsinspect\":{\"base64\":\"YWJj\"}}") END,
    ROWS_WITHOUT_HEADS ("1", "1 > text 'abc'; "), NULL },
  { "control-frames-of-wsinspect", BEGIN "{\"_wsinspect\":{\"control\":[{\"type\":\"send\",\"opcode\":9,\"data\":\"YQ==\",\"after\":1},"
    "{\"type\":\"receive\",\"opcode\":10,\"data\":\"\",\"after\":2}],\"ending\":\"clean\",\"text\":\"Good\"},\"_webSocketMessages\":["
    HELLO "," BYTES "]," STARTED HEADS "}" END,
    "1 opened: ws://h:81/chat?a=b#c; 1 request: GET /chat?a=b HTTP/1.1; 1 response: HTTP/1.1 101 Switching Protocols; 1 > text 'Hello'; "
    "1 > ping 'a'; 1 < binary 'abc'; 1 < pong; 1 close: Good", NULL },
  { "headers-do-not-bring-others", BEGIN "{\"_webSocketMessages\":[]," STARTED "\"request\":{\"method\":\"GET\",\"url\":\"ws://h/\","
    "\"headers\":[{\"name\":\"A\",\"value\":\"b\\r\\nEvil: 1\\r\\n\\r\\n\"},{\"name\":\"B\\r\\nC\",\"value\":\"d\"},"
    "{\"name\":\"Sec-WebSocket-Key\",\"value\":\"x\"}]}}" END,
    "1 opened: ws://h/; 1 request: GET / HTTP/1.1; 1 close: The HAR does not say how the connection ended", NULL },
  { "url-with-a-space-makes-no-head", BEGIN "{\"_webSocketMessages\":[]," STARTED "\"request\":{\"method\":\"GET\",\"url\":\"ws://h/ x\","
    "\"headers\":[{\"name\":\"Sec-WebSocket-Key\",\"value\":\"x\"}]}}" END, "1 opened: ws://h/ x; 1 note: The HAR has not all headers "
    "of the handshake; 1 close: The HAR does not say how the connection ended", NULL },
  { "two-connections", BEGIN SHORT (HELLO) "," SHORT (BYTES) END,
    OPENED ("1") OPENED ("2") "1 > text 'Hello'; " CLOSED ("1") "; "
    "2 < binary 'abc'; " CLOSED ("2"), NULL },
  { "brackets-in-strings-do-not-count", BEGIN SHORT ("{\"type\":\"send\",\"data\":\"]}\\\"}[{\"}") END,
    ROWS_WITHOUT_HEADS ("1", "1 > text ']}\"}[{'; "), NULL },
  { "members-of-another-object-are-no-messages", BEGIN "{\"_resourceType\":\"websocket\",\"x\":{\"_webSocketMessages\":[" HELLO "]}}" END,
    ROWS_WITHOUT_HEADS ("1", NO_MESSAGES), NULL },
  { "half-a-surrogate-pair-is-replaced", BEGIN SHORT ("{\"type\":\"send\",\"data\":\"a\\ud83d\"}") END,
    ROWS_WITHOUT_HEADS ("1", "1 > text 'a\ufffd'; "), NULL },
  { "headers-of-other-types-are-left-out", BEGIN "{\"_webSocketMessages\":[]," STARTED
    "\"request\":{\"method\":\"GET\",\"url\":\"ws:\\/\\/h\\/\",\"headers\":[1,[],{},null,"
    "{\"name\":1,\"value\":\"x\"},{\"name\":\"Sec-WebSocket-Key\",\"value\":\"\\u0078\"}]}}" END,
    "1 opened: ws://h/; 1 request: GET / HTTP/1.1; 1 close: The HAR does not say how the connection ended", NULL },
  { "parts-of-other-types-are-none", BEGIN "{\"_webSocketMessages\":[{\"type\":\"send\",\"data\":\"a\","
    "\"opcode\":\"2\",\"_wsinspect\":[]}]," STARTED "\"request\":[],\"response\":1,\"_wsinspect\":\"x\",\"serverIPAddress\":{}}" END,
    ROWS_WITHOUT_HEADS ("1", "1 > text 'a'; "), NULL },
  { "damaged-message-is-left-out", BEGIN SHORT (HELLO ",{\"type\":},{\"type\":\"x\"}," BYTES) END,
    ROWS_WITHOUT_HEADS ("1", "1 > text 'Hello'; 1 < binary 'abc'; "),
    "Message at byte 165: expected an object of JSON: expected a value, received '}'" },
  { "damaged-entry-is-left-out", BEGIN "{\"_webSocketMessages\":[],x}," SHORT (HELLO) END,
    ROWS_WITHOUT_HEADS ("1", "1 > text 'Hello'; "),
    "Entry at byte 35: expected an object of JSON: expected a name" },
  { "entry-that-is-not-utf-8", BEGIN "{\"_webSocketMessages\":[],\"a\":\"\xff\"}," SHORT (HELLO) END,
    ROWS_WITHOUT_HEADS ("1", "1 > text 'Hello'; "),
    "Entry at byte 35: expected an object of JSON: it is not UTF-8" },
  { "ends-in-an-entry", BEGIN SHORT (HELLO) ",{\"a\":", ROWS_WITHOUT_HEADS ("1", "1 > text 'Hello'; "), "HAR is not complete" },
  { "ends-between-entries", BEGIN SHORT (HELLO), ROWS_WITHOUT_HEADS ("1", "1 > text 'Hello'; "), "HAR is not complete" },
  { "no-entries", "{\"log\":{}}", "", "expected an array \"entries\"" },
  { "more-closing-brackets", BEGIN "]}}]}}" END, "", NULL },
};

static void
test_file (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *rows = NULL;

  scene_init (&scene);
  g_assert_cmpint (load (&scene, files[i].text, strlen (files[i].text), &error), ==,
                   files[i].problem == NULL);
  rows = listing_make (scene.store);
  g_assert_cmpstr (rows, ==, files[i].rows);
  g_assert_cmpint (error != NULL, ==, files[i].problem != NULL);
  if (error != NULL && strstr (error->message, files[i].problem) == NULL)
    g_error ("\"%s\" is not in \"%s\"", files[i].problem, error->message);
}

/* Headers of an entry, and what is left of them; also the address of the server, NULL = none. */
static const struct
{
  const char *name, *headers, *lines;
  const char *address, *server;
} requests[] = {
  { "tab-stays", "{\"name\":\"A\",\"value\":\"b\\tc\"}", "A: b\tc\r\n", "192.0.2.1", "192.0.2.1:81" },
  { "line-feed-joins-two", "{\"name\":\"A\",\"value\":\"b\\nc\"}", "A: b\r\nA: c\r\n", "::1", "[::1]:81" },
  { "name-of-http-2-is-left-out", "{\"name\":\":path\",\"value\":\"/\"}", "", "[::1]", "[::1]:81" },
  { "empty-name-is-left-out", "{\"name\":\"\",\"value\":\"b\"}", "", "", NULL },
  { "name-with-a-blank-is-left-out", "{\"name\":\"A b\",\"value\":\"c\"}", "", "h", "h:81" },
  { "name-without-a-value-is-left-out", "{\"name\":\"A\"}", "", "h", "h:81" },
};

static void
test_request (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene = { 0 };
  g_autofree char *text =
    g_strdup_printf (BEGIN "{\"serverIPAddress\":\"%s\",\"request\":{\"method\":\"GET\","
                     "\"url\":\"ws://h:81/\",\"headers\":[%s,{\"name\":\"Sec-WebSocket-Key\",\"value\":\"x\"}]}}" END,
                     requests[i].address, requests[i].headers);
  g_autofree char *wanted =
    g_strconcat ("GET / HTTP/1.1\r\n", requests[i].lines, "Sec-WebSocket-Key: x\r\n\r\n", NULL);
  g_autoptr (WsiConversation) conversation = NULL;
  g_autoptr (GBytes) request = NULL;
  g_autoptr (GError) error = NULL;

  scene_init (&scene);
  load (&scene, text, strlen (text), &error);
  g_assert_no_error (error);
  conversation = wsi_store_dup_conversation (scene.store, 1);
  request = wsi_conversation_dup_request (conversation);
  g_assert_cmpmem (g_bytes_get_data (request, NULL), g_bytes_get_size (request), wanted,
                   strlen (wanted));
  g_assert_cmpstr (wsi_conversation_get_server (conversation), ==, requests[i].server);
}

/* The members that describe an end. */
static const struct
{
  const char *name, *entry;
  WsiEnding   ending;
  guint       code;             /* close code; 0 = none */
  gint64      end_us;           /* time of the end since the start */
} ends[] = {
  { "no-end", ENTRY (HELLO), WSI_ENDING_CUT, 0, 500000 },
  { "failed", ENTRY (HELLO "," ERROR ("x")), WSI_ENDING_ABNORMAL, 0, 500000 },
  { "failed-before-a-response", REFUSED ("0", ERROR ("x")), WSI_ENDING_ABNORMAL, 0, 0 },
  { "closed", CLOSED_BY ("{\"code\":1001,\"timestamp\":1700000002}"), WSI_ENDING_CLEAN, 1001, 2000000 },
  { "closed-in-milliseconds", CLOSED_BY ("{\"code\":1000,\"time\":1700000003000}"), WSI_ENDING_CLEAN, 1000, 3000000 },
  { "closed-with-a-reason", CLOSED_BY ("{\"code\":4000,\"reason\":\"x\"}"), WSI_ENDING_CLEAN, 4000, 500000 },
  { "closed-because-of-a-fault", CLOSED_BY ("{\"code\":1002}"), WSI_ENDING_ABNORMAL, 1002, 500000 },
  { "closed-without-a-code", CLOSED_BY ("{}"), WSI_ENDING_CLEAN, 1005, 500000 },
  { "aborted", CLOSED_BY ("\"aborted\""), WSI_ENDING_ABNORMAL, 1006, 500000 },
  { "closed-with-1006", CLOSED_BY ("{\"code\":1006}"), WSI_ENDING_ABNORMAL, 1006, 500000 },
};

static void
test_end (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene = { 0 };
  g_autofree char *text = g_strconcat (BEGIN, ends[i].entry, END, NULL);
  g_autoptr (WsiConversation) conversation = NULL;
  g_autoptr (GError) error = NULL;

  scene_init (&scene);
  load (&scene, text, strlen (text), &error);
  g_assert_no_error (error);
  conversation = wsi_store_dup_conversation (scene.store, 1);
  g_assert_cmpint (wsi_conversation_get_ending (conversation), ==, ends[i].ending);
  g_assert_cmpuint (wsi_conversation_get_end_code (conversation), ==, ends[i].code);
  g_assert_cmpint (wsi_conversation_get_end_time (conversation) - STARTED_US, ==, ends[i].end_us);
}

/* The user ends the program while the file is read. */
static void
test_cancelled (void)
{
  static const char text[] = BEGIN SHORT (HELLO) "," SHORT (BYTES) END;
  g_autoptr (GInputStream) bytes = g_memory_input_stream_new_from_data (text, strlen (text), NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiHarFile) file = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *rows = NULL;

  scene_init (&scene);
  file = wsi_har_file_new (bytes, "a.har", scene.recorder, cancellable);
  g_assert_true (wsi_har_file_step (file, 1, &error));
  g_cancellable_cancel (cancellable);
  while (wsi_har_file_step (file, 1, &error))
    continue;
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  rows = listing_make (scene.store);
  g_assert_nonnull (strstr (rows, "1 > text 'Hello'; "));
}

#define WITH_ZEROS(opcode) \
  "{\"x\":{\"data\":\"b\"},\"data\":\"a\",\"type\":\"send\",\"opcode\":" opcode "," \
  "\"data\":\"CONNECT\\n\\n\\u0000\\ud83d\\ude00\\u0000\",\"y\":[{\"data\":\"b\"}]}"

/* A frame of STOMP ends with U+0000. */
static void
test_zeros (void)
{
  static const char *const texts[] = {
    BEGIN SHORT (WITH_ZEROS ("1")) END, BEGIN SHORT (WITH_ZEROS ("2")) END,
  };
  static const char wanted[] = "CONNECT\n\n\0\xf0\x9f\x98\x80";

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_auto (Scene) scene = { 0 };
      g_autoptr (GBytes) payload = NULL;
      g_autoptr (GError) error = NULL;

      scene_init (&scene);
      load (&scene, texts[i], strlen (texts[i]), &error);
      g_assert_no_error (error);
      payload = wsi_store_dup_payload (scene.store, 2, WSI_VIEW_INFLATED, G_MAXSIZE);
      g_assert_cmpmem (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), wanted,
                       sizeof wanted);
    }
}

#define AT(time) "{\"type\":\"send\",\"time\":" time ",\"data\":\"\"}"

static const struct
{
  const char *name, *entry;
  gint64      first_us, second_us;      /* times of the two messages since the start */
} times[] = {
  { "seconds", "{" STARTED "\"_webSocketMessages\":[" AT ("1700000000.25") "," AT ("1700000001") "]}", 250000, 1000000 },
  { "microseconds-are-kept", "{" STARTED "\"_webSocketMessages\":[" AT ("1700000000.000001") "," AT ("1700000099.999999") "]}",
    1, 99999999 },
  { "milliseconds", "{" STARTED "\"_webSocketMessages\":[" AT ("1700000000250.5") "," AT ("1700000001000") "]}", 250500, 1000000 },
  { "another-clock", "{" STARTED "\"_webSocketMessages\":[" AT ("1234.5") "," AT ("1236") "]}", 0, 1500000 },
  { "start-after-the-messages", "{\"_webSocketMessages\":[" AT ("1700000000250") "," AT ("1700000001000") "]," STARTED "\"a\":1}",
    250000, 1000000 },
  { "another-zone", "{\"startedDateTime\":\"2023-11-15T00:13:20.000+02:00\",\"_webSocketMessages\":[" AT ("1700000000") ","
    AT ("1700000001") "]}", 0, 1000000 },
  { "no-start-and-seconds", "{\"_webSocketMessages\":[" AT ("1700000000") "," AT ("1700000001") "]}", 0, 1000000 },
  { "no-start-and-milliseconds", "{\"_webSocketMessages\":[" AT ("1700000000000") "," AT ("1700000001000") "]}", 0, 1000000 },
  { "no-start-and-another-clock", "{\"_webSocketMessages\":[" AT ("1234.5") "," AT ("1236") "]}", -STARTED_US, 1500000 - STARTED_US },
  { "above-all-times", "{" STARTED "\"_webSocketMessages\":[" AT ("0") "," AT ("1e18") "]}", 0, G_GINT64_CONSTANT (1) << 60 },
  { "below-all-times", "{" STARTED "\"_webSocketMessages\":[" AT ("1e18") "," AT ("0") "]}", 0, 0 },
  { "zero-does-not-decide-for-seconds", "{" STARTED "\"_webSocketMessages\":[" AT ("0") "," AT ("1700000001.5") "]}", 0, 1500000 },
  { "zero-does-not-decide-for-milliseconds", "{" STARTED "\"_webSocketMessages\":[" AT ("0") "," AT ("1700000001500") "]}", 0, 1500000 },
  { "zero-among-seconds-is-left-out", "{" STARTED "\"_webSocketMessages\":[" AT ("1700000001") "," AT ("0") "]}", 1000000, 1000000 },
  { "start-before-1970-is-unknown", "{\"startedDateTime\":\"1969-12-31T23:59:59Z\",\"_webSocketMessages\":[" AT ("1700000000") ","
    AT ("1700000001") "]}", 0, 1000000 },
  { "start-in-the-year-1-is-unknown", "{\"startedDateTime\":\"0001-01-01T00:00:00Z\",\"_webSocketMessages\":[" AT ("1700000000") ","
    AT ("1700000001") "]}", 0, 1000000 },
  { "left-out", "{" STARTED "\"_webSocketMessages\":[" AT ("-1") "," AT ("\"x\"") "]}", 0, 0 },
  { "first-is-left-out", "{" STARTED "\"_webSocketMessages\":[" AT ("-1") "," AT ("1700000001") "]}", 0, 1000000 },
};

static void
test_times (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene = { 0 };
  g_autofree char *text = g_strconcat (BEGIN, times[i].entry, END, NULL);
  g_autoptr (GError) error = NULL;

  scene_init (&scene);
  load (&scene, text, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_cmpint (wsi_store_get_record (scene.store, 2)->time_us - STARTED_US, ==,
                   times[i].first_us);
  g_assert_cmpint (wsi_store_get_record (scene.store, 3)->time_us - STARTED_US, ==,
                   times[i].second_us);
}

/* The numbers do not overflow. */
static void
test_huge_times (void)
{
  static const char *const all[] = {
    "1e308", "9223372036854775807", "99999999999999999999999999", "1e18", "0",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    {
      g_auto (Scene) scene = { 0 };
      g_autofree char *text =
        g_strdup_printf (BEGIN "{" STARTED "\"_webSocketMessages\":[" AT ("%s") "," AT ("%s") "]}"
                         END, all[i], all[G_N_ELEMENTS (all) - 1 - i]);

      scene_init (&scene);
      load (&scene, text, strlen (text), NULL);
      g_assert_cmpuint (wsi_store_get_end (scene.store), >=, 3);
    }
}

static void
test_long_line (void)
{
  g_auto (Scene) scene = { 0 };
  g_autofree char *filler = g_strnfill (4 * 1024 * 1024, 'a');
  g_autofree char *text =
    g_strconcat (BEGIN "{\"x\":\"", filler, "\"},{\"_webSocketMessages\":[{\"type\":\"send\","
                 "\"data\":\"", filler,
                 "\"}]}" END, NULL);
  g_autoptr (GError) error = NULL;

  scene_init (&scene);
  load (&scene, text, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (wsi_store_get_record (scene.store, 2)->payload_length, ==, 4 * 1024 * 1024);
}

/* In a message, in an entry, and in the file. */
static void
test_brackets (void)
{
  g_auto (Scene) scene = { 0 };
  g_autofree char *opening = g_strnfill (100000, '[');
  g_autofree char *closing = g_strnfill (100000, ']');
  g_autofree char *text =
    g_strconcat ("{\"log\":{\"x\":", opening, closing,
                 ",\"entries\":[{" STARTED "\"_webSocketMessages\":["
                 "{\"x\":", opening, closing, "}," HELLO "]},{\"_resourceType\":\"websocket\",\"x\":",
                 opening, closing, "}," SHORT (BYTES) END, NULL);
  g_autofree char *rows = NULL;
  g_autoptr (GError) error = NULL;

  scene_init (&scene);
  g_assert_false (load (&scene, text, strlen (text), &error));
  g_assert_nonnull (strstr (error->message, "nested too deep"));
  g_assert_nonnull (strstr (error->message, "(and 1 more)"));
  rows = listing_make (scene.store);
  g_assert_cmpstr (rows, ==, OPENED ("1") OPENED ("2") "1 > text 'Hello'; " CLOSED ("1")
                   "; 2 < binary 'abc'; " CLOSED ("2"));
}

#define N_SHORT 20000
#define N_LONG 20

/* With each message, the frames would be gigabytes to parse. */
static void
test_control_frames_after_messages (void)
{
  g_auto (Scene) scene = { 0 };
  g_autofree char *data = g_strnfill (400000, 'a');
  g_autoptr (GString) text = g_string_new (BEGIN "{\"_webSocketMessages\":[" HELLO);
  g_autoptr (GError) error = NULL;

  for (guint i = 1; i < N_SHORT; i++)
    g_string_append (text, "," HELLO);
  g_string_append (text, "],\"_wsinspect\":{\"control\":[{}");
  for (guint i = 0; i < N_LONG; i++)
    g_string_append_printf (text, ",{\"type\":\"send\",\"opcode\":9,\"after\":%u,\"data\":\"%s\"}",
                            N_SHORT - N_LONG + i, data);
  g_string_append (text, "]}," STARTED "\"a\":1}" END);

  scene_init (&scene);
  g_assert_false (load (&scene, text->str, text->len, &error));
  g_assert_nonnull (strstr (error->message, "expected a type"));
  g_assert_cmpuint (wsi_store_get_end (scene.store), ==, 3 + N_SHORT + N_LONG);
}

#define N_MANY 3000

/* A stream of one text again and again, which is not in memory. */
#define REPEATING_TYPE_STREAM (repeating_stream_get_type ())

G_DECLARE_FINAL_TYPE (RepeatingStream, repeating_stream, REPEATING, STREAM, GInputStream)

struct _RepeatingStream
{
  GInputStream parent_instance;
  const char  *first, *text, *last;
  guint64      n_left;
};

G_DEFINE_FINAL_TYPE (RepeatingStream, repeating_stream, G_TYPE_INPUT_STREAM)

static gssize
repeating_stream_read (GInputStream             *stream,
                       void                     *buffer,
                       gsize                     count,
                       GCancellable *cancellable G_GNUC_UNUSED,
                       GError      **error       G_GNUC_UNUSED)
{
  RepeatingStream *self = REPEATING_STREAM (stream);
  const char *text = self->first != NULL ? self->first : self->n_left > 0 ? self->text : self->last;

  g_assert_cmpuint (count, >=, strlen (text));
  if (self->first == NULL && self->n_left == 0)
    self->last = "";
  else if (self->first == NULL)
    self->n_left--;
  self->first = NULL;
  memcpy (buffer, text, strlen (text));
  return (gssize) strlen (text);
}

static void
repeating_stream_class_init (RepeatingStreamClass *class)
{
  G_INPUT_STREAM_CLASS (class)->read_fn = repeating_stream_read;
}

static void
repeating_stream_init (RepeatingStream *self G_GNUC_UNUSED)
{
}

/* An entry that begins in this second of a minute, and one that does not say when. */
#define FROM(second, messages) "{\"startedDateTime\":\"2026-11-23T10:00:" second "Z\"," \
  "\"request\":{\"url\":\"ws://h/\"},\"_webSocketMessages\":[" messages "]}"
#define FROM_ANYWHERE(messages) \
  "{\"request\":{\"url\":\"ws://h/\"},\"_webSocketMessages\":[" messages "]}"
#define SAID(time, text) "{\"type\":\"send\",\"time\":" time ",\"data\":\"" text "\"}"
#define S(second) "17954280" second             /* of that minute, in seconds */
#define MS(second) "17954280" second "000"
#define ANYWHEN(text) "{\"type\":\"send\",\"time\":-1,\"data\":\"" text "\"}"

/* Rows as words: the number of a connection, and "(" for its begin, ")" for its end, or a text. */
static const struct
{
  const char *name, *entries, *rows;
} merges[] = {
  { "seconds", FROM ("01", SAID (S ("02"), "a") "," SAID (S ("04"), "c")) "," FROM ("02", SAID (S ("03"), "b") "," SAID (S ("05"), "d")),
    "1( 1a 2( 2b 1c 1) 2d 2)" },
  { "milliseconds",
    FROM ("01", SAID (MS ("02"), "a") "," SAID (MS ("04"), "c")) ","
    FROM ("02", SAID (MS ("03"), "b") "," SAID (MS ("05"), "d")),
    "1( 1a 2( 2b 1c 1) 2d 2)" },
  { "each-connection-in-its-own-unit", FROM ("01", SAID (S ("02"), "a") "," SAID (S ("04"), "c")) "," FROM ("02", SAID (MS ("03"), "b")),
    "1( 1a 2( 2b 2) 1c 1)" },
  { "parts-of-a-second", FROM ("01", SAID (S ("02.25"), "a") "," SAID (S ("02.75"), "c")) "," FROM ("02", SAID (S ("02.5"), "b")),
    "1( 2( 1a 2b 2) 1c 1)" },
  { "equal-times-keep-the-order-of-the-file",
    FROM ("01", SAID (S ("02"), "a") "," SAID (S ("02"), "b")) ","
    FROM ("02", SAID (S ("02"), "c")),
    "1( 1a 1b 1) 2( 2c 2)" },
  { "without-a-time-behind-the-one-before", FROM ("01", SAID (S ("02"), "a") "," ANYWHEN ("b") "," SAID (S ("06"), "d")) ","
    FROM ("03", ANYWHEN ("x") "," SAID (S ("05"), "c")), "1( 1a 1b 2( 2x 2c 2) 1d 1)" },
  { "a-time-that-goes-back-stays-behind-the-one-before", FROM ("01", SAID (S ("05"), "a") "," SAID (S ("03"), "b")) ","
    FROM ("02", SAID (S ("04"), "c")), "1( 2( 2c 2) 1a 1b 1)" },
  { "a-time-before-the-begin-is-behind-the-handshake", FROM ("05", SAID (S ("03"), "b")) "," FROM ("02", SAID (S ("04"), "a")),
    "1( 1a 1) 2( 2b 2)" },
  { "numbers-go-by-the-begin", FROM ("07", SAID (S ("08"), "b")) "," FROM ("01", SAID (S ("02"), "a") "," SAID (S ("09"), "c")),
    "1( 1a 2( 2b 2) 1c 1)" },
  { "no-times-at-all", FROM_ANYWHERE (ANYWHEN ("a")) "," FROM_ANYWHERE (ANYWHEN ("b")), "1( 1a 1) 2( 2b 2)" },
  { "without-a-begin-by-the-first-time",
    FROM ("01", SAID (S ("06"), "b")) ","
    FROM_ANYWHERE (SAID (S ("03"), "a") "," SAID (S ("07"), "c")),
    "1( 2( 2a 1b 1) 2c 2)" },
  { "without-any-time-behind-the-entry-before", FROM ("01", SAID (S ("02"), "a")) "," FROM_ANYWHERE (ANYWHEN ("b")) ","
    FROM ("03", SAID (S ("04"), "c")), "1( 1a 1) 2( 2b 2) 3( 3c 3)" },
  { "three-at-once",
    FROM ("01", SAID (S ("04"), "a") "," SAID (S ("07"), "d")) ","
    FROM ("02", SAID (S ("05"), "b") "," SAID (S ("08"), "e")) ","
    FROM ("03", SAID (S ("06"), "c") "," SAID (S ("09"), "f")),
    "1( 2( 3( 1a 2b 3c 1d 1) 2e 2) 3f 3)" },
};

static char *
list_words (WsiStore *store)
{
  GString *words = g_string_new (NULL);

  for (guint64 i = 0; i < wsi_store_get_end (store); i++)
    {
      const WsiRecord *record = wsi_store_get_record (store, i);
      gboolean is_event = record->kind == WSI_RECORD_KIND_EVENT;
      g_autoptr (GBytes) payload =
        is_event ? NULL : wsi_store_dup_payload (store, i, WSI_VIEW_UNMASKED, G_MAXSIZE);

      if (is_event && record->event != WSI_EVENT_OPENED && record->event != WSI_EVENT_ENDED)
        continue;
      g_string_append_printf (words, "%s%u%.*s", words->len > 0 ? " " : "", record->conversation, 1,
                              !is_event ? (const char *) g_bytes_get_data (payload, NULL)
                              : record->event == WSI_EVENT_OPENED ? "(" : ")");
    }
  return g_string_free (words, FALSE);
}

/* The same in one step and in as many as there can be. */
static void
test_merge (gconstpointer data)
{
  const gsize number = GPOINTER_TO_SIZE (data);
  g_autofree char *text = g_strconcat (BEGIN, merges[number].entries, END, NULL);

  for (guint n_at_once = 1; n_at_once <= 100; n_at_once *= 100)
    {
      g_auto (Scene) scene = { 0 };
      g_autoptr (GInputStream) stream =
        g_memory_input_stream_new_from_data (text, (gssize) strlen (text), NULL);
      g_autoptr (WsiHarFile) file = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *words = NULL;

      scene_init (&scene);
      file = wsi_har_file_new (stream, "a.har", scene.recorder, NULL);
      while (wsi_har_file_step (file, n_at_once, &error))
        continue;
      g_assert_no_error (error);
      words = list_words (scene.store);
      g_assert_cmpstr (words, ==, merges[number].rows);
    }
}

/* Messages above the limit of one entry are counted; those before it are shown. */
static void
test_limit (void)
{
  g_auto (Scene) scene = { 0 };
  g_autofree char *data = g_strnfill (50000, 'a');
  g_autofree char *message = g_strconcat ("{\"type\":\"send\",\"data\":\"", data, "\"},", NULL);
  g_autoptr (RepeatingStream) stream = g_object_new (REPEATING_TYPE_STREAM, NULL);
  g_autoptr (WsiHarFile) file = NULL;
  g_autoptr (GError) error = NULL;
  gsize n_kept = WSI_HAR_MAX_MESSAGES / (strlen (message) - 1 + sizeof (WsiHarMessage));

  scene_init (&scene);
  stream->first = BEGIN "{\"_webSocketMessages\":[";
  stream->text = message;
  stream->last = "{}]," STARTED "\"a\":1}" END;
  stream->n_left = N_MANY;
  file = wsi_har_file_new (G_INPUT_STREAM (stream), "a.har", scene.recorder, NULL);
  while (wsi_har_file_step (file, 1, &error))
    continue;
  g_assert_cmpuint (wsi_har_file_get_n_too_long (file), ==, N_MANY - n_kept);
  g_assert_cmpuint (wsi_store_get_end (scene.store), ==, 3 + n_kept);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/har-file/read", files, test_file);
  ADD_ROWS ("/inspector/har-file/request", requests, test_request);
  ADD_ROWS ("/inspector/har-file/times", times, test_times);
  ADD_ROWS ("/inspector/har-file/end", ends, test_end);
  ADD_ROWS ("/inspector/har-file/merge", merges, test_merge);
  g_test_add_func ("/inspector/har-file/times/huge-ones-do-not-overflow", test_huge_times);
  g_test_add_func ("/inspector/har-file/text-with-zeros-is-kept-whole", test_zeros);
  g_test_add_func ("/inspector/har-file/what-was-read-is-recorded-when-cancelled", test_cancelled);
  g_test_add_func ("/inspector/har-file/lines-of-megabytes", test_long_line);
  g_test_add_func ("/inspector/har-file/100000-brackets-do-not-overflow-the-stack", test_brackets);
  g_test_add_func ("/inspector/har-file/a-long-control-frame-is-parsed-twice-not-with-each-message",
                   test_control_frames_after_messages);
  g_test_add_func ("/inspector/har-file/messages-above-the-limit-are-not-kept", test_limit);

  return g_test_run ();
}
