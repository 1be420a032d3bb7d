/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "lib/trace-step.h"

#include "core/close-code.h"
#include "core/limits.h"

#include <string.h>

#define N_ROWS(table) (sizeof (table) / sizeof *(table))

typedef bool (*ReadArguments) (TraceStep *step, TraceLine *line);

static const TraceWordRow queue_words[] = {
  { "send", WSC_ACTION_QUEUE_SEND },
  { "receive", WSC_ACTION_QUEUE_RECEIVE },
  { "all", WSC_ACTION_QUEUE_ALL },
};

static const TraceWordRow action_words[] = {
  { "none", WSC_ACTION_NONE },
  { "send-to-network", WSC_ACTION_SEND_TO_NETWORK },
  { "indicate-send-complete", WSC_ACTION_INDICATE_SEND_COMPLETE },
  { "receive-from-network", WSC_ACTION_RECEIVE_FROM_NETWORK },
  { "indicate-receive-complete", WSC_ACTION_INDICATE_RECEIVE_COMPLETE },
};

static const TraceWordRow type_words[] = {
  { "none", WSC_BUFFER_NONE },
  { "utf8-message", WSC_BUFFER_UTF8_MESSAGE },
  { "utf8-fragment", WSC_BUFFER_UTF8_FRAGMENT },
  { "binary-message", WSC_BUFFER_BINARY_MESSAGE },
  { "binary-fragment", WSC_BUFFER_BINARY_FRAGMENT },
  { "close", WSC_BUFFER_CLOSE },
  { "ping-pong", WSC_BUFFER_PING_PONG },
  { "unsolicited-pong", WSC_BUFFER_UNSOLICITED_PONG },
  { "raw", WSC_BUFFER_RAW },
};

static bool
take_fault (TraceLine *line,
            WscFault  *fault)
{
  TraceWord word;

  if (!trace_line_take_word (line, &word))
    return false;

  for (int id = WSC_FAULT_PARTIAL + 1; id < WSC_N_FAULTS; id++)
    if (trace_word_is (word, wsc_fault_get_name ((WscFault) id)))
      {
        *fault = (WscFault) id;
        return true;
      }
  return trace_line_fail (line, "no row of fault-rows.h: %.*s", (int) word.length, word.at);
}

/* Bytes up to the end of the line, or up to "refused". */
static bool
take_call_data (TraceStep *step,
                TraceLine *line)
{
  const char *end = line->end;
  bool is_ok;

  if (trace_line_is_at_end (line) || trace_word_is (trace_line_peek (line), "refused"))
    return true;

  for (const char *at = line->at; at + strlen (" refused ") < end; at++)
    if (memcmp (at, " refused ", strlen (" refused ")) == 0)
      line->end = at;
  step->says |= TRACE_SAYS_DATA;
  is_ok = trace_line_take_bytes (line, &step->data);
  line->end = end;
  if (step->data.n_masks > 0)
    return trace_line_fail (line, "masking is not the caller's business");
  return is_ok;
}

static bool
read_receive (TraceStep *step,
              TraceLine *line)
{
  if (trace_line_is_at_end (line) || trace_word_is (trace_line_peek (line), "refused"))
    return true;

  step->says |= TRACE_SAYS_NUMBER;
  return trace_line_take_number (line, &step->number);
}

static bool
take_buffer_type (TraceStep *step,
                  TraceLine *line)
{
  TraceWord word;
  int value;

  if (!trace_line_take_word (line, &word))
    return false;
  if (!trace_word_find (word, type_words, N_ROWS (type_words), &value))
    return trace_line_fail (line, "unknown buffer type: %.*s", (int) word.length, word.at);

  step->buffer_type = (WscBufferType) value;
  step->says |= TRACE_SAYS_TYPE;
  return true;
}

static bool
read_send (TraceStep *step,
           TraceLine *line)
{
  if (!take_buffer_type (step, line))
    return false;
  if (step->buffer_type == WSC_BUFFER_CLOSE || step->buffer_type == WSC_BUFFER_RAW)
    return trace_line_fail (line, "this type has a call of its own");
  return take_call_data (step, line);
}

