/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/program/wsi-programs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <libwsproto/attach/wsp-attach-folder.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "inspect/sources/program/wsi-program-record.h"
#include "inspect/sources/wsi-program-title.h"

#define MAX_PROGRAMS 256
#define HELLO_MS 400            /* time until a program counts as silent */
#define MAX_HELLO 1024
#define MAX_NAME 255            /* bytes of a program's name */

typedef struct                  /* a program whose hello is awaited */
{
  WsiProgram *program;
  int         fd;               /* socket of the program; -1: closed */
  guint8      read[MAX_HELLO];
  gsize       n_read;
} Caller;

void
wsi_program_free (WsiProgram *self)
{
  g_free (self->name);
  g_free (self->title);
  g_free (self->library);
  g_free (self);
}

static void
caller_free (gpointer data)
{
  Caller *self = data;

  if (self->fd >= 0)
    close (self->fd);
  g_free (self);
}

/* Parses a PID.  0: it is not one. */
static guint
parse_pid (const char *text)
{
  guint64 pid;

  return g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT, &pid, NULL) ? (guint) pid : 0;
}

/* Connects to a socket in the folder.  -1: errno says why. */
static int
connect_in (int         folder,
            const char *name)
{
  struct sockaddr_un address;
  int fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), failure;

  wsp_attach_folder_address (folder, name, &address);
  if (fd < 0)
    return -1;
  if (connect (fd, (struct sockaddr *) &address, sizeof address) < 0)
    failure = errno;
  else if (!wsp_attach_peer_is_user (fd))
    failure = EACCES;
  else
    return fd;

  close (fd);
  errno = failure;
  return -1;
}

static char *
programs_read_name (guint pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%u/comm", pid);
  g_autofree char *name = NULL;

  if (!g_file_get_contents (path, &name, NULL, NULL))
    return g_strdup ("?");

  return g_utf8_make_valid (g_strchomp (name), -1);
}

/* Calls a program.  NULL: it has ended, or is this one. */
static Caller *
programs_call (int         folder,
               const char *name)
{
  guint pid = parse_pid (name);
  Caller *self;
  int fd;

  if (pid == 0 || pid == (guint) getpid ())
    return NULL;

  fd = connect_in (folder, name);
  if (fd < 0 && errno != EAGAIN)
    {
      if (errno == ECONNREFUSED)
        unlinkat (folder, name, 0);
      return NULL;
    }

  self = g_new0 (Caller, 1);
  self->fd = fd;
  self->program = g_new0 (WsiProgram, 1);
  self->program->pid = pid;
  self->program->state = WSI_PROGRAM_SILENT;
  return self;
}

