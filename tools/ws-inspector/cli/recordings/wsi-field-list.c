/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/recordings/wsi-recording-verbs.h"

#include "cli/print/wsi-json-printer.h"
#include "cli/print/wsi-listing.h"
#include "cli/recordings/wsi-file-reader.h"
#include "inspect/decode/choosing/wsi-interpreter.h"
#include "inspect/filter/wsi-filter.h"
#include "inspect/show/sample/wsi-sample.h"
#include "inspect/store/wsi-store.h"

typedef struct
{
  WsiListing     *listing;
  WsiStore       *store;
  WsiMatcher     *matcher;      /* matcher of the records; NULL = all records are taken */
  WsiInterpreter *interpreter;
  WsiSample      *sample;
} Fields;

/* Requests that match only once their replies are known are not in the sample. */
static void
field_list_on_appended (Fields *self,
                        guint64 first,
                        guint64 n_records)
{
  wsi_sample_add_turn (self->sample);
  for (guint64 i = first; i < first + n_records; i++)
    {
      wsi_interpreter_learn (self->interpreter, i, wsi_store_get_record (self->store, i));
      if (self->matcher == NULL || wsi_matcher_match (self->matcher, i))
        wsi_sample_take (self->sample, self->interpreter, i, i + 1);
    }
}

static void
write_value (WsiJsonPrinter        *json,
             const WsiCountedField *field,
             const WsiCountedValue *value)
{
  g_autofree char *text = wsi_sample_print_value (value);
  g_autofree char *filter = g_strdup_printf ("%s == %s", field->name, text);

  wsi_json_printer_open (json, NULL, '{');
  wsi_json_printer_string (json, "filter", filter);
  wsi_json_printer_number (json, "n", value->n);
  wsi_json_printer_close (json, '}');
}

static void
write_field (Fields                *self,
             const WsiCountedField *field,
             GPtrArray             *values)
{
  WsiJsonPrinter json;

  wsi_listing_begin_event (&json, "field", 0);
  wsi_json_printer_string (&json, "field", field->name);
  wsi_json_printer_number (&json, "n", field->n);
  wsi_json_printer_open (&json, "values", '[');
  for (guint i = 0; i < values->len; i++)
    write_value (&json, field, values->pdata[i]);
  wsi_json_printer_close (&json, ']');
  wsi_listing_add_event (self->listing, &json);
}

static void
print_field (const WsiCountedField *field,
             GPtrArray             *values)
{
  g_autofree char *count = wsi_output_count (field->n, "value", 0);

  wsi_output_line ("%s  (%s)", field->name, count);
  for (guint i = 0; i < values->len; i++)
    {
      const WsiCountedValue *value = values->pdata[i];
      g_autofree char *text = wsi_sample_print_value (value);

      wsi_output_line ("%9" G_GUINT32_FORMAT "  %s == %s", value->n, field->name, text);
    }
}

/* Prints how many messages were read: a long recording is not read whole. */
static void
field_list_print_number (Fields *self)
{
  guint64 n_messages = wsi_sample_get_n_messages (self->sample);
  g_autofree char *count = wsi_output_count (n_messages, "message", 0);
  WsiJsonPrinter json;

  if (!wsi_listing_is_json (self->listing))
    {
      wsi_output_line ("Sample of %s", count);
      return;
    }

  wsi_listing_begin_event (&json, "sample", 0);
  wsi_json_printer_number (&json, "messages", n_messages);
  wsi_listing_add_event (self->listing, &json);
}

static void
field_list_print_fields (Fields *self)
{
  g_autoptr (GPtrArray) fields = wsi_sample_list_fields (self->sample);

  for (guint i = 0; i < fields->len; i++)
    {
      const WsiCountedField *field = fields->pdata[i];
      g_autoptr (GPtrArray) values = wsi_sample_list_values (self->sample, field->name, "", 0,
                                                             G_MAXUINT);

      if (wsi_listing_is_json (self->listing))
        write_field (self, field, values);
      else
        print_field (field, values);
    }
  field_list_print_number (self);
  wsi_listing_end (self->listing);
}

static gboolean
field_list_wants_more (gpointer fields)
{
  return TRUE;
}

static WsiExit
sample_recordings (WsiFileReader *reader,
                   WsiListing    *listing)
{
  WsiStore *store = wsi_file_reader_get_store (reader);
  g_autoptr (WsiMatcher) matcher = listing->filter != NULL
                                   ? wsi_matcher_new (listing->filter, store) : NULL;
  g_autoptr (WsiInterpreter) interpreter = wsi_interpreter_new (store);
  g_autoptr (WsiSample) sample = wsi_sample_new (store, (WsiRedaction) listing->options->redact);
  Fields fields = { listing, store, matcher, interpreter, sample };
  WsiExit status;

  g_signal_connect_swapped (store, "appended", G_CALLBACK (field_list_on_appended), &fields);
  status = wsi_file_reader_run (reader, field_list_wants_more, &fields);
  g_signal_handlers_disconnect_by_data (store, &fields);
  field_list_print_fields (&fields);
  return status;
}

WsiExit
wsi_fields_verb (const WsiOptions  *options,
                 const char *const *arguments)
{
  static const char *const input[] = { "-", NULL };

  return wsi_file_reader_list (options, NULL, arguments[0] != NULL ? arguments : input,
                               sample_recordings);
}
