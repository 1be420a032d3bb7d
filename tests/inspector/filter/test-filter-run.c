/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Filters over many records: the plan against what each condition means, runs and searches in
 * other threads, hostile texts. */

#include "inspect/filter/wsi-plan-private.h"
#include "inspector/opened.h"
#include "lib/rows.h"

#include <string.h>

#define N_RECORDS 400
#define N_CONVERSATIONS 5
#define N_FILTERS 3000
#define MANY 200000

/* The test's own view of a record. */
typedef struct
{
  guint       conversation;
  guint       opcode, fin, direction;
  const char *payload;
} Model;

static const char *const payloads[] = {
  "", "a", "ab", "price 7", "PRICE", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "\xc3\xbc", "x\ny",
};
static const guint opcodes[] = { 0, 1, 2, 8, 9, 10 };
static const char *const uris[] = { "ws://a/", "ws://b:81/x", "wss://a/y", NULL, "ws://c/" };

static gboolean
is_ping (const Model *model)
{
  return model->opcode == 9;
}

static gboolean
is_control (const Model *model)
{
  return model->opcode >= 8;
}

static gboolean
is_long (const Model *model)
{
  return strlen (model->payload) >= 2;
}

static gboolean
is_length_1_or_2 (const Model *model)
{
  return strlen (model->payload) == 1 || strlen (model->payload) == 2;
}

static gboolean
is_sent (const Model *model)
{
  return model->direction == WSP_DIRECTION_SENT;
}

static gboolean
is_fin (const Model *model)
{
  return model->fin;
}

static gboolean
has_b (const Model *model)
{
  return strchr (model->payload, 'b') != NULL;
}

static gboolean
has_ab (const Model *model)
{
  return strstr (model->payload, "ab") != NULL;
}

static gboolean
has_price (const Model *model)
{
  return g_ascii_strncasecmp (model->payload, "price", 5) == 0;
}

static gboolean
ends_with_b (const Model *model)
{
  return g_str_has_suffix (model->payload, "b");
}

static gboolean
is_host_a (const Model *model)
{
  return model->conversation == 1 || model->conversation == 3;
}

static gboolean
is_port_80 (const Model *model)
{
  return model->conversation == 1 || model->conversation == 5;
}

static gboolean
has_uri (const Model *model)
{
  return model->conversation != 4;
}

static gboolean
is_other_uri (const Model *model)
{
  return model->conversation != 4 && model->conversation != 1;
}

static gboolean
is_closed (const Model *model)
{
  return model->conversation == 2;
}

static gboolean
is_in_3 (const Model *model)
{
  return model->conversation == 3;
}

typedef gboolean (*Condition) (const Model *model);

static const struct
{
  const char *text;
  Condition   condition;
} conditions[] = {
  { "opcode == ping", is_ping },
  { "ping", is_ping },
  { "control", is_control },
  { "opcode in {8, 9, 10}", is_control },
  { "len >= 2", is_long },
  { "len in 1..2", is_length_1_or_2 },
  { "len in {1, 2}", is_length_1_or_2 },
  { "dir == sent", is_sent },
  { "sent", is_sent },
  { "fin", is_fin },
  { "text contains b", has_b },
  { "bytes contains 62", has_b },
  { "text contains ab", has_ab },
  { "price", has_price },
  { "text ~ \"(?i)^price\"", has_price },
  { "text ~ \"(a|a)*b$\"", ends_with_b },
  { "host == a", is_host_a },
  { "port == 80", is_port_80 },
  { "url", has_uri },
  { "url != \"ws://a/\"", is_other_uri },
  { "state == closed", is_closed },
  { "conn == 3", is_in_3 },
};

