/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/choosing/wsi-interpreter.h"

#include <string.h>

#include "inspect/decode/choosing/wsi-choices.h"
#include "inspect/decode/choosing/wsi-decoder-hints.h"
#include "inspect/decode/choosing/wsi-tails.h"
#include "inspect/store/memory/wsi-bytes.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-record.h"

#define N_AGREEING 3            /* messages after which a guess is preferred */
#define N_UNREAD 256            /* messages of no format after which the next one is likely to be
                                 * like them */
#define MAX_TALKS 65536
#define MAX_CHANGES 64          /* changes of what is known of one conversation */
#define MAX_REQUESTS 16384      /* requests of one conversation that wait for their replies */
#define MAX_ALL_REQUESTS 65536  /* requests of all conversations that wait for their replies */

/* One direction of a conversation. */
typedef struct
{
  const WsiDecoder *decoder;    /* decoder of the last messages; NULL = none is known */
  guint             n_agreeing; /* messages in a row that the decoder could read */
  guint             n_unread;   /* binary messages of no format, since the last one of a format */
} Guess;

/* The state of a conversation, as the messages before a record have stated it.  A record is shown
 * with what was known then, however many were learned since. */
typedef struct
{
  guint64           first;      /* number of the first record for which the state holds */
  const WsiDecoder *settled[2]; /* decoders that are used in doubt, by direction; NULL = none */
  gboolean          is_unread[2];       /* many messages were of no format, by direction */
  WsiDecodeFacts    facts;
} Known;

/* A conversation as far as it is learned. */
typedef struct
{
  guint32        number;
  WspRole        role;
  char          *subprotocol, *path;
  Guess          guesses[2];    /* guesses of the decoder, by direction */
  GArray        *known;         /* decoders that were known (Known), in the order of their records;
                                 * the first one is for all records before it, too */
  GHashTable    *requests;      /* requests: direction and name to record; NULL = none */
} Talk;

/* The message that was learned last.  A listing shows it next: it is not probed again. */
typedef struct
{
  const WsiRecord  *record;     /* record of the message; NULL = none */
  gsize             length;
  const WsiDecoder *decoder;
  WsiDecodeInput    input;
} Learned;

struct _WsiInterpreter
{
  WsiStore       *store;
  GHashTable     *talks;        /* talks, by their numbers */
  GQueue          order;        /* numbers of the talks, the oldest first */
  guint           n_requests;   /* requests of all talks that wait for a reply */
  WsiTails       *tails;
  Talk           *latest;
  WsiChoices     *choices;      /* decoders that the user has chosen */
  guint64         n_learned;    /* records before this one were learned, or skipped */
  Learned         learned;
  WsiDescription *description;  /* description of the last learned message, if it was needed */
  gboolean        is_described;
  gboolean        is_reader;    /* the interpreter pairs no requests with replies */
  WsiPairing      pairing;      /* pairing of the record that was learned last */
  guint64         request;      /* number of the request that the last learned record replies to */
  gsize           max_length;   /* bytes of a message that are decoded at most */
  gsize           max_learned;  /* bytes of a message that are learned at most */
  guint           n_changes;
};

static void
interpreter_talk_free (gpointer data)
{
  Talk *talk = data;

  g_clear_pointer (&talk->requests, g_hash_table_unref);
  g_array_unref (talk->known);
  g_free (talk->subprotocol);
  g_free (talk->path);
  g_free (talk);
}

WsiInterpreter *
wsi_interpreter_new (WsiStore *store)
{
  WsiInterpreter *self = g_new0 (WsiInterpreter, 1);

  g_set_object (&self->store, store);
  self->talks = g_hash_table_new_full (NULL, NULL, NULL, interpreter_talk_free);
  self->tails = wsi_tails_new ();
  self->choices = wsi_choices_new ();
  self->description = wsi_description_new ();
  self->max_length = self->max_learned = WSI_DECODE_MAX_LENGTH;
  return self;
}

WsiInterpreter *
wsi_interpreter_new_reader (WsiStore *store)
{
  WsiInterpreter *self = wsi_interpreter_new (store);

  self->is_reader = TRUE;
  return self;
}

void
wsi_interpreter_free (WsiInterpreter *self)
{
  g_hash_table_unref (self->talks);
  g_queue_clear (&self->order);
  wsi_choices_free (self->choices);
  wsi_tails_free (self->tails);
  wsi_description_free (self->description);
  g_clear_object (&self->store);
  g_free (self);
}

