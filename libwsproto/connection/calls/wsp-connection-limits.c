/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The limits of a connection.
 *
 * The connections of an endpoint share its limits until the program asks one of them for its
 * limits: then this connection gets an object of its own, which follows the shared ones until the
 * program sets one of its values.  The connection is the owner of this object.
 *
 * docs/rationales/limits.md has the reasons. */
#include "connection/wsp-connection-private.h"

#include "connection/link/wsp-life-private.h"
#include "limits/wsp-limits-private.h"
#include "reactor/wsp-reactor-private.h"

typedef struct                  /* notifies of shared values that were set in another call */
{
  WspPost    post;
  WspLimits *limits;
} FollowedNews;

static void
drop_news (WspPost *post)
{
  FollowedNews *self = WSP_OWNER_OF (post, FollowedNews, post);

  g_object_unref (self->limits);
  g_free (self);
}

static void
run_news (WspPost *post)
{
  FollowedNews *self = WSP_OWNER_OF (post, FollowedNews, post);

  wsp_limits_notify_followed (self->limits);
  drop_news (post);
}

static void
post_news (WspConnection *self,
           WspLimits     *limits)
{
  FollowedNews *news = g_new0 (FollowedNews, 1);

  news->post.run = run_news;
  news->post.drop = drop_news;
  news->limits = g_object_ref (limits);
  if (!wsp_reactor_post (self->link.reactor, &news->post))
    drop_news (&news->post);
}

static void
take_limits (WspConnection *self,
             WspLimits     *limits)
{
  self->link.limits = wsp_limits_get_values (limits);
  wsp_connection_follow_max_send_queue (self, self->link.limits);
}

/* The session may postpone new limits to the end of a message.  The timer is set soon in any
 * case. */
static void
set_timer_soon (WspConnection *self)
{
  self->link.stream->has_new_options = TRUE;
  if (wsp_life_has_transport (&self->link.life))
    wsp_connection_call_soon (self, WSP_DUE_AFTER_RESULTS);
}

static void
connection_limits_on_changed (WspLimits      *limits,
                              gpointer        owner,
                              WspLimitsChange change)
{
  WspConnection *self = owner;

  switch (change)
    {
    case WSP_LIMITS_CHANGE_SET:
      if (!wsp_connection_is_in_thread (self))
        break;

      take_limits (self, limits);
      set_timer_soon (self);
      break;
    case WSP_LIMITS_CHANGE_FOLLOWED:
      wsp_connection_follow_max_send_queue (self, wsp_limits_get_values (limits));
      post_news (self, limits);
      break;
    case WSP_LIMITS_CHANGE_FOLLOWED_AGAIN:
      wsp_connection_follow_max_send_queue (self, wsp_limits_get_values (limits));
      break;
    }
}

/* limits: as the session has them, or others that it gets. */
static void
use_limits (WspConnection *self,
            WspLimits     *limits)
{
  self->link.has_own_limits = TRUE;
  take_limits (self, limits);           /* first: the session may drop the limits before */
  wsp_session_set_limits (wsp_connection_peek_session (self), limits);
}

static WspLimits *
get_present (WspConnection *self)
{
  return wsp_session_get_limits (wsp_connection_peek_session (self));
}

void
wsp_connection_begin_limits (WspConnection *self)
{
  take_limits (self, get_present (self));
}

void
wsp_connection_own_limits (WspConnection *self)
{
  self->link.has_own_limits = TRUE;
  wsp_limits_set_owner (get_present (self), connection_limits_on_changed, self);
}

void
wsp_connection_end_limits (WspConnection *self)
{
  wsp_limits_end_owner (get_present (self), self);
}

/**
 * wsp_connection_get_limits: (get-property limits)
 * @self: a connection
 *
 * Gets the limits of the connection. The object is the connection's own, unless
 * [method@Wsp.Connection.set_limits] was called. It follows the limits of the client or server
 * until one of its values is set, see [property@Wsp.Connection:limits].
 *
 * Returns: (transfer none): the limits; valid until the property changes or @self is freed
 *
 * Since: 0.1
 */
WspLimits *
wsp_connection_get_limits (WspConnection *self)
{
  g_return_val_if_fail (WSP_IS_CONNECTION (self), NULL);
  g_return_val_if_fail (wsp_connection_is_in_thread (self), NULL);

  if (!self->link.has_own_limits)
    {
      g_autoptr (WspLimits) own =
        wsp_limits_new_follower (get_present (self), connection_limits_on_changed, self);

      use_limits (self, own);
    }

  return get_present (self);
}

/**
 * wsp_connection_set_limits: (set-property limits)
 * @self: a connection
 * @limits: (transfer none): limits
 *
 * Replaces the limits of this connection, which then no longer follow those of the client or
 * server. Programs rarely need this: to change one value for this connection, set it in
 * [property@Wsp.Connection:limits].
 *
 * The connection does not copy @limits: other connections and sessions may use the same object, and
 * a value that is set there counts for all of them. With the object of a client or server, the
 * connection has the limits of the client or server again. With a new object, the connection counts
 * for [property@Wsp.Limits:max-buffered-input] by itself.
 *
 * The limits apply from the next message on. Times apply at once; but while a message is being
 * received, `keepalive-interval`, `keepalive-timeout` and `close-timeout` apply from its end on. If
 * a time of @limits is changed later, the new time applies when the connection next has work.
 *
 * Since: 0.1
 */
void
wsp_connection_set_limits (WspConnection *self,
                           WspLimits     *limits)
{
  g_return_if_fail (WSP_IS_CONNECTION (self));
  g_return_if_fail (wsp_connection_is_in_thread (self));
  g_return_if_fail (WSP_IS_LIMITS (limits));

  gboolean is_change = !self->link.has_own_limits || limits != get_present (self);

  if (is_change)
    wsp_limits_end_owner (get_present (self), self);
  wsp_input_uncount (&self->input, &self->link);
  use_limits (self, limits);
  set_timer_soon (self);
  if (is_change)
    g_object_notify (G_OBJECT (self), "limits");
}
