/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One row for each format in which rows of a store are written:
 *
 * FORMAT (name, word, suffix, title, open)
 *
 * name: of the WsiFormat.  word: for --to.  suffix: of its files.  title: for the window.
 * open: makes the exporter. */
#pragma once

#define WSI_FORMAT_ROWS(FORMAT) \
  FORMAT (SESSION, "session", ".wsinspect", N_("Session (.wsinspect)"), \
          wsi_session_exporter_new) \
  FORMAT (PCAPNG, "pcapng", ".pcapng", N_("Capture for Wireshark (.pcapng)"), \
          wsi_pcapng_exporter_new) \
  FORMAT (HAR, "har", ".har", N_("HTTP archive (.har)"), wsi_har_exporter_new) \
  FORMAT (TEXT, "text", ".txt", N_("Text, a line for each message"), wsi_text_exporter_new) \
  FORMAT (RAW, "raw", ".bin", N_("Bytes of the messages"), wsi_raw_exporter_new) \
  FORMAT (HEX, "hex", ".hex", N_("Hexadecimal dump"), wsi_hex_exporter_new) \
  FORMAT (C, "c", ".c", N_("Arrays of the language C"), wsi_c_exporter_new)
