/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Sorts the rows of a file by their places.  The place of a row is its time, but never before the
 * row ahead of it in its connection, so that a connection keeps the order of the file whatever its
 * clock did.  A row without a time has the place of the row ahead of it, and equal places keep the
 * order of the file.  Bytes of rows wait in memory, and those of large files in a file without a
 * name. */
#include "inspect/capture/wsi-sorted-rows.h"

#include <string.h>

#include "inspect/store/memory/wsi-arena.h"
#include "inspect/store/memory/wsi-bytes.h"
#include "inspect/store/memory/wsi-readers.h"
#include "inspect/store/wsi-sentence.h"

#define MAX_MEMORY (64 * 1024 * 1024)
#define MAX_FILE (G_GUINT64_CONSTANT (1) << 38)

typedef struct
{
  gint64  place_us, time_us;
  guint64 number;               /* number of the row in the file */
  guint64 position;             /* position of the row's bytes in the arena */
  guint32 length, connection;
  guint8  kind, code;           /* kind and code of the WsiEntry */
  guint8  direction : 7;
  guint8  is_hidden : 1;
  guint8  sentence;             /* id of the sentence plus one, 0 = none; bytes: its arguments */
} Row;

typedef struct
{
  WspRole              role;
  WsiHandshakePresence handshake;
  char                *source, *server, *uri;
  WsiConversation     *conversation;    /* conversation in the store; NULL: not begun, or ended */
} Connection;

struct _WsiSortedRows
{
  WsiRecorder *recorder;
  WsiReaders   readers;
  WsiArena    *arena;
  GArray      *rows;            /* rows of the file (Row) */
  GArray      *connections;     /* connections of the file (Connection), in its order */
  gint64       place_us;        /* place of the row that was added last */
  guint        first;           /* first row of the last connection */
  gboolean     has_place;       /* a time of the last connection is known */
  gboolean     is_sorted;
  guint        n_recorded;
  guint64      n_lost;
};

static void
connection_clear (gpointer data)
{
  Connection *self = data;

  g_free (self->source);
  g_free (self->server);
  g_free (self->uri);
  g_clear_object (&self->conversation);
}

WsiSortedRows *
wsi_sorted_rows_new (WsiRecorder *recorder)
{
  WsiSortedRows *self = g_new0 (WsiSortedRows, 1);

  self->recorder = g_object_ref (recorder);
  self->arena = wsi_arena_new (&self->readers, MAX_MEMORY, MAX_FILE, NULL);
  self->rows = g_array_new (FALSE, FALSE, sizeof (Row));
  self->connections = g_array_new (FALSE, FALSE, sizeof (Connection));
  g_array_set_clear_func (self->connections, connection_clear);
  return self;
}

void
wsi_sorted_rows_free (WsiSortedRows *self)
{
  g_array_unref (self->connections);
  g_array_unref (self->rows);
  wsi_arena_free (self->arena);
  g_object_unref (self->recorder);
  g_free (self);
}

/* Sets the place of a connection that does not say when it began: its first time. */
static void
place_connection (WsiSortedRows *self,
                  gint64         time_us)
{
  for (guint i = self->first; i < self->rows->len; i++)
    g_array_index (self->rows, Row, i).place_us = time_us;
  self->place_us = time_us;
  self->has_place = TRUE;
}

/* FALSE: there is no room for the bytes. */
static gboolean
sorted_rows_keep_bytes (WsiSortedRows *self,
                        Row           *row,
                        const void    *at,
                        gsize          length)
{
  guint8 *to = length > 0 ? wsi_arena_add (self->arena, length, &row->position) : NULL;

  row->length = (guint32) length;
  if (to != NULL)
    memcpy (to, at, length);
  return to != NULL || length == 0;
}

static void
sorted_rows_add (WsiSortedRows *self,
                 Row            row,
                 const void    *at,
                 gsize          length)
{
  if (!self->has_place && row.time_us != 0)
    place_connection (self, row.time_us);
  self->place_us = MAX (self->place_us, row.time_us);
  row.place_us = self->place_us;
  row.number = self->rows->len;
  row.connection = self->connections->len - 1;
  if (sorted_rows_keep_bytes (self, &row, at, length))
    g_array_append_val (self->rows, row);
  else
    self->n_lost++;
}

void
wsi_sorted_rows_open (WsiSortedRows    *self,
                      const WsiOpening *opening,
                      gint64            time_us)
{
  const Connection connection = {
    .role = opening->role,
    .handshake = opening->handshake,
    .source = g_strdup (opening->source),
    .server = g_strdup (opening->server),
    .uri = g_strdup (opening->uri),
  };

  g_array_append_val (self->connections, connection);
  self->first = self->rows->len;
  self->has_place = time_us != 0;
  if (self->has_place)
    self->place_us = time_us;
  sorted_rows_add (self, (Row) { .kind = WSI_ENTRY_OPEN, .time_us = time_us }, NULL, 0);
}

static void
add_bytes (WsiSortedRows *self,
           Row            row,
           GBytes        *bytes)
{
  gsize length;
  const char *at = wsi_bytes_get_data (bytes, &length);

  sorted_rows_add (self, row, at, length);
}

