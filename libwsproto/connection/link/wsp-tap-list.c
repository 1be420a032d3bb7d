/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Notifies the taps of a connection of each event.
 *
 * While taps are being notified, the list keeps its places: removing a tap leaves a NULL.
 *
 * docs/rationales/taps.md has the reasons.
 */
#include "connection/link/wsp-tap-list-private.h"

#include "tap/wsp-tap-private.h"

#include <string.h>

WspTapList *
wsp_tap_list_new (GObject       *source,
                  WspTapListTold told)
{
  WspTapList *self = g_new0 (WspTapList, 1);

  self->source = source;
  self->told = told;
  self->list = g_ptr_array_new ();
  return self;
}

void
wsp_tap_list_free (WspTapList *self)
{
  for (guint i = 0; i < self->list->len; i++)
    g_object_unref (self->list->pdata[i]);
  g_ptr_array_unref (self->list);
  g_free (self);
}

void
wsp_tap_list_add (WspTapList *self,
                  WspTap     *tap)
{
  g_ptr_array_add (self->list, g_object_ref (tap));
}

WspTap *
wsp_tap_list_remove (WspTapList *self,
                     WspTap     *tap)
{
  guint i;

  if (!g_ptr_array_find (self->list, tap, &i))
    return NULL;

  if (self->n_notifying > 0)
    self->list->pdata[i] = NULL;
  else
    g_ptr_array_remove_index (self->list, i);
  return tap;
}

gboolean
wsp_tap_list_is_empty (const WspTapList *self)
{
  return self->list->len == 0;
}

/* Returns the next tap to notify, (transfer full).  NULL: all taps were notified. */
static WspTap *
next_tap (WspTapList *self,
          guint      *number)
{
  while (*number < self->list->len)
    {
      WspTap *tap = self->list->pdata[(*number)++];

      if (tap != NULL)
        return g_object_ref (tap);
    }
  return NULL;
}

static void
begin_notifying (WspTapList *self)
{
  g_object_ref (self->source);
  if (self->n_notifying++ == 0)
    self->depth = g_main_depth ();
}

static void
end_notifying (WspTapList *self)
{
  g_autoptr (GObject) source = self->source;

  self->n_notifying--;
  if (self->n_notifying > 0)
    return;

  while (g_ptr_array_remove (self->list, NULL))
    continue;
  self->told (self->source);
}

static void
notify_bytes (WspTapList  *self,
              WspDirection direction,
              GBytes      *bytes)
{
  gint64 now = g_get_monotonic_time ();
  WspTap *tap;

  begin_notifying (self);
  for (guint i = 0; (tap = next_tap (self, &i)) != NULL; g_object_unref (tap))
    wsp_tap_notify_bytes (tap, self->source, direction, bytes, now);
  end_notifying (self);
}

void
wsp_tap_list_notify_read (WspTapList   *self,
                          const guint8 *data,
                          gsize         length)
{
  if (self == NULL)
    return;

  g_autoptr (GBytes) bytes = g_bytes_new (data, length);

  notify_bytes (self, WSP_DIRECTION_RECEIVED, bytes);
}

static GBytes *
tap_list_join (const struct iovec *vectors,
               guint               n_vectors,
               gsize               n_bytes)
{
  guint8 *joined = g_malloc (n_bytes);
  gsize n = 0;

  for (guint i = 0; i < n_vectors; i++)
    {
      gsize part = MIN (vectors[i].iov_len, n_bytes - n);

      if (part > 0)
        memcpy (joined + n, vectors[i].iov_base, part);
      n += part;
    }
  return g_bytes_new_take (joined, n_bytes);
}

void
wsp_tap_list_notify_written (WspTapList         *self,
                             const struct iovec *vectors,
                             guint               n_vectors,
                             gsize               n_bytes)
{
  if (self == NULL)
    return;

  g_autoptr (GBytes) bytes = tap_list_join (vectors, n_vectors, n_bytes);

  notify_bytes (self, WSP_DIRECTION_SENT, bytes);
}

void
wsp_tap_list_notify_state (WspTapList *self)
{
  WspTap *tap;

  if (self == NULL)
    return;

  begin_notifying (self);
  for (guint i = 0; (tap = next_tap (self, &i)) != NULL; g_object_unref (tap))
    wsp_tap_notify_state (tap, self->source);
  end_notifying (self);
}
