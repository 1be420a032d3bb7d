/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Groups of a server's connections.
 *
 * A group has a part for each worker: the members that the worker serves, and the messages that
 * they still have to be sent.  A message is added to all parts while the lock is held: so it has
 * the same place in each of them, and all members get the group's messages in one order.  A thread
 * that broadcasts sends to the members of its own worker at once, with all messages that waited
 * there; other workers get one queued call if no message waited.
 *
 * Members change in the thread of their worker.  The core lives as long as the WspGroup and the
 * memberships, so that a thread that drops the WspGroup does not touch members of other threads.
 *
 * To send may run code of the program, which may broadcast, add and remove.  So while messages are
 * sent to a part, none of its members changes its position, and no other message is sent in
 * between.  No code of the program runs while the lock is held.
 *
 * docs/rationales/broadcasts-and-groups.md has the reasons.
 */
#include <libwsproto/endpoint/serving/wsp-group.h>

#include <libwsproto/base/wsp-error.h>

#include "connection/message/wsp-message.h"
#include "connection/wsp-connection-transport-private.h"
#include "endpoint/serving/wsp-membership-private.h"
#include "endpoint/serving/wsp-server-private.h"
#include "reactor/wsp-reactor-private.h"

typedef struct _Letter Letter;

struct _Letter                  /* a message that waits for one part */
{
  Letter       *next;           /* next letter of the ring: after the last one, the first one */
  WspMessage   *message;
  gconstpointer exclude;        /* only compared: it may have been freed */
  WspSendFlags  flags;
};

/* The bit-fields are for the worker's thread alone.  The lock protects all others; the worker's
 * thread, which alone changes the members, reads them without it. */
typedef struct
{
  WspWorker      *worker;       /* worker of the members; NULL: no members; a worker outlives its
                                   connections */
  WspConnection **members;      /* members, then the numbers of their memberships; a NULL member has
                                   just left */
  Letter         *last;
  guint           n;
  guint           size : 30, is_sending : 1, has_gaps : 1;
} Part;

typedef struct _Parts Parts;

struct _Parts                   /* a part never moves */
{
  Parts *next;
  guint  n;
  Part   parts[];
};

struct _WspGroupCore
{
  gsize  server;                /* the number of the server, which may be gone */
  int    n_refs;
  int    n_members;
  GMutex lock;
  Parts *parts;                 /* parts by the index of the worker */
  gboolean is_disbanded;
};

/**
 * WspGroup:
 *
 * Some of the connections of a [class@Wsp.Server]: a room, or the readers of a topic. A group has
 * no name; a program with names has a table of groups.
 *
 * Connections are added and removed in their own thread; all other functions may be called in any
 * thread. A group keeps neither the server nor its members alive. A connection that ends leaves its
 * groups before [signal@Wsp.Connection::closed] is emitted. When the last reference to a group is
 * dropped, which may happen in any thread, what was broadcast before is still sent, and the members
 * leave.
 *
 * Since: 0.1
 */
struct _WspGroup
{
  GObject       parent_instance;

  WspGroupCore *core;
};

G_DEFINE_FINAL_TYPE (WspGroup, wsp_group, G_TYPE_OBJECT)

typedef struct                  /* asks a worker to send what waits */
{
  WspPost       post;           /* the first member: its address is that of the struct */
  WspGroupCore *core;
  Part         *part;
} Mail;

static WspGroupCore *
core_ref (WspGroupCore *self)
{
  g_atomic_int_inc (&self->n_refs);
  return self;
}

static void
free_letters (Letter *last)
{
  Letter *letter = last != NULL ? last->next : NULL;

  while (letter != NULL)
    {
      Letter *next = letter != last ? letter->next : NULL;

      wsp_message_unref (letter->message);
      g_slice_free (Letter, letter);
      letter = next;
    }
}

