/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The HTTP part of an opening handshake.
 *
 * Reads and writes heads; client and server check the contents of the heads.  Input after a head is
 * kept: the first frames, or the body of a refusal.
 *
 * remaining_input has the bytes that were received and that head has not taken: the bytes after
 * the head, or after a fault the rest of the last read.  Its size is limited: at most one read
 * beyond the head's limit, two reads while the owner has not decided, and the bytes of the body.
 *
 * The deadline is checked one tick later: bytes that were readable when it passed are read first,
 * and the program may decide, however long the loop was blocked.
 *
 * A write that fails ends the output only: a head or body that the peer has sent before it closed
 * is read.  If there is none, the handshake fails with the alert of TLS that the peer has sent, or
 * with the error of the write.
 */
#include "endpoint/opening/wsp-upgrade-private.h"

#include "limits/wsp-limits-private.h"
#include "reactor/wsp-reactor-private.h"

#define READ_SIZE 4096
#define DRAIN_TIME G_USEC_PER_SEC       /* time for the peer to close: RFC 6455 7.1.1 */
#define HALF_CLOSED_TIME (200 * 1000)   /* time for a peer that may have gone, or may still read */

typedef enum
{
  READING_HEAD,
  READING_BODY,
  WRITING,                      /* all output is written before ready is called */
  WAITING,                      /* waits for the next call of the owner; the peer is not watched */
  WATCHING,                     /* waits for the next call of the owner, or for the peer to close */
  WATCHING_FOR_INPUT,           /* waits for the next call of the owner; the peer may end its
                                   input */
  WATCHING_FOR_END,             /* waits for the next call of the owner, or for the end of both
                                   directions */
  FINISHING,                    /* the output is written, then input is dropped until the peer
                                   closes */
} UpgradeStep;

typedef enum                    /* the part of head and remaining_input that was logged */
{
  LOGGED_NOTHING,
  LOGGED_HEAD,
  LOGGED_ALL,
} LoggedInput;

struct _WspUpgrade
{
  WspReactor    *reactor;
  WspTransport  *transport;     /* transport of the upgrade; NULL: stolen */
  WspTimer       timer;
  WspDue         due;
  gint64         deadline;
  UpgradeStep    step;
  gboolean       is_half_closed;
  gboolean       is_freed;
  gboolean       has_expired;   /* the deadline passed before the step was complete */
  gboolean       is_last_look;  /* the deadline has passed: input that arrived before is read a last
                                   time */
  gboolean       has_peer_ended;        /* the peer has ended its input while the step was
                                           WATCHING_FOR_INPUT */
  WscHeadKind    kind;
  WscHeadLimits  limits;
  WscHttpHead   *head;
  GByteArray    *remaining_input;       /* received bytes that are not of the head; NULL: there are
                                           none. Never empty. */
  GByteArray    *output;        /* bytes that wait to be written */
  GBytes        *content;       /* bytes that follow output; NULL: none; freeing them may run the
                                   program's code */
  gsize          n_written;     /* bytes of content that were written */
  WspBody       *body;
  gint64         head_time;
  LoggedInput    logged;
  WscFault       fault;
  GError        *error;
  GError        *write_error;   /* error of the write that has failed; NULL: no write has failed */
  gint64         close_time;    /* time until which input is read after a failed write; 0: no
                                   limit */
  WspUpgradeFunc ready;
  WspUpgradeFunc begun;         /* function that is called at the first bytes of a head; NULL: it
                                   was called, or there is none */
  gpointer       owner;
};

/* The events of the transport are not changed here, to save a system call: most owners steal the
 * transport next.  If input arrives in WAITING, opening_upgrade_on_ready () changes the events. */
static void
notify_owner (WspUpgrade *self)
{
  self->step = WAITING;
  wsp_reactor_unset_timer (self->reactor, &self->timer);
  self->ready (self, self->owner);
}

/* Replaces an earlier error: the owner may have written a response after it, and the write has now
 * failed. */
