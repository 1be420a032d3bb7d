/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "log/wsp-certificate-private.h"

#include <string.h>

#include "log/wsp-excerpt-private.h"

#define MAX_SHOWN 100           /* bytes of a subject */

static const struct
{
  GTlsCertificateFlags error;
  const char          *text, *date;     /* text of the problem, and the property that has its date;
                                           NULL = none */
} texts[] = {
  { G_TLS_CERTIFICATE_UNKNOWN_CA, "unknown certificate authority", NULL },
  { G_TLS_CERTIFICATE_BAD_IDENTITY, "issued for another name", NULL },
  { G_TLS_CERTIFICATE_NOT_ACTIVATED, "not yet valid", "not-valid-before" },
  { G_TLS_CERTIFICATE_EXPIRED, "expired", "not-valid-after" },
  { G_TLS_CERTIFICATE_REVOKED, "revoked", NULL },
  { G_TLS_CERTIFICATE_INSECURE, "insecure algorithm", NULL },
  { G_TLS_CERTIFICATE_GENERIC_ERROR, "invalid", NULL },
};

/* TRUE: the certificate itself is not valid any more, or not yet. */
static gboolean
is_outside (GDateTime           *date,
            GDateTime           *now,
            GTlsCertificateFlags error)
{
  int order = g_date_time_compare (date, now);

  return error == G_TLS_CERTIFICATE_EXPIRED ? order < 0 : order > 0;
}

/* The flag may be that of an issuer. */
static char *
dup_date (GTlsCertificate     *certificate,
          const char          *property,
          GTlsCertificateFlags error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

  if (property == NULL)
    return NULL;

  for (GTlsCertificate *at = certificate; at != NULL; at = g_tls_certificate_get_issuer (at))
    {
      g_autoptr (GDateTime) date = NULL;

      g_object_get (at, property, &date, NULL);
      if (date != NULL && is_outside (date, now, error))
        return g_date_time_format (date, " (%Y-%m-%d)");
    }

  return NULL;
}

char *
wsp_certificate_describe_errors (GTlsCertificate     *certificate,
                                 GTlsCertificateFlags errors)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      if (!(errors & texts[i].error))
        continue;

      g_autofree char *date = dup_date (certificate, texts[i].date, texts[i].error);

      g_string_append_printf (text, "%s%s%s", text->len > 0 ? ", " : "", texts[i].text,
                              date != NULL ? date : "");
    }

  return g_string_free (text, FALSE);
}

char *
wsp_certificate_quote_subject (GTlsCertificate *certificate)
{
  g_autofree char *subject = NULL;

  g_object_get (certificate, "subject-name", &subject, NULL);
  return subject != NULL ? wsp_excerpt_quote (subject, strlen (subject), MAX_SHOWN)
                         : g_strdup ("unknown");
}
