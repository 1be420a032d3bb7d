/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One direction of a connection: bytes in, records out.
 *
 *   HEAD -> HEADER <-> PAYLOAD
 *   any but UNDISSECTED -> SEARCH -> HEADER        after missing bytes
 *   HEADER -> TEXT -> SEARCH                       after HTTP in the place of a frame
 *   any -> UNDISSECTED                             frames cannot be found
 *   any -> HEADER or PAYLOAD                       wsp_dissector_stream_continue_at ()
 *
 * A header that can be read says where the next frame begins, so dissecting goes on after a fault.
 *
 * (1) cut_header holds less than one whole header.
 *
 * docs/rationales/dissector.md has the reasons.
 */
#include "observe/dissector/wsp-dissector-stream-private.h"

#include "core/bytes/byte-order.h"
#include "core/handshake/header-fields.h"
#include "observe/wsp-frame-record-private.h"

#define UNKNOWN_LENGTH G_MAXUINT64
#define MAX_TEXT (64 * 1024)    /* bytes of HTTP in the place of a frame */

static WscFields
dissector_stream_get_fields (WscHttpHead *head)
{
  WscFields fields = { NULL, 0 };

  if (head != NULL)
    fields.at = wsc_http_head_get_fields (head, &fields.n);
  return fields;
}

static void
set_negotiated (WspDissectorStream  *self,
                const WspNegotiated *negotiated)
{
  wsp_frames_set_none (&self->frames);
  if (negotiated->deflate.client_window_bits != 0)
    wsp_frames_set_deflate (&self->frames, &negotiated->deflate);
  if (negotiated->has_unknown)
    wsp_frames_set_opaque (&self->frames);
}

void
wsp_dissector_stream_set_negotiated (WspDissectorStream  *self,
                                     const WspNegotiated *negotiated)
{
  set_negotiated (self, negotiated);
  set_negotiated (self->other, negotiated);
}

void
wsp_dissector_stream_set_unknown (WspDissectorStream *self)
{
  wsp_frames_set_unknown (&self->frames);
  wsp_frames_set_unknown (&self->other->frames);
}

static gboolean
is_head_lost (const WspDissectorStream *self)
{
  return self->state != WSP_STREAM_HEAD && (self->heads.result == WSP_HEAD_INCOMPLETE ||
                                            self->heads.result == WSP_HEAD_TOO_LARGE);
}

/* The response sets what was negotiated.  Compression that matches no offer, or that was received
 * before the complete request, is not negotiated. */
static void
dissector_stream_negotiate (WspDissectorStream *self)
{
  WscFields response = dissector_stream_get_fields (self->heads.parsed);
  WscFieldList list = wsc_fields_get_list (response, "Sec-WebSocket-Extensions");
  const WscDeflateParameters none = { 0 };
  WspNegotiated negotiated = { 0 };
  WscExtension extension;

  while (wsc_field_list_next_extension (&list, &extension) == WSC_LIST_ELEMENT)
    {
      if (!wsc_extension_is_deflate (&extension))
        negotiated.has_unknown = TRUE;
      else if (is_head_lost (self->other))
        wsc_deflate_answer_parse (&extension, &negotiated.deflate);
    }
  if (self->other->heads.result == WSP_HEAD_COMPLETE &&
      wsc_deflate_answer_check (response, dissector_stream_get_fields (self->other->heads.parsed),
                                &negotiated.deflate) != WSC_FAULT_NONE)
    negotiated.deflate = none;
  wsp_dissector_stream_set_negotiated (self, &negotiated);
}

/* Nothing more of this direction can be dissected. */
static void
dissector_stream_give_up (WspDissectorStream *self,
                          WscFault            why)
{
  self->state = WSP_STREAM_UNDISSECTED;
  self->bytes_fault = why;
}

static void
end_response (WspDissectorStream *self)
{
  guint status = wsc_http_head_get_status (self->heads.parsed);

  if (status == 101)
    {
      dissector_stream_negotiate (self);
      self->state = WSP_STREAM_HEADER;
      return;
    }

  if (status < 200)             /* no head has a status below 100 */
    {
      wsp_heads_end_interim (&self->heads);
      return;
    }

  /* The client sends no frames after a refusal. */
  dissector_stream_give_up (self, WSC_FAULT_NONE);
  if (self->other->state == WSP_STREAM_HEADER && self->other->n_cut == 0)
    dissector_stream_give_up (self->other, WSC_FAULT_NONE);
}

