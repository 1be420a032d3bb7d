/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The sentences about a frame: every kind of frame at each place in its message, compressed or not,
 * agreed or not or not known, masked or not by either side, whole or not. */
#include <stdlib.h>

#include "inspect/show/header/wsi-frame-layout.h"
#include "lib/rows.h"

#define TEXT 1
#define BINARY 2
#define CLOSE 8
#define PING 9
#define PONG 10
#define RESERVED 3
#define RSV1 4
#define N_PAYLOAD 21            /* bytes of each frame */
#define MASKED_HEADER 6
#define PLAIN_HEADER 2
#define COMPRESSED WSP_FRAME_FLAGS_COMPRESSED
#define NOT_INFLATED (COMPRESSED | WSP_FRAME_FLAGS_NOT_INFLATED)
#define OPAQUE WSP_FRAME_FLAGS_OPAQUE

#define NO_HANDSHAKE " The handshake, which agrees on compression, was not recorded."
#define NO_INFLATING " It cannot be inflated: bytes before it are missing or invalid."
#define OF_EXTENSION " An extension that is not known may have changed its payload."

#define ZIPPED "compressed with permessage-deflate"
#define CONTINUES "continues a compressed message: only its first frame has 1"
#define PLAIN "not compressed"
#define UNUSED "not used: no compression was negotiated"
#define PERHAPS \
  "perhaps compressed: the handshake, which agrees on permessage-deflate, was not recorded"
#define GOES_ON "perhaps continues a compressed message: only its first frame has 1"
#define NOT_KNOWN "not known: the handshake, which agrees on extensions, was not recorded"
#define BROKEN "breaks a rule: no negotiated extension uses it"
#define MISPLACED "breaks a rule: permessage-deflate sets it only on the first frame of a message"
#define FOREIGN "of an extension that is not known"

typedef struct
{
  guint           opcode, fin, rsv, message_opcode, flags;
  WsiDeflateState deflate;
  const char     *kind, *tail;  /* first and last words of the sentences */
  const char     *rsv1;         /* meaning of RSV1 */
} Case;

#define AGREED WSI_DEFLATE_AGREED
#define NOT_AGREED WSI_DEFLATE_NOT_AGREED
#define UNKNOWN WSI_DEFLATE_UNKNOWN
#define MAYBE " that may be compressed"

