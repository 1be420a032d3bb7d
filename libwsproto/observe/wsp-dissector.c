/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "observe/wsp-dissector.h"

#include <libwsproto/session/wsp-enum-types.h>
#include <string.h>

#include "core/handshake/deflate-offer.h"
#include "observe/wsp-dissector-stream-private.h"
#include "session/wsp-handshake-private.h"

#define N_DIRECTIONS 2

/**
 * WspDissector:
 *
 * Makes frame records from the bytes of a connection, in both directions.
 *
 * It finds the opening handshake in the bytes. It is tolerant: the record of a frame that
 * breaks a rule names the rule, and the dissector goes on with the next frame if it can
 * find where that begins. It checks with the functions of the engine, but not the limits
 * of an endpoint, and so also shows frames that an engine refuses.
 *
 * It keeps the payloads of the records until the next bytes are pushed, as long as there is
 * room and memory for them, and counts those that it drops.
 *
 * Since: 0.1
 */
struct _WspDissector
{
  GObject            parent_instance;

  WspRole            role;
  char              *extensions;
  WspDissectorStream streams[N_DIRECTIONS];
  WspKeptRecords     records;   /* not yet taken */
  WspHandshake      *handshake; /* created on demand */
  gboolean           has_answer;
};

enum
{
  PROP_0,
  PROP_ROLE,
  PROP_EXTENSIONS,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (WspDissector, wsp_dissector, G_TYPE_OBJECT)

/* The role of the receiver of a direction. */
static WscRole
get_receiver (WspDissector *self,
              WspDirection  direction)
{
  gboolean is_to_server = (self->role == WSP_ROLE_CLIENT) == (direction == WSP_DIRECTION_SENT);

  return is_to_server ? WSC_ROLE_SERVER : WSC_ROLE_CLIENT;
}

static WspDissectorStream *
get_stream_to (WspDissector *self,
               WscRole       receiver)
{
  WspDirection direction = get_receiver (self, WSP_DIRECTION_SENT) == receiver ? WSP_DIRECTION_SENT
                                                                               :
                           WSP_DIRECTION_RECEIVED;

  return &self->streams[direction];
}

static gboolean
has_head (const WspDissectorStream *stream)
{
  return stream->head != NULL && stream->state != WSP_STREAM_HEAD;
}

static WspHeaders *
get_headers (WscHttpHead *head)
{
  WspHeaders *headers = wsp_headers_new ();
  gsize n_fields;
  const WscHeader *fields = wsc_http_head_get_fields (head, &n_fields);

  for (gsize i = 0; i < n_fields; i++)
    {
      g_autofree char *name = g_strndup ((const char *) fields[i].name.at, fields[i].name.length);
      g_autofree char *value =
        g_strndup ((const char *) fields[i].value.at, fields[i].value.length);

      wsp_headers_append (headers, name, value, NULL);
    }
  return headers;
}

/* A request that is not valid for a WebSocket still has headers to show. */
static WspHandshake *
make_handshake (WspDissector *self,
                WscHttpHead  *head)
{
  g_autoptr (WspHeaders) headers = get_headers (head);
  WscBytes method = wsc_http_head_get_method (head);
  WscBytes target = wsc_http_head_get_target (head);
  g_autofree char *method_text = g_strndup ((const char *) method.at, method.length);
  g_autofree char *target_text = g_strndup ((const char *) target.at, target.length);
  WspHandshake *handshake = NULL;

  if (self->role == WSP_ROLE_SERVER)
    handshake = wsp_handshake_new_server (method_text, target_text, "1.1", headers, NULL);
  if (handshake == NULL)
    {
      handshake = g_object_new (WSP_TYPE_HANDSHAKE, NULL);
      wsp_handshake_set_request_headers (handshake, headers);
    }

  return handshake;
}

static void
add_answer (WspDissector *self,
            WscHttpHead  *head)
{
  g_autoptr (WspHeaders) headers = get_headers (head);

  wsp_handshake_record_subprotocol (self->handshake,
                                    wsp_headers_get_one (headers, "Sec-WebSocket-Protocol"));
  wsp_handshake_record_response (self->handshake, MIN (wsc_http_head_get_status (head), 599),
                                 headers);
}

static void
negotiate_extensions (WspDissector *self)
{
  WscBytes rest = { (const guint8 *) self->extensions, strlen (self->extensions) };
  WscDeflateParameters agreed;
  WscExtension extension;

  while (wsc_extensions_next (&rest, &extension) == WSC_LIST_ELEMENT)
    {
      if (!wsc_extension_is_deflate (&extension) ||
          wsc_deflate_answer_parse (&extension, &agreed) != WSC_FAULT_NONE)
        continue;

      for (guint i = 0; i < N_DIRECTIONS; i++)
        wsp_dissector_stream_set_negotiated (&self->streams[i], &agreed);
    }
}

static void
wsp_dissector_constructed (GObject *object)
{
  WspDissector *self = WSP_DISSECTOR (object);
  WspStreamState state = self->extensions != NULL ? WSP_STREAM_HEADER : WSP_STREAM_HEAD;

  G_OBJECT_CLASS (wsp_dissector_parent_class)->constructed (object);

  for (guint i = 0; i < N_DIRECTIONS; i++)
    {
      wsp_dissector_stream_init (&self->streams[i], i, get_receiver (self, i), state);
      self->streams[i].other = &self->streams[1 - i];
    }
  if (self->extensions != NULL)
    negotiate_extensions (self);
}

static void
wsp_dissector_finalize (GObject *object)
{
  WspDissector *self = WSP_DISSECTOR (object);

  for (guint i = 0; i < N_DIRECTIONS; i++)
    wsp_dissector_stream_clear (&self->streams[i]);
  wsc_byte_buffer_clear (&self->records.records);
  g_free (self->extensions);
  g_clear_object (&self->handshake);

  G_OBJECT_CLASS (wsp_dissector_parent_class)->finalize (object);
}

static void
wsp_dissector_get_property (GObject    *object,
                            guint       property,
                            GValue     *value,
                            GParamSpec *pspec)
{
  WspDissector *self = WSP_DISSECTOR (object);

  switch (property)
    {
    case PROP_ROLE:
      g_value_set_enum (value, self->role);
      break;
    case PROP_EXTENSIONS:
      g_value_set_string (value, self->extensions);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
wsp_dissector_set_property (GObject      *object,
                            guint         property,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  WspDissector *self = WSP_DISSECTOR (object);

  switch (property)
    {
    case PROP_ROLE:
      self->role = g_value_get_enum (value);
      break;
    case PROP_EXTENSIONS:
      self->extensions = g_value_dup_string (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
wsp_dissector_class_init (WspDissectorClass *class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->constructed = wsp_dissector_constructed;
  object_class->finalize = wsp_dissector_finalize;
  object_class->get_property = wsp_dissector_get_property;
  object_class->set_property = wsp_dissector_set_property;

  /**
   * WspDissector:role: (getter get_role)
   *
   * The side that is observed: %WSP_DIRECTION_SENT is sent by it.
   *
   * Since: 0.1
   */
  properties[PROP_ROLE] = g_param_spec_enum ("role", NULL, NULL, WSP_TYPE_ROLE, WSP_ROLE_CLIENT,
                                             flags);
  /**
   * WspDissector:extensions: (getter get_extensions)
   *
   * The negotiated extensions, as in a `Sec-WebSocket-Extensions` header. If it is set, even
   * to an empty string, the bytes begin after the opening handshake.
   *
   * Since: 0.1
   */
  properties[PROP_EXTENSIONS] = g_param_spec_string ("extensions", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
wsp_dissector_init (WspDissector *self)
{
}

/**
 * wsp_dissector_new: (constructor)
 * @role: the side that is observed
 *
 * Creates a new dissector for a connection that begins with its opening handshake.
 *
 * Returns: (transfer full): a new dissector
 *
 * Since: 0.1
 */
WspDissector *
wsp_dissector_new (WspRole role)
{
  return g_object_new (WSP_TYPE_DISSECTOR, "role", role, NULL);
}

/**
 * wsp_dissector_get_role: (get-property role)
 * @self: a dissector
 *
 * Gets the side that is observed.
 *
 * Returns: the side
 *
 * Since: 0.1
 */
WspRole
wsp_dissector_get_role (WspDissector *self)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), WSP_ROLE_CLIENT);

  return self->role;
}

/**
 * wsp_dissector_get_extensions: (get-property extensions)
 * @self: a dissector
 *
 * Gets the extensions that were negotiated elsewhere.
 *
 * Returns: (nullable): the extensions as they were set, %NULL if the dissector reads the opening
 *   handshake itself
 *
 * Since: 0.1
 */
const char *
wsp_dissector_get_extensions (WspDissector *self)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), NULL);

  return self->extensions;
}

/**
 * wsp_dissector_push:
 * @self: a dissector
 * @direction: the direction of the bytes
 * @bytes: bytes, in pieces of any size
 * @time_us: monotonic time in microseconds
 *
 * Dissects the next bytes of one direction, and queues records of the frames that they
 * complete.
 *
 * The cost of a push is bounded, whatever the bytes are: at most 32 MiB of its payloads are
 * kept, it inflates to at most 16 MiB plus 64 bytes for each of @bytes, and at most
 * 1,048,576 records are queued. [method@Wsp.Dissector.get_n_dropped] counts the frames of
 * which a part did not fit.
 *
 * Since: 0.1
 */
void
wsp_dissector_push (WspDissector *self,
                    WspDirection  direction,
                    GBytes       *bytes,
                    gint64        time_us)
{
  WscBytes view;

  g_return_if_fail (WSP_IS_DISSECTOR (self));
  g_return_if_fail (direction == WSP_DIRECTION_SENT || direction == WSP_DIRECTION_RECEIVED);
  g_return_if_fail (bytes != NULL);

  for (guint i = 0; i < N_DIRECTIONS; i++)
    wsp_dissector_stream_forget (&self->streams[i]);

  view.at = g_bytes_get_data (bytes, &view.length);
  wsp_dissector_stream_take (&self->streams[direction], view, time_us, &self->records);
}

/**
 * wsp_dissector_steal_records: (skip)
 * @self: a dissector
 *
 * Takes all queued records.
 *
 * Returns: (transfer full): an array of [struct@Wsp.FrameRecord]
 *
 * Since: 0.1
 */
GArray *
wsp_dissector_steal_records (WspDissector *self)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), NULL);

  guint n = wsp_kept_records_get_n (&self->records);
  GArray *records = g_array_sized_new (FALSE, FALSE, sizeof (WspFrameRecord), n);

  g_array_append_vals (records, wsp_kept_records_peek (&self->records), n);
  wsc_byte_buffer_clear (&self->records.records);
  return records;
}