/* A filter as text, and for each record whether it should match. */
static void
make_filter (GRand       *random,
             const Model *models,
             guint        depth,
             GString     *text,
             gboolean    *expected)
{
  guint n = depth > 0 ? g_rand_int_range (random, 1, 4) : 1;
  gboolean is_or = g_rand_boolean (random);

  for (guint i = 0; i < N_RECORDS; i++)
    expected[i] = !is_or;
  for (guint j = 0; j < n; j++)
    {
      gboolean part[N_RECORDS], is_negated = g_rand_boolean (random);
      guint k = g_rand_int_range (random, 0, G_N_ELEMENTS (conditions));

      g_string_append (text, j == 0 ? "" : is_or ? " or " : " and ");
      g_string_append (text, is_negated ? "not " : "");
      if (depth > 0 && g_rand_boolean (random))
        {
          g_string_append_c (text, '(');
          make_filter (random, models, depth - 1, text, part);
          g_string_append_c (text, ')');
        }
      else
        {
          g_string_append (text, conditions[k].text);
          for (guint i = 0; i < N_RECORDS; i++)
            part[i] = conditions[k].condition (&models[i]);
        }
      for (guint i = 0; i < N_RECORDS; i++)
        expected[i] = is_or ? expected[i] | (part[i] != is_negated)
                            : expected[i] & (part[i] != is_negated);
    }
}

static void
append (WsiStore        *store,
        WsiConversation *conversation,
        const Model     *model)
{
  const WspFrameRecord frame = {
    .time_us = wsi_store_get_end (store), .opcode = model->opcode, .fin = model->fin,
    .direction = model->direction, .header_length = 2,
    .payload_length = strlen (model->payload), .inflated_length = strlen (model->payload),
  };
  const WsiFrame appended = { .frame = &frame, .payload = (const guint8 *) model->payload,
                              .n_payload = strlen (model->payload) };

  wsi_store_append (store, conversation, &appended);
}

static WsiStore *
make_store (GRand *random,
            Model *models)
{
  WsiStore *store = wsi_store_new (WSI_DEFAULT_MAX_RECORDS, WSI_DEFAULT_MAX_PAYLOAD);
  WsiConversation *conversations[N_CONVERSATIONS];

  for (guint i = 0; i < N_CONVERSATIONS; i++)
    {
      const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .uri = uris[i] };

      conversations[i] = opened_conversation (store, &opening, 0);
    }
  for (guint i = 0; i < N_RECORDS; i++)
    {
      guint conversation = g_rand_int_range (random, 0, N_CONVERSATIONS);

      /* No message has several frames: the text of each is its own. */
      models[i] = (Model) {
        .conversation = conversation + 1,
        .opcode = opcodes[g_rand_int_range (random, 1, G_N_ELEMENTS (opcodes))],
        .fin = 1,
        .direction = g_rand_boolean (random) ? WSP_DIRECTION_SENT : WSP_DIRECTION_RECEIVED,
        .payload = payloads[g_rand_int_range (random, 0, G_N_ELEMENTS (payloads))],
      };
      append (store, conversations[conversation], &models[i]);
    }
  wsi_conversation_end (conversations[1], WSI_ENDING_CLEAN, WSI_SENTENCE (TEXT, ""), 1);
  for (guint i = 0; i < N_CONVERSATIONS; i++)
    g_object_unref (conversations[i]);
  return store;
}

static void
check_filter (WsiStore       *store,
              WsiFields      *fields,
              const char     *text,
              const gboolean *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiFilter) filter = wsi_filter_new_with_fields (fields, text, &error);
  g_autoptr (WsiMatcher) matcher = NULL;

  g_assert_no_error (error);
  matcher = wsi_matcher_new (filter, store);
  for (guint i = 0; i < N_RECORDS; i++)
    if (wsi_matcher_match (matcher, i) != expected[i])
      g_error ("%s, record %u: expected %d", text, i, expected[i]);
}

static void
test_plans (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (13);
  g_autofree Model *models = g_new (Model, N_RECORDS);
  g_autoptr (WsiStore) store = make_store (random, models);
  g_autoptr (WsiFields) fields = wsi_filter_fields_new ();
  gboolean expected[N_RECORDS];

  for (guint i = 0; i < N_FILTERS; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      make_filter (random, models, 2, text, expected);
      if (text->len > WSI_FILTER_MAX_LENGTH)
        continue;
      check_filter (store, fields, text->str, expected);
    }
}

