/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/compose/wsi-outbox.h"

#include <glib/gi18n.h>

#include "inspect/sources/sending/wsi-outgoing.h"
#include "inspect/sources/wsi-source.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-store.h"

#define REFRESH_MS 100
#define MAX_OPEN 100            /* connections that are listed: the latest ones */
#define MAX_LOOKED_AT 2000

struct _WsiOutbox
{
  GObject          parent_instance;

  WsiSession      *session;     /* session that messages are sent in; NULL = none */
  guint            n_sessions;  /* sessions that the outbox has had */
  GSignalGroup    *signals;     /* handlers of the session's signals */
  GListStore      *open;
  WsiConversation *conversation;        /* conversation that messages are sent on; NULL = none */
  guint32          wanted;      /* number of the connection that the user has chosen; 0 = any */
  guint32          preferred;   /* number of the connection that the user looks at; 0 = none */
  const char      *obstacle, *advice;   /* why nothing can be sent, or NULL; and what helps */
  guint            refresh;     /* timeout of the next look at the connections; 0 = none is due */
  gboolean         is_watched, is_stale;        /* is_stale: a look was due, but not made */
  GCancellable    *cancellable; /* cancellable of the messages that are being sent */
  guint            n_long;      /* messages that are being sent */
  WsiSource       *awaited;     /* source whose connection gets the message; NULL = none */
  WsiOutgoing     *waiting;     /* message that waits for a connection */
};

enum
{
  CHANGED,
  FAILED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiOutbox, wsi_outbox, G_TYPE_OBJECT)

static WsiConversation *
outbox_dup_conversation (WsiOutbox * self,
                         guint32    number)
{
  return wsi_store_dup_conversation (wsi_session_get_store (self->session), number);
}

static gboolean
may_write_to (WsiOutbox       *self,
              WsiConversation *conversation)
{
  const char *advice;

  return wsi_session_find_obstacle (self->session, conversation, &advice) == NULL;
}

static GPtrArray *
find_open (WsiOutbox *self)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);
  guint32 n_kept, n = wsi_store_count_conversations (wsi_session_get_store (self->session),
                                                     &n_kept);

  for (guint32 i = 0; i < MIN (n, MAX_LOOKED_AT) && found->len < MAX_OPEN; i++)
    {
      g_autoptr (WsiConversation) conversation = outbox_dup_conversation (self, n - i);

      if (may_write_to (self, conversation))
        g_ptr_array_add (found, g_steal_pointer (&conversation));
    }
  return found;
}

static gboolean
outbox_is_equal (GListModel      *list,
                 const GPtrArray *found)
{
  gboolean is_equal = g_list_model_get_n_items (list) == found->len;

  for (guint i = 0; is_equal && i < found->len; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (list, i);

      is_equal = item == found->pdata[i];
    }
  return is_equal;
}

/* The list is filled again only if it changes: a user may have it open. */
static void
list_open (WsiOutbox *self)
{
  g_autoptr (GPtrArray) found = find_open (self);
  GListModel *open = G_LIST_MODEL (self->open);

  if (!outbox_is_equal (open, found))
    g_list_store_splice (self->open, 0, g_list_model_get_n_items (open), found->pdata, found->len);
}

/* Chooses a connection: only the one that the user wants, which may be closed or gone; else the one
 * that the user looks at, the one before, or the latest. */
static WsiConversation *
outbox_choose (WsiOutbox *self)
{
  WsiConversation *latest = wsi_session_get_conversation (self->session);
  g_autoptr (WsiConversation) preferred =
    self->preferred != 0 ? outbox_dup_conversation (self, self->preferred) : NULL;

  if (self->wanted != 0)
    return outbox_dup_conversation (self, self->wanted);
  if (preferred != NULL && may_write_to (self, preferred))
    return g_steal_pointer (&preferred);
  if (may_write_to (self, self->conversation))
    return g_object_ref (self->conversation);
  if (g_list_model_get_n_items (G_LIST_MODEL (self->open)) > 0)
    return g_list_model_get_item (G_LIST_MODEL (self->open), 0);

  return latest != NULL ? g_object_ref (latest) : NULL;
}

