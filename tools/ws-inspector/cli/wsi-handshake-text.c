/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/wsi-handshake-text.h"

#include <string.h>

#include "cli/wsi-output.h"
#include "inspect/decode/wsi-hex.h"

gboolean
wsi_detail_parse (const char *word,
                  WsiDetail  *detail,
                  GError    **error)
{
  *detail = g_strcmp0 (word, "full") == 0 ? WSI_DETAIL_FULL : WSI_DETAIL_BRIEF;
  if (word == NULL || *detail == WSI_DETAIL_FULL || g_str_equal (word, "brief"))
    return TRUE;

  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "invalid --handshake: expected brief or full, received \"%s\"", word);
  return FALSE;
}

gboolean
wsi_handshake_text_has_failed (const WsiHandshakeReport *report)
{
  return report->n_failed > 0 || report->response == NULL;
}

static GStrv
show_head (GBytes *head)
{
  return wsi_text_show_head (head, wsi_output_get_charset (), WSI_REDACTION_DEFAULT);
}

/* Appends the value of a header, if the head has it. */
static void
append_field (GString    *line,
              const char *title,
              GStrv       head,
              const char *name)
{
  gsize length = strlen (name);

  for (guint i = 1; i < g_strv_length (head); i++)
    if (g_ascii_strncasecmp (head[i], name, length) == 0 && head[i][length] == ':')
      g_string_append_printf (line, ", %s%s", title,
                              head[i] + length + 1 + strspn (head[i] + length + 1, " "));
}

void
wsi_handshake_text_print_line (const WsiHandshakeReport *report)
{
  g_auto (GStrv) request = show_head (report->request);
  g_auto (GStrv) response = show_head (report->response);
  g_autoptr (GString) line = g_string_new ("Handshake: ");

  g_string_append_printf (line, "%s -> %s", request[0], response[0]);
  append_field (line, "subprotocol ", response, "Sec-WebSocket-Protocol");
  append_field (line, "", response, "Sec-WebSocket-Extensions");
  g_string_append_printf (line, "; %u rules passed", report->n_passed);
  if (report->n_warnings > 0)
    g_string_append_printf (line, ", %u with a warning", report->n_warnings);
  wsi_output_line ("%s", line->str);
}

static void
print_head (const char *title,
            GBytes     *head)
{
  g_auto (GStrv) lines = show_head (head);

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
print_check (const WspHandshakeCheck *check)
{
  g_autofree char *open = wsi_redact_text (wsp_handshake_check_get_text (check));
  g_autofree char *text = wsi_text_escape_sentence (open, wsi_output_get_charset ());

  wsi_output_line ("  %-7s  %-16s  %s", name_verdict (wsp_handshake_check_get_verdict (check)),
                   wsp_handshake_check_get_section (check), text);
}

static void
print_checks (const WsiHandshakeReport *report)
{
  wsi_output_line ("Checks: %u passed, %u with a warning, %u failed, %u not checked",
                   report->n_passed, report->n_warnings, report->n_failed, report->n_not_checked);
  for (guint i = 0; i < report->checks->len; i++)
    print_check (report->checks->pdata[i]);
}

static void
print_derivation (const WsiHandshakeReport *report)
{
  g_autofree char *key = wsi_text_escape_line (report->key, wsi_output_get_charset ());
  g_autofree char *digest = wsi_hex_line (report->digest, g_bytes_get_size (report->digest));
  g_autofree char *received = NULL;

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
print_both_heads (const WsiHandshakeReport *report)
{
  print_head ("Request", report->request);
  if (report->response != NULL)
    print_head ("Response", report->response);
}

void
wsi_handshake_text_print_full (const WsiHandshakeReport *report)
{
  print_both_heads (report);
  print_checks (report);
  if (report->key != NULL)
    print_derivation (report);
  wsi_output_line ("%s", "");
}

void
wsi_handshake_text_print_failed (const WsiHandshakeReport *report)
{
  wsi_output_line ("Handshake FAILED: %u rules failed, %u passed", report->n_failed,
                   report->n_passed);
  for (guint i = 0; i < report->checks->len; i++)
    if (wsp_handshake_check_get_verdict (report->checks->pdata[i]) == WSP_HANDSHAKE_VERDICT_FAILED)
      print_check (report->checks->pdata[i]);
}

void
wsi_handshake_text_print_heads (const WsiHandshakeReport *report)
{
  print_both_heads (report);
  if (report->received != NULL && !wsi_handshake_report_is_equal (report))
    print_derivation (report);
}

const char *
wsi_handshake_text_find_hint (guint status)
{
  static const struct
  {
    guint       first, last;
    const char *text;
  } hints[] = {
    { 200, 299, "compare the path with the server's documentation; a proxy between must pass the Upgrade header" },
    { 300, 399, "connect to the URI of the Location header" },
    { 401, 401, "send credentials: --header 'Authorization: ...', or ws://USER:PASSWORD@HOST/" },
    { 403, 403, "send the Origin that the server's own pages have: --origin ORIGIN" },
    { 404, 404, "compare the path with the server's documentation" },
    { 407, 407, "send credentials to the proxy: --proxy http://USER:PASSWORD@HOST:PORT" },
    { 429, 429, "wait; a Retry-After header says how long" },
    { 500, 599, "look at the log of the server, and of a proxy before it" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (hints); i++)
    if (status >= hints[i].first && status <= hints[i].last)
      return hints[i].text;

  return NULL;
}
