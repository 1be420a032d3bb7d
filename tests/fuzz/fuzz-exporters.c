/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The rows of any session file, written in each format and with each level of redaction: that never
 * fails, and what was written as a session is one. */

#include <inspect/save/formats/wsi-export.h>
#include <inspect/sources/files/wsi-session-file.h>

#include "fuzz/fuzz-input.h"
#include "fuzz/fuzz-store.h"

#define FIRST "{\"type\":\"wsinspect-session\",\"version\":1}\n"

static GBytes *
save (WsiStore    *store,
      WsiFormat    format,
      WsiRedaction level)
{
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (level);
  g_autoptr (WsiExporter) exporter = wsi_format_open (format, store, redactor, stream);

  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    REQUIRE (wsi_exporter_add (exporter, i, NULL));
  for (guint64 i = wsi_store_get_first (store); i < wsi_store_get_end (store); i++)
    for (WsiNote note = 0; note < WSI_N_NOTES; note++)
      REQUIRE (wsi_exporter_note (exporter, i, note, NULL));
  REQUIRE (wsi_exporter_end (exporter, NULL));
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (stream));
}

static void
read_back (GBytes *bytes)
{
  g_autoptr (WsiStore) store = NULL;
  g_autoptr (WsiRecorder) recorder = fuzz_make_recorder (&store);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiSessionFile) file = wsi_session_file_new (stream, recorder, NULL, &error);

  REQUIRE (file != NULL);
  REQUIRE (!wsi_session_file_step (file, G_MAXUINT, &error));
  REQUIRE (error == NULL);
  REQUIRE (wsi_session_file_get_n_cut (file) == 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr (WsiStore) store = NULL;
  g_autoptr (WsiRecorder) recorder = fuzz_make_recorder (&store);
  g_autoptr (GInputStream) stream = fuzz_make_stream (FIRST, data, size);
  g_autoptr (WsiSessionFile) file = wsi_session_file_new (stream, recorder, NULL, NULL);

  wsi_session_file_step (file, G_MAXUINT, NULL);
  wsi_recorder_close_all (recorder, WSI_SENTENCE (TEXT, "The file ends before the connection"));
  for (guint format = 0; format < WSI_N_FORMATS; format++)
    for (guint level = WSI_REDACTION_DEFAULT; level <= WSI_REDACTION_STRICT; level++)
      {
        g_autoptr (GBytes) bytes = save (store, format, level);

        if (format == WSI_FORMAT_SESSION)
          read_back (bytes);
      }
  return 0;
}