void
wsi_interpreter_forget_learned (WsiInterpreter *self)
{
  self->learned = (Learned) { 0 };
}

void
wsi_interpreter_set_store (WsiInterpreter *self,
                           WsiStore       *store)
{
  g_set_object (&self->store, store);
}

void
wsi_interpreter_set_max_length (WsiInterpreter *self,
                                gsize           max_length)
{
  self->max_length = self->max_learned = max_length;
}

void
wsi_interpreter_set_max_learned (WsiInterpreter *self,
                                 gsize           max_learned)
{
  self->max_learned = max_learned;
}

guint
wsi_interpreter_get_n_changes (const WsiInterpreter *self)
{
  return self->n_changes;
}

gsize
wsi_interpreter_get_max_length (const WsiInterpreter *self)
{
  return self->max_length;
}

void
wsi_interpreter_copy_choices (WsiInterpreter       *self,
                              const WsiInterpreter *other)
{
  wsi_choices_copy (self->choices, other->choices);
  self->max_length = self->max_learned = other->max_length;
}

void
wsi_interpreter_restart (WsiInterpreter *self)
{
  g_hash_table_remove_all (self->talks);
  g_queue_clear (&self->order);
  wsi_tails_free (self->tails);
  self->tails = wsi_tails_new ();
  self->latest = NULL;
  self->n_requests = 0;
  self->n_learned = 0;
  self->n_changes++;
  wsi_interpreter_forget_learned (self);
}

void
wsi_interpreter_set_decoder (WsiInterpreter   *self,
                             guint32           conversation,
                             guint             direction,
                             const WsiDecoder *decoder)
{
  wsi_choices_set (self->choices, conversation, direction, decoder);
  wsi_interpreter_forget_learned (self);
}

const WsiDecoder *
wsi_interpreter_get_choice (const WsiInterpreter *self,
                            const WsiRecord      *record)
{
  return wsi_choices_find (self->choices, record->conversation, record->direction);
}

/* Requests that were not answered, as at the end of a conversation. */
static void
drop_requests (WsiInterpreter *self,
               Talk           *talk)
{
  if (talk == NULL || talk->requests == NULL)
    return;

  self->n_requests -= g_hash_table_size (talk->requests);
  g_clear_pointer (&talk->requests, g_hash_table_unref);
}

static void
drop_oldest_talk (WsiInterpreter *self)
{
  gpointer number = g_queue_pop_head (&self->order);

  drop_requests (self, g_hash_table_lookup (self->talks, number));
  g_hash_table_remove (self->talks, number);
}

static Talk *
find_talk (WsiInterpreter *self,
           guint32         number)
{
  g_autoptr (WsiConversation) conversation = NULL;
  Talk *talk;

  if (self->latest != NULL && self->latest->number == number)
    return self->latest;

  self->latest = g_hash_table_lookup (self->talks, GUINT_TO_POINTER (number));
  if (self->latest != NULL)
    return self->latest;

  if (g_hash_table_size (self->talks) == MAX_TALKS)
    drop_oldest_talk (self);
  talk = g_new0 (Talk, 1);
  talk->number = number;
  talk->known = g_array_new (FALSE, TRUE, sizeof (Known));
  g_array_set_size (talk->known, 1);
  conversation = wsi_store_dup_conversation (self->store, number);
  if (conversation != NULL)
    {
      talk->role = wsi_conversation_get_role (conversation);
      talk->subprotocol = g_strdup (wsi_conversation_get_subprotocol (conversation));
      talk->path = wsi_decoder_hints_dup_path (wsi_conversation_get_uri (conversation));
    }
  g_hash_table_insert (self->talks, GUINT_TO_POINTER (number), talk);
  g_queue_push_tail (&self->order, GUINT_TO_POINTER (number));
  self->latest = talk;
  return talk;
}

/* Payload that is still compressed, or of an unknown extension, has no known meaning. */
static gboolean
is_decodable (const WsiRecord *record)
{
  const guint opaque = WSI_RECORD_OPAQUE | WSI_RECORD_NOT_INFLATED | WSI_RECORD_BYTES
                       | WSI_RECORD_REST;

  return wsi_record_is_frame (record) && !wsi_record_is_control (record) &&
         record->message_opcode != 0 && record->conversation != 0 &&
         record->direction != WSI_NO_DIRECTION && (record->flags & opaque) == 0;
}

