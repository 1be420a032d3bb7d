/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/print/wsi-handshake-text.h"

#include <libwsproto/observe/wsp-handshake-check.h>
#include <libwsproto/wsproto.h>
#include <string.h>

#include "cli/print/wsi-output.h"
#include "inspect/decode/wsi-hex.h"
#include "inspect/decode/wsi-text.h"
#include "inspect/store/wsi-conversation.h"

gboolean
wsi_handshake_text_has_failed (const WsiHandshakeReport *report)
{
  return report->n_failed > 0 || report->response == NULL;
}

static GStrv
handshake_text_show_head (GBytes      *head,
                          WsiRedactor *redactor)
{
  return wsi_redactor_show_head (redactor, head, wsi_output_get_charset ());
}

/* Appends what the peers have negotiated. */
static void
handshake_text_append_value (GString     *line,
                             const char  *title,
                             const char  *value,
                             WsiRedactor *redactor)
{
  g_autofree char *open = NULL;
  g_autofree char *shown = NULL;

  if (value == NULL || value[0] == '\0')
    return;

  open = wsi_redactor_hide_text (redactor, value);
  shown = wsi_text_escape_line (open, wsi_output_get_charset ());
  g_string_append_printf (line, ", %s%s", title, shown);
}

static char *
show_check (const WspHandshakeCheck *check,
            WsiRedactor             *redactor)
{
  g_autofree char *open = wsi_redactor_hide_text (redactor, wsp_handshake_check_get_text (check));

  return wsi_text_escape_sentence (open, wsi_output_get_charset ());
}

/* Appends the texts of warnings, because their number alone does not say what to look at. */
static void
append_warnings (GString                  *line,
                 const WsiHandshakeReport *report,
                 WsiRedactor              *redactor)
{
  const char *before = ": ";

  if (report->n_warnings == 0)
    return;

  g_string_append_printf (line, ", %u with a warning", report->n_warnings);
  for (guint i = 0; i < report->checks->len; i++)
    {
      const WspHandshakeCheck *check = report->checks->pdata[i];
      g_autofree char *text = show_check (check, redactor);

      if (wsp_handshake_check_get_verdict (check) != WSP_HANDSHAKE_VERDICT_WARNING)
        continue;

      g_string_append_printf (line, "%s%s", before, text);
      before = " ";
    }
}

void
wsi_handshake_text_print_line (const WsiHandshakeReport *report,
                               WsiConversation          *conversation,
                               const char               *title,
                               WsiRedactor              *redactor)
{
  g_auto (GStrv) request = handshake_text_show_head (report->request, redactor);
  g_auto (GStrv) response = handshake_text_show_head (report->response, redactor);
  gint64 duration = wsi_conversation_get_handshake_time (conversation) -
                    wsi_conversation_get_begin_time (conversation);
  g_autofree char *passed = wsi_output_count (report->n_passed, "rule", 0);
  g_autoptr (GString) line = g_string_new (title);

  g_string_append_printf (line, "Handshake: %s -> %s", request[0], response[0]);
  if (duration > 0)
    g_string_append_printf (line, " after %.1f ms", duration / 1000.0);
  handshake_text_append_value (line, "subprotocol ",
                               wsi_conversation_get_subprotocol (conversation), redactor);
  handshake_text_append_value (line, "", wsi_conversation_get_extensions (conversation), redactor);
  g_string_append_printf (line, "; %s passed", passed);
  append_warnings (line, report, redactor);
  wsi_output_line ("%s", line->str);
}

static void
print_head (const char  *title,
            GBytes      *head,
            WsiRedactor *redactor)
{
  g_auto (GStrv) lines = handshake_text_show_head (head, redactor);

  wsi_output_line ("%s", title);
  for (guint i = 0; lines[i] != NULL; i++)
    wsi_output_line ("  %s", lines[i]);
}

static const char *
name_verdict (WspHandshakeVerdict verdict)
{
  switch (verdict)
    {
    case WSP_HANDSHAKE_VERDICT_PASSED:
      return "passed";
    case WSP_HANDSHAKE_VERDICT_HINT:
      return "hint";
    case WSP_HANDSHAKE_VERDICT_WARNING:
      return "warning";
    case WSP_HANDSHAKE_VERDICT_FAILED:
      return "FAILED";
    case WSP_HANDSHAKE_VERDICT_NOT_CHECKED:
      return "-";
    }

  g_assert_not_reached ();
}

static void
print_check (const WspHandshakeCheck *check,
             WsiRedactor             *redactor)
{
  g_autofree char *text = show_check (check, redactor);

  wsi_output_line ("  %-7s  %-16s  %s", name_verdict (wsp_handshake_check_get_verdict (check)),
                   wsp_handshake_check_get_section (check), text);
}

/* Lets the redactor find secrets in the heads, because the texts of the checks may quote them. */
static void
find_tokens (const WsiHandshakeReport *report,
             WsiRedactor              *redactor)
{
  g_autoptr (GBytes) request = wsi_redactor_hide_head (redactor, report->request);
  g_autoptr (GBytes) response =
    report->response != NULL ? wsi_redactor_hide_head (redactor, report->response) : NULL;
}

