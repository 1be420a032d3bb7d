/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/compose/wsi-json-text.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/compose/wsi-variables.h"
#include "inspect/decode/json/wsi-json-scanner.h"
#include "inspect/decode/json/wsi-json-string.h"
#include "inspect/show/lines/wsi-json-layout.h"
#include "inspect/store/memory/wsi-bytes.h"

/* The sentences of the scanner are whole ones: "line 1, column 2: expected …" has other words. */
static const char *
get_expected (const WsiJsonScanner *scanner)
{
  static const char *const expected[] = {
    [WSI_JSON_EXPECT_VALUE] = N_("a value"),
    [WSI_JSON_EXPECT_FIRST_VALUE] = N_("a value or ]"),
    [WSI_JSON_EXPECT_FIRST_NAME] = N_("a name or }"),
    [WSI_JSON_EXPECT_NAME] = N_("a name"),
    [WSI_JSON_EXPECT_COLON] = N_("a colon"),
    [WSI_JSON_EXPECT_COMMA] = N_("a comma or the end of the list"),
    [WSI_JSON_EXPECT_NOTHING] = N_("nothing after the value"),
  };

  switch (scanner->fault)
    {
    case WSI_JSON_FAULT_CUT:
      return _("the rest of the value");
    case WSI_JSON_FAULT_TOO_DEEP:
      return _("at most 128 levels of nesting");
    case WSI_JSON_FAULT_NO_NUMBER:
      return _("a number");
    case WSI_JSON_FAULT_UNEXPECTED:
      return _(expected[scanner->expectation]);
    case WSI_JSON_FAULT_NONE:
      break;
    }

  g_assert_not_reached ();
}

/* RFC 8259 7.  A part that is cut off may be another value, which has no line ends. */
static gboolean
check_string (const char         *text,
              const WsiJsonToken *token,
              gsize              *at,
              const char        **expected)
{
  const char *string = text + token->at;
  gsize n = 0, place;

  while (n < token->length && (guint8) string[n] >= ' ')
    n++;
  if (n < token->length)
    {
      *at = token->at + n;
      *expected = _("the end of the string, or an escape such as \\n");
      return FALSE;
    }

  if (token->kind == WSI_JSON_CUT ||
      wsi_json_check_escapes ((const guint8 *) string, token->length, &place) == NULL)
    return TRUE;

  *at = token->at + place;
  *expected = text[*at - 1] == '\\' ? _("one of \" \\ / b f n r t u after the backslash")
                                    : _("four digits after \\u");
  return FALSE;
}

gboolean
wsi_json_text_check (const char  *text,
                     gsize        length,
                     gsize       *at,
                     const char **expected)
{
  WsiJsonScanner scanner;
  WsiJsonToken token;

  wsi_json_scanner_init (&scanner, (const guint8 *) text, length);
  while (wsi_json_scanner_next (&scanner, &token) != WSI_JSON_END)
    {
      if ((token.kind == WSI_JSON_NAME || token.kind == WSI_JSON_STRING ||
           token.kind == WSI_JSON_CUT) && !check_string (text, &token, at, expected))
        return FALSE;

      if (token.kind == WSI_JSON_CUT || token.kind == WSI_JSON_PROBLEM)
        {
          *at = token.kind == WSI_JSON_CUT ? length : token.at;
          *expected = get_expected (&scanner);
          return FALSE;
        }
    }
  return TRUE;
}

char *
wsi_json_text_lay_out (const char *text)
{
  g_autofree char *masked = wsi_variables_mask (text);
  g_autoptr (GBytes) laid_out = wsi_json_layout_new_masked (text, masked);
  gsize length;
  const char *at;

  if (laid_out == NULL)
    return NULL;

  at = wsi_bytes_get_data (laid_out, &length);
  return g_strndup (at, length);
}
