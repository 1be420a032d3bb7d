/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Records what dumpcap captures.  A read of packets waits in dumpcap's stream, and with it the
 * thread of the source: the stream, and not `end`, sees that the source is to stop.  With a
 * program, the stream stops when the program has ended: until then the source asks again and
 * again, as long as it waits.  docs/rationales/captures.md has the reasons. */

#include "inspect/sources/dumpcap/wsi-dumpcap-source.h"

#include <inttypes.h>
#include <signal.h>

#include "inspect/sources/dumpcap/wsi-dumpcap-stream.h"
#include "inspect/sources/files/wsi-recording.h"
#include "inspect/sources/files/wsi-recording-set.h"
#include "inspect/sources/wsi-process-end.h"
#include "inspect/sources/wsi-step-reader.h"

struct _WsiDumpcapSource
{
  WsiSource         parent_instance;

  char             *interface, *filter;
  GOutputStream    *packets;    /* file that gets the packets; NULL: none */
  char             *packets_name;
  char             *key_log;    /* path of the key log; NULL: none */
  char             *next_key_log;       /* key log on its way to the source's thread; atomic */
  GArray           *websocket_ports;    /* ports of servers with WebSockets (guint16) */
  GAsyncQueue      *next_ports;         /* ports on their way to the source's thread */

  WsiDumpcapStream *stream;     /* stream of packets; NULL: dumpcap has not been started */
  WsiStepReader    *reader;     /* reader of the packets; NULL: dumpcap has not begun to capture */
  GCancellable     *leave;      /* cancellable of the stream; without a program the source's */

  WsiStartedProgram *program;   /* program that starts with the capture; NULL: none, or removed */
  gint64            deadline;   /* time at which the program is killed; 0 = not asked to end */
  gboolean          has_started;        /* the program has started */
  int               status;     /* exit status of the program */
};

G_DEFINE_FINAL_TYPE (WsiDumpcapSource, wsi_dumpcap_source, WSI_TYPE_SOURCE)

/* Whether the capture is stopping, for the user or because the program has ended. */
static gboolean
is_stopping (WsiDumpcapSource *self)
{
  return g_cancellable_is_cancelled (self->leave);
}

static gboolean
is_to_stop (WsiDumpcapSource *self)
{
  return g_cancellable_is_cancelled (wsi_source_get_stop (WSI_SOURCE (self)));
}

static void
on_write_failed (const GError *error,
                 gpointer      data)
{
  WsiDumpcapSource *self = data;

  wsi_source_report (WSI_SOURCE (self), WSI_SOURCE_RUNNING,
                     WSI_SENTENCE (PACKETS_NOT_WRITTEN, self->packets_name, error->message));
}

/* The sentence of a row about missing packets; NULL: none is missing.  dumpcap reports them only at
 * its end: where they are missing is not known. */
static WsiSentence *
note_drops (WsiDumpcapSource       *self,
            const WsiDumpcapReport *report)
{
  WsiRecorder *recorder = wsi_source_get_recorder (WSI_SOURCE (self));
  g_autofree char *number = g_strdup_printf ("%" PRIu64, report->n_dropped);
  const WsiSentence *sentence = report->n_dropped == 1 ? WSI_SENTENCE (PACKET_DROPPED, number)
                                                       : WSI_SENTENCE (PACKETS_DROPPED, number);

  if (report->n_dropped == 0)
    return NULL;

  wsi_recorder_event (recorder, NULL, WSI_EVENT_NOTE, sentence, wsi_recorder_get_now (recorder));
  return wsi_sentence_copy (sentence);
}

/* The sentence about the end of the program.  A launcher ends when it has started another process,
 * with which the traffic goes on. */
static WsiSentence *
dup_end_of_program (WsiDumpcapSource *self)
{
  g_autofree char *number = g_strdup_printf ("%d", self->status % WSI_STATUS_OF_SIGNAL);

  return wsi_sentence_copy (wsi_started_program_has_left (self->program)
                            ? WSI_SENTENCE (STARTED_LEFT)
                            : self->status == 0 ? WSI_SENTENCE (PROGRAM_ENDED)
                            : self->status < WSI_STATUS_OF_SIGNAL
                            ? WSI_SENTENCE (STARTED_STATUS, number)
                            : WSI_SENTENCE (STARTED_SIGNAL, number));
}