static void
opening_upgrade_fail (WspUpgrade *self,
                      GError     *error)
{
  g_clear_error (&self->error);
  self->error = error;
  notify_owner (self);
}

static void
opening_upgrade_end_head (WspUpgrade *self)
{
  self->head_time = g_get_monotonic_time ();
  notify_owner (self);
}

static void
keep_remaining_input (WspUpgrade *self,
                      WscBytes    bytes)
{
  if (bytes.length == 0)
    return;

  if (self->remaining_input == NULL)
    self->remaining_input = g_byte_array_new ();
  g_byte_array_append (self->remaining_input, bytes.at, bytes.length);
}

static void
opening_upgrade_take_head (WspUpgrade *self,
                           WscBytes    bytes)
{
  gsize used = 0;

  self->fault = WSC_FAULT_OUT_OF_MEMORY;
  if (self->head != NULL)
    self->fault = wsc_http_head_take (self->head, bytes, &used);
  if (self->fault == WSC_FAULT_PARTIAL)
    {
      WspUpgradeFunc begun = g_steal_pointer (&self->begun);

      if (begun != NULL)
        begun (self, self->owner);
      return;
    }

  keep_remaining_input (self, (WscBytes) { bytes.at + used, bytes.length - used });
  opening_upgrade_end_head (self);
}

static gboolean
has_content (WspUpgrade *self)
{
  return self->content != NULL && self->n_written < g_bytes_get_size (self->content);
}

static gboolean
has_output (WspUpgrade *self)
{
  return (self->output != NULL && self->output->len > 0) || has_content (self);
}

/* A peer may half-close before it has read the response: FINISHING reads again when the response
 * was written. */
static gboolean
is_reading (WspUpgrade *self)
{
  return self->step != WAITING && self->step != WRITING && self->step != WATCHING_FOR_END &&
         !(self->step == FINISHING && has_output (self));
}

static void
opening_upgrade_update_events (WspUpgrade *self)
{
  WspWatchEvents read = is_reading (self) ? WSP_WATCH_READ : WSP_WATCH_NOTHING;
  WspWatchEvents write = has_output (self) ? WSP_WATCH_WRITE : WSP_WATCH_NOTHING;
  WspWatchEvents end = self->step == WATCHING_FOR_END ? WSP_WATCH_ENDED : WSP_WATCH_NOTHING;

  wsp_transport_set_events (self->transport, read | write | end);
}

static void
begin_step (WspUpgrade *self,
            UpgradeStep step)
{
  self->step = step;
  self->is_last_look = self->has_peer_ended = FALSE;
  wsp_reactor_set_timer (self->reactor, &self->timer, self->deadline);
  opening_upgrade_update_events (self);
}

/* The deadline still counts. */
static void
stop_reading (WspUpgrade *self)
{
  self->step = WATCHING_FOR_END;
  opening_upgrade_update_events (self);
}

static gboolean
opening_upgrade_is_alert (const GError *error)
{
  return error->domain == G_TLS_ERROR && error->code != G_TLS_ERROR_EOF;
}

/* Takes the error of a read.  After a failed write only an alert tells more than that write. */
static void
fail_input (WspUpgrade *self,
            GError     *error)
{
  if (self->write_error == NULL || opening_upgrade_is_alert (error))
    {
      opening_upgrade_fail (self, error);
      return;
    }

  g_error_free (error);
  opening_upgrade_fail (self, g_error_copy (self->write_error));
}

static void
fail_ended (WspUpgrade *self)
{
  fail_input (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
                                         "Peer ended the connection during the opening handshake"));
}

/* TCP does not tell a peer that has gone from one that still reads. */
static void
let_peer_read (WspUpgrade *self)
{
  gint64 end = wsp_reactor_get_time (self->reactor) + HALF_CLOSED_TIME;

  self->has_peer_ended = TRUE;
  wsp_reactor_set_timer (self->reactor, &self->timer, MIN (end, self->deadline));
  stop_reading (self);
}