static const Known *
find_known (const Talk *talk,
            guint64     number)
{
  guint i = talk->known->len - 1;

  while (i > 0 && g_array_index (talk->known, Known, i).first > number)
    i--;
  return &g_array_index (talk->known, Known, i);
}

/* Notes the state after a record.  Old records keep theirs: after many changes, further ones are
 * not noted. */
static void
note_known (WsiInterpreter *self,
            Talk           *talk,
            guint64         number,
            WsiDecodeFacts  stated)
{
  Known next = *find_known (talk, G_MAXUINT64), before = next;

  for (guint i = 0; i < G_N_ELEMENTS (next.settled); i++)
    {
      if (talk->guesses[i].n_agreeing >= N_AGREEING)
        next.settled[i] = talk->guesses[i].decoder;
      next.is_unread[i] = talk->guesses[i].n_unread >= N_UNREAD;
    }
  if (stated.mqtt_version != 0)
    next.facts = stated;
  if (next.settled[0] == before.settled[0] && next.settled[1] == before.settled[1] &&
      next.is_unread[0] == before.is_unread[0] && next.is_unread[1] == before.is_unread[1] &&
      next.facts.mqtt_version == before.facts.mqtt_version)
    return;

  next.first = number + 1;
  if (talk->known->len == MAX_CHANGES)
    return;

  g_array_append_val (talk->known, next);
  self->n_changes++;
}

/* The length of the message, as far as it is known.  FALSE: the record is in the middle of one. */
static gboolean
get_total (WsiInterpreter  *self,
           const WsiRecord *record,
           guint64         *total)
{
  WsiMessageInfo message;

  *total = wsi_record_get_length (record);
  if ((record->flags & WSI_RECORD_FRAGMENT) == 0)
    return TRUE;

  if (!wsi_record_is_fin (record))
    {
      *total = G_MAXUINT64;
      return record->kind != WSP_FRAME_KIND_CONTINUATION;
    }
  if (!wsi_store_get_message (self->store, record->message, &message))
    return FALSE;

  *total = message.length;
  return TRUE;
}

/* The input for the decoder of a record, both to learn it and to show it.  FALSE: the record is in
 * the middle of a message. */
static gboolean
init_input (WsiInterpreter  *self,
            const Talk      *talk,
            const WsiRecord *record,
            const Known     *known,
            WsiDecodeInput  *input)
{
  WspRole other = talk->role == WSP_ROLE_CLIENT ? WSP_ROLE_SERVER : WSP_ROLE_CLIENT;
  guint64 total;

  if (!get_total (self, record, &total))
    return FALSE;

  if (input->length < total || (record->flags & (WSI_RECORD_CUT | WSI_RECORD_GAP)) != 0)
    input->extent = WSI_EXTENT_BEGINNING;
  if (input->length < total && total != G_MAXUINT64 &&
      (record->flags & (WSI_RECORD_CUT | WSI_RECORD_GAP)) == 0)
    input->n_more = total - input->length;
  input->form = record->message_opcode == 1 ? WSI_MESSAGE_TEXT : WSI_MESSAGE_BINARY;
  input->direction = (WspDirection) record->direction;
  input->sender = record->direction == WSP_DIRECTION_SENT ? talk->role : other;
  input->subprotocol = talk->subprotocol;
  input->path = talk->path;
  input->facts = known->facts;
  input->follows_unread = known->is_unread[record->direction];
  return TRUE;
}

/* The format of messages before decides in doubt only: a peer may begin with others. */
static const WsiDecoder *
interpreter_choose (WsiInterpreter       *self,
                    const WsiRecord      *record,
                    const Known          *known,
                    const WsiDecodeInput *input,
                    guint                *score)
{
  const WsiDecoder *choice = wsi_interpreter_get_choice (self, record);

  *score = WSI_SCORE_MAX;
  return choice != NULL ? choice
                        : wsi_decoder_list_guess (input, known->settled[input->direction], score);
}

/* Whether the record was learned last, with a payload of this length. */
static gboolean
interpreter_is_learned (const WsiInterpreter *self,
                        const WsiRecord      *record,
                        gsize                 length)
{
  return self->learned.record == record && self->learned.length == length;
}