static void
dissector_stream_begin_search (WspDissectorStream *self)
{
  self->state = WSP_STREAM_SEARCH;
  self->n_guessed = 0;
  wsp_frames_lose (&self->frames);
}

static void
lose_head (WspDissectorStream *self)
{
  dissector_stream_begin_search (self);
  wsp_dissector_stream_set_unknown (self);
}

static gsize
dissector_stream_take_head (WspDissectorStream *self,
                            WscBytes            bytes)
{
  gsize used = bytes.length;

  switch (wsp_heads_take (&self->heads, bytes, &used))
    {
    case WSP_HEAD_INCOMPLETE:
      break;
    case WSP_HEAD_MALFORMED:
      dissector_stream_give_up (self, self->heads.fault);
      break;
    case WSP_HEAD_TOO_LARGE:
      lose_head (self);
      break;
    case WSP_HEAD_COMPLETE:
      if (self->heads.kind == WSC_HEAD_RESPONSE)
        end_response (self);
      else
        self->state = WSP_STREAM_HEADER;
      break;
    }

  self->offset += used;
  self->frames_begin = self->offset;
  return used;
}

static gboolean
is_response_due (const WspDissectorStream *self)
{
  return self->heads.kind == WSC_HEAD_REQUEST && self->other->state == WSP_STREAM_HEAD;
}

/* Returns the time of a record that ends here: the latest time of its bytes.  An earlier byte may
 * have a later time than the last byte, because its packet was late. */
static gint64
end_record_time (WspDissectorStream *self,
                 guint64             begin,
                 guint64             end,
                 gint64              time_us)
{
  gint64 latest_us = MAX (self->held_us, time_us);

  if (self->is_replaying)
    return wsp_header_search_get_time (&self->search, begin, end);

  self->held_us = G_MININT64;
  return latest_us;
}

static gint64
end_frame_time (WspDissectorStream *self,
                gint64              time_us)
{
  return end_record_time (self, self->frames.record.offset, self->offset, time_us);
}

/* A frame with missing bytes has the time of its last byte. */
static gint64
cut_record_time (WspDissectorStream *self,
                 gint64              time_us)
{
  gint64 latest_us = self->held_us;

  self->held_us = G_MININT64;
  return latest_us != G_MININT64 ? latest_us : time_us;
}

/* Makes one record of the incomplete header and of the bytes after it. */
static void
add_bytes_from_header (WspDissectorStream *self,
                       WscBytes            bytes,
                       gint64              time_us)
{
  if (self->n_cut > 0)
    {
      wsp_kept_wire_hold (&self->frames.wire, self->offset,
                          (WscBytes) { self->cut_header, self->n_cut });
      wsp_kept_wire_hold (&self->frames.wire, self->offset, bytes);
    }
  wsp_frames_add_bytes (&self->frames, self->offset, self->n_cut + bytes.length,
                        self->bytes_fault,
                        end_record_time (self, self->offset,
                                         self->offset + self->n_cut + bytes.length, time_us));
  self->offset += self->n_cut + bytes.length;
  self->n_cut = 0;
}

/* If there is no memory, these bytes and all bytes before them are forgotten. */
static void
search_in (WspDissectorStream *self,
           WscBytes            bytes,
           gint64              time_us)
{
  WspHeaderSearch *search = &self->search;
  gboolean is_kept = wsp_header_search_append (search, bytes, self->offset, time_us);

  self->offset += bytes.length;
  if (is_kept)
    return;

  self->frames.records->n_dropped++;
  wsp_header_search_clear (search);
  search->offset = self->offset;
}

static void
show_searched (WspDissectorStream *self)
{
  WspHeaderSearch *search = &self->search;
  WspWindow *window = &self->frames.wire.windows[WSP_WINDOW_SEARCHED];
  guint64 begin = search->offset + search->n_shown, end = search->offset + search->n_searched;

  *window = (WspWindow) { wsc_byte_buffer_peek (&search->bytes), search->offset };
  wsp_frames_add_bytes (&self->frames, begin, end - begin, WSC_FAULT_NONE,
                        wsp_header_search_get_time (search, begin, end));
  search->n_shown = search->n_searched;
}

