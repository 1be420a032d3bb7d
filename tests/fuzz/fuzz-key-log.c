/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The text of a key log, or the blocks of a pcapng file with one, in one piece and in pieces: the
 * same secrets are found.  The first byte says which, and how long the pieces are. */

#include <inspect/sources/packets/wsi-pcapng-blocks.h>
#include <inspect/sources/tls/wsi-key-log.h>

#include "fuzz/fuzz-input.h"

typedef struct
{
  WsiKeyLog    *log;
  WsiKeyLogLine line;
} Source;

static void
take_secrets (const guint8 *at,
              gsize         length,
              gpointer      source)
{
  Source *self = source;

  if (length > 0)
    wsi_key_log_append (self->log, &self->line, at, length);
  else
    wsi_key_log_end_line (self->log, &self->line);
}

static WsiKeyLog *
read_log (const uint8_t *at,
          size_t         length,
          size_t         piece,
          gboolean       is_pcapng)
{
  Source source = { .log = wsi_key_log_new () };
  WsiPcapngBlocks blocks = { .is_damaged = FALSE };

  while (length > 0)
    {
      const size_t n = MIN (length, piece);
      g_autofree guint8 *copy = g_memdup2 (at, n);

      if (is_pcapng)
        wsi_pcapng_blocks_take (&blocks, copy, n, take_secrets, &source);
      else
        wsi_key_log_append (source.log, &source.line, at, n);
      at += n;
      length -= n;
    }
  wsi_pcapng_blocks_clear (&blocks);
  return source.log;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  FuzzInput input = { data, size, 1 };
  const uint8_t options = fuzz_take (&input);
  g_autoptr (WsiKeyLog) whole = read_log (input.at, input.left, SIZE_MAX, options & 1);
  g_autoptr (WsiKeyLog) cut = read_log (input.at, input.left, 1 + (options >> 1), options & 1);

  REQUIRE (wsi_key_log_get_n_added (whole) == wsi_key_log_get_n_added (cut));
  REQUIRE (wsi_key_log_get_n_wrong (whole) == wsi_key_log_get_n_wrong (cut));
  return 0;
}
