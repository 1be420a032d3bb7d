/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/recordings/wsi-file-reader.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/files/wsi-file.h"
#include "inspect/sources/wsi-signals.h"
#include "cli/table/wsi-options.h"
#include "inspect/sources/files/wsi-error-list.h"
#include "inspect/sources/files/wsi-recording-set.h"
#include "inspect/sources/wsi-read-as.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-store.h"

#define PIECES_PER_STEP 256
#define MAX_RECORDS (4 * 16384)        /* records of the store: more than a part of one push
                                        * makes */
#define MAX_STORED (16 * 1024 * 1024)
#define PROGRESS_INTERVAL (G_USEC_PER_SEC / 2)

struct _WsiFileReader
{
  WsiStore    *store;
  WsiRecorder *recorder;
  WsiRecordingSet *files;
  WsiInterrupt *interrupt;      /* state of Ctrl+C, which ends only the reading; NULL = a signal
                                 * ends the program */
  gint64       wanted;          /* number of the connection to read; -1 = all */
  gboolean     is_found;        /* the wanted connection is in the files */
  goffset      size;            /* bytes of the files; 0 = not known */
  gboolean     is_live;         /* the file is a pipe: packets or lines are printed when read */
  gint64       progress_us;     /* time at which the progress was shown last */
  gboolean     has_progress;
};

static void
look_at_source (WsiFileReader *self,
                const char    *path)
{
  struct stat facts;
  gboolean is_input = g_str_equal (path, "-");

  if ((is_input ? fstat (STDIN_FILENO, &facts) : stat (path, &facts)) != 0)
    return;

  self->is_live |= !S_ISREG (facts.st_mode);
  self->size += S_ISREG (facts.st_mode) ? facts.st_size : 0;
  self->has_progress = self->size > 0 && !self->is_live && isatty (STDERR_FILENO) == 1 &&
                       isatty (STDOUT_FILENO) != 1;
}

/* NULL: the reading cannot be cancelled. */
static GCancellable *
get_cancellable (WsiFileReader *self)
{
  return self->interrupt != NULL ? wsi_interrupt_get_cancellable (self->interrupt) : NULL;
}

static void
file_reader_on_conversation (WsiFileReader   *self,
                             WsiConversation *conversation)
{
  self->is_found |= wsi_conversation_get_number (conversation) == self->wanted;
}

static gboolean
check_paths (const char *const *paths,
             guint              n_paths,
             GError           **error)
{
  guint n_inputs = 0;

  for (guint i = 0; i < n_paths; i++)
    n_inputs += g_str_equal (paths[i], "-");
  if (n_inputs > 1)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                         "standard input can be read once: expected at most one -");
  return n_inputs <= 1;
}

/* All files are open at a time, and the usual limit is 1024. */
static void
raise_file_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return;

  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
}

/* A file that cannot be opened does not keep the others from being read. */
static void
file_reader_add_files (WsiFileReader     *self,
                       GInputStream      *first,
                       const char *const *paths,
                       guint              n_paths)
{
  for (guint i = 0; i < n_paths; i++)
    {
      GError *error = NULL;
      g_autoptr (GInputStream) stream = i == 0 && first != NULL ? g_object_ref (first)
                                        : wsi_file_open (paths[i], &error);

      if (stream != NULL)
        look_at_source (self, paths[i]);
      wsi_recording_set_add (self->files, stream, paths[i], error);
    }
}

WsiFileReader *
wsi_file_reader_new (const WsiOptions  *options,
                     GInputStream      *first,
                     const char *const *paths,
                     guint              n_paths,
                     WsiFileReaderUse   use,
                     GError           **error)
{
  static const gsize max_memory[] = {
    [WSI_FILE_READER_FOR_LISTING] = MAX_STORED,
    /* the store keeps payloads as on the wire, and inflated */
    [WSI_FILE_READER_FOR_COMMAND] = 2 * MAX_STORED + MAX_RECORDS,
    [WSI_FILE_READER_FOR_FILE] = 2 * MAX_STORED + MAX_RECORDS,
  };
  g_autoptr (WsiFileReader) self = g_new0 (WsiFileReader, 1);
  g_autoptr (GArray) ports = NULL;
  const WsiStoreLimits limits = {
    .max_records = MAX_RECORDS,
    .max_memory = wsi_options_get_max_memory (options, max_memory[use]), .max_stored = MAX_STORED,
    .event_rows = WSI_EVENT_ROWS_CONVERSATIONS,
  };

  if (!check_paths (paths, n_paths, error))
    return NULL;

  ports = wsi_read_as_parse ((const char *const *) options->read_as, error);
  if (ports == NULL)
    return NULL;

  self->store = wsi_store_new_with_limits (&limits);
  self->recorder = wsi_recorder_new (self->store, WSP_ROLE_CLIENT);
  self->wanted = options->connection;
  g_signal_connect_swapped (self->recorder, "conversation",
                            G_CALLBACK (file_reader_on_conversation), self);
  if (use == WSI_FILE_READER_FOR_FILE)
    self->interrupt = wsi_interrupt_new ();
  self->files = wsi_recording_set_new (self->recorder, get_cancellable (self));
  wsi_recording_set_set_key_log (self->files, options->key_log);
  wsi_recording_set_read_as_websocket (self->files, ports);
  raise_file_limit ();
  file_reader_add_files (self, first, paths, n_paths);
  return wsi_recording_set_open (self->files, error) ? g_steal_pointer (&self) : NULL;
}

