/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "limits/wsp-limits-private.h"

#include "log/wsp-log-private.h"

#define MAX_LENGTH ((guint64) G_MAXINT64)        /* the largest length of a frame: RFC 6455 5.2 */

/**
 * WspLimits:
 *
 * Limits for what a peer may send and how long it may take, with safe defaults. Each limit is a
 * property; sizes are in bytes, times in milliseconds.
 *
 * Properties for tuning have no functions of their own: `g_object_set ()` sets them. How many
 * clients a server has is limited by the server: [property@Wsp.Server:max-connections],
 * [property@Wsp.Server:max-connections-per-address] and
 * [property@Wsp.Server:max-pending-handshakes].
 *
 * The limits of a client or server count for all its connections, and sessions can share one
 * object as well. A changed limit counts for a session from its next message, and for a connection
 * from the next time that it sends or receives: the timer of an idle connection is not set anew.
 *
 * [property@Wsp.Connection:limits] is an object of the connection's own. It follows the limits of
 * the client or server until one of its values is set: from then on it keeps its other values, too,
 * and the limits of the client or server no longer reach this connection. A value that is set there
 * counts at once, as after [method@Wsp.Connection.set_limits].
 *
 * Sessions of several threads may read an object; change it from one thread only. RFC 6455, section
 * 10.4, allows limits like these.
 *
 * Since: 0.1
 */
struct _WspLimits
{
  GObject parent_instance;
  WspLimitValues values;
  gsize buffered_input;         /* bytes of large incomplete messages, if these limits have followed
                                   no others */
  GMutex lock;                  /* lock for the next members, which any thread uses; base is locked
                                   first */
  WspSessionOptions *options;   /* a block for each combination of settings that was needed */
  WspLimits *first_follower;
  WspLimitsChangedFunc changed; /* function that notifies the owner of a change; NULL: no owner */
  gpointer owner;
  guint32 unnotified;           /* bits (by WscLimit) of limits that were followed and not notified
                                   yet */

  WspLimits *base;              /* limits that these limits follow or followed; their lock is for
                                   the next members */
  WspLimits *next_follower;     /* next in the list of the followers of base */
  WspLimits **place;            /* pointer to these limits, in another follower or in base; NULL:
                                   not following */
};

G_STATIC_ASSERT (WSC_N_LIMITS <= 32);    /* the bits of unnotified */

static GParamSpec *properties[WSC_N_LIMITS];    /* property of each limit; NULL: a constant, or a
                                                   limit of servers */

G_DEFINE_FINAL_TYPE (WspLimits, wsp_limits, G_TYPE_OBJECT)

/* GObject reserves property 0. */
static WscLimit
limit_of (guint property)
{
  return (WscLimit) (property - 1);
}

guint64
wsp_limits_read (WspLimits *self,
                 WscLimit   limit)
{
  switch (limit)
    {
#define LIMIT(field, name, ...) case WSC_LIMIT_ ## name: return self->values.field;
#define HEAD_CONSTANT(field, name, ...) case WSC_LIMIT_ ## name: break;
#define OPTION_CONSTANT HEAD_CONSTANT
#define SERVER_LIMIT HEAD_CONSTANT
#include "core/limit-rows.h"
    case WSC_N_LIMITS:
      break;
    }

  g_assert_not_reached ();
}

static void
limits_set_value (WspLimits *self,
                  WscLimit   limit,
                  guint64    value)
{
  switch (limit)
    {
#define LIMIT(field, name, property, blurb, type, ...) \
case WSC_LIMIT_ ## name: self->values.field = (type) value; return;
#define HEAD_CONSTANT(field, name, ...) case WSC_LIMIT_ ## name: break;
#define OPTION_CONSTANT HEAD_CONSTANT
#define SERVER_LIMIT HEAD_CONSTANT
#include "core/limit-rows.h"
    case WSC_N_LIMITS:
      break;
    }

  g_assert_not_reached ();
}

void
wsp_limits_get_head (WspLimits     *self,
                     WscHeadLimits *head)
{
  *head = (WscHeadLimits) {
#define HEAD_LIMIT(field, ...) .field = self->values.field,
#define HEAD_CONSTANT(field, name, ...) .field = WSC_DEFAULT_ ## name,
#include "core/limit-rows.h"
  };
  head->max_line = head->max_size;
}

