/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Which text of the library a sentence is, and which of its parts are sentences of their own: in a
 * language that has the same words in capitals.  tests/ui/test-sentences.c has real languages. */
#include "inspect/show/sentences/wsi-translate.h"

#include <libintl.h>
#include <string.h>

#include "inspect/show/sentences/wsi-library-texts.h"
#include "lib/rows.h"

#undef gettext

static char *
translate (const char *english)
{
  g_auto (GStrv) literals = g_strsplit (english, WSI_LIBRARY_PART, -1);

  for (guint i = 0; literals[i] != NULL; i++)
    {
      char *small = literals[i];

      literals[i] = g_ascii_strup (small, -1);
      g_free (small);
    }
  return g_strjoinv (WSI_LIBRARY_PART, literals);
}

/* In place of libc's, which a call to gettext () becomes where it is compiled with optimization.
 * One text is not translated, and the translation of another has a part too many. */
char *
dcgettext (const char *domain,
           const char *english,
           int         category)
{
  g_autofree char *translation = translate (english);

  if (domain != NULL || g_str_equal (english, "Proxy %s: %s"))
    return (char *) english;
  if (g_str_equal (english, "Too many connections: %s, limit max-connections %s"))
    return (char *) "TOO MANY: %s%s%s";
  return (char *) g_intern_string (translation);
}

char *
gettext (const char *english)
{
  return dcgettext (NULL, english, LC_MESSAGES);
}

static const struct
{
  const char *name, *english, *shown;
} texts[] = {
  { "without-parts", "Connection is closed", "CONNECTION IS CLOSED" },
  { "not-known", "connection is closed", "connection is closed" },
  { "part-stays", "Refused by the server with status a", "REFUSED BY THE SERVER WITH STATUS a" },
  { "other-beginning-is-not-known", "refused by the server with status a", "refused by the server with status a" },
  { "beginning-alone-is-not-known", "Cannot connect to a", "Cannot connect to a" },
  { "cause-is-translated", "Cannot connect to a: Connection is closed", "CANNOT CONNECT TO a: CONNECTION IS CLOSED" },
  { "cause-of-the-system-stays", "Cannot connect to a: no", "CANNOT CONNECT TO a: no" },
  { "of-two-that-fit-the-earlier", "Cannot connect to a (check the host name): no",
    "CANNOT CONNECT TO a (CHECK THE HOST NAME): no" },
  { "row-without-a-translation-is-left-out", "Proxy a: Connection is closed", "Proxy a: Connection is closed" },
  { "flaws-of-a-certificate",
    "Certificate of a is not trusted: iss, invalid, expired (2026-01-31), subject b (set WspClient:tls-database, or accept it "
    "in WspClient::accept-certificate): Connection is closed",
    "CERTIFICATE OF a IS NOT TRUSTED: iss, INVALID, EXPIRED (2026-01-31), SUBJECT b (SET WSPCLIENT:TLS-DATABASE, OR ACCEPT IT "
    "IN WSPCLIENT::ACCEPT-CERTIFICATE): CONNECTION IS CLOSED" },
  { "known-cause-is-preferred", "expected status 101, received status 404 (a) (no such path on the server)",
    "EXPECTED STATUS 101, RECEIVED STATUS 404 (a) (NO SUCH PATH ON THE SERVER)" },
  { "cause-behind-too-many-cuts-stays",
    "expected status 101, received status 404 (a) (b) (c) (d) (no such path on the server)",
    "EXPECTED STATUS 101, RECEIVED STATUS 404 (a) (b) (c) (d) (no such path on the server)" },
  { "rule-and-fact", "Peer did not answer a ping within keepalive-timeout: received 5 bytes",
    "PEER DID NOT ANSWER A PING WITHIN KEEPALIVE-TIMEOUT: RECEIVED 5 BYTES" },
  { "rule-and-what-is-no-fact", "Peer did not answer a ping within keepalive-timeout: no",
    "Peer did not answer a ping within keepalive-timeout: no" },
  { "check", "Status must be 101; received 404: no such path on the server.",
    "STATUS MUST BE 101; RECEIVED 404: NO SUCH PATH ON THE SERVER." },
  { "property-is-a-field", "no (see WspClient:origin)", "no (see THE FIELD ORIGIN)" },
  { "translation-with-a-part-too-many", "Too many connections: 6, limit max-connections 5", "TOO MANY: 65" },
};

static void
test_text (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *shown = wsi_translate_text (texts[i].english);

  g_assert_cmpstr (shown, ==, texts[i].shown);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/translate/text", texts, test_text);
  return g_test_run ();
}