/* The sentence about missing packets.  NULL: nothing is missing.  dropped: NULL = none. */
static WsiSentence *
dup_losses (WsiDumpcapSource  *self,
            const WsiSentence *dropped)
{
  g_auto (GStrv) losses = wsi_recording_set_dup_losses (wsi_step_reader_get_recordings (
                                                          self->reader));
  g_autofree char *text = g_strjoinv ("; ", losses);

  return wsi_sentence_copy (dropped != NULL ? dropped
                            : *text != '\0' ? WSI_SENTENCE (TEXT, text) : NULL);
}

/* Reports the end of the capture.  One that was asked for has no sentence, unless something is
 * missing.  If the program has failed, the sentence is about that. */
static void
dumpcap_source_report_end (WsiDumpcapSource  *self,
                           const WsiSentence *dropped)
{
  WsiSource *source = WSI_SOURCE (self);
  g_autofree WsiSentence *losses = dup_losses (self, dropped);
  g_autofree WsiSentence *program = is_stopping (self) && !is_to_stop (self)
                                    ? dup_end_of_program (self) : NULL;
  gboolean has_failed = program != NULL && program->id != WSI_SENTENCE_PROGRAM_ENDED;

  if (has_failed && losses != NULL)
    wsi_source_report (source, WSI_SOURCE_RUNNING, losses);
  wsi_source_report (source, WSI_SOURCE_ENDED,
                     losses != NULL && !has_failed ? losses
                     : program != NULL || is_stopping (self) ? program
                     : WSI_SENTENCE (DUMPCAP_ENDED));
}

/* The reason why a capture ended that had begun: what dumpcap says, and not that it cannot
 * capture.  NULL: no reason. */
static char *
dup_reason (const WsiSentence *failure,
            const GError      *error)
{
  if (failure != NULL && failure->id == WSI_SENTENCE_CAPTURING_REFUSED)
    return g_strdup (failure->arguments[0]);

  return failure != NULL ? wsi_sentence_to_string (failure)
         : error != NULL ? g_strdup (error->message) : NULL;
}

/* Ends the capture.  error: that of the packets; NULL: they were read to their end. */
static void
end_capture (WsiSource    *source,
             const GError *error)
{
  WsiDumpcapSource *self = WSI_DUMPCAP_SOURCE (source);
  const WsiDumpcapReport *report = wsi_dumpcap_stream_end (self->stream);
  g_autofree WsiSentence *failure = wsi_dumpcap_stream_dup_failure (self->stream);
  g_autofree char *reason = dup_reason (failure, error);
  g_autofree WsiSentence *dropped = note_drops (self, report);

  if (reason == NULL || is_stopping (self))
    dumpcap_source_report_end (self, dropped);
  else
    wsi_source_report (source, WSI_SOURCE_FAILED, WSI_SENTENCE (CAPTURING_FAILED, reason));
}

/* The first bytes come once dumpcap has opened the interface: packets that pass from then on are
 * captured.  The lines that it writes at its start come before it has tried. */
static gboolean
dumpcap_source_open_recordings (WsiDumpcapSource *self,
                                GError          **error)
{
  g_autoptr (GInputStream) packets = wsi_recording_open_stream (G_INPUT_STREAM (self->stream));
  WsiRecordingSet *recordings;

  self->reader = wsi_step_reader_new (WSI_SOURCE (self), NULL, self->key_log,
                                      self->websocket_ports, end_capture);
  recordings = wsi_step_reader_get_recordings (self->reader);
  wsi_recording_set_add (recordings, packets, self->interface, NULL);
  return wsi_recording_set_open (recordings, error);
}

/* Reports a failure: dumpcap has ended before it has captured. */
static void
dumpcap_source_report_failure (WsiDumpcapSource *self,
                               const GError     *error)
{
  g_autofree WsiSentence *failure = NULL;

  wsi_dumpcap_stream_end (self->stream);
  failure = wsi_dumpcap_stream_dup_failure (self->stream);
  if (is_stopping (self))
    wsi_source_report (WSI_SOURCE (self), WSI_SOURCE_ENDED, NULL);
  else
    wsi_source_report (WSI_SOURCE (self), WSI_SOURCE_FAILED,
                       failure != NULL ? failure : WSI_SENTENCE (ERROR, error->message));
}

