/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* show-pages WIDTH ltr|rtl PERCENT [LANGUAGE FOLDER]: each page and state of the window as a
 * picture in WSI_PICTURES, for people to look at.  PERCENT is the size of the text; FOLDER has the
 * built catalogs.  Dark and high contrast come from the environment: tests/ui/make-pictures. */
#include "language.h"
#include "pages.h"
#include "picture.h"
#include "ui-test.h"
#include "ui/window/wsi-application.h"

#include <stdlib.h>

#define HEIGHT 800

static void
save (GtkWindow  *window,
      const Page *page)
{
  picture_save (GTK_WIDGET (window), page->name);
}

int
main (int    argc,
      char **argv)
{
  gboolean is_rtl = argc > 2 && g_str_equal (argv[2], "rtl");
  g_autoptr (GtkApplication) application = NULL;

  g_assert_cmpint (argc, >=, 4);
  if (argc > 5 && language_set (argv[4], argv[5]) == NULL)
    g_error ("there is no locale for %s, and localedef cannot make it", argv[4]);

  g_set_prgname (argv[0]);      /* recent files want it */
  gtk_init ();
  application = ui_test_make_application ();
  gtk_widget_set_default_direction (is_rtl ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 96 * 1024 * atoi (argv[3]) / 100,
                NULL);
  page_show_all (application, atoi (argv[1]), HEIGHT, save);
  return 0;
}
