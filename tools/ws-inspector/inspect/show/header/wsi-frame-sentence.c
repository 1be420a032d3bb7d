/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A frame in words: its place in its message, its size, and what is missing or wrong. */
#include "inspect/show/header/wsi-frame-layout.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "inspect/store/wsi-frame-bytes.h"

#define RSV1 4                  /* RSV1 among the reserved bits of a record */

typedef enum
{
  COMPRESSED_NO,
  COMPRESSED_YES,
  COMPRESSED_PERHAPS,           /* the frame may be compressed: the handshake is not known */
  N_COMPRESSED,
} Compressed;

static Compressed
frame_sentence_find_compressed (const WsiFrameLayout *self)
{
  const WspFrameRecord *frame = &self->frame;
  gboolean is_control = (frame->opcode & WSI_OPCODE_IS_CONTROL) != 0;
  gboolean begins = frame->opcode != 0 && (frame->rsv & RSV1) != 0;
  gboolean is_compressed = (frame->flags & WSP_FRAME_FLAGS_COMPRESSED) != 0;

  gboolean is_opaque = (frame->flags & WSP_FRAME_FLAGS_OPAQUE) != 0;

  if (!is_control && self->place.deflate == WSI_DEFLATE_UNKNOWN)
    return is_opaque || begins ? COMPRESSED_PERHAPS : COMPRESSED_NO;

  return is_compressed && !is_control && !is_opaque ? COMPRESSED_YES : COMPRESSED_NO;
}

/* Translators: each follows "First frame", "Last frame" and so on, as a genitive does. */
static const char *
name_message (const WsiFrameLayout *self)
{
  static const char *const texts[N_COMPRESSED] = {
    N_("of a text message"), N_("of a compressed text message"),
    N_("of a text message that may be compressed"),
  };
  static const char *const binaries[N_COMPRESSED] = {
    N_("of a binary message"), N_("of a compressed binary message"),
    N_("of a binary message that may be compressed"),
  };
  static const char *const unknown[N_COMPRESSED] = {
    N_("of a message whose beginning is not known"),
    N_("of a compressed message whose beginning is not known"),
    N_("of a message whose beginning is not known, and that may be compressed"),
  };
  guint opcode = self->frame.opcode != 0 ? self->frame.opcode : self->frame.message_opcode;
  Compressed compressed = frame_sentence_find_compressed (self);

  return opcode == WSI_OPCODE_TEXT ? _(texts[compressed])
         : opcode == WSI_OPCODE_BINARY ? _(binaries[compressed]) : _(unknown[compressed]);
}

static char *
describe_fragment (const WsiFrameLayout *self)
{
  const char *message = name_message (self);
  gboolean begins = self->frame.opcode != 0;

  if (self->place.is_orphan)
    return g_strdup (_("Continuation frame without a message"));

  if (self->frame.fin)
    return begins ? g_strdup_printf (_("Only frame %s"), message)
                  : g_strdup_printf (_("Last frame %s"), message);

  return begins ? g_strdup_printf (_("First frame %s"), message)
                : g_strdup_printf (_("Middle frame %s"), message);
}

/* The record of a Close frame without a payload has a code that is never sent. */
static char *
describe_close (const WspFrameRecord *frame)
{
  if (frame->close_code == 0)
    return g_strdup (_("Close frame"));

  return frame->payload_length == 0
         ? g_strdup (_("Close frame without a code"))
         : g_strdup_printf (_("Close frame with code %u"), frame->close_code);
}

static char *
describe_kind (const WsiFrameLayout *self)
{
  switch (wsp_frame_record_get_kind (&self->frame))
    {
    case WSP_FRAME_KIND_CLOSE:
      return describe_close (&self->frame);
    case WSP_FRAME_KIND_PING:
      return g_strdup (_("Ping"));
    case WSP_FRAME_KIND_PONG:
      return g_strdup (_("Pong"));
    case WSP_FRAME_KIND_RESERVED:
      return g_strdup_printf (_("Frame with the reserved opcode %u"), self->frame.opcode);
    case WSP_FRAME_KIND_CONTINUATION:
    case WSP_FRAME_KIND_TEXT:
    case WSP_FRAME_KIND_BINARY:
    case WSP_FRAME_KIND_BYTES:
      return describe_fragment (self);
    }

  g_assert_not_reached ();
}

static gboolean
is_header_known (const WsiFrameLayout *self)
{
  for (guint i = 0; i < self->n_parts; i++)
    if (self->parts[i].field == WSI_FRAME_FIELD_MASK)
      return TRUE;
  return FALSE;
}