static void
opening_upgrade_end_input (WspUpgrade *self)
{
  if (self->step == WATCHING_FOR_INPUT)
    let_peer_read (self);
  else if (self->step == READING_HEAD || self->step == WATCHING)
    fail_ended (self);
  else
    notify_owner (self);
}

static void
take_input (WspUpgrade   *self,
            const guint8 *bytes,
            gsize         length)
{
  switch (self->step)
    {
    case READING_HEAD:
      opening_upgrade_take_head (self, (WscBytes) { bytes, length });
      return;
    case READING_BODY:
      keep_remaining_input (self, (WscBytes) { bytes, wsp_body_take (self->body, bytes, length) });
      if (wsp_body_is_complete (self->body))
        notify_owner (self);
      return;
    case WATCHING:
    case WATCHING_FOR_INPUT:
      keep_remaining_input (self, (WscBytes) { bytes, length });
      if (self->remaining_input->len >= READ_SIZE)
        stop_reading (self);
      return;
    case WRITING:
    case WAITING:
    case WATCHING_FOR_END:
    case FINISHING:
      return;
    }
}

/* FALSE: there is nothing to read. */
static gboolean
opening_upgrade_read_some (WspUpgrade *self)
{
  guint8 bytes[READ_SIZE];
  struct iovec vector = { bytes, sizeof bytes };
  GError *error = NULL;
  gssize n = wsp_transport_read (self->transport, &vector, 1, &error);

  if (n > 0)
    take_input (self, bytes, n);
  else if (n == 0)
    opening_upgrade_end_input (self);
  else if (n == WSP_TRANSPORT_FAILED)
    fail_input (self, error);
  return n > 0;
}

gboolean
wsp_upgrade_read_rest (WspUpgrade *self)
{
  UpgradeStep step = self->step;

  if (step != READING_HEAD && step != READING_BODY)
    return FALSE;

  /* If the owner frees self, the due call frees the memory. */
  wsp_reactor_call (self->reactor, &self->due, WSP_DUE_THIS_DISPATCH);
  while (!self->is_freed && self->step == step && opening_upgrade_read_some (self))
    continue;
  return self->is_freed || self->step != step;
}

/* Call this only if has_output ().  Returns the number of vectors. */
static guint
list_output (WspUpgrade  *self,
             struct iovec vectors[2])
{
  guint n = 0;

  if (self->output->len > 0)
    vectors[n++] = (struct iovec) { self->output->data, self->output->len };
  if (has_content (self))
    {
      gsize length;
      const guint8 *at = g_bytes_get_data (self->content, &length);

      vectors[n++] = (struct iovec) { (guint8 *) at + self->n_written, length - self->n_written };
    }

  return n;
}

static void
drop_output (WspUpgrade *self,
             gsize       length)
{
  gsize n_first = self->output != NULL ? MIN (length, self->output->len) : 0;

  if (n_first > 0)
    g_byte_array_remove_range (self->output, 0, n_first);
  self->n_written += length - n_first;
}

/* FALSE: a write has failed. */
static gboolean
opening_upgrade_write_some (WspUpgrade *self,
                            GError    **error)
{
  while (has_output (self))
    {
      struct iovec vectors[2];
      guint n_vectors = list_output (self, vectors);
      gssize n = wsp_transport_write (self->transport, vectors, n_vectors, error);

      if (n < 0)
        return n == WSP_TRANSPORT_WOULD_BLOCK;
      drop_output (self, n);
    }

  return TRUE;
}

/* Reads what has arrived, and drops it.  Returns the error for a write that has failed with this
 * error: the alert of TLS that the peer has sent, or the error itself. */
static GError *
opening_upgrade_look_for_alert (WspUpgrade *self,
                                GError     *error)
{
  guint8 bytes[READ_SIZE];
  struct iovec vector = { bytes, sizeof bytes };
  GError *end = NULL;
  gssize n;

  do
    n = wsp_transport_read (self->transport, &vector, 1, &end);
  while (n > 0);
  if (end == NULL || !opening_upgrade_is_alert (end))
    {
      g_clear_error (&end);
      return error;
    }

  g_error_free (error);
  return end;
}

