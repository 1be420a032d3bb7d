/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "reactor/tls/wsp-tls-judged-private.h"

#include <string.h>

WspTlsJudged *
wsp_tls_judged_new (const WspTlsTarget *expected)
{
  WspTlsJudged *self = g_new0 (WspTlsJudged, 1);

  self->expected = *expected;
  g_object_ref (self->expected.identity);
  self->expected.way = g_strdup (expected->way);
  if (self->expected.database != NULL)
    g_object_ref (self->expected.database);
  return self;
}

void
wsp_tls_judged_free (WspTlsJudged *self)
{
  g_object_unref (self->expected.identity);
  g_clear_object (&self->expected.database);
  g_free ((char *) self->expected.way);
  g_free (self);
}

int
wsp_tls_judged_set_up_session (WspTlsJudged    *self,
                               gnutls_session_t session)
{
  gnutls_session_set_ptr (session, self);
  if (!G_IS_NETWORK_ADDRESS (self->expected.identity))
    return GNUTLS_E_SUCCESS;

  const char *name =
    g_network_address_get_hostname (G_NETWORK_ADDRESS (self->expected.identity));

  return gnutls_server_name_set (session, GNUTLS_NAME_DNS, name, strlen (name));
}

int
wsp_tls_judged_verify (gnutls_session_t session)
{
  WspTlsJudged *self = gnutls_session_get_ptr (session);

  if (self->verdict == WSP_TLS_VERDICT_ACCEPTED)
    return GNUTLS_E_SUCCESS;

  self->verdict = WSP_TLS_VERDICT_ASKED;
  return GNUTLS_E_AGAIN;
}