/* The four places of a message whose first frame has an opcode, in each state of compression. */
#define MESSAGE(opcode, name) \
  { opcode, 1, 0, opcode, 0, AGREED, "Only frame of a " name, "", PLAIN }, \
  { opcode, 0, 0, opcode, 0, AGREED, "First frame of a " name, "", PLAIN }, \
  { 0, 0, 0, opcode, 0, AGREED, "Middle frame of a " name, "", PLAIN }, \
  { 0, 1, 0, opcode, 0, AGREED, "Last frame of a " name, "", PLAIN }, \
  { opcode, 1, 0, opcode, 0, NOT_AGREED, "Only frame of a " name, "", UNUSED }, \
  { opcode, 0, 0, opcode, 0, NOT_AGREED, "First frame of a " name, "", UNUSED }, \
  { 0, 0, 0, opcode, 0, NOT_AGREED, "Middle frame of a " name, "", UNUSED }, \
  { 0, 1, 0, opcode, 0, NOT_AGREED, "Last frame of a " name, "", UNUSED }, \
  { opcode, 1, 0, opcode, 0, UNKNOWN, "Only frame of a " name, "", PLAIN }, \
  { opcode, 0, 0, opcode, 0, UNKNOWN, "First frame of a " name, "", PLAIN }, \
  { 0, 0, 0, opcode, 0, UNKNOWN, "Middle frame of a " name, "", PLAIN }, \
  { 0, 1, 0, opcode, 0, UNKNOWN, "Last frame of a " name, "", PLAIN }, \
  { opcode, 1, RSV1, opcode, COMPRESSED, AGREED, "Only frame of a compressed " name, "", ZIPPED }, \
  { opcode, 0, RSV1, opcode, COMPRESSED, AGREED, "First frame of a compressed " name, "", ZIPPED }, \
  { 0, 0, 0, opcode, COMPRESSED, AGREED, "Middle frame of a compressed " name, "", CONTINUES }, \
  { 0, 1, 0, opcode, COMPRESSED, AGREED, "Last frame of a compressed " name, "", CONTINUES }, \
  { 0, 1, 0, opcode, NOT_INFLATED, AGREED, "Last frame of a compressed " name, NO_INFLATING, \
    CONTINUES }, \
  { opcode, 1, RSV1, opcode, 0, NOT_AGREED, "Only frame of a " name, "", BROKEN }, \
  { opcode, 0, RSV1, opcode, 0, NOT_AGREED, "First frame of a " name, "", BROKEN }, \
  { 0, 0, RSV1, opcode, 0, NOT_AGREED, "Middle frame of a " name, "", BROKEN }, \
  { 0, 1, RSV1, opcode, 0, NOT_AGREED, "Last frame of a " name, "", BROKEN }, \
  { 0, 0, RSV1, opcode, COMPRESSED, AGREED, "Middle frame of a compressed " name, "", MISPLACED }, \
  { 0, 1, RSV1, opcode, 0, AGREED, "Last frame of a " name, "", MISPLACED }, \
  { opcode, 1, RSV1, opcode, OPAQUE, UNKNOWN, "Only frame of a " name MAYBE, NO_HANDSHAKE, \
    PERHAPS }, \
  { opcode, 0, RSV1, opcode, 0, UNKNOWN, "First frame of a " name MAYBE, NO_HANDSHAKE, PERHAPS }, \
  { 0, 0, 0, opcode, OPAQUE, UNKNOWN, "Middle frame of a " name MAYBE, NO_HANDSHAKE, \
    GOES_ON }, \
  { 0, 1, 0, opcode, OPAQUE, UNKNOWN, "Last frame of a " name MAYBE, NO_HANDSHAKE, \
    GOES_ON }, \
  { 0, 1, RSV1, opcode, OPAQUE, UNKNOWN, "Last frame of a " name MAYBE, NO_HANDSHAKE, NOT_KNOWN }, \
  { opcode, 1, RSV1, opcode, OPAQUE, AGREED, "Only frame of a " name, OF_EXTENSION, FOREIGN }

/* RSV1 of a frame that is of no message. */
#define CONTROL(opcode, kind) \
  { opcode, 1, 0, 0, 0, AGREED, kind, "", PLAIN }, \
  { opcode, 1, 0, 0, 0, NOT_AGREED, kind, "", UNUSED }, \
  { opcode, 1, 0, 0, 0, UNKNOWN, kind, "", PLAIN }, \
  { opcode, 1, RSV1, 0, 0, AGREED, kind, "", MISPLACED }, \
  { opcode, 1, RSV1, 0, 0, NOT_AGREED, kind, "", BROKEN }, \
  { opcode, 1, RSV1, 0, OPAQUE, UNKNOWN, kind, OF_EXTENSION, NOT_KNOWN }, \
  { opcode, 0, 0, 0, 0, AGREED, kind, "", PLAIN }

static const Case cases[] = {
  MESSAGE (TEXT, "text message"),
  MESSAGE (BINARY, "binary message"),
  { 0, 0, 0, 0, 0, AGREED, "Middle frame of a message whose beginning is not known", "", PLAIN },
  { 0, 1, 0, 0, 0, UNKNOWN, "Last frame of a message whose beginning is not known", "", PLAIN },
  { 0, 1, 0, 0, NOT_INFLATED, AGREED,
    "Last frame of a compressed message whose beginning is not known", NO_INFLATING, CONTINUES },
  { 0, 1, 0, 0, OPAQUE, UNKNOWN,
    "Last frame of a message whose beginning is not known, and that may be compressed",
    NO_HANDSHAKE, GOES_ON },
  CONTROL (PING, "Ping"),
  CONTROL (PONG, "Pong"),
  CONTROL (CLOSE, "Close frame with code 1000"),
  { RESERVED, 1, 0, 0, 0, AGREED, "Frame with the reserved opcode 3", "", PLAIN },
  { RESERVED, 1, RSV1, 0, 0, NOT_AGREED, "Frame with the reserved opcode 3", "", BROKEN },
};

