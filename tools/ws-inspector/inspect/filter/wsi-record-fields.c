/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The fields of a record: their values, and a row for each.  docs/filter.md has the same rows. */

#include "inspect/filter/wsi-filter-fields-private.h"

#include <glib/gi18n.h>
#include <libwsproto/observe/wsp-fault.h>
#include <string.h>

#include "inspect/decode/wsi-summary.h"
#include "inspect/store/memory/wsi-bytes.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-record.h"
#include "inspect/store/wsi-tags.h"

#define THOUSAND 1000

static gboolean
is_event (WsiSubject *subject)
{
  return subject->record->kind == WSI_RECORD_KIND_EVENT;
}

/* Bytes that are in no frame have no header. */
static gboolean
record_fields_is_frame (WsiSubject *subject)
{
  return wsi_record_is_frame (subject->record);
}

/* Whether the frame is known: a source of messages knows no frames, so nothing of the wire, and no
 * bit. */
static gboolean
record_fields_is_known (WsiSubject *subject)
{
  return (subject->record->flags & WSI_RECORD_NO_FRAME) == 0;
}

static gboolean
record_fields_has_header (WsiSubject *subject)
{
  return record_fields_is_frame (subject) && record_fields_is_known (subject);
}

static gboolean
record_fields_get_bit (WsiSubject *subject,
                       guint8      byte,
                       guint8      bit,
                       gint64     *number)
{
  *number = (byte & bit) != 0;
  return record_fields_has_header (subject);
}

static gboolean
get_flag (WsiSubject    *subject,
          WsiRecordFlags flag,
          gint64        *number)
{
  *number = (subject->record->flags & flag) != 0;
  return !is_event (subject);
}

static gboolean
record_fields_get_number (WsiSubject *subject,
                          gint64     *number)
{
  *number = subject->number + 1;
  return TRUE;
}

static gboolean
record_fields_get_direction (WsiSubject *subject,
                             gint64     *number)
{
  *number = subject->record->direction;
  return subject->record->direction != WSI_NO_DIRECTION;
}

static gboolean
record_fields_get_kind (WsiSubject *subject,
                        gint64     *number)
{
  *number = subject->record->kind;
  return TRUE;
}

static gboolean
record_fields_get_event (WsiSubject *subject,
                         gint64     *number)
{
  *number = subject->record->event;
  return is_event (subject);
}

static gboolean
record_fields_get_opcode (WsiSubject *subject,
                          gint64     *number)
{
  *number = wsi_record_get_opcode (subject->record);
  return record_fields_is_frame (subject);
}

static gboolean
get_control (WsiSubject *subject,
             gint64     *number)
{
  *number = wsi_record_is_control (subject->record);
  return record_fields_is_frame (subject);
}

static gboolean
record_fields_get_fin (WsiSubject *subject,
                       gint64     *number)
{
  return record_fields_get_bit (subject, subject->record->byte0, WSI_FIN, number);
}

static gboolean
record_fields_get_rsv1 (WsiSubject *subject,
                        gint64     *number)
{
  return record_fields_get_bit (subject, subject->record->byte0, WSI_RSV1, number);
}

static gboolean
record_fields_get_rsv2 (WsiSubject *subject,
                        gint64     *number)
{
  return record_fields_get_bit (subject, subject->record->byte0, WSI_RSV2, number);
}

static gboolean
record_fields_get_rsv3 (WsiSubject *subject,
                        gint64     *number)
{
  return record_fields_get_bit (subject, subject->record->byte0, WSI_RSV3, number);
}

static gboolean
record_fields_get_masked (WsiSubject *subject,
                          gint64     *number)
{
  return record_fields_get_bit (subject, subject->record->byte1, WSI_MASKED, number);
}

