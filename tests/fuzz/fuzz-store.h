/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A small store with a recorder, for the fuzz targets of files. */
#pragma once

#include <inspect/capture/wsi-recorder.h>

#include <string.h>

#define FUZZ_MAX_RECORDS 10000
#define FUZZ_MAX_MEMORY (1024 * 1024)

static inline WsiRecorder *
fuzz_make_recorder (WsiStore **store)
{
  WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;

  limits.max_records = FUZZ_MAX_RECORDS;
  limits.max_memory = FUZZ_MAX_MEMORY;
  limits.max_file = 0;
  *store = wsi_store_new_with_limits (&limits);
  return wsi_recorder_new (*store, WSP_ROLE_CLIENT);
}

/* first: what makes any bytes after it a file of the format. */
static inline GInputStream *
fuzz_make_stream (const char    *first,
                  const uint8_t *data,
                  size_t         size)
{
  GInputStream *stream = g_memory_input_stream_new ();

  g_memory_input_stream_add_data (G_MEMORY_INPUT_STREAM (stream), first, (gssize) strlen (first),
                                  NULL);
  g_memory_input_stream_add_data (G_MEMORY_INPUT_STREAM (stream), data, (gssize) size, NULL);
  return stream;
}
