/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/capture/wsi-dissection.h"

#include <inttypes.h>
#include <libwsproto/observe/dissector/wsp-dissector.h>
#include <libwsproto/observe/wsp-fault.h>
#include <libwsproto/observe/wsp-frame-record.h>
#include <libwsproto/wsproto.h>
#include <string.h>

#include "inspect/capture/wsi-handshake-report.h"
#include "inspect/store/memory/wsi-bytes.h"

#define OK 200
#define N_DIRECTIONS 2
#define MAX_LOOSE (64 * 1024)   /* bytes in one record */

/* Progress of one direction. */
typedef struct
{
  guint64  n_bytes;             /* bytes that were dissected so far */
  guint64  n_shown;             /* n_bytes when the incomplete head was shown */
  gboolean is_head_noted, is_ended;
  gboolean is_head_whole;       /* the head is complete, and was read */
  gboolean is_head_strict;      /* the head is whole, and without a fault */
  gboolean has_frame;
  gboolean is_hidden;           /* messages have hidden values */

  WspFrameRecord loose;         /* bytes that are in no frame, joined over pushes */
  WsiRecordFlags loose_flags;
  GByteArray    *loose_bytes;
} Way;

struct _WsiDissection
{
  WsiStore        *store;
  WsiConversation *conversation;
  WspDissector    *dissector;
  GBytes          *nothing;
  guint64          n_dropped;   /* frames that were reported as dropped */
  guint            n_interim;   /* interim responses that were noted */
  gboolean         misses_response;     /* bytes of the response were skipped */
  Way              ways[N_DIRECTIONS];
};

WsiDissection *
wsi_dissection_new (WsiStore        *store,
                    WsiConversation *conversation)
{
  WsiDissection *self = g_new0 (WsiDissection, 1);
  gboolean has_handshake =
    wsi_conversation_get_handshake_presence (conversation) != WSI_HANDSHAKE_MISSING;
  const char *extensions = wsi_conversation_get_extensions (conversation);
  WspRole role = wsi_conversation_get_role (conversation);

  self->store = g_object_ref (store);
  self->conversation = g_object_ref (conversation);
  wsi_store_add_conversation (store, conversation);
  self->dissector = has_handshake || extensions != NULL
                    ? wsp_dissector_new (role, has_handshake ? NULL : extensions)
                    : wsp_dissector_new_late (role);
  self->nothing = g_bytes_new_static ("", 0);
  for (guint i = 0; i < N_DIRECTIONS; i++)
    {
      self->ways[i].is_head_noted = !has_handshake;
      self->ways[i].loose_bytes = g_byte_array_new ();
    }
  return self;
}

void
wsi_dissection_free (WsiDissection *self)
{
  wsi_conversation_release (self->conversation);
  g_object_unref (self->conversation);
  g_object_unref (self->dissector);
  g_object_unref (self->store);
  g_bytes_unref (self->nothing);
  for (guint i = 0; i < N_DIRECTIONS; i++)
    g_byte_array_unref (self->ways[i].loose_bytes);
  g_free (self);
}

static gboolean
is_of_request (WsiDissection *self,
               WspDirection   direction)
{
  return (wsi_conversation_get_role (self->conversation) == WSP_ROLE_CLIENT) ==
         (direction == WSP_DIRECTION_SENT);
}

static void
dissection_add_event (WsiDissection     *self,
                      const WsiRecord   *event,
                      const WsiSentence *sentence)
{
  wsi_store_append_event (self->store, self->conversation, event, sentence);
}

static void
add_head_event (WsiDissection *self,
                WspDirection   direction,
                GBytes        *head,
                const char    *text,
                gint64         time_us)
{
  const WsiRecord event = {
    .time_us = time_us,
    .payload_length = g_bytes_get_size (head),
    .event = is_of_request (self, direction) ? WSI_EVENT_REQUEST : WSI_EVENT_RESPONSE,
    .direction = direction,
  };

  dissection_add_event (self, &event, WSI_SENTENCE (TEXT, text));
}

/* Sets the URI from the request, for a source that does not know it. */
static void
set_uri (WsiDissection *self,
         GBytes        *head)
{
  g_autoptr (WspHeaders) headers = wsp_dissector_dup_request_headers (self->dissector);
  const char *host = headers != NULL ? wsp_headers_get_one (headers, "Host") : NULL;
  g_autofree char *line = wsi_head_dup_first_line (head);
  char *target = strchr (line, ' '), *version = strrchr (line, ' ');
  g_autofree char *uri = NULL;

  if (target == version)
    return;

  *version = '\0';
  uri = wsi_head_make_uri (g_strstrip (target), host,
                           wsi_conversation_get_tls (self->conversation) != NULL);
  wsi_conversation_set_uri (self->conversation, uri);
}

