/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/capture/wsi-dissection.h"

#include "inspect/capture/wsi-handshake-report.h"

#include <string.h>

#define MAX_HEAD (64 * 1024)
#define END_OF_HEAD "\r\n\r\n"

typedef struct
{
  GByteArray *bytes;
  gboolean    is_complete;
} Head;

struct _WsiDissection
{
  WsiStore        *store;
  WsiConversation *conversation;
  WspDissector    *dissector;
  guint64          n_dropped;   /* frames that were reported as dropped */
  Head             request, response;
  gboolean         is_lost[2];  /* bytes are missing in this direction */
};

WsiDissection *
wsi_dissection_new (WsiStore         *store,
                    const WsiOpening *opening,
                    gint64            time_us)
{
  WsiDissection *self = g_new0 (WsiDissection, 1);
  const char *extensions = opening->extensions != NULL ? opening->extensions : "";

  self->store = g_object_ref (store);
  self->conversation = wsi_store_open_conversation (store, opening, time_us);
  self->dissector = g_object_new (WSP_TYPE_DISSECTOR, "role", opening->role, "extensions",
                                  opening->handshake == WSI_HANDSHAKE_MISSING ? extensions : NULL,
                                  NULL);
  self->request.bytes = g_byte_array_new ();
  self->response.bytes = g_byte_array_new ();
  self->request.is_complete = opening->handshake == WSI_HANDSHAKE_MISSING;
  self->response.is_complete = opening->handshake == WSI_HANDSHAKE_MISSING;
  return self;
}

void
wsi_dissection_free (WsiDissection *self)
{
  wsi_conversation_release (self->conversation);
  g_object_unref (self->conversation);
  g_object_unref (self->dissector);
  g_object_unref (self->store);
  g_byte_array_unref (self->request.bytes);
  g_byte_array_unref (self->response.bytes);
  g_free (self);
}

WsiConversation *
wsi_dissection_get_conversation (WsiDissection *self)
{
  return self->conversation;
}

static gboolean
is_of_request (WsiDissection *self,
               WspDirection   direction)
{
  return (wsi_conversation_get_role (self->conversation) == WSP_ROLE_CLIENT) ==
         (direction == WSP_DIRECTION_SENT);
}

/* Keeps what belongs to the head, however it is cut; returns how much of the bytes that is. */
static gsize
take_head (Head   *head,
           GBytes *bytes)
{
  gsize n_known = head->bytes->len, length;
  const guint8 *at = g_bytes_get_data (bytes, &length);
  gsize from = n_known < strlen (END_OF_HEAD) ? 0 : n_known - strlen (END_OF_HEAD);
  const guint8 *end;

  g_byte_array_append (head->bytes, at, MIN (length, MAX_HEAD - n_known));
  end = memmem (head->bytes->data + from, head->bytes->len - from, END_OF_HEAD,
                strlen (END_OF_HEAD));
  if (end == NULL)
    return length;

  g_byte_array_set_size (head->bytes, end + strlen (END_OF_HEAD) - head->bytes->data);
  head->is_complete = TRUE;
  return head->bytes->len - n_known;
}

static void
publish_head (WsiDissection *self,
              Head          *head)
{
  g_autoptr (GBytes) bytes = g_bytes_new (head->bytes->data, head->bytes->len);

  if (head == &self->request)
    wsi_conversation_set_request (self->conversation, bytes);
  else
    wsi_conversation_set_response (self->conversation, head->bytes->len > 0 ? bytes : NULL);
}

static gboolean
has_status (WsiDissection *self)
{
  WspHandshake *handshake = wsp_dissector_get_handshake (self->dissector);

  return handshake != NULL && wsp_handshake_get_response_status (handshake) != 0;
}

/* Then the dissector knows nothing of the response. */
static gboolean
has_unreadable_head (WsiDissection *self)
{
  g_autoptr (WsiHandshakeReport) report = wsi_conversation_make_report (self->conversation);

  for (guint i = 0; report != NULL && i < report->checks->len; i++)
    {
      const WspHandshakeCheck *check = report->checks->pdata[i];

      if (g_str_has_suffix (wsp_handshake_check_get_id (check), "-head") &&
          wsp_handshake_check_get_verdict (check) == WSP_HANDSHAKE_VERDICT_FAILED)
        return TRUE;
    }

  return FALSE;
}

