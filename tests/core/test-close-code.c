/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "core/close-code.h"
#include "lib/tap.h"

typedef enum
{
  ON_THE_WIRE,
  REFUSED,
} Verdict;

static const struct
{
  const char *rows;
  uint16_t first, last;
  Verdict verdict;
} close_codes[] = {
  { "WS-173", 0, 999, REFUSED },
  { "WS-176-WS-177", 1000, 1003, ON_THE_WIRE },
  { "WS-172", 1004, 1006, REFUSED },
  { "WS-176-WS-177", 1007, 1014, ON_THE_WIRE },
  { "WS-171-WS-172", 1015, 1015, REFUSED },
  { "WS-174", 1016, 2999, REFUSED },
  { "WS-176-WS-177", 3000, 4999, ON_THE_WIRE },
  { "WS-175", 5000, 65535, REFUSED },
};

static void
test_codes (void)
{
  for (size_t i = 0; i < sizeof close_codes / sizeof close_codes[0]; i++)
    {
      bool is_right = true;

      for (uint32_t code = close_codes[i].first; code <= close_codes[i].last; code++)
        {
          bool expected = close_codes[i].verdict == ON_THE_WIRE;

          is_right = is_right && wsc_close_code_is_sent ((uint16_t) code) == expected;
        }
      tap_point (is_right, "/core/close-code/%s-TRAP-10-%u-to-%u-%s", close_codes[i].rows,
                 close_codes[i].first, close_codes[i].last,
                 close_codes[i].verdict == ON_THE_WIRE ? "accepted" : "refused");
    }
}

static void
test_loss_for_all (void)
{
  bool is_right = true;

  for (uint32_t code = 0; code <= UINT16_MAX; code++)
    {
      bool expected = code == 1001 || code == 1006 || code == 1012 || code == 1013;

      is_right = is_right && wsc_close_code_is_loss_for_all ((uint16_t) code) == expected;
    }
  tap_point (is_right, "/core/close-code/1001-1006-1012-1013-are-a-loss-for-all");
}

static void
test_planned (void)
{
  bool is_right = true;

  for (uint32_t code = 0; code <= UINT16_MAX; code++)
    {
      bool expected = code == 1001 || code == 1012;

      is_right = is_right && wsc_close_code_is_planned ((uint16_t) code) == expected;
    }
  tap_point (is_right, "/core/close-code/1001-1012-are-planned");
}

int
main (void)
{
  test_codes ();
  test_loss_for_all ();
  test_planned ();
  return tap_end ();
}