static gsize dissector_stream_take_some (WspDissectorStream *self,
                                         WscBytes            bytes,
                                         gint64              time_us);

/* The place of the frame in progress, or of its incomplete header. */
static guint64
get_frame_begin (const WspDissectorStream *self)
{
  return self->state == WSP_STREAM_PAYLOAD ? self->frames.record.offset : self->offset;
}

/* Dissects the searched bytes from the found header on.  FALSE: a later header shows that the guess
 * was wrong. */
static gboolean
dissect_searched (WspDissectorStream *self,
                  gint64              time_us)
{
  WscBytes all = wsc_byte_buffer_peek (&self->search.bytes);
  WscBytes left = bytes_after (all, self->search.n_searched);

  self->search.n_searched = self->search.n_shown = all.length;
  self->state = WSP_STREAM_HEADER;
  self->n_guessed = WSP_FRAMES_THAT_AGREE;
  self->offset -= left.length;
  self->is_replaying = TRUE;
  while (left.length > 0 && self->state != WSP_STREAM_SEARCH)
    left = bytes_after (left, dissector_stream_take_some (self, left, time_us));
  self->is_replaying = FALSE;
  self->held_us = wsp_header_search_get_time (&self->search, get_frame_begin (self),
                                              self->search.offset + all.length);
  return self->state != WSP_STREAM_SEARCH;
}

/* Each round begins after the frames of the previous round. */
static void
run_search (WspDissectorStream *self,
            WspSearchExtent     extent,
            gint64              time_us)
{
  WspHeaderSearch *search = &self->search;
  gboolean is_found;

  do
    {
      is_found = wsp_header_search_run (search, &self->frames.options, &self->frames.allowed,
                                        extent);
      if (!is_found && extent == WSP_SEARCH_TO_END)
        search->n_searched = wsc_byte_buffer_peek (&search->bytes).length;
      show_searched (self);
    }
  while (is_found && !dissect_searched (self, time_us));
}

/* Searches again while searched bytes are dissected: these bytes are in the queue already. */
static void
search_again (WspDissectorStream *self)
{
  WspHeaderSearch *search = &self->search;

  dissector_stream_begin_search (self);
  search->n_searched = search->n_shown = self->offset - search->offset;
  self->offset = search->offset + wsc_byte_buffer_peek (&search->bytes).length;
}

/* The header after a guessed frame shows that the guess was wrong. */
static void
search_from_header (WspDissectorStream *self,
                    WscBytes            bytes,
                    gint64              time_us)
{
  WscBytes header = { self->cut_header, self->n_cut };

  dissector_stream_begin_search (self);
  self->n_cut = 0;
  search_in (self, header, self->held_us);
  search_in (self, bytes, time_us);
  run_search (self, WSP_SEARCH_IN_PART, time_us);
}

/* FALSE: the header is incomplete.  Sets used to how many of the bytes belong to the header. */
static gboolean
dissector_stream_read_header (WspDissectorStream *self,
                              WscBytes            bytes,
                              WscFrameHeader     *header,
                              gsize              *used)
{
  gsize n_known = self->n_cut;
  gsize n_new = MIN (bytes.length, WSC_MAX_HEADER_LENGTH - n_known);

  if (n_known == 0)
    self->is_early = is_response_due (self);
  if (n_known == 0 && wsc_frame_header_parse (header, bytes) == WSC_FAULT_NONE)
    {
      *used = header->header_length;
      return TRUE;
    }

  memcpy (self->cut_header + n_known, bytes.at, n_new);
  *used = n_new;
  if (wsc_frame_header_parse (header, (WscBytes) { self->cut_header, n_known + n_new }) !=
      WSC_FAULT_NONE)
    {
      self->n_cut += n_new;
      g_assert (self->n_cut < WSC_MAX_HEADER_LENGTH);   /* (1) */
      return FALSE;
    }

  *used = header->header_length - n_known;
  return TRUE;
}

