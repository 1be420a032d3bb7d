/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The formats in which rows of a store are written, and the files they are written to. */
#pragma once

#include "inspect/save/formats/wsi-exporter.h"
#include "inspect/save/formats/wsi-format-rows.h"

G_BEGIN_DECLS

typedef enum
{
#define VALUE(name, word, suffix, title, open) WSI_FORMAT_ ## name,
  WSI_FORMAT_ROWS (VALUE)
#undef VALUE
  WSI_N_FORMATS,
} WsiFormat;

const char    *wsi_format_get_name      (WsiFormat format);
const char    *wsi_format_get_suffix    (WsiFormat format);
gboolean       wsi_format_find          (const char *name,
                                         WsiFormat  *format);
gboolean       wsi_format_find_for_path (const char *path,
                                         WsiFormat  *format);
WsiExporter     *wsi_format_open          (WsiFormat      format,
                                           WsiStore      *store,
                                           WsiRedactor   *redactor,
                                           GOutputStream *stream);
/* Creates a file that only its owner may read.  A file that is there is never replaced. */
GOutputStream *wsi_export_create        (const char *path,
                                         GError    **error);

G_END_DECLS
