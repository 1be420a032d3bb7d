/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/save/formats/wsi-hidden-messages.h"

#include "inspect/decode/choosing/wsi-interpreter.h"
#include "inspect/decode/choosing/wsi-reading.h"
#include "inspect/decode/wsi-text-decoder.h"
#include "inspect/store/memory/wsi-bytes.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-record.h"
#include "inspect/store/wsi-store.h"

#define MAX_MESSAGES 1024       /* messages whose frames are being written */
#define MIN_BEGINNING 16        /* bytes that tell what a message is */
#define MAX_BEFORE 100          /* rows before one, in which a packet of MQTT may have begun */
#define MQTT "mqtt"             /* beginning of the subprotocols of MQTT */
#define MAX_SEARCHED (1 << 20)  /* bytes that are searched at each frame of an open message */

/* A message with several frames. */
typedef struct
{
  GBytes  *shown;               /* message with the hidden values; NULL: nothing is hidden */
  guint64  n_seen;              /* bytes of the message that were there when it was searched */
  gsize    n_read;              /* bytes of n_seen that were there, without those after a gap */
  guint64  n_searched;          /* bytes that were searched, in all searches */
  gsize    offset;              /* offset of the next frame in the message */
  guint    state;               /* state of the search for words after the earlier frames */
  gboolean is_suspect;          /* the message has to be searched */
} Message;

struct _WsiHiddenMessages
{
  WsiStore       *store;
  WsiRedactor    *redactor;
  WsiInterpreter *interpreter;
  GHashTable     *learned;      /* learned rows of MQTT: connection and direction to the next row */
  GHashTable     *messages;     /* messages in progress: number to Message */
};

static void
hidden_messages_message_free (gpointer data)
{
  Message *self = data;

  g_clear_pointer (&self->shown, g_bytes_unref);
  g_free (self);
}

WsiHiddenMessages *
wsi_hidden_messages_new (WsiStore    *store,
                         WsiRedactor *redactor)
{
  WsiHiddenMessages *self = g_new0 (WsiHiddenMessages, 1);

  self->store = g_object_ref (store);
  self->redactor = redactor;
  self->interpreter = wsi_interpreter_new_reader (store);
  self->learned = g_hash_table_new (NULL, NULL);
  self->messages = g_hash_table_new_full (NULL, NULL, NULL, hidden_messages_message_free);
  return self;
}

WsiRedactor *
wsi_hidden_messages_get_redactor (WsiHiddenMessages *self)
{
  return self->redactor;
}

void
wsi_hidden_messages_free (WsiHiddenMessages *self)
{
  g_hash_table_unref (self->learned);
  g_hash_table_unref (self->messages);
  wsi_interpreter_free (self->interpreter);
  g_object_unref (self->store);
  g_free (self);
}

static gboolean
hidden_messages_is_text (const WsiRecord *record)
{
  return record->message_opcode == WSI_OPCODE_TEXT;
}

static gpointer
get_talk (const WsiRecord *record)
{
  return GUINT_TO_POINTER (record->conversation << 1 | record->direction);
}

/* Whether a message may be the rest of a packet.  Without its beginning, that is in no format. */
static gboolean
may_go_on (WsiHiddenMessages *self,
           const WsiDecoder  *decoder,
           const WsiRecord   *record)
{
  g_autoptr (WsiConversation) conversation = NULL;
  const char *subprotocol;

  if (wsi_redactor_joins_messages (decoder))
    return TRUE;
  if (decoder != &wsi_text_decoder && decoder != &wsi_bytes_decoder)
    return FALSE;

  conversation = wsi_store_dup_conversation (self->store, record->conversation);
  subprotocol = conversation != NULL ? wsi_conversation_get_subprotocol (conversation) : NULL;
  return subprotocol != NULL && g_str_has_prefix (subprotocol, MQTT);
}

static gboolean
ends_in_bytes (const WsiRecord *record)
{
  return record != NULL && wsi_record_is_frame (record) && !wsi_record_is_control (record) &&
         wsi_record_is_fin (record) && !hidden_messages_is_text (record);
}