/* The payload is not asked for where the record decides. */
static guint n_decoded;

static void
get_decoded (WsiSubject        *subject,
             const WsiPathStep *path,
             guint              n_steps,
             WsiValues         *values)
{
  n_decoded++;
}

static void
test_order (void)
{
  static const WsiField decoded = { .name = "decoded", .description = "", .type = WSI_VALUE_ANY,
                                    .cost = WSI_COST_DECODED, .get_values = get_decoded };
  g_autoptr (GRand) random = g_rand_new_with_seed (13);
  g_autofree Model *models = g_new (Model, N_RECORDS);
  g_autoptr (WsiStore) store = make_store (random, models);
  g_autoptr (WsiFields) fields = wsi_filter_fields_new ();
  const char *text = "(decoded == 1 or text contains nowhere or no == 0)"
                     " and opcode == ping and no == 0";
  gboolean expected[N_RECORDS] = { FALSE };

  wsi_fields_add (fields, &decoded, 1);
  n_decoded = 0;
  check_filter (store, fields, text, expected);
  g_assert_cmpuint (n_decoded, ==, 0);
}

/* A fact that does not change is read once for each connection; else for each record. */
static void
test_cached (void)
{
  static const WsiField facts[] = {
    { .name = "start", .description = "", .type = WSI_VALUE_ANY, .cost = WSI_COST_CONVERSATION,
      .fixed = WSI_FIXED_AT_START, .get_values = get_decoded },
    { .name = "end", .description = "", .type = WSI_VALUE_ANY, .cost = WSI_COST_CONVERSATION,
      .fixed = WSI_FIXED_AT_END, .get_values = get_decoded },
  };
  g_autoptr (GRand) random = g_rand_new_with_seed (13);
  g_autofree Model *models = g_new (Model, N_RECORDS);
  g_autoptr (WsiStore) store = make_store (random, models);
  g_autoptr (WsiFields) fields = wsi_filter_fields_new ();
  gboolean expected[N_RECORDS] = { FALSE };
  guint n_ended = 0;

  for (guint i = 0; i < N_RECORDS; i++)
    n_ended += is_closed (&models[i]);
  wsi_fields_add (fields, facts, G_N_ELEMENTS (facts));
  n_decoded = 0;
  check_filter (store, fields, "start", expected);
  g_assert_cmpuint (n_decoded, ==, N_CONVERSATIONS);
  n_decoded = 0;
  check_filter (store, fields, "end", expected);
  g_assert_cmpuint (n_decoded, ==, N_RECORDS - n_ended + 1);
}

static gboolean
get_counted (WsiSubject *subject,
             gint64     *number)
{
  n_decoded++;
  *number = 1;
  return TRUE;
}

/* The number that decides alone is read once: for its connection, or for its record. */
static void
test_gate (void)
{
  static const WsiField facts[] = {
    { .name = "own", .description = "", .type = WSI_VALUE_NUMBER, .cost = WSI_COST_RECORD,
      .get_number = get_counted },
    { .name = "start", .description = "", .type = WSI_VALUE_NUMBER, .cost = WSI_COST_CONVERSATION,
      .fixed = WSI_FIXED_AT_START, .get_number = get_counted },
  };
  g_autoptr (GRand) random = g_rand_new_with_seed (13);
  g_autofree Model *models = g_new (Model, N_RECORDS);
  g_autoptr (WsiStore) store = make_store (random, models);
  g_autoptr (WsiFields) fields = wsi_filter_fields_new ();
  gboolean expected[N_RECORDS];

  for (guint i = 0; i < N_RECORDS; i++)
    expected[i] = TRUE;
  wsi_fields_add (fields, facts, G_N_ELEMENTS (facts));
  n_decoded = 0;
  check_filter (store, fields, "own == 1", expected);
  g_assert_cmpuint (n_decoded, ==, N_RECORDS);
  n_decoded = 0;
  check_filter (store, fields, "start == 1", expected);
  g_assert_cmpuint (n_decoded, ==, N_CONVERSATIONS);
}

