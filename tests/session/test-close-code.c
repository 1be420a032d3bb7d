/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <libwsproto/wsproto.h>

static const struct
{
  guint16     code;
  gboolean    is_sendable;
  const char *word;             /* first word of the description */
} codes[] = {
  { 0, FALSE, "Unused" },
  { 999, FALSE, "Unused" },
  { 1000, TRUE, "Normal closure" },
  { 1003, TRUE, "Unsupported data" },
  { 1004, FALSE, "Reserved" },
  { 1005, FALSE, "No status" },
  { 1006, FALSE, "Abnormal" },
  { 1007, TRUE, "Invalid payload" },
  { 1011, TRUE, "Internal error" },
  { 1014, TRUE, "Bad gateway" },
  { 1015, FALSE, "TLS handshake" },
  { 1016, FALSE, "Unassigned" },
  { 2999, FALSE, "Unassigned" },
  { 3000, TRUE, "Registered" },
  { 4000, TRUE, "Private" },
  { 4999, TRUE, "Private" },
  { 5000, FALSE, "Out of range" },
  { 65535, FALSE, "Out of range" },
};

static void
test_code (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);

  g_assert_cmpint (wsp_close_code_is_sendable (codes[i].code), ==, codes[i].is_sendable);
  g_assert_true (g_str_has_prefix (wsp_close_code_describe (codes[i].code), codes[i].word));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/session/close-code/describe/%u", codes[i].code);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_code);
    }

  return g_test_run ();
}
