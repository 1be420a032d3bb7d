/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/sample/wsi-sample.h"

#include <string.h>

#include "inspect/decode/binary/wsi-item-format.h"
#include "inspect/decode/wsi-description.h"
#include "inspect/filter/grammar/wsi-lexer.h"
#include "inspect/filter/wsi-filter.h"
#include "inspect/show/sample/wsi-message-values.h"
#include "inspect/store/memory/wsi-bytes.h"
#include "inspect/store/wsi-record.h"

/* Bytes for the counts: the rest of WSI_SAMPLE_MAX_HELD is for the tables below, and for what the
 * redactor remembers. */
#define MAX_COUNTS (3 * 1024 * 1024)
#define MAX_CONNECTIONS (1024 * 1024)   /* connections whose facts are counted: one bit each */
#define N_SHARES 1024
/* Digits of a number that a filter reads. */
#define MAX_DIGITS 18
#define MAX_DECIMALS 9

/* Nanoseconds.  A record brings less than a percent of what it takes to record one of many, and a
 * turn a percent of what the main loop takes to receive one frame alone.  Costs are those of a
 * message that is read while the processor has other things in its caches; bench-sample compares
 * both with a recording. */
#define FIRST_CREDIT (600 * 1000)
#define CREDIT_OF_RECORD 1
#define CREDIT_OF_TURN 300
#define COST_OF_LOOK 50
#define COST_OF_CONNECTION 25000
#define COST_OF_MESSAGE 6000
#define COST_OF_VALUE 500
#define COST_OF_NEW 1000        /* cost of a new name or value */
#define COST_OF_NODE 300
#define COST_OF_BYTE 5
/* Credit for looks and messages.  While more than this is left, every record is looked at, and a
 * message takes less, because the processor has read others right before.  Then a quarter of the
 * credit is for looks, and the rest is for messages: of a connection that had few of the last ones
 * at once, and of any other one when there is enough for some messages, which take less time one
 * after the other. */
#define SHARED_CREDIT (FIRST_CREDIT / 4)
#define LESS_AT_FIRST 3
#define CREDIT_BETWEEN_LOOKS (4 * COST_OF_LOOK)
#define RESERVE (4 * COST_OF_MESSAGE)
#define N_LAST 64
#define N_FEW 8
/* Records by which the next look is delayed at random, so that an alternating pattern is not met
 * always at the same place. */
#define MAX_JITTER 16

/* How many messages of a connection are among the last ones. */
typedef struct
{
  guint32 conversation;
  guint32 n;
  guint64 period;               /* period of N_LAST messages that n was counted in */
} Share;

static const char *const connection_fields[] = { "host", "port", "path", "proto", "status" };

struct _WsiSample
{
  GObject          parent_instance;

  WsiStore        *store;
  WsiRedactor     *redactor;
  WsiHide          hide;
  WsiFieldReader  *readers[G_N_ELEMENTS (connection_fields)];
  WsiFieldReader  *close_code;
  WsiMessageValues *values;
  WsiFieldCounts  *counts;
  GByteArray      *known;       /* bits of the conversations whose facts were counted */
  Share            shares[N_SHARES];
  gint64           credit;
  gint64           look_credit; /* credit for looking at a record; negative: none is looked at */
  gboolean         is_spending; /* credit is spent until there is none left */
  guint32          random;
  guint64          next;        /* record that wsi_sample_follow () reads next */
  guint64          n_messages;
};

G_DEFINE_FINAL_TYPE (WsiSample, wsi_sample, G_TYPE_OBJECT)

static void
wsi_sample_finalize (GObject *object)
{
  WsiSample *self = WSI_SAMPLE (object);

  for (guint i = 0; i < G_N_ELEMENTS (self->readers); i++)
    g_clear_pointer (&self->readers[i], wsi_field_reader_free);
  g_clear_pointer (&self->close_code, wsi_field_reader_free);
  g_clear_pointer (&self->values, wsi_message_values_free);
  g_clear_pointer (&self->counts, wsi_field_counts_free);
  g_clear_pointer (&self->known, g_byte_array_unref);
  g_clear_pointer (&self->redactor, wsi_redactor_free);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (wsi_sample_parent_class)->finalize (object);
}

