/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/tls/wsi-tls-report.h"

#include <inttypes.h>

#include "inspect/sources/tls/wsi-tls-keys.h"

#define MAX_ROWS 32             /* rows of the report; beyond them each reason has one for all other
                                 * names */
#define MAX_NAMES 256
#define OTHER_NAMES "other names"

typedef struct
{
  char         *name;
  WsiTlsOutcome outcome;
  char         *details;        /* version and cipher suite of the first connection */
  guint64       n_connections, n_packets;
} Row;

struct _WsiTlsReport
{
  GArray *rows;                 /* rows of the report (Row) */
  GTree  *names;                /* server names that clients have asked for */
};

static void
row_clear (gpointer data)
{
  Row *self = data;

  g_free (self->name);
  g_free (self->details);
}

static int
tls_report_compare_names (gconstpointer a,
                          gconstpointer b,
                          gpointer      unused)
{
  return g_strcmp0 (a, b);
}

WsiTlsReport *
wsi_tls_report_new (void)
{
  WsiTlsReport *self = g_new0 (WsiTlsReport, 1);

  self->rows = g_array_new (FALSE, TRUE, sizeof (Row));
  g_array_set_clear_func (self->rows, row_clear);
  self->names = g_tree_new_full (tls_report_compare_names, NULL, g_free, NULL);
  return self;
}

void
wsi_tls_report_free (WsiTlsReport *self)
{
  g_array_unref (self->rows);
  g_tree_unref (self->names);
  g_free (self);
}

gboolean
wsi_tls_report_is_new_name (WsiTlsReport *self,
                            const char   *name)
{
  if (g_tree_nnodes (self->names) >= MAX_NAMES || g_tree_lookup (self->names, name) != NULL)
    return FALSE;

  g_tree_insert (self->names, g_strdup (name), self);
  return TRUE;
}

static Row *
tls_report_find_row (WsiTlsReport *self,
                     const char   *name,
                     WsiTlsOutcome outcome,
                     const char   *details)
{
  Row row = { .outcome = outcome };

  for (guint i = 0; i < self->rows->len; i++)
    {
      Row *found = &g_array_index (self->rows, Row, i);

      if (found->outcome == outcome && g_str_equal (found->name, name))
        return found;
    }
  if (self->rows->len >= MAX_ROWS && !g_str_equal (name, OTHER_NAMES))
    return tls_report_find_row (self, OTHER_NAMES, outcome, details);

  row.name = g_strdup (name);
  row.details = g_strdup (details);
  g_array_append_val (self->rows, row);
  return &g_array_index (self->rows, Row, self->rows->len - 1);
}

void
wsi_tls_report_count (WsiTlsReport           *self,
                      const char             *name,
                      WsiTlsOutcome           outcome,
                      const char             *details,
                      const WsiTcpConnection *connection)
{
  Row *row;

  if (outcome <= WSI_TLS_NO_TLS)
    return;

  row = tls_report_find_row (self, name, outcome, details);
  row->n_connections++;
  row->n_packets += connection->n_packets;
}

static char *
describe_reason (const Row *row)
{
  switch (row->outcome)
    {
    case WSI_TLS_UNFINISHED:
    case WSI_TLS_OPENED:
    case WSI_TLS_NO_TLS:
      break;
    case WSI_TLS_NO_KEYS:
      return g_strdup ("no keys (choose the key log of the client with --keylog; most programs "
                       "write one to the file that SSLKEYLOGFILE names)");
    case WSI_TLS_WRONG_KEYS:
      return g_strdup ("its keys in the key log are others (choose the key log of this run of the "
                       "client)");
    case WSI_TLS_NO_BEGINNING:
      return g_strdup ("the beginning of TLS is not in the capture (capture before the client "
                       "connects, and whole packets)");
    case WSI_TLS_UNKNOWN_SUITE:
      return g_strdup_printf ("%s cannot be decrypted (use TLS 1.3, or TLS 1.2 with AES-GCM or "
                              "ChaCha20)", row->details != NULL ? row->details : "its cipher");
    case WSI_TLS_HTTP_2:
      return g_strdup ("HTTP/2 (" WSI_HTTP_2_HINT ")");
    }
  return g_strdup ("");
}

gboolean
wsi_tls_report_is_empty (const WsiTlsReport *self)
{
  return self->rows->len == 0;
}

void
wsi_tls_report_describe (const WsiTlsReport *self,
                         GStrvBuilder       *lines)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = &g_array_index (self->rows, Row, i);
      g_autofree char *reason = describe_reason (row);
      g_autofree char *line =
        g_strdup_printf ("TLS to %s: %" PRIu64 " connection%s with %" PRIu64 " packet%s left out: "
                         "%s", row->name, row->n_connections, row->n_connections == 1 ? "" : "s",
                         row->n_packets, row->n_packets == 1 ? " was" : "s were", reason);

      g_strv_builder_add (lines, line);
    }
}
