/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The facts of one connection.  The writer sets them, any thread reads them.  A string is set once
 * and lives as long as its conversation; heads may be replaced and are handed out with a
 * reference. */
#include "inspect/store/wsi-conversation.h"

#include <stdatomic.h>

#define N_DIRECTIONS 2
#define SWITCHING_PROTOCOLS 101
#define APART_FROM_HEADS 1024   /* bytes of the facts without the heads, about */

typedef struct
{
  _Atomic guint64 n_frames, n_messages, n_unframed, n_stopped, n_bytes, n_wire_bytes;
} Counters;

struct _WsiConversation
{
  GObject              parent_instance;

  guint32              number;
  WspRole              role;
  char                *source, *client, *server, *tls;
  WsiHandshakePresence presence;
  gint64               begin_us;
  _Atomic gint64       handshake_us, end_us;
  _Atomic gint64       last_us;         /* time of the last bytes; 0 = there were none */
  _Atomic gint64       tcp_end_us;
  Counters             counters[N_DIRECTIONS];

  char * _Atomic       uri;
  WsiServers          *servers; /* servers of all conversations; NULL = it is in no store */
  char * _Atomic       subprotocol;
  char * _Atomic       extensions;
  WsiSentence * _Atomic sentence;
  atomic_uint          status;          /* status of the response; 0 = there is none yet */
  atomic_uint          close_code, closer;
  atomic_int           tcp_endings[N_DIRECTIONS];       /* WsiTcpEnding of each direction; NONE
                                                         * except for the first that ended */
  atomic_uint          n_faults;
  atomic_int           ending;          /* WsiEnding of the connection */
  atomic_bool          is_http_2;

  GMutex               mutex;           /* lock for the members up to deflate */
  GBytes              *request, *response, *reason;
  WsiDeflate           deflate;         /* negotiated compression; zero: none */

  WsiFold             *fold;            /* messages in progress (from here on used by the writer) */
  WsiPings             pings;
  guint64              end_record;      /* number after that of the last record */
  gboolean             is_released;
};

enum
{
  HANDSHAKE,
  ENDED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiConversation, wsi_conversation, G_TYPE_OBJECT)

static void
wsi_conversation_finalize (GObject *object)
{
  WsiConversation *self = WSI_CONVERSATION (object);

  g_free (self->source);
  g_free (self->client);
  g_free (self->server);
  g_free (self->uri);
  g_clear_pointer (&self->servers, wsi_servers_unref);
  g_free (self->tls);
  g_free (self->subprotocol);
  g_free (self->extensions);
  g_free (self->sentence);
  g_clear_pointer (&self->request, g_bytes_unref);
  g_clear_pointer (&self->response, g_bytes_unref);
  g_clear_pointer (&self->reason, g_bytes_unref);
  g_mutex_clear (&self->mutex);
  wsi_fold_free (self->fold);
  wsi_pings_clear (&self->pings);
  G_OBJECT_CLASS (wsi_conversation_parent_class)->finalize (object);
}