static void
add_event (WsiDissection *self,
           WsiEvent       event,
           guint          direction,
           guint64        length,
           const char    *text,
           gint64         time_us)
{
  const WsiRecord record = {
    .time_us = time_us,
    .payload_length = length,
    .event = event,
    .direction = direction,
  };

  wsi_store_append_event (self->store, self->conversation, &record, text);
}

static char *
dup_first_line (const Head *head)
{
  const guint8 *end = memchr (head->bytes->data, '\r', head->bytes->len);
  gsize length = end != NULL ? end - head->bytes->data : head->bytes->len;

  return g_utf8_make_valid ((const char *) head->bytes->data, length);
}

/* From the request, for a source that does not know it: then TLS is not known either. */
static void
set_uri (WsiDissection *self)
{
  WspHandshake *handshake = wsp_dissector_get_handshake (self->dissector);
  WspHeaders *headers = handshake != NULL ? wsp_handshake_get_request_headers (handshake) : NULL;
  const char *host = headers != NULL ? wsp_headers_get_one (headers, "Host") : NULL;
  g_autofree char *line = dup_first_line (&self->request);
  g_auto (GStrv) words = g_strsplit (line, " ", 3);
  g_autofree char *uri = NULL;

  if (host == NULL || g_strv_length (words) < 3)
    return;

  uri = g_strconcat ("ws://", host, words[1], NULL);
  wsi_conversation_set_uri (self->conversation, uri);
}

static void
note_request (WsiDissection *self,
              WspDirection   direction,
              gint64         time_us)
{
  g_autofree char *line = dup_first_line (&self->request);

  set_uri (self);
  add_event (self, WSI_EVENT_REQUEST, direction, self->request.bytes->len, line, time_us);
}

/* An interim response is none: the dissector waits for the next one, and so do we. */
static void
note_response (WsiDissection *self,
               WspDirection   direction,
               gint64         time_us)
{
  g_autofree char *line = dup_first_line (&self->response);

  if (!has_status (self) && !has_unreadable_head (self))
    {
      self->response.is_complete = FALSE;
      g_byte_array_set_size (self->response.bytes, 0);
      publish_head (self, &self->response);
      return;
    }

  add_event (self, WSI_EVENT_RESPONSE, direction, self->response.bytes->len, line, time_us);
  wsi_conversation_set_handshake (self->conversation,
                                  wsp_dissector_get_handshake (self->dissector), time_us);
}

/* The dissector gets heads by themselves, so that it can be asked what each of them was.  Returns
 * the bytes after them. */
static GBytes *
push_heads (WsiDissection *self,
            WspDirection   direction,
            GBytes        *bytes,
            gint64         time_us)
{
  Head *head = is_of_request (self, direction) ? &self->request : &self->response;
  GBytes *rest = g_bytes_ref (bytes);

  while (!head->is_complete && g_bytes_get_size (rest) > 0)
    {
      gsize length = take_head (head, rest);
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (rest, 0, length);
      GBytes *behind = g_bytes_new_from_bytes (rest, length, g_bytes_get_size (rest) - length);

      publish_head (self, head);
      wsp_dissector_push (self->dissector, direction, part, time_us);
      if (head->is_complete && head == &self->response)
        note_response (self, direction, time_us);
      else if (head->is_complete)
        note_request (self, direction, time_us);
      g_bytes_unref (rest);
      rest = behind;
    }

  return rest;
}

static void
note_close (WsiDissection        *self,
            const WspFrameRecord *frame,
            GBytes               *payload)
{
  g_autoptr (GBytes) reason = wsp_frame_record_dup_close_reason (frame, payload);

  if (wsp_frame_record_get_kind (frame) == WSP_FRAME_KIND_CLOSE)
    wsi_conversation_set_close (self->conversation, frame->direction, frame->close_code, reason);
}

