/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/verdicts/wsi-problems.h"

#define RECORDS_AT_ONCE 50000
#define COST_AT_ONCE 5000       /* in rows with a fault; each costs more than one without */
#define COST_OF_END 5           /* cost of the end of a connection: the rules of the handshake are
                                 * checked */
#define PAIRS_AT_ONCE 256
#define MAX_PAIRS_AT_ONCE 50000
#define MAX_GROUPS 200          /* groups; beyond them, all of a kind are one more */
#define MAX_MARKS 32            /* marks of one connection */
#define MAX_CONNECTIONS 4096    /* connections that have marks */

typedef struct
{
  guint  n;
  gint64 times[MAX_MARKS];
} Marks;

struct _WsiProblems
{
  WsiStore   *store;
  guint32     conversation;     /* connection whose rows are looked at; 0 = all rows are */
  guint       slow_ms;
  guint64     n_read;           /* number of the next record */
  guint64     n_pairs;          /* pairs of request and reply that were read */
  guint64     n_messages;       /* messages with an error that were read */
  guint64     first;            /* first record of the store at the last update */
  guint64     version;
  guint       n_errors;         /* groups whose kind is an error */
  GPtrArray  *problems;         /* groups of rows (WsiProblem), in the order of the list */
  GHashTable *groups;           /* set of the problems, by verdict and peer */
  WsiProblem *all[WSI_N_VERDICT_KINDS]; /* problem with all rows of a kind, for many groups */
  GHashTable *marks;            /* number of a connection to Marks */
};

static guint
hash_problem (gconstpointer data)
{
  const WsiProblem *self = data;
  const guint facts[] = {
    self->verdict.kind, self->verdict.code, self->verdict.role, self->verdict.direction,
    self->verdict.answerer, self->field,
  };
  guint hash = self->peer != NULL ? g_str_hash (self->peer) : 0;

  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    hash = hash * 31 + facts[i];
  return hash;
}

static gboolean
are_equal (gconstpointer a,
           gconstpointer b)
{
  const WsiProblem *one = a, *other = b;

  return one->verdict.kind == other->verdict.kind && one->verdict.code == other->verdict.code &&
         one->verdict.role == other->verdict.role &&
         one->verdict.direction == other->verdict.direction &&
         one->verdict.answerer == other->verdict.answerer && one->field == other->field &&
         g_strcmp0 (one->peer, other->peer) == 0;
}

static WsiProblem *
new_problem (WsiProblems      *self,
             const WsiVerdict *verdict,
             WsiPeerField      field,
             const char       *peer)
{
  WsiProblem *problem = g_new0 (WsiProblem, 1);

  problem->verdict = *verdict;
  problem->field = field;
  problem->peer = g_strdup (peer);
  problem->conversation = self->conversation;
  problem->words = g_ptr_array_new_with_free_func (g_free);
  problem->rows = g_array_new (FALSE, FALSE, sizeof (WsiProblemRow));
  return problem;
}

static void
free_problem (gpointer data)
{
  WsiProblem *self = data;

  g_array_unref (self->rows);
  g_ptr_array_unref (self->words);
  g_free (self->peer);
  g_free (self);
}

static void
make_all (WsiProblems *self)
{
  for (guint i = 0; i < WSI_N_VERDICT_KINDS; i++)
    {
      const WsiVerdict verdict = {
        .kind = i, .code = WSI_ANY_CODE, .direction = WSI_NO_DIRECTION, .role = WSP_ROLE_CLIENT,
      };

      self->all[i] = new_problem (self, &verdict, WSI_PEER_NONE, NULL);
    }
}

/* Frees all problems; those that are listed are freed with the list. */
static void
problems_free_all (WsiProblems *self)
{
  for (guint i = 0; i < WSI_N_VERDICT_KINDS; i++)
    if (!g_hash_table_contains (self->groups, self->all[i]))
      free_problem (self->all[i]);
}

