/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/example/wsi-example.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/capture/wsi-recorder.h"
#include "inspect/sources/example/wsi-example-pair.h"

typedef enum
{
  SEND,
  SEND_COMPRESSED,
  INJECT,                       /* the payload is bytes on the wire that no session has made */
} How;

/* A frame, and what it teaches; then what the other side says to it by itself. */
typedef struct
{
  WspRole       sender;
  How           how;
  WspBufferType type;           /* buffer type of a SEND */
  const char   *payload;
  const char   *comment;
  const char   *reply;          /* comment on a frame that the other side adds; NULL: none */
  const char   *last;           /* comment on the sender's frame after that; NULL: none */
} Step;

#define JSON_ITEM "{\"symbol\":\"WSP\",\"price\":100},"
#define JSON_ITEMS JSON_ITEM JSON_ITEM JSON_ITEM JSON_ITEM JSON_ITEM JSON_ITEM JSON_ITEM JSON_ITEM

static const Step first_steps[] = {
  { WSP_ROLE_CLIENT, SEND, WSP_BUFFER_TYPE_UTF8_MESSAGE, "Hello, server",
    N_("A text message in one frame: FIN is set, and the opcode is 1. A client masks each frame "
       "with a new key, so that a page cannot choose the bytes on the wire."), NULL, NULL },
  { WSP_ROLE_SERVER, SEND, WSP_BUFFER_TYPE_UTF8_MESSAGE, "Hello, client",
    N_("The reply of the server. A server never masks: the payload can be read as it is."),
    NULL, NULL },
  { WSP_ROLE_CLIENT, SEND, WSP_BUFFER_TYPE_UTF8_FRAGMENT, "One message ",
    N_("The first fragment of a message: the opcode says text, and FIN is not set, so more frames "
       "follow."), NULL, NULL },
  { WSP_ROLE_CLIENT, SEND, WSP_BUFFER_TYPE_PING_PONG, "still there?",
    N_("A ping. Control frames may come between the fragments of a message."),
    N_("The pong returns the payload of the ping. The time between both is a round trip."), NULL },
  { WSP_ROLE_CLIENT, SEND, WSP_BUFFER_TYPE_UTF8_FRAGMENT, "in three ",
    N_("The second fragment: a continuation frame, opcode 0, without FIN."), NULL, NULL },
  { WSP_ROLE_CLIENT, SEND, WSP_BUFFER_TYPE_UTF8_MESSAGE, "frames",
    N_("The last fragment has FIN. The message is complete here, and not before."), NULL, NULL },
  { WSP_ROLE_SERVER, SEND, WSP_BUFFER_TYPE_BINARY_MESSAGE, "\x01\x02\xca\xfe\xff",
    N_("A binary message, opcode 2: any bytes, which need not be UTF-8."), NULL, NULL },
  { WSP_ROLE_SERVER, SEND_COMPRESSED, WSP_BUFFER_TYPE_UTF8_MESSAGE, "[" JSON_ITEMS "{}]",
    N_("RSV1 is set: the message is compressed, as the handshake agreed by permessage-deflate. The "
       "frame carries far fewer bytes than the message has."), NULL, NULL },
  { WSP_ROLE_CLIENT, SEND, WSP_BUFFER_TYPE_CLOSE, "That was all",
    N_("The client starts the closing handshake with code 1000: all is well. It sends no more "
       "messages."),
    N_("The server confirms with a Close of its own. Now the connection is closed cleanly."),
    NULL },
};

/* A text frame of two bytes, which are no UTF-8. */
#define WRONG "\x81\x02\xc3\x28"

static const Step second_steps[] = {
  { WSP_ROLE_CLIENT, SEND, WSP_BUFFER_TYPE_UTF8_MESSAGE, "Send me something wrong",
    N_("A second connection, to see a fault."), NULL, NULL },
  { WSP_ROLE_SERVER, INJECT, WSP_BUFFER_TYPE_NONE, WRONG,
    N_("A fault of the server: the opcode says text, but the payload is no UTF-8. The reason is a "
       "program that cuts text in the middle of a character, or sends binary data as text."),
    N_("The client must fail the connection: its Close has code 1007, invalid payload data."),
    N_("The server confirms the Close. It should look for the mistake in its own code.") },
};

static const struct
{
  const char *client, *uri, *comment;
  const Step *steps;
  guint       n_steps;
} connections[] = {
  { "example:1", "ws://example/chat",
    N_("The opening handshake is done: see the Handshake page. From here both sides send frames."),
    first_steps, G_N_ELEMENTS (first_steps) },
  { "example:2", "ws://example/faulty", NULL, second_steps, G_N_ELEMENTS (second_steps) },
};

struct _WsiExample
{
  WsiSource        parent_instance;

  guint            pace;
  GSource         *timer;       /* timer of the next step; NULL: the example has ended */
  WsiExamplePair  *pair;        /* client and server; NULL: the next step opens a connection */
  WsiConversation *conversation;        /* conversation of the pair */
  guint            connection, step;
};

G_DEFINE_FINAL_TYPE (WsiExample, wsi_example, WSI_TYPE_SOURCE)

/* Records a frame as a row at once, so that a comment is about the last row. */
static void
on_bytes (WspRole  sender,
          GBytes  *bytes,
          gpointer data)
{
  WsiExample *self = data;

  WsiRecorder *recorder = wsi_source_get_recorder (WSI_SOURCE (self));

  wsi_recorder_push (recorder, self->conversation,
                     sender == WSP_ROLE_CLIENT ? WSP_DIRECTION_SENT : WSP_DIRECTION_RECEIVED,
                     bytes, wsi_recorder_get_now (recorder));
}

