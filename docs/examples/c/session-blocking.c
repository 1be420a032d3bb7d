/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Says "Hello" to an echo server and prints what comes back, with a session and a blocking socket:
 * session-blocking [URI] */
#include "session-opening.h"

#include <stdlib.h>

typedef struct
{
  WspSession *session;
  GIOStream  *stream;
  GBytes     *rest;             /* read with the response: the first bytes for the session */
} Peer;

static void
show (Peer             *self,
      WspSessionAction *action)
{
  g_autoptr (GBytes) payload = wsp_session_action_dup_bytes (action);

  if (wsp_session_action_get_buffer_type (action) != WSP_BUFFER_TYPE_UTF8_MESSAGE ||
      payload == NULL)
    return;

  g_print ("%.*s\n", (int) g_bytes_get_size (payload),
           (const char *) g_bytes_get_data (payload, NULL));
  wsp_session_send_close (self->session, WSP_CLOSE_CODE_NORMAL, NULL, NULL);
}

/* Returns the number of bytes, -1 for an error. */
static gssize
write_bytes (Peer             *self,
             WspSessionAction *action,
             GError          **error)
{
  g_autoptr (GBytes) bytes = wsp_session_action_dup_bytes (action);
  gsize written;

  if (!g_output_stream_write_all (g_io_stream_get_output_stream (self->stream),
                                  g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                  &written, NULL, error))
    return -1;

  return (gssize) written;
}

static gssize
read_bytes (Peer             *self,
            WspSessionAction *action,
            GError          **error)
{
  gsize length;
  guint8 *buffer = wsp_session_action_get_buffer (action, &length);

  return g_input_stream_read (g_io_stream_get_input_stream (self->stream), buffer, length, NULL,
                              error);
}

/* Performs the next action of a queue.  Returns whether there was one. */
static gboolean
perform (Peer          *self,
         WspActionQueue queue,
         GError       **error)
{
  WspSessionAction action = WSP_SESSION_ACTION_INIT;
  WspActionType what;
  gssize n = 0;

  if (!wsp_session_get_action (self->session, queue, &action, error))
    return FALSE;

  what = wsp_session_action_get_action_type (&action);
  if (what == WSP_ACTION_TYPE_NONE)
    return FALSE;

  if (what == WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK && self->rest != NULL)
    {
      wsp_session_complete_receive (self->session, &action, self->rest);
      g_clear_pointer (&self->rest, g_bytes_unref);
      return TRUE;
    }

  if (what == WSP_ACTION_TYPE_SEND_TO_NETWORK)
    n = write_bytes (self, &action, error);
  else if (what == WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK)
    n = read_bytes (self, &action, error);
  else if (what == WSP_ACTION_TYPE_INDICATE_RECEIVE_COMPLETE)
    show (self, &action);
  if (n < 0)
    return FALSE;

  wsp_session_complete_action (self->session, &action, (gsize) n);
  return TRUE;
}

/* Sends all that waits before each read: ALL would give the read first, and the peer may wait for
 * what we send. */
static void
run (Peer    *self,
     GError **error)
{
  while (*error == NULL)
    {
      while (perform (self, WSP_ACTION_QUEUE_SEND, error))
        ;
      if (*error != NULL || wsp_session_get_state (self->session) >= WSP_SESSION_STATE_CLOSED)
        return;

      if (!perform (self, WSP_ACTION_QUEUE_RECEIVE, error) && *error == NULL)
        wsp_session_receive (self->session, error);     /* none is queued */
    }
}

int
main (int    argc,
      char **argv)
{
  const char *uri = argc > 1 ? argv[1] : "ws://localhost:8080/chat";
  g_autoptr (WspSession) session = wsp_session_new (WSP_ROLE_CLIENT);
  g_autoptr (GBytes) hello = g_bytes_new_static ("Hello", 5);
  g_autoptr (GError) error = NULL;
  Peer self = { .session = session };
  g_autoptr (GSocketConnection) connection = open_session (session, uri, &self.rest, &error);

  if (connection != NULL)
    {
      self.stream = G_IO_STREAM (connection);
      wsp_session_send (session, WSP_BUFFER_TYPE_UTF8_MESSAGE, hello, NULL);
      run (&self, &error);
      while (perform (&self, WSP_ACTION_QUEUE_SEND, NULL))      /* a Close, after a broken rule */
        ;
    }

  g_clear_pointer (&self.rest, g_bytes_unref);
  if (error == NULL)
    return EXIT_SUCCESS;

  g_printerr ("%s\n", error->message);
  return EXIT_FAILURE;
}
