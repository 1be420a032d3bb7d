/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The order of the send queue, what it counts, and what can be cancelled.  Each Send is a letter: m
 * is a message, r the rest of one, f its first fragment, u an urgent one, v the rest of an urgent
 * one, p a ping, x a Close, k a ping of keepalive, b raw bytes. */
#include "connection/output/wsp-send-queue-private.h"
#include "lib/rows.h"

#include <string.h>
#include <time.h>

static const struct
{
  char        letter;
  WspSendKind kind;
  guint8      first;
  gsize       counted;
} sends[] = {
  { 'm', WSP_SEND_MESSAGE, WSC_FIN | WSC_OPCODE_TEXT, 10 },
  { 'f', WSP_SEND_MESSAGE, WSC_OPCODE_TEXT, 10 },
  { 'r', WSP_SEND_MESSAGE, WSC_FIN, 10 },
  { 'u', WSP_SEND_URGENT, WSC_FIN | WSC_OPCODE_TEXT, 10 },
  { 'v', WSP_SEND_URGENT, WSC_FIN, 10 },
  { 'p', WSP_SEND_CONTROL, WSC_FIN | WSC_OPCODE_PING, 10 },
  { 'k', WSP_SEND_CONTROL, WSC_FIN | WSC_OPCODE_PING, 0 },
  { 'x', WSP_SEND_CLOSE, WSC_FIN | WSC_OPCODE_CLOSE, 0 },
  { 'b', WSP_SEND_BYTES, 0, 10 },
};

static WspSend *
make_send (char letter)
{
  WspSend *self = g_slice_new0 (WspSend);
  guint i = 0;

  while (sends[i].letter != letter)
    i++;
  self->kind = sends[i].kind;
  self->out.first = sends[i].first;
  self->counted = sends[i].counted;
  self->type = (guint8) letter;
  return self;
}

static void
clear (WspSendQueue *self)
{
  while (self->first != NULL)
    {
      WspSend *send = self->first;

      wsp_send_queue_remove (self, send);
      wsp_send_free (send);
    }
  g_assert_null (self->last_urgent);
  g_assert_cmpuint (self->bytes, ==, 0);
}

static const struct
{
  const char *name;
  const char *added;            /* messages that are added one after the other; + before those that
                                 * find a frame open, > before one that is added last, - for the
                                 * one before, which is taken out */
  const char *queue;            /* order of the queue after the messages were added */
} orders[] = {
  { "messages-last", "mpm", "pmm" },
  { "close-last", "mxb", "bmx" },
  { "urgent-before-messages", "mmu", "umm" },
  { "urgent-after-urgent", "muU", "uUm" },
  { "urgent-after-ping", "mpu", "pum" },
  { "urgent-after-bytes", "mbu", "bum" },
  { "urgent-after-the-rest", "rmu", "rum" },
  { "urgent-after-the-rest-of-an-urgent", "vmu", "vum" },
  { "urgent-before-close", "xu", "ux" },
  { "urgents-stay-in-order", "mubuUpUU", "bpuuUUUm" },
  { "urgent-after-an-open-urgent", "u+uU", "uuU" },
  { "urgent-after-bytes-behind-an-open-urgent", "u+buU", "ubuU" },
  { "urgent-after-a-ping-behind-an-open-urgent", "u+puU", "upuU" },
  { "last-after-messages", "mm>u", "mmu" },
  { "urgent-after-one-added-last", "um>uU", "umuU" },
  { "ping-before-one-added-last", "m>up", "pmu" },
  { "urgent-after-another-when-one-added-last-goes", "m>um>u-U", "muUm" },
  { "urgent-before-messages-when-the-only-one-goes", "m>u-U", "Um" },
  { "urgent-after-many-kinds", "rmbpxu", "bprumx" },
  { "ping-before-the-rest", "rp", "pr" },
  { "ping-before-urgent", "up", "pu" },
  { "ping-after-ping", "mpP", "pPm" },
  { "ping-after-bytes", "mbp", "bpm" },
  { "keepalive-before-messages", "mk", "km" },
  { "bytes-before-ping", "pb", "bp" },
  { "bytes-after-bytes", "mbB", "bBm" },
  { "ping-after-an-open-frame", "mm+p", "mpm" },
  { "bytes-after-an-open-frame", "mm+b", "mbm" },
  { "ping-while-the-open-frame-is-elsewhere", "+p", "p" },
};

static void
test_order (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GString) queue = g_string_new (NULL);
  WspSendQueue self = { 0 };
  gboolean is_frame_open = FALSE;
  WspSend *send = NULL;

  for (const char *at = orders[i].added; *at != '\0'; at++)
    if (*at == '+')
      {
        is_frame_open = TRUE;
      }
    else if (*at == '-')
      {
        wsp_send_queue_remove (&self, send);
        wsp_send_free (send);
      }
    else
      {
        gboolean is_last = *at == '>';

        send = make_send (g_ascii_tolower (is_last ? *++at : *at));
        send->type = (guint8) * at;
        if (is_last)
          wsp_send_queue_add_last (&self, send);
        else
          wsp_send_queue_add (&self, send, is_frame_open);
      }
  for (send = self.first; send != NULL; send = send->next)
    g_string_append_c (queue, send->type);
  g_assert_cmpstr (queue->str, ==, orders[i].queue);
  clear (&self);
}

