/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The HTTP half of an opening handshake.
 *
 * Knows heads and bytes, not what they mean: client and server judge.  What was read behind a
 * head is kept: it is the first frames, or the body of a refusal.
 *
 * (1) input holds the head that is being read and, once it is complete, what came behind it; no
 *     more than one read beyond the head's limit or the body's.
 */
#include "endpoint/opening/wsp-upgrade-private.h"

#include <errno.h>
#include <sys/socket.h>

#define READ_SIZE 4096
#define DRAIN_TIME G_USEC_PER_SEC       /* for the last word to arrive: RFC 6455 7.1.1 */

typedef enum
{
  READING_HEAD,
  READING_BODY,
  WAITING,                      /* for the owner */
  FINISHING,                    /* writes, then drains */
} UpgradeStep;

struct _WspUpgrade
{
  WspReactor        *reactor;
  WspWatch           watch;
  WspTimer           timer;
  WspDue             due;
  gint64             deadline;
  GSocketConnection *stream;
  int                fd;
  UpgradeStep        step;
  gboolean           is_half_closed;
  gboolean           is_freed;
  WscHeadKind        kind;
  WscHeadLimits      limits;
  WscHttpHead       *head;
  GByteArray        *input, *output;
  gsize              head_length, max_body;
  gint64             head_time;
  WscFault           fault;
  GError            *error;
  WspUpgradeFunc     ready;
  gpointer           owner;
};

static void
tell_owner (WspUpgrade *self)
{
  self->step = WAITING;
  wsp_reactor_set_events (self->reactor, &self->watch, WSP_WATCH_NOTHING);
  wsp_reactor_unset_timer (self->reactor, &self->timer);
  self->ready (self, self->owner);
}

static void
fail (WspUpgrade *self,
      GError     *error)
{
  self->error = error;
  tell_owner (self);
}

static void
fail_with_errno (WspUpgrade *self,
                 int         number)
{
  fail (self,
        g_error_new_literal (G_IO_ERROR, g_io_error_from_errno (number), g_strerror (number)));
}

static void
end_head (WspUpgrade *self)
{
  self->head_time = g_get_monotonic_time ();
  tell_owner (self);
}

static void
take_head (WspUpgrade *self,
           WscBytes    bytes)
{
  gsize used = 0;

  self->fault = WSC_FAULT_OUT_OF_MEMORY;
  if (self->head != NULL)
    self->fault = wsc_http_head_take (self->head, bytes, &used);
  if (self->fault == WSC_FAULT_PARTIAL)
    {
      self->head_length += bytes.length;
      return;
    }

  if (self->fault == WSC_FAULT_NONE)
    self->head_length += used;
  end_head (self);
}

static void
end_input (WspUpgrade *self)
{
  if (self->step == READING_HEAD)
    fail (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
                                     "Peer ended the connection during the opening handshake"));
  else
    tell_owner (self);
}

static void
take_input (WspUpgrade   *self,
            const guint8 *bytes,
            gsize         length)
{
  switch (self->step)
    {
    case READING_HEAD:
      g_byte_array_append (self->input, bytes, length);
      take_head (self, (WscBytes) { bytes, length });
      return;
    case READING_BODY:
      g_byte_array_append (self->input, bytes,
                           MIN (length, self->head_length + self->max_body - self->input->len));
      if (self->input->len == self->head_length + self->max_body)
        tell_owner (self);
      return;
    case WAITING:
    case FINISHING:
      return;
    }
}

static void
read_some (WspUpgrade *self)
{
  guint8 bytes[READ_SIZE];
  gssize n;

  do
    n = recv (self->fd, bytes, sizeof bytes, 0);
  while (n < 0 && errno == EINTR);

  if (n > 0)
    take_input (self, bytes, n);
  else if (n == 0)
    end_input (self);
  else if (errno != EAGAIN && errno != EWOULDBLOCK)
    fail_with_errno (self, errno);
}

/* FALSE: the connection is lost. */
static gboolean
write_some (WspUpgrade *self)
{
  while (self->output->len > 0)
    {
      gssize n = send (self->fd, self->output->data, self->output->len, MSG_NOSIGNAL);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return TRUE;
      if (n < 0)
        return FALSE;
      g_byte_array_remove_range (self->output, 0, n);
    }

  return TRUE;
}

static void on_ready (WspWatch      *watch,
                      WspWatchEvents events);

static void
update_events (WspUpgrade *self)
{
  WspWatchEvents read = self->step != WAITING ? WSP_WATCH_READ : WSP_WATCH_NOTHING;
  WspWatchEvents write = self->output->len > 0 ? WSP_WATCH_WRITE : WSP_WATCH_NOTHING;

  if (!self->watch.is_watched)
    wsp_reactor_watch (self->reactor, &self->watch, self->fd, read | write, on_ready);
  else
    wsp_reactor_set_events (self->reactor, &self->watch, read | write);
}

static void
half_close (WspUpgrade *self)
{
  if (self->step != FINISHING || self->output->len > 0 || self->is_half_closed)
    return;

  shutdown (self->fd, SHUT_WR);
  self->is_half_closed = TRUE;
}

