/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* WspSession as an API of the runner: its public API, the end of the input, and the runner's
 * random source. */

#include "core/close-code.h"
#include "core/engine/engine.h"
#include "core/handshake/deflate-offer.h"
#include "session/wsp-session-private.h"
#include "session/wsp-session-random-private.h"
#include "traces/api.h"
#include "traces/opening.h"

#include <libwsproto/base/wsp-error.h>
#include <libwsproto/limits/wsp-deflate-options.h>
#include <libwsproto/session/wsp-session.h>
#include "lib/windows-session.h"

struct Api
{
  WspSession *session;
  const Trace *trace;
  WscRole role;
  WscHost host;
  TraceRandom *random;
  guint *ids;                   /* ids of the session, by number of the call */
  unsigned n_calls;
  WspHeaders *returned;         /* header fields that a begin call returned */
  WscHeader *headers;           /* the same header fields as WscHeader */
};

G_STATIC_ASSERT (sizeof (WspSessionAction) <= sizeof ((ApiAction *) NULL)->native);

const char *
api_get_name (void)
{
  return "session";
}

static gboolean
has_nul (const WscBytes *texts,
         gsize           n_texts)
{
  for (gsize i = 0; i < n_texts; i++)
    if (texts[i].length > 0 && memchr (texts[i].at, '\0', texts[i].length) != NULL)
      return TRUE;
  return FALSE;
}

static WspHeaders *
make_headers (const TraceStep *step,
              GError         **error)
{
  g_autoptr (WspHeaders) made = wsp_headers_new ();

  for (gsize i = 0; i < step->n_given; i++)
    {
      g_autofree char *name = g_strndup ((const char *) step->given[i].name.at,
                                         step->given[i].name.length);
      g_autofree char *value = g_strndup ((const char *) step->given[i].value.at,
                                          step->given[i].value.length);

      if (!wsp_headers_append (made, name, value, error))
        return NULL;
    }
  return g_steal_pointer (&made);
}

/* WspHeaders have no control characters: neither a request nor a response with them can be
 * passed. */
static gboolean
can_be_headers (const TraceStep *step)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WspHeaders) made = make_headers (step, &error);

  return step->call == TRACE_CALL_BEGIN_CLIENT || made != NULL;
}

/* Strings of the public API end at a NUL: one that contains a NUL cannot be passed. */
static gboolean
can_say (const TraceStep *step)
{
  WscBytes reason = { step->data.at, step->data.length };

  if (step->kind != TRACE_STEP_CALL)
    return TRUE;
  if (step->call == TRACE_CALL_SEND_CLOSE && has_nul (&reason, 1))
    return FALSE;

  for (gsize i = 0; i < step->n_given; i++)
    if (has_nul (&step->given[i].name, 1) || has_nul (&step->given[i].value, 1))
      return FALSE;
  return !has_nul (step->protocols, step->n_protocols) &&
         !has_nul (step->extensions, step->n_extensions) && can_be_headers (step);
}

bool
api_plays (const Trace *trace)
{
  if (trace->has_capacity)
    return false;

  for (gsize i = 0; i < trace->n_steps; i++)
    if (!can_say (&trace->steps[i]))
      return false;
  return true;
}

static gboolean
is_error (const ApiOutcome *outcome,
          WscFaultError     error)
{
  if (error == WSC_ERROR_CANCELLED)
    return outcome->domain == G_IO_ERROR && outcome->code == G_IO_ERROR_CANCELLED;
  if (error == WSC_ERROR_TIMED_OUT)
    return outcome->domain == G_IO_ERROR && outcome->code == G_IO_ERROR_TIMED_OUT;
  if (error == WSC_ERROR_MEMORY)
    error = WSC_ERROR_FAILED;
  return outcome->domain == WSP_ERROR && outcome->code == (int) error;
}

bool
api_outcome_is (const ApiOutcome *outcome,
                WscFault          fault)
{
  if (fault == WSC_FAULT_NONE)
    return !outcome->is_refused;

  return outcome->is_refused && is_error (outcome, wsc_fault_get_error (fault)) &&
         g_str_has_prefix (outcome->text, wsc_fault_get_text (fault));
}

/* Takes the error. */
static ApiOutcome
make_outcome (GError *error)
{
  ApiOutcome outcome = { 0 };

  if (error == NULL)
    return outcome;

  outcome.is_refused = true;
  outcome.domain = error->domain;
  outcome.code = error->code;
  g_strlcpy (outcome.text, error->message, sizeof outcome.text);
  g_error_free (error);
  return outcome;
}

