/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "fonts.h"

#include <gtk/gtk.h>

/* Those of GNOME, and of a desktop without settings where Noto is installed. */
const Font fonts[] = {
  { "cantarell", "Cantarell", 11 },
  { "noto-sans", "Noto Sans", 10 },
};

const guint n_fonts = G_N_ELEMENTS (fonts);

static gboolean
is_installed (const Font *font)
{
  GListModel *families = G_LIST_MODEL (pango_cairo_font_map_get_default ());

  for (guint i = 0; i < g_list_model_get_n_items (families); i++)
    {
      g_autoptr (PangoFontFamily) family = g_list_model_get_item (families, i);

      if (g_str_equal (pango_font_family_get_name (family), font->family))
        return TRUE;
    }
  return FALSE;
}

gboolean
font_set (const Font *font)
{
  g_autofree char *name = g_strdup_printf ("%s %d", font->family, font->size);

  if (!is_installed (font))
    {
      g_autofree char *reason = g_strdup_printf ("the font %s is not installed", font->family);

      g_test_skip (reason);
      return FALSE;
    }

  g_object_set (gtk_settings_get_default (), "gtk-font-name", name, NULL);
  return TRUE;
}

void
font_reset (void)
{
  gtk_settings_reset_property (gtk_settings_get_default (), "gtk-font-name");
}