static void
wsi_conversation_class_init (WsiConversationClass *class)
{
  GType type = G_TYPE_FROM_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = wsi_conversation_finalize;

  /* signal: the response has passed, so there is a whole report */
  signals[HANDSHAKE] = g_signal_new ("handshake", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 0);
  signals[ENDED] = g_signal_new ("ended", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
wsi_conversation_init (WsiConversation *self)
{
  g_mutex_init (&self->mutex);
  self->closer = WSI_NO_CLOSER;
  self->fold = wsi_fold_new ();
}

WsiConversation *
wsi_conversation_new (const WsiOpening *opening,
                      gint64            time_us)
{
  WsiConversation *self = g_object_new (WSI_TYPE_CONVERSATION, NULL);

  self->role = opening->role;
  self->source = g_strdup (opening->source);
  self->client = g_strdup (opening->client);
  self->server = g_strdup (opening->server);
  self->uri = g_strdup (opening->uri);
  self->tls = g_strdup (opening->tls);
  self->presence = opening->handshake;
  self->extensions = g_strdup (opening->extensions);
  self->begin_us = time_us;
  return self;
}

void
wsi_conversation_set_number (WsiConversation *self,
                             guint32          number)
{
  self->number = number;
}

guint32
wsi_conversation_get_number (WsiConversation *self)
{
  return self->number;
}

WspRole
wsi_conversation_get_role (WsiConversation *self)
{
  return self->role;
}

const char *
wsi_conversation_get_source (WsiConversation *self)
{
  return self->source;
}

const char *
wsi_conversation_get_client (WsiConversation *self)
{
  return self->client;
}

const char *
wsi_conversation_get_server (WsiConversation *self)
{
  return self->server;
}

WsiServers *
wsi_conversation_get_servers (WsiConversation *self)
{
  return self->servers;
}

const char *
wsi_conversation_get_uri (WsiConversation *self)
{
  return atomic_load (&self->uri);
}

const char *
wsi_conversation_get_tls (WsiConversation *self)
{
  return self->tls;
}

gboolean
wsi_conversation_is_decrypted (WsiConversation *self)
{
  return wsi_conversation_get_tls (self) != NULL &&
         g_strcmp0 (wsi_conversation_get_source (self), WSI_SOURCE_PROGRAM) != 0;
}

WsiHandshakePresence
wsi_conversation_get_handshake_presence (WsiConversation *self)
{
  return self->presence;
}

gint64
wsi_conversation_get_begin_time (WsiConversation *self)
{
  return self->begin_us;
}

gint64
wsi_conversation_get_handshake_time (WsiConversation *self)
{
  return atomic_load (&self->handshake_us);
}

gint64
wsi_conversation_get_end_time (WsiConversation *self)
{
  return atomic_load (&self->end_us);
}

void
wsi_conversation_get_counters (WsiConversation *self,
                               WspDirection     direction,
                               WsiCounters     *counters)
{
  Counters *from = &self->counters[direction];

  *counters = (WsiCounters) {
    .n_frames = atomic_load_explicit (&from->n_frames, memory_order_relaxed),
    .n_messages = atomic_load_explicit (&from->n_messages, memory_order_relaxed),
    .n_stopped = atomic_load_explicit (&from->n_stopped, memory_order_relaxed),
    .n_unframed = atomic_load_explicit (&from->n_unframed, memory_order_relaxed),
    .n_bytes = atomic_load_explicit (&from->n_bytes, memory_order_relaxed),
    .n_wire_bytes = atomic_load_explicit (&from->n_wire_bytes, memory_order_relaxed),
  };
}

guint32
wsi_conversation_get_n_faults (WsiConversation *self)
{
  return atomic_load_explicit (&self->n_faults, memory_order_relaxed);
}

static GBytes *
conversation_dup_bytes (WsiConversation *self,
                        GBytes *const   *bytes)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return *bytes != NULL ? g_bytes_ref (*bytes) : NULL;
}

static void
conversation_set_bytes (WsiConversation *self,
                        GBytes         **place,
                        GBytes          *bytes)
{
  g_autoptr (GBytes) before = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  before = *place;
  *place = bytes != NULL ? g_bytes_ref (bytes) : NULL;
}

GBytes *
wsi_conversation_dup_request (WsiConversation *self)
{
  return conversation_dup_bytes (self, &self->request);
}

GBytes *
wsi_conversation_dup_response (WsiConversation *self)
{
  return conversation_dup_bytes (self, &self->response);
}

gboolean
wsi_conversation_is_answered (WsiConversation *self)
{
  return atomic_load (&self->handshake_us) != 0;
}

guint
wsi_conversation_get_status (WsiConversation *self)
{
  return atomic_load (&self->status);
}

const char *
wsi_conversation_get_subprotocol (WsiConversation *self)
{
  return atomic_load (&self->subprotocol);
}

const char *
wsi_conversation_get_extensions (WsiConversation *self)
{
  return atomic_load (&self->extensions);
}

gboolean
wsi_conversation_get_deflate (WsiConversation *self,
                              WsiDeflate      *deflate)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  if (self->deflate.client_window_bits == 0)
    return FALSE;

  *deflate = self->deflate;
  return TRUE;
}

guint16
wsi_conversation_get_close_code (WsiConversation *self)
{
  return atomic_load (&self->close_code);
}

GBytes *
wsi_conversation_dup_close_reason (WsiConversation *self)
{
  return conversation_dup_bytes (self, &self->reason);
}

guint
wsi_conversation_get_closer (WsiConversation *self)
{
  return atomic_load (&self->closer);
}

WsiEnding
wsi_conversation_get_ending (WsiConversation *self)
{
  return atomic_load (&self->ending);
}

