/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <glib/gi18n.h>
#include <locale.h>

#include "ui/window/wsi-application.h"

#define MAX_RUNS 5
#define PAUSE_MS 100

/* Runs the program; GLib has printed why a run was lost. */
static int
ui_main_run (int    argc,
             char **argv)
{
  for (guint i = 1;; i++)
    {
      g_autoptr (WsiApplication) application = wsi_application_new (APP_ID);
      int status = g_application_run (G_APPLICATION (application), argc, argv);

      if (i == MAX_RUNS || !wsi_application_was_lost (application, status))
        return status;

      g_usleep (PAUSE_MS * 1000);
    }
}

int
main (int    argc,
      char **argv)
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  return ui_main_run (argc, argv);
}
