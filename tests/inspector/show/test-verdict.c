/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Whole connections, and the verdicts about them; the filter of each verdict finds its row. */
#include "inspect/show/verdicts/wsi-verdict-text.h"

#include <string.h>

#include "inspect/decode/choosing/wsi-interpreter.h"
#include "inspect/filter/wsi-filter.h"
#include "inspector/filter/filter-scene.h"
#include "inspector/scene.h"
#include "lib/rows.h"

#define REFUSAL(status) "HTTP/1.1 " status " No\r\nContent-Length: 5\r\n\r\nSorry"
#define OWN_REFUSAL(status) "HTTP/1.1 " status " No\r\nServer: wsinspect\r\n" \
  "Content-Length: 5\r\n\r\nSorry"
#define WRONG_ACCEPT "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\n" \
  "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n"
#define NO_MASK "\x00\x00\x00\x00"
#define ERROR_OF_RPC \
  "\x81\x3b{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-1,\"message\":\"No\"}}"
#define CLOSE(code) "\x88\x02" code
#define CLOSE_OF_CLIENT(code) "\x88\x82" NO_MASK code
#define CODE_1000 "\x03\xe8"
#define CODE_1001 "\x03\xe9"
#define CODE_1002 "\x03\xea"
#define CODE_1011 "\x03\xf3"
#define CODE_1012 "\x03\xf4"
#define CODE_4001 "\x0f\xa1"
#define BYTES(text) text, sizeof text - 1
#define NOTHING NULL, 0
/* Whose side is recorded, whether with its handshake, and by what. */
#define AS_CLIENT WSP_ROLE_CLIENT, WSI_HANDSHAKE_READ, NULL
#define AS_SERVER WSP_ROLE_SERVER, WSI_HANDSHAKE_READ, NULL
#define TOO_LATE WSP_ROLE_CLIENT, WSI_HANDSHAKE_MISSING, NULL
#define BY_PROXY WSP_ROLE_CLIENT, WSI_HANDSHAKE_READ, WSI_SOURCE_PROXY
#define IN_BROWSER WSP_ROLE_CLIENT, WSI_HANDSHAKE_READ, WSI_SOURCE_BROWSER

typedef enum
{
  STAYS_OPEN,
  STREAM_ENDED,
  STREAM_RESET,
  STREAM_CUT,
  RECORDING_ENDED,              /* the user has stopped the recording */
  BROWSER_CLOSED,
  BROWSER_FAILED,
} End;

