/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/browser/wsi-browser-sockets.h"

#include <math.h>
#include <string.h>

#include "inspect/sources/http/wsi-made-head.h"

#define MAX_SOCKETS 16384       /* sockets of the whole browser */
#define MAX_TEXT 1024           /* bytes of a place in a script, and of an error */
#define MAX_URL (64 * 1024)

typedef struct
{
  WsiConversation *conversation;        /* conversation in the store; NULL: none yet, or unwanted */
  gboolean         is_wanted;
  char            *url, *place;         /* URL, and place in a script, until it begins; or NULL */
  GString         *request;     /* request until it is answered; NULL: none was sent */
  gint64           request_us;
  char            *failure;     /* reason of a failure; NULL: the browser has reported none */
  gboolean         has_left;    /* the socket has left its page; the browser may still close it */
} Socket;

struct _WsiBrowserSockets
{
  WsiBrowserRecording *recording;
  GHashTable          *sockets; /* sockets by the id of their request (Socket) */
};

typedef enum
{
  PARAM_REQUEST,
  PARAM_TIMESTAMP,
  PARAM_RESPONSE,               /* the response, or a frame */
  PARAM_WALL_TIME,
  PARAM_HEADS,
  PARAM_URL,
  PARAM_INITIATOR,
  PARAM_ERROR,
  N_PARAMS,
} Param;

static const char *const param_names[N_PARAMS] = {
  [PARAM_REQUEST] = "requestId",
  [PARAM_TIMESTAMP] = "timestamp",
  [PARAM_RESPONSE] = "response",
  [PARAM_WALL_TIME] = "wallTime",
  [PARAM_HEADS] = "request",
  [PARAM_URL] = "url",
  [PARAM_INITIATOR] = "initiator",
  [PARAM_ERROR] = "errorMessage",
};

typedef enum
{
  FRAME_OPCODE,
  FRAME_DATA,
  N_FRAME_MEMBERS,
} FrameMember;

static const char *const frame_names[N_FRAME_MEMBERS] = {
  [FRAME_OPCODE] = "opcode",
  [FRAME_DATA] = "payloadData",
};

typedef enum
{
  HEAD_STATUS,
  HEAD_REASON,
  HEAD_HEADERS,
  HEAD_TEXT,
  HEAD_REQUEST_TEXT,
  N_HEAD_MEMBERS,
} HeadMember;

static const char *const head_names[N_HEAD_MEMBERS] = {
  [HEAD_STATUS] = "status",
  [HEAD_REASON] = "statusText",
  [HEAD_HEADERS] = "headers",
  [HEAD_TEXT] = "headersText",
  [HEAD_REQUEST_TEXT] = "requestHeadersText",
};

typedef enum
{
  INITIATOR_STACK,
  INITIATOR_URL,
  INITIATOR_LINE,
  N_INITIATOR_MEMBERS,
} InitiatorMember;

static const char *const initiator_names[N_INITIATOR_MEMBERS] = {
  [INITIATOR_STACK] = "stack",
  [INITIATOR_URL] = "url",
  [INITIATOR_LINE] = "lineNumber",
};

typedef enum
{
  CALL_FUNCTION,
  CALL_URL,
  CALL_LINE,
  CALL_COLUMN,
  N_CALL_MEMBERS,
} CallMember;

static const char *const call_names[N_CALL_MEMBERS] = {
  [CALL_FUNCTION] = "functionName",
  [CALL_URL] = "url",
  [CALL_LINE] = "lineNumber",
  [CALL_COLUMN] = "columnNumber",
};

static const char *const frames_name = "callFrames";

static void
socket_free (gpointer data)
{
  Socket *socket = data;

  g_clear_object (&socket->conversation);
  g_free (socket->url);
  g_free (socket->place);
  if (socket->request != NULL)
    g_string_free (socket->request, TRUE);
  g_free (socket->failure);
  g_free (socket);
}

WsiBrowserSockets *
wsi_browser_sockets_new (WsiBrowserRecording *recording)
{
  WsiBrowserSockets *self = g_new0 (WsiBrowserSockets, 1);

  self->recording = recording;
  self->sockets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, socket_free);
  return self;
}