/* The first row to learn before a row is read; the row itself: none has to be learned. */
static guint64
find_unlearned (WsiHiddenMessages *self,
                guint64            number,
                const WsiRecord   *record)
{
  guint64 end = GPOINTER_TO_SIZE (g_hash_table_lookup (self->learned, get_talk (record)));
  guint64 first = MAX (wsi_store_get_first (self->store), number - MIN (number, MAX_BEFORE));

  if (end > number + 1)
    return first;

  for (guint64 i = number; i > MAX (first, end); i--)
    {
      const WsiRecord *before = wsi_store_get_record (self->store, i - 1);

      if (ends_in_bytes (before) && get_talk (before) == get_talk (record))
        return first;
    }
  return number;
}

/* Learns earlier messages in which a packet may have begun.  FALSE: there are none. */
static gboolean
learn_before (WsiHiddenMessages *self,
              guint64            number,
              const WsiRecord   *record)
{
  guint64 i = find_unlearned (self, number, record);
  gboolean has_learned = i < number;

  if (has_learned)
    {
      wsi_interpreter_restart (self->interpreter);
      g_hash_table_remove_all (self->learned);
      for (; i <= number; i++)
        {
          const WsiRecord *before = wsi_store_get_record (self->store, i);

          if (ends_in_bytes (before) && get_talk (before) == get_talk (record))
            wsi_interpreter_learn (self->interpreter, i, before);
        }
    }
  g_hash_table_insert (self->learned, get_talk (record), GSIZE_TO_POINTER ((gsize) number + 1));
  return has_learned;
}

/* Text has names in itself; a packet in bytes may go on in the next message. */
static const WsiDecoder *
hidden_messages_learn (WsiHiddenMessages *self,
                       guint64            number,
                       const guint8      *at,
                       gsize              length)
{
  const WsiRecord *record = wsi_store_get_record (self->store, number);
  const WsiDecoder *decoder;
  WsiDecodeInput input;

  if (record == NULL || hidden_messages_is_text (record))
    return NULL;

  wsi_interpreter_learn (self->interpreter, number, record);
  decoder = wsi_interpreter_prepare (self->interpreter, number, record, at, length, &input);
  if (!wsi_record_is_fin (record) || !may_go_on (self, decoder, record) ||
      !learn_before (self, number, record))
    return decoder;

  return wsi_interpreter_prepare (self->interpreter, number, record, at, length, &input);
}

/* Searches a message that was learned, and has to be read. */
static GBytes *
search_asked (WsiHiddenMessages *self,
              guint64            number,
              GBytes            *bytes)
{
  g_autoptr (WsiReading) found = wsi_reading_new (self->interpreter, self->store, number, bytes);

  return wsi_redactor_hide_message (self->redactor, found);
}

static GBytes *
hidden_messages_search (WsiHiddenMessages *self,
                        guint64            number,
                        GBytes            *bytes)
{
  guint reading = wsi_store_begin_reading (self->store);
  gsize length;
  const guint8 *at = wsi_bytes_get_data (bytes, &length);
  const WsiDecoder *decoder = hidden_messages_learn (self, number, at, length);
  gboolean is_asked = wsi_redactor_asks_for_message (self->redactor, decoder, at, length);

  wsi_store_end_reading (self->store, reading);
  return is_asked ? search_asked (self, number, bytes) : g_bytes_ref (bytes);
}

GBytes *
wsi_hidden_messages_hide (WsiHiddenMessages     *self,
                          const WsiWholeMessage *message,
                          GBytes                *payload)
{
  WsiMessageForm form = message->opcode == WSI_OPCODE_TEXT ? WSI_MESSAGE_TEXT : WSI_MESSAGE_BINARY;

  if (payload == NULL || !wsi_redactor_reads_messages (self->redactor) ||
      !wsi_whole_message_is_data (message))
    return wsi_redactor_hide_payload (self->redactor, &message->record, payload);

  if (message->number < wsi_store_get_first (self->store))
    return wsi_redactor_hide_bytes (self->redactor, form, NULL, payload);

  return hidden_messages_search (self, message->number, payload);
}

GBytes *
wsi_hidden_messages_dup (WsiHiddenMessages     *self,
                         const WsiWholeMessage *message)
{
  g_autoptr (GBytes) payload = wsi_whole_message_dup (message, self->store);

  return wsi_hidden_messages_hide (self, message, payload);
}