typedef struct
{
  GThread *thread;
  GArray  *numbers;
  guint64  ends[16];            /* ends of the chunks */
  guint    n_chunks;
  guint    percent, n_progress; /* percentage of a search; number of times that it was notified */
  guint64  end;
  gboolean is_done;
  GError  *error;
  guint64  n_given_up;
  guint64  found;
  GCancellable *cancellable;
} Run;

static void
on_hits (const guint64 *numbers,
         gsize          n,
         guint64        end,
         gpointer       user_data)
{
  Run *run = user_data;

  g_assert_true (g_thread_self () == run->thread);
  g_assert_cmpuint (end, >=, run->end);
  g_assert_false (run->is_done);
  g_array_append_vals (run->numbers, numbers, n);
  if (run->n_chunks < G_N_ELEMENTS (run->ends))
    run->ends[run->n_chunks] = end;
  run->n_chunks++;
  run->end = end;
  if (run->cancellable != NULL)
    g_cancellable_cancel (run->cancellable);
}

static void
on_run (GObject      *object,
        GAsyncResult *result,
        gpointer      user_data)
{
  Run *run = user_data;

  run->is_done = TRUE;
  wsi_filter_run_finish (NULL, result, &run->n_given_up, &run->error);
}

static void
on_found (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  Run *run = user_data;

  run->is_done = TRUE;
  run->found = wsi_filter_search_finish (NULL, result, &run->error);
}

static WsiStore *
make_large_store (void)
{
  WsiStore *store = wsi_store_new (MANY / 2, WSI_DEFAULT_MAX_PAYLOAD);
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  g_autoptr (WsiConversation) conversation = opened_conversation (store, &opening, 0);

  for (guint i = 0; i < MANY; i++)
    {
      const Model model = { .opcode = i % 1000 == 0 ? 9 : 1, .fin = 1, .payload = "a" };

      append (store, conversation, &model);
    }
  return store;
}

static void
run_begin (Run *run)
{
  *run = (Run) { .thread = g_thread_self () };
  run->numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
}

static void
run_clear (Run *run)
{
  g_clear_error (&run->error);
  g_array_unref (run->numbers);
}

static void
wait_for (Run *run)
{
  while (!run->is_done)
    g_main_context_iteration (NULL, TRUE);
}

#define BATCH 256               /* records that are tested together */
#define CHUNK 65536             /* records after which hits are delivered in any case */

/* Hits are delivered as soon as they fill a screen, and then now and then. */
static const struct
{
  const char *name, *filter;
  guint64     first_chunk;
} chunkings[] = {
  { "many-hits", "text", BATCH },
  { "some-hits", "ping", 64 * 1000 },
  { "no-hits", "binary", CHUNK },
};

static void
test_chunks (gconstpointer data)
{
  const gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (WsiStore) store = make_large_store ();
  g_autoptr (WsiFilter) filter = wsi_filter_new (chunkings[i].filter, NULL);
  const WsiFilterRange range = { .end = G_MAXUINT64 };
  guint64 first = wsi_store_get_first (store);
  Run run;

  run_begin (&run);
  wsi_filter_run_async (filter, store, &range, NULL, on_hits, &run, on_run, &run);
  wait_for (&run);
  g_assert_cmpuint (run.n_chunks, >=, 2);
  g_assert_cmpuint (run.n_chunks, <=, G_N_ELEMENTS (run.ends));
  g_assert_cmpuint (run.ends[0] - first, >=, MAX (chunkings[i].first_chunk, 1000 + BATCH) - 1000);
  g_assert_cmpuint (run.ends[0] - first, <, chunkings[i].first_chunk + BATCH);
  for (guint j = 1; j + 1 < run.n_chunks; j++)
    g_assert_cmpuint (run.ends[j] - run.ends[j - 1], ==, CHUNK);
  g_assert_cmpuint (run.ends[run.n_chunks - 1], ==, MANY);
  run_clear (&run);
}