gboolean
wsi_browser_sockets_is_event (WsiDevtoolsKind kind)
{
  return kind >= WSI_DEVTOOLS_FRAME_RECEIVED && kind <= WSI_DEVTOOLS_SOCKET_CLOSED;
}

/* timestamp: the browser's, in seconds; NAN: the browser has given none. */
static gint64
to_wall (WsiBrowserSockets *self,
         double             timestamp)
{
  return wsi_browser_clock_to_wall (&self->recording->clock, timestamp,
                                    wsi_recorder_get_now (self->recording->recorder));
}

static gint64
browser_sockets_get_time (WsiBrowserSockets  *self,
                          const WsiJsonField *params)
{
  return to_wall (self, wsi_json_field_get_real (&params[PARAM_TIMESTAMP], NAN));
}

/* Adds a socket.  NULL: too many are open. */
static Socket *
add_socket (WsiBrowserSockets *self,
            const char        *id,
            gboolean           is_wanted)
{
  Socket *socket;

  if (self->recording->n_sockets >= MAX_SOCKETS)
    {
      self->recording->n_left_out++;
      return NULL;
    }

  socket = g_new0 (Socket, 1);
  socket->is_wanted = is_wanted;
  g_hash_table_insert (self->sockets, g_strdup (id), socket);
  self->recording->n_sockets++;
  return socket;
}

static gboolean
browser_sockets_describe_call (const WsiJsonField *call,
                               GString            *place)
{
  WsiJsonField members[N_CALL_MEMBERS];
  const char *function, *url;

  wsi_json_field_read_object (call, members, call_names, N_CALL_MEMBERS);
  function = wsi_json_field_get_string (&members[CALL_FUNCTION]);
  url = wsi_json_field_get_string (&members[CALL_URL]);
  if (url == NULL || *url == '\0')
    return FALSE;

  /* the protocol counts lines from 0, as no other tool does */
  g_string_append_printf (place, "%s:%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT, url,
                          wsi_json_field_get_number (&members[CALL_LINE], 0) + 1,
                          wsi_json_field_get_number (&members[CALL_COLUMN], 0) + 1);
  if (function != NULL && *function != '\0')
    g_string_append_printf (place, " (%s)", function);
  return TRUE;
}

/* Where in a script the socket was made: the innermost call that has a URL.  NULL: not known. */
static char *
browser_sockets_dup_place (const WsiJsonField *initiator)
{
  WsiJsonField members[N_INITIATOR_MEMBERS], calls, call;
  WsiJsonScanner scanner = { 0 };
  g_autoptr (GString) place = g_string_new (NULL);
  const char *url;

  wsi_json_field_read_object (initiator, members, initiator_names, N_INITIATOR_MEMBERS);
  wsi_json_field_read_object (&members[INITIATOR_STACK], &calls, &frames_name, 1);
  while (place->len == 0 && wsi_json_field_next_element (&calls, &scanner, &call))
    browser_sockets_describe_call (&call, place);

  url = wsi_json_field_get_string (&members[INITIATOR_URL]);
  if (place->len == 0 && url != NULL)
    g_string_append_printf (place, "%s:%" G_GINT64_FORMAT, url,
                            wsi_json_field_get_number (&members[INITIATOR_LINE], 0) + 1);
  if (place->len == 0)
    return NULL;

  return g_utf8_make_valid (place->str, MIN (place->len, MAX_TEXT));
}

/* Begins with its first event that has a time: the one that tells of its creation has none. */
static void
take_created (Socket             *socket,
              const WsiJsonField *params)
{
  if (params[PARAM_URL].length <= MAX_URL)
    socket->url = g_strdup (wsi_json_field_get_string (&params[PARAM_URL]));
  socket->place = browser_sockets_dup_place (&params[PARAM_INITIATOR]);
}

