/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/filter/wsi-plan-private.h"

#include <string.h>

#include "inspect/decode/choosing/wsi-decoder-list.h"
#include "inspect/decode/wsi-description.h"
#include "inspect/filter/pattern/wsi-pattern.h"
#include "inspect/store/memory/wsi-bytes.h"
#include "inspect/store/wsi-record.h"

#define MAX_WRONG_STARTS 32

WsiConversation *
wsi_subject_get_conversation (WsiSubject *self)
{
  if (self->conversation_number == self->record->conversation)
    return self->conversation;

  g_clear_object (&self->conversation);
  self->conversation_number = self->record->conversation;
  if (self->conversation_number != 0)
    self->conversation = wsi_store_dup_conversation (self->store, self->conversation_number);
  return self->conversation;
}

/* Whether the record ends a message of several fragments: its text is that of the whole message, so
 * that a text across fragments is found, and each byte of a message is read twice at most. */
static gboolean
ends_message (WsiSubject *self)
{
  return (self->record->flags & WSI_RECORD_FRAGMENT) != 0 && wsi_record_is_fin (self->record);
}

static void
subject_keep_bytes (WsiSubject *self,
                    GBytes     *bytes)
{
  self->payload_bytes = bytes;
  if (bytes == NULL)
    return;

  self->payload = wsi_bytes_get_data (bytes, &self->payload_length);
  if (self->payload == NULL)
    self->payload = (const guint8 *) "";
}

static void
subject_read_payload (WsiSubject *self)
{
  if (self->record->kind == WSI_RECORD_KIND_EVENT)
    {
      char *text = wsi_store_dup_event_text (self->store, self->number);

      if (text != NULL)
        subject_keep_bytes (self, g_bytes_new_take (text, strlen (text)));
      return;
    }
  if (ends_message (self))
    subject_keep_bytes (self, wsi_store_dup_message (self->store, self->record->message,
                                                     self->max_payload));
  if (self->payload != NULL)
    return;

  self->payload = wsi_store_peek_payload (self->store, self->record, WSI_VIEW_INFLATED,
                                          &self->payload_length);
  if (self->payload == NULL)
    subject_keep_bytes (self, wsi_store_dup_payload (self->store, self->number, WSI_VIEW_INFLATED,
                                                     self->max_payload));
}

const guint8 *
wsi_subject_get_payload (WsiSubject *self,
                         gsize      *length)
{
  if (!self->is_payload_read)
    {
      self->is_payload_read = TRUE;
      subject_read_payload (self);
      self->n_read += self->payload_length;
    }
  *length = MIN (self->payload_length, self->max_payload);
  return self->payload;
}

GBytes *
wsi_subject_dup_last_fragment (WsiSubject *self)
{
  return ends_message (self)
         ? wsi_store_dup_payload (self->store, self->number, WSI_VIEW_INFLATED, self->max_payload)
         : NULL;
}

/* A message of which a fragment is gone is not decoded. */
static gboolean
is_whole_message (WsiSubject *self)
{
  WsiMessageInfo message;

  return !ends_message (self) ||
         (wsi_store_get_message (self->store, self->record->message, &message) &&
          MIN (message.length, self->max_payload) == self->payload_length);
}

gboolean
wsi_subject_prepare (WsiSubject *self)
{
  const guint8 *payload;
  gsize length;

  if (self->is_prepared || self->interpreter == NULL)
    return self->decoder != NULL;

  /* Reading the payload, even of none, makes wsi_subject_set() forget all of this. */
  self->is_prepared = TRUE;
  self->decoder = NULL;
  payload = wsi_subject_get_payload (self, &length);
  if (payload != NULL && is_whole_message (self))
    self->decoder = wsi_interpreter_prepare (self->interpreter, self->number, self->record,
                                             payload, length, &self->input);
  return self->decoder != NULL;
}

gboolean
wsi_subject_describe (WsiSubject *self)
{
  if (!wsi_subject_prepare (self))
    return FALSE;

  if (!self->is_described)
    {
      wsi_description_clear (self->description);
      wsi_decoder_list_describe (self->decoder, &self->input, self->description);
    }
  self->is_described = TRUE;
  return TRUE;
}