const WsiDecoder *
wsi_interpreter_prepare (WsiInterpreter  *self,
                         guint64          number,
                         const WsiRecord *record,
                         const guint8    *at,
                         gsize            length,
                         WsiDecodeInput  *input)
{
  const Known *known;
  Talk *talk;
  guint score;

  if (interpreter_is_learned (self, record, length) && self->learned.input.before == NULL)
    {
      *input = self->learned.input;
      input->at = at;
      return self->learned.decoder;
    }

  if (!is_decodable (record))
    return NULL;

  talk = find_talk (self, record->conversation);
  known = find_known (talk, number);
  *input = (WsiDecodeInput) { .at = at, .length = length };
  input->before = wsi_tails_get (self->tails, number);
  if (!init_input (self, talk, record, known, input))
    return NULL;
  return interpreter_is_learned (self, record, length) ? self->learned.decoder
                                           : interpreter_choose (self, record, known, input,
                                                                 &score);
}

/* A format that is read because no other one fits does not stay, and one that stays yields only to
 * one that is sure. */
static void
note_guess (Guess            *guess,
            const WsiDecoder *settled,
            const WsiDecoder *decoder,
            guint             score)
{
  if (score <= WSI_SCORE_FALLBACK ||
      (settled != NULL && (decoder == settled || score < WSI_SCORE_SURE)))
    return;

  guess->n_agreeing = guess->decoder == decoder ? guess->n_agreeing + 1 : 1;
  guess->decoder = decoder;
}

static void
note_unread (Guess                *guess,
             const WsiDecodeInput *input,
             guint                 score)
{
  if (input->form == WSI_MESSAGE_BINARY)
    guess->n_unread = score <= WSI_SCORE_FALLBACK ? MIN (guess->n_unread + 1, N_UNREAD) : 0;
}

/* A message that only one protocol has settles both directions, where no other one is settled: the
 * next one may be a digit. */
static void
note_protocol (Talk             *talk,
               const WsiDecoder *decoder,
               guint             score)
{
  for (guint i = 0; i < G_N_ELEMENTS (talk->guesses); i++)
    if (score >= WSI_SCORE_SURE && decoder->reach == WSI_REACH_CONVERSATION &&
        talk->guesses[i].n_agreeing < N_AGREEING)
      talk->guesses[i] = (Guess) { decoder, N_AGREEING, talk->guesses[i].n_unread };
}

/* Makes room for one more.  The conversations that began first lose theirs. */
static void
limit_requests (WsiInterpreter *self,
                Talk           *talk)
{
  if (talk->requests != NULL && g_hash_table_size (talk->requests) == MAX_REQUESTS)
    drop_requests (self, talk);
  if (self->n_requests < MAX_ALL_REQUESTS)
    return;

  for (GList *link = self->order.head; link != NULL && self->n_requests > MAX_ALL_REQUESTS / 2;
       link = link->next)
    drop_requests (self, g_hash_table_lookup (self->talks, link->data));
}

/* A request may be answered several times, such as a subscription: the first reply is its reply. */
static void
interpreter_pair (WsiInterpreter  *self,
                  Talk            *talk,
                  guint64          number,
                  const WsiRecord *record)
{
  const WsiDescription *description = self->description;
  gboolean is_request = description->pairing == WSI_PAIRING_REQUEST;
  gboolean is_sent = (record->direction == WSP_DIRECTION_SENT) == is_request;
  g_autoptr (GBytes) key = NULL;
  guint64 *request;

  if (description->pairing == WSI_PAIRING_NONE)
    return;

  if (is_request)
    limit_requests (self, talk);
  if (talk->requests == NULL)
    talk->requests = g_hash_table_new_full (g_bytes_hash, g_bytes_equal,
                                            (GDestroyNotify) g_bytes_unref, g_free);
  g_string_append_c (self->description->pair, is_sent ? '>' : '<');
  key = g_bytes_new (description->pair->str, description->pair->len);
  request = g_hash_table_lookup (talk->requests, key);
  if (is_request)
    {
      self->pairing = WSI_PAIRING_REQUEST;
      self->n_requests += g_hash_table_insert (talk->requests, g_steal_pointer (&key),
                                               g_memdup2 (&number, sizeof number));
    }
  else if (request != NULL)
    {
      self->pairing = WSI_PAIRING_REPLY;
      self->request = *request;
      wsi_store_set_reply (self->store, *request, number);
      g_hash_table_remove (talk->requests, key);
      self->n_requests--;
    }
}

