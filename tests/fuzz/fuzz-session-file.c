/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Any bytes as a session file, after a first line that is right: it is read, or an error says why
 * not.  The target `exporters` writes what such a file has. */

#include <inspect/sources/files/wsi-session-file.h>

#include "fuzz/fuzz-input.h"
#include "fuzz/fuzz-store.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr (WsiStore) store = NULL;
  g_autoptr (WsiRecorder) recorder = fuzz_make_recorder (&store);
  g_autoptr (GInputStream) stream =
    fuzz_make_stream ("{\"type\":\"wsinspect-session\",\"version\":1}\n", data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiSessionFile) file = wsi_session_file_new (stream, recorder, NULL, &error);

  REQUIRE (file != NULL);
  REQUIRE (!wsi_session_file_step (file, G_MAXUINT, &error));
  REQUIRE (wsi_session_file_get_n_cut (file) <= size);
  return 0;
}