static bool
read_send_close (TraceStep *step,
                 TraceLine *line)
{
  step->number = WSC_CLOSE_NO_STATUS;
  if (!trace_line_take_if (line, "none"))
    {
      step->says |= TRACE_SAYS_NUMBER;
      if (!trace_line_take_number (line, &step->number))
        return false;
      if (step->number > UINT16_MAX)
        return trace_line_fail (line, "a close code has 16 bits");
    }
  return take_call_data (step, line);
}

static bool
read_send_raw (TraceStep *step,
               TraceLine *line)
{
  const char *digits = "0123456789abcdef";
  TraceWord word;

  if (!trace_line_take_word (line, &word))
    return false;
  if (word.length != 2 && word.length != 3)
    return trace_line_fail (line, "a raw header has 2 or 3 hex digits");

  for (size_t i = 0; i < word.length; i++)
    {
      const char *digit = strchr (digits, word.at[i]);

      if (digit == NULL)
        return trace_line_fail (line, "a raw header has 2 or 3 hex digits");
      step->number = step->number << 4 | (uint64_t) (digit - digits);
    }
  if (word.length == 2)
    step->number <<= 1;
  if (step->number > 0x1ff)
    return trace_line_fail (line, "a raw header has nine bits");
  return take_call_data (step, line);
}

static bool
add_text (WscBytes **texts,
          size_t    *n_texts,
          TraceLine *line)
{
  *texts = trace_arena_grow (line->arena, *texts, *n_texts, sizeof **texts);
  return trace_line_take_text (line, &(*texts)[(*n_texts)++]);
}

static bool
read_begin (TraceStep *step,
            TraceLine *line)
{
  while (!trace_line_is_at_end (line))
    if (trace_line_take_if (line, "protocol"))
      {
        if (!add_text (&step->protocols, &step->n_protocols, line))
          return false;
      }
    else if (trace_line_take_if (line, "extension"))
      {
        if (!add_text (&step->extensions, &step->n_extensions, line))
          return false;
      }
    else
      break;

  if (step->call == TRACE_CALL_BEGIN_SERVER && step->n_protocols > 1)
    return trace_line_fail (line, "a server chooses one subprotocol");
  return true;
}

static bool
take_selected_extensions (TraceStep *step,
                          TraceLine *line)
{
  step->says |= TRACE_SAYS_EXTENSIONS;
  while (!trace_line_is_at_end (line) && !trace_word_is (trace_line_peek (line), "refused"))
    {
      uint64_t number;

      if (!trace_line_take_number (line, &number))
        return false;
      step->selected_extensions = trace_arena_grow (line->arena, step->selected_extensions,
                                                    step->n_selected,
                                                    sizeof *step->selected_extensions);
      step->selected_extensions[step->n_selected++] = (uint32_t) number;
    }
  return true;
}

static bool
read_end_client (TraceStep *step,
                 TraceLine *line)
{
  uint64_t number;

  if (trace_line_take_if (line, "expect-protocol"))
    {
      step->says |= TRACE_SAYS_PROTOCOL;
      step->selected_protocol = -1;
      if (!trace_line_take_if (line, "none"))
        {
          if (!trace_line_take_number (line, &number))
            return false;
          step->selected_protocol = (int32_t) number;
        }
    }
  return !trace_line_take_if (line, "expect-extensions") || take_selected_extensions (step, line);
}

static bool
read_nothing (TraceStep *step,
              TraceLine *line)
{
  return true;
}

static const struct
{
  const char *word;
  TraceCall call;
  ReadArguments read;
} calls[] = {
  { "receive", TRACE_CALL_RECEIVE, read_receive },
  { "send", TRACE_CALL_SEND, read_send },
  { "send-close", TRACE_CALL_SEND_CLOSE, read_send_close },
  { "send-raw", TRACE_CALL_SEND_RAW, read_send_raw },
  { "begin-client", TRACE_CALL_BEGIN_CLIENT, read_begin },
  { "end-client", TRACE_CALL_END_CLIENT, read_end_client },
  { "begin-server", TRACE_CALL_BEGIN_SERVER, read_begin },
  { "end-server", TRACE_CALL_END_SERVER, read_nothing },
  { "establish", TRACE_CALL_ESTABLISH, read_nothing },
  { "abort", TRACE_CALL_ABORT, read_nothing },
};

