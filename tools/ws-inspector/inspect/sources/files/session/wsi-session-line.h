/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A line of a session file: its members, an array with a field for each of them. */
#pragma once

#include <libwsproto/wsproto.h>

#include "inspect/decode/json/wsi-json-fields.h"

G_BEGIN_DECLS

/* Members of a line, in the order in which WsiSessionExporter writes them. */
typedef enum
{
  WSI_LINE_TYPE,
  WSI_LINE_VERSION,
  WSI_LINE_WALL_US,
  WSI_LINE_MONOTONIC_US,
  WSI_LINE_CONN,
  WSI_LINE_T,
  WSI_LINE_NO,
  WSI_LINE_ROLE,
  WSI_LINE_SOURCE,
  WSI_LINE_CLIENT,
  WSI_LINE_SERVER,
  WSI_LINE_URI,
  WSI_LINE_TLS,
  WSI_LINE_HANDSHAKE,
  WSI_LINE_EXTENSIONS,
  WSI_LINE_EVENT,
  WSI_LINE_ENDING,
  WSI_LINE_TCP,
  WSI_LINE_TCP_T,
  WSI_LINE_DIR,
  WSI_LINE_FIN,
  WSI_LINE_RSV,
  WSI_LINE_OPCODE,
  WSI_LINE_HEADER,
  WSI_LINE_KEY,
  WSI_LINE_LENGTH,
  WSI_LINE_MISSING,
  WSI_LINE_CUT,
  WSI_LINE_HIDDEN,
  WSI_LINE_WITHHELD,
  WSI_LINE_MARK,
  WSI_LINE_TEXT,
  WSI_LINE_SENTENCE,
  WSI_LINE_BASE64,
  WSI_LINE_WIRE,
  WSI_N_LINE_MEMBERS,
} WsiLineMember;

/* Bytes of a line, until the next one is read. */
typedef struct
{
  const guint8 *at;             /* the bytes; NULL: the line has none */
  gsize         length;
} WsiLineBytes;

extern const char *const wsi_session_line_names[WSI_N_LINE_MEMBERS];

const char  *wsi_session_line_get_string     (const WsiJsonField *line,
                                              WsiLineMember       member);
gint64       wsi_session_line_get_number     (const WsiJsonField *line,
                                              WsiLineMember       member,
                                              gint64              alternative);
gboolean     wsi_session_line_is_true        (const WsiJsonField *line,
                                              WsiLineMember       member);
gboolean     wsi_session_line_has            (const WsiJsonField *line,
                                              WsiLineMember       member);
gboolean     wsi_session_line_is_named       (const WsiJsonField *line,
                                              WsiLineMember       member,
                                              const char         *value);
/* Reads the direction of a line.  FALSE: it has none. */
gboolean     wsi_session_line_get_direction  (const WsiJsonField *line,
                                              WspDirection       *direction);
/* Takes a member in base64, and the text or else the base64 of a line.  Base64 is decoded where it
 * is, so each is taken once. */
WsiLineBytes wsi_session_line_take_base64    (WsiJsonField *line,
                                              WsiLineMember member);
WsiLineBytes wsi_session_line_take_bytes     (WsiJsonField *line);

G_END_DECLS