static const struct
{
  WspRole     sender;
  gboolean    masked;
  const char *size, *mask;
  const char *meaning;
} masks[] = {
  { WSP_ROLE_CLIENT, TRUE, "27", "masked by the client", "masked, as a client must" },
  { WSP_ROLE_CLIENT, FALSE, "23", "not masked by the client",
    "breaks a rule: a client masks each frame" },
  { WSP_ROLE_SERVER, TRUE, "27", "masked by the server", "breaks a rule: a server masks no frame" },
  { WSP_ROLE_SERVER, FALSE, "23", "not masked, from the server", "not masked, as a server must" },
};

/* The faults and losses of the frame. */
static const struct
{
  const char *name;
  guint       flags;
  guint64     n_missing;
  gboolean    is_gone;
  guint       n_faults;
  const char *before, *after;   /* words about compression, before and after */
} states[] = {
  { "whole", 0, 0, FALSE, 0, "", "" },
  { "cut", WSP_FRAME_FLAGS_CUT, 20, FALSE, 0, " The rest of it was not recorded.", "" },
  { "cut-and-gone", WSP_FRAME_FLAGS_CUT, 20, TRUE, 0,
    " The rest of it was not recorded. Its payload is not kept.", "" },
  { "gap", WSP_FRAME_FLAGS_GAP, 20, FALSE, 0, " A part of its payload was not recorded.", "" },
  { "truncated", WSP_FRAME_FLAGS_TRUNCATED, 0, FALSE, 0,
    " Only the beginning of its payload is kept.", "" },
  { "truncated-and-gone", WSP_FRAME_FLAGS_TRUNCATED, 0, TRUE, 0, " Its payload is not kept.", "" },
  { "guessed", WSP_FRAME_FLAGS_GUESSED, 0, FALSE, 0,
    " Bytes before it were not recorded: where it begins is a guess.", "" },
  { "fault", 0, 0, FALSE, 1, "", " It breaks 1 rule." },
  { "faults", 0, 0, FALSE, 2, "", " It breaks 2 rules." },
};

static void
init_layout (WsiFrameLayout *layout,
             const Case     *c,
             guint           mask,
             guint           state)
{
  const WspFrameRecord frame = {
    .payload_length = N_PAYLOAD,
    .n_missing = states[state].n_missing,
    .masking_key = masks[mask].masked ? 0x37fa213d : 0,
    .close_code = c->opcode == CLOSE ? 1000 : 0,
    .flags = c->flags | states[state].flags,
    .fin = c->fin,
    .rsv = c->rsv,
    .opcode = c->opcode,
    .masked = masks[mask].masked,
    .header_length = masks[mask].masked ? MASKED_HEADER : PLAIN_HEADER,
    .message_opcode = c->message_opcode,
  };

  wsi_frame_layout_init (layout, &frame);
  layout->place = (WsiFramePlace) {
    .n_bytes = 1,
    .sender = masks[mask].sender,
    .deflate = c->deflate,
    .n_faults = states[state].n_faults,
    .is_payload_gone = states[state].is_gone,
  };
}

static const char *
get_meaning (const WsiFrameLayout *layout,
             WsiFrameField         field)
{
  for (guint i = 0; i < layout->n_parts; i++)
    if (layout->parts[i].field == field)
      return wsi_frame_layout_get_meaning (layout, i);

  g_assert_not_reached ();
}

