/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Evaluates a plan.  The depth of a filter is limited, and so is the recursion. */

#include "inspect/filter/wsi-plan-private.h"

#include "inspect/filter/pattern/wsi-pattern.h"
#include "inspect/store/wsi-conversation.h"

#define MAX_CACHED_CONVERSATIONS 65536
#define MAX_UNANSWERED 65536    /* requests that are remembered, as many as by an interpreter */

/* The result of a term for a conversation. */
enum
{
  NOT_KNOWN,
  NO_MATCH,
  MATCH,
};

struct _WsiMatcher
{
  WsiFilter   *filter;
  WsiSubject   subject;
  WsiScanner **scanners;        /* scanners of the filter's patterns; NULL = not needed yet */
  GHashTable  *caches;          /* number of a conversation to an array, one byte for each term */
  guint32      cache_number;    /* number of the conversation of cache */
  guint8      *cache;
  guint64      n_given_up;
  GHashTable  *unanswered;      /* numbers of requests that do not match; NULL = not asked for */
  GArray      *answered;        /* numbers in unanswered that have a reply now, to test again */
  GArray      *late;            /* numbers that wsi_matcher_take_late () gives; NULL = none */
};

WsiMatcher *
wsi_matcher_new (WsiFilter *filter,
                 WsiStore  *store)
{
  WsiMatcher *self = g_new0 (WsiMatcher, 1);

  self->filter = wsi_filter_ref (filter);
  wsi_subject_init (&self->subject, store, filter->plan.root->cost);
  self->scanners = g_new0 (WsiScanner *, filter->plan.n_scanners + 1);
  self->caches = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  if (wsi_filter_asks_for_replies (filter))
    {
      self->unanswered = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      self->answered = g_array_new (FALSE, FALSE, sizeof (guint64));
    }
  return self;
}

void
wsi_matcher_free (WsiMatcher *self)
{
  for (guint i = 0; i < self->filter->plan.n_scanners; i++)
    g_clear_pointer (&self->scanners[i], wsi_scanner_free);
  g_free (self->scanners);
  g_hash_table_unref (self->caches);
  g_clear_pointer (&self->unanswered, g_hash_table_unref);
  g_clear_pointer (&self->answered, g_array_unref);
  g_clear_pointer (&self->late, g_array_unref);
  wsi_subject_clear (&self->subject);
  wsi_filter_unref (self->filter);
  g_free (self);
}

void
wsi_matcher_copy_choices (WsiMatcher           *self,
                          const WsiInterpreter *interpreter)
{
  self->subject.max_payload = wsi_interpreter_get_max_length (interpreter);
  if (self->subject.interpreter != NULL)
    wsi_interpreter_copy_choices (self->subject.interpreter, interpreter);
}

/* Whether the term matches all numbers above a bound, for a number of which only the bound is
 * known. */
static gboolean
is_bound_match (WsiMatcher    *self,
                const WsiStep *step)
{
  const WsiGetNumber get_bound = step->node->field->get_bound;
  gint64 bound;

  if (get_bound == NULL || !get_bound (&self->subject, &bound))
    return FALSE;

  if (step->is_outside)
    return step->high <= bound;
  return step->high == G_MAXINT64 && (step->low <= 0 || step->low - 1 <= bound);
}

static gboolean
is_range_match (WsiMatcher    *self,
                const WsiStep *step)
{
  gint64 number;

  if (!step->get_number (&self->subject, &number))
    return is_bound_match (self, step);

  return (number >= step->low && number <= step->high) != step->is_outside;
}

/* A search that is given up has taken as long as the reading of many payloads. */
static void
count_given_up (WsiMatcher *self,
                guint       n)
{
  self->n_given_up += n;
  self->subject.n_read += n * WSI_MATCHER_MAX_READ;
}

static gboolean
are_values_match (WsiMatcher    *self,
                  const WsiStep *step)
{
  WsiValues values = { .node = step->node, .scanners = self->scanners + step->scanner };
  const WsiField *field = step->node->field;
  gint64 number;

  if (field->get_number == NULL)
    field->get_values (&self->subject, (const WsiPathStep *) step->node->path->data,
                       step->node->path->len, &values);
  else if (field->get_number (&self->subject, &number))
    wsi_values_add_number (&values, number);
  count_given_up (self, values.n_given_up);
  return wsi_values_are_match (&values);
}