/* The payload as it is in memory: most frames have no word of a secret, and are not copied. */
static gboolean
hidden_messages_is_quiet (WsiHiddenMessages *self,
                          guint64            number,
                          const WsiRecord   *record)
{
  guint reading = wsi_store_begin_reading (self->store);
  gsize length = 0;
  const guint8 *at = wsi_store_peek_payload (self->store, record, WSI_VIEW_INFLATED, &length);
  const WsiDecoder *decoder = at != NULL ? hidden_messages_learn (self, number, at, length) : NULL;
  gboolean is_quiet = at != NULL &&
                      !wsi_redactor_asks_for_message (self->redactor, decoder, at, length);

  wsi_store_end_reading (self->store, reading);
  return is_quiet;
}

static GBytes *
dup_lone_frame (WsiHiddenMessages *self,
                guint64            number,
                const WsiRecord   *record)
{
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (GBytes) shown = NULL;

  if (hidden_messages_is_quiet (self, number, record))
    return NULL;

  payload = wsi_store_dup_payload (self->store, number, WSI_VIEW_INFLATED, G_MAXSIZE);
  shown = payload != NULL ? search_asked (self, number, payload) : NULL;
  return shown != payload ? g_steal_pointer (&shown) : NULL;
}

static gsize
hidden_messages_get_length (WsiHiddenMessages *self,
                            guint64            number)
{
  g_autoptr (GBytes) payload =
    wsi_store_dup_payload (self->store, number, WSI_VIEW_INFLATED, G_MAXSIZE);

  return payload != NULL ? g_bytes_get_size (payload) : 0;
}

/* The number of bytes of the message before a row. */
static gsize
measure_before (WsiHiddenMessages    *self,
                const WsiMessageInfo *info,
                guint64               number)
{
  guint64 fragment = info->first;
  gsize length = 0;

  while (wsi_store_get_fragments (self->store, info, fragment, &fragment, 1) == 1 &&
         fragment < number)
    {
      length += hidden_messages_get_length (self, fragment);
      fragment++;
    }
  return length;
}

/* The part of a fragment, whichever fragments were asked for before, or the message. */
static GBytes *
hidden_messages_hide_fragment (WsiHiddenMessages *self,
                               guint64            number,
                               const WsiRecord   *record,
                               gboolean           is_message,
                               GBytes            *payload)
{
  WsiMessageInfo info;
  g_autoptr (GBytes) message = NULL;
  g_autoptr (GBytes) shown = NULL;
  gsize offset, length = g_bytes_get_size (payload);

  if (!wsi_store_get_message (self->store, record->message, &info))
    return hidden_messages_search (self, number, payload);
  if (is_message)
    return hidden_messages_search (self, info.last, payload);

  message = wsi_store_dup_message (self->store, record->message, G_MAXSIZE);
  offset = measure_before (self, &info, number);
  if (message == NULL || offset + length > g_bytes_get_size (message))
    return wsi_redactor_hide_whole (self->redactor, payload);

  shown = hidden_messages_search (self, info.last, message);
  return shown == message ? g_bytes_ref (payload)
                          : g_bytes_new_from_bytes (shown, offset, length);
}

GBytes *
wsi_hidden_messages_hide_row (WsiHiddenMessages *self,
                              guint64            number,
                              const WsiRecord   *record,
                              gboolean           is_message,
                              GBytes            *payload)
{
  if (!wsi_redactor_reads_messages (self->redactor) || !wsi_record_is_frame (record) ||
      wsi_record_is_control (record))
    return wsi_redactor_hide_payload (self->redactor, record, payload);

  if ((record->flags & (WSI_RECORD_OPAQUE | WSI_RECORD_NOT_INFLATED)) != 0)
    {
      wsi_redactor_add_unread (self->redactor);
      return g_bytes_ref (payload);
    }
  if (number < wsi_store_get_first (self->store))
    return wsi_redactor_hide_bytes (self->redactor,
                                    hidden_messages_is_text (record) ? WSI_MESSAGE_TEXT
                                    : WSI_MESSAGE_BINARY, NULL,
                                    payload);

  return (record->flags & WSI_RECORD_FRAGMENT) != 0
         ? hidden_messages_hide_fragment (self, number, record, is_message, payload)
         : hidden_messages_search (self, number, payload);
}