static void
browser_sockets_begin (WsiBrowserSockets   *self,
                       Socket              *socket,
                       WsiHandshakePresence handshake,
                       gint64               time_us)
{
  WsiRecorder *recorder = self->recording->recorder;
  const WsiOpening opening = {
    .role = WSP_ROLE_CLIENT,
    .source = WSI_SOURCE_BROWSER,
    .uri = socket->url,
    .handshake = handshake,
  };

  socket->conversation = g_object_ref (wsi_recorder_open (recorder, &opening, time_us));
  if (socket->place != NULL)
    wsi_recorder_event (recorder, socket->conversation, WSI_EVENT_NOTE,
                        WSI_SENTENCE (BROWSER_OPENED_BY, socket->place), time_us);
  if (handshake == WSI_HANDSHAKE_MISSING && socket->url == NULL)
    wsi_recorder_event (recorder, socket->conversation, WSI_EVENT_NOTE,
                        WSI_SENTENCE (BROWSER_LATE), time_us);
  g_clear_pointer (&socket->url, g_free);
  g_clear_pointer (&socket->place, g_free);
}

static void
browser_sockets_append_headers (GString            *head,
                                const WsiJsonField *headers)
{
  WsiJsonScanner scanner = { 0 };
  WsiJsonField name, value;

  while (wsi_json_field_next_member (headers, &scanner, &name, &value))
    if (value.kind == WSI_JSON_STRING)
      wsi_made_head_append (head, name.text, value.text);
}

/* Records a head, and takes it. */
static void
push_head (WsiBrowserSockets *self,
           Socket            *socket,
           WspDirection       direction,
           GString           *head,
           gint64             time_us)
{
  g_autoptr (GBytes) bytes = wsi_made_head_end (head);

  wsi_recorder_push (self->recording->recorder, socket->conversation, direction, bytes, time_us);
}

/* Keeps a request, whose headers have lost their order, until the response, which has the request
 * as it was sent. */
static void
browser_sockets_take_request (WsiBrowserSockets  *self,
                              Socket             *socket,
                              const WsiJsonField *params)
{
  WsiJsonField members[N_HEAD_MEMBERS];

  wsi_browser_clock_set (&self->recording->clock,
                         wsi_json_field_get_real (&params[PARAM_TIMESTAMP], NAN),
                         wsi_json_field_get_real (&params[PARAM_WALL_TIME], NAN),
                         wsi_recorder_get_now (self->recording->recorder));
  if (socket->conversation != NULL)
    return;

  socket->request_us = browser_sockets_get_time (self, params);
  socket->request = wsi_made_head_begin_request (socket->url);
  if (socket->request == NULL)
    return;

  wsi_json_field_read_object (&params[PARAM_HEADS], members, head_names, N_HEAD_MEMBERS);
  browser_sockets_append_headers (socket->request, &members[HEAD_HEADERS]);
  browser_sockets_begin (self, socket, WSI_HANDSHAKE_TOLD, socket->request_us);
}

static gboolean
is_whole_head (const char *text)
{
  return text != NULL && g_str_has_suffix (text, "\r\n\r\n");
}

/* The target of a request, whose first line has the whole URL where the browser has sent the target
 * alone. */
static char *
dup_url (const char *request)
{
  const char *url, *end;

  if (!is_whole_head (request) || !g_str_has_prefix (request, "GET "))
    return NULL;

  url = request + strlen ("GET ");
  end = url + strcspn (url, " ");
  return g_str_has_prefix (end, " HTTP/1.1\r\n") ? g_strndup (url, end - url)
    : NULL;
}

/* The request as it was, if the browser tells it; one without its creation begins here. */
static void
set_request (WsiBrowserSockets *self,
             Socket            *socket,
             const char        *text)
{
  g_autofree char *url = dup_url (text);
  GString *head = wsi_made_head_begin_request (url);

  if (head == NULL)
    return;

  if (socket->conversation == NULL)
    {
      g_free (socket->url);
      socket->url = g_strdup (url);
      browser_sockets_begin (self, socket, WSI_HANDSHAKE_TOLD, socket->request_us);
    }
  g_string_append (head, strstr (text, "\r\n") + strlen ("\r\n"));
  g_string_truncate (head, head->len - strlen ("\r\n"));
  if (socket->request != NULL)
    g_string_free (socket->request, TRUE);
  socket->request = head;
}

static void
push_request (WsiBrowserSockets *self,
              Socket            *socket)
{
  if (socket->request != NULL)
    push_head (self, socket, WSP_DIRECTION_SENT, g_steal_pointer (&socket->request),
               socket->request_us);
}

