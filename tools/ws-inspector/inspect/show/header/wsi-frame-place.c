/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/header/wsi-frame-place.h"

#include <libwsproto/observe/wsp-fault.h>
#include <string.h>

#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-record.h"

#define SWITCHING_PROTOCOLS 101
#define DEFLATE "permessage-deflate"
#define ORPHAN "continuation-without-message"
#define MAX_SCANNED 100000      /* records that are read between the first fragment and this one */

/* The number of bytes of a frame.  One that was cut has those that were seen: its header may
 * promise any number. */
static guint64
count_bytes (const WsiRecord *record)
{
  gboolean is_cut = (record->flags & WSI_RECORD_CUT) != 0;

  return record->header_length + (is_cut ? record->stored_length : record->payload_length);
}

static WspRole
find_sender (WsiConversation *conversation,
             const WsiRecord *record)
{
  WspRole role = conversation != NULL ? wsi_conversation_get_role (conversation) : WSP_ROLE_CLIENT;
  gboolean is_sent = record->direction == WSP_DIRECTION_SENT;

  return (role == WSP_ROLE_CLIENT) == is_sent ? WSP_ROLE_CLIENT : WSP_ROLE_SERVER;
}

/* Whether compression was negotiated, by the rules of the dissector. */
static WsiDeflateState
find_deflate (WsiConversation *conversation,
              const WsiRecord *record)
{
  const char *extensions = wsi_conversation_get_extensions (conversation);
  WsiDeflate deflate;

  if (wsi_conversation_get_deflate (conversation, &deflate) || wsi_record_is_inflated (record))
    return WSI_DEFLATE_AGREED;

  if (wsi_conversation_get_handshake_presence (conversation) == WSI_HANDSHAKE_MISSING)
    return extensions == NULL ? WSI_DEFLATE_UNKNOWN
           : strstr (extensions, DEFLATE) != NULL ? WSI_DEFLATE_AGREED : WSI_DEFLATE_NOT_AGREED;

  return wsi_conversation_get_status (conversation) != SWITCHING_PROTOCOLS
         ? WSI_DEFLATE_UNKNOWN : WSI_DEFLATE_NOT_AGREED;
}

static void
find_connection (WsiFramePlace   *self,
                 WsiStore        *store,
                 const WsiRecord *record)
{
  g_autoptr (WsiConversation) conversation =
    wsi_store_dup_conversation (store, record->conversation);

  self->sender = find_sender (conversation, record);
  if (conversation != NULL)
    self->deflate = find_deflate (conversation, record);
}

/* The number of fragments.  0: the beginning of the message is gone, or too far away. */
static guint64
count_fragments (WsiStore *store,
                 guint32   message,
                 guint64   first,
                 guint64   number)
{
  guint64 n = 0;

  if (number - first > MAX_SCANNED || first < wsi_store_get_first (store))
    return 0;

  for (guint64 i = first; i <= number; i++)
    {
      const WsiRecord *record = wsi_store_get_record (store, i);

      n += record != NULL && record->message == message;
    }
  return n;
}

static void
frame_place_find_message (WsiFramePlace   *self,
                          WsiStore        *store,
                          const WsiRecord *record,
                          guint64          number)
{
  WsiMessageInfo info;

  if (!wsi_store_get_message (store, record->message, &info))
    return;

  self->message = record->message;
  self->n_fragments = info.n_frames;
  self->is_complete = info.is_complete;
  self->fragment = count_fragments (store, record->message, info.first, number);
}

static void
find_faults (WsiFramePlace *self,
             WsiStore      *store,
             guint64        number)
{
  guint faults[WSI_MAX_FAULTS];

  self->n_faults = wsi_store_get_faults (store, number, faults, G_N_ELEMENTS (faults));
  for (guint i = 0; i < MIN (self->n_faults, G_N_ELEMENTS (faults)); i++)
    self->is_orphan |= g_strcmp0 (wsp_fault_get_name (faults[i]), ORPHAN) == 0;
}

static gboolean
is_payload_gone (WsiStore *store,
                 guint64   number)
{
  g_autoptr (GBytes) beginning = wsi_store_dup_payload (store, number, WSI_VIEW_WIRE, 1);

  return beginning == NULL || g_bytes_get_size (beginning) == 0;
}

gboolean
wsi_frame_place_find (WsiFramePlace *self,
                      WsiStore      *store,
                      guint64        number)
{
  guint reading = wsi_store_begin_reading (store);
  const WsiRecord *record = wsi_store_get_record (store, number);
  gboolean is_frame = record != NULL && record->header_length > 0;
  gboolean has_payload = FALSE;

  *self = (WsiFramePlace) { 0 };
  if (is_frame)
    {
      self->first_byte = record->offset;
      self->n_bytes = count_bytes (record);
      has_payload = record->payload_length > wsi_record_get_n_missing (record);
      find_connection (self, store, record);
      frame_place_find_message (self, store, record, number);
    }
  wsi_store_end_reading (store, reading);
  if (is_frame)
    find_faults (self, store, number);
  self->is_payload_gone = has_payload && is_payload_gone (store, number);
  return is_frame;
}