static gboolean
is_search_match (WsiMatcher    *self,
                 const WsiStep *step)
{
  guint n_given_up = 0;
  gsize length;
  const guint8 *payload = wsi_subject_get_payload (&self->subject, &length);
  gboolean is_match = payload != NULL &&
                      wsi_values_search (&self->scanners[step->scanner],
                                         step->node->literals->pdata[0], payload, length,
                                         &n_given_up);

  count_given_up (self, n_given_up);
  return is_match;
}

/* Whether a fact of a conversation is as it will stay. */
static gboolean
is_fixed (WsiMatcher *self,
          WsiFixed    fixed)
{
  WsiConversation *conversation = wsi_subject_get_conversation (&self->subject);

  if (conversation == NULL || wsi_conversation_get_state (conversation) == WSI_STATE_ENCRYPTED)
    return FALSE;
  if (fixed == WSI_FIXED_AT_START || wsi_conversation_get_ending (conversation) != WSI_ENDING_NONE)
    return TRUE;
  return fixed == WSI_FIXED_AT_HANDSHAKE && wsi_conversation_is_answered (conversation);
}

/* A matcher that lives for long does not remember more conversations than this. */
static guint8 *
find_cache (WsiMatcher *self)
{
  guint32 number = self->subject.record->conversation;

  if (self->cache != NULL && self->cache_number == number)
    return self->cache;

  self->cache = g_hash_table_lookup (self->caches, GUINT_TO_POINTER (number));
  self->cache_number = number;
  if (self->cache != NULL)
    return self->cache;

  if (g_hash_table_size (self->caches) == MAX_CACHED_CONVERSATIONS)
    g_hash_table_remove_all (self->caches);
  self->cache = g_new0 (guint8, self->filter->plan.n_cached);
  g_hash_table_insert (self->caches, GUINT_TO_POINTER (number), self->cache);
  return self->cache;
}

static gboolean is_match (WsiMatcher    *self,
                          const WsiStep *step);

static gboolean
is_cached_match (WsiMatcher    *self,
                 const WsiStep *step)
{
  guint8 *result = &find_cache (self)[step->cache];
  gboolean may_keep, matches;

  if (*result != NOT_KNOWN)
    return *result == MATCH;

  /* asked before the value is read: the fact may be set between */
  may_keep = is_fixed (self, step->node->field->fixed);
  matches = step->kind == WSI_STEP_RANGE ? is_range_match (self, step)
                                         : are_values_match (self, step);
  if (may_keep)
    *result = matches ? MATCH : NO_MATCH;
  return matches;
}

/* Whether one of the children has this result. */
static gboolean
has_child (WsiMatcher    *self,
           const WsiStep *step,
           gboolean       result)
{
  for (guint i = 0; i < step->n_children; i++)
    if (is_match (self, step->children[i]) == result)
      return TRUE;
  return FALSE;
}

static gboolean
is_match (WsiMatcher    *self,
          const WsiStep *step)
{
  if (step->cache != WSI_NOT_CACHED)
    return is_cached_match (self, step);

  switch (step->kind)
    {
    case WSI_STEP_OR:
      return has_child (self, step, TRUE);

    case WSI_STEP_AND:
      return !has_child (self, step, FALSE);

    case WSI_STEP_NOT:
      return !is_match (self, step->children[0]);

    case WSI_STEP_RANGE:
      return is_range_match (self, step);

    case WSI_STEP_VALUES:
      return are_values_match (self, step);

    case WSI_STEP_SEARCH:
      return is_search_match (self, step);
    }
  return FALSE;
}

/* The number of a record that has to be in a range for all else: most records fail it, and the plan
 * is not evaluated for them.  NULL: there is none. */
static const WsiStep *
find_gate (const WsiStep *root)
{
  const WsiStep *step = root->kind == WSI_STEP_AND ? root->children[0] : root;

  return step->kind == WSI_STEP_RANGE && step->cache == WSI_NOT_CACHED ? step : NULL;
}

static void
note_pairing (WsiMatcher *self,
              guint64     number)
{
  guint64 request;

  switch (wsi_interpreter_get_pairing (self->subject.interpreter, &request))
    {
    case WSI_PAIRING_REQUEST:
      if (g_hash_table_size (self->unanswered) == MAX_UNANSWERED)
        g_hash_table_remove_all (self->unanswered);
      g_hash_table_add (self->unanswered, g_memdup2 (&number, sizeof number));
      break;

    case WSI_PAIRING_REPLY:
      if (g_hash_table_remove (self->unanswered, &request))
        g_array_append_val (self->answered, request);
      break;

    case WSI_PAIRING_NONE:
      break;
    }
}

