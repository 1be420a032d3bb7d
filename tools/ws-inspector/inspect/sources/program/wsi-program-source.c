/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/program/wsi-program-source.h"

#include <errno.h>
#include <glib-unix.h>
#include <libwsproto/attach/wsp-attach-format.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "inspect/sources/program/wsi-program-connections.h"
#include "inspect/sources/program/wsi-programs.h"
#include "inspect/sources/wsi-program-title.h"
#include "inspect/store/memory/wsi-bytes.h"

#define READ_SIZE (4 * WSP_ATTACH_MAX_RECORD)
#define READS_AT_ONCE 4
#define SILENT_MS 1000          /* time until the user is notified that the program is silent */
#define ASK_INTERVAL_MS 200     /* time until positions are asked for after records were lost */
#define STILL_MS 2000           /* time from the first report of connections to the question about
                                 * the others */

struct _WsiProgramSource
{
  WsiSource              parent_instance;

  char                  *program;
  GArray                *wanted;        /* connections to watch (guint32); empty = all */
  int                    fd;    /* socket of the program; -1: not attached */
  GSource               *readable, *timeout, *still;    /* sources of fd and timeouts; NULL: none */
  guint                  n_still;       /* silent connections in the last sentence for the user */
  guint                  pid;   /* process of the program; 0 = not known yet */
  gboolean               has_hello;
  WsiProgramConnections *connections;   /* connections; NULL before the hello and at the end */
  guint8                *read;
  gsize                  n_read;
  gboolean               is_ending;
};

G_DEFINE_FINAL_TYPE (WsiProgramSource, wsi_program_source, WSI_TYPE_SOURCE)

static void
program_source_drop_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
program_source_detach (WsiProgramSource  *self,
                       const WsiSentence *sentence)
{
  WsiProgramConnections *connections = g_steal_pointer (&self->connections);

  program_source_drop_source (&self->readable);
  program_source_drop_source (&self->timeout);
  program_source_drop_source (&self->still);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  if (connections != NULL)
    wsi_program_connections_free (connections, sentence);
}

static void
program_source_fail (WsiProgramSource  *self,
                     const WsiSentence *sentence)
{
  program_source_detach (self, sentence);
  wsi_source_report (WSI_SOURCE (self), WSI_SOURCE_FAILED, sentence);
}

static void
program_source_set_timeout (WsiProgramSource *self,
                            GSource         **timeout,
                            guint             interval_ms,
                            GSourceFunc       function)
{
  program_source_drop_source (timeout);
  *timeout = g_timeout_source_new (interval_ms);
  g_source_set_callback (*timeout, function, self, NULL);
  g_source_attach (*timeout, wsi_source_get_context (WSI_SOURCE (self)));
}

