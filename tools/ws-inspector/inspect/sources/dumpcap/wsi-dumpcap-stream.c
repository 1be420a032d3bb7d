/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/dumpcap/wsi-dumpcap-stream.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gfiledescriptorbased.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "inspect/sources/dumpcap/wsi-dumpcap-interfaces.h"
#include "inspect/sources/unpack/wsi-waiting.h"

#define BUFFER_MIB "64"         /* buffer of the kernel: a burst must not be dropped */
/* The kernel hands packets to dumpcap in blocks, each at most a quarter of a second late. */
#define LAG_US 300000
#define PATIENCE_US (2 * G_USEC_PER_SEC)        /* time until dumpcap is killed */
#define MAX_REASON 64

typedef enum
{
  STAGE_READING,
  STAGE_LEAVING,                /* dumpcap is to end; packets from before may still come */
  STAGE_ENDING,                 /* dumpcap was asked to end */
  STAGE_KILLED,
} Stage;

struct _WsiDumpcapStream
{
  GInputStream     parent_instance;

  GSubprocess     *process;
  int              output_fd, errors_fd;        /* outputs of dumpcap; errors_fd -1: ended */
  WsiDumpcapReport report;
  GOutputStream   *packets;     /* file that gets the packets; NULL: none, or writing has failed */
  void             (*write_failed) (const GError *error,
                                    gpointer      user_data);
  void             (*turned)(gpointer user_data);       /* called after a wait; NULL: none */
  gpointer         user_data;
  GCancellable    *stop;
  GPollFD          stop_fd;
  Stage            stage;
  gint64           deadline;    /* time at which the stage has failed; 0 = none */
  gboolean         was_told;    /* we have sent dumpcap a signal to end */
  gboolean         has_output_ended;
  WsiWaitingFunc   waiting_func;        /* function to call after a wait in vain; NULL: none */
  gpointer         waiting_data;
};

static void dumpcap_stream_implement_waiting (WsiWaitingInterface *interface);

G_DEFINE_FINAL_TYPE_WITH_CODE (WsiDumpcapStream, wsi_dumpcap_stream, G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (WSI_TYPE_WAITING,
                                                      dumpcap_stream_implement_waiting))

static void
set_waiting_func (WsiWaiting    *waiting,
                  WsiWaitingFunc function,
                  gpointer       user_data)
{
  WsiDumpcapStream *self = WSI_DUMPCAP_STREAM (waiting);

  self->waiting_func = function;
  self->waiting_data = user_data;
}

static void
dumpcap_stream_implement_waiting (WsiWaitingInterface *interface)
{
  interface->set_func = set_waiting_func;
}

static void
dumpcap_stream_enter (WsiDumpcapStream *self,
                      Stage             stage,
                      gint64            duration_us)
{
  self->stage = stage;
  self->deadline = duration_us > 0 ? g_get_monotonic_time () + duration_us : 0;
}

static void
tell_to_end (WsiDumpcapStream *self,
             int               number)
{
  self->was_told = TRUE;
  g_subprocess_send_signal (self->process, number);
}

/* Packets without end may come: this is called between them, too. */
static void
dumpcap_stream_advance (WsiDumpcapStream *self)
{
  gboolean is_over = self->deadline != 0 && g_get_monotonic_time () >= self->deadline;

  if (self->stage == STAGE_READING && g_cancellable_is_cancelled (self->stop))
    {
      dumpcap_stream_enter (self, STAGE_LEAVING, LAG_US);
    }
  else if (self->stage == STAGE_LEAVING && is_over)
    {
      tell_to_end (self, SIGINT);
      dumpcap_stream_enter (self, STAGE_ENDING, PATIENCE_US);
    }
  else if (self->stage == STAGE_ENDING && is_over)
    {
      tell_to_end (self, SIGKILL);
      dumpcap_stream_enter (self, STAGE_KILLED, 0);
    }
}

static void
dumpcap_stream_read_errors (WsiDumpcapStream *self)
{
  char text[1024];
  gssize n_read = read (self->errors_fd, text, sizeof text);

  if (n_read > 0)
    wsi_dumpcap_report_take (&self->report, text, n_read);
  else if (n_read == 0 || errno != EINTR)
    self->errors_fd = -1;
}

