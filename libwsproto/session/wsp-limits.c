/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "session/wsp-limits-private.h"

#include "core/limits.h"

#define KIB 1024
#define MAX_LENGTH ((guint64) G_MAXINT64)        /* a frame cannot say more */

enum
{
  PROP_0,
  PROP_MAX_HEAD_SIZE,
  PROP_MAX_REQUEST_LINE,
  PROP_MAX_HEADER_FIELDS,
  PROP_MAX_OFFERED_PROTOCOLS,
  PROP_MAX_OFFERED_EXTENSIONS,
  PROP_MAX_EXTENSION_PARAMETERS,
  PROP_MAX_INTERIM_ANSWERS,
  PROP_MAX_REFUSAL_BODY,
  PROP_REFUSAL_TIMEOUT,
  PROP_HANDSHAKE_TIMEOUT,
  PROP_CONNECT_TIMEOUT,
  PROP_MAX_PENDING_HANDSHAKES,
  PROP_MAX_MESSAGE_SIZE,
  PROP_MAX_FRAME_SIZE,
  PROP_MAX_FRAGMENTS,
  PROP_FRAGMENT_SIZE,
  PROP_MAX_INFLATE_RATIO,
  PROP_MAX_INFLATE_PER_TURN,
  PROP_HIGH_WATER_MARK,
  PROP_LOW_WATER_MARK,
  PROP_MAX_SEND_QUEUE,
  PROP_RECEIVE_QUEUE_LIMIT,
  PROP_MAX_WAITING_PONGS,
  PROP_MAX_PINGS_PER_SECOND,
  PROP_KEEPALIVE_INTERVAL,
  PROP_KEEPALIVE_TIMEOUT,
  PROP_IDLE_TIMEOUT,
  PROP_CLOSE_TIMEOUT,
  PROP_MAX_CONNECTIONS,
  PROP_MAX_CONNECTIONS_PER_ADDRESS,
  PROP_MAX_BUFFERED_INPUT,
  PROP_MAX_MESSAGES_PER_TURN,
  PROP_MAX_BYTES_PER_TURN,
  N_PROPS,
};

/**
 * WspLimits:
 *
 * How much a peer may ask of us, and how long it may take: a set of numbers with safe
 * values from the start. Each is a property; sizes are bytes, times are milliseconds.
 *
 * One object is shared between a client or server and all its connections, or between any
 * sessions. A change counts from the next message on.
 *
 * An object may be read by the sessions of several threads; changing it is one thread's
 * affair.
 *
 * Since: 0.1
 */
struct _WspLimits
{
  GObject parent_instance;
  GMutex  lock;                 /* of what follows: sessions of any thread ask for options */
  guint64 values[N_PROPS];
  WspSessionOptions *options[WSP_N_SESSION_SETTINGS];   /* NULL: nobody asked for them */
};

typedef enum
{
  LIMIT_UINT,
  LIMIT_UINT64,
} LimitKind;

