/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The records of a program that lets inspectors attach (libwsproto/attach/wsp-attach-format.h): the
 * bytes of its socket in, records out. */
#pragma once

#include <gio/gio.h>
#include <libwsproto/attach/wsp-attach-format.h>
#include <libwsproto/wsproto.h>

G_BEGIN_DECLS

typedef struct
{
  guint8        kind;           /* WspAttachKind of the record, or an unknown one */
  guint32       connection;
  gint64        time_us;
  const guint8 *at;             /* content of the record */
  gsize         length;
} WsiProgramRecord;

typedef struct                  /* texts of a HELLO, freed with the struct; NULL = not known */
{
  guint32 version, pid, n_connections;
  char   *name, *library, *title;
} WsiProgramHello;

typedef struct
{
  WspRole role;
  char   *uri, *local, *remote, *extensions, *tls;
} WsiProgramOpened;

typedef struct
{
  WspDirection  direction;
  guint64       offset;
  guint8        place;          /* WspAttachPlace of the position */
  guint8        first, opcode;
  guint64       left;
  guint32       key;            /* masking key with its bytes as in memory */
  const guint8 *window;         /* bytes of the window, in the memory of the record */
  gsize         window_length;
} WsiProgramPosition;

typedef struct
{
  WspDirection  direction;
  guint64       offset;
  const guint8 *at;             /* the bytes, in the memory of the record */
  gsize         length;
} WsiProgramBytes;

/* Takes the first record of some bytes.  Returns its length; 0: it is incomplete, or an error. */
gsize    wsi_program_record_take     (WsiProgramRecord *self,
                                      const guint8     *at,
                                      gsize             length,
                                      GError          **error);
/* Writes a WATCH for these connections; n 0: for all. */
GBytes  *wsi_program_make_watch      (const guint32 *connections,
                                      guint          n);

/* Parses a hello.  FALSE: the record is cut, or has an unknown value.  Bytes after the known part
 * are ignored.  After another version the rest of a hello is not parsed. */
gboolean wsi_program_hello_parse     (WsiProgramHello        *self,
                                      const WsiProgramRecord *record);
void     wsi_program_hello_clear     (WsiProgramHello *self);
gboolean wsi_program_opened_parse    (WsiProgramOpened       *self,
                                      const WsiProgramRecord *record);
void     wsi_program_opened_clear    (WsiProgramOpened *self);
/* Parses the heads.  (transfer full) request, response; NULL: not known. */
gboolean wsi_program_heads_parse     (GBytes                **request,
                                      GBytes                **response,
                                      const WsiProgramRecord *record);
gboolean wsi_program_position_parse  (WsiProgramPosition     *self,
                                      const WsiProgramRecord *record);
gboolean wsi_program_bytes_parse     (WsiProgramBytes        *self,
                                      const WsiProgramRecord *record);
/* Parses a CLOSED.  (transfer full) text */
gboolean wsi_program_closed_parse    (gboolean               *is_clean,
                                      char                  **text,
                                      const WsiProgramRecord *record);
gboolean wsi_program_dropped_parse   (guint64                *n,
                                      const WsiProgramRecord *record);
/* Adds the numbers of the connections.  n_open: of all OPENs; n_before: of those before. */
gboolean wsi_program_open_parse      (guint                  *n_open,
                                      guint                  *n_before,
                                      GHashTable             *numbers,
                                      const WsiProgramRecord *record);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WsiProgramHello, wsi_program_hello_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WsiProgramOpened, wsi_program_opened_clear)

G_END_DECLS
