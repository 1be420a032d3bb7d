/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The connections of a program, from its records.  A direction that has lost bytes is recorded
 * again from its next position on: the bytes until then are missing, too. */
#include "inspect/sources/program/wsi-program-connections.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#define MAX_CONNECTIONS (64 * 1024)     /* connections that are open; more are not shown */
#define NOTE_US (1 * G_TIME_SPAN_SECOND)        /* least time between notes of lost records */

typedef struct                  /* state of a direction */
{
  gboolean is_placed;           /* the direction has had a position */
  gboolean is_broken;           /* the direction has lost bytes, and waits for a position */
  guint64  next;                /* offset of the next byte */
} Way;

typedef struct
{
  WsiProgramOpened opened;      /* facts from its OPEN, of which texts go to the conversation */
  WsiConversation *conversation;        /* conversation in the store; NULL: not opened yet */
  gboolean         is_late;     /* a row says that the beginning of the connection is missing */
  Way              ways[2];     /* state of each WspDirection */
} Connection;

struct _WsiProgramConnections
{
  WsiRecorder *recorder;
  GHashTable  *connections;     /* connections by their number (Connection) */
  GHashTable  *open;            /* numbers of the OPENs that go together so far */
  GHashTable  *silent;          /* numbers of open connections that were not reported */
  GHashTable  *wanted;          /* numbers to watch that were not reported yet; NULL = all */
  guint64      n_lost;          /* records that were lost, and that no row reports yet */
  gint64       noted_us;        /* time of the last row about lost records; 0: none */
  const WsiProgramFuncs *funcs;
  gpointer     data;
};

static void
connection_free (gpointer data)
{
  Connection *self = data;

  wsi_program_opened_clear (&self->opened);
  g_clear_object (&self->conversation);
  g_free (self);
}

static void
note_lost (WsiProgramConnections *self)
{
  g_autofree char *text = g_strdup_printf ("%" PRIu64, self->n_lost);

  if (self->n_lost > 0)
    wsi_recorder_event (self->recorder, NULL, WSI_EVENT_NOTE,
                        WSI_SENTENCE (PROGRAM_TOO_FAST, text),
                        wsi_recorder_get_now (self->recorder));
  self->n_lost = 0;
}

WsiProgramConnections *
wsi_program_connections_new (WsiRecorder           *recorder,
                             const guint32         *wanted,
                             guint                  n_wanted,
                             const WsiProgramFuncs *funcs,
                             gpointer               data)
{
  WsiProgramConnections *self = g_new0 (WsiProgramConnections, 1);

  self->recorder = g_object_ref (recorder);
  self->connections = g_hash_table_new_full (NULL, NULL, NULL, connection_free);
  self->silent = g_hash_table_new (NULL, NULL);
  self->open = g_hash_table_new (NULL, NULL);
  self->wanted = n_wanted > 0 ? g_hash_table_new (NULL, NULL) : NULL;
  for (guint i = 0; i < n_wanted; i++)
    g_hash_table_add (self->wanted, GUINT_TO_POINTER (wanted[i]));
  self->funcs = funcs;
  self->data = data;
  return self;
}

void
wsi_program_connections_free (WsiProgramConnections *self,
                              const WsiSentence     *sentence)
{
  GHashTableIter iter;
  gpointer connection;

  note_lost (self);
  g_hash_table_iter_init (&iter, self->connections);
  while (g_hash_table_iter_next (&iter, NULL, &connection))
    if (((Connection *) connection)->conversation != NULL)
      wsi_recorder_close (self->recorder, ((Connection *) connection)->conversation,
                          WSI_ENDING_CUT, sentence, wsi_recorder_get_now (self->recorder));
  g_hash_table_unref (self->connections);
  g_hash_table_unref (self->open);
  g_hash_table_unref (self->silent);
  g_clear_pointer (&self->wanted, g_hash_table_unref);
  g_object_unref (self->recorder);
  g_free (self);
}

guint
wsi_program_connections_get_n_silent (const WsiProgramConnections *self)
{
  return g_hash_table_size (self->silent);
}

static Connection *
program_connections_find (WsiProgramConnections  *self,
                          const WsiProgramRecord *record)
{
  return g_hash_table_lookup (self->connections, GUINT_TO_POINTER (record->connection));
}

static gboolean
take_opened (WsiProgramConnections  *self,
             const WsiProgramRecord *record)
{
  g_auto (WsiProgramOpened) opened = { 0 };
  Connection *connection;

  if (!wsi_program_opened_parse (&opened, record))
    return FALSE;

  if (program_connections_find (self, record) != NULL ||
      g_hash_table_size (self->connections) >= MAX_CONNECTIONS)
    return TRUE;

  connection = g_new0 (Connection, 1);
  connection->opened = opened;
  opened = (WsiProgramOpened) { 0 };
  g_hash_table_insert (self->connections, GUINT_TO_POINTER (record->connection), connection);
  g_hash_table_remove (self->silent, GUINT_TO_POINTER (record->connection));
  if (self->wanted != NULL)
    g_hash_table_remove (self->wanted, GUINT_TO_POINTER (record->connection));
  return TRUE;
}