/* Whether the response is one of HTTP/2: no other answers a request without a key so. */
static gboolean
dissection_is_http_2 (WsiDissection *self,
                      WspHeaders    *request,
                      guint          status)
{
  return wsi_conversation_get_handshake_presence (self->conversation) == WSI_HANDSHAKE_TOLD &&
         status == OK && request != NULL &&
         wsp_headers_get_one (request, "Sec-WebSocket-Key") == NULL;
}

/* head: of the response; NULL: there is none. */
static void
set_handshake (WsiDissection *self,
               GBytes        *head,
               gint64         time_us)
{
  g_autoptr (WspHeaders) request = wsp_dissector_dup_request_headers (self->dissector);
  g_autoptr (WspHeaders) response =
    request != NULL ? wsp_dissector_dup_response_headers (self->dissector) : NULL;
  guint status = head != NULL ? wsi_head_read_status (head) : 0;
  WsiDeflate deflate;
  gboolean is_negotiated =
    wsp_dissector_get_deflate (self->dissector, &deflate.client_window_bits,
                               &deflate.server_window_bits, &deflate.client_takeover,
                               &deflate.server_takeover);

  if (dissection_is_http_2 (self, request, status))
    wsi_conversation_set_http_2 (self->conversation);
  wsi_conversation_set_handshake (self->conversation, response, status,
                                  is_negotiated ? &deflate : NULL, time_us);
}

/* Shows a head as far as it was received. */
static GBytes *
dissection_show_head (WsiDissection *self,
                      WspDirection   direction)
{
  GBytes *head;

  if (is_of_request (self, direction))
    {
      head = wsp_dissector_dup_request_head (self->dissector);
      wsi_conversation_set_request (self->conversation, head);
    }
  else
    {
      head = wsp_dissector_dup_response_head (self->dissector);
      wsi_conversation_set_response (self->conversation, head);
    }

  self->ways[direction].n_shown = self->ways[direction].n_bytes;
  return head;
}

static void
show_incomplete_head (WsiDissection *self,
                      WspDirection   direction)
{
  g_autoptr (GBytes) head = dissection_show_head (self, direction);
}

/* The event of an interim response has all its lines: they are kept nowhere else. */
static void
note_interim_responses (WsiDissection *self,
                        WspDirection   direction,
                        gint64         time_us)
{
  guint n = is_of_request (self, direction) ? 0
            : wsp_dissector_get_n_interim_heads (self->dissector);

  for (; self->n_interim < n; self->n_interim++)
    {
      g_autoptr (GBytes) head = wsp_dissector_dup_interim_head (self->dissector, self->n_interim);

      g_autofree char *lines = wsi_head_dup_lines (head);

      add_head_event (self, direction, head, lines, time_us);
    }
}

/* Notes a fault of a head.  Bytes after a head that was not read may still belong to it. */
static void
note_head_fault (WsiDissection *self,
                 WspDirection   direction,
                 gint64         time_us)
{
  guint fault = wsp_dissector_get_head_fault (self->dissector, direction);
  const WsiRecord event = {
    .time_us = time_us,
    .event = WSI_EVENT_FAULT,
    .direction = direction,
    .fault = fault,
  };

  self->ways[direction].is_head_whole =
    wsp_dissector_has_read_head (self->dissector, direction);
  self->ways[direction].is_head_strict = self->ways[direction].is_head_whole && fault == 0;
  if (fault != 0)
    dissection_add_event (self, &event, WSI_SENTENCE (TEXT, wsp_fault_describe (fault)));
}

/* The head of a direction is complete. */
static void
note_head (WsiDissection *self,
           WspDirection   direction,
           gint64         time_us)
{
  g_autoptr (GBytes) head = dissection_show_head (self, direction);

  self->ways[direction].is_head_noted = TRUE;
  if (head != NULL)
    {
      g_autofree char *line = wsi_head_dup_first_line (head);

      add_head_event (self, direction, head, line, time_us);
    }
  note_head_fault (self, direction, time_us);
  if (!is_of_request (self, direction))
    set_handshake (self, self->ways[direction].is_head_whole ? head : NULL, time_us);
  else if (head != NULL)
    set_uri (self, head);
}