gboolean
wsi_subject_get_time (WsiSubject *self,
                      gint64     *time_us)
{
  gint64 begin_us;

  if (wsi_subject_get_conversation (self) == NULL || !wsi_store_get_begin (self->store, &begin_us))
    return FALSE;

  *time_us = self->record->time_us - begin_us;
  return TRUE;
}

void
wsi_subject_init (WsiSubject *self,
                  WsiStore   *store,
                  WsiCost     cost)
{
  *self = (WsiSubject) {
    .store = g_object_ref (store), .max_payload = WSI_SUBJECT_MAX_PAYLOAD,
  };
  if (cost != WSI_COST_DECODED)
    return;

  self->interpreter = wsi_interpreter_new (store);
  self->description = wsi_description_new ();
  self->found = wsi_description_new ();
}

/* Forgets what was read of the record. */
void
wsi_subject_forget (WsiSubject *self)
{
  self->is_payload_read = FALSE;
  self->is_prepared = self->is_described = FALSE;
  self->payload = NULL;
  self->payload_length = 0;
  g_clear_pointer (&self->payload_bytes, g_bytes_unref);
}

void
wsi_subject_clear (WsiSubject *self)
{
  wsi_subject_forget (self);
  g_clear_object (&self->conversation);
  g_clear_pointer (&self->interpreter, wsi_interpreter_free);
  g_clear_pointer (&self->description, wsi_description_free);
  g_clear_pointer (&self->found, wsi_description_free);
  g_clear_object (&self->store);
}

gboolean
wsi_subject_move (WsiSubject *self,
                  guint64     number)
{
  wsi_subject_set (self, number, wsi_store_get_record (self->store, number));
  return self->record != NULL;
}

/* The search for the first byte is the fastest one where that byte is rare; memmem() takes linear
 * time where it is not. */
static gboolean
subject_contains (const guint8 *bytes,
                  gsize         length,
                  const guint8 *part,
                  gsize         part_length)
{
  const guint8 *p = bytes, *end;

  if (part_length == 0 || part_length > length)
    return part_length == 0;

  end = bytes + length - part_length + 1;
  for (guint i = 0; i < MAX_WRONG_STARTS; i++)
    {
      p = memchr (p, part[0], end - p);
      if (p == NULL)
        return FALSE;
      if (memcmp (p, part, part_length) == 0)
        return TRUE;
      p++;
    }
  return memmem (p, bytes + length - p, part, part_length) != NULL;
}

gboolean
wsi_values_search (WsiScanner      **scanner,
                   const WsiLiteral *literal,
                   const guint8     *bytes,
                   gsize             length,
                   guint            *n_given_up)
{
  WsiScanResult result;

  if (*scanner == NULL)
    *scanner = wsi_scanner_new (literal->pattern);
  result = wsi_scanner_scan (*scanner, bytes, length, WSI_PATTERN_BUDGET);
  *n_given_up += result == WSI_SCAN_GAVE_UP;
  return result == WSI_SCAN_MATCH;
}

/* Whether a number is in the relation that the term asks for.  For != it is whether it is equal. */
static gboolean
is_in_relation (WsiOperator operator,
                int         sign)
{
  switch (operator)
    {
    case WSI_OPERATOR_EQUAL:
    case WSI_OPERATOR_NOT_EQUAL:
    case WSI_OPERATOR_IN_SET:
      return sign == 0;

    case WSI_OPERATOR_LESS:
      return sign < 0;

    case WSI_OPERATOR_LESS_OR_EQUAL:
      return sign <= 0;

    case WSI_OPERATOR_GREATER:
      return sign > 0;

    case WSI_OPERATOR_GREATER_OR_EQUAL:
      return sign >= 0;

    case WSI_OPERATOR_NONE:
    case WSI_OPERATOR_CONTAINS:
    case WSI_OPERATOR_MATCHES:
    case WSI_OPERATOR_STARTS_WITH:
    case WSI_OPERATOR_IN_RANGE:
      break;
    }
  return FALSE;
}

