/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/wsi-sandbox.h"

#define SANDBOX_FILE "/.flatpak-info"

/* The test is that of GLib and GTK. */
gboolean
wsi_sandbox_is_present (void)
{
  return g_file_test (SANDBOX_FILE, G_FILE_TEST_EXISTS);
}