/* An incomplete head is shown each time it has doubled, so that many pieces cost linear time. */
static void
note_heads (WsiDissection *self,
            WspDirection   direction,
            gint64         time_us)
{
  Way *way = &self->ways[direction];
  gboolean is_complete = is_of_request (self, direction)
                         ? wsp_dissector_has_request (self->dissector)
                         : wsp_dissector_has_response (self->dissector);

  if (way->is_head_noted)
    return;

  note_interim_responses (self, direction, time_us);
  if (is_complete)
    note_head (self, direction, time_us);
  else if (way->n_bytes >= 2 * way->n_shown)
    show_incomplete_head (self, direction);
}

/* A Close is a frame, or a message whose frames are not known. */
static void
note_close (WsiDissection        *self,
            const WspFrameRecord *frame,
            GBytes               *payload)
{
  g_autoptr (GBytes) reason = wsp_frame_record_dup_close_reason (frame, payload);

  wsi_conversation_set_close (self->conversation, frame->direction, frame->close_code, reason);
}

static void
note_close_frame (WsiDissection        *self,
                  const WspFrameRecord *frame)
{
  g_autoptr (GBytes) payload = NULL;

  if (wsp_frame_record_get_kind (frame) != WSP_FRAME_KIND_CLOSE)
    return;

  payload = wsp_dissector_dup_payload (self->dissector, frame, WSP_PAYLOAD_VIEW_INFLATED);
  note_close (self, frame, payload);
}

/* NULL: it is not known; an empty one is known. */
static const guint8 *
dissection_peek (WsiDissection        *self,
                 const WspFrameRecord *frame,
                 WspPayloadView        view,
                 guint64               expected,
                 gsize                *length)
{
  const guint8 *bytes = wsp_dissector_peek_payload (self->dissector, frame, view, length);

  if (bytes != NULL)
    return bytes;

  *length = 0;
  return expected == 0 ? (const guint8 *) "" : NULL;
}

static gboolean
is_inflated (const WspFrameRecord *frame)
{
  return (frame->flags & (WSP_FRAME_FLAGS_COMPRESSED | WSP_FRAME_FLAGS_NOT_INFLATED)) ==
         WSP_FRAME_FLAGS_COMPRESSED;
}

/* The flags of bytes that are in no frame.  The rest of a damaged head has secrets, and no line
 * says which. */
static WsiRecordFlags
dissection_get_flags (const Way            *way,
                      const WspFrameRecord *frame)
{
  gboolean is_bytes = (frame->flags & WSP_FRAME_FLAGS_BYTES) != 0;

  return is_bytes && !way->is_head_strict && !way->has_frame ? WSI_RECORD_OF_HEAD : 0;
}

static void
dissection_keep_record (WsiDissection        *self,
                        const WspFrameRecord *frame)
{
  guint faults[WSI_MAX_FAULTS];
  Way *way = &self->ways[frame->direction];
  WsiFrame kept = { .frame = frame, .faults = faults, .flags = dissection_get_flags (way, frame),
                    .is_hidden = way->is_hidden };
  guint64 n_expected = frame->payload_length - frame->n_missing;
  g_autoptr (GBytes) copy = NULL;

  kept.n_faults = wsp_frame_record_get_n_faults (frame);
  kept.n_faults = MIN (kept.n_faults, WSI_MAX_FAULTS);
  for (guint i = 0; i < kept.n_faults; i++)
    faults[i] = wsp_frame_record_get_fault (frame, i);

  if (is_inflated (frame))
    {
      /* the payload is copied, because the second look frees it */
      copy = wsp_dissector_dup_payload (self->dissector, frame, WSP_PAYLOAD_VIEW_UNMASKED);
      kept.payload = copy != NULL ? wsi_bytes_get_data (copy, &kept.n_payload) : NULL;
      if (n_expected == 0)
        kept.payload = (const guint8 *) "";
      kept.inflated =
        dissection_peek (self, frame, WSP_PAYLOAD_VIEW_INFLATED, frame->inflated_length,
                         &kept.n_inflated);
    }
  else
    kept.payload =
      dissection_peek (self, frame, WSP_PAYLOAD_VIEW_UNMASKED, n_expected, &kept.n_payload);

  way->has_frame |= (frame->flags & WSP_FRAME_FLAGS_BYTES) == 0;
  wsi_store_append (self->store, self->conversation, &kept);
}

