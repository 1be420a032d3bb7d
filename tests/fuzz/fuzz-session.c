/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* WspSession, with a program that is slow: at every call one or two actions are out, and it reads
 * and writes their memory after each of them, as a transport does that works in another place.
 *
 * The bytes of an action that is out do not change, whatever the session does meanwhile; every Send
 * and Receive is indicated once; at the end the session has neither operations nor actions. */

#include "fuzz/fuzz-input.h"

#include <libwsproto/wsproto-session.h>
#include <string.h>

#define MAX_OUT 4               /* two queues, each with one that was withdrawn */
#define MAX_OPERATIONS 64
#define MAX_SEEN 20000

typedef struct
{
  WspSessionAction on_stack;
  WspSessionAction *held;       /* action that is out; NULL: it is on_stack */
  guint8 *seen;                 /* bytes of the action when it was handed out */
  gsize   n_seen;
} Out;

static FuzzInput input;
static WspSession *session;
static Out outs[MAX_OUT];
static guint n_out, n_sends, n_receives, n_sent, n_received;

static WspSessionAction *
get_action (Out *out)
{
  return out->held != NULL ? out->held : &out->on_stack;
}

static WspActionType
get_type (Out *out)
{
  return wsp_session_action_get_action_type (get_action (out));
}

/* Copies the bytes; room of a read is filled. */
static gsize
look_at (Out    *out,
         guint8 *to)
{
  guint n_vectors;
  const GOutputVector *vectors = wsp_session_action_get_vectors (get_action (out), &n_vectors);
  gsize n = 0;

  for (guint i = 0; i < n_vectors; i++)
    if (get_type (out) == WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK)
      memset ((void *) vectors[i].buffer, 0x5a, vectors[i].size);
    else if (vectors[i].size > 0)
      {
        REQUIRE (n + vectors[i].size <= MAX_SEEN);
        memcpy (to + n, vectors[i].buffer, vectors[i].size);
        n += vectors[i].size;
      }
  return n;
}

static void
look_at_all (void)
{
  static guint8 now[MAX_SEEN];

  for (guint i = 0; i < n_out; i++)
    {
      REQUIRE (look_at (&outs[i], now) == outs[i].n_seen);
      REQUIRE (outs[i].n_seen == 0 || memcmp (now, outs[i].seen, outs[i].n_seen) == 0);
    }
}

static void
take (WspActionQueue queue)
{
  static guint8 seen[MAX_SEEN];
  gboolean is_held = fuzz_take (&input) & 1;
  Out *out;

  if (n_out == MAX_OUT)
    return;

  out = &outs[n_out];
  *out = (Out) { .on_stack = WSP_SESSION_ACTION_INIT };
  if (is_held)
    out->held = wsp_session_next_action (session, queue, NULL);
  else if (!wsp_session_get_action (session, queue, &out->on_stack, NULL))
    return;
  if ((is_held && out->held == NULL) || get_type (out) == WSP_ACTION_TYPE_NONE)
    return;

  out->n_seen = look_at (out, seen);
  out->seen = g_memdup2 (seen, out->n_seen);
  n_sent += get_type (out) == WSP_ACTION_TYPE_INDICATE_SEND_COMPLETE;
  n_received += get_type (out) == WSP_ACTION_TYPE_INDICATE_RECEIVE_COMPLETE;
  n_out++;
}

static void
give_bytes (Out *out)
{
  gsize wanted = fuzz_take (&input) * 3u, n = MIN (wanted, input.left);
  g_autoptr (GBytes) bytes = g_bytes_new (input.at, n);

  input.at += n;
  input.left -= n;
  wsp_session_complete_receive (session, get_action (out), bytes);
}

static void
fail (Out *out)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE, "pipe");

  wsp_session_fail_action (session, get_action (out), error);
}