/* Bytes of both sides.  The verdicts: kind, code, side, severity and peer of each. */
static const struct
{
  const char          *name;
  WspRole              role;
  WsiHandshakePresence presence;
  const char          *source;
  const char          *client;
  gsize                client_length;
  const char          *server;
  gsize                server_length;
  End                  end;
  const char          *verdicts;
} cases[] = {
  { "1000-is-none", AS_CLIENT, BYTES (REQUEST CLOSE_OF_CLIENT (CODE_1000)),
    BYTES (RESPONSE CLOSE (CODE_1000)), STREAM_ENDED, "" },
  { "1001-is-none", AS_CLIENT, BYTES (REQUEST),
    BYTES (RESPONSE CLOSE (CODE_1001)), STREAM_ENDED, "" },
  { "1000-that-nobody-answered-is-none", AS_CLIENT, BYTES (REQUEST CLOSE_OF_CLIENT (CODE_1000)),
    BYTES (RESPONSE), STREAM_RESET, "" },
  { "1011-of-the-server", AS_CLIENT, BYTES (REQUEST),
    BYTES (RESPONSE CLOSE (CODE_1011)), STREAM_ENDED, "ended 1011 server error s:80" },
  { "1011-of-our-server", AS_SERVER, BYTES (REQUEST),
    BYTES (RESPONSE CLOSE (CODE_1011)), STREAM_ENDED, "ended 1011 server error ours" },
  { "1011-of-the-client", AS_CLIENT, BYTES (REQUEST CLOSE_OF_CLIENT (CODE_1011)),
    BYTES (RESPONSE), STREAM_ENDED, "ended 1011 client error s:80" },
  { "1002-of-the-client", AS_CLIENT, BYTES (REQUEST CLOSE_OF_CLIENT (CODE_1002)),
    BYTES (RESPONSE), STREAM_ENDED, "ended 1002 client error s:80" },
  { "1012-is-a-warning", AS_CLIENT, BYTES (REQUEST),
    BYTES (RESPONSE CLOSE (CODE_1012)), STREAM_ENDED, "ended 1012 server warning s:80" },
  { "4001-is-a-warning", AS_CLIENT, BYTES (REQUEST),
    BYTES (RESPONSE CLOSE (CODE_4001)), STREAM_ENDED, "ended 4001 server warning s:80" },
  { "no-code-is-a-note", AS_CLIENT, BYTES (REQUEST),
    BYTES (RESPONSE "\x88\x00"), STREAM_ENDED, "ended 1005 server note s:80" },
  { "no-close-is-1006", AS_CLIENT, BYTES (REQUEST),
    BYTES (RESPONSE "\x81\x02Hi"), STREAM_ENDED, "ended 1006 - error s:80" },
  { "a-reset-is-1006", AS_CLIENT, BYTES (REQUEST),
    BYTES (RESPONSE), STREAM_RESET, "ended 1006 - error s:80" },
  { "an-open-one-is-none", AS_CLIENT, BYTES (REQUEST),
    BYTES (RESPONSE CLOSE (CODE_1011)), STAYS_OPEN, "" },
  { "a-cut-one-is-none", AS_CLIENT, BYTES (REQUEST),
    BYTES (RESPONSE "\x81\x02Hi"), STREAM_CUT, "" },
  { "a-cut-one-keeps-its-code", AS_CLIENT, BYTES (REQUEST),
    BYTES (RESPONSE CLOSE (CODE_1011)), STREAM_CUT, "ended 1011 server error s:80" },
  { "a-stopped-one-is-none", AS_CLIENT, BYTES (REQUEST),
    BYTES (RESPONSE "\x81\x02Hi"), RECORDING_ENDED, "" },
  { "without-its-beginning-is-1006", TOO_LATE, NOTHING,
    BYTES ("\x81\x02Hi"), STREAM_ENDED, "ended 1006 - error s:80" },
  { "without-its-beginning-and-end-is-none", TOO_LATE, NOTHING,
    BYTES ("\x81\x02Hi"), STREAM_CUT, "" },
  { "404", AS_CLIENT, BYTES (REQUEST),
    BYTES (REFUSAL ("404")), STREAM_ENDED, "refused 404 - error s:80" },
  { "404-of-our-server", AS_SERVER, BYTES (REQUEST),
    BYTES (REFUSAL ("404")), STREAM_ENDED, "refused 404 - error ours" },
  { "502-of-our-proxy", BY_PROXY, BYTES (REQUEST),
    BYTES (OWN_REFUSAL ("502")), STREAM_ENDED, "refused 502 by-proxy - error s:80" },
  { "502-of-a-server-behind-our-proxy", BY_PROXY, BYTES (REQUEST),
    BYTES (REFUSAL ("502")), STREAM_ENDED, "refused 502 - error s:80" },
  { "502-of-a-server-with-the-name-of-our-proxy", AS_CLIENT, BYTES (REQUEST),
    BYTES (OWN_REFUSAL ("502")), STREAM_ENDED, "refused 502 - error s:80" },
  { "400-of-our-proxy-is-the-fault-of-the-client", BY_PROXY, BYTES (REQUEST),
    BYTES (OWN_REFUSAL ("400")), STREAM_ENDED, "refused 400 - error s:80" },
  { "404-that-is-cut", AS_CLIENT, BYTES (REQUEST),
    BYTES (REFUSAL ("404")), STREAM_CUT, "refused 404 - error s:80" },
  { "no-response", AS_CLIENT, BYTES (REQUEST), NOTHING, STREAM_ENDED, "refused - - error s:80" },
  { "no-response-that-is-cut-is-none", AS_CLIENT, BYTES (REQUEST), NOTHING, STREAM_CUT, "" },
  { "no-response-that-is-stopped-is-none", AS_CLIENT, BYTES (REQUEST),
    NOTHING, RECORDING_ENDED, "" },
  { "no-request-is-none", AS_SERVER, NOTHING, NOTHING, STREAM_ENDED, "" },
  { "101-with-a-broken-rule", AS_CLIENT, BYTES (REQUEST),
    BYTES (WRONG_ACCEPT), STREAM_ENDED, "refused 101 - error s:80" },
  { "101-with-a-broken-rule-and-a-code", AS_CLIENT, BYTES (REQUEST),
    BYTES (WRONG_ACCEPT CLOSE (CODE_1011)), STREAM_ENDED,
    "refused 101 - error s:80; ended 1011 server error s:80" },
  { "a-broken-rule", AS_CLIENT, BYTES (REQUEST "\x81\x00" CLOSE_OF_CLIENT (CODE_1000)),
    BYTES (RESPONSE), STREAM_ENDED, "rule frame-not-masked client error s:80" },
  { "an-error-of-a-decoder", AS_CLIENT, BYTES (REQUEST CLOSE_OF_CLIENT (CODE_1000)),
    BYTES (RESPONSE ERROR_OF_RPC), STREAM_ENDED, "message rpc.error server error s:80" },
  { "a-browser-that-tells-no-code-is-none", IN_BROWSER, BYTES (REQUEST),
    BYTES (RESPONSE), BROWSER_CLOSED, "" },
  { "a-browser-that-tells-a-failure", IN_BROWSER, BYTES (REQUEST),
    BYTES (RESPONSE), BROWSER_FAILED, "ended - - error s:80" },
};

