/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "observe/dissector/wsp-dissector.h"

#include <libwsproto/base/wsp-enum-types.h>
#include <libwsproto/http/wsp-headers.h>
#include <string.h>

#include "core/bytes/mask.h"
#include "core/handshake/token-list.h"
#include "handshake/wsp-handshake-private.h"
#include "observe/dissector/wsp-dissector-stream-private.h"

#define N_DIRECTIONS 2

/**
 * WspDissector:
 *
 * Makes frame records from the bytes of a connection, in both directions.
 *
 * A dissector finds the opening handshake in the bytes. The record of a frame that breaks rules
 * names all of these rules, and the dissector goes on with the next frame if it can find where that
 * frame begins. The functions of the engine check the frames, but not the limits of an endpoint, so
 * frames that an engine refuses are shown, too. Bytes that belong to no frame have records with
 * %WSP_FRAME_FLAGS_BYTES, so the heads, the records and the bytes that were skipped are all bytes
 * of a direction, in their order.
 *
 * A dissector keeps the payloads of the records until the next call of
 * [method@Wsp.Dissector.push], [method@Wsp.Dissector.skip] or [method@Wsp.Dissector.end], as long
 * as there is room and memory for them. [method@Wsp.Dissector.get_n_dropped] counts the payloads
 * that were truncated.
 *
 * Use a dissector from one thread at a time.
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
  WscByteBuffer      unmasked;  /* a payload that was asked for */
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
  return stream->heads.result == WSP_HEAD_COMPLETE;
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
  WspNegotiated negotiated = { 0 };
  WscExtension extension;

  while (wsc_extensions_next (&rest, &extension) == WSC_LIST_ELEMENT)
    {
      if (!wsc_extension_is_deflate (&extension))
        negotiated.has_unknown = TRUE;
      else if (negotiated.deflate.client_window_bits == 0)
        wsc_deflate_answer_parse (&extension, &negotiated.deflate);
    }
  wsp_dissector_stream_set_negotiated (&self->streams[0], &negotiated);
}

static void
wsp_dissector_constructed (GObject *object)
{
  WspDissector *self = WSP_DISSECTOR (object);
  WspStreamState state = self->extensions != NULL ? WSP_STREAM_HEADER : WSP_STREAM_HEAD;

  G_OBJECT_CLASS (wsp_dissector_parent_class)->constructed (object);

  for (guint i = 0; i < N_DIRECTIONS; i++)
    {
      wsp_dissector_stream_init (&self->streams[i], i, get_receiver (self, i), state,
                                 &self->records);
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
  wsc_byte_buffer_clear (&self->unmasked);
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
   * The side that is observed: %WSP_DIRECTION_SENT is sent by this side.
   *
   * Default: %WSP_ROLE_CLIENT.
   *
   * Since: 0.1
   */
  properties[PROP_ROLE] = g_param_spec_enum ("role", NULL, NULL, WSP_TYPE_ROLE, WSP_ROLE_CLIENT,
                                             flags);
  /**
   * WspDissector:extensions: (getter get_extensions)
   *
   * The negotiated extensions, as in a `Sec-WebSocket-Extensions` header. If this property is set,
   * even to an empty string, the bytes begin after the opening handshake.
   *
   * See RFC 6455, section 9.1.
   *
   * Default: %NULL: the bytes begin with the opening handshake.
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
 * Gets the extensions that were negotiated elsewhere. See RFC 6455, section 9.1.
 *
 * Returns: (transfer none) (nullable): the extensions as they were set, %NULL if the dissector
 *   reads the opening handshake itself; valid as long as @self
 *
 * Since: 0.1
 */
const char *
wsp_dissector_get_extensions (WspDissector *self)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), NULL);

  return self->extensions;
}

static gboolean
is_direction (WspDirection direction)
{
  return direction == WSP_DIRECTION_SENT || direction == WSP_DIRECTION_RECEIVED;
}

