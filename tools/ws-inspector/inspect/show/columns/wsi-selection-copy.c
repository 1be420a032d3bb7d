/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/columns/wsi-selection-copy.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "inspect/save/formats/wsi-export.h"
#include "inspect/save/formats/wsi-exporter.h"
#include "inspect/save/formats/wsi-message-rows.h"
#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/show/columns/wsi-row-column.h"
#include "inspect/show/models/wsi-frame-model.h"
#include "inspect/store/wsi-record.h"
#include "inspect/store/wsi-store.h"

#define HIDDEN "…"

struct _WsiSelectionCopy
{
  WsiStore      *store;
  GArray        *numbers;
  WsiUnit        unit;
  WsiCopyForm    form;
  WsiRowFormat  *format;
  GPtrArray     *columns;       /* columns to copy (WsiRowColumn) */
  WsiRedactor   *redactor;
  WsiHiddenMessages *messages;
  guint          n_done;        /* rows that were copied so far */
  GString       *text;
  gboolean       has_text;      /* a row has given a text, which may be empty */
  GOutputStream *stream;        /* stream that the exporter writes to; NULL = there is none */
  WsiExporter   *exporter;
  GError        *error;
};

/* The lines of JSON are those of a session file, in which rows have the order of their numbers. */
static void
begin_export (WsiSelectionCopy *self)
{
  g_autoptr (GArray) rows = g_array_copy (self->numbers);

  wsi_frame_model_sort_numbers (rows);
  g_array_unref (self->numbers);
  self->numbers = self->unit == WSI_UNIT_MESSAGES ? wsi_message_rows_new (self->store, rows, NULL)
                                                  : g_array_ref (rows);
  self->stream = g_memory_output_stream_new_resizable ();
  self->exporter = wsi_format_open (WSI_FORMAT_SESSION, self->store, self->redactor, self->stream);
}

WsiSelectionCopy *
wsi_selection_copy_new (const WsiCopiedRows *rows)
{
  WsiSelectionCopy *self = g_new0 (WsiSelectionCopy, 1);

  self->store = g_object_ref (rows->store);
  self->numbers = g_array_ref (rows->numbers);
  self->unit = rows->unit;
  self->form = rows->form;
  self->format = rows->format;
  self->redactor = wsi_redactor_new (rows->redaction);
  wsi_redactor_set_names (self->redactor, rows->secret_names);
  self->messages = wsi_hidden_messages_new (rows->store, self->redactor);
  self->columns = g_ptr_array_new_with_free_func ((GDestroyNotify) wsi_row_column_free);
  for (guint i = 0; rows->columns != NULL && rows->columns[i] != NULL; i++)
    g_ptr_array_add (self->columns, wsi_row_column_new (rows->columns[i]));
  self->text = g_string_new (NULL);
  if (self->form == WSI_COPY_JSON)
    begin_export (self);
  return self;
}

void
wsi_selection_copy_free (WsiSelectionCopy *self)
{
  g_clear_pointer (&self->exporter, wsi_exporter_free);
  g_clear_object (&self->stream);
  g_string_free (self->text, TRUE);
  g_ptr_array_unref (self->columns);
  wsi_hidden_messages_free (self->messages);
  wsi_redactor_free (self->redactor);
  g_array_unref (self->numbers);
  g_object_unref (self->store);
  g_clear_error (&self->error);
  g_free (self);
}

/* Events quote URIs, and comments anything.  The rest of a head is in no format. */
static char *
print_cell (WsiSelectionCopy *self,
            WsiRowColumn     *column,
            WsiRow           *row)
{
  const WsiRecord *record = wsi_row_get_record (row);
  const char *name = wsi_row_column_get_name (column);
  gboolean is_content = g_str_equal (name, "summary") || wsi_column_kind_find (name) == NULL;
  g_autofree char *cell = NULL;

  if (is_content && wsi_redactor_hides_payload (self->redactor, record))
    return g_strdup (HIDDEN);

  cell = wsi_row_column_print (column, self->format, row);
  if (record->kind == WSI_RECORD_KIND_EVENT || g_str_equal (name, "comment"))
    return wsi_redactor_hide_text (self->redactor, cell);
  return g_steal_pointer (&cell);
}

