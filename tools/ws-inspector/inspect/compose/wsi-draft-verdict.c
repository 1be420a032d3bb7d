/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/compose/wsi-draft-verdict.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/compose/wsi-json-text.h"
#include "inspect/decode/wsi-hex.h"
#include "inspect/decode/wsi-text-error.h"

#define KIB 1024

static gboolean
is_judged (const WsiDraft *draft)
{
  return draft->form != WSI_FORM_TEXT && draft->form != WSI_FORM_FILE && *draft->text != '\0';
}

void
wsi_draft_verdict_init_error (WsiDraftVerdict *self,
                              const char      *text,
                              const GError    *error)
{
  gsize at;

  *self = (WsiDraftVerdict) { .sentence = g_strdup (error->message), .is_wrong = TRUE };
  if (wsi_text_error_get_place (error, &at))
    wsi_text_error_find_range (text, at, &self->begin, &self->end);
}

void
wsi_draft_verdict_init (WsiDraftVerdict *self,
                        const WsiDraft  *draft)
{
  const WsiVariables variables = WSI_VARIABLES_BEGIN;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  *self = (WsiDraftVerdict) { 0 };
  if (!is_judged (draft))
    return;

  if (draft->form == WSI_FORM_JSON && strlen (draft->text) > WSI_DRAFT_MAX_JUDGED)
    {
      self->sentence = g_strdup_printf (_("Longer than %d KiB: mistakes are found when it is sent"),
                                        WSI_DRAFT_MAX_JUDGED / KIB);
      return;
    }

  bytes = wsi_draft_read (draft, &variables, &error);
  if (bytes == NULL)
    {
      wsi_draft_verdict_init_error (self, draft->text, error);
      return;
    }

  length = g_bytes_get_size (bytes);
  self->sentence = g_strdup_printf (ngettext ("No mistake, %zu byte", "No mistake, %zu bytes",
                                              length), length);
}

void
wsi_draft_verdict_clear (WsiDraftVerdict *self)
{
  g_clear_pointer (&self->sentence, g_free);
}

gboolean
wsi_draft_form_has_layout (WsiDraftForm form)
{
  return form == WSI_FORM_JSON || form == WSI_FORM_HEX;
}

char *
wsi_draft_lay_out (const WsiDraft *draft,
                   guint           n_bytes)
{
  g_autoptr (GBytes) bytes = NULL;

  if (draft->form == WSI_FORM_JSON)
    return wsi_json_text_lay_out (draft->text);

  bytes = draft->form == WSI_FORM_HEX ? wsi_hex_parse (draft->text, NULL) : NULL;
  return bytes != NULL ? wsi_hex_lines (bytes, n_bytes) : NULL;
}

gsize
wsi_draft_find_cursor (const char *text,
                       gsize       at,
                       const char *laid_out)
{
  gsize n_seen = 0, found = 0;

  for (; at > 0 && *text != '\0'; at--, text = g_utf8_next_char (text))
    n_seen += !g_ascii_isspace (*text);
  for (; n_seen > 0 && *laid_out != '\0'; found++, laid_out = g_utf8_next_char (laid_out))
    n_seen -= !g_ascii_isspace (*laid_out);
  return found;
}