static void
end_stream (Scene       *scene,
            WsiStreamEnd how)
{
  wsi_recorder_close_stream (scene->recorder, scene->conversation, how, scene->now);
}

static void
end (Scene *scene,
     End    how)
{
  switch (how)
    {
    case STAYS_OPEN:
      return;
    case STREAM_ENDED:
      end_stream (scene, WSI_STREAM_ENDED);
      return;
    case STREAM_RESET:
      end_stream (scene, WSI_STREAM_RESET);
      return;
    case STREAM_CUT:
      end_stream (scene, WSI_STREAM_CUT);
      return;
    case RECORDING_ENDED:
      wsi_recorder_end (scene->recorder);
      return;
    case BROWSER_CLOSED:
      wsi_recorder_close (scene->recorder, scene->conversation, WSI_ENDING_CUT,
                          WSI_SENTENCE (BROWSER_CLOSED), scene->now);
      return;
    case BROWSER_FAILED:
      wsi_recorder_close (scene->recorder, scene->conversation, WSI_ENDING_ABNORMAL,
                          WSI_SENTENCE (BROWSER_FAILED, "gone"), scene->now);
      return;
    }

  g_assert_not_reached ();
}

/* The server is done before the client sends more: each side in one piece, the request first. */
static void
play (Scene *scene,
      gsize  i)
{
  const gsize request = cases[i].client_length >= strlen (REQUEST) ? strlen (REQUEST) : 0;
  const WspDirection of_client = cases[i].role == WSP_ROLE_CLIENT ? WSP_DIRECTION_SENT
                                                                  : WSP_DIRECTION_RECEIVED;
  const gsize response = g_str_has_prefix (cases[i].server != NULL ? cases[i].server : "", RESPONSE)
                         ? strlen (RESPONSE) : 0;
  const WsiOpening opening = {
    .role = cases[i].role, .source = cases[i].source,
    .client = cases[i].role == WSP_ROLE_CLIENT ? "ours:1" : "ours:2",
    .server = cases[i].role == WSP_ROLE_CLIENT ? "s:80" : "ours:80",
    .handshake = cases[i].presence,
  };

  scene->conversation = wsi_recorder_open (scene->recorder, &opening, scene->now++);
  if (request > 0)
    scene_push (scene, of_client, cases[i].client, request);
  if (response > 0)
    scene_push (scene, !of_client, cases[i].server, response);
  if (cases[i].client_length > request)
    scene_push (scene, of_client, cases[i].client + request, cases[i].client_length - request);
  if (cases[i].server_length > response)
    scene_push (scene, !of_client, cases[i].server + response, cases[i].server_length - response);
  end (scene, cases[i].end);
}

static char *
list_problems (WsiProblems *problems)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < wsi_problems_get_n (problems); i++)
    {
      const WsiProblem *problem = wsi_problems_get (problems, i);
      const WsiVerdict *verdict = &problem->verdict;
      const char *side = wsi_verdict_get_side (verdict);
      g_autofree char *code = wsi_verdict_dup_code (verdict);

      g_string_append_printf (text, "%s%s %s%s %s %s %s", i > 0 ? "; " : "",
                              wsi_verdict_kind_get_name (verdict->kind),
                              code != NULL ? code : "-",
                              verdict->answerer == WSI_ANSWERER_OURS ? " by-proxy" : "",
                              side != NULL ? side : "-",
                              wsi_severity_get_name (wsi_verdict_get_severity (verdict)),
                              problem->peer != NULL ? problem->peer : "-");
    }
  return g_string_free (text, FALSE);
}

