/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/files/wsi-save.h"

#include <gio/gunixoutputstream.h>
#include <unistd.h>

#include "inspect/decode/choosing/wsi-interpreter.h"
#include "inspect/filter/wsi-filter.h"
#include "inspect/save/formats/wsi-exporter.h"
#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/store/wsi-store.h"

struct _WsiSave
{
  WsiStore    *store;
  WsiMatcher  *matcher;         /* matcher of the rows to write; NULL = all rows */
  gint64       wanted;          /* number of the connection to write; -1 = all */
  GHashTable  *begun;           /* numbers of connections with a row in the file */
  guint64      last;            /* the number of the row that was written last */
  WsiRedactor *redactor;        /* redactor of the caller */
  WsiExporter *exporter;
  char        *path;
  guint64      n_hidden;        /* number of values that were hidden in the file */
  WsiSaveMode  mode;
  gboolean     is_quiet, has_failed;
};

WsiStore *
wsi_save_new_store (const WsiOptions *options)
{
  const WsiStoreLimits limits = {
    .max_records = WSI_CLI_MAX_RECORDS,
    .max_memory = wsi_options_get_max_memory (options, WSI_CLI_MAX_PAYLOAD),
    .max_stored = WSI_CLI_MAX_PAYLOAD,
    .event_rows = options->write != NULL ? WSI_EVENT_ROWS_CONVERSATIONS : WSI_EVENT_ROWS_NONE,
  };

  return options->is_quiet && options->write == NULL ? NULL : wsi_store_new_with_limits (&limits);
}

static void
save_fail (WsiSave      *self,
           const GError *error)
{
  if (self->has_failed)
    return;

  self->has_failed = TRUE;
  wsi_output_error_titled (self->path, error->message);
}

/* Whether the record belongs to a connection as a whole: a head of its handshake, or its end. */
static gboolean
is_of_connection (const WsiRecord *record)
{
  return record->kind == WSI_RECORD_KIND_EVENT &&
         (record->event == WSI_EVENT_REQUEST || record->event == WSI_EVENT_RESPONSE ||
          record->event == WSI_EVENT_ENDED);
}

/* Whether the row is written.  An exporter itself begins a connection, with its handshake, before
 * the first row that it gets of that connection. */
static gboolean
save_is_wanted (WsiSave *self,
                guint64  number)
{
  const WsiRecord *record = wsi_store_get_record (self->store, number);
  gpointer connection = record != NULL ? GUINT_TO_POINTER (record->conversation) : NULL;

  if (record == NULL || (self->wanted > 0 && record->conversation != self->wanted))
    return FALSE;
  if (self->matcher == NULL)
    return TRUE;
  if (!wsi_matcher_match (self->matcher, number))
    return is_of_connection (record) && g_hash_table_contains (self->begun, connection);

  g_hash_table_add (self->begun, connection);
  return TRUE;
}

static void
save_on_appended (WsiSave *self,
                  guint64  first,
                  guint64  n_records)
{
  g_autoptr (GError) error = NULL;
  guint64 n_before = wsi_redactor_get_n_hidden (self->redactor);
  gboolean is_written = !self->has_failed;

  for (guint64 i = first; is_written && i < first + n_records; i++)
    if (save_is_wanted (self, i))
      {
        is_written = wsi_exporter_add (self->exporter, i, &error);
        self->last = i;
      }
  if (is_written && self->mode == WSI_SAVE_AT_ONCE)
    wsi_exporter_flush (self->exporter, &error);
  self->n_hidden += wsi_redactor_get_n_hidden (self->redactor) - n_before;
  if (error != NULL)
    save_fail (self, error);
}

static void
save_on_noted (WsiSave *self,
               guint64  number,
               WsiNote  note)
{
  g_autoptr (GError) error = NULL;
  guint64 n_before = wsi_redactor_get_n_hidden (self->redactor);

  /* If rows are left out, an earlier row has another number in the file, so its note cannot be
   * added. */
  if ((self->matcher != NULL || self->wanted > 0) && number != self->last)
    return;
  if (!self->has_failed && !wsi_exporter_note (self->exporter, number, note, &error))
    save_fail (self, error);
  self->n_hidden += wsi_redactor_get_n_hidden (self->redactor) - n_before;
}

gboolean
wsi_save_is_output (const char *path)
{
  return g_str_equal (path, "-");
}

/* Binary output is not written to a terminal, which would obey the bytes of a peer. */
static GOutputStream *
open_output (GError **error)
{
  if (isatty (STDOUT_FILENO) != 1)
    return g_unix_output_stream_new (STDOUT_FILENO, FALSE);

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                       "standard output is a terminal: expected a file or a pipe");
  return NULL;
}

static GOutputStream *
save_create (const char *path,
             GError    **error)
{
  g_autoptr (GError) failure = NULL;
  GOutputStream *stream = wsi_save_is_output (path) ? open_output (&failure)
                                                    : wsi_export_create (path, &failure);

  if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_EXISTS))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                 "%s exists and is not overwritten: expected the name of a new file", path);
  else if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  return stream;
}