/* Records a response as it was on the wire, if the browser reports that. */
static void
push_response (WsiBrowserSockets  *self,
               Socket             *socket,
               const WsiJsonField *members,
               gint64              time_us)
{
  const char *text = wsi_json_field_get_string (&members[HEAD_TEXT]);
  GString *head;

  if (is_whole_head (text) && g_str_has_prefix (text, "HTTP/1.1 "))
    {
      g_autoptr (GBytes) bytes = g_bytes_new (text, members[HEAD_TEXT].length);

      wsi_recorder_push (self->recording->recorder, socket->conversation, WSP_DIRECTION_RECEIVED,
                         bytes, time_us);
      return;
    }

  head = wsi_made_head_begin_response (wsi_json_field_get_number (&members[HEAD_STATUS], 0),
                                       wsi_json_field_get_string (&members[HEAD_REASON]));
  if (head == NULL)
    return;

  browser_sockets_append_headers (head, &members[HEAD_HEADERS]);
  push_head (self, socket, WSP_DIRECTION_RECEIVED, head, time_us);
}

/* Records a response; without its request it would belong to no handshake. */
static void
browser_sockets_take_response (WsiBrowserSockets  *self,
                               Socket             *socket,
                               const WsiJsonField *params)
{
  WsiJsonField members[N_HEAD_MEMBERS];
  gint64 time_us = browser_sockets_get_time (self, params);

  if (socket->request_us == 0)
    return;

  wsi_json_field_read_object (&params[PARAM_RESPONSE], members, head_names, N_HEAD_MEMBERS);
  set_request (self, socket, wsi_json_field_get_string (&members[HEAD_REQUEST_TEXT]));
  if (socket->request == NULL)
    return;

  push_request (self, socket);
  push_response (self, socket, members, time_us);
}

/* The browser's own text about a failure says more than the sentence. */
static void
browser_sockets_end (WsiBrowserSockets *self,
                     Socket            *socket,
                     const WsiSentence *sentence,
                     gint64             time_us)
{
  push_request (self, socket);
  if (socket->conversation != NULL)
    wsi_recorder_close (self->recording->recorder, socket->conversation,
                        socket->failure != NULL ? WSI_ENDING_ABNORMAL : WSI_ENDING_CUT,
                        socket->failure == NULL ? sentence
                        : *socket->failure != '\0' ? WSI_SENTENCE (BROWSER_FAILED, socket->failure)
                                                   : WSI_SENTENCE (BROWSER_FAILED_UNSAID),
                        time_us);
  g_clear_object (&socket->conversation);
}

void
wsi_browser_sockets_free (WsiBrowserSockets *self,
                          const WsiSentence *sentence)
{
  gint64 now_us = to_wall (self, NAN);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->sockets);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    browser_sockets_end (self, value, sentence, now_us);
  self->recording->n_sockets -= g_hash_table_size (self->sockets);
  g_hash_table_unref (self->sockets);
  g_free (self);
}

/* Leaves a page; sockets that were left before, and were not closed since, are forgotten. */
void
wsi_browser_sockets_leave (WsiBrowserSockets *self,
                           const WsiSentence *sentence)
{
  gint64 now_us = to_wall (self, NAN);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->sockets);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Socket *socket = value;

      if (socket->has_left)
        {
          g_hash_table_iter_remove (&iter);
          self->recording->n_sockets--;
          continue;
        }

      browser_sockets_end (self, socket, sentence, now_us);
      socket->has_left = TRUE;
    }
}

gboolean
wsi_browser_sockets_have (WsiBrowserSockets     *self,
                          const WsiConversation *conversation)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->sockets);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Socket *) value)->conversation == conversation)
      return TRUE;

  return FALSE;
}

/* The payload of a text message is a string, and that of others is in base64.  A string that is not
 * base64 stays as it is. */
static GBytes *
make_payload (gint64        opcode,
              WsiJsonField *data)
{
  GBytes *bytes = opcode != WSI_OPCODE_TEXT ? wsi_json_field_take_base64 (data) : NULL;

  return bytes != NULL ? bytes : wsi_json_field_dup_bytes (data);
}

