/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A message as a user writes it: how it is read, and where its errors are. */
#include "inspect/compose/wsi-draft.h"
#include "inspect/compose/wsi-frame-draft.h"

#include <libwsproto/observe/wsp-fault.h>
#include <string.h>

#include "inspect/decode/wsi-hex.h"
#include "inspect/decode/wsi-text-error.h"
#include "inspect/sources/sending/wsi-close-words.h"
#include "lib/rows.h"

#define TEXT WSP_MESSAGE_TYPE_TEXT
#define BINARY WSP_MESSAGE_TYPE_BINARY
#define NOWHERE G_MAXSIZE
#define LONG_LENGTH 200

static const struct
{
  const char    *name;
  WsiDraftForm   form;
  WspMessageType message_type;
  const char    *text;
  const char    *bytes;         /* bytes of the message in hex; NULL: the draft is refused */
  gsize          at;            /* position of the error in the text */
  const char    *error;         /* part of the error's text */
} drafts[] = {
  { "text", WSI_FORM_TEXT, TEXT, "a\nb", "61 0a 62", 0, NULL },
  { "nothing-is-an-empty-message", WSI_FORM_TEXT, TEXT, "", "", 0, NULL },
  { "json-is-sent-as-it-is-written", WSI_FORM_JSON, TEXT, "{ \"a\":1}", "7b 20 22 61 22 3a 31 7d", 0, NULL },
  { "json-error-has-its-column", WSI_FORM_JSON, TEXT, "{\"a\":1,\n \"b\" 2}", NULL, 13,
    "line 2, column 6: expected a colon, received '2'" },
  { "json-that-is-not-finished", WSI_FORM_JSON, TEXT, "[1,", NULL, 3,
    "line 1, column 4: expected the rest of the value, received the end" },
  { "json-with-more-behind", WSI_FORM_JSON, TEXT, "1 2", NULL, 2, "expected nothing after the value, received '2'" },
  { "hex", WSI_FORM_HEX, BINARY, "00 ff\n0xca,fe", "00 ff ca fe", 0, NULL },
  { "hex-error-has-its-column", WSI_FORM_HEX, BINARY, "00 ff\nca fe 0g", NULL, 13,
    "line 2, column 8: expected a hexadecimal digit, received 'g'" },
  { "hex-of-half-a-byte", WSI_FORM_HEX, BINARY, "00 f", NULL, 4, "column 5: expected a hexadecimal digit, received the end" },
  { "columns-count-characters", WSI_FORM_HEX, BINARY, "ff,\xc3\xa9", NULL, 3,
    "column 4: expected a hexadecimal digit, received '\xc3\xa9'" },
  { "base64", WSI_FORM_BASE64, BINARY, "AP/K\n/g==", "00 ff ca fe", 0, NULL },
  { "base64-of-urls-without-padding", WSI_FORM_BASE64, BINARY, "AP_K_g", "00 ff ca fe", 0, NULL },
  { "base64-error-has-its-column", WSI_FORM_BASE64, BINARY, "AP/K\n*", NULL, 5,
    "line 2, column 1: expected a base64 character, received '*'" },
  { "base64-of-one-character-too-many", WSI_FORM_BASE64, BINARY, "AAAAA", NULL, 5, "expected another base64 character, received the end" },
  { "base64-with-padding-of-nothing", WSI_FORM_BASE64, BINARY, "AAAA====", NULL, 4, "expected a base64 character, received '='" },
  { "base64-with-too-much-padding", WSI_FORM_BASE64, BINARY, "AAA==", NULL, 4, "expected the end, received '='" },
  { "base64-with-too-little-padding", WSI_FORM_BASE64, BINARY, "AA=", NULL, 3, "expected another =, received the end" },
  { "bytes-that-are-no-text", WSI_FORM_HEX, TEXT, "61 ff", NULL, NOWHERE, "expected UTF-8, received 0xff as byte 2" },
  { "counter", WSI_FORM_TEXT, TEXT, "n{{counter}}", "6e 37", 0, NULL },
  { "counter-in-json", WSI_FORM_JSON, TEXT, "[{{counter}}]", "5b 37 5d", 0, NULL },
  { "counter-is-the-same-in-one-message", WSI_FORM_TEXT, TEXT, "{{counter}}{{counter}}", "37 37", 0, NULL },
  { "escaped-braces", WSI_FORM_TEXT, TEXT, "\\{{counter}}", "7b 7b 63 6f 75 6e 74 65 72 7d 7d", 0, NULL },
  { "braces-without-a-name", WSI_FORM_TEXT, TEXT, "{{ a }}", "7b 7b 20 61 20 7d 7d", 0, NULL },
  { "braces-around-nothing", WSI_FORM_TEXT, TEXT, "{{}}", "7b 7b 7d 7d", 0, NULL },
  { "braces-that-stay-open", WSI_FORM_TEXT, TEXT, "{{time}", "7b 7b 74 69 6d 65 7d", 0, NULL },
  { "beginning-of-a-variable", WSI_FORM_TEXT, TEXT, "{{count}}", NULL, 2, "expected counter, time or uuid" },
  { "values-are-not-expanded-again", WSI_FORM_TEXT, TEXT, "{{{{counter}}}}", "7b 7b 37 7d 7d", 0, NULL },
  { "unknown-variable", WSI_FORM_TEXT, TEXT, "a {{conter}}", NULL, 4, "expected counter, time or uuid" },
  { "error-behind-a-variable-has-the-column-of-the-text", WSI_FORM_JSON, TEXT, "[{{counter}} x]", NULL, 13, "column 14: expected a comma" },
  { "error-in-a-variable-is-at-its-braces", WSI_FORM_JSON, TEXT, "[\n{{uuid}}]", NULL, 2, "line 2, column 1: expected" },
  { "no-variables-in-hex", WSI_FORM_HEX, BINARY, "{{counter}}", NULL, 0, "received '{'" },
  { "text-that-is-no-utf-8", WSI_FORM_TEXT, TEXT, "a\xff", NULL, 1, "expected UTF-8, received the byte 0xff" },
  { "hidden-characters-have-their-number", WSI_FORM_HEX, BINARY, "\xe2\x80\xae", NULL, 0, "received U+202E" },
};