static void
record_fields_get_mask (WsiSubject        *subject,
                        const WsiPathStep *path,
                        guint              n_steps,
                        WsiValues         *values)
{
  guint32 key = GUINT32_TO_BE (subject->record->masking_key);

  if (record_fields_has_header (subject) && wsi_record_is_masked (subject->record))
    wsi_values_add_bytes (values, (const guint8 *) &key, sizeof key);
}

/* No frame is longer than 2^63 - 1: a larger value is cut to that. */
static gint64
cut_number (guint64 value)
{
  return MIN (value, G_MAXINT64);
}

static gboolean
record_fields_get_length (WsiSubject *subject,
                          gint64     *number)
{
  *number = cut_number (wsi_record_get_length (subject->record));
  return !is_event (subject) && !subject->record->is_stopped;
}

static gboolean
record_fields_get_length_bound (WsiSubject *subject,
                                gint64     *number)
{
  *number = cut_number (wsi_record_get_length (subject->record));
  return subject->record->is_stopped;
}

static gboolean
record_fields_get_payload_length (WsiSubject *subject,
                                  gint64     *number)
{
  *number = cut_number (subject->record->payload_length);
  return !is_event (subject) && record_fields_is_known (subject);
}

static gboolean
record_fields_get_offset (WsiSubject *subject,
                          gint64     *number)
{
  *number = cut_number (subject->record->offset);
  return !is_event (subject);
}

static gboolean
record_fields_get_wire_length (WsiSubject *subject,
                               gint64     *number)
{
  *number = cut_number (wsi_record_get_wire_length (subject->record));
  return !is_event (subject) && record_fields_is_known (subject);
}

static gboolean
record_fields_get_compressed (WsiSubject *subject,
                              gint64     *number)
{
  return get_flag (subject, WSI_RECORD_COMPRESSED, number);
}

static gboolean
get_fragment (WsiSubject *subject,
              gint64     *number)
{
  return get_flag (subject, WSI_RECORD_FRAGMENT, number);
}

static gboolean
get_cut (WsiSubject *subject,
         gint64     *number)
{
  return get_flag (subject, WSI_RECORD_CUT, number);
}

static gboolean
get_guessed (WsiSubject *subject,
             gint64     *number)
{
  return get_flag (subject, WSI_RECORD_GUESSED, number);
}

static gboolean
get_truncated (WsiSubject *subject,
               gint64     *number)
{
  return get_flag (subject, WSI_RECORD_TRUNCATED, number);
}

static gboolean
record_fields_get_message (WsiSubject     *subject,
                           WsiMessageInfo *info)
{
  return wsi_store_get_message (subject->store, subject->record->message, info);
}

/* Whether the message is unfinished; one that goes on is not. */
static gboolean
is_unfinished (WsiSubject *subject)
{
  WsiConversation *conversation = wsi_subject_get_conversation (subject);
  WsiMessageInfo info;

  return conversation != NULL && wsi_conversation_get_ending (conversation) != WSI_ENDING_NONE &&
         record_fields_get_message (subject, &info) && !info.is_complete;
}

static void
record_fields_get_flags (WsiSubject        *subject,
                         const WsiPathStep *path,
                         guint              n_steps,
                         WsiValues         *values)
{
  WspFrameRecord frame;
  guint position = 0;
  const char *word;
  gsize length;

  if (is_event (subject))
    return;

  wsi_record_to_frame (subject->record, &frame);
  while ((word = wsi_summary_name_flag (frame.flags, &position)) != NULL)
    wsi_values_add_text (values, word);
  if (subject->record->is_hidden)
    wsi_values_add_text (values, WSI_SUMMARY_HIDDEN);
  if (is_unfinished (subject))
    wsi_values_add_text (values, WSI_SUMMARY_UNFINISHED);
  if (wsi_subject_get_payload (subject, &length) == NULL)
    wsi_values_add_text (values, WSI_SUMMARY_NOT_KEPT);
}

static gboolean
record_fields_get_time (WsiSubject *subject,
                        gint64     *number)
{
  return wsi_subject_get_time (subject, number);
}