static Message *
ensure_message (WsiHiddenMessages    *self,
                const WsiMessageInfo *info,
                guint32               key,
                guint64               number)
{
  Message *message = g_hash_table_lookup (self->messages, GUINT_TO_POINTER (key));

  if (message != NULL)
    return message;

  if (g_hash_table_size (self->messages) >= MAX_MESSAGES)
    g_hash_table_remove_all (self->messages);
  message = g_new0 (Message, 1);
  message->offset = measure_before (self, info, number);
  message->is_suspect = message->offset > 0;
  g_hash_table_insert (self->messages, GUINT_TO_POINTER (key), message);
  return message;
}

/* Most messages have no word of a secret, and are not searched. */
static gboolean
is_suspect (WsiHiddenMessages *self,
            Message           *message,
            guint64            number,
            GBytes            *payload)
{
  gsize length;
  const guint8 *at = wsi_bytes_get_data (payload, &length);

  if (!message->is_suspect && message->offset == 0)
    message->is_suspect =
      length < MIN_BEGINNING ||
      wsi_redactor_asks_for_message (self->redactor,
                                     hidden_messages_learn (self, number, at, length), at, length);
  if (!message->is_suspect)
    message->is_suspect = wsi_redactor_find_word (self->redactor, &message->state, at, length) ||
                          wsi_redactor_has_pieces (at, length);
  return message->is_suspect;
}

/* Searches all of the message that is known: a name is before its value.  A message that goes on
 * for long is searched again when it is twice as long, and when it is whole. */
static void
search_message (WsiHiddenMessages    *self,
                const WsiMessageInfo *info,
                const WsiRecord      *record,
                Message              *message)
{
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (GBytes) shown = NULL;

  if (message->n_seen >= info->length && message->n_seen > 0)
    return;

  if (message->n_searched + info->length > MAX_SEARCHED && info->length < 2 * message->n_seen &&
      !wsi_record_is_fin (record))
    return;

  payload = wsi_store_dup_message (self->store, record->message, G_MAXSIZE);
  message->n_seen = info->length;
  message->n_read = payload != NULL ? g_bytes_get_size (payload) : 0;
  message->n_searched += info->length;
  g_clear_pointer (&message->shown, g_bytes_unref);
  shown = payload != NULL ? hidden_messages_search (self, info->last, payload) : NULL;
  if (shown != payload)
    message->shown = g_steal_pointer (&shown);
}

/* The part of a frame in what is shown of its message.  A frame that was not searched may have the
 * value of a name before it. */
static GBytes *
dup_part (WsiHiddenMessages *self,
          const Message     *message,
          GBytes            *payload)
{
  gsize end = message->offset + g_bytes_get_size (payload);

  if (end > message->n_read)
    return wsi_redactor_hide_whole (self->redactor, payload);
  if (message->shown == NULL)
    return NULL;

  return g_bytes_new_from_bytes (message->shown, message->offset, g_bytes_get_size (payload));
}

static GBytes *
dup_fragment (WsiHiddenMessages *self,
              guint64            number,
              const WsiRecord   *record)
{
  g_autoptr (GBytes) payload =
    wsi_store_dup_payload (self->store, number, WSI_VIEW_INFLATED, G_MAXSIZE);
  WsiMessageInfo info;
  Message *message;
  GBytes *part = NULL;

  if (!wsi_store_get_message (self->store, record->message, &info))
    return NULL;

  message = ensure_message (self, &info, record->message, number);
  if (payload != NULL && g_bytes_get_size (payload) > 0)
    {
      if (is_suspect (self, message, number, payload))
        {
          search_message (self, &info, record, message);
          part = dup_part (self, message, payload);
        }
      message->offset += g_bytes_get_size (payload);
    }
  if (wsi_record_is_fin (record))
    g_hash_table_remove (self->messages, GUINT_TO_POINTER (record->message));
  return part;
}

GBytes *
wsi_hidden_messages_dup_frame (WsiHiddenMessages *self,
                               guint64            number,
                               const WsiRecord   *record)
{
  if (!wsi_redactor_reads_messages (self->redactor) || !wsi_record_is_frame (record) ||
      wsi_record_is_control (record))
    return NULL;

  if ((record->flags & (WSI_RECORD_OPAQUE | WSI_RECORD_NOT_INFLATED)) != 0)
    {
      wsi_redactor_add_unread (self->redactor);
      return NULL;
    }
  return (record->flags & WSI_RECORD_FRAGMENT) != 0 ? dup_fragment (self, number, record)
                                                    : dup_lone_frame (self, number, record);
}
