/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The store of session tickets: what is kept, how much and how long, and that it is wiped. */
#include "reactor/tls/wsp-tls-tickets-private.h"

#include <string.h>

#define PATH "/reactor/tls-tickets/"
#define NOW (1000 * (gint64) G_USEC_PER_SEC)
#define LATER (2000 * (gint64) G_USEC_PER_SEC)
#define END (3000 * (gint64) G_USEC_PER_SEC)

static GHashTable *sizes;       /* of the blocks that were not freed */
static gnutls_free_function own_free;

/* Takes the place of GnuTLS' function: what is freed must have been wiped. */
static void
free_wiped (gpointer block)
{
  guint size = GPOINTER_TO_UINT (g_hash_table_lookup (sizes, block));

  if (block == NULL)
    return;

  g_assert_cmpuint (size, >, 0);
  for (guint i = 0; i < size; i++)
    g_assert_cmpint (((char *) block)[i], ==, 0);
  g_hash_table_remove (sizes, block);
  g_free (block);
}

static void
begin (WspTlsTickets *tickets)
{
  own_free = gnutls_free;
  gnutls_free = free_wiped;
  sizes = g_hash_table_new (NULL, NULL);
  wsp_tls_tickets_init (tickets);
}

static void
end (WspTlsTickets *tickets)
{
  wsp_tls_tickets_clear (tickets);
  gnutls_free = own_free;
  g_assert_cmpuint (g_hash_table_size (sizes), ==, 0);
  g_clear_pointer (&sizes, g_hash_table_unref);
}

static WspTlsTicket
make_ticket (char  mark,
             guint size)
{
  WspTlsTicket ticket = { { g_malloc (size), size }, NOW, END };

  memset (ticket.session.data, mark, size);
  g_hash_table_insert (sizes, ticket.session.data, GUINT_TO_POINTER (size));
  return ticket;
}

static void
add (WspTlsTickets *tickets,
     const char    *key,
     char           mark)
{
  wsp_tls_tickets_add (tickets, key, make_ticket (mark, 100), NOW);
}

/* Returns the mark of the ticket, 0 if there is none. */
static char
take (WspTlsTickets *tickets,
      const char    *key,
      gint64         now)
{
  WspTlsTicket ticket;

  if (!wsp_tls_tickets_take (tickets, key, &ticket, now))
    return 0;

  char mark = ticket.session.data[0];

  wsp_tls_ticket_clear (&ticket);
  return mark;
}

static void
test_newest_first (void)
{
  WspTlsTickets tickets;

  begin (&tickets);
  add (&tickets, "key", 'a');
  add (&tickets, "key", 'b');
  add (&tickets, "key", 'c');
  g_assert_cmpint (take (&tickets, "key", LATER), ==, 'c');
  g_assert_cmpint (take (&tickets, "key", LATER), ==, 'b');
  g_assert_cmpint (take (&tickets, "key", LATER), ==, 0);
  end (&tickets);
}

static void
test_keys (void)
{
  WspTlsTickets tickets;

  begin (&tickets);
  add (&tickets, "key", 'a');
  add (&tickets, "other", 'b');
  g_assert_cmpint (take (&tickets, "ke", LATER), ==, 0);
  g_assert_cmpint (take (&tickets, "other", LATER), ==, 'b');
  g_assert_cmpint (take (&tickets, "other", LATER), ==, 0);
  g_assert_cmpint (take (&tickets, "key", LATER), ==, 'a');
  end (&tickets);
}

static void
test_drop (void)
{
  WspTlsTickets tickets;

  begin (&tickets);
  add (&tickets, "key", 'a');
  add (&tickets, "key", 'b');
  add (&tickets, "other", 'c');
  wsp_tls_tickets_drop (&tickets, "key");
  wsp_tls_tickets_drop (&tickets, "unknown");
  g_assert_cmpint (take (&tickets, "key", LATER), ==, 0);
  g_assert_cmpint (take (&tickets, "other", LATER), ==, 'c');
  end (&tickets);
}

/* The key that was used first goes first; one that gets a new ticket stays. */
static void
test_many_keys (void)
{
  WspTlsTickets tickets;

  begin (&tickets);
  for (guint i = 0; i < WSP_TLS_MAX_KEYS; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", i);

      add (&tickets, key, 'a');
    }
  add (&tickets, "0", 'b');
  add (&tickets, "one more", 'c');
  g_assert_cmpuint (g_hash_table_size (sizes), ==, WSP_TLS_MAX_KEYS + 1);
  g_assert_cmpint (take (&tickets, "0", LATER), ==, 'b');
  g_assert_cmpint (take (&tickets, "1", LATER), ==, 0);
  g_assert_cmpint (take (&tickets, "2", LATER), ==, 'a');
  g_assert_cmpint (take (&tickets, "one more", LATER), ==, 'c');
  end (&tickets);
}

