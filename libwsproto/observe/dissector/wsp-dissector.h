/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Makes frame records from the bytes of a connection, in both directions.
 *
 * A dissector finds the opening handshake in the bytes.  The record of a frame that breaks rules
 * names all of these rules, and the dissector goes on with the next frame if it can find where that
 * frame begins.  The functions of the engine check the frames, but not the limits of an endpoint,
 * so frames that an engine refuses are shown, too.  The heads, the records and the bytes that were
 * skipped are all bytes of a direction, in their order.
 *
 * HTTP text, or an empty line, where a frame should begin is in a record with BYTES up to its empty
 * line; then the next header is searched as wsp_dissector_skip () does.
 *
 * The payloads of the records are kept until the next push, skip or end, as long as there is room
 * and memory for them.
 *
 * Use a dissector from one thread at a time. */
#pragma once

#include <libwsproto/http/wsp-headers.h>
#include <libwsproto/observe/wsp-frame-record.h>

G_BEGIN_DECLS

#define WSP_TYPE_DISSECTOR (wsp_dissector_get_type ())
G_DECLARE_FINAL_TYPE (WspDissector, wsp_dissector, WSP, DISSECTOR, GObject)

typedef struct                  /* a place in a direction */
{
  guint64       offset;         /* offset of the place, counted from the first byte after the head of the opening handshake */
  guint64       left;           /* payload bytes of the frame in progress; 0: a header is next */
  guint32       key;            /* masking key of these bytes, as in memory; 0: they are not masked */
  guint8        first;          /* the first byte of that frame */
  guint8        opcode;         /* opcode of the message in progress; 0 = not known */
  gboolean      is_inside_message;      /* the message goes on after that frame, or may do so */
  gboolean      is_compressed;  /* the message in progress cannot be inflated */
  const guint8 *window;         /* bytes that compressed messages may refer to, at most 32 KiB */
  gsize         window_length;
} WspDissectorPlace;

/* role: the side that is observed, which sends what has WSP_DIRECTION_SENT.  extensions: the
 * negotiated ones, as in a Sec-WebSocket-Extensions header, "" for none; NULL: the bytes begin with
 * the opening handshake. */
WspDissector         *wsp_dissector_new (WspRole     role,
                                         const char *extensions);
/* The bytes begin after an opening handshake that is not known, and so is what was negotiated: no
 * reserved bit or opcode breaks a rule, and nothing is inflated.  A frame with one has OPAQUE, and
 * so have the next frames of a message with such a bit. */
WspDissector         *wsp_dissector_new_late (WspRole role);

/* Dissects the next bytes of one direction, in pieces of any size, and queues records of the frames
 * that they complete.  time_us: monotonic time.
 *
 * The cost of a push is linear in the length of bytes, whatever they are: a push inflates to at
 * most 16 MiB plus 64 bytes for each byte of bytes, of which at most 32 MiB are kept, and at most
 * 1,048,576 records are queued.  The first 16 MiB of a payload are kept.
 *
 * Bytes that belong to no frame are in a record of their own in each push.  The dissector holds
 * bytes until the next call: pushing no bytes frees them. */
void                  wsp_dissector_push              (WspDissector *self,
                                                       WspDirection  direction,
                                                       GBytes       *bytes,
                                                       gint64        time_us);
/* Goes on after bytes that are missing, for example because a capture lost them.  length
 * G_MAXUINT64: it is unknown how many.
 *
 * If the bytes are missing inside a payload, and length does not exceed the rest of that payload,
 * the next frame is found exactly: the current frame ends with GAP, and the rest of its payload is
 * in a record with REST.
 *
 * Otherwise the current frame ends, and the dissector searches for the next place where three
 * headers in a row break no rule.  The bytes before that place are in records with BYTES, and the
 * first three frames after it have GUESSED.  These frames get their records when the place is
 * found, or when no more bytes follow, with the times of their bytes.  Only headers within 1 MiB
 * after a place decide about it: a larger frame is found by its header alone, unless it has more
 * than 4 GiB.  The time of the search is linear.
 *
 * A message of which bytes are missing cannot be inflated, and with context takeover nor can any
 * later message of the same direction: these frames have NOT_INFLATED.
 *
 * If bytes of the opening handshake are missing, it is not known what was negotiated: RSV1 breaks
 * no rule, and compressed messages have NOT_INFLATED.  For a connection whose beginning is missing,
 * skip an unknown number of bytes in both directions first.
 *
 * Offsets of records count the missing bytes, if length is known. */
void                  wsp_dissector_skip              (WspDissector *self,
                                                       WspDirection  direction,
                                                       guint64       length,
                                                       gint64        time_us);
/* Tells that a frame probably begins with the next byte.  If the dissector searches, the search
 * ends there: the record of this frame is made as soon as it is complete, and it has GUESSED, as
 * the next two have.  Where one of their headers breaks a rule, the search begins again. */
