/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Permits to connect.  The time to acquire or release a permit does not depend on how many permits
 * are queued.
 *
 * (1) A host has an entry while a permit for it is granted or queued.
 *
 * An entry is in ready if and only if a permit is queued for its host and no permit is granted.
 */
#include "endpoint/dialing/wsp-connect-queue-private.h"

typedef struct
{
  char    *name;
  gboolean is_busy;             /* a permit for the host is granted */
  GQueue   waiting;             /* permits that wait (WspConnectPermit) */
  GList    link;                /* link in the queue's ready */
  gboolean is_ready;
} HostEntry;

struct _WspConnectQueue
{
  GHashTable *entries;          /* hosts by name (HostEntry) */
  GQueue      ready;
  guint       n_granted;
};

static void
host_entry_free (HostEntry *self)
{
  g_free (self->name);
  g_free (self);
}

WspConnectQueue *
wsp_connect_queue_new (void)
{
  WspConnectQueue *self = g_new0 (WspConnectQueue, 1);

  self->entries =
    g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) host_entry_free);
  return self;
}

void
wsp_connect_queue_free (WspConnectQueue *self)
{
  g_assert (g_hash_table_size (self->entries) == 0);    /* (1) */
  g_hash_table_unref (self->entries);
  g_free (self);
}

static HostEntry *
connect_queue_ensure_entry (WspConnectQueue *self,
                            const char      *name)
{
  HostEntry *entry = g_hash_table_lookup (self->entries, name);

  if (entry == NULL)
    {
      entry = g_new0 (HostEntry, 1);
      entry->name = g_strdup (name);
      entry->link.data = entry;
      g_hash_table_insert (self->entries, entry->name, entry);
    }

  return entry;
}

static void
update_entry (WspConnectQueue *self,
              HostEntry       *entry)
{
  gboolean is_ready = !entry->is_busy && !g_queue_is_empty (&entry->waiting);

  if (is_ready && !entry->is_ready)
    g_queue_push_tail_link (&self->ready, &entry->link);
  else if (!is_ready && entry->is_ready)
    g_queue_unlink (&self->ready, &entry->link);

  entry->is_ready = is_ready;
  if (!entry->is_busy && g_queue_is_empty (&entry->waiting))
    g_hash_table_remove (self->entries, entry->name);
}

static void
connect_queue_grant (WspConnectQueue  *self,
                     HostEntry        *entry,
                     WspConnectPermit *permit)
{
  permit->state = WSP_CONNECT_PERMIT_GRANTED;
  entry->is_busy = TRUE;
  self->n_granted++;
}

WspConnectPermitState
wsp_connect_queue_acquire (WspConnectQueue     *self,
                           WspConnectPermit    *permit,
                           const char          *host,
                           WspConnectPermitFunc granted)
{
  HostEntry *entry = connect_queue_ensure_entry (self, host);

  g_assert (permit->state == WSP_CONNECT_PERMIT_NONE);
  permit->host = g_strdup (host);
  permit->granted = granted;
  permit->link.data = permit;
  if (!entry->is_busy && self->n_granted < WSP_MAX_CONNECT_PERMITS)
    {
      connect_queue_grant (self, entry, permit);
    }
  else
    {
      permit->state = WSP_CONNECT_PERMIT_QUEUED;
      g_queue_push_tail_link (&entry->waiting, &permit->link);
      update_entry (self, entry);
    }

  return permit->state;
}

static void
grant_next (WspConnectQueue *self)
{
  while (self->n_granted < WSP_MAX_CONNECT_PERMITS && !g_queue_is_empty (&self->ready))
    {
      HostEntry *entry = g_queue_peek_head (&self->ready);
      GList *link = g_queue_pop_head_link (&entry->waiting);
      WspConnectPermit *permit = link->data;

      connect_queue_grant (self, entry, permit);
      update_entry (self, entry);
      permit->granted (permit);
    }
}

void
wsp_connect_queue_release (WspConnectQueue  *self,
                           WspConnectPermit *permit)
{
  HostEntry *entry;

  if (permit->state == WSP_CONNECT_PERMIT_NONE)
    return;

  entry = g_hash_table_lookup (self->entries, permit->host);
  if (permit->state == WSP_CONNECT_PERMIT_QUEUED)
    {
      g_queue_unlink (&entry->waiting, &permit->link);
    }
  else
    {
      entry->is_busy = FALSE;
      self->n_granted--;
    }

  permit->state = WSP_CONNECT_PERMIT_NONE;
  g_clear_pointer (&permit->host, g_free);
  update_entry (self, entry);
  grant_next (self);
}