/* Half of the records are gone: the run begins at the oldest that is left. */
static void
test_run (void)
{
  g_autoptr (WsiStore) store = make_large_store ();
  g_autoptr (WsiFilter) filter = wsi_filter_new ("ping", NULL);
  const WsiFilterRange range = { .end = G_MAXUINT64 };
  guint64 first = wsi_store_get_first (store);
  Run run;

  run_begin (&run);
  wsi_filter_run_async (filter, store, &range, NULL, on_hits, &run, on_run, &run);
  g_assert_cmpuint (run.n_chunks, ==, 0);
  wait_for (&run);

  g_assert_no_error (run.error);
  g_assert_cmpuint (first, >, 0);
  g_assert_cmpuint (run.end, ==, MANY);
  g_assert_cmpuint (run.n_chunks, >, 1);
  g_assert_cmpuint (run.numbers->len, ==, (MANY - 1) / 1000 - (first - 1) / 1000);
  for (guint i = 0; i < run.numbers->len; i++)
    g_assert_cmpuint (g_array_index (run.numbers, guint64, i), ==,
                      ((first + 999) / 1000 + i) * 1000);
  run_clear (&run);
}

static void
test_part (void)
{
  g_autoptr (WsiStore) store = make_large_store ();
  g_autoptr (WsiFilter) filter = wsi_filter_new ("ping", NULL);
  const WsiFilterRange range = { .first = MANY - 1000, .end = MANY - 999 };
  Run run;

  run_begin (&run);
  wsi_filter_run_async (filter, store, &range, NULL, on_hits, &run, on_run, &run);
  wait_for (&run);
  g_assert_cmpuint (run.numbers->len, ==, 1);
  g_assert_cmpuint (run.end, ==, MANY - 999);
  run_clear (&run);
}

static void
test_gone (void)
{
  g_autoptr (WsiStore) store = make_large_store ();
  g_autoptr (WsiFilter) filter = wsi_filter_new ("ping", NULL);
  g_autoptr (WsiMatcher) matcher = wsi_matcher_new (filter, store);
  guint64 hits[1000];
  guint64 first = wsi_store_get_first (store), n = (MANY - 1) / 1000 - (first - 1) / 1000;

  g_assert_cmpuint (wsi_matcher_match_range (matcher, 0, MANY + 1000, hits), ==, n);
  g_assert_cmpuint (wsi_matcher_match_range (matcher, 0, first, hits), ==, 0);
  g_assert_cmpuint (wsi_matcher_match_range (matcher, MANY, G_MAXUINT64, hits), ==, 0);
}