/* Calls all programs; the directory is read by a descriptor of its own. */
static GPtrArray *
call_all (int folder)
{
  GPtrArray *callers = g_ptr_array_new_with_free_func (caller_free);
  int copy = openat (folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *names = copy >= 0 ? fdopendir (copy) : NULL;
  struct dirent *entry;

  while (names != NULL && callers->len < MAX_PROGRAMS && (entry = readdir (names)) != NULL)
    {
      Caller *caller = programs_call (folder, entry->d_name);

      if (caller != NULL)
        g_ptr_array_add (callers, caller);
    }
  if (names != NULL)
    closedir (names);
  return callers;
}

static void
programs_end_call (Caller         *self,
                   WsiProgramState state)
{
  self->program->state = state;
  close (self->fd);
  self->fd = -1;
}

/* Takes a hello; another record is one of another protocol. */
static void
programs_take_hello (Caller *self)
{
  g_auto (WsiProgramHello) hello = { 0 };
  g_autoptr (GError) error = NULL;
  WsiProgramRecord record;
  gsize length = wsi_program_record_take (&record, self->read, self->n_read, &error);

  if (length == 0 && error == NULL && self->n_read < sizeof self->read)
    return;

  if (length == 0 || !wsi_program_hello_parse (&hello, &record) ||
      hello.version != WSP_ATTACH_VERSION)
    {
      programs_end_call (self, WSI_PROGRAM_OTHER_VERSION);
      return;
    }

  self->program->name = g_steal_pointer (&hello.name);
  self->program->library = g_steal_pointer (&hello.library);
  if (self->program->name != NULL)
    self->program->title = wsi_program_title_dup_of_process (self->program->pid,
                                                             self->program->name, hello.title);
  self->program->n_connections = hello.n_connections;
  programs_end_call (self, WSI_PROGRAM_READY);
}

/* Reads a hello; a program that serves no more inspectors closes the socket without a byte. */
static void
read_hello (Caller *self)
{
  gssize n = recv (self->fd, self->read + self->n_read, sizeof self->read - self->n_read, 0);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return;

  if (n <= 0)
    {
      programs_end_call (self, self->n_read == 0 ? WSI_PROGRAM_FULL : WSI_PROGRAM_OTHER_VERSION);
      return;
    }

  self->n_read += n;
  programs_take_hello (self);
}

static void
wait_for_hellos (GPtrArray *callers)
{
  g_autofree struct pollfd *polled = g_new (struct pollfd, callers->len);
  gint64 deadline = g_get_monotonic_time () + HELLO_MS * G_TIME_SPAN_MILLISECOND;
  gint64 left_us;

  while ((left_us = deadline - g_get_monotonic_time ()) > 0)
    {
      guint n_waiting = 0;

      for (guint i = 0; i < callers->len; i++)
        {
          const Caller *caller = callers->pdata[i];

          polled[i] = (struct pollfd) { .fd = caller->fd, .events = POLLIN };
          n_waiting += caller->fd >= 0;
        }
      if (n_waiting == 0 || poll (polled, callers->len, (int) (left_us / 1000) + 1) < 0)
        break;

      for (guint i = 0; i < callers->len; i++)
        if (polled[i].revents != 0)
          read_hello (callers->pdata[i]);
    }
}

static int
programs_compare (gconstpointer one,
                  gconstpointer other)
{
  const WsiProgram *first = *(WsiProgram *const *) one, *second = *(WsiProgram *const *) other;
  int by_name = g_strcmp0 (first->name, second->name);

  return by_name != 0 ? by_name : first->pid < second->pid ? -1 : first->pid > second->pid;
}

GPtrArray *
wsi_programs_list (GError **error)
{
  g_autoptr (GPtrArray) callers = NULL;
  g_autoptr (GError) failure = NULL;
  int folder = wsp_attach_folder_open (WSP_ATTACH_FOLDER_FIND, &failure);
  GPtrArray *programs;

  if (folder < 0 && !g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }

  programs = g_ptr_array_new_with_free_func ((GDestroyNotify) wsi_program_free);
  if (folder < 0)
    return programs;

  callers = call_all (folder);
  close (folder);
  wait_for_hellos (callers);
  for (guint i = 0; i < callers->len; i++)
    {
      WsiProgram *program = ((Caller *) callers->pdata[i])->program;

      if (program->name == NULL)
        program->name = programs_read_name (program->pid);
      if (program->title == NULL)
        program->title = wsi_program_title_dup_of_process (program->pid, program->name, NULL);
      g_ptr_array_add (programs, program);
    }
  g_ptr_array_sort (programs, programs_compare);
  return programs;
}

gboolean
wsi_programs_check (const char *text,
                    GError    **error)
{
  if (*text != '\0' && strlen (text) <= MAX_NAME && strchr (text, '/') == NULL)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               _("expected the number of a process, or the name of a program; received \"%s\""),
               text);
  return FALSE;
}

static guint
find_named (const char *name,
            GPtrArray  *programs,
            GError    **error)
{
  g_autoptr (GString) pids = g_string_new (NULL);
  guint found = 0, n = 0;

  for (guint i = 0; i < programs->len; i++)
    {
      const WsiProgram *program = programs->pdata[i];

      if (strcmp (program->name, name) != 0)
        continue;

      g_string_append_printf (pids, "%s%u", n > 0 ? ", " : "", program->pid);
      found = program->pid;
      n++;
    }
  if (n == 1)
    return found;

  if (n == 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 _("no program \"%s\" lets an inspector attach; start it with "
                   "WSP_ATTACH=1"), name);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 _("%u programs are named \"%s\": name one by its process, %s"), n, name,
                 pids->str);
  return 0;
}

guint
wsi_programs_find (const char *text,
                   GError    **error)
{
  guint pid = parse_pid (text);
  g_autoptr (GPtrArray) programs = pid == 0 ? wsi_programs_list (error) : NULL;

  return pid != 0 ? pid : programs != NULL ? find_named (text, programs, error) : 0;
}

int
wsi_program_connect (guint    pid,
                     GError **error)
{
  g_autofree char *name = g_strdup_printf ("%u", pid);
  g_autoptr (GError) failure = NULL;
  int folder = wsp_attach_folder_open (WSP_ATTACH_FOLDER_FIND, &failure), fd, code;

  if (folder < 0 && !g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return -1;
    }

  fd = folder >= 0 ? connect_in (folder, name) : -1;
  code = folder >= 0 ? errno : ENOENT;
  if (folder >= 0)
    close (folder);
  if (fd >= 0)
    return fd;

  if (code == ENOENT || code == ECONNREFUSED)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 _("process %u lets no inspector attach; start the program with "
                   "WSP_ATTACH=1"), pid);
  else
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                 _("process %u cannot be attached to: %s"), pid, g_strerror (code));
  return -1;
}

char *
wsi_program_describe (const WsiProgram *self)
{
  switch (self->state)
    {
    case WSI_PROGRAM_READY:
      return g_strdup_printf (ngettext ("%u connection", "%u connections", self->n_connections),
                              self->n_connections);
    case WSI_PROGRAM_SILENT:
      return g_strdup (_("does not answer; it may be stopped"));
    case WSI_PROGRAM_FULL:
      return g_strdup (_("is watched by as many inspectors as it serves"));
    case WSI_PROGRAM_OTHER_VERSION:
      return g_strdup (_("uses another version of libwsproto"));
    }

  g_assert_not_reached ();
}
