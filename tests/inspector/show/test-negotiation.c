/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The rule about reserved bits and opcodes, in all that the inspector shows.  A reserved bit or
 * opcode breaks a rule if the handshake is known and has negotiated no extension for it.  Verdicts,
 * the fields of filters and the meaning of the field in a frame say the same. */
#include "inspect/show/verdicts/wsi-verdict-text.h"

#include <string.h>

#include "inspect/filter/wsi-filter.h"
#include "inspect/show/header/wsi-frame-layout.h"
#include "inspector/scene.h"

#define PLAIN_RESPONSE "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
#define ACCEPTED "breaks a rule: no negotiated extension uses it"
#define UNUSED "set, but no negotiated extension uses it"
#define MISPLACED "breaks a rule: permessage-deflate sets it only on the first frame of a message"
#define MEANINGLESS "without a meaning: a receiver fails the connection"
#define PERHAPS \
  "perhaps compressed: the handshake, which agrees on permessage-deflate, was not recorded"
#define NOT_KNOWN "not known: the handshake, which agrees on extensions, was not recorded"

typedef enum
{
  NOTHING_NEGOTIATED,
  COMPRESSION_NEGOTIATED,
  NOT_KNOWN_WHAT,
  N_NEGOTIATIONS,
} Negotiation;

/* How a recording tells of it. */
static const struct
{
  const char          *name;
  WsiHandshakePresence presence;
  const char          *extensions;      /* extensions that the source reports */
  const char          *response;        /* recorded response; NULL: bytes of it are missing */
  Negotiation          negotiation;
} handshakes[] = {
  { "recorded", WSI_HANDSHAKE_READ, NULL, PLAIN_RESPONSE, NOTHING_NEGOTIATED },
  { "told", WSI_HANDSHAKE_MISSING, "", "", NOTHING_NEGOTIATED },
  { "compression-recorded", WSI_HANDSHAKE_READ, NULL, RESPONSE, COMPRESSION_NEGOTIATED },
  { "compression-told", WSI_HANDSHAKE_MISSING, "permessage-deflate", "", COMPRESSION_NEGOTIATED },
  { "not-recorded", WSI_HANDSHAKE_MISSING, NULL, "", NOT_KNOWN_WHAT },
  { "response-lost", WSI_HANDSHAKE_READ, NULL, NULL, NOT_KNOWN_WHAT },
};

/* Frames of the server; the last one has the bit.  The rule that it breaks in each case, and what
 * the bit is said to be. */
static const struct
{
  const char    *name, *bytes;
  gsize          length;
  WsiFrameField  field;
  struct
  {
    const char *rule, *meaning;
  } expected[N_NEGOTIATIONS];
} frames[] = {
  { "rsv1", "\xc1\x01\x00", 3, WSI_FRAME_FIELD_RSV1,       /* an empty text, deflated */
    { { "rsv-not-negotiated", ACCEPTED }, { NULL, "compressed with permessage-deflate" },
      { NULL, PERHAPS } } },
  { "rsv2", "\xa1\x02Hi", 4, WSI_FRAME_FIELD_RSV2,
    { { "rsv-not-negotiated", UNUSED }, { "rsv-not-negotiated", UNUSED }, { NULL, NOT_KNOWN } } },
  { "rsv3", "\x91\x02Hi", 4, WSI_FRAME_FIELD_RSV3,
    { { "rsv-not-negotiated", UNUSED }, { "rsv-not-negotiated", UNUSED }, { NULL, NOT_KNOWN } } },
  { "rsv1-on-a-continuation", "\x01\x01H\xc0\x01i", 6, WSI_FRAME_FIELD_RSV1,
    { { "rsv-not-negotiated", ACCEPTED }, { "compressed-bit-misplaced", MISPLACED },
      { NULL, NOT_KNOWN } } },
  { "rsv1-on-a-control-frame", "\xc9\x02Hi", 4, WSI_FRAME_FIELD_RSV1,
    { { "rsv-not-negotiated", ACCEPTED }, { "compressed-bit-misplaced", MISPLACED },
      { NULL, NOT_KNOWN } } },
  { "reserved-data-opcode", "\x83\x02Hi", 4, WSI_FRAME_FIELD_OPCODE,
    { { "opcode-reserved", MEANINGLESS }, { "opcode-reserved", MEANINGLESS },
      { NULL, NOT_KNOWN } } },
  { "reserved-control-opcode", "\x8b\x02Hi", 4, WSI_FRAME_FIELD_OPCODE,
    { { "opcode-reserved", MEANINGLESS }, { "opcode-reserved", MEANINGLESS },
      { NULL, NOT_KNOWN } } },
};