/* Takes the error. */
static void
lose_output (WspUpgrade *self,
             GError     *error)
{
  if (self->step != READING_HEAD && self->step != READING_BODY)
    {
      opening_upgrade_fail (self, opening_upgrade_look_for_alert (self, error));
      return;
    }

  gint64 now = wsp_reactor_get_time (self->reactor);

  g_clear_error (&self->write_error);
  self->write_error = error;
  drop_output (self, (self->output != NULL ? self->output->len : 0) +
               (has_content (self) ? g_bytes_get_size (self->content) - self->n_written : 0));
  if (self->close_time > 0)
    self->deadline = MIN (self->deadline, now + self->close_time);
  begin_step (self, self->step);
}

static void
half_close (WspUpgrade *self)
{
  if (self->step != FINISHING || has_output (self) || self->is_half_closed)
    return;

  wsp_transport_shutdown (self->transport);
  self->is_half_closed = TRUE;
  wsp_reactor_set_timer (self->reactor, &self->timer,
                         wsp_reactor_get_time (self->reactor) + DRAIN_TIME);
}

static void
opening_upgrade_on_ready (WspTransport  *transport,
                          WspWatchEvents events,
                          gpointer       owner)
{
  WspUpgrade *self = owner;
  GError *error = NULL;

  if (!opening_upgrade_write_some (self, &error))
    {
      lose_output (self, error);
      return;
    }
  half_close (self);
  opening_upgrade_update_events (self);

  /* The owner may free the upgrade in `ready`. */
  if (self->step == WRITING && !has_output (self))
    notify_owner (self);
  else if (self->step == WATCHING_FOR_END && events & WSP_WATCH_ENDED)
    fail_ended (self);
  else if (is_reading (self) && events & WSP_WATCH_READ)
    opening_upgrade_read_some (self);
}

static void
opening_upgrade_fail_late (WspUpgrade *self)
{
  self->has_expired = TRUE;
  fail_input (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                                         "Opening handshake took too long"));
}

static void
opening_upgrade_on_expired (WspTimer *timer)
{
  WspUpgrade *self = WSP_OWNER_OF (timer, WspUpgrade, timer);

  if (self->step == FINISHING)
    notify_owner (self);
  else if (self->has_peer_ended && wsp_reactor_get_time (self->reactor) < self->deadline)
    fail_ended (self);
  else if (!self->is_last_look)
    {
      self->is_last_look = TRUE;
      wsp_reactor_set_timer (self->reactor, &self->timer, wsp_reactor_get_time (self->reactor));
    }
  else if (!wsp_upgrade_read_rest (self))
    opening_upgrade_fail_late (self);
}

static void
opening_upgrade_run_due (WspDue *due)
{
  WspUpgrade *self = WSP_OWNER_OF (due, WspUpgrade, due);

  if (self->is_freed)
    {
      g_slice_free (WspUpgrade, self);
      return;
    }

  if (self->transport != NULL && !wsp_reactor_has_ended (self->reactor) &&
      !wsp_reactor_is_inherited (self->reactor))
    opening_upgrade_on_ready (self->transport, WSP_WATCH_NOTHING, self);
}

WspUpgrade *
wsp_upgrade_new (WspReactor          *reactor,
                 WspTransport        *transport,
                 WscHeadKind          kind,
                 const WscHeadLimits *limits,
                 WspUpgradeFunc       ready,
                 gpointer             owner)
{
  WspUpgrade *self = g_slice_new0 (WspUpgrade);

  self->reactor = wsp_reactor_ref (reactor);
  self->transport = transport;
  self->kind = kind;
  self->limits = *limits;
  self->step = WAITING;
  self->deadline = WSP_TIMER_NEVER;
  self->timer.expired = opening_upgrade_on_expired;
  self->due.run = opening_upgrade_run_due;
  self->ready = ready;
  self->owner = owner;

  wsp_transport_set_owner (transport, opening_upgrade_on_ready, self);
  return self;
}

