/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "base/wsp-error-private.h"
#include "limits/wsp-limits-private.h"
#include "session/wsp-session-lend-private.h"

static const struct
{
  WscFault    fault;
  const char *name;
  guint       close_code;
} fault_cases[] = {
  { WSC_FAULT_CONTROL_FRAME_FRAGMENTED, "malformed", 1002 },
  { WSC_FAULT_CONTINUATION_WITHOUT_MESSAGE, "out-of-sequence", 1002 },
  { WSC_FAULT_TEXT_NOT_UTF8, "utf8", 1007 },
  { WSC_FAULT_MESSAGE_TOO_BIG, "too-big", 1009 },
  { WSC_FAULT_TOO_MANY_FRAGMENTS, "too-many", 1008 },
  { WSC_FAULT_ANSWER_EXTENSION_NOT_OFFERED, "extension", 0 },
  { WSC_FAULT_ANSWER_PROTOCOL_NOT_OFFERED, "subprotocol", 0 },
  { WSC_FAULT_VERSION_NOT_13, "version", 0 },
  { WSC_FAULT_NOT_OPEN_YET, "moment", 0 },
  { WSC_FAULT_TEXT_TO_SEND_NOT_UTF8, "argument", 0 },
  { WSC_FAULT_OUT_OF_MEMORY, "memory", 1011 },
};

static GError *
error_of (WscFault fault,
          guint64  number)
{
  WspSessionOptions *options = wsp_limits_ref_options (wsp_limits_get_default (), 0);
  GError *error = NULL;

  wsp_error_from_fault (&error, fault, number, &options->options);
  wsp_session_options_unref (options);
  return error;
}

static void
test_columns (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (fault_cases); i++)
    {
      g_autoptr (GError) error = error_of (fault_cases[i].fault, 0);
      g_autoptr (GError) copy = g_error_copy (error);

      g_test_message ("%s", fault_cases[i].name);
      g_assert_true (error->domain == WSP_ERROR);
      g_assert_cmpstr (error->message, ==, wsc_fault_get_text (fault_cases[i].fault));
      g_assert_cmpuint (wsp_error_to_close_code (copy), ==, fault_cases[i].close_code);
    }
}

static void
test_every_fault (void)
{
  for (guint i = WSC_FAULT_PARTIAL + 1; i < WSC_N_FAULTS; i++)
    {
      g_autoptr (GError) error = error_of ((WscFault) i, 0);

      g_assert_true (g_str_has_prefix (error->message, wsc_fault_get_text ((WscFault) i)));
      g_assert_true (error->domain == WSP_ERROR || error->domain == G_IO_ERROR);
      if (error->domain == WSP_ERROR)
        g_assert_cmpuint (wsp_error_to_close_code (error), ==,
                          wsc_fault_get_close_code ((WscFault) i));
    }
}