static void
forget (WspDissector *self)
{
  for (guint i = 0; i < N_DIRECTIONS; i++)
    wsp_dissector_stream_forget (&self->streams[i]);
  if (self->unmasked.capacity > 0)
    wsc_byte_buffer_clear (&self->unmasked);
}

/**
 * wsp_dissector_push:
 * @self: a dissector
 * @direction: the direction of the bytes
 * @bytes: (transfer none): bytes, in pieces of any size
 * @time_us: monotonic time in microseconds
 *
 * Dissects the next bytes of one direction, and queues records of the frames that they
 * complete.
 *
 * The cost of a push is linear in the length of @bytes, whatever they are: a push inflates to at
 * most 16 MiB plus 64 bytes for each byte of @bytes, of which at most 32 MiB are kept, and at most
 * 1,048,576 records are queued. The first 16 MiB of a payload are kept.
 * [method@Wsp.Dissector.get_n_dropped] counts the frames of which a part did not fit.
 *
 * Bytes that belong to no frame are in a record of their own, with %WSP_FRAME_FLAGS_BYTES, in each
 * push. The dissector holds @bytes until the next call: pushing no bytes frees them.
 *
 * Since: 0.1
 */
void
wsp_dissector_push (WspDissector *self,
                    WspDirection  direction,
                    GBytes       *bytes,
                    gint64        time_us)
{
  g_return_if_fail (WSP_IS_DISSECTOR (self));
  g_return_if_fail (is_direction (direction));
  g_return_if_fail (bytes != NULL);

  forget (self);
  wsp_dissector_stream_take (&self->streams[direction], bytes, time_us);
}

/**
 * wsp_dissector_skip:
 * @self: a dissector
 * @direction: the direction in which bytes are missing
 * @length: how many bytes are missing, %G_MAXUINT64 if that is unknown
 * @time_us: monotonic time in microseconds
 *
 * Goes on after bytes that are missing, for example because a capture lost them.
 *
 * If the bytes are missing inside a payload, and @length does not exceed the rest of that payload,
 * the next frame is found exactly: the current frame ends with %WSP_FRAME_FLAGS_GAP, and the rest
 * of its payload is in a record with %WSP_FRAME_FLAGS_REST.
 *
 * Otherwise the current frame ends, and the dissector searches for the next place where three
 * headers in a row break no rule. The bytes before that place are in records with
 * %WSP_FRAME_FLAGS_BYTES, and the first three frames after it have %WSP_FRAME_FLAGS_GUESSED. These
 * frames get their records when the place is found, or when no more bytes follow, with the times of
 * their bytes. Only headers within 1 MiB after a place decide about it: a larger frame is found by
 * its header alone, unless it has more than 4 GiB. The time of the search is linear.
 *
 * A message of which bytes are missing cannot be inflated. With context takeover no later message
 * of the same direction can be inflated. These frames have %WSP_FRAME_FLAGS_NOT_INFLATED.
 *
 * If bytes of the opening handshake are missing, it is not known what was negotiated: RSV1 breaks
 * no rule, and compressed messages have %WSP_FRAME_FLAGS_NOT_INFLATED. For a connection whose
 * beginning is missing, skip an unknown number of bytes in both directions first.
 *
 * Offsets of records count the missing bytes, if @length is known.
 *
 * Since: 0.1
 */
void
wsp_dissector_skip (WspDissector *self,
                    WspDirection  direction,
                    guint64       length,
                    gint64        time_us)
{
  g_return_if_fail (WSP_IS_DISSECTOR (self));
  g_return_if_fail (is_direction (direction));

  if (length == 0)
    return;

  forget (self);
  wsp_dissector_stream_skip (&self->streams[direction], length, time_us);
}

/**
 * wsp_dissector_end:
 * @self: a dissector
 * @direction: the direction that has ended
 * @time_us: monotonic time in microseconds
 *
 * Notes that no more bytes follow in one direction. A frame in progress becomes a record with
 * %WSP_FRAME_FLAGS_CUT. An incomplete head stays as it is.
 *
 * Bytes that are pushed later belong to no frame.
 *
 * Since: 0.1
 */
