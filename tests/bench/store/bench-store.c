/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The record store and SQLite in one run: the same frames in, the same questions.  Times are of
 * the processor, the best of several runs, so that other load disturbs little; bars are ratios. */
#include "inspect/filter/wsi-filter.h"

#include "inspector/opened.h"
#include "lib/tap.h"

#include <glib/gstdio.h>
#include <malloc.h>
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
#define LEAST_SHARE 0.9         /* of the time, in which both threads had a processor */
#define N_FRAMES_BESIDE 250000  /* so many take short enough for an undisturbed run */
#define MAX_TRIES 100
#define CACHE_LINE 64

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
  conversation = opened_conversation (bench->store, &opening, 1);
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
  const WsiFilterRange range = { .end = G_MAXUINT64 };
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
  QUICK,                        /* only measures that a busy machine does not change */
  READERS,                      /* only the cost of readers for the writer */
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

typedef struct _Reader Reader;

/* On cache lines of its own, not on those of the writer's stack. */
struct _Reader
{
  _Alignas (CACHE_LINE)
  WsiStore   *store;
  guint64   (*read) (Reader *reader);   /* function that reads all records and returns their
                                         * number */
  atomic_bool is_begun, is_ended;
  guint64     n_read;
  double      cpu_time;
};

static guint64
read_records (Reader *reader)
{
  guint reading = wsi_store_begin_reading (reader->store);
  guint64 end = wsi_store_get_end (reader->store);
  guint64 n = 0;

  for (guint64 number = wsi_store_get_first (reader->store); number < end; number++)
    n += wsi_store_get_record (reader->store, number) != NULL;
  wsi_store_end_reading (reader->store, reading);
  return n;
}

/* Each question begins and ends a reading of its own. */
static guint64
ask_for_lengths (Reader *reader)
{
  guint64 end = wsi_store_get_end (reader->store);
  guint64 n = 0;

  for (guint64 number = wsi_store_get_first (reader->store); number < end; number++)
    {
      guint reading = wsi_store_begin_reading (reader->store);
      const WsiRecord *record = wsi_store_get_record (reader->store, number);

      n += record != NULL && wsi_record_get_length (record) > 0;
      wsi_store_end_reading (reader->store, reading);
    }
  return n;
}

static guint64
read_payloads (Reader *reader)
{
  guint reading = wsi_store_begin_reading (reader->store);
  guint64 end = wsi_store_get_end (reader->store);
  guint64 n = 0;

  for (guint64 number = wsi_store_get_first (reader->store); number < end; number++)
    {
      const WsiRecord *record = wsi_store_get_record (reader->store, number);
      gsize length;
      const guint8 *payload = wsi_store_peek_payload (reader->store, record, WSI_VIEW_UNMASKED,
                                                      &length);

      n += memchr (payload, '\n', length) == NULL;
    }
  wsi_store_end_reading (reader->store, reading);
  return n;
}

/* As one that waits for the next record without sleeping: what passes a cache line from one
 * processor to another and back, for each record.  Nothing of ours does it. */
static guint64
look_at_end (Reader *reader)
{
  return wsi_store_get_end (reader->store) > 0;
}

static const struct
{
  const char *name;
  guint64   (*read) (Reader *reader);
  double      most_cost;        /* largest allowed cost for the writer; 0: no bar */
} readers[] = {
  { "records", read_records, 0.2 },
  { "lengths", ask_for_lengths, 0.2 },
  { "payloads", read_payloads, 0.2 },
  { "end", look_at_end, 0 },
};

static gpointer
read_at_full_speed (gpointer data)
{
  Reader *reader = data;
  double begin = get_cpu_time (CLOCK_THREAD_CPUTIME_ID);
  guint64 n_read = 0;

  atomic_store (&reader->is_begun, TRUE);
  while (!atomic_load (&reader->is_ended))
    n_read += reader->read (reader);
  reader->n_read = n_read;
  reader->cpu_time = get_cpu_time (CLOCK_THREAD_CPUTIME_ID) - begin;
  return NULL;
}

/* The store is the same one, so that the reader can begin before the writer. */
static guint64
append_beside_reader (Bench *bench)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  g_autoptr (WsiConversation) conversation =
    opened_conversation (bench->store, &opening, 1);
  Input input;

  make_input (&input, 1);
  for (guint i = 0; i < N_FRAMES_BESIDE; i++)
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
  BESIDE_STRANGER,              /* beside a thread that reads another store, which shows the
                                 * machine's part of the cost */
  BESIDE_READER,
  N_COMPANIES,
} Company;

