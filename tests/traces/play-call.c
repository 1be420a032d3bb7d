/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The lines that call the API: memory is lent, the call is made, returned headers are checked. */

#include "traces/play-private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Exactly as much memory as the line requires, so that a sanitizer detects each byte beyond it. */
static WscBuffer
lend_memory (Play            *self,
             const TraceStep *step)
{
  const WscBuffer none = { NULL, 0 };
  PlayCall *call = &self->calls[step->call_number];
  bool is_receive = step->call == TRACE_CALL_RECEIVE;
  size_t length = is_receive ? (size_t) step->number : step->data.length;

  if ((step->says & (is_receive ? TRACE_SAYS_NUMBER : TRACE_SAYS_DATA)) == 0)
    return none;

  call->step = step;
  call->memory = (WscBuffer) { malloc (length > 0 ? length : 1), length };
  assert (call->memory.at != NULL);
  if (!is_receive)
    trace_data_render (&step->data, self->random.last, call->memory.at);
  return call->memory;
}

bool
play_check_payloads (Play *self)
{
  for (unsigned i = 1; i <= self->trace->n_calls; i++)
    {
      const PlayCall *call = &self->calls[i];
      uint8_t *payload;
      bool is_same;

      if (call->step == NULL || call->step->call == TRACE_CALL_RECEIVE || call->memory.length == 0)
        continue;

      payload = malloc (call->memory.length);
      assert (payload != NULL);
      trace_data_render (&call->step->data, self->random.last, payload);
      is_same = memcmp (payload, call->memory.at, call->memory.length) == 0;
      free (payload);
      if (!is_same)
        return play_fail (self, "the payload of call %u was changed", i);
    }
  return true;
}

void
play_make_calls (Play *self)
{
  self->calls = calloc (self->trace->n_calls + 1, sizeof *self->calls);
  self->receives.calls = calloc (self->trace->n_calls + 1, sizeof *self->receives.calls);
  self->receives.contexts = calloc (self->trace->n_calls + 1, sizeof *self->receives.contexts);
  assert (self->calls != NULL && self->receives.calls != NULL && self->receives.contexts != NULL);
}

void
play_free_calls (Play *self)
{
  for (unsigned i = 1; i <= self->trace->n_calls; i++)
    free (self->calls[i].memory.at);
  free (self->calls);
  free (self->receives.calls);
  free (self->receives.contexts);
}

static unsigned
find_receive (const Play *self,
              unsigned    number)
{
  unsigned i = 0;

  while (i < self->receives.count && self->receives.calls[i] != number)
    i++;
  return i;
}

unsigned
play_context_of (const Play      *self,
                 const ApiAction *action)
{
  unsigned i = find_receive (self, action->context);
  bool is_receive = action->type == WSC_ACTION_RECEIVE_FROM_NETWORK ||
                    action->type == WSC_ACTION_INDICATE_RECEIVE_COMPLETE;

  return is_receive && i < self->receives.count ? self->receives.contexts[i] : action->context;
}

void
play_receive_ended (Play    *self,
                    unsigned number)
{
  PlayReceives *receives = &self->receives;
  unsigned i = find_receive (self, number);

  if (i == receives->count)
    return;

  receives->count--;
  memmove (receives->calls + i, receives->calls + i + 1,
           (receives->count - i) * sizeof *receives->calls);
  memmove (receives->contexts + i, receives->contexts + i + 1,
           (receives->count - i) * sizeof *receives->contexts);
}

bool
play_receive_again (Play    *self,
                    unsigned number)
{
  PlayReceives *receives = &self->receives;
  unsigned context;
  ApiOutcome outcome;

  if (find_receive (self, number) != 0 || receives->count == 0)
    return play_fail (self, "a piece of a message has not the context of the first Receive");

  context = receives->contexts[0];
  play_receive_ended (self, number);
  memmove (receives->contexts + 1, receives->contexts,
           receives->count * sizeof *receives->contexts);
  receives->contexts[0] = context;
  receives->calls[receives->count++] = number;

  outcome = api_receive (self->api, number, self->calls[number].memory);
  return play_check (self, &outcome, WSC_FAULT_NONE);
}

static bool
is_same_text (WscBytes a,
              WscBytes b)
{
  return a.length == b.length && (a.length == 0 || memcmp (a.at, b.at, a.length) == 0);
}

static bool
is_same_name (WscBytes a,
              WscBytes b)
{
  if (a.length != b.length)
    return false;

  for (size_t i = 0; i < a.length; i++)
    {
      uint8_t c = a.at[i], d = b.at[i];

      c = c >= 'A' && c <= 'Z' ? (uint8_t) (c | 0x20) : c;
      d = d >= 'A' && d <= 'Z' ? (uint8_t) (d | 0x20) : d;
      if (c != d)
        return false;
    }
  return true;
}