/* Compares a value with a literal.  FALSE: they cannot be compared. */
static gboolean
compare_literal (const WsiLiteral *literal,
                 const gint64     *whole,
                 double            real,
                 int              *sign)
{
  if (whole != NULL && (literal->forms & WSI_LITERAL_NUMBER) != 0)
    *sign = *whole < literal->number ? -1 : *whole > literal->number;
  else if ((literal->forms & WSI_LITERAL_REAL) != 0)
    *sign = real < literal->real ? -1 : real > literal->real;
  else
    return FALSE;

  return TRUE;
}

static void
add_any_number (WsiValues    *self,
                const gint64 *whole,
                double        real)
{
  const GPtrArray *literals = self->node->literals;
  int sign = -1, last_sign = 1;         /* outside of a range that cannot be compared */

  self->n++;
  if (self->node->operator == WSI_OPERATOR_IN_RANGE)
    {
      compare_literal (literals->pdata[0], whole, real, &sign);
      compare_literal (literals->pdata[1], whole, real, &last_sign);
      self->n_equal += sign >= 0 && last_sign <= 0;
      return;
    }
  for (guint i = 0; i < literals->len; i++)
    if (compare_literal (literals->pdata[i], whole, real, &sign) &&
        is_in_relation (self->node->operator, sign))
      self->n_equal++;
}

/* Whether the value is taken instead of compared. */
static gboolean
is_taken (WsiValues          *self,
          const WsiReadValue *value)
{
  if (self->take == NULL)
    return FALSE;

  self->take (value, self->take_data);
  return TRUE;
}

void
wsi_values_add_number (WsiValues *self,
                       gint64     number)
{
  const WsiReadValue value = { .is_number = TRUE, .number = number };

  if (is_taken (self, &value))
    return;

  add_any_number (self, &number, number);
}

void
wsi_values_add_real (WsiValues *self,
                     double     number)
{
  if (number < 0 || number >= 0)
    add_any_number (self, NULL, number);
  else
    self->n++;
}

void
wsi_values_add_boolean (WsiValues *self,
                        gboolean   is_true)
{
  const GPtrArray *literals = self->node->literals;

  self->n += is_true || self->node->operator != WSI_OPERATOR_NONE;
  for (guint i = 0; i < literals->len; i++)
    {
      const WsiLiteral *literal = literals->pdata[i];

      if ((literal->forms & WSI_LITERAL_BOOLEAN) != 0 && literal->number == is_true)
        self->n_equal++;
    }
}

static gboolean
is_text_match (WsiValues    *self,
               guint         index,
               const guint8 *bytes,
               gsize         length)
{
  const WsiLiteral *literal = self->node->literals->pdata[index];
  WsiOperator operator = self->node->operator;
  const guint8 *part;
  gsize part_length;

  if (operator == WSI_OPERATOR_MATCHES)
    return wsi_values_search (&self->scanners[index], literal, bytes, length, &self->n_given_up);
  if ((literal->forms & WSI_LITERAL_BYTES) == 0)
    return FALSE;

  part = wsi_bytes_get_data (literal->bytes, &part_length);
  if (operator == WSI_OPERATOR_CONTAINS)
    return subject_contains (bytes, length, part, part_length);
  if (part_length > length)
    return FALSE;
  if (operator == WSI_OPERATOR_STARTS_WITH)
    return memcmp (bytes, part, part_length) == 0;
  return is_in_relation (operator, 0) && part_length == length &&
         memcmp (bytes, part, length) == 0;
}

void
wsi_values_add_bytes (WsiValues    *self,
                      const guint8 *bytes,
                      gsize         length)
{
  const WsiReadValue value = { .bytes = bytes, .length = length };

  if (is_taken (self, &value))
    return;

  self->n++;
  for (guint i = 0; i < self->node->literals->len; i++)
    if (is_text_match (self, i, bytes, length))
      {
        self->n_equal++;
        return;
      }
}

void
wsi_values_add_text (WsiValues  *self,
                     const char *text)
{
  if (text != NULL)
    wsi_values_add_bytes (self, (const guint8 *) text, strlen (text));
}

/* One value that fits is enough; but for !=, all have to differ, and one has to be there. */
gboolean
wsi_values_are_match (const WsiValues *self)
{
  if (self->node->operator == WSI_OPERATOR_NONE)
    return self->n > 0;
  if (self->node->operator == WSI_OPERATOR_NOT_EQUAL)
    return self->n > 0 && self->n_equal == 0;
  return self->n_equal > 0;
}
