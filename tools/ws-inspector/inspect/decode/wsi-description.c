/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/wsi-description.h"

#include <string.h>

#define MAX_TEXT (1024 * 1024)  /* bytes of a field's text */
#define MAX_TEXTS (16 * 1024 * 1024)    /* bytes of the texts of all fields */
#define MAX_PAIR 256

WsiDescription *
wsi_description_new (void)
{
  WsiDescription *self = g_new0 (WsiDescription, 1);

  self->summary = g_string_new (NULL);
  self->texts = g_string_new (NULL);
  self->pair = g_string_new (NULL);
  self->error = g_string_new (NULL);
  self->fields = g_array_new (FALSE, FALSE, sizeof (WsiDecodedField));
  return self;
}

void
wsi_description_free (WsiDescription *self)
{
  g_string_free (self->summary, TRUE);
  g_string_free (self->texts, TRUE);
  g_string_free (self->pair, TRUE);
  g_string_free (self->error, TRUE);
  g_clear_pointer (&self->unfinished.bytes, g_bytes_unref);
  g_array_unref (self->fields);
  g_free (self);
}

void
wsi_description_clear (WsiDescription *self)
{
  g_string_truncate (self->summary, 0);
  g_string_truncate (self->texts, 0);
  g_string_truncate (self->pair, 0);
  g_string_truncate (self->error, 0);
  self->error_field = NULL;
  g_array_set_size (self->fields, 0);
  self->pairing = WSI_PAIRING_NONE;
  self->is_summary_cut = FALSE;
  self->content = self->content_length = 0;
  self->stated = (WsiDecodeFacts) { 0 };
  g_clear_pointer (&self->unfinished.bytes, g_bytes_unref);
}

const WsiDecodedField *
wsi_description_find (const WsiDescription  *self,
                      const char            *name,
                      const WsiDecodedField *after)
{
  const WsiDecodedField *fields = (const WsiDecodedField *) self->fields->data;
  guint first = after != NULL ? (guint) (after - fields) + 1 : 0;

  for (guint i = first; i < self->fields->len; i++)
    if (strcmp (fields[i].name, name) == 0)
      return &fields[i];
  return NULL;
}

const guint8 *
wsi_description_get_text (const WsiDescription  *self,
                          const WsiDecodedField *field)
{
  return (const guint8 *) self->texts->str + field->at;
}

void
wsi_description_append (WsiDescription *self,
                        const char     *format,
                        ...)
{
  va_list arguments;

  /* most texts are words: printf would take a fifth of the time of a summary */
  if (strchr (format, '%') == NULL)
    {
      g_string_append (self->summary, format);
      return;
    }

  va_start (arguments, format);
  g_string_append_vprintf (self->summary, format, arguments);
  va_end (arguments);
}

void
wsi_description_append_word (WsiDescription *self,
                             const char     *word)
{
  g_string_append (self->summary, word);
}

void
wsi_description_append_peer (WsiDescription *self,
                             const guint8   *at,
                             gsize           length)
{
  gsize used = MIN (self->summary->len, WSI_DESCRIPTION_MAX_SUMMARY);

  if (!self->is_summary_cut)
    wsi_text_append_exact (self->summary, (const char *) at, length,
                           WSI_DESCRIPTION_MAX_SUMMARY - used, WSI_CHARSET_UTF8);
  self->is_summary_cut |= length > WSI_DESCRIPTION_MAX_SUMMARY - used;
}

static void
description_add_field (WsiDescription        *self,
                       const WsiDecodedField *field)
{
  if (self->fields->len < WSI_DESCRIPTION_MAX_FIELDS)
    g_array_append_vals (self->fields, field, 1);
}

void
wsi_description_add_text (WsiDescription *self,
                          const char     *name,
                          const guint8   *at,
                          gsize           length)
{
  gsize n = MIN (MIN (length, MAX_TEXT), MAX_TEXTS - MIN (self->texts->len, MAX_TEXTS));
  WsiDecodedField field = { name, WSI_FIELD_TEXT, .at = self->texts->len, .length = n };

  if (n > 0)
    g_string_append_len (self->texts, (const char *) at, n);
  description_add_field (self, &field);
}

void
wsi_description_add_whole (WsiDescription *self,
                           const char     *name,
                           gint64          number)
{
  WsiDecodedField field = { name, WSI_FIELD_WHOLE, .whole = number, .real = number };

  description_add_field (self, &field);
}

void
wsi_description_add_real (WsiDescription *self,
                          const char     *name,
                          double          number)
{
  WsiDecodedField field = { name, WSI_FIELD_REAL, .real = number };

  description_add_field (self, &field);
}

void
wsi_description_add_boolean (WsiDescription *self,
                             const char     *name,
                             gboolean        is_true)
{
  WsiDecodedField field = { name, WSI_FIELD_BOOLEAN, .whole = is_true };

  description_add_field (self, &field);
}

void
wsi_description_set_pair (WsiDescription *self,
                          WsiPairing      pairing,
                          const guint8   *at,
                          gsize           length)
{
  if (length == 0 || length > MAX_PAIR)
    return;

  self->pairing = pairing;
  g_string_truncate (self->pair, 0);
  g_string_append_len (self->pair, (const char *) at, length);
}

void
wsi_description_set_error (WsiDescription *self,
                           const char     *field,
                           const guint8   *at,
                           gsize           length)
{
  if (self->error_field != NULL)
    return;

  self->error_field = field;
  wsi_text_append_exact (self->error, (const char *) at, length, WSI_DESCRIPTION_MAX_ERROR,
                         WSI_CHARSET_UTF8);
}

void
wsi_description_set_content (WsiDescription *self,
                             const char     *format,
                             gsize           offset,
                             gsize           length)
{
  self->content_format = format;
  self->content = offset;
  self->content_length = length;
}

void
wsi_description_print (const WsiDescription  *self,
                       const WsiDecodedField *field,
                       GString               *text)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *valid = NULL;

  switch (field->kind)
    {
    case WSI_FIELD_TEXT:
      valid = field->length > 0
              ? g_utf8_make_valid ((const char *) wsi_description_get_text (self, field),
                                   field->length) : NULL;
      g_string_append (text, valid != NULL ? valid : "");
      break;
    case WSI_FIELD_WHOLE:
      g_string_append_printf (text, "%" G_GINT64_FORMAT, field->whole);
      break;
    case WSI_FIELD_REAL:
      g_string_append (text, g_ascii_dtostr (number, sizeof number, field->real));
      break;
    case WSI_FIELD_BOOLEAN:
      g_string_append (text, field->whole ? "true" : "false");
      break;
    }
}

void
wsi_description_set_unfinished (WsiDescription *self,
                                GBytes         *bytes,
                                guint64         n_skipped)
{
  g_clear_pointer (&self->unfinished.bytes, g_bytes_unref);
  self->unfinished.bytes = g_bytes_ref (bytes);
  self->unfinished.n_skipped = n_skipped;
}
