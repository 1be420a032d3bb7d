/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The TLS transport after the handshake: what it reads and writes, and how it ends. */
#include "reactor/tls-pair.h"
#include "reactor/tls/wsp-tls-wire-private.h"

#include <dlfcn.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#define PATH "/reactor/transport-tls/"
#define FEW_TURNS 10
#define INTEGRITY_SIZE (2 * 1024 * 1024)
#define MAX_KEY_UPDATES 5       /* GnuTLS takes no more in a second */

static gboolean has_no_memory;

/* Replaces that of GnuTLS. */
ssize_t
gnutls_record_send (gnutls_session_t session,
                    const void      *bytes,
                    size_t           length)
{
  static ssize_t (*own) (gnutls_session_t session, const void *bytes, size_t length);

  if (own == NULL)
    *(void **) &own = dlsym (RTLD_NEXT, "gnutls_record_send");
  return has_no_memory ? GNUTLS_E_MEMORY_ERROR : own (session, bytes, length);
}

/* The owner waits for nothing after it has read "hello", or after it was notified of the error. */
static void
test_failed_idle (gconstpointer text)
{
  TlsPair pair;

  tls_pair_init (&pair, TLS_1_3, 0, NULL);
  tls_pair_open (&pair);
  pair.after_read = WSP_WATCH_NOTHING;
  if (strlen (text) > 0)
    gnutls_record_send (pair.peer->session, text, strlen (text));
  g_byte_array_append (pair.peer->sent, (guint8 *) BROKEN_RECORD, BROKEN_RECORD_SIZE);
  tls_peer_deliver (pair.peer);
  RUN_UNTIL (pair.got->len > 0 || pair.error != NULL);
  g_assert_cmpmem (pair.got->data, pair.got->len, text, strlen (text));
  g_assert_cmpuint (count_turns (200), <, FEW_TURNS);

  wsp_transport_set_events (pair.transport, WSP_WATCH_READ);
  RUN_UNTIL (pair.error != NULL);
  g_assert_error (pair.error, G_TLS_ERROR, G_TLS_ERROR_MISC);
  tls_pair_clear (&pair);
}

/* The socket has no error then. */
static void
test_not_encrypted (void)
{
  const struct iovec text = { (char *) "hello", 5 };
  g_autoptr (GError) error = NULL;
  TlsPair pair;

  tls_pair_init (&pair, TLS_1_3, 0, NULL);
  tls_pair_open (&pair);
  has_no_memory = TRUE;
  g_assert_cmpint (wsp_transport_write (pair.transport, &text, 1, &error), ==,
                   WSP_TRANSPORT_FAILED);
  has_no_memory = FALSE;
  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_MISC);
  tls_pair_clear (&pair);
}

static void
count_only (TlsPair *pair)
{
  pair->n_notified = 0;
  pair->only_counts = TRUE;
  wsp_transport_set_events (pair->transport, WSP_WATCH_READ);
}

/* close_notify ends the input, and the socket has nothing to read. */
static void
test_end_again (void)
{
  TlsPair pair;

  tls_pair_init (&pair, TLS_1_3, 0, NULL);
  tls_pair_open (&pair);
  gnutls_bye (pair.peer->session, GNUTLS_SHUT_WR);
  tls_peer_deliver (pair.peer);
  RUN_UNTIL (pair.has_ended);
  count_only (&pair);
  RUN_UNTIL (pair.n_notified >= 3);
  tls_pair_clear (&pair);
}

/* The socket has nothing to read: GnuTLS holds the rest of a record that it has decrypted, or the
 * transport the next record. */
static void
begin_rest (TlsPair    *pair,
            const char *first_record)
{
  char byte;
  const struct iovec room = { &byte, 1 };

  tls_pair_init (pair, TLS_1_3, 0, NULL);
  tls_pair_open (pair);
  count_only (pair);
  gnutls_record_send (pair->peer->session, first_record, strlen (first_record));
  if (strlen (first_record) == 1)
    gnutls_record_send (pair->peer->session, "next", 4);
  tls_peer_deliver (pair->peer);
  RUN_UNTIL (pair->n_notified > 0);
  g_assert_cmpint (wsp_transport_read (pair->transport, &room, 1, NULL), ==, 1);
}