static void
test_state (gconstpointer data)
{
  guint state = GPOINTER_TO_UINT (data);
  gboolean is_missing = states[state].n_missing > 0;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint mask = 0; mask < G_N_ELEMENTS (masks); mask++)
      {
        g_autofree char *seen =
          g_strdup_printf ("%d of %s bytes recorded", atoi (masks[mask].size) - 20,
                           masks[mask].size);
        g_autofree char *sent = g_strdup_printf ("%s bytes on the wire", masks[mask].size);
        g_autofree char *expected =
          g_strdup_printf ("%s, %s, %s.%s%s%s", cases[i].kind, is_missing ? seen : sent,
                           masks[mask].mask, states[state].before, cases[i].tail,
                           states[state].after);
        g_autofree char *explained = NULL;
        WsiFrameLayout layout;

        init_layout (&layout, &cases[i], mask, state);
        explained = wsi_frame_layout_explain (&layout);
        g_assert_cmpstr (explained, ==, expected);
        g_assert_cmpstr (get_meaning (&layout, WSI_FRAME_FIELD_RSV1), ==, cases[i].rsv1);
        g_assert_cmpstr (get_meaning (&layout, WSI_FRAME_FIELD_MASK), ==, masks[mask].meaning);
      }
}

/* Frames that are not in the product. */
static const struct
{
  const char    *name;
  WspFrameRecord frame;
  WsiFramePlace  place;
  const char    *explained;
} others[] = {
  { "one-of-no-message", { .fin = 1, .header_length = 2 }, { .is_orphan = TRUE, .n_faults = 1 },
    "Continuation frame without a message, 2 bytes on the wire, not masked by the client. "
    "It breaks 1 rule." },
  { "close-without-a-code", { .fin = 1, .opcode = CLOSE, .close_code = 1005, .header_length = 2 },
    { .sender = WSP_ROLE_SERVER },
    "Close frame without a code, 2 bytes on the wire, not masked, from the server." },
  { "close-whose-code-is-missing", { .fin = 1, .opcode = CLOSE, .header_length = 2, .n_missing = 2,
                                     .payload_length = 2, .flags = WSP_FRAME_FLAGS_CUT },
    { .sender = WSP_ROLE_SERVER },
    "Close frame, 2 of 4 bytes recorded, not masked, from the server. The rest of it was not "
    "recorded." },
  { "one-byte-of-a-header", { .fin = 1, .opcode = TEXT, .header_length = 1,
                              .flags = WSP_FRAME_FLAGS_CUT }, { 0 },
    "Only frame of a text message, 1 byte recorded. The rest of it was not recorded." },
  { "part-of-a-header", { .fin = 1, .opcode = TEXT, .header_length = 3,
                          .flags = WSP_FRAME_FLAGS_CUT }, { 0 },
    "Only frame of a text message, 3 bytes recorded. The rest of it was not recorded." },
  { "a-length-that-no-number-holds", { .fin = 1, .opcode = BINARY, .header_length = 10,
                                       .payload_length = G_MAXUINT64, .n_missing = G_MAXUINT64 - 5,
                                       .flags = WSP_FRAME_FLAGS_CUT }, { 0 },
    "Only frame of a binary message, 15 of 18446744073709551615 bytes recorded, not masked by the "
    "client. The rest of it was not recorded." },
  { "event", { .header_length = 0 }, { 0 }, NULL },
};

static void
test_other (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_autofree char *explained = NULL;
  WsiFrameLayout layout;

  wsi_frame_layout_init (&layout, &others[i].frame);
  layout.place = others[i].place;
  explained = wsi_frame_layout_explain (&layout);
  g_assert_cmpstr (explained, ==, others[i].explained);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/frame-sentence/each-frame", states, test_state);
  ADD_ROWS ("/inspector/frame-sentence/other", others, test_other);

  return g_test_run ();
}