/* Appends the cells of a row: a cell is a part of a line, in which tabs are escaped. */
static void
append_shown (WsiSelectionCopy *self,
              WsiRow           *row)
{
  g_string_append (self->text, self->has_text ? "\n" : "");
  for (guint i = 0; i < self->columns->len; i++)
    {
      g_autofree char *cell = print_cell (self, self->columns->pdata[i], row);

      g_string_append (self->text, i > 0 ? "\t" : "");
      g_string_append (self->text, cell);
    }
  self->has_text = TRUE;
}

/* Appends the payload of a row; a row without one is left out. */
static void
selection_copy_append_payload (WsiSelectionCopy *self,
                               WsiRow           *row)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *payload = wsi_row_copy (row, self->unit, self->form, self->messages, &error);

  if (payload == NULL)
    {
      if (self->error == NULL)
        self->error = g_steal_pointer (&error);
      return;
    }

  if (self->has_text && !(self->text->len > 0 && self->text->str[self->text->len - 1] == '\n'))
    g_string_append_c (self->text, '\n');
  g_string_append (self->text, payload);
  self->has_text = TRUE;
}

static gsize
selection_copy_get_length (WsiSelectionCopy *self)
{
  return self->stream != NULL
         ? g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (self->stream))
         : self->text->len;
}

/* Appends a row; a memory stream takes all that is written to it. */
static void
selection_copy_append (WsiSelectionCopy *self,
                       guint64           number)
{
  g_autoptr (WsiRow) row = NULL;

  if (number < wsi_store_get_first (self->store))
    return;
  if (self->exporter != NULL)
    {
      self->has_text |= wsi_exporter_add (self->exporter, number, NULL);
      return;
    }

  row = wsi_row_new (self->store, number);
  if (self->form == WSI_COPY_SHOWN)
    append_shown (self, row);
  else
    selection_copy_append_payload (self, row);
}

static gboolean
selection_copy_is_too_long (WsiSelectionCopy *self)
{
  return self->numbers->len > 1 && selection_copy_get_length (self) > WSI_COPY_MAX_LENGTH;
}

gboolean
wsi_selection_copy_step (WsiSelectionCopy *self,
                         gint64            max_us)
{
  gint64 end_us = g_get_monotonic_time () + max_us;

  if (self->form == WSI_COPY_SHOWN)
    wsi_row_format_set_hidden (self->format, self->messages);
  while (self->n_done < self->numbers->len && !selection_copy_is_too_long (self))
    {
      selection_copy_append (self, g_array_index (self->numbers, guint64, self->n_done++));
      if (g_get_monotonic_time () >= end_us)
        break;
    }
  if (self->form == WSI_COPY_SHOWN)
    wsi_row_format_set_hidden (self->format, NULL);
  return self->n_done < self->numbers->len && !selection_copy_is_too_long (self);
}

guint64
wsi_selection_copy_get_n_hidden (WsiSelectionCopy *self)
{
  return wsi_redactor_get_n_hidden (self->redactor);
}

char *
wsi_selection_copy_end (WsiSelectionCopy *self,
                        GError          **error)
{
  if (self->exporter != NULL)
    {
      wsi_exporter_write_end (self->exporter, NULL);
      g_string_append_len (self->text, g_memory_output_stream_get_data (
                             G_MEMORY_OUTPUT_STREAM (self->stream)),
                           selection_copy_get_length (self));
    }
  if (selection_copy_is_too_long (self))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                   _("Cannot copy more than %d MiB: export the rows to a file"),
                   WSI_COPY_MAX_LENGTH / 1024 / 1024);
      return NULL;
    }
  if (!self->has_text)
    {
      if (self->error != NULL)
        g_propagate_error (error, g_steal_pointer (&self->error));
      else
        g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                             _("Cannot copy the rows: they were removed from memory"));
      return NULL;
    }

  return g_strdup (self->text->str);
}
