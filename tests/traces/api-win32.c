/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* websocket.h as an API of the runner. */

#include <websocket.h>

#include "traces/api.h"
#include "traces/opening.h"
#include "win32/websocket-random-private.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BUFFER_TYPE 0x80000000u
#define FOREIGN_CONTEXTS_AWAY 4000
#define N_PROPERTIES 4
#define N_SELECTED (sizeof ((ApiSelection *) NULL)->extensions / sizeof (uint32_t))

struct Api
{
  WEB_SOCKET_HANDLE handle;
  WscRole role;
  TraceRandom *random;
  char *contexts;               /* memory that contexts point to: one byte for each call */
  unsigned n_calls;
  WscHeader *headers;           /* header fields that a begin call returned */
};

const char *
api_get_name (void)
{
  return "win32";
}

static bool
has_nul (const WscBytes *texts,
         size_t          n_texts)
{
  for (size_t i = 0; i < n_texts; i++)
    if (memchr (texts[i].at, '\0', texts[i].length) != NULL)
      return true;
  return false;
}

/* websocket.h cannot express the end of a stream, a ping with a payload, or a name with a NUL. */
static bool
can_say (const TraceStep *step)
{
  bool is_ping = step->buffer_type == WSC_BUFFER_PING_PONG ||
                 step->buffer_type == WSC_BUFFER_UNSOLICITED_PONG;

  if (step->kind == TRACE_STEP_END_OF_INPUT)
    return false;
  if (step->kind != TRACE_STEP_CALL)
    return true;
  if (step->call == TRACE_CALL_SEND && is_ping)
    return (step->says & TRACE_SAYS_DATA) == 0;
  return !has_nul (step->protocols, step->n_protocols) &&
         !has_nul (step->extensions, step->n_extensions);
}

bool
api_plays (const Trace *trace)
{
  if (trace->mode != TRACE_MODE_WINDOWS)
    return false;

  for (size_t i = 0; i < trace->n_steps; i++)
    if (!can_say (&trace->steps[i]))
      return false;
  return true;
}

bool
api_outcome_is (const ApiOutcome *outcome,
                WscFault          fault)
{
  return outcome->code == (int64_t) wsc_fault_get_hresult (fault);
}

static ApiOutcome
make_outcome (HRESULT result)
{
  ApiOutcome outcome = { .is_refused = FAILED (result), .code = (uint32_t) result };

  snprintf (outcome.text, sizeof outcome.text, "HRESULT %08x", (unsigned) result);
  return outcome;
}

static ApiOutcome
open_handle (Api *self)
{
  TraceRandom random = *self->random;
  ApiHeaders headers;
  ApiOutcome outcome;
  TraceStep step = { 0 };

  *self->random = opening_random ();
  if (self->role == WSC_ROLE_CLIENT)
    {
      ApiSelection selection;
      ApiAnswer answer;

      outcome = api_begin_client (self, &step, &headers);
      step.given = (WscHeader *) opening_response;
      step.n_given = OPENING_N_RESPONSE;
      if (!outcome.is_refused)
        outcome = api_end_client (self, &step, &selection, &answer);
    }
  else
    {
      step.given = (WscHeader *) opening_request;
      step.n_given = OPENING_N_REQUEST;
      outcome = api_begin_server (self, &step, &headers);
      if (!outcome.is_refused)
        outcome = api_end_server (self);
    }
  *self->random = random;
  return outcome;
}

static WEB_SOCKET_PROPERTY
make_property (WEB_SOCKET_PROPERTY_TYPE type,
               void                    *value)
{
  WEB_SOCKET_PROPERTY property = { type, value, 4 };

  return property;
}

