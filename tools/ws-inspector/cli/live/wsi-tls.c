/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/live/wsi-tls.h"

#include "cli/print/wsi-output.h"
#include "inspect/decode/wsi-text.h"
#include "inspect/store/memory/wsi-bytes.h"

static const struct
{
  GTlsCertificateFlags flag;
  const char          *text;
} flaws[] = {
  { G_TLS_CERTIFICATE_UNKNOWN_CA, "unknown CA" },
  { G_TLS_CERTIFICATE_BAD_IDENTITY, "name does not match" },
  { G_TLS_CERTIFICATE_NOT_ACTIVATED, "not yet valid" },
  { G_TLS_CERTIFICATE_EXPIRED, "expired" },
  { G_TLS_CERTIFICATE_REVOKED, "revoked" },
  { G_TLS_CERTIFICATE_INSECURE, "insecure algorithm" },
  { G_TLS_CERTIFICATE_GENERIC_ERROR, "cannot be verified" },
};

static char *
describe_flaws (GTlsCertificateFlags errors)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (flaws); i++)
    {
      if (errors & flaws[i].flag)
        g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", flaws[i].text);
    }

  return g_string_free (text, FALSE);
}

/* The names and addresses in the certificate. */
static char *
tls_list_names (GTlsCertificate *certificate)
{
  g_autoptr (GPtrArray) names = g_tls_certificate_get_dns_names (certificate);
  g_autoptr (GPtrArray) addresses = g_tls_certificate_get_ip_addresses (certificate);
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      GBytes *name = names->pdata[i];

      g_ptr_array_add (words, g_strndup (wsi_bytes_get_data (name, NULL), g_bytes_get_size (name)));
    }
  for (guint i = 0; addresses != NULL && i < addresses->len; i++)
    g_ptr_array_add (words, g_inet_address_to_string (addresses->pdata[i]));
  g_ptr_array_add (words, NULL);

  return g_strjoinv (", ", (char **) words->pdata);
}

static const char *
name_version (GTlsProtocolVersion version)
{
  switch (version)
    {
    case G_TLS_PROTOCOL_VERSION_UNKNOWN:
      break;
    case G_TLS_PROTOCOL_VERSION_SSL_3_0:
      return "SSL 3.0";
    case G_TLS_PROTOCOL_VERSION_TLS_1_0:
      return "TLS 1.0";
    case G_TLS_PROTOCOL_VERSION_TLS_1_1:
      return "TLS 1.1";
    case G_TLS_PROTOCOL_VERSION_TLS_1_2:
      return "TLS 1.2";
    case G_TLS_PROTOCOL_VERSION_TLS_1_3:
      return "TLS 1.3";
    case G_TLS_PROTOCOL_VERSION_DTLS_1_0:
      return "DTLS 1.0";
    case G_TLS_PROTOCOL_VERSION_DTLS_1_2:
      return "DTLS 1.2";
    }

  return "unknown";
}

static void
tls_print_line (const char *title,
                const char *text)
{
  g_autofree char *escaped = wsi_text_escape_line (text != NULL ? text : "-",
                                                   wsi_output_get_charset ());

  wsi_output_line ("  %-11s  %s", title, escaped);
}

void
wsi_tls_print_certificate (GTlsCertificate *certificate)
{
  g_autofree char *subject = g_tls_certificate_get_subject_name (certificate);
  g_autofree char *issuer = g_tls_certificate_get_issuer_name (certificate);
  g_autofree char *names = tls_list_names (certificate);
  g_autoptr (GDateTime) begin = g_tls_certificate_get_not_valid_before (certificate);
  g_autoptr (GDateTime) end = g_tls_certificate_get_not_valid_after (certificate);
  g_autofree char *from = begin != NULL ? g_date_time_format_iso8601 (begin) : NULL;
  g_autofree char *to = end != NULL ? g_date_time_format_iso8601 (end) : NULL;

  tls_print_line ("certificate", subject);
  tls_print_line ("for", names[0] != '\0' ? names : NULL);
  tls_print_line ("issued by", issuer);
  tls_print_line ("valid from", from);
  tls_print_line ("valid to", to);
}

