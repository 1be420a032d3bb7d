/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/interpret/wsi-interpreter.h"

#include <string.h>

#define N_AGREEING 3            /* messages after which a guess stays */
#define MAX_VAIN 32             /* messages of no format, after which nothing is learned any more */
#define MAX_TALKS 65536
#define MAX_REQUESTS 16384      /* of one conversation that wait for their replies */

/* One direction of a conversation. */
typedef struct
{
  const WsiDecoder *decoder;    /* of the last messages; NULL = none is known */
  guint             n_agreeing; /* messages */
  guint             n_vain;
} Guess;

/* A conversation as far as it is learned. */
typedef struct
{
  guint32        number;
  WspRole        role;
  char          *subprotocol, *path;
  Guess          guesses[2];    /* by direction */
  WsiDecodeFacts facts;
  GHashTable    *requests;      /* direction and name to the number of the record; NULL = none */
} Talk;

typedef struct
{
  guint32           conversation;
  guint             direction;
  const WsiDecoder *decoder;
} Choice;

struct _WsiInterpreter
{
  WsiStore       *store;
  GHashTable     *talks;        /* by number */
  Talk           *latest;
  GArray         *choices;      /* of Choice; the last one that fits holds */
  guint64         n_learned;    /* records before this one were learned, or skipped */
  WsiDescription *description;
  const WsiRecord *described;   /* NULL = the description is of none */
  gsize            described_length;
};

static void
talk_free (gpointer data)
{
  Talk *talk = data;

  g_clear_pointer (&talk->requests, g_hash_table_unref);
  g_free (talk->subprotocol);
  g_free (talk->path);
  g_free (talk);
}

WsiInterpreter *
wsi_interpreter_new (WsiStore *store)
{
  WsiInterpreter *self = g_new0 (WsiInterpreter, 1);

  g_set_object (&self->store, store);
  self->talks = g_hash_table_new_full (NULL, NULL, NULL, talk_free);
  self->choices = g_array_new (FALSE, FALSE, sizeof (Choice));
  self->description = wsi_description_new ();
  return self;
}

void
wsi_interpreter_free (WsiInterpreter *self)
{
  g_hash_table_unref (self->talks);
  g_array_unref (self->choices);
  wsi_description_free (self->description);
  g_clear_object (&self->store);
  g_free (self);
}

void
wsi_interpreter_set_store (WsiInterpreter *self,
                           WsiStore       *store)
{
  g_set_object (&self->store, store);
}

void
wsi_interpreter_copy_choices (WsiInterpreter       *self,
                              const WsiInterpreter *other)
{
  g_array_set_size (self->choices, 0);
  g_array_append_vals (self->choices, other->choices->data, other->choices->len);
}

void
wsi_interpreter_set_decoder (WsiInterpreter   *self,
                             guint32           conversation,
                             guint             direction,
                             const WsiDecoder *decoder)
{
  Choice choice = { conversation, direction, decoder };

  for (guint i = 0; i < self->choices->len; i++)
    {
      Choice *old = &g_array_index (self->choices, Choice, i);

      if (old->conversation == conversation && old->direction == direction)
        g_array_remove_index (self->choices, i--);
    }
  g_array_append_val (self->choices, choice);
}

/* FALSE: it is no choice of a conversation. */
static gboolean
parse_place (const char *text,
             gsize       length,
             guint32    *conversation,
             guint      *direction)
{
  g_autofree char *place = g_strndup (text, length);
  char *colon = strchr (place, ':');
  guint64 number;

  *direction = WSI_NO_DIRECTION;
  if (colon != NULL)
    {
      *colon = '\0';
      if (g_str_equal (colon + 1, "sent"))
        *direction = WSP_DIRECTION_SENT;
      else if (g_str_equal (colon + 1, "recv"))
        *direction = WSP_DIRECTION_RECEIVED;
      else
        return FALSE;
    }
  if (!g_ascii_string_to_unsigned (place, 10, 1, G_MAXUINT32, &number, NULL))
    return FALSE;

  *conversation = (guint32) number;
  return TRUE;
}

static char *
list_names (void)
{
  gsize n_decoders;
  const WsiDecoder *const *decoders = wsi_decoders_get_all (&n_decoders);
  GString *names = g_string_new (NULL);

  for (gsize i = 0; i < n_decoders; i++)
    g_string_append_printf (names, " %s", decoders[i]->name);
  return g_string_free (names, FALSE);
}

