/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The record store and SQLite in one run: the same frames in, the same questions.  Times are of
 * the processor, the best of several runs, so that other load disturbs little; bars are ratios. */
#include "inspect/filter/wsi-filter.h"

#include "lib/tap.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define PAYLOAD_LENGTH 100
#define N_RUNS 5
#define N_READER_RUNS 9
#define N_FRAMES 1000000
#define N_FRAMES_QUICK 20000
#define N_IN_TRANSACTION 1000
#define PING_INTERVAL 50
#define DIGITS_AT 10
#define N_DIGITS 8
#define MAX_READER_COST 0.20

typedef struct
{
  guint     n_frames;
  char     *folder;
  sqlite3  *database;
  WsiStore *store;
} Bench;

typedef struct
{
  WspFrameRecord frame;
  char           payload[PAYLOAD_LENGTH];
} Input;

static const char text[PAYLOAD_LENGTH + 1] =
  "{\"number\":00000000,\"text\":\"a message of some length, as many are, with nothing to find but "
  "that.\"} ";

/* Both get the same frames. */
static void
make_input (Input *input,
            guint  number)
{
  gboolean is_ping = number % PING_INTERVAL == 0;

  input->frame = (WspFrameRecord) {
    .time_us = number * 10,
    .offset = number * (PAYLOAD_LENGTH + 2),
    .payload_length = PAYLOAD_LENGTH,
    .inflated_length = PAYLOAD_LENGTH,
    .direction = number & 1,
    .fin = 1,
    .opcode = is_ping ? 9 : 1,
    .header_length = 2,
  };
  memcpy (input->payload, text, PAYLOAD_LENGTH);
  for (guint i = 0; i < N_DIGITS; i++, number /= 10)
    input->payload[DIGITS_AT + N_DIGITS - 1 - i] = '0' + number % 10;
}

static double
get_cpu_time (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static void
run_sql (Bench      *bench,
         const char *statement)
{
  if (sqlite3_exec (bench->database, statement, NULL, NULL, NULL) != SQLITE_OK)
    g_error ("%s: %s", statement, sqlite3_errmsg (bench->database));
}

static void
open_database (Bench *bench)
{
  g_autofree char *name = g_build_filename (bench->folder, "frames.db", NULL);

  g_unlink (name);
  if (sqlite3_open (name, &bench->database) != SQLITE_OK)
    g_error ("%s: %s", name, sqlite3_errmsg (bench->database));

  run_sql (bench, "PRAGMA journal_mode = WAL");
  run_sql (bench, "PRAGMA synchronous = OFF");
  run_sql (bench, "CREATE TABLE frames (number INTEGER PRIMARY KEY, time INTEGER,"
           " conversation INTEGER, direction INTEGER, fin INTEGER, opcode INTEGER,"
           " length INTEGER, position INTEGER, key INTEGER, fault INTEGER, payload BLOB)");
}

static void
insert (sqlite3_stmt *statement,
        const Input  *input,
        guint         number)
{
  const sqlite3_int64 columns[] = {
    number, input->frame.time_us, 1, input->frame.direction, input->frame.fin,
    input->frame.opcode, PAYLOAD_LENGTH, input->frame.offset, 0, 0,
  };

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    sqlite3_bind_int64 (statement, i + 1, columns[i]);
  sqlite3_bind_blob (statement, G_N_ELEMENTS (columns) + 1, input->payload, PAYLOAD_LENGTH,
                     SQLITE_STATIC);
  sqlite3_step (statement);
  sqlite3_reset (statement);
}

static guint64
append_to_sqlite (Bench *bench)
{
  sqlite3_stmt *statement;
  Input input;

  g_clear_pointer (&bench->database, sqlite3_close);
  open_database (bench);
  sqlite3_prepare_v2 (bench->database,
                      "INSERT INTO frames VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", -1,
                      &statement, NULL);
  for (guint i = 0; i < bench->n_frames; i++)
    {
      if (i % N_IN_TRANSACTION == 0)
        run_sql (bench, i == 0 ? "BEGIN" : "COMMIT; BEGIN");
      make_input (&input, i);
      insert (statement, &input, i);
    }
  run_sql (bench, "COMMIT");
  sqlite3_finalize (statement);
  return sqlite3_last_insert_rowid (bench->database) + 1;
}

static guint64
append_to_store (Bench *bench)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  g_autoptr (WsiConversation) conversation = NULL;
  Input input;

  g_clear_object (&bench->store);
  bench->store = wsi_store_new_with_limits (&limits);
  conversation = wsi_store_open_conversation (bench->store, &opening, 1);
  for (guint i = 0; i < bench->n_frames; i++)
    {
      const WsiFrame kept = {
        .frame = &input.frame,
        .payload = (const guint8 *) input.payload,
        .n_payload = PAYLOAD_LENGTH,
      };

      make_input (&input, i);
      wsi_store_append (bench->store, conversation, &kept);
      if (i % N_IN_TRANSACTION == 0)
        wsi_store_announce (bench->store);
    }
  return wsi_store_get_end (bench->store);
}

