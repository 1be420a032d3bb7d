/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "session/wsp-session-private.h"

#include <libwsproto/base/wsp-enum-types.h>
#include <libwsproto/session/wsp-session-enum-types.h>

#include "core/close-code.h"
#include "core/limits.h"
#include "core/stream/keepalive.h"
#include "random/random-pool.h"
#include "session/wsp-session-lend-private.h"
#include "session/wsp-session-random-private.h"

/**
 * WspSession:
 *
 * One side of a WebSocket without its transport. A program queues what to send and receive;
 * the session returns which bytes to write and where to read to, and what was received. It
 * has no main loop, does no I/O and has no clock; one thread at a time may use it. C programs
 * include `<libwsproto/wsproto-session.h>`.
 *
 * After the opening handshake, or with [ctor@Wsp.Session.new_established] without one, a
 * program queues Sends and Receives and then asks for actions until there is none:
 *
 *  1. [method@Wsp.Session.get_action], in scripts [method@Wsp.Session.next_action];
 *  2. do what the action says;
 *  3. [method@Wsp.Session.complete_action].
 *
 * Close the transport when the state is closed, failed or aborted and nothing is pending on
 * the queue of Sends.
 *
 * A session holds no buffer while nothing is pending. The memory for reading and writing is
 * allocated with the first action that needs it, and freed when there is no action and
 * nothing is pending.
 *
 * Corresponds to `WEB_SOCKET_HANDLE`. `WebSocketEndServerHandshake()` needs no counterpart: the
 * first Send, Receive or action opens the session.
 *
 * Since: 0.1
 */

/* A row makes the value of the enum, and the case of get_property that calls the getter.  The
 * settings, which come first, have no public functions. */
#define PROPERTIES(GET) \
  GET (LIMITS, limits, object) \
  GET (STATE, state, enum) \
  GET (SUBPROTOCOL, subprotocol, string) \
  GET (EXTENSIONS, extensions, boxed) \
  GET (PEER_CLOSE_CODE, peer_close_code, uint) \
  GET (PEER_CLOSE_REASON, peer_close_reason, string) \
  GET (LOCAL_CLOSE_CODE, local_close_code, uint)

#define ID(NAME, name, kind) PROP_ ## NAME,