static void
wsi_sample_class_init (WsiSampleClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_sample_finalize;
}

static void
wsi_sample_init (WsiSample *self)
{
  self->counts = wsi_field_counts_new (MAX_COUNTS);
  self->known = g_byte_array_new ();
  self->credit = FIRST_CREDIT;
}

static char *
sample_hide_text (gpointer    redactor,
                  const char *text)
{
  return wsi_redactor_hide_text (redactor, text);
}

static GBytes *
sample_hide_head (gpointer redactor,
                  GBytes  *head)
{
  return wsi_redactor_hide_head (redactor, head);
}

/* Forgets everything that the sample has taken. */
static void
sample_clear (WsiSample *self)
{
  wsi_field_counts_clear (self->counts);
  g_byte_array_set_size (self->known, 0);
  memset (self->shares, 0, sizeof self->shares);
  self->credit = FIRST_CREDIT;
  self->look_credit = 0;
  self->is_spending = FALSE;
  self->random = 0;
  self->next = 0;
  self->n_messages = 0;
}

void
wsi_sample_set_secret_names (WsiSample         *self,
                             const char *const *names)
{
  wsi_redactor_set_names (self->redactor, names);
  sample_clear (self);
}

guint64
wsi_sample_get_n_messages (const WsiSample *self)
{
  return self->n_messages;
}

static void
add_credit (WsiSample *self,
            gint64     credit)
{
  self->credit = MIN (self->credit + credit, FIRST_CREDIT);
  self->look_credit = MIN (self->look_credit + credit, 0);
}

void
wsi_sample_add_turn (WsiSample *self)
{
  add_credit (self, CREDIT_OF_TURN);
}

static guint
sample_roll (WsiSample *self)
{
  self->random = self->random * 1664525 + 1013904223;
  return self->random >> 16;
}

/* Takes a message if the connection's share is small.  FALSE: the connection leaves the credit to
 * others. */
static gboolean
take_share (WsiSample       *self,
            const WsiRecord *record)
{
  Share *share = &self->shares[record->conversation % N_SHARES];
  guint64 period = self->n_messages / N_LAST;

  if (share->conversation != record->conversation || share->period != period)
    *share = (Share) { record->conversation, 0, period };
  self->is_spending |= self->credit >= RESERVE;
  if (share->n >= N_FEW && !self->is_spending)
    return FALSE;

  share->n++;
  return TRUE;
}

static void
sample_add_number (WsiSample       *self,
                   WsiCountedField *field,
                   gint64           number)
{
  char text[32];

  /* a filter has no sign for the least number */
  if (number == G_MININT64)
    return;

  g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, number);
  wsi_field_counts_add_value (self->counts, field, WSI_COUNTED_WORD, text, strlen (text));
}

/* Adds a real number as filters write it: digits with a point, without an exponent. */
static void
add_real (WsiSample       *self,
          WsiCountedField *field,
          double           number)
{
  g_autofree char *text = wsi_item_format_real (number, sizeof number);
  const char *point = strchr (text, '.');

  if (strspn (text, "-.0123456789") == strlen (text) && strlen (text) <= MAX_DIGITS &&
      (point == NULL || strlen (point + 1) <= MAX_DECIMALS))
    wsi_field_counts_add_value (self->counts, field, WSI_COUNTED_WORD, text, strlen (text));
}

static void
sample_add_word (WsiSample       *self,
                 WsiCountedField *field,
                 const char      *word)
{
  wsi_field_counts_add_value (self->counts, field, WSI_COUNTED_WORD, word, strlen (word));
}

