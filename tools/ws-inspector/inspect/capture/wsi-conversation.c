/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/capture/wsi-conversation.h"

#include <string.h>

#define MAX_HEAD (64 * 1024)
#define END_OF_HEAD "\r\n\r\n"

typedef struct
{
  GByteArray *bytes;
  gboolean    is_complete;
} Head;

struct _WsiConversation
{
  GObject       parent_instance;

  guint32       number;
  WspRole       role;
  WspDissector *dissector;
  guint64       n_dropped;      /* frames that were reported as dropped */
  Head          request, response;
  WsiEnding     ending;
  char         *sentence;       /* of its ending */
};

enum
{
  HANDSHAKE,
  ENDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiConversation, wsi_conversation, G_TYPE_OBJECT)

static Head *
get_head (WsiConversation * self,
          WspDirection     direction)
{
  gboolean is_request = (self->role == WSP_ROLE_CLIENT) == (direction == WSP_DIRECTION_SENT);

  return is_request ? &self->request : &self->response;
}

/* Keeps what belongs to the head, however it is cut; returns how much of the bytes that is. */
static gsize
take_head (Head   *head,
           GBytes *bytes)
{
  gsize n_known = head->bytes->len, length;
  const guint8 *at = g_bytes_get_data (bytes, &length);
  gsize from = n_known < strlen (END_OF_HEAD) ? 0 : n_known - strlen (END_OF_HEAD);
  const guint8 *end;

  g_byte_array_append (head->bytes, at, MIN (length, MAX_HEAD - n_known));
  end = memmem (head->bytes->data + from, head->bytes->len - from, END_OF_HEAD,
                strlen (END_OF_HEAD));
  if (end == NULL)
    return length;

  g_byte_array_set_size (head->bytes, end + strlen (END_OF_HEAD) - head->bytes->data);
  head->is_complete = TRUE;
  return head->bytes->len - n_known;
}

static gboolean
has_status (WsiConversation *self)
{
  WspHandshake *handshake = wsp_dissector_get_handshake (self->dissector);

  return handshake != NULL && wsp_handshake_get_response_status (handshake) != 0;
}

/* Then the dissector knows nothing of the answer. */
static gboolean
has_unreadable_head (WsiConversation *self)
{
  g_autoptr (WsiHandshakeReport) report = wsi_conversation_make_report (self);

  for (guint i = 0; report != NULL && i < report->checks->len; i++)
    {
      const WspHandshakeCheck *check = report->checks->pdata[i];

      if (g_str_has_suffix (wsp_handshake_check_get_id (check), "-head") &&
          wsp_handshake_check_get_verdict (check) == WSP_HANDSHAKE_VERDICT_FAILED)
        return TRUE;
    }

  return FALSE;
}

/* An interim answer is none: the dissector waits for the next one, and so do we. */
static void
note_answer (WsiConversation *self)
{
  if (has_status (self) || has_unreadable_head (self))
    {
      g_signal_emit (self, signals[HANDSHAKE], 0);
      return;
    }

  self->response.is_complete = FALSE;
  g_byte_array_set_size (self->response.bytes, 0);
}

static void
wsi_conversation_finalize (GObject *object)
{
  WsiConversation *self = WSI_CONVERSATION (object);

  g_clear_object (&self->dissector);
  g_byte_array_unref (self->request.bytes);
  g_byte_array_unref (self->response.bytes);
  g_free (self->sentence);
  G_OBJECT_CLASS (wsi_conversation_parent_class)->finalize (object);
}

static void
wsi_conversation_class_init (WsiConversationClass *class)
{
  GType type = G_TYPE_FROM_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = wsi_conversation_finalize;

  /* The answer has passed: there is a whole report. */
  signals[HANDSHAKE] = g_signal_new ("handshake", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 0);
  signals[ENDED] = g_signal_new ("ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
wsi_conversation_init (WsiConversation *self)
{
  self->request.bytes = g_byte_array_new ();
  self->response.bytes = g_byte_array_new ();
}

WsiConversation *
wsi_conversation_new (guint32 number,
                      WspRole role)
{
  WsiConversation *self = g_object_new (WSI_TYPE_CONVERSATION, NULL);

  self->number = number;
  self->role = role;
  self->dissector = wsp_dissector_new (role);
  return self;
}

guint32
wsi_conversation_get_number (WsiConversation *self)
{
  return self->number;
}

WspRole
wsi_conversation_get_role (WsiConversation *self)
{
  return self->role;
}

/* Looks at bytes that passed; the new records wait in the dissector that is returned, NULL after
 * the end.  It gets heads by themselves, so that it can be asked what each of them was. */
WspDissector *
wsi_conversation_push (WsiConversation *self,
                       WspDirection     direction,
                       GBytes          *bytes,
                       gint64           time_us)
{
  Head *head = get_head (self, direction);
  g_autoptr (GBytes) rest = g_bytes_ref (bytes);

  if (self->dissector == NULL)
    return NULL;

  while (!head->is_complete && g_bytes_get_size (rest) > 0)
    {
      gsize length = take_head (head, rest);
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (rest, 0, length);
      GBytes *behind = g_bytes_new_from_bytes (rest, length, g_bytes_get_size (rest) - length);

      wsp_dissector_push (self->dissector, direction, part, time_us);
      if (head->is_complete && head == &self->response)
        note_answer (self);
      g_bytes_unref (rest);
      rest = behind;
    }

  if (g_bytes_get_size (rest) > 0)
    wsp_dissector_push (self->dissector, direction, rest, time_us);

  return self->dissector;
}

/* Frees the second copy of the last payload, which each of many connections would hold. */
void
wsi_conversation_forget_payload (WsiConversation *self)
{
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);

  if (self->dissector != NULL)
    wsp_dissector_push (self->dissector, WSP_DIRECTION_SENT, nothing, 0);
}

/* How many frames the dissector has dropped since the last time. */
guint64
wsi_conversation_take_dropped (WsiConversation *self)
{
  guint64 n_before = self->n_dropped;

  if (self->dissector != NULL)
    self->n_dropped = wsp_dissector_get_n_dropped (self->dissector);

  return self->n_dropped - n_before;
}

/* NULL before the request.  An incomplete response is shown as far as it was received. */
WsiHandshakeReport *
wsi_conversation_make_report (WsiConversation *self)
{
  g_autoptr (GBytes) request = NULL;
  g_autoptr (GBytes) response = NULL;

  if (self->request.bytes->len == 0)
    return NULL;

  request = g_bytes_new (self->request.bytes->data, self->request.bytes->len);
  if (self->response.bytes->len > 0)
    response = g_bytes_new (self->response.bytes->data, self->response.bytes->len);

  return wsi_handshake_report_new (request, response);
}

/* Whether the head of the answer has passed as a whole. */
gboolean
wsi_conversation_is_answered (WsiConversation *self)
{
  return self->response.is_complete;
}

WsiEnding
wsi_conversation_get_ending (WsiConversation *self)
{
  return self->ending;
}

/* How it ended; NULL while it goes on. */
const char *
wsi_conversation_get_sentence (WsiConversation *self)
{
  return self->sentence;
}

/* Only the first ending counts.  Nothing is looked at afterwards. */
void
wsi_conversation_end (WsiConversation *self,
                      WsiEnding        ending,
                      const char      *sentence)
{
  if (self->ending != WSI_ENDING_NONE)
    return;

  self->ending = ending;
  self->sentence = g_strdup (sentence);
  g_clear_object (&self->dissector);
  g_signal_emit (self, signals[ENDED], 0);
}
