/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* epoll, level-triggered.  One dispatch takes several rounds of events while there are any, because
 * a round of the main loop costs more than a round of epoll.
 *
 * The events in hand name no watch that was freed. */

#include "inspect/sources/proxy/wsi-poller.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#define MAX_EVENTS 64
#define MAX_ROUNDS 8                    /* in one dispatch */

struct _WsiPoller
{
  int                fd;
  GSource           *source;
  struct epoll_event events[MAX_EVENTS];
  int                n_events;          /* in hand */
};

struct _WsiWatch
{
  WsiPoller   *poller;
  int          fd;
  GIOCondition condition;               /* that is waited for */
  gboolean     is_added;
  WsiWatchFunc function;
  gpointer     user_data;
};

static GIOCondition
to_condition (guint32 events)
{
  return ((events & EPOLLIN) != 0 ? G_IO_IN : 0) | ((events & EPOLLOUT) != 0 ? G_IO_OUT : 0) |
         ((events & EPOLLERR) != 0 ? G_IO_ERR : 0) | ((events & EPOLLHUP) != 0 ? G_IO_HUP : 0);
}

static void
remove_watch (WsiWatch *self)
{
  if (self->is_added)
    epoll_ctl (self->poller->fd, EPOLL_CTL_DEL, self->fd, NULL);
  self->is_added = FALSE;
}

/* A hang-up would be reported again and again to a watch that waits for nothing. */
static void
call (WsiWatch *watch,
      guint32   events)
{
  if (watch->condition == 0)
    remove_watch (watch);
  watch->function (to_condition (events), watch->user_data);
}

static gboolean
dispatch (int          fd,
          GIOCondition condition,
          gpointer     data)
{
  WsiPoller *self = data;

  for (guint round = 0; round < MAX_ROUNDS; round++)
    {
      int n_events = epoll_wait (self->fd, self->events, MAX_EVENTS, 0);

      if (n_events <= 0)
        break;

      self->n_events = n_events;
      for (int i = 0; i < n_events; i++)
        if (self->events[i].data.ptr != NULL)
          call (self->events[i].data.ptr, self->events[i].events);
      self->n_events = 0;
      if (g_source_is_destroyed (self->source))
        break;
    }
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_source (GSource    *source,
                 GSourceFunc function,
                 gpointer    data)
{
  return dispatch (0, 0, data);
}

static GSourceFuncs functions = { .dispatch = dispatch_source };

WsiPoller *
wsi_poller_new (GMainContext *context,
                GError      **error)
{
  int fd = epoll_create1 (EPOLL_CLOEXEC);
  WsiPoller *self;

  if (fd < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "epoll: %s",
                   g_strerror (errno));
      return NULL;
    }

  self = g_new0 (WsiPoller, 1);
  self->fd = fd;
  self->source = g_source_new (&functions, sizeof (GSource));
  g_source_add_unix_fd (self->source, fd, G_IO_IN);
  g_source_set_callback (self->source, NULL, self, NULL);
  g_source_attach (self->source, context);
  return self;
}

void
wsi_poller_free (WsiPoller *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  close (self->fd);
  g_free (self);
}

WsiWatch *
wsi_watch_new (WsiPoller   *poller,
               int          fd,
               WsiWatchFunc function,
               gpointer     user_data)
{
  WsiWatch *self = g_new0 (WsiWatch, 1);

  self->poller = poller;
  self->fd = fd;
  self->function = function;
  self->user_data = user_data;
  return self;
}

void
wsi_watch_set (WsiWatch    *self,
               GIOCondition condition)
{
  struct epoll_event event = {
    .events = ((condition & G_IO_IN) != 0 ? EPOLLIN : 0) |
              ((condition & G_IO_OUT) != 0 ? EPOLLOUT : 0),
    .data.ptr = self,
  };

  if (condition == self->condition && (self->is_added || condition == 0))
    return;

  self->condition = condition;
  epoll_ctl (self->poller->fd, self->is_added ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, self->fd, &event);
  self->is_added = TRUE;
}

void
wsi_watch_free (WsiWatch *self)
{
  remove_watch (self);
  for (int i = 0; i < self->poller->n_events; i++)
    if (self->poller->events[i].data.ptr == self)
      self->poller->events[i].data.ptr = NULL;
  g_free (self);
}