static gboolean
get_moment (WsiSubject *subject,
            gint64     *number)
{
  *number = subject->record->time_us;
  return wsi_subject_get_conversation (subject) != NULL && *number > 0;
}

/* The time from another record to this one.  FALSE: that record is gone, or of an unknown clock. */
static gboolean
get_time_since (WsiSubject *subject,
                guint64     other,
                gint64     *number)
{
  WsiSubject from = { .store = subject->store };
  gint64 from_us, to_us;
  gboolean is_known = wsi_subject_move (&from, other) && wsi_subject_get_time (&from, &from_us) &&
                      wsi_subject_get_time (subject, &to_us);

  if (is_known)
    *number = to_us - from_us;
  g_clear_object (&from.conversation);
  return is_known;
}

/* The time since the row before; no row has the number before 0. */
static gboolean
get_delta (WsiSubject *subject,
           gint64     *number)
{
  return get_time_since (subject, subject->number - 1, number);
}

static gboolean
record_fields_get_round_trip (WsiSubject *subject,
                              gint64     *number)
{
  *number = subject->record->round_trip_us;
  return (subject->record->flags & WSI_RECORD_ROUND_TRIP) != 0;
}

/* The time between a request and its reply, for both. */
static gboolean
get_reply (WsiSubject *subject,
           gint64     *number)
{
  guint64 other;

  if (wsi_store_get_request (subject->store, subject->number, &other))
    return get_time_since (subject, other, number);
  if (!wsi_store_get_reply (subject->store, subject->number, &other) ||
      !get_time_since (subject, other, number))
    return FALSE;

  *number = -*number;
  return TRUE;
}

static gboolean
get_reply_after (WsiSubject *subject,
                 gint64     *number)
{
  guint64 request;

  return wsi_store_get_request (subject->store, subject->number, &request) &&
         get_time_since (subject, request, number);
}

static gboolean
get_message_length (WsiSubject *subject,
                    gint64     *number)
{
  WsiMessageInfo info;

  if (!record_fields_get_message (subject, &info))
    return FALSE;

  *number = cut_number (info.length);
  return !info.is_stopped;
}

static gboolean
get_message_bound (WsiSubject *subject,
                   gint64     *number)
{
  WsiMessageInfo info;

  if (!record_fields_get_message (subject, &info))
    return FALSE;

  *number = cut_number (info.length);
  return info.is_stopped;
}

static gboolean
get_message_wire (WsiSubject *subject,
                  gint64     *number)
{
  WsiMessageInfo info;

  if (!record_fields_has_header (subject) || !record_fields_get_message (subject, &info))
    return FALSE;

  *number = cut_number (info.wire_length);
  return TRUE;
}

static gboolean
get_message_frames (WsiSubject *subject,
                    gint64     *number)
{
  WsiMessageInfo info;

  if (!record_fields_has_header (subject) || !record_fields_get_message (subject, &info))
    return FALSE;

  *number = cut_number (info.n_frames);
  return TRUE;
}

static gboolean
get_ratio (WsiSubject *subject,
           gint64     *number)
{
  WsiMessageInfo info;

  if (!record_fields_get_message (subject, &info) || !info.is_compressed)
    return FALSE;

  *number = cut_number (info.length > G_MAXUINT64 / THOUSAND
                        ? G_MAXINT64 : info.length * THOUSAND / info.wire_length);
  return TRUE;
}

static void
record_fields_get_payload (WsiSubject        *subject,
                           const WsiPathStep *path,
                           guint              n_steps,
                           WsiValues         *values)
{
  gsize length;
  const guint8 *payload = wsi_subject_get_payload (subject, &length);
  g_autoptr (GBytes) own = wsi_subject_dup_last_fragment (subject);

  if (payload != NULL)
    wsi_values_add_bytes (values, payload, length);
  if (own != NULL)
    wsi_values_add_bytes (values, wsi_bytes_get_data (own, NULL), g_bytes_get_size (own));
}

