/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/compose/wsi-draft.h"

#include "inspect/compose/wsi-json-text.h"
#include "inspect/decode/wrapped/wsi-base64.h"
#include "inspect/decode/wsi-hex.h"
#include "inspect/decode/wsi-text-error.h"
#include "inspect/sources/sending/wsi-close-words.h"
#include "inspect/store/memory/wsi-bytes.h"

#include <glib/gi18n.h>
#include <string.h>

static const char *const form_names[WSI_N_FORMS] = {
  [WSI_FORM_TEXT] = "text",
  [WSI_FORM_JSON] = "json",
  [WSI_FORM_HEX] = "hex",
  [WSI_FORM_BASE64] = "base64",
  [WSI_FORM_FILE] = "file",
};

static const char *const kind_names[WSI_N_DRAFT_KINDS] = {
  [WSI_DRAFT_MESSAGE] = "message",
  [WSI_DRAFT_PING] = "ping",
  [WSI_DRAFT_CLOSE] = "close",
};

WsiDraft *
wsi_draft_new (WsiDraftForm   form,
               WspMessageType message_type,
               const char    *text)
{
  WsiDraft *self = g_new0 (WsiDraft, 1);

  self->form = form;
  self->message_type = message_type;
  self->text = g_strdup (text);
  self->fragments = g_strdup ("");
  return self;
}

WsiDraft *
wsi_draft_copy (const WsiDraft *self)
{
  WsiDraft *copy = wsi_draft_new (self->form, self->message_type, self->text);

  copy->kind = self->kind;
  copy->compression = self->compression;
  g_free (copy->fragments);
  copy->fragments = g_strdup (self->fragments);
  return copy;
}

void
wsi_draft_free (WsiDraft *self)
{
  g_free (self->text);
  g_free (self->fragments);
  g_free (self);
}

gboolean
wsi_draft_is_line (const WsiDraft *self)
{
  return self->form == WSI_FORM_TEXT && self->kind == WSI_DRAFT_MESSAGE &&
         self->message_type == WSP_MESSAGE_TYPE_TEXT &&
         self->compression == WSI_COMPRESSION_NEGOTIATED && *self->fragments == '\0' &&
         strpbrk (self->text, "\r\n") == NULL;
}

static gboolean
draft_check_length (gsize    length,
                    GError **error)
{
  if (length <= WSI_DRAFT_MAX_TEXT)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
               _("text is too long: expected at most %d bytes, received %zu (send a file)"),
               WSI_DRAFT_MAX_TEXT, length);
  return FALSE;
}

const char *
wsi_draft_form_get_name (WsiDraftForm form)
{
  return form_names[form];
}

const char *
wsi_draft_kind_get_name (WsiDraftKind kind)
{
  return kind_names[kind];
}

static gboolean
draft_find_name (const char        *name,
                 const char *const *names,
                 guint              n_names,
                 guint             *found)
{
  for (guint i = 0; i < n_names; i++)
    if (g_strcmp0 (name, names[i]) == 0)
      {
        *found = i;
        return TRUE;
      }
  return FALSE;
}

gboolean
wsi_draft_form_find (const char   *name,
                     WsiDraftForm *form)
{
  return draft_find_name (name, form_names, WSI_N_FORMS, form);
}

gboolean
wsi_draft_kind_find (const char   *name,
                     WsiDraftKind *kind)
{
  return draft_find_name (name, kind_names, WSI_N_DRAFT_KINDS, kind);
}

/* Whether the text is a list or object: a number or a word alone is as likely to be a text. */
static gboolean
is_json_container (const char *text,
                   gsize       length)
{
  const char *expected;
  gsize at = 0;

  while (at < length && g_ascii_isspace (text[at]))
    at++;
  return at < length && (text[at] == '{' || text[at] == '[') &&
         wsi_json_text_check (text, length, &at, &expected);
}

