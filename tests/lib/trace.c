/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "lib/trace.h"

#include "core/limits.h"
#include "lib/trace-step.h"
#include "lib/trace-template.h"

#include <string.h>

#define N_ROWS(table) (sizeof (table) / sizeof *(table))

typedef enum
{
  HEADERS_GIVEN,                /* the lines are given to the next call that takes header fields */
  HEADERS_EXPECTED,             /* the lines are expected of the begin call right above */
} HeaderLines;

typedef struct
{
  TraceList *list;
  const char *file;
  TraceError *error;
  Trace *trace;                 /* last trace of the list; NULL = none yet */
  WscHeader *given;             /* header fields that no call has taken yet */
  size_t n_given;
  HeaderLines header_lines;
  TraceTemplate template;       /* template of the rows that follow */
  WscRole role;                 /* role of a trace with "role both", in this reading */
  bool is_both;                 /* TRUE if the trace has the line "role both" */
} TraceReader;

static const TraceWordRow option_words[] = {
  { "receive-buffer", TRACE_OPTION_RECEIVE_BUFFER },
  { "send-buffer", TRACE_OPTION_SEND_BUFFER },
  { "masking", TRACE_OPTION_MASKING },
  { "utf8", TRACE_OPTION_UTF8 },
  { "max-frame-size", TRACE_OPTION_MAX_FRAME_SIZE },
  { "max-message-size", TRACE_OPTION_MAX_MESSAGE_SIZE },
  { "max-fragments", TRACE_OPTION_MAX_FRAGMENTS },
  { "fragment-size", TRACE_OPTION_FRAGMENT_SIZE },
  { "keepalive-interval", TRACE_OPTION_KEEPALIVE_INTERVAL },
  { "keepalive-timeout", TRACE_OPTION_KEEPALIVE_TIMEOUT },
  { "max-pings-per-second", TRACE_OPTION_MAX_PINGS_PER_SECOND },
  { "max-head-size", TRACE_OPTION_MAX_HEAD_SIZE },
  { "max-header-fields", TRACE_OPTION_MAX_HEADER_FIELDS },
  { "max-inflate-ratio", TRACE_OPTION_MAX_INFLATE_RATIO },
  { "deflate", TRACE_OPTION_DEFLATE },
  { "threshold", TRACE_OPTION_THRESHOLD },
  { "client-window-bits", TRACE_OPTION_CLIENT_WINDOW_BITS },
  { "server-window-bits", TRACE_OPTION_SERVER_WINDOW_BITS },
  { "client-takeover", TRACE_OPTION_CLIENT_TAKEOVER },
  { "server-takeover", TRACE_OPTION_SERVER_TAKEOVER },
};

static const uint64_t automatic_defaults[TRACE_N_OPTIONS] = {
  [TRACE_OPTION_MASKING] = 1,
  [TRACE_OPTION_UTF8] = 1,
  [TRACE_OPTION_RECEIVE_BUFFER] = WSC_DEFAULT_RECEIVE_BUFFER,
  [TRACE_OPTION_SEND_BUFFER] = WSC_DEFAULT_CLIENT_SEND_BUFFER,
  [TRACE_OPTION_MAX_FRAME_SIZE] = WSC_DEFAULT_MAX_MESSAGE_SIZE,
  [TRACE_OPTION_MAX_MESSAGE_SIZE] = WSC_DEFAULT_MAX_MESSAGE_SIZE,
  [TRACE_OPTION_MAX_FRAGMENTS] = WSC_DEFAULT_MAX_FRAGMENTS,
  [TRACE_OPTION_KEEPALIVE_TIMEOUT] = WSC_DEFAULT_KEEPALIVE_TIMEOUT,
  [TRACE_OPTION_MAX_HEAD_SIZE] = WSC_DEFAULT_MAX_HEAD_SIZE,
  [TRACE_OPTION_MAX_HEADER_FIELDS] = WSC_DEFAULT_MAX_HEADER_FIELDS,
  [TRACE_OPTION_CLIENT_WINDOW_BITS] = WSC_MAX_WINDOW_BITS,
  [TRACE_OPTION_SERVER_WINDOW_BITS] = WSC_MAX_WINDOW_BITS,
  [TRACE_OPTION_CLIENT_TAKEOVER] = 1,
  [TRACE_OPTION_SERVER_TAKEOVER] = 1,
};