static void
set_limit (WspLimits  *limits,
           const char *name,
           guint64     value)
{
  GParamSpec *spec = g_object_class_find_property (G_OBJECT_GET_CLASS (limits), name);

  g_assert_nonnull (spec);
  if (G_IS_PARAM_SPEC_UINT (spec))
    g_object_set (limits, name, (guint) MIN (value, G_PARAM_SPEC_UINT (spec)->maximum), NULL);
  else
    g_object_set (limits, name, MIN (value, G_PARAM_SPEC_UINT64 (spec)->maximum), NULL);
}

static WspLimits *
make_limits (const Trace *trace)
{
  WspLimits *limits = wsp_limits_new ();

  for (int i = TRACE_N_WINDOWS_OPTIONS; i < TRACE_N_LIMITS; i++)
    set_limit (limits, trace_option_get_name ((TraceOption) i), trace->options[i]);
  return limits;
}

static WspDeflateOptions *
make_deflate (const Trace *trace)
{
  WscDeflateOptions wanted = opening_deflate (trace);
  WspDeflateOptions *options = wsp_deflate_options_new ();

  g_object_set (options, "level", wanted.level,
                "memory-level", wanted.memory_level, NULL);
  g_object_set (options, "client-window-bits", wanted.client_window_bits,
                "server-window-bits", wanted.server_window_bits, NULL);
  g_object_set (options, "client-context-takeover", wanted.client_takeover,
                "server-context-takeover", wanted.server_takeover, NULL);
  g_object_set (options, "threshold", wanted.threshold, NULL);
  return options;
}

#define MAX_OPENING (OPENING_N_REQUEST + 1)

/* The headers of the peer: as a client it makes an offer to select from, as a server it accepts the
 * whole offer. */
static void
take_opening (TraceStep       *step,
              const Trace     *trace,
              const WscHeader *usual,
              gsize            n_usual,
              WscHeader        place[MAX_OPENING],
              guint8           element[WSC_DEFLATE_ELEMENT_SIZE])
{
  static const char offer[] = "permessage-deflate; client_max_window_bits";
  WscDeflateOptions options = opening_deflate (trace);
  WscDeflateParameters agreed = opening_agreed (&options);

  memcpy (place, usual, n_usual * sizeof *usual);
  step->given = place;
  step->n_given = n_usual;
  if (!trace->options[TRACE_OPTION_DEFLATE])
    return;

  place[n_usual].name = wsc_text ("Sec-WebSocket-Extensions");
  place[n_usual].value = wsc_text (offer);
  if (trace->role == WSC_ROLE_CLIENT)
    {
      place[n_usual].value.at = element;
      place[n_usual].value.length = wsc_deflate_answer_write (&agreed, element);
    }
  step->n_given++;
}

static ApiOutcome
open_session (Api *self)
{
  TraceRandom random = *self->random;
  WscHeader opening[MAX_OPENING];
  guint8 element[WSC_DEFLATE_ELEMENT_SIZE];
  ApiHeaders headers;
  ApiOutcome outcome;
  TraceStep step = { 0 };

  *self->random = opening_random ();
  if (self->role == WSC_ROLE_CLIENT)
    {
      ApiSelection selection;
      ApiAnswer answer;

      outcome = api_begin_client (self, &step, &headers);
      take_opening (&step, self->trace, opening_response, OPENING_N_RESPONSE, opening, element);
      if (!outcome.is_refused)
        outcome = api_end_client (self, &step, &selection, &answer);
    }
  else
    {
      take_opening (&step, self->trace, opening_request, OPENING_N_REQUEST, opening, element);
      outcome = api_begin_server (self, &step, &headers);
      if (!outcome.is_refused)
        outcome = api_end_server (self);
    }
  *self->random = random;
  return outcome;
}

Api *
api_new (const Trace *trace,
         TraceRandom *random)
{
  Api *self = g_new0 (Api, 1);
  g_autoptr (WspLimits) limits = make_limits (trace);
  g_autoptr (WspDeflateOptions) deflate = trace->options[TRACE_OPTION_DEFLATE]
                                          ? make_deflate (trace) : NULL;

  self->session = g_object_new (WSP_TYPE_SESSION,
                                "role",
                                trace->role == WSC_ROLE_CLIENT ? WSP_ROLE_CLIENT : WSP_ROLE_SERVER,
                                "receive-buffer-size",
                                (guint) trace->options[TRACE_OPTION_RECEIVE_BUFFER],
                                "send-buffer-size",
                                (guint) trace->options[TRACE_OPTION_SEND_BUFFER],
                                "masking", trace->options[TRACE_OPTION_MASKING] != 0,
                                "utf8-verification", trace->options[TRACE_OPTION_UTF8] != 0,
                                "mode",
                                trace->mode == TRACE_MODE_AUTOMATIC ? WSP_SESSION_MODE_AUTOMATIC
                                                                    : WSP_SESSION_MODE_WINDOWS,
                                "limits", limits,
                                "deflate", deflate,
                                NULL);
  self->role = (WscRole) trace->role;
  self->trace = trace;
  self->random = random;
  self->host = (WscHost) { trace_random_fill, random };
  self->ids = g_new0 (guint, trace->n_calls + 1);
  self->n_calls = trace->n_calls;
  wsp_session_fix_random (self->session, &self->host);
  if (trace->start == TRACE_START_OPEN)
    {
      ApiOutcome outcome = open_session (self);

      g_assert_false (outcome.is_refused);
    }
  return self;
}