WsiProblems *
wsi_problems_new_of (WsiStore *store,
                     guint32   conversation)
{
  WsiProblems *self = g_new0 (WsiProblems, 1);

  self->store = g_object_ref (store);
  self->conversation = conversation;
  self->slow_ms = WSI_USUAL_SLOW_MS;
  self->problems = g_ptr_array_new_with_free_func (free_problem);
  self->groups = g_hash_table_new (hash_problem, are_equal);
  self->marks = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  make_all (self);
  return self;
}

WsiProblems *
wsi_problems_new (WsiStore *store)
{
  return wsi_problems_new_of (store, 0);
}

guint32
wsi_problems_get_conversation (WsiProblems *self)
{
  return self->conversation;
}

void
wsi_problems_free (WsiProblems *self)
{
  problems_free_all (self);
  g_hash_table_unref (self->groups);
  g_ptr_array_unref (self->problems);
  g_hash_table_unref (self->marks);
  g_object_unref (self->store);
  g_free (self);
}

void
wsi_problems_set_slow (WsiProblems *self,
                       guint        slow_ms)
{
  if (slow_ms == self->slow_ms)
    return;

  self->slow_ms = slow_ms;
  self->n_read = self->n_pairs = self->n_messages = 0;
  self->n_errors = 0;
  self->version++;
  problems_free_all (self);
  g_hash_table_remove_all (self->groups);
  g_ptr_array_set_size (self->problems, 0);
  g_hash_table_remove_all (self->marks);
  make_all (self);
}

guint
wsi_problems_get_slow (WsiProblems *self)
{
  return self->slow_ms;
}

/* Lists a problem, which self owns. */
static void
list_problem (WsiProblems *self,
              WsiProblem  *problem)
{
  const WsiVerdict *verdict = &problem->verdict;
  guint at = 0;

  while (at < self->problems->len && wsi_problems_get (self, at)->verdict.kind <= verdict->kind)
    at++;
  g_ptr_array_insert (self->problems, at, problem);
  g_hash_table_add (self->groups, problem);
  self->n_errors += wsi_verdict_get_severity (verdict) == WSI_SEVERITY_ERROR;
}

/* The problem of a verdict.  NULL: there are many groups, and that of all of the kind has the
 * row. */
static WsiProblem *
ensure_problem (WsiProblems      *self,
                const WsiVerdict *verdict,
                WsiPeerField      field,
                const char       *peer)
{
  const WsiProblem wanted = { .verdict = *verdict, .field = field, .peer = (char *) peer };
  WsiProblem *all = self->all[verdict->kind];
  WsiProblem *found = g_hash_table_lookup (self->groups, &wanted);

  if (found == NULL && self->problems->len < MAX_GROUPS)
    {
      found = new_problem (self, verdict, field, peer);
      list_problem (self, found);
    }
  if (found == NULL && !g_hash_table_contains (self->groups, all))
    list_problem (self, all);

  return found;
}

static void
count_row (WsiProblem          *problem,
           const WsiProblemRow *row)
{
  if (problem->n++ == 0)
    problem->first = *row;
  problem->last = *row;
  if (problem->rows->len < WSI_MAX_PROBLEM_ROWS)
    g_array_append_vals (problem->rows, row, 1);
}

static void
take_words (WsiProblem *problem,
            char       *words)
{
  g_autofree char *taken = words;

  if (words == NULL ||
      g_ptr_array_find_with_equal_func (problem->words, words, g_str_equal, NULL))
    return;

  if (problem->words->len < WSI_MAX_PROBLEM_WORDS)
    g_ptr_array_add (problem->words, g_steal_pointer (&taken));
  else
    problem->has_more_words = TRUE;
}

/* Adds a row; one that breaks several rules is one row of the group of all. */
static void
problems_add_row (WsiProblems      *self,
                  const WsiVerdict *verdict,
                  WsiConversation  *conversation,
                  guint64           number,
                  const WsiRecord  *record)
{
  WsiPeerField field;
  g_autofree char *peer = wsi_verdict_dup_peer (conversation, &field);
  WsiProblem *all = self->all[verdict->kind];
  WsiProblem *problem = ensure_problem (self, verdict, field, peer);
  const WsiProblemRow row = { number, record->time_us, record->conversation };

  if (problem != NULL)
    {
      count_row (problem, &row);
      take_words (problem, wsi_verdict_dup_words (verdict, self->store, number, conversation));
    }
  if (all->n == 0 || all->last.number != number)
    count_row (all, &row);
  self->version++;
}