static guint64
count_in_sqlite (Bench      *bench,
                 const char *condition)
{
  g_autofree char *query = g_strconcat ("SELECT count (*) FROM frames WHERE ", condition, NULL);
  sqlite3_stmt *statement;
  guint64 n;

  if (sqlite3_prepare_v2 (bench->database, query, -1, &statement, NULL) != SQLITE_OK)
    g_error ("%s: %s", query, sqlite3_errmsg (bench->database));

  sqlite3_step (statement);
  n = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return n;
}

typedef struct
{
  GMainLoop *loop;
  guint64    n_hits;
} Count;

static void
on_hits (const guint64 *numbers,
         gsize          n,
         guint64        end,
         gpointer       user_data)
{
  ((Count *) user_data)->n_hits += n;
}

static void
on_run (GObject      *object,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  if (!wsi_filter_run_finish (NULL, result, NULL, &error))
    g_error ("%s", error->message);
  g_main_loop_quit (((Count *) user_data)->loop);
}

/* As a list does it: compiled, in another thread, the hits delivered in chunks. */
static guint64
count_in_store (Bench      *bench,
                const char *condition)
{
  const WsiFilterRange range = { 0, G_MAXUINT64, 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiFilter) filter = wsi_filter_new (condition, &error);
  Count count = { .loop = g_main_loop_new (NULL, FALSE) };

  if (filter == NULL)
    g_error ("%s", error->message);

  wsi_filter_run_async (filter, bench->store, &range, NULL, on_hits, &count, on_run, &count);
  g_main_loop_run (count.loop);
  g_main_loop_unref (count.loop);
  return count.n_hits;
}

static guint64
find_pings_in_sqlite (Bench *bench)
{
  return count_in_sqlite (bench, "opcode = 9");
}

static guint64
find_pings_in_store (Bench *bench)
{
  return count_in_store (bench, "opcode == ping");
}

static guint64
find_text_in_sqlite (Bench *bench)
{
  return count_in_sqlite (bench, "instr (payload, CAST ('99999' AS BLOB)) > 0");
}

static guint64
find_text_in_store (Bench *bench)
{
  return count_in_store (bench, "text contains \"99999\"");
}

typedef enum
{
  QUICK,                        /* only what a busy machine does not change */
  WHOLE,
} Extent;

typedef guint64 (*Work) (Bench *bench);

/* Each returns how many frames it has written or found; both return the same. */
static const struct
{
  const char *name;
  Work        sqlite, store;
  double      least_ratio;
} bars[] = {
  { "append", append_to_sqlite, append_to_store, 6 },
  { "opcode-is-ping", find_pings_in_sqlite, find_pings_in_store, 8 },
  { "text-contains-99999", find_text_in_sqlite, find_text_in_store, 4 },
};

static double
measure (Bench    *bench,
         Work      work,
         clockid_t clock,
         guint64  *result)
{
  double begin = get_cpu_time (clock);
  guint64 n = work (bench);

  if (result != NULL)
    *result = n;
  return get_cpu_time (clock) - begin;
}

static void
run_bar (Bench *bench,
         guint  row,
         Extent extent)
{
  double of_sqlite = G_MAXDOUBLE, of_store = G_MAXDOUBLE;
  guint64 n_sqlite, n_store;

  for (guint i = 0; i < (extent == QUICK ? 1 : N_RUNS); i++)
    {
      of_sqlite = MIN (of_sqlite, measure (bench, bars[row].sqlite, CLOCK_PROCESS_CPUTIME_ID,
                                           &n_sqlite));
      of_store = MIN (of_store, measure (bench, bars[row].store, CLOCK_PROCESS_CPUTIME_ID,
                                         &n_store));
    }

  double ratio = of_sqlite / of_store;

  tap_diag ("%s: SQLite %.1f ms, store %.1f ms, ratio %.1f, at least %.1f", bars[row].name,
            of_sqlite * 1e3, of_store * 1e3, ratio, bars[row].least_ratio);
  tap_point (n_sqlite == n_store, "/bench/store/%s/both-give-the-same", bars[row].name);
  if (extent == WHOLE)
    tap_point (ratio >= bars[row].least_ratio, "/bench/store/%s/ratio-to-sqlite", bars[row].name);
}