static void
outbox_refresh (WsiOutbox *self)
{
  g_autoptr (WsiConversation) conversation = NULL;

  g_clear_handle_id (&self->refresh, g_source_remove);
  self->is_stale = FALSE;
  self->obstacle = NULL;
  if (self->session != NULL)
    {
      list_open (self);
      conversation = outbox_choose (self);
      self->obstacle = wsi_session_find_obstacle (self->session, conversation, &self->advice);
    }
  else
    {
      g_list_store_remove_all (self->open);
    }
  g_set_object (&self->conversation, conversation);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void outbox_send_waiting (WsiOutbox *self);

static gboolean
on_refresh (gpointer data)
{
  g_autoptr (WsiOutbox) self = g_object_ref (data);     /* a handler of `changed` may drop self */

  self->refresh = 0;
  if (self->is_watched || self->waiting != NULL)
    outbox_refresh (self);
  else
    self->is_stale = TRUE;
  if (self->waiting != NULL)
    outbox_send_waiting (self);
  return G_SOURCE_REMOVE;
}

/* Looks at the connections a little later: thousands may open and end in a second. */
static void
refresh_soon (WsiOutbox *self)
{
  if (self->refresh == 0)
    self->refresh = g_timeout_add (REFRESH_MS, on_refresh, self);
}

static void
refresh_stale (WsiOutbox *self)
{
  if (self->is_stale)
    outbox_refresh (self);
}

static void
drop_waiting (WsiOutbox *self)
{
  g_clear_object (&self->awaited);
  g_clear_pointer (&self->waiting, wsi_outgoing_free);
}

static void
outbox_drop_session (WsiOutbox *self)
{
  drop_waiting (self);
  g_clear_handle_id (&self->refresh, g_source_remove);
  g_signal_group_set_target (self->signals, NULL);
  wsi_outbox_cancel (self);
  self->n_sessions++;
  self->n_long = 0;
  self->wanted = 0;
  self->preferred = 0;
  g_clear_object (&self->conversation);
  g_clear_object (&self->session);
}

static void
wsi_outbox_dispose (GObject *object)
{
  outbox_drop_session (WSI_OUTBOX (object));
  G_OBJECT_CLASS (wsi_outbox_parent_class)->dispose (object);
}

static void
wsi_outbox_finalize (GObject *object)
{
  WsiOutbox *self = WSI_OUTBOX (object);

  g_object_unref (self->signals);
  g_object_unref (self->open);
  g_object_unref (self->cancellable);
  G_OBJECT_CLASS (wsi_outbox_parent_class)->finalize (object);
}

static void
wsi_outbox_class_init (WsiOutboxClass *class)
{
  G_OBJECT_CLASS (class)->dispose = wsi_outbox_dispose;
  G_OBJECT_CLASS (class)->finalize = wsi_outbox_finalize;
  signals[CHANGED] = g_signal_new ("changed", WSI_TYPE_OUTBOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", WSI_TYPE_OUTBOX, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
wsi_outbox_init (WsiOutbox *self)
{
  self->open = g_list_store_new (WSI_TYPE_CONVERSATION);
  self->cancellable = g_cancellable_new ();
  self->signals = g_signal_group_new (WSI_TYPE_SESSION);
  g_signal_group_connect_swapped (self->signals, "changed", G_CALLBACK (refresh_soon), self);
  g_signal_group_connect_swapped (self->signals, "handshake", G_CALLBACK (refresh_soon), self);
}

WsiOutbox *
wsi_outbox_new (void)
{
  return g_object_new (WSI_TYPE_OUTBOX, NULL);
}

void
wsi_outbox_set_session (WsiOutbox  *self,
                        WsiSession *session)
{
  outbox_drop_session (self);
  g_set_object (&self->session, session);
  g_signal_group_set_target (self->signals, session);
  outbox_refresh (self);
}

WsiSession *
wsi_outbox_get_session (WsiOutbox *self)
{
  return self->session;
}

void
wsi_outbox_set_watched (WsiOutbox *self,
                        gboolean   is_watched)
{
  self->is_watched = is_watched;
  if (is_watched)
    refresh_stale (self);
}

void
wsi_outbox_choose (WsiOutbox *self,
                   guint32    number)
{
  drop_waiting (self);
  self->wanted = number;
  outbox_refresh (self);
}

void
wsi_outbox_prefer (WsiOutbox *self,
                   guint32    number)
{
  if (self->preferred == number)
    return;

  self->preferred = number;
  if (self->wanted == 0 && self->waiting == NULL)
    outbox_refresh (self);
}

GListModel *
wsi_outbox_get_open (WsiOutbox *self)
{
  return G_LIST_MODEL (self->open);
}

WsiConversation *
wsi_outbox_get_conversation (WsiOutbox *self)
{
  return self->conversation;
}

const char *
wsi_outbox_get_obstacle (WsiOutbox   *self,
                         const char **advice)
{
  if (advice != NULL)
    *advice = self->advice;
  return self->obstacle;
}

WsiConversation *
wsi_outbox_get_target (WsiOutbox *self)
{
  refresh_stale (self);
  return self->obstacle == NULL ? self->conversation : NULL;
}

/* A call to send, which may end after its outbox. */
typedef struct
{
  GWeakRef outbox;
  guint    n_sessions;          /* n_sessions at the beginning: there may be another session now */
  gboolean is_long;
} Sending;

static void
outbox_on_sent (GObject      *none,
                GAsyncResult *result,
                gpointer      data)
{
  Sending *sending = data;
  g_autoptr (WsiOutbox) self = g_weak_ref_get (&sending->outbox);
  g_autoptr (GError) error = NULL;
  gboolean is_sent = wsi_source_send_finish (result, &error);
  gboolean is_long = sending->is_long;
  gboolean is_current = self != NULL && sending->n_sessions == self->n_sessions;

  g_weak_ref_clear (&sending->outbox);
  g_free (sending);
  if (!is_current)
    return;

  if (is_long)
    {
      self->n_long--;
      g_signal_emit (self, signals[CHANGED], 0);
    }
  if (!is_sent && (is_long || !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)))
    g_signal_emit (self, signals[FAILED], 0, error);
}

gboolean
wsi_outbox_send (WsiOutbox   *self,
                 WsiOutgoing *outgoing)
{
  WsiConversation *target = wsi_outbox_get_target (self);
  WsiSource *source = target != NULL ? wsi_session_find_source (self->session, target) : NULL;
  Sending *sending;

  if (source == NULL)
    {
      wsi_outgoing_free (outgoing);
      outbox_refresh (self);
      return FALSE;
    }

  if (g_cancellable_is_cancelled (self->cancellable))
    {
      g_object_unref (self->cancellable);
      self->cancellable = g_cancellable_new ();
    }
  sending = g_new0 (Sending, 1);
  g_weak_ref_init (&sending->outbox, self);
  sending->n_sessions = self->n_sessions;
  sending->is_long = outgoing->kind == WSI_OUTGOING_FILE || outgoing->n_fragments > 0;
  self->n_long += sending->is_long;
  wsi_source_send_async (source, target, outgoing, self->cancellable, outbox_on_sent, sending);
  if (self->n_long > 0)
    g_signal_emit (self, signals[CHANGED], 0);
  return TRUE;
}

static guint32
find_awaited (WsiOutbox *self)
{
  GListModel *open = G_LIST_MODEL (self->open);

  for (guint i = 0; i < g_list_model_get_n_items (open); i++)
    {
      g_autoptr (WsiConversation) conversation = g_list_model_get_item (open, i);

      if (wsi_session_find_source (self->session, conversation) == self->awaited)
        return wsi_conversation_get_number (conversation);
    }
  return 0;
}

static gboolean
was_awaited_open (WsiOutbox *self)
{
  guint32 n_kept, n = wsi_store_count_conversations (wsi_session_get_store (self->session),
                                                     &n_kept);

  for (guint32 i = 0; i < MIN (n, MAX_LOOKED_AT); i++)
    {
      g_autoptr (WsiConversation) conversation = outbox_dup_conversation (self, n - i);

      if (conversation != NULL && wsi_conversation_was_open (conversation) &&
          wsi_session_find_source (self->session, conversation) == self->awaited)
        return TRUE;
    }
  return FALSE;
}

static void
fail_waiting (WsiOutbox *self)
{
  g_autoptr (GError) error =
    g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, was_awaited_open (self)
                         ? _("Not sent: the client connected, and the connection was closed at "
                             "once (its row in the sidebar says why)")
                         : _("Not sent: the client did not connect (its row in the sidebar says "
                             "why)"));

  drop_waiting (self);
  g_signal_emit (self, signals[FAILED], 0, error);
}

/* A handler of `changed` may choose another connection, which takes the message back, let another
 * message wait, or close this connection. */
static void
send_to_awaited (WsiOutbox *self,
                 guint32    number)
{
  g_autoptr (WsiSource) awaited = g_object_ref (self->awaited);

  self->wanted = number;
  outbox_refresh (self);
  if (self->awaited != awaited)
    return;

  if (self->obstacle == NULL)
    {
      WsiOutgoing *outgoing = g_steal_pointer (&self->waiting);

      drop_waiting (self);
      wsi_outbox_send (self, outgoing);
    }
  else
    {
      fail_waiting (self);
    }
}

static void
outbox_send_waiting (WsiOutbox *self)
{
  guint32 number = find_awaited (self);

  if (number != 0)
    send_to_awaited (self, number);
  else if (wsi_source_has_ended (self->awaited))
    fail_waiting (self);
}

void
wsi_outbox_send_once_open (WsiOutbox   *self,
                           WsiSource   *source,
                           WsiOutgoing *outgoing)
{
  drop_waiting (self);
  self->awaited = g_object_ref (source);
  self->waiting = outgoing;
  refresh_soon (self);
}

gboolean
wsi_outbox_is_sending (WsiOutbox *self)
{
  return self->n_long > 0;
}

void
wsi_outbox_cancel (WsiOutbox *self)
{
  g_cancellable_cancel (self->cancellable);
}
