/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The words about the fields of a frame. */
#include "inspect/show/header/wsi-frame-layout.h"

#include "inspect/store/wsi-frame-bytes.h"

#include <glib/gi18n.h>
#include <libwsproto/observe/wsp-frame-record.h>

#define SHORTEST_IN_64_BITS 65536

typedef struct
{
  const char *name, *section, *sentence;
} FieldText;

/* The signs of RFC 6455 (FIN, opcode) are the same in each language; its phrases are not. */
static const FieldText texts[WSI_N_FRAME_FIELDS] = {
  [WSI_FRAME_FIELD_FIN] = {
    "FIN", "RFC 6455 5.2",
    N_("1 on the last frame of a message, 0 on all frames before it. A control frame always "
       "has 1."),
  },
  [WSI_FRAME_FIELD_RSV1] = {
    "RSV1", "RFC 6455 5.2, RFC 7692 6",
    N_("Reserved for extensions, otherwise 0. With permessage-deflate it is 1 on the first "
       "frame of each compressed message."),
  },
  [WSI_FRAME_FIELD_RSV2] = {
    "RSV2", "RFC 6455 5.2",
    N_("Reserved for extensions, otherwise 0."),
  },
  [WSI_FRAME_FIELD_RSV3] = {
    "RSV3", "RFC 6455 5.2",
    N_("Reserved for extensions, otherwise 0."),
  },
  [WSI_FRAME_FIELD_OPCODE] = {
    "opcode", "RFC 6455 5.2",
    N_("The kind of the frame: 0 continues a message, 1 is text, 2 is binary, 8 closes the "
       "connection, 9 is a ping, 10 is a pong. All others are reserved."),
  },
  [WSI_FRAME_FIELD_MASK] = {
    "MASK", "RFC 6455 5.1, 5.2",
    N_("1 if the payload is masked; then the header ends with a masking key. Each frame of a "
       "client is masked, no frame of a server is."),
  },
  [WSI_FRAME_FIELD_LENGTH] = {
    N_("payload length"), "RFC 6455 5.2",
    N_("Up to 125 it is the length of the payload in bytes. With 126 the length is in the "
       "next 2 bytes, with 127 in the next 8."),
  },
  [WSI_FRAME_FIELD_LENGTH_16] = {
    N_("extended payload length"), "RFC 6455 5.2",
    N_("The length of the payload in bytes as a 16-bit number, the highest byte first. Only "
       "lengths from 126 on are written in this form."),
  },
  [WSI_FRAME_FIELD_LENGTH_64] = {
    N_("extended payload length"), "RFC 6455 5.2",
    N_("The length of the payload in bytes as a 64-bit number, the highest byte first; its "
       "first bit is 0. Only lengths from 65536 on are written in this form."),
  },
  [WSI_FRAME_FIELD_MASKING_KEY] = {
    N_("masking key"), "RFC 6455 5.3, 10.3",
    N_("4 random bytes that the client chooses for each frame. Each byte of the payload is "
       "combined with one of them, in turn, by exclusive or. This hides nothing: it keeps a "
       "page from choosing the bytes that a proxy sees."),
  },
  [WSI_FRAME_FIELD_PAYLOAD] = {
    N_("payload"), "RFC 6455 5.2",
    N_("The data of the application, after that of an extension if one adds any."),
  },
  [WSI_FRAME_FIELD_REST] = {
    N_("rest of the header"), "RFC 6455 5.2",
    N_("The stream ends within this header, or bytes of it are missing."),
  },
};

static const char not_known[] =
  N_("not known: the handshake, which agrees on extensions, was not recorded");

static const char *
explain_set_rsv1 (const WsiFrameLayout *self)
{
  gboolean begins = (self->frame.opcode & WSI_OPCODE_IS_CONTROL) == 0 && self->frame.opcode != 0;

  if (self->place.deflate == WSI_DEFLATE_UNKNOWN)
    return begins ? N_("perhaps compressed: the handshake, which agrees on permessage-deflate, was "
                       "not recorded")
                  : not_known;

  if ((self->frame.flags & WSP_FRAME_FLAGS_OPAQUE) != 0)
    return N_("of an extension that is not known");

  if (self->place.deflate == WSI_DEFLATE_NOT_AGREED)
    return N_("breaks a rule: no negotiated extension uses it");

  return begins ? N_("compressed with permessage-deflate")
                : N_("breaks a rule: permessage-deflate sets it only on the first frame of a "
                     "message");
}

static const char *
explain_rsv1 (const WsiFrameLayout *self)
{
  if ((self->frame.rsv & 4) != 0)
    return explain_set_rsv1 (self);

  if (self->place.deflate == WSI_DEFLATE_UNKNOWN &&
      (self->frame.flags & WSP_FRAME_FLAGS_OPAQUE) != 0)
    return N_("perhaps continues a compressed message: only its first frame has 1");

  if ((self->frame.flags & WSP_FRAME_FLAGS_COMPRESSED) != 0)
    return N_("continues a compressed message: only its first frame has 1");

  return self->place.deflate == WSI_DEFLATE_NOT_AGREED
         ? N_("not used: no compression was negotiated") : N_("not compressed");
}

