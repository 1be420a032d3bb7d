/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "observe/dissector/wsp-dissector.h"

#include <string.h>

#include "core/bytes/mask.h"
#include "core/handshake/token-list.h"
#include "observe/dissector/wsp-dissector-stream-private.h"
#include "observe/wsp-handshake-headers-private.h"

#define N_DIRECTIONS 2

struct _WspDissector
{
  GObject            parent_instance;

  WspRole            role;
  WspDissectorStream streams[N_DIRECTIONS];
  WspKeptRecords     records;   /* records that were not yet taken */
  WscByteBuffer      unmasked;  /* payload that was asked for, without its mask */
};

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

static WspHeaders *
dissector_dup_headers (const WspHeads *heads)
{
  return heads->result == WSP_HEAD_COMPLETE ? wsp_handshake_make_headers (heads->parsed) : NULL;
}

static void
negotiate_extensions (WspDissector *self,
                      const char   *extensions)
{
  WscBytes rest = { (const guint8 *) extensions, strlen (extensions) };
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
wsp_dissector_finalize (GObject *object)
{
  WspDissector *self = WSP_DISSECTOR (object);

  for (guint i = 0; i < N_DIRECTIONS; i++)
    wsp_dissector_stream_clear (&self->streams[i]);
  wsp_kept_records_clear (&self->records);
  wsc_byte_buffer_clear (&self->unmasked);

  G_OBJECT_CLASS (wsp_dissector_parent_class)->finalize (object);
}

static void
wsp_dissector_class_init (WspDissectorClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsp_dissector_finalize;
}

static void
wsp_dissector_init (WspDissector *self)
{
}

static WspDissector *
new_at (WspRole        role,
        WspStreamState state)
{
  WspDissector *self = g_object_new (WSP_TYPE_DISSECTOR, NULL);

  self->role = role;
  for (guint i = 0; i < N_DIRECTIONS; i++)
    {
      wsp_dissector_stream_init (&self->streams[i], i, get_receiver (self, i), state,
                                 &self->records);
      self->streams[i].other = &self->streams[1 - i];
    }
  return self;
}

WspDissector *
wsp_dissector_new (WspRole     role,
                   const char *extensions)
{
  WspDissector *self = new_at (role, extensions != NULL ? WSP_STREAM_HEADER : WSP_STREAM_HEAD);

  if (extensions != NULL)
    negotiate_extensions (self, extensions);
  return self;
}

WspDissector *
wsp_dissector_new_late (WspRole role)
{
  WspDissector *self = new_at (role, WSP_STREAM_HEADER);

  wsp_dissector_stream_set_unknown (&self->streams[0]);
  return self;
}

static gboolean
is_direction (WspDirection direction)
{
  return direction == WSP_DIRECTION_SENT || direction == WSP_DIRECTION_RECEIVED;
}

static void
dissector_forget (WspDissector *self)
{
  for (guint i = 0; i < N_DIRECTIONS; i++)
    wsp_dissector_stream_forget (&self->streams[i]);
  if (self->unmasked.capacity > 0)
    wsc_byte_buffer_clear (&self->unmasked);
}

void
wsp_dissector_push (WspDissector *self,
                    WspDirection  direction,
                    GBytes       *bytes,
                    gint64        time_us)
{
  g_return_if_fail (WSP_IS_DISSECTOR (self));
  g_return_if_fail (is_direction (direction));
  g_return_if_fail (bytes != NULL);

  dissector_forget (self);
  wsp_dissector_stream_take (&self->streams[direction], bytes, time_us);
}

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

  dissector_forget (self);
  wsp_dissector_stream_skip (&self->streams[direction], length, time_us);
}

void
wsp_dissector_expect_frame (WspDissector *self,
                            WspDirection  direction,
                            gint64        time_us)
{
  g_return_if_fail (WSP_IS_DISSECTOR (self));
  g_return_if_fail (is_direction (direction));

  dissector_forget (self);
  wsp_dissector_stream_expect_header (&self->streams[direction], time_us);
}

