/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A row of the store: a frame or an event, in one cache line. */
#pragma once

#include <libwsproto/observe/wsp-frame-record.h>
#include <libwsproto/wsproto.h>

#include "inspect/store/wsi-frame-bytes.h"

G_BEGIN_DECLS

/* The events: rows that are not frames. */
typedef enum
{
  WSI_EVENT_NONE,
  WSI_EVENT_OPENED,
  WSI_EVENT_REQUEST,
  WSI_EVENT_RESPONSE,
  WSI_EVENT_ENDED,              /* the connection has ended, which is not its Close frame */
  WSI_EVENT_GAP,                /* payload_length bytes are missing; 0 = not known how many */
  WSI_EVENT_FAULT,              /* a fault that belongs to no frame */
  WSI_EVENT_DROPPED,            /* frames or payloads were not kept */
  WSI_EVENT_EVICTED,            /* the oldest rows were removed */
  WSI_EVENT_PAUSED,
  WSI_EVENT_RESUMED,
  WSI_EVENT_NOTE,
} WsiEvent;

/* The kind of a record that is an event; that of others is a WspFrameKind. */
#define WSI_RECORD_KIND_EVENT 255
/* The direction of a record is one of WspDirection; an event may have none. */
#define WSI_NO_DIRECTION 2

typedef enum
{
  WSI_RECORD_STORED = 1 << 0,           /* the payload, or its beginning, was kept at first */
  WSI_RECORD_TRUNCATED = 1 << 1,        /* only the beginning of the payload was kept */
  WSI_RECORD_INFLATED = 1 << 2,         /* inflated bytes are kept, too, because they differ */
  WSI_RECORD_COMPRESSED = 1 << 3,       /* the frame belongs to a compressed message */
  WSI_RECORD_FRAGMENT = 1 << 4,         /* the frame is not the whole of its message */
  WSI_RECORD_CUT = 1 << 5,              /* the stream ended within the frame */
  WSI_RECORD_GUESSED = 1 << 6,          /* nothing proves that a frame begins here */
  WSI_RECORD_NO_FRAME = 1 << 7,         /* a message whose frames are not known */
  WSI_RECORD_MORE_FAULTS = 1 << 8,      /* the frame has more faults than the first one */
  WSI_RECORD_ROUND_TRIP = 1 << 9,       /* a pong that answers a ping of either side */
  WSI_RECORD_GAP = 1 << 10,             /* bytes of the payload are missing */
  WSI_RECORD_BYTES = 1 << 11,           /* no frame: bytes that are in none */
  WSI_RECORD_REST = 1 << 12,            /* these bytes are the rest of a payload after a gap */
  WSI_RECORD_NOT_INFLATED = 1 << 13,    /* the payload is compressed, but cannot be inflated */
  WSI_RECORD_OPAQUE = 1 << 14,          /* the payload has no known meaning: an extension is
                                         * unknown */
  WSI_RECORD_OF_HEAD = 1 << 15,         /* the bytes may be those of a head that was damaged */
} WsiRecordFlags;

/* A record does not change once it is in the store. */
typedef struct
{
  gint64  time_us;              /* time since 1970, UTC */
  guint64 payload;              /* position in the arena, of the payload or an event's arguments */
  guint64 offset;               /* offset in the bytes of the record's direction */
  guint64 payload_length;       /* bytes of the payload on the wire */
  guint32 stored_length;        /* kept bytes of the payload; of an event, those of the arguments */
  guint32 masking_key;
  guint32 conversation;         /* number of the connection, from 1 on; 0 = none */
  guint32 message;              /* number of the message, from 1 on; 0 = none */
  union
  {
    guint32 inflated_length;    /* bytes that can be inflated, with WSI_RECORD_COMPRESSED */
    guint32 n_missing;          /* bytes that are missing, with WSI_RECORD_GAP or _CUT otherwise */
    guint32 round_trip_us;      /* time since the ping, with WSI_RECORD_ROUND_TRIP */
    guint32 sentence;           /* WsiSentenceId of an event */
  };
  guint16 fault;                /* first broken rule; 0 = none */
  guint16 flags;
  guint16 close_code;
  union
  {
    guint8 byte0;               /* first byte of the frame's header */
    guint8 event;               /* WsiEvent of an event */
  };
  guint8  byte1;
  guint8  direction : 2;
  guint8  is_stopped : 1;       /* the payload has more bytes than inflated_length: a limit */
  guint8  message_opcode : 4;   /* opcode of the message; 0 = none, or its beginning is missing */
  guint8  is_hidden : 1;        /* its message has values that were hidden when it was saved */
  guint8  kind;
  guint8  header_length;
  guint8  decoder;
} WsiRecord;

