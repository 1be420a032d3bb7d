/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/formats/wsi-export.h"

#include "inspect/save/formats/wsi-har-exporter.h"
#include "inspect/save/formats/wsi-payload-exporter.h"
#include "inspect/save/formats/wsi-pcapng-exporter.h"
#include "inspect/save/formats/wsi-session-exporter.h"

static const struct
{
  const char *name, *suffix;
  WsiExporter  *(*open)(WsiStore      *store,
                        WsiRedactor   *redactor,
                        GOutputStream *stream);
} formats[WSI_N_FORMATS] = {
#define ROW(name, word, suffix, title, open) { word, suffix, open },
  WSI_FORMAT_ROWS (ROW)
#undef ROW
};

const char *
wsi_format_get_name (WsiFormat format)
{
  return formats[format].name;
}

const char *
wsi_format_get_suffix (WsiFormat format)
{
  return formats[format].suffix;
}

gboolean
wsi_format_find (const char *name,
                 WsiFormat  *format)
{
  for (guint i = 0; i < WSI_N_FORMATS; i++)
    if (g_str_equal (name, formats[i].name))
      {
        *format = i;
        return TRUE;
      }

  return FALSE;
}

gboolean
wsi_format_find_for_path (const char *path,
                          WsiFormat  *format)
{
  for (guint i = 0; i < WSI_N_FORMATS; i++)
    if (g_str_has_suffix (path, formats[i].suffix))
      {
        *format = i;
        return TRUE;
      }

  return FALSE;
}

WsiExporter *
wsi_format_open (WsiFormat      format,
                 WsiStore      *store,
                 WsiRedactor   *redactor,
                 GOutputStream *stream)
{
  return formats[format].open (store, redactor, stream);
}

GOutputStream *
wsi_export_create (const char *path,
                   GError    **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  return G_OUTPUT_STREAM (g_file_create (file, G_FILE_CREATE_PRIVATE, NULL, error));
}