/* The payload in base64: a last fragment has its own bytes, and the words of an event are text. */
static void
record_fields_get_base64 (WsiSubject        *subject,
                          const WsiPathStep *path,
                          guint              n_steps,
                          WsiValues         *values)
{
  g_autoptr (GBytes) own = wsi_subject_dup_last_fragment (subject);
  gsize length = own != NULL ? g_bytes_get_size (own) : 0;
  const guint8 *payload = own != NULL ? wsi_bytes_get_data (own, NULL)
                                      : wsi_subject_get_payload (subject, &length);
  g_autofree char *text = NULL;
  WspFrameRecord frame;

  if (payload == NULL)
    return;

  wsi_record_to_frame (subject->record, &frame);
  if (wsi_summary_is_text (&frame, payload, length))
    return;

  text = length > 0 ? g_base64_encode (payload, length) : g_strdup ("");
  wsi_values_add_text (values, text);
}

static gboolean
record_fields_get_missing (WsiSubject *subject,
                           gint64     *number)
{
  *number = wsi_record_is_missing (subject->record);
  return TRUE;
}

/* The issue of a fault, which has a severity, a name and a text. */
static void
get_issue (WsiSubject        *subject,
           const WsiPathStep *path,
           guint              n_steps,
           WsiValues         *values)
{
  guint faults[WSI_MAX_FAULTS], n;

  if (subject->record->fault == 0)
    return;

  n = wsi_store_get_faults (subject->store, subject->number, faults, G_N_ELEMENTS (faults));
  for (guint i = 0; i < MIN (n, G_N_ELEMENTS (faults)); i++)
    {
      wsi_values_add_number (values, wsp_fault_get_severity (faults[i]));
      wsi_values_add_text (values, wsp_fault_get_name (faults[i]));
      wsi_values_add_text (values, wsp_fault_describe (faults[i]));
    }
}

static gboolean
get_mark (WsiSubject *subject,
          gint64     *number)
{
  *number = wsi_store_get_mark (subject->store, subject->number);
  return *number != 0;
}

static void
record_fields_get_comment (WsiSubject        *subject,
                           const WsiPathStep *path,
                           guint              n_steps,
                           WsiValues         *values)
{
  g_autofree char *comment = wsi_store_dup_comment (subject->store, subject->number);

  wsi_values_add_text (values, comment);
}

static void
record_fields_get_tags (WsiSubject        *subject,
                        const WsiPathStep *path,
                        guint              n_steps,
                        WsiValues         *values)
{
  g_autofree char *comment = wsi_store_dup_comment (subject->store, subject->number);
  g_auto (GStrv) tags = wsi_tags_list (comment);

  for (guint i = 0; tags[i] != NULL; i++)
    wsi_values_add_text (values, tags[i]);
}

static const WsiName kinds[] = {
  { "text", WSP_FRAME_KIND_TEXT },
  { "binary", WSP_FRAME_KIND_BINARY },
  { "cont", WSP_FRAME_KIND_CONTINUATION },
  { "continuation", WSP_FRAME_KIND_CONTINUATION },
  { "ping", WSP_FRAME_KIND_PING },
  { "pong", WSP_FRAME_KIND_PONG },
  { "close", WSP_FRAME_KIND_CLOSE },
  { "reserved", WSP_FRAME_KIND_RESERVED },
  { "bytes", WSP_FRAME_KIND_BYTES },
  { "event", WSI_RECORD_KIND_EVENT },
  { NULL, 0 },
};

/* A test compares them with the library's. */
static const WsiName opcodes[] = {
  { "cont", 0x0 },
  { "continuation", 0x0 },
  { "text", 0x1 },
  { "binary", 0x2 },
  { "close", 0x8 },
  { "ping", 0x9 },
  { "pong", 0xa },
  { NULL, 0 },
};