static void
test_draft (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data), at = NOWHERE;
  g_autoptr (WsiDraft) draft = wsi_draft_new (drafts[i].form, drafts[i].message_type,
                                              drafts[i].text);
  WsiVariables variables = { .counter = 7 };
  g_autoptr (GError) error = NULL;
  WsiDraftField wrong;
  g_autoptr (WsiOutgoing) outgoing = wsi_draft_make_outgoing (draft, &variables, &wrong, &error);
  g_autofree char *line = outgoing != NULL ? wsi_hex_line (outgoing->payload, G_MAXSIZE) : NULL;

  g_assert_cmpstr (line, ==, drafts[i].bytes);
  g_assert_cmpuint (variables.counter, ==, outgoing != NULL ? 8 : 7);
  if (outgoing != NULL)
    return;

  wsi_text_error_get_place (error, &at);
  g_assert_cmpuint (at, ==, drafts[i].at);
  g_assert_nonnull (strstr (error->message, drafts[i].error));
  g_assert_cmpint (wrong, ==, WSI_DRAFT_FIELD_TEXT);
}

static const struct
{
  const char *name, *text;
  guint       n;                /* number of fragments; G_MAXUINT: refused */
  guint       last;
} fragments[] = {
  { "nothing-is-one-frame", " ", 0, 0 },
  { "one-length-is-that-of-all", "5", 1, 5 },
  { "several", "1, 2,3", 3, 3 },
  { "largest", "65535", 1, 65535 },
  { "too-large", "65536", G_MAXUINT, 0 },
  { "overflow", "99999999999999999999999", G_MAXUINT, 0 },
  { "zero", "0", G_MAXUINT, 0 },
  { "negative", "-1", G_MAXUINT, 0 },
  { "words", "x", G_MAXUINT, 0 },
  { "comma-at-the-end", "1,", G_MAXUINT, 0 },
  { "no-comma", "1 2", G_MAXUINT, 0 },
};