enum
{
  PROP_0,
  PROP_ROLE,
  PROP_MODE,
  PROP_RECEIVE_BUFFER_SIZE,
  PROP_SEND_BUFFER_SIZE,
  PROP_MASKING,
  PROP_UTF8_VERIFICATION,
  PROP_DEFLATE,
  PROPERTIES (ID)
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static const WscHost operating_system = { wsc_random_fill, NULL };

G_STATIC_ASSERT ((int) WSP_ROLE_SERVER == (int) WSC_ROLE_SERVER);
G_STATIC_ASSERT ((int) WSP_SESSION_STATE_CREATED == (int) WSC_PHASE_CREATED);
G_STATIC_ASSERT ((int) WSP_SESSION_STATE_ABORTED == (int) WSC_PHASE_ABORTED);

/* A larger struct would take the next size of GLib's allocator, for each idle connection of a
 * server. */
G_STATIC_ASSERT (sizeof (WspSession) <= 288);

G_DEFINE_FINAL_TYPE (WspSession, wsp_session, G_TYPE_OBJECT)

static gboolean
has_setting (WspSession       *self,
             WspSessionSetting setting)
{
  return (self->settings & setting) != 0;
}

static void
change_setting (WspSession       *self,
                WspSessionSetting setting,
                gboolean          is_on)
{
  if (is_on)
    self->settings |= (guint8) setting;
  else
    self->settings &= (guint8) ~setting;
}

void
wsp_session_begin (WspSession *self,
                   WspLimits  *limits)
{
  self->options = wsp_limits_ref_options (limits, self->settings);
  wsc_engine_init (&self->engine, &self->options->options, &operating_system);
}

static void
wsp_session_constructed (GObject *object)
{
  G_OBJECT_CLASS (wsp_session_parent_class)->constructed (object);
  wsp_session_begin (WSP_SESSION (object), wsp_limits_get_default ());
}

static void
wsp_session_finalize (GObject *object)
{
  wsp_session_empty (WSP_SESSION (object));
  G_OBJECT_CLASS (wsp_session_parent_class)->finalize (object);
}

#define GET_CASE(NAME, name, kind) \
case PROP_ ## NAME: g_value_set_ ## kind (value, wsp_session_get_ ## name (self)); break;

static void
wsp_session_get_property (GObject    *object,
                          guint       property,
                          GValue     *value,
                          GParamSpec *pspec)
{
  WspSession *self = WSP_SESSION (object);

  switch (property)
    {
    case PROP_ROLE:
      g_value_set_enum (value, wsp_session_peek_role (self));
      break;
    case PROP_MODE:
      g_value_set_enum (value, has_setting (self, WSP_SESSION_SETTING_AUTOMATIC)
                               ? WSP_SESSION_MODE_AUTOMATIC : WSP_SESSION_MODE_WINDOWS);
      break;
    case PROP_RECEIVE_BUFFER_SIZE:
      g_value_set_uint (value, wsp_session_peek_receive_buffer_size (self));
      break;
    case PROP_SEND_BUFFER_SIZE:
      g_value_set_uint (value, wsp_session_peek_send_buffer_size (self));
      break;
    case PROP_MASKING:
      g_value_set_boolean (value, !has_setting (self, WSP_SESSION_SETTING_NO_MASKING));
      break;
    case PROP_UTF8_VERIFICATION:
      g_value_set_boolean (value, !has_setting (self, WSP_SESSION_SETTING_NO_UTF8_CHECK));
      break;
    case PROP_DEFLATE:
      g_value_set_object (value, self->details != NULL ? self->details->deflate : NULL);
      break;
      PROPERTIES (GET_CASE)
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
set_mode (WspSession    *self,
          WspSessionMode mode)
{
  change_setting (self, WSP_SESSION_SETTING_AUTOMATIC, mode == WSP_SESSION_MODE_AUTOMATIC);
}

static void
wsp_session_set_property (GObject      *object,
                          guint         property,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  WspSession *self = WSP_SESSION (object);

  switch (property)
    {
    case PROP_ROLE:
      change_setting (self, WSP_SESSION_SETTING_SERVER,
                      g_value_get_enum (value) == WSP_ROLE_SERVER);
      break;
    case PROP_MODE:
      set_mode (self, g_value_get_enum (value));
      break;
    case PROP_RECEIVE_BUFFER_SIZE:
      if (g_value_get_uint (value) != WSC_DEFAULT_RECEIVE_BUFFER)
        wsp_session_ensure_details (self)->receive_buffer_size = g_value_get_uint (value);
      break;
    case PROP_SEND_BUFFER_SIZE:
      if (g_value_get_uint (value) != 0)
        wsp_session_ensure_details (self)->send_buffer_size = g_value_get_uint (value);
      break;
    case PROP_MASKING:
      change_setting (self, WSP_SESSION_SETTING_NO_MASKING, !g_value_get_boolean (value));
      break;
    case PROP_UTF8_VERIFICATION:
      change_setting (self, WSP_SESSION_SETTING_NO_UTF8_CHECK, !g_value_get_boolean (value));
      break;
    case PROP_DEFLATE:
      wsp_session_keep_deflate (self, g_value_get_object (value));
      break;
    case PROP_LIMITS:
      wsp_session_set_limits (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
install_settings (void)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  /**
   * WspSession:role:
   *
   * Which side of the WebSocket the session is.
   *
   * Default: %WSP_ROLE_CLIENT.
   *
   * Since: 0.1
   */
  properties[PROP_ROLE] =
    g_param_spec_enum ("role", NULL, NULL, WSP_TYPE_ROLE, WSP_ROLE_CLIENT, flags);

  /**
   * WspSession:mode:
   *
   * How much the session does by itself.
   *
   * Default: %WSP_SESSION_MODE_AUTOMATIC.
   *
   * Since: 0.1
   */
  properties[PROP_MODE] =
    g_param_spec_enum ("mode", NULL, NULL, WSP_TYPE_SESSION_MODE, WSP_SESSION_MODE_AUTOMATIC,
                       flags);

  /**
   * WspSession:receive-buffer-size:
   *
   * How many bytes are read at once into the session's own memory. No piece of a message in this
   * memory is longer. Corresponds to `WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE`.
   *
   * Default: 4096; range: 256 to 2^31 − 1.
   *
   * Since: 0.1
   */
  properties[PROP_RECEIVE_BUFFER_SIZE] =
    g_param_spec_uint ("receive-buffer-size", NULL, "Bytes read at once",
                       WSC_MIN_RECEIVE_BUFFER, G_MAXINT, WSC_DEFAULT_RECEIVE_BUFFER, flags);

  /**
   * WspSession:send-buffer-size:
   *
   * How many bytes a client masks at once in the session's own memory. An action of a client writes
   * at most as many bytes, including the header of the frame. 0 means 4096 on a client and 16 on a
   * server, which does not copy its payloads. A size below the least one counts as that: 16, and
   * with compression 30 on a client and 4096 on a server. Corresponds to
   * `WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE`.
   *
   * Default: 0; range: 0 to 2^31 − 1.
   *
   * Since: 0.1
   */
  properties[PROP_SEND_BUFFER_SIZE] =
    g_param_spec_uint ("send-buffer-size", NULL, "Bytes masked at once; 0 = as the role needs",
                       0, G_MAXINT, 0, flags);

  /**
   * WspSession:masking:
   *
   * Whether frames of a client are masked. %FALSE is for programs that test other programs: a
   * client masks with the key 0, a server accepts frames that are not masked. See RFC 6455, section
   * 5.3. Corresponds to `WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE`, reversed.
   *
   * Default: %TRUE.
   *
   * Since: 0.1
   */
  properties[PROP_MASKING] =
    g_param_spec_boolean ("masking", NULL, NULL, TRUE, flags);

  /**
   * WspSession:utf8-verification:
   *
   * Whether text must be UTF-8. If %FALSE, text is not checked, neither when it is received nor
   * when it is sent. See RFC 6455, section 8.1. Corresponds to
   * `WEB_SOCKET_DISABLE_UTF8_VERIFICATION_PROPERTY_TYPE`, reversed.
   *
   * Default: %TRUE.
   *
   * Since: 0.1
   */
  properties[PROP_UTF8_VERIFICATION] =
    g_param_spec_boolean ("utf8-verification", NULL, NULL, TRUE, flags);

  /**
   * WspSession:deflate:
   *
   * How messages are compressed if the peer agrees to `permessage-deflate`; %NULL neither
   * offers nor accepts the extension. The values of the options are read when the opening handshake
   * begins. A program that names `permessage-deflate` itself in its handshake must compress its
   * messages itself. An attacker that chooses part of a message and sees its compressed length can
   * learn secrets in the message: do not use compression in that case. See RFC 7692.
   *
   * Since: 0.1
   */
  properties[PROP_DEFLATE] =
    g_param_spec_object ("deflate", NULL, NULL, WSP_TYPE_DEFLATE_OPTIONS, flags);
}

static void
session_install_limits (void)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  /**
   * WspSession:limits: (getter get_limits) (setter set_limits)
   *
   * The limits on what the peer may do. The object may be shared with other sessions.
   *
   * Default: new limits, never %NULL.
   *
   * Since: 0.1
   */
  properties[PROP_LIMITS] =
    g_param_spec_object ("limits", NULL, NULL, WSP_TYPE_LIMITS, flags);
}

static void
install_findings (void)
{
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  /**
   * WspSession:state: (getter get_state)
   *
   * The state of the session. The property has no notify signal, because the state changes only in
   * calls of the program.
   *
   * Since: 0.1
   */
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, WSP_TYPE_SESSION_STATE, WSP_SESSION_STATE_CREATED,
                       flags);

  /**
   * WspSession:subprotocol: (getter get_subprotocol)
   *
   * The subprotocol that was negotiated, %NULL for none. See RFC 6455, section 1.9.
   *
   * Since: 0.1
   */
  properties[PROP_SUBPROTOCOL] =
    g_param_spec_string ("subprotocol", NULL, NULL, NULL, flags);

  /**
   * WspSession:extensions: (getter get_extensions)
   *
   * The extensions that were negotiated: those of the program as they were offered, and after them
   * `permessage-deflate` as in the response; %NULL for none. See RFC 6455, section 9.1.
   *
   * Since: 0.1
   */
  properties[PROP_EXTENSIONS] =
    g_param_spec_boxed ("extensions", NULL, NULL, G_TYPE_STRV, flags);

  /**
   * WspSession:peer-close-code: (getter get_peer_close_code)
   *
   * The code of the peer's Close: 1005 if the Close had no code, 1006 if the session ended without
   * a Close, 0 while neither has happened. See RFC 6455, section 7.1.5.
   *
   * Since: 0.1
   */
  properties[PROP_PEER_CLOSE_CODE] =
    g_param_spec_uint ("peer-close-code", NULL, NULL, 0, G_MAXUINT16, 0, flags);

  /**
   * WspSession:peer-close-reason: (getter get_peer_close_reason)
   *
   * The reason of the peer's Close, %NULL before it was received. See RFC 6455, section 7.1.6.
   *
   * Since: 0.1
   */
  properties[PROP_PEER_CLOSE_REASON] =
    g_param_spec_string ("peer-close-reason", NULL, NULL, NULL, flags);

  /**
   * WspSession:local-close-code: (getter get_local_close_code)
   *
   * The code of the Close of this side: 1005 if the Close has no code, 1006 if the session ended
   * without a Close, 0 while neither has happened. See RFC 6455, section 7.4.
   *
   * Since: 0.1
   */
  properties[PROP_LOCAL_CLOSE_CODE] =
    g_param_spec_uint ("local-close-code", NULL, NULL, 0, G_MAXUINT16, 0, flags);
}

static void
wsp_session_class_init (WspSessionClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->constructed = wsp_session_constructed;
  object_class->finalize = wsp_session_finalize;
  object_class->get_property = wsp_session_get_property;
  object_class->set_property = wsp_session_set_property;

  install_settings ();
  session_install_limits ();
  install_findings ();
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
wsp_session_init (WspSession *self)
{
  set_mode (self, WSP_SESSION_MODE_AUTOMATIC);  /* GObject never sets a mode that is out of range */
}

void
wsp_session_fix_random (WspSession    *self,
                        const WscHost *host)
{
  self->engine.stream.host = host;
}

/**
 * wsp_session_new:
 * @role: which side of the WebSocket the session is
 *
 * Creates a session before its opening handshake. The other settings of a session are construct
 * properties.
 *
 * Corresponds to `WebSocketCreateClientHandle()` and `WebSocketCreateServerHandle()`.
 *
 * Returns: (transfer full): a new session
 *
 * Since: 0.1
 */
WspSession *
wsp_session_new (WspRole role)
{
  return g_object_new (WSP_TYPE_SESSION, "role", role, NULL);
}

/* Returns 0 if the time was never set. */
static gint64
get_keepalive_deadline (WspSession *self)
{
  const WscKeepalive *keepalive = &self->engine.stream.keepalive;

  return keepalive->now == 0 ? 0 : wsc_keepalive_get_deadline (keepalive, &self->options->options);
}

static WscBacklog
session_get_backlog (WspSession *self)
{
  return wsc_engine_has_pending (&self->engine, WSC_ACTION_QUEUE_SEND) ? WSC_BACKLOG_WAITING
                                                                       : WSC_BACKLOG_EMPTY;
}

/**
 * wsp_session_get_deadline_us:
 * @self: a session
 *
 * Gets when the session next needs a call of [method@Wsp.Session.set_time_us], for keepalive and
 * the closing handshake. Each call of the session may change this deadline: get it after the last
 * action.
 *
 * Returns: microseconds of the clock of [method@Wsp.Session.set_time_us]; a time in the past if
 *   the session needs the time at once, %G_MAXINT64 for never
 *
 * Since: 0.1
 */
gint64
wsp_session_get_deadline_us (WspSession *self)
{
  gint64 deadline = G_MAXINT64;

  g_return_val_if_fail (WSP_IS_SESSION (self), G_MAXINT64);

  if (self->engine.stream.phase == WSC_PHASE_OPEN &&
      self->options->options.keepalive_interval > 0)
    deadline = get_keepalive_deadline (self);

  return MIN (deadline,
              wsc_stream_get_closing_deadline (&self->engine.stream, session_get_backlog (self)));
}

static void
check_closing (WspSession *self)
{
  switch (wsc_stream_check_closing (&self->engine.stream, session_get_backlog (self)))
    {
    case WSC_CLOSING_GO_ON:
      break;

    case WSC_CLOSING_DROP_WAITING:
      wsc_engine_drop_waiting (&self->engine);
      break;

    case WSC_CLOSING_GIVE_UP:
      wsp_session_abort (self);
      break;
    }
}

/**
 * wsp_session_set_time_us:
 * @self: a session
 * @monotonic_us: the time in microseconds, of a clock that does not go back, such as
 *   [func@GLib.get_monotonic_time]
 *
 * Sets the time. Only this call checks deadlines: a ping may be queued, the session may fail
 * with `G_IO_ERROR_TIMED_OUT` because the peer does not answer, and a closing handshake that
 * takes too long is aborted. Ask for actions afterwards. A session for which this is never called
 * has no keepalive and counts no pings.
 *
 * Since: 0.1
 */
void
wsp_session_set_time_us (WspSession *self,
                         gint64      monotonic_us)
{
  g_return_if_fail (WSP_IS_SESSION (self));

  wsp_session_refresh_options (self);
  wsc_engine_advance (&self->engine, monotonic_us);
  check_closing (self);
}

/**
 * wsp_session_get_state: (get-property state)
 * @self: a session
 *
 * Gets the state of the session.
 *
 * Returns: the state
 *
 * Since: 0.1
 */
WspSessionState
wsp_session_get_state (WspSession *self)
{
  g_return_val_if_fail (WSP_IS_SESSION (self), WSP_SESSION_STATE_CREATED);

  return (WspSessionState) self->engine.stream.phase;
}

/**
 * wsp_session_get_limits: (get-property limits)
 * @self: a session
 *
 * Gets the limits, to change or share them.
 *
 * Returns: (transfer none): the limits; valid until the property changes or @self is freed
 *
 * Since: 0.1
 */
WspLimits *
wsp_session_get_limits (WspSession *self)
{
  g_return_val_if_fail (WSP_IS_SESSION (self), NULL);

  if (wsp_session_peek_limits (self) == wsp_limits_get_default ())
    {
      g_autoptr (WspLimits) own = wsp_limits_new ();

      wsp_session_set_limits (self, own);
    }

  return wsp_session_peek_limits (self);
}

/**
 * wsp_session_set_limits: (set-property limits)
 * @self: a session
 * @limits: (transfer none): limits
 *
 * Sets the limits. The limits hold from the next message on.
 *
 * Since: 0.1
 */
void
wsp_session_set_limits (WspSession *self,
                        WspLimits  *limits)
{
  g_return_if_fail (WSP_IS_SESSION (self));
  g_return_if_fail (WSP_IS_LIMITS (limits));

  if (wsp_session_peek_limits (self) == limits)
    return;

  wsp_session_use_limits (self, limits);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LIMITS]);
}

/**
 * wsp_session_get_subprotocol: (get-property subprotocol)
 * @self: a session
 *
 * Gets the subprotocol that was negotiated.
 *
 * Returns: (transfer none) (nullable): the subprotocol, %NULL for none; valid as long as @self
 *
 * Since: 0.1
 */
const char *
wsp_session_get_subprotocol (WspSession *self)
{
  g_return_val_if_fail (WSP_IS_SESSION (self), NULL);

  return self->details != NULL ? self->details->subprotocol : NULL;
}

/**
 * wsp_session_get_extensions: (get-property extensions)
 * @self: a session
 *
 * Gets the extensions that were negotiated: those of the program as they were offered, and
 * after them `permessage-deflate` as in the response, if [property@Wsp.Session:deflate] made
 * the session negotiate it.
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): the extensions, %NULL for none;
 *   valid as long as @self
 *
 * Since: 0.1
 */
const char * const *
wsp_session_get_extensions (WspSession *self)
{
  g_return_val_if_fail (WSP_IS_SESSION (self), NULL);

  wsp_session_list_deflate (self);
  return self->details != NULL ? (const char * const *) self->details->extensions : NULL;
}

static gboolean
has_ended_abnormally (WspSession *self)
{
  WscPhase phase = self->engine.stream.phase;

  return phase == WSC_PHASE_FAILED || phase == WSC_PHASE_ABORTED;
}

/**
 * wsp_session_get_peer_close_code: (get-property peer-close-code)
 * @self: a session
 *
 * Gets the code of the peer's Close. See RFC 6455, section 7.1.5.
 *
 * Returns: the code; 1005 if the Close had no code, 1006 if the session ended without a Close,
 *   0 while neither has happened
 *
 * Since: 0.1
 */
guint
wsp_session_get_peer_close_code (WspSession *self)
{
  guint code;

  g_return_val_if_fail (WSP_IS_SESSION (self), 0);

  code = self->engine.stream.received_close_code;
  if (code != 0)
    return code;

  return has_ended_abnormally (self) ? WSC_CLOSE_ABNORMAL : 0;
}

/**
 * wsp_session_get_peer_close_reason: (get-property peer-close-reason)
 * @self: a session
 *
 * Gets the reason of the peer's Close. The reason is text of the peer: escape it before you log it.
 * See RFC 6455, section 7.1.6.
 *
 * Returns: (transfer none) (nullable): the reason, %NULL before the Close was received; valid as
 *   long as @self
 *
 * Since: 0.1
 */
const char *
wsp_session_get_peer_close_reason (WspSession *self)
{
  g_return_val_if_fail (WSP_IS_SESSION (self), NULL);

  return self->details != NULL ? self->details->peer_close_reason : NULL;
}

/**
 * wsp_session_get_local_close_code: (get-property local-close-code)
 * @self: a session
 *
 * Gets the code of the Close of this side.
 *
 * Returns: the code; 1005 if the Close has no code, 1006 if the session ended without a Close,
 *   0 while neither has happened
 *
 * Since: 0.1
 */
guint
wsp_session_get_local_close_code (WspSession *self)
{
  guint code;

  g_return_val_if_fail (WSP_IS_SESSION (self), 0);

  code = self->engine.stream.sending.close_code;
  if (code != 0)
    return code;

  return has_ended_abnormally (self) ? WSC_CLOSE_ABNORMAL : 0;
}