G_STATIC_ASSERT (sizeof (WsiRecord) == 64);

/* Numbers of two records, the second of which replies to the first. */
typedef struct
{
  guint64 request, reply;
} WsiPair;

/* Rules that one frame can break: a bit each in a record of the dissector, and one without. */
#define WSI_MAX_FAULTS 33

/* Packs what the frame says of itself; the rest is zero. */
void     wsi_record_init_frame       (WsiRecord            *self,
                                      const WspFrameRecord *frame);
/* Makes a frame of a record: all zero for an event, but for its time and fault.  Only the first of
 * several faults comes back: wsi_store_get_faults () has all. */
void     wsi_record_to_frame         (const WsiRecord *self,
                                      WspFrameRecord  *frame);
/* Whether the payload was kept from its first byte to its last. */
gboolean wsi_record_is_whole         (const WsiRecord *self);

/* For each record of a capture, several times: calls would cost more than what they do. */
/* Whether there are inflated bytes, which differ from those on the wire. */
static inline gboolean
wsi_record_is_inflated (const WsiRecord *self)
{
  return (self->flags & (WSI_RECORD_COMPRESSED | WSI_RECORD_NOT_INFLATED)) == WSI_RECORD_COMPRESSED;
}

/* Whether there is a frame, and not an event or bytes that are in none. */
static inline gboolean
wsi_record_is_frame (const WsiRecord *self)
{
  return self->kind != WSI_RECORD_KIND_EVENT && (self->flags & WSI_RECORD_BYTES) == 0;
}

static inline gboolean
wsi_record_is_control (const WsiRecord *self)
{
  return wsi_record_is_frame (self) && (self->byte0 & WSI_OPCODE_IS_CONTROL) != 0;
}

/* Whether the payload was masked on the wire. */
static inline gboolean
wsi_record_is_masked (const WsiRecord *self)
{
  return (self->byte1 & WSI_MASKED) != 0;
}

static inline guint
wsi_record_get_opcode (const WsiRecord *self)
{
  return self->byte0 & WSI_OPCODE;
}

static inline gboolean
wsi_record_is_fin (const WsiRecord *self)
{
  return wsi_record_is_frame (self) && (self->byte0 & WSI_FIN) != 0;
}

/* Whether its time counts as a round trip: the ping is ours, the pong is the peer's.  The time of a
 * pong of ours tells only how soon our side answers. */
static inline gboolean
wsi_record_is_round_trip (const WsiRecord *self)
{
  return (self->flags & WSI_RECORD_ROUND_TRIP) != 0 && self->direction == WSP_DIRECTION_RECEIVED;
}

/* Whether bytes or frames are missing between the records before and after it: those of its
 * connection, or of all if it is of none.  Frames that a pause has left out are a gap of each. */
static inline gboolean
wsi_record_is_loss (const WsiRecord *self)
{
  return self->kind == WSI_RECORD_KIND_EVENT &&
         (self->event == WSI_EVENT_GAP || self->event == WSI_EVENT_DROPPED);
}

/* Whether it says that data is missing which the user did not leave out: frames of a pause are not
 * missed. */
gboolean wsi_record_is_missing (const WsiRecord *self);

/* Bytes of payload after inflating. */
static inline guint64
wsi_record_get_length (const WsiRecord *self)
{
  if (self->kind == WSI_RECORD_KIND_EVENT)
    return 0;

  return wsi_record_is_inflated (self) ? self->inflated_length : self->payload_length;
}

/* Bytes of payload that are missing, or in later records.  An inflated frame has no room for their
 * number: then what was not kept counts as missing. */
static inline guint64
wsi_record_get_n_missing (const WsiRecord *self)
{
  if ((self->flags & (WSI_RECORD_GAP | WSI_RECORD_CUT)) == 0)
    return 0;

  return wsi_record_is_inflated (self) ? self->payload_length - self->stored_length
                                       : self->n_missing;
}

/* Header and payload as they were on the wire; 0 if its frames are not known. */
static inline guint64
wsi_record_get_wire_length (const WsiRecord *self)
{
  if (self->kind == WSI_RECORD_KIND_EVENT || (self->flags & WSI_RECORD_NO_FRAME) != 0)
    return 0;

  return self->header_length + self->payload_length - wsi_record_get_n_missing (self);
}

G_END_DECLS
