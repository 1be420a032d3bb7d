/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Sends the messages of a user one after the other.  The sender belongs to its connection.
 *
 * job is the message that is being sent; while there is one, the connection is kept. */
#include "inspect/sources/sending/wsi-sender.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <libwsproto/wsproto-unsafe.h>

#include "inspect/store/memory/wsi-bytes.h"

#define PIECE (64 * 1024)       /* bytes of a file that are read at a time */
#define MAX_WAITING 1000

typedef struct
{
  WsiOutgoing   *outgoing;
  GTask         *task;
  GInputStream  *from;          /* stream of the payload; NULL: it is sent in one piece */
  GOutputStream *to;
  guint64        n_left, n_written;     /* bytes that are left, and bytes that were written */
  guint          n_pieces;      /* pieces that were written */
} Job;

typedef struct
{
  WspConnection *connection;    /* connection, with a reference only while there is a job */
  GQueue         waiting;       /* jobs that wait (Job) */
  Job           *job;           /* job that is being sent; NULL = none */
} Sender;

static void
sender_job_free (Job *job)
{
  wsi_outgoing_free (job->outgoing);
  g_object_unref (job->task);
  g_clear_object (&job->from);
  g_clear_object (&job->to);
  g_free (job);
}

static void
end_job (Job    *job,
         GError *error)
{
  if (error != NULL)
    g_task_return_error (job->task, error);
  else
    g_task_return_boolean (job->task, TRUE);
  sender_job_free (job);
}

/* Frees a sender, with messages that wait when their connection is freed. */
static void
sender_free (gpointer data)
{
  Sender *self = data;
  Job *job;

  while ((job = g_queue_pop_head (&self->waiting)) != NULL)
    end_job (job, g_error_new_literal (WSP_ERROR, WSP_ERROR_CLOSED,
                                       _("Connection is closed")));
  g_free (self);
}

static Sender *
ensure_sender (WspConnection *connection)
{
  GQuark quark = g_quark_from_static_string ("wsi-sender");
  Sender *self = g_object_get_qdata (G_OBJECT (connection), quark);

  if (self != NULL)
    return self;

  self = g_new0 (Sender, 1);
  self->connection = connection;
  g_queue_init (&self->waiting);
  g_object_set_qdata_full (G_OBJECT (connection), quark, self, sender_free);
  return self;
}

/* Starts the next message; messages follow each other. */
static void start_next (Sender *self);

/* Explains an error, and takes it.  One in the middle of a message ends the connection, too: its
 * stream is dropped with the job. */
static GError *
sender_explain (Sender *self,
                GError *error)
{
  const Job *job = self->job;
  gboolean is_open = wsp_connection_get_state (self->connection) == WSP_CONNECTION_STATE_OPEN;
  GError *explained;

  if (error == NULL || job->n_written == 0 || !is_open)
    return error;

  explained = job->n_left == 0
              ? g_error_new (error->domain, error->code,
                             _("%s: all bytes of the message had been passed on before"),
                             error->message)
              : g_error_new (error->domain, error->code,
                             ngettext ("%s: after %" PRIu64 " byte of the message the connection "
                                       "ends with code 1011 (a message that has begun cannot be "
                                       "taken back)",
                                       "%s: after %" PRIu64 " bytes of the message the connection "
                                       "ends with code 1011 (a message that has begun cannot be "
                                       "taken back)", MIN (job->n_written, G_MAXINT)),
                             error->message, job->n_written);
  g_error_free (error);
  return explained;
}

/* Finishes a job; the connection may be freed here, and with it the sender. */
static void
sender_finish (Sender *self,
               GError *error)
{
  g_autoptr (WspConnection) kept = self->connection;
  GError *explained = sender_explain (self, error);

  end_job (g_steal_pointer (&self->job), explained);
  start_next (self);
}

static void
sender_on_sent (GObject      *connection,
                GAsyncResult *result,
                gpointer      sender)
{
  GError *error = NULL;

  wsp_connection_send_message_finish (WSP_CONNECTION (connection), result, &error);
  sender_finish (sender, error);
}

static WspSendFlags
sender_get_flags (const WsiOutgoing *outgoing)
{
  return outgoing->compression == WSI_COMPRESSION_NONE ? WSP_SEND_FLAGS_NO_COMPRESSION
                                                       : WSP_SEND_FLAGS_DEFAULT;
}

