/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The order of actions, as the reference of wsp_session_next_action () says it.  Each row is a
 * series of steps:
 *
 *   s a message is sent    r a Receive is queued    p, m a ping, a message of the peer is read
 *   A, S, R the next action of ALL, SEND, RECEIVE, which must be the next word:
 *   read (it stays open), write, pong, sent, got, none; all but reads are completed. */
#include <libwsproto/session/wsp-session.h>

#include <string.h>

#include "lib/rows.h"

static const struct
{
  const char *name, *steps, *actions;
} orders[] = {
  { "ALL-gives-the-read-before-the-waiting-send", "srA", "read" },
  { "SEND-gives-the-send-while-a-receive-waits", "srS", "write" },
  { "ALL-gives-the-send-while-a-read-is-open", "srAAAA", "read write sent none" },
  { "RECEIVE-gives-nothing-while-a-read-is-open", "srRR", "read none" },
  { "without-a-receive-nothing-is-read", "AR", "none none" },
  { "without-a-receive-ALL-gives-the-sends", "sAAA", "write sent none" },
  { "sends-in-the-order-of-their-calls", "ssSSSSS", "write sent write sent none" },
  { "an-indication-comes-before-the-waiting-send", "srRmA", "read got" },
  { "RECEIVE-gives-the-pong-after-a-ping", "rRpSRSR", "read none pong none read" },
  { "a-pong-goes-ahead-of-messages", "rRspRSS", "read pong write sent" },
};

typedef struct
{
  WspSession      *session;
  WspSessionAction read;        /* action that reads from the network and is not completed yet */
  GString         *seen;
} Play;

static void
note (Play       *self,
      const char *word)
{
  g_string_append_printf (self->seen, "%s%s", self->seen->len > 0 ? " " : "", word);
}

static gsize
length_of (const WspSessionAction *action)
{
  g_autoptr (GBytes) bytes = wsp_session_action_dup_bytes (action);

  return bytes != NULL ? g_bytes_get_size (bytes) : 0;
}

static gboolean
is_pong (const WspSessionAction *action)
{
  g_autoptr (GBytes) bytes = wsp_session_action_dup_bytes (action);

  return *(const guint8 *) g_bytes_get_data (bytes, NULL) == 0x8a;
}

static void
take_action (Play          *self,
             WspActionQueue queue)
{
  WspSessionAction action = WSP_SESSION_ACTION_INIT;
  g_autoptr (GError) error = NULL;
  gsize n = 0;

  g_assert_true (wsp_session_get_action (self->session, queue, &action, &error));
  g_assert_no_error (error);
  switch (wsp_session_action_get_action_type (&action))
    {
    case WSP_ACTION_TYPE_NONE:
      note (self, "none");
      return;

    case WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK:
      note (self, "read");
      self->read = action;
      return;

    case WSP_ACTION_TYPE_SEND_TO_NETWORK:
      note (self, is_pong (&action) ? "pong" : "write");
      n = length_of (&action);
      break;

    case WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE:
      note (self, "sent");
      break;

    case WSP_ACTION_TYPE_INDICATE_RECEIVE_COMPLETE:
      note (self, "got");
      break;
    }
  wsp_session_complete_action (self->session, &action, n);
}

static void
take_bytes (Play       *self,
            const char *bytes,
            gsize       length)
{
  g_autoptr (GBytes) data = g_bytes_new (bytes, length);

  wsp_session_complete_receive (self->session, &self->read, data);
}

static void
take_step (Play *self,
           char  step)
{
  g_autoptr (GBytes) hello = g_bytes_new_static ("Hello", 5);

  switch (step)
    {
    case 's':
      g_assert_cmpuint (wsp_session_send (self->session, WSP_BUFFER_TYPE_UTF8_MESSAGE, hello, NULL),
                        !=, 0);
      break;
    case 'r':
      g_assert_cmpuint (wsp_session_receive (self->session, NULL), !=, 0);
      break;
    case 'p':
      take_bytes (self, "\x89\x80mask", 6);
      break;
    case 'm':
      take_bytes (self, "\x81\x80mask", 6);
      break;
    case 'A':
      take_action (self, WSP_ACTION_QUEUE_ALL);
      break;
    case 'S':
      take_action (self, WSP_ACTION_QUEUE_SEND);
      break;
    case 'R':
      take_action (self, WSP_ACTION_QUEUE_RECEIVE);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
test_order (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  Play play = { .seen = g_string_new (NULL) };

  play.session = wsp_session_new_established (WSP_ROLE_SERVER, NULL, NULL, NULL);
  for (const char *step = orders[i].steps; *step != '\0'; step++)
    take_step (&play, *step);
  g_assert_cmpstr (play.seen->str, ==, orders[i].actions);
  g_string_free (play.seen, TRUE);
  wsp_session_abort (play.session);
  g_object_unref (play.session);
}

/* A loop whose reads block, with a peer that says something when it has read a message.  A read
 * before anything was written waits for ever. */
static const struct
{
  const char    *name;
  WspActionQueue first;
  gboolean       hangs;
} loops[] = {
  { "that-asks-for-ALL-hangs", WSP_ACTION_QUEUE_ALL, TRUE },
  { "that-asks-for-SEND-until-there-is-none-goes-on", WSP_ACTION_QUEUE_SEND, FALSE },
};

static void
test_loop (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  Play play = { .seen = g_string_new (NULL) };
  const char *read, *write;

  play.session = wsp_session_new_established (WSP_ROLE_SERVER, NULL, NULL, NULL);
  take_step (&play, 's');
  take_step (&play, 'r');
  while (!g_str_has_suffix (play.seen->str, "read") && !g_str_has_suffix (play.seen->str, "none"))
    take_action (&play, loops[i].first);
  take_action (&play, WSP_ACTION_QUEUE_RECEIVE);

  read = strstr (play.seen->str, "read");
  write = strstr (play.seen->str, "write");
  g_assert_nonnull (read);
  g_assert_cmpint (write == NULL || read < write, ==, loops[i].hangs);
  g_string_free (play.seen, TRUE);
  wsp_session_abort (play.session);
  g_object_unref (play.session);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROWS ("/session/session-order", orders, test_order);
  ADD_ROWS ("/session/session-order/blocking-loop", loops, test_loop);
  return g_test_run ();
}