/* However they were cut into pushes, bytes in a row are one record. */
static void
keep_loose_bytes (WsiDissection *self,
                  WspDirection   direction)
{
  Way *way = &self->ways[direction];
  const guint fault = way->loose.fault;
  const WsiFrame kept = {
    .frame = &way->loose,
    .payload = way->loose_bytes->data,
    .n_payload = way->loose_bytes->len,
    .faults = &fault,
    .n_faults = fault != 0,
    .flags = way->loose_flags,
  };

  if (way->loose_bytes->len == 0)
    return;

  way->loose.payload_length = way->loose.inflated_length = way->loose_bytes->len;
  wsi_store_append (self->store, self->conversation, &kept);
  g_byte_array_set_size (way->loose_bytes, 0);
}

static gboolean
continues_loose_bytes (const Way            *way,
                       const WspFrameRecord *frame)
{
  return way->loose.flags == frame->flags &&
         way->loose.offset + way->loose_bytes->len == frame->offset &&
         way->loose_bytes->len + frame->payload_length <= MAX_LOOSE;
}

/* Whether the bytes were joined to earlier ones, or wait for more. */
static gboolean
join_loose_bytes (WsiDissection        *self,
                  const WspFrameRecord *frame)
{
  Way *way = &self->ways[frame->direction];
  gsize length;
  const guint8 *bytes;

  if (!continues_loose_bytes (way, frame))
    keep_loose_bytes (self, frame->direction);
  if (wsp_frame_record_get_kind (frame) != WSP_FRAME_KIND_BYTES ||
      (frame->flags & WSP_FRAME_FLAGS_REST) != 0)
    return FALSE;

  bytes = dissection_peek (self, frame, WSP_PAYLOAD_VIEW_UNMASKED, 1, &length);
  if (bytes == NULL || length != frame->payload_length)
    return FALSE;

  if (way->loose_bytes->len == 0)
    {
      way->loose = *frame;
      way->loose_flags = dissection_get_flags (way, frame);
    }
  way->loose.time_us = frame->time_us;
  g_byte_array_append (way->loose_bytes, bytes, length);
  return TRUE;
}

/* Keeps the records in the order of the bytes, each with its payload. */
static void
dissection_keep_records (WsiDissection *self)
{
  guint n_records;
  const WspFrameRecord *records = wsp_dissector_take_records (self->dissector, &n_records);
  guint64 n_dropped = wsp_dissector_get_n_dropped (self->dissector);

  for (guint i = 0; i < n_records; i++)
    {
      note_close_frame (self, &records[i]);
      if (!join_loose_bytes (self, &records[i]))
        dissection_keep_record (self, &records[i]);
    }

  wsi_store_count_dropped (self->store, n_dropped - self->n_dropped);
  self->n_dropped = n_dropped;
}

/* Many connections would each hold the bytes of their last push. */
void
wsi_dissection_release_bytes (WsiDissection *self,
                              gint64         time_us)
{
  wsp_dissector_push (self->dissector, WSP_DIRECTION_SENT, self->nothing, time_us);
}

void
wsi_dissection_push (WsiDissection *self,
                     WspDirection   direction,
                     GBytes        *bytes,
                     gint64         time_us)
{
  self->ways[direction].n_bytes += g_bytes_get_size (bytes);
  wsi_conversation_count_bytes (self->conversation, direction, g_bytes_get_size (bytes));
  wsp_dissector_push (self->dissector, direction, bytes, time_us);
  note_heads (self, direction, time_us);
  dissection_keep_records (self);
}

/* A head with a gap never ends: it is shown up to the gap. */
static void
dissection_end_head (WsiDissection *self,
                     WspDirection   direction)
{
  Way *way = &self->ways[direction];

  if (!way->is_head_noted)
    show_incomplete_head (self, direction);
  way->is_head_noted = TRUE;
}

static void
note_gap (WsiDissection *self,
          WspDirection   direction,
          guint64        length,
          gint64         time_us)
{
  const WsiRecord event = {
    .time_us = time_us,
    .payload_length = length == G_MAXUINT64 ? 0 : length,
    .event = WSI_EVENT_GAP,
    .direction = direction,
  };
  g_autofree char *n_bytes = g_strdup_printf ("%" PRIu64, length);

  dissection_add_event (self, &event, length == G_MAXUINT64 ? WSI_SENTENCE (GAP)
                           : length == 1 ? WSI_SENTENCE (BYTE_MISSING, n_bytes)
                                         : WSI_SENTENCE (BYTES_MISSING, n_bytes));
}

