/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Sentences in another language: test-sentences LANGUAGE FOLDER.  Those of the library are made by
 * the library itself: one whose words change is found in English. */
#include <libwsproto/observe/wsp-fault.h>
#include <libwsproto/wsproto.h>
#include <string.h>

#include "connection/report/wsp-close-info-private.h"
#include "inspect/capture/wsi-close-sentence.h"
#include "inspect/show/sentences/wsi-library-texts.h"
#include "inspect/show/sentences/wsi-translate.h"
#include "inspector/each-sentence.h"
#include "language.h"
#include "lib/rows.h"

#define MAX_FAULT 1000
#define MIN_FAULTS 80

typedef struct
{
  guint       code;
  const char *reason;
} Side;

/* A reason may look like a clause of the sentence. */
static const Side sides[] = {
  { WSP_CLOSE_CODE_ABNORMAL, NULL },
  { WSP_CLOSE_CODE_NO_STATUS, NULL },
  { 1002, NULL },
  { 1000, "a; b, c" },
};

/* Errors of the library, and one of the system. */
static const char *const errors[] = {
  NULL,
  "Zeitlimit",
  "Message is larger than max-message-size: 12, limit 5",
  "Frame was only partly written; connection cannot continue",
  "Peer did not answer a ping within keepalive-timeout",
  "Connection ended without a Close frame",
};

static void
assert_shown (const char *english,
              const char *shown)
{
  if (language_has_english (shown))
    g_error ("%s became %s", english, shown);
  g_assert_cmpstr (shown, !=, english);
}

static void
assert_translated (const char *english)
{
  g_autofree char *shown = wsi_translate_text (english);

  assert_shown (english, shown);
}

static WspCloseInfo *
make_info (WspCloseKind kind,
           const Side  *local,
           const Side  *peer)
{
  WspCloseInfo *info = wsp_close_info_new (kind);

  info->local_code = local->code;
  info->local_reason = g_strdup (local->reason);
  info->peer_code = peer->code;
  info->peer_reason = g_strdup (peer->reason);
  info->idle_time = 1500000;
  return info;
}

/* Returns the sentence in the language. */
static char *
translate_ending (WspCloseInfo *info)
{
  g_autofree char *text = wsp_close_info_to_string (info);
  g_autofree WsiSentence *sentence = wsi_close_sentence_new (info);
  g_autofree char *english = wsi_sentence_to_string (sentence);

  g_assert_cmpstr (english, ==, text);
  return wsi_translate_sentence (sentence);
}

static void
assert_ending_translated (WspCloseInfo *info)
{
  g_autofree char *text = wsp_close_info_to_string (info);
  g_autofree char *shown = translate_ending (info);

  assert_shown (text, shown);
}

static void
test_clean (void)
{
  for (guint i = 1; i < G_N_ELEMENTS (sides) * G_N_ELEMENTS (sides) * 2; i++)
    {
      const Side *local = &sides[i / 2 % G_N_ELEMENTS (sides)];
      const Side *peer = &sides[i / 2 / G_N_ELEMENTS (sides)];
      g_autoptr (WspCloseInfo) info = make_info (WSP_CLOSE_CLEAN, local, peer);

      info->was_started_by_peer = i % 2 == 1;
      if (local != sides && peer != sides)
        assert_ending_translated (info);
    }
}

static void
test_abnormal (gconstpointer data)
{
  const char *error = data;

  for (guint i = 0; i < G_N_ELEMENTS (sides) * G_N_ELEMENTS (sides) * 2; i++)
    {
      g_autoptr (WspCloseInfo) info = make_info (WSP_CLOSE_ABNORMAL,
                                                 &sides[i / 2 % G_N_ELEMENTS (sides)],
                                                 &sides[i / 2 / G_N_ELEMENTS (sides)]);

      if (error != NULL)
        info->error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, error);
      if (i % 2 == 1)
        info->ping_age = G_USEC_PER_SEC;
      assert_ending_translated (info);
    }
}

static void
test_failed (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      const Side side = { WSP_CLOSE_CODE_TOO_BIG, NULL };
      g_autoptr (WspCloseInfo) info = make_info (WSP_CLOSE_ABNORMAL, &side, &sides[i]);

      info->error = g_error_new_literal (WSP_ERROR, WSP_ERROR_TOO_BIG, errors[2]);
      assert_ending_translated (info);
    }
}

