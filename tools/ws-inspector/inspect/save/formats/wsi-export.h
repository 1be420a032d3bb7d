/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The formats in which rows of a store are written, and the files they are written to. */
#pragma once

#include "inspect/save/formats/wsi-exporter.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_FORMAT_SESSION,           /* everything; read back it is the same */
  WSI_FORMAT_PCAPNG,            /* for other programs */
  WSI_FORMAT_HAR,               /* messages, for browsers */
  WSI_FORMAT_TEXT,              /* messages, for people */
  WSI_FORMAT_RAW,               /* only the bytes of messages */
  WSI_FORMAT_HEX,
  WSI_FORMAT_C,
} WsiFormat;

#define WSI_N_FORMATS 7

/* The word for a command line, such as "session"; and the end of its files, such as
 * ".wsinspect". */
const char    *wsi_format_get_name      (WsiFormat format);
const char    *wsi_format_get_suffix    (WsiFormat format);
/* Whether all rows must stay in the store until the end. */
gboolean       wsi_format_needs_rows    (WsiFormat format);
gboolean       wsi_format_find          (const char *name,
                                         WsiFormat  *format);
gboolean       wsi_format_find_for_path (const char *path,
                                         WsiFormat  *format);
WsiExporter     *wsi_format_open          (WsiFormat      format,
                                           WsiStore      *store,
                                           WsiRedactor   *redactor,
                                           GOutputStream *stream);
/* A file that only its owner may read.  One that is there is never replaced. */
GOutputStream *wsi_export_create        (const char *path,
                                         GError    **error);
/* Writes all rows of the store to a new file, which is removed if that fails. */
gboolean       wsi_export_to_path       (WsiFormat    format,
                                         WsiStore    *store,
                                         WsiRedactor *redactor,
                                         const char  *path,
                                         GError     **error);

G_END_DECLS