static void
browser_sockets_take_frame (WsiBrowserSockets  *self,
                            Socket             *socket,
                            WspDirection        direction,
                            const WsiJsonField *params)
{
  WsiJsonField members[N_FRAME_MEMBERS];
  gint64 time_us = browser_sockets_get_time (self, params);
  g_autoptr (GBytes) payload = NULL;
  gint64 opcode;

  wsi_json_field_read_object (&params[PARAM_RESPONSE], members, frame_names, N_FRAME_MEMBERS);
  opcode = wsi_json_field_get_number (&members[FRAME_OPCODE], -1);
  if (opcode < 0 || opcode > WSI_OPCODE)
    return;

  if (socket->conversation == NULL)
    browser_sockets_begin (self, socket, WSI_HANDSHAKE_MISSING, time_us);
  push_request (self, socket);
  payload = make_payload (opcode, &members[FRAME_DATA]);
  wsi_recorder_message (self->recording->recorder, socket->conversation, direction, opcode,
                        payload, time_us);
}

/* Records the end: a failed connection ends with a sentence of the browser, another one without a
 * code. */
static void
take_error (WsiBrowserSockets  *self,
            Socket             *socket,
            const WsiJsonField *params)
{
  const char *text = wsi_json_field_get_string (&params[PARAM_ERROR]);

  browser_sockets_get_time (self, params);
  g_free (socket->failure);
  socket->failure = text != NULL ? g_utf8_make_valid (text, strnlen (text, MAX_TEXT))
                                 : g_strdup ("");
}

static void
browser_sockets_take_closed (WsiBrowserSockets  *self,
                             const char         *id,
                             Socket             *socket,
                             const WsiJsonField *params)
{
  gint64 time_us = browser_sockets_get_time (self, params);

  if (socket->is_wanted && !socket->has_left && socket->conversation == NULL)
    browser_sockets_begin (self, socket, WSI_HANDSHAKE_MISSING, time_us);
  browser_sockets_end (self, socket, WSI_SENTENCE (BROWSER_CLOSED), time_us);
  g_hash_table_remove (self->sockets, id);
  self->recording->n_sockets--;
}

static void
browser_sockets_take_known (WsiBrowserSockets  *self,
                            WsiDevtoolsKind     kind,
                            const char         *id,
                            Socket             *socket,
                            const WsiJsonField *params)
{
  if (kind == WSI_DEVTOOLS_SOCKET_CLOSED)
    browser_sockets_take_closed (self, id, socket, params);
  else if (!socket->is_wanted || socket->has_left)
    return;
  else if (kind == WSI_DEVTOOLS_SOCKET_CREATED)
    take_created (socket, params);
  else if (kind == WSI_DEVTOOLS_REQUEST)
    browser_sockets_take_request (self, socket, params);
  else if (kind == WSI_DEVTOOLS_RESPONSE)
    browser_sockets_take_response (self, socket, params);
  else if (kind == WSI_DEVTOOLS_SOCKET_ERROR)
    take_error (self, socket, params);
  else if (kind == WSI_DEVTOOLS_FRAME_SENT || kind == WSI_DEVTOOLS_FRAME_RECEIVED)
    browser_sockets_take_frame (self, socket, kind == WSI_DEVTOOLS_FRAME_SENT ? WSP_DIRECTION_SENT
                                                              : WSP_DIRECTION_RECEIVED, params);
}

/* The end of a socket that is not known is no row; everything else of one tells that it was opened
 * before we looked.  A second creation is none: a browser that is wrong about its ids. */
void
wsi_browser_sockets_take (WsiBrowserSockets        *self,
                          const WsiDevtoolsMessage *message,
                          WsiBrowserWantedFunc      is_wanted,
                          gpointer                  user_data)
{
  WsiJsonField params[N_PARAMS];
  const char *id;
  Socket *socket;

  wsi_json_field_read_object (&message->params, params, param_names, N_PARAMS);
  id = wsi_json_field_get_string (&params[PARAM_REQUEST]);
  if (id == NULL || !wsi_devtools_is_identifier (id))
    return;

  socket = g_hash_table_lookup (self->sockets, id);
  if (socket != NULL && message->kind == WSI_DEVTOOLS_SOCKET_CREATED)
    return;

  if (socket == NULL && message->kind != WSI_DEVTOOLS_SOCKET_CLOSED)
    socket = add_socket (self, id, is_wanted (user_data));
  if (socket != NULL)
    browser_sockets_take_known (self, message->kind, id, socket, params);
}
