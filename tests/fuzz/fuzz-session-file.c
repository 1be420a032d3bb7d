/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Any bytes as a session file, after a first line that is right: it is read, or an error says why
 * not.  All that was read can be written. */

#include <inspect/export/wsi-session-exporter.h>
#include <inspect/files/wsi-session-file.h>

#include <string.h>

#include "fuzz/fuzz-input.h"

static void
save (WsiStore *store)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  g_autoptr (WsiExporter) exporter = wsi_session_exporter_new (store, redactor, stream);

  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    REQUIRE (wsi_exporter_add (exporter, i, NULL));
  REQUIRE (wsi_exporter_end (exporter, NULL));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  static const char first[] = "{\"type\":\"wsinspect-session\",\"version\":1}\n";
  WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  g_autoptr (WsiStore) store = NULL;
  g_autoptr (WsiRecorder) recorder = NULL;
  g_autoptr (GInputStream) stream = g_memory_input_stream_new ();
  g_autoptr (WsiSessionFile) file = NULL;
  g_autoptr (GError) error = NULL;

  limits.max_records = 10000;
  limits.max_memory = 1024 * 1024;
  limits.max_file = 0;
  store = wsi_store_new_with_limits (&limits);
  recorder = wsi_recorder_new (store, WSP_ROLE_CLIENT);
  g_memory_input_stream_add_data (G_MEMORY_INPUT_STREAM (stream), first, strlen (first), NULL);
  g_memory_input_stream_add_data (G_MEMORY_INPUT_STREAM (stream), data, (gssize) size, NULL);
  file = wsi_session_file_new (stream, recorder, NULL, &error);
  REQUIRE (file != NULL);
  REQUIRE (wsi_session_file_run (file, &error) == (error == NULL));
  REQUIRE (wsi_session_file_get_n_torn (file) <= size);
  save (store);
  return 0;
}