void
api_free (Api *self)
{
  wsp_session_abort (self->session);
  g_assert_finalize_object (self->session);
  g_clear_pointer (&self->returned, wsp_headers_unref);
  g_free (self->headers);
  g_free (self->ids);
  g_free (self);
}

ApiOutcome
api_receive (Api      *self,
             unsigned  number,
             WscBuffer own)
{
  GError *error = NULL;

  if (own.at != NULL)
    self->ids[number] = wsp_session_receive_into (self->session, own.at, own.length, &error);
  else
    self->ids[number] = wsp_session_receive (self->session, &error);
  return make_outcome (error);
}

static GBytes *
make_payload (WscBytes payload)
{
  return payload.at != NULL ? g_bytes_new_static (payload.at, payload.length) : NULL;
}

ApiOutcome
api_send (Api          *self,
          unsigned      number,
          WscBufferType type,
          WscBytes      payload)
{
  g_autoptr (GBytes) bytes = make_payload (payload);
  GError *error = NULL;

  self->ids[number] = wsp_session_send (self->session, (WspBufferType) type, bytes, &error);
  return make_outcome (error);
}

ApiOutcome
api_send_raw (Api     *self,
              unsigned number,
              uint16_t header,
              WscBytes payload)
{
  g_autoptr (GBytes) bytes = make_payload (payload);
  GError *error = NULL;

  self->ids[number] = wsp_session_send_raw (self->session, header, bytes, &error);
  return make_outcome (error);
}

ApiOutcome
api_send_close (Api     *self,
                unsigned number,
                uint16_t code,
                WscBytes reason)
{
  g_autofree char *text = NULL;
  GError *error = NULL;

  if (reason.at != NULL)
    text = g_strndup ((const char *) reason.at, reason.length);
  self->ids[number] = wsp_session_send_close (self->session, code, text, &error);
  return make_outcome (error);
}

ApiOutcome
api_send_empty_close (Api     *self,
                      unsigned number)
{
  return api_send_close (self, number, WSC_CLOSE_NO_STATUS, (WscBytes) { NULL, 0 });
}

static GStrv
make_texts (const WscBytes *texts,
            gsize           n_texts)
{
  GStrv made = g_new0 (char *, n_texts + 1);

  for (gsize i = 0; i < n_texts; i++)
    made[i] = g_strndup ((const char *) texts[i].at, texts[i].length);
  return made;
}

static WscBytes
bytes_of (const char *text)
{
  return (WscBytes) { (const uint8_t *) text, strlen (text) };
}

static gboolean
is_header (const WscHeader *header,
           WspHeaders      *headers,
           guint            i)
{
  const char *value = wsp_headers_get_value (headers, i);

  return value != NULL && strlen (value) == header->value.length &&
         memcmp (value, header->value.at, header->value.length) == 0 &&
         g_ascii_strncasecmp (wsp_headers_get_name (headers, i), (const char *) header->name.at,
                              header->name.length) == 0;
}

/* The program's headers come first, in their order, except those that the library replaces.  The
 * other APIs return only the library's. */
static guint
count_own (WspHeaders      *returned,
           const TraceStep *step)
{
  guint n_own = 0;

  for (gsize i = 0; i < step->n_given; i++)
    if (is_header (&step->given[i], returned, n_own))
      n_own++;
  return n_own;
}

/* Takes the returned headers; the first n_hidden are not compared. */
static void
show_headers (Api        *self,
              WspHeaders *returned,
              guint       n_hidden,
              ApiHeaders *headers)
{
  guint count = wsp_headers_get_length (returned) - n_hidden;

  g_clear_pointer (&self->returned, wsp_headers_unref);
  g_free (self->headers);
  self->returned = returned;
  self->headers = g_new0 (WscHeader, count + 1);
  for (guint i = 0; i < count; i++)
    {
      self->headers[i].name = bytes_of (wsp_headers_get_name (returned, n_hidden + i));
      self->headers[i].value = bytes_of (wsp_headers_get_value (returned, n_hidden + i));
    }
  headers->at = self->headers;
  headers->count = count;
}