static void
test_rest_again (gconstpointer first_record)
{
  TlsPair pair;

  begin_rest (&pair, first_record);
  count_only (&pair);
  RUN_UNTIL (pair.n_notified >= 3);
  tls_pair_clear (&pair);
}

/* The owner has read outside of a notification, and goes on waiting. */
static void
test_rest_after_read (gconstpointer first_record)
{
  TlsPair pair;

  begin_rest (&pair, first_record);
  pair.n_notified = 0;
  RUN_UNTIL (pair.n_notified > 0);
  tls_pair_clear (&pair);
}

static void
test_rest_idle (gconstpointer first_record)
{
  TlsPair pair;

  begin_rest (&pair, first_record);
  wsp_transport_set_events (pair.transport, WSP_WATCH_NOTHING);
  pair.n_notified = 0;
  g_assert_cmpuint (count_turns (50), <, FEW_TURNS);
  g_assert_cmpuint (pair.n_notified, ==, 0);
  tls_pair_clear (&pair);
}

/* The peer ends its direction by close_notify, which is no error: no alert answers it. */
static void
test_end_without_alert (gconstpointer priority)
{
  TlsPair pair;

  tls_pair_init (&pair, priority, 0, NULL);
  tls_pair_open (&pair);
  g_byte_array_set_size (pair.peer->received, 0);
  gnutls_bye (pair.peer->session, GNUTLS_SHUT_WR);
  tls_peer_deliver (pair.peer);
  RUN_UNTIL (pair.has_ended);
  count_turns (20);
  g_assert_cmpuint (pair.peer->received->len, ==, 0);
  tls_pair_clear (&pair);
}

static void
test_renegotiation (void)
{
  TlsPair pair;
  char byte;
  gssize n;

  tls_pair_init (&pair, TLS_1_2, 0, NULL);
  tls_pair_open (&pair);
  gnutls_record_send (pair.peer->session, "one", 3);
  g_assert_cmpint (gnutls_handshake (pair.peer->session), ==, GNUTLS_E_AGAIN);
  tls_peer_deliver (pair.peer);
  RUN_UNTIL (pair.error != NULL);
  g_assert_cmpmem (pair.got->data, pair.got->len, "one", 3);
  g_assert_error (pair.error, G_TLS_ERROR, G_TLS_ERROR_MISC);
  g_assert_nonnull (strstr (pair.error->message, "renegotiation"));

  do
    n = gnutls_record_recv (pair.peer->session, &byte, 1);
  while (n == GNUTLS_E_AGAIN && g_main_context_iteration (NULL, TRUE));
  g_assert_cmpint (n, ==, GNUTLS_E_WARNING_ALERT_RECEIVED);
  g_assert_cmpint (gnutls_alert_get (pair.peer->session), ==, GNUTLS_A_NO_RENEGOTIATION);
  g_assert_cmpint (tls_peer_receive (pair.peer, &byte, 1), ==, 0);
  tls_pair_clear (&pair);
}

/* The peer goes on sending after the broken record. */
static void
test_alert_before_reset (void)
{
  static const guint8 more[WSP_TLS_INPUT_SIZE * 3 / 2];
  guint8 bytes[1000];
  TlsPair pair;
  gssize n;

  tls_pair_init (&pair, TLS_1_3, 0, NULL);
  tls_pair_open (&pair);
  wsp_transport_set_events (pair.transport, WSP_WATCH_NOTHING);
  tls_peer_send_raw (pair.peer, (guint8 *) BROKEN_RECORD, BROKEN_RECORD_SIZE);
  tls_peer_send_raw (pair.peer, more, sizeof more);
  tls_peer_set_reads (pair.peer, FALSE);
  wsp_transport_set_events (pair.transport, WSP_WATCH_READ);
  RUN_UNTIL (pair.error != NULL);
  tls_pair_close (&pair);
  count_turns (50);

  do
    n = recv (pair.peer->fd, bytes, sizeof bytes, MSG_DONTWAIT);
  while (n > 0);
  g_assert_cmpint (n, ==, 0);   /* no reset, and the alert before it */
  tls_pair_clear (&pair);
}

