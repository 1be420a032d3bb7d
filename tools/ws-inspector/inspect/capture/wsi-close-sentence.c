/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/capture/wsi-close-sentence.h"

#include <string.h>

#define QUOTE "\""
#define BEFORE_CLAUSE "; "
#define BEFORE_ERROR ": "
#define IDLE "no data for "

/* The Close that one side has sent, or has not. */
typedef enum
{
  CLOSE_WITH_CODE,
  CLOSE_WITHOUT_CODE,
  NO_CLOSE,
  N_CLOSES,
} Close;

typedef struct
{
  Close close;
  char *code;                   /* close code with its reason, as the text has it */
} Side;

static const WsiSentenceId clean[][2][2] = {
  { { WSI_SENTENCE_WE_CLOSED, WSI_SENTENCE_WE_CLOSED_ANSWER_NO_CODE },
    { WSI_SENTENCE_WE_CLOSED_NO_CODE, WSI_SENTENCE_WE_CLOSED_NO_CODES } },
  { { WSI_SENTENCE_PEER_CLOSED, WSI_SENTENCE_PEER_CLOSED_ANSWER_NO_CODE },
    { WSI_SENTENCE_PEER_CLOSED_NO_CODE, WSI_SENTENCE_PEER_CLOSED_NO_CODES } },
};

/* Sentences by our Close and the peer's Close. */
static const WsiSentenceId both[N_CLOSES][N_CLOSES] = {
  { WSI_SENTENCE_OUR_CODE_PEER_CODE, WSI_SENTENCE_OUR_CODE_PEER_NO_CODE,
    WSI_SENTENCE_OUR_CODE_PEER_NO_CLOSE },
  { WSI_SENTENCE_OUR_NO_CODE_PEER_CODE, WSI_SENTENCE_OUR_NO_CODE_PEER_NO_CODE,
    WSI_SENTENCE_OUR_NO_CODE_PEER_NO_CLOSE },
  { WSI_SENTENCE_OUR_NO_CLOSE_PEER_CODE, WSI_SENTENCE_OUR_NO_CLOSE_PEER_NO_CODE,
    WSI_SENTENCE_OUR_NO_CLOSE_PEER_NO_CLOSE },
};

static const WsiSentenceId of_peer[N_CLOSES] = {
  WSI_SENTENCE_PEER_CODE, WSI_SENTENCE_PEER_NO_CODE, WSI_SENTENCE_PEER_NO_CLOSE,
};

/* quoted: the text, divided at its quotation marks, of which a reason has none; n: of its parts, up
 * to the reason. */
static Side
take_side (GStrv       quoted,
           guint      *n,
           guint       code,
           const char *reason)
{
  const Close close = code == WSP_CLOSE_CODE_ABNORMAL ? NO_CLOSE
                      : code == WSP_CLOSE_CODE_NO_STATUS ? CLOSE_WITHOUT_CODE : CLOSE_WITH_CODE;

  if (close != CLOSE_WITH_CODE)
    return (Side) { close, NULL };

  if (reason == NULL || *reason == '\0' || *n < 2)
    return (Side) { close, g_strdup_printf ("%u", code) };

  *n -= 2;
  return (Side) { close, g_strdup_printf ("%u " QUOTE "%s" QUOTE, code, quoted[*n]) };
}

static void
close_sentence_add (WsiSentence *self,
                    const char  *argument)
{
  if (argument != NULL)
    self->arguments[g_strv_length ((GStrv) self->arguments)] = argument;
}

static void
close_sentence_add_sentence (WsiSentence       *self,
                             const WsiSentence *clause)
{
  close_sentence_add (self, wsi_sentence_id_get_name (clause->id));
  for (guint i = 0; clause->arguments[i] != NULL; i++)
    close_sentence_add (self, clause->arguments[i]);
}

/* RFC 6455 7.1.7: the error is the reason of our Close, and did not occur later. */
static gboolean
close_sentence_is_failed (WspCloseInfo *info)
{
  const GError *error = wsp_close_info_get_error (info);

  return error != NULL && wsp_error_to_close_code (error) ==
         wsp_close_info_get_local_code (info);
}