static void
take_key_log (WsiDumpcapSource *self)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  if (self->reader == NULL || g_atomic_pointer_get (&self->next_key_log) == NULL)
    return;

  path = g_atomic_pointer_exchange (&self->next_key_log, NULL);
  if (!wsi_recording_set_change_key_log (wsi_step_reader_get_recordings (self->reader), path,
                                         &error))
    wsi_source_report (WSI_SOURCE (self), WSI_SOURCE_RUNNING,
                       WSI_SENTENCE (ERROR, error->message));
}

static void
take_ports (WsiDumpcapSource *self)
{
  g_autoptr (GArray) ports = NULL;

  while (self->reader != NULL && (ports = g_async_queue_try_pop (self->next_ports)) != NULL)
    {
      wsi_recording_set_read_as_websocket (wsi_step_reader_get_recordings (self->reader), ports);
      g_clear_pointer (&ports, g_array_unref);
    }
}

static void
take_status (WsiDumpcapSource *self)
{
  self->status = wsi_started_program_get_status (self->program);
  g_cancellable_cancel (self->leave);
}

/* Watches the program: the capture goes on until it has ended. */
static void
watch_program (WsiDumpcapSource *self)
{
  if (self->program == NULL || is_stopping (self))
    return;

  if (is_to_stop (self) && !self->has_started)
    {
      g_cancellable_cancel (self->leave);
    }
  else if (is_to_stop (self) && self->deadline == 0)
    {
      wsi_started_program_end (self->program);
      self->deadline = g_get_monotonic_time () + WSI_PROCESS_PATIENCE_US;
    }
  else if (self->deadline != 0 && g_get_monotonic_time () >= self->deadline)
    {
      wsi_started_program_kill (self->program);
    }

  if (wsi_started_program_has_ended (self->program))
    take_status (self);
}

/* The thread of the source waits in a read, and with it the calls of its context. */
static void
on_turned (gpointer data)
{
  take_key_log (data);
  take_ports (data);
  watch_program (data);
}

void
wsi_dumpcap_source_set_key_log (WsiDumpcapSource *self,
                                const char       *path)
{
  g_free (g_atomic_pointer_exchange (&self->next_key_log, g_strdup (path)));
}

void
wsi_dumpcap_source_read_as_websocket (WsiDumpcapSource *self,
                                      guint16           port)
{
  GArray *ports = g_array_new (FALSE, FALSE, sizeof port);

  g_async_queue_push (self->next_ports, g_array_append_val (ports, port));
}

/* Starts the program once dumpcap captures, so that its first packet is captured. */
static gboolean
start_program (WsiDumpcapSource *self)
{
  g_autoptr (GError) error = NULL;

  if (self->program == NULL || is_to_stop (self))
    return TRUE;

  self->has_started = wsi_started_program_start (self->program, &error);
  if (self->has_started)
    return TRUE;

  wsi_dumpcap_stream_end (self->stream);
  wsi_source_report (WSI_SOURCE (self), WSI_SOURCE_FAILED,
                     WSI_SENTENCE (STARTED_NOT, error->message));
  return FALSE;
}

static void
wsi_dumpcap_source_begin (WsiSource *source)
{
  WsiDumpcapSource *self = WSI_DUMPCAP_SOURCE (source);
  const WsiDumpcapStart start = {
    .interface = self->interface, .filter = self->filter, .packets = self->packets,
    .stop = self->leave, .write_failed = on_write_failed,
    .turned = on_turned, .user_data = self,
  };
  g_autofree WsiSentence *obstacle = NULL;
  g_autoptr (GError) error = NULL;

  self->stream = wsi_dumpcap_stream_new (&start, &obstacle);
  if (self->stream == NULL)
    {
      wsi_source_report (source, WSI_SOURCE_FAILED, obstacle);
      return;
    }

  if (!dumpcap_source_open_recordings (self, &error))
    dumpcap_source_report_failure (self, error);
  else if (start_program (self))
    wsi_step_reader_begin (self->reader);
}

/* Ends the source: the cancelled stream ends in the next step. */
static void
wsi_dumpcap_source_end (WsiSource *source)
{
}

/* Removes the program; one that still runs is killed in the worst case. */
static void
remove_program (WsiDumpcapSource *self)
{
  if (self->has_started)
    self->status = wsi_started_program_has_ended (self->program)
                   ? wsi_started_program_get_status (self->program)
                   : WSI_STATUS_OF_SIGNAL + SIGKILL;
  g_clear_pointer (&self->program, wsi_started_program_free);
}

static void
dumpcap_source_clear (WsiDumpcapSource *self)
{
  g_clear_pointer (&self->reader, wsi_step_reader_free);
  g_clear_object (&self->stream);
  if (self->program != NULL)
    remove_program (self);
}

