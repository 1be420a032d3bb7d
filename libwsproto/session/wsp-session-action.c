/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "session/wsp-session-action-private.h"

#include "session/wsp-session-lend-private.h"
#include "session/wsp-session-private.h"

#include <stddef.h>
#include <string.h>

/* A bit in the queue of an action that is in a HeldAction. */
#define IS_HELD 0x80

typedef struct
{
  WspSessionAction action;
  WspSession *session;          /* session that made the action; NULL: the action was copied from a
                                   stack, and owns bytes */
  guint8     *bytes;
  int         ref_count;
} HeldAction;

/* WscAction leaves room in a WspSessionAction for members of later versions. */
#define MAX_ACTION_SIZE 96
G_STATIC_ASSERT (sizeof (WscAction) <= MAX_ACTION_SIZE);
G_STATIC_ASSERT (MAX_ACTION_SIZE < sizeof (WspSessionAction));
G_STATIC_ASSERT (G_ALIGNOF (WspSessionAction) >= G_ALIGNOF (WscAction));
G_STATIC_ASSERT (sizeof (GOutputVector) == sizeof (WscBuffer));
G_STATIC_ASSERT (offsetof (GOutputVector, size) == offsetof (WscBuffer, length));
G_STATIC_ASSERT ((int) WSP_ACTION_TYPE_INDICATE_RECEIVE_COMPLETE
                 == (int) WSC_ACTION_INDICATE_RECEIVE_COMPLETE);
G_STATIC_ASSERT ((int) WSP_ACTION_QUEUE_ALL == (int) WSC_ACTION_QUEUE_ALL);
G_STATIC_ASSERT ((int) WSP_BUFFER_TYPE_RAW == (int) WSC_BUFFER_RAW);

G_DEFINE_BOXED_TYPE (WspSessionAction, wsp_session_action,
                     wsp_session_action_copy, wsp_session_action_free)

static const WscAction *
view_of (const WspSessionAction * self)
{
  return (const WscAction *) (gconstpointer) self;
}

static HeldAction *
held_of (const WspSessionAction *self)
{
  return (view_of (self)->queue & IS_HELD) != 0 ? (HeldAction *) (gpointer) self : NULL;
}

static gsize
total_length (const WscAction *view)
{
  gsize length = 0;

  for (guint i = 0; i < view->n_buffers; i++)
    length += view->buffers[i].length;

  return length;
}

WscAction
wsp_session_action_as_given (const WspSessionAction *self)
{
  WscAction given = *view_of (self);

  given.queue &= (guint8) ~IS_HELD;
  return given;
}

/* Whether the memory that the action points to still exists.  Only a HeldAction with a session can
 * check this; for all others the result is TRUE.  The memory of a withdrawn action exists until the
 * action is completed. */
static gboolean
has_its_memory (const WspSessionAction *self)
{
  const HeldAction *held = held_of (self);
  WscAction given = wsp_session_action_as_given (self);

  return held == NULL || held->session == NULL || wsp_session_has_bytes_of (held->session, &given);
}

WscAction *
wsp_session_action_peek (WspSessionAction *self)
{
  return (WscAction *) (gpointer) self;
}

gboolean
wsp_session_action_belongs_to (const WspSessionAction *self,
                               WspSession             *session)
{
  const HeldAction *held = held_of (self);

  return held == NULL || held->session == session;
}

void
wsp_session_action_clear (WspSessionAction *self)
{
  WscAction *view = wsp_session_action_peek (self);

  view->type = WSC_ACTION_NONE;
  view->n_buffers = 0;
  view->serial = 0;
}

static HeldAction *
held_action_new (const WspSessionAction *action)
{
  HeldAction *held = g_new0 (HeldAction, 1);

  held->action = *action;
  wsp_session_action_peek (&held->action)->queue |= IS_HELD;
  held->ref_count = 1;
  return held;
}

WspSessionAction *
wsp_session_action_hold (const WspSessionAction *action,
                         WspSession             *session)
{
  HeldAction *held = held_action_new (action);

  held->session = g_object_ref (session);
  return &held->action;
}

/* Returns the bytes of all buffers, one after the other, and a NUL. */
static guint8 *
join_buffers (const WscAction *view)
{
  guint8 *bytes = g_malloc (total_length (view) + 1);
  gsize n = 0;

  for (guint i = 0; i < view->n_buffers; i++)
    {
      if (view->buffers[i].length > 0)
        memcpy (bytes + n, view->buffers[i].at, view->buffers[i].length);

      n += view->buffers[i].length;
    }

  bytes[n] = 0;
  return bytes;
}