/* The rule of the order, read from the first Send on: what a new Send of each kind goes behind. */
static gboolean
goes_behind (char letter,
             char other)
{
  switch (letter)
    {
    case 'u':
      return strchr ("upbvr", other) != NULL;
    case 'p':
      return strchr ("pb", other) != NULL;
    case 'b':
      return other == 'b';
    default:
      return TRUE;
    }
}

/* An urgent message goes behind the last one, also where others stand between them. */
static gsize
find_place (const GString *queue,
            char           letter,
            gboolean       is_open)
{
  gsize place = is_open ? 1 : 0;

  for (gsize i = place; letter == 'u' && i < queue->len; i++)
    if (strchr ("uv", queue->str[i]) != NULL)
      place = i + 1;
  while (place < queue->len && goes_behind (letter, queue->str[place]))
    place++;
  return place;
}

/* Adds and takes Sends at random, as a connection does: only the first one can be open, and stays
 * so until it leaves or has a frame left. */
static void
test_random (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (56);
  g_autoptr (GString) expected = g_string_new (NULL);
  WspSendQueue self = { 0 };
  gboolean is_open = FALSE;

  for (guint n = 0; n < 50000; n++)
    {
      const char letter = "uuupbmmx"[g_rand_int_range (random, 0, 8)];
      const gboolean is_last = letter == 'u' && g_rand_int_range (random, 0, 8) == 0;
      const gsize place = is_last ? expected->len : find_place (expected, letter, is_open);

      g_string_insert_c (expected, (gssize) place, letter);
      if (is_last)
        wsp_send_queue_add_last (&self, make_send (letter));
      else
        wsp_send_queue_add (&self, make_send (letter), is_open);

      const int n_left = g_rand_int_range (random, 0, expected->len > 12 ? 6 : 3);

      for (int left = 0; left < n_left && self.first != NULL; left++)
        {
          guint at = is_open || g_rand_boolean (random)
                     ? 0 : (guint) g_rand_int_range (random, 0, (int) expected->len);

          if (is_open && strchr ("mu", expected->str[0]) != NULL && g_rand_boolean (random))
            {
              is_open = FALSE;
              self.first->out.first &= (guint8) ~WSC_OPCODE;
              self.first->type = expected->str[0] = expected->str[0] == 'm' ? 'r' : 'v';
              break;
            }

          WspSend *taken = self.first;

          for (guint i = 0; i < at; i++)
            taken = taken->next;
          is_open = is_open && at > 0;
          wsp_send_queue_remove (&self, taken);
          wsp_send_free (taken);
          g_string_erase (expected, at, 1);
        }
      is_open = self.first != NULL && (is_open || g_rand_boolean (random));

      gsize i = 0;

      for (const WspSend *one = self.first; one != NULL; one = one->next)
        g_assert_cmpint (one->type, ==, expected->str[i++]);
      g_assert_cmpuint (i, ==, expected->len);
    }
  clear (&self);
}

static double
measure_urgents (guint n)
{
  WspSendQueue self = { 0 };
  struct timespec begin, end;

  for (guint i = 0; i < 64; i++)
    wsp_send_queue_add (&self, make_send ("pbm"[i % 3]), FALSE);
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &begin);
  for (guint i = 0; i < n; i++)
    wsp_send_queue_add (&self, make_send ('u'), i % 2 == 0);
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &end);
  clear (&self);
  return (end.tv_sec - begin.tv_sec) * 1e9 + (double) (end.tv_nsec - begin.tv_nsec);
}

/* The least of five: another process may have taken the processor's cache meanwhile. */
static double
least_for_each_urgent (guint n)
{
  double least = measure_urgents (n);

  for (guint i = 0; i < 4; i++)
    least = MIN (least, measure_urgents (n));
  return least / n;
}

/* One that passes the others one by one takes 32 times as long for each message. */
static void
test_many_urgents (void)
{
  const guint n = 1000, n_many = 32 * n;
  double one = least_for_each_urgent (n), one_of_many = least_for_each_urgent (n_many);

  g_test_message ("%.0f ns for each of %u, %.0f ns for each of %u", one, n, one_of_many, n_many);
  g_assert_cmpfloat (one_of_many, <, 16 * one);
}

static const struct
{
  const char *name;
  const char *queue;            /* order of the queue, whose first message is to be cancelled */
  gboolean    is_frame_open;
  gboolean    may_cancel;
} cancels[] = {
  { "message", "m", FALSE, TRUE },
  { "ping", "p", FALSE, TRUE },
  { "open-frame-refused", "m", TRUE, FALSE },
  { "first-fragment-refused", "f", FALSE, FALSE },
  { "rest-refused", "r", FALSE, FALSE },
  { "close-refused", "x", FALSE, FALSE },
  { "bytes-refused", "b", FALSE, FALSE },
};

static void
test_cancel (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  WspSendQueue self = { 0 };

  wsp_send_queue_add_first (&self, make_send (cancels[i].queue[0]));
  g_assert_cmpint (wsp_send_queue_may_cancel (&self, self.first, cancels[i].is_frame_open), ==,
                   cancels[i].may_cancel);
  wsp_send_queue_add (&self, make_send ('m'), TRUE);
  g_assert_true (wsp_send_queue_may_cancel (&self, self.first->next, TRUE));
  clear (&self);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROWS ("/connection/send-queue/add", orders, test_order);
  ADD_ROWS ("/connection/send-queue/cancel", cancels, test_cancel);
  g_test_add_func ("/connection/send-queue/add/random", test_random);
  g_test_add_func ("/connection/send-queue/add/many-urgent-messages-take-no-longer",
                   test_many_urgents);
  return g_test_run ();
}
