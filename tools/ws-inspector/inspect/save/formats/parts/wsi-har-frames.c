/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The frames of a HAR while they wait in the spill.  A frame knows where the next one of its
 * connection is.  The frames of a message wait one by one, and are joined when they are read: the
 * first ones may have left the store before the last one comes.  Which frame is the last one of a
 * message without an end is not known before: its kind is replaced then. */
#include "inspect/save/formats/parts/wsi-har-frames.h"

#include <stddef.h>

#include "inspect/store/memory/wsi-bytes.h"
#include "inspect/store/wsi-record.h"

typedef enum
{
  KIND_WHOLE,                   /* the payload is that of a whole message */
  KIND_PART,                    /* the payload is that of a frame, and the message goes on */
  KIND_LAST,                    /* the payload is that of the last frame */
} Kind;

/* The payload follows, and before it the WsiMessageInfo if the frame is not its message alone. */
typedef struct
{
  guint64   next;               /* position of the next frame; 0 = there is none */
  guint64   number;
  WsiRecord record;
  guint32   length;             /* length of the payload */
  guint8    kind;
  guint8    is_folded, has_payload, opcode;
} Frame;

/* The frames of a message so far. */
typedef struct
{
  GByteArray *bytes;            /* payloads of the frames so far; NULL: there are none */
  guint32     message;
  gboolean    is_cut;           /* a frame was not whole: no more bytes are added */
  gboolean    is_gone;          /* a payload was not kept by the store */
} Joined;

/* Ends a message: its last frame so far becomes the last one, unless a later one was not added. */
static gboolean
har_frames_end_message (WsiHarOpenMessage *self,
                        WsiSpill          *spill,
                        WsiStore          *store,
                        GError           **error)
{
  const guint8 kind = KIND_LAST;
  WsiMessageInfo info;

  if (self->n_added == 0 || !self->is_last ||
      (wsi_store_get_message (store, self->message, &info) && info.last != self->number))
    return TRUE;

  self->n_added = 0;
  return wsi_spill_replace (spill, self->position + offsetof (Frame, kind), &kind, sizeof kind,
                            error);
}

/* Whether all frames of a message before this one, its last, were added. */
static gboolean
has_all (const WsiHarOpenMessage *self,
         const WsiMessageInfo    *info)
{
  return self->n_added + 1 == info->n_frames && (info->n_frames == 1 ||
                                                 self->message == info->message);
}

/* Notes a frame of an open message; those of messages that end leave nothing open. */
static gboolean
har_frames_follow (WsiHarFrames          *self,
                   const WsiWholeMessage *whole,
                   WsiWholeness           wholeness,
                   WsiSpill              *spill,
                   WsiStore              *store,
                   GError               **error)
{
  WsiHarOpenMessage *open = &self->open[whole->record.direction];

  if (open->message != whole->info.message && !har_frames_end_message (open, spill, store, error))
    return FALSE;

  if (open->message != whole->info.message)
    open->n_added = 0;
  open->message = whole->info.message;
  open->position = wsi_spill_get_end (spill);
  open->number = whole->number;
  open->is_last = wholeness == WSI_WHOLE_UNFINISHED;
  open->n_added = wholeness == WSI_WHOLE ? 0 : open->n_added + 1;
  return TRUE;
}

static Kind
har_frames_get_kind (const WsiHarFrames    *self,
                     const WsiWholeMessage *whole,
                     WsiWholeness           wholeness)
{
  if (wholeness != WSI_WHOLE)
    return KIND_PART;

  return whole->is_folded && has_all (&self->open[whole->record.direction], &whole->info)
         ? KIND_LAST : KIND_WHOLE;
}

static gboolean
link_frame (WsiHarFrames *self,
            WsiSpill     *spill,
            GError      **error)
{
  guint64 before = self->last, position = wsi_spill_get_end (spill);

  self->last = position;
  if (self->n_frames++ > 0)
    return wsi_spill_replace (spill, before + offsetof (Frame, next), &position, sizeof position,
                              error);

  self->first = position;
  return TRUE;
}

static gboolean
har_frames_write_frame (WsiSpill              *spill,
                        const WsiWholeMessage *whole,
                        Kind                   kind,
                        GBytes                *payload,
                        GError               **error)
{
  gsize length = 0;
  const void *bytes = payload != NULL ? wsi_bytes_get_data (payload, &length) : "";
  const Frame frame = {
    .number = whole->number, .record = whole->record, .length = (guint32) length,
    .kind = kind, .is_folded = whole->is_folded, .has_payload = payload != NULL,
    .opcode = whole->opcode,
  };

  return wsi_spill_add (spill, &frame, sizeof frame, error) &&
         (!whole->is_folded || wsi_spill_add (spill, &whole->info, sizeof whole->info, error)) &&
         wsi_spill_add (spill, bytes, length, error);
}