static const char *
explain_reserved (const WsiFrameLayout *self,
                  guint64               value)
{
  if (value == 0)
    return N_("not used");

  if (self->place.deflate == WSI_DEFLATE_UNKNOWN)
    return not_known;

  return (self->frame.flags & WSP_FRAME_FLAGS_OPAQUE) != 0
         ? N_("of an extension that is not known")
         : N_("set, but no negotiated extension uses it");
}

/* The meaning of the MASK bit, which tells the sender where it is not known. */
static const char *
explain_mask (const WsiFrameLayout *self)
{
  gboolean is_masked = self->frame.masked;
  gboolean is_client = self->place.n_bytes > 0 ? self->place.sender == WSP_ROLE_CLIENT : is_masked;

  if (is_client)
    return is_masked ? N_("masked, as a client must")
                     : N_("breaks a rule: a client masks each frame");

  return is_masked ? N_("breaks a rule: a server masks no frame")
                   : N_("not masked, as a server must");
}

static const char *
explain_reserved_opcode (const WsiFrameLayout *self)
{
  if (self->place.deflate == WSI_DEFLATE_UNKNOWN)
    return not_known;

  return (self->frame.flags & WSP_FRAME_FLAGS_OPAQUE) != 0
         ? N_("of an extension that is not known")
         : N_("without a meaning: a receiver fails the connection");
}

static const char *
explain_opcode (const WsiFrameLayout *self)
{
  switch (wsp_frame_record_get_kind (&self->frame))
    {
    case WSP_FRAME_KIND_CONTINUATION:
      return N_("continues the message that a text or binary frame began");
    case WSP_FRAME_KIND_TEXT:
      return N_("a text message, or its beginning: UTF-8");
    case WSP_FRAME_KIND_BINARY:
      return N_("a binary message, or its beginning");
    case WSP_FRAME_KIND_CLOSE:
      return N_("begins or answers the closing handshake: no data follows");
    case WSP_FRAME_KIND_PING:
      return N_("requests a pong with the same payload");
    case WSP_FRAME_KIND_PONG:
      return N_("answers a ping, or is sent unasked to show that the connection lives");
    case WSP_FRAME_KIND_RESERVED:
      return explain_reserved_opcode (self);
    case WSP_FRAME_KIND_BYTES:
      return "";
    }

  g_assert_not_reached ();
}

static const char *
explain_length (guint64 value)
{
  if (value == WSI_LENGTH_IN_16_BITS)
    return N_("the length is in the next 2 bytes");

  return value == WSI_LENGTH_IN_64_BITS ? N_("the length is in the next 8 bytes")
                                    : N_("bytes of payload");
}

static const char *
explain_extended_length (guint64 value,
                         guint64 shortest)
{
  return value >= shortest ? N_("bytes of payload")
                           : N_("bytes of payload, but a shorter form holds this number");
}

static const char *
explain_payload (const WspFrameRecord *frame)
{
  if ((frame->flags & (WSP_FRAME_FLAGS_CUT | WSP_FRAME_FLAGS_GAP)) != 0)
    return N_("bytes of it are missing");

  if (wsp_frame_record_get_kind (frame) == WSP_FRAME_KIND_CLOSE)
    return N_("a close code in 2 bytes, then the reason as text");

  if ((frame->flags & WSP_FRAME_FLAGS_COMPRESSED) != 0)
    return frame->masked ? N_("compressed, then masked") : N_("compressed");

  return frame->masked ? N_("masked") : N_("as it was sent");
}

const char *
wsi_frame_layout_get_meaning (const WsiFrameLayout *self,
                              guint                 part)
{
  const WspFrameRecord *frame = &self->frame;
  guint64 value = self->parts[part].value;

  switch (self->parts[part].field)
    {
    case WSI_FRAME_FIELD_FIN:
      return frame->fin ? N_("the last frame of its message")
                        : N_("more frames of this message follow");
    case WSI_FRAME_FIELD_RSV1:
      return explain_rsv1 (self);
    case WSI_FRAME_FIELD_RSV2:
    case WSI_FRAME_FIELD_RSV3:
      return explain_reserved (self, value);
    case WSI_FRAME_FIELD_OPCODE:
      return explain_opcode (self);
    case WSI_FRAME_FIELD_MASK:
      return explain_mask (self);
    case WSI_FRAME_FIELD_LENGTH:
      return explain_length (value);
    case WSI_FRAME_FIELD_LENGTH_16:
      return explain_extended_length (value, WSI_LENGTH_IN_16_BITS);
    case WSI_FRAME_FIELD_LENGTH_64:
      return explain_extended_length (value, SHORTEST_IN_64_BITS);
    case WSI_FRAME_FIELD_MASKING_KEY:
      return value != 0 ? N_("unmasks the payload") : N_("0: masking changes nothing");
    case WSI_FRAME_FIELD_PAYLOAD:
      return explain_payload (frame);
    case WSI_FRAME_FIELD_REST:
      return N_("not known");
    }

  g_assert_not_reached ();
}

const char *
wsi_frame_field_get_name (WsiFrameField field)
{
  return texts[field].name;
}

const char *
wsi_frame_field_get_sentence (WsiFrameField field)
{
  return texts[field].sentence;
}

const char *
wsi_frame_field_get_section (WsiFrameField field)
{
  return texts[field].section;
}
