/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/wsi-description.h"
#include "inspect/decode/wsi-hex.h"
#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/save/redaction/wsi-word-finder.h"
#include "inspect/store/memory/wsi-bytes.h"

#include <string.h>

#define STOMP_BEGIN "CONNECT\naccept-version:1.2\n"

#define ROW(name, form, message, shown, hidden) \
  name, form, message, shown, hidden, sizeof message - 1

static const struct
{
  const char *name;
  WsiMessageForm form;
  const char *message, *shown, *hidden;
  gsize       length;
} messages[] = {
  { ROW ("nothing", WSI_MESSAGE_TEXT, "", "", "") },
  { ROW ("no-secret", WSI_MESSAGE_TEXT, "{\"a\":\"b\"}", "{\"a\":\"b\"}", "") },
  { ROW ("member", WSI_MESSAGE_TEXT, "{\"user\":\"me\",\"password\":\"hunter2\"}", "{\"user\":\"me\",\"password\":\"xxxxxxx\"}",
         "password 1|") },
  { ROW ("passcode", WSI_MESSAGE_TEXT, "{\"passcode\":\"a\"}", "{\"passcode\":\"x\"}", "passcode 1|") },
  { ROW ("escaped-name", WSI_MESSAGE_TEXT, "{\"\\u0070assword\":\"a\"}", "{\"\\u0070assword\":\"x\"}", "password 1|") },
  { ROW ("name-of-escapes", WSI_MESSAGE_TEXT, "{\"\\u0074\\u006f\\u006b\\u0065\\u006e\":\"a\"}",
         "{\"\\u0074\\u006f\\u006b\\u0065\\u006e\":\"x\"}", "token 1|") },
  { ROW ("any-letter-case", WSI_MESSAGE_TEXT, "{\"PassWord\":\"a\"}", "{\"PassWord\":\"x\"}", "PassWord 1|") },
  { ROW ("escapes-and-letters", WSI_MESSAGE_TEXT, "{\"token\":\"a\\\"\\\\\xc3\xa4\"}", "{\"token\":\"xxxxxxx\"}", "token 1|") },
  { ROW ("empty-value", WSI_MESSAGE_TEXT, "{\"token\":\"\"}", "{\"token\":\"\"}", "") },
  { ROW ("numbers", WSI_MESSAGE_TEXT, "{\"pwd\":-70.25e9,\"otp\":0}", "{\"pwd\":-11.11e1,\"otp\":1}", "otp 1|pwd 1|") },
  { ROW ("words-of-the-format", WSI_MESSAGE_TEXT, "{\"pwd\":true,\"otp\":null}", "{\"pwd\":true,\"otp\":null}", "") },
  { ROW ("list-and-object", WSI_MESSAGE_TEXT, "{\"tokens\":[\"a\",{\"b\":\"c\",\"d\":[12]}],\"e\":\"f\"}",
         "{\"tokens\":[\"x\",{\"b\":\"x\",\"d\":[11]}],\"e\":\"f\"}", "tokens 3|") },
  { ROW ("name-within-a-secret", WSI_MESSAGE_TEXT, "{\"credentials\":{\"password\":\"a\"}}", "{\"credentials\":{\"password\":\"x\"}}",
         "credentials 1|") },
  { ROW ("equal-names", WSI_MESSAGE_TEXT, "{\"pwd\":\"a\",\"pwd\":\"b\"}", "{\"pwd\":\"x\",\"pwd\":\"x\"}", "pwd 2|") },
  { ROW ("code-of-a-word", WSI_MESSAGE_TEXT, "{\"code\":\"not-found\",\"code\":1006}", "{\"code\":\"not-found\",\"code\":1006}", "") },
  { ROW ("code-that-looks-random", WSI_MESSAGE_TEXT, "{\"code\":\"Ab3dEf7hIj1lMn5p\"}", "{\"code\":\"xxxxxxxxxxxxxxxx\"}", "code 1|") },
  { ROW ("key-of-a-word", WSI_MESSAGE_TEXT, "{\"key\":\"ArrowLeft\"}", "{\"key\":\"ArrowLeft\"}", "") },
  { ROW ("key-that-looks-random", WSI_MESSAGE_TEXT, "{\"publicKey\":\"Ab3dEf7hIj1lMn5p\"}", "{\"publicKey\":\"xxxxxxxxxxxxxxxx\"}",
         "publicKey 1|") },
  { ROW ("author-is-none", WSI_MESSAGE_TEXT, "{\"author\":\"a\"}", "{\"author\":\"a\"}", "") },
  { ROW ("name-of-the-user", WSI_MESSAGE_TEXT, "{\"Iban\":\"a\"}", "{\"Iban\":\"x\"}", "Iban 1|") },
  { ROW ("json-in-json", WSI_MESSAGE_TEXT, "{\"a\":\"{\\\"password\\\":\\\"b\\\"}\",\"c\":\"d\"}",
         "{\"a\":\"xxxxxxxxxxxxxxxxxxxx\",\"c\":\"d\"}", "a 1|") },
  { ROW ("json-in-json-without-a-secret", WSI_MESSAGE_TEXT, "{\"a\":\"{\\\"b\\\":\\\"token\\\"}\"}",
         "{\"a\":\"{\\\"b\\\":\\\"token\\\"}\"}",
         "") },
  { ROW ("json-with-an-escaped-name-in-json", WSI_MESSAGE_TEXT, "{\"a\":\"{\\\"\\\\u0070wd\\\":\\\"b\\\"}\"}",
         "{\"a\":\"xxxxxxxxxxxxxxxxxxxxx\"}",
         "a 1|") },
  { ROW ("base64-in-json", WSI_MESSAGE_TEXT, "{\"a\":\"eyJwYXNzd29yZCI6ImIifQ==\"}", "{\"a\":\"xxxxxxxxxxxxxxxxxxxxxxxx\"}", "a 1|") },
  { ROW ("base64", WSI_MESSAGE_TEXT, "eyJwYXNzd29yZCI6Imh1bnRlcjIifQ==", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "payload 1|") },
  { ROW ("base64-without-a-secret", WSI_MESSAGE_TEXT, "eyJhYWFhYWFhYSI6Imh1bnRlcjIifQ==", "eyJhYWFhYWFhYSI6Imh1bnRlcjIifQ==", "") },
  { ROW ("cut-in-a-value", WSI_MESSAGE_TEXT, "{\"a\":\"b\",\"password\":\"hunt", "{\"a\":\"b\",\"password\":xxxxx", "payload 1|") },
  { ROW ("cut-in-a-number", WSI_MESSAGE_TEXT, "{\"a\":[],\"pin_token\":[12,3.",
         "{\"a\":[],\"pin_token\":[11,xx", "payload 1|pin_token 1|") },
  { ROW ("what-json-cannot-read", WSI_MESSAGE_TEXT, "{\"a\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16],\"token\":hunter2}",
         "{\"a\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16],\"token\":xxxxxxxx", "payload 1|") },
  { ROW ("json-rpc", WSI_MESSAGE_TEXT, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\",\"params\":{\"token\":\"b\"}}",
         "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\",\"params\":{\"token\":\"x\"}}", "token 1|") },
  { ROW ("socket-io", WSI_MESSAGE_TEXT, "42[\"login\",{\"password\":\"a\"}]", "42[\"login\",{\"password\":\"x\"}]", "password 1|") },
  { ROW ("signalr", WSI_MESSAGE_TEXT, "{\"type\":1,\"target\":\"a\",\"arguments\":[{\"token\":\"b\"}]}\x1e",
         "{\"type\":1,\"target\":\"a\",\"arguments\":[{\"token\":\"x\"}]}\x1e", "token 1|") },
  { ROW ("sockjs", WSI_MESSAGE_TEXT, "a[\"{\\\"token\\\":\\\"b\\\"}\",\"c\"]", "a[\"xxxxxxxxxxxxxxxxx\",\"c\"]", "[0] 1|") },
  { ROW ("stomp", WSI_MESSAGE_TEXT, STOMP_BEGIN "login:me\npasscode:a:b\n\n", STOMP_BEGIN "login:me\npasscode:xxx\n\n", "passcode 1|") },
  { ROW ("stomp-with-json", WSI_MESSAGE_TEXT, "SEND\ndestination:/a\n\n{\"token\":\"b\"}", "SEND\ndestination:/a\n\n{\"token\":\"x\"}",
         "token 1|") },
  { ROW ("xml-element", WSI_MESSAGE_TEXT, "<a><Password>b&amp;c</Password><d>e</d></a>", "<a><Password>xxxxxxx</Password><d>e</d></a>",
         "Password 1|") },
  { ROW ("xml-attribute", WSI_MESSAGE_TEXT, "<a b=\"c\" token=\"d\"/>", "<a b=\"c\" token=\"x\"/>", "@token 1|") },
  { ROW ("xml-with-a-prefix", WSI_MESSAGE_TEXT, "<w:a><w:sid><![CDATA[b]]></w:sid></w:a>", "<w:a><w:sid><![CDATA[x]]></w:sid></w:a>",
         "w:sid 1|") },
  { ROW ("json-in-xml", WSI_MESSAGE_TEXT, "<a><b>{&quot;token&quot;:1}</b></a>", "<a><b>xxxxxxxxxxxxxxxxxxxxx</b></a>", "payload 1|") },
  { ROW ("text-is-not-read", WSI_MESSAGE_TEXT, "my password is hunter2", "my password is hunter2", "unread") },
  { ROW ("msgpack", WSI_MESSAGE_BINARY, "\x82\xa5token\xa2" "ab\xa1" "c\xa1" "d", "\x82\xa5token\xa2xx\xa1" "c\xa1" "d", "token 1|") },
  { ROW ("msgpack-bytes-and-numbers", WSI_MESSAGE_BINARY, "\x83\xa3pwd\xc4\x02\x01\x02\xa3otp\xcd\x01\x02\xa3sid\x07",
         "\x83\xa3pwd\xc4\x02xx\xa3otp\xcd" "11" "\xa3sid\x01", "otp 1|pwd 1|sid 1|") },
  { ROW ("cbor", WSI_MESSAGE_BINARY, "\xa2\x65token\x62" "ab\x61" "c\x61" "d", "\xa2\x65token\x62xx\x61" "c\x61" "d", "token 1|") },
  { ROW ("cbor-in-pieces", WSI_MESSAGE_BINARY, "\xa1\x7f\x62to\x63ken\xff\x7f\x61" "a\x62" "bc\xff",
         "\xa1\x7f\x62to\x63ken\xff\x7f\x61x\x62xx\xff", "token 2|") },
  { ROW ("cbor-numbers", WSI_MESSAGE_BINARY, "\xa2\x63pwd\x19\x12\x34\x63otp\x25", "\xa2\x63pwd\x19" "11" "\x63otp\x21", "otp 1|pwd 1|") },
  { ROW ("mqtt-connect", WSI_MESSAGE_BINARY, "\x10\x13\x00\x04MQTT\x04\xc2\x00<\x00\x01" "a\x00\x01" "b\x00\x01" "c",
         "\x10\x13\x00\x04MQTT\x04\xc2\x00<\x00\x01" "a\x00\x01" "b\x00\x01x", "password 1|") },
  { ROW ("mqtt-payload", WSI_MESSAGE_BINARY, "\x30\x10\x00\x01" "a{\"token\":\"b\"}",
         "\x30\x10\x00\x01" "a{\"token\":\"x\"}", "token 1|") },
};