static void
program_connections_open_conversation (WsiProgramConnections *self,
                                       Connection            *connection,
                                       WsiHandshakePresence   presence,
                                       gint64                 time_us)
{
  const WsiProgramOpened *opened = &connection->opened;
  gboolean is_client = opened->role == WSP_ROLE_CLIENT;
  const WsiOpening opening = {
    .role = opened->role, .source = WSI_SOURCE_PROGRAM, .uri = opened->uri,
    .client = is_client ? opened->local : opened->remote,
    .server = is_client ? opened->remote : opened->local,
    .handshake = presence, .extensions = opened->extensions, .tls = opened->tls,
  };

  if (connection->conversation != NULL)
    return;

  connection->conversation = g_object_ref (wsi_recorder_open (self->recorder, &opening, time_us));
  wsi_program_opened_clear (&connection->opened);
}

/* The conversation of a connection; without the heads only the extensions tell of the handshake. */
static void
ensure_conversation (WsiProgramConnections *self,
                     Connection            *connection,
                     gint64                 time_us)
{
  program_connections_open_conversation (self, connection, WSI_HANDSHAKE_MISSING, time_us);
}

static gboolean
take_heads (WsiProgramConnections  *self,
            const WsiProgramRecord *record)
{
  Connection *connection = program_connections_find (self, record);
  g_autoptr (GBytes) request = NULL, response = NULL;
  WspDirection of_request;

  if (!wsi_program_heads_parse (&request, &response, record))
    return FALSE;

  if (connection == NULL || connection->conversation != NULL || request == NULL)
    return TRUE;

  of_request = connection->opened.role == WSP_ROLE_CLIENT ? WSP_DIRECTION_SENT
                                                          : WSP_DIRECTION_RECEIVED;
  program_connections_open_conversation (self, connection, WSI_HANDSHAKE_READ, record->time_us);
  wsi_recorder_push (self->recorder, connection->conversation, of_request, request,
                     record->time_us);
  if (response != NULL)
    wsi_recorder_push (self->recorder, connection->conversation, !of_request, response,
                       record->time_us);
  return TRUE;
}

static void
continue_at (WsiProgramConnections    *self,
             Connection               *connection,
             const WsiProgramPosition *position,
             gint64                    time_us)
{
  const Way *way = &connection->ways[position->direction];
  const WspDissectorPlace place = {
    .offset = position->offset,
    .left = (position->place & WSP_ATTACH_IN_FRAME) != 0 ? position->left : 0,
    .key = position->key, .first = position->first, .opcode = position->opcode,
    .is_inside_message = (position->place & WSP_ATTACH_IN_MESSAGE) != 0,
    .is_compressed = (position->place & WSP_ATTACH_COMPRESSED) != 0,
    .window = position->window, .window_length = position->window_length,
  };
  guint64 n_missing = way->is_broken && position->offset > way->next ? position->offset - way->next
                                                                     : 0;

  wsi_recorder_continue_at (self->recorder, connection->conversation, position->direction, &place,
                            n_missing, time_us);
}

static void
note_late (WsiProgramConnections *self,
           Connection            *connection,
           gint64                 time_us)
{
  if (!connection->is_late)
    wsi_recorder_event (self->recorder, connection->conversation, WSI_EVENT_NOTE,
                        WSI_SENTENCE (PROGRAM_LATE), time_us);
  connection->is_late = TRUE;
}

/* A position in a direction that is whole only repeats what is known. */
static gboolean
take_position (WsiProgramConnections  *self,
               const WsiProgramRecord *record)
{
  Connection *connection = program_connections_find (self, record);
  WsiProgramPosition position;
  Way *way;

  if (!wsi_program_position_parse (&position, record))
    return FALSE;

  if (connection == NULL)
    return TRUE;

  ensure_conversation (self, connection, record->time_us);
  way = &connection->ways[position.direction];
  if (way->is_placed && (!way->is_broken || position.offset < way->next))
    return TRUE;

  if (!way->is_broken && position.offset > 0)
    note_late (self, connection, record->time_us);
  if (way->is_broken || position.offset > 0)
    continue_at (self, connection, &position, record->time_us);
  *way = (Way) { .is_placed = TRUE, .next = position.offset };
  return TRUE;
}

static gboolean
program_connections_take_bytes (WsiProgramConnections  *self,
                                const WsiProgramRecord *record)
{
  Connection *connection = program_connections_find (self, record);
  WsiProgramBytes bytes;
  gsize n_known;
  Way *way;

  if (!wsi_program_bytes_parse (&bytes, record))
    return FALSE;

  way = connection != NULL ? &connection->ways[bytes.direction] : NULL;
  if (way == NULL || !way->is_placed || way->is_broken)
    return TRUE;

  if (bytes.offset > way->next)
    {
      way->is_broken = TRUE;
      self->funcs->ask (self->data);
      return TRUE;
    }

  n_known = MIN (way->next - bytes.offset, bytes.length);
  if (n_known < bytes.length)
    {
      g_autoptr (GBytes) passed = g_bytes_new (bytes.at + n_known, bytes.length - n_known);

      wsi_recorder_push (self->recorder, connection->conversation, bytes.direction, passed,
                         record->time_us);
      way->next += bytes.length - n_known;
    }
  return TRUE;
}

