/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The sentence about the end of a connection: its id and arguments give the library's own text. */
#include "inspect/capture/wsi-close-sentence.h"

#include "connection/report/wsp-close-info-private.h"

typedef struct
{
  guint       code;
  const char *reason;
} Side;

/* A reason may be like a clause of the sentence, or an error. */
static const Side sides[] = {
  { WSP_CLOSE_CODE_ABNORMAL, NULL },
  { WSP_CLOSE_CODE_NO_STATUS, NULL },
  { WSP_CLOSE_CODE_TOO_BIG, "" },
  { WSP_CLOSE_CODE_NORMAL, "a; b: c, \"d\"" },
  { WSP_CLOSE_CODE_GOING_AWAY, "; no data for 2 s" },
};

static void
assert_is_one (WspCloseInfo *info,
               WsiSentenceId id)
{
  g_autofree char *text = wsp_close_info_to_string (info);
  g_autofree WsiSentence *sentence = wsi_close_sentence_new (info);
  g_autofree char *english = wsi_sentence_to_string (sentence);

  g_test_message ("%s", text);
  g_assert_cmpstr (english, ==, text);
  if (id != WSI_N_SENTENCES)
    g_assert_cmpint (sentence->id, ==, id);
  else
    g_assert_cmpint (sentence->id, !=, WSI_SENTENCE_TEXT);
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
  return info;
}

/* Both sides have sent a Close. */
static void
test_clean (void)
{
  for (guint i = 1; i < G_N_ELEMENTS (sides); i++)
    for (guint j = 1; j < G_N_ELEMENTS (sides); j++)
      for (guint is_by_peer = 0; is_by_peer < 2; is_by_peer++)
        {
          g_autoptr (WspCloseInfo) info = make_info (WSP_CLOSE_CLEAN, &sides[i], &sides[j]);

          info->was_started_by_peer = is_by_peer;
          assert_is_one (info, WSI_N_SENTENCES);
        }
}

/* error: of the library, as one of ours or of the peer may be; or NULL. */
static void
assert_abnormal (const Side *local,
                 const Side *peer,
                 GQuark      domain,
                 int         code,
                 const char *error)
{
  for (guint is_by_peer = 0; is_by_peer < 2; is_by_peer++)
    {
      g_autoptr (WspCloseInfo) info = make_info (WSP_CLOSE_ABNORMAL, local, peer);

      info->was_started_by_peer = is_by_peer;
      info->error = error != NULL ? g_error_new_literal (domain, code, error) : NULL;
      assert_is_one (info, WSI_SENTENCE_ABNORMAL);
    }
}

static void
test_abnormal (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    for (guint j = 0; j < G_N_ELEMENTS (sides); j++)
      {
        assert_abnormal (&sides[i], &sides[j], 0, 0, NULL);
        assert_abnormal (&sides[i], &sides[j], G_IO_ERROR, G_IO_ERROR_FAILED, "a: b; c \"d\"");
      }
}

/* The error is the reason of our Close, if the codes are the same. */
static void
test_failed (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    for (guint j = 0; j < G_N_ELEMENTS (sides); j++)
      assert_abnormal (&sides[i], &sides[j], WSP_ERROR, WSP_ERROR_TOO_BIG, "too big");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/inspector/close-sentence/clean", test_clean);
  g_test_add_func ("/inspector/close-sentence/abnormal", test_abnormal);
  g_test_add_func ("/inspector/close-sentence/failed-by-us", test_failed);
  return g_test_run ();
}