/* A sentence is recorded: it is the same in each language. */
static void
test_numbers (void)
{
  g_autoptr (WspCloseInfo) info = make_info (WSP_CLOSE_ABNORMAL, &sides[0], &sides[0]);
  g_autofree char *english = NULL;

  info->ping_age = G_USEC_PER_SEC / 2;
  english = wsp_close_info_to_string (info);
  g_assert_true (g_str_has_suffix (english, "no data for 1.5 s, ping sent 0.5 s ago"));
}

static void
test_faults (void)
{
  guint n = 0;

  for (guint i = 0; i < MAX_FAULT; i++)
    if (wsp_fault_get_name (i) != NULL)
      {
        g_autofree char *shown = wsi_translate_fault (i);

        assert_shown (wsp_fault_describe (i), shown);
        n++;
      }
  g_assert_cmpuint (n, >=, MIN_FAULTS);
}

static void
test_uri (gconstpointer uri)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WspHandshake) handshake = wsp_handshake_new_client (uri, NULL, NULL, &error);

  g_assert_null (handshake);
  assert_translated (error->message);
}

static const char *const uris[] = {
  "", "a", "http://a/", "https://a/", "ftp://a/", "ws:a", "ws://", "ws://a:0/", "ws://a:99999/",
  "ws://a b/", "ws://a/\x01", "ws://a/#b", "ws://a/%zz", "ws://[a/", "ws+unix://a/b", "ws+unix:a",
  "ws://a/\xff",
};

/* A sentence of a peer may be any number of sentences in each other. */
static void
test_nested (void)
{
  g_autoptr (GString) english = g_string_new (NULL);
  g_autofree char *shown = NULL;

  for (guint i = 0; i < 2000; i++)
    g_string_append (english, "Proxy a: ");
  shown = wsi_translate_text (english->str);
  g_assert_cmpint (g_str_has_suffix (shown, "Proxy a: "), ==, TRUE);
}

static void
test_key (void)
{
  g_assert_false (language_has_english ("Sec-WebSocket-Accept: ZlxAMLmN4DQuyhGL6FwSWkE1TO0="));
  g_assert_true (language_has_english ("ZlxAMLmN4DQuyhGL6FwSWkE1TO0= was received"));
  g_assert_false (language_has_english ("0000  00 8c 9e 36 42 79 00 e8 53  ...6By..S"));
  g_assert_true (language_has_english ("0000  00 8c  ..\nwas sent by you"));
}

/* Sentences that need a server to be made. */
static void
test_sentence (gconstpointer data)
{
  const char *english = data;
  g_autofree char *shown = wsi_translate_text (english);

  g_test_message ("%s", shown);
  g_assert_false (language_has_english (shown));
  g_assert_nonnull (strstr (shown, "'a b'"));
}

static const char *const sentences[] = {
  "Cannot connect to ws://'a b': x",
  "Certificate of wss://'a b' is not trusted: unknown certificate authority, issued for another "
  "name, not yet valid, expired (2026-01-31), revoked, insecure algorithm, invalid, subject \"CN=x\" "
  "(set WspClient:tls-database, or accept it in WspClient::accept-certificate): x",
  "Handshake with 'a b' failed: expected status 101, received status 404 (no such path on the server)",
  "Handshake with 'a b' failed: HTTP head is larger than max-head-size: 70, limit 64",
  "Handshake with 'a b' failed: Status line is malformed or not HTTP/1.1: received x",
  "Cannot connect to 'a b' (check that a server listens there): x",
  "Cannot connect to 'a b': no response for 12 ms, limit timeout 10 ms",
  "No TLS with 'a b' (if the server has no TLS, use ws://): TLS handshake: x",
  "Closing handshake takes too long: 'a b' ms, limit close-timeout 3 ms",
  "Origin is not in allowed-origins: expected one of x, received 'a b' (see WspServer:allowed-origins)",
  "Invalid URI 'a b': expected scheme ws, received http (did you mean \"ws://a\"?)",
  "Status must be 101; received 404 'a b': no such path on the server.",
  "Sec-WebSocket-Accept must match the key; expected 'a b', received 2 times, first x.",
};

/* A user of the window has fields: no sentence has a name of the API. */
static void
test_names (void)
{
  for (const WsiLibraryText *text = wsi_library_texts; text->text != NULL; text++)
    {
      g_autofree char *shown = wsi_translate_text (text->text);

      g_assert_null (strstr (shown, "Wsp"));
    }
}

