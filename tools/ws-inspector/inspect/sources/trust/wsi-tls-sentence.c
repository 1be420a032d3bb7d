/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/trust/wsi-tls-sentence.h"

#include <string.h>

#define MAX_PLACE 100           /* bytes of an address */

/* Sentences by flaw; where two apply, the earlier one must be solved first. */
static const struct
{
  GTlsCertificateFlags flaw;
  WsiSentenceId        sentence;
} flaws_of_servers[] = {
  { G_TLS_CERTIFICATE_BAD_IDENTITY, WSI_SENTENCE_OTHER_NAME },
  { G_TLS_CERTIFICATE_EXPIRED, WSI_SENTENCE_EXPIRED },
  { G_TLS_CERTIFICATE_NOT_ACTIVATED, WSI_SENTENCE_NOT_YET_VALID },
  { G_TLS_CERTIFICATE_UNKNOWN_CA, WSI_SENTENCE_UNKNOWN_AUTHORITY },
};

/* GIO's modules for TLS give either of the first two for a client that refuses the certificate, and
 * for one that sends no TLS. */
static const struct
{
  GTlsError   code;
  WsiSentence sentence;
} errors_of_clients[] = {
  { G_TLS_ERROR_NOT_TLS, { .id = WSI_SENTENCE_CLIENT_ENDED_TLS } },
  { G_TLS_ERROR_MISC, { .id = WSI_SENTENCE_CLIENT_ENDED_TLS } },
  { G_TLS_ERROR_BAD_CERTIFICATE, { .id = WSI_SENTENCE_CLIENT_NOT_TRUSTED } },
  { G_TLS_ERROR_CERTIFICATE_REQUIRED, { .id = WSI_SENTENCE_CLIENT_NOT_TRUSTED } },
};

static WsiSentenceId
find_flaw (GTlsCertificateFlags flaws)
{
  for (guint i = 0; i < G_N_ELEMENTS (flaws_of_servers); i++)
    if ((flaws & flaws_of_servers[i].flaw) != 0)
      return flaws_of_servers[i].sentence;

  return WSI_SENTENCE_NOT_TRUSTED;
}

/* The place of a peer without the path, which may be long and secret. */
static char *
tls_sentence_dup_place (WsiTlsPeer  peer,
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

static WsiSentence *
tls_sentence_make_sentence (WsiSentenceId id,
                            WsiTlsPeer    peer,
                            const char   *uri)
{
  g_autofree char *place = tls_sentence_dup_place (peer, uri);

  return wsi_sentence_copy (&(WsiSentence) { .id = id, .arguments = { place } });
}

/* Whether an error may be a refusal: in TLS 1.3 a server checks our certificate after our side has
 * ended the handshake; some then say nothing. */
static gboolean
tls_sentence_is_refusal (WsiTlsPeer    peer,
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

WsiSentence *
wsi_tls_sentence_dup_of_server (WsiTlsPeer           peer,
                                const char          *uri,
                                const GError        *error,
                                GTlsCertificateFlags flaws)
{
  if (flaws != G_TLS_CERTIFICATE_NO_FLAGS &&
      g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE))
    return tls_sentence_make_sentence (find_flaw (flaws), peer, uri);
  return tls_sentence_is_refusal (peer, error)
         ? tls_sentence_make_sentence (WSI_SENTENCE_CERTIFICATE_REFUSED, peer, uri) : NULL;
}

WsiSentence *
wsi_tls_sentence_dup_of_accepted (const char          *uri,
                                  GTlsCertificateFlags flaws)
{
  g_autofree char *place = tls_sentence_dup_place (WSI_TLS_PEER_TARGET, uri);
  const char *name = wsi_sentence_id_get_name (find_flaw (flaws));

  return wsi_sentence_copy (WSI_SENTENCE (ACCEPTED_ALL_THE_SAME, name, place));
}

const WsiSentence *
wsi_tls_sentence_of_client (const GError *error)
{
  for (guint i = 0; i < G_N_ELEMENTS (errors_of_clients); i++)
    if (g_error_matches (error, G_TLS_ERROR, errors_of_clients[i].code))
      return &errors_of_clients[i].sentence;

  return NULL;
}

WsiSentence *
wsi_tls_sentence_dup_of_client (const GError *error)
{
  const WsiSentence *known = wsi_tls_sentence_of_client (error);

  return wsi_sentence_copy (known != NULL ? known : WSI_SENTENCE (TLS_FAILED, error->message));
}