static bool
read_call (TraceStep *step,
           TraceLine *line)
{
  TraceWord word;

  if (!trace_line_take_word (line, &word))
    return false;

  for (size_t i = 0; i < N_ROWS (calls); i++)
    if (trace_word_is (word, calls[i].word))
      {
        step->call = calls[i].call;
        if (!calls[i].read (step, line))
          return false;
        if (step->call == TRACE_CALL_ABORT || !trace_line_take_if (line, "refused"))
          return true;
        return take_fault (line, &step->fault);
      }
  return trace_line_fail (line, "unknown call: %.*s", (int) word.length, word.at);
}

static bool
take_queue (TraceStep *step,
            TraceLine *line)
{
  TraceWord word;
  int value;

  step->queue = WSC_ACTION_QUEUE_ALL;
  if (!trace_line_take_if (line, "on"))
    return true;
  if (!trace_line_take_word (line, &word))
    return false;
  if (!trace_word_find (word, queue_words, N_ROWS (queue_words), &value))
    return trace_line_fail (line, "unknown queue: %.*s", (int) word.length, word.at);

  step->queue = (WscActionQueue) value;
  step->says |= TRACE_SAYS_QUEUE;
  return true;
}

static bool
take_action_type (TraceStep *step,
                  TraceLine *line)
{
  TraceWord word;
  int value;

  if (!trace_line_take_word (line, &word))
    return false;
  if (!trace_word_find (word, action_words, N_ROWS (action_words), &value))
    return trace_line_fail (line, "unknown action: %.*s", (int) word.length, word.at);

  step->action = (WscActionType) value;
  return true;
}

static bool
take_context (TraceStep *step,
              TraceLine *line)
{
  uint64_t number;

  if (!trace_line_take_if (line, "of"))
    return true;
  if (!trace_line_take_number (line, &number))
    return false;

  step->says |= TRACE_SAYS_CONTEXT;
  step->context = (unsigned) number;
  return true;
}

static bool
take_code (TraceStep *step,
           TraceLine *line)
{
  if (!trace_line_take_if (line, "code"))
    return true;

  step->says |= TRACE_SAYS_NUMBER;
  return trace_line_take_number (line, &step->number);
}

static bool
take_action_data (TraceStep *step,
                  TraceLine *line)
{
  if (trace_line_is_at_end (line))
    return true;
  if (step->action == WSC_ACTION_RECEIVE_FROM_NETWORK || step->action == WSC_ACTION_NONE)
    return trace_line_fail (line, "this action has no content to ask for");

  step->says |= TRACE_SAYS_DATA;
  if (step->action == WSC_ACTION_SEND_TO_NETWORK)
    line->length = line->role == WSC_ROLE_CLIENT ? TRACE_LENGTH_MASKED_AT_RANDOM
                                                 : TRACE_LENGTH_PLAIN;
  return trace_line_take_bytes (line, &step->data);
}

static bool
take_capacity (TraceStep *step,
               TraceLine *line)
{
  uint64_t capacity;

  if (!trace_line_take_if (line, "capacity"))
    return true;
  if (!trace_line_take_number (line, &capacity))
    return false;
  if (capacity > 2)
    return trace_line_fail (line, "no action has more than two buffers");

  step->capacity = (unsigned) capacity;
  return true;
}

static bool
read_action (TraceStep *step,
             TraceLine *line)
{
  int value;

  if (!take_queue (step, line) || !take_capacity (step, line) || !take_action_type (step, line))
    return false;
  if (trace_word_find (trace_line_peek (line), type_words, N_ROWS (type_words), &value) &&
      !take_buffer_type (step, line))
    return false;
  if (!take_code (step, line) || !take_context (step, line))
    return false;
  if (trace_line_take_if (line, "in-place"))
    step->says |= TRACE_SAYS_IN_PLACE;
  return take_action_data (step, line);
}