/* Lets the interpreter learn records before they are tested, where a reply is asked for: a request
 * may have it then.  Other records are learned one by one, as what was learned last is at hand. */
static void
matcher_learn (WsiMatcher      *self,
               guint64          first,
               const WsiRecord *records,
               guint64          n_records)
{
  for (guint64 i = 0; self->unanswered != NULL && i < n_records; i++)
    {
      wsi_interpreter_learn (self->subject.interpreter, first + i, &records[i]);
      note_pairing (self, first + i);
    }
}

/* Requests before a record are tested again; those from it on are tested for the first time. */
static void
match_answered (WsiMatcher *self,
                guint64     first)
{
  for (guint i = 0; self->answered != NULL && i < self->answered->len; i++)
    {
      guint64 number = g_array_index (self->answered, guint64, i);

      if (number >= first || !wsi_subject_move (&self->subject, number) ||
          !is_match (self, self->filter->plan.root))
        continue;
      if (self->late == NULL)
        self->late = g_array_new (FALSE, FALSE, sizeof (guint64));
      g_array_append_val (self->late, number);
    }
  if (self->answered != NULL)
    g_array_set_size (self->answered, 0);
}

/* Forgets a request that matches without its reply, or with one that another interpreter has found:
 * it must not be found again. */
static void
note_match (WsiMatcher *self,
            guint64     number)
{
  if (self->unanswered != NULL)
    g_hash_table_remove (self->unanswered, &number);
}

/* Records that follow each other in memory; n_records becomes how many of them were tested. */
static gsize
match_run (WsiMatcher      *self,
           guint64          first,
           const WsiRecord *records,
           guint64         *n_records,
           guint64         *numbers)
{
  const WsiStep *root = self->filter->plan.root, *gate = find_gate (root);
  WsiInterpreter *learner = self->unanswered == NULL ? self->subject.interpreter : NULL;
  gsize n = 0;

  matcher_learn (self, first, records, *n_records);
  match_answered (self, first);
  for (guint64 i = 0; i < *n_records; i++)
    {
      if (learner != NULL)
        wsi_interpreter_learn (learner, first + i, &records[i]);
      wsi_subject_set (&self->subject, first + i, &records[i]);
      if (gate != NULL && !is_range_match (self, gate))
        continue;
      if (gate == root || is_match (self, root))
        {
          note_match (self, first + i);
          numbers[n++] = first + i;
        }
      if (self->subject.n_read >= WSI_MATCHER_MAX_READ)
        *n_records = i + 1;
    }
  return n;
}

gsize
wsi_matcher_match_some (WsiMatcher *self,
                        guint64    *first,
                        guint64     end,
                        guint64    *numbers)
{
  WsiStore *store = self->subject.store;
  guint reading = wsi_store_begin_reading (store);
  gsize n = 0;

  self->subject.n_read = 0;
  while (*first < end && self->subject.n_read < WSI_MATCHER_MAX_READ)
    {
      guint64 n_records, oldest = wsi_store_get_first (store);
      const WsiRecord *records = wsi_store_get_run (store, *first, &n_records);

      if (records == NULL && *first >= oldest)
        *first = end;
      else if (records == NULL)
        *first = oldest;
      else
        {
          n_records = MIN (n_records, end - *first);
          n += match_run (self, *first, records, &n_records, numbers + n);
          *first += n_records;
        }
    }
  wsi_subject_forget (&self->subject);
  wsi_store_end_reading (store, reading);
  return n;
}

gboolean
wsi_matcher_match (WsiMatcher *self,
                   guint64     number)
{
  guint64 hit;

  return wsi_matcher_match_range (self, number, number + 1, &hit) == 1;
}

gsize
wsi_matcher_match_range (WsiMatcher *self,
                         guint64     first,
                         guint64     end,
                         guint64    *numbers)
{
  gsize n = 0;

  while (first < end)
    n += wsi_matcher_match_some (self, &first, end, numbers + n);
  return n;
}

GArray *
wsi_matcher_take_late (WsiMatcher *self)
{
  return g_steal_pointer (&self->late);
}

guint64
wsi_matcher_get_n_given_up (WsiMatcher *self)
{
  return self->n_given_up;
}