/* FALSE: the filter or a decoder is unknown. */
static gboolean
choose_rows (WsiSave          *self,
             const WsiOptions *options,
             GError          **error)
{
  g_autoptr (WsiInterpreter) interpreter = wsi_interpreter_new (NULL);
  g_autoptr (WsiFilter) filter = NULL;

  /* --conn with --replay is the number of a recorded connection, not of one in this store. */
  self->wanted = options->is_all || options->replay != NULL ? -1 : options->connection;
  if (options->filter == NULL || options->is_all)
    return TRUE;

  wsi_interpreter_set_max_length (interpreter, wsi_options_get_max_decoded (options));
  for (guint i = 0; options->decoders != NULL && options->decoders[i] != NULL; i++)
    if (!wsi_interpreter_choose (interpreter, options->decoders[i], error))
      return FALSE;

  filter = wsi_filter_new (options->filter, error);
  if (filter == NULL)
    {
      g_prefix_error_literal (error, "--filter: ");
      return FALSE;
    }

  self->matcher = wsi_matcher_new (filter, self->store);
  wsi_matcher_copy_choices (self->matcher, interpreter);
  return TRUE;
}

WsiSave *
wsi_save_new_format (const WsiOptions *options,
                     WsiFormat         format,
                     const char       *path,
                     WsiStore         *store,
                     WsiRedactor      *redactor,
                     WsiSaveMode       mode,
                     GError          **error)
{
  g_autoptr (GOutputStream) stream = NULL;
  g_autoptr (WsiSave) self = g_new0 (WsiSave, 1);

  self->store = g_object_ref (store);
  self->begun = g_hash_table_new (NULL, NULL);
  self->last = G_MAXUINT64;
  if (!choose_rows (self, options, error) || (stream = save_create (path, error)) == NULL)
    return NULL;

  self->redactor = redactor;
  self->exporter = wsi_format_open (format, store, self->redactor, stream);
  self->path = g_strdup (path);
  self->mode = mode;
  self->is_quiet = options->is_quiet;
  g_signal_connect_swapped (store, "appended", G_CALLBACK (save_on_appended), self);
  g_signal_connect_swapped (store, "noted", G_CALLBACK (save_on_noted), self);
  return g_steal_pointer (&self);
}

/* The end of a file's name tells its format; standard output has no name. */
static const char *
get_format_hint (const char    *path,
                 WsiFormatNamer namer)
{
  gboolean has_option = namer == WSI_FORMAT_BY_OPTION;

  if (wsi_save_is_output (path))
    return has_option ? " (name it with --to)" : " (give the name of a file)";

  return has_option ? " (end the name of the file so, or name the format with --to)"
                    : " (end the name of the file so)";
}

gboolean
wsi_save_find_format (const char    *name,
                      const char    *path,
                      WsiFormatNamer namer,
                      WsiFormat     *format,
                      GError       **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  if (name != NULL ? wsi_format_find (name, format) : wsi_format_find_for_path (path, format))
    return TRUE;

  for (guint i = 0; i < WSI_N_FORMATS; i++)
    g_string_append_printf (known, "%s%s (%s)", i > 0 ? ", " : "",
                            wsi_format_get_name ((WsiFormat) i),
                            wsi_format_get_suffix ((WsiFormat) i));
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "unknown format %s%s: expected one of %s%s", name == NULL ? "of " : "",
               name != NULL ? name : wsi_save_is_output (path) ? "the standard output" : path,
               known->str, name != NULL ? "" : get_format_hint (path, namer));
  return FALSE;
}

WsiSave *
wsi_save_new (const WsiOptions *options,
              WsiStore         *store,
              WsiRedactor      *redactor,
              WsiSaveMode       mode,
              GError          **error)
{
  WsiFormat format;

  return wsi_save_find_format (NULL, options->write, WSI_FORMAT_BY_FILE_NAME, &format, error)
         ? wsi_save_new_format (options, format, options->write, store, redactor, mode, error)
         : NULL;
}

void
wsi_save_free (WsiSave *self)
{
  g_signal_handlers_disconnect_by_data (self->store, self);
  g_clear_pointer (&self->matcher, wsi_matcher_free);
  g_hash_table_unref (self->begun);
  g_object_unref (self->store);
  g_clear_pointer (&self->exporter, wsi_exporter_free);
  g_free (self->path);
  g_free (self);
}

gboolean
wsi_save_has_failed (const WsiSave *self)
{
  return self->has_failed;
}

static void
report_hidden (WsiSave *self)
{
  g_autofree char *count = wsi_output_count (self->n_hidden, "value", 0);
  g_autofree char *text = g_strdup_printf ("%s %s hidden (write %s with --redact=none)", count,
                                           self->n_hidden == 1 ? "was" : "were",
                                           self->n_hidden == 1 ? "it" : "them");

  if (self->n_hidden > 0 && !self->is_quiet)
    wsi_output_error_titled (self->path, text);
}

char *
wsi_save_dup_unread (const WsiRedactor *redactor)
{
  guint64 n_unread = wsi_redactor_get_n_unread (redactor);
  g_autofree char *count = wsi_output_count (n_unread, "message", 0);

  if (n_unread == 0)
    return NULL;

  return g_strdup_printf ("%s may have secrets and could not be read: expected JSON, MessagePack, "
                          "CBOR, XML, MQTT or STOMP (hide all payload with --redact=strict)",
                          count);
}

static void
report_unread (WsiSave *self)
{
  g_autofree char *text = wsi_save_dup_unread (self->redactor);

  if (text != NULL && !self->is_quiet)
    wsi_output_error_titled (self->path, text);
}

WsiExit
wsi_save_end (WsiSave *self,
              WsiExit  status)
{
  g_autoptr (GError) error = NULL;
  guint64 n_before = wsi_redactor_get_n_hidden (self->redactor);

  if (!self->has_failed && !wsi_exporter_end (self->exporter, &error))
    save_fail (self, error);
  self->n_hidden += wsi_redactor_get_n_hidden (self->redactor) - n_before;
  if (self->has_failed)
    return WSI_EXIT_OUTPUT_FAILED;

  report_hidden (self);
  report_unread (self);
  return status;
}
