/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Any bytes as what a program tells an inspector that is attached to it.  However they are cut,
 * the same rows come of them.
 *
 * The first byte: how many bytes come at once. */

#include <inspect/sources/program/wsi-program-connections.h>
#include <string.h>

#include "fuzz/fuzz-input.h"
#include "fuzz/fuzz-store.h"

typedef struct
{
  guint64 n_rows, n_asked;
  gboolean is_damaged;
} Outcome;

static void
note_asked (gpointer data)
{
  ((Outcome *) data)->n_asked++;
}

/* The first record is the hello, which is parsed by itself. */
static gboolean
take_record (WsiProgramConnections  *connections,
             const WsiProgramRecord *record,
             gboolean                is_first)
{
  g_auto (WsiProgramHello) hello = { 0 };

  if (is_first && wsi_program_hello_parse (&hello, record))
    return TRUE;

  return wsi_program_connections_take (connections, record, NULL);
}

static void
note_shown (gpointer data)
{
}

static const WsiProgramFuncs funcs = { .ask = note_asked, .shown = note_shown };

static Outcome
play (const guint8 *data,
      gsize         size,
      gsize         at_once)
{
  Outcome outcome = { 0 };
  g_autoptr (WsiStore) store = NULL;
  g_autoptr (WsiRecorder) recorder = fuzz_make_recorder (&store);
  WsiProgramConnections *connections = wsi_program_connections_new (recorder, NULL, 0, &funcs,
                                                                    &outcome);
  gsize begin = 0, end = 0;
  gboolean is_first = TRUE;

  while (end < size && !outcome.is_damaged)
    {
      g_autoptr (GError) error = NULL;
      WsiProgramRecord record;
      gsize length;

      end = MIN (end + at_once, size);
      while (!outcome.is_damaged &&
             (length = wsi_program_record_take (&record, data + begin, end - begin, &error)) > 0)
        {
          outcome.is_damaged = !take_record (connections, &record, is_first);
          is_first = FALSE;
          begin += length;
        }
      outcome.is_damaged |= error != NULL;
    }

  wsi_program_connections_free (connections, WSI_SENTENCE (PROGRAM_ENDED));
  outcome.n_rows = wsi_store_get_end (store);
  return outcome;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  Outcome whole, cut;

  if (size == 0)
    return 0;

  whole = play (data + 1, size - 1, size);
  cut = play (data + 1, size - 1, 1 + data[0]);
  REQUIRE (whole.n_rows == cut.n_rows && whole.n_asked == cut.n_asked &&
           whole.is_damaged == cut.is_damaged);
  return 0;
}