static void
add_decoded (WsiSample             *self,
             WsiCountedField       *field,
             const WsiDescription  *description,
             const WsiDecodedField *value)
{
  switch (value->kind)
    {
    case WSI_FIELD_TEXT:
      wsi_field_counts_add_value (self->counts, field, WSI_COUNTED_TEXT,
                                  (const char *) wsi_description_get_text (description, value),
                                  value->length);
      break;
    case WSI_FIELD_WHOLE:
      sample_add_number (self, field, value->whole);
      break;
    case WSI_FIELD_REAL:
      add_real (self, field, value->real);
      break;
    case WSI_FIELD_BOOLEAN:
      sample_add_word (self, field, value->whole != 0 ? "yes" : "no");
      break;
    }
}

static gboolean
has_secret_step (WsiSample             *self,
                 const WsiMessageValue *value)
{
  for (guint i = 0; i < value->n_steps; i++)
    if (wsi_redactor_is_secret_name (self->redactor, value->steps[i]))
      return TRUE;
  return FALSE;
}

static void
take_message_value (const WsiMessageValue *value,
                    gpointer               sample)
{
  WsiSample *self = sample;
  WsiCountedField *field =
    wsi_field_counts_add (self->counts, value->name,
                          value->steps != NULL ? WSI_COUNTED_PATH : WSI_COUNTED_FIELD);

  if (field == NULL)
    return;

  if (field->n == 1)
    field->is_secret = has_secret_step (self, value);
  if (!field->is_secret)
    add_decoded (self, field, value->description, value->value);
}

WsiSample *
wsi_sample_new (WsiStore    *store,
                WsiRedaction level)
{
  WsiSample *self = g_object_new (WSI_TYPE_SAMPLE, NULL);

  self->values = wsi_message_values_new (take_message_value, self);
  self->store = g_object_ref (store);
  self->redactor = wsi_redactor_new (level);
  self->hide = (WsiHide) { sample_hide_text, sample_hide_head, self->redactor };
  for (guint i = 0; i < G_N_ELEMENTS (self->readers); i++)
    self->readers[i] = wsi_field_reader_new (connection_fields[i], &self->hide, NULL);
  self->close_code = wsi_field_reader_new ("close.code", &self->hide, NULL);
  return self;
}

typedef struct
{
  WsiSample  *sample;
  const char *name;
} Reading;

/* Takes a value of a field; one that is hidden in part is not a value of the traffic. */
static void
take_read_value (const WsiReadValue *value,
                 gpointer            data)
{
  const Reading *reading = data;
  WsiSample *self = reading->sample;
  g_autofree char *text = value->is_number ? NULL : g_strndup ((const char *) value->bytes,
                                                               value->length);
  WsiCountedField *field;

  if (text != NULL && wsi_redactor_has_hidden (text))
    return;

  field = wsi_field_counts_add (self->counts, reading->name, WSI_COUNTED_FIELD);
  if (value->is_number)
    sample_add_number (self, field, value->number);
  else
    wsi_field_counts_add_value (self->counts, field, WSI_COUNTED_TEXT,
                                (const char *) value->bytes, value->length);
}

static void
read_field (WsiSample      *self,
            WsiFieldReader *reader,
            guint64         number)
{
  Reading reading = { self, wsi_field_reader_get_field (reader)->name };

  wsi_field_reader_read (reader, self->store, number, take_read_value, &reading);
}

/* Notes a connection.  FALSE: its facts were counted before, or there is none. */
static gboolean
note_connection (WsiSample *self,
                 guint32    number)
{
  guint place = number / 8, before = self->known->len;
  guint8 bit = 1 << number % 8;

  if (number == 0 || number >= MAX_CONNECTIONS)
    return FALSE;

  if (place >= before)
    {
      g_byte_array_set_size (self->known, place + 1);
      memset (self->known->data + before, 0, self->known->len - before);
    }
  if ((self->known->data[place] & bit) != 0)
    return FALSE;

  self->known->data[place] |= bit;
  return TRUE;
}