void
wsi_sorted_rows_push (WsiSortedRows *self,
                      WspDirection   direction,
                      GBytes        *bytes,
                      gint64         time_us)
{
  add_bytes (self, (Row) { .kind = WSI_ENTRY_PUSH, .direction = direction, .time_us = time_us },
             bytes);
}

void
wsi_sorted_rows_message (WsiSortedRows *self,
                         WspDirection   direction,
                         guint          opcode,
                         GBytes        *payload,
                         gboolean       is_hidden,
                         gint64         time_us)
{
  const Row row = {
    .kind = WSI_ENTRY_MESSAGE, .direction = direction, .code = opcode, .time_us = time_us,
    .is_hidden = is_hidden != FALSE,
  };

  add_bytes (self, row, payload);
}

static void
sorted_rows_add_sentence (WsiSortedRows     *self,
                          Row                row,
                          const WsiSentence *sentence)
{
  gsize length = 0;
  g_autofree char *arguments =
    sentence != NULL ? wsi_sentence_pack (sentence, G_MAXUINT32, &length) : NULL;

  G_STATIC_ASSERT (WSI_N_SENTENCES <= G_MAXUINT8);
  row.sentence = sentence != NULL ? sentence->id + 1 : 0;
  sorted_rows_add (self, row, arguments, length);
}

void
wsi_sorted_rows_event (WsiSortedRows     *self,
                       WsiEvent           event,
                       const WsiSentence *sentence,
                       gint64             time_us)
{
  sorted_rows_add_sentence (self,
                            (Row) { .kind = WSI_ENTRY_EVENT, .code = event, .time_us = time_us },
                            sentence);
}

void
wsi_sorted_rows_close (WsiSortedRows     *self,
                       WsiEnding          ending,
                       const WsiSentence *sentence,
                       gint64             time_us)
{
  sorted_rows_add_sentence (self,
                            (Row) { .kind = WSI_ENTRY_CLOSE, .code = ending, .time_us = time_us },
                            sentence);
}

static int
sorted_rows_compare (gconstpointer a,
                     gconstpointer b)
{
  const Row *one = a, *other = b;

  if (one->place_us != other->place_us)
    return one->place_us < other->place_us ? -1 : 1;

  return (one->number > other->number) - (one->number < other->number);
}

/* The bytes of a row.  NULL: the disk was full, and they were dropped. */
static GBytes *
sorted_rows_dup_bytes (WsiSortedRows *self,
                       const Row     *row)
{
  g_autofree guint8 *bytes = g_malloc (row->length);
  guint reading = wsi_readers_begin (&self->readers);
  gboolean is_kept = row->length == 0 ||
                     wsi_arena_read (self->arena, row->position, bytes, row->length);

  wsi_readers_end (&self->readers, reading);
  return is_kept ? g_bytes_new_take (g_steal_pointer (&bytes), row->length) : NULL;
}

static void
record_open (WsiSortedRows *self,
             Connection    *connection,
             gint64         time_us)
{
  const WsiOpening opening = {
    .role = connection->role,
    .source = connection->source,
    .server = connection->server,
    .uri = connection->uri,
    .handshake = connection->handshake,
  };

  connection->conversation = g_object_ref (wsi_recorder_open (self->recorder, &opening, time_us));
}

static void
sorted_rows_record (WsiSortedRows *self,
                    const Row     *row,
                    GBytes        *bytes)
{
  Connection *connection = &g_array_index (self->connections, Connection, row->connection);
  WsiConversation *conversation = connection->conversation;
  gsize length;
  const char *at = wsi_bytes_get_data (bytes, &length);
  g_autofree WsiSentence *sentence =
    row->sentence > 0 ? wsi_sentence_unpack (row->sentence - 1, at, length) : NULL;

  wsi_recorder_set_hidden (self->recorder, row->is_hidden);
  if (row->kind == WSI_ENTRY_OPEN)
    record_open (self, connection, row->time_us);
  else if (row->kind == WSI_ENTRY_PUSH)
    wsi_recorder_push (self->recorder, conversation, row->direction, bytes, row->time_us);
  else if (row->kind == WSI_ENTRY_MESSAGE)
    wsi_recorder_message (self->recorder, conversation, row->direction, row->code, bytes,
                          row->time_us);
  else if (row->kind == WSI_ENTRY_EVENT)
    wsi_recorder_event (self->recorder, conversation, row->code, sentence, row->time_us);
  else
    {
      wsi_recorder_close (self->recorder, conversation, row->code, sentence, row->time_us);
      g_clear_object (&connection->conversation);
    }
}

gboolean
wsi_sorted_rows_record (WsiSortedRows *self,
                        guint64        max_rows)
{
  if (!self->is_sorted)
    g_array_sort (self->rows, sorted_rows_compare);
  self->is_sorted = TRUE;

  for (guint64 i = 0; i < max_rows && self->n_recorded < self->rows->len; i++)
    {
      const Row *row = &g_array_index (self->rows, Row, self->n_recorded++);
      g_autoptr (GBytes) bytes = sorted_rows_dup_bytes (self, row);

      if (bytes != NULL)
        sorted_rows_record (self, row, bytes);
      else
        self->n_lost++;
    }
  return self->n_recorded < self->rows->len;
}

guint64
wsi_sorted_rows_get_n_lost (const WsiSortedRows *self)
{
  return self->n_lost;
}