static const WsiName events[] = {
  { "opened", WSI_EVENT_OPENED },
  { "request", WSI_EVENT_REQUEST },
  { "response", WSI_EVENT_RESPONSE },
  { "ended", WSI_EVENT_ENDED },
  { "gap", WSI_EVENT_GAP },
  { "fault", WSI_EVENT_FAULT },
  { "dropped", WSI_EVENT_DROPPED },
  { "evicted", WSI_EVENT_EVICTED },
  { "paused", WSI_EVENT_PAUSED },
  { "resumed", WSI_EVENT_RESUMED },
  { "note", WSI_EVENT_NOTE },
  { NULL, 0 },
};

static const WsiName severities[] = {
  { "warning", WSP_FAULT_SEVERITY_WARNING },
  { "error", WSP_FAULT_SEVERITY_ERROR },
  { NULL, 0 },
};

/* The field "time" with a time of day, which is of another clock than a time since the first row:
 * the values of a term are all of one clock. */
static const WsiField moment_field = {
  .name = "time", .group = "time", .type = WSI_VALUE_TIME, .cost = WSI_COST_SIDE,
  .get_number = get_moment,
};

static const WsiField fields[] = {
  { .name = "no", .group = "frame", .type = WSI_VALUE_NUMBER, .cost = WSI_COST_RECORD,
    .aliases = "frame.number",
    .get_number = record_fields_get_number,
    .description = N_("Number of the row, from 1 on") },
  { .name = "dir", .group = "frame", .type = WSI_VALUE_NAME, .cost = WSI_COST_RECORD,
    .names = wsi_direction_names,
    .get_number = record_fields_get_direction,
    .description = N_("Direction: sent is what the side sent that was recorded; of proxies and captures, the client") },
  { .name = "type", .group = "frame", .type = WSI_VALUE_NAME, .cost = WSI_COST_RECORD,
    .names = kinds,
    .get_number = record_fields_get_kind,
    .description = N_("Kind of the frame, or event") },
  { .name = "event", .group = "frame", .type = WSI_VALUE_NAME, .cost = WSI_COST_RECORD,
    .names = events,
    .get_number = record_fields_get_event,
    .description = N_("Kind of an event row") },
  { .name = "opcode", .group = "frame", .type = WSI_VALUE_NUMBER, .cost = WSI_COST_RECORD,
    .aliases = "websocket.opcode",
    .names = opcodes,
    .get_number = record_fields_get_opcode,
    .description = N_("Opcode, as a number or by its name") },
  { .name = "control", .group = "frame", .type = WSI_VALUE_BOOLEAN, .cost = WSI_COST_RECORD,
    .get_number = get_control,
    .description = N_("Close, ping, pong or another control frame") },
  { .name = "fin", .group = "frame", .type = WSI_VALUE_BOOLEAN, .cost = WSI_COST_RECORD,
    .aliases = "websocket.fin",
    .get_number = record_fields_get_fin,
    .description = N_("Last frame of its message") },
  { .name = "rsv1", .group = "frame", .type = WSI_VALUE_BOOLEAN, .cost = WSI_COST_RECORD,
    .get_number = record_fields_get_rsv1,
    .description = N_("First reserved bit: begins a compressed message") },
  { .name = "rsv2", .group = "frame", .type = WSI_VALUE_BOOLEAN, .cost = WSI_COST_RECORD,
    .get_number = record_fields_get_rsv2,
    .description = N_("Second reserved bit") },
  { .name = "rsv3", .group = "frame", .type = WSI_VALUE_BOOLEAN, .cost = WSI_COST_RECORD,
    .get_number = record_fields_get_rsv3,
    .description = N_("Third reserved bit") },
  { .name = "masked", .group = "frame", .type = WSI_VALUE_BOOLEAN, .cost = WSI_COST_RECORD,
    .aliases = "websocket.mask",
    .get_number = record_fields_get_masked,
    .description = N_("The payload is masked") },
  { .name = "mask", .group = "frame", .type = WSI_VALUE_BYTES, .cost = WSI_COST_RECORD,
    .aliases = "websocket.masking_key",
    .get_values = record_fields_get_mask,
    .description = N_("Masking key") },
  { .name = "len", .group = "frame", .type = WSI_VALUE_NUMBER, .cost = WSI_COST_RECORD,
    .get_number = record_fields_get_length, .get_bound = record_fields_get_length_bound,
    .description = N_("Bytes of payload, unmasked and inflated") },
  { .name = "payload", .group = "frame", .type = WSI_VALUE_NUMBER, .cost = WSI_COST_RECORD,
    .aliases = "websocket.payload_length",
    .get_number = record_fields_get_payload_length,
    .description = N_("Bytes of payload on the wire: of a compressed frame, before it is inflated") },
  { .name = "wire", .group = "frame", .type = WSI_VALUE_NUMBER, .cost = WSI_COST_RECORD,
    .get_number = record_fields_get_wire_length,
    .description = N_("Bytes of header and payload on the wire") },
  { .name = "offset", .group = "frame", .type = WSI_VALUE_NUMBER, .cost = WSI_COST_RECORD,
    .get_number = record_fields_get_offset,
    .description = N_("Position in the bytes of its direction") },
  { .name = "fragment", .group = "frame", .type = WSI_VALUE_BOOLEAN, .cost = WSI_COST_RECORD,
    .get_number = get_fragment,
    .description = N_("One of several frames of a message") },
  { .name = "cut", .group = "frame", .type = WSI_VALUE_BOOLEAN, .cost = WSI_COST_RECORD,
    .get_number = get_cut,
    .description = N_("The stream ended within the frame, or bytes of it are missing") },
  { .name = "guessed", .group = "frame", .type = WSI_VALUE_BOOLEAN, .cost = WSI_COST_RECORD,
    .get_number = get_guessed,
    .description = N_("After a gap, nothing proves that a frame begins here") },
  { .name = "truncated", .group = "frame", .type = WSI_VALUE_BOOLEAN, .cost = WSI_COST_RECORD,
    .get_number = get_truncated,
    .description = N_("Only the beginning of the payload was kept") },
  { .name = "flags", .group = "frame", .type = WSI_VALUE_TEXT, .cost = WSI_COST_PAYLOAD,
    .get_values = record_fields_get_flags,
    .description = N_("Words for what is not usual about the frame, such as cut, guessed, hidden or not-kept") },
  { .name = "t", .group = "time", .type = WSI_VALUE_TIME, .cost = WSI_COST_SIDE,
    .aliases = "frame.time_relative",
    .get_number = record_fields_get_time,
    .description = N_("Time since the first row") },
  { .name = "time", .group = "time", .type = WSI_VALUE_TIME, .cost = WSI_COST_SIDE,
    .aliases = "frame.time",
    .get_number = record_fields_get_time, .moment = &moment_field,
    .description = N_("Time of day in UTC, such as 2026-11-23T17:30:00Z; a number is the time since the first row") },
  { .name = "delta", .group = "time", .type = WSI_VALUE_TIME, .cost = WSI_COST_SIDE,
    .aliases = "frame.time_delta",
    .get_number = get_delta,
    .description = N_("Time since the row before") },
  { .name = "rtt", .group = "time", .type = WSI_VALUE_TIME, .cost = WSI_COST_RECORD,
    .get_number = record_fields_get_round_trip,
    .description = N_("Of a pong: time since its ping") },
  { .name = "reply", .group = "time", .type = WSI_VALUE_TIME, .cost = WSI_COST_DECODED,
    .comes = WSI_COMES_WITH_REPLY,
    .get_number = get_reply,
    .description = N_("Of a request and of its reply: time between them") },
  { .name = "reply.after", .group = "time", .type = WSI_VALUE_TIME, .cost = WSI_COST_DECODED,
    .get_number = get_reply_after,
    .description = N_("Of a reply only: time since its request") },
  { .name = "msg.len", .group = "message", .type = WSI_VALUE_NUMBER, .cost = WSI_COST_SIDE,
    .get_number = get_message_length, .get_bound = get_message_bound,
    .description = N_("Bytes of the whole message, inflated") },
  { .name = "msg.wire", .group = "message", .type = WSI_VALUE_NUMBER, .cost = WSI_COST_SIDE,
    .get_number = get_message_wire,
    .description = N_("Bytes of all frames of the message on the wire") },
  { .name = "msg.frames", .group = "message", .type = WSI_VALUE_NUMBER, .cost = WSI_COST_SIDE,
    .aliases = "frames",
    .get_number = get_message_frames,
    .description = N_("Number of frames of the message") },
  { .name = "ratio", .group = "message", .type = WSI_VALUE_RATIO, .cost = WSI_COST_SIDE,
    .get_number = get_ratio,
    .description = N_("Of a compressed message: bytes inflated for each byte on the wire") },
  { .name = "compressed", .group = "message", .type = WSI_VALUE_BOOLEAN, .cost = WSI_COST_RECORD,
    .get_number = record_fields_get_compressed,
    .description = N_("The message is compressed") },
  { .name = "text", .group = "message", .type = WSI_VALUE_TEXT, .cost = WSI_COST_PAYLOAD,
    .aliases = "websocket.payload.text",
    .get_values = record_fields_get_payload,
    .description = N_("Payload, inflated and unmasked; of the last fragment also the whole message, of an event its text") },
  { .name = "bytes", .group = "message", .type = WSI_VALUE_BYTES, .cost = WSI_COST_PAYLOAD,
    .aliases = "websocket.payload",
    .get_values = record_fields_get_payload,
    .description = N_("The same as bytes") },
  { .name = "base64", .group = "message", .type = WSI_VALUE_TEXT, .cost = WSI_COST_PAYLOAD,
    .get_values = record_fields_get_base64,
    .description = N_("Payload in base64, if it is not text") },
};