/* NULL: the text is another one than the sentence has. */
static WsiSentence *
close_sentence_check (const WsiSentence *self,
                      const char        *text)
{
  g_autofree char *english = wsi_sentence_to_string (self);

  return g_strcmp0 (english, text) == 0 ? wsi_sentence_copy (self) : NULL;
}

static WsiSentence *
make_clean (WspCloseInfo *info,
            const char   *text,
            const Side   *ours,
            const Side   *peers)
{
  gboolean is_by_peer = wsp_close_info_was_started_by_peer (info);
  const Side *first = is_by_peer ? peers : ours, *second = is_by_peer ? ours : peers;
  WsiSentence sentence = {
    .id = clean[is_by_peer][first->code == NULL][second->code == NULL],
  };

  close_sentence_add (&sentence, first->code);
  close_sentence_add (&sentence, second->code);
  return close_sentence_check (&sentence, text);
}

/* The text ends with the Close frames, which are known, and with the times, which no reason can
 * follow; the error is what is left. */
static WsiSentence *
make_abnormal (WspCloseInfo *info,
               const char   *text,
               const Side   *ours,
               const Side   *peers)
{
  gboolean has_failed = close_sentence_is_failed (info);
  WsiSentence sides = {
    .id = has_failed ? of_peer[peers->close] : both[ours->close][peers->close],
  };
  WsiSentence sentence = { .id = WSI_SENTENCE_ABNORMAL };
  g_autofree char *first = NULL, *end = NULL, *closes = NULL;
  const char *idle = g_strrstr (text, BEFORE_CLAUSE IDLE);
  const char *error;

  close_sentence_add (&sides, has_failed ? NULL : ours->code);
  close_sentence_add (&sides, peers->code);
  closes = wsi_sentence_to_string (&sides);
  end = g_strconcat (BEFORE_CLAUSE, closes, idle, NULL);
  if (idle == NULL || !g_str_has_suffix (text, end))
    return NULL;

  first = g_strndup (text, strlen (text) - strlen (end));
  error = strstr (first, BEFORE_ERROR);
  error = error != NULL ? error + strlen (BEFORE_ERROR) : NULL;
  close_sentence_add_sentence (&sentence, has_failed
                               ? WSI_SENTENCE (FAILED_BY_US, ours->code, error)
                           : error != NULL ? WSI_SENTENCE (ENDED_BY_ERROR, error)
                                           : WSI_SENTENCE (ENDED));
  close_sentence_add_sentence (&sentence, &sides);
  close_sentence_add (&sentence, idle + strlen (BEFORE_CLAUSE));
  return close_sentence_check (&sentence, text);
}

WsiSentence *
wsi_close_sentence_new (WspCloseInfo *info)
{
  g_autofree char *text = wsp_close_info_to_string (info);
  g_auto (GStrv) quoted = g_strsplit (text, QUOTE, -1);
  guint n = g_strv_length (quoted), our_code = wsp_close_info_get_local_code (info);
  gboolean is_clean = wsp_close_info_is_clean (info);
  gboolean ends_with_ours = is_clean && wsp_close_info_was_started_by_peer (info);
  const char *our_reason = close_sentence_is_failed (info) ? NULL
  : wsp_close_info_get_local_reason (info);
  Side ours = { 0 }, peers;
  WsiSentence *sentence;

  if (ends_with_ours)
    ours = take_side (quoted, &n, our_code, our_reason);
  peers = take_side (quoted, &n, wsp_close_info_get_peer_code (info),
                     wsp_close_info_get_peer_reason (info));
  if (!ends_with_ours)
    ours = take_side (quoted, &n, our_code, our_reason);

  sentence = (is_clean ? make_clean : make_abnormal)(info, text, &ours, &peers);
  g_free (ours.code);
  g_free (peers.code);
  return sentence != NULL ? sentence : wsi_sentence_copy (WSI_SENTENCE (TEXT, text));
}