/* Completes one of them.  choice: mostly as it should be. */
static void
complete (guint i,
          guint choice)
{
  Out out = outs[i];
  gsize n = get_type (&out) == WSP_ACTION_TYPE_SEND_TO_NETWORK ? out.n_seen : 0;

  outs[i] = outs[--n_out];
  if (get_type (&out) == WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK && choice < 250)
    give_bytes (&out);
  else if (choice == 255)
    fail (&out);
  else
    wsp_session_complete_action (session, get_action (&out), choice == 254 ? n + 1 : n);
  REQUIRE (get_type (&out) == WSP_ACTION_TYPE_NONE);
  wsp_session_complete_action (session, get_action (&out), n);
  g_clear_pointer (&out.held, wsp_session_action_free);
  g_free (out.seen);
}

static void
send_something (void)
{
  static const WspBufferType types[] = {
    WSP_BUFFER_TYPE_BINARY_MESSAGE, WSP_BUFFER_TYPE_BINARY_FRAGMENT, WSP_BUFFER_TYPE_PING_PONG,
    WSP_BUFFER_TYPE_UNSOLICITED_PONG,
  };
  guint8 choice = fuzz_take (&input);
  gsize n = choice & 2 ? choice & 0x7c : choice * 30u;
  g_autoptr (GBytes) payload = g_bytes_new_take (g_malloc0 (n), n);

  if (n_sends < MAX_OPERATIONS)
    n_sends += wsp_session_send (session, types[choice & 3], payload, NULL) != 0;
}

static void
call (guint8 choice)
{
  switch (choice % 10)
    {
    case 0:
    case 1:
      send_something ();
      break;
    case 2:
    case 3:
      if (n_receives < MAX_OPERATIONS)
        n_receives += wsp_session_receive (session, NULL) != 0;
      break;
    case 4:
      n_sends += wsp_session_send_close (session, 1000, "bye", NULL) != 0;
      break;
    case 5:
      wsp_session_set_time_us (session, fuzz_take (&input) * G_GINT64_CONSTANT (10000000));
      break;
    case 6:
      if (fuzz_take (&input) > 200)
        wsp_session_abort (session);
      break;
    default:
      take (choice & 0x80 ? WSP_ACTION_QUEUE_SEND : WSP_ACTION_QUEUE_RECEIVE);
      break;
    }
}

/* Two are out, where there are so many. */
static void
fill (void)
{
  take (WSP_ACTION_QUEUE_SEND);
  look_at_all ();
  take (WSP_ACTION_QUEUE_RECEIVE);
  look_at_all ();
}

static void
play (void)
{
  while (input.left > 0)
    {
      call (fuzz_take (&input));
      look_at_all ();
      fill ();
      if (n_out > 0 && (n_out > 2 || fuzz_take (&input) & 1))
        complete (fuzz_take (&input) % n_out, fuzz_take (&input));
      look_at_all ();
    }
}

/* The action that was withdrawn first is out while everything else is drained. */
static void
finish (void)
{
  gboolean is_emptied = fuzz_draw (&input) & 1;

  wsp_session_abort (session);
  for (guint i = 0;
       i < 4 * MAX_OPERATIONS && wsp_session_has_pending (session, WSP_ACTION_QUEUE_ALL); i++)
    {
      guint before = n_out;

      fill ();
      if (n_out == before && n_out > 0)
        complete (n_out - 1, 0);
      while (n_out > before)
        complete (n_out - 1, 0);
    }
  REQUIRE (!wsp_session_has_pending (session, WSP_ACTION_QUEUE_ALL));
  REQUIRE (n_sent == n_sends && n_received == n_receives);
  look_at_all ();
  while (is_emptied && n_out > 0)
    complete (0, 0);
}

static void
clear (void)
{
  for (guint i = 0; i < n_out; i++)
    {
      g_clear_pointer (&outs[i].held, wsp_session_action_free);
      g_free (outs[i].seen);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr (WspLimits) limits = wsp_limits_new ();
  guint8 flags;

  input = (FuzzInput) { data, size, (uint32_t) size };
  flags = fuzz_take (&input);
  n_out = n_sends = n_receives = n_sent = n_received = 0;
  session = wsp_session_new_established (flags & 1 ? WSP_ROLE_SERVER : WSP_ROLE_CLIENT, NULL, NULL,
                                         NULL);
  wsp_limits_set_keepalive_interval (limits, flags & 2 ? 1000 : 0);
  wsp_session_set_limits (session, limits);
  play ();
  finish ();
  g_object_unref (session);
  clear ();
  return 0;
}