static void
dissector_stream_begin_frame (WspDissectorStream   *self,
                              const WscFrameHeader *header,
                              gint64                time_us)
{
  WspFrames *frames = &self->frames;

  wsp_frames_begin (frames, header, self->offset);
  if (self->is_early)
    wsp_frame_record_add_fault (&frames->record, WSC_FAULT_BYTES_BEFORE_RESPONSE);
  if (self->n_guessed > 0)
    {
      self->n_guessed--;
      frames->record.flags |= WSP_FRAME_FLAGS_GUESSED;
    }
  self->offset += header->header_length;
  self->n_cut = 0;
  self->state = WSP_STREAM_PAYLOAD;
  if (header->payload_length >> 63)
    {
      wsp_frames_end_early (frames, WSP_FRAME_FLAGS_CUT, end_frame_time (self, time_us));
      dissector_stream_give_up (self, WSC_FAULT_LENGTH_TOP_BIT_SET);
    }
  else if (header->payload_length == 0)
    {
      wsp_frames_end (frames, end_frame_time (self, time_us));
      self->state = WSP_STREAM_HEADER;
    }
}

/* Text that follows a head with a fault at once: for its sender the head may have ended later. */
static gboolean
is_rest_of_head (const WspDissectorStream *self,
                 const WscFrameHeader     *header)
{
  return self->heads.fault != WSC_FAULT_NONE && self->offset == self->frames_begin &&
         g_ascii_isgraph (header->first) &&
         !wsp_frame_header_is_plausible (header, &self->frames.options, &self->frames.allowed);
}

/* HTTP or an empty line in the place of a frame: its first two bytes are a header that is not
 * plausible. */
static WscFault
dissector_stream_find_text (const WspFrames      *frames,
                            const WscFrameHeader *header)
{
  static const char *const texts[] = { "HT", "GE", "PO" };      /* HTTP/1., GET, POST */
  const char begin[] = { (char) header->first, (char) header->payload_length, '\0' };

  if ((header->first & WSC_FIN) != 0 || header->header_length != 2 ||
      wsp_frame_header_is_plausible (header, &frames->options, &frames->allowed))
    return WSC_FAULT_NONE;

  if (strcmp (begin, "\r\n") == 0)
    return WSC_FAULT_EMPTY_LINE_AMONG_FRAMES;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (strcmp (begin, texts[i]) == 0)
      return WSC_FAULT_HTTP_AMONG_FRAMES;

  return WSC_FAULT_NONE;
}

/* The next header is searched behind the text, whose body may follow. */
static void
end_text (WspDissectorStream *self)
{
  self->bytes_fault = WSC_FAULT_NONE;
  if (self->is_replaying)
    search_again (self);
  else
    dissector_stream_begin_search (self);
}

/* Returns how many of the bytes belong to the text. */
static gsize
dissector_stream_measure_text (WspDissectorStream *self,
                               WscBytes            bytes)
{
  gsize n = MIN (bytes.length, MAX_TEXT - self->n_text);

  if (self->bytes_fault == WSC_FAULT_EMPTY_LINE_AMONG_FRAMES)
    {
      n = MIN (n, strlen ("\r\n") - self->n_text);
      self->text_end.has_ended = self->n_text + n == strlen ("\r\n");
    }
  else
    n = wsc_head_end_take (&self->text_end, bytes_first (bytes, n));
  self->n_text += n;
  return n;
}

static gsize
dissector_stream_take_text (WspDissectorStream *self,
                            WscBytes            bytes,
                            gint64              time_us)
{
  gsize n = dissector_stream_measure_text (self, bytes);

  add_bytes_from_header (self, bytes_first (bytes, n), time_us);
  if (self->text_end.has_ended || self->n_text == MAX_TEXT)
    end_text (self);
  return n;
}

static gsize
begin_text (WspDissectorStream *self,
            WscFault            fault,
            WscBytes            bytes,
            gint64              time_us)
{
  self->state = WSP_STREAM_TEXT;
  self->bytes_fault = fault;
  self->text_end = (WscHeadEnd) { 0 };
  self->n_text = 0;
  dissector_stream_measure_text (self, (WscBytes) { self->cut_header, self->n_cut });
  return dissector_stream_take_text (self, bytes, time_us);
}