void
wsp_dissector_end (WspDissector *self,
                   WspDirection  direction,
                   gint64        time_us)
{
  g_return_if_fail (WSP_IS_DISSECTOR (self));
  g_return_if_fail (is_direction (direction));

  forget (self);
  wsp_dissector_stream_end (&self->streams[direction], time_us);
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

  if (n > 0)
    g_array_append_vals (records, wsp_kept_records_peek (&self->records), n);
  wsp_kept_records_clear (&self->records);
  return records;
}

/**
 * wsp_dissector_take_records: (skip)
 * @self: a dissector
 * @n_records: (out): number of records
 *
 * Takes all queued records without a copy, for C. The records belong to the dissector, and are
 * valid until the next call of [method@Wsp.Dissector.push], [method@Wsp.Dissector.skip] or
 * [method@Wsp.Dissector.end].
 *
 * Returns: (transfer none) (array length=n_records) (nullable): the records, oldest first;
 *   %NULL for none
 *
 * Since: 0.1
 */
const WspFrameRecord *
wsp_dissector_take_records (WspDissector *self,
                            guint        *n_records)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), NULL);
  g_return_val_if_fail (n_records != NULL, NULL);

  return wsp_kept_records_lend (&self->records, n_records);
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
 * Gets the opening handshake that was found in the bytes, with the response if that is complete.
 * See RFC 6455, section 4.
 *
 * Returns: (transfer none) (nullable): the handshake, %NULL while the request is incomplete; valid
 *   as long as @self
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
    self->handshake = make_handshake (self, request->heads.parsed);

  if (self->handshake != NULL && !self->has_answer && has_head (answer))
    {
      self->has_answer = TRUE;
      add_answer (self, answer->heads.parsed);
    }

  return self->handshake;
}

static GBytes *
copy_bytes (WscBytes bytes)
{
  return bytes.length > 0 ? g_bytes_new (bytes.at, bytes.length) : NULL;
}

/**
 * wsp_dissector_dup_request_head:
 * @self: a dissector
 *
 * Gets the head of the request as it was on the wire, also if it is malformed or incomplete. A
 * malformed head ends with its first empty line, or after 64 KiB.
 *
 * Returns: (transfer full) (nullable): the received bytes of the head, %NULL if there are none
 *
 * Since: 0.1
 */
GBytes *
wsp_dissector_dup_request_head (WspDissector *self)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), NULL);

  return copy_bytes (wsp_heads_get_text (&get_stream_to (self, WSC_ROLE_SERVER)->heads));
}

/**
 * wsp_dissector_dup_response_head:
 * @self: a dissector
 *
 * Gets the head of the response as it was on the wire, also if it is malformed or incomplete. A
 * malformed head ends with its first empty line, or after 64 KiB. Interim responses (1xx but 101)
 * are not included: see [method@Wsp.Dissector.dup_interim_head].
 *
 * Returns: (transfer full) (nullable): the received bytes of the head, %NULL if there are none
 *
 * Since: 0.1
 */
GBytes *
wsp_dissector_dup_response_head (WspDissector *self)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), NULL);

  return copy_bytes (wsp_heads_get_text (&get_stream_to (self, WSC_ROLE_CLIENT)->heads));
}

/**
 * wsp_dissector_get_n_interim_heads:
 * @self: a dissector
 *
 * Gets the number of interim responses (1xx but 101) whose heads are kept: the first 16, and at
 * most 64 KiB.
 *
 * Returns: the number of heads
 *
 * Since: 0.1
 */
guint
wsp_dissector_get_n_interim_heads (WspDissector *self)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), 0);

  GPtrArray *interim = get_stream_to (self, WSC_ROLE_CLIENT)->heads.interim;

  return interim != NULL ? interim->len : 0;
}

/**
 * wsp_dissector_dup_interim_head:
 * @self: a dissector
 * @index: an index below [method@Wsp.Dissector.get_n_interim_heads]
 *
 * Gets the head of an interim response as it was on the wire.
 *
 * Returns: (transfer full) (nullable): the bytes of the head, %NULL if there is none at @index
 *
 * Since: 0.1
 */