static WsiProblems *
read_problems (WsiStore *store)
{
  WsiProblems *problems = wsi_problems_new (store);
  g_autoptr (WsiInterpreter) interpreter = wsi_interpreter_new (store);

  for (guint64 i = 0; i < wsi_store_get_end (store); i++)
    wsi_interpreter_learn (interpreter, i, wsi_store_get_record (store, i));
  while (!wsi_problems_update (problems))
    continue;
  return problems;
}

static void
assert_filters (WsiStore    *store,
                WsiProblems *problems)
{
  for (guint i = 0; i < wsi_problems_get_n (problems); i++)
    {
      const WsiProblem *problem = wsi_problems_get (problems, i);
      g_autofree char *filter = wsi_problem_dup_filter (problem, WSI_USUAL_SLOW_MS);
      g_autofree char *title = wsi_verdict_dup_title (&problem->verdict, WSI_USUAL_SLOW_MS);

      g_test_message ("%s: %s", title, filter);
      g_assert_cmpuint (filter_scene_count (store, filter), ==, problem->n);
    }
}

static void
test_case (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiProblems) problems = NULL;
  g_autofree char *listed = NULL;

  scene_init (&scene);
  play (&scene, i);
  problems = read_problems (scene.store);
  listed = list_problems (problems);
  g_assert_cmpstr (listed, ==, cases[i].verdicts);
  assert_filters (scene.store, problems);
}

/* All connections in one store: a filter finds the rows of its group, and no others. */
static void
test_together (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiProblems) problems = NULL;

  scene_init (&scene);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      play (&scene, i);
      if (cases[i].end == RECORDING_ENDED)
        {
          g_object_unref (scene.recorder);
          scene.recorder = wsi_recorder_new (scene.store, WSP_ROLE_CLIENT);
        }
    }
  problems = read_problems (scene.store);
  g_assert_cmpuint (wsi_problems_get_n (problems), >, 12);
  assert_filters (scene.store, problems);
}

/* Also of codes that no Close frame may have: a peer can send them. */
static void
test_words (void)
{
  for (guint code = 0; code <= G_MAXUINT16; code++)
    {
      const WsiVerdict verdict = { .kind = WSI_VERDICT_ENDED, .code = code };
      g_autofree char *title = wsi_verdict_dup_title (&verdict, 0);

      g_assert_cmpstr (title, !=, "");
      g_assert_true ((wsi_verdict_get_advice (&verdict) != NULL) ==
                     (code == 0 || code >= WSP_CLOSE_CODE_PROTOCOL_ERROR));
    }
}

/* The advice about a status for a user of the window and of wsinspect. */
static const struct
{
  WsiAnswerer answerer;
  guint       status;
  const char *words;            /* words of the advice; NULL = no advice */
} advices[] = {
  { WSI_ANSWERER_SERVER, 0, "before a response" },
  { WSI_ANSWERER_SERVER, 101, "failed rules" },
  { WSI_ANSWERER_SERVER, 199, NULL },
  { WSI_ANSWERER_SERVER, 200, "Upgrade" },
  { WSI_ANSWERER_SERVER, 302, "Location" },
  { WSI_ANSWERER_SERVER, 401, "credentials" },
  { WSI_ANSWERER_SERVER, 403, "Origin" },
  { WSI_ANSWERER_SERVER, 404, "path" },
  { WSI_ANSWERER_SERVER, 405, NULL },
  { WSI_ANSWERER_SERVER, 426, "version" },
  { WSI_ANSWERER_SERVER, 599, "log" },
  { WSI_ANSWERER_SERVER, 600, NULL },
  { WSI_ANSWERER_PROXY, 407, "proxy" },
  { WSI_ANSWERER_PROXY, 404, "CONNECT" },
  { WSI_ANSWERER_PROXY, 502, "did not reach" },
  { WSI_ANSWERER_OURS, 502, "Trusted authorities" },
  { WSI_ANSWERER_OURS, 404, NULL },
};

static void
test_advice (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (advices); i++)
    {
      const WsiRefusalAdvice *advice = wsi_refusal_find_advice (advices[i].answerer,
                                                                advices[i].status);

      if (advices[i].words == NULL)
        g_assert_null (advice);
      else
        g_assert_nonnull (strstr (advice->text, advices[i].words));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/verdict/connection", cases, test_case);
  g_test_add_func ("/inspector/verdict/connections/filters-tell-them-apart", test_together);
  g_test_add_func ("/inspector/verdict/words/each-code-has-some", test_words);
  g_test_add_func ("/inspector/verdict/advice/by-status-and-answerer", test_advice);

  return g_test_run ();
}