static const char *const names[] = { "iban", NULL };

static WsiRedactor *
make_redactor (void)
{
  WsiRedactor *redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);

  wsi_redactor_set_names (redactor, names);
  return redactor;
}

/* before: of messages before, or NULL. */
static GBytes *
hide (WsiRedactor         *redactor,
      WsiMessageForm       form,
      GBytes              *bytes,
      const WsiUnfinished *before,
      WsiUnfinished       *after)
{
  g_autoptr (WsiDescription) description = wsi_description_new ();
  WsiReading reading = { .bytes = bytes, .input = { .form = form, .before = before } };
  GBytes *shown;

  reading.input.at = wsi_bytes_get_data (bytes, &reading.input.length);
  if (before != NULL)
    reading.before = *before;
  if (form == WSI_MESSAGE_BINARY && reading.input.length > 0 && reading.input.at[0] == 0x30)
    reading.input.subprotocol = "mqtt";
  reading.decoder = after != NULL ? wsi_decoder_list_find ("mqtt")
                                  : wsi_decoder_list_guess (&reading.input, NULL, NULL);
  shown = wsi_redactor_asks_for_message (redactor, reading.decoder, reading.input.at,
                                         reading.input.length)
          ? wsi_redactor_hide_message (redactor, &reading) : g_bytes_ref (bytes);
  if (after != NULL)
    {
      wsi_decoder_list_describe (reading.decoder, &reading.input, description);
      *after = description->unfinished;
      if (after->bytes != NULL)
        g_bytes_ref (after->bytes);
    }
  return shown;
}

