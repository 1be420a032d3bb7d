/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Session files: rows of a store as lines of JSON, which WsiSessionFile reads.
 *
 * The first line has the version and a pair of clocks, the same moment in µs on both; all times are
 * of the second one.  Each other line is an object with a type:
 *
 *   open     a connection begins: conn, t, role, source, client, server, uri, tls, handshake,
 *            extensions
 *   head     an HTTP head: dir, and its bytes
 *   frame    no, dir, fin, rsv, opcode, header (its length), key, length (of the payload on the
 *            wire), and its bytes; "wire" has those on the wire, unmasked, if it was inflated
 *   bytes    bytes that are in no frame
 *   message  a message whose frames are not known: dir, opcode, and its bytes
 *   gap      bytes are missing: dir, length, which is absent if it is not known
 *   event    event, text
 *   comment  text, about the row before, or about the one with the number no
 *   mark     mark, of the row with the number no; 0 = it has none any more
 *   close    a connection ended: ending, text
 *
 * Bytes are "text" if they are readable, else "base64".  "withheld" says that they were not kept or
 * are secret; "hidden", that their message has values that were hidden in the file. */
#pragma once

#include "inspect/save/formats/wsi-exporter.h"

G_BEGIN_DECLS

#define WSI_SESSION_VERSION 1

WsiExporter *wsi_session_exporter_new (WsiStore      *store,
                                       WsiRedactor   *redactor,
                                       GOutputStream *stream);

G_END_DECLS
