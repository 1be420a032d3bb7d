/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/dialing/wsp-back-off-private.h"

static const struct
{
  guint   min, max, n_attempts;
  guint32 random;
  guint   delay;
} delays[] = {
  { 1000, 60000, 0, 0, 1000 },
  { 1000, 60000, 1, 0, 1000 },
  { 1000, 60000, 1, G_MAXUINT32, 2000 },
  { 1000, 60000, 2, 0, 2000 },
  { 1000, 60000, 2, G_MAXUINT32, 4000 },
  { 1000, 60000, 6, 0, 30000 },
  { 1000, 60000, 6, G_MAXUINT32, 60000 },
  { 1000, 60000, G_MAXUINT, G_MAXUINT32, 60000 },
  { 1000, 60000, G_MAXUINT, G_MAXUINT32 / 2, 44999 },
  { G_MAXUINT, G_MAXUINT, G_MAXUINT, G_MAXUINT32, G_MAXUINT },
  { 1000, 1000, 9, G_MAXUINT32, 1000 },
  { 1000, 10, 9, 0, 1000 },
  { 0, 0, 9, G_MAXUINT32, 0 },
};

static void
test_delays (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (delays); i++)
    g_assert_cmpuint (wsp_back_off_get_delay (delays[i].min, delays[i].max, delays[i].n_attempts,
                                              delays[i].random), ==, delays[i].delay);
}

#define NOW 784111777           /* Sun, 06 Nov 1994 08:49:37 GMT */

static const struct
{
  const char *name, *value;
  guint       delay;
} retries[] = {
  { "seconds", "120", 120000 },
  { "nothing", "0", 0 },
  { "empty", "", 0 },
  { "longest", "86400", 86400000 },
  { "longer", "86401", 86400000 },
  { "beyond-64-bits", "99999999999999999999999", 86400000 },
  { "negative", "-1", 0 },
  { "words", "soon", 0 },
  { "date", "Sun, 06 Nov 1994 08:49:40 GMT", 3000 },
  { "date-that-was", "Sun, 06 Nov 1994 08:49:36 GMT", 0 },
  { "date-far-away", "Sun, 06 Nov 2094 08:49:37 GMT", 86400000 },
  { "date-with-leap-second", "Sun, 06 Nov 1994 08:49:60 GMT", 22000 },
  { "date-of-no-month", "Sun, 06 anF 1994 08:49:40 GMT", 0 },
  { "date-of-another-zone", "Sun, 06 Nov 1994 08:49:40 CET", 0 },
  { "day-that-is-not", "Sun, 32 Nov 1994 08:49:40 GMT", 0 },
};

static void
test_retry (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);

  g_assert_cmpuint (wsp_retry_after_parse (retries[i].value, NOW), ==, retries[i].delay);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (retries); i++)
    {
      g_autofree char *path = g_strdup_printf ("/endpoint/back-off/retry-after/%s",
                                               retries[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_retry);
    }
  g_test_add_func ("/endpoint/back-off/RFC-169-PAIN-25-delays", test_delays);

  return g_test_run ();
}