gboolean
wsi_interpreter_choose (WsiInterpreter *self,
                        const char     *choice,
                        GError        **error)
{
  const char *sign = strchr (choice, '='), *name = sign != NULL ? sign + 1 : choice;
  const WsiDecoder *decoder = wsi_decoders_find (name);
  guint32 conversation = 0;
  guint direction = WSI_NO_DIRECTION;

  if (decoder == NULL)
    {
      g_autofree char *names = list_names ();

      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "unknown decoder \"%s\": expected one of%s", name, names);
      return FALSE;
    }
  if (sign != NULL && !parse_place (choice, sign - choice, &conversation, &direction))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "expected NAME, CONN=NAME, CONN:sent=NAME or CONN:recv=NAME, received \"%s\"",
                   choice);
      return FALSE;
    }
  wsi_interpreter_set_decoder (self, conversation, direction, decoder);
  return TRUE;
}

/* The path of an URI, with its query. */
static char *
dup_path (const char *uri)
{
  const char *authority = uri != NULL ? strstr (uri, "://") : NULL;
  const char *path = authority != NULL ? strchr (authority + 3, '/') : NULL;

  return g_strdup (path);
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
    g_hash_table_remove_all (self->talks);
  talk = g_new0 (Talk, 1);
  talk->number = number;
  conversation = wsi_store_dup_conversation (self->store, number);
  if (conversation != NULL)
    {
      talk->role = wsi_conversation_get_role (conversation);
      talk->subprotocol = g_strdup (wsi_conversation_get_subprotocol (conversation));
      talk->path = dup_path (wsi_conversation_get_uri (conversation));
    }
  g_hash_table_insert (self->talks, GUINT_TO_POINTER (number), talk);
  self->latest = talk;
  return talk;
}

static const WsiDecoder *
find_choice (WsiInterpreter  *self,
             const WsiRecord *record)
{
  const WsiDecoder *decoder = NULL;
  gboolean is_special = FALSE;

  for (guint i = 0; i < self->choices->len; i++)
    {
      const Choice *choice = &g_array_index (self->choices, Choice, i);

      if ((choice->conversation != 0 && choice->conversation != record->conversation)
          || (choice->direction != WSI_NO_DIRECTION && choice->direction != record->direction)
          || (is_special && choice->conversation == 0))
        continue;
      decoder = choice->decoder;
      is_special = choice->conversation != 0;
    }
  return decoder;
}

/* Payload that is still compressed, or of an unknown extension, has no known meaning. */
static gboolean
is_decodable (const WsiRecord *record)
{
  const guint opaque = WSI_RECORD_OPAQUE | WSI_RECORD_NOT_INFLATED | WSI_RECORD_BYTES
                       | WSI_RECORD_REST;

  return wsi_record_is_frame (record) && !wsi_record_is_control (record)
         && record->message_opcode != 0 && record->conversation != 0
         && record->direction != WSI_NO_DIRECTION && (record->flags & opaque) == 0;
}

static void
init_input (const Talk      *talk,
            const WsiRecord *record,
            WsiDecodeInput  *input)
{
  WspRole other = talk->role == WSP_ROLE_CLIENT ? WSP_ROLE_SERVER : WSP_ROLE_CLIENT;

  input->form = record->message_opcode == 1 ? WSI_MESSAGE_TEXT : WSI_MESSAGE_BINARY;
  input->direction = (WspDirection) record->direction;
  input->sender = record->direction == WSP_DIRECTION_SENT ? talk->role : other;
  input->subprotocol = talk->subprotocol;
  input->path = talk->path;
}

static gboolean
is_settled (const Guess *guess)
{
  return guess->n_agreeing >= N_AGREEING;
}

