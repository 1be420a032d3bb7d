/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A capture of any bytes: blocks of pcap and pcapng, packets, TCP, HTTP and frames.  Nothing is
 * held when it was read, and an error says why it could not be. */

#include <inspect/sources/files/wsi-pcap-file.h>

#include "fuzz/fuzz-input.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr (WsiStore) store = wsi_store_new (10000, 1024 * 1024);
  g_autoptr (WsiRecorder) recorder = wsi_recorder_new (store, WSP_ROLE_CLIENT);
  g_autoptr (GInputStream) stream =
    g_memory_input_stream_new_from_data (data, (gssize) size, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiPcapFile) file = wsi_pcap_file_new (stream, "fuzz", recorder, NULL, &error);
  WsiPcapStatistics statistics;

  REQUIRE ((file != NULL) == (error == NULL));
  if (file == NULL)
    return 0;

  REQUIRE (!wsi_pcap_file_step (file, G_MAXUINT, &error));
  REQUIRE (!wsi_pcap_file_step (file, 1, NULL));
  wsi_pcap_file_get_statistics (file, &statistics);
  REQUIRE (statistics.n_bytes <= size);
  REQUIRE (statistics.n_other + statistics.n_cut + statistics.n_malformed <= statistics.n_packets);
  return 0;
}
