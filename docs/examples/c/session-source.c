/* SPDX-License-Identifier: 0BSD */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Says "Hello" to an echo server and prints what comes back, with a session and a GSource:
 * session-source [URI] */
#include "session-opening.h"

#include <stdlib.h>

typedef struct                  /* the action of one queue while its bytes are on the way */
{
  WspActionQueue   queue;
  WspSessionAction action;
  GIOCondition     wanted;      /* 0: none is open */
  gsize            n_written;
} Slot;

typedef struct
{
  GSource     source;
  gpointer    tag;              /* of the socket */
  GSocket    *socket;
  GMainLoop  *loop;
  WspSession *session;
  Slot        sends, receives;
  GBytes     *rest;             /* read with the response: the first bytes for the session */
  GError     *error;
} SessionSource;

static void
show (SessionSource    *self,
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

/* The socket is not ready: wait for it; or it has an error: the session ends. */
static gboolean
take_error (SessionSource *self,
            GError        *error)
{
  g_autoptr (GError) taken = error;

  if (g_error_matches (taken, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return FALSE;

  if (self->error == NULL)
    self->error = g_steal_pointer (&taken);
  self->sends.wanted = self->receives.wanted = 0;
  wsp_session_abort (self->session);
  return FALSE;
}

static gboolean
write_some (SessionSource *self,
            Slot          *slot)
{
  GError *error = NULL;
  gsize length;
  g_autoptr (GBytes) bytes = wsp_session_action_dup_bytes (&slot->action);
  const char *data = g_bytes_get_data (bytes, &length);
  gssize n = g_socket_send (self->socket, data + slot->n_written, length - slot->n_written, NULL,
                            &error);

  if (n < 0)
    return take_error (self, error);

  slot->n_written += (gsize) n;
  if (slot->n_written < length)
    return FALSE;

  slot->wanted = 0;
  slot->n_written = 0;
  wsp_session_complete_action (self->session, &slot->action, length);
  return TRUE;
}

static gboolean
read_some (SessionSource *self,
           Slot          *slot)
{
  GError *error = NULL;
  gsize length;
  guint8 *buffer = wsp_session_action_get_buffer (&slot->action, &length);
  gssize n;

  if (self->rest != NULL)
    {
      slot->wanted = 0;
      wsp_session_complete_receive (self->session, &slot->action, self->rest);
      g_clear_pointer (&self->rest, g_bytes_unref);
      return TRUE;
    }

  n = g_socket_receive (self->socket, (char *) buffer, length, NULL, &error);
  if (n < 0)
    return take_error (self, error);

  slot->wanted = 0;
  wsp_session_complete_action (self->session, &slot->action, (gsize) n);
  return TRUE;
}

/* Performs the next action of a queue, or goes on with the one that is open.  Returns whether there
 * may be another one. */
static gboolean
perform (SessionSource *self,
         Slot          *slot)
{
  WspActionType what;

  if (slot->wanted == 0 &&
      !wsp_session_get_action (self->session, slot->queue, &slot->action,
                               self->error == NULL ? &self->error : NULL))
    return FALSE;

  what = wsp_session_action_get_action_type (&slot->action);
  if (what == WSP_ACTION_TYPE_NONE)
    return FALSE;

  if (what == WSP_ACTION_TYPE_SEND_TO_NETWORK)
    {
      slot->wanted = G_IO_OUT;
      return write_some (self, slot);
    }
  if (what == WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK)
    {
      slot->wanted = G_IO_IN;
      return read_some (self, slot);
    }

  if (what == WSP_ACTION_TYPE_INDICATE_RECEIVE_COMPLETE)
    {
      show (self, &slot->action);
      wsp_session_receive (self->session, NULL);        /* the next one */
    }
  wsp_session_complete_action (self->session, &slot->action, 0);
  return TRUE;
}

static void
perform_all (SessionSource *self)
{
  do
    {
      while (perform (self, &self->sends))
        ;
    }
  while (perform (self, &self->receives));
  while (perform (self, &self->sends))  /* a Close, if the peer broke a rule */
    ;
}

/* Asks for the time that the session needs, and for what the open actions wait for. */
static void
update (SessionSource *self)
{
  gint64 deadline = wsp_session_get_deadline_us (self->session);

  g_source_modify_unix_fd (&self->source, self->tag,
                           self->sends.wanted | self->receives.wanted);
  g_source_set_ready_time (&self->source, deadline == G_MAXINT64 ? -1 : deadline);
}

static gboolean
dispatch (GSource    *source,
          GSourceFunc callback,
          gpointer    user_data)
{
  SessionSource *self = (SessionSource *) source;

  wsp_session_set_time_us (self->session, g_source_get_time (source));
  perform_all (self);
  if (wsp_session_get_state (self->session) >= WSP_SESSION_STATE_CLOSED &&
      !wsp_session_has_pending (self->session, WSP_ACTION_QUEUE_SEND))
    {
      g_main_loop_quit (self->loop);
      return G_SOURCE_REMOVE;
    }

  update (self);
  return G_SOURCE_CONTINUE;
}

int
main (int    argc,
      char **argv)
{
  static GSourceFuncs functions = { .dispatch = dispatch };
  const char *uri = argc > 1 ? argv[1] : "ws://localhost:8080/chat";
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (WspSession) session = wsp_session_new (WSP_ROLE_CLIENT);
  g_autoptr (GBytes) hello = g_bytes_new_static ("Hello", 5);
  g_autoptr (GBytes) rest = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection = open_session (session, uri, &rest, &error);
  g_autoptr (GSource) source = NULL;
  SessionSource *self;

  if (connection == NULL)
    {
      g_printerr ("%s\n", error->message);
      return EXIT_FAILURE;
    }

  source = g_source_new (&functions, sizeof *self);
  self = (SessionSource *) source;
  self->sends.queue = WSP_ACTION_QUEUE_SEND;
  self->receives.queue = WSP_ACTION_QUEUE_RECEIVE;
  self->loop = loop;
  self->session = session;
  self->socket = g_socket_connection_get_socket (connection);
  self->rest = g_steal_pointer (&rest);
  g_socket_set_blocking (self->socket, FALSE);
  self->tag = g_source_add_unix_fd (source, g_socket_get_fd (self->socket), G_IO_IN | G_IO_OUT);
  wsp_session_send (session, WSP_BUFFER_TYPE_UTF8_MESSAGE, hello, NULL);
  wsp_session_receive (session, NULL);
  g_source_attach (source, NULL);
  g_main_loop_run (loop);

  g_clear_pointer (&self->rest, g_bytes_unref);
  if (self->error == NULL)
    return EXIT_SUCCESS;

  g_printerr ("%s\n", self->error->message);
  g_clear_error (&self->error);
  return EXIT_FAILURE;
}