/* The handshake is over when a frame passes, or the connection ends.  Returns the cost. */
static gint64
sample_take_connection (WsiSample       *self,
                        guint64          number,
                        const WsiRecord *record)
{
  if (!note_connection (self, record->conversation))
    return 0;

  for (guint i = 0; i < G_N_ELEMENTS (self->readers); i++)
    read_field (self, self->readers[i], number);
  return COST_OF_CONNECTION;
}

/* The bytes of a message.  NULL: the payload was not kept.  bytes: to be freed, or NULL. */
static const guint8 *
sample_get_payload (WsiSample       *self,
                    guint64          number,
                    const WsiRecord *record,
                    GBytes         **bytes,
                    gsize           *length)
{
  const guint8 *at = NULL;

  if ((record->flags & WSI_RECORD_FRAGMENT) != 0)
    *bytes = wsi_store_dup_message (self->store, record->message, WSI_MESSAGE_VALUES_MAX_LENGTH);
  else
    at = wsi_store_peek_payload (self->store, record, WSI_VIEW_INFLATED, length);
  if (at == NULL && *bytes == NULL)
    *bytes = wsi_store_dup_payload (self->store, number, WSI_VIEW_INFLATED,
                                    WSI_MESSAGE_VALUES_MAX_LENGTH);
  if (*bytes != NULL)
    at = wsi_bytes_get_data (*bytes, length);
  *length = MIN (*length, WSI_MESSAGE_VALUES_MAX_LENGTH);
  return at;
}

static void
add_language (WsiSample        *self,
              const WsiDecoder *decoder)
{
  WsiCountedField *field = wsi_field_counts_add (self->counts, "lang", WSI_COUNTED_FIELD);

  wsi_field_counts_add_value (self->counts, field, WSI_COUNTED_TEXT, decoder->name,
                              strlen (decoder->name));
}

/* Takes a message, and returns the cost. */
static gint64
sample_take_message (WsiSample       *self,
                     WsiInterpreter  *interpreter,
                     guint64          number,
                     const WsiRecord *record)
{
  g_autoptr (GBytes) bytes = NULL;
  gsize length = 0;
  const guint8 *at = sample_get_payload (self, number, record, &bytes, &length);
  const WsiDecoder *decoder = NULL;
  guint64 n_before = wsi_field_counts_get_n_new (self->counts);
  WsiMessageEffort effort;
  WsiDecodeInput input;

  if (at != NULL)
    decoder = wsi_interpreter_prepare (interpreter, number, record, at, length, &input);
  if (decoder == NULL)
    return COST_OF_MESSAGE;

  self->n_messages++;
  add_language (self, decoder);
  effort = wsi_message_values_take (self->values, decoder, &input);
  return COST_OF_MESSAGE + effort.n_values * COST_OF_VALUE + effort.n_nodes * COST_OF_NODE
         + effort.n_bytes * COST_OF_BYTE
         + (wsi_field_counts_get_n_new (self->counts) - n_before) * COST_OF_NEW;
}

/* Whether a record is the end of a connection, which has one end, but up to two Close frames. */
static gboolean
sample_is_end (const WsiRecord *record)
{
  return record->kind == WSI_RECORD_KIND_EVENT && record->event == WSI_EVENT_ENDED;
}

/* Whether a record is a frame that ends a message. */
static gboolean
sample_is_message (const WsiRecord *record)
{
  return wsi_record_is_fin (record) && !wsi_record_is_control (record);
}

/* Looks at a record, and returns the cost. */
static gint64
sample_look (WsiSample       *self,
             WsiInterpreter  *interpreter,
             guint64          number,
             const WsiRecord *record)
{
  gint64 cost = COST_OF_LOOK;

  self->look_credit = -CREDIT_BETWEEN_LOOKS - (gint64) (sample_roll (self) % MAX_JITTER);
  if ((!sample_is_end (record) && !sample_is_message (record)) || !take_share (self, record))
    return cost;

  cost += sample_take_connection (self, number, record);
  if (sample_is_end (record))
    {
      read_field (self, self->close_code, number);
      return cost + COST_OF_MESSAGE;
    }
  if (wsi_redactor_hides_payload (self->redactor, record))
    return cost;
  return cost + sample_take_message (self, interpreter, number, record);
}

