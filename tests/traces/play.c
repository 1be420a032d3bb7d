/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Player: plays a trace and returns a verdict.  It handles lines and cuts; the API's file makes
 * the calls. */

#include "traces/play.h"

#include "core/limits.h"
#include "traces/play-private.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DRAINED 100000

bool
play_fail (Play       *self,
           const char *format,
           ...)
{
  va_list arguments;

  self->failure->line = self->line;
  va_start (arguments, format);
  vsnprintf (self->failure->text, sizeof self->failure->text, format, arguments);
  va_end (arguments);
  return false;
}

bool
play_check (Play             *self,
            const ApiOutcome *outcome,
            WscFault          fault)
{
  if (api_outcome_is (outcome, fault))
    return true;
  if (fault == WSC_FAULT_NONE)
    return play_fail (self, "refused: %s", outcome->text);
  return play_fail (self, "expected %s, got %s", wsc_fault_get_name (fault),
                    outcome->is_refused ? outcome->text : "success");
}

static WscActionQueue
slot_of (const ApiAction *action)
{
  if (action->asked != WSC_ACTION_QUEUE_ALL)
    return action->asked;
  if (action->type == WSC_ACTION_RECEIVE_FROM_NETWORK ||
      action->type == WSC_ACTION_INDICATE_RECEIVE_COMPLETE)
    return WSC_ACTION_QUEUE_RECEIVE;

  /* If the queue is ALL, a pong counts for RECEIVE. */
  if (action->type == WSC_ACTION_SEND_TO_NETWORK && action->context == 0 &&
      action->buffer_type == WSC_BUFFER_PING_PONG)
    return WSC_ACTION_QUEUE_RECEIVE;
  return WSC_ACTION_QUEUE_SEND;
}

/* NULL: no action is outstanding there. */
static ApiAction *
find_handed (Play          *self,
             WscActionQueue queue)
{
  if (queue != WSC_ACTION_QUEUE_ALL)
    return self->is_handed[queue] ? &self->handed[queue] : NULL;
  if (self->is_handed[self->newest])
    return &self->handed[self->newest];

  queue = self->newest == WSC_ACTION_QUEUE_SEND ? WSC_ACTION_QUEUE_RECEIVE : WSC_ACTION_QUEUE_SEND;
  return self->is_handed[queue] ? &self->handed[queue] : NULL;
}

static void
hand_out (Play            *self,
          const ApiAction *action)
{
  WscActionQueue slot = slot_of (action);

  self->last = *action;
  if (action->type == WSC_ACTION_NONE)
    return;

  self->handed[slot] = *action;
  self->is_handed[slot] = true;
  self->newest = slot;
}

static void
complete (Play            *self,
          const ApiAction *action,
          size_t           n)
{
  WscActionQueue slot = slot_of (action);

  if (self->is_handed[slot] && action->type == WSC_ACTION_INDICATE_RECEIVE_COMPLETE)
    play_receive_ended (self, action->context);
  self->last = *action;
  self->is_handed[slot] = false;
  api_complete (self->api, &self->last, n);

  /* In mode automatic a read that is completed with 0 ends the input. */
  if (action->type == WSC_ACTION_RECEIVE_FROM_NETWORK && n == 0 &&
      self->trace->mode == TRACE_MODE_AUTOMATIC)
    api_end_input (self->api);
}

static size_t
sum_of (const ApiAction *action)
{
  size_t sum = 0;

  for (unsigned i = 0; i < action->n_buffers; i++)
    sum += action->buffers[i].length;
  return sum;
}

/* The number that completes an action successfully. */
static size_t
whole_count (const ApiAction *action)
{
  return action->type == WSC_ACTION_SEND_TO_NETWORK ? sum_of (action) : 0;
}

static bool
feed (Play            *self,
      const ApiAction *action)
{
  size_t n = wire_read (&self->wire, action->buffers, action->n_buffers);

  if (n == 0)
    return play_fail (self, "RECEIVE_FROM_NETWORK has no room");

  complete (self, action, n);
  return true;
}

/* The next action that a line can expect: reads for which there is input are completed before. */
static bool
next_action (Play          *self,
             WscActionQueue queue,
             unsigned       capacity,
             ApiAction     *action,
             ApiOutcome    *outcome)
{
  for (;;)
    {
      *action = (ApiAction) { .asked = queue };
      *outcome = api_get_action (self->api, queue, capacity, action);
      if (outcome->is_refused)
        return true;
      if (action->type == WSC_ACTION_SEND_TO_NETWORK && self->trace->role == WSC_ROLE_CLIENT &&
          sum_of (action) > self->trace->options[TRACE_OPTION_SEND_BUFFER])
        return play_fail (self, "a step of %zu bytes is longer than the send buffer",
                          sum_of (action));
      if (action->n_buffers > capacity)
        return play_fail (self, "%u buffers where there was room for %u",
                          action->n_buffers, capacity);

      hand_out (self, action);
      if (action->type != WSC_ACTION_RECEIVE_FROM_NETWORK || wire_left (&self->wire) == 0)
        return true;
      if (!feed (self, action))
        return false;
    }
}