gboolean
wsi_conversation_is_http_2 (WsiConversation *self)
{
  return atomic_load (&self->is_http_2);
}

WsiTcpEnding
wsi_conversation_get_tcp_ending (WsiConversation *self,
                                 WspDirection    *direction)
{
  *direction = atomic_load (&self->tcp_endings[WSP_DIRECTION_SENT]) != WSI_TCP_ENDING_NONE
               ? WSP_DIRECTION_SENT : WSP_DIRECTION_RECEIVED;
  return atomic_load (&self->tcp_endings[*direction]);
}

gint64
wsi_conversation_get_tcp_end_time (WsiConversation *self)
{
  return atomic_load (&self->tcp_end_us);
}

gint64
wsi_conversation_get_silence (WsiConversation *self)
{
  gint64 last_us = atomic_load (&self->last_us);
  gint64 end_us = wsi_conversation_get_tcp_end_time (self);

  if (end_us == 0)
    end_us = atomic_load (&self->end_us);
  return last_us != 0 && end_us != 0 ? MAX (end_us - last_us, 0) : -1;
}

/* Whether the connection was open: a server sends frames only after its response, which may be
 * missing. */
gboolean
wsi_conversation_was_open (WsiConversation *self)
{
  const WspDirection of_server = self->role == WSP_ROLE_CLIENT ? WSP_DIRECTION_RECEIVED
                                                               : WSP_DIRECTION_SENT;
  WsiCounters server;

  wsi_conversation_get_counters (self, of_server, &server);
  return wsi_conversation_get_status (self) == SWITCHING_PROTOCOLS || server.n_frames > 0 ||
         wsi_conversation_is_http_2 (self) ||
         self->presence == WSI_HANDSHAKE_MISSING;
}

static gboolean
ended_with (WsiConversation *self,
            WsiSentenceId    id)
{
  const WsiSentence *sentence = wsi_conversation_get_sentence (self);

  return sentence != NULL && sentence->id == id;
}

gboolean
wsi_conversation_has_failed_in_browser (WsiConversation *self)
{
  return ended_with (self, WSI_SENTENCE_BROWSER_FAILED) ||
         ended_with (self, WSI_SENTENCE_BROWSER_FAILED_UNSAID);
}

