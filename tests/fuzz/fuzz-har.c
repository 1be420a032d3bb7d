/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Any bytes as the entries of a HAR: they are read to the end, or an error says why not. */

#include <inspect/sources/files/wsi-har-file.h>

#include "fuzz/fuzz-input.h"
#include "fuzz/fuzz-store.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  static const char first[] = "{\"log\":{\"entries\":[";
  g_autoptr (WsiStore) store = NULL;
  g_autoptr (WsiRecorder) recorder = fuzz_make_recorder (&store);
  g_autoptr (GInputStream) stream = fuzz_make_stream (first, data, size);
  g_autoptr (WsiHarFile) file = wsi_har_file_new (stream, "fuzz.har", recorder, NULL);
  g_autoptr (GError) error = NULL;
  char byte;

  while (wsi_har_file_step (file, 1, &error))
    REQUIRE (error == NULL);

  REQUIRE (g_input_stream_read (stream, &byte, 1, NULL, NULL) == 0);
  REQUIRE (wsi_har_file_get_n_too_long (file) == 0);
  return 0;
}