/* Those of the inspector, but for a text and an error, which have no words of their own. */
static void
test_each (void)
{
  for (guint i = WSI_SENTENCE_ERROR + 1; i < WSI_N_SENTENCES; i++)
    {
      g_autofree char *english = NULL;
      g_autofree char *shown = NULL;
      WsiSentence sentence;

      each_sentence_init (&sentence, i);
      english = wsi_sentence_to_string (&sentence);
      shown = wsi_translate_sentence (&sentence);
      assert_shown (english, shown);
    }
}

/* The text of a file may be that of a sentence: without its id it stays as it is. */
static void
test_plain_text (void)
{
  g_autofree char *shown = wsi_translate_sentence (WSI_SENTENCE (TEXT, "Bytes are missing"));

  g_assert_cmpstr (shown, ==, "Bytes are missing");
}

static void
test_error (void)
{
  g_autofree char *shown =
    wsi_translate_sentence (WSI_SENTENCE (CANNOT_CONNECT, "ws://a", "Connection is closed"));

  assert_shown ("Cannot connect to ws://a: Connection is closed", shown);
}

/* A reason and an error may look like what follows them, and an error quotes what it likes. */
static const struct
{
  const char  *name;
  WspCloseKind kind;
  const char  *error;
  Side         local, peer;
  gboolean     is_failed;
  const char  *kept;
} endings[] = {
  { "a-reason-with-clauses", WSP_CLOSE_ABNORMAL, NULL, { 1002, NULL }, { 1000, "a; b, c" }, FALSE, "1000 \"a; b, c\"" },
  { "a-reason-like-an-answer", WSP_CLOSE_CLEAN, NULL, { 1002, NULL }, { 1000, "a, answered with 1001 b" }, FALSE,
    "1000 \"a, answered with 1001 b\"" },
  { "a-reason-like-an-answer-without-a-code", WSP_CLOSE_CLEAN, NULL, { WSP_CLOSE_CODE_NO_STATUS, NULL },
    { 1000, "a, answered with 1001" }, FALSE, "1000 \"a, answered with 1001\"" },
  { "reasons-of-both-sides", WSP_CLOSE_CLEAN, NULL, { 1002, "our" }, { 1000, "peer" }, FALSE, "1000 \"peer\"" },
  { "a-reason-with-quotation-marks", WSP_CLOSE_ABNORMAL, "a \"b\"", { 1000, "\"c\"" }, { 1001, "\"d" }, FALSE,
    "1000 \"\\x22c\\x22\"" },
  { "a-reason-with-control-characters", WSP_CLOSE_ABNORMAL, "a", { 1000, NULL }, { 1001, "a\tb" }, FALSE, "1001 \"a\\x09b\"" },
  { "our-reason-like-that-of-the-peer", WSP_CLOSE_ABNORMAL, NULL, { 1000, "a, by the peer with 1001" }, { 1002, NULL }, FALSE,
    "1000 \"a, by the peer with 1001\"" },
  { "an-error-like-a-clause", WSP_CLOSE_ABNORMAL, "a; closed by us with 1, the peer sent b", { 1002, NULL },
    { WSP_CLOSE_CODE_ABNORMAL, NULL }, FALSE, "a; closed by us with 1, the peer sent b" },
  { "a-reason-like-a-clause", WSP_CLOSE_ABNORMAL, NULL, { WSP_CLOSE_CODE_ABNORMAL, NULL },
    { 1000, "a; closed by us with 1, none was read from the peer" }, FALSE,
    "1000 \"a; closed by us with 1, none was read from the peer\"" },
  { "a-reason-like-a-clause-of-a-failure", WSP_CLOSE_ABNORMAL, "Frame was only partly written; connection cannot continue",
    { 1009, NULL }, { 1000, "a; no Close was read from the peer" }, TRUE, "1000 \"a; no Close was read from the peer\"" },
  { "an-error-with-quotation-marks", WSP_CLOSE_ABNORMAL, "a \"b\" c", { 1009, "our" }, { 1000, "d" }, TRUE, "1000 \"d\"" },
  { "a-reason-like-the-last-clause", WSP_CLOSE_ABNORMAL, NULL, { WSP_CLOSE_CODE_ABNORMAL, NULL },
    { 1000, "a; no data for 5.0 s" }, FALSE, "1000 \"a; no data for 5.0 s\"" },
};