static gsize
dissector_stream_take_header (WspDissectorStream *self,
                              WscBytes            bytes,
                              gint64              time_us)
{
  WspFrames *frames = &self->frames;
  WscFrameHeader header;
  WscFault fault;
  gsize used;

  if (!dissector_stream_read_header (self, bytes, &header, &used))
    return used;

  if ((frames->has_closed || self->n_guessed > 0) &&
      !wsp_frame_header_is_plausible (&header, &frames->options, &frames->allowed))
    {
      if (self->n_guessed > 0)
        {
          if (self->is_replaying)
            search_again (self);
          else
            search_from_header (self, bytes, time_us);
          return bytes.length;
        }

      dissector_stream_give_up (self, WSC_FAULT_BYTES_AFTER_CLOSE);
      add_bytes_from_header (self, bytes, time_us);
      return bytes.length;
    }

  if (is_rest_of_head (self, &header))
    {
      search_from_header (self, bytes, time_us);
      return bytes.length;
    }

  fault = dissector_stream_find_text (frames, &header);
  if (fault != WSC_FAULT_NONE)
    return begin_text (self, fault, bytes, time_us);

  dissector_stream_begin_frame (self, &header, time_us);
  return used;
}

static gsize
dissector_stream_take_payload (WspDissectorStream *self,
                               WscBytes            bytes,
                               gint64              time_us)
{
  gsize used = MIN (bytes.length, self->frames.payload_left);

  self->offset += used;
  wsp_frames_take_payload (&self->frames, bytes_first (bytes, used));
  if (self->frames.payload_left > 0)
    return used;

  wsp_frames_end (&self->frames, end_frame_time (self, time_us));
  self->state = WSP_STREAM_HEADER;
  return used;
}

static gsize
dissector_stream_take_some (WspDissectorStream *self,
                            WscBytes            bytes,
                            gint64              time_us)
{
  switch (self->state)
    {
    case WSP_STREAM_HEAD:
      return dissector_stream_take_head (self, bytes);
    case WSP_STREAM_HEADER:
      return dissector_stream_take_header (self, bytes, time_us);
    case WSP_STREAM_PAYLOAD:
      return dissector_stream_take_payload (self, bytes, time_us);
    case WSP_STREAM_TEXT:
      return dissector_stream_take_text (self, bytes, time_us);
    case WSP_STREAM_SEARCH:
      search_in (self, bytes, time_us);
      run_search (self, WSP_SEARCH_IN_PART, time_us);
      return bytes.length;
    case WSP_STREAM_UNDISSECTED:
      wsp_frames_add_bytes (&self->frames, self->offset, bytes.length, self->bytes_fault, time_us);
      self->offset += bytes.length;
      return bytes.length;
    }

  g_assert_not_reached ();
}

void
wsp_dissector_stream_init (WspDissectorStream *self,
                           WspDirection        direction,
                           WscRole             receiver,
                           WspStreamState      state,
                           WspKeptRecords     *records)
{
  *self = (WspDissectorStream) { .state = state, .held_us = G_MININT64 };
  wsp_heads_init (&self->heads,
                  receiver == WSC_ROLE_SERVER ? WSC_HEAD_REQUEST : WSC_HEAD_RESPONSE);
  wsp_frames_init (&self->frames, direction, receiver, records);
}

void
wsp_dissector_stream_clear (WspDissectorStream *self)
{
  wsp_heads_clear (&self->heads);
  wsp_frames_clear (&self->frames);
  wsp_header_search_clear (&self->search);
}

void
wsp_dissector_stream_forget (WspDissectorStream *self)
{
  wsp_frames_forget (&self->frames);
  if (self->search.bytes.end == 0)
    return;

  wsp_header_search_forget (&self->search);
  if (self->search.bytes.end == 0)
    wsp_header_search_clear (&self->search);
}

void
wsp_dissector_stream_take (WspDissectorStream *self,
                           GBytes             *bytes,
                           gint64              time_us)
{
  WscBytes left;

  wsp_kept_wire_set_pushed (&self->frames.wire, bytes, self->offset + self->n_cut);
  wsp_frames_allow_inflating (&self->frames, g_bytes_get_size (bytes));
  left = self->frames.wire.windows[WSP_WINDOW_PUSHED].bytes;
  while (left.length > 0)
    left = bytes_after (left, dissector_stream_take_some (self, left, time_us));
  self->held_us = self->n_cut > 0 || self->state == WSP_STREAM_PAYLOAD
                  ? MAX (self->held_us, time_us) : G_MININT64;
}