void
wsp_upgrade_free (WspUpgrade *self)
{
  WspTransport *transport = g_steal_pointer (&self->transport);

  wsp_reactor_unset_timer (self->reactor, &self->timer);
  if (transport != NULL)        /* to close the stream may run code of the program */
    wsp_transport_close (transport, self->is_half_closed ? WSP_TRANSPORT_CLOSE_GRACEFUL
                                                         : WSP_TRANSPORT_CLOSE_NOW);
  g_clear_pointer (&self->head, wsc_http_head_free);
  g_clear_pointer (&self->remaining_input, g_byte_array_unref);
  g_clear_pointer (&self->output, g_byte_array_unref);
  g_clear_pointer (&self->content, g_bytes_unref);
  g_clear_pointer (&self->body, wsp_body_free);
  g_clear_error (&self->error);
  g_clear_error (&self->write_error);
  wsp_reactor_unref (self->reactor);

  /* A due call that is queued frees the memory. */
  self->is_freed = TRUE;
  if (!wsp_due_is_queued (&self->due))
    g_slice_free (WspUpgrade, self);
}

void
wsp_upgrade_set_deadline (WspUpgrade *self,
                          gint64      deadline)
{
  self->deadline = deadline;
}

void
wsp_upgrade_set_close_timeout (WspUpgrade *self,
                               guint       timeout)
{
  self->close_time = timeout * (gint64) 1000;
}

static void
append_output (WspUpgrade   *self,
               const guint8 *data,
               gsize         length)
{
  if (self->output == NULL)
    self->output = g_byte_array_new ();
  g_byte_array_append (self->output, data, length);
}

void
wsp_upgrade_write (WspUpgrade   *self,
                   gconstpointer data,
                   gsize         length)
{
  append_output (self, data, length);
  wsp_reactor_call (self->reactor, &self->due, WSP_DUE_THIS_DISPATCH);
}

void
wsp_upgrade_write_response (WspUpgrade *self,
                            GBytes     *head,
                            GBytes     *body)
{
  g_assert (self->content == NULL);

  if (body != NULL)
    self->content = g_bytes_ref (body);
  wsp_upgrade_write (self, g_bytes_get_data (head, NULL), g_bytes_get_size (head));
}

gboolean
wsp_upgrade_write_all (WspUpgrade   *self,
                       gconstpointer data,
                       gsize         length)
{
  struct iovec vector = { (gpointer) data, length };
  gssize n = has_output (self) ? 0 : wsp_transport_write (self->transport, &vector, 1, NULL);
  gsize n_written = MAX (n, 0);

  if (n_written == length)
    return TRUE;

  /* An error occurs again in the due call, and is reported then. */
  append_output (self, (const guint8 *) data + n_written, length - n_written);
  begin_step (self, WRITING);
  wsp_reactor_call (self->reactor, &self->due, WSP_DUE_THIS_DISPATCH);
  return FALSE;
}

void
wsp_upgrade_put_back (WspUpgrade *self,
                      GBytes     *bytes)
{
  WscBytes input;

  input.at = g_bytes_get_data (bytes, &input.length);
  keep_remaining_input (self, input);
}

void
wsp_upgrade_read_head (WspUpgrade *self)
{
  g_autoptr (GByteArray) remaining_input = g_steal_pointer (&self->remaining_input);

  g_clear_pointer (&self->head, wsc_http_head_free);
  self->head = wsc_http_head_new (self->kind, &self->limits);
  self->logged = LOGGED_NOTHING;
  self->head_time = 0;
  begin_step (self, READING_HEAD);
  if (remaining_input != NULL)
    take_input (self, remaining_input->data, remaining_input->len);
}

void
wsp_upgrade_set_begun_func (WspUpgrade    *self,
                            WspUpgradeFunc begun)
{
  self->begun = begun;
}

void
wsp_upgrade_read_now (WspUpgrade *self)
{
  if (self->step == READING_HEAD)
    opening_upgrade_read_some (self);
}