void
wsi_dissection_continue_at (WsiDissection *self,
                            WspDirection   direction,
                            GBytes        *at,
                            guint64        n_missing,
                            gint64         time_us)
{
  const guint8 *bytes = wsi_bytes_get_data (at, NULL);
  WspDissectorPlace place;

  memcpy (&place, bytes, sizeof place);
  place.window = bytes + sizeof place;
  dissection_end_head (self, direction);
  wsp_dissector_continue_at (self->dissector, direction, &place, time_us);
  dissection_keep_records (self);
  keep_loose_bytes (self, direction);
  if (n_missing > 0)
    note_gap (self, direction, n_missing, time_us);
}

void
wsi_dissection_skip (WsiDissection *self,
                     WspDirection   direction,
                     guint64        length,
                     gint64         time_us)
{
  wsp_dissector_skip (self->dissector, direction, length, time_us);
  note_heads (self, direction, time_us);
  self->misses_response |= !is_of_request (self, direction) && !self->ways[direction].is_head_noted;
  if (length > 0)
    dissection_end_head (self, direction);
  dissection_keep_records (self);
  keep_loose_bytes (self, direction);
  note_gap (self, direction, length, time_us);
}

void
wsi_dissection_expect_frame (WsiDissection *self,
                             WspDirection   direction,
                             gint64         time_us)
{
  wsp_dissector_expect_frame (self->dissector, direction, time_us);
  dissection_keep_records (self);
}

gboolean
wsi_dissection_has_request (const WsiDissection *self)
{
  return self->ways[wsi_conversation_get_role (self->conversation) == WSP_ROLE_CLIENT
                    ? WSP_DIRECTION_SENT : WSP_DIRECTION_RECEIVED].is_head_whole;
}

gboolean
wsi_dissection_misses_response (const WsiDissection *self)
{
  return self->misses_response;
}

void
wsi_dissection_end_direction (WsiDissection *self,
                              WspDirection   direction,
                              gint64         time_us)
{
  Way *way = &self->ways[direction];

  if (way->is_ended)
    return;

  way->is_ended = TRUE;
  wsp_dissector_end (self->dissector, direction, time_us);
  note_heads (self, direction, time_us);
  dissection_end_head (self, direction);
  dissection_keep_records (self);
  keep_loose_bytes (self, direction);
  wsi_dissection_release_bytes (self, time_us);
}

/* As the dissector reads it from a frame (RFC 6455 5.5.1). */
void
wsi_dissection_set_hidden (WsiDissection *self,
                           WspDirection   direction,
                           gboolean       is_hidden)
{
  self->ways[direction].is_hidden = is_hidden;
}

static guint16
read_close_code (GBytes *payload)
{
  gsize length;
  const guint8 *at = wsi_bytes_get_data (payload, &length);

  return length == 0 ? WSP_CLOSE_CODE_NO_STATUS : length == 1 ? 0 : at[0] << 8 | at[1];
}

void
wsi_dissection_add_message (WsiDissection *self,
                            WspDirection   direction,
                            guint          opcode,
                            GBytes        *payload,
                            gint64         time_us)
{
  WsiFrame kept = { .flags = WSI_RECORD_NO_FRAME, .is_hidden = self->ways[direction].is_hidden };
  WspFrameRecord frame = {
    .time_us = time_us,
    .payload_length = g_bytes_get_size (payload),
    .inflated_length = g_bytes_get_size (payload),
    .direction = direction,
    .fin = 1,
    .opcode = opcode & 15,
    .message_opcode = opcode & 15,
  };

  if (wsp_frame_record_get_kind (&frame) == WSP_FRAME_KIND_CLOSE)
    {
      frame.close_code = read_close_code (payload);
      note_close (self, &frame, payload);
    }
  kept.frame = &frame;
  kept.payload = wsi_bytes_get_data (payload, &kept.n_payload);
  if (kept.payload == NULL)
    kept.payload = (const guint8 *) "";
  wsi_store_append (self->store, self->conversation, &kept);
}

void
wsi_dissection_add_event (WsiDissection     *self,
                          WsiEvent           event,
                          const WsiSentence *sentence,
                          gint64             time_us)
{
  const WsiRecord record = { .time_us = time_us, .event = event, .direction = WSI_NO_DIRECTION };

  dissection_add_event (self, &record, sentence);
}