static char *
print_hidden (WsiRedactor *redactor)
{
  g_autoptr (GPtrArray) hidden = wsi_redactor_list_hidden (redactor);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < hidden->len; i++)
    {
      const WsiHiddenName *name = g_ptr_array_index (hidden, i);

      g_string_append_printf (text, "%s %" G_GUINT64_FORMAT "|", name->name, name->n_values);
    }
  if (wsi_redactor_get_n_unread (redactor) > 0)
    g_string_append (text, "unread");
  return g_string_free (text, FALSE);
}

/* Once, and as the same bytes again if they pass twice: then nothing more is hidden. */
static void
test_message (gconstpointer data)
{
  const gsize i = GPOINTER_TO_SIZE (data);
  gsize length = messages[i].length;
  g_autoptr (WsiRedactor) redactor = make_redactor ();
  g_autoptr (GBytes) bytes = g_bytes_new_static (messages[i].message, length);
  g_autoptr (GBytes) shown = hide (redactor, messages[i].form, bytes, NULL, NULL);
  guint64 n_hidden = wsi_redactor_get_n_hidden (redactor);
  g_autofree char *hidden = print_hidden (redactor);
  g_autoptr (GBytes) again = hide (redactor, messages[i].form, shown, NULL, NULL);
  g_autofree char *text = wsi_text_escape (shown, G_MAXSIZE, WSI_CHARSET_ASCII);
  g_autoptr (GBytes) expected_bytes = g_bytes_new_static (messages[i].shown, length);
  g_autofree char *expected = wsi_text_escape (expected_bytes, G_MAXSIZE, WSI_CHARSET_ASCII);

  g_assert_cmpstr (text, ==, expected);
  g_assert_true (g_bytes_equal (shown, expected_bytes));
  g_assert_cmpstr (hidden, ==, messages[i].hidden);
  g_assert_true (g_bytes_equal (again, shown));
  g_assert_cmpuint (wsi_redactor_get_n_hidden (redactor), ==, n_hidden);
}