/* TRUE: the end has come. */
static gboolean
take_raw (int fd)
{
  static guint8 bytes[65536];
  gssize n;

  do
    n = recv (fd, bytes, sizeof bytes, 0);
  while (n > 0);
  return n == 0;
}

/* The owner reads outside of the main loop. */
static void
test_shut_by_read (void)
{
  guint8 bytes[100];
  const struct iovec room = { bytes, sizeof bytes };
  gboolean has_ended = FALSE;
  TlsPair pair;

  tls_pair_init (&pair, TLS_1_3, 8192, NULL);
  tls_pair_open (&pair);
  tls_peer_set_reads (pair.peer, FALSE);
  tls_pair_fill (&pair, G_MAXINT);
  wsp_transport_shutdown (pair.transport);

  struct pollfd readable = { pair.peer->fd, POLLIN, 0 };

  while (!has_ended && poll (&readable, 1, 200) > 0)
    {
      has_ended = take_raw (pair.peer->fd);
      wsp_transport_read (pair.transport, &room, 1, NULL);
    }
  tls_peer_set_reads (pair.peer, TRUE);
  if (!has_ended)
    count_turns (200);
  g_assert_true (has_ended || pair.peer->has_ended);
  tls_pair_clear (&pair);
}

/* close_notify has left at once, so nothing has to be waited for. */
static void
test_close_empty (void)
{
  TlsPair pair;

  tls_pair_init (&pair, TLS_1_3, 0, NULL);
  tls_pair_open (&pair);
  pair.how = WSP_TRANSPORT_CLOSE_GRACEFUL;
  tls_pair_close (&pair);
  g_assert_cmpuint (wsp_reactor_get_closes (pair.reactor)->n_unfreed, ==, 0);
  tls_pair_clear (&pair);
}

static void
test_read_after_shutdown (void)
{
  TlsPair pair;

  tls_pair_init (&pair, TLS_1_3, 0, NULL);
  tls_pair_open (&pair);
  wsp_transport_shutdown (pair.transport);
  gnutls_record_send (pair.peer->session, "hello", 5);
  tls_peer_deliver (pair.peer);
  RUN_UNTIL (pair.got->len > 0);
  g_assert_cmpmem (pair.got->data, pair.got->len, "hello", 5);
  tls_pair_clear (&pair);
}

/* A close drops encrypted bytes that were not sent. */
static void
test_close_now (void)
{
  TlsPair pair;

  tls_pair_init (&pair, TLS_1_3, 8192, NULL);
  tls_pair_open (&pair);
  tls_peer_set_reads (pair.peer, FALSE);
  tls_pair_fill (&pair, G_MAXINT);
  tls_pair_close (&pair);
  g_assert_cmpuint (wsp_reactor_get_closes (pair.reactor)->n_unfreed, ==, 0);
  tls_pair_clear (&pair);
}

typedef struct
{
  guint8 *pattern;
  gsize   n_written, n_sent, n_received;
  guint   n_updates;
} Exchange;

static void
write_some (TlsPair  *pair,
            Exchange *exchange)
{
  g_autoptr (GError) error = NULL;
  struct iovec pieces[3];
  gsize at = exchange->n_written;

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      gsize length = g_test_rand_int_range (0, i == 1 ? 40000 : 300);

      length = MIN (length, INTEGRITY_SIZE - at);
      pieces[i] = (struct iovec) { exchange->pattern + at, length };
      at += length;
    }

  gssize n = wsp_transport_write (pair->transport, pieces, G_N_ELEMENTS (pieces), &error);

  g_assert_no_error (error);
  exchange->n_written += MAX (n, 0);
}

