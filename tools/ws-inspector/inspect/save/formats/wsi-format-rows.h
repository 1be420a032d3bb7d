/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One row for each format in which rows of a store are written:
 *
 * FORMAT (name, word, suffix, title, open, needs_rows)
 *
 * name: of the WsiFormat.  word: for --to.  suffix: of its files.  title: for the window.
 * open: makes the exporter.  needs_rows: TRUE = all rows must stay in the store until the end. */
#pragma once

#define WSI_FORMAT_ROWS(FORMAT) \
  FORMAT (SESSION, "session", ".wsinspect", N_("Session (.wsinspect)"), \
          wsi_session_exporter_new, FALSE) \
  FORMAT (PCAPNG, "pcapng", ".pcapng", N_("Capture for Wireshark (.pcapng)"), \
          wsi_pcapng_exporter_new, FALSE) \
  FORMAT (HAR, "har", ".har", N_("HTTP archive (.har)"), wsi_har_exporter_new, TRUE) \
  FORMAT (TEXT, "text", ".txt", N_("Text, a line for each message"), wsi_text_exporter_new, FALSE) \
  FORMAT (RAW, "raw", ".bin", N_("Bytes of the messages"), wsi_raw_exporter_new, FALSE) \
  FORMAT (HEX, "hex", ".hex", N_("Hexadecimal dump"), wsi_hex_exporter_new, FALSE) \
  FORMAT (C, "c", ".c", N_("Arrays of the language C"), wsi_c_exporter_new, FALSE)