/* Cut after each byte: nothing but that which is hidden changes, and never the length. */
static void
test_cut (gconstpointer data)
{
  const gsize i = GPOINTER_TO_SIZE (data);
  gsize length = messages[i].length;

  for (gsize n = 0; n < length; n++)
    {
      g_autoptr (WsiRedactor) redactor = make_redactor ();
      g_autoptr (GBytes) bytes = g_bytes_new (messages[i].message, n);
      g_autoptr (GBytes) shown = hide (redactor, messages[i].form, bytes, NULL, NULL);

      g_assert_cmpuint (g_bytes_get_size (shown), ==, n);
      if (wsi_redactor_get_n_hidden (redactor) == 0)
        g_assert_true (g_bytes_equal (shown, bytes));
      g_assert_true (n == 0 ||
                     memmem (g_bytes_get_data (shown, NULL), n, "\"password\":\"h", 13) == NULL);
    }
}

/* Each part of a password that is in two messages is hidden in its message. */
static void
test_mqtt_in_messages (void)
{
  static const struct
  {
    const char *at, *shown;
    gsize       length;
  } parts[] = {
    { "\x10", "\x10", 1 },
    { "\x19\x00\x04MQTT\x04\xc2\x00<\x00\x01", "\x19\x00\x04MQTT\x04\xc2\x00<\x00\x01", 13 },
    { "a\x00\x01" "b\x00\x07hun", "a\x00\x01" "b\x00\x07xxx", 9 },
    { "ter2", "xxxx", 4 },
  };
  g_autoptr (WsiRedactor) redactor = make_redactor ();
  WsiUnfinished before = { NULL, 0 };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_static (parts[i].at, parts[i].length);
      g_autoptr (GBytes) old = before.bytes;
      WsiUnfinished after = { NULL, 0 };
      g_autoptr (GBytes) shown = hide (redactor, WSI_MESSAGE_BINARY, bytes,
                                       old != NULL ? &before : NULL, &after);

      g_assert_cmpmem (g_bytes_get_data (shown, NULL), g_bytes_get_size (shown),
                       parts[i].shown, parts[i].length);
      before = after;
    }
  g_assert_null (before.bytes);
  g_assert_cmpuint (wsi_redactor_get_n_hidden (redactor), ==, 2);
}