static const struct
{
  const char *name, *blurb;
  guint64     minimum, maximum, value;
  LimitKind   kind;
} limits[N_PROPS] = {
  [PROP_MAX_HEAD_SIZE] = {
    "max-head-size",
    "Bytes of a whole HTTP head",
    256, G_MAXINT, WSC_DEFAULT_MAX_HEAD_SIZE, LIMIT_UINT
  },
  [PROP_MAX_REQUEST_LINE] = {
    "max-request-line",
    "Bytes of a request or status line",
    64, G_MAXINT, WSC_DEFAULT_MAX_REQUEST_LINE, LIMIT_UINT
  },
  [PROP_MAX_HEADER_FIELDS] = {
    "max-header-fields",
    "Number of fields of an HTTP head",
    1, G_MAXINT, WSC_DEFAULT_MAX_HEADER_FIELDS, LIMIT_UINT
  },
  [PROP_MAX_OFFERED_PROTOCOLS] = {
    "max-offered-protocols",
    "Number of subprotocols a request may offer",
    1, G_MAXINT, WSC_DEFAULT_MAX_OFFERED_PROTOCOLS, LIMIT_UINT
  },
  [PROP_MAX_OFFERED_EXTENSIONS] = {
    "max-offered-extensions",
    "Number of extensions a head may list",
    1, G_MAXINT, WSC_DEFAULT_MAX_OFFERED_EXTENSIONS, LIMIT_UINT
  },
  [PROP_MAX_EXTENSION_PARAMETERS] = {
    "max-extension-parameters",
    "Number of parameters of one extension",
    1, G_MAXINT, WSC_DEFAULT_MAX_EXTENSION_PARAMETERS, LIMIT_UINT
  },
  [PROP_MAX_INTERIM_ANSWERS] = {
    "max-interim-answers",
    "Number of 1xx answers before the real one",
    0, G_MAXINT, 5, LIMIT_UINT
  },
  [PROP_MAX_REFUSAL_BODY] = {
    "max-refusal-body",
    "Bytes kept of the body of a refusal",
    0, G_MAXINT, 64 * KIB, LIMIT_UINT
  },
  [PROP_REFUSAL_TIMEOUT] = {
    "refusal-timeout",
    "Milliseconds from the head of a refusal to the end of its body; 0 = off",
    0, G_MAXINT, 2000, LIMIT_UINT
  },
  [PROP_HANDSHAKE_TIMEOUT] = {
    "handshake-timeout",
    "Milliseconds from accept to status 101; 0 = off",
    0, G_MAXINT, 10000, LIMIT_UINT
  },
  [PROP_CONNECT_TIMEOUT] = {
    "connect-timeout",
    "Milliseconds from resolving a name to an open session; 0 = off",
    0, G_MAXINT, 30000, LIMIT_UINT
  },
  [PROP_MAX_PENDING_HANDSHAKES] = {
    "max-pending-handshakes",
    "Number of unfinished opening handshakes of a server",
    1, G_MAXINT, 256, LIMIT_UINT
  },
  [PROP_MAX_MESSAGE_SIZE] = {
    "max-message-size",
    "Bytes of a message, after inflating; the largest value = none",
    1, G_MAXUINT64, WSC_DEFAULT_MAX_MESSAGE_LENGTH, LIMIT_UINT64
  },
  [PROP_MAX_FRAME_SIZE] = {
    "max-frame-size",
    "Bytes of a frame; 0 = as max-message-size",
    0, G_MAXUINT64, 0, LIMIT_UINT64
  },
  [PROP_MAX_FRAGMENTS] = {
    "max-fragments",
    "Number of frames of a message, empty ones counted",
    1, G_MAXUINT, WSC_DEFAULT_MAX_FRAGMENTS, LIMIT_UINT
  },
  [PROP_FRAGMENT_SIZE] = {
    "fragment-size",
    "Bytes of our own frames; 0 = a message is one frame",
    0, G_MAXINT, 0, LIMIT_UINT
  },
  [PROP_MAX_INFLATE_RATIO] = {
    "max-inflate-ratio",
    "Times a message may grow when inflated; 0 = off",
    0, G_MAXINT, 0, LIMIT_UINT
  },
  [PROP_MAX_INFLATE_PER_TURN] = {
    "max-inflate-per-turn",
    "Bytes inflated for one connection in one turn of the main loop",
    4 * KIB, G_MAXINT, 1024 * KIB, LIMIT_UINT
  },
  [PROP_HIGH_WATER_MARK] = {
    "high-water-mark",
    "Bytes queued for sending from which on the connection counts as full",
    0, G_MAXUINT64, 1024 * KIB, LIMIT_UINT64
  },
  [PROP_LOW_WATER_MARK] = {
    "low-water-mark",
    "Bytes queued for sending down to which a full connection is writable again",
    0, G_MAXUINT64, 256 * KIB, LIMIT_UINT64
  },
  [PROP_MAX_SEND_QUEUE] = {
    "max-send-queue",
    "Bytes queued for sending from which on messages are refused",
    1, G_MAXUINT64, 16 * 1024 * KIB, LIMIT_UINT64
  },
  [PROP_RECEIVE_QUEUE_LIMIT] = {
    "receive-queue-limit",
    "Number of messages that wait for being taken",
    1, G_MAXINT, 4, LIMIT_UINT
  },
  [PROP_MAX_WAITING_PONGS] = {
    "max-waiting-pongs",
    "Number of pongs that wait for being sent",
    1, 4096, WSC_DEFAULT_MAX_WAITING_PONGS, LIMIT_UINT
  },
  [PROP_MAX_PINGS_PER_SECOND] = {
    "max-pings-per-second",
    "Number of pings of the peer in a second; 0 = off",
    0, G_MAXINT, 0, LIMIT_UINT
  },
  [PROP_KEEPALIVE_INTERVAL] = {
    "keepalive-interval",
    "Milliseconds of silence after which a ping is sent; 0 = off",
    0, G_MAXINT, WSC_DEFAULT_KEEPALIVE_INTERVAL, LIMIT_UINT
  },
  [PROP_KEEPALIVE_TIMEOUT] = {
    "keepalive-timeout",
    "Milliseconds a ping may stay without an answer; 0 = off",
    0, G_MAXINT, WSC_DEFAULT_KEEPALIVE_TIMEOUT, LIMIT_UINT
  },
  [PROP_IDLE_TIMEOUT] = {
    "idle-timeout",
    "Milliseconds without a message after which a connection is closed; 0 = off",
    0, G_MAXINT, 0, LIMIT_UINT
  },
  [PROP_CLOSE_TIMEOUT] = {
    "close-timeout",
    "Milliseconds that the closing handshake may take; 0 = off",
    0, G_MAXINT, 5000, LIMIT_UINT
  },
  [PROP_MAX_CONNECTIONS] = {
    "max-connections",
    "Number of connections of a server",
    1, G_MAXINT, 10000, LIMIT_UINT
  },
  [PROP_MAX_CONNECTIONS_PER_ADDRESS] = {
    "max-connections-per-address",
    "Number of connections of one address; 0 = off",
    0, G_MAXINT, 0, LIMIT_UINT
  },
  [PROP_MAX_BUFFERED_INPUT] = {
    "max-buffered-input",
    "Bytes of unfinished messages that a whole server holds",
    4 * KIB, G_MAXUINT64, 256 * 1024 * KIB, LIMIT_UINT64
  },
  [PROP_MAX_MESSAGES_PER_TURN] = {
    "max-messages-per-turn",
    "Number of messages of one connection in one turn of the main loop",
    1, G_MAXINT, 64, LIMIT_UINT
  },
  [PROP_MAX_BYTES_PER_TURN] = {
    "max-bytes-per-turn",
    "Bytes read or compressed for one connection in one turn of the main loop",
    4 * KIB, G_MAXINT, 1024 * KIB, LIMIT_UINT
  },
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WspLimits, wsp_limits, G_TYPE_OBJECT)