/* Milliseconds until the stage is over, or a function is to be called; -1: neither will be. */
static int
get_patience (WsiDumpcapStream *self)
{
  gint64 left_us = self->deadline - g_get_monotonic_time ();
  int patience_ms = self->waiting_func != NULL || self->turned != NULL ? WSI_WAITING_INTERVAL_MS
                                                                       : -1;

  if (self->deadline == 0)
    return patience_ms;

  left_us = MAX (left_us, 0) / 1000 + 1;
  return patience_ms < 0 ? (int) left_us : (int) MIN (patience_ms, left_us);
}

/* Waits for output, for the end or until the patience is over.  TRUE: there is output. */
static gboolean
wait_for (WsiDumpcapStream *self,
          int               output_fd)
{
  GPollFD fds[] = {
    { .fd = output_fd, .events = G_IO_IN },
    { .fd = self->errors_fd, .events = G_IO_IN },
    self->stop_fd,
  };

  if (self->stage != STAGE_READING)
    fds[2].fd = -1;
  if (g_poll (fds, G_N_ELEMENTS (fds), get_patience (self)) <= 0)
    return FALSE;

  if (fds[1].revents != 0)
    dumpcap_stream_read_errors (self);
  return fds[0].revents != 0;
}

/* The packets that are read go on without those that are written. */
static void
write_packets (WsiDumpcapStream *self,
               gconstpointer     bytes,
               gsize             length)
{
  g_autoptr (GError) error = NULL;

  if (self->packets == NULL ||
      g_output_stream_write_all (self->packets, bytes, length, NULL, NULL, &error))
    return;

  g_clear_object (&self->packets);
  self->write_failed (error, self->user_data);
}

static gssize
wsi_dumpcap_stream_read (GInputStream             *stream,
                         void                     *buffer,
                         gsize                     count,
                         GCancellable *cancellable G_GNUC_UNUSED,
                         GError      **error       G_GNUC_UNUSED)
{
  WsiDumpcapStream *self = WSI_DUMPCAP_STREAM (stream);

  while (!self->has_output_ended)
    {
      gboolean has_output;
      gssize n_read;

      dumpcap_stream_advance (self);
      has_output = wait_for (self, self->output_fd);
      if (self->turned != NULL)
        self->turned (self->user_data);
      if (!has_output)
        {
          if (self->waiting_func != NULL)
            self->waiting_func (self->waiting_data);
          continue;
        }

      n_read = read (self->output_fd, buffer, count);
      if (n_read > 0)
        {
          write_packets (self, buffer, n_read);
          return n_read;
        }

      self->has_output_ended = n_read == 0 || errno != EINTR;
    }
  return 0;
}

const WsiDumpcapReport *
wsi_dumpcap_stream_end (WsiDumpcapStream *self)
{
  if (self->stage < STAGE_ENDING && !self->has_output_ended)
    tell_to_end (self, SIGINT);
  if (self->stage < STAGE_ENDING)
    dumpcap_stream_enter (self, STAGE_ENDING, PATIENCE_US);

  while (self->errors_fd >= 0 && self->stage != STAGE_KILLED)
    {
      dumpcap_stream_advance (self);
      wait_for (self, -1);
    }
  g_subprocess_wait (self->process, NULL, NULL);
  wsi_dumpcap_report_end (&self->report);
  return &self->report;
}

WsiSentence *
wsi_dumpcap_stream_dup_failure (WsiDumpcapStream *self)
{
  char signal_reason[MAX_REASON];
  gboolean is_signaled = g_subprocess_get_if_signaled (self->process);

  if (g_subprocess_get_successful (self->process) || (is_signaled && self->was_told))
    return NULL;

  if (self->report.failure != NULL || !is_signaled)
    return wsi_dumpcap_explain (&self->report);

  g_snprintf (signal_reason, sizeof signal_reason, "dumpcap: ended by signal %d",
              g_subprocess_get_term_sig (self->process));
  return wsi_sentence_copy (WSI_SENTENCE (CAPTURING_REFUSED, signal_reason));
}