Api *
api_new (const Trace *trace,
         TraceRandom *random)
{
  Api *self = calloc (1, sizeof *self);
  ULONG receive_size = (ULONG) trace->options[TRACE_OPTION_RECEIVE_BUFFER];
  ULONG send_size = (ULONG) trace->options[TRACE_OPTION_SEND_BUFFER];
  BOOL disable_masking = trace->options[TRACE_OPTION_MASKING] == 0;
  BOOL disable_utf8 = trace->options[TRACE_OPTION_UTF8] == 0;
  WEB_SOCKET_PROPERTY properties[N_PROPERTIES] = {
    make_property (WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE, &receive_size),
    make_property (WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE, &send_size),
    make_property (WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE, &disable_masking),
    make_property (WEB_SOCKET_DISABLE_UTF8_VERIFICATION_PROPERTY_TYPE, &disable_utf8),
  };
  HRESULT result;

  assert (self != NULL);
  self->role = (WscRole) trace->role;
  self->random = random;
  self->n_calls = trace->n_calls;
  self->contexts = calloc (trace->n_calls + 1, 1);
  assert (self->contexts != NULL);

  result = self->role == WSC_ROLE_CLIENT
           ? WebSocketCreateClientHandle (properties, N_PROPERTIES, &self->handle)
           : WebSocketCreateServerHandle (properties, N_PROPERTIES, &self->handle);
  assert (SUCCEEDED (result));
  websocket_random_set_source (self->handle, trace_random_fill, random);
  if (trace->start == TRACE_START_OPEN)
    {
      ApiOutcome outcome = open_handle (self);

      assert (!outcome.is_refused);
    }
  return self;
}

void
api_free (Api *self)
{
  ApiAction action = { 0 };

  WebSocketAbortHandle (self->handle);
  do
    {
      action = (ApiAction) { 0 };
      api_get_action (self, WSC_ACTION_QUEUE_ALL, 2, &action);
      api_complete (self, &action, 0);
    }
  while (action.type != WSC_ACTION_NONE);
  WebSocketDeleteHandle (self->handle);
  free (self->headers);
  free (self->contexts);
  free (self);
}

ApiOutcome
api_receive (Api      *self,
             unsigned  number,
             WscBuffer own)
{
  WEB_SOCKET_BUFFER buffer = { .Data = { own.at, (ULONG) own.length } };

  return make_outcome (WebSocketReceive (self->handle, own.at != NULL ? &buffer : NULL,
                                         self->contexts + number));
}

static ApiOutcome
send_payload (Api                   *self,
              unsigned               number,
              WEB_SOCKET_BUFFER_TYPE type,
              WscBytes               payload)
{
  WEB_SOCKET_BUFFER buffer = { .Data = { (PBYTE) payload.at, (ULONG) payload.length } };

  return make_outcome (WebSocketSend (self->handle, type, payload.at != NULL ? &buffer : NULL,
                                      self->contexts + number));
}

ApiOutcome
api_send (Api          *self,
          unsigned      number,
          WscBufferType type,
          WscBytes      payload)
{
  unsigned long windows_type = FIRST_BUFFER_TYPE + type - WSC_BUFFER_UTF8_MESSAGE;

  return send_payload (self, number, (WEB_SOCKET_BUFFER_TYPE) windows_type, payload);
}

ApiOutcome
api_send_raw (Api     *self,
              unsigned number,
              uint16_t header,
              WscBytes payload)
{
  return send_payload (self, number, (WEB_SOCKET_BUFFER_TYPE) header, payload);
}

ApiOutcome
api_send_close (Api     *self,
                unsigned number,
                uint16_t code,
                WscBytes reason)
{
  WEB_SOCKET_BUFFER buffer = { .CloseStatus = { (PBYTE) reason.at, (ULONG) reason.length, code } };

  return make_outcome (WebSocketSend (self->handle, WEB_SOCKET_CLOSE_BUFFER_TYPE, &buffer,
                                      self->contexts + number));
}

ApiOutcome
api_send_empty_close (Api     *self,
                      unsigned number)
{
  return make_outcome (WebSocketSend (self->handle, WEB_SOCKET_CLOSE_BUFFER_TYPE, NULL,
                                      self->contexts + number));
}