static void
fill_options (Trace *trace)
{
  for (int i = 0; i < TRACE_N_OPTIONS; i++)
    if ((trace->options_said & 1u << i) == 0)
      trace->options[i] = automatic_defaults[i];

  if (trace->role == WSC_ROLE_SERVER && (trace->options_said & 1u << TRACE_OPTION_SEND_BUFFER) == 0)
    trace->options[TRACE_OPTION_SEND_BUFFER] = WSC_DEFAULT_SERVER_SEND_BUFFER;
  if (trace->mode == TRACE_MODE_WINDOWS)
    {
      trace->options[TRACE_OPTION_MAX_FRAME_SIZE] = UINT64_MAX;
      trace->options[TRACE_OPTION_MAX_MESSAGE_SIZE] = UINT64_MAX;
      trace->options[TRACE_OPTION_MAX_FRAGMENTS] = UINT32_MAX;
    }
}

/* Checks that the trace that ends here is complete. */
static bool
end_trace (TraceReader *self,
           TraceLine   *line)
{
  if (self->n_given > 0)
    return trace_line_fail (line, "headers are given and no call takes them");
  if (self->trace != NULL && self->trace->n_steps == 0)
    return trace_line_fail (line, "the trace has no step");
  return true;
}

static bool
begin_trace (TraceReader *self,
             TraceLine   *line,
             unsigned     number)
{
  TraceWord word = trace_line_peek (line);
  Trace *trace;
  char *numbers = trace_arena_take (line->arena, (size_t) (line->end - line->at) + 1);
  size_t length = 0;

  for (; trace_word_is_row_number (word); word = trace_line_peek (line))
    {
      if (length > 0)
        numbers[length++] = '-';
      memcpy (numbers + length, word.at, word.length);
      length += word.length;
      line->at += word.length;
    }
  if (trace_line_is_at_end (line))
    return trace_line_fail (line, "a trace needs its sentence");

  self->list->at = trace_arena_grow (line->arena, self->list->at, self->list->count, sizeof *trace);
  trace = &self->list->at[self->list->count++];
  memset (trace, 0, sizeof *trace);
  trace->file = self->file;
  trace->line = number;
  trace->numbers = numbers;
  trace->mode = trace->role = -1;
  trace->sentence = trace_arena_copy (line->arena, line->at, (size_t) (line->end - line->at));
  self->trace = trace;
  self->header_lines = HEADERS_GIVEN;
  self->is_both = false;
  return true;
}

static bool
read_choice (TraceLine  *line,
             int        *choice,
             const char *zero,
             const char *one)
{
  if (trace_line_take_if (line, zero))
    *choice = 0;
  else if (trace_line_take_if (line, one))
    *choice = 1;
  else
    return trace_line_fail (line, "%s or %s is due", zero, one);
  return trace_line_end (line);
}

/* Puts the role for "$role" in the sentence. */
static void
name_role (Trace       *trace,
           TraceBlock **arena)
{
  const char *role = trace->role == WSC_ROLE_CLIENT ? "client" : "server";
  char *at;

  while ((at = strstr (trace->sentence, "$role")) != NULL)
    {
      const size_t n_before = (size_t) (at - trace->sentence);
      const char *rest = at + strlen ("$role");
      char *named = trace_arena_take (arena, n_before + strlen (role) + strlen (rest) + 1);

      memcpy (named, trace->sentence, n_before);
      strcpy (named + n_before, role);
      strcat (named, rest);
      trace->sentence = named;
    }
}

static bool
read_role (TraceReader *self,
           TraceLine   *line)
{
  Trace *trace = self->trace;

  self->is_both = trace_line_take_if (line, "both");
  if (self->is_both)
    trace->role = self->role;
  if (self->is_both ? !trace_line_end (line)
                    : !read_choice (line, &trace->role, "client", "server"))
    return false;

  name_role (trace, line->arena);
  return true;
}

static bool
read_option (Trace     *trace,
             TraceLine *line)
{
  TraceWord word;
  uint64_t value = 0;
  int option;

  if (!trace_line_take_word (line, &word))
    return false;
  if (!trace_word_find (word, option_words, N_ROWS (option_words), &option))
    return trace_line_fail (line, "unknown option: %.*s", (int) word.length, word.at);

  if (trace_line_take_if (line, "on"))
    value = 1;
  else if (trace_line_take_if (line, "none"))
    value = UINT64_MAX;
  else if (!trace_line_take_if (line, "off") && !trace_line_take_number (line, &value))
    return false;

  trace->options[option] = value;
  trace->options_said |= 1u << option;
  return trace_line_end (line);
}