static void
send_whole (Sender *self,
            GBytes *payload)
{
  const WsiOutgoing *outgoing = self->job->outgoing;
  GError *error = NULL;
  g_autoptr (WspMessage) message =
    outgoing->message_type == WSP_MESSAGE_TYPE_BINARY
    ? wsp_message_new_binary_bytes (payload) : wsp_message_new_text_bytes (payload, &error);

  if (message == NULL)
    {
      sender_finish (self, error);
      return;
    }

  wsp_connection_send_message_async (self->connection, message, sender_get_flags (outgoing),
                                     g_task_get_cancellable (self->job->task), sender_on_sent,
                                     self);
}

static gsize
get_piece_length (const Job *job)
{
  const WsiOutgoing *outgoing = job->outgoing;
  guint64 length = PIECE;

  if (outgoing->n_fragments > 0)
    length = outgoing->n_fragments == 1 ? outgoing->fragments[0]
             : job->n_pieces < outgoing->n_fragments ? outgoing->fragments[job->n_pieces] : PIECE;
  return MIN (length, job->n_left);
}

/* Writes a piece; a file that has become shorter ends the message.  FALSE: an error. */
static gboolean
write_piece (Job     *job,
             GError **error)
{
  guint8 piece[PIECE];
  gsize length = get_piece_length (job), n_read;

  if (g_cancellable_set_error_if_cancelled (g_task_get_cancellable (job->task), error) ||
      !g_input_stream_read_all (job->from, piece, length, &n_read, NULL, error) ||
      !g_output_stream_write_all (job->to, piece, n_read, NULL, NULL, error))
    return FALSE;

  job->n_pieces++;
  job->n_written += n_read;
  job->n_left = n_read < length ? 0 : job->n_left - n_read;
  return job->n_left > 0 || g_output_stream_close (job->to, NULL, error);
}

/* Sends a piece; pieces of a message follow each other. */
static void send_piece (Sender *self);

/* Waits for a slow peer, and goes on. */
static void sender_flush (Sender *self);

/* Whether the peer is slow.  A call has a limit of its own, but the message has none: the peer is
 * waited for as long as the connection lasts, and the user does not cancel. */
static gboolean
sender_is_slow (WspConnection *connection,
                const GError  *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) &&
         wsp_connection_get_state (connection) != WSP_CONNECTION_STATE_CLOSED;
}

static void
on_flushed (GObject      *connection,
            GAsyncResult *result,
            gpointer      sender)
{
  Sender *self = sender;
  g_autoptr (GError) error = NULL;

  if (wsp_connection_flush_finish (WSP_CONNECTION (connection), result, &error))
    {
      if (self->job->n_left > 0)
        send_piece (self);
      else
        sender_finish (self, NULL);
    }
  else if (sender_is_slow (WSP_CONNECTION (connection), error))
    sender_flush (self);
  else
    sender_finish (self, g_steal_pointer (&error));
}

static void
sender_flush (Sender *self)
{
  wsp_connection_flush_async (self->connection, g_task_get_cancellable (self->job->task),
                              on_flushed, self);
}

/* Sends a piece, which leaves before the next one, so that it is a frame of its own; the last one
 * leaves with the end of the message. */
static void
send_piece (Sender *self)
{
  GError *error = NULL;

  if (write_piece (self->job, &error))
    sender_flush (self);
  else
    sender_finish (self, error);
}

static void
begin_pieces (Sender       *self,
              GInputStream *from,
              guint64       length)
{
  GError *error = NULL;
  Job *job = self->job;

  job->from = g_object_ref (from);
  job->n_left = length;
  job->to = wsp_connection_begin_message (self->connection, job->outgoing->message_type,
                                          sender_get_flags (job->outgoing), &error);
  if (job->to != NULL)
    send_piece (self);
  else
    sender_finish (self, error);
}

/* Opens a regular file: anything else, such as a pipe, might wait for ever. */
static GInputStream *
sender_open_file (const char *path,
                  guint64    *length,
                  GError    **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInfo) info =
    g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
                       G_FILE_QUERY_INFO_NONE, NULL, error);

  if (info == NULL)
    return NULL;

  *length = g_file_info_get_size (info);
  if (g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR)
    return G_INPUT_STREAM (g_file_read (file, NULL, error));

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
               _("cannot send %s: expected a regular file"), path);
  return NULL;
}