/* NUL-terminated; free it with free_texts ().  NULL: there are none. */
static PCSTR *
make_texts (const WscBytes *texts,
            size_t          n_texts)
{
  PCSTR *made = n_texts > 0 ? calloc (n_texts, sizeof *made) : NULL;

  for (size_t i = 0; i < n_texts; i++)
    {
      char *text = calloc (texts[i].length + 1, 1);

      assert (text != NULL);
      memcpy (text, texts[i].at, texts[i].length);
      made[i] = text;
    }
  return made;
}

static void
free_texts (PCSTR *made,
            size_t n_texts)
{
  for (size_t i = 0; i < n_texts; i++)
    free ((char *) made[i]);
  free (made);
}

static PWEB_SOCKET_HTTP_HEADER
make_headers (const TraceStep *step)
{
  PWEB_SOCKET_HTTP_HEADER made = step->n_given > 0 ? calloc (step->n_given, sizeof *made) : NULL;

  for (size_t i = 0; i < step->n_given; i++)
    {
      const WscHeader *header = &step->given[i];

      made[i].pcName = (PCHAR) header->name.at;
      made[i].ulNameLength = (ULONG) header->name.length;
      made[i].pcValue = (PCHAR) header->value.at;
      made[i].ulValueLength = (ULONG) header->value.length;
    }
  return made;
}

static WscBytes
bytes_of (PCHAR at,
          ULONG length)
{
  return (WscBytes) { (const uint8_t *) at, length };
}

static void
show_headers (Api                    *self,
              PWEB_SOCKET_HTTP_HEADER made,
              ULONG                   count,
              ApiHeaders             *headers)
{
  free (self->headers);
  self->headers = calloc (count + 1, sizeof *self->headers);
  assert (self->headers != NULL);
  for (ULONG i = 0; i < count; i++)
    {
      self->headers[i].name = bytes_of (made[i].pcName, made[i].ulNameLength);
      self->headers[i].value = bytes_of (made[i].pcValue, made[i].ulValueLength);
    }
  headers->at = self->headers;
  headers->count = count;
}

ApiOutcome
api_begin_client (Api             *self,
                  const TraceStep *step,
                  ApiHeaders      *headers)
{
  PCSTR *protocols = make_texts (step->protocols, step->n_protocols);
  PCSTR *extensions = make_texts (step->extensions, step->n_extensions);
  PWEB_SOCKET_HTTP_HEADER given = make_headers (step), made = NULL;
  ULONG count = 0;
  HRESULT result = WebSocketBeginClientHandshake (self->handle, protocols,
                                                  (ULONG) step->n_protocols,
                                                  extensions, (ULONG) step->n_extensions,
                                                  given, (ULONG) step->n_given, &made, &count);

  free_texts (protocols, step->n_protocols);
  free_texts (extensions, step->n_extensions);
  free (given);
  if (SUCCEEDED (result))
    show_headers (self, made, count, headers);
  return make_outcome (result);
}

ApiOutcome
api_end_client (Api             *self,
                const TraceStep *step,
                ApiSelection    *selection,
                ApiAnswer       *answer)
{
  PWEB_SOCKET_HTTP_HEADER given = make_headers (step);
  ULONG extensions[N_SELECTED] = { 0 }, n_extensions = N_SELECTED, protocol = 0;
  HRESULT result = WebSocketEndClientHandshake (self->handle, given, (ULONG) step->n_given,
                                                extensions, &n_extensions, &protocol);

  free (given);
  *answer = API_ANSWERED;
  for (size_t i = 0; i < N_SELECTED; i++)
    selection->extensions[i] = extensions[i];
  selection->protocol = (int32_t) protocol;
  selection->n_extensions = n_extensions;
  return make_outcome (result);
}

ApiOutcome
api_begin_server (Api             *self,
                  const TraceStep *step,
                  ApiHeaders      *headers)
{
  PCSTR *protocols = make_texts (step->protocols, step->n_protocols);
  PCSTR *extensions = make_texts (step->extensions, step->n_extensions);
  PWEB_SOCKET_HTTP_HEADER given = make_headers (step), made = NULL;
  ULONG count = 0;
  HRESULT result = WebSocketBeginServerHandshake (self->handle,
                                                  protocols != NULL ? protocols[0] : NULL,
                                                  extensions, (ULONG) step->n_extensions,
                                                  given, (ULONG) step->n_given, &made, &count);

  free_texts (protocols, step->n_protocols);
  free_texts (extensions, step->n_extensions);
  free (given);
  if (SUCCEEDED (result))
    show_headers (self, made, count, headers);
  return make_outcome (result);
}