GBytes *
wsp_dissector_dup_interim_head (WspDissector *self,
                                guint         index)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), NULL);

  if (index >= wsp_dissector_get_n_interim_heads (self))
    return NULL;

  return g_bytes_ref (get_stream_to (self, WSC_ROLE_CLIENT)->heads.interim->pdata[index]);
}

/**
 * wsp_dissector_has_request:
 * @self: a dissector
 *
 * Gets whether the head of the request has ended. An ended head may be malformed:
 * see [method@Wsp.Dissector.get_head_fault].
 *
 * Returns: %TRUE if no more bytes of the head can follow
 *
 * Since: 0.1
 */
gboolean
wsp_dissector_has_request (WspDissector *self)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), FALSE);

  return get_stream_to (self, WSC_ROLE_SERVER)->heads.result != WSP_HEAD_INCOMPLETE;
}

/**
 * wsp_dissector_has_response:
 * @self: a dissector
 *
 * Gets whether the head of the response has ended. An ended head may be malformed:
 * see [method@Wsp.Dissector.get_head_fault].
 *
 * Returns: %TRUE if no more bytes of the head can follow
 *
 * Since: 0.1
 */
gboolean
wsp_dissector_has_response (WspDissector *self)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), FALSE);

  return get_stream_to (self, WSC_ROLE_CLIENT)->heads.result != WSP_HEAD_INCOMPLETE;
}

/**
 * wsp_dissector_get_head_fault:
 * @self: a dissector
 * @direction: a direction
 *
 * Gets why the head of a direction is malformed. [func@Wsp.handshake_check] checks what a
 * well-formed head says.
 *
 * Returns: the number of the rule, for [func@Wsp.fault_describe]; 0 if the head is not malformed so
 *   far
 *
 * Since: 0.1
 */
guint
wsp_dissector_get_head_fault (WspDissector *self,
                              WspDirection  direction)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), WSC_FAULT_NONE);
  g_return_val_if_fail (is_direction (direction), WSC_FAULT_NONE);

  return self->streams[direction].heads.fault;
}

/**
 * wsp_dissector_get_deflate:
 * @self: a dissector
 * @client_window_bits: (out) (optional): the base-two logarithm of the client's window, 8 to 15
 * @server_window_bits: (out) (optional): the base-two logarithm of the server's window, 8 to 15
 * @client_context_takeover: (out) (optional): whether the client keeps its window between messages
 * @server_context_takeover: (out) (optional): whether the server keeps its window between messages
 *
 * Gets the parameters of `permessage-deflate` that both sides negotiated.
 *
 * See RFC 7692, section 7.1.
 *
 * Returns: %FALSE if compression was not negotiated, or the handshake is not complete; the
 *   parameters are not changed then
 *
 * Since: 0.1
 */
gboolean
wsp_dissector_get_deflate (WspDissector *self,
                           guint        *client_window_bits,
                           guint        *server_window_bits,
                           gboolean     *client_context_takeover,
                           gboolean     *server_context_takeover)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), FALSE);

  const WscCompression *compression = self->streams[0].frames.compression;

  if (compression == NULL)
    return FALSE;

  if (client_window_bits != NULL)
    *client_window_bits = compression->agreed.client_window_bits;
  if (server_window_bits != NULL)
    *server_window_bits = compression->agreed.server_window_bits;
  if (client_context_takeover != NULL)
    *client_context_takeover = compression->agreed.client_takeover;
  if (server_context_takeover != NULL)
    *server_context_takeover = compression->agreed.server_takeover;
  return TRUE;
}

/* FALSE: the payload is not kept, or there is no memory to unmask it. */
static gboolean
find_unmasked (WspDissector         *self,
               const WspFrameRecord *record,
               WscBytes             *payload)
{
  if (!wsp_frames_find_wire (&self->streams[record->direction].frames, record, payload))
    return FALSE;

  if (!record->masked || record->masking_key == 0 || payload->length == 0)
    return TRUE;

  wsc_byte_buffer_shrink (&self->unmasked, 0);
  if (!wsc_byte_buffer_append (&self->unmasked, *payload))
    {
      self->records.n_dropped++;
      return FALSE;
    }

  *payload = wsc_byte_buffer_peek (&self->unmasked);
  wsc_mask (self->unmasked.at, payload->at, payload->length, GUINT32_TO_BE (record->masking_key));
  return TRUE;
}

