/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One read of the TLS transport takes all that is there, however records and vectors are cut. */
#include "lib/rows.h"
#include "reactor/tls-pair.h"

#define PATH "/reactor/tls-records/"
#define RECORD_SIZE 100

static const struct
{
  const char *name;
  guint       n_records;        /* number of records that arrive at once */
  gsize       rooms[2];
  gssize      n_read;
} cases[] = {
  { "from-one-record-into-two-vectors", 1, { 7, 70 }, 77 },
  { "from-two-records-into-one-vector", 2, { 400, 0 }, 200 },
  { "from-two-records-into-two-vectors", 2, { 150, 400 }, 200 },
};

static void
test_read (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  static const guint8 text[RECORD_SIZE];
  guint8 bytes[2][400];
  const struct iovec rooms[] = {
    { bytes[0], cases[row].rooms[0] }, { bytes[1], cases[row].rooms[1] }
  };
  TlsPair pair;

  tls_pair_init (&pair, TLS_1_3, 0, NULL);
  tls_pair_open (&pair);
  pair.only_counts = TRUE;
  wsp_transport_set_events (pair.transport, WSP_WATCH_NOTHING);
  for (guint i = 0; i < cases[row].n_records; i++)
    gnutls_record_send (pair.peer->session, text, sizeof text);
  tls_peer_deliver (pair.peer);
  pair.n_notified = 0;
  wsp_transport_set_events (pair.transport, WSP_WATCH_READ);
  RUN_UNTIL (pair.n_notified > 0);
  g_assert_cmpint (wsp_transport_read (pair.transport, rooms, 2, NULL), ==, cases[row].n_read);
  tls_pair_clear (&pair);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS_AS (PATH "read-takes-all-%s", cases, test_read);

  int status = g_test_run ();

  tls_pair_clear_context ();
  return status;
}