static void
send_some (TlsPair  *pair,
           Exchange *exchange)
{
  TlsPeer *peer = pair->peer;
  gsize length = g_test_rand_int_range (0, 4) > 0 ? g_test_rand_int_range (1, 200) : 16384;
  gssize n;

  length = MIN (length, INTEGRITY_SIZE - exchange->n_sent);
  if (length > 0 && peer->sent->len < 100000)
    {
      n = gnutls_record_send (peer->session, exchange->pattern + exchange->n_sent, length);
      g_assert_cmpint (n, ==, length);
      exchange->n_sent += n;
    }
  if (gnutls_protocol_get_version (peer->session) == GNUTLS_TLS1_3 &&
      exchange->n_updates < MAX_KEY_UPDATES && g_test_rand_int_range (0, 50) == 0)
    {
      g_assert_cmpint (gnutls_session_key_update (peer->session, GNUTLS_KU_PEER), ==, 0);
      exchange->n_updates++;
    }

  length = g_test_rand_int_range (1, 30000);
  n = send (peer->fd, peer->sent->data, MIN (peer->sent->len, length), MSG_NOSIGNAL);
  if (n > 0)
    g_byte_array_remove_range (peer->sent, 0, n);
}

static void
receive_some (TlsPair  *pair,
              Exchange *exchange)
{
  guint8 bytes[20000];
  gsize room = g_test_rand_int_range (1, sizeof bytes);
  gssize n = gnutls_record_recv (pair->peer->session, bytes, room);

  if (n == GNUTLS_E_AGAIN)
    return;

  g_assert_cmpint (n, >, 0);
  g_assert_cmpmem (bytes, n, exchange->pattern + exchange->n_received, n);
  exchange->n_received += n;
}

static void
test_integrity (gconstpointer priority)
{
  g_autofree guint8 *pattern = g_malloc (INTEGRITY_SIZE);
  Exchange exchange = { .pattern = pattern };
  guint limit = begin_wait (WAIT_S);
  TlsPair pair;

  for (gsize i = 0; i < INTEGRITY_SIZE; i++)
    pattern[i] = (i * 2654435761u) >> 13;
  tls_pair_init (&pair, priority, 16384, NULL);
  tls_pair_open (&pair);
  while (exchange.n_received < INTEGRITY_SIZE || pair.got->len < INTEGRITY_SIZE)
    {
      tls_peer_set_reads (pair.peer, g_test_rand_int_range (0, 4) > 0);
      g_main_context_iteration (NULL, FALSE);
      write_some (&pair, &exchange);
      send_some (&pair, &exchange);
      receive_some (&pair, &exchange);
      g_assert_no_error (pair.error);
    }
  g_assert_cmpmem (pair.got->data, pair.got->len, pattern, INTEGRITY_SIZE);
  g_source_remove (limit);
  tls_pair_clear (&pair);
}

/* Once it is in the buffers of the transport, the watch of the socket does not see it. */
static void
test_burst (gconstpointer priority)
{
  static guint8 bytes[16384];
  const struct iovec rooms[] = { { bytes, 7 }, { bytes + 7, 770 } };
  const gsize whole = 8 * sizeof bytes + 100;
  gsize total = 0;
  TlsPair pair;

  tls_pair_init (&pair, priority, 0, NULL);
  tls_pair_open (&pair);
  wsp_transport_set_events (pair.transport, WSP_WATCH_NOTHING);
  for (guint i = 0; i < 8; i++)
    gnutls_record_send (pair.peer->session, bytes, sizeof bytes);
  for (guint i = 0; i < 100; i++)
    gnutls_record_send (pair.peer->session, bytes, 1);
  tls_peer_deliver (pair.peer);

  pair.only_counts = TRUE;
  wsp_transport_set_events (pair.transport, WSP_WATCH_READ);
  while (total < whole)
    {
      guint n_notified = pair.n_notified;

      RUN_UNTIL (pair.n_notified > n_notified);
      gssize n = wsp_transport_read (pair.transport, rooms, G_N_ELEMENTS (rooms), NULL);

      total += MAX (n, 0);
      wsp_transport_set_events (pair.transport, WSP_WATCH_READ);
    }
  g_assert_cmpuint (total, ==, whole);
  g_assert_cmpuint (count_turns (50), <, FEW_TURNS);
  tls_pair_clear (&pair);
}

/* Until the sockets take nothing more. */
static gsize
fill_all (TlsPair *pair)
{
  gsize total = 0, n;

  do
    {
      n = tls_pair_fill (pair, G_MAXINT);
      total += n;
      count_turns (300);        /* the kernel tries a full window again */
    }
  while (n > 0);
  return total;
}

