/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/targets/wsi-failure.h"
#include "lib/rows.h"

/* The words on the page of a failure, and where its first button leads. */
static const struct
{
  const char    *name;
  WsiSourceKind  kind;
  WsiSentenceId  sentence;
  guint          status;
  const char    *title;
  WsiTargetField field;
  const char    *change;
} cases[] = {
  { "client", WSI_SOURCE_KIND_CLIENT, WSI_SENTENCE_ERROR, 0, "Cannot Connect", WSI_TARGET_ADDRESS, "Change _Address…" },
  { "client-refused-with-404", WSI_SOURCE_KIND_CLIENT, WSI_SENTENCE_ERROR, 404, "Handshake refused with status 404",
    WSI_TARGET_ADDRESS, "Change _Address…" },
  { "client-refused-with-401", WSI_SOURCE_KIND_CLIENT, WSI_SENTENCE_ERROR, 401, "Handshake refused with status 401",
    WSI_TARGET_HEADERS, "Change _Headers…" },
  { "client-refused-with-403", WSI_SOURCE_KIND_CLIENT, WSI_SENTENCE_ERROR, 403, "Handshake refused with status 403",
    WSI_TARGET_ORIGIN, "Change _Headers…" },
  { "client-and-unknown-authority", WSI_SOURCE_KIND_CLIENT, WSI_SENTENCE_UNKNOWN_AUTHORITY, 0, "Certificate Is Not Trusted",
    WSI_TARGET_AUTHORITIES, "Change _Certificate…" },
  { "client-and-another-name", WSI_SOURCE_KIND_CLIENT, WSI_SENTENCE_OTHER_NAME, 0, "Certificate Is of Another Server",
    WSI_TARGET_ADDRESS, "Change _Address…" },
  { "client-whose-certificate-is-refused", WSI_SOURCE_KIND_CLIENT, WSI_SENTENCE_CERTIFICATE_REFUSED, 0, "Server Has Ended TLS",
    WSI_TARGET_CERTIFICATE, "Change _Certificate…" },
  { "server", WSI_SOURCE_KIND_SERVER, WSI_SENTENCE_ERROR, 0, "Cannot Listen", WSI_TARGET_ADDRESS, "_Change…" },
  { "program-that-is-not-started", WSI_SOURCE_KIND_CAPTURE, WSI_SENTENCE_STARTED_NOT, 0, "Cannot Start the Program",
    WSI_TARGET_ARGUMENTS, "_Change…" },
  { "file", WSI_SOURCE_KIND_FILE, WSI_SENTENCE_TEXT, 0, "Cannot Read the File", WSI_TARGET_ADDRESS, "_Open Another File…" },
  { "file-with-a-refused-connection", WSI_SOURCE_KIND_FILE, WSI_SENTENCE_TEXT, 404, "Cannot Read the File", WSI_TARGET_ADDRESS,
    "_Open Another File…" },
};

static void
test_case (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  const WsiSentence sentence = { .id = cases[i].sentence };
  g_autofree char *title = wsi_failure_dup_title (cases[i].kind, &sentence, cases[i].status);
  WsiTargetField field = wsi_failure_find_field (&sentence, cases[i].status);

  g_assert_cmpstr (title, ==, cases[i].title);
  g_assert_cmpint (field, ==, cases[i].field);
  g_assert_cmpstr (wsi_failure_get_change (cases[i].kind, field), ==, cases[i].change);
}

/* A source may have no sentence. */
static void
test_none (void)
{
  g_autofree char *title = wsi_failure_dup_title (WSI_SOURCE_KIND_BROWSER, NULL, 0);

  g_assert_cmpstr (title, ==, "Cannot Watch the Browser");
  g_assert_cmpint (wsi_failure_find_field (NULL, 0), ==, WSI_TARGET_ADDRESS);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/failure/page", cases, test_case);
  g_test_add_func ("/inspector/failure/page/without-a-sentence", test_none);

  return g_test_run ();
}