/* Only the default reads messages: strict hides all of them, and none nothing. */
static void
test_levels (void)
{
  static const WsiRedaction levels[] = { WSI_REDACTION_NONE, WSI_REDACTION_STRICT };
  g_autoptr (GBytes) bytes = g_bytes_new_static ("{\"token\":\"a\"}", 13);

  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    {
      g_autoptr (WsiRedactor) redactor = wsi_redactor_new (levels[i]);
      g_autoptr (GBytes) shown = hide (redactor, WSI_MESSAGE_TEXT, bytes, NULL, NULL);

      g_assert_true (g_bytes_equal (shown, bytes));
    }
}

static const struct
{
  const char *name, *text;
  gboolean    is_found;
} searches[] = {
  { "nothing", "", FALSE },
  { "word", "her", TRUE },
  { "part-of-a-word", "he", FALSE },
  { "word-within-others", "xhisx", TRUE },
  { "after-a-false-beginning", "hhershis", TRUE },
  { "end-of-another-word", "usHE", TRUE },
  { "word-within-a-longer-one", "xhery", TRUE },
  { "capitals", "HIS", TRUE },
  { "no-letters-of-a-word", "hi\xd3", FALSE },
  { "name", "a!b", TRUE },
};

static void
test_search (gconstpointer data)
{
  static const char *const words[] = { "she", "his", "her", "xherz", "", NULL };
  static const char *const more[] = { "a!b", NULL };
  const gsize i = GPOINTER_TO_SIZE (data);
  WsiWordFinder *finder = wsi_word_finder_new (words, more);
  const guint8 *at = (const guint8 *) searches[i].text;
  const gsize length = strlen (searches[i].text);

  for (gsize cut = 0; cut <= length; cut++)
    {
      guint state = 0;

      wsi_word_finder_find (finder, &state, at, cut);
      g_assert_cmpint (wsi_word_finder_find (finder, &state, at + cut, length - cut), ==,
                       searches[i].is_found);
    }
  wsi_word_finder_free (finder);
}

#define LONG 150

/* At each place of a long text, which may be cut at each place. */
static void
test_long_search (gconstpointer data)
{
  static const char *const words[] = { "she", "his", "her", "xherz", "", NULL };
  static const char *const more[] = { "a!b", NULL };
  const gsize i = GPOINTER_TO_SIZE (data), n = strlen (searches[i].text);
  WsiWordFinder *finder = wsi_word_finder_new (words, more);

  for (gsize place = 0; place + n <= LONG; place++)
    for (gsize cut = 0; cut <= LONG; cut += 7)
      {
        guint8 text[LONG];
        guint state = 0;

        memset (text, 'q', LONG);
        memcpy (text + place, searches[i].text, n);
        wsi_word_finder_find (finder, &state, text, cut);
        g_assert_cmpint (wsi_word_finder_find (finder, &state, text + cut, LONG - cut), ==,
                         searches[i].is_found);
      }
  wsi_word_finder_free (finder);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      g_autofree char *path = g_strconcat ("/inspector/redactor-payload/hidden/", messages[i].name,
                                           NULL);
      g_autofree char *cut = g_strconcat ("/inspector/redactor-payload/cut/", messages[i].name,
                                          NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_message);
      g_test_add_data_func (cut, GSIZE_TO_POINTER (i), test_cut);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (searches); i++)
    {
      g_autofree char *path = g_strconcat ("/inspector/redactor-payload/words/", searches[i].name,
                                           NULL);

      g_autofree char *long_path = g_strconcat ("/inspector/redactor-payload/words-in-long-texts/",
                                                searches[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_search);
      g_test_add_data_func (long_path, GSIZE_TO_POINTER (i), test_long_search);
    }
  g_test_add_func ("/inspector/redactor-payload/mqtt-in-four-messages", test_mqtt_in_messages);
  g_test_add_func ("/inspector/redactor-payload/other-levels-read-no-message", test_levels);

  return g_test_run ();
}