/* The part that is lost before the plain frames, by which later frames are found. */
static void
play (Scene *scene,
      gsize  handshake,
      gsize  frame)
{
  const WsiOpening opening = {
    .role = WSP_ROLE_CLIENT, .handshake = handshakes[handshake].presence,
    .extensions = handshakes[handshake].extensions,
  };

  scene_init (scene);
  scene->conversation = wsi_recorder_open (scene->recorder, &opening, scene->now);
  if (opening.handshake == WSI_HANDSHAKE_READ)
    SCENE_PUSH (scene, WSP_DIRECTION_SENT, REQUEST);
  if (handshakes[handshake].response != NULL)
    SCENE_PUSH (scene, WSP_DIRECTION_RECEIVED, handshakes[handshake].response);
  else
    wsi_recorder_skip (scene->recorder, scene->conversation, WSP_DIRECTION_RECEIVED, G_MAXUINT64,
                       scene->now);
  for (guint i = 0; i < 4; i++)
    SCENE_PUSH (scene, WSP_DIRECTION_RECEIVED, "\x81\x05Hello");
  scene_push (scene, WSP_DIRECTION_RECEIVED, frames[frame].bytes, frames[frame].length);
  wsi_recorder_close_stream (scene->recorder, scene->conversation, WSI_STREAM_CUT, scene->now);
}

static guint64
find_last_frame (WsiStore *store)
{
  guint64 number = wsi_store_get_end (store);

  do
    number--;
  while (!wsi_record_is_frame (wsi_store_get_record (store, number)));
  return number;
}

/* NULL: no frame breaks a rule. */
static char *
find_rule (WsiStore *store)
{
  g_autoptr (WsiProblems) problems = wsi_problems_new (store);
  char *rule = NULL;

  while (!wsi_problems_update (problems))
    continue;
  for (guint i = 0; i < wsi_problems_get_n (problems); i++)
    if (wsi_problems_get (problems, i)->verdict.kind == WSI_VERDICT_RULE)
      {
        g_assert_null (rule);
        rule = wsi_verdict_dup_code (&wsi_problems_get (problems, i)->verdict);
      }
  return rule;
}

static gboolean
is_match (WsiStore   *store,
          const char *text,
          guint64     number)
{
  g_autoptr (WsiFilter) filter = wsi_filter_new (text, NULL);
  g_autoptr (WsiMatcher) matcher = wsi_matcher_new (filter, store);

  return wsi_matcher_match (matcher, number);
}

static const char *
find_meaning (WsiStore     *store,
              guint64       number,
              WsiFrameField field)
{
  WspFrameRecord record;
  WsiFrameLayout layout;

  wsi_record_to_frame (wsi_store_get_record (store, number), &record);
  wsi_frame_layout_init (&layout, &record);
  g_assert_true (wsi_frame_place_find (&layout.place, store, number));
  for (guint i = 0; i < layout.n_parts; i++)
    if (layout.parts[i].field == field)
      return wsi_frame_layout_get_meaning (&layout, i);

  g_assert_not_reached ();
}

static void
test_bit (gconstpointer data)
{
  gsize frame = GPOINTER_TO_SIZE (data) % G_N_ELEMENTS (frames);
  gsize handshake = GPOINTER_TO_SIZE (data) / G_N_ELEMENTS (frames);
  Negotiation negotiation = handshakes[handshake].negotiation;
  const char *expected = frames[frame].expected[negotiation].rule;
  gboolean is_compressed = negotiation == COMPRESSION_NEGOTIATED && frame == 0;
  g_auto (Scene) scene = { 0 };
  g_autofree char *rule = NULL;
  guint64 number;

  play (&scene, handshake, frame);
  number = find_last_frame (scene.store);
  rule = find_rule (scene.store);
  g_assert_cmpstr (rule, ==, expected);
  g_assert_cmpint (is_match (scene.store, "issue", number), ==, expected != NULL);
  g_assert_cmpint (is_match (scene.store, "compressed", number), ==, is_compressed);
  g_assert_cmpint (is_match (scene.store, "flags == opaque", number), ==,
                   negotiation == NOT_KNOWN_WHAT);
  g_assert_cmpstr (find_meaning (scene.store, number, frames[frame].field), ==,
                   frames[frame].expected[negotiation].meaning);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (handshakes) * G_N_ELEMENTS (frames); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/inspector/negotiation/%s/%s",
                         handshakes[i / G_N_ELEMENTS (frames)].name,
                         frames[i % G_N_ELEMENTS (frames)].name);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_bit);
    }

  return g_test_run ();
}
