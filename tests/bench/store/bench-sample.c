/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* bench-sample [--quick]: traffic is recorded, and a sample of it is taken, in one run.  Prints the
 * time of the sample as a share of the time of the recording, without decoding, and the memory of
 * the sample as the allocator counts it.  Times are the processor's, the least of some; --quick
 * asserts only the memory. */
#include "inspect/decode/choosing/wsi-interpreter.h"
#include "inspect/show/sample/wsi-sample.h"
#include "lib/tap.h"
#include "traffic-rows.h"

#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>

#define N_ROUNDS 3
/* As many as a turn of the main loop learns. */
#define N_IN_BATCH 8000
#define MAX_SHARE 0.01

typedef struct
{
  const char *name;
  guint       n_frames, n_quick;
  guint       n_in_connection;
  guint       opcode;
  /* Writes the payload of the frame with this number, and returns its length. */
  gsize       (*write)(guint8 *payload,
                       guint   number);
} Traffic;

static gsize
write_ticks (guint8 *payload,
             guint   number)
{
  return traffic_write_tick (payload, number, "");
}

static gsize
write_objects (guint8 *payload,
               guint   number)
{
  gsize length = g_snprintf ((char *) payload, TRAFFIC_MAX, "{\"id\":%u,\"rows\":[", number);

  for (guint i = 0; i < 20; i++)
    length += g_snprintf ((char *) payload + length, TRAFFIC_MAX - length,
                          "%s{\"name\":\"name-%u\",\"state\":\"open\",\"n\":%u}",
                          i > 0 ? "," : "", i, number % 100);
  return length + g_snprintf ((char *) payload + length, TRAFFIC_MAX - length, "]}");
}

static gsize
write_keys (guint8 *payload,
            guint   number)
{
  gsize length = g_snprintf ((char *) payload, TRAFFIC_MAX, "{");

  for (guint i = 0; i < 20; i++)
    length += g_snprintf ((char *) payload + length, TRAFFIC_MAX - length,
                          "%s\"key-%u-%u-%064u\":\"%064u\"", i > 0 ? "," : "", number, i, number,
                          number + i);
  return length + g_snprintf ((char *) payload + length, TRAFFIC_MAX - length, "}");
}

static gsize
write_depth (guint8 *payload,
             guint   number)
{
  memset (payload, '[', 1000);
  return 1000;
}

static gsize
write_numbers (guint8 *payload,
               guint   number)
{
  gsize length = 0;

  while (length < 4000)
    {
      memcpy (payload + length, length == 0 ? "[1," : "1,", 3);
      length += length == 0 ? 3 : 2;
    }
  memcpy (payload + length, "1]", 2);
  return length + 2;
}

static const Traffic all_traffic[] = {
  { "ticks", 1000000, 20000, 1000000, 1, write_ticks },
  { "objects", 200000, 5000, 200000, 1, write_objects },
  { "noise", 1000000, 20000, 1000000, 2, traffic_write_noise },
  { "connections", 300000, 5000, 3, 1, write_ticks },
  { "a-million-keys", 200000, 50000, 200000, 1, write_keys },
  { "a-thousand-levels", 200000, 5000, 200000, 1, write_depth },
  { "list-of-numbers", 200000, 5000, 200000, 1, write_numbers },
};

typedef struct
{
  const Traffic   *traffic;
  WsiStore        *store;
  WsiRecorder     *recorder;
  WsiInterpreter  *interpreter;
  WsiSample       *sample;
  WsiConversation *conversation;
  guint64          n_taken;
  gint64           record_ns, learn_ns, sample_ns;
} Run;

static void
begin_connection (Run   *run,
                  gint64 time_us)
{
  if (run->conversation != NULL)
    wsi_recorder_close (run->recorder, run->conversation, WSI_ENDING_ABNORMAL, NULL, time_us);
  run->conversation = traffic_open (run->recorder, time_us);
}

