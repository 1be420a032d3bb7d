/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The payloads of messages and control frames, each written when its last row is added; messages
 * that never ended come at the end. */
#pragma once

#include "inspect/save/formats/wsi-exporter.h"

G_BEGIN_DECLS

/* Writes a line for each message, with its time; bytes that are no text are hexadecimal. */
WsiExporter *wsi_text_exporter_new (WsiStore      *store,
                                    WsiRedactor   *redactor,
                                    GOutputStream *stream);
/* Writes only the bytes of messages. */
WsiExporter *wsi_raw_exporter_new  (WsiStore      *store,
                                    WsiRedactor   *redactor,
                                    GOutputStream *stream);
/* Writes a hexadecimal dump of each message. */
WsiExporter *wsi_hex_exporter_new  (WsiStore      *store,
                                    WsiRedactor   *redactor,
                                    GOutputStream *stream);
/* Writes each message as an array of the language C. */
WsiExporter *wsi_c_exporter_new    (WsiStore      *store,
                                    WsiRedactor   *redactor,
                                    GOutputStream *stream);

G_END_DECLS