void
wsp_dissector_continue_at (WspDissector            *self,
                           WspDirection             direction,
                           const WspDissectorPlace *place,
                           gint64                   time_us)
{
  g_return_if_fail (WSP_IS_DISSECTOR (self));
  g_return_if_fail (is_direction (direction));
  g_return_if_fail (place != NULL);

  dissector_forget (self);
  wsp_dissector_stream_continue_at (&self->streams[direction], place, time_us);
}

void
wsp_dissector_end (WspDissector *self,
                   WspDirection  direction,
                   gint64        time_us)
{
  g_return_if_fail (WSP_IS_DISSECTOR (self));
  g_return_if_fail (is_direction (direction));

  dissector_forget (self);
  wsp_dissector_stream_end (&self->streams[direction], time_us);
}

const WspFrameRecord *
wsp_dissector_take_records (WspDissector *self,
                            guint        *n_records)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), NULL);
  g_return_val_if_fail (n_records != NULL, NULL);

  return wsp_kept_records_lend (&self->records, n_records);
}

static GBytes *
copy_bytes (WscBytes bytes)
{
  return bytes.length > 0 ? g_bytes_new (bytes.at, bytes.length) : NULL;
}

GBytes *
wsp_dissector_dup_request_head (WspDissector *self)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), NULL);

  return copy_bytes (wsp_heads_get_text (&get_stream_to (self, WSC_ROLE_SERVER)->heads));
}

GBytes *
wsp_dissector_dup_response_head (WspDissector *self)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), NULL);

  return copy_bytes (wsp_heads_get_text (&get_stream_to (self, WSC_ROLE_CLIENT)->heads));
}

guint
wsp_dissector_get_n_interim_heads (WspDissector *self)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), 0);

  GPtrArray *interim = get_stream_to (self, WSC_ROLE_CLIENT)->heads.interim;

  return interim != NULL ? interim->len : 0;
}

GBytes *
wsp_dissector_dup_interim_head (WspDissector *self,
                                guint         index)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), NULL);

  if (index >= wsp_dissector_get_n_interim_heads (self))
    return NULL;

  return g_bytes_ref (get_stream_to (self, WSC_ROLE_CLIENT)->heads.interim->pdata[index]);
}

gboolean
wsp_dissector_has_request (WspDissector *self)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), FALSE);

  return get_stream_to (self, WSC_ROLE_SERVER)->heads.result != WSP_HEAD_INCOMPLETE;
}

gboolean
wsp_dissector_has_response (WspDissector *self)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), FALSE);

  return get_stream_to (self, WSC_ROLE_CLIENT)->heads.result != WSP_HEAD_INCOMPLETE;
}

gboolean
wsp_dissector_has_read_head (WspDissector *self,
                             WspDirection  direction)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), FALSE);
  g_return_val_if_fail (is_direction (direction), FALSE);

  return self->streams[direction].heads.result == WSP_HEAD_COMPLETE;
}

WspHeaders *
wsp_dissector_dup_request_headers (WspDissector *self)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), NULL);

  return dissector_dup_headers (&get_stream_to (self, WSC_ROLE_SERVER)->heads);
}

WspHeaders *
wsp_dissector_dup_response_headers (WspDissector *self)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), NULL);

  return dissector_dup_headers (&get_stream_to (self, WSC_ROLE_CLIENT)->heads);
}

guint
wsp_dissector_get_head_fault (WspDissector *self,
                              WspDirection  direction)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), WSC_FAULT_NONE);
  g_return_val_if_fail (is_direction (direction), WSC_FAULT_NONE);

  return self->streams[direction].heads.fault;
}

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
dissector_find_payload (WspDissector         *self,
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

GBytes *
wsp_dissector_dup_payload (WspDissector         *self,
                           const WspFrameRecord *record,
                           WspPayloadView        view)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), NULL);
  g_return_val_if_fail (record != NULL, NULL);
  g_return_val_if_fail (record->direction < N_DIRECTIONS, NULL);

  WscBytes payload;

  if (!dissector_find_payload (self, record, view, &payload))
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
  if (!dissector_find_payload (self, record, view, &payload))
    return NULL;

  *length = payload.length;
  return payload.at;
}

guint64
wsp_dissector_get_n_dropped (WspDissector *self)
{
  g_return_val_if_fail (WSP_IS_DISSECTOR (self), 0);

  return self->records.n_dropped;
}
