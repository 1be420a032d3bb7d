/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/browser/wsi-browser-pipe.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_SIZE (64 * 1024)
#define READS_PER_TURN 16       /* reads in a turn; other calls of the context come between turns */
#define KEPT_SIZE (1024 * 1024) /* bytes of an empty buffer that is kept */
#define MAX_UNSENT (16 * 1024 * 1024)

/* A pipe, which a receiver may free: it lives until the turn ends. */
struct _WsiBrowserPipe
{
  WsiBrowserLinkFuncs funcs;
  gpointer            user_data;
  int                 fd;
  GSource            *reading, *writing;        /* sources of fd; NULL: ended; nothing to write */
  GByteArray         *received; /* message that is not complete */
  gsize               n_searched;       /* bytes of received that have no zero byte */
  GByteArray         *unsent;
  gboolean            is_choked;        /* the browser does not read */
};

static void
browser_pipe_stop (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
browser_pipe_clear (gpointer data)
{
  WsiBrowserPipe *self = data;

  g_byte_array_unref (self->received);
  g_byte_array_unref (self->unsent);
}

static void
stop_all (WsiBrowserPipe *self)
{
  browser_pipe_stop (&self->reading);
  browser_pipe_stop (&self->writing);
}

void
wsi_browser_pipe_free (WsiBrowserPipe *self)
{
  stop_all (self);
  close (self->fd);
  g_rc_box_release_full (self, browser_pipe_clear);
}

static void
browser_pipe_end (WsiBrowserPipe *self,
                  const GError   *error)
{
  stop_all (self);
  self->funcs.ended (error, self->user_data);
}

static void
end_with (WsiBrowserPipe *self,
          const char     *text)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE, text);

  browser_pipe_end (self, error);
}

/* Gives the messages that are complete. */
static void
give_messages (WsiBrowserPipe *self)
{
  guint8 *data = self->received->data, *end;
  gsize length = self->received->len, at = 0, from = self->n_searched;

  while (self->reading != NULL && (end = memchr (data + from, '\0', length - from)) != NULL)
    {
      self->funcs.received (data + at, end - (data + at), self->user_data);
      at = from = end + 1 - data;
    }
  g_byte_array_remove_range (self->received, 0, at);
  self->n_searched = self->received->len;
}

static void
browser_pipe_trim (WsiBrowserPipe *self,
                   gsize           n_read)
{
  if (self->received->len > 0 || n_read <= KEPT_SIZE)
    return;

  g_byte_array_unref (self->received);
  self->received = g_byte_array_new ();
}

/* Reads some bytes.  FALSE: there is nothing to read now, or the pipe has ended. */
static gboolean
browser_pipe_read_some (WsiBrowserPipe *self)
{
  gsize before = self->received->len;
  gssize n;

  g_byte_array_set_size (self->received, before + READ_SIZE);
  do
    n = read (self->fd, self->received->data + before, READ_SIZE);
  while (n < 0 && errno == EINTR);
  g_byte_array_set_size (self->received, before + MAX (n, 0));
  if (n > 0)
    {
      give_messages (self);
      browser_pipe_trim (self, before + n);
    }
  else if (self->is_choked)
    end_with (self, _("the browser reads no commands"));
  else if (n == 0 || errno != EAGAIN)
    browser_pipe_end (self, NULL);
  return n > 0;
}

static gboolean
browser_pipe_on_readable (int          fd,
                          GIOCondition condition,
                          gpointer     data)
{
  WsiBrowserPipe *self = g_rc_box_acquire (data);

  for (guint i = 0; i < READS_PER_TURN && self->reading != NULL; i++)
    {
      if (self->received->len > WSI_BROWSER_MAX_MESSAGE)
        end_with (self, _("expected messages of at most 256 MiB"));
      else if (!browser_pipe_read_some (self))
        break;
    }
  g_rc_box_release_full (self, browser_pipe_clear);
  return G_SOURCE_CONTINUE;
}

/* Writes some bytes; the end of the browser is noticed by the reading side. */
static void
browser_pipe_write_some (WsiBrowserPipe *self)
{
  gssize n;

  do
    n = send (self->fd, self->unsent->data, self->unsent->len, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  if (n > 0)
    g_byte_array_remove_range (self->unsent, 0, n);
  else if (errno != EAGAIN)
    g_byte_array_set_size (self->unsent, 0);
}

static gboolean
browser_pipe_on_writable (int          fd,
                          GIOCondition condition,
                          gpointer     data)
{
  WsiBrowserPipe *self = data;

  browser_pipe_write_some (self);
  if (self->unsent->len > 0)
    return G_SOURCE_CONTINUE;

  g_clear_pointer (&self->writing, g_source_unref);
  return G_SOURCE_REMOVE;
}

static GSource *
browser_pipe_watch (WsiBrowserPipe   *self,
                    GIOCondition      condition,
                    GUnixFDSourceFunc function)
{
  GSource *source = g_unix_fd_source_new (self->fd, condition);

  g_source_set_callback (source, G_SOURCE_FUNC (function), self, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

WsiBrowserPipe *
wsi_browser_pipe_new (int                        fd,
                      const WsiBrowserLinkFuncs *funcs,
                      gpointer                   user_data)
{
  WsiBrowserPipe *self = g_rc_box_new0 (WsiBrowserPipe);

  self->funcs = *funcs;
  self->user_data = user_data;
  self->fd = fd;
  self->received = g_byte_array_new ();
  self->unsent = g_byte_array_new ();
  g_unix_set_fd_nonblocking (fd, TRUE, NULL);
  self->reading = browser_pipe_watch (self, G_IO_IN, browser_pipe_on_readable);
  return self;
}

void
wsi_browser_pipe_send (WsiBrowserPipe *self,
                       const char     *command)
{
  if (self->reading == NULL || self->is_choked)
    return;

  g_byte_array_append (self->unsent, (const guint8 *) command, strlen (command) + 1);
  if (self->writing == NULL)
    browser_pipe_write_some (self);
  if (self->unsent->len > MAX_UNSENT && !self->is_choked)
    {
      /* The caller is in the midst of a message: the end is noticed by the next read. */
      self->is_choked = TRUE;
      shutdown (self->fd, SHUT_RDWR);
    }
  else if (self->unsent->len > 0 && self->writing == NULL)
    self->writing = browser_pipe_watch (self, G_IO_OUT, browser_pipe_on_writable);
}
