/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/wsi-process-end.h"

#include <signal.h>

#define PAUSE_US 20000

void
wsi_process_end (GSubprocess *process)
{
  gint64 deadline = g_get_monotonic_time () + WSI_PROCESS_PATIENCE_US;

  if (g_subprocess_get_identifier (process) != NULL)
    g_subprocess_send_signal (process, SIGTERM);
  while (g_subprocess_get_identifier (process) != NULL && g_get_monotonic_time () < deadline)
    g_usleep (PAUSE_US);
  g_subprocess_force_exit (process);
  g_subprocess_wait (process, NULL, NULL);
}