static void
record (Run       *run,
        GPtrArray *frames,
        guint      first)
{
  for (guint i = 0; i < frames->len; i++)
    {
      gint64 time_us = (first + i) * (gint64) 1000;

      if ((first + i) % run->traffic->n_in_connection == 0)
        begin_connection (run, time_us);
      wsi_recorder_push (run->recorder, run->conversation, WSP_DIRECTION_SENT, frames->pdata[i],
                         time_us);
    }
  wsi_recorder_announce (run->recorder);
}

static void
learn (Run    *run,
       guint64 end)
{
  for (guint64 i = run->n_taken; i < end; i++)
    wsi_interpreter_learn (run->interpreter, i, wsi_store_get_record (run->store, i));
  wsi_interpreter_forget_learned (run->interpreter);
}

static void
run_batch (Run  *run,
           guint first,
           guint n)
{
  g_autoptr (GPtrArray) frames = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  guint64 end;
  gint64 times_ns[4];

  for (guint i = 0; i < n; i++)
    {
      guint8 payload[TRAFFIC_MAX];
      gsize length = run->traffic->write (payload, first + i);

      g_ptr_array_add (frames, traffic_make_frame (run->traffic->opcode, payload, length));
    }
  times_ns[0] = traffic_read_clock_ns ();
  record (run, frames, first);
  times_ns[1] = traffic_read_clock_ns ();
  end = wsi_store_get_end (run->store);
  learn (run, end);
  times_ns[2] = traffic_read_clock_ns ();
  wsi_sample_follow (run->sample, run->interpreter, end);
  times_ns[3] = traffic_read_clock_ns ();
  run->n_taken = end;
  run->record_ns += times_ns[1] - times_ns[0];
  run->learn_ns += times_ns[2] - times_ns[1];
  run->sample_ns += times_ns[3] - times_ns[2];
}

static gsize
count_allocated (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}

/* Memory that is freed with the sample belonged to it. */
static void
run_traffic (Run   *run,
             guint  n_frames,
             gsize *held)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  gsize before;

  run->store = wsi_store_new_with_limits (&limits);
  run->recorder = wsi_recorder_new (run->store, WSP_ROLE_CLIENT);
  wsi_recorder_hold_rows (run->recorder);
  run->interpreter = wsi_interpreter_new (run->store);
  run->sample = wsi_sample_new (run->store, WSI_REDACTION_DEFAULT);
  for (guint i = 0; i < n_frames; i += N_IN_BATCH)
    run_batch (run, i, MIN (N_IN_BATCH, n_frames - i));
  tap_diag ("  %" PRIu64 " messages read", wsi_sample_get_n_messages (run->sample));
  before = count_allocated ();
  g_clear_object (&run->sample);
  *held = MAX (*held, before - count_allocated ());
  wsi_interpreter_free (run->interpreter);
  g_clear_object (&run->recorder);
  g_clear_object (&run->store);
}

static void
measure (const Traffic *traffic,
         gboolean       is_quick)
{
  double share = G_MAXDOUBLE;
  gsize held = 0;

  for (guint i = 0; i < (is_quick ? 1 : N_ROUNDS); i++)
    {
      Run run = { .traffic = traffic };

      run_traffic (&run, is_quick ? traffic->n_quick : traffic->n_frames, &held);
      tap_diag ("  recording %.0f ms, decoding %.0f ms, sample %.2f ms", run.record_ns / 1e6,
                run.learn_ns / 1e6, run.sample_ns / 1e6);
      share = MIN (share, run.sample_ns / (double) run.record_ns);
    }
  tap_diag ("%s: %.2f %% of the recording, at most %.0f %%; %zu bytes, at most %d", traffic->name,
            100 * share, 100 * MAX_SHARE, held, WSI_SAMPLE_MAX_HELD);
  tap_point (held <= WSI_SAMPLE_MAX_HELD, "/bench/sample/%s/memory", traffic->name);
  if (!is_quick)
    tap_point (share <= MAX_SHARE, "/bench/sample/%s/share-of-the-recording", traffic->name);
}

int
main (int    argc,
      char **argv)
{
  gboolean is_quick = argc > 1 && strcmp (argv[1], "--quick") == 0;

  for (gsize i = 0; i < G_N_ELEMENTS (all_traffic); i++)
    measure (&all_traffic[i], is_quick);
  return tap_end ();
}
