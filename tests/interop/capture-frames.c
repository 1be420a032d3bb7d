/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* capture-frames FILE|-: the frames of a capture, a line each as they come:
 *
 *   frame sent|received FIN RSV OPCODE MASK LENGTH [guessed] [cut]
 *   message sent|received OPCODE LENGTH SHA256
 *   close SENTENCE
 *
 * LENGTH is the payload's on the wire, of a message that of the inflated text.  At the end comes
 * "packets N gaps N missing N", and, where reading failed, "error TEXT". */

#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "inspect/files/wsi-pcap-file.h"

typedef struct
{
  WsiStore *store;
  guint64   next;               /* row to print */
} Printer;

static const char *const directions[] = { "sent", "received" };

static void
print_message (WsiStore        *store,
               const WsiRecord *record)
{
  WsiMessageInfo info;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *sum = NULL;

  if (record->message == 0 || !wsi_store_get_message (store, record->message, &info)
      || !info.is_complete || !wsi_record_is_fin (record))
    return;

  bytes = wsi_store_dup_message (store, record->message, G_MAXSIZE);
  if (bytes == NULL)
    return;

  sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  printf ("message %s %u %zu %s\n", directions[record->direction], info.opcode,
          g_bytes_get_size (bytes), sum);
}

static void
print_frame (WsiStore        *store,
             const WsiRecord *record)
{
  printf ("frame %s %u %u %u %u %" G_GUINT64_FORMAT "%s%s\n", directions[record->direction],
          record->byte0 >> 7, record->byte0 >> 4 & 7, record->byte0 & 15, record->byte1 >> 7,
          record->payload_length, record->flags & WSI_RECORD_GUESSED ? " guessed" : "",
          record->flags & WSI_RECORD_CUT ? " cut" : "");
  if (!wsi_record_is_control (record))
    print_message (store, record);
}

/* Prints what has come since the last time. */
static void
print_rows (Printer *self)
{
  for (; self->next < wsi_store_get_end (self->store); self->next++)
    {
      const WsiRecord *record = wsi_store_get_record (self->store, self->next);
      g_autofree char *text = NULL;

      if (record->kind != WSI_RECORD_KIND_EVENT)
        print_frame (self->store, record);
      else if (record->event == WSI_EVENT_CLOSE)
        printf ("close %s\n", text = wsi_store_dup_event_text (self->store, self->next));
    }
  fflush (stdout);
}

static GInputStream *
open_stream (const char *name)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (name);

  if (strcmp (name, "-") == 0)
    return g_unix_input_stream_new (STDIN_FILENO, FALSE);

  return G_INPUT_STREAM (g_file_read (file, NULL, NULL));
}

int
main (int    argc,
      char **argv)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  g_autoptr (WsiStore) store = wsi_store_new_with_limits (&limits);
  g_autoptr (WsiRecorder) recorder = wsi_recorder_new (store, WSP_ROLE_CLIENT);
  g_autoptr (GInputStream) stream = argc == 2 ? open_stream (argv[1]) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiPcapFile) file = NULL;
  Printer printer = { store, 0 };
  WsiPcapStatistics statistics;

  if (stream == NULL)
    return 2;

  file = wsi_pcap_file_new (stream, argv[1], recorder, NULL, &error);
  if (file != NULL)
    {
      g_signal_connect_swapped (file, "waiting", G_CALLBACK (print_rows), &printer);
      wsi_pcap_file_run (file, &error);
      print_rows (&printer);
      wsi_pcap_file_get_statistics (file, &statistics);
      printf ("packets %zu gaps %zu missing %zu\n", (gsize) statistics.n_packets,
              (gsize) statistics.n_gaps, (gsize) statistics.n_missing);
    }
  if (error != NULL)
    printf ("error %s\n", error->message);
  return 0;
}
