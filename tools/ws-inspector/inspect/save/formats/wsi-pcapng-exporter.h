/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Captures in pcapng: the bytes of each connection in TCP that is made up, so that other programs
 * dissect, inflate and reassemble them.  A connection whose addresses are not known gets some, and
 * TLS is removed.  A message without frames is one frame; a comment of its packet says so, as it
 * does of all that is made up or withheld. */
#pragma once

#include "inspect/save/formats/wsi-exporter.h"

G_BEGIN_DECLS

WsiExporter *wsi_pcapng_exporter_new (WsiStore      *store,
                                      WsiRedactor   *redactor,
                                      GOutputStream *stream);

G_END_DECLS
