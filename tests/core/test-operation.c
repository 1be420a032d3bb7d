/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/engine/operation.h"
#include "lib/tap.h"

#include <stdlib.h>
#include <string.h>

/* Random insertions and removals, compared with a plain array. */
static bool
is_like_an_array (unsigned seed)
{
  WscOperationQueue queue = { NULL };
  uint32_t model[200], n = 0, last = 0;
  bool is_right = true;

  srand (seed);
  for (int step = 0; step < 4000 && is_right; step++)
    {
      if (n < 200 && rand () % 5 < (step / 500 % 2 ? 1 : 3))
        {
          uint32_t index = rand () % 3 == 0 ? (uint32_t) rand () % (n + 1) : n;
          WscOperation *operation = wsc_operation_queue_insert (&queue, index);

          memmove (model + index + 1, model + index, (n++ - index) * sizeof model[0]);
          model[index] = operation->id = ++last;
        }
      else if (n > 0)
        {
          wsc_operation_queue_take (&queue);
          memmove (model, model + 1, --n * sizeof model[0]);
        }
      for (uint32_t i = 0; i < n; i++)
        is_right = is_right && wsc_operation_queue_peek (&queue, i)->id == model[i];
      is_right = is_right && wsc_operation_queue_peek (&queue, n) == NULL;
    }
  wsc_operation_queue_clear (&queue);
  return is_right;
}

int
main (void)
{
  WscOperationQueue queue = { NULL };

  wsc_operation_queue_insert (&queue, 0);
  tap_point (queue.ring->capacity == WSC_FIRST_RING && wsc_operation_queue_get_count (&queue) == 1,
             "/core/operation/queue/first-one-takes-a-small-ring");
  wsc_operation_queue_take (&queue);
  tap_point (queue.ring != NULL && wsc_operation_queue_peek (&queue, 0) == NULL,
             "/core/operation/queue/empty-one-keeps-a-small-ring");
  for (uint32_t i = 0; i <= WSC_FIRST_RING; i++)
    wsc_operation_queue_append (&queue);
  tap_point (queue.ring->capacity == 2 * WSC_FIRST_RING &&
             wsc_operation_queue_get_count (&queue) == WSC_FIRST_RING + 1,
             "/core/operation/queue/one-more-than-it-holds-doubles-it");
  for (uint32_t i = 0; i <= WSC_FIRST_RING; i++)
    wsc_operation_queue_take (&queue);
  tap_point (queue.ring == NULL && wsc_operation_queue_peek (&queue, 0) == NULL,
             "/core/operation/queue/empty-one-frees-a-ring-that-has-grown");
  wsc_operation_queue_append (&queue);
  wsc_operation_queue_clear (&queue);
  tap_point (queue.ring == NULL && wsc_operation_queue_get_count (&queue) == 0,
             "/core/operation/queue/cleared-one-frees-its-ring");

  for (unsigned seed = 1; seed <= 8; seed++)
    tap_point (is_like_an_array (seed), "/core/operation/queue/keeps-its-order-with-seed-%u", seed);
  return tap_end ();
}
