/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The service: one thread, which waits for inspectors, their WATCHes, and records to send.  It
 * never waits for an inspector (SEC-133), and no other thread waits for it.
 *
 * A socket that is found in the folder listens already: it is made under another name first.
 *
 * docs/rationales/attaching-inspectors.md has the reasons. */
#define _GNU_SOURCE             /* for program_invocation_short_name */

#include "attach/wsp-attach-service-private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libwsproto/base/wsp-version.h>

#include "attach/wsp-attach-folder.h"
#include "attach/wsp-attach-hub-private.h"
#include "base/wsp-fork-private.h"
#include "system/sockets.h"

#define MAX_INSPECTORS WSP_ATTACH_MAX_READERS
#define MAX_WATCH (WSP_ATTACH_LENGTH_LENGTH + WSP_ATTACH_HEADER_LENGTH + 4 * WSP_ATTACH_MAX_WATCHED)
#define REST_US (1 * G_TIME_SPAN_SECOND)        /* time in which no inspector is accepted, after
                                                   accept has failed */
#define LEAVING_MS 200          /* at most, at the end of the program */

typedef struct
{
  WspAttachInspector hub;
  int      fd;
  gboolean is_over;
  gsize    n_read;              /* bytes of a WATCH that were read */
  gsize    n_waiting, n_sent;   /* bytes of output that wait, and how many of them were sent */
  guint8   input[MAX_WATCH];
  guint8   output[WSP_ATTACH_MAX_RECORD];
} Inspector;

/* SEC-134, with the entries of the tables in about three words each. */
G_STATIC_ASSERT (WSP_ATTACH_RING_SIZE +
                 MAX_INSPECTORS * (sizeof (Inspector) + 6 * 8 * WSP_ATTACH_MAX_WATCHED) <=
                 1024 * 1024);

static struct
{
  pid_t      pid;               /* PID of the process that has the service */
  int        folder, listener, event;   /* descriptors of the service; -1: none */
  gint64     rest_until_us;     /* time before which no inspector is accepted */
  char       name[32];          /* name of the socket in the folder */
  ino_t      inode;             /* inode of the socket */
  Inspector *inspectors[MAX_INSPECTORS];
  GMutex     lock;              /* lock for has_left */
  GCond      left;
  gboolean   has_left;          /* the thread has ended */
} service = { .folder = -1, .listener = -1, .event = -1 };

static int is_leaving;           /* the program ends: read without a lock */