static const WsiDecoder *
choose (WsiInterpreter       *self,
        const Talk           *talk,
        const WsiRecord      *record,
        const WsiDecodeInput *input,
        guint                *score)
{
  const WsiDecoder *choice = self->choices->len > 0 ? find_choice (self, record) : NULL;
  const Guess *guess = &talk->guesses[input->direction];

  *score = WSI_SCORE_MAX;
  if (choice != NULL)
    return choice;

  if (is_settled (guess))
    {
      *score = guess->decoder->probe (input);
      if (*score > WSI_SCORE_NONE)
        return guess->decoder;
    }
  return wsi_decoders_guess (input, score);
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

const WsiDecoder *
wsi_interpreter_prepare (WsiInterpreter  *self,
                         const WsiRecord *record,
                         const guint8    *at,
                         gsize            length,
                         WsiDecodeInput  *input)
{
  guint64 total;
  Talk *talk;
  guint score;

  if (!is_decodable (record) || !get_total (self, record, &total))
    return NULL;

  talk = find_talk (self, record->conversation);
  *input = (WsiDecodeInput) { .at = at, .length = length, .facts = &talk->facts };
  if (length < total || (record->flags & (WSI_RECORD_CUT | WSI_RECORD_GAP)) != 0)
    input->extent = WSI_EXTENT_BEGINNING;
  init_input (talk, record, input);
  return choose (self, talk, record, input, &score);
}

/* A format that is read because no other one fits does not stay. */
static void
note_guess (Guess            *guess,
            const WsiDecoder *decoder,
            guint             score)
{
  if (is_settled (guess))
    return;

  if (score <= WSI_SCORE_FALLBACK)
    {
      guess->n_vain++;
      return;
    }
  guess->n_agreeing = guess->decoder == decoder ? guess->n_agreeing + 1 : 1;
  guess->decoder = decoder;
}

/* Whether later messages say nothing that matters. */
static gboolean
is_learned (WsiInterpreter  *self,
            const WsiRecord *record,
            const Talk      *talk)
{
  const Guess *guess = &talk->guesses[record->direction];

  if (self->choices->len > 0)
    return FALSE;
  if (is_settled (guess))
    return guess->decoder->reach == WSI_REACH_MESSAGE;
  return guess->n_vain >= MAX_VAIN;
}

/* A request may be answered several times, such as a subscription: the first reply is its reply. */
static void
pair (WsiInterpreter  *self,
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

  if (talk->requests == NULL)
    talk->requests = g_hash_table_new_full (g_bytes_hash, g_bytes_equal,
                                            (GDestroyNotify) g_bytes_unref, g_free);
  g_string_append_c (self->description->pair, is_sent ? '>' : '<');
  key = g_bytes_new (description->pair->str, description->pair->len);
  request = g_hash_table_lookup (talk->requests, key);
  if (is_request)
    {
      if (g_hash_table_size (talk->requests) == MAX_REQUESTS)
        g_hash_table_remove_all (talk->requests);
      g_hash_table_insert (talk->requests, g_steal_pointer (&key),
                           g_memdup2 (&number, sizeof number));
    }
  else if (request != NULL)
    {
      wsi_store_set_reply (self->store, *request, number);
      g_hash_table_remove (talk->requests, key);
    }
}

static void
learn (WsiInterpreter  *self,
       Talk            *talk,
       guint64          number,
       const WsiRecord *record,
       const guint8    *at,
       gsize            length)
{
  WsiDecodeInput input = { .at = at, .length = length, .facts = &talk->facts };
  const WsiDecoder *decoder;
  guint score;

  init_input (talk, record, &input);
  decoder = choose (self, talk, record, &input, &score);
  note_guess (&talk->guesses[input.direction], decoder, score);
  if (decoder->reach == WSI_REACH_MESSAGE)
    return;

  wsi_description_clear (self->description);
  wsi_decoders_describe (decoder, &input, self->description);
  self->described = record;
  self->described_length = length;
  pair (self, talk, number, record);
}

const WsiDescription *
wsi_interpreter_get_learned (const WsiInterpreter *self,
                             const WsiRecord      *record,
                             gsize                 length)
{
  return self->described == record && self->described_length == length ? self->description : NULL;
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

  if (number < self->n_learned)
    return;
  self->n_learned = number + 1;
  self->described = NULL;
  if (!is_decodable (record) || (is_fragment && !wsi_record_is_fin (record)))
    return;

  talk = find_talk (self, record->conversation);
  if (is_learned (self, record, talk))
    return;

  if (is_fragment)
    bytes = wsi_store_dup_message (self->store, record->message, WSI_DECODE_MAX_LENGTH);
  else
    at = wsi_store_peek_payload (self->store, record, WSI_VIEW_INFLATED, &length);
  if (at == NULL && bytes == NULL)
    bytes = wsi_store_dup_payload (self->store, number, WSI_VIEW_INFLATED, WSI_DECODE_MAX_LENGTH);
  if (bytes != NULL)
    at = g_bytes_get_data (bytes, &length);
  if (at != NULL)
    learn (self, talk, number, record, at, MIN (length, WSI_DECODE_MAX_LENGTH));
}