static void
wsi_dumpcap_source_abort (WsiSource *source)
{
  dumpcap_source_clear (WSI_DUMPCAP_SOURCE (source));
}

static void
wsi_dumpcap_source_finalize (GObject *object)
{
  WsiDumpcapSource *self = WSI_DUMPCAP_SOURCE (object);

  dumpcap_source_clear (self);
  g_clear_object (&self->packets);
  g_clear_object (&self->leave);
  g_free (self->interface);
  g_free (self->filter);
  g_free (self->packets_name);
  g_free (self->key_log);
  g_free (self->next_key_log);
  g_array_unref (self->websocket_ports);
  g_async_queue_unref (self->next_ports);
  G_OBJECT_CLASS (wsi_dumpcap_source_parent_class)->finalize (object);
}

static void
wsi_dumpcap_source_class_init (WsiDumpcapSourceClass *class)
{
  WsiSourceClass *source_class = WSI_SOURCE_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = wsi_dumpcap_source_finalize;
  source_class->kind = WSI_SOURCE_KIND_CAPTURE;
  source_class->begin = wsi_dumpcap_source_begin;
  source_class->end = wsi_dumpcap_source_end;
  source_class->abort = wsi_dumpcap_source_abort;
}

static void
wsi_dumpcap_source_init (WsiDumpcapSource *self)
{
  self->websocket_ports = g_array_new (FALSE, FALSE, sizeof (guint16));
  self->next_ports = g_async_queue_new_full ((GDestroyNotify) g_array_unref);
}

/* Creates the file for packets; one that exists is not replaced.  Only wsinspect names a file, and
 * it speaks English. */
static gboolean
create_packets (WsiDumpcapSource *self,
                const char       *path,
                GError          **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) failure = NULL;

  self->packets_name = g_strdup (path);
  self->packets = G_OUTPUT_STREAM (g_file_create (file, G_FILE_CREATE_PRIVATE, NULL, &failure));
  if (self->packets != NULL)
    return TRUE;

  if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_EXISTS))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS,
                 "%s exists and is not overwritten: expected the name of a new file", path);
  else
    g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static void
take_program (WsiDumpcapSource  *self,
              WsiStartedProgram *program)
{
  g_autofree char *title = NULL;

  self->leave = program != NULL ? g_cancellable_new ()
                                : g_object_ref (wsi_source_get_stop (WSI_SOURCE (self)));
  self->program = program;
  if (program == NULL)
    return;

  g_free (self->key_log);
  self->key_log = g_strdup (wsi_started_program_get_key_log (program));
  title = wsi_started_program_dup_title (program);
  wsi_source_set_title (WSI_SOURCE (self), title);
}

void
wsi_dumpcap_source_end_program (WsiDumpcapSource *self)
{
  if (self->program != NULL)
    wsi_started_program_end (self->program);
}

int
wsi_dumpcap_source_get_program_status (WsiDumpcapSource *self)
{
  return self->status;
}

void
wsi_dumpcap_source_clean_program (WsiDumpcapSource *self)
{
  if (self->program != NULL)
    wsi_started_program_clean (self->program);
}

WsiDumpcapSource *
wsi_dumpcap_source_new (WsiRecorder             *recorder,
                        const WsiDumpcapOptions *options,
                        GError                 **error)
{
  g_autoptr (WsiDumpcapSource) self = g_object_new (WSI_TYPE_DUMPCAP_SOURCE, NULL);
  g_autofree char *uri = NULL;

  wsi_source_construct (WSI_SOURCE (self), recorder, WSI_PLACE_THREAD);
  self->interface = g_strdup (options->interface != NULL ? options->interface : WSI_DUMPCAP_ANY);
  self->filter = g_strdup (options->filter != NULL ? options->filter : WSI_DUMPCAP_TCP);
  self->key_log = g_strdup (options->key_log);
  if (options->websocket_ports != NULL)
    g_array_append_vals (self->websocket_ports, options->websocket_ports->data,
                         options->websocket_ports->len);
  uri = g_strdup_printf ("%s: %s", self->interface, self->filter);
  wsi_source_set_uri (WSI_SOURCE (self), uri);
  take_program (self, options->program);
  if (options->packets != NULL && !create_packets (self, options->packets, error))
    return NULL;

  return g_steal_pointer (&self);
}
