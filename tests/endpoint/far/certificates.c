/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "endpoint/far/certificates.h"

#include <glib/gstdio.h>
#include <stdlib.h>

static const char configuration[] =
  "[ca]\ndefault_ca = own\n"
  "[own]\ndir = .\ndatabase = index\nserial = serial\nnew_certs_dir = .\ncertificate = ca.pem\n"
  "private_key = ca.key\ndefault_md = sha256\npolicy = any\nunique_subject = no\n"
  "[any]\ncommonName = supplied\n"
  "[server]\nsubjectAltName = DNS:localhost,DNS:inside.example,IP:127.0.0.1\nextendedKeyUsage = serverAuth\n"
  "[named]\nsubjectAltName = DNS:localhost\nextendedKeyUsage = serverAuth\n"
  "[other]\nsubjectAltName = DNS:other.invalid\nextendedKeyUsage = serverAuth\n"
  "[client]\nsubjectAltName = DNS:localhost,IP:127.0.0.1\nextendedKeyUsage = clientAuth\n"
  "[authority]\nbasicConstraints = critical,CA:TRUE\nkeyUsage = critical,keyCertSign,cRLSign\n"
  "[req]\ndistinguished_name = name\n[name]\n";

static const struct
{
  const char     *file, *section, *begin, *end;
  CertificateKind issuer;       /* kind of certificate that issues this one; 0: the CA of the
                                 * tests */
  gboolean        shows_issuer;
} kinds[N_CERTIFICATES] = {
  [CERTIFICATE_GOOD] = { "good", "server", NULL, NULL, 0, FALSE },
  [CERTIFICATE_NAME_ONLY] = { "named", "named", NULL, NULL, 0, FALSE },
  [CERTIFICATE_OTHER_NAME] = { "other", "other", NULL, NULL, 0, FALSE },
  [CERTIFICATE_EXPIRED] = { "expired", "server", "20010101000000Z", "20020101000000Z", 0, FALSE },
  [CERTIFICATE_NOT_YET] = { "not-yet", "server", "20900101000000Z", "20910101000000Z", 0, FALSE },
  [CERTIFICATE_SELF_SIGNED] = { "self-signed", "server", NULL, NULL, 0, FALSE },
  [CERTIFICATE_CLIENT] = { "client", "client", NULL, NULL, 0, FALSE },
  [CERTIFICATE_CLIENT_NOT_YET] = { "client-not-yet", "client", "20900101000000Z", "20910101000000Z", 0, FALSE },
  [CERTIFICATE_BETWEEN] = { "between", "authority", NULL, NULL, 0, FALSE },
  [CERTIFICATE_OF_BETWEEN] = { "of-between", "client", NULL, NULL, CERTIFICATE_BETWEEN, TRUE },
  [CERTIFICATE_OF_BETWEEN_ALONE] = { "alone", "client", NULL, NULL, CERTIFICATE_BETWEEN, FALSE },
  [CERTIFICATE_OF_CLIENT] = { "of-client", "client", NULL, NULL, CERTIFICATE_CLIENT, TRUE },
};

static char *folder;
static GTlsDatabase *database;
static GTlsCertificate *certificates[N_CERTIFICATES];

static void
run_openssl (const char *arguments)
{
  g_autofree char *line = g_strconcat ("openssl ", arguments, NULL);
  g_autofree char *output = NULL;
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_assert_true (g_shell_parse_argv (line, NULL, &words, &error));
  g_spawn_sync (folder, words, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL,
                NULL, &output, &status, &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, NULL))
    g_error ("%s: %s", line, output);
}

static char *
path_of (const char *name,
         const char *ending)
{
  g_autofree char *file = g_strconcat (name, ending, NULL);

  return g_build_filename (folder, file, NULL);
}

static void
write_file (const char *name,
            const char *text)
{
  g_autofree char *path = path_of (name, "");

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
authority_clear (void)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  g_clear_object (&database);
  for (guint i = 0; i < N_CERTIFICATES; i++)
    g_clear_object (&certificates[i]);

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = path_of (name, "");

      g_unlink (path);
    }
  g_rmdir (folder);
  g_clear_pointer (&folder, g_free);
}

