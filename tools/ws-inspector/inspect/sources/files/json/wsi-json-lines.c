/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/files/json/wsi-json-lines.h"

#include "inspect/decode/wsi-text-error.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#define PIECE (64 * 1024)
#define BLANKS " \t\r\n"

struct _WsiJsonLines
{
  GInputStream      *stream;
  const char *const *names;
  WsiJsonField      *fields;            /* members of the last object, one for each name */
  guint              n_names;
  GByteArray        *bytes;
  gsize              at;                /* offset in bytes up to which the lines were read */
  gsize              n_searched;        /* bytes after at without a line feed */
  guint64            line, offset, next_offset, n_cut;
  gboolean           is_ended;          /* the stream has ended */
};

WsiJsonLines *
wsi_json_lines_new (GInputStream      *stream,
                    const char *const *names,
                    guint              n_names)
{
  WsiJsonLines *self = g_new0 (WsiJsonLines, 1);

  self->stream = g_object_ref (stream);
  self->names = names;
  self->fields = g_new0 (WsiJsonField, n_names);
  self->n_names = n_names;
  self->bytes = g_byte_array_new ();
  return self;
}

void
wsi_json_lines_free (WsiJsonLines *self)
{
  g_object_unref (self->stream);
  g_free (self->fields);
  g_byte_array_unref (self->bytes);
  g_free (self);
}

guint64
wsi_json_lines_get_line (const WsiJsonLines *self)
{
  return self->line;
}

guint64
wsi_json_lines_get_offset (const WsiJsonLines *self)
{
  return self->offset;
}

guint64
wsi_json_lines_get_n_cut (const WsiJsonLines *self)
{
  return self->n_cut;
}

/* Makes room in front once half of the bytes are read, so that each is moved about once. */
static gboolean
json_lines_fill (WsiJsonLines *self,
                 GCancellable *cancellable,
                 GError      **error)
{
  guint8 piece[PIECE];
  gssize n;

  if (self->at > self->bytes->len / 2)
    {
      g_byte_array_remove_range (self->bytes, 0, self->at);
      self->at = 0;
    }

  n = g_input_stream_read (self->stream, piece, sizeof piece, cancellable, error);
  if (n < 0)
    g_prefix_error (error, _("Reading failed at byte %" PRIu64 ": "),
                    self->next_offset + self->bytes->len - self->at);
  if (n > 0)
    g_byte_array_append (self->bytes, piece, n);
  self->is_ended = n == 0;
  return n >= 0;
}

/* The length of the next line, with its line feed; 0: its end is not there yet. */
static gsize
search_line (WsiJsonLines *self)
{
  gsize n_left = self->bytes->len - self->at;
  const guint8 *line, *end;

  if (n_left == self->n_searched)
    return 0;

  line = self->bytes->data + self->at;
  end = memchr (line + self->n_searched, '\n', n_left - self->n_searched);
  if (end != NULL)
    return end + 1 - line;

  self->n_searched = n_left;
  return 0;
}

gboolean
wsi_json_lines_has_next (WsiJsonLines *self)
{
  return search_line (self) > 0;
}

/* The length of the next line, or of the rest at the end; 0: nothing, or an error. */
static gsize
json_lines_find_line (WsiJsonLines *self,
                      GCancellable *cancellable,
                      GError      **error)
{
  gsize length;

  while ((length = search_line (self)) == 0)
    {
      if (self->is_ended)
        return self->bytes->len - self->at;

      if (self->bytes->len - self->at > WSI_JSON_MAX_LINE)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                       _("Line %" PRIu64 " is too long: limit %u MiB"), self->line,
                       WSI_JSON_MAX_LINE / 1024 / 1024);
          return 0;
        }

      if (!json_lines_fill (self, cancellable, error))
        return 0;
    }
  return length;
}

static gboolean
json_lines_is_blank (const guint8 *text,
                     gsize         length)
{
  for (gsize i = 0; i < length; i++)
    if (memchr (BLANKS, text[i], strlen (BLANKS)) == NULL)
      return FALSE;

  return TRUE;
}

/* Takes the next line.  NULL: the end, or an error. */
static guint8 *
json_lines_take_line (WsiJsonLines *self,
                      gsize        *length,
                      GCancellable *cancellable,
                      GError      **error)
{
  guint8 *text;

  self->line++;
  self->offset = self->next_offset;
  *length = json_lines_find_line (self, cancellable, error);
  if (*length == 0)
    return NULL;

  text = self->bytes->data + self->at;
  self->at += *length;
  self->n_searched = 0;
  self->next_offset += *length;
  return text;
}

static gboolean
json_lines_read_fields (WsiJsonLines   *self,
                        guint8         *text,
                        gsize           length,
                        WsiJsonMistake *mistake)
{
  return wsi_json_fields_read (self->fields, self->names, self->n_names, text, length, mistake);
}

static gboolean
json_lines_begins_with (const guint8      *text,
                        gsize              length,
                        const char *const *begins)
{
  for (guint i = 0; begins[i] != NULL; i++)
    if (length > strlen (begins[i]) && memcmp (text, begins[i], strlen (begins[i])) == 0)
      return TRUE;

  return FALSE;
}

WsiJsonField *
wsi_json_lines_find (WsiJsonLines      *self,
                     const char *const *begins,
                     GCancellable      *cancellable)
{
  WsiJsonMistake mistake;
  guint8 *text;
  gsize length;

  while ((text = json_lines_take_line (self, &length, cancellable, NULL)) != NULL)
    if (json_lines_begins_with (text, length, begins) &&
        json_lines_read_fields (self, text, length, &mistake))
      return self->fields;

  return NULL;
}

/* Describes a mistake; the line ends with a line feed. */
static char *
json_lines_describe (const WsiJsonMistake *mistake,
                     const guint8         *text)
{
  g_autofree char *received = NULL;

  if (!mistake->has_place)
    return g_strdup (_(mistake->expected));

  received = wsi_text_error_quote ((const char *) text + mistake->place);
  return g_strdup_printf (_("%s, received %s at byte %zu of the line"), _(mistake->expected),
                          received, mistake->place);
}

static void
json_lines_set_error (WsiJsonLines         *self,
                      const guint8         *text,
                      const WsiJsonMistake *mistake,
                      GError              **error)
{
  g_autofree char *reason = mistake->expected != NULL ? json_lines_describe (mistake, text) : NULL;

  if (reason != NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("expected an object of JSON: %s"),
                 reason);
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                         _("expected an object of JSON"));
  g_prefix_error (error, _("Line %" PRIu64 ", byte %" PRIu64 ": "), self->line, self->offset);
}

WsiJsonField *
wsi_json_lines_read (WsiJsonLines *self,
                     GCancellable *cancellable,
                     GError      **error)
{
  WsiJsonMistake mistake;
  guint8 *text;
  gsize length;

  do
    {
      text = json_lines_take_line (self, &length, cancellable, error);
      if (text == NULL)
        return NULL;
    }
  while (json_lines_is_blank (text, length));

  if (json_lines_read_fields (self, text, length, &mistake))
    return self->fields;

  if (text[length - 1] != '\n')
    self->n_cut = length;
  else
    json_lines_set_error (self, text, &mistake, error);
  return NULL;
}