gboolean
wsi_close_code_is_failure (guint16 code)
{
  switch (code)
    {
    case WSP_CLOSE_CODE_PROTOCOL_ERROR:
    case WSP_CLOSE_CODE_UNSUPPORTED_DATA:
    case WSP_CLOSE_CODE_INVALID_PAYLOAD:
    case WSP_CLOSE_CODE_TOO_BIG:
    case WSP_CLOSE_CODE_MANDATORY_EXTENSION:
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
conversation_is_refused (WsiConversation *self)
{
  guint status = wsi_conversation_get_status (self);

  return status != 0 && status != SWITCHING_PROTOCOLS && !wsi_conversation_is_http_2 (self);
}

/* The state of a connection whose recording ends: one without keys is a row from its beginning on,
 * and known to be over by its FIN. */
static WsiState
get_cut_state (WsiConversation *self)
{
  WspDirection ender;

  if (!ended_with (self, WSI_SENTENCE_TLS_NO_KEYS))
    return WSI_STATE_CUT;
  return wsi_conversation_get_tcp_ending (self, &ender) != WSI_TCP_ENDING_NONE
         ? WSI_STATE_CLOSED : WSI_STATE_ENCRYPTED;
}

WsiState
wsi_conversation_get_state (WsiConversation *self)
{
  if (conversation_is_refused (self))
    return WSI_STATE_REFUSED;

  switch (wsi_conversation_get_ending (self))
    {
    case WSI_ENDING_CLEAN:
      return WSI_STATE_CLOSED;
    case WSI_ENDING_ABNORMAL:
      return WSI_STATE_FAILED;
    case WSI_ENDING_CUT:
      return get_cut_state (self);
    case WSI_ENDING_NONE:
      break;
    }

  if (wsi_conversation_get_closer (self) != WSI_NO_CLOSER)
    return WSI_STATE_CLOSING;
  return wsi_conversation_is_answered (self) || self->presence == WSI_HANDSHAKE_MISSING
         ? WSI_STATE_OPEN : WSI_STATE_OPENING;
}

const char *
wsi_state_get_name (WsiState state)
{
  static const char *const names[WSI_N_STATES] = {
#define STATE(id, name) [WSI_STATE_ ## id] = name,
#include "inspect/store/wsi-state-rows.h"
#undef STATE
  };

  return names[state];
}

/* The close code of a recording without Close frames, whose end is a sentence with a code. */
static guint
get_told_code (WsiConversation *self)
{
  const WsiSentence *sentence = wsi_conversation_get_sentence (self);
  guint64 code = 0;

  if (ended_with (self, WSI_SENTENCE_TOLD_NO_CODE))
    return WSP_CLOSE_CODE_NO_STATUS;
  if (ended_with (self, WSI_SENTENCE_TOLD_CODE) ||
      ended_with (self, WSI_SENTENCE_TOLD_CODE_AND_REASON))
    g_ascii_string_to_unsigned (sentence->arguments[0], 10, 0, G_MAXUINT16, &code, NULL);
  return (guint) code;
}

/* The close code of the end; a browser does not report Close frames. */
guint
wsi_conversation_get_end_code (WsiConversation *self)
{
  WsiEnding ending = wsi_conversation_get_ending (self);
  guint code = wsi_conversation_get_close_code (self);

  if (ending == WSI_ENDING_NONE)
    return 0;
  if (get_told_code (self) != 0)
    return get_told_code (self);
  if (wsi_conversation_get_closer (self) != WSI_NO_CLOSER)
    return code != 0 ? code : WSP_CLOSE_CODE_NO_STATUS;

  return ending == WSI_ENDING_ABNORMAL && wsi_conversation_was_open (self) &&
         g_strcmp0 (self->source, WSI_SOURCE_BROWSER) != 0 &&
         !wsi_conversation_has_failed_in_browser (self) ? WSP_CLOSE_CODE_ABNORMAL : 0;
}

static const char *const ending_names[] = {
  [WSI_ENDING_NONE] = NULL, [WSI_ENDING_CLEAN] = "clean", [WSI_ENDING_ABNORMAL] = "abnormal",
  [WSI_ENDING_CUT] = "cut",
};

const char *
wsi_ending_get_name (WsiEnding ending)
{
  return ending_names[ending];
}

gboolean
wsi_ending_parse (const char *name,
                  WsiEnding  *ending)
{
  for (guint i = WSI_ENDING_CLEAN; i < G_N_ELEMENTS (ending_names); i++)
    if (g_strcmp0 (name, ending_names[i]) == 0)
      {
        *ending = i;
        return TRUE;
      }
  return FALSE;
}

const WsiSentence *
wsi_conversation_get_sentence (WsiConversation *self)
{
  return atomic_load (&self->sentence);
}
void
wsi_conversation_set_servers (WsiConversation *self,
                              WsiServers      *servers)
{
  self->servers = wsi_servers_ref (servers);
  wsi_servers_add (servers, self->uri);
}

static void
set_once (char * _Atomic *place,
          const char     *text)
{
  if (atomic_load (place) == NULL)
    atomic_store (place, g_strdup (text));
}

void
wsi_conversation_set_uri (WsiConversation *self,
                          const char      *uri)
{
  set_once (&self->uri, uri);
  if (self->servers != NULL)
    wsi_servers_add (self->servers, self->uri);
}

void
wsi_conversation_set_request (WsiConversation *self,
                              GBytes          *head)
{
  conversation_set_bytes (self, &self->request, head);
}

void
wsi_conversation_set_response (WsiConversation *self,
                               GBytes          *head)
{
  conversation_set_bytes (self, &self->response, head);
}

void
wsi_conversation_set_handshake (WsiConversation  *self,
                                WspHeaders       *response,
                                guint             status,
                                const WsiDeflate *deflate,
                                gint64            time_us)
{
  if (response != NULL)
    {
      set_once (&self->subprotocol, wsp_headers_get_one (response, "Sec-WebSocket-Protocol"));
      set_once (&self->extensions, wsp_headers_get_one (response, "Sec-WebSocket-Extensions"));
    }
  atomic_store (&self->status, status);
  if (deflate != NULL)
    {
      g_mutex_lock (&self->mutex);
      self->deflate = *deflate;
      g_mutex_unlock (&self->mutex);
    }
  atomic_store (&self->handshake_us, MAX (time_us, 1));
  g_signal_emit (self, signals[HANDSHAKE], 0);
}

/* Adds to a counter with one writer, which need not read and write at once. */
static void
conversation_add (_Atomic guint64 *counter,
                  guint64          n)
{
  atomic_store_explicit (counter, atomic_load_explicit (counter, memory_order_relaxed) + n,
                         memory_order_relaxed);
}

void
wsi_conversation_count_frame (WsiConversation *self,
                              WspDirection     direction,
                              guint64          length)
{
  conversation_add (&self->counters[direction].n_frames, 1);
  conversation_add (&self->counters[direction].n_bytes, length);
}

void
wsi_conversation_count_unframed (WsiConversation *self,
                                 WspDirection     direction)
{
  conversation_add (&self->counters[direction].n_unframed, 1);
}

void
wsi_conversation_count_stopped (WsiConversation *self,
                                WspDirection     direction)
{
  conversation_add (&self->counters[direction].n_stopped, 1);
}

void
wsi_conversation_count_message (WsiConversation *self,
                                WspDirection     direction)
{
  conversation_add (&self->counters[direction].n_messages, 1);
}

void
wsi_conversation_count_fault (WsiConversation *self)
{
  guint n_faults = atomic_load_explicit (&self->n_faults, memory_order_relaxed);

  atomic_store_explicit (&self->n_faults, n_faults + 1, memory_order_relaxed);
}

void
wsi_conversation_count_bytes (WsiConversation *self,
                              WspDirection     direction,
                              guint64          n_bytes)
{
  conversation_add (&self->counters[direction].n_wire_bytes, n_bytes);
}

void
wsi_conversation_set_http_2 (WsiConversation *self)
{
  atomic_store (&self->is_http_2, TRUE);
}

void
wsi_conversation_set_tcp_ending (WsiConversation *self,
                                 WspDirection     direction,
                                 WsiTcpEnding     how,
                                 gint64           time_us)
{
  WspDirection first;

  if (how == WSI_TCP_ENDING_NONE ||
      (wsi_conversation_get_tcp_ending (self, &first) != WSI_TCP_ENDING_NONE &&
       time_us >= wsi_conversation_get_tcp_end_time (self)))
    return;

  atomic_store (&self->tcp_end_us, time_us);
  atomic_store (&self->tcp_endings[!direction], WSI_TCP_ENDING_NONE);
  atomic_store (&self->tcp_endings[direction], how);
}

void
wsi_conversation_set_last_time (WsiConversation *self,
                                gint64           time_us)
{
  atomic_store_explicit (&self->last_us, time_us, memory_order_relaxed);
}

void
wsi_conversation_set_close (WsiConversation *self,
                            WspDirection     direction,
                            guint16          code,
                            GBytes          *reason)
{
  if (atomic_load (&self->closer) != WSI_NO_CLOSER)
    return;

  conversation_set_bytes (self, &self->reason, reason);
  atomic_store (&self->close_code, code);
  atomic_store (&self->closer, direction);
}

void
wsi_conversation_end (WsiConversation   *self,
                      WsiEnding          ending,
                      const WsiSentence *sentence,
                      gint64             time_us)
{
  if (atomic_load (&self->ending) != WSI_ENDING_NONE)
    return;

  atomic_store (&self->sentence, wsi_sentence_copy (sentence));
  atomic_store (&self->end_us, time_us);
  atomic_store (&self->ending, ending);
}

void
wsi_conversation_announce_end (WsiConversation *self)
{
  g_signal_emit (self, signals[ENDED], 0);
}

void
wsi_conversation_release (WsiConversation *self)
{
  self->is_released = TRUE;
}

gboolean
wsi_conversation_is_released (WsiConversation *self)
{
  return self->is_released;
}

gsize
wsi_conversation_get_size (WsiConversation *self)
{
  return APART_FROM_HEADS + (self->request != NULL ? g_bytes_get_size (self->request) : 0) +
         (self->response != NULL ? g_bytes_get_size (self->response) : 0);
}

WsiFold *
wsi_conversation_get_fold (WsiConversation *self)
{
  return self->fold;
}

WsiPings *
wsi_conversation_get_pings (WsiConversation *self)
{
  return &self->pings;
}

void
wsi_conversation_set_end_record (WsiConversation *self,
                                 guint64          end)
{
  self->end_record = end;
}

guint64
wsi_conversation_get_end_record (WsiConversation *self)
{
  return self->end_record;
}
