/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <libwsproto/observe/wsp-fault.h>

#include "lib/rows.h"

#define MAX_FAULT 1000

static const struct
{
  const char      *name, *section;      /* name of the fault, and section of the RFC; NULL = none */
  WspFaultSeverity severity;
  guint            close_code;
} fault_cases[] = {
  { "rsv-not-negotiated", "RFC 6455 5.2", WSP_FAULT_SEVERITY_ERROR, 1002 },
  { "compressed-bit-misplaced", "RFC 7692 6.1", WSP_FAULT_SEVERITY_ERROR, 1002 },
  { "data-after-close", "RFC 6455 5.5.1", WSP_FAULT_SEVERITY_ERROR, 1002 },
  { "bytes-after-close", "RFC 6455 1.4", WSP_FAULT_SEVERITY_WARNING, 1002 },
  { "message-too-big", "RFC 6455 10.4", WSP_FAULT_SEVERITY_WARNING, 1009 },
  { "too-many-pings", NULL, WSP_FAULT_SEVERITY_WARNING, 1008 },
  { "close-code-not-sendable", "RFC 6455 7.4.1", WSP_FAULT_SEVERITY_ERROR, 0 },
};

static guint
find_fault (const char *name)
{
  guint fault = 0;

  while (fault < MAX_FAULT && g_strcmp0 (wsp_fault_get_name (fault), name) != 0)
    fault++;
  return fault;
}

static void
test_fault (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  guint fault = find_fault (fault_cases[i].name);

  g_assert_cmpstr (wsp_fault_get_section (fault), ==, fault_cases[i].section);
  g_assert_cmpint (wsp_fault_get_severity (fault), ==, fault_cases[i].severity);
  g_assert_cmpuint (wsp_fault_get_close_code (fault), ==, fault_cases[i].close_code);
  g_assert_nonnull (wsp_fault_describe (fault));
  if (fault_cases[i].section != NULL)
    g_assert_nonnull (strstr (wsp_fault_describe (fault), fault_cases[i].section));
}

static const guint no_faults[] = { 0, 1, MAX_FAULT, G_MAXUINT };

static void
test_no_fault (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (no_faults); i++)
    {
      g_assert_null (wsp_fault_get_name (no_faults[i]));
      g_assert_null (wsp_fault_get_section (no_faults[i]));
      g_assert_null (wsp_fault_describe (no_faults[i]));
      g_assert_cmpint (wsp_fault_get_severity (no_faults[i]), ==, WSP_FAULT_SEVERITY_NONE);
      g_assert_cmpuint (wsp_fault_get_close_code (no_faults[i]), ==, 0);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/observe/fault/row", fault_cases, test_fault);
  g_test_add_func ("/observe/fault/number/unknown-ones-are-none", test_no_fault);

  return g_test_run ();
}
