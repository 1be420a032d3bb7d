/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Writes rows of a store in some format; wsi-export.h has the formats. */
#pragma once

#include "inspect/export/wsi-redactor.h"
#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

typedef struct _WsiWriter WsiWriter;

typedef struct
{
  gboolean (*add)(WsiWriter *self,
                  guint64    number,
                  GError   **error);
  /* Writes what is left, but does not close the stream. */
  gboolean (*end)(WsiWriter *self,
                  GError   **error);
  /* Frees what a format has in addition. */
  void     (*clear)(WsiWriter *self);
} WsiWriterClass;

/* The first member of each format's writer. */
struct _WsiWriter
{
  const WsiWriterClass *class;
  WsiStore             *store;
  WsiRedactor          *redactor;
  GOutputStream        *stream;         /* with a buffer */
};

/* store: one with event rows.  redactor: as long as the writer. */
gpointer wsi_writer_alloc (gsize                 size,
                           const WsiWriterClass *class,
                           WsiStore             *store,
                           WsiRedactor          *redactor,
                           GOutputStream        *stream);
void     wsi_writer_free  (WsiWriter *self);
/* Writes the row.  Rows are given in the order of their numbers, each at most once; some may be
 * left out. */
gboolean wsi_writer_add   (WsiWriter *self,
                           guint64    number,
                           GError   **error);
/* Nothing is written for sure before this. */
gboolean wsi_writer_end   (WsiWriter *self,
                           GError   **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiWriter, wsi_writer_free)

G_END_DECLS