/* The number of records that are passed until the next one is looked at. */
static guint64
count_unpaid (WsiSample *self)
{
  gint64 missing = 1 - self->credit;

  self->is_spending &= missing <= 0;
  if (self->credit < SHARED_CREDIT && !self->is_spending)
    missing = MAX (missing, -self->look_credit);
  return missing > 0 ? (missing - 1) / CREDIT_OF_RECORD + 1 : 0;
}

static gint64
get_divisor (const WsiSample *self)
{
  return self->credit >= SHARED_CREDIT ? LESS_AT_FIRST : 1;
}

void
wsi_sample_take (WsiSample      *self,
                 WsiInterpreter *interpreter,
                 guint64         first,
                 guint64         end)
{
  guint reading = wsi_store_begin_reading (self->store);

  first = MAX (first, wsi_store_get_first (self->store));
  while (first < end)
    {
      guint64 n_passed = MIN (count_unpaid (self), end - first);
      const WsiRecord *record;

      add_credit (self, n_passed * CREDIT_OF_RECORD);
      first += n_passed;
      if (first == end)
        break;

      add_credit (self, CREDIT_OF_RECORD);
      record = wsi_store_get_record (self->store, first);
      if (record != NULL)
        self->credit -= sample_look (self, interpreter, first, record) / get_divisor (self);
      first++;
    }
  wsi_store_end_reading (self->store, reading);
}

void
wsi_sample_follow (WsiSample      *self,
                   WsiInterpreter *interpreter,
                   guint64         end)
{
  if (end < self->next)
    sample_clear (self);
  wsi_sample_add_turn (self);
  wsi_sample_take (self, interpreter, self->next, end);
  self->next = end;
}

/* Whether the redactor leaves the text as it is. */
static gboolean
may_show (WsiSample  *self,
          const char *text,
          gsize       length)
{
  g_autofree char *copy = g_malloc (length + 1);
  g_autofree char *shown = NULL;

  for (gsize i = 0; i < length; i++)
    copy[i] = text[i] != '\0' ? text[i] : ' ';
  copy[length] = '\0';
  shown = wsi_redactor_hide_text (self->redactor, copy);
  return g_str_equal (shown, copy);
}

GPtrArray *
wsi_sample_list_fields (WsiSample *self)
{
  GPtrArray *list = wsi_field_counts_list (self->counts);

  for (guint i = list->len; i > 0; i--)
    {
      const WsiCountedField *field = list->pdata[i - 1];

      if (!may_show (self, field->name, strlen (field->name)))
        g_ptr_array_remove_index (list, i - 1);
    }
  return list;
}

GPtrArray *
wsi_sample_list_values (WsiSample  *self,
                        const char *name,
                        const char *beginning,
                        gsize       length,
                        guint       max)
{
  WsiCountedField *field = wsi_field_counts_find (self->counts, name);
  g_autoptr (GPtrArray) all = field != NULL ? wsi_field_counts_list_values (field) : NULL;
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = 0; all != NULL && i < all->len && list->len < max; i++)
    {
      const WsiCountedValue *value = all->pdata[i];

      if (value->length >= length && memcmp (value->at, beginning, length) == 0 &&
          may_show (self, value->at, value->length))
        g_ptr_array_add (list, (gpointer) value);
    }
  return list;
}

char *
wsi_sample_print_value (const WsiCountedValue *value)
{
  return value->form == WSI_COUNTED_WORD ? g_strdup (value->at)
                                         : wsi_lexer_quote (value->at, value->length);
}
