/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Counts of the workers of a server, for WspServerStats. */
#include "endpoint/serving/wsp-server-private.h"

#include <string.h>

#include "base/wsp-count-private.h"

#define N_SINGLE_CODES 16       /* from 1000 on */

static const struct
{
  const char *limit;
  WspRefusal  refusal;
} refusal_rows[] = {
  { "max-connections", WSP_REFUSAL_MAX_CONNECTIONS },
  { "max-connections-per-address", WSP_REFUSAL_MAX_CONNECTIONS_PER_ADDRESS },
  { "max-pending-handshakes", WSP_REFUSAL_MAX_PENDING_HANDSHAKES },
  { "handshake-timeout", WSP_REFUSAL_HANDSHAKE_TIMEOUT },
  { "max-head-size", WSP_REFUSAL_HEAD },
  { "max-header-fields", WSP_REFUSAL_HEAD },
};

WspWorkerCounts *
wsp_worker_counts_acquire (WspServer *self)
{
  WspWorkerCounts *counts = self->counts;

  while (counts != NULL && counts->is_used)
    counts = counts->next;

  if (counts == NULL)
    {
      counts = g_new0 (WspWorkerCounts, 1);
      counts->next = self->counts;
      g_atomic_pointer_set (&self->counts, counts);
    }

  counts->is_used = TRUE;
  return counts;
}

void
wsp_worker_counts_release (WspWorkerCounts *self)
{
  self->is_used = FALSE;
}

void
wsp_worker_counts_free_all (WspWorkerCounts *self)
{
  WspWorkerCounts *next;

  for (; self != NULL; self = next)
    {
      g_assert (!self->is_used);
      next = self->next;
      g_free (self);
    }
}

void
wsp_worker_counts_add_refusal (WspWorkerCounts *self,
                               const char      *limit)
{
  for (guint i = 0; limit != NULL && i < G_N_ELEMENTS (refusal_rows); i++)
    {
      if (strcmp (refusal_rows[i].limit, limit) == 0)
        wsp_count_add (&self->refused[refusal_rows[i].refusal], 1);
    }
}

guint
wsp_end_code_find (guint code)
{
  if (code >= 1000 && code < 1000 + N_SINGLE_CODES)
    return code - 1000;

  if (code >= 3000 && code < 5000)
    return N_SINGLE_CODES + code / 1000 - 3;

  return WSP_N_END_CODES;
}

void
wsp_worker_counts_add_end (WspWorkerCounts *self,
                           guint            code)
{
  guint found = wsp_end_code_find (code);

  g_assert (found < WSP_N_END_CODES);
  wsp_count_add (&self->ended[found], 1);
}