static void
cut_header (WspDissectorStream *self,
            gint64              time_us)
{
  if (self->n_cut > 0)
    wsp_frames_add_cut_header (&self->frames, (WscBytes) { self->cut_header, self->n_cut },
                               self->offset, cut_record_time (self, time_us));
  self->offset += self->n_cut;
  self->n_cut = 0;
}

static void
skip_in_payload (WspDissectorStream *self,
                 guint64             length,
                 gint64              time_us)
{
  WspFrames *frames = &self->frames;
  guint64 n_left = frames->payload_left;

  WspFrameFlags why = length == UNKNOWN_LENGTH ? WSP_FRAME_FLAGS_CUT : WSP_FRAME_FLAGS_GAP;

  if (length > n_left)
    {
      wsp_frames_end_early (frames, why, cut_record_time (self, time_us));
      dissector_stream_begin_search (self);
      return;
    }

  wsp_frames_end_early (frames, why, cut_record_time (self, time_us));
  if (length < n_left)
    wsp_frames_begin_rest (frames, self->offset + length, length, n_left - length);
  else
    self->state = WSP_STREAM_HEADER;
}

void
wsp_dissector_stream_skip (WspDissectorStream *self,
                           guint64             length,
                           gint64              time_us)
{
  wsp_frames_allow_inflating (&self->frames, 0);
  if (self->state == WSP_STREAM_SEARCH)
    run_search (self, WSP_SEARCH_TO_END, time_us);

  switch (self->state)
    {
    case WSP_STREAM_HEAD:
      lose_head (self);
      break;
    case WSP_STREAM_HEADER:
      cut_header (self, time_us);
      dissector_stream_begin_search (self);
      break;
    case WSP_STREAM_PAYLOAD:
      skip_in_payload (self, length, time_us);
      break;
    case WSP_STREAM_TEXT:
      dissector_stream_begin_search (self);
      break;
    case WSP_STREAM_SEARCH:
    case WSP_STREAM_UNDISSECTED:
      break;
    }

  if (length != UNKNOWN_LENGTH)
    self->offset += length;
}

void
wsp_dissector_stream_expect_header (WspDissectorStream *self,
                                    gint64              time_us)
{
  wsp_frames_allow_inflating (&self->frames, 0);
  if (self->state == WSP_STREAM_SEARCH)
    run_search (self, WSP_SEARCH_TO_END, time_us);
  if (self->state != WSP_STREAM_SEARCH)
    return;

  self->state = WSP_STREAM_HEADER;
  self->n_guessed = WSP_FRAMES_THAT_AGREE;
}

/* Ends what has begun: a search, a header or the payload of a frame. */
static void
end_unfinished (WspDissectorStream *self,
                gint64              time_us)
{
  wsp_frames_allow_inflating (&self->frames, 0);
  if (self->state == WSP_STREAM_SEARCH)
    run_search (self, WSP_SEARCH_TO_END, time_us);
  if (self->state == WSP_STREAM_HEADER)
    cut_header (self, time_us);
  if (self->state == WSP_STREAM_PAYLOAD)
    wsp_frames_end_early (&self->frames, WSP_FRAME_FLAGS_CUT, cut_record_time (self, time_us));
}

void
wsp_dissector_stream_continue_at (WspDissectorStream      *self,
                                  const WspDissectorPlace *place,
                                  gint64                   time_us)
{
  WspDissectorPlace checked = *place;

  end_unfinished (self, time_us);
  checked.left = MIN (place->left, G_MAXINT64);
  checked.opcode = place->opcode & WSC_OPCODE;
  self->n_guessed = 0;
  self->offset = self->frames_begin + place->offset;
  self->state = checked.left > 0 ? WSP_STREAM_PAYLOAD : WSP_STREAM_HEADER;
  wsp_frames_continue_at (&self->frames, &checked, self->offset);
}

void
wsp_dissector_stream_end (WspDissectorStream *self,
                          gint64              time_us)
{
  end_unfinished (self, time_us);
  if (self->state != WSP_STREAM_UNDISSECTED)
    dissector_stream_give_up (self, WSC_FAULT_NONE);
}
