/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/print/wsi-problem-text.h"

#include "cli/print/wsi-output.h"
#include "inspect/decode/wsi-text.h"
#include "inspect/save/formats/parts/wsi-wall-time.h"
#include "inspect/show/verdicts/wsi-problem-report.h"
#include "inspect/show/verdicts/wsi-verdict-text.h"
#include "inspect/show/verdicts/wsi-verdict.h"

#define MAX_LISTED 10           /* connections that are listed in a line */

/* Connections are listed, not rows: the number of a row differs from run to run. */
static guint
list_connections (const WsiProblem *problem,
                  guint32          *connections,
                  guint             n)
{
  guint n_listed = 0;

  for (guint i = 0; i < problem->rows->len && n_listed < n; i++)
    {
      guint32 connection = g_array_index (problem->rows, WsiProblemRow, i).conversation;

      if (connection != 0 && (n_listed == 0 || connections[n_listed - 1] != connection))
        connections[n_listed++] = connection;
    }
  return n_listed;
}

static void
write_problem (const WsiProblem *problem,
               guint             slow_ms,
               WsiListing       *listing)
{
  const WsiVerdict *verdict = &problem->verdict;
  g_autofree char *code = wsi_verdict_dup_code (verdict);
  g_autofree char *title = wsi_verdict_dup_title (verdict, slow_ms);
  g_autofree char *meaning = wsi_verdict_dup_meaning (verdict);
  g_autofree char *filter = wsi_problem_dup_filter (problem, slow_ms);
  g_autofree char *first = wsi_wall_time_to_text (problem->first.time_us);
  g_autofree char *last = wsi_wall_time_to_text (problem->last.time_us);
  guint32 connections[WSI_MAX_PROBLEM_ROWS];
  guint n = list_connections (problem, connections, G_N_ELEMENTS (connections));
  WsiJsonPrinter json;

  wsi_listing_begin_event (&json, "problem", 0);
  wsi_json_printer_string (&json, "kind", wsi_verdict_kind_get_name (verdict->kind));
  wsi_json_printer_string (&json, "severity",
                           wsi_severity_get_name (wsi_verdict_get_severity (verdict)));
  if (code != NULL)
    wsi_json_printer_string (&json, "code", code);
  if (wsi_verdict_get_side (verdict) != NULL)
    wsi_json_printer_string (&json, "side", wsi_verdict_get_side (verdict));
  if (problem->peer != NULL)
    wsi_json_printer_string (&json, "peer", problem->peer);
  wsi_json_printer_number (&json, "n", problem->n);
  wsi_json_printer_string (&json, "first", first);
  wsi_json_printer_string (&json, "last", last);
  wsi_json_printer_string (&json, "title", title);
  wsi_json_printer_open (&json, "words", '[');
  for (guint i = 0; i < problem->words->len; i++)
    {
      g_autofree char *open = wsi_redactor_hide_reason (listing->redactor,
                                                        problem->words->pdata[i]);

      wsi_json_printer_string (&json, NULL, open);
    }
  wsi_json_printer_close (&json, ']');
  if (meaning != NULL)
    wsi_json_printer_string (&json, "meaning", meaning);
  if (wsi_verdict_get_advice (verdict) != NULL)
    wsi_json_printer_string (&json, "advice", wsi_verdict_get_advice (verdict));
  wsi_json_printer_string (&json, "filter", filter);
  wsi_json_printer_open (&json, "conns", '[');
  for (guint i = 0; i < n; i++)
    wsi_json_printer_number (&json, NULL, connections[i]);
  wsi_json_printer_close (&json, ']');
  wsi_listing_add_event (listing, &json);
}

static void
print_connections (const WsiProblem *problem)
{
  g_autoptr (GString) line = g_string_new (NULL);
  guint32 connections[MAX_LISTED + 1];
  guint n = list_connections (problem, connections, G_N_ELEMENTS (connections));

  for (guint i = 0; i < MIN (n, MAX_LISTED); i++)
    g_string_append_printf (line, "%s#%u", i > 0 ? ", " : "", connections[i]);
  if (n > 0)
    wsi_output_line ("   %s%s", line->str, n > MAX_LISTED ? ", ..." : "");
}

static void
print_problem (const WsiProblem *problem,
               guint             slow_ms,
               WsiListing       *listing)
{
  const WsiVerdict *verdict = &problem->verdict;
  g_autofree char *title = wsi_verdict_dup_title (verdict, slow_ms);
  g_autofree char *count = wsi_problem_dup_count (problem);
  g_autofree char *words = wsi_problem_dup_words (problem, listing->redactor);
  g_autofree char *line = words != NULL ? g_strdup_printf ("   %s", words) : NULL;
  g_autofree char *meaning = wsi_verdict_dup_meaning (verdict);
  g_autofree char *peer = problem->peer != NULL
                          ? wsi_text_escape_line (problem->peer, wsi_output_get_charset ()) : NULL;

  wsi_output_line ("%s: %s, %s%s%s", wsi_severity_get_name (wsi_verdict_get_severity (verdict)),
                   title, count, peer != NULL ? ", " : "", peer != NULL ? peer : "");
  if (line != NULL)
    wsi_output_sentence (listing->redactor, line);
  if (meaning != NULL)
    wsi_output_line ("   %s", meaning);
  if (wsi_verdict_get_advice (verdict) != NULL)
    wsi_output_line ("   %s", wsi_verdict_get_advice (verdict));
  print_connections (problem);
}

void
wsi_problem_text_print (WsiProblems *problems,
                        WsiListing  *listing)
{
  guint slow_ms = wsi_problems_get_slow (problems);

  for (guint i = 0; i < wsi_problems_get_n (problems); i++)
    if (wsi_listing_is_json (listing))
      write_problem (wsi_problems_get (problems, i), slow_ms, listing);
    else
      print_problem (wsi_problems_get (problems, i), slow_ms, listing);
}
