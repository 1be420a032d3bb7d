/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/program/wsi-program-record.h"

#include <glib/gi18n.h>
#include <string.h>

#define HEADER (WSP_ATTACH_LENGTH_LENGTH + WSP_ATTACH_HEADER_LENGTH)
#define MAX_WINDOW (32 * 1024)
#define LAST_US G_GINT64_CONSTANT (253402300799999999)  /* last time, of the year 9999 */

typedef struct                  /* the rest of a record; after a cut value no more is read */
{
  const guint8 *at;
  gsize         length;
  gboolean      is_cut;
} Rest;

static Rest
program_record_begin (const WsiProgramRecord *record)
{
  return (Rest) { record->at, record->length, FALSE };
}

/* Takes bytes.  NULL: fewer are left. */
static const guint8 *
program_record_take (Rest *self,
                     gsize length)
{
  const guint8 *at = self->at;

  self->is_cut |= length > self->length;
  if (self->is_cut)
    return NULL;

  self->at += length;
  self->length -= length;
  return at;
}

static guint64
take_integer (Rest *self,
              guint n_bytes)
{
  guint64 value = 0;
  const guint8 *at = program_record_take (self, n_bytes);

  for (guint i = n_bytes; at != NULL && i > 0; i--)
    value = value << 8 | at[i - 1];
  return value;
}

static const guint8 *
program_record_take_block (Rest  *self,
                           gsize *length)
{
  *length = take_integer (self, 4);
  return program_record_take (self, *length);
}

static char *
program_record_take_string (Rest *self)
{
  gsize length;
  const char *at = (const char *) program_record_take_block (self, &length);

  if (at == NULL || length == 0)
    return NULL;

  self->is_cut |= length > WSP_ATTACH_MAX_TEXT || memchr (at, '\0', length) != NULL ||
                  !g_utf8_validate_len (at, length, NULL);
  return !self->is_cut ? g_strndup (at, length) : NULL;
}

static GBytes *
program_record_take_bytes (Rest *self)
{
  gsize length;
  const guint8 *at = program_record_take_block (self, &length);

  return at != NULL && length > 0 ? g_bytes_new (at, length) : NULL;
}

static WspDirection
take_direction (Rest *self)
{
  guint64 direction = take_integer (self, 1);

  self->is_cut |= direction > WSP_DIRECTION_RECEIVED;
  return direction == WSP_DIRECTION_RECEIVED ? WSP_DIRECTION_RECEIVED : WSP_DIRECTION_SENT;
}

gsize
wsi_program_record_take (WsiProgramRecord *self,
                         const guint8     *at,
                         gsize             length,
                         GError          **error)
{
  Rest rest = { at, length, FALSE };
  guint64 whole;
  gint64 time_us;

  if (length < WSP_ATTACH_LENGTH_LENGTH)
    return 0;

  whole = WSP_ATTACH_LENGTH_LENGTH + take_integer (&rest, WSP_ATTACH_LENGTH_LENGTH);
  if (whole < HEADER || whole > WSP_ATTACH_MAX_RECORD)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                   _("the length of a record is %u; expected %d to %d"),
                   (guint) MIN (whole, G_MAXUINT), HEADER, WSP_ATTACH_MAX_RECORD);
      return 0;
    }

  if (length < whole)
    return 0;

  self->kind = (guint8) take_integer (&rest, 1);
  self->connection = (guint32) take_integer (&rest, 4);
  time_us = (gint64) take_integer (&rest, 8);
  self->time_us = CLAMP (time_us, 0, LAST_US);
  self->at = rest.at;
  self->length = whole - HEADER;
  return whole;
}

static void
program_record_add_integer (GByteArray *record,
                            guint64     value,
                            guint       n_bytes)
{
  value = GUINT64_TO_LE (value);
  g_byte_array_append (record, (const guint8 *) &value, n_bytes);
}

GBytes *
wsi_program_make_watch (const guint32 *connections,
                        guint          n)
{
  GByteArray *record = g_byte_array_new ();

  program_record_add_integer (record, WSP_ATTACH_HEADER_LENGTH + 4 * n, WSP_ATTACH_LENGTH_LENGTH);
  program_record_add_integer (record, WSP_ATTACH_WATCH, 1);
  program_record_add_integer (record, 0, 4);
  program_record_add_integer (record, g_get_real_time (), 8);
  for (guint i = 0; i < n; i++)
    program_record_add_integer (record, connections[i], 4);
  return g_byte_array_free_to_bytes (record);
}