static void
print_verdict (GTlsCertificateFlags errors)
{
  g_autofree char *text = describe_flaws (errors);

  tls_print_line (errors == 0 ? "trusted" : "NOT TRUSTED", errors == 0 ? "yes" : text);
}

/* A server accepts trusted certificates only. */
void
wsi_tls_print_connection (WspConnection *connection)
{
  GTlsCertificate *certificate = wsp_connection_get_tls_peer_certificate (connection);
  g_autofree char *cipher = NULL;
  GTlsProtocolVersion version;

  g_object_get (connection, "tls-protocol", &version, "tls-ciphersuite", &cipher, NULL);
  if (version == G_TLS_PROTOCOL_VERSION_UNKNOWN)
    return;

  wsi_output_line ("%s", "TLS");
  tls_print_line ("version", name_version (version));
  tls_print_line ("cipher", cipher);
  if (certificate == NULL)
    return;

  wsi_tls_print_certificate (certificate);
  if (wsp_connection_get_role (connection) == WSP_ROLE_CLIENT)
    print_verdict (wsp_connection_get_tls_peer_certificate_errors (connection));
}

void
wsi_tls_print_handshake (WspHandshake *handshake)
{
  GTlsCertificate *certificate = wsp_handshake_get_tls_peer_certificate (handshake);

  if (certificate == NULL)
    return;

  wsi_output_line ("%s", "TLS");
  wsi_tls_print_certificate (certificate);
  print_verdict (wsp_handshake_get_tls_peer_certificate_errors (handshake));
}

static void
tls_on_event (WspClient          *client,
              WspHandshake       *handshake,
              GSocketClientEvent  event,
              GSocketConnectable *place,
              GIOStream          *stream,
              WsiTlsWatch        *self)
{
  self->is_at_proxy = event == G_SOCKET_CLIENT_PROXY_NEGOTIATING;
}

/* Returns a text that says what may help. */
static char *
make_hint (GTlsCertificate     *certificate,
           GTlsCertificateFlags errors)
{
  g_autofree char *names = tls_list_names (certificate);

  if (errors & G_TLS_CERTIFICATE_BAD_IDENTITY)
    return g_strdup_printf ("; certificate is for: %s", names[0] != '\0' ? names : "none");
  if (errors & G_TLS_CERTIFICATE_UNKNOWN_CA)
    return g_strdup ("; use --ca FILE to trust its CA");

  return g_strdup ("");
}

/* The warning is printed with --quiet as well, because --insecure-accept-certificate is dangerous.
 * The source decides, after this. */
static gboolean
tls_on_certificate (WspClient           *client,
                    WspHandshake        *handshake,
                    GSocketConnectable  *peer,
                    GTlsCertificate     *certificate,
                    GTlsCertificateFlags errors,
                    WsiTlsWatch         *self)
{
  const char *owner = self->is_at_proxy ? "proxy" : "server";
  g_autofree char *text = describe_flaws (errors);
  g_autofree char *hint = make_hint (certificate, errors);
  g_autofree char *warning = NULL;

  if (self->accepts_any)
    warning = g_strdup_printf ("WARNING: accepting untrusted certificate of the %s (%s): "
                               "traffic may be intercepted", owner, text);
  else
    warning = g_strdup_printf ("the certificate of the %s is not trusted: %s%s", owner, text, hint);

  wsi_output_error (warning);
  return FALSE;
}

void
wsi_tls_watch (WsiTlsWatch *self,
               WspClient   *client)
{
  g_signal_connect (client, "event", G_CALLBACK (tls_on_event), self);
  g_signal_connect (client, "accept-certificate", G_CALLBACK (tls_on_certificate), self);
}
