/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "reactor/tls/wsp-tls-tickets-private.h"

#include <string.h>

typedef struct
{
  char        *key;
  guint        n_tickets;       /* number of tickets; more than 0, except within a call */
  WspTlsTicket tickets[WSP_TLS_MAX_TICKETS];    /* tickets, the newest first */
} Entry;

void
wsp_tls_ticket_clear (WspTlsTicket *self)
{
  if (self->session.data != NULL)
    gnutls_memset (self->session.data, 0, self->session.size);
  gnutls_free (self->session.data);
  *self = (WspTlsTicket) { { NULL, 0 }, 0, 0 };
}

gsize
wsp_tls_tickets_make_number (void)
{
  static gsize last;            /* atomic */

  return 1 + (gsize) g_atomic_pointer_add (&last, 1);
}

/* No part but the last, which is the program's, can have the separator. */
char *
wsp_tls_tickets_make_key (const WspTlsTarget *target,
                          gsize               trust,
                          gsize               context)
{
  g_autofree char *place = g_socket_connectable_to_string (target->identity);
  g_autofree char *lower = g_ascii_strdown (place, -1);

  return g_strdup_printf ("%" G_GSIZE_FORMAT "\n%" G_GSIZE_FORMAT "\n%s\n%s", trust, context, lower,
                          target->way != NULL ? target->way : "");
}

void
wsp_tls_tickets_init (WspTlsTickets *self)
{
  g_queue_init (&self->entries);
}

static void
free_entry (gpointer data)
{
  Entry *entry = data;

  for (guint i = 0; i < entry->n_tickets; i++)
    wsp_tls_ticket_clear (&entry->tickets[i]);
  g_free (entry->key);
  g_free (entry);
}

void
wsp_tls_tickets_clear (WspTlsTickets *self)
{
  g_queue_clear_full (&self->entries, free_entry);
}

static void
remove_link (WspTlsTickets *self,
             GList         *link)
{
  free_entry (link->data);
  g_queue_delete_link (&self->entries, link);
}

static gboolean
is_valid (const WspTlsTicket *ticket,
          gint64              now)
{
  return now >= ticket->from && now < ticket->until;
}

static void
drop_invalid (Entry *entry,
              gint64 now)
{
  guint n_valid = 0;

  for (guint i = 0; i < entry->n_tickets; i++)
    {
      if (is_valid (&entry->tickets[i], now))
        entry->tickets[n_valid++] = entry->tickets[i];
      else
        wsp_tls_ticket_clear (&entry->tickets[i]);
    }
  entry->n_tickets = n_valid;
}

/* No secret stays much longer than it is of use. */
static void
drop_all_invalid (WspTlsTickets *self,
                  gint64         now)
{
  for (GList *link = self->entries.head, *next; link != NULL; link = next)
    {
      Entry *entry = link->data;

      next = link->next;
      drop_invalid (entry, now);
      if (entry->n_tickets == 0)
        remove_link (self, link);
    }
}

static GList *
find_link (WspTlsTickets *self,
           const char    *key)
{
  for (GList *link = self->entries.head; link != NULL; link = link->next)
    {
      Entry *entry = link->data;

      if (strcmp (entry->key, key) == 0)
        return link;
    }

  return NULL;
}

/* Returns the entry of the key as the first one; makes it if there is none. */
static Entry *
tls_tls_tickets_ensure_entry (WspTlsTickets *self,
                              const char    *key)
{
  GList *link = find_link (self, key);

  if (link != NULL)
    {
      g_queue_unlink (&self->entries, link);
      g_queue_push_head_link (&self->entries, link);
      return link->data;
    }

  Entry *entry = g_new0 (Entry, 1);

  entry->key = g_strdup (key);
  g_queue_push_head (&self->entries, entry);
  if (self->entries.length > WSP_TLS_MAX_KEYS)
    remove_link (self, self->entries.tail);
  return entry;
}

void
wsp_tls_tickets_add (WspTlsTickets *self,
                     const char    *key,
                     WspTlsTicket   ticket,
                     gint64         now)
{
  drop_all_invalid (self, now);
  if (ticket.session.size > WSP_TLS_MAX_TICKET_SIZE || !is_valid (&ticket, now))
    {
      wsp_tls_ticket_clear (&ticket);
      return;
    }

  Entry *entry = tls_tls_tickets_ensure_entry (self, key);

  if (entry->n_tickets == WSP_TLS_MAX_TICKETS)
    wsp_tls_ticket_clear (&entry->tickets[--entry->n_tickets]);
  memmove (&entry->tickets[1], &entry->tickets[0], entry->n_tickets * sizeof ticket);
  entry->tickets[0] = ticket;
  entry->n_tickets++;
}

gboolean
wsp_tls_tickets_take (WspTlsTickets *self,
                      const char    *key,
                      WspTlsTicket  *ticket,
                      gint64         now)
{
  drop_all_invalid (self, now);

  GList *link = find_link (self, key);

  if (link == NULL)
    return FALSE;

  Entry *entry = link->data;

  *ticket = entry->tickets[0];
  entry->n_tickets--;
  memmove (&entry->tickets[0], &entry->tickets[1], entry->n_tickets * sizeof *ticket);
  if (entry->n_tickets == 0)
    remove_link (self, link);
  return TRUE;
}

void
wsp_tls_tickets_drop (WspTlsTickets *self,
                      const char    *key)
{
  GList *link = find_link (self, key);

  if (link != NULL)
    remove_link (self, link);
}