/* A RECEIVE_FROM_NETWORK action has no bytes yet, only room for bytes. */
static void
session_action_keep_bytes (HeldAction *held)
{
  WscAction *view = wsp_session_action_peek (&held->action);

  if (view->n_buffers == 0)
    return;

  if (view->type != WSC_ACTION_RECEIVE_FROM_NETWORK)
    held->bytes = join_buffers (view);

  view->buffers[0] = (WscBuffer) { held->bytes, total_length (view) };
  view->n_buffers = 1;
}

/**
 * wsp_session_action_copy:
 * @self: an action
 *
 * Adds a reference to an action of [method@Wsp.Session.next_action]. An action on the stack
 * is copied with its bytes: the copy can be read at any time, but not performed.
 *
 * Returns: (transfer full): an action, to be freed with [method@Wsp.SessionAction.free]
 *
 * Since: 0.1
 */
WspSessionAction *
wsp_session_action_copy (const WspSessionAction *self)
{
  HeldAction *held;

  g_return_val_if_fail (self != NULL, NULL);

  held = held_of (self);
  if (held != NULL)
    {
      g_atomic_int_inc (&held->ref_count);
      return &held->action;
    }

  held = held_action_new (self);
  session_action_keep_bytes (held);
  return &held->action;
}

/**
 * wsp_session_action_free:
 * @self: an action of [method@Wsp.Session.next_action] or [method@Wsp.SessionAction.copy]
 *
 * Releases an action. This does not complete it.
 *
 * Since: 0.1
 */
void
wsp_session_action_free (WspSessionAction *self)
{
  HeldAction *held;

  g_return_if_fail (self != NULL);

  held = held_of (self);
  g_return_if_fail (held != NULL);

  if (!g_atomic_int_dec_and_test (&held->ref_count))
    return;

  g_clear_object (&held->session);
  g_free (held->bytes);
  g_free (held);
}

/**
 * wsp_session_action_get_action_type:
 * @self: an action
 *
 * Gets what is to be done. An action that was completed is of type
 * %WSP_ACTION_TYPE_NONE.
 *
 * Returns: the type
 *
 * Since: 0.1
 */
WspActionType
wsp_session_action_get_action_type (const WspSessionAction *self)
{
  g_return_val_if_fail (self != NULL, WSP_ACTION_TYPE_NONE);

  return (WspActionType) view_of (self)->type;
}

/**
 * wsp_session_action_get_buffer_type:
 * @self: an action
 *
 * Gets the type of message or frame that the bytes belong to. %WSP_BUFFER_TYPE_NONE at the end of a
 * Receive means that the Receive was cancelled.
 *
 * Returns: the type
 *
 * Since: 0.1
 */
WspBufferType
wsp_session_action_get_buffer_type (const WspSessionAction *self)
{
  g_return_val_if_fail (self != NULL, WSP_BUFFER_TYPE_NONE);

  return (WspBufferType) view_of (self)->buffer_type;
}

/**
 * wsp_session_action_get_raw_header:
 * @self: an action
 *
 * Gets the first bits of a frame that belongs to an extension: FIN in bit 8, RSV1 to RSV3
 * in 7 to 5, the opcode in 4 to 1. See RFC 6455, section 5.2.
 *
 * Returns: the bits as a number, 0 unless the buffer type is %WSP_BUFFER_TYPE_RAW
 *
 * Since: 0.1
 */
guint16
wsp_session_action_get_raw_header (const WspSessionAction *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return view_of (self)->buffer_type == WSC_BUFFER_RAW ? view_of (self)->close_code : 0;
}

/**
 * wsp_session_action_get_operation:
 * @self: an action
 *
 * Gets the number of the Send or Receive that the action belongs to, as the call that queued this
 * operation returned it.
 *
 * Returns: the number, 0 for pongs and Closes that the session sends by itself
 *
 * Since: 0.1
 */
guint
wsp_session_action_get_operation (const WspSessionAction *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return view_of (self)->operation;
}

static gboolean
has_bytes (const WscAction *view)
{
  if (view->type == WSC_ACTION_INDICATE_RECEIVE_COMPLETE)
    return view->buffer_type != WSC_BUFFER_NONE;

  return view->type == WSC_ACTION_SEND_TO_NETWORK;
}