static void
core_unref (WspGroupCore *self)
{
  if (!g_atomic_int_dec_and_test (&self->n_refs))
    return;

  for (Parts *parts = self->parts, *next; parts != NULL; parts = next)
    {
      next = parts->next;
      for (guint i = 0; i < parts->n; i++)
        free_letters (parts->parts[i].last);
      g_free (parts);
    }
  g_mutex_clear (&self->lock);
  g_slice_free (WspGroupCore, self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WspGroupCore, core_unref)

/* Finds the part of a worker, with the lock held.  Workers are started before they have clients,
 * so usually the first one that is asked for brings the parts of all. */
static Part *
ensure_part (WspGroupCore * self,
             const WspWorker * worker)
{
  Parts **place = &self->parts;
  guint index = worker->index;

  for (; *place != NULL; place = &(*place)->next)
    {
      if (index < (*place)->n)
        return &(*place)->parts[index];
      index -= (*place)->n;
    }

  const guint n = worker->server->workers->len - worker->index + index;

  *place = g_malloc0 (sizeof (Parts) + n * sizeof (Part));
  (*place)->n = n;
  return &(*place)->parts[index];
}

static Part *
group_get_part (WspGroupCore    *self,
                const WspWorker *worker)
{
  g_mutex_lock (&self->lock);

  Part *part = ensure_part (self, worker);

  g_mutex_unlock (&self->lock);
  return part;
}

static guint *
group_get_numbers (const Part *part)
{
  return (guint *) (part->members + part->size);
}

/* The caller holds the lock, because this moves the members that other functions of the thread look
 * at. */
static void
group_resize (Part *part,
              guint size)
{
  const gsize one = sizeof (WspConnection *) + sizeof (guint);
  WspConnection **members = size > 0 ? g_malloc (size * one) : NULL;

  if (part->n > 0)
    {
      memcpy (members, part->members, part->n * sizeof *members);
      memcpy (members + size, group_get_numbers (part), part->n * sizeof (guint));
    }
  g_free (part->members);
  part->members = members;
  part->size = size;
}

static void
group_shrink (Part *part)
{
  if (part->n == 0)
    part->worker = NULL;
  if (part->n == 0 || part->n < part->size / 2)
    group_resize (part, part->n > 0 ? wsp_membership_grow (part->n) : 0);
}

static void
move_member (Part *part,
             guint from,
             guint to)
{
  const guint number = group_get_numbers (part)[from];

  part->members[to] = part->members[from];
  group_get_numbers (part)[to] = number;
  wsp_membership_table_get (&part->worker->memberships, number)->position = to;
}

/* Takes a member out, and returns the messages that then wait for no member. */
static Letter *
take_out (WspGroupCore *self,
          Part         *part,
          guint         position)
{
  Letter *letters = NULL;

  g_mutex_lock (&self->lock);
  if (part->is_sending)
    {
      part->members[position] = NULL;
      part->has_gaps = TRUE;
    }
  else
    {
      part->n--;
      if (position < part->n)
        move_member (part, part->n, position);
      if (part->n == 0)
        letters = g_steal_pointer (&part->last);
      group_shrink (part);
    }
  g_mutex_unlock (&self->lock);
  g_atomic_int_add (&self->n_members, -1);
  return letters;
}

/* Returns the messages that then wait for no member. */
static Letter *
close_gaps (WspGroupCore *self,
            Part         *part)
{
  Letter *letters = NULL;
  guint n = 0;

  g_mutex_lock (&self->lock);
  for (guint i = 0; i < part->n; i++)
    {
      if (part->members[i] == NULL)
        continue;
      if (i != n)
        move_member (part, i, n);
      n++;
    }
  part->n = n;
  part->has_gaps = FALSE;
  if (n == 0)
    letters = g_steal_pointer (&part->last);
  group_shrink (part);
  g_mutex_unlock (&self->lock);
  return letters;
}

/* The number of the connection's membership, or 0. */
static guint
find_membership (WspGroupCore  *self,
                 WspWorker     *worker,
                 WspConnection *connection)
{
  return wsp_membership_table_find (&worker->memberships, connection,
                                    wsp_connection_get_owner_number (connection), self);
}

/* Frees the memory of messages last: they may be the program's. */
static void
remove_membership (WspWorker     *worker,
                   WspConnection *connection,
                   guint          number)
{
  WspMembershipTable *table = &worker->memberships;
  const WspMembership membership = *wsp_membership_table_get (table, number);
  g_autoptr (WspGroupCore) group = membership.group;
  const guint owner_number = wsp_connection_get_owner_number (connection);

  wsp_connection_set_owner_number (connection,
                                   wsp_membership_table_unlink (table, connection, owner_number,
                                                                number));

  Letter *letters = take_out (group, group_get_part (group, worker), membership.position);

  wsp_membership_table_remove (table, number);
  free_letters (letters);
}

/* To free a message of a group may run code of the program, which may remove memberships. */
static void
leave_indexed (WspWorker     *worker,
               WspConnection *connection)
{
  g_autoptr (GPtrArray) groups = wsp_membership_table_list_indexed (&worker->memberships,
                                                                    connection);

  g_ptr_array_set_free_func (groups, (GDestroyNotify) core_unref);
  for (guint i = 0; i < groups->len; i++)
    core_ref (groups->pdata[i]);
  for (guint i = 0; i < groups->len; i++)
    {
      guint number = find_membership (groups->pdata[i], worker, connection);

      if (number != 0)
        remove_membership (worker, connection, number);
    }
}

void
wsp_server_client_leave_groups (WspServerClient *self)
{
  guint number;

  while ((number = wsp_connection_get_owner_number (self->connection)) != 0)
    {
      if (number == WSP_MEMBERSHIPS_INDEXED)
        leave_indexed (self->worker, self->connection);
      else
        remove_membership (self->worker, self->connection, number);
    }
}

/* Sends to the first n members. */
static void
group_send_letter (Part         *part,
                   const Letter *letter,
                   guint         n)
{
  for (guint i = 0; i < n; i++)
    {
      WspConnection *member = part->members[i];

      if (member != NULL && member != letter->exclude)
        (void) wsp_connection_offer (member, letter->message, letter->flags);
    }
}

static void run_mail (WspPost *post);

static void
mail_free (WspPost *post)
{
  Mail *self = (Mail *) post;

  core_unref (self->core);
  g_slice_free (Mail, self);
}

/* With the lock held, by a caller with a reference.  The context of members ends after them. */
static void
post_mail (WspGroupCore *self,
           Part         *part)
{
  Mail *mail = g_slice_new0 (Mail);

  mail->post.run = run_mail;
  mail->post.drop = mail_free;
  mail->core = core_ref (self);
  mail->part = part;
  if (!wsp_reactor_post (part->worker->reactor, &mail->post))
    mail_free (&mail->post);
}

/* FALSE: there is no need, or messages still wait, and a queued call is to come. */
static gboolean
must_disband (WspGroupCore *self,
              Part         *part)
{
  g_mutex_lock (&self->lock);

  gboolean must = self->is_disbanded && part->last == NULL && !part->is_sending;

  g_mutex_unlock (&self->lock);
  return must;
}

static void
group_disband (WspGroupCore *self,
               Part         *part)
{
  while (part->n > 0)
    {
      WspConnection *member = part->members[part->n - 1];

      remove_membership (part->worker, member, find_membership (self, part->worker, member));
    }
}

/* Sends what waits now, to those that are members now: one that is added meanwhile is behind them,
 * and all these messages are older.  Messages that come meanwhile wait for a queued call, so that
 * the main loop goes on, too.  That call may run in a main loop inside a handler, where nothing is
 * sent, and messages that handlers broadcast do not queue one: so another call is queued at the
 * end. */
static void
group_send_waiting (WspGroupCore *self,
                    Part         *part)
{
  if (part->is_sending)
    return;

  g_mutex_lock (&self->lock);

  Letter *last = g_steal_pointer (&part->last);

  g_mutex_unlock (&self->lock);
  if (last == NULL)
    return;

  /* Members that leave meanwhile keep their positions, and so the part its worker. */
  g_autoptr (WspServer) held = wsp_worker_hold (part->worker);

  const guint n = part->n;

  part->is_sending = TRUE;
  for (const Letter *letter = last->next; letter != last; letter = letter->next)
    group_send_letter (part, letter, n);
  group_send_letter (part, last, n);
  part->is_sending = FALSE;
  free_letters (last);
  if (part->has_gaps)
    free_letters (close_gaps (self, part));

  g_mutex_lock (&self->lock);
  if (part->n > 0 && (part->last != NULL || self->is_disbanded))
    post_mail (self, part);
  g_mutex_unlock (&self->lock);
}

/* A handler may change the memberships. */
void
wsp_worker_send_groups (WspWorker *self)
{
  for (guint number = 1; number <= self->memberships.n; number++)
    {
      WspGroupCore *group = wsp_membership_table_get (&self->memberships, number)->group;

      if (group == NULL)
        continue;

      g_autoptr (WspGroupCore) kept = core_ref (group);

      group_send_waiting (kept, group_get_part (kept, self));
    }
}

static void
run_mail (WspPost *post)
{
  Mail *self = (Mail *) post;

  group_send_waiting (self->core, self->part);
  if (must_disband (self->core, self->part))
    group_disband (self->core, self->part);
  mail_free (post);
}

static void
wsp_group_finalize (GObject *object)
{
  WspGroup *self = WSP_GROUP (object);
  g_autoptr (WspGroupCore) core = self->core;

  g_mutex_lock (&core->lock);
  core->is_disbanded = TRUE;
  for (Parts *parts = core->parts; parts != NULL; parts = parts->next)
    for (guint i = 0; i < parts->n; i++)
      if (parts->parts[i].n > 0)
        post_mail (core, &parts->parts[i]);
  g_mutex_unlock (&core->lock);

  G_OBJECT_CLASS (wsp_group_parent_class)->finalize (object);
}

static void
wsp_group_class_init (WspGroupClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsp_group_finalize;
}

static void
wsp_group_init (WspGroup *self)
{
  self->core = g_slice_new0 (WspGroupCore);
  self->core->n_refs = 1;
  g_mutex_init (&self->core->lock);
}

/**
 * wsp_group_new: (constructor)
 * @server: (transfer none): a server
 *
 * Creates a group of connections of @server, without members. May be called in any thread.
 *
 * Returns: (transfer full): a new group
 *
 * Since: 0.1
 */
WspGroup *
wsp_group_new (WspServer *server)
{
  g_return_val_if_fail (WSP_IS_SERVER (server), NULL);

  WspGroup *self = g_object_new (WSP_TYPE_GROUP, NULL);

  self->core->server = server->number;
  return self;
}

/* NULL: the connection is not, or no longer, one of the server. */
static WspWorker *
get_worker (WspGroupCore  *self,
            WspConnection *connection)
{
  const WspServerClient *client = (gconstpointer) wsp_connection_peek_owner (connection);

  return client != NULL && client->worker->server->number == self->server ? client->worker : NULL;
}

static gboolean
check_member (WspGroupCore  *self,
              WspConnection *connection,
              GError       **error)
{
  if (!wsp_connection_check_open (connection, error))
    return FALSE;

  if (get_worker (self, connection) != NULL)
    return TRUE;

  g_set_error_literal (error, WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT,
                       "Group has the connections of one server: expected one of them, received "
                       "another connection");
  return FALSE;
}

static void
add_member (WspGroupCore  *self,
            WspWorker     *worker,
            WspConnection *connection)
{
  const guint number = wsp_membership_table_add (&worker->memberships);
  WspMembership *membership = wsp_membership_table_get (&worker->memberships, number);

  g_mutex_lock (&self->lock);

  Part *part = ensure_part (self, worker);

  part->worker = worker;
  if (part->n == part->size)
    group_resize (part, wsp_membership_grow (part->size));
  part->members[part->n] = connection;
  group_get_numbers (part)[part->n] = number;
  membership->position = part->n++;
  g_mutex_unlock (&self->lock);
  g_atomic_int_inc (&self->n_members);

  membership->group = core_ref (self);

  const guint owner_number = wsp_connection_get_owner_number (connection);

  wsp_connection_set_owner_number (connection,
                                   wsp_membership_table_link (&worker->memberships, connection,
                                                              owner_number, number));
}

/**
 * wsp_group_add:
 * @self: a group
 * @connection: (transfer none): an open connection of the group's server
 * @error: return location for an error
 *
 * Makes a connection a member, in the connection's thread. It is sent the messages that are
 * broadcast from now on. Does nothing if the connection is a member already. If it is called while
 * a message of the group is sent, which only a [iface@Wsp.Tap] or a log function can do, the member
 * is also sent messages that were broadcast meanwhile.
 *
 * Fails with [error@Wsp.Error.CLOSED] if the connection is closing or closed, and with
 * [error@Wsp.Error.INVALID_ARGUMENT] if it is not a connection of the group's server.
 *
 * Returns: %TRUE if the connection is a member
 *
 * Since: 0.1
 */
gboolean
wsp_group_add (WspGroup      *self,
               WspConnection *connection,
               GError       **error)
{
  g_return_val_if_fail (WSP_IS_GROUP (self), FALSE);
  g_return_val_if_fail (WSP_IS_CONNECTION (connection), FALSE);
  g_return_val_if_fail (wsp_reactor_is_in_thread (wsp_connection_peek_reactor (connection)), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  g_autoptr (WspGroupCore) core = core_ref (self->core);

  if (!check_member (core, connection, error))
    return FALSE;

  /* Messages that wait are those of before.  To send them may run code of the program. */
  g_autoptr (WspConnection) kept = g_object_ref (connection);

  group_send_waiting (core, group_get_part (core, get_worker (core, connection)));
  if (!check_member (core, connection, error))
    return FALSE;

  if (find_membership (core, get_worker (core, connection), connection) == 0)
    add_member (core, get_worker (core, connection), connection);
  return TRUE;
}

/**
 * wsp_group_remove:
 * @self: a group
 * @connection: (transfer none): a connection
 *
 * Ends the membership of a connection, in the connection's thread. It is still sent the messages
 * that were broadcast before, unless a message of the group is just being sent, when only a
 * [iface@Wsp.Tap] or a log function can call this function. A connection that ends leaves its
 * groups by itself.
 *
 * Returns: %TRUE if the connection was a member
 *
 * Since: 0.1
 */
gboolean
wsp_group_remove (WspGroup      *self,
                  WspConnection *connection)
{
  g_return_val_if_fail (WSP_IS_GROUP (self), FALSE);
  g_return_val_if_fail (WSP_IS_CONNECTION (connection), FALSE);
  g_return_val_if_fail (wsp_reactor_is_in_thread (wsp_connection_peek_reactor (connection)), FALSE);

  g_autoptr (WspGroupCore) core = core_ref (self->core);
  g_autoptr (WspConnection) kept = g_object_ref (connection);
  WspWorker *worker = get_worker (core, connection);
  guint number;

  if (worker == NULL || find_membership (core, worker, connection) == 0)
    return FALSE;

  group_send_waiting (core, group_get_part (core, worker));
  worker = get_worker (core, connection);
  number = worker != NULL ? find_membership (core, worker, connection) : 0;
  if (number != 0)
    remove_membership (worker, connection, number);
  return TRUE;
}

static Letter *
letter_new (WspMessage    *message,
            WspSendFlags   flags,
            WspConnection *exclude)
{
  Letter *self = g_slice_new (Letter);

  self->next = self;
  self->message = wsp_message_ref (message);
  self->exclude = exclude;
  self->flags = flags;
  return self;
}

static void
append_letter (Part   *part,
               Letter *letter)
{
  if (part->last != NULL)
    {
      letter->next = part->last->next;
      part->last->next = letter;
    }
  part->last = letter;
}

/**
 * wsp_group_broadcast:
 * @self: a group
 * @message: (transfer none): a message
 * @flags: how to send it; no other bits than those of [flags@Wsp.SendFlags]
 * @exclude: (transfer none) (nullable): a connection that is not sent the message, such as the
 *   one that has sent it
 *
 * Sends @message to all members. The message is put into frames once, and compressed as
 * [method@Wsp.Server.broadcast] does. A member that is closing does not get the message. One that
 * is slow does not get it either, and is closed or skipped, as [property@Wsp.Server:slow-policy]
 * says. Neither delays the others.
 *
 * May be called in any thread. All members get the messages of a group in one order, whatever
 * threads broadcast them; only urgent messages are sent ahead of others that wait. The members of
 * the caller's own thread have the message in their send queues when this function returns, unless
 * it is called while another message of the group is sent. For other threads the message is
 * queued; how many messages may wait there is not limited. Text that is not UTF-8 is
 * not sent.
 *
 * Since: 0.1
 */
void
wsp_group_broadcast (WspGroup      *self,
                     WspMessage    *message,
                     WspSendFlags   flags,
                     WspConnection *exclude)
{
  g_return_if_fail (WSP_IS_GROUP (self));
  g_return_if_fail (message != NULL);
  g_return_if_fail (wsp_send_flags_check (flags, NULL));
  g_return_if_fail (exclude == NULL || WSP_IS_CONNECTION (exclude));

  g_autoptr (WspGroupCore) core = core_ref (self->core);
  Part *own = NULL;

  g_mutex_lock (&core->lock);
  for (Parts *parts = core->parts; parts != NULL; parts = parts->next)
    for (guint i = 0; i < parts->n; i++)
      {
        Part *part = &parts->parts[i];
        const gboolean is_first = part->last == NULL;

        if (part->n == 0)
          continue;

        append_letter (part, letter_new (message, flags, exclude));
        if (wsp_reactor_was_iterated_here (part->worker->reactor))
          own = part;
        else if (is_first)
          post_mail (core, part);
      }
  g_mutex_unlock (&core->lock);
  if (own != NULL)
    group_send_waiting (core, own);
}

/**
 * wsp_group_get_n_members:
 * @self: a group
 *
 * Gets the number of members. May be called in any thread.
 *
 * Returns: the number of members
 *
 * Since: 0.1
 */
guint
wsp_group_get_n_members (WspGroup *self)
{
  g_return_val_if_fail (WSP_IS_GROUP (self), 0);

  return (guint) g_atomic_int_get (&self->core->n_members);
}