ApiOutcome
api_end_server (Api *self)
{
  return make_outcome (WebSocketEndServerHandshake (self->handle));
}

ApiOutcome
api_establish (Api *self)
{
  return open_handle (self);
}

void
api_abort (Api *self)
{
  WebSocketAbortHandle (self->handle);
}

/* 0 is not a type; for bytes that are sent it can only be a raw header without a bit set. */
static void
take_type (ApiAction             *action,
           WEB_SOCKET_BUFFER_TYPE type)
{
  if (type >= FIRST_BUFFER_TYPE)
    action->buffer_type = (WscBufferType) (type - FIRST_BUFFER_TYPE + WSC_BUFFER_UTF8_MESSAGE);
  else if (type != 0 || action->type == WSC_ACTION_SEND_TO_NETWORK)
    {
      action->buffer_type = WSC_BUFFER_RAW;
      action->code = (uint16_t) type;
    }
}

static void
take_buffers (ApiAction               *action,
              const WEB_SOCKET_BUFFER *buffers,
              ULONG                    count)
{
  action->n_buffers = count;
  for (ULONG i = 0; i < count; i++)
    {
      action->buffers[i].at = buffers[i].Data.pbBuffer;
      action->buffers[i].length = buffers[i].Data.ulBufferLength;
    }
  if (action->type == WSC_ACTION_INDICATE_RECEIVE_COMPLETE &&
      action->buffer_type == WSC_BUFFER_CLOSE)
    action->code = buffers[0].CloseStatus.usStatus;
}

ApiOutcome
api_get_action (Api           *self,
                WscActionQueue queue,
                unsigned       capacity,
                ApiAction     *action)
{
  WEB_SOCKET_BUFFER buffers[2] = { { .Data = { NULL, 0 } } };
  ULONG count = capacity;
  WEB_SOCKET_ACTION type = WEB_SOCKET_SEND_TO_NETWORK_ACTION;
  WEB_SOCKET_BUFFER_TYPE buffer_type = WEB_SOCKET_CLOSE_BUFFER_TYPE;
  PVOID context = self, native = self;
  HRESULT result = WebSocketGetAction (self->handle, (WEB_SOCKET_ACTION_QUEUE) queue, buffers,
                                       &count, &type,
                                       &buffer_type, &context, &native);
  ApiOutcome outcome = make_outcome (result);

  if (FAILED (result))
    {
      if (type != WEB_SOCKET_NO_ACTION || count != 0 || context != NULL)
        outcome.code = -1;
      return outcome;
    }

  action->type = (WscActionType) type;
  take_type (action, buffer_type);
  take_buffers (action, buffers, count);
  action->context = context != NULL ? (unsigned) ((char *) context - self->contexts) : 0;
  action->native[0] = (uint64_t) (uintptr_t) native;
  return outcome;
}

void
api_complete (Api             *self,
              const ApiAction *action,
              size_t           n)
{
  WebSocketCompleteAction (self->handle, (PVOID) (uintptr_t) action->native[0], (ULONG) n);
}

void
api_complete_foreign (Api             *self,
                      const ApiAction *action,
                      size_t           n)
{
  uintptr_t foreign = (uintptr_t) action->native[0] + FOREIGN_CONTEXTS_AWAY;

  WebSocketCompleteAction (self->handle, (PVOID) foreign, (ULONG) n);
}

void
api_end_input (Api *self)
{
}

void
api_advance (Api    *self,
             int64_t milliseconds)
{
}

ApiAnswer
api_get_phase (Api      *self,
               WscPhase *phase)
{
  return API_CANNOT_EXPRESS;
}