static const struct
{
  const char *name;
  guint       size;
  gboolean    is_kept;
} all_sizes[] = {
  { "16-KiB-kept", WSP_TLS_MAX_TICKET_SIZE, TRUE },
  { "16-KiB-and-a-byte-dropped", WSP_TLS_MAX_TICKET_SIZE + 1, FALSE },
  { "60-KiB-dropped", 60 * 1024, FALSE },
};

/* A ticket that is too large does not replace a good one. */
static void
test_size (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  WspTlsTickets tickets;

  begin (&tickets);
  add (&tickets, "key", 'a');
  wsp_tls_tickets_add (&tickets, "key", make_ticket ('b', all_sizes[row].size), NOW);
  g_assert_cmpint (take (&tickets, "key", LATER), ==, all_sizes[row].is_kept ? 'b' : 'a');
  end (&tickets);
}

static const struct
{
  const char *name;
  gint64      now;
  gboolean    is_valid;
} times[] = {
  { "at-the-verification-valid", NOW, TRUE },
  { "before-the-end-valid", END - 1, TRUE },
  { "at-the-end-invalid", END, FALSE },
  { "clock-set-back-invalid", NOW - 1, FALSE },
};

static void
test_time (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  WspTlsTickets tickets;

  begin (&tickets);
  add (&tickets, "key", 'a');
  add (&tickets, "other", 'a');
  g_assert_cmpint (take (&tickets, "key", times[row].now), ==, times[row].is_valid ? 'a' : 0);
  g_assert_cmpuint (g_hash_table_size (sizes), ==, times[row].is_valid);
  wsp_tls_tickets_add (&tickets, "key", make_ticket ('b', 100), times[row].now);
  g_assert_cmpuint (g_hash_table_size (sizes), ==, times[row].is_valid * 2);
  end (&tickets);
}

static const struct
{
  const char *name, *host;
  guint16     port;
  const char *way;
  gsize       trust, context;
} keys[] = {
  { "first", "localhost", 443, NULL, 1, 11 },
  { "other-host", "localhost.example", 443, NULL, 1, 11 },
  { "other-port", "localhost", 444, NULL, 1, 11 },
  { "proxy", "localhost", 443, "http a 1", 1, 11 },
  { "other-proxy", "localhost", 443, "http b 1", 1, 11 },
  { "other-list", "localhost", 443, NULL, 11, 1 },
  { "other-certificate", "localhost", 443, NULL, 1, 12 },
  { "digit-that-may-belong-to-two", "localhost", 443, NULL, 11, 11 },
};

static char *
make_key (guint row)
{
  g_autoptr (GSocketConnectable) identity =
    g_network_address_new (keys[row].host, keys[row].port);
  const WspTlsTarget target = { .identity = identity, .way = keys[row].way };

  return wsp_tls_tickets_make_key (&target, keys[row].trust, keys[row].context);
}

static void
test_key_differs (gconstpointer data)
{
  g_autofree char *key = make_key (GPOINTER_TO_UINT (data));

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *other = make_key (i);

      g_assert_true ((strcmp (key, other) == 0) == (i == GPOINTER_TO_UINT (data)));
    }
}

static void
test_letter_case (void)
{
  g_autoptr (GSocketConnectable) upper = g_network_address_new ("LocalHost", 443);
  const WspTlsTarget target = { .identity = upper };
  g_autofree char *key = wsp_tls_tickets_make_key (&target, 1, 11);
  g_autofree char *other = make_key (0);

  g_assert_cmpstr (key, ==, other);
}

static void
add_row (const char   *group,
         const char   *name,
         guint         row,
         GTestDataFunc test)
{
  g_autofree char *path = g_strconcat (PATH, group, "/", name, NULL);

  g_test_add_data_func (path, GUINT_TO_POINTER (row), test);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func (PATH "two-of-a-key-are-kept-and-the-newest-is-first", test_newest_first);
  g_test_add_func (PATH "each-key-has-its-own", test_keys);
  g_test_add_func (PATH "those-of-a-key-are-dropped", test_drop);
  g_test_add_func (PATH "64-keys-are-kept", test_many_keys);
  for (guint i = 0; i < G_N_ELEMENTS (all_sizes); i++)
    add_row ("size", all_sizes[i].name, i, test_size);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    add_row ("time", times[i].name, i, test_time);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    add_row ("key-is-its-own", keys[i].name, i, test_key_differs);
  g_test_add_func (PATH "key-without-letter-case", test_letter_case);

  return g_test_run ();
}