static void
test_graceful (gconstpointer data)
{
  gboolean is_stalled = GPOINTER_TO_INT (data);
  static guint8 bytes[16384];
  gsize written, total = 0;
  TlsPair pair;
  gssize n;

  tls_pair_init (&pair, TLS_1_3, 8192, NULL);
  tls_pair_open (&pair);
  pair.how = WSP_TRANSPORT_CLOSE_GRACEFUL;
  tls_peer_set_reads (pair.peer, FALSE);
  written = fill_all (&pair);
  tls_pair_close (&pair);
  if (is_stalled)
    g_assert_cmpuint (count_turns (1500), <, FEW_TURNS);
  tls_peer_set_reads (pair.peer, TRUE);
  while ((n = tls_peer_receive (pair.peer, bytes, sizeof bytes)) > 0)
    total += n;
  if (is_stalled)
    g_assert_cmpuint (total, <, written);       /* cut off in a record */
  else
    {
      g_assert_cmpint (n, ==, 0);
      g_assert_cmpuint (total, ==, written);
    }
  RUN_UNTIL (wsp_reactor_get_closes (pair.reactor)->n_unfreed == 0);
  tls_pair_clear (&pair);
}

typedef enum
{
  PEER_RESETS,
  PEER_HANGS_UP,
  PEER_HALF_CLOSES,
  PEER_IS_SILENT,
  N_PEER_ENDS,
} PeerEnd;

static const char * const peer_ends[] = {
  [PEER_RESETS] = "peer-resets",
  [PEER_HANGS_UP] = "peer-hangs-up",
  [PEER_HALF_CLOSES] = "peer-half-closes",
  [PEER_IS_SILENT] = "peer-is-silent",
};

typedef struct
{
  const char       *priority;
  PeerEnd           end;
  guint             n_steps;    /* number of steps before the end */
  guint             close_at;
  WspTransportClose how;
  gboolean          is_full;    /* TRUE if some output is left over */
} Moment;

static void
go_to_moment (TlsPair      *pair,
              const Moment *moment)
{
  for (guint i = 0; i < moment->n_steps; i++)
    {
      if (gnutls_handshake (pair->peer->session) == 0 && i > 5)
        gnutls_record_send (pair->peer->session, "hello", 5);
      tls_peer_deliver (pair->peer);
      g_main_context_iteration (NULL, FALSE);
      if (i < 9 || pair->transport == NULL)
        continue;

      tls_peer_set_reads (pair->peer, FALSE);
      if (moment->is_full)
        tls_pair_fill (pair, 1024 * 1024);
      if (i == 10 && moment->how == WSP_TRANSPORT_CLOSE_GRACEFUL)
        wsp_transport_shutdown (pair->transport);
    }
}

static void
end_peer (TlsPeer *peer,
          PeerEnd  end)
{
  if (end == PEER_RESETS)
    tls_peer_reset (peer);
  else if (end == PEER_HANGS_UP)
    tls_peer_hang_up (peer);
  else if (end == PEER_HALF_CLOSES)
    shutdown (peer->fd, SHUT_WR);
}

static guint
run_turns (guint n)
{
  guint n_made = 0;

  for (guint i = 0; i < n; i++)
    n_made += g_main_context_iteration (NULL, FALSE);
  return n_made;
}

static void
check_moment (const Moment *moment)
{
  TlsPair pair;

  tls_pair_init (&pair, moment->priority, moment->is_full ? 4096 : 0, NULL);
  pair.how = moment->how;
  pair.close_at = moment->close_at;
  go_to_moment (&pair, moment);
  end_peer (pair.peer, moment->end);
  if (moment->n_steps % 2 == 1 && pair.transport != NULL)
    wsp_transport_set_events (pair.transport, WSP_WATCH_READ | WSP_WATCH_WRITE);
  run_turns (6);
  if (pair.transport != NULL)
    {
      if (moment->is_full)
        tls_pair_fill (&pair, 1024 * 1024);
      wsp_transport_set_events (pair.transport, WSP_WATCH_NOTHING);
      run_turns (10);
      g_assert_cmpuint (run_turns (50), <, 2 * FEW_TURNS);
    }
  tls_pair_clear (&pair);
}