static gboolean
find_payload (WspDissector         *self,
              const WspFrameRecord *record,
              WspPayloadView        view,
              WscBytes             *payload)
{
  const guint16 compressed = WSP_FRAME_FLAGS_COMPRESSED | WSP_FRAME_FLAGS_NOT_INFLATED;
  WspFrames *frames = &self->streams[record->direction].frames;

  if (view == WSP_PAYLOAD_VIEW_WIRE)
    return wsp_frames_find_wire (frames, record, payload);

  if (view == WSP_PAYLOAD_VIEW_INFLATED &&
      (record->flags & compressed) == WSP_FRAME_FLAGS_COMPRESSED)
    return wsp_kept_inflated_find (&frames->inflated, record->offset, payload);

  return find_unmasked (self, record, payload);
}

/**
 * wsp_dissector_dup_payload:
 * @self: a dissector
 * @record: (transfer none): a record of this dissector
 * @view: how to show the payload
 *
 * Gets the payload of a frame, or the bytes of a record that is not a frame. For a frame of a
 * compressed message, %WSP_PAYLOAD_VIEW_INFLATED gets the bytes to which the payload inflates,
 * possibly none before the next frame. After a message that is invalid, of which bytes are missing,
 * or that inflates to more than 64 MiB or more than the limit of a push, later payloads may have
 * %WSP_FRAME_FLAGS_NOT_INFLATED.
 *
 * If @record has %WSP_FRAME_FLAGS_TRUNCATED, the result is the beginning of the payload. If bytes
 * of the payload are missing, the result is the bytes before the missing bytes.
 *
 * Returns: (transfer full) (nullable): the payload; %NULL if bytes were pushed since, and if there
 *   is no memory
 *
 * Since: 0.1
 */
GBytes *
wsp_dissector_dup_payload (WspDissector         *self,
                           const WspFrameRecord *record,
                           WspPayloadView        view)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), NULL);
  g_return_val_if_fail (record != NULL, NULL);
  g_return_val_if_fail (record->direction < N_DIRECTIONS, NULL);

  WscBytes payload;

  if (!find_payload (self, record, view, &payload))
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
 * wsp_dissector_peek_payload: (skip)
 * @self: a dissector
 * @record: (transfer none): a record of this dissector
 * @view: how to show the payload
 * @length: (out): the length of the payload in bytes
 *
 * Gets the same bytes as [method@Wsp.Dissector.dup_payload] without a copy, for C. The bytes belong
 * to the dissector, and are valid until the next call of this function,
 * [method@Wsp.Dissector.push], [method@Wsp.Dissector.skip] or [method@Wsp.Dissector.end].
 *
 * Returns: (transfer none) (nullable): the payload; %NULL if there is no payload, or it is empty
 *
 * Since: 0.1
 */
const guint8 *
wsp_dissector_peek_payload (WspDissector         *self,
                            const WspFrameRecord *record,
                            WspPayloadView        view,
                            gsize                *length)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), NULL);
  g_return_val_if_fail (record != NULL && record->direction < N_DIRECTIONS, NULL);
  g_return_val_if_fail (length != NULL, NULL);

  WscBytes payload;

  *length = 0;
  if (!find_payload (self, record, view, &payload))
    return NULL;

  *length = payload.length;
  return payload.at;
}

/**
 * wsp_dissector_get_n_dropped:
 * @self: a dissector
 *
 * Gets the number of dropped frames: frames whose record was not kept because 1,048,576
 * records are queued, and frames whose payload was not kept as a whole because it is too large,
 * because its push inflates to more than is kept, or because there is no memory for it
 * (%WSP_FRAME_FLAGS_TRUNCATED).
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