gboolean
wsi_program_hello_parse (WsiProgramHello        *self,
                         const WsiProgramRecord *record)
{
  Rest rest = program_record_begin (record);

  *self = (WsiProgramHello) { .version = (guint32) take_integer (&rest, 4) };
  if (record->kind != WSP_ATTACH_HELLO || self->version != WSP_ATTACH_VERSION)
    return record->kind == WSP_ATTACH_HELLO && !rest.is_cut;

  self->pid = (guint32) take_integer (&rest, 4);
  self->n_connections = (guint32) take_integer (&rest, 4);
  self->name = program_record_take_string (&rest);
  self->library = program_record_take_string (&rest);
  self->title = program_record_take_string (&rest);
  return !rest.is_cut;
}

void
wsi_program_hello_clear (WsiProgramHello *self)
{
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->library, g_free);
  g_clear_pointer (&self->title, g_free);
}

gboolean
wsi_program_opened_parse (WsiProgramOpened       *self,
                          const WsiProgramRecord *record)
{
  Rest rest = program_record_begin (record);
  guint64 role = take_integer (&rest, 1);

  rest.is_cut |= role > WSP_ROLE_SERVER;
  *self = (WsiProgramOpened) { .role = role == WSP_ROLE_SERVER ? WSP_ROLE_SERVER
                                                               : WSP_ROLE_CLIENT };
  self->uri = program_record_take_string (&rest);
  self->local = program_record_take_string (&rest);
  self->remote = program_record_take_string (&rest);
  self->extensions = program_record_take_string (&rest);
  self->tls = program_record_take_string (&rest);
  return !rest.is_cut;
}

void
wsi_program_opened_clear (WsiProgramOpened *self)
{
  g_clear_pointer (&self->uri, g_free);
  g_clear_pointer (&self->local, g_free);
  g_clear_pointer (&self->remote, g_free);
  g_clear_pointer (&self->extensions, g_free);
  g_clear_pointer (&self->tls, g_free);
}

gboolean
wsi_program_heads_parse (GBytes                **request,
                         GBytes                **response,
                         const WsiProgramRecord *record)
{
  Rest rest = program_record_begin (record);

  *request = program_record_take_bytes (&rest);
  *response = program_record_take_bytes (&rest);
  return !rest.is_cut;
}

gboolean
wsi_program_position_parse (WsiProgramPosition     *self,
                            const WsiProgramRecord *record)
{
  Rest rest = program_record_begin (record);
  const guint8 *key;

  *self = (WsiProgramPosition) { .direction = take_direction (&rest) };
  self->offset = take_integer (&rest, 8);
  self->place = (guint8) take_integer (&rest, 1);
  self->first = (guint8) take_integer (&rest, 1);
  self->opcode = (guint8) take_integer (&rest, 1);
  self->left = take_integer (&rest, 8);
  key = program_record_take (&rest, sizeof self->key);
  if (key != NULL)
    memcpy (&self->key, key, sizeof self->key);
  self->window = program_record_take_block (&rest, &self->window_length);
  return !rest.is_cut && self->window_length <= MAX_WINDOW;
}

gboolean
wsi_program_bytes_parse (WsiProgramBytes        *self,
                         const WsiProgramRecord *record)
{
  Rest rest = program_record_begin (record);

  *self = (WsiProgramBytes) { .direction = take_direction (&rest) };
  self->offset = take_integer (&rest, 8);
  self->at = rest.at;
  self->length = rest.length;
  return !rest.is_cut;
}

gboolean
wsi_program_closed_parse (gboolean               *is_clean,
                          char                  **text,
                          const WsiProgramRecord *record)
{
  Rest rest = program_record_begin (record);

  *is_clean = take_integer (&rest, 1) != 0;
  *text = program_record_take_string (&rest);
  return !rest.is_cut;
}

gboolean
wsi_program_dropped_parse (guint64                *n,
                           const WsiProgramRecord *record)
{
  Rest rest = program_record_begin (record);

  *n = take_integer (&rest, 8);
  return !rest.is_cut;
}

gboolean
wsi_program_open_parse (guint                  *n_open,
                        guint                  *n_before,
                        GHashTable             *numbers,
                        const WsiProgramRecord *record)
{
  Rest rest = program_record_begin (record);

  *n_open = (guint) take_integer (&rest, 4);
  *n_before = (guint) take_integer (&rest, 4);
  while (!rest.is_cut && rest.length > 0)
    g_hash_table_add (numbers, GUINT_TO_POINTER ((guint32) take_integer (&rest, 4)));
  return !rest.is_cut;
}