void
wsi_file_reader_free (WsiFileReader *self)
{
  g_clear_pointer (&self->files, wsi_recording_set_free);
  g_clear_pointer (&self->interrupt, wsi_interrupt_free);
  if (self->recorder != NULL)
    g_signal_handlers_disconnect_by_data (self->recorder, self);
  g_clear_object (&self->recorder);
  g_clear_object (&self->store);
  g_free (self);
}

WsiStore *
wsi_file_reader_get_store (WsiFileReader *self)
{
  return self->store;
}

WsiRecorder *
wsi_file_reader_get_recorder (WsiFileReader *self)
{
  return self->recorder;
}

static void
file_reader_show_progress (WsiFileReader *self)
{
  gint64 now = g_get_monotonic_time ();

  if (!self->has_progress || now - self->progress_us < PROGRESS_INTERVAL)
    return;

  self->progress_us = now;
  wsi_output_progress (100 * MIN (1, wsi_recording_set_get_n_bytes (self->files) /
                                  (double) self->size));
}

/* Prints an error line for everything in the files that has no row. */
static void
print_losses (WsiFileReader *self)
{
  g_auto (GStrv) losses = wsi_recording_set_dup_losses (self->files);

  for (guint i = 0; losses[i] != NULL; i++)
    wsi_output_error (losses[i]);
}

static void
file_reader_print_error (const GError *error)
{
  g_auto (GStrv) lines = g_strsplit (error->message, WSI_ERROR_SEPARATOR, -1);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    wsi_output_error ("interrupted: the rest was not read");
  else
    for (guint i = 0; lines[i] != NULL; i++)
      wsi_output_error (lines[i]);
}

/* After the whole recording was read: if the wanted connection was not in it, an error line says
 * so. */
static WsiExit
check_connection (const WsiFileReader *self)
{
  g_autofree char *text = NULL;

  if (self->wanted <= 0 || self->is_found)
    return WSI_EXIT_CLEAN;

  text = g_strdup_printf ("there is no connection %" G_GINT64_FORMAT " (choose another one with "
                          "--conn)", self->wanted);
  wsi_output_error (text);
  return WSI_EXIT_USAGE;
}

WsiExit
wsi_file_reader_run (WsiFileReader     *self,
                     WsiFileReaderWants wants,
                     gpointer           user_data)
{
  guint n_pieces = self->is_live ? 1 : PIECES_PER_STEP;
  gboolean has_more = TRUE;
  g_autoptr (GError) error = NULL;

  if (!self->is_live)
    wsi_output_begin_bulk ();
  self->progress_us = g_get_monotonic_time ();
  while (has_more && wants (user_data))
    {
      has_more = wsi_recording_set_step (self->files, n_pieces, &error);
      file_reader_show_progress (self);
    }
  if (self->has_progress)
    wsi_output_end_progress ();

  print_losses (self);
  if (error != NULL)
    file_reader_print_error (error);
  if (error != NULL || wsi_recording_set_are_cut (self->files))
    return WSI_EXIT_INPUT_DAMAGED;
  if (wsi_recording_set_are_too_large (self->files))
    return WSI_EXIT_OUTPUT_FAILED;

  if (wsi_recording_set_are_empty (self->files))
    return WSI_EXIT_CHECK_FAILED;

  return has_more ? WSI_EXIT_CLEAN : check_connection (self);
}

WsiExit
wsi_file_reader_fail (const GError *error)
{
  static const int codes[] = {
    G_IO_ERROR_INVALID_DATA, G_IO_ERROR_PARTIAL_INPUT, G_IO_ERROR_NOT_SUPPORTED,
    G_IO_ERROR_CANCELLED,
  };

  file_reader_print_error (error);

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_error_matches (error, G_IO_ERROR, codes[i]))
      return WSI_EXIT_INPUT_DAMAGED;

  return WSI_EXIT_USAGE;
}

WsiExit
wsi_file_reader_list (const WsiOptions  *options,
                      GInputStream      *first,
                      const char *const *paths,
                      WsiFileReaderList  list)
{
  g_autoptr (GError) error = NULL;
  WsiFileReader *reader = NULL;
  WsiFileReaderUse use = options->write != NULL ? WSI_FILE_READER_FOR_FILE
                                                : WSI_FILE_READER_FOR_LISTING;
  WsiListing listing = { 0 };
  WsiExit status;

  if (wsi_listing_init (&listing, options, &error))
    reader = wsi_file_reader_new (options, first, paths, g_strv_length ((GStrv) paths), use,
                                  &error);

  if (reader != NULL)
    {
      status = list (reader, &listing);
      wsi_file_reader_free (reader);
    }
  else
    {
      status = wsi_file_reader_fail (error);
    }
  wsi_listing_clear (&listing);
  return status;
}