static void
test_words_of_gio (void)
{
  g_autoptr (GError) cancelled = error_of (WSC_FAULT_CANCELLED, 0);
  g_autoptr (GError) timed_out = error_of (WSC_FAULT_PEER_NOT_RESPONDING, 0);
  g_autoptr (GError) memory = error_of (WSC_FAULT_OUT_OF_MEMORY, 0);

  g_assert_error (cancelled, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_error (timed_out, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_error (memory, WSP_ERROR, WSP_ERROR_FAILED);
  g_assert_cmpuint (wsp_error_to_close_code (cancelled), ==, 0);
  g_assert_cmpuint (wsp_error_to_close_code (timed_out), ==, 0);
}

static const struct
{
  WscFault    fault;
  const char *end;
} limit_cases[] = {
  { WSC_FAULT_FRAME_TOO_BIG, ": 7, limit 16777216" },
  { WSC_FAULT_MESSAGE_TOO_BIG, ": 7, limit 16777216" },
  { WSC_FAULT_TOO_MANY_FRAGMENTS, ": 7, limit 131072" },
  { WSC_FAULT_TOO_MANY_PINGS, ": 7, limit 0" },
  { WSC_FAULT_INFLATE_RATIO_TOO_HIGH, ": 7, limit 0" },
  { WSC_FAULT_PEER_NOT_RESPONDING, ": 7, limit 20000" },
  { WSC_FAULT_HEAD_TOO_BIG, ": 7, limit 16384" },
  { WSC_FAULT_LINE_TOO_LONG, ": 7, limit 16384" },
  { WSC_FAULT_TOO_MANY_FIELDS, ": 7, limit 100" },
  /* Constants: a program cannot change them. */
  { WSC_FAULT_TOO_MANY_PROTOCOLS, ": 7, limit 32" },
  { WSC_FAULT_TOO_MANY_EXTENSIONS, ": 7, limit 16" },
  { WSC_FAULT_TOO_MANY_PARAMETERS, ": 7, limit 16" },
};

#define N_PROPERTIES (G_N_ELEMENTS (limit_cases) - 3)

static void
test_numbers (void)
{
  g_autoptr (GError) without = error_of (WSC_FAULT_TEXT_NOT_UTF8, 7);

  for (guint i = 0; i < G_N_ELEMENTS (limit_cases); i++)
    {
      g_autoptr (GError) error = error_of (limit_cases[i].fault, 7);

      g_assert_true (g_str_has_prefix (error->message, wsc_fault_get_text (limit_cases[i].fault)));
      g_assert_true (g_str_has_suffix (error->message, limit_cases[i].end));
      const char *limit = wsp_error_name_limit (limit_cases[i].fault);

      g_assert_nonnull (limit);
      g_assert_cmpint (strlen (limit) > 0, ==, i < N_PROPERTIES);
    }
  g_assert_null (wsp_error_name_limit (WSC_FAULT_TEXT_NOT_UTF8));
  g_assert_cmpstr (without->message, ==, wsc_fault_get_text (WSC_FAULT_TEXT_NOT_UTF8));
}

static const struct
{
  int   code;
  guint close_code;
} code_cases[] = {
  { WSP_ERROR_FAILED, 1011 },
  { WSP_ERROR_INVALID_ARGUMENT, 0 },
  { WSP_ERROR_INVALID_OPERATION, 0 },
  { WSP_ERROR_INVALID_FORMAT, 1002 },
  { WSP_ERROR_INVALID_UTF8, 1007 },
  { WSP_ERROR_TOO_BIG, 1009 },
  { WSP_ERROR_QUEUE_FULL, 1008 },
  { WSP_ERROR_EXTENSION_NOT_SUPPORTED, 0 },
  { WSP_ERROR_SUBPROTOCOL_NOT_SUPPORTED, 0 },
  { WSP_ERROR_VERSION_NOT_SUPPORTED, 0 },
  { WSP_ERROR_HANDSHAKE, 0 },
  { WSP_ERROR_NOT_WEBSOCKET, 0 },
  { WSP_ERROR_REJECTED, 1008 },
  { WSP_ERROR_CLOSED, 0 },
  { WSP_ERROR_ABNORMAL_CLOSURE, 0 },
  { 999, 0 },
  { -1, 0 },
};

static void
test_made_elsewhere (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (code_cases); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (WSP_ERROR, code_cases[i].code,
                                                      "made elsewhere");

      g_assert_cmpuint (wsp_error_to_close_code (error), ==, code_cases[i].close_code);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/error/rule-gives-close-code", test_columns);
  g_test_add_func ("/session/error/every-rule-is-an-error", test_every_fault);
  g_test_add_func ("/session/error/words-of-gio", test_words_of_gio);
  g_test_add_func ("/session/error/limits-tell-their-numbers", test_numbers);
  g_test_add_func ("/session/error/code-alone-is-enough", test_made_elsewhere);
  return g_test_run ();
}
