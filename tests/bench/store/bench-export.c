/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* bench-export [--quick|ROWS [KIND]]: so many rows are exported to a capture with their secrets and
 * without, in turns of one run.  Prints the time of the second export as a multiple of the first
 * one.  Times are the processor's, the least of some; --quick asserts only how many values were
 * hidden. */
#include <stdlib.h>
#include <string.h>

#include "inspect/save/formats/wsi-export.h"
#include "lib/tap.h"
#include "traffic-rows.h"

#define N_ROUNDS 5
#define N_ROWS 100000
#define N_QUICK 2000
#define SECRET "\"token\":\"c29tZXRoaW5nLW9mLWEtdXNlcg\""

typedef struct
{
  const char *name;
  guint       opcode;
  gboolean    has_secret;
  double      max_ratio;        /* largest allowed ratio of the times with and without redaction; 0
                                 * = there is no bar */
  /* Writes the payload of the row with this number, and returns its length. */
  gsize       (*write)(guint8 *payload,
                       guint   number);
} Rows;

static gsize
write_json (guint8 *payload,
            guint   number)
{
  return traffic_write_tick (payload, number, "");
}

static gsize
write_json_with_secret (guint8 *payload,
                        guint   number)
{
  return traffic_write_tick (payload, number, "," SECRET);
}

#define FIRST_MEMBERS "\x83\xa4type\xa5quote\xa2id\xce"
#define VALUE "\xb9something-of-a-user-12345"
#define N_NUMBER 4

/* member: the last one, after the number. */
static gsize
write_msgpack_with (guint8     *payload,
                    guint       number,
                    const char *member)
{
  const guint8 digits[N_NUMBER] = { number >> 24, number >> 16, number >> 8, number };

  memcpy (payload, FIRST_MEMBERS, strlen (FIRST_MEMBERS));
  memcpy (payload + strlen (FIRST_MEMBERS), digits, N_NUMBER);
  strcpy ((char *) payload + strlen (FIRST_MEMBERS) + N_NUMBER, member);
  return strlen (FIRST_MEMBERS) + N_NUMBER + strlen (member);
}

static gsize
write_msgpack (guint8 *payload,
               guint   number)
{
  return write_msgpack_with (payload, number, "\xa5title" VALUE);
}

static gsize
write_msgpack_with_secret (guint8 *payload,
                           guint   number)
{
  return write_msgpack_with (payload, number, "\xa5token" VALUE);
}

static const Rows all_rows[] = {
  { "json", 1, FALSE, 1.2, write_json },
  { "json-with-secrets", 1, TRUE, 4, write_json_with_secret },
  { "msgpack", 2, FALSE, 0, write_msgpack },
  { "msgpack-with-secrets", 2, TRUE, 0, write_msgpack_with_secret },
  { "noise", 2, FALSE, 0, traffic_write_noise },
};

static WsiStore *
record (const Rows *rows,
        guint       n_rows)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  WsiStore *store = wsi_store_new_with_limits (&limits);
  g_autoptr (WsiRecorder) recorder = wsi_recorder_new (store, WSP_ROLE_CLIENT);
  WsiConversation *conversation = traffic_open (recorder, 0);

  wsi_recorder_hold_rows (recorder);
  for (guint i = 0; i < n_rows; i++)
    {
      guint8 payload[TRAFFIC_MAX];
      gsize length = rows->write (payload, i);
      g_autoptr (GBytes) frame = traffic_make_frame (rows->opcode, payload, length);

      wsi_recorder_push (recorder, conversation, WSP_DIRECTION_SENT, frame, i * (gint64) 1000);
    }
  wsi_recorder_announce (recorder);
  return store;
}

/* Returns the number of hidden values. */
static guint64
export (WsiStore    *store,
        WsiRedaction level,
        gint64      *least_ns)
{
  g_autoptr (GFile) nowhere = g_file_new_for_path ("/dev/null");
  g_autoptr (GFileOutputStream) file = g_file_append_to (nowhere, G_FILE_CREATE_NONE, NULL, NULL);
  g_autoptr (GOutputStream) stream = g_buffered_output_stream_new (G_OUTPUT_STREAM (file));
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (level);
  g_autoptr (WsiExporter) exporter = wsi_format_open (WSI_FORMAT_PCAPNG, store, redactor, stream);
  gint64 begin_ns = traffic_read_clock_ns ();

  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    g_assert_true (wsi_exporter_add (exporter, i, NULL));
  g_assert_true (wsi_exporter_end (exporter, NULL));
  *least_ns = MIN (*least_ns, traffic_read_clock_ns () - begin_ns);
  return wsi_redactor_get_n_hidden (redactor);
}

static void
measure (const Rows *rows,
         guint       n_rows,
         gboolean    is_quick)
{
  g_autoptr (WsiStore) store = record (rows, n_rows);
  gint64 shown_ns = G_MAXINT64, hidden_ns = G_MAXINT64;
  guint64 n_hidden = 0;
  double ratio;

  for (guint i = 0; i < (is_quick ? 1 : N_ROUNDS); i++)
    {
      export (store, WSI_REDACTION_NONE, &shown_ns);
      n_hidden = export (store, WSI_REDACTION_DEFAULT, &hidden_ns);
    }
  ratio = hidden_ns / (double) shown_ns;
  tap_diag ("%s: %.0f ms with secrets, %.0f ms without: %.2f times as long%s", rows->name,
            shown_ns / 1e6, hidden_ns / 1e6, ratio, rows->max_ratio > 0 ? "" : ", no bar");
  /* some noise is a value of CBOR with a problem, which is hidden */
  if (rows->write != traffic_write_noise)
    tap_point (n_hidden == (rows->has_secret ? n_rows : 0), "/bench/export/%s/hidden", rows->name);
  if (!is_quick && rows->max_ratio > 0)
    tap_point (ratio <= rows->max_ratio, "/bench/export/%s/at-most-%.1f-times-as-long", rows->name,
               rows->max_ratio);
}

int
main (int    argc,
      char **argv)
{
  gboolean is_quick = argc > 1 && strcmp (argv[1], "--quick") == 0;
  guint n_rows = is_quick ? N_QUICK : argc > 1 ? (guint) atoi (argv[1]) : N_ROWS;

  for (gsize i = 0; i < G_N_ELEMENTS (all_rows); i++)
    if (argc < 3 || strcmp (argv[2], all_rows[i].name) == 0)
      measure (&all_rows[i], n_rows, is_quick);
  return tap_end ();
}