void
wsi_handshake_text_print_checks (const WsiHandshakeReport *report,
                                 WsiRedactor              *redactor)
{
  find_tokens (report, redactor);
  wsi_output_line ("Checks: %u passed, %u with a warning, %u failed, %u not checked",
                   report->n_passed, report->n_warnings, report->n_failed, report->n_not_checked);
  for (guint i = 0; i < report->checks->len; i++)
    print_check (report->checks->pdata[i], redactor);
}

/* Prints nothing for a request without a key, or whose key is not well-formed. */
void
wsi_handshake_text_print_derivation (const WsiHandshakeReport *report)
{
  g_autofree char *key = NULL;
  g_autofree char *digest = NULL;
  g_autofree char *received = NULL;

  if (report->key == NULL)
    return;

  key = wsi_text_escape_line (report->key, wsi_output_get_charset ());
  digest = wsi_hex_line (report->digest, g_bytes_get_size (report->digest));
  wsi_output_line ("Derivation");
  wsi_output_line ("  key     %s", key);
  wsi_output_line ("  + GUID  %s", WSP_ACCEPT_KEY_GUID);
  wsi_output_line ("  SHA-1   %s", digest);
  wsi_output_line ("  base64  %s  expected", report->expected);
  if (report->received == NULL)
    return;

  received = wsi_text_escape_line (report->received, wsi_output_get_charset ());
  wsi_output_line ("          %s  received, %s", received,
                   wsi_handshake_report_is_equal (report) ? "matches" : "DOES NOT MATCH");
}

static void
print_both_heads (const WsiHandshakeReport *report,
                  WsiRedactor              *redactor)
{
  print_head ("Request", report->request, redactor);
  if (report->response != NULL)
    print_head ("Response", report->response, redactor);
}

void
wsi_handshake_text_print_full (const WsiHandshakeReport *report,
                               WsiRedactor              *redactor)
{
  print_both_heads (report, redactor);
  wsi_handshake_text_print_checks (report, redactor);
  wsi_handshake_text_print_derivation (report);
  wsi_output_line ("%s", "");
}

void
wsi_handshake_text_print_failed (const WsiHandshakeReport *report,
                                 const char               *title,
                                 WsiRedactor              *redactor)
{
  g_autofree char *failed = wsi_output_count (report->n_failed, "rule", 0);
  g_autofree char *passed = wsi_output_count (report->n_passed, "rule", 0);

  find_tokens (report, redactor);
  if (report->n_failed > 0)
    wsi_output_line ("%sHandshake FAILED: %s failed, %u passed", title, failed, report->n_passed);
  else
    wsi_output_line ("%sHandshake without a response: %s passed", title, passed);
  for (guint i = 0; i < report->checks->len; i++)
    if (wsp_handshake_check_get_verdict (report->checks->pdata[i]) == WSP_HANDSHAKE_VERDICT_FAILED)
      print_check (report->checks->pdata[i], redactor);
}

void
wsi_handshake_text_print_heads (const WsiHandshakeReport *report,
                                WsiRedactor              *redactor)
{
  print_both_heads (report, redactor);
  if (report->received != NULL && !wsi_handshake_report_is_equal (report))
    wsi_handshake_text_print_derivation (report);
}

static void
handshake_text_write_head (GBytes         *head,
                           const char     *name,
                           WsiRedactor    *redactor,
                           WsiJsonPrinter *json)
{
  g_auto (GStrv) lines = wsi_redactor_split_head (redactor, head);

  wsi_json_printer_open (json, name, '[');
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *line = g_utf8_make_valid (lines[i], -1);

      wsi_json_printer_string (json, NULL, line);
    }
  wsi_json_printer_close (json, ']');
}

static void
write_check (const WspHandshakeCheck *check,
             WsiRedactor             *redactor,
             WsiJsonPrinter          *json)
{
  g_autofree char *text = wsi_redactor_hide_text (redactor, wsp_handshake_check_get_text (check));

  wsi_json_printer_open (json, NULL, '{');
  wsi_json_printer_string (json, "id", wsp_handshake_check_get_id (check));
  wsi_json_printer_string (json, "verdict", name_verdict (wsp_handshake_check_get_verdict (check)));
  wsi_json_printer_string (json, "section", wsp_handshake_check_get_section (check));
  wsi_json_printer_string (json, "text", text);
  wsi_json_printer_close (json, '}');
}

void
wsi_handshake_text_write (const WsiHandshakeReport *report,
                          WsiRedactor              *redactor,
                          WsiDetail                 detail,
                          WsiJsonPrinter           *json)
{
  handshake_text_write_head (report->request, "request", redactor, json);
  if (report->response != NULL)
    handshake_text_write_head (report->response, "response", redactor, json);
  wsi_json_printer_number (json, "passed", report->n_passed);
  wsi_json_printer_number (json, "warnings", report->n_warnings);
  wsi_json_printer_number (json, "failed", report->n_failed);
  wsi_json_printer_open (json, "checks", '[');
  for (guint i = 0; i < report->checks->len; i++)
    {
      const WspHandshakeCheck *check = report->checks->pdata[i];

      if (detail == WSI_DETAIL_FULL ||
          wsp_handshake_check_get_verdict (check) == WSP_HANDSHAKE_VERDICT_FAILED)
        write_check (check, redactor, json);
    }
  wsi_json_printer_close (json, ']');
}
