/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The file with the system's policy for GnuTLS, which a process reads once, if it is named by
 * GNUTLS_SYSTEM_PRIORITY_FILE. */
#pragma once

#include <gio/gio.h>
#include <unistd.h>

#define GNUTLS_POLICY "default-priority-string = "

/* overrides: lines of the section of that name.  Returns the path, (transfer full). */
static inline char *
write_gnutls_system_file (const char *overrides)
{
  g_autofree char *text = g_strdup_printf ("[overrides]\n%s\n", overrides);
  g_autoptr (GError) error = NULL;
  char *path;
  int fd = g_file_open_tmp ("wsp-XXXXXX", &path, &error);

  g_assert_no_error (error);
  close (fd);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}