static void
test_fragments (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data), at = 0;
  g_autoptr (WsiDraft) draft = wsi_draft_new (WSI_FORM_TEXT, TEXT, "Hello");
  WsiVariables variables = WSI_VARIABLES_BEGIN;
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiOutgoing) outgoing = NULL;
  WsiDraftField wrong;

  g_free (draft->fragments);
  draft->fragments = g_strdup (fragments[i].text);
  outgoing = wsi_draft_make_outgoing (draft, &variables, &wrong, &error);
  if (fragments[i].n == G_MAXUINT)
    {
      g_assert_true (wsi_text_error_get_place (error, &at));
      g_assert_cmpint (wrong, ==, WSI_DRAFT_FIELD_FRAGMENTS);
      return;
    }

  g_assert_no_error (error);
  g_assert_cmpuint (outgoing->n_fragments, ==, fragments[i].n);
  if (fragments[i].n > 0)
    g_assert_cmpuint (outgoing->fragments[fragments[i].n - 1], ==, fragments[i].last);
}

static void
test_counter_end (void)
{
  g_autoptr (WsiDraft) draft = wsi_draft_new (WSI_FORM_TEXT, TEXT, "{{counter}}");
  g_autoptr (WsiDraft) no_counter = wsi_draft_new (WSI_FORM_TEXT, TEXT, "Hello");
  WsiVariables variables = { .counter = G_MAXUINT64 - 1 };
  g_autoptr (GError) error = NULL;
  WsiDraftField wrong;
  g_autoptr (WsiOutgoing) without = NULL;
  g_autoptr (WsiOutgoing) last = wsi_draft_make_outgoing (draft, &variables, &wrong, &error);

  g_assert_no_error (error);
  g_assert_null (wsi_draft_make_outgoing (draft, &variables, &wrong, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  without = wsi_draft_make_outgoing (no_counter, &variables, &wrong, &error);
  g_assert_no_error (error);
}

static void
test_too_long (void)
{
  g_autofree char *text = g_strnfill (WSI_DRAFT_MAX_TEXT + 1, 'a');
  g_autoptr (WsiDraft) draft = wsi_draft_new (WSI_FORM_HEX, BINARY, text);
  WsiVariables variables = WSI_VARIABLES_BEGIN;
  g_autoptr (GError) error = NULL;
  WsiDraftField wrong;

  g_assert_null (wsi_draft_make_outgoing (draft, &variables, &wrong, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE);
}

static void
test_no_file (void)
{
  g_autofree char *text = g_strnfill (WSI_DRAFT_MAX_TEXT + 1, 'a');
  const char *const paths[] = { "", text };
  WsiVariables variables = WSI_VARIABLES_BEGIN;

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (WsiDraft) draft = wsi_draft_new (WSI_FORM_FILE, BINARY, paths[i]);
      g_autoptr (GError) error = NULL;
      WsiDraftField wrong;

      g_assert_null (wsi_draft_make_outgoing (draft, &variables, &wrong, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
      g_assert_cmpint (wrong, ==, WSI_DRAFT_FIELD_TEXT);
    }
}

/* Random values differ, and have their form. */
static void
test_values (void)
{
  const WsiVariables variables = WSI_VARIABLES_BEGIN;
  g_autoptr (WsiExpansion) made = wsi_variables_expand (&variables, "{{uuid}} {{uuid}} {{time}}",
                                                        NULL);
  /* A byte before the text is none of it. */
  g_autoptr (WsiExpansion) behind = wsi_variables_expand (&variables, &"\\{{uuid}}"[1], NULL);
  g_auto (GStrv) words = g_strsplit (made->text->str, " ", -1);
  g_autoptr (GDateTime) time = g_date_time_new_from_iso8601 (words[2], NULL);

  g_assert_true (g_uuid_string_is_valid (words[0]) && g_uuid_string_is_valid (words[1]));
  g_assert_cmpstr (words[0], !=, words[1]);
  g_assert_true (g_uuid_string_is_valid (behind->text->str));
  g_assert_nonnull (time);
}

/* Braces of a peer are sent as they are, whatever is before them. */
static void
test_payload (void)
{
  static const char *const texts[] = {
    "a {{uuid}}", "\\{{uuid}}", "{{{{uuid}}", "{{{x}}}", "{", "",
  };
  WsiVariables variables = WSI_VARIABLES_BEGIN;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GBytes) payload = g_bytes_new (texts[i], strlen (texts[i]));
      g_autoptr (WsiDraft) draft = wsi_draft_new_of_payload (TEXT, payload, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) back = wsi_draft_read (draft, &variables, &error);

      g_assert_no_error (error);
      g_assert_cmpint (draft->form, ==, WSI_FORM_TEXT);
      g_assert_true (g_bytes_equal (payload, back));
    }
}

static void
test_binary_payload (void)
{
  g_autoptr (GBytes) payload = g_bytes_new_static ("\x00\xff{{", 4);
  g_autoptr (WsiDraft) draft = wsi_draft_new_of_payload (TEXT, payload, NULL);
  WsiVariables variables = WSI_VARIABLES_BEGIN;
  g_autoptr (GBytes) back = wsi_draft_read (draft, &variables, NULL);

  g_assert_cmpint (draft->form, ==, WSI_FORM_HEX);
  g_assert_true (g_bytes_equal (payload, back));
}

static const struct
{
  const char *name, *word;
  guint       code;             /* close code; 0: refused */
  const char *reason;
} closes[] = {
  { "nothing-is-1000", NULL, 1000, NULL },
  { "code", "1001", 1001, NULL },
  { "reason", "3000:a:b", 3000, "a:b" },
  { "reserved", "1005", 0, NULL },
  { "beyond", "65536", 0, NULL },
  { "no-code", ":a", 0, NULL },
  { "reason-that-is-no-utf-8", "1000:\xff", 0, NULL },
};

static void
test_close (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  guint16 code = 0;
  const char *reason = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (wsi_close_words_parse (closes[i].word, &code, &reason, &error) ==
                 (closes[i].code != 0));
  g_assert_cmpuint (code, ==, closes[i].code);
  if (closes[i].code != 0)
    g_assert_cmpstr (reason, ==, closes[i].reason);
}

static void
test_close_reason_length (void)
{
  g_autofree char *longest = g_strnfill (WSI_MAX_CLOSE_REASON, 'a');
  g_autofree char *too_long = g_strnfill (WSI_MAX_CLOSE_REASON + 1, 'a');

  g_assert_true (wsi_close_words_check (1000, longest, NULL));
  g_assert_false (wsi_close_words_check (1000, too_long, NULL));
}

/* The codes that are offered may all be sent. */
static void
test_close_codes (void)
{
  for (guint i = 0; wsi_close_codes[i] != 0; i++)
    {
      g_assert_true (wsi_close_words_check (wsi_close_codes[i], NULL, NULL));
      g_assert_nonnull (wsp_close_code_describe (wsi_close_codes[i]));
    }
}

static void
test_ping (void)
{
  WsiVariables variables = WSI_VARIABLES_BEGIN;
  g_autofree char *text = g_strnfill (WSI_MAX_PING + 1, 'p');
  g_autoptr (WsiDraft) draft = wsi_draft_new (WSI_FORM_TEXT, TEXT, text);
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiOutgoing) ping = NULL;

  g_assert_null (wsi_draft_make_ping (draft, &variables, &error));
  g_assert_nonnull (strstr (error->message, "at most 125 bytes, received 126"));
  draft->text[WSI_MAX_PING] = '\0';
  ping = wsi_draft_make_ping (draft, &variables, NULL);
  g_assert_cmpuint (g_bytes_get_size (ping->payload), ==, WSI_MAX_PING);
}

static const struct
{
  const char  *name;
  WsiDraftForm form;
  const char  *text;
  guint        code;            /* close code; 0: refused */
  const char  *reason;          /* close reason, or a part of the error's text */
} close_drafts[] = {
  { "code", WSI_FORM_TEXT, "1001", 1001, NULL },
  { "code-and-reason", WSI_FORM_TEXT, "3000:bye:now", 3000, "bye:now" },
  { "variable", WSI_FORM_TEXT, "3000:{{counter}}", 3000, "1" },
  { "hex-is-a-text-too", WSI_FORM_HEX, "31 30 30 30", 1000, NULL },
  { "nothing", WSI_FORM_TEXT, "", 0, "expected CODE or CODE:REASON" },
  { "words", WSI_FORM_TEXT, "bye", 0, "received \"bye\"" },
  { "code-that-may-not-be-sent", WSI_FORM_TEXT, "1005", 0, "received code 1005" },
  { "bytes", WSI_FORM_HEX, "03 e8", 0, "received bytes" },
  { "nul-does-not-end-it", WSI_FORM_HEX, "31 30 30 30 00 ff", 0, "received bytes" },
  { "file", WSI_FORM_FILE, "/etc/hostname", 0, "as a message only" },
};

static void
test_close_draft (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  WsiVariables variables = WSI_VARIABLES_BEGIN;
  g_autoptr (WsiDraft) draft = wsi_draft_new (close_drafts[i].form, TEXT, close_drafts[i].text);
  g_autoptr (GError) error = NULL;
  WsiDraftField wrong;
  g_autoptr (WsiOutgoing) outgoing = NULL;

  draft->kind = WSI_DRAFT_CLOSE;
  outgoing = wsi_draft_make_outgoing (draft, &variables, &wrong, &error);
  if (close_drafts[i].code == 0)
    {
      g_assert_null (outgoing);
      g_assert_nonnull (strstr (error->message, close_drafts[i].reason));
      return;
    }

  g_assert_no_error (error);
  g_assert_cmpint (outgoing->kind, ==, WSI_OUTGOING_CLOSE);
  g_assert_cmpuint (outgoing->close_code, ==, close_drafts[i].code);
  g_assert_cmpstr (outgoing->reason, ==, close_drafts[i].reason);
}

/* Members that only messages have are not compared. */
static void
test_ping_draft (void)
{
  WsiVariables variables = WSI_VARIABLES_BEGIN;
  g_autoptr (WsiDraft) draft = wsi_draft_new (WSI_FORM_TEXT, TEXT, "{{counter}}");
  WsiDraftField wrong;
  g_autoptr (WsiOutgoing) outgoing = NULL;

  draft->kind = WSI_DRAFT_PING;
  g_free (draft->fragments);
  draft->fragments = g_strdup ("x");
  outgoing = wsi_draft_make_outgoing (draft, &variables, &wrong, NULL);
  g_assert_cmpint (outgoing->kind, ==, WSI_OUTGOING_PING);
  g_assert_cmpuint (outgoing->n_fragments, ==, 0);
  g_assert_cmpuint (variables.counter, ==, 2);
}

static const struct
{
  const char   *name;
  WspRole       sender;
  const char   *fields[6];      /* fields that are set: pairs of number and value */
  const char   *payload;
  const char   *bytes;          /* bytes of the frame in hex; NULL: a field is refused */
  const char   *fault;          /* fault of the frame; NULL: none */
} frames[] = {
  { "server-text", WSP_ROLE_SERVER, { NULL }, "Hi", "81 02 48 69", NULL },
  { "client-text-is-masked", WSP_ROLE_CLIENT, { "9", "0x01020304" }, "Hi", "81 82 01 02 03 04 49 6b", NULL },
  { "client-without-a-mask", WSP_ROLE_CLIENT, { "5", "0" }, "Hi", "81 02 48 69", "frame-not-masked" },
  { "server-with-a-mask", WSP_ROLE_SERVER, { "5", "1", "9", "0" }, "Hi", "81 82 00 00 00 00 48 69", "frame-masked" },
  { "reserved-opcode", WSP_ROLE_SERVER, { "4", "3" }, "", "83 00", "opcode-reserved" },
  { "reserved-bit", WSP_ROLE_SERVER, { "3", "1" }, "", "91 00", "rsv-not-negotiated" },
  { "fragmented-ping", WSP_ROLE_SERVER, { "0", "0", "4", "9" }, "", "09 00", "control-frame-fragmented" },
  { "length-in-16-bits-that-is-short", WSP_ROLE_SERVER, { "6", "126" }, "Hi", "81 7e 00 02 48 69", "length-not-shortest" },
  { "length-in-64-bits-that-is-short", WSP_ROLE_SERVER, { "6", "127" }, "Hi", "81 7f 00 00 00 00 00 00 00 02 48 69",
    "length-not-shortest" },
  { "length-with-the-top-bit", WSP_ROLE_SERVER, { "6", "127", "8", "0x8000000000000000" }, "", "81 7f 80 00 00 00 00 00 00 00",
    "length-top-bit-set" },
  { "close-of-one-byte", WSP_ROLE_SERVER, { "4", "8" }, "x", "88 01 78", "close-length-one" },
  { "announces-more", WSP_ROLE_SERVER, { "6", "5" }, "Hi", "81 05 48 69", NULL },
  { "announces-less", WSP_ROLE_SERVER, { "6", "1" }, "Hi", "81 01 48 69", NULL },
  { "bit-of-2-is-refused", WSP_ROLE_SERVER, { "0", "2" }, "", NULL, NULL },
  { "opcode-of-16-is-refused", WSP_ROLE_SERVER, { "4", "16" }, "", NULL, NULL },
  { "word-is-refused", WSP_ROLE_SERVER, { "4", "text" }, "", NULL, NULL },
  { "hex-in-capitals", WSP_ROLE_SERVER, { "4", "0XA" }, "", "8a 00", NULL },
  { "payload-is-refused", WSP_ROLE_SERVER, { "10", "0" }, "", NULL, NULL },
  { "rest-is-refused", WSP_ROLE_SERVER, { "11", "0" }, "", NULL, NULL },
};

static gboolean
set_fields (WsiFrameDraft     *draft,
            const char *const *fields)
{
  gboolean is_set = TRUE;

  for (guint i = 0; i + 1 < G_N_ELEMENTS (frames[0].fields) && fields[i] != NULL; i += 2)
    is_set = is_set && wsi_frame_draft_set_field (draft, atoi (fields[i]), fields[i + 1], NULL);
  return is_set;
}

static void
test_frame (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (WsiFrameDraft) draft;
  g_autoptr (GBytes) payload = g_bytes_new (frames[i].payload, strlen (frames[i].payload));
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *line = NULL;
  guint faults[WSI_MAX_FAULTS], n_faults;
  WsiFrameLayout layout;
  gboolean is_found = FALSE;

  wsi_frame_draft_init (&draft, frames[i].sender);
  wsi_frame_draft_set_payload (&draft, payload);
  g_assert_true (set_fields (&draft, frames[i].fields) == (frames[i].bytes != NULL));
  if (frames[i].bytes == NULL)
    return;

  bytes = wsi_frame_draft_write (&draft);
  line = wsi_hex_line (bytes, G_MAXSIZE);
  g_assert_cmpstr (line, ==, frames[i].bytes);
  n_faults = wsi_frame_draft_check (&draft, frames[i].sender, NULL, faults);
  for (guint j = 0; j < n_faults; j++)
    is_found |= g_strcmp0 (wsp_fault_get_name (faults[j]), frames[i].fault) == 0;
  g_assert_true (frames[i].fault != NULL ? is_found : n_faults == 0);

  wsi_frame_draft_get_layout (&draft, &layout);
  g_assert_cmpuint (layout.parts[4].value, ==, draft.header.opcode);
}

static void
test_frame_missing (void)
{
  g_auto (WsiFrameDraft) draft;
  g_autoptr (GBytes) payload = g_bytes_new_static ("Hello", 5);

  wsi_frame_draft_init (&draft, WSP_ROLE_SERVER);
  wsi_frame_draft_set_payload (&draft, payload);
  g_assert_cmpint (wsi_frame_draft_count_missing (&draft), ==, 0);
  wsi_frame_draft_set_field (&draft, WSI_FRAME_FIELD_LENGTH, "7", NULL);
  g_assert_cmpint (wsi_frame_draft_count_missing (&draft), ==, 2);
  wsi_frame_draft_set_field (&draft, WSI_FRAME_FIELD_LENGTH, "1", NULL);
  g_assert_cmpint (wsi_frame_draft_count_missing (&draft), ==, -4);
}

/* A payload that becomes longer changes the form of its length, and the key stays. */
static void
test_frame_grows (void)
{
  g_auto (WsiFrameDraft) draft;
  g_autofree char *text = g_strnfill (LONG_LENGTH, 'a');
  g_autoptr (GBytes) payload = g_bytes_new (text, LONG_LENGTH);
  guint faults[WSI_MAX_FAULTS];

  wsi_frame_draft_init (&draft, WSP_ROLE_CLIENT);
  wsi_frame_draft_set_payload (&draft, payload);
  g_assert_cmpuint (draft.header.header_length, ==, 8);
  g_assert_cmpuint (wsi_frame_draft_check (&draft, WSP_ROLE_CLIENT, NULL, faults), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROWS ("/inspector/compose/draft", drafts, test_draft);
  ADD_ROWS ("/inspector/compose/fragments", fragments, test_fragments);
  ADD_ROWS ("/inspector/compose/close", closes, test_close);
  ADD_ROWS ("/inspector/compose/frame", frames, test_frame);
  g_test_add_func ("/inspector/compose/close/reason-of-123-bytes-at-most",
                   test_close_reason_length);
  g_test_add_func ("/inspector/compose/close/each-code-that-is-offered-may-be-sent",
                   test_close_codes);
  g_test_add_func ("/inspector/compose/draft/too-long-is-for-a-file", test_too_long);
  g_test_add_func ("/inspector/compose/draft/file-needs-its-path", test_no_file);
  g_test_add_func ("/inspector/compose/variables/counter-ends", test_counter_end);
  g_test_add_func ("/inspector/compose/variables/values", test_values);
  g_test_add_func ("/inspector/compose/payload/text-comes-back-as-it-was", test_payload);
  g_test_add_func ("/inspector/compose/payload/bytes-come-back-as-they-were", test_binary_payload);
  ADD_ROWS ("/inspector/compose/close/draft", close_drafts, test_close_draft);
  g_test_add_func ("/inspector/compose/ping/draft", test_ping_draft);
  g_test_add_func ("/inspector/compose/ping/payload-of-125-bytes-at-most", test_ping);
  g_test_add_func ("/inspector/compose/frame/announced-and-real-length", test_frame_missing);
  g_test_add_func ("/inspector/compose/frame/grows-with-its-payload", test_frame_grows);
  return g_test_run ();
}