static void
fill_options (WspLimits         *self,
              guint              settings,
              WspSessionOptions *made)
{
  gboolean is_unmasked = (settings & WSP_SESSION_SETTING_NO_MASKING) != 0;

  wsp_limits_get_head (self, &made->head);
  made->options = (WscOptions) {
#define OPTION_LIMIT(field, ...) .field = self->values.field,
#define OPTION_CONSTANT(field, name, ...) .field = WSC_DEFAULT_ ## name,
#include "core/limit-rows.h"
    .head = &made->head,
    .role = (settings & WSP_SESSION_SETTING_SERVER) != 0 ? WSC_ROLE_SERVER : WSC_ROLE_CLIENT,
    .mode = (settings & WSP_SESSION_SETTING_AUTOMATIC) != 0 ? WSC_MODE_AUTOMATIC : WSC_MODE_WINDOWS,
    .masking = !is_unmasked,
    .utf8_check = (settings & WSP_SESSION_SETTING_NO_UTF8_CHECK) == 0,
    .accept_unmasked = is_unmasked,
  };
}

static void
clamp_lengths (WscOptions *options)
{
  if (options->max_message_length >= WSC_UNLIMITED)
    options->max_message_length = MAX_LENGTH;
  if (options->max_frame_length == 0)
    options->max_frame_length = options->max_message_length;

  options->max_frame_length = MIN (options->max_frame_length, MAX_LENGTH);
  options->max_message_length = MIN (options->max_message_length, MAX_LENGTH);
}

static WspSessionOptions *
options_new (WspLimits *self,
             guint      settings)
{
  WspSessionOptions *made = g_new0 (WspSessionOptions, 1);

  fill_options (self, settings, made);
  if (made->options.mode == WSC_MODE_WINDOWS)
    made->options.keepalive_interval = 0;

  made->any_length = made->options;
  made->any_length.max_message_length = MAX_LENGTH;
  made->any_length.max_fragments = WSC_ANY_FRAGMENTS;
  clamp_lengths (&made->options);
  clamp_lengths (&made->any_length);
  made->limits = self;
  made->settings = settings;
  made->next = self->options;
  made->ref_count = 1;
  return made;
}

static void
release_options (WspSessionOptions *options)
{
  if (g_atomic_int_dec_and_test (&options->ref_count))
    g_free (options);
}

void
wsp_session_options_unref (WspSessionOptions *options)
{
  WspLimits *limits = options->limits;

  release_options (options);
  g_object_unref (limits);
}

/* Sessions keep their block of options until they notice that it is outdated. */
static void
drop_options (WspLimits *self)
{
  while (self->options != NULL)
    {
      WspSessionOptions *old = self->options;

      self->options = old->next;
      g_atomic_int_set (&old->is_outdated, TRUE);
      release_options (old);
    }
}

static void
wsp_limits_finalize (GObject *object)
{
  WspLimits *self = WSP_LIMITS (object);

  g_assert (self->first_follower == NULL && self->place == NULL);
  drop_options (self);
  g_mutex_clear (&self->lock);
  g_clear_object (&self->base);
  G_OBJECT_CLASS (wsp_limits_parent_class)->finalize (object);
}

static void
wsp_limits_get_property (GObject    *object,
                         guint       property,
                         GValue     *value,
                         GParamSpec *pspec)
{
  guint64 number = wsp_limits_read (WSP_LIMITS (object), limit_of (property));

  if (wsc_limit_rows[limit_of (property)].is_wide)
    g_value_set_uint64 (value, number);
  else
    g_value_set_uint (value, (guint) number);
}

static void
stop_following (WspLimits *self)
{
  if (self->base == NULL)
    return;

  g_mutex_lock (&self->base->lock);
  if (self->place != NULL)
    *self->place = self->next_follower;
  if (self->place != NULL && self->next_follower != NULL)
    self->next_follower->place = self->place;
  self->place = NULL;
  self->next_follower = NULL;
  g_mutex_unlock (&self->base->lock);
}

/* Call it with self locked. */
static void
change_value (WspLimits      *self,
              WscLimit        limit,
              guint64         value,
              WspLimitsChange change)
{
  limits_set_value (self, limit, value);
  drop_options (self);
  if (change == WSP_LIMITS_CHANGE_FOLLOWED && self->unnotified != 0)
    change = WSP_LIMITS_CHANGE_FOLLOWED_AGAIN;
  if (change != WSP_LIMITS_CHANGE_SET)
    self->unnotified |= (guint32) 1 << limit;
  if (self->changed != NULL)
    self->changed (self, self->owner, change);

  for (WspLimits *at = self->first_follower; at != NULL; at = at->next_follower)
    {
      g_mutex_lock (&at->lock);
      change_value (at, limit, value, WSP_LIMITS_CHANGE_FOLLOWED);
      g_mutex_unlock (&at->lock);
    }
}

static void
write_limit (WspLimits *self,
             WscLimit   limit,
             guint64    value)
{
  stop_following (self);        /* also if the value stays: the program has chosen it */
  if (wsp_limits_read (self, limit) == value)
    return;

  g_mutex_lock (&self->lock);
  change_value (self, limit, value, WSP_LIMITS_CHANGE_SET);
  g_mutex_unlock (&self->lock);
  g_object_notify_by_pspec (G_OBJECT (self), properties[limit]);
}

