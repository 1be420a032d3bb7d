/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Values of one record, its message and its notes. */

#include "inspect/filter/wsi-filter-fields-private.h"

#include <libwsproto/wsproto.h>
#include <string.h>

#include "inspect/decode/wsi-payload.h"
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
is_frame (WsiSubject *subject)
{
  return wsi_record_is_frame (subject->record);
}

/* A source that gives messages knows no frames: nothing of the wire, and no bit. */
static gboolean
is_known (WsiSubject *subject)
{
  return (subject->record->flags & WSI_RECORD_NO_FRAME) == 0;
}

static gboolean
has_header (WsiSubject *subject)
{
  return is_frame (subject) && is_known (subject);
}

static gboolean
get_bit (WsiSubject *subject,
         guint8      byte,
         guint8      bit,
         gint64     *number)
{
  *number = (byte & bit) != 0;
  return has_header (subject);
}

static gboolean
get_flag (WsiSubject    *subject,
          WsiRecordFlags flag,
          gint64        *number)
{
  *number = (subject->record->flags & flag) != 0;
  return !is_event (subject);
}

gboolean
wsi_get_number (WsiSubject *subject,
                gint64     *number)
{
  *number = subject->number + 1;
  return TRUE;
}

gboolean
wsi_get_direction (WsiSubject *subject,
                   gint64     *number)
{
  *number = subject->record->direction;
  return subject->record->direction != WSI_NO_DIRECTION;
}

gboolean
wsi_get_kind (WsiSubject *subject,
              gint64     *number)
{
  *number = subject->record->kind;
  return TRUE;
}

gboolean
wsi_get_event (WsiSubject *subject,
               gint64     *number)
{
  *number = subject->record->event;
  return is_event (subject);
}

gboolean
wsi_get_opcode (WsiSubject *subject,
                gint64     *number)
{
  *number = wsi_record_get_opcode (subject->record);
  return is_frame (subject);
}

gboolean
wsi_get_control (WsiSubject *subject,
                 gint64     *number)
{
  *number = wsi_record_is_control (subject->record);
  return is_frame (subject);
}

gboolean
wsi_get_fin (WsiSubject *subject,
             gint64     *number)
{
  return get_bit (subject, subject->record->byte0, WSI_FIN, number);
}

gboolean
wsi_get_rsv1 (WsiSubject *subject,
              gint64     *number)
{
  return get_bit (subject, subject->record->byte0, WSI_RSV1, number);
}

gboolean
wsi_get_rsv2 (WsiSubject *subject,
              gint64     *number)
{
  return get_bit (subject, subject->record->byte0, WSI_RSV2, number);
}

gboolean
wsi_get_rsv3 (WsiSubject *subject,
              gint64     *number)
{
  return get_bit (subject, subject->record->byte0, WSI_RSV3, number);
}

gboolean
wsi_get_masked (WsiSubject *subject,
                gint64     *number)
{
  return get_bit (subject, subject->record->byte1, WSI_MASKED, number);
}

void
wsi_get_mask (WsiSubject        *subject,
              const WsiPathStep *path,
              guint              n_steps,
              WsiValues         *values)
{
  guint32 key = GUINT32_TO_BE (subject->record->masking_key);

  if (has_header (subject) && wsi_record_is_masked (subject->record))
    wsi_values_add_bytes (values, (const guint8 *) &key, sizeof key);
}

/* No frame is longer than 2^63 - 1: a larger value is cut to that. */
static gint64
cut_number (guint64 value)
{
  return MIN (value, G_MAXINT64);
}

gboolean
wsi_get_length (WsiSubject *subject,
                gint64     *number)
{
  *number = cut_number (wsi_record_get_length (subject->record));
  return !is_event (subject);
}

gboolean
wsi_get_payload_length (WsiSubject *subject,
                        gint64     *number)
{
  *number = cut_number (subject->record->payload_length);
  return !is_event (subject) && is_known (subject);
}

gboolean
wsi_get_offset (WsiSubject *subject,
                gint64     *number)
{
  *number = cut_number (subject->record->offset);
  return !is_event (subject);
}

gboolean
wsi_get_wire_length (WsiSubject *subject,
                     gint64     *number)
{
  *number = cut_number (wsi_record_get_wire_length (subject->record));
  return !is_event (subject) && is_known (subject);
}

gboolean
wsi_get_compressed (WsiSubject *subject,
                    gint64     *number)
{
  return get_flag (subject, WSI_RECORD_COMPRESSED, number);
}

gboolean
wsi_get_fragment (WsiSubject *subject,
                  gint64     *number)
{
  return get_flag (subject, WSI_RECORD_FRAGMENT, number);
}

gboolean
wsi_get_cut (WsiSubject *subject,
             gint64     *number)
{
  return get_flag (subject, WSI_RECORD_CUT, number);
}