static void
make_authority (void)
{
  folder = g_dir_make_tmp ("wsp-XXXXXX", NULL);
  atexit (authority_clear);
  write_file ("index", "");
  write_file ("serial", "01\n");
  write_file ("config", configuration);
  run_openssl ("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
               " -subj '/CN=An authority of the test' -config config -extensions authority"
               " -keyout ca.key -out ca.pem");
  run_openssl ("req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
               " -subj /CN=localhost -config config -keyout key -out request");
}

/* All certificates but the CA's have the same key. */
static void
sign (CertificateKind kind)
{
  const char *issuer = kinds[kind].issuer != 0 ? kinds[kinds[kind].issuer].file : NULL;
  g_autofree char *line = NULL;

  if (kind == CERTIFICATE_SELF_SIGNED)
    line = g_strdup_printf ("req -x509 -key key -days 2 -subj /CN=localhost -config config"
                            " -extensions %s -out %s.pem", kinds[kind].section, kinds[kind].file);
  else if (kinds[kind].begin != NULL)
    line = g_strdup_printf ("ca -batch -config config -in request -out %s.pem -notext"
                            " -extensions %s -startdate %s -enddate %s", kinds[kind].file, kinds[kind].section,
                            kinds[kind].begin, kinds[kind].end);
  else if (issuer != NULL)
    line = g_strdup_printf ("ca -batch -config config -in request -out %s.pem -notext"
                            " -extensions %s -days 1 -subj '/CN=of %s' -cert %s.pem -keyfile key",
                            kinds[kind].file, kinds[kind].section, issuer, issuer);
  else if (kind == CERTIFICATE_BETWEEN)
    line = g_strdup_printf ("ca -batch -config config -in request -out %s.pem -notext"
                            " -extensions %s -days 2 -subj '/CN=An authority between'",
                            kinds[kind].file, kinds[kind].section);
  else
    line = g_strdup_printf ("ca -batch -config config -in request -out %s.pem -notext"
                            " -extensions %s -days 2", kinds[kind].file, kinds[kind].section);
  run_openssl (line);
}

char *
authority_dup_path (const char *file)
{
  if (folder == NULL)
    make_authority ();
  return path_of (file, "");
}

GTlsDatabase *
authority_get_database (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  if (folder == NULL)
    make_authority ();
  if (database != NULL)
    return database;

  path = path_of ("ca", ".pem");
  database = g_tls_file_database_new (path, &error);
  g_assert_no_error (error);
  return database;
}

static GTlsCertificate *
load (CertificateKind kind)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = path_of (kinds[kind].file, ".pem");
  g_autofree char *key = path_of ("key", "");
  GTlsCertificate *certificate = g_tls_certificate_new_from_files (path, key, &error);

  g_assert_no_error (error);
  return certificate;
}

static GTlsCertificate *
append_issuer (GTlsCertificate *certificate,
               GTlsCertificate *issuer)
{
  g_autoptr (GTlsCertificate) alone = certificate;
  g_autoptr (GByteArray) bytes = NULL;
  g_autofree char *key = NULL;
  g_autoptr (GError) error = NULL;
  GTlsCertificate *whole;

  g_object_get (alone, "certificate", &bytes, "private-key-pem", &key, NULL);
  whole = g_initable_new (G_OBJECT_TYPE (alone), NULL, &error, "certificate", bytes,
                          "private-key-pem", key, "issuer", issuer, NULL);
  g_assert_no_error (error);
  return whole;
}

GTlsCertificate *
authority_get_certificate (CertificateKind kind)
{
  GTlsCertificate *issuer = NULL;

  if (certificates[kind] != NULL)
    return certificates[kind];

  if (folder == NULL)
    make_authority ();
  if (kinds[kind].issuer != 0)
    issuer = authority_get_certificate (kinds[kind].issuer);
  sign (kind);
  certificates[kind] = load (kind);
  if (kinds[kind].shows_issuer)
    certificates[kind] = append_issuer (certificates[kind], issuer);
  return certificates[kind];
}