void
wsp_limits_write (WspLimits *self,
                  WscLimit   limit,
                  guint64    value)
{
  if (limit == WSC_LIMIT_KEEPALIVE_INTERVAL)
    wsp_log_if_like_seconds (wsc_limit_rows[limit].property, (guint) value);

  write_limit (self, limit, value);
}

void
wsp_limits_notify_followed (WspLimits *self)
{
  guint32 limits;

  g_mutex_lock (&self->lock);
  limits = self->unnotified;
  self->unnotified = 0;
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < WSC_N_LIMITS; i++)
    if ((limits & ((guint32) 1 << i)) != 0)
      g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
}

static void
wsp_limits_set_property (GObject      *object,
                         guint         property,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  WscLimit limit = limit_of (property);
  gboolean is_wide = wsc_limit_rows[limit].is_wide;

  write_limit (WSP_LIMITS (object), limit,
               is_wide ? g_value_get_uint64 (value) : g_value_get_uint (value));
}

static GParamSpec *
property_new (const WscLimitRow *row)
{
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  if (row->is_wide)
    return g_param_spec_uint64 (row->property, NULL, row->blurb, row->minimum, row->maximum,
                                row->value, flags);

  return g_param_spec_uint (row->property, NULL, row->blurb, (guint) row->minimum,
                            (guint) row->maximum, (guint) row->value, flags);
}

static void
install_property (GObjectClass *class,
                  WscLimit      limit)
{
  properties[limit] = property_new (&wsc_limit_rows[limit]);
  g_object_class_install_property (class, limit + 1, properties[limit]);
}

/* The documentation of the properties is in core/limit-rows.h. */
static void
wsp_limits_class_init (WspLimitsClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->finalize = wsp_limits_finalize;
  object_class->get_property = wsp_limits_get_property;
  object_class->set_property = wsp_limits_set_property;

#define PROPERTY_LIMIT(field, name, ...) install_property (object_class, WSC_LIMIT_ ## name);
#include "core/limit-rows.h"
}

static void
wsp_limits_init (WspLimits *self)
{
  g_mutex_init (&self->lock);
  self->values.buffered_input = &self->buffered_input;
#define PROPERTY_LIMIT(field, name, ...) self->values.field = WSC_DEFAULT_ ## name;
#include "core/limit-rows.h"
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
  options = self->options;
  while (options != NULL && options->settings != settings)
    options = options->next;
  if (options == NULL)
    self->options = options = options_new (self, settings);

  g_atomic_int_inc (&options->ref_count);
  g_mutex_unlock (&self->lock);
  g_object_ref (self);
  return options;
}

WspLimitValues *
wsp_limits_get_values (WspLimits *self)
{
  return &self->values;
}

/* Call it with self locked, if it is in use. */
static void
copy_values (WspLimits *self,
             WspLimits *to)
{
#define PROPERTY_LIMIT(field, ...) to->values.field = self->values.field;
#include "core/limit-rows.h"
}

WspLimits *
wsp_limits_new_follower (WspLimits           *self,
                         WspLimitsChangedFunc changed,
                         gpointer             owner)
{
  WspLimits *made = wsp_limits_new ();

  made->base = g_object_ref (self);
  made->values.buffered_input = self->values.buffered_input;
  made->changed = changed;
  made->owner = owner;
  g_mutex_lock (&self->lock);
  copy_values (self, made);
  made->next_follower = self->first_follower;
  if (made->next_follower != NULL)
    made->next_follower->place = &made->next_follower;
  made->place = &self->first_follower;
  self->first_follower = made;
  g_mutex_unlock (&self->lock);
  return made;
}

void
wsp_limits_set_owner (WspLimits           *self,
                      WspLimitsChangedFunc changed,
                      gpointer             owner)
{
  g_mutex_lock (&self->lock);
  self->changed = changed;
  self->owner = owner;
  g_mutex_unlock (&self->lock);
}

void
wsp_limits_end_owner (WspLimits *self,
                      gpointer   owner)
{
  if (self->owner != owner)
    return;

  stop_following (self);
  wsp_limits_set_owner (self, NULL, NULL);
}

/**
 * wsp_limits_new:
 *
 * Creates limits with the default values.
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
 * Copies limits: a program sets the copy on a session whose limits alone are to change. The copy
 * follows no other limits, and counts for [property@Wsp.Limits:max-buffered-input] by itself.
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
  copy_values (self, made);
  g_mutex_unlock (&self->lock);
  return made;
}
