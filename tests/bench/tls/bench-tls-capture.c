/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* bench-tls-capture: opens the records of a connection of a capture, beside GnuTLS's AEAD alone
 * over records of the same lengths.  The figures are time of the processor, the least of several
 * runs in turn.  While a ratio is above its bar, there are more runs, to a limit. */

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <inspect/sources/tls/wsi-tls-sniffer.h>
#include <string.h>
#include <time.h>

#include "inspector/sources/tls-talk.h"
#include "lib/tap.h"

#define N_RUNS 100
#define N_RUNS_AT_MOST 2000
#define N_BYTES (256 * 1024)    /* they fit into a cache: memory differs more by machine */
#define MAX_RECORDS 2000
#define MAX_RATIO 2

static const struct
{
  const char               *name, *priorities;
  gnutls_cipher_algorithm_t cipher;
  gsize                     n_key;
} suites[] = {
  { "1.3-aes-256-gcm", "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-256-GCM",
    GNUTLS_CIPHER_AES_256_GCM, 32 },
  { "1.3-chacha20", "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+CHACHA20-POLY1305",
    GNUTLS_CIPHER_CHACHA20_POLY1305, 32 },
  { "1.2-aes-128-gcm", "NORMAL:-VERS-ALL:+VERS-TLS1.2:-CIPHER-ALL:+AES-128-GCM",
    GNUTLS_CIPHER_AES_128_GCM, 16 },
};
static const gsize lengths[] = { 60, 1000, 16000 };

static double
get_cpu_time (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static void
count_bytes (WsiTcpConnection *connection,
             guint             side,
             const guint8     *at,
             gsize             length,
             gint64            time_us,
             gpointer          user_data)
{
  *(gsize *) user_data += length;
}

static void
take_gap (WsiTcpConnection *connection,
          guint             side,
          guint64           length,
          gint64            time_us,
          gpointer          user_data)
{
}

static void
take_close (WsiTcpConnection *connection,
            WsiTcpClose       why,
            gint64            time_us,
            gpointer          user_data)
{
}

static gboolean
is_beginning (const guint8 *at,
              gsize         length,
              gpointer      user_data)
{
  return TRUE;
}

static const WsiTcpListener listener = {
  .bytes = count_bytes, .gap = take_gap, .close = take_close, .is_beginning = is_beginning,
};

/* The time of the writes with content; FALSE: they were not all opened. */
static gboolean
open_talk (const TlsTalk *talk,
           gsize          n_content,
           double        *time)
{
  const WsiSegment first = { .source.port = 4000, .destination.port = 443 };
  g_autoptr (WsiKeyLog) keys = wsi_key_log_new ();
  WsiKeyLogLine line = { .length = 0 };
  gsize n_bytes = 0;
  g_autoptr (WsiTlsSniffer) sniffer = wsi_tls_sniffer_new (keys, &listener, &n_bytes, NULL, NULL);
  WsiTcpCounts counts = { 0 };
  WsiTcpConnection connection;
  double start = 0;

  wsi_key_log_append (keys, &line, (const guint8 *) talk->key_log->str, talk->key_log->len);
  wsi_tcp_connection_init (&connection, &first, &wsi_tls_sniffer_listener, sniffer, &counts);
  for (guint i = 0; i < talk->writes->len; i++)
    {
      const TlsTalkWrite *written = talk->writes->pdata[i];

      if (written->n_content > 0 && start == 0)
        start = get_cpu_time ();
      wsi_tls_sniffer_listener.bytes (&connection, written->side, written->bytes->data,
                                      written->bytes->len, 1, sniffer);
    }
  *time = get_cpu_time () - start;
  wsi_tls_sniffer_listener.close (&connection, WSI_TCP_CLOSE_ENDED, 1, sniffer);
  return n_bytes == n_content;
}

/* As many records of this length, each in memory of its own, as those of a talk. */
static double
decrypt_alone (guint suite,
               gsize length,
               gsize n_records)
{
  static guint8 key[32], nonce[12], additional[5], plain[16384];
  const gnutls_datum_t datum = { key, (guint) suites[suite].n_key };
  const gsize n = length + 16;
  g_autofree guint8 *encrypted = g_malloc (n_records * n);
  gnutls_aead_cipher_hd_t handle;
  double start;

  g_assert_cmpint (gnutls_aead_cipher_init (&handle, suites[suite].cipher, &datum), ==, 0);
  for (gsize i = 0; i < n_records; i++)
    {
      size_t n_encrypted = n;

      g_assert_cmpint (gnutls_aead_cipher_encrypt (handle, nonce, sizeof nonce, additional,
                                                   sizeof additional, 16, plain, length,
                                                   encrypted + i * n, &n_encrypted), ==, 0);
    }
  start = get_cpu_time ();
  for (gsize i = 0; i < n_records; i++)
    {
      size_t n_plain = sizeof plain;

      g_assert_cmpint (gnutls_aead_cipher_decrypt (handle, nonce, sizeof nonce, additional,
                                                   sizeof additional, 16, encrypted + i * n, n,
                                                   plain, &n_plain), ==, 0);
    }
  start = get_cpu_time () - start;
  gnutls_aead_cipher_deinit (handle);
  return start;
}

static void
compare (guint suite,
         gsize length)
{
  const gsize n_records = MIN (N_BYTES / length, MAX_RECORDS);
  g_autofree char *text = g_strnfill (length, 'x');
  g_autoptr (GString) script = g_string_new (NULL);
  g_autoptr (TlsTalkPeers) peers = tls_talk_peers_new ();
  g_autoptr (TlsTalk) talk = NULL;
  double least = G_MAXDOUBLE, least_alone = G_MAXDOUBLE, time;
  gboolean is_whole = TRUE;

  for (gsize i = 0; i < n_records; i++)
    g_string_append_printf (script, "%s>%s", i > 0 ? " " : "", text);
  talk = tls_talk_new (peers, &(TlsTalkPlan) { .client = suites[suite].priorities,
                                               .script = script->str });
  for (guint run = 0; run < N_RUNS_AT_MOST; run++)
    {
      if (run >= N_RUNS && least <= MAX_RATIO * least_alone)
        break;
      is_whole &= open_talk (talk, n_records * length, &time);
      least = MIN (least, time);
      least_alone = MIN (least_alone, decrypt_alone (suite, length, n_records));
    }
  tap_diag ("%s, %zu bytes: %.2f us a record, alone %.2f us: ratio %.2f, at most %d",
            suites[suite].name, length, least / (double) n_records * 1e6,
            least_alone / (double) n_records * 1e6, least / least_alone, MAX_RATIO);
  tap_point (is_whole && least <= MAX_RATIO * least_alone, "/bench/tls-capture/%s/%zu-bytes",
             suites[suite].name, length);
}

int
main (void)
{
  for (guint suite = 0; suite < G_N_ELEMENTS (suites); suite++)
    for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
      compare (suite, lengths[i]);
  return tap_end ();
}