static guint32
value_of (WspLimits *self,
          guint      property)
{
  return (guint32) self->values[property];
}

static void
fill_head (WspLimits     *self,
           WscHeadLimits *head)
{
  *head = (WscHeadLimits) {
    .max_size = value_of (self, PROP_MAX_HEAD_SIZE),
    .max_line = value_of (self, PROP_MAX_REQUEST_LINE),
    .max_fields = value_of (self, PROP_MAX_HEADER_FIELDS),
    .max_protocols = value_of (self, PROP_MAX_OFFERED_PROTOCOLS),
    .max_extensions = value_of (self, PROP_MAX_OFFERED_EXTENSIONS),
    .max_parameters = value_of (self, PROP_MAX_EXTENSION_PARAMETERS),
  };
}

static WspSessionOptions *
options_new (WspLimits *self,
             guint      settings)
{
  WspSessionOptions *made = g_new0 (WspSessionOptions, 1);
  gboolean is_server = (settings & WSP_SESSION_SETTING_SERVER) != 0;
  gboolean is_automatic = (settings & WSP_SESSION_SETTING_AUTO_CLOSE) != 0;
  gboolean is_unmasked = (settings & WSP_SESSION_SETTING_NO_MASKING) != 0;
  guint64 message = self->values[PROP_MAX_MESSAGE_SIZE];
  guint64 frame = self->values[PROP_MAX_FRAME_SIZE];

  fill_head (self, &made->head);
  made->options = (WscOptions) {
    .role = is_server ? WSC_ROLE_SERVER : WSC_ROLE_CLIENT,
    .max_message_length = MIN (message, MAX_LENGTH),
    .max_frame_length = MIN (frame == 0 ? message : frame, MAX_LENGTH),
    .max_fragments = value_of (self, PROP_MAX_FRAGMENTS),
    .fragment_size = value_of (self, PROP_FRAGMENT_SIZE),
    .max_waiting_pongs = value_of (self, PROP_MAX_WAITING_PONGS),
    .auto_close = is_automatic,
    .masking = !is_unmasked,
    .utf8_check = (settings & WSP_SESSION_SETTING_NO_UTF8_CHECK) == 0,
    .accept_unmasked = is_unmasked,
    .keepalive_interval = is_automatic ? value_of (self, PROP_KEEPALIVE_INTERVAL) : 0,
    .keepalive_timeout = value_of (self, PROP_KEEPALIVE_TIMEOUT),
    .max_pings_per_second = value_of (self, PROP_MAX_PINGS_PER_SECOND),
    .max_inflate_ratio = value_of (self, PROP_MAX_INFLATE_RATIO),
    .head = &made->head,
  };
  made->any_length = made->options;
  made->any_length.max_message_length = MAX_LENGTH;
  made->any_length.max_frame_length = frame == 0 ? MAX_LENGTH : MIN (frame, MAX_LENGTH);
  made->any_length.max_fragments = WSC_ANY_FRAGMENTS;
  made->max_buffered_input = self->values[PROP_MAX_BUFFERED_INPUT];
  made->close_timeout = value_of (self, PROP_CLOSE_TIMEOUT);
  made->ref_count = 1;
  return made;
}

