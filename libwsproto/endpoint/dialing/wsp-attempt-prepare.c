/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Handlers of `prepare`, before a request: they may defer the attempt, let it proceed later, or
 * reject it as a server would.
 *
 * The program has the handshake in PREPARING and DEFERRED only: wsp_attempt_enter () ends that.
 * Between proceed () and the due call the program may change its mind.
 */
#include "endpoint/dialing/wsp-attempt-private.h"

#include <libwsproto/base/wsp-error.h>

#include "endpoint/dialing/wsp-dial-error-private.h"
#include "endpoint/opening/wsp-response-private.h"
#include "handshake/wsp-handshake-private.h"

/* The error says that no server has answered so. */
static void
attempt_prepare_on_decided (WspHandshake *handshake,
                            gpointer      owner)
{
  WspAttempt *self = owner;
  guint status = wsp_handshake_get_response_status (handshake);
  g_autofree char *place = wsp_place_name_uri (self->uri);

  wsp_attempt_hold_notifies (self);
  wsp_handshake_notify_status (handshake);
  wsp_attempt_fail (self, g_error_new (WSP_ERROR, WSP_ERROR_HANDSHAKE,
                                       "Handshake with %s failed: a handler of WspClient::prepare "
                                       "rejected it with status %u %s", place, status,
                                       wsp_response_get_phrase (status)));
}

/* In PREPARING the handlers have not returned: wsp_attempt_prepare () goes on. */
static void
attempt_prepare_on_proceeded (WspHandshake *handshake,
                              gpointer      owner)
{
  WspAttempt *self = owner;

  if (self->state == WSP_ATTEMPT_DEFERRED)
    wsp_held_notifies_call (&self->notifies);
}

gboolean
wsp_attempt_was_prepared (WspAttempt *self)
{
  return !wsp_handshake_is_deferred_for (self->handshake, self);
}

gboolean
wsp_attempt_prepare (WspAttempt *self)
{
  static const WspHandshakeFuncs funcs = {
    .decided = attempt_prepare_on_decided, .proceeded = attempt_prepare_on_proceeded
  };
  const WspUri *uri = wsp_handshake_peek_uri (self->handshake);

  if (uri == NULL)
    {
      wsp_attempt_fail (self, g_error_new_literal (WSP_ERROR, WSP_ERROR_INVALID_ARGUMENT,
                                                   "Handshake is not one of a client"));
      return FALSE;
    }

  self->uri = wsp_uri_copy (uri);
  wsp_handshake_begin_preparing (self->handshake, &funcs, self);
  wsp_handshake_offer_deflate (self->handshake, self->settings->deflate);
  if (!wsp_attempt_is_over (self))
    g_signal_emit_by_name (self->client, "prepare", self->handshake);
  if (wsp_attempt_is_over (self))
    return FALSE;

  if (wsp_attempt_was_prepared (self))
    return TRUE;

  wsp_attempt_enter (self, WSP_ATTEMPT_DEFERRED);
  return FALSE;
}
