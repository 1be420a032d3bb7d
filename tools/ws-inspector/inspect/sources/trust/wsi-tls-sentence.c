/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/trust/wsi-tls-sentence.h"

#include <string.h>

#include "inspect/store/wsi-event-texts.h"

#define MAX_PLACE 100           /* bytes of an address */

/* Where two apply, the earlier one must be solved first. */
static const struct
{
  GTlsCertificateFlags flaw;
  const char          *text;
} flaw_texts[] = {
  { G_TLS_CERTIFICATE_BAD_IDENTITY, WSI_TEXT_OTHER_NAME },
  { G_TLS_CERTIFICATE_EXPIRED, WSI_TEXT_EXPIRED },
  { G_TLS_CERTIFICATE_NOT_ACTIVATED, WSI_TEXT_NOT_YET_VALID },
  { G_TLS_CERTIFICATE_UNKNOWN_CA, WSI_TEXT_UNKNOWN_AUTHORITY },
};

/* GIO's modules for TLS give either of the first two for a client that refuses the certificate, and
 * for one that sends no TLS. */
static const struct
{
  GTlsError   code;
  const char *text;
} client_texts[] = {
  { G_TLS_ERROR_NOT_TLS, WSI_TEXT_CLIENT_ENDED_TLS },
  { G_TLS_ERROR_MISC, WSI_TEXT_CLIENT_ENDED_TLS },
  { G_TLS_ERROR_BAD_CERTIFICATE, WSI_TEXT_CLIENT_NOT_TRUSTED },
  { G_TLS_ERROR_CERTIFICATE_REQUIRED, WSI_TEXT_CLIENT_NOT_TRUSTED },
};

static const char *
find_flaw (GTlsCertificateFlags flaws)
{
  for (guint i = 0; i < G_N_ELEMENTS (flaw_texts); i++)
    if ((flaws & flaw_texts[i].flaw) != 0)
      return flaw_texts[i].text;

  return WSI_TEXT_NOT_TRUSTED;
}

/* Without the path, which may be long and secret. */
static char *
dup_place (WsiTlsPeer  peer,
           const char *uri)
{
  const char *authority = strstr (uri, "://");
  gsize length = authority != NULL ? authority + strlen ("://") - uri : 0;
  g_autofree char *place = NULL;
  g_autofree char *valid = NULL;

  length += strcspn (uri + length, "/?#");
  place = g_strndup (uri, MIN (length, MAX_PLACE));
  valid = g_utf8_make_valid (place, -1);
  return g_strconcat (valid, peer == WSI_TLS_PEER_PROXY ? " (proxy)" : NULL, NULL);
}

/* The text is no format: its part is an address. */
static char *
fill (const char *text,
      WsiTlsPeer  peer,
      const char *uri)
{
  g_auto (GStrv) parts = g_strsplit (text, "%s", -1);
  g_autofree char *place = dup_place (peer, uri);

  return g_strjoinv (place, parts);
}

/* In TLS 1.3 a server checks our certificate after our side has ended the handshake; some then say
 * nothing. */
static gboolean
is_refusal (WsiTlsPeer    peer,
            const GError *error)
{
  switch (peer)
    {
    case WSI_TLS_PEER_SERVER:
      return g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE) ||
             g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_CERTIFICATE_REQUIRED);
    case WSI_TLS_PEER_SECURED_SERVER:
      return error->domain == G_TLS_ERROR ||
             g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
    case WSI_TLS_PEER_PROXY:
    case WSI_TLS_PEER_TARGET:
      return FALSE;
    }

  g_assert_not_reached ();
}

char *
wsi_tls_sentence_dup_of_server (WsiTlsPeer           peer,
                                const char          *uri,
                                const GError        *error,
                                GTlsCertificateFlags flaws)
{
  if (flaws != G_TLS_CERTIFICATE_NO_FLAGS &&
      g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    return fill (find_flaw (flaws), peer, uri);
  return is_refusal (peer, error) ? fill (WSI_TEXT_CERTIFICATE_REFUSED, peer, uri) : NULL;
}

const char *
wsi_tls_sentence_of_client (const GError *error)
{
  for (guint i = 0; i < G_N_ELEMENTS (client_texts); i++)
    if (g_error_matches (error, G_TLS_ERROR, client_texts[i].code))
      return client_texts[i].text;

  return NULL;
}

char *
wsi_tls_sentence_dup_of_client (const GError *error)
{
  const char *known = wsi_tls_sentence_of_client (error);

  return known != NULL ? g_strdup (known) : g_strdup_printf (WSI_TEXT_TLS_FAILED, error->message);
}