void
wsp_upgrade_read_refusal (WspUpgrade *self,
                          guint       status,
                          WspHeaders *headers,
                          WspLimits  *limits)
{
  const WspLimitValues *values = wsp_limits_get_values (limits);
  gint64 timeout = values->refusal_timeout;

  if (timeout > 0)
    self->deadline = wsp_reactor_get_time (self->reactor) + timeout * 1000;
  self->body = wsp_body_new (headers, status, values->max_refusal_body);
  if (self->remaining_input != NULL)
    wsp_body_take (self->body, self->remaining_input->data, self->remaining_input->len);
  begin_step (self, READING_BODY);
  if (wsp_body_is_complete (self->body))
    notify_owner (self);
}

void
wsp_upgrade_watch_peer (WspUpgrade       *self,
                        WspUpgradePeerEnd end)
{
  begin_step (self, end == WSP_UPGRADE_PEER_END_IS_LATE ? WATCHING_FOR_INPUT : WATCHING);
}

void
wsp_upgrade_unset_timer (WspUpgrade *self)
{
  wsp_reactor_unset_timer (self->reactor, &self->timer);
}

void
wsp_upgrade_finish (WspUpgrade *self,
                    gint64      deadline)
{
  self->deadline = deadline;
  begin_step (self, FINISHING);
  wsp_reactor_call (self->reactor, &self->due, WSP_DUE_THIS_DISPATCH);
}

const GError *
wsp_upgrade_get_error (WspUpgrade *self)
{
  return self->error;
}

gboolean
wsp_upgrade_has_expired (WspUpgrade *self)
{
  return self->has_expired;
}

WscFault
wsp_upgrade_get_fault (WspUpgrade *self)
{
  return self->fault == WSC_FAULT_PARTIAL ? WSC_FAULT_NONE : self->fault;
}

WscHttpHead *
wsp_upgrade_get_head (WspUpgrade *self)
{
  return self->head;
}

GBytes *
wsp_upgrade_dup_input (WspUpgrade *self)
{
  WscBytes text = { NULL, 0 };

  if (self->head != NULL)
    text = wsc_http_head_get_text (self->head);
  if (self->fault == WSC_FAULT_NONE || self->remaining_input == NULL)
    return g_bytes_new (text.at, text.length);

  GByteArray *input = g_byte_array_new ();

  g_byte_array_append (input, text.at, text.length);
  g_byte_array_append (input, self->remaining_input->data, self->remaining_input->len);
  return g_byte_array_free_to_bytes (input);
}

GBytes *
wsp_upgrade_dup_remaining_input (WspUpgrade *self)
{
  GByteArray *input = self->remaining_input;

  return input != NULL ? g_bytes_new (input->data, input->len) : NULL;
}

GBytes *
wsp_upgrade_dup_body (WspUpgrade *self)
{
  return self->body != NULL ? wsp_body_dup_bytes (self->body) : NULL;
}

gint64
wsp_upgrade_get_time (WspUpgrade *self)
{
  return self->head_time;
}

void
wsp_upgrade_log_input (WspUpgrade *self,
                       WspHeadLog *log)
{
  gint64 time = self->head_time > 0 ? self->head_time : g_get_monotonic_time ();
  g_autoptr (GBytes) piece = NULL;

  if (log == NULL || self->logged == LOGGED_ALL)
    return;

  if (self->logged == LOGGED_NOTHING)
    {
      piece = wsp_upgrade_dup_input (self);
      self->logged = self->fault == WSC_FAULT_NONE ? LOGGED_HEAD : LOGGED_ALL;
    }
  else
    {
      piece = wsp_upgrade_dup_remaining_input (self);
      self->logged = LOGGED_ALL;
    }
  if (piece != NULL)
    wsp_head_log_add (log, WSP_DIRECTION_RECEIVED, piece, time);
}

WspTransport *
wsp_upgrade_get_transport (WspUpgrade *self)
{
  return self->transport;
}

/* The due call, which may be queued, has no effect without a transport. */
WspTransport *
wsp_upgrade_steal_transport (WspUpgrade *self)
{
  wsp_reactor_unset_timer (self->reactor, &self->timer);
  return g_steal_pointer (&self->transport);
}
