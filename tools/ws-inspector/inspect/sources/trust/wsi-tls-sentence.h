/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How TLS has failed, for who uses the inspector: which field or option helps.  Errors of the
 * library name its properties, for programmers.  Domain and code of an error decide.  NULL: the
 * error says enough itself. */
#pragma once

#include <gio/gio.h>

#include "inspect/store/wsi-sentence.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_TLS_PEER_SERVER,
  WSI_TLS_PEER_SECURED_SERVER,  /* a trusted server that has not responded, and may not trust us */
  WSI_TLS_PEER_PROXY,           /* a proxy on the way to the server; it is shown no certificate */
  WSI_TLS_PEER_TARGET,          /* the target of our own proxy, which shows it no certificate */
} WsiTlsPeer;

/* uri: of the server.  flaws: of the peer's certificate, if no handler has accepted it. */
WsiSentence       *wsi_tls_sentence_dup_of_server (WsiTlsPeer           peer,
                                                   const char          *uri,
                                                   const GError        *error,
                                                   GTlsCertificateFlags flaws);
/* The sentence about a server whose certificate has these flaws, and which was accepted because the
 * user has asked for that. */
WsiSentence       *wsi_tls_sentence_dup_of_accepted (const char          *uri,
                                                     GTlsCertificateFlags flaws);
const WsiSentence *wsi_tls_sentence_of_client     (const GError *error);
/* The sentence about an error of a client, never NULL: of an unknown error it has the message. */
WsiSentence       *wsi_tls_sentence_dup_of_client (const GError *error);

G_END_DECLS
