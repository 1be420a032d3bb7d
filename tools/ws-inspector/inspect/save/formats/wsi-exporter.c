/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/formats/wsi-exporter.h"

#define BUFFER (256 * 1024)

gpointer
wsi_exporter_alloc (gsize                   size,
                    const WsiExporterClass *class,
                    WsiStore               *store,
                    WsiRedactor            *redactor,
                    GOutputStream          *stream)
{
  WsiExporter *self = g_malloc0 (size);

  self->class = class;
  self->store = g_object_ref (store);
  self->redactor = redactor;
  self->stream = g_buffered_output_stream_new_sized (stream, BUFFER);
  return self;
}

void
wsi_exporter_free (WsiExporter *self)
{
  self->class->clear (self);
  g_object_unref (self->store);
  g_object_unref (self->stream);
  g_free (self);
}

gboolean
wsi_exporter_add (WsiExporter *self,
                  guint64      number,
                  GError     **error)
{
  return self->class->add (self, number, error);
}

gboolean
wsi_exporter_note (WsiExporter *self,
                   guint64      number,
                   WsiNote      note,
                   GError     **error)
{
  return self->class->note == NULL || self->class->note (self, number, note, error);
}

gboolean
wsi_exporter_flush (WsiExporter *self,
                    GError     **error)
{
  return g_output_stream_flush (self->stream, NULL, error);
}

gboolean
wsi_exporter_write_end (WsiExporter *self,
                        GError     **error)
{
  return self->class->end (self, error) && wsi_exporter_flush (self, error);
}

gboolean
wsi_exporter_end (WsiExporter *self,
                  GError     **error)
{
  return wsi_exporter_write_end (self, error) && g_output_stream_close (self->stream, NULL, error);
}
