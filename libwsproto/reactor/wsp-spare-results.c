/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "reactor/wsp-spare-results-private.h"

typedef struct
{
  GPtrArray *results;           /* (WspCompletion) */
  guint      n_unused;          /* least number of results since the last trimming */
} SpareResults;

static void
spare_results_free (gpointer part)
{
  SpareResults *self = part;

  g_ptr_array_unref (self->results);
  g_free (self);
}

static SpareResults *
ensure_results (WspReactor *reactor)
{
  SpareResults *self = wsp_reactor_get_part (reactor, WSP_REACTOR_PART_RESULTS);

  if (self != NULL)
    return self;

  self = g_new0 (SpareResults, 1);
  self->results = g_ptr_array_new_with_free_func (g_object_unref);
  wsp_reactor_set_part (reactor, WSP_REACTOR_PART_RESULTS, self, spare_results_free);
  return self;
}

WspCompletion *
wsp_spare_results_take (WspReactor *reactor)
{
  SpareResults *self;

  if (!wsp_reactor_is_in_thread (reactor))
    return NULL;

  self = wsp_reactor_get_part (reactor, WSP_REACTOR_PART_RESULTS);
  if (self == NULL || self->results->len == 0)
    return NULL;

  self->n_unused = MIN (self->n_unused, self->results->len - 1);
  /* g_ptr_array_steal_index () costs three times as much. */
  return self->results->pdata[--self->results->len];
}

void
wsp_spare_results_keep (WspReactor    *reactor,
                        WspCompletion *result)
{
  SpareResults *self = ensure_results (reactor);

  if (self->results->len < WSP_MAX_SPARE_RESULTS)
    g_ptr_array_add (self->results, result);
  else
    g_object_unref (result);
}

guint
wsp_spare_results_trim (WspReactor *reactor)
{
  SpareResults *self = wsp_reactor_get_part (reactor, WSP_REACTOR_PART_RESULTS);

  if (self == NULL)
    return 0;

  if (self->n_unused > 0)
    g_ptr_array_remove_range (self->results, 0, self->n_unused);
  self->n_unused = self->results->len;
  return self->n_unused;
}