WsiDraft *
wsi_draft_new_of_payload (WspMessageType message_type,
                          GBytes        *payload,
                          GError       **error)
{
  gsize length;
  const char *at = wsi_bytes_get_data (payload, &length);
  gboolean is_text = message_type == WSP_MESSAGE_TYPE_TEXT && g_utf8_validate (at, length, NULL);
  g_autofree char *text = NULL, *escaped = NULL;

  /* each byte takes three characters in hex */
  if (!draft_check_length (is_text ? length : 3 * length, error))
    return NULL;
  if (!is_text)
    {
      text = wsi_hex_lines (payload, WSI_DRAFT_HEX_LINE);
      return wsi_draft_new (WSI_FORM_HEX, message_type, text);
    }

  text = g_strndup (at, length);
  escaped = wsi_variables_escape (text);
  if (!draft_check_length (strlen (escaped), error))
    return NULL;

  return wsi_draft_new (is_json_container (at, length) ? WSI_FORM_JSON : WSI_FORM_TEXT,
                        message_type, escaped);
}

static GBytes *
read_expanded (const WsiDraft     *self,
               const WsiVariables *variables,
               GError            **error)
{
  g_autoptr (WsiExpansion) expansion = wsi_variables_expand (variables, self->text, error);
  const char *expected;
  gsize at;

  if (expansion == NULL)
    return NULL;

  if (self->form == WSI_FORM_JSON &&
      !wsi_json_text_check (expansion->text->str, expansion->text->len, &at, &expected))
    {
      wsi_text_error_set (error, self->text, wsi_expansion_find_origin (expansion, at), expected);
      return NULL;
    }

  if (expansion->has_counter && variables->counter == G_MAXUINT64)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                           _("{{counter}} has reached its last number (open another window)"));
      return NULL;
    }

  return g_string_free_to_bytes (g_steal_pointer (&expansion->text));
}

GBytes *
wsi_draft_read (const WsiDraft     *self,
                const WsiVariables *variables,
                GError            **error)
{
  const char *end;

  if (!draft_check_length (strlen (self->text), error))
    return NULL;
  if (!g_utf8_validate (self->text, -1, &end))
    {
      wsi_text_error_set (error, self->text, end - self->text, "UTF-8");
      return NULL;
    }

  switch (self->form)
    {
    case WSI_FORM_TEXT:
    case WSI_FORM_JSON:
      return read_expanded (self, variables, error);
    case WSI_FORM_HEX:
      return wsi_hex_parse (self->text, error);
    case WSI_FORM_BASE64:
      return wsi_base64_parse (self->text, error);
    case WSI_FORM_FILE:
    case WSI_N_FORMS:
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           _("a file is sent as a message only"));
      return NULL;
    }

  g_assert_not_reached ();
}

static gboolean
parse_fragments (const char  *text,
                 WsiOutgoing *outgoing,
                 GError     **error)
{
  g_autoptr (GArray) lengths = g_array_new (FALSE, FALSE, sizeof (guint32));
  const char *at = text + strspn (text, " ");

  while (*at != '\0')
    {
      char *end = (char *) at;
      guint64 length = g_ascii_isdigit (*at) ? g_ascii_strtoull (at, &end, 10) : 0;
      guint32 kept = MIN (length, WSI_MAX_FRAGMENT);

      if (length == 0 || length > WSI_MAX_FRAGMENT)
        return wsi_text_error_set (error, text, at - text, _("a length in bytes from 1 to 65535"));
      if (lengths->len == WSI_DRAFT_MAX_FRAGMENTS)
        return wsi_text_error_set (error, text, at - text, _("the end after 1000 lengths"));

      g_array_append_val (lengths, kept);
      at = end + strspn (end, " ");
      if (*at != ',' && *at != '\0')
        return wsi_text_error_set (error, text, at - text, _("a comma"));
      if (*at == ',')
        {
          at += 1 + strspn (at + 1, " ");
          if (*at == '\0')
            return wsi_text_error_set (error, text, at - text, _("another length"));
        }
    }

  outgoing->n_fragments = lengths->len;
  outgoing->fragments = (guint32 *) g_array_free (g_steal_pointer (&lengths), FALSE);
  return TRUE;
}

/* Counts on, so that the next message gets another number. */
static void
count_on (WsiVariables *variables)
{
  if (variables->counter < G_MAXUINT64)
    variables->counter++;
}