/* Adds the header, which may promise more bytes than a number holds. */
static guint64
frame_sentence_add_header (const WsiFrameLayout *self,
                           guint64               n_payload)
{
  guint n_header = self->frame.header_length;

  return n_payload > G_MAXUINT64 - n_header ? G_MAXUINT64 : n_payload + n_header;
}

static char *
describe_size (const WsiFrameLayout *self)
{
  const WspFrameRecord *frame = &self->frame;
  guint64 n_payload = is_header_known (self) ? frame->payload_length : 0;
  guint64 n_missing = MIN (frame->n_missing, n_payload);
  guint64 n_bytes = frame_sentence_add_header (self, n_payload);
  guint64 n_seen = frame_sentence_add_header (self, n_payload - n_missing);
  gulong plural = MIN (n_bytes, G_MAXINT);

  if (!is_header_known (self))
    return g_strdup_printf (ngettext ("%'" PRIu64 " byte recorded", "%'" PRIu64 " bytes recorded",
                                      plural), n_bytes);

  if (n_missing > 0)
    return g_strdup_printf (ngettext ("%'" PRIu64 " of %'" PRIu64 " byte recorded",
                                      "%'" PRIu64 " of %'" PRIu64 " bytes recorded", plural),
                            n_seen, n_bytes);

  return g_strdup_printf (ngettext ("%'" PRIu64 " byte on the wire",
                                    "%'" PRIu64 " bytes on the wire", plural), n_bytes);
}

static const char *
describe_mask (const WsiFrameLayout *self)
{
  if (self->place.sender == WSP_ROLE_CLIENT)
    return self->frame.masked ? _("masked by the client") : _("not masked by the client");

  return self->frame.masked ? _("masked by the server") : _("not masked, from the server");
}

static void
frame_sentence_add (GString    *text,
                    const char *sentence)
{
  g_string_append_printf (text, " %s", sentence);
}

static void
add_missing (const WsiFrameLayout *self,
             GString              *text)
{
  guint flags = self->frame.flags;

  if ((flags & WSP_FRAME_FLAGS_GUESSED) != 0)
    frame_sentence_add (text, _("Bytes before it were not recorded: where it begins is a guess."));
  if ((flags & WSP_FRAME_FLAGS_CUT) != 0)
    frame_sentence_add (text, _("The rest of it was not recorded."));
  else if ((flags & WSP_FRAME_FLAGS_GAP) != 0)
    frame_sentence_add (text, _("A part of its payload was not recorded."));
  if (self->place.is_payload_gone)
    frame_sentence_add (text, _("Its payload is not kept."));
  else if ((flags & WSP_FRAME_FLAGS_TRUNCATED) != 0)
    frame_sentence_add (text, _("Only the beginning of its payload is kept."));
}

static void
add_unknown (const WsiFrameLayout *self,
             GString              *text)
{
  Compressed compressed = frame_sentence_find_compressed (self);

  if (compressed == COMPRESSED_PERHAPS)
    frame_sentence_add (text, _("The handshake, which agrees on compression, was not recorded."));
  if (compressed == COMPRESSED_YES && (self->frame.flags & WSP_FRAME_FLAGS_NOT_INFLATED) != 0)
    frame_sentence_add (text, _("It cannot be inflated: bytes before it are missing or invalid."));
  if ((self->frame.flags & WSP_FRAME_FLAGS_OPAQUE) != 0 && compressed != COMPRESSED_PERHAPS)
    frame_sentence_add (text, _("An extension that is not known may have changed its payload."));
}

char *
wsi_frame_layout_explain (const WsiFrameLayout *self)
{
  g_autofree char *kind = NULL;
  g_autofree char *size = NULL;
  GString *text;

  if (self->n_parts == 0)
    return NULL;

  kind = describe_kind (self);
  size = describe_size (self);
  text = g_string_new (NULL);
  if (is_header_known (self))
    /* Translators: "Last frame of a text message", "27 bytes on the wire", "masked by it". */
    g_string_append_printf (text, _("%s, %s, %s."), kind, size, describe_mask (self));
  else
    /* Translators: "Last frame of a text message", "1 byte recorded". */
    g_string_append_printf (text, _("%s, %s."), kind, size);
  add_missing (self, text);
  add_unknown (self, text);
  if (self->place.n_faults > 0)
    {
      g_autofree char *broken =
        g_strdup_printf (ngettext ("It breaks %u rule.", "It breaks %u rules.",
                                   self->place.n_faults), self->place.n_faults);

      frame_sentence_add (text, broken);
    }
  return g_string_free (text, FALSE);
}