typedef struct
{
  Bench      *bench;
  atomic_bool is_ended;
  guint64     n_read;
} Reader;

/* Reads all records, from the oldest to the newest, again and again. */
static gpointer
read_at_full_speed (gpointer data)
{
  Reader *reader = data;

  while (!atomic_load (&reader->is_ended))
    {
      WsiStore *store = reader->bench->store;
      guint reading = wsi_store_begin_reading (store);
      guint64 end = wsi_store_get_end (store);

      for (guint64 number = wsi_store_get_first (store); number < end; number++)
        reader->n_read += wsi_store_get_record (store, number)->payload_length;
      wsi_store_end_reading (store, reading);
    }
  return NULL;
}

/* The store is the same one, so that the reader can begin before the writer. */
static guint64
append_beside_reader (Bench *bench)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  g_autoptr (WsiConversation) conversation =
    wsi_store_open_conversation (bench->store, &opening, 1);
  Input input;

  make_input (&input, 1);
  for (guint i = 0; i < bench->n_frames; i++)
    {
      const WsiFrame kept = {
        .frame = &input.frame,
        .payload = (const guint8 *) input.payload,
        .n_payload = PAYLOAD_LENGTH,
      };

      wsi_store_append (bench->store, conversation, &kept);
    }
  return wsi_store_get_end (bench->store);
}

typedef enum
{
  ALONE,
  BESIDE_READER,
} Company;

static double
measure_writer (Bench   *bench,
                Company  company,
                guint64 *n_read)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  Reader reader = { .bench = bench };
  GThread *thread = NULL;
  double time;

  g_clear_object (&bench->store);
  bench->store = wsi_store_new_with_limits (&limits);
  if (company == BESIDE_READER)
    thread = g_thread_new ("reader", read_at_full_speed, &reader);
  time = measure (bench, append_beside_reader, CLOCK_THREAD_CPUTIME_ID, NULL);
  atomic_store (&reader.is_ended, TRUE);
  if (thread != NULL)
    g_thread_join (thread);
  *n_read += reader.n_read / PAYLOAD_LENGTH;
  return time;
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  const double *one = a, *other = b;

  return (*one > *other) - (*one < *other);
}

/* The median: in the best run the reader may have slept. */
static double
get_median (double *times,
            guint   n)
{
  qsort (times, n, sizeof *times, compare);
  return times[n / 2];
}

static void
run_reader (Bench *bench,
            Extent extent)
{
  guint n = extent == QUICK ? 1 : N_READER_RUNS;
  double alone[N_READER_RUNS], beside[N_READER_RUNS];
  guint64 n_read = 0;

  for (guint i = 0; i < n; i++)
    {
      alone[i] = measure_writer (bench, ALONE, &n_read);
      beside[i] = measure_writer (bench, BESIDE_READER, &n_read);
    }

  double cost = get_median (beside, n) / get_median (alone, n) - 1;

  tap_diag ("writer alone %.1f ms, beside a reader of %.0f records each %.1f ms: %.0f %% more,"
            " at most %.0f %%", alone[n / 2] * 1e3, (double) n_read / n, beside[n / 2] * 1e3,
            cost * 100, MAX_READER_COST * 100);
  tap_point (wsi_store_get_end (bench->store) == bench->n_frames,
             "/bench/store/reader/nothing-is-lost");
  if (extent == WHOLE)
    tap_point (cost <= MAX_READER_COST, "/bench/store/reader/costs-little");
}

int
main (int    argc,
      char **argv)
{
  Extent extent = argc > 1 && strcmp (argv[1], "--quick") == 0 ? QUICK : WHOLE;
  Bench bench = {
    .n_frames = extent == QUICK ? N_FRAMES_QUICK : N_FRAMES,
    .folder = g_dir_make_tmp ("bench-store-XXXXXX", NULL),
  };
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", bench.folder);

  for (guint i = 0; i < G_N_ELEMENTS (bars); i++)
    run_bar (&bench, i, extent);
  run_reader (&bench, extent);

  sqlite3_close (bench.database);
  g_clear_object (&bench.store);
  g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL);
  g_free (bench.folder);
  return tap_end ();
}