void
wsp_session_options_unref (WspSessionOptions *options)
{
  if (g_atomic_int_dec_and_test (&options->ref_count))
    g_free (options);
}

/* Sessions keep the block they have until they notice that it is outdated. */
static void
drop_options (WspLimits *self)
{
  for (guint i = 0; i < WSP_N_SESSION_SETTINGS; i++)
    {
      WspSessionOptions *old = g_steal_pointer (&self->options[i]);

      if (old == NULL)
        continue;

      g_atomic_int_set (&old->is_outdated, TRUE);
      wsp_session_options_unref (old);
    }
}

static void
wsp_limits_finalize (GObject *object)
{
  WspLimits *self = WSP_LIMITS (object);

  drop_options (self);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (wsp_limits_parent_class)->finalize (object);
}

static void
wsp_limits_get_property (GObject    *object,
                         guint       property,
                         GValue     *value,
                         GParamSpec *pspec)
{
  WspLimits *self = WSP_LIMITS (object);

  if (limits[property].kind == LIMIT_UINT)
    g_value_set_uint (value, value_of (self, property));
  else
    g_value_set_uint64 (value, self->values[property]);
}

static void
wsp_limits_set_property (GObject      *object,
                         guint         property,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  WspLimits *self = WSP_LIMITS (object);
  gboolean is_uint = limits[property].kind == LIMIT_UINT;
  guint64 number = is_uint ? g_value_get_uint (value) : g_value_get_uint64 (value);

  if (self->values[property] == number)
    return;

  g_mutex_lock (&self->lock);
  self->values[property] = number;
  drop_options (self);
  g_mutex_unlock (&self->lock);
  g_object_notify_by_pspec (object, pspec);
}

static GParamSpec *
make_property (guint       property,
               GParamFlags flags)
{
  if (limits[property].kind == LIMIT_UINT)
    return g_param_spec_uint (limits[property].name, NULL, limits[property].blurb,
                              (guint) limits[property].minimum, (guint) limits[property].maximum,
                              (guint) limits[property].value, flags);

  return g_param_spec_uint64 (limits[property].name, NULL, limits[property].blurb,
                              limits[property].minimum, limits[property].maximum,
                              limits[property].value, flags);
}