static gboolean
program_connections_take_closed (WsiProgramConnections  *self,
                                 const WsiProgramRecord *record)
{
  Connection *connection = program_connections_find (self, record);
  g_autofree char *text = NULL;
  gboolean is_clean;

  if (!wsi_program_closed_parse (&is_clean, &text, record))
    return FALSE;

  if (connection == NULL)
    return TRUE;

  ensure_conversation (self, connection, record->time_us);
  if (text != NULL)
    wsi_recorder_close (self->recorder, connection->conversation,
                        is_clean ? WSI_ENDING_CLEAN : WSI_ENDING_ABNORMAL,
                        WSI_SENTENCE (TEXT, text), record->time_us);
  else
    wsi_recorder_close_stream (self->recorder, connection->conversation, WSI_STREAM_ENDED,
                               record->time_us);
  g_hash_table_remove (self->connections, GUINT_TO_POINTER (record->connection));
  return TRUE;
}

static gboolean
program_connections_take_dropped (WsiProgramConnections  *self,
                                  const WsiProgramRecord *record)
{
  const gint64 now_us = g_get_monotonic_time ();
  guint64 n;

  if (!wsi_program_dropped_parse (&n, record))
    return FALSE;

  self->n_lost += n;
  if (self->noted_us == 0 || now_us - self->noted_us >= NOTE_US)
    {
      note_lost (self);
      self->noted_us = now_us;
    }
  self->funcs->ask (self->data);
  return TRUE;
}

/* Ends a connection, the record of whose end was lost. */
static void
end_unseen (WsiProgramConnections *self,
            Connection            *connection)
{
  if (connection->conversation != NULL)
    wsi_recorder_close (self->recorder, connection->conversation, WSI_ENDING_CUT,
                        WSI_SENTENCE (PROGRAM_END_LOST), wsi_recorder_get_now (self->recorder));
}

static void
end_those_not_open (WsiProgramConnections *self)
{
  GHashTableIter iter;
  gpointer number, connection;

  g_hash_table_iter_init (&iter, self->connections);
  while (g_hash_table_iter_next (&iter, &number, &connection))
    if (!g_hash_table_contains (self->open, number))
      {
        end_unseen (self, connection);
        g_hash_table_iter_remove (&iter);
      }
}

static void
find_silent (WsiProgramConnections *self)
{
  GHashTableIter iter;
  gpointer number;

  g_hash_table_remove_all (self->silent);
  g_hash_table_iter_init (&iter, self->wanted != NULL ? self->wanted : self->open);
  while (g_hash_table_iter_next (&iter, &number, NULL))
    if (!g_hash_table_contains (self->connections, number))
      g_hash_table_add (self->silent, number);
}

/* Takes an OPEN; if one of those that go together is missing, the others are of no use. */
static gboolean
program_connections_take_open (WsiProgramConnections  *self,
                               const WsiProgramRecord *record)
{
  g_autoptr (GHashTable) numbers = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer number;
  guint n_open, n_before;

  if (!wsi_program_open_parse (&n_open, &n_before, numbers, record) ||
      n_open > WSP_ATTACH_MAX_OPEN)
    return FALSE;

  if (n_before == 0)
    g_hash_table_remove_all (self->open);
  if (g_hash_table_size (self->open) != n_before)
    return TRUE;

  g_hash_table_iter_init (&iter, numbers);
  while (g_hash_table_iter_next (&iter, &number, NULL))
    g_hash_table_add (self->open, number);
  if (g_hash_table_size (self->open) != n_open)
    return TRUE;

  end_those_not_open (self);
  find_silent (self);
  g_hash_table_remove_all (self->open);
  self->funcs->shown (self->data);
  return TRUE;
}

static gboolean
program_connections_take (WsiProgramConnections  *self,
                          const WsiProgramRecord *record)
{
  switch (record->kind)
    {
    case WSP_ATTACH_OPENED:
      return take_opened (self, record);
    case WSP_ATTACH_HEADS:
      return take_heads (self, record);
    case WSP_ATTACH_POSITION:
      return take_position (self, record);
    case WSP_ATTACH_BYTES:
      return program_connections_take_bytes (self, record);
    case WSP_ATTACH_CLOSED:
      return program_connections_take_closed (self, record);
    case WSP_ATTACH_DROPPED:
      return program_connections_take_dropped (self, record);
    case WSP_ATTACH_OPEN:
      return program_connections_take_open (self, record);
    default:
      return TRUE;
    }
}

gboolean
wsi_program_connections_take (WsiProgramConnections  *self,
                              const WsiProgramRecord *record,
                              GError                **error)
{
  if (program_connections_take (self, record))
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               _("a record of kind %u is damaged"), record->kind);
  return FALSE;
}
