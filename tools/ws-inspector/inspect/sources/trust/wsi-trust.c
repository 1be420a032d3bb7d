/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/trust/wsi-trust.h"

/* GIO requires an absolute path; otherwise it only warns. */
GTlsDatabase *
wsi_trust_read_authorities (const char *file,
                            GError    **error)
{
  g_autofree char *path = g_canonicalize_filename (file, NULL);
  GTlsDatabase *database = g_tls_file_database_new (path, error);

  if (database == NULL)
    g_prefix_error (error, "%s: ", file);
  return database;
}

GTlsCertificate *
wsi_trust_read_certificate (const char *file,
                            const char *key,
                            GError    **error)
{
  GTlsCertificate *certificate =
    g_tls_certificate_new_from_files (file, key != NULL ? key : file, error);

  if (certificate == NULL)
    g_prefix_error (error, "%s: ", file);
  return certificate;
}