static bool
read_random (Trace     *trace,
             TraceLine *line)
{
  TraceData data = { 0 };

  if (!trace_line_take_bytes (line, &data))
    return false;
  if (data.n_masks > 0 || data.length == 0)
    return trace_line_fail (line, "plain bytes are due");

  trace->random = (WscBytes) { data.at, data.length };
  return true;
}

/* A line of the head; *is_head tells whether it was one. */
static bool
read_head (TraceReader *self,
           TraceWord    word,
           TraceLine   *line,
           bool        *is_head)
{
  Trace *trace = self->trace;
  int cut;

  *is_head = true;
  if (trace->n_steps > 0 || self->n_given > 0)
    *is_head = false;
  else if (trace_word_is (word, "mode"))
    return read_choice (line, &trace->mode, "automatic", "windows");
  else if (trace_word_is (word, "role"))
    return read_role (self, line);
  else if (trace_word_is (word, "option"))
    return read_option (trace, line);
  else if (trace_word_is (word, "random"))
    return read_random (trace, line);
  else if (trace_word_is (word, "cut"))
    {
      trace->cut = TRACE_CUT_NO;
      return read_choice (line, &cut, "no", "no");
    }
  else
    *is_head = false;
  return true;
}

static bool
take_header_value (TraceLine *line,
                   WscBytes  *value)
{
  if (!trace_line_is_at_end (line) && *line->at == '"')
    return trace_line_take_quoted (line, value) && trace_line_end (line);

  value->length = (size_t) (line->end - line->at);
  value->at = (const uint8_t *) trace_arena_copy (line->arena, line->at, value->length);
  return true;
}

static bool
take_header (TraceLine *line,
             WscHeader *header)
{
  if (!trace_line_is_at_end (line) && *line->at == '"')
    {
      if (!trace_line_take_quoted (line, &header->name))
        return false;
    }
  else
    {
      const char *colon = memchr (line->at, ':', (size_t) (line->end - line->at));

      if (colon == NULL)
        return trace_line_fail (line, "a header has a colon");
      header->name.length = (size_t) (colon - line->at);
      header->name.at = (const uint8_t *) trace_arena_copy (line->arena, line->at,
                                                            header->name.length);
      line->at = colon;
    }
  if (line->at == line->end || *line->at++ != ':')
    return trace_line_fail (line, "a colon is due behind the name");
  return take_header_value (line, &header->value);
}

static bool
read_header (TraceReader *self,
             TraceWord    word,
             TraceLine   *line)
{
  TraceHeader header = { .claim = TRACE_HEADER_IS };
  TraceStep *step = self->trace->n_steps > 0 ? &self->trace->steps[self->trace->n_steps - 1] : NULL;

  if (!trace_word_is (word, "header"))
    {
      header.claim = trace_word_is (word, "header-is") ? TRACE_HEADER_PRESENT : TRACE_HEADER_ABSENT;
      if (!trace_line_take_text (line, &header.header.name) || !trace_line_end (line))
        return false;
    }
  else if (!take_header (line, &header.header))
    return false;

  if (self->header_lines == HEADERS_EXPECTED)
    {
      step->expected = trace_arena_grow (line->arena, step->expected, step->n_expected,
                                         sizeof header);
      step->expected[step->n_expected++] = header;
      return true;
    }
  if (header.claim != TRACE_HEADER_IS)
    return trace_line_fail (line, "only directly behind a begin call");

  self->given = trace_arena_grow (line->arena, self->given, self->n_given, sizeof *self->given);
  self->given[self->n_given++] = header.header;
  return true;
}

