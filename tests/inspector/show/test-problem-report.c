/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/verdicts/wsi-problem-report.h"

#include <string.h>

#include "inspector/scene.h"
#include "lib/rows.h"

#define MAX_WORDS 6
#define SECRET "Secret12345"

/* Bytes of the server, and what the row and the report of the only problem say of them. */
static const struct
{
  const char *name, *response;
  const char *detail[MAX_WORDS], *report[MAX_WORDS];
} cases[] = {
  { "a-refusal-has-its-rule-and-body", "HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\nNot here!",
    { "403", "RFC 6455", "Body: Not here!" },
    { "Handshake refused with status 403", "What to do: Send the Origin", "#1 · /chat", "\nNot here!" } },
  { "a-hostile-body-is-escaped", "HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\n\x1b[31m\xe2\x80\xae!",
    { "Body: \\x1b[31m\\u{202e}!" }, { "\\x1b[31m\\u{202e}!" } },
  { "a-secret-in-a-body-is-hidden",
    "HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\nnot ws://h/?token=" SECRET,
    { "Body: not ws://h/?token=redacted" }, { "\nnot ws://h/?token=redacted" } },
  { "a-member-of-a-body-is-hidden",
    "HTTP/1.1 403 No\r\nContent-Length: 23\r\n\r\n{\"token\":\"" SECRET "\"}",
    { "Body: {\"token\":\"xxxxxxxxxxx\"}" }, { "\"xxxxxxxxxxx\"" } },
  { "an-end-has-its-last-frames-and-reason", RESPONSE "\x81\x02Hi\x88\x04\x03\xf3No",
    { "Reason: No", "Last frames: ↓ text, 2 bytes; ↓ close, 4 bytes" },
    { "Closed by the server with 1011", "Meaning: Internal error", "Peer: s:80", "Reason: No" } },
  { "a-group-has-the-reason-in-its-second-line", RESPONSE "\x88\x04\x03\xf3No",
    { "Reason: No" }, { "with 1011\nReason: No\nMeaning" } },
  { "a-secret-in-a-reason-is-hidden", RESPONSE "\x88\x1f\x03\xf3" "ws://h/?token=" SECRET "1234",
    { "Reason: ws://h/?token=redacted" }, { "\nReason: ws://h/?token=redacted" } },
  { "an-end-without-a-frame-says-so", RESPONSE,
    { "Connection ended without a Close frame", "No frame was seen before" },
    { "Ended without a Close frame (1006)", "idle timeouts" } },
};

static void
assert_words (const char        *text,
              const char *const *words)
{
  g_test_message ("%s", text);
  for (guint i = 0; i < MAX_WORDS && words[i] != NULL; i++)
    g_assert_nonnull (strstr (text, words[i]));
  g_assert_null (strstr (text, SECRET));
  g_assert_true (g_utf8_validate (text, -1, NULL));
}

static void
test_case (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .client = "c:1", .server = "s:80" };
  const char *const of_group[MAX_WORDS] = { "Rows: 1 connection", "Filter: event == ended" };
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiProblems) problems = NULL;
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  g_autofree char *detail = NULL;
  g_autofree char *report = NULL;
  g_autofree char *whole = NULL;
  const WsiProblem *problem;
  const WsiProblemRow *row;

  scene_init (&scene);
  scene.conversation = wsi_recorder_open (scene.recorder, &opening, scene.now);
  SCENE_PUSH (&scene, WSP_DIRECTION_SENT, REQUEST);
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, cases[i].response);
  wsi_recorder_close_stream (scene.recorder, scene.conversation, WSI_STREAM_ENDED, scene.now);
  problems = wsi_problems_new (scene.store);
  g_assert_true (wsi_problems_update (problems));
  g_assert_cmpuint (wsi_problems_get_n (problems), ==, 1);
  problem = wsi_problems_get (problems, 0);
  row = &g_array_index (problem->rows, WsiProblemRow, 0);
  detail = wsi_problem_row_dup_detail (row, &problem->verdict, scene.store, redactor);
  assert_words (detail, cases[i].detail);
  g_assert_null (strchr (detail, '\n'));
  report = wsi_problem_dup_report (problem, row, WSI_USUAL_SLOW_MS, scene.store, redactor);
  assert_words (report, cases[i].report);
  whole = wsi_problem_dup_report (problem, NULL, WSI_USUAL_SLOW_MS, scene.store, redactor);
  assert_words (whole, of_group);
}

/* The store has forgotten the row and its connection: what is left is a number. */
static void
test_forgotten (void)
{
  const WsiProblemRow of_connection = { 6, 1, 3 }, of_none = { 6, 1, 0 };
  g_autoptr (WsiStore) store = wsi_store_new (100, 100);
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  g_autofree char *first = wsi_problem_row_dup_title (&of_connection, store);
  g_autofree char *second = wsi_problem_row_dup_title (&of_none, store);

  g_assert_cmpstr (first, ==, "#3");
  g_assert_cmpstr (second, ==, "No. 7");
  for (guint kind = 0; kind < WSI_N_VERDICT_KINDS; kind++)
    {
      const WsiVerdict verdict = { .kind = kind };
      g_autofree char *detail = wsi_problem_row_dup_detail (&of_connection, &verdict, store,
                                                            redactor);

      g_assert_cmpstr (detail, ==, "");
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/problem-report/row", cases, test_case);
  g_test_add_func ("/inspector/problem-report/row/forgotten-has-a-number", test_forgotten);

  return g_test_run ();
}