static gboolean
fill_payload (const WsiDraft     *self,
              const WsiVariables *variables,
              WsiOutgoing        *outgoing,
              GError            **error)
{
  if (self->form != WSI_FORM_FILE)
    {
      const char *end;
      gsize length;
      const char *at;

      outgoing->payload = wsi_draft_read (self, variables, error);
      if (outgoing->payload == NULL)
        return FALSE;

      at = wsi_bytes_get_data (outgoing->payload, &length);
      if (self->message_type != WSP_MESSAGE_TYPE_TEXT || g_utf8_validate_len (at, length, &end))
        return TRUE;

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   _("invalid text message: expected UTF-8, received 0x%02x as byte %zu (choose "
                     "binary, or send a raw frame)"), (guint) (guint8) end[0], (gsize) (end - at) + 1);
      return FALSE;
    }

  outgoing->kind = WSI_OUTGOING_FILE;
  outgoing->path = g_strdup (self->text);
  if (*self->text != '\0' && strlen (self->text) <= WSI_DRAFT_MAX_TEXT)
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("no file: expected its path"));
  return FALSE;
}

static WsiOutgoing *
draft_make_message (const WsiDraft     *self,
                    const WsiVariables *variables,
                    WsiDraftField      *wrong,
                    GError            **error)
{
  g_autoptr (WsiOutgoing) outgoing = wsi_outgoing_new (WSI_OUTGOING_MESSAGE);

  outgoing->message_type = self->message_type;
  outgoing->compression = self->compression;
  if (!fill_payload (self, variables, outgoing, error))
    return NULL;

  *wrong = WSI_DRAFT_FIELD_FRAGMENTS;
  return parse_fragments (self->fragments, outgoing, error) ? g_steal_pointer (&outgoing) : NULL;
}

static WsiOutgoing *
draft_make_ping (const WsiDraft     *self,
                 const WsiVariables *variables,
                 GError            **error)
{
  g_autoptr (GBytes) payload = wsi_draft_read (self, variables, error);

  return payload != NULL ? wsi_outgoing_new_ping (payload, error) : NULL;
}

/* A NUL is refused as well: the words would end there. */
static WsiOutgoing *
draft_make_close (const WsiDraft     *self,
                  const WsiVariables *variables,
                  GError            **error)
{
  g_autoptr (GBytes) bytes = wsi_draft_read (self, variables, error);
  g_autofree char *words = NULL;
  const char *reason, *at;
  guint16 code;
  gsize length;

  if (bytes == NULL)
    return NULL;

  at = wsi_bytes_get_data (bytes, &length);
  if (!g_utf8_validate_len (at, length, NULL))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           _("invalid close: expected CODE or CODE:REASON as text, received bytes "
                             "(send a raw frame)"));
      return NULL;
    }

  words = g_strndup (at, length);
  return wsi_close_words_parse (words, &code, &reason, error)
         ? wsi_outgoing_new_close (code, reason, error) : NULL;
}

WsiOutgoing *
wsi_draft_make_outgoing (const WsiDraft *self,
                         WsiVariables   *variables,
                         WsiDraftField  *wrong,
                         GError        **error)
{
  WsiOutgoing *outgoing = NULL;

  *wrong = WSI_DRAFT_FIELD_TEXT;
  switch (self->kind)
    {
    case WSI_DRAFT_MESSAGE:
      outgoing = draft_make_message (self, variables, wrong, error);
      break;
    case WSI_DRAFT_PING:
      outgoing = draft_make_ping (self, variables, error);
      break;
    case WSI_DRAFT_CLOSE:
      outgoing = draft_make_close (self, variables, error);
      break;
    case WSI_N_DRAFT_KINDS:
      g_assert_not_reached ();
    }

  if (outgoing != NULL)
    count_on (variables);
  return outgoing;
}

WsiOutgoing *
wsi_draft_make_ping (const WsiDraft *self,
                     WsiVariables   *variables,
                     GError        **error)
{
  WsiOutgoing *outgoing = draft_make_ping (self, variables, error);

  if (outgoing != NULL)
    count_on (variables);
  return outgoing;
}