/* Adds a comment, which the user may change: it is in the user's language from the beginning. */
static void
example_comment (WsiExample *self,
                 const char *text)
{
  if (text != NULL)
    wsi_recorder_comment (wsi_source_get_recorder (WSI_SOURCE (self)), self->conversation, 0,
                          _(text));
}

static gboolean
example_open_connection (WsiExample *self,
                         GError    **error)
{
  WsiRecorder *recorder = wsi_source_get_recorder (WSI_SOURCE (self));
  const WsiOpening opening = {
    .role = WSP_ROLE_CLIENT,
    .source = "example",
    .client = connections[self->connection].client,
    .server = "example:80",
    .uri = connections[self->connection].uri,
    .handshake = WSI_HANDSHAKE_READ,
  };

  self->conversation = g_object_ref (wsi_recorder_open (recorder, &opening,
                                                        wsi_recorder_get_now (recorder)));
  self->pair = wsi_example_pair_new (on_bytes, self);
  if (!wsi_example_pair_open (self->pair, connections[self->connection].uri, error))
    return FALSE;

  wsi_example_pair_answer (self->pair, WSP_ROLE_SERVER);
  wsi_example_pair_answer (self->pair, WSP_ROLE_CLIENT);
  example_comment (self, connections[self->connection].comment);
  return TRUE;
}

static void
example_close_connection (WsiExample *self)
{
  WsiRecorder *recorder = wsi_source_get_recorder (WSI_SOURCE (self));

  if (self->conversation != NULL)
    wsi_recorder_close_stream (recorder, self->conversation, WSI_STREAM_ENDED,
                               wsi_recorder_get_now (recorder));
  g_clear_object (&self->conversation);
  g_clear_pointer (&self->pair, wsi_example_pair_free);
}

static gboolean
send_frame (WsiExample *self,
            const Step *taken,
            GError    **error)
{
  g_autoptr (GBytes) payload = g_bytes_new_static (taken->payload, strlen (taken->payload));

  switch (taken->how)
    {
    case SEND:
      return wsi_example_pair_send (self->pair, taken->sender, taken->type, payload, error);
    case SEND_COMPRESSED:
      return wsi_example_pair_send_compressed (self->pair, taken->sender, payload, error);
    case INJECT:
      wsi_example_pair_inject (self->pair, taken->sender, payload);
      return TRUE;
    }

  g_assert_not_reached ();
}

static gboolean
example_take_frame (WsiExample *self,
                    const Step *taken,
                    GError    **error)
{
  if (!send_frame (self, taken, error))
    return FALSE;

  example_comment (self, taken->comment);
  if (wsi_example_pair_answer (self->pair, !taken->sender))
    example_comment (self, taken->reply);
  if (wsi_example_pair_answer (self->pair, taken->sender))
    example_comment (self, taken->last);
  return TRUE;
}

/* Takes the next step; FALSE: it was the last one, or an error. */
static gboolean
example_take_step (WsiExample *self,
                   GError    **error)
{
  if (self->pair == NULL)
    return example_open_connection (self, error);

  if (!example_take_frame (self, &connections[self->connection].steps[self->step], error))
    return FALSE;

  if (++self->step < connections[self->connection].n_steps)
    return TRUE;

  example_close_connection (self);
  self->step = 0;
  return ++self->connection < G_N_ELEMENTS (connections);
}

static void
example_stop (WsiExample *self)
{
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  example_close_connection (self);
}

static gboolean
example_on_time (gpointer data)
{
  g_autoptr (WsiExample) self = g_object_ref (data);    /* a receiver may drop it */
  g_autoptr (GError) error = NULL;

  if (example_take_step (self, &error))
    return G_SOURCE_CONTINUE;

  example_stop (self);
  wsi_source_report (WSI_SOURCE (self), error != NULL ? WSI_SOURCE_FAILED : WSI_SOURCE_ENDED,
                     error != NULL ? WSI_SENTENCE (ERROR, error->message) : NULL);
  return G_SOURCE_REMOVE;
}

static void
wsi_example_begin (WsiSource *source)
{
  WsiExample *self = WSI_EXAMPLE (source);

  self->timer = g_timeout_source_new (self->pace);
  g_source_set_callback (self->timer, example_on_time, self, NULL);
  g_source_attach (self->timer, wsi_source_get_context (source));
  wsi_source_report (source, WSI_SOURCE_RUNNING, NULL);
}

static void
wsi_example_end (WsiSource *source)
{
  example_stop (WSI_EXAMPLE (source));
  wsi_source_report (source, WSI_SOURCE_ENDED, NULL);
}

static void
wsi_example_abort (WsiSource *source)
{
  example_stop (WSI_EXAMPLE (source));
}

static void
wsi_example_class_init (WsiExampleClass *class)
{
  WsiSourceClass *source_class = WSI_SOURCE_CLASS (class);

  source_class->kind = WSI_SOURCE_KIND_EXAMPLE;
  source_class->begin = wsi_example_begin;
  source_class->end = wsi_example_end;
  source_class->abort = wsi_example_abort;
}

static void
wsi_example_init (WsiExample *self)
{
}

WsiExample *
wsi_example_new (WsiRecorder *recorder,
                 WsiPlace     place,
                 guint        pace)
{
  WsiExample *self = g_object_new (WSI_TYPE_EXAMPLE, NULL);

  wsi_source_construct (WSI_SOURCE (self), recorder, place);
  wsi_source_set_uri (WSI_SOURCE (self), "ws://example/");
  self->pace = pace;
  return self;
}