static void
attach_service_close_descriptor (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

static void
attach_service_wake (void)
{
  const guint64 one = 1;
  gssize n = write (service.event, &one, sizeof one);

  (void) n;                     /* if the counter is full, the write fails, but the thread wakes,
                                   too */
}

/* text: UTF-8; a long one is cut. */
static void
put_string (guint8    **to,
            const char *text)
{
  guint32 length = (guint32) wsp_attach_cut_text (text, WSP_ATTACH_MAX_NAME);
  guint32 little = GUINT32_TO_LE (length);

  memcpy (*to, &little, sizeof little);
  memcpy (*to + sizeof little, text, length);
  *to += sizeof little + length;
}

static void
say_hello (Inspector *self)
{
  const guint32 numbers[] = {
    GUINT32_TO_LE (WSP_ATTACH_VERSION), GUINT32_TO_LE ((guint32) service.pid),
    GUINT32_TO_LE (wsp_attach_hub_get_n_connections ()),
  };
  g_autofree char *library = g_strdup_printf ("libwsproto %u.%u.%u", WSP_MAJOR_VERSION,
                                              WSP_MINOR_VERSION, WSP_MICRO_VERSION);
  g_autofree char *program = g_utf8_make_valid (program_invocation_short_name, -1);
  const char *given = g_get_application_name ();
  g_autofree char *title = g_utf8_make_valid (given != NULL ? given : "", -1);
  guint8 payload[sizeof numbers + 3 * (sizeof (guint32) + WSP_ATTACH_MAX_NAME)], *end = payload;

  memcpy (end, numbers, sizeof numbers);
  end += sizeof numbers;
  put_string (&end, program);
  put_string (&end, library);
  put_string (&end, title);
  self->n_waiting = wsp_attach_record_write (self->output, WSP_ATTACH_HELLO, 0, g_get_real_time (),
                                             payload, end - payload);
}

static void
inspector_free (Inspector *self)
{
  wsp_attach_hub_leave (&self->hub);
  close (self->fd);
  g_free (self);
}

static void
attach_service_accept_one (void)
{
  int fd = wsc_socket_accept (service.listener, NULL, NULL);
  Inspector *self;

  if (fd < 0)
    {
      /* Without descriptors the listener stays readable. */
      if (errno != EAGAIN && errno != EINTR)
        service.rest_until_us = g_get_monotonic_time () + REST_US;
      return;
    }

  self = wsp_attach_peer_is_user (fd) ? g_try_new0 (Inspector, 1) : NULL;
  if (self == NULL || !wsp_attach_hub_enter (&self->hub))
    {
      g_free (self);
      close (fd);
      return;
    }

  self->fd = fd;
  say_hello (self);
  for (guint i = 0; i < MAX_INSPECTORS; i++)
    if (service.inspectors[i] == NULL)
      {
        service.inspectors[i] = self;
        return;
      }

  g_assert_not_reached ();      /* the hub accepts no more inspectors than there are places */
}

/* `at` has the numbers of a WATCH. */
static void
attach_service_watch (Inspector    *self,
                      const guint8 *at,
                      gsize         n)
{
  GHashTable *wanted = n > 0 ? g_hash_table_new (NULL, NULL) : NULL;

  for (gsize i = 0; i < n; i++)
    g_hash_table_add (wanted, GUINT_TO_POINTER (wsp_attach_load (at + 4 * i)));
  self->is_over |= !wsp_attach_hub_want (&self->hub, wanted);
}

/* Skips unknown kinds.  Returns the length of the record; 0: it is incomplete, or too long. */
static gsize
attach_service_take_record (Inspector    *self,
                            const guint8 *at,
                            gsize         length)
{
  const gsize header = WSP_ATTACH_LENGTH_LENGTH + WSP_ATTACH_HEADER_LENGTH;
  gsize whole;

  if (length < WSP_ATTACH_LENGTH_LENGTH)
    return 0;

  whole = WSP_ATTACH_LENGTH_LENGTH + (gsize) wsp_attach_load (at);
  self->is_over |= whole < header || whole > sizeof self->input;
  if (self->is_over || whole > length)
    return 0;

  if (at[WSP_ATTACH_LENGTH_LENGTH] == WSP_ATTACH_WATCH)
    attach_service_watch (self, at + header, (whole - header) / 4);
  return whole;
}

static void
attach_service_read_some (Inspector *self)
{
  gssize n = recv (self->fd, self->input + self->n_read, sizeof self->input - self->n_read, 0);
  gsize used = 0, length;

  if (n <= 0)
    {
      self->is_over |= n == 0 || (errno != EAGAIN && errno != EINTR);
      return;
    }

  self->n_read += n;
  while ((length = attach_service_take_record (self, self->input + used, self->n_read - used)) > 0)
    used += length;
  self->n_read -= used;
  memmove (self->input, self->input + used, self->n_read);
}

/* FALSE: nothing is left to be sent. */
static gboolean
fill_output (Inspector *self)
{
  if (self->n_waiting > 0 || !self->hub.is_watching)
    return self->n_waiting > 0;

  self->n_sent = 0;
  self->n_waiting = wsp_attach_hub_take (&self->hub, self->output, sizeof self->output);
  return self->n_waiting > 0;
}

/* Some of the output, so that no inspector keeps the others waiting.  FALSE: nothing is left, or
 * the inspector takes no more. */
static gboolean
attach_service_write_some (Inspector *self)
{
  gssize n;

  if (!fill_output (self))
    return FALSE;

  n = wsc_socket_send (self->fd, self->output + self->n_sent, self->n_waiting);
  if (n < 0)
    {
      self->is_over |= errno != EAGAIN && errno != EINTR;
      return FALSE;
    }

  self->n_sent += n;
  self->n_waiting -= n;
  return TRUE;
}

static void
end_if_over (guint i)
{
  Inspector *self = service.inspectors[i];

  if (!self->is_over)
    return;

  service.inspectors[i] = NULL;
  inspector_free (self);
}

/* The listener, unless it rests.  Returns how long to wait: milliseconds, or -1. */
static int
prepare_listener (struct pollfd *polled)
{
  gint64 rest_us = service.rest_until_us - g_get_monotonic_time ();

  *polled = (struct pollfd) { .fd = rest_us > 0 ? -1 : service.listener, .events = POLLIN };
  return rest_us > 0 ? (int) (rest_us / G_TIME_SPAN_MILLISECOND) + 1 : -1;
}

static void
prepare_inspectors (struct pollfd *polled)
{
  for (guint i = 0; i < MAX_INSPECTORS; i++)
    {
      Inspector *self = service.inspectors[i];

      polled[i] = (struct pollfd) { .fd = -1 };
      if (self == NULL)
        continue;

      polled[i].fd = self->fd;
      polled[i].events = (short) (POLLIN | (fill_output (self) ? POLLOUT : 0));
    }
}

static void
attach_service_serve (Inspector *self,
                      short      events)
{
  if (self == NULL)
    return;

  if (events & (POLLIN | POLLHUP | POLLERR))
    attach_service_read_some (self);
  if (events & POLLOUT)
    attach_service_write_some (self);
}

/* Returns how many inspectors have something to get. */
static guint
finish_some (struct pollfd *polled)
{
  guint n_left = 0;

  for (guint i = 0; i < MAX_INSPECTORS; i++)
    {
      Inspector *self = service.inspectors[i];

      polled[i] = (struct pollfd) { .fd = -1, .events = POLLOUT };
      if (self == NULL)
        continue;

      attach_service_write_some (self);
      if (self->is_over || !fill_output (self))
        {
          service.inspectors[i] = NULL;
          inspector_free (self);
          continue;
        }
      polled[i].fd = self->fd;
      n_left++;
    }
  return n_left;
}

/* The last records are often why a program is watched. */
static void
attach_service_leave (void)
{
  gint64 deadline = g_get_monotonic_time () + LEAVING_MS * G_TIME_SPAN_MILLISECOND, left_us;
  struct pollfd polled[MAX_INSPECTORS];

  while (finish_some (polled) > 0 && (left_us = deadline - g_get_monotonic_time ()) > 0)
    if (poll (polled, G_N_ELEMENTS (polled), (int) (left_us / 1000) + 1) < 0)
      break;

  g_mutex_lock (&service.lock);
  service.has_left = TRUE;
  g_cond_signal (&service.left);
  g_mutex_unlock (&service.lock);
}

/* The shorter of two waits in milliseconds; -1 is for ever. */
static int
get_earlier (int one,
             int other)
{
  return one < 0 ? other : other < 0 ? one : MIN (one, other);
}

static gpointer
attach_service_run (gpointer data)
{
  struct pollfd polled[MAX_INSPECTORS + 2];
  guint64 woken;

  while (!g_atomic_int_get (&is_leaving))
    {
      int timeout = get_earlier (wsp_attach_hub_show_some (),
                                 prepare_listener (&polled[MAX_INSPECTORS]));

      prepare_inspectors (polled);
      polled[MAX_INSPECTORS + 1] = (struct pollfd) { .fd = service.event, .events = POLLIN };
      if (poll (polled, G_N_ELEMENTS (polled), timeout) < 0)
        continue;

      if (polled[MAX_INSPECTORS + 1].revents & POLLIN)
        (void) !read (service.event, &woken, sizeof woken);
      for (guint i = 0; i < MAX_INSPECTORS; i++)
        {
          attach_service_serve (service.inspectors[i], polled[i].revents);
          if (service.inspectors[i] != NULL)
            end_if_over (i);
        }
      if (polled[MAX_INSPECTORS].revents & POLLIN)
        attach_service_accept_one ();
    }

  attach_service_leave ();
  return NULL;
}

/* Unless a program of another PID namespace has put its own in the place. */
static void
remove_socket (void)
{
  struct stat status;

  if (fstatat (service.folder, service.name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
      status.st_ino == service.inode)
    unlinkat (service.folder, service.name, 0);
}

static void
attach_service_end (void)
{
  gint64 deadline = g_get_monotonic_time () + 2 * LEAVING_MS * G_TIME_SPAN_MILLISECOND;

  if (service.pid != getpid () || service.listener < 0)
    return;

  remove_socket ();
  g_atomic_int_set (&is_leaving, TRUE);
  attach_service_wake ();
  g_mutex_lock (&service.lock);
  while (!service.has_left && g_cond_wait_until (&service.left, &service.lock, deadline))
    continue;
  g_mutex_unlock (&service.lock);
}

static GMutex begin_lock;       /* lock of wsp_attach_service_begin () */

static void
before_fork (void)
{
  wsp_fork_wait ();
  g_mutex_lock (&begin_lock);
  wsp_attach_hub_lock ();
}

static void
attach_service_after_fork_in_parent (void)
{
  wsp_attach_hub_unlock ();
  g_mutex_unlock (&begin_lock);
}

/* The child has no thread that serves: it closes the descriptors that it has got, and shares no
 * socket with its parent. */
static void
attach_service_after_fork_in_child (void)
{
  wsp_attach_hub_end ();
  wsp_attach_hub_unlock ();
  attach_service_close_descriptor (&service.listener);
  attach_service_close_descriptor (&service.event);
  attach_service_close_descriptor (&service.folder);
  for (guint i = 0; i < MAX_INSPECTORS; i++)
    if (service.inspectors[i] != NULL)
      {
        close (service.inspectors[i]->fd);
        service.inspectors[i] = NULL;
      }
  g_mutex_unlock (&begin_lock);
}

/* Once, also for the child of a fork. */
static void
prepare_for_end (void)
{
  static gboolean is_prepared;

  if (is_prepared)
    return;

  is_prepared = TRUE;
  pthread_atfork (before_fork, attach_service_after_fork_in_parent,
                  attach_service_after_fork_in_child);
  atexit (attach_service_end);
}

static gboolean
attach_service_set_error (GError    **error,
                          const char *what)
{
  int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", what, g_strerror (code));
  return FALSE;
}

static gboolean
listen_in_folder (GError **error)
{
  struct sockaddr_un address;
  struct stat status = { 0 };
  char unready[G_N_ELEMENTS (service.name) + 1];

  g_snprintf (service.name, sizeof service.name, "%u", (guint) getpid ());
  g_snprintf (unready, sizeof unready, ".%s", service.name);
  wsp_attach_folder_address (service.folder, unready, &address);
  unlinkat (service.folder, unready, 0);
  service.listener = wsc_socket_new_unix ();
  if (service.listener >= 0 &&
      bind (service.listener, (struct sockaddr *) &address, sizeof address) == 0 &&
      listen (service.listener, MAX_INSPECTORS) == 0 &&
      fstatat (service.folder, unready, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
      renameat (service.folder, unready, service.folder, service.name) == 0)
    {
      service.inode = status.st_ino;
      return TRUE;
    }

  attach_service_set_error (error, "The socket for inspectors cannot be made");
  unlinkat (service.folder, unready, 0);
  return FALSE;
}

/* The thread runs no handler of a signal of the program. */
static gboolean
start_thread (GError **error)
{
  g_autoptr (GThread) thread = NULL;
  sigset_t all, before;

  sigfillset (&all);
  pthread_sigmask (SIG_SETMASK, &all, &before);
  thread = g_thread_try_new ("wsp-attach", attach_service_run, NULL, error);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  return thread != NULL;
}

/* The hub begins before an inspector can come. */
static gboolean
attach_service_begin (GError **error)
{
  service.pid = getpid ();
  service.folder = wsp_attach_folder_open (WSP_ATTACH_FOLDER_MAKE, error);
  if (service.folder < 0)
    return FALSE;

  service.event = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (service.event < 0)
    attach_service_set_error (error, "The event descriptor for inspectors cannot be made");
  else
    {
      wsp_attach_hub_begin (attach_service_wake);
      if (listen_in_folder (error) && start_thread (error))
        return TRUE;

      wsp_attach_hub_lock ();
      wsp_attach_hub_end ();
      wsp_attach_hub_unlock ();
      remove_socket ();
    }

  attach_service_close_descriptor (&service.listener);
  attach_service_close_descriptor (&service.event);
  attach_service_close_descriptor (&service.folder);
  return FALSE;
}

gboolean
wsp_attach_service_begin (GError **error)
{
  gboolean is_begun;

  g_mutex_lock (&begin_lock);
  prepare_for_end ();
  is_begun = service.listener >= 0 || attach_service_begin (error);
  g_mutex_unlock (&begin_lock);
  return is_begun;
}
