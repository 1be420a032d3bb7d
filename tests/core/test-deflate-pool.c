/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/frames/deflate-pool.h"

#include "lib/tap.h"

#include <string.h>

static size_t
deflate_hello (WscDeflater *deflater,
               uint8_t     *to,
               size_t       n)
{
  WscBytes hello = { (const uint8_t *) "Hello", 5 };
  bool is_done;

  return wsc_deflater_take (deflater, &hello, WSC_DEFLATE_MESSAGE, (WscBuffer) { to, n }, &is_done);
}

static void
test_deflaters (void)
{
  WscDeflatePool pool = { { NULL }, { NULL } };
  WscDeflater *first = wsc_deflate_pool_take_deflater (&pool, 15, 6, 8), *second;
  uint8_t before[32], after[32];
  size_t n = deflate_hello (first, before, sizeof before);

  wsc_deflate_pool_give_deflater (&pool, first);
  second = wsc_deflate_pool_take_deflater (&pool, 12, 6, 8);
  tap_point (second != first, "/core/deflate-pool/deflater-of-another-kind-is-not-taken");
  wsc_deflate_pool_give_deflater (&pool, second);
  second = wsc_deflate_pool_take_deflater (&pool, 15, 6, 8);
  tap_point (second == first, "/core/deflate-pool/SEC-91-deflater-is-used-again");
  tap_point (deflate_hello (second, after, sizeof after) == n && memcmp (before, after, n) == 0,
             "/core/deflate-pool/WS-221-deflater-forgot-its-window");
  wsc_deflate_pool_give_deflater (&pool, second);
  wsc_deflate_pool_clear (&pool);
}

static void
test_inflaters (void)
{
  static const uint8_t again[] = { 0xf2, 0x00, 0x11, 0x00, 0x00 };
  static const uint8_t hello[] = { 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00 };
  WscDeflatePool pool = { { NULL }, { NULL } };
  WscInflater *first = wsc_deflate_pool_take_inflater (&pool, 15), *second;
  WscBytes input = { hello, sizeof hello };
  uint8_t made_bytes[32];
  size_t made;

  /* Only after a whole message can the next one continue with its window. */
  wsc_inflater_take (first, &input, (WscBuffer) { made_bytes, sizeof made_bytes }, &made);
  tap_point (made == 5 && wsc_inflater_end (first) == WSC_FAULT_NONE,
             "/core/deflate-pool/inflater-has-ended-its-message");
  wsc_deflate_pool_give_inflater (&pool, first);
  second = wsc_deflate_pool_take_inflater (&pool, 9);
  tap_point (second != first, "/core/deflate-pool/inflater-of-another-kind-is-not-taken");
  wsc_deflate_pool_give_inflater (&pool, second);
  second = wsc_deflate_pool_take_inflater (&pool, 15);
  tap_point (second == first, "/core/deflate-pool/SEC-91-inflater-is-used-again");
  input = (WscBytes) { again, sizeof again };
  tap_point (wsc_inflater_take (second, &input,
                                (WscBuffer) { made_bytes, sizeof made_bytes }, &made)
             == WSC_FAULT_DEFLATE_CORRUPT,
             "/core/deflate-pool/WS-217-inflater-forgot-its-window");
  wsc_deflate_pool_give_inflater (&pool, second);
  wsc_deflate_pool_clear (&pool);
}

/* More streams than the pool has room for: the leak checker counts them. */
static void
test_full (void)
{
  WscDeflatePool pool = { { NULL }, { NULL } };
  WscInflater *last = NULL;

  for (int i = 0; i < 2 * WSC_DEFLATE_POOL_SIZE; i++)
    {
      last = wsc_inflater_new (15);
      wsc_deflate_pool_give_inflater (&pool, last);
      wsc_deflate_pool_give_deflater (&pool, wsc_deflater_new (9, 1, 1));
    }
  tap_point (pool.inflaters[WSC_DEFLATE_POOL_SIZE - 1] == last,
             "/core/deflate-pool/place-is-made-for-the-newest");
  wsc_deflate_pool_give_inflater (NULL, wsc_deflate_pool_take_inflater (NULL, 8));
  wsc_deflate_pool_give_deflater (NULL, wsc_deflate_pool_take_deflater (NULL, 9, 1, 1));
  wsc_deflate_pool_clear (&pool);
  tap_point (pool.inflaters[0] == NULL && pool.deflaters[0] == NULL,
             "/core/deflate-pool/cleared-pool-is-empty");
}

int
main (void)
{
  test_deflaters ();
  test_inflaters ();
  test_full ();
  return tap_end ();
}
