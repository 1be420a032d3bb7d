/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/print/wsi-column.h"

#include <string.h>

#include "inspect/decode/wsi-text.h"
#include "inspect/filter/wsi-decoded-path.h"
#include "inspect/show/columns/wsi-row-format.h"

static const WsiCell none = { WSI_CELL_NONE, 0, NULL };

WsiColumn *
wsi_column_new (const char    *name,
                const WsiHide *hide,
                GError       **error)
{
  g_autoptr (WsiFieldReader) reader = wsi_field_reader_new (name, hide, error);
  WsiColumn *self;

  if (reader == NULL)
    {
      g_prefix_error_literal (error, "--field: ");
      return NULL;
    }

  self = g_new0 (WsiColumn, 1);
  self->name = name;
  self->get = wsi_frame_view_find (reader);
  if (self->get == NULL)
    self->path = wsi_decoded_path_new (name);
  self->reader = g_steal_pointer (&reader);
  return self;
}

void
wsi_column_free (WsiColumn *self)
{
  g_clear_pointer (&self->path, wsi_decoded_path_free);
  g_clear_pointer (&self->reader, wsi_field_reader_free);
  g_free (self);
}

static char *
column_hide_text (gpointer    redactor,
                  const char *text)
{
  return wsi_redactor_hide_text (redactor, text);
}

static GBytes *
column_hide_head (gpointer redactor,
                  GBytes  *head)
{
  return wsi_redactor_hide_head (redactor, head);
}

WsiHide
wsi_column_make_hide (WsiRedactor *redactor)
{
  return (WsiHide) { column_hide_text, column_hide_head, redactor };
}

gboolean
wsi_columns_come_with_reply (const GPtrArray *columns)
{
  for (guint i = 0; columns != NULL && i < columns->len; i++)
    {
      const WsiColumn *column = columns->pdata[i];

      if (wsi_field_reader_get_field (column->reader)->comes == WSI_COMES_WITH_REPLY)
        return TRUE;
    }
  return FALSE;
}

/* The values of a field so far, with a line feed between them. */
typedef struct
{
  const WsiField *field;
  GString        *text;
  guint           n_values;
  gint64          last;
} FieldValues;

static char *
column_format_number (const WsiField *field,
                      gint64          number)
{
  switch (field->type)
    {
    case WSI_VALUE_TIME:
      return wsi_row_format_print_span (number);
    case WSI_VALUE_RATIO:
      return g_strdup_printf ("%" G_GINT64_FORMAT ".%03d", number / 1000, (int) (number % 1000));
    case WSI_VALUE_NAME:
      for (const WsiName *name = field->names; name->name != NULL; name++)
        if (name->value == number)
          return g_strdup (name->name);
      break;
    case WSI_VALUE_NUMBER:
    case WSI_VALUE_BOOLEAN:
    case WSI_VALUE_TEXT:
    case WSI_VALUE_BYTES:
    case WSI_VALUE_ISSUE:
    case WSI_VALUE_ANY:
      break;
    }

  return g_strdup_printf ("%" G_GINT64_FORMAT, number);
}

static void
column_take_value (const WsiReadValue *value,
                   gpointer            user_data)
{
  FieldValues *values = user_data;
  g_autofree char *text = value->is_number ? column_format_number (values->field, value->number)
                                           : g_utf8_make_valid ((const char *) value->bytes,
                                                                value->length);

  if (values->n_values++ > 0)
    g_string_append_c (values->text, '\n');
  g_string_append (values->text, text);
  values->last = value->number;
}

static WsiCell
read_cell (const WsiColumn    *self,
           const WsiFrameView *view)
{
  g_autoptr (GString) text = g_string_new (NULL);
  FieldValues values = { .field = wsi_field_reader_get_field (self->reader), .text = text };

  wsi_field_reader_read (self->reader, view->store, view->number - 1, column_take_value, &values);
  if (values.n_values == 0)
    return none;

  switch (values.field->type)
    {
    case WSI_VALUE_BOOLEAN:
      return (WsiCell) { WSI_CELL_FLAG, values.last != 0, NULL };
    case WSI_VALUE_NUMBER:
    case WSI_VALUE_TIME:
    case WSI_VALUE_RATIO:
      return (WsiCell) { WSI_CELL_LITERAL, 0, g_strdup (text->str) };
    case WSI_VALUE_NAME:
    case WSI_VALUE_TEXT:
    case WSI_VALUE_BYTES:
    case WSI_VALUE_ISSUE:
    case WSI_VALUE_ANY:
      break;
    }

  return (WsiCell) { WSI_CELL_STRING, 0, g_strdup (text->str) };
}

WsiCell
wsi_column_get (const WsiColumn    *self,
                const WsiFrameView *view)
{
  gboolean is_literal = FALSE;
  char *text;

  if (self->get != NULL)
    return self->get (view);
  if (self->path == NULL)
    return read_cell (self, view);

  text = wsi_decoded_view_dup_values (view->decoded, self->path, &is_literal);
  if (text == NULL)
    return none;

  return (WsiCell) { is_literal ? WSI_CELL_LITERAL : WSI_CELL_STRING, 0, text };
}

/* A value is never cut, however long, because a cut value looks like a whole one. */
static char *
column_escape_value (const char *value,
                     WsiCharset  charset)
{
  GString *text = g_string_new (NULL);

  wsi_text_append_exact (text, value, strlen (value), G_MAXSIZE, charset);
  return g_string_free (text, FALSE);
}

char *
wsi_cell_format (const WsiCell *value,
                 WsiCharset     charset)
{
  switch (value->kind)
    {
    case WSI_CELL_NONE:
      return g_strdup ("");
    case WSI_CELL_NUMBER:
    case WSI_CELL_FLAG:
      return g_strdup_printf ("%" G_GUINT64_FORMAT, value->number);
    case WSI_CELL_LITERAL:
    case WSI_CELL_STRING:
    case WSI_CELL_LIST:
      return column_escape_value (value->text != NULL ? value->text : "", charset);
    }

  g_assert_not_reached ();
}
