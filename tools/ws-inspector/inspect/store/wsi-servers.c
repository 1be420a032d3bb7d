/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/store/wsi-servers.h"

#include <string.h>

struct _WsiServers
{
  GMutex mutex;
  char  *first;                 /* host of the first server; NULL = there is none yet */
  int    are_several;           /* atomic */
};

static void
servers_clear (gpointer data)
{
  WsiServers *self = data;

  g_mutex_clear (&self->mutex);
  g_free (self->first);
}

WsiServers *
wsi_servers_new (void)
{
  WsiServers *self = g_atomic_rc_box_new0 (WsiServers);

  g_mutex_init (&self->mutex);
  return self;
}

WsiServers *
wsi_servers_ref (WsiServers *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
wsi_servers_unref (WsiServers *self)
{
  g_atomic_rc_box_release_full (self, servers_clear);
}

char *
wsi_servers_dup_host (const char *uri)
{
  const char *scheme = uri != NULL ? strstr (uri, "://") : NULL;
  const char *begin = scheme != NULL ? scheme + strlen ("://") : NULL;
  gsize length = begin != NULL ? strcspn (begin, "/?#") : 0;
  const char *user = begin != NULL ? memrchr (begin, '@', length) : NULL;

  if (user != NULL)
    {
      length -= user + 1 - begin;
      begin = user + 1;
    }
  return length > 0 ? g_ascii_strdown (begin, length) : NULL;
}

void
wsi_servers_add (WsiServers *self,
                 const char *uri)
{
  g_autofree char *host = NULL;
  g_autoptr (GMutexLocker) locker = NULL;

  if (wsi_servers_are_several (self))
    return;

  host = wsi_servers_dup_host (uri);
  locker = g_mutex_locker_new (&self->mutex);
  if (host == NULL)
    return;

  if (self->first == NULL)
    self->first = g_steal_pointer (&host);
  else if (!g_str_equal (self->first, host))
    g_atomic_int_set (&self->are_several, TRUE);
}

gboolean
wsi_servers_are_several (WsiServers *self)
{
  return g_atomic_int_get (&self->are_several);
}