gboolean
wsi_har_frames_add (WsiHarFrames *self,
                    WsiSpill     *spill,
                    WsiStore     *store,
                    guint64       number,
                    GError      **error)
{
  WsiWholeMessage whole;
  WsiWholeness wholeness = wsi_whole_message_init (&whole, store, number);
  g_autoptr (GBytes) payload = NULL;
  Kind kind;

  if (wholeness == WSI_WHOLE_GONE || !wsi_record_is_frame (&whole.record))
    return TRUE;

  kind = har_frames_get_kind (self, &whole, wholeness);
  payload = kind == KIND_WHOLE
            ? wsi_whole_message_dup (&whole, store)
            : wsi_store_dup_payload (store, number, WSI_VIEW_INFLATED, G_MAXSIZE);
  self->has_control |= !wsi_whole_message_is_data (&whole);
  return (!whole.is_folded || har_frames_follow (self, &whole, wholeness, spill, store, error)) &&
         link_frame (self, spill, error) &&
         har_frames_write_frame (spill, &whole, kind, payload, error);
}

gboolean
wsi_har_frames_end (WsiHarFrames *self,
                    WsiSpill     *spill,
                    WsiStore     *store,
                    GError      **error)
{
  for (guint i = 0; i < WSI_HAR_N_DIRECTIONS; i++)
    if (!har_frames_end_message (&self->open[i], spill, store, error))
      return FALSE;

  return TRUE;
}

static void
joined_clear (Joined *self)
{
  g_clear_pointer (&self->bytes, g_byte_array_unref);
  *self = (Joined) { 0 };
}

/* Joins the frames of a message, as wsi_store_dup_message () does. */
static void
har_frames_join (Joined                *self,
                 const WsiWholeMessage *whole,
                 GBytes                *payload)
{
  gsize length;
  const guint8 *bytes = payload != NULL ? wsi_bytes_get_data (payload, &length) : NULL;

  if (self->bytes == NULL || self->message != whole->info.message)
    joined_clear (self);
  if (self->bytes == NULL)
    self->bytes = g_byte_array_new ();
  self->message = whole->info.message;
  self->is_gone |= payload == NULL && !self->is_cut;
  if (payload != NULL && !self->is_cut)
    g_byte_array_append (self->bytes, bytes, (guint) MIN (length, G_MAXINT - self->bytes->len));
  self->is_cut |= !wsi_record_is_whole (&whole->record) || self->bytes->len == G_MAXINT;
}

static GBytes *
take_joined (Joined *self)
{
  GBytes *bytes =
    self->is_gone ? NULL : g_byte_array_free_to_bytes (g_steal_pointer (&self->bytes));

  joined_clear (self);
  return bytes;
}

/* Reads the payload of the frame, which follows the frame in the spill. */
static gboolean
har_frames_read_rest (WsiSpill        *spill,
                      guint64          position,
                      const Frame     *frame,
                      WsiWholeMessage *whole,
                      GBytes         **payload,
                      GError         **error)
{
  gsize n_info = frame->is_folded ? sizeof whole->info : 0;
  g_autofree guint8 *bytes = g_malloc (frame->length);

  *whole = (WsiWholeMessage) {
    .number = frame->number, .record = frame->record, .is_folded = frame->is_folded,
    .opcode = frame->opcode,
  };
  if (!wsi_spill_read (spill, position + sizeof *frame, &whole->info, n_info, error) ||
      !wsi_spill_read (spill, position + sizeof *frame + n_info, bytes, frame->length, error))
    return FALSE;

  *payload = frame->has_payload ? g_bytes_new_take (g_steal_pointer (&bytes), frame->length) : NULL;
  return TRUE;
}

static gboolean
har_frames_call (const Frame           *frame,
                 const WsiWholeMessage *whole,
                 GBytes                *payload,
                 Joined                *joined,
                 WsiHarFunction         function,
                 gpointer               user_data,
                 GError               **error)
{
  g_autoptr (GBytes) message = NULL;

  if (frame->kind == KIND_WHOLE)
    return function (whole, payload, user_data, error);

  har_frames_join (joined, whole, payload);
  if (frame->kind == KIND_PART)
    return TRUE;

  message = take_joined (joined);
  return function (whole, message, user_data, error);
}

gboolean
wsi_har_frames_each (const WsiHarFrames *self,
                     WsiSpill           *spill,
                     WsiHarFunction      function,
                     gpointer            user_data,
                     GError            **error)
{
  Joined joined[WSI_HAR_N_DIRECTIONS] = { { 0 } };
  guint64 position = self->first;
  gboolean goes_on = TRUE;

  for (guint64 i = 0; i < self->n_frames && goes_on; i++)
    {
      g_autoptr (GBytes) payload = NULL;
      WsiWholeMessage whole;
      Frame frame;

      goes_on = wsi_spill_read (spill, position, &frame, sizeof frame, error) &&
                har_frames_read_rest (spill, position, &frame, &whole, &payload, error) &&
                har_frames_call (&frame, &whole, payload, &joined[frame.record.direction], function,
                                 user_data, error);
      position = frame.next;
    }

  for (guint i = 0; i < WSI_HAR_N_DIRECTIONS; i++)
    joined_clear (&joined[i]);
  return goes_on;
}