static bool
is_fragment (const ApiAction *action)
{
  return action->type == WSC_ACTION_INDICATE_RECEIVE_COMPLETE &&
         (action->buffer_type == WSC_BUFFER_UTF8_FRAGMENT ||
          action->buffer_type == WSC_BUFFER_BINARY_FRAGMENT);
}

/* Completes a piece and gets the next one of the same operation. */
static bool
go_on (Play            *self,
       const ApiAction *action)
{
  unsigned number = action->context;

  if (action->type == WSC_ACTION_INDICATE_RECEIVE_COMPLETE)
    {
      self->is_handed[slot_of (action)] = false;
      api_complete (self->api, action, 0);
      return play_receive_again (self, number);
    }
  complete (self, action, whole_count (action));
  return true;
}

static bool
describe_difference (Play            *self,
                     const TraceStep *step,
                     const ApiAction *action)
{
  const char *type = "";
  char got[3 * 24 + 1] = "";
  size_t length = 0;
  bool has_bytes = action->type != WSC_ACTION_RECEIVE_FROM_NETWORK;

  if ((step->says & TRACE_SAYS_TYPE) != 0)
    type = trace_buffer_type_get_name (step->buffer_type);
  for (unsigned i = 0; has_bytes && i < action->n_buffers; i++)
    for (size_t j = 0; j < action->buffers[i].length && length + 4 < sizeof got; j++)
      length += (size_t) sprintf (got + length, "%02x ", action->buffers[i].at[j]);

  return play_fail (self, "expected %s %s, got %s %s of %u, code %u, %zu bytes: %s",
                    trace_action_get_name (step->action),
                    type, trace_action_get_name (action->type),
                    trace_buffer_type_get_name (action->buffer_type),
                    play_context_of (self, action), action->code, sum_of (action), got);
}

static bool
has_content (const ApiAction *action,
             const uint8_t   *at)
{
  for (unsigned i = 0; i < action->n_buffers; i++)
    {
      if (action->buffers[i].length > 0 &&
          memcmp (action->buffers[i].at, at, action->buffers[i].length) != 0)
        return false;
      at += action->buffers[i].length;
    }
  return true;
}

static bool
lies_in_place (Play            *self,
               const ApiAction *action)
{
  const WscBuffer *last = &action->buffers[action->n_buffers - 1];
  const WscBuffer *memory;

  if (action->n_buffers == 0 || action->context == 0 || action->context > self->trace->n_calls)
    return false;

  memory = &self->calls[action->context].memory;
  return last->at != NULL && memory->at != NULL && last->at >= memory->at &&
         last->at + last->length <= memory->at + memory->length;
}

/* Everything but the content. */
static bool
fits (Play            *self,
      const TraceStep *step,
      const ApiAction *action)
{
  if (step->action == WSC_ACTION_NONE && (action->n_buffers != 0 || action->context != 0))
    return false;
  if ((step->says & TRACE_SAYS_NUMBER) != 0 && step->number != action->code)
    return false;
  if ((step->says & TRACE_SAYS_CONTEXT) != 0 && step->context != play_context_of (self, action))
    return false;
  return (step->says & TRACE_SAYS_IN_PLACE) == 0 || lies_in_place (self, action);
}

/* Whether this line's content may come in pieces. */
static bool
may_join (Play            *self,
          const TraceStep *step)
{
  size_t room = step->action == WSC_ACTION_SEND_TO_NETWORK
                ? (size_t) self->trace->options[TRACE_OPTION_SEND_BUFFER]
                : (size_t) self->trace->options[TRACE_OPTION_RECEIVE_BUFFER];

  if (self->trace->cut == TRACE_CUT_NO)
    return false;
  return self->wire.cut == CUT_BYTEWISE || step->data.length > room;
}

typedef enum
{
  PIECE_NO,
  PIECE_MORE,
  PIECE_LAST,
} Piece;