void                  wsp_dissector_expect_frame      (WspDissector *self,
                                                       WspDirection  direction,
                                                       gint64        time_us);
/* Goes on at a place whose state is known, for example where an observer begins in the middle of a
 * connection: a frame in progress ends with CUT, and the rest of the payload at the place is in a
 * record with REST.  If the bytes before the place were not pushed, call this function before the
 * next push; the opening handshake must be complete, or not be expected. */
void                  wsp_dissector_continue_at       (WspDissector            *self,
                                                       WspDirection             direction,
                                                       const WspDissectorPlace *place,
                                                       gint64                   time_us);
/* Notes that no more bytes follow in one direction.  A frame in progress becomes a record with CUT.
 * An incomplete head stays as it is.  Bytes that are pushed later belong to no frame. */
void                  wsp_dissector_end               (WspDissector *self,
                                                       WspDirection  direction,
                                                       gint64        time_us);

/* Takes all queued records, the oldest first.  The dissector owns them: they are valid until the
 * next push, skip or end.  May be NULL for none. */
const WspFrameRecord *wsp_dissector_take_records      (WspDissector *self,
                                                       guint        *n_records);
/* Gets the payload of a frame of this dissector, or the bytes of a record that is not a frame.  For
 * a frame of a compressed message, INFLATED gets the bytes to which the payload inflates, possibly
 * none before the next frame.  After a message that is invalid, of which bytes are missing, or that
 * inflates to more than 64 MiB or more than the limit of a push, later payloads may have
 * NOT_INFLATED.
 *
 * With TRUNCATED the result is the beginning of the payload.  If bytes of the payload are missing,
 * it is the bytes before them.  NULL: bytes were pushed since, or there is no memory.  (transfer
 * full) */
GBytes               *wsp_dissector_dup_payload       (WspDissector         *self,
                                                       const WspFrameRecord *record,
                                                       WspPayloadView        view);
/* Gets the same bytes without a copy.  They are valid until the next call of this function, push,
 * skip or end.  NULL: there is no payload, or it is empty. */
const guint8         *wsp_dissector_peek_payload      (WspDissector         *self,
                                                       const WspFrameRecord *record,
                                                       WspPayloadView        view,
                                                       gsize                *length);
/* The number of frames whose record was not kept, because 1,048,576 records are queued, or whose
 * payload was not kept as a whole (TRUNCATED). */
guint64               wsp_dissector_get_n_dropped     (WspDissector *self);

/* Gets the head of the request as it was on the wire, also if it is malformed or incomplete.  A
 * malformed head ends with its first empty line.  A head ends in any case after 1 MiB: then frames
 * are searched as after missing bytes, and so they are after a head with more than 10,000 fields.
 * NULL: no byte of the head has come.  (transfer full) */
GBytes               *wsp_dissector_dup_request_head  (WspDissector *self);
/* Gets the same of the final response. */
GBytes               *wsp_dissector_dup_response_head (WspDissector *self);
/* The number of interim responses (1xx but 101) whose heads are kept: the first 16, and at most
 * 64 KiB. */
guint                 wsp_dissector_get_n_interim_heads (WspDissector *self);
/* NULL: no head has this index.  (transfer full) */
GBytes               *wsp_dissector_dup_interim_head  (WspDissector *self,
                                                       guint         index);
/* TRUE: no more bytes of the head can follow.  The head may be malformed. */
gboolean              wsp_dissector_has_request       (WspDissector *self);
gboolean              wsp_dissector_has_response      (WspDissector *self);
/* TRUE: the head of a direction is complete and was read.  A head that is malformed is read as
 * tolerant peers read it, if it has a request line or a status line. */
gboolean              wsp_dissector_has_read_head     (WspDissector *self,
                                                       WspDirection  direction);
/* Gets the headers of a head that was read, else NULL.  (transfer full) */
WspHeaders           *wsp_dissector_dup_request_headers  (WspDissector *self);
WspHeaders           *wsp_dissector_dup_response_headers (WspDissector *self);
/* The number of the rule that makes the head of a direction malformed, for wsp-fault.h; 0: the head
 * is not malformed so far.  Its size breaks no rule.  wsp_handshake_check () checks what the head
 * says. */
guint                 wsp_dissector_get_head_fault    (WspDissector *self,
                                                       WspDirection  direction);
/* Gets the parameters of permessage-deflate that both sides negotiated (RFC 7692 7.1): the bits of
 * the windows, 8 to 15, and whether a side keeps its window between messages.  Each may be NULL.
 * FALSE: compression was not negotiated, or the handshake is not complete; nothing is changed
 * then. */
gboolean              wsp_dissector_get_deflate       (WspDissector *self,
                                                       guint        *client_window_bits,
                                                       guint        *server_window_bits,
                                                       gboolean     *client_context_takeover,
                                                       gboolean     *server_context_takeover);

G_END_DECLS