static GParamSpec *
property_new (guint property)
{
  return make_property (property,
                        G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
}

static void
wsp_limits_class_init (WspLimitsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = wsp_limits_finalize;
  object_class->get_property = wsp_limits_get_property;
  object_class->set_property = wsp_limits_set_property;

  /**
   * WspLimits:max-head-size:
   *
   * How long a whole HTTP head may be, in bytes. A server answers a longer one with status
   * 431, a client gives up.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_HEAD_SIZE] = property_new (PROP_MAX_HEAD_SIZE);

  /**
   * WspLimits:max-request-line:
   *
   * How long the first line of an HTTP head may be, in bytes. A server answers a longer one
   * with status 414, a client gives up.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_REQUEST_LINE] = property_new (PROP_MAX_REQUEST_LINE);

  /**
   * WspLimits:max-header-fields:
   *
   * How many fields an HTTP head may have. A server answers more with status 431.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_HEADER_FIELDS] = property_new (PROP_MAX_HEADER_FIELDS);

  /**
   * WspLimits:max-offered-protocols:
   *
   * How many subprotocols a request may offer. More are answered with status 400.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_OFFERED_PROTOCOLS] = property_new (PROP_MAX_OFFERED_PROTOCOLS);

  /**
   * WspLimits:max-offered-extensions:
   *
   * How many extensions a head may list. More are answered with status 400.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_OFFERED_EXTENSIONS] = property_new (PROP_MAX_OFFERED_EXTENSIONS);

  /**
   * WspLimits:max-extension-parameters:
   *
   * How many parameters one extension may have. More are answered with status 400.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_EXTENSION_PARAMETERS] = property_new (PROP_MAX_EXTENSION_PARAMETERS);

  /**
   * WspLimits:max-interim-answers:
   *
   * How many interim answers (status 100, 102, 103) a client skips before it gives up.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_INTERIM_ANSWERS] = property_new (PROP_MAX_INTERIM_ANSWERS);

  /**
   * WspLimits:max-refusal-body:
   *
   * How much of the body of a refused handshake a client keeps, in bytes. The rest is cut.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_REFUSAL_BODY] = property_new (PROP_MAX_REFUSAL_BODY);

  /**
   * WspLimits:refusal-timeout:
   *
   * How long a client waits for the rest of the body of a refused handshake, in milliseconds
   * from the end of its head. Then the attempt fails with what has arrived; that is no error of
   * its own. 0 waits as long as [property@Wsp.Limits:connect-timeout] allows.
   *
   * Since: 0.1
   */
  properties[PROP_REFUSAL_TIMEOUT] = property_new (PROP_REFUSAL_TIMEOUT);

  /**
   * WspLimits:handshake-timeout:
   *
   * How long a server waits from accepting a transport to its status 101, TLS included, in
   * milliseconds; 0 is for ever.
   *
   * Since: 0.1
   */
  properties[PROP_HANDSHAKE_TIMEOUT] = property_new (PROP_HANDSHAKE_TIMEOUT);

  /**
   * WspLimits:connect-timeout:
   *
   * How long a client may take from resolving the name to an open session, in milliseconds;
   * 0 is for ever.
   *
   * Since: 0.1
   */
  properties[PROP_CONNECT_TIMEOUT] = property_new (PROP_CONNECT_TIMEOUT);

  /**
   * WspLimits:max-pending-handshakes:
   *
   * How many opening handshakes of a server may be unfinished. The oldest is dropped for one
   * more.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_PENDING_HANDSHAKES] = property_new (PROP_MAX_PENDING_HANDSHAKES);

  /**
   * WspLimits:max-message-size:
   *
   * How long a message of the peer may be, in bytes and after inflating; `G_MAXUINT64` is no
   * limit. A longer one ends the session with close code 1009, unless it is read as a stream:
   * [method@Wsp.Connection.receive_stream_async].
   *
   * Since: 0.1
   */
  properties[PROP_MAX_MESSAGE_SIZE] = property_new (PROP_MAX_MESSAGE_SIZE);

  /**
   * WspLimits:max-frame-size:
   *
   * How long a frame of the peer may be, in bytes; 0 stands for
   * [property@Wsp.Limits:max-message-size]. A longer one ends the session with close code
   * 1009.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_FRAME_SIZE] = property_new (PROP_MAX_FRAME_SIZE);

  /**
   * WspLimits:max-fragments:
   *
   * Of how many frames a message of the peer may consist, empty ones counted. More end the
   * session with close code 1008, unless the message is read as a stream:
   * [method@Wsp.Connection.receive_stream_async].
   *
   * Since: 0.1
   */
  properties[PROP_MAX_FRAGMENTS] = property_new (PROP_MAX_FRAGMENTS);

  /**
   * WspLimits:fragment-size:
   *
   * Into frames of how many bytes our own messages are cut; 0 sends a message as one frame.
   * See RFC 6455, section 5.4.
   *
   * Since: 0.1
   */
  properties[PROP_FRAGMENT_SIZE] = property_new (PROP_FRAGMENT_SIZE);

  /**
   * WspLimits:max-inflate-ratio:
   *
   * How many times longer a compressed message may become; 0 leaves it to
   * [property@Wsp.Limits:max-message-size]. It is not judged below 1 MiB. A breach ends the
   * session with close code 1009.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_INFLATE_RATIO] = property_new (PROP_MAX_INFLATE_RATIO);

  /**
   * WspLimits:max-inflate-per-turn:
   *
   * How many bytes are inflated for one connection in one turn of the main loop, before the
   * others have theirs.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_INFLATE_PER_TURN] = property_new (PROP_MAX_INFLATE_PER_TURN);

  /**
   * WspLimits:high-water-mark:
   *
   * From how many bytes waiting to be sent a connection counts as full: a server then reads
   * no more of the peer. They are counted as for [property@Wsp.Limits:max-send-queue].
   *
   * Since: 0.1
   */
  properties[PROP_HIGH_WATER_MARK] = property_new (PROP_HIGH_WATER_MARK);

  /**
   * WspLimits:low-water-mark:
   *
   * Down to how many bytes waiting to be sent a full connection becomes writable again.
   *
   * Since: 0.1
   */
  properties[PROP_LOW_WATER_MARK] = property_new (PROP_LOW_WATER_MARK);

  /**
   * WspLimits:max-send-queue:
   *
   * From how many bytes waiting to be sent a message is refused. Below, it is accepted
   * whatever its length. What is held counts: the payload, 240 bytes for each message, and
   * 160 for each call whose result is still to come. Pings count until their pongs come.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_SEND_QUEUE] = property_new (PROP_MAX_SEND_QUEUE);

  /**
   * WspLimits:receive-queue-limit:
   *
   * How many messages may wait for being taken before reading pauses; 64 KiB of them pause
   * it as well. Before a connection was asked for anything, one message pauses it.
   *
   * Since: 0.1
   */
  properties[PROP_RECEIVE_QUEUE_LIMIT] = property_new (PROP_RECEIVE_QUEUE_LIMIT);

  /**
   * WspLimits:max-waiting-pongs:
   *
   * How many pongs may wait for being sent; then the newest replaces the last one. See RFC
   * 6455, section 5.5.3.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_WAITING_PONGS] = property_new (PROP_MAX_WAITING_PONGS);

  /**
   * WspLimits:max-pings-per-second:
   *
   * How many pings the peer may send in a second; 0 is any number. More end the session with
   * close code 1008.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_PINGS_PER_SECOND] = property_new (PROP_MAX_PINGS_PER_SECOND);

  /**
   * WspLimits:keepalive-interval:
   *
   * After how much silence of the peer a ping is sent, in milliseconds; 0 sends none. A
   * session whose [property@Wsp.Session:auto-close] is off sends none either.
   *
   * Since: 0.1
   */
  properties[PROP_KEEPALIVE_INTERVAL] = property_new (PROP_KEEPALIVE_INTERVAL);

  /**
   * WspLimits:keepalive-timeout:
   *
   * How long a ping may stay without an answer before the session fails, in milliseconds; 0
   * is for ever.
   *
   * While output waits, a connection also ends when the transport has taken no byte for this
   * time and [property@Wsp.Limits:keepalive-interval] together, whatever the peer sends; if
   * one of them is 0 it does not.
   *
   * Since: 0.1
   */
  properties[PROP_KEEPALIVE_TIMEOUT] = property_new (PROP_KEEPALIVE_TIMEOUT);

  /**
   * WspLimits:idle-timeout:
   *
   * After how long without a message a connection is closed with code 1001, in milliseconds;
   * 0 is never.
   *
   * Since: 0.1
   */
  properties[PROP_IDLE_TIMEOUT] = property_new (PROP_IDLE_TIMEOUT);

  /**
   * WspLimits:close-timeout:
   *
   * How long the closing handshake may take, in milliseconds; 0 is for ever. Then messages
   * that have not begun to leave are dropped, and after the same time again the session is
   * aborted.
   *
   * Since: 0.1
   */
  properties[PROP_CLOSE_TIMEOUT] = property_new (PROP_CLOSE_TIMEOUT);

  /**
   * WspLimits:max-connections:
   *
   * How many connections a server has at most; it then accepts no more. Where the system
   * permits fewer open files, that number less 64 counts.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_CONNECTIONS] = property_new (PROP_MAX_CONNECTIONS);

  /**
   * WspLimits:max-connections-per-address:
   *
   * How many connections of a server may come from one address; 0 is any number. More are
   * answered with status 503.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_CONNECTIONS_PER_ADDRESS] = property_new (PROP_MAX_CONNECTIONS_PER_ADDRESS);

  /**
   * WspLimits:max-buffered-input:
   *
   * How many bytes of unfinished messages all connections hold together that share these
   * limits, such as those of a server. A message of more than 64 KiB counts with the memory
   * it holds; one that goes beyond ends its connection with close code 1013. Shorter ones are
   * not counted.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_BUFFERED_INPUT] = property_new (PROP_MAX_BUFFERED_INPUT);

  /**
   * WspLimits:max-messages-per-turn:
   *
   * How many messages of one connection are delivered in one turn of the main loop, before
   * the others have theirs.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_MESSAGES_PER_TURN] = property_new (PROP_MAX_MESSAGES_PER_TURN);

  /**
   * WspLimits:max-bytes-per-turn:
   *
   * How many bytes of one connection are read, or compressed, in one turn of the main loop,
   * before the others have theirs. A longer message is compressed in the turns that follow.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_BYTES_PER_TURN] = property_new (PROP_MAX_BYTES_PER_TURN);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
wsp_limits_init (WspLimits *self)
{
  g_mutex_init (&self->lock);
  for (guint i = PROP_0 + 1; i < N_PROPS; i++)
    self->values[i] = limits[i].value;
}

WspLimits *
wsp_limits_get_default (void)
{
  static WspLimits *shared;       /* made once, for all threads */

  if (g_once_init_enter (&shared))
    g_once_init_leave (&shared, wsp_limits_new ());

  return shared;
}

WspSessionOptions *
wsp_limits_ref_options (WspLimits *self,
                        guint      settings)
{
  WspSessionOptions *options;

  g_assert (settings < WSP_N_SESSION_SETTINGS);

  g_mutex_lock (&self->lock);
  if (self->options[settings] == NULL)
    self->options[settings] = options_new (self, settings);

  options = self->options[settings];
  g_atomic_int_inc (&options->ref_count);
  g_mutex_unlock (&self->lock);
  return options;
}

GParamSpec *
wsp_limits_property_new (const char *name,
                         GParamFlags flags)
{
  guint property = PROP_0 + 1;

  while (!g_str_equal (limits[property].name, name))
    {
      property++;
      g_assert (property < N_PROPS);
    }

  return make_property (property, flags);
}

/**
 * wsp_limits_new:
 *
 * Makes a set of limits with the safe values.
 *
 * Returns: (transfer full): new limits
 *
 * Since: 0.1
 */
WspLimits *
wsp_limits_new (void)
{
  return g_object_new (WSP_TYPE_LIMITS, NULL);
}

/**
 * wsp_limits_copy:
 * @self: limits
 *
 * Makes a second set with the same values, to change it for some sessions only.
 *
 * Returns: (transfer full): new limits
 *
 * Since: 0.1
 */
WspLimits *
wsp_limits_copy (WspLimits *self)
{
  WspLimits *made;

  g_return_val_if_fail (WSP_IS_LIMITS (self), NULL);

  made = wsp_limits_new ();
  g_mutex_lock (&self->lock);
  for (guint i = PROP_0 + 1; i < N_PROPS; i++)
    made->values[i] = self->values[i];
  g_mutex_unlock (&self->lock);
  return made;
}