/* No matter when the peer ends and when the owner closes, nothing is used after it was freed, and
 * the loop does not spin. */
static void
test_moments (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);

  for (guint i = 0; i < 12 * 4 * 2 * 2; i++)
    {
      const Moment moment = {
        .priority = row % 2 == 0 ? TLS_1_2 : TLS_1_3,
        .end = row / 2,
        .n_steps = i % 12,
        .close_at = i / 12 % 4,
        .how = i / 48 % 2 == 0 ? WSP_TRANSPORT_CLOSE_NOW : WSP_TRANSPORT_CLOSE_GRACEFUL,
        .is_full = i / 96 == 1,
      };

      check_moment (&moment);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func (PATH "failed/owner-that-waits-for-nothing-makes-no-turns", "hello",
                        test_failed_idle);
  g_test_add_data_func (PATH "failed/owner-that-was-notified-makes-no-turns", "", test_failed_idle);
  g_test_add_func (PATH "failed/alert-is-followed-by-the-end-and-no-reset",
                   test_alert_before_reset);
  g_test_add_func (PATH "failed/record-that-is-not-encrypted-fails-the-write", test_not_encrypted);
  g_test_add_func (PATH "held/end-by-close_notify-is-notified-again", test_end_again);
  g_test_add_data_func (PATH "held/rest-of-a-record-is-notified-again", "hello", test_rest_again);
  g_test_add_data_func (PATH "held/next-record-is-notified-again", "h", test_rest_again);
  g_test_add_data_func (PATH "held/rest-of-a-record-is-notified-after-a-read", "hello",
                        test_rest_after_read);
  g_test_add_data_func (PATH "held/next-record-is-notified-after-a-read", "h",
                        test_rest_after_read);
  g_test_add_data_func (PATH "held/rest-of-a-record-wakes-no-owner-that-waits-for-nothing", "hello",
                        test_rest_idle);
  g_test_add_data_func (PATH "held/next-record-wakes-no-owner-that-waits-for-nothing", "h",
                        test_rest_idle);
  g_test_add_data_func (PATH "end/close_notify-of-tls-1.2-is-not-answered", TLS_1_2,
                        test_end_without_alert);
  g_test_add_data_func (PATH "end/close_notify-of-tls-1.3-is-not-answered", TLS_1_3,
                        test_end_without_alert);
  g_test_add_func (PATH "renegotiation/refused-by-a-warning-and-close_notify", test_renegotiation);
  g_test_add_func (PATH "shutdown/ends-when-a-read-sends-the-last-of-it", test_shut_by_read);
  g_test_add_data_func (PATH "all-arrives/tls-1.2", TLS_1_2, test_integrity);
  g_test_add_data_func (PATH "all-arrives/tls-1.3", TLS_1_3, test_integrity);
  g_test_add_data_func (PATH "burst-is-read-to-the-end/tls-1.2", TLS_1_2, test_burst);
  g_test_add_data_func (PATH "burst-is-read-to-the-end/tls-1.3", TLS_1_3, test_burst);
  g_test_add_func (PATH "shutdown/input-is-read-after-it", test_read_after_shutdown);
  g_test_add_func (PATH "close-gracefully/frees-at-once-if-all-has-left", test_close_empty);
  g_test_add_func (PATH "close-now/frees-at-once-what-is-unsent", test_close_now);
  g_test_add_data_func (PATH "close-gracefully/all-leaves", GINT_TO_POINTER (FALSE), test_graceful);
  g_test_add_data_func (PATH "close-gracefully/stalled-peer-is-left", GINT_TO_POINTER (TRUE),
                        test_graceful);
  for (guint i = 0; i < N_PEER_ENDS * 2; i++)
    {
      g_autofree char *path = g_strdup_printf (PATH "closed-at-any-moment/%s/tls-1.%u",
                                               peer_ends[i / 2], 2 + i % 2);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_moments);
    }

  int status = g_test_run ();

  tls_pair_clear_context ();
  return status;
}