/* After a cancel no hits are delivered, and the result is the error. */
static void
test_cancel (void)
{
  g_autoptr (WsiStore) store = make_large_store ();
  g_autoptr (WsiFilter) filter = wsi_filter_new ("not ping", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  const WsiFilterRange range = { .end = G_MAXUINT64 };
  Run run;

  run_begin (&run);
  run.cancellable = cancellable;
  wsi_filter_run_async (filter, store, &range, cancellable, on_hits, &run, on_run, &run);
  wait_for (&run);
  g_assert_error (run.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (run.n_chunks, ==, 1);
  /* The first hits do not wait for a whole chunk. */
  g_assert_cmpuint (run.end, <, wsi_store_get_first (store) + 1000);
  run_clear (&run);
}

/* The percentage grows to 100 or less. */
static void
on_progress (guint    percent,
             gpointer data)
{
  Run *run = data;

  g_assert_cmpuint (percent, <=, 100);
  g_assert_cmpuint (percent, >=, run->percent);
  run->percent = percent;
  run->n_progress++;
}

static guint n_progress;        /* of the last search */

static guint64
search (WsiFilter         *filter,
        WsiStore          *store,
        guint64            from,
        WsiSearchDirection direction)
{
  Run run;

  run_begin (&run);
  wsi_filter_search_async (filter, store, from, direction, on_progress, &run, NULL, on_found,
                           &run);
  wait_for (&run);
  g_assert_no_error (run.error);
  n_progress = run.n_progress;
  run_clear (&run);
  return run.found;
}

static void
test_search (void)
{
  g_autoptr (WsiStore) store = make_large_store ();
  g_autoptr (WsiFilter) filter = wsi_filter_new ("ping", NULL);
  g_autoptr (WsiFilter) nowhere = wsi_filter_new ("pong", NULL);
  g_autoptr (WsiFilter) nearly_all = wsi_filter_new ("not ping", NULL);
  guint64 first = wsi_store_get_first (store), oldest = (first + 999) / 1000 * 1000;

  g_assert_cmpuint (search (filter, store, WSI_NO_RECORD, WSI_SEARCH_FORWARD), ==, oldest);
  g_assert_cmpuint (search (filter, store, oldest, WSI_SEARCH_FORWARD), ==, oldest + 1000);
  g_assert_cmpuint (search (filter, store, oldest + 999, WSI_SEARCH_FORWARD), ==, oldest + 1000);
  g_assert_cmpuint (search (filter, store, MANY - 1000, WSI_SEARCH_FORWARD), ==, WSI_NO_RECORD);
  g_assert_cmpuint (search (filter, store, WSI_NO_RECORD, WSI_SEARCH_BACKWARD), ==, MANY - 1000);
  g_assert_cmpuint (search (filter, store, MANY - 1000, WSI_SEARCH_BACKWARD), ==, MANY - 2000);
  g_assert_cmpuint (search (filter, store, oldest + 1, WSI_SEARCH_BACKWARD), ==, oldest);
  g_assert_cmpuint (search (filter, store, oldest, WSI_SEARCH_BACKWARD), ==, WSI_NO_RECORD);
  g_assert_cmpuint (search (filter, store, 0, WSI_SEARCH_FORWARD), ==, oldest);
  g_assert_cmpuint (search (nearly_all, store, MANY - 500, WSI_SEARCH_FORWARD), ==, MANY - 499);
  g_assert_cmpuint (search (nearly_all, store, MANY - 500, WSI_SEARCH_BACKWARD), ==, MANY - 501);
  g_assert_cmpuint (search (nowhere, store, WSI_NO_RECORD, WSI_SEARCH_FORWARD), ==,
                    WSI_NO_RECORD);
  g_assert_cmpuint (n_progress, ==, (MANY - first) / CHUNK);
}

static void
test_search_cancelled (void)
{
  g_autoptr (WsiStore) store = make_large_store ();
  g_autoptr (WsiFilter) filter = wsi_filter_new ("pong", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Run run;

  run_begin (&run);
  g_cancellable_cancel (cancellable);
  wsi_filter_search_async (filter, store, WSI_NO_RECORD, WSI_SEARCH_FORWARD, on_progress, &run,
                           cancellable, on_found, &run);
  wait_for (&run);
  g_assert_error (run.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  run_clear (&run);
}

/* An expression with very many states, and a payload that visits them, and has the byte that each
 * match contains: the run ends, and says that
 * one record could not be decided. */
static void
test_given_up (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autoptr (WsiStore) store = wsi_store_new (1000, WSI_DEFAULT_MAX_PAYLOAD);
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  g_autoptr (WsiConversation) conversation = opened_conversation (store, &opening, 0);
  g_autoptr (WsiFilter) filter = wsi_filter_new ("text ~ \"[abd]*a[abd]{18}c\"", NULL);
  const WsiFilterRange range = { .end = G_MAXUINT64 };
  gsize length = 4 * 1024 * 1024;
  g_autofree char *payload = g_malloc0 (length + 1);
  Run run;

  for (gsize i = 0; i < length; i++)
    payload[i] = g_rand_boolean (random) ? 'a' : 'b';
  payload[0] = 'c';
  append (store, conversation, &(Model) { .opcode = 1, .fin = 1, .payload = payload });
  append (store, conversation,
          &(Model) { .opcode = 1, .fin = 1, .payload = "aaaaaaaaaaaaaaaaaaac" });

  run_begin (&run);
  wsi_filter_run_async (filter, store, &range, NULL, on_hits, &run, on_run, &run);
  wait_for (&run);
  g_assert_no_error (run.error);
  g_assert_cmpuint (run.n_given_up, ==, 1);
  g_assert_cmpuint (run.numbers->len, ==, 1);
  run_clear (&run);
}

/* A reading of the store ends after some MiB of payload, and after a search that was given up. */
static void
test_long_readings (void)
{
  static const struct
  {
    const char *filter;
    guint64     n_tested;
  } readings[] = {
    { "text contains c", 2 },
    { "text ~ \"[abd]*a[abd]{18}c\"", 1 },
    { "opcode == text", 3 },
  };
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autoptr (WsiStore) store = wsi_store_new (1000, WSI_DEFAULT_MAX_PAYLOAD);
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  g_autoptr (WsiConversation) conversation = opened_conversation (store, &opening, 0);
  gsize length = WSI_MATCHER_MAX_READ / 2;
  g_autofree char *payload = g_malloc0 (length + 1);

  for (gsize i = 0; i < length; i++)
    payload[i] = g_rand_boolean (random) ? 'a' : 'b';
  payload[0] = 'c';
  for (guint i = 0; i < 3; i++)
    append (store, conversation, &(Model) { .opcode = 1, .fin = 1, .payload = payload });

  for (gsize i = 0; i < G_N_ELEMENTS (readings); i++)
    {
      g_autoptr (WsiFilter) filter = wsi_filter_new (readings[i].filter, NULL);
      g_autoptr (WsiMatcher) matcher = wsi_matcher_new (filter, store);
      guint64 first = 0, hits[3];

      wsi_matcher_match_some (matcher, &first, 3, hits);
      g_assert_cmpuint (first, ==, readings[i].n_tested);
    }
}

/* A matcher that is made before the first record is there counts from that one. */
static void
test_empty_at_first (void)
{
  g_autoptr (WsiStore) store = wsi_store_new (1000, 1000);
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  g_autoptr (WsiConversation) conversation = opened_conversation (store, &opening, 0);
  g_autoptr (WsiFilter) filter = wsi_filter_new ("time == 1us", NULL);
  g_autoptr (WsiMatcher) matcher = wsi_matcher_new (filter, store);

  g_assert_false (wsi_matcher_match (matcher, 0));
  for (guint i = 0; i < 3; i++)
    append (store, conversation, &(Model) { .opcode = 1, .fin = 1, .payload = "" });
  g_assert_false (wsi_matcher_match (matcher, 0));
  g_assert_true (wsi_matcher_match (matcher, 1));
  g_assert_false (wsi_matcher_match (matcher, 2));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/filter-run/plan/says-what-each-condition-means", test_plans);
  g_test_add_func ("/inspector/filter-run/plan/cheap-terms-decide-without-the-others", test_order);
  g_test_add_func ("/inspector/filter-run/plan/facts-of-a-connection-are-read-once", test_cached);
  g_test_add_func ("/inspector/filter-run/plan/a-number-that-decides-is-read-once", test_gate);
  g_test_add_func ("/inspector/filter-run/run/delivers-in-order-in-the-caller's-thread",
                   test_run);
  ADD_ROWS_AS ("/inspector/filter-run/run/delivers-%s", chunkings, test_chunks);
  g_test_add_func ("/inspector/filter-run/run/keeps-to-its-range", test_part);
  g_test_add_func ("/inspector/filter-run/run/records-that-are-gone-are-skipped", test_gone);
  g_test_add_func ("/inspector/filter-run/run/cancelled-delivers-no-more", test_cancel);
  g_test_add_func ("/inspector/filter-run/run/SEC-127-budget-is-per-record-and-reported",
                   test_given_up);
  g_test_add_func ("/inspector/filter-run/run/SEC-127-readings-are-short", test_long_readings);
  g_test_add_func ("/inspector/filter-run/run/times-count-from-the-first-record",
                   test_empty_at_first);
  g_test_add_func ("/inspector/filter-run/search/next-and-previous", test_search);
  g_test_add_func ("/inspector/filter-run/search/cancelled", test_search_cancelled);

  return g_test_run ();
}
