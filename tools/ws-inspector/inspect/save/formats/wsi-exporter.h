/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Writes rows of a store in some format; wsi-export.h has the formats. */
#pragma once

#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

typedef struct _WsiExporter WsiExporter;

typedef struct
{
  gboolean (*add)(WsiExporter *self,
                  guint64      number,
                  GError     **error);
  /* Writes what is left, but does not close the stream. */
  gboolean (*end)(WsiExporter *self,
                  GError     **error);
  /* Frees the members of a format. */
  void     (*clear)(WsiExporter *self);
  /* Writes a note on a row that may have been added; NULL = the format has none, or reads it at its
   * end. */
  gboolean (*note)(WsiExporter *self,
                   guint64      number,
                   WsiNote      note,
                   GError     **error);
} WsiExporterClass;

/* The first member of each format's exporter. */
struct _WsiExporter
{
  const WsiExporterClass *class;
  WsiStore             *store;
  WsiRedactor          *redactor;
  GOutputStream        *stream;         /* stream to write to, with a buffer */
};

/* store: one with event rows.  redactor: as long as the exporter. */
gpointer wsi_exporter_alloc (gsize                   size,
                             const WsiExporterClass *class,
                             WsiStore               *store,
                             WsiRedactor            *redactor,
                             GOutputStream          *stream);
void     wsi_exporter_free  (WsiExporter *self);
/* Writes the row.  Rows are given in the order of their numbers, each at most once; some may be
 * left out. */
gboolean wsi_exporter_add   (WsiExporter *self,
                             guint64      number,
                             GError     **error);
/* The row has another note now.  It is written if the row was added, and is the last one or the
 * format has a place for notes on earlier ones. */
gboolean wsi_exporter_note  (WsiExporter *self,
                             guint64      number,
                             WsiNote      note,
                             GError     **error);
/* Rows that were added so far can be read by others from now on. */
gboolean wsi_exporter_flush (WsiExporter *self,
                             GError     **error);
/* Writes and flushes the end of the file, and leaves its stream open. */
gboolean wsi_exporter_write_end (WsiExporter *self,
                                 GError     **error);
/* Writes the end of the file and closes its stream: nothing is written for sure before. */
gboolean wsi_exporter_end   (WsiExporter *self,
                             GError     **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiExporter, wsi_exporter_free)

G_END_DECLS