static void
on_ready (WspWatch      *watch,
          WspWatchEvents events)
{
  WspUpgrade *self = WSP_OWNER_OF (watch, WspUpgrade, watch);

  if (!write_some (self))
    {
      fail_with_errno (self, errno);
      return;
    }
  half_close (self);

  /* An end that nobody reads would be told again and again. */
  if (self->step == WAITING && events & WSP_WATCH_ENDED)
    {
      wsp_reactor_unwatch (self->reactor, &self->watch);
      return;
    }
  update_events (self);

  /* The owner may free the upgrade in what follows. */
  if (self->step != WAITING && events & (WSP_WATCH_READ | WSP_WATCH_ENDED))
    read_some (self);
}

static void
on_expired (WspTimer *timer)
{
  WspUpgrade *self = WSP_OWNER_OF (timer, WspUpgrade, timer);

  if (self->step == FINISHING)
    tell_owner (self);
  else
    fail (self,
          g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                               "Opening handshake took too long"));
}

static void
run_due (WspDue *due)
{
  WspUpgrade *self = WSP_OWNER_OF (due, WspUpgrade, due);

  if (self->is_freed)
    {
      g_free (self);
      return;
    }

  on_ready (&self->watch, WSP_WATCH_NOTHING);
}

static void
begin_step (WspUpgrade *self,
            UpgradeStep step)
{
  self->step = step;
  wsp_reactor_set_timer (self->reactor, &self->timer, self->deadline);
  update_events (self);
}

WspUpgrade *
wsp_upgrade_new (WspReactor          *reactor,
                 GSocketConnection   *stream,
                 WscHeadKind          kind,
                 const WscHeadLimits *limits,
                 WspUpgradeFunc       ready,
                 gpointer             owner)
{
  WspUpgrade *self = g_new0 (WspUpgrade, 1);

  self->reactor = wsp_reactor_ref (reactor);
  self->stream = g_object_ref (stream);
  self->fd = g_socket_get_fd (g_socket_connection_get_socket (stream));
  self->kind = kind;
  self->limits = *limits;
  self->head = wsc_http_head_new (kind, &self->limits);
  self->input = g_byte_array_new ();
  self->output = g_byte_array_new ();
  self->deadline = WSP_TIMER_NEVER;
  self->timer.expired = on_expired;
  self->due.run = run_due;
  self->ready = ready;
  self->owner = owner;

  g_socket_set_blocking (g_socket_connection_get_socket (stream), FALSE);
  wsp_reactor_watch (reactor, &self->watch, self->fd, WSP_WATCH_READ, on_ready);
  return self;
}

void
wsp_upgrade_free (WspUpgrade *self)
{
  wsp_reactor_unwatch (self->reactor, &self->watch);
  wsp_reactor_unset_timer (self->reactor, &self->timer);
  g_clear_pointer (&self->head, wsc_http_head_free);
  g_byte_array_unref (self->input);
  g_byte_array_unref (self->output);
  g_clear_error (&self->error);
  g_object_unref (self->stream);
  wsp_reactor_unref (self->reactor);

  /* A due call still holds the memory, and frees it. */
  self->is_freed = TRUE;
  if (!self->due.is_queued)
    g_free (self);
}

void
wsp_upgrade_set_deadline (WspUpgrade *self,
                          gint64      deadline)
{
  self->deadline = deadline;
  wsp_reactor_set_timer (self->reactor, &self->timer, deadline);
}

void
wsp_upgrade_write (WspUpgrade   *self,
                   gconstpointer data,
                   gsize         length)
{
  g_byte_array_append (self->output, data, length);
  wsp_reactor_call (self->reactor, &self->due, WSP_DUE_THIS_TURN);
}

void
wsp_upgrade_read_head (WspUpgrade *self)
{
  g_autoptr (GByteArray) rest = g_byte_array_new ();

  g_byte_array_append (rest, self->input->data + self->head_length,
                       self->input->len - self->head_length);
  g_clear_pointer (&self->head, wsc_http_head_free);
  self->head = wsc_http_head_new (self->kind, &self->limits);
  g_byte_array_set_size (self->input, 0);
  self->head_length = 0;
  begin_step (self, READING_HEAD);
  if (rest->len > 0)
    take_input (self, rest->data, rest->len);
}

void
wsp_upgrade_read_body (WspUpgrade *self,
                       gsize       max_length)
{
  self->max_body = MAX (max_length, self->input->len - self->head_length);
  begin_step (self, READING_BODY);
  if (self->input->len == self->head_length + self->max_body)
    tell_owner (self);
}

void
wsp_upgrade_finish (WspUpgrade *self)
{
  self->deadline = wsp_reactor_get_time (self->reactor) + DRAIN_TIME;
  begin_step (self, FINISHING);
  wsp_reactor_call (self->reactor, &self->due, WSP_DUE_THIS_TURN);
}

const GError *
wsp_upgrade_get_error (WspUpgrade *self)
{
  return self->error;
}

WscFault
wsp_upgrade_get_fault (WspUpgrade *self)
{
  return self->fault;
}

WscHttpHead *
wsp_upgrade_get_head (WspUpgrade *self)
{
  return self->head;
}

GBytes *
wsp_upgrade_dup_input (WspUpgrade *self)
{
  gsize length = self->fault == WSC_FAULT_NONE ? self->head_length : self->input->len;

  return g_bytes_new (self->input->data, length);
}

GBytes *
wsp_upgrade_dup_rest (WspUpgrade *self)
{
  return g_bytes_new (self->input->data + self->head_length, self->input->len - self->head_length);
}

gint64
wsp_upgrade_get_time (WspUpgrade *self)
{
  return self->head_time;
}

GSocketConnection *
wsp_upgrade_get_stream (WspUpgrade *self)
{
  return self->stream;
}