static void
assert_rest_translated (const char *shown,
                        const char *kept)
{
  const char *at = strstr (shown, kept);
  g_autofree char *rest = NULL;

  g_test_message ("%s", shown);
  g_assert_nonnull (at);
  rest = g_strdup_printf ("%.*s%s", (int) (at - shown), shown, at + strlen (kept));
  g_assert_false (language_has_english (rest));
}

static void
test_ending (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  g_autoptr (WspCloseInfo) info = make_info (endings[i].kind, &endings[i].local, &endings[i].peer);
  g_autofree char *shown = NULL;

  info->was_started_by_peer = endings[i].kind == WSP_CLOSE_CLEAN;
  if (endings[i].is_failed)
    info->error = g_error_new_literal (WSP_ERROR, WSP_ERROR_TOO_BIG,
                                       endings[i].error);
  else if (endings[i].error != NULL)
    info->error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, endings[i].error);
  shown = translate_ending (info);
  assert_rest_translated (shown, endings[i].kept);
}

/* The text of a peer may be one of the window's own, or look like what follows it in a sentence. */
static const struct
{
  const char *name, *english, *kept;
} hostile[] = {
  { "a-cause-that-is-a-title", "Cannot connect to ws://a: Address", ": Address" },
  { "a-cause-that-is-a-state", "TLS handshake: Closed", ": Closed" },
  { "a-status-like-a-hint",
    "Handshake with ws://a failed: expected status 101, received status 404 received (by the peer) (no such path on the server)",
    "404 received (by the peer)" },
  { "a-status-like-a-fact", "Status must be 101; received 404 \"sent: by a\": no such path on the server.",
    "404 \"sent: by a\"" },
};

static void
test_hostile (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  g_autofree char *shown = wsi_translate_text (hostile[i].english);

  g_assert_cmpstr (shown, !=, hostile[i].english);
  assert_rest_translated (shown, hostile[i].kept);
}

/* A file may say so of a connection. */
static void
test_title (void)
{
  g_autofree char *shown = wsi_translate_text ("Address");

  g_assert_cmpstr (shown, ==, "Address");
}

static void
add_each (const char        *path,
          const char *const *texts,
          gsize              n_texts,
          GTestDataFunc      test)
{
  for (gsize i = 0; i < n_texts; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s/%" G_GSIZE_FORMAT, path, i + 1);

      g_test_add_data_func (name, texts[i], test);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 3);
  if (language_set (argv[1], argv[2]) == NULL)
    {
      g_print ("1..0 # SKIP there is no locale for %s, and localedef cannot make it\n", argv[1]);
      return 0;
    }

  g_test_add_func ("/ui/sentences/a-key-is-no-english", test_key);
  g_test_add_func ("/ui/sentences/each-clean-ending-is-translated", test_clean);
  add_each ("/ui/sentences/each-abnormal-ending-is-translated", errors, G_N_ELEMENTS (errors),
            test_abnormal);
  g_test_add_func ("/ui/sentences/ending/failed-by-us", test_failed);
  g_test_add_func ("/ui/sentences/numbers-are-those-of-any-language", test_numbers);
  g_test_add_func ("/ui/sentences/each-fault-is-translated", test_faults);
  add_each ("/ui/sentences/what-is-wrong-with-a-uri-is-translated", uris, G_N_ELEMENTS (uris),
            test_uri);
  g_test_add_func ("/ui/sentences/depth-has-a-limit", test_nested);
  add_each ("/ui/sentences/sentence-is-translated", sentences, G_N_ELEMENTS (sentences),
            test_sentence);
  g_test_add_func ("/ui/sentences/each-of-the-inspector-is-translated", test_each);
  g_test_add_func ("/ui/sentences/none-names-the-api", test_names);
  g_test_add_func ("/ui/sentences/text-without-an-id-stays", test_plain_text);
  g_test_add_func ("/ui/sentences/error-in-a-sentence-is-translated", test_error);
  ADD_ROWS ("/ui/sentences/ending", endings, test_ending);
  ADD_ROWS ("/ui/sentences/quoted", hostile, test_hostile);
  g_test_add_func ("/ui/sentences/titles-of-the-window-are-none", test_title);
  return g_test_run ();
}