/**
 * wsp_dissector_next_record:
 * @self: a dissector
 *
 * Takes the oldest queued record.
 *
 * Returns: (transfer full) (nullable): a record, %NULL if none is queued
 *
 * Since: 0.1
 */
WspFrameRecord *
wsp_dissector_next_record (WspDissector *self)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), NULL);

  if (wsp_kept_records_get_n (&self->records) == 0)
    return NULL;

  WspFrameRecord *record = wsp_frame_record_copy (wsp_kept_records_peek (&self->records));

  wsp_kept_records_forget (&self->records, 1);
  return record;
}

/**
 * wsp_dissector_get_handshake:
 * @self: a dissector
 *
 * Gets the opening handshake that was found in the bytes, with the response once that is
 * complete.
 *
 * Returns: (transfer none) (nullable): the handshake, %NULL while the request is incomplete
 *
 * Since: 0.1
 */
WspHandshake *
wsp_dissector_get_handshake (WspDissector *self)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), NULL);

  const WspDissectorStream *request = get_stream_to (self, WSC_ROLE_SERVER);
  const WspDissectorStream *answer = get_stream_to (self, WSC_ROLE_CLIENT);

  if (self->handshake == NULL && has_head (request))
    self->handshake = make_handshake (self, request->head);

  if (self->handshake != NULL && !self->has_answer && has_head (answer))
    {
      self->has_answer = TRUE;
      add_answer (self, answer->head);
    }

  return self->handshake;
}