/* A reader that slept meanwhile shows nothing: on a busy machine the run is repeated. */
static gboolean
has_run_beside (const Reader *reader,
                Company       company,
                double        wall_time,
                double        cpu_time)
{
  double least = wall_time * LEAST_SHARE;

  return cpu_time >= least && (company == ALONE || reader->cpu_time >= least);
}

static double
measure_writer (Bench  *bench,
                Company company,
                Reader *reader)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  g_autoptr (WsiStore) other = g_steal_pointer (&bench->store);
  double begin, time;
  GThread *thread;

  bench->store = wsi_store_new_with_limits (&limits);
  reader->store = company == BESIDE_READER ? bench->store : other;
  atomic_store (&reader->is_begun, FALSE);
  atomic_store (&reader->is_ended, company == ALONE);
  thread = g_thread_new ("reader", read_at_full_speed, reader);
  while (!atomic_load (&reader->is_begun))
    g_thread_yield ();

  begin = get_cpu_time (CLOCK_MONOTONIC);
  time = measure (bench, append_beside_reader, CLOCK_THREAD_CPUTIME_ID, NULL);
  begin = get_cpu_time (CLOCK_MONOTONIC) - begin;
  atomic_store (&reader->is_ended, TRUE);
  g_thread_join (thread);
  return has_run_beside (reader, company, begin, time) ? time : -1;
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

/* FALSE: the machine is too busy. */
static gboolean
measure_company (Bench  *bench,
                 Company company,
                 Reader *reader,
                 guint   n,
                 double *median)
{
  double times[N_READER_RUNS];
  guint n_times = 0;

  for (guint i = 0; i < MAX_TRIES && n_times < n; i++)
    {
      times[n_times] = measure_writer (bench, company, reader);
      n_times += times[n_times] >= 0;
    }
  if (n_times < n)
    return FALSE;

  *median = get_median (times, n);
  return TRUE;
}

static void
run_reader (Bench *bench,
            guint  row)
{
  double medians[N_COMPANIES];
  Reader reader = { .read = readers[row].read };

  measure_writer (bench, ALONE, &reader);       /* the first one is slower */
  for (Company company = ALONE; company < N_COMPANIES; company++)
    if (!measure_company (bench, company, &reader, N_READER_RUNS, &medians[company]))
      {
        tap_skip ("other programs use the processors", "/bench/store/reader-of-%s",
                  readers[row].name);
        return;
      }

  double cost = medians[BESIDE_READER] / medians[ALONE] - 1;

  tap_diag ("reader of %s: writer alone %.1f ms, beside a reader of another store %.1f ms, beside "
            "a reader of its own %.1f ms: %.0f %% more than alone, at most %.0f %%",
            readers[row].name, medians[ALONE] * 1e3, medians[BESIDE_STRANGER] * 1e3,
            medians[BESIDE_READER] * 1e3, cost * 100, readers[row].most_cost * 100);
  if (readers[row].most_cost > 0)
    tap_point (cost <= readers[row].most_cost, "/bench/store/reader-of-%s/costs-little",
               readers[row].name);
}

/* Whatever the machine does meanwhile. */
static void
check_reader (Bench *bench,
              guint  row)
{
  Reader reader = { .read = readers[row].read };

  measure_writer (bench, BESIDE_READER, &reader);
  tap_point (wsi_store_get_end (bench->store) == N_FRAMES_BESIDE,
             "/bench/store/reader-of-%s/nothing-is-lost", readers[row].name);
}

/* Otherwise every other run gets fresh pages from the kernel, which take longer than the rest. */
static void
keep_freed_memory (void)
{
  mallopt (M_MMAP_THRESHOLD, G_MAXINT);
  mallopt (M_TRIM_THRESHOLD, G_MAXINT);
}

static Extent
get_extent (const char *argument)
{
  if (g_strcmp0 (argument, "--quick") == 0)
    return QUICK;

  return g_strcmp0 (argument, "--readers") == 0 ? READERS : WHOLE;
}

int
main (int    argc,
      char **argv)
{
  Extent extent = get_extent (argv[1]);
  Bench bench = {
    .n_frames = extent == QUICK ? N_FRAMES_QUICK : N_FRAMES,
    .folder = g_dir_make_tmp ("bench-store-XXXXXX", NULL),
  };
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", bench.folder);

  for (guint i = 0; extent != READERS && i < G_N_ELEMENTS (bars); i++)
    run_bar (&bench, i, extent);
  keep_freed_memory ();
  for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
    {
      check_reader (&bench, i);
      if (extent != QUICK)
        run_reader (&bench, i);
    }

  g_clear_pointer (&bench.database, sqlite3_close);
  g_clear_object (&bench.store);
  g_spawn_command_line_sync (command, NULL, NULL, NULL, NULL);
  g_free (bench.folder);
  return tap_end ();
}