static bool
read_fault (TraceStep *step,
            TraceLine *line)
{
  return take_queue (step, line) && take_capacity (step, line) && take_fault (line, &step->fault);
}

static bool
read_bytes (TraceStep *step,
            TraceLine *line)
{
  line->length = line->role == WSC_ROLE_SERVER ? TRACE_LENGTH_MASKED : TRACE_LENGTH_PLAIN;
  if (!trace_line_take_bytes (line, &step->data))
    return false;

  for (size_t i = 0; i < step->data.n_masks; i++)
    if (step->data.masks[i].key == TRACE_KEY_RANDOM)
      return trace_line_fail (line, "a peer's <mask> needs its key");
  return step->data.length > 0 || trace_line_fail (line, "bytes are due");
}

static bool
read_complete (TraceStep *step,
               TraceLine *line)
{
  if (!take_queue (step, line))
    return false;
  if (trace_line_is_at_end (line))
    return true;
  if (trace_line_take_if (line, "foreign"))
    {
      step->says |= TRACE_SAYS_FOREIGN;
      return true;
    }
  step->says |= TRACE_SAYS_NUMBER;
  return trace_line_take_number (line, &step->number);
}

static bool
read_time (TraceStep *step,
           TraceLine *line)
{
  return trace_line_take_number (line, &step->number);
}

static const char *const phase_names[WSC_N_PHASES] = {
  "CREATED", "HANDSHAKE", "OPEN", "CLOSE_SENT", "CLOSE_RECEIVED", "CLOSED", "FAILED", "ABORTED",
};

const char *
trace_phase_get_name (WscPhase phase)
{
  return phase_names[phase];
}

static bool
read_phase (TraceStep *step,
            TraceLine *line)
{
  TraceWord word;

  if (!trace_line_take_word (line, &word))
    return false;

  for (int i = 0; i < WSC_N_PHASES; i++)
    if (trace_word_is (word, phase_names[i]))
      {
        step->number = (uint64_t) i;
        return true;
      }
  return trace_line_fail (line, "unknown phase: %.*s", (int) word.length, word.at);
}

static const struct
{
  const char *word;
  TraceStepKind kind;
  ReadArguments read;
} steps[] = {
  { "call", TRACE_STEP_CALL, read_call },
  { "action", TRACE_STEP_ACTION, read_action },
  { "fault", TRACE_STEP_FAULT, read_fault },
  { "bytes", TRACE_STEP_BYTES, read_bytes },
  { "complete", TRACE_STEP_COMPLETE, read_complete },
  { "end-of-input", TRACE_STEP_END_OF_INPUT, read_nothing },
  { "time", TRACE_STEP_TIME, read_time },
  { "phase", TRACE_STEP_PHASE, read_phase },
  { "drain", TRACE_STEP_DRAIN, read_nothing },
};

bool
trace_step_read (TraceStep *step,
                 TraceWord  word,
                 TraceLine *line)
{
  for (size_t i = 0; i < N_ROWS (steps); i++)
    if (trace_word_is (word, steps[i].word))
      {
        step->kind = steps[i].kind;
        step->capacity = 2;
        return steps[i].read (step, line) && trace_line_end (line);
      }
  return trace_line_fail (line, "unknown word: %.*s", (int) word.length, word.at);
}

const char *
trace_action_get_name (WscActionType type)
{
  for (size_t i = 0; i < N_ROWS (action_words); i++)
    if (action_words[i].value == (int) type)
      return action_words[i].word;
  return "unknown action";
}

const char *
trace_buffer_type_get_name (WscBufferType type)
{
  for (size_t i = 0; i < N_ROWS (type_words); i++)
    if (type_words[i].value == (int) type)
      return type_words[i].word;
  return "unknown buffer type";
}