/**
 * wsp_dissector_dup_payload:
 * @self: a dissector
 * @record: a record of this dissector
 *
 * Gets the payload of a frame, unmasked, and inflated if `permessage-deflate` was
 * negotiated. For a frame of a compressed message these are the bytes that it inflates to,
 * possibly none before the next frame. After a message that is invalid, or that inflates to
 * more than 64 MiB or more than its push may, later payloads may be as on the wire.
 *
 * Returns: (transfer full) (nullable): the payload; %NULL if bytes were pushed since, and
 *   for a dropped payload: one of more than 16 MiB, or one that
 *   [method@Wsp.Dissector.get_n_dropped] counts
 *
 * Since: 0.1
 */
GBytes *
wsp_dissector_dup_payload (WspDissector         *self,
                           const WspFrameRecord *record)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), NULL);
  g_return_val_if_fail (record != NULL, NULL);
  g_return_val_if_fail (record->direction < N_DIRECTIONS, NULL);

  WscBytes payload;

  if (!wsp_kept_payloads_find (&self->streams[record->direction].payloads, record->offset,
                               &payload))
    return NULL;

  guint8 *copy = g_try_malloc (payload.length);

  if (payload.length == 0)
    return g_bytes_new_take (copy, 0);

  if (copy == NULL)
    {
      self->records.n_dropped++;
      return NULL;
    }

  memcpy (copy, payload.at, payload.length);
  return g_bytes_new_take (copy, payload.length);
}

/**
 * wsp_dissector_get_n_dropped:
 * @self: a dissector
 *
 * Gets the number of dropped frames: frames whose record was not kept because 1,048,576
 * records are queued, and frames whose payload was not kept because it is too large, because
 * its push has more payload than is kept, or because there is no memory for it.
 *
 * Returns: the number of frames, in both directions
 *
 * Since: 0.1
 */
guint64
wsp_dissector_get_n_dropped (WspDissector *self)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), 0);

  return self->records.n_dropped;
}