gboolean
wsi_get_guessed (WsiSubject *subject,
                 gint64     *number)
{
  return get_flag (subject, WSI_RECORD_GUESSED, number);
}

gboolean
wsi_get_truncated (WsiSubject *subject,
                   gint64     *number)
{
  return get_flag (subject, WSI_RECORD_TRUNCATED, number);
}

static gboolean
get_message (WsiSubject     *subject,
             WsiMessageInfo *info)
{
  return wsi_store_get_message (subject->store, subject->record->message, info);
}

/* A message that goes on is not unfinished yet. */
static gboolean
is_unfinished (WsiSubject *subject)
{
  WsiConversation *conversation = wsi_subject_get_conversation (subject);
  WsiMessageInfo info;

  return conversation != NULL && wsi_conversation_get_ending (conversation) != WSI_ENDING_NONE &&
         get_message (subject, &info) && !info.is_complete;
}

void
wsi_get_flags (WsiSubject        *subject,
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
  while ((word = wsi_payload_name_flag (frame.flags, &position)) != NULL)
    wsi_values_add_text (values, word);
  if (is_unfinished (subject))
    wsi_values_add_text (values, WSI_PAYLOAD_UNFINISHED);
  if (wsi_subject_get_payload (subject, &length) == NULL)
    wsi_values_add_text (values, WSI_PAYLOAD_NOT_KEPT);
}

gboolean
wsi_get_time (WsiSubject *subject,
              gint64     *number)
{
  return wsi_subject_get_time (subject, number);
}

gboolean
wsi_get_moment (WsiSubject *subject,
                gint64     *number)
{
  *number = subject->record->time_us;
  return wsi_subject_get_conversation (subject) != NULL && *number > 0;
}

/* From another record to this one.  FALSE: it is gone, or of no known clock. */
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

/* No row has the number before 0. */
gboolean
wsi_get_delta (WsiSubject *subject,
               gint64     *number)
{
  return get_time_since (subject, subject->number - 1, number);
}

gboolean
wsi_get_round_trip (WsiSubject *subject,
                    gint64     *number)
{
  *number = subject->record->round_trip_us;
  return (subject->record->flags & WSI_RECORD_ROUND_TRIP) != 0;
}

/* A request and its reply have the same time between them. */
gboolean
wsi_get_reply (WsiSubject *subject,
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

gboolean
wsi_get_message_length (WsiSubject *subject,
                        gint64     *number)
{
  WsiMessageInfo info;

  if (!get_message (subject, &info))
    return FALSE;

  *number = cut_number (info.length);
  return TRUE;
}

gboolean
wsi_get_message_wire (WsiSubject *subject,
                      gint64     *number)
{
  WsiMessageInfo info;

  if (!has_header (subject) || !get_message (subject, &info))
    return FALSE;

  *number = cut_number (info.wire_length);
  return TRUE;
}

gboolean
wsi_get_message_frames (WsiSubject *subject,
                        gint64     *number)
{
  WsiMessageInfo info;

  if (!has_header (subject) || !get_message (subject, &info))
    return FALSE;

  *number = cut_number (info.n_frames);
  return TRUE;
}

gboolean
wsi_get_ratio (WsiSubject *subject,
               gint64     *number)
{
  WsiMessageInfo info;

  if (!get_message (subject, &info) || !info.is_compressed)
    return FALSE;

  *number = cut_number (info.length > G_MAXUINT64 / THOUSAND
                        ? G_MAXINT64 : info.length * THOUSAND / info.wire_length);
  return TRUE;
}

void
wsi_get_payload (WsiSubject        *subject,
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

/* A last fragment has its own bytes.  The words of an event are text as well. */
void
wsi_get_base64 (WsiSubject        *subject,
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
  if (wsi_payload_is_text (&frame, payload, length))
    return;

  text = length > 0 ? g_base64_encode (payload, length) : g_strdup ("");
  wsi_values_add_text (values, text);
}

/* A fault has a severity, a name and a text. */
void
wsi_get_issue (WsiSubject        *subject,
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

gboolean
wsi_get_mark (WsiSubject *subject,
              gint64     *number)
{
  *number = wsi_store_get_mark (subject->store, subject->number);
  return *number != 0;
}

void
wsi_get_comment (WsiSubject        *subject,
                 const WsiPathStep *path,
                 guint              n_steps,
                 WsiValues         *values)
{
  g_autofree char *comment = wsi_store_dup_comment (subject->store, subject->number);

  wsi_values_add_text (values, comment);
}

void
wsi_get_tags (WsiSubject        *subject,
              const WsiPathStep *path,
              guint              n_steps,
              WsiValues         *values)
{
  g_autofree char *comment = wsi_store_dup_comment (subject->store, subject->number);
  g_auto (GStrv) tags = wsi_tags_list (comment);

  for (guint i = 0; tags[i] != NULL; i++)
    wsi_values_add_text (values, tags[i]);
}