static void
wsi_dumpcap_stream_finalize (GObject *object)
{
  WsiDumpcapStream *self = WSI_DUMPCAP_STREAM (object);

  if (self->process != NULL)
    {
      g_subprocess_force_exit (self->process);
      g_subprocess_wait (self->process, NULL, NULL);
    }
  if (self->stop_fd.fd >= 0)
    g_cancellable_release_fd (self->stop);
  wsi_dumpcap_report_clear (&self->report);
  g_clear_object (&self->process);
  g_clear_object (&self->packets);
  g_clear_object (&self->stop);
  G_OBJECT_CLASS (wsi_dumpcap_stream_parent_class)->finalize (object);
}

static void
wsi_dumpcap_stream_class_init (WsiDumpcapStreamClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_dumpcap_stream_finalize;
  G_INPUT_STREAM_CLASS (class)->read_fn = wsi_dumpcap_stream_read;
}

static void
wsi_dumpcap_stream_init (WsiDumpcapStream *self)
{
  wsi_dumpcap_report_init (&self->report);
  self->stop_fd.fd = -1;
}

/* Binds the child to this program.  Its input is a pipe of ours in which nothing is ever written:
 * when the pipe is closed, because this program has ended in whatever way, the kernel sends the
 * signal.  A death signal (prctl) would be forgotten, because dumpcap is a program with
 * capabilities.  Ctrl+C is for a process group that dumpcap leaves: it is to capture for as long as
 * we want. */
static void
bind_to_parent (gpointer data G_GNUC_UNUSED)
{
  setpgid (0, 0);
  fcntl (STDIN_FILENO, F_SETOWN, getpid ());
  fcntl (STDIN_FILENO, F_SETSIG, SIGTERM);
  fcntl (STDIN_FILENO, F_SETFL, O_ASYNC);
}

/* Starts dumpcap.  All interfaces together have no promiscuous mode: from Wireshark 4.4 on, dumpcap
 * complains about that unless it is started with -p. */
static GSubprocess *
dumpcap_stream_spawn (const char *program,
                      const char *interface,
                      const char *filter,
                      GError    **error)
{
  const char *not_promiscuous = strcmp (interface, WSI_DUMPCAP_ANY) == 0 ? "-p" : NULL;
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                               G_SUBPROCESS_FLAGS_STDERR_PIPE);

  g_subprocess_launcher_set_child_setup (launcher, bind_to_parent, NULL, NULL);
  return g_subprocess_launcher_spawn (launcher, error, program, "-q", "-B", BUFFER_MIB, "-i",
                                      interface, "-f", filter, "-w", "-", not_promiscuous, NULL);
}

static int
get_fd (GInputStream *pipe)
{
  return g_file_descriptor_based_get_fd (G_FILE_DESCRIPTOR_BASED (pipe));
}

WsiDumpcapStream *
wsi_dumpcap_stream_new (const WsiDumpcapStart *start,
                        WsiSentence          **obstacle)
{
  g_autofree char *program = wsi_dumpcap_find (obstacle);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = program != NULL
                                    ? dumpcap_stream_spawn (program, start->interface,
                                                            start->filter, &error)
                                    : NULL;
  WsiDumpcapStream *self;

  if (error != NULL)
    *obstacle = wsi_sentence_copy (WSI_SENTENCE (ERROR, error->message));
  if (process == NULL)
    return NULL;

  self = g_object_new (WSI_TYPE_DUMPCAP_STREAM, NULL);
  self->output_fd = get_fd (g_subprocess_get_stdout_pipe (process));
  self->errors_fd = get_fd (g_subprocess_get_stderr_pipe (process));
  self->process = g_steal_pointer (&process);
  g_set_object (&self->packets, start->packets);
  self->write_failed = start->write_failed;
  self->turned = start->turned;
  self->user_data = start->user_data;
  self->stop = g_object_ref (start->stop);
  if (!g_cancellable_make_pollfd (self->stop, &self->stop_fd))
    self->stop_fd.fd = -1;
  return self;
}