/**
 * wsp_session_action_dup_bytes:
 * @self: an action
 *
 * Gets a copy of the bytes to be sent, or of the payload that was received; for a Close, its
 * reason.
 *
 * Returns: (transfer full) (nullable): the bytes, or %NULL for an action without any, a
 *   Receive that was cancelled, and an action that was completed
 *
 * Since: 0.1
 */
GBytes *
wsp_session_action_dup_bytes (const WspSessionAction *self)
{
  const WscAction *view;

  g_return_val_if_fail (self != NULL, NULL);

  view = view_of (self);
  if (!has_bytes (view) || !has_its_memory (self))
    return NULL;

  return g_bytes_new_take (join_buffers (view), total_length (view));
}

/**
 * wsp_session_action_get_wanted:
 * @self: an action
 *
 * Gets the number of bytes from the peer for which the action has room.
 *
 * Returns: bytes, 0 unless the type is %WSP_ACTION_TYPE_RECEIVE_FROM_NETWORK
 *
 * Since: 0.1
 */
gsize
wsp_session_action_get_wanted (const WspSessionAction *self)
{
  const WscAction *view;

  g_return_val_if_fail (self != NULL, 0);

  view = view_of (self);
  return view->type == WSC_ACTION_RECEIVE_FROM_NETWORK ? total_length (view) : 0;
}

static gboolean
session_action_is_close (const WscAction *view)
{
  return view->type == WSC_ACTION_INDICATE_RECEIVE_COMPLETE &&
         view->buffer_type == WSC_BUFFER_CLOSE;
}

/**
 * wsp_session_action_get_close_code:
 * @self: an action
 *
 * Gets the code of a Close that was received, or that a connection has sent; 1005 for a Close
 * without a code. See RFC 6455, section 7.1.5.
 *
 * Returns: the code, 0 for anything but a Close
 *
 * Since: 0.1
 */
guint
wsp_session_action_get_close_code (const WspSessionAction *self)
{
  g_return_val_if_fail (self != NULL, 0);

  const WscAction *view = view_of (self);
  gboolean is_sent = view->type == WSC_ACTION_INDICATE_SEND_COMPLETE &&
                     view->buffer_type == WSC_BUFFER_CLOSE;

  return is_sent || session_action_is_close (view) ? view->close_code : 0;
}

/**
 * wsp_session_action_get_close_reason:
 * @self: an action
 *
 * Gets the reason of a Close that was received; empty for a Close without a reason. The reason is
 * text of the peer: escape it before you log it. See RFC 6455, section 7.1.6.
 *
 * Returns: (transfer none) (nullable): the reason, or %NULL for anything but a Close; valid until
 *   the action is completed
 *
 * Since: 0.1
 */
const char *
wsp_session_action_get_close_reason (const WspSessionAction *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (!session_action_is_close (view_of (self)) || !has_its_memory (self))
    return NULL;

  return (const char *) view_of (self)->buffers[0].at;
}

/**
 * wsp_session_action_get_vectors: (skip)
 * @self: an action
 * @n_vectors: (out): place for the number of vectors, at most two
 *
 * Gets the bytes to be sent, in the form for
 * [method@Gio.PollableOutputStream.writev_nonblocking] and similar functions.
 *
 * Returns: (transfer none): the vectors; valid until the action is completed
 *
 * Since: 0.1
 */
const GOutputVector *
wsp_session_action_get_vectors (const WspSessionAction *self,
                                guint                  *n_vectors)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (n_vectors != NULL, NULL);

  *n_vectors = has_its_memory (self) ? view_of (self)->n_buffers : 0;
  return (const GOutputVector *) (gconstpointer) view_of (self)->buffers;
}

/**
 * wsp_session_action_get_buffer: (skip)
 * @self: an action
 * @length: (out): place for the length of the memory in bytes
 *
 * Gets the memory that the bytes of the peer are to be read into, or the payload that was
 * received.
 *
 * The action may have room for more bytes than this memory, see
 * [method@Wsp.SessionAction.get_wanted]; it is always correct to use only this memory.
 *
 * Returns: (transfer none) (nullable): the memory, valid until the action is completed; %NULL if
 *   there is none
 *
 * Since: 0.1
 */
guint8 *
wsp_session_action_get_buffer (const WspSessionAction *self,
                               gsize                  *length)
{
  const WscAction *view;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (length != NULL, NULL);

  view = view_of (self);
  *length = 0;
  if (view->n_buffers == 0 || !has_its_memory (self))
    return NULL;

  *length = view->buffers[0].length;
  return view->buffers[0].at;
}