/* Whether this action is the next piece of the line's content, or all of its remaining content. */
static Piece
check_piece (Play            *self,
             const TraceStep *step,
             const ApiAction *action,
             const uint8_t   *content,
             size_t           n_got)
{
  bool has_type = (step->says & TRACE_SAYS_TYPE) == 0 || step->buffer_type == action->buffer_type;
  bool says_data = (step->says & TRACE_SAYS_DATA) != 0;
  size_t sum = sum_of (action);

  if (action->type != step->action || !fits (self, step, action))
    return PIECE_NO;
  if (action->type == WSC_ACTION_RECEIVE_FROM_NETWORK)
    return has_type ? PIECE_LAST : PIECE_NO;
  if (says_data && (sum > step->data.length - n_got || !has_content (action, content + n_got)))
    return PIECE_NO;
  if (has_type && (!says_data || n_got + sum == step->data.length))
    return PIECE_LAST;
  if (!may_join (self, step) || (says_data && n_got + sum > step->data.length))
    return PIECE_NO;
  if (action->type == WSC_ACTION_SEND_TO_NETWORK)
    return has_type && sum > 0 ? PIECE_MORE : PIECE_NO;
  return is_fragment (action) ? PIECE_MORE : PIECE_NO;
}

static bool
play_action (Play            *self,
             const TraceStep *step)
{
  ApiAction action;
  ApiOutcome outcome;
  uint8_t *content = malloc (step->data.length + 1);
  size_t n_got = 0;
  Piece piece = PIECE_MORE;
  bool is_ok = true;

  assert (content != NULL);
  while (is_ok && piece == PIECE_MORE)
    {
      is_ok = next_action (self, step->queue, step->capacity, &action, &outcome) &&
              play_check (self, &outcome, WSC_FAULT_NONE);
      if (!is_ok)
        break;

      /* The key is used with the first piece: from then on the content is known. */
      if (n_got == 0)
        trace_data_render (&step->data, self->random.last, content);
      piece = check_piece (self, step, &action, content, n_got);
      if (piece == PIECE_NO)
        is_ok = describe_difference (self, step, &action);
      else if (piece == PIECE_MORE)
        {
          n_got += sum_of (&action);
          is_ok = go_on (self, &action);
        }
    }
  free (content);
  return is_ok;
}

/* With the cut bytewise, pieces of the message that has the fault come before it. */
static bool
play_fault (Play            *self,
            const TraceStep *step)
{
  ApiAction action;
  ApiOutcome outcome;

  for (;;)
    {
      if (!next_action (self, step->queue, step->capacity, &action, &outcome))
        return false;
      if (outcome.is_refused || self->wire.cut != CUT_BYTEWISE || !is_fragment (&action))
        return play_check (self, &outcome, step->fault);
      if (!go_on (self, &action))
        return false;
    }
}

static bool
play_bytes (Play            *self,
            const TraceStep *step)
{
  ApiAction *action = find_handed (self, WSC_ACTION_QUEUE_RECEIVE);
  uint8_t *bytes;

  if (action == NULL || action->type != WSC_ACTION_RECEIVE_FROM_NETWORK)
    return play_fail (self, "no RECEIVE_FROM_NETWORK is handed out");

  bytes = malloc (step->data.length);
  assert (bytes != NULL);
  trace_data_render (&step->data, self->random.last, bytes);
  wire_add (&self->wire, bytes, step->data.length);
  free (bytes);

  self->n_bytes_left--;
  if (self->wire.cut == CUT_TRAILING && self->n_bytes_left == 0)
    wire_add (&self->wire, &(const uint8_t) { CUT_TRAILING_BYTE }, 1);
  return feed (self, action);
}

/* The outstanding action; otherwise the previous one, to complete it once too often. */
static ApiAction
which_action (Play          *self,
              WscActionQueue queue)
{
  ApiAction *handed = find_handed (self, queue);

  if (handed != NULL)
    return *handed;
  if (queue != WSC_ACTION_QUEUE_ALL && self->handed[queue].type != WSC_ACTION_NONE)
    return self->handed[queue];
  return self->last;
}

static bool
play_complete (Play            *self,
               const TraceStep *step)
{
  ApiAction action = which_action (self, step->queue);
  size_t n = (step->says & TRACE_SAYS_NUMBER) != 0 ? (size_t) step->number : whole_count (&action);

  if ((step->says & TRACE_SAYS_FOREIGN) != 0)
    {
      api_complete_foreign (self->api, &action, n);
      return true;
    }
  if (action.type == WSC_ACTION_RECEIVE_FROM_NETWORK && (step->says & TRACE_SAYS_NUMBER) == 0)
    return play_fail (self, "a read is completed by bytes, or by \"complete 0\"");

  complete (self, &action, n);
  return true;
}

static bool
play_drain (Play            *self,
            const TraceStep *step)
{
  ApiAction action;

  for (int i = 0; i < MAX_DRAINED; i++)
    {
      ApiAction *handed = find_handed (self, WSC_ACTION_QUEUE_ALL);
      ApiOutcome outcome;

      while (handed != NULL)
        {
          complete (self, handed, 0);
          handed = find_handed (self, WSC_ACTION_QUEUE_ALL);
        }
      action = (ApiAction) { .asked = WSC_ACTION_QUEUE_ALL };
      outcome = api_get_action (self->api, WSC_ACTION_QUEUE_ALL, 2, &action);
      if (outcome.is_refused)
        continue;
      hand_out (self, &action);
      if (action.type == WSC_ACTION_NONE)
        return true;
    }
  return play_fail (self, "the queues do not fall silent");
}