/* The effects of a step on other lines. */
static void
settle_step (TraceReader *self,
             TraceStep   *step)
{
  Trace *trace = self->trace;
  bool is_begin = step->kind == TRACE_STEP_CALL &&
                  (step->call == TRACE_CALL_BEGIN_CLIENT || step->call == TRACE_CALL_BEGIN_SERVER);

  if (step->kind == TRACE_STEP_CALL)
    step->call_number = ++trace->n_calls;
  if (is_begin || (step->kind == TRACE_STEP_CALL && step->call == TRACE_CALL_END_CLIENT))
    {
      step->given = self->given;
      step->n_given = self->n_given;
      self->given = NULL;
      self->n_given = 0;
    }
  if (is_begin || (step->kind == TRACE_STEP_CALL && step->call == TRACE_CALL_ESTABLISH) ||
      (trace->n_steps == 0 && step->kind == TRACE_STEP_PHASE && step->number == WSC_PHASE_CREATED))
    trace->start = TRACE_START_CREATED;
  if (step->capacity != 2)
    trace->has_capacity = true;
  self->header_lines = is_begin && step->fault == WSC_FAULT_NONE ? HEADERS_EXPECTED : HEADERS_GIVEN;
}

/* A fragment is what one read brought: a cut play can only compare it by its content. */
static bool
check_cuts (const Trace     *trace,
            const TraceStep *step,
            TraceLine       *line)
{
  if (trace->cut == TRACE_CUT_NO || step->kind != TRACE_STEP_ACTION ||
      (step->says & TRACE_SAYS_DATA) != 0)
    return true;
  if (step->action == WSC_ACTION_INDICATE_RECEIVE_COMPLETE &&
      (step->buffer_type == WSC_BUFFER_UTF8_FRAGMENT ||
       step->buffer_type == WSC_BUFFER_BINARY_FRAGMENT))
    return trace_line_fail (line, "a fragment needs its content, or the trace \"cut no\"");
  return true;
}

static bool
append_bytes (Trace     *trace,
              TraceStep *step,
              TraceLine *line)
{
  TraceData *data = &trace->steps[trace->n_steps - 1].data;
  uint8_t *joined = trace_arena_take (line->arena, data->length + step->data.length);

  memcpy (joined, data->at, data->length);
  memcpy (joined + data->length, step->data.at, step->data.length);
  for (size_t i = 0; i < step->data.n_masks; i++)
    {
      TraceMask mask = step->data.masks[i];

      mask.at += data->length;
      mask.end += data->length;
      data->masks = trace_arena_grow (line->arena, data->masks, data->n_masks, sizeof mask);
      data->masks[data->n_masks++] = mask;
    }
  data->at = joined;
  data->length += step->data.length;
  return true;
}

static bool
read_step (TraceReader *self,
           TraceWord    word,
           TraceLine   *line,
           unsigned     number)
{
  Trace *trace = self->trace;
  TraceStep step = { .line = number };

  if (trace->mode < 0 || trace->role < 0)
    return trace_line_fail (line, "mode and role stand before the first step");
  if (trace->mode == TRACE_MODE_WINDOWS && trace->options_said >> TRACE_N_WINDOWS_OPTIONS != 0)
    return trace_line_fail (line, "mode windows does not have this trace's options");
  line->role = (WscRole) trace->role;
  if (!trace_step_read (&step, word, line) || !check_cuts (trace, &step, line))
    return false;
  if (self->is_both && step.kind == TRACE_STEP_CALL && step.call >= TRACE_CALL_BEGIN_CLIENT &&
      step.call <= TRACE_CALL_END_SERVER)
    return trace_line_fail (line, "only one role has this call, and the trace has both");

  if (step.kind == TRACE_STEP_BYTES && trace->n_steps > 0 &&
      trace->steps[trace->n_steps - 1].kind == TRACE_STEP_BYTES)
    return append_bytes (trace, &step, line);

  if (trace->n_steps == 0)
    fill_options (trace);
  settle_step (self, &step);
  trace->n_bytes += step.kind == TRACE_STEP_BYTES;
  trace->steps = trace_arena_grow (line->arena, trace->steps, trace->n_steps, sizeof step);
  trace->steps[trace->n_steps++] = step;
  return true;
}

static bool
read_line (TraceReader *self,
           TraceLine   *line,
           unsigned     number)
{
  TraceWord word;
  bool is_head;

  if (trace_line_is_at_end (line))
    {
      self->header_lines = HEADERS_GIVEN;
      return true;
    }
  if (*line->at == '#')
    return true;
  if (!trace_line_take_word (line, &word))
    return false;
  if (self->trace == NULL)
    return trace_line_fail (line, "a trace begins with # and its number");
  if (!read_head (self, word, line, &is_head))
    return false;
  if (is_head)
    return true;
  if (trace_word_is (word, "header") || trace_word_is (word, "header-is") ||
      trace_word_is (word, "header-not"))
    return read_header (self, word, line);
  return read_step (self, word, line, number);
}