static void
send_file (Sender *self)
{
  GError *error = NULL;
  guint64 length = 0;
  g_autoptr (GInputStream) from = sender_open_file (self->job->outgoing->path, &length, &error);
  g_autoptr (GBytes) payload = NULL;

  if (from == NULL)
    {
      sender_finish (self, error);
      return;
    }

  if (length > PIECE || self->job->outgoing->n_fragments > 0)
    {
      begin_pieces (self, from, length);
      return;
    }

  payload = g_input_stream_read_bytes (from, PIECE, NULL, &error);
  if (payload != NULL)
    send_whole (self, payload);
  else
    sender_finish (self, error);
}

static void
sender_send_message (Sender *self)
{
  const WsiOutgoing *outgoing = self->job->outgoing;

  if (outgoing->kind == WSI_OUTGOING_FILE)
    {
      send_file (self);
    }
  else if (outgoing->n_fragments > 0)
    {
      g_autoptr (GInputStream) from = g_memory_input_stream_new_from_bytes (outgoing->payload);

      begin_pieces (self, from, g_bytes_get_size (outgoing->payload));
    }
  else
    {
      send_whole (self, outgoing->payload);
    }
}

static void
start_next (Sender *self)
{
  if (self->job != NULL || g_queue_is_empty (&self->waiting))
    return;

  self->job = g_queue_pop_head (&self->waiting);
  g_object_ref (self->connection);
  sender_send_message (self);
}

static void
sender_on_pong (GObject      *connection,
                GAsyncResult *result,
                gpointer      task)
{
  g_autoptr (GTask) ended = task;
  GError *error = NULL;

  if (wsp_connection_ping_finish (WSP_CONNECTION (connection), result, &error) < 0)
    g_task_return_error (ended, error);
  else
    g_task_return_boolean (ended, TRUE);
}

static void
sender_on_closed (GObject      *connection,
                  GAsyncResult *result,
                  gpointer      task)
{
  g_autoptr (GTask) ended = task;
  GError *error = NULL;

  if (!wsp_connection_close_finish (WSP_CONNECTION (connection), result, &error))
    g_task_return_error (ended, error);
  else
    g_task_return_boolean (ended, TRUE);
}

static void
send_raw (WspConnection *connection,
          GBytes        *bytes,
          GTask         *task)
{
  g_autoptr (GTask) ended = task;
  GError *error = NULL;

  if (!wsp_connection_send_raw_unsafe (connection, bytes, &error))
    g_task_return_error (ended, error);
  else
    g_task_return_boolean (ended, TRUE);
}

static void
queue_message (WspConnection *connection,
               WsiOutgoing   *outgoing,
               GTask         *task)
{
  Sender *self = ensure_sender (connection);
  Job *job = g_new0 (Job, 1);

  job->outgoing = outgoing;
  job->task = task;
  if (g_queue_get_length (&self->waiting) == MAX_WAITING)
    {
      end_job (job, g_error_new (G_IO_ERROR, G_IO_ERROR_BUSY,
                                 _("%d messages wait already: expected the peer to read them "
                                   "first"),
                                 MAX_WAITING));
      return;
    }

  g_queue_push_tail (&self->waiting, job);
  start_next (self);
}

void
wsi_sender_send (WspConnection *connection,
                 WsiOutgoing   *outgoing,
                 GTask         *task)
{
  if (outgoing->kind == WSI_OUTGOING_MESSAGE || outgoing->kind == WSI_OUTGOING_FILE)
    {
      queue_message (connection, outgoing, task);
      return;
    }

  if (outgoing->kind == WSI_OUTGOING_PING)
    wsp_connection_ping_async (connection, outgoing->payload, g_task_get_cancellable (task),
                               sender_on_pong, task);
  else if (outgoing->kind == WSI_OUTGOING_CLOSE)
    wsp_connection_close_async (connection, outgoing->close_code, outgoing->reason, NULL,
                                sender_on_closed,
                                task);
  else
    send_raw (connection, outgoing->payload, task);
  wsi_outgoing_free (outgoing);
}