/* Marks the time of a row; the last mark is always that of the last row. */
static void
problems_mark (WsiProblems     *self,
               const WsiRecord *record)
{
  gpointer key = GUINT_TO_POINTER (record->conversation);
  Marks *marks = g_hash_table_lookup (self->marks, key);

  if (marks == NULL && g_hash_table_size (self->marks) >= MAX_CONNECTIONS)
    return;

  if (marks == NULL)
    {
      marks = g_new0 (Marks, 1);
      g_hash_table_insert (self->marks, key, marks);
    }
  marks->n = MIN (marks->n + 1, MAX_MARKS);
  marks->times[marks->n - 1] = record->time_us;
}

static void
problems_judge (WsiProblems     *self,
                guint64          number,
                const WsiRecord *record)
{
  g_autoptr (WsiConversation) conversation =
    wsi_store_dup_conversation (self->store, record->conversation);
  WsiVerdict verdicts[WSI_MAX_VERDICTS];
  guint n = wsi_verdict_judge (self->store, number, record, conversation, self->slow_ms, verdicts);

  for (guint i = 0; i < n; i++)
    problems_add_row (self, &verdicts[i], conversation, number, record);
  if (record->fault != 0)
    problems_mark (self, record);
}

static gboolean
is_looked_at (const WsiProblems *self,
              const WsiRecord   *record)
{
  return self->conversation == 0 || record->conversation == self->conversation;
}

static guint
problems_get_cost (const WsiRecord *record)
{
  return record->kind == WSI_RECORD_KIND_EVENT && record->event == WSI_EVENT_ENDED ? COST_OF_END
                                                                                   : 1;
}

/* Reads rows up to a number, or as long as they cost no more than a slice may.  Returns the number
 * after the last one. */
static guint64
read_rows (WsiProblems *self,
           guint64      at,
           guint64      end)
{
  guint cost = 0;
  guint64 n;

  while (at < end && cost < COST_AT_ONCE)
    {
      const WsiRecord *run = wsi_store_get_run (self->store, at, &n);
      guint64 i = 0;

      if (run == NULL)
        return end;

      for (n = MIN (n, end - at); i < n && cost < COST_AT_ONCE; i++)
        if (wsi_verdict_is_possible (&run[i]) && is_looked_at (self, &run[i]))
          {
            problems_judge (self, at + i, &run[i]);
            cost += problems_get_cost (&run[i]);
          }
      at += i;
    }
  return at;
}

/* Adds a message.  verdict: that about a decoder's finding. */
static void
problems_add_message (WsiProblems      *self,
                      guint64           number,
                      const WsiVerdict *verdict)
{
  const WsiRecord *record = wsi_store_get_record (self->store, number);
  g_autoptr (WsiConversation) conversation =
    wsi_store_dup_conversation (self->store, record->conversation);

  if (is_looked_at (self, record))
    problems_add_row (self, verdict, conversation, number, record);
}

static void
judge_pair (WsiProblems   *self,
            const WsiPair *pair)
{
  WsiVerdict verdict;

  if (wsi_verdict_judge_pair (self->store, pair, self->slow_ms, &verdict))
    problems_add_message (self, pair->reply, &verdict);
}

static void
judge_message (WsiProblems *self,
               guint64      number)
{
  WsiVerdict verdict;

  if (wsi_verdict_judge_message (self->store, number, &verdict))
    problems_add_message (self, number, &verdict);
}

/* Reads messages, as problems_read_pairs () does. */
static gboolean
problems_read_messages (WsiProblems *self)
{
  guint64 numbers[PAIRS_AT_ONCE];
  guint n, n_all = 0;

  do
    {
      n = wsi_store_get_errors (self->store, &self->n_messages, numbers, G_N_ELEMENTS (numbers));
      for (guint i = 0; i < n; i++)
        judge_message (self, numbers[i]);
      n_all += n;
    }
  while (n == G_N_ELEMENTS (numbers) && n_all < COST_AT_ONCE);
  return n < G_N_ELEMENTS (numbers);
}