static bool
play_phase (Play            *self,
            const TraceStep *step)
{
  WscPhase phase;

  if (api_get_phase (self->api, &phase) == API_CANNOT_EXPRESS ||
      (uint64_t) phase == step->number)
    return true;
  return play_fail (self, "the phase is %s", trace_phase_get_name (phase));
}

/* Bytes that the peer sent before its stream ends are read first. */
static bool
play_end_of_input (Play            *self,
                   const TraceStep *step)
{
  ApiAction action;
  ApiOutcome outcome;

  if (wire_left (&self->wire) > 0)
    {
      if (!next_action (self, WSC_ACTION_QUEUE_RECEIVE, 2, &action, &outcome) ||
          !play_check (self, &outcome, WSC_FAULT_NONE))
        return false;
      if (action.type != WSC_ACTION_NONE && action.type != WSC_ACTION_RECEIVE_FROM_NETWORK)
        return play_fail (self, "bytes wait and %s was not expected",
                          trace_action_get_name (action.type));
    }
  api_end_input (self->api);
  return true;
}

static bool
play_step (Play            *self,
           const TraceStep *step)
{
  switch (step->kind)
    {
    case TRACE_STEP_CALL:
      return play_call (self, step);
    case TRACE_STEP_ACTION:
      return play_action (self, step);
    case TRACE_STEP_FAULT:
      return play_fault (self, step);
    case TRACE_STEP_BYTES:
      return play_bytes (self, step);
    case TRACE_STEP_COMPLETE:
      return play_complete (self, step);
    case TRACE_STEP_END_OF_INPUT:
      return play_end_of_input (self, step);
    case TRACE_STEP_TIME:
      api_advance (self->api, (int64_t) step->number);
      return true;
    case TRACE_STEP_PHASE:
      return play_phase (self, step);
    case TRACE_STEP_DRAIN:
      return play_drain (self, step);
    }
  return false;
}

static bool
check_end (Play *self)
{
  ApiAction *handed = find_handed (self, WSC_ACTION_QUEUE_ALL);

  if (handed != NULL)
    return play_fail (self, "the trace is not finished: %s is handed out",
                      trace_action_get_name (handed->type));
  return play_check_payloads (self);
}

static bool
play_steps (Play *self)
{
  for (size_t i = 0; i < self->trace->n_steps; i++)
    {
      self->line = self->trace->steps[i].line;
      if (!play_step (self, &self->trace->steps[i]))
        return false;
    }
  return check_end (self);
}

bool
play_is_due (const Trace *trace,
             Cut          cut)
{
  return cut == CUT_WHOLE || (trace->cut == TRACE_CUT_ALL && trace->n_bytes > 0);
}

bool
play_trace (const Trace *trace,
            Cut          cut,
            PlayFailure *failure)
{
  static const uint8_t usual_bytes[] = { 0x37, 0xfa, 0x21, 0x3d };
  const WscBytes usual_random = { usual_bytes, sizeof usual_bytes };
  Play self = { .trace = trace, .failure = failure, .wire.cut = cut, .n_bytes_left = trace->n_bytes,
                .newest = WSC_ACTION_QUEUE_RECEIVE };
  bool is_ok;

  self.random.bytes = trace->random;
  if (trace->random.length == 0)
    self.random.bytes = usual_random;
  play_make_calls (&self);
  self.api = api_new (trace, &self.random);
  self.random.at = 0;

  is_ok = play_steps (&self);

  api_free (self.api);
  wire_clear (&self.wire);
  play_free_calls (&self);
  return is_ok;
}

void
play_name (const Trace *trace,
           Cut          cut,
           char        *name,
           size_t       size)
{
  int length = snprintf (name, size, "%s/%s/%s-", api_get_name (), cut_get_name (cut),
                         trace->numbers);

  for (const char *at = trace->sentence; *at != '\0' && (size_t) length + 2 < size; at++)
    {
      char c = *at >= 'A' && *at <= 'Z' ? (char) (*at - 'A' + 'a') : *at;

      if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
        name[length++] = c;
      else if (name[length - 1] != '-' && at[1] != '\0')
        name[length++] = '-';
    }
  name[length] = '\0';
}

void
trace_random_fill (void    *data,
                   uint8_t *to,
                   size_t   n)
{
  TraceRandom *random = data;

  for (size_t i = 0; i < n; i++)
    {
      to[i] = random->bytes.at[random->at++ % random->bytes.length];
      memmove (random->last, random->last + 1, 3);
      random->last[3] = to[i];
    }
}