ApiOutcome
api_begin_client (Api             *self,
                  const TraceStep *step,
                  ApiHeaders      *headers)
{
  g_auto (GStrv) protocols = make_texts (step->protocols, step->n_protocols);
  g_auto (GStrv) extensions = make_texts (step->extensions, step->n_extensions);
  GError *error = NULL;
  g_autoptr (WspHeaders) initial = make_headers (step, &error);
  WspHeaders *returned = NULL;

  if (error == NULL)
    returned = wsp_session_begin_client_handshake (self->session, (const char * const *) protocols,
                                                   (const char * const *) extensions, initial,
                                                   &error);
  if (returned != NULL)
    show_headers (self, returned, count_own (returned, step), headers);
  return make_outcome (error);
}

ApiOutcome
api_end_client (Api             *self,
                const TraceStep *step,
                ApiSelection    *selection,
                ApiAnswer       *answer)
{
  GError *error = NULL;
  g_autoptr (WspHeaders) response = make_headers (step, &error);

  if (error == NULL)
    wsp_session_end_client_handshake (self->session, response, &error);
  selection->protocol = windows_get_subprotocol_index (self->session);

  /* Extensions are a property there, a list of names. */
  *answer = API_CANNOT_EXPRESS;
  return make_outcome (error);
}

ApiOutcome
api_begin_server (Api             *self,
                  const TraceStep *step,
                  ApiHeaders      *headers)
{
  g_auto (GStrv) protocols = make_texts (step->protocols, step->n_protocols);
  g_auto (GStrv) extensions = make_texts (step->extensions, step->n_extensions);
  GError *error = NULL;
  g_autoptr (WspHeaders) request = make_headers (step, &error);
  WspHeaders *returned = NULL;

  if (error == NULL)
    returned =
      wsp_session_begin_server_handshake (self->session, protocols[0],
                                          (const char * const *) extensions,
                                          request, &error);
  if (returned != NULL)
    show_headers (self, returned, 0, headers);
  return make_outcome (error);
}

ApiOutcome
api_end_server (Api *self)
{
  GError *error = NULL;

  windows_end_server_handshake (self->session, &error);
  return make_outcome (error);
}

ApiOutcome
api_establish (Api *self)
{
  return open_session (self);
}

void
api_abort (Api *self)
{
  wsp_session_abort (self->session);
}

static unsigned
number_of (Api  *self,
           guint id)
{
  if (id == 0)
    return 0;

  for (unsigned i = 1; i <= self->n_calls; i++)
    if (self->ids[i] == id)
      return i;
  return G_MAXUINT;
}

ApiOutcome
api_get_action (Api           *self,
                WscActionQueue queue,
                unsigned       capacity,
                ApiAction     *action)
{
  WspSessionAction native = WSP_SESSION_ACTION_INIT;
  const GOutputVector *vectors;
  guint n_vectors = 0;
  GError *error = NULL;

  if (!wsp_session_get_action (self->session, (WspActionQueue) queue, &native, &error))
    return make_outcome (error);

  action->type = (WscActionType) wsp_session_action_get_action_type (&native);
  action->buffer_type = (WscBufferType) wsp_session_action_get_buffer_type (&native);
  action->context = number_of (self, wsp_session_action_get_operation (&native));
  action->code = wsp_session_action_get_close_code (&native);
  if (action->buffer_type == WSC_BUFFER_RAW)
    action->code = wsp_session_action_get_raw_header (&native);
  vectors = wsp_session_action_get_vectors (&native, &n_vectors);
  action->n_buffers = n_vectors;
  for (guint i = 0; i < n_vectors; i++)
    {
      action->buffers[i].at = (uint8_t *) vectors[i].buffer;
      action->buffers[i].length = vectors[i].size;
    }
  memcpy (action->native, &native, sizeof native);
  return make_outcome (NULL);
}

void
api_complete (Api             *self,
              const ApiAction *action,
              size_t           n)
{
  WspSessionAction native;

  memcpy (&native, action->native, sizeof native);
  wsp_session_complete_action (self->session, &native, n);
}

void
api_complete_foreign (Api             *self,
                      const ApiAction *action,
                      size_t           n)
{
  WscAction native;

  memcpy (&native, action->native, sizeof native);
  native.serial += 1000;
  wsp_session_complete_action (self->session, (WspSessionAction *) &native, n);
}

void
api_end_input (Api *self)
{
  wsc_engine_end_input (&self->session->engine);
}

void
api_advance (Api    *self,
             int64_t milliseconds)
{
  wsp_session_set_time_us (self->session, (milliseconds + 1) * 1000);
}

ApiAnswer
api_get_phase (Api      *self,
               WscPhase *phase)
{
  *phase = (WscPhase) wsp_session_get_state (self->session);
  return API_ANSWERED;
}
