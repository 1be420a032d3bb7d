/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The pool: empty sessions, which connections of a server no longer need.
 *
 * Creating and freeing an object with construct properties takes a tenth of the cost of a handshake
 * and the end of its connection, and no program ever gets the session.  Each thread has its
 * own pool, so it needs no lock.
 *
 * (1) The pool holds the only reference to a session, and the session has no attached data, because
 *     the program never gets the session.
 *
 * docs/rationales/session.md has the reasons. */

#include "session/wsp-session-pool-private.h"

#include "session/wsp-session-private.h"

#include <string.h>

/* The sessions that one turn of a busy server needs; a session has less than half a kilobyte. */
#define MAX_SPARE 64

static void
free_pool (gpointer data)
{
  g_ptr_array_unref (data);
}

static GPrivate thread_pool = G_PRIVATE_INIT (free_pool);

static GPtrArray *
ensure_pool (void)
{
  GPtrArray *pool = g_private_get (&thread_pool);

  if (pool == NULL)
    {
      pool = g_ptr_array_new_with_free_func (g_object_unref);
      g_private_set (&thread_pool, pool);
    }

  return pool;
}

static void
session_pool_renew (WspSession        *self,
                    WspLimits         *limits,
                    WspDeflateOptions *deflate)
{
  wsp_session_empty (self);
  memset (&self->parent_instance + 1, 0, sizeof *self - sizeof self->parent_instance);
  self->settings = WSP_SESSION_SETTING_SERVER | WSP_SESSION_SETTING_AUTOMATIC;
  wsp_session_keep_deflate (self, deflate);
  wsp_session_begin (self, limits);
}

WspSession *
wsp_session_pool_acquire (WspLimits         *limits,
                          WspDeflateOptions *deflate)
{
  GPtrArray *pool = ensure_pool ();
  WspSession *session = pool->len > 0 ? g_ptr_array_steal_index_fast (pool, pool->len - 1)
                                      : wsp_session_new (WSP_ROLE_SERVER);

  session_pool_renew (session, limits, deflate);
  session->is_of_pool = TRUE;
  return session;
}

void
wsp_session_pool_release (WspSession *session)
{
  GPtrArray *pool = session->is_of_pool ? ensure_pool () : NULL;

  if (pool == NULL || pool->len >= MAX_SPARE)
    {
      g_object_unref (session);
      return;
    }

  g_assert (G_OBJECT (session)->ref_count == 1);        /* (1) */
  wsp_session_empty (session);
  g_ptr_array_add (pool, session);
}