static bool
check_header (Play              *self,
              const TraceHeader *expected,
              const ApiHeaders  *headers)
{
  const WscBytes name = expected->header.name, value = expected->header.value;
  const WscHeader *found = NULL;
  unsigned count = 0;

  for (size_t i = 0; i < headers->count; i++)
    if (is_same_name (headers->at[i].name, name))
      {
        found = &headers->at[i];
        count++;
      }

  if (expected->claim == TRACE_HEADER_ABSENT)
    return count == 0 ||
           play_fail (self, "header %.*s is there", (int) name.length, (const char *) name.at);
  if (count != 1)
    return play_fail (self, "header %.*s is there %u times", (int) name.length,
                      (const char *) name.at, count);
  if (expected->claim == TRACE_HEADER_PRESENT || is_same_text (found->value, value))
    return true;
  return play_fail (self, "header %.*s is \"%.*s\"", (int) name.length, (const char *) name.at,
                    (int) found->value.length, (const char *) found->value.at);
}

static bool
play_begin (Play            *self,
            const TraceStep *step)
{
  ApiHeaders headers = { NULL, 0 };
  ApiOutcome outcome;

  if (step->call == TRACE_CALL_BEGIN_CLIENT)
    outcome = api_begin_client (self->api, step, &headers);
  else
    outcome = api_begin_server (self->api, step, &headers);
  if (!play_check (self, &outcome, step->fault))
    return false;

  for (size_t i = 0; i < step->n_expected; i++)
    if (!check_header (self, &step->expected[i], &headers))
      return false;
  return true;
}

static bool
play_end_client (Play            *self,
                 const TraceStep *step)
{
  ApiSelection selection = { .protocol = -1 };
  ApiAnswer answer = API_ANSWERED;
  ApiOutcome outcome = api_end_client (self->api, step, &selection, &answer);

  if (!play_check (self, &outcome, step->fault))
    return false;
  if ((step->says & TRACE_SAYS_PROTOCOL) != 0 && selection.protocol != step->selected_protocol)
    return play_fail (self, "subprotocol %d was selected", (int) selection.protocol);
  if ((step->says & TRACE_SAYS_EXTENSIONS) == 0 || answer == API_CANNOT_EXPRESS)
    return true;
  if (selection.n_extensions != step->n_selected)
    return play_fail (self, "%zu extensions were selected", selection.n_extensions);

  for (size_t i = 0; i < step->n_selected; i++)
    if (selection.extensions[i] != step->selected_extensions[i])
      return play_fail (self, "extension %u was selected", (unsigned) selection.extensions[i]);
  return true;
}

static ApiOutcome
call_api (Play            *self,
          const TraceStep *step)
{
  WscBuffer memory = lend_memory (self, step);
  WscBytes payload = { memory.at, memory.length };
  unsigned number = step->call_number;

  switch (step->call)
    {
    case TRACE_CALL_RECEIVE:
      return api_receive (self->api, number, memory);
    case TRACE_CALL_SEND:
      return api_send (self->api, number, step->buffer_type, payload);
    case TRACE_CALL_SEND_CLOSE:
      if ((step->says & (TRACE_SAYS_NUMBER | TRACE_SAYS_DATA)) == 0)
        return api_send_empty_close (self->api, number);
      return api_send_close (self->api, number, (uint16_t) step->number, payload);
    case TRACE_CALL_SEND_RAW:
      return api_send_raw (self->api, number, (uint16_t) step->number, payload);
    case TRACE_CALL_END_SERVER:
      return api_end_server (self->api);
    case TRACE_CALL_ESTABLISH:
      return api_establish (self->api);
    case TRACE_CALL_ABORT:
    case TRACE_CALL_BEGIN_CLIENT:
    case TRACE_CALL_BEGIN_SERVER:
    case TRACE_CALL_END_CLIENT:
      break;
    }
  return (ApiOutcome) { 0 };
}

bool
play_call (Play            *self,
           const TraceStep *step)
{
  ApiOutcome outcome;

  switch (step->call)
    {
    case TRACE_CALL_ABORT:
      api_abort (self->api);
      self->is_handed[WSC_ACTION_QUEUE_SEND] = self->is_handed[WSC_ACTION_QUEUE_RECEIVE] = false;
      return true;
    case TRACE_CALL_BEGIN_CLIENT:
    case TRACE_CALL_BEGIN_SERVER:
      return play_begin (self, step);
    case TRACE_CALL_END_CLIENT:
      return play_end_client (self, step);
    case TRACE_CALL_RECEIVE:
    case TRACE_CALL_SEND:
    case TRACE_CALL_SEND_CLOSE:
    case TRACE_CALL_SEND_RAW:
    case TRACE_CALL_END_SERVER:
    case TRACE_CALL_ESTABLISH:
      break;
    }
  outcome = call_api (self, step);
  if (step->call == TRACE_CALL_RECEIVE && !outcome.is_refused)
    {
      self->receives.calls[self->receives.count] = step->call_number;
      self->receives.contexts[self->receives.count++] = step->call_number;
    }
  return play_check (self, &outcome, step->fault);
}
