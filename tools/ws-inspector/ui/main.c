/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <glib/gi18n.h>
#include <locale.h>

#include "ui/window/wsi-application.h"

int
main (int    argc,
      char **argv)
{
  g_autoptr (WsiApplication) application = NULL;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  application = wsi_application_new (APP_ID);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