/* Sends a WATCH; a program that does not read its socket answers nothing, either. */
static void
send_watch (WsiProgramSource *self)
{
  g_autoptr (GBytes) watch = wsi_program_make_watch ((const guint32 *) self->wanted->data,
                                                     self->wanted->len);
  gsize length;
  const guint8 *record = wsi_bytes_get_data (watch, &length);

  if (self->fd >= 0 && send (self->fd, record, length, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
    g_debug ("The program takes no request: %s", g_strerror (errno));
}

static gboolean
on_asked (gpointer data)
{
  WsiProgramSource *self = data;

  program_source_drop_source (&self->timeout);
  send_watch (self);
  return G_SOURCE_REMOVE;
}

/* Asks for positions, once for all records that were lost together. */
static void
program_source_ask (gpointer data)
{
  WsiProgramSource *self = data;

  if (self->timeout == NULL)
    program_source_set_timeout (self, &self->timeout, ASK_INTERVAL_MS, on_asked);
}

static gboolean
on_silent (gpointer data)
{
  WsiProgramSource *self = data;

  program_source_drop_source (&self->timeout);
  wsi_source_report (WSI_SOURCE (self), WSI_SOURCE_STARTING,
                     WSI_SENTENCE (PROGRAM_SILENT, self->program));
  return G_SOURCE_REMOVE;
}

/* Notifies the user of connections that the program has not reported, which it does in their own
 * threads. */
static gboolean
on_still (gpointer data)
{
  WsiProgramSource *self = data;
  guint n = wsi_program_connections_get_n_silent (self->connections);
  g_autofree char *n_still = g_strdup_printf ("%u", n);

  program_source_drop_source (&self->still);
  if (n > 0 && n != self->n_still)
    wsi_source_report (WSI_SOURCE (self), WSI_SOURCE_RUNNING,
                       WSI_SENTENCE (PROGRAM_STILL, n_still));
  self->n_still = n;
  return G_SOURCE_REMOVE;
}

static void
program_source_on_shown (gpointer data)
{
  WsiProgramSource *self = data;

  if (self->still == NULL)      /* rounds of other inspectors do not put it off */
    program_source_set_timeout (self, &self->still, STILL_MS, on_still);
}

static const WsiProgramFuncs funcs =
{ .ask = program_source_ask, .shown = program_source_on_shown };

static gboolean
program_source_take_hello (WsiProgramSource       *self,
                           const WsiProgramRecord *record)
{
  g_auto (WsiProgramHello) hello = { 0 };
  const char *name;
  g_autofree char *version = NULL, *title = NULL;

  if (!wsi_program_hello_parse (&hello, record))
    {
      program_source_fail (self, WSI_SENTENCE (PROGRAM_VERSION, self->program, "?"));
      return FALSE;
    }

  version = g_strdup_printf ("%u", hello.version);
  if (hello.version != WSP_ATTACH_VERSION)
    {
      program_source_fail (self, WSI_SENTENCE (PROGRAM_VERSION, self->program, version));
      return FALSE;
    }

  program_source_drop_source (&self->timeout);
  self->has_hello = TRUE;
  self->connections = wsi_program_connections_new (wsi_source_get_recorder (WSI_SOURCE (self)),
                                                   (const guint32 *) self->wanted->data,
                                                   self->wanted->len, &funcs, self);
  name = hello.name != NULL ? hello.name : self->program;
  title = wsi_program_title_dup_of_process (self->pid, name, hello.title);
  wsi_source_report_titled (WSI_SOURCE (self), WSI_SOURCE_RUNNING, NULL, title);
  send_watch (self);
  return TRUE;
}

/* Takes a record.  FALSE: the program is left. */
static gboolean
program_source_take_record (WsiProgramSource       *self,
                            const WsiProgramRecord *record)
{
  g_autoptr (GError) error = NULL;

  if (!self->has_hello)
    return program_source_take_hello (self, record);

  if (wsi_program_connections_take (self->connections, record, &error))
    return TRUE;

  program_source_fail (self, WSI_SENTENCE (PROGRAM_LOST, error->message));
  return FALSE;
}

static gboolean
take_records (WsiProgramSource *self)
{
  g_autoptr (GError) error = NULL;
  WsiProgramRecord record;
  gsize used = 0, length;

  while ((length = wsi_program_record_take (&record, self->read + used, self->n_read - used,
                                            &error)) > 0)
    {
      used += length;
      if (!program_source_take_record (self, &record))
        return FALSE;
    }
  self->n_read -= used;
  memmove (self->read, self->read + used, self->n_read);
  if (error == NULL)
    return TRUE;

  program_source_fail (self, WSI_SENTENCE (PROGRAM_LOST, error->message));
  return FALSE;
}

/* Ends the input; a program without room for us closes the socket before its hello. */
static void
program_source_end_input (WsiProgramSource *self,
                          const char       *problem)
{
  if (self->is_ending)
    return;

  if (problem != NULL)
    program_source_fail (self, WSI_SENTENCE (PROGRAM_LOST, problem));
  else if (!self->has_hello)
    program_source_fail (self, WSI_SENTENCE (PROGRAM_FULL, self->program));
  else
    {
      program_source_detach (self, WSI_SENTENCE (PROGRAM_ENDED));
      wsi_source_report (WSI_SOURCE (self), WSI_SOURCE_ENDED, WSI_SENTENCE (PROGRAM_ENDED));
    }
}

/* Reads some records.  FALSE: nothing more can be read now. */
static gboolean
program_source_read_some (WsiProgramSource *self)
{
  gssize n = recv (self->fd, self->read + self->n_read, READ_SIZE - self->n_read, MSG_DONTWAIT);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return FALSE;

  if (n <= 0)
    {
      program_source_end_input (self, n < 0 && errno != ECONNRESET ? g_strerror (errno) : NULL);
      return FALSE;
    }

  self->n_read += n;
  return take_records (self);
}

static gboolean
program_source_on_readable (int          fd,
                            GIOCondition condition,
                            gpointer     data)
{
  g_autoptr (WsiProgramSource) self = g_object_ref (data);

  for (guint i = 0; i < READS_AT_ONCE && program_source_read_some (self); i++)
    continue;
  return self->readable != NULL ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
program_source_attach (WsiProgramSource *self,
                       guint             pid)
{
  g_autoptr (GError) error = NULL;

  self->pid = pid;
  self->fd = wsi_program_connect (pid, &error);
  if (self->fd < 0)
    {
      program_source_fail (self, WSI_SENTENCE (ERROR, error->message));
      return;
    }

  self->read = g_malloc (READ_SIZE);
  self->readable = g_unix_fd_source_new (self->fd, G_IO_IN);
  g_source_set_callback (self->readable, G_SOURCE_FUNC (program_source_on_readable), self, NULL);
  g_source_attach (self->readable, wsi_source_get_context (WSI_SOURCE (self)));
  program_source_set_timeout (self, &self->timeout, SILENT_MS, on_silent);
}

static void
wsi_program_source_begin (WsiSource *source)
{
  WsiProgramSource *self = WSI_PROGRAM_SOURCE (source);
  g_autoptr (GError) error = NULL;
  guint pid = wsi_programs_find (self->program, &error);

  if (pid == 0)
    program_source_fail (self, WSI_SENTENCE (ERROR, error->message));
  else
    program_source_attach (self, pid);
}

static void
wsi_program_source_end (WsiSource *source)
{
  WsiProgramSource *self = WSI_PROGRAM_SOURCE (source);

  self->is_ending = TRUE;
  program_source_detach (self, WSI_SENTENCE (RECORDING_ENDED));
  wsi_source_report (source, WSI_SOURCE_ENDED, NULL);
}

static void
wsi_program_source_abort (WsiSource *source)
{
  WsiProgramSource *self = WSI_PROGRAM_SOURCE (source);

  self->is_ending = TRUE;
  program_source_detach (self, WSI_SENTENCE (RECORDING_ENDED));
}

static void
wsi_program_source_finalize (GObject *object)
{
  WsiProgramSource *self = WSI_PROGRAM_SOURCE (object);

  g_free (self->program);
  g_free (self->read);
  g_array_unref (self->wanted);
  G_OBJECT_CLASS (wsi_program_source_parent_class)->finalize (object);
}

static void
wsi_program_source_class_init (WsiProgramSourceClass *class)
{
  WsiSourceClass *source_class = WSI_SOURCE_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = wsi_program_source_finalize;
  source_class->kind = WSI_SOURCE_KIND_PROGRAM;
  source_class->begin = wsi_program_source_begin;
  source_class->end = wsi_program_source_end;
  source_class->abort = wsi_program_source_abort;
}

static void
wsi_program_source_init (WsiProgramSource *self)
{
  self->fd = -1;
  self->wanted = g_array_new (FALSE, FALSE, sizeof (guint32));
}

WsiProgramSource *
wsi_program_source_new (WsiRecorder   *recorder,
                        const char    *program,
                        const guint32 *connections,
                        guint          n)
{
  WsiProgramSource *self = g_object_new (WSI_TYPE_PROGRAM_SOURCE, NULL);

  wsi_source_construct (WSI_SOURCE (self), recorder, WSI_PLACE_THREAD);
  self->program = g_strdup (program);
  if (n > 0)
    g_array_append_vals (self->wanted, connections, n);
  wsi_source_set_uri (WSI_SOURCE (self), program);
  return self;
}