static void
note_error (WsiInterpreter *self,
            guint64         number)
{
  const WsiDescription *description = self->description;

  if (description->error_field != NULL)
    wsi_store_set_error (self->store, number, description->error_field, description->error->str);
}

static void
interpreter_learn (WsiInterpreter  *self,
                   Talk            *talk,
                   guint64          number,
                   const WsiRecord *record,
                   const guint8    *at,
                   gsize            length)
{
  const Known *known = find_known (talk, number);
  WsiDecodeInput input = { .at = at, .length = length };
  const WsiDecoder *decoder;
  guint score;

  input.before = wsi_tails_take (self->tails, talk->number, record->direction, number);
  self->n_changes += input.before != NULL;
  if (!init_input (self, talk, record, known, &input))
    return;

  decoder = interpreter_choose (self, record, known, &input, &score);
  note_guess (&talk->guesses[input.direction], known->settled[input.direction], decoder, score);
  note_protocol (talk, decoder, score);
  note_unread (&talk->guesses[input.direction], &input, score);
  self->learned = (Learned) { record, length, decoder, input };
  if (decoder->reach == WSI_REACH_CONVERSATION)
    {
      wsi_decoder_list_describe (decoder, &input, self->description);
      self->is_described = TRUE;
      if (!self->is_reader)
        {
          interpreter_pair (self, talk, number, record);
          note_error (self, number);
        }
    }
  note_known (self, talk, number, self->description->stated);
  wsi_tails_leave (self->tails, talk->number, record->direction, &self->description->unfinished);
}

const WsiDescription *
wsi_interpreter_get_learned (const WsiInterpreter *self,
                             const WsiRecord      *record,
                             gsize                 length)
{
  return self->is_described && interpreter_is_learned (self, record, length) ? self->description
    : NULL;
}

WsiPairing
wsi_interpreter_get_pairing (const WsiInterpreter *self,
                             guint64              *request)
{
  if (self->pairing == WSI_PAIRING_REPLY)
    *request = self->request;
  return self->pairing;
}

/* Forgets the beginning of an unfinished message: bytes between are missing. */
static void
forget_unfinished (WsiInterpreter  *self,
                   const WsiRecord *record)
{
  const WsiUnfinished nothing = { NULL, 0 };

  if (record->conversation == 0)
    wsi_tails_forget_latest (self->tails);
  for (guint i = 0; i < 2; i++)
    if (record->direction == i || record->direction == WSI_NO_DIRECTION)
      wsi_tails_leave (self->tails, record->conversation, i, &nothing);
}

void
wsi_interpreter_learn (WsiInterpreter  *self,
                       guint64          number,
                       const WsiRecord *record)
{
  gboolean is_fragment = (record->flags & WSI_RECORD_FRAGMENT) != 0;
  g_autoptr (GBytes) bytes = NULL;
  const guint8 *at = NULL;
  gsize length = 0;
  Talk *talk;

  self->pairing = WSI_PAIRING_NONE;
  /* A reader may go over the rows of one connection after those of another. */
  if (self->is_reader ? number + 1 == self->n_learned : number < self->n_learned)
    return;
  self->n_learned = number + 1;
  wsi_interpreter_forget_learned (self);
  if (self->is_described)
    wsi_description_clear (self->description);
  self->is_described = FALSE;
  if (record->kind == WSI_RECORD_KIND_EVENT && record->event == WSI_EVENT_ENDED)
    drop_requests (self, g_hash_table_lookup (self->talks,
                                              GUINT_TO_POINTER (record->conversation)));
  if (wsi_record_is_loss (record))
    forget_unfinished (self, record);
  if (!is_decodable (record) || (is_fragment && !wsi_record_is_fin (record)))
    return;

  talk = find_talk (self, record->conversation);
  if (is_fragment)
    bytes = wsi_store_dup_message (self->store, record->message, self->max_learned);
  else
    at = wsi_store_peek_payload (self->store, record, WSI_VIEW_INFLATED, &length);
  if (at == NULL && bytes == NULL)
    bytes = wsi_store_dup_payload (self->store, number, WSI_VIEW_INFLATED, self->max_learned);
  if (bytes != NULL)
    at = wsi_bytes_get_data (bytes, &length);
  if (at == NULL)
    forget_unfinished (self, record);
  else
    interpreter_learn (self, talk, number, record, at, MIN (length, self->max_learned));
}