/* Reads pairs, which a decoder finds maybe long after their rows.  FALSE: there are more. */
static gboolean
problems_read_pairs (WsiProblems *self)
{
  WsiPair pairs[PAIRS_AT_ONCE];
  guint n, n_all = 0;

  do
    {
      n = wsi_store_get_pairs (self->store, &self->n_pairs, pairs, G_N_ELEMENTS (pairs));
      for (guint i = 0; i < n; i++)
        judge_pair (self, &pairs[i]);
      n_all += n;
    }
  while (n == G_N_ELEMENTS (pairs) && n_all < MAX_PAIRS_AT_ONCE);
  return n < G_N_ELEMENTS (pairs);
}

static guint
forget_rows (const WsiProblem *problem,
             guint64           first)
{
  guint n = problem->rows->len;

  for (guint i = n; i > 0; i--)
    if (g_array_index (problem->rows, WsiProblemRow, i - 1).number < first)
      g_array_remove_index (problem->rows, i - 1);
  return n - problem->rows->len;
}

static void
forget_evicted (WsiProblems *self)
{
  guint64 first = wsi_store_get_first (self->store);

  if (first == self->first)
    return;

  self->first = first;
  for (guint i = 0; i < self->problems->len; i++)
    self->version += forget_rows (wsi_problems_get (self, i), first);
  for (guint i = 0; i < WSI_N_VERDICT_KINDS; i++)
    forget_rows (self->all[i], first);
}

gboolean
wsi_problems_update (WsiProblems *self)
{
  guint reading = wsi_store_begin_reading (self->store);
  guint64 end = wsi_store_get_end (self->store);
  guint64 first = MAX (self->n_read, wsi_store_get_first (self->store));
  gboolean has_all_pairs, has_all_messages;

  forget_evicted (self);
  self->n_read = read_rows (self, first, MIN (end, first + RECORDS_AT_ONCE));
  has_all_pairs = problems_read_pairs (self);
  has_all_messages = problems_read_messages (self);
  wsi_store_end_reading (self->store, reading);
  return self->n_read == end && has_all_pairs && has_all_messages;
}

void
wsi_problems_take (WsiProblems *self,
                   guint64      number)
{
  guint reading = wsi_store_begin_reading (self->store);
  const WsiRecord *record = wsi_store_get_record (self->store, number);
  WsiPair pair = { .reply = number };

  if (record != NULL && wsi_verdict_is_possible (record) && is_looked_at (self, record))
    problems_judge (self, number, record);
  if (wsi_store_get_request (self->store, number, &pair.request))
    judge_pair (self, &pair);
  judge_message (self, number);
  wsi_store_end_reading (self->store, reading);
}

guint64
wsi_problems_get_version (WsiProblems *self)
{
  return self->version;
}

guint
wsi_problems_get_n (WsiProblems *self)
{
  return self->problems->len;
}

const WsiProblem *
wsi_problems_get (WsiProblems *self,
                  guint        i)
{
  return g_ptr_array_index (self->problems, i);
}

guint
wsi_problems_get_n_errors (WsiProblems *self)
{
  return self->n_errors;
}

gboolean
wsi_problems_find (WsiProblems      *self,
                   const WsiProblem *problem,
                   guint64          *number)
{
  guint64 first = wsi_store_get_first (self->store);

  for (guint i = 0; i < problem->rows->len; i++)
    {
      *number = g_array_index (problem->rows, WsiProblemRow, i).number;
      if (*number >= first)
        return TRUE;
    }

  *number = problem->last.number;
  return *number >= first;
}

guint
wsi_problems_get_times (WsiProblems *self,
                        guint32      conversation,
                        gint64      *times,
                        guint        n)
{
  const Marks *marks = g_hash_table_lookup (self->marks, GUINT_TO_POINTER (conversation));

  n = marks != NULL ? MIN (n, marks->n) : 0;
  for (guint i = 0; i < n; i++)
    times[i] = marks->times[i];
  return n;
}
