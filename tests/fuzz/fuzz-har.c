/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Any bytes as the entries of a HAR: they are read to the end, or an error says why not. */

#include <inspect/files/wsi-har-file.h>

#include <string.h>

#include "fuzz/fuzz-input.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  static const char first[] = "{\"log\":{\"entries\":[";
  WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  g_autoptr (WsiStore) store = NULL;
  g_autoptr (WsiRecorder) recorder = NULL;
  g_autoptr (GInputStream) stream = g_memory_input_stream_new ();
  g_autoptr (WsiHarFile) file = NULL;
  g_autoptr (GError) error = NULL;

  limits.max_records = 10000;
  limits.max_memory = 1024 * 1024;
  limits.max_file = 0;
  store = wsi_store_new_with_limits (&limits);
  recorder = wsi_recorder_new (store, WSP_ROLE_CLIENT);
  g_memory_input_stream_add_data (G_MEMORY_INPUT_STREAM (stream), first, strlen (first), NULL);
  g_memory_input_stream_add_data (G_MEMORY_INPUT_STREAM (stream), data, (gssize) size, NULL);
  file = wsi_har_file_new (stream, "fuzz.har", recorder, NULL);
  while (wsi_har_file_step (file, 1, &error))
    REQUIRE (error == NULL);

  REQUIRE (wsi_har_file_get_n_bytes (file) == strlen (first) + size);
  REQUIRE (wsi_har_file_get_n_too_long (file) == 0);
  return 0;
}