/* row: its values fill the lines, which are the template's; NULL: they are a trace's. */
static bool
read_lines (TraceReader    *self,
            TraceLines      lines,
            const TraceRow *row,
            TraceLine      *line)
{
  unsigned *number = row != NULL ? &self->error->template_line : &self->error->line;

  for (; lines.at < lines.end; lines.number++)
    {
      lines.at = trace_line_begin (line, lines.at);
      *number = lines.number;
      if (row != NULL)
        trace_template_fill (&self->template, row, line);
      if (!read_line (self, line, lines.number))
        return false;
    }
  return true;
}

/* A trace of "role both" is read as a server's and as a client's. */
static bool
read_trace (TraceReader    *self,
            TraceLine       title,
            unsigned        number,
            TraceLines      lines,
            const TraceRow *row)
{
  static const WscRole roles[] = { WSC_ROLE_SERVER, WSC_ROLE_CLIENT };

  for (size_t i = 0; i < N_ROWS (roles) && (i == 0 || self->is_both); i++)
    {
      TraceLine line = title;

      self->role = roles[i];
      if (!begin_trace (self, &line, number) || !read_lines (self, lines, row, &line) ||
          !end_trace (self, &line))
        return false;
    }
  return true;
}

/* line is behind "with"; only comments may follow it. */
static bool
read_row (TraceReader *self,
          TraceLine   *line,
          TraceLine    title,
          TraceLines   rest)
{
  const unsigned number = self->error->line;
  TraceRow row;

  self->error->line = rest.number - 1;
  if (!trace_template_read_row (&self->template, &row, line))
    return false;

  for (; rest.at < rest.end; rest.number++)
    {
      self->error->line = rest.number;
      rest.at = trace_line_begin (line, rest.at);
      if (!trace_line_is_at_end (line) && *line->at != '#')
        return trace_line_fail (line, "a row has one line");
    }
  self->error->line = number;
  return read_trace (self, title, number, self->template.lines, &row);
}

/* The lines up to the next trace or template are a template, a row, a trace, or comments. */
static bool
read_part (TraceReader *self,
           TraceLines   part,
           TraceLine   *line)
{
  const TraceLines whole = part;
  TraceLine title;

  self->error->line = part.number++;
  self->error->template_line = 0;
  part.at = trace_line_begin (line, part.at);
  if (trace_line_take_if (line, "template"))
    {
      TraceLine columns = *line;

      return trace_template_end (&self->template, line) &&
             trace_template_begin (&self->template, part, &columns);
    }
  if (!trace_line_take_title (line))
    return read_lines (self, whole, NULL, line);

  title = *line;
  if (part.at < part.end)
    {
      TraceLines rest = { trace_line_begin (line, part.at), part.end, part.number + 1 };

      if (trace_line_take_if (line, "with"))
        return read_row (self, line, title, rest);
    }
  return trace_template_end (&self->template, line) &&
         read_trace (self, title, part.number - 1, part, NULL);
}

static bool
begins_part (TraceLine *line)
{
  return trace_word_is (trace_line_peek (line), "template") || trace_line_take_title (line);
}

bool
trace_list_read (TraceList  *self,
                 const char *file,
                 const char *text,
                 TraceError *error)
{
  TraceReader reader = { .list = self, .file = file, .error = error };
  TraceLine line = { .arena = &self->arena, .error = error };
  TraceLines part = { text, text, 1 };

  *self = (TraceList) { 0 };
  *error = (TraceError) { 0 };
  while (*part.at != '\0')
    {
      unsigned n_lines = 0;

      do
        {
          part.end = trace_line_begin (&line, part.end);
          n_lines++;
        }
      while (*part.end != '\0' && (trace_line_begin (&line, part.end), !begins_part (&line)));
      if (!read_part (&reader, part, &line))
        return false;
      part = (TraceLines) { part.end, part.end, part.number + n_lines };
    }
  return trace_template_end (&reader.template, &line);
}

const char *
trace_option_get_name (TraceOption option)
{
  return option_words[option].word;
}

void
trace_list_clear (TraceList *self)
{
  trace_arena_free (&self->arena);
  *self = (TraceList) { 0 };
}