static const WsiField note_fields[] = {
  { .name = "issue", .group = "problem", .type = WSI_VALUE_ISSUE, .cost = WSI_COST_RECORD,
    .aliases = "fault issues",
    .names = severities,
    .get_values = get_issue,
    .description = N_("Broken rules of the frame: by severity, name or text") },
  { .name = "missing", .group = "problem", .type = WSI_VALUE_BOOLEAN, .cost = WSI_COST_RECORD,
    .get_number = record_fields_get_missing,
    .description = N_("The row says that data is missing, but not because of a pause") },
  { .name = "mark", .group = "user", .type = WSI_VALUE_NUMBER, .cost = WSI_COST_SIDE,
    .comes = WSI_COMES_FROM_USER,
    .get_number = get_mark,
    .description = N_("Mark of the row, from 1 on") },
  { .name = "comment", .group = "user", .type = WSI_VALUE_TEXT, .cost = WSI_COST_SIDE,
    .comes = WSI_COMES_FROM_USER,
    .get_values = record_fields_get_comment,
    .description = N_("Comment of the row") },
  { .name = "tag", .group = "user", .type = WSI_VALUE_TEXT, .cost = WSI_COST_SIDE,
    .comes = WSI_COMES_FROM_USER,
    .get_values = record_fields_get_tags,
    .description = N_("Words of its comment with # before them, without it") },
};

void
wsi_record_fields_add (WsiFields *self)
{
  wsi_fields_add (self, fields, G_N_ELEMENTS (fields));
}

void
wsi_note_fields_add (WsiFields *self)
{
  wsi_fields_add (self, note_fields, G_N_ELEMENTS (note_fields));
}
