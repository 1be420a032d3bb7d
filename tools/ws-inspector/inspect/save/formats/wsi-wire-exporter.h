/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The rows of a store as the bytes of its connections, for formats that keep all of them: session
 * files and captures.  A connection is opened before its first row, also if that one was left out
 * or removed; each head is given once, even if it never ended. */
#pragma once

#include "inspect/save/formats/wsi-exporter.h"
#include "inspect/save/formats/wsi-hidden-messages.h"

G_BEGIN_DECLS

typedef struct _WsiWireExporter WsiWireExporter;

/* The place of a row: its conversation, its record with direction and time, and its number. */
typedef struct
{
  WsiConversation *conversation;        /* conversation of the row; NULL: an event of none */
  WsiRecord        record;
  guint64          number;
  const WsiSentence *sentence;  /* sentence of an event, without redaction; NULL: there is none */
  GBytes          *payload;     /* payload with hidden values; NULL: it is as in the store */
  gboolean         is_withheld; /* the payload of the frame is not written */
} WsiWireRow;

/* Texts, heads and messages are redacted: the record of a frame with a payload is that of this
 * payload, and says whether values of its message are hidden. */
typedef struct
{
  gboolean (*begin)(WsiWireExporter *self,
                    GError         **error);
  gboolean (*open)(WsiWireExporter  *self,
                   const WsiWireRow *row,
                   GError          **error);
  gboolean (*head)(WsiWireExporter  *self,
                   const WsiWireRow *row,
                   GBytes           *head,
                   GError          **error);
  gboolean (*gap)(WsiWireExporter  *self,
                  const WsiWireRow *row,
                  GError          **error);
  /* Writes a frame, a message without frames, or bytes that are in none. */
  gboolean (*frame)(WsiWireExporter  *self,
                    const WsiWireRow *row,
                    GError          **error);
  gboolean (*event)(WsiWireExporter  *self,
                    const WsiWireRow *row,
                    const char       *text,
                    GError          **error);
  gboolean (*close)(WsiWireExporter  *self,
                    const WsiWireRow *row,
                    const char       *text,
                    GError          **error);
  /* Writes a comment on the row before. */
  gboolean (*comment)(WsiWireExporter  *self,
                      const WsiWireRow *row,
                      const char       *text,
                      GError          **error);
  /* Writes a comment on an earlier row; text NULL = the row has none any more.  NULL: the format
   * has no place for it. */
  gboolean (*late_comment)(WsiWireExporter *self,
                           guint64          number,
                           const char      *text,
                           GError         **error);
  /* Writes the mark of a row that was written, 0 = none.  NULL: the format has no place for it. */
  gboolean (*mark)(WsiWireExporter *self,
                   guint64          number,
                   guint            mark,
                   GError         **error);
  void     (*clear)(WsiWireExporter *self);
} WsiWireClass;

/* The first member of a format's exporter. */
struct _WsiWireExporter
{
  WsiExporter           exporter;
  const WsiWireClass *class;
  GHashTable         *connections;      /* parts that were written, by the number of a connection */
  WsiHiddenMessages  *messages;
  gboolean            has_begun;
  WsiRecord           last;             /* record of the row that was added last */
  guint64             n_added;          /* number of the last row, plus one; 0 = none was added */
};

gpointer wsi_wire_exporter_alloc (gsize               size,
                                  const WsiWireClass *class,
                                  WsiStore           *store,
                                  WsiRedactor        *redactor,
                                  GOutputStream      *stream);
/* Whether the payload of a row is left out.  Compressed bytes cannot be replaced, and those of an
 * unknown extension might be compressed: from the first ones that have to be hidden on, all that
 * has to be hidden in that direction is left out. */
gboolean wsi_wire_exporter_withholds (WsiWireExporter  *self,
                                      const WsiWireRow *row);
/* Bytes of the payload that were not in the stream: lost in it, or after its end. */
guint64  wsi_wire_row_count_missing (const WsiWireRow *row);

G_END_DECLS