static void
keep_record (WsiDissection        *self,
             const WspFrameRecord *frame)
{
  g_autoptr (GBytes) payload =
    wsp_dissector_dup_payload (self->dissector, frame, WSP_PAYLOAD_VIEW_INFLATED);
  gboolean is_inflated = frame->inflated_length != frame->payload_length;
  WsiFrame kept = { .frame = frame };
  gsize length = 0;
  const guint8 *bytes = payload != NULL ? g_bytes_get_data (payload, &length) : NULL;

  if (payload != NULL && bytes == NULL)
    bytes = (const guint8 *) "";
  if (is_inflated)
    {
      kept.flags |= WSI_RECORD_COMPRESSED;
      kept.inflated = bytes;
      kept.n_inflated = length;
    }
  else
    {
      kept.payload = bytes;
      kept.n_payload = length;
    }

  /* Bytes that are in no frame have no row. */
  if (wsp_frame_record_get_kind (frame) == WSP_FRAME_KIND_BYTES)
    return;

  note_close (self, frame, payload);
  wsi_store_append (self->store, self->conversation, &kept);
}

/* Keeps the records in the order of the bytes, each with its payload. */
static void
keep_records (WsiDissection *self)
{
  g_autoptr (GArray) records = wsp_dissector_steal_records (self->dissector);
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  guint64 n_dropped = wsp_dissector_get_n_dropped (self->dissector);

  for (guint i = 0; i < records->len; i++)
    keep_record (self, &g_array_index (records, WspFrameRecord, i));

  wsi_store_count_dropped (self->store, n_dropped - self->n_dropped);
  self->n_dropped = n_dropped;

  /* Frees the second copy of the last payload, which each of many connections would hold. */
  wsp_dissector_push (self->dissector, WSP_DIRECTION_SENT, nothing, 0);
}

void
wsi_dissection_push (WsiDissection *self,
                     WspDirection   direction,
                     GBytes        *bytes,
                     gint64         time_us)
{
  g_autoptr (GBytes) rest = NULL;

  wsi_conversation_count_bytes (self->conversation, direction, g_bytes_get_size (bytes));
  if (self->is_lost[direction])
    return;

  rest = push_heads (self, direction, bytes, time_us);
  if (g_bytes_get_size (rest) > 0)
    wsp_dissector_push (self->dissector, direction, rest, time_us);
  keep_records (self);
}

/* length: G_MAXUINT64 = not known. */
void
wsi_dissection_skip (WsiDissection *self,
                     WspDirection   direction,
                     guint64        length,
                     gint64         time_us)
{
  g_autofree char *text = length == G_MAXUINT64
                          ? g_strdup ("Bytes are missing")
                          : g_strdup_printf ("%" G_GUINT64_FORMAT " bytes are missing", length);

  self->is_lost[direction] = TRUE;
  add_event (self, WSI_EVENT_GAP, direction, length == G_MAXUINT64 ? 0 : length, text, time_us);
}

/* The end of the stream. */
void
wsi_dissection_end_direction (WsiDissection *self,
                              WspDirection   direction,
                              gint64         time_us)
{
  keep_records (self);
}

/* A message of which only the payload is known. */
void
wsi_dissection_add_message (WsiDissection *self,
                            WspDirection   direction,
                            guint          opcode,
                            GBytes        *payload,
                            gint64         time_us)
{
  WsiFrame kept = { .flags = WSI_RECORD_NO_FRAME };
  const WspFrameRecord frame = {
    .time_us = time_us,
    .payload_length = g_bytes_get_size (payload),
    .inflated_length = g_bytes_get_size (payload),
    .direction = direction,
    .fin = 1,
    .opcode = opcode & 15,
  };

  kept.frame = &frame;
  kept.payload = g_bytes_get_data (payload, &kept.n_payload);
  if (kept.payload == NULL)
    kept.payload = (const guint8 *) "";
  wsi_store_append (self->store, self->conversation, &kept);
}

void
wsi_dissection_add_event (WsiDissection *self,
                          WsiEvent       event,
                          const char    *text,
                          gint64         time_us)
{
  add_event (self, event, WSI_NO_DIRECTION, 0, text, time_us);
}
