/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Rows of a store as the bytes of a file. */
#pragma once

#include "inspect/save/formats/wsi-export.h"

/* All rows of the store; a failure ends the test. */
static inline GBytes *
saved_store (WsiStore    *store,
             WsiFormat    format,
             WsiRedaction level)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (level);
  g_autoptr (WsiExporter) exporter = wsi_format_open (format, store, redactor, stream);
  g_autoptr (GError) error = NULL;

  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    {
      gboolean is_added = wsi_exporter_add (exporter, i, &error);

      g_assert_no_error (error);
      g_assert_true (is_added);
    }

  wsi_exporter_end (exporter, &error);
  g_assert_no_error (error);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (stream));
}
