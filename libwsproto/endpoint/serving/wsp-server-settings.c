/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The settings of a server, and the rules that handshakes share until a setting changes. */
#include "endpoint/serving/wsp-server-private.h"

/* Call this with rules_lock held. */
static WspServerRules *
ensure_rules (WspServer * self)
{
  if (self->rules == NULL)
    self->rules = wsp_server_rules_copy (self->settings);

  return self->rules;
}

WspServerRules *
wsp_server_ref_rules (WspServer *self)
{
  WspServerRules *rules;

  g_mutex_lock (&self->rules_lock);
  rules = wsp_server_rules_ref (ensure_rules (self));
  g_mutex_unlock (&self->rules_lock);
  return rules;
}

void
wsp_server_begin_change (WspServer *self)
{
  g_mutex_lock (&self->rules_lock);
  ensure_rules (self);
}

void
wsp_server_end_change (WspServer *self)
{
  g_autoptr (WspServerRules) old = g_steal_pointer (&self->rules);

  g_mutex_unlock (&self->rules_lock);
}

static void
on_limits_changed (WspServer *self)
{
  wsp_server_begin_change (self);
  wsp_server_end_change (self);
}

void
wsp_server_follow_limits (WspServer *self)
{
  g_signal_connect_swapped (self->settings->limits, "notify", G_CALLBACK (on_limits_changed), self);
}

void
wsp_server_replace_limits (WspServer *self,
                           WspLimits *limits)
{
  g_signal_handlers_disconnect_by_data (self->settings->limits, self);
  wsp_server_begin_change (self);
  g_set_object (&self->settings->limits, limits);
  wsp_server_follow_limits (self);
  wsp_server_end_change (self);
}
