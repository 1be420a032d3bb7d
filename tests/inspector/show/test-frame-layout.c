/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The fields of frames that went through the recorder and the store. */
#include "inspect/show/header/wsi-frame-fault.h"

#include <libwsproto/observe/wsp-fault.h>
#include <string.h>

#include "inspect/capture/wsi-row.h"
#include "inspect/decode/wsi-hex.h"
#include "inspector/scene.h"
#include "lib/rows.h"

#define MAX_FRAME (70 * 1024)
/* The fields of the first byte, each with its first bit, its number of bits and its value. */
#define FIRST(fin, rsv1, rsv2, rsv3, opcode) "FIN 0+1=" fin " RSV1 1+1=" rsv1 " RSV2 2+1=" rsv2 \
  " RSV3 3+1=" rsv3 " opcode 4+4=" opcode
#define TEXT_FRAME FIRST ("1", "0", "0", "0", "1 text")
#define UNMASKED " MASK 8+1=0"
#define MASKED " MASK 8+1=1"

/* The frames are sent by the client, and are not all valid.  Its payload is zero. */
static const struct
{
  const char *name, *header;
  gsize       n_payload;        /* bytes that are pushed */
  const char *fields;
} layouts[] = {
  { "0-bytes-have-no-payload", "8180 37fa213d", 0,
    TEXT_FRAME MASKED " payload length 9+7=0 masking key 16+32=0x37fa213d" },
  { "1-byte", "8181 37fa213d", 1,
    TEXT_FRAME MASKED " payload length 9+7=1 masking key 16+32=0x37fa213d payload 48+0=1" },
  { "125-bytes-in-the-first-form", "81fd 37fa213d", 125,
    TEXT_FRAME MASKED " payload length 9+7=125 masking key 16+32=0x37fa213d payload 48+0=125" },
  { "126-bytes-in-16-bits", "81fe 007e 37fa213d", 126,
    TEXT_FRAME MASKED " payload length 9+7=126 extended payload length 16+16=126 "
    "masking key 32+32=0x37fa213d payload 64+0=126" },
  { "65536-bytes-in-64-bits", "81ff 0000000000010000 37fa213d", 65536,
    TEXT_FRAME MASKED " payload length 9+7=127 extended payload length 16+64=65536 "
    "masking key 80+32=0x37fa213d payload 112+0=65536" },
  { "5-bytes-in-64-bits", "81ff 0000000000000005 37fa213d", 5,
    TEXT_FRAME MASKED " payload length 9+7=127 extended payload length 16+64=5 "
    "masking key 80+32=0x37fa213d payload 112+0=5" },
  { "not-masked", "8103", 3, TEXT_FRAME UNMASKED " payload length 9+7=3 payload 16+0=3" },
  { "not-masked-16-bits", "817e 0080", 128,
    TEXT_FRAME UNMASKED " payload length 9+7=126 extended payload length 16+16=128 "
    "payload 32+0=128" },
  { "key-of-zeros", "8181 00000000", 1,
    TEXT_FRAME MASKED " payload length 9+7=1 masking key 16+32=0x00000000 payload 48+0=1" },
  { "all-bits-set", "ff80 37fa213d", 0,
    FIRST ("1", "1", "1", "1", "15 reserved") MASKED " payload length 9+7=0 "
    "masking key 16+32=0x37fa213d" },
  { "no-bit-set", "0080 37fa213d", 0,
    FIRST ("0", "0", "0", "0", "0 continuation") MASKED " payload length 9+7=0 "
    "masking key 16+32=0x37fa213d" },
  { "cut-after-1-byte", "81", 0, TEXT_FRAME },
  { "cut-after-2-bytes", "8185", 0, TEXT_FRAME " rest of the header 8+8=?" },
  { "cut-in-the-length", "817e00", 0, TEXT_FRAME " rest of the header 8+16=?" },
  { "cut-in-the-long-length", "81ff 00000000", 0, TEXT_FRAME " rest of the header 8+40=?" },
  { "cut-after-the-long-length", "81ff 0000000000000005", 0, TEXT_FRAME " rest of the header 8+72=?" },
  { "cut-in-the-key", "8185 37fa", 0, TEXT_FRAME " rest of the header 8+24=?" },
  { "cut-in-the-key-after-16-bits", "81fe 007e 37fa", 0, TEXT_FRAME " rest of the header 8+40=?" },
  { "cut-before-the-payload", "8185 37fa213d", 0,
    TEXT_FRAME MASKED " payload length 9+7=5 masking key 16+32=0x37fa213d payload 48+0=5" },
  { "cut-in-the-payload", "81fe 007e 37fa213d", 7,
    TEXT_FRAME MASKED " payload length 9+7=126 extended payload length 16+16=126 "
    "masking key 32+32=0x37fa213d payload 64+0=126" },
  { "cut-in-the-payload-that-is-not-masked", "8105", 2, TEXT_FRAME UNMASKED " payload length 9+7=5 payload 16+0=5" },
  { "top-bit-of-the-length", "81ff ffffffffffffffff 37fa213d", 0,
    TEXT_FRAME MASKED " payload length 9+7=127 extended payload length 16+64=18446744073709551615 "
    "masking key 80+32=0x37fa213d payload 112+0=18446744073709551615" },
};

/* The first frame of a client that sends this, and nothing after it. */
static WsiRow *
record_frame (Scene      *scene,
              const char *header,
              gsize       n_payload)
{
  g_autofree guint8 *bytes = g_malloc0 (MAX_FRAME);
  g_autoptr (GBytes) wire = wsi_hex_parse (header, NULL);
  gsize n_header;
  const guint8 *at = g_bytes_get_data (wire, &n_header);

  scene_init (scene);
  scene_open (scene);
  scene_shake_hands (scene);
  memcpy (bytes, at, n_header);
  scene_push (scene, WSP_DIRECTION_SENT, bytes, n_header + n_payload);
  wsi_recorder_end_direction (scene->recorder, scene->conversation, WSP_DIRECTION_SENT, scene->now);
  for (guint64 i = wsi_store_get_first (scene->store); i < wsi_store_get_end (scene->store); i++)
    if (wsi_record_is_frame (wsi_store_get_record (scene->store, i)))
      return wsi_row_new (scene->store, i);

  g_assert_not_reached ();
}

static char *
format_layout (const WsiFrameLayout *layout)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < layout->n_parts; i++)
    {
      const WsiFramePart *part = &layout->parts[i];
      g_autofree char *value = wsi_frame_layout_format (layout, i);

      g_string_append_printf (text, "%s%s %u+%u=%s", i > 0 ? " " : "",
                              wsi_frame_field_get_name (part->field), part->first_bit, part->n_bits,
                              value);
    }

  return g_string_free (text, FALSE);
}

static void
test_layout (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiRow) row = record_frame (&scene, layouts[i].header, layouts[i].n_payload);
  g_autoptr (GBytes) wire = wsi_hex_parse (layouts[i].header, NULL);
  g_autoptr (GBytes) header = NULL;
  g_autofree char *fields = NULL;
  gsize n_header;
  WsiFrameLayout layout;

  wsi_frame_layout_init (&layout, wsi_row_get_frame (row));
  fields = format_layout (&layout);
  g_assert_cmpstr (fields, ==, layouts[i].fields);

  header = wsi_frame_layout_dup_header (&layout);
  n_header = layout.parts[layout.n_parts - 1].field == WSI_FRAME_FIELD_REST
             ? 1 : g_bytes_get_size (wire);
  g_assert_cmpmem (g_bytes_get_data (header, NULL), g_bytes_get_size (header),
                   g_bytes_get_data (wire, NULL), n_header);
}

/* Each byte of the frame leads to a field that has it. */
static void
test_bytes (void)
{
  const WsiFrameField of_byte[] = {
    WSI_FRAME_FIELD_OPCODE, WSI_FRAME_FIELD_LENGTH,
    WSI_FRAME_FIELD_LENGTH_16, WSI_FRAME_FIELD_LENGTH_16,
    WSI_FRAME_FIELD_MASKING_KEY, WSI_FRAME_FIELD_MASKING_KEY,
    WSI_FRAME_FIELD_MASKING_KEY, WSI_FRAME_FIELD_MASKING_KEY,
    WSI_FRAME_FIELD_PAYLOAD,
  };
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiRow) row = record_frame (&scene, "81fe 007e 37fa213d", 126);
  WsiFrameLayout layout;

  wsi_frame_layout_init (&layout, wsi_row_get_frame (row));
  for (guint i = 0; i < G_N_ELEMENTS (of_byte); i++)
    {
      int part = wsi_frame_layout_find_byte (&layout, i);

      g_assert_cmpint (part, >=, 0);
      g_assert_cmpint (layout.parts[part].field, ==, of_byte[i]);
    }
  g_assert_cmpint (wsi_frame_layout_find_byte (&layout, 8 + 125), ==, layout.n_parts - 1);
  g_assert_cmpint (wsi_frame_layout_find_byte (&layout, 8 + 126), ==, -1);
  g_assert_cmpint (wsi_frame_layout_find_byte (&layout, G_MAXUINT64), ==, -1);
}

/* A payload of almost all bytes that there can be begins after the header. */
static void
test_long_bytes (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiRow) row = record_frame (&scene, "81ff ffffffffffffffff 37fa213d", 0);
  WsiFrameLayout layout;
  int part;

  wsi_frame_layout_init (&layout, wsi_row_get_frame (row));
  part = wsi_frame_layout_find_byte (&layout, 0);
  g_assert_cmpint (layout.parts[part].field, ==, WSI_FRAME_FIELD_OPCODE);
}

/* Which sentence a field has in which frame. */
static const struct
{
  const char    *name, *header;
  gsize          n_payload;
  WsiFrameField  field;
  const char    *meaning;
} meanings[] = {
  { "last-frame", "8180 37fa213d", 0, WSI_FRAME_FIELD_FIN, "the last frame of its message" },
  { "more-frames", "0180 37fa213d", 0, WSI_FRAME_FIELD_FIN, "more frames of this message follow" },
  { "compressed", "c180 37fa213d", 0, WSI_FRAME_FIELD_RSV1, "compressed with permessage-deflate" },
  { "not-compressed", "8180 37fa213d", 0, WSI_FRAME_FIELD_RSV1, "not compressed" },
  { "rsv1-of-a-ping-is-misplaced", "c980 37fa213d", 0, WSI_FRAME_FIELD_RSV1,
    "breaks a rule: permessage-deflate sets it only on the first frame of a message" },
  { "rsv2-is-of-no-extension", "a180 37fa213d", 0, WSI_FRAME_FIELD_RSV2,
    "set, but no negotiated extension uses it" },
  { "reserved-opcode", "8380 37fa213d", 0, WSI_FRAME_FIELD_OPCODE,
    "without a meaning: a receiver fails the connection" },
  { "length-in-2-bytes", "81fe 007e 37fa213d", 126, WSI_FRAME_FIELD_LENGTH,
    "the length is in the next 2 bytes" },
  { "length-in-8-bytes", "81ff 0000000000010000 37fa213d", 65536, WSI_FRAME_FIELD_LENGTH,
    "the length is in the next 8 bytes" },
  { "126-in-16-bits-is-shortest", "81fe 007e 37fa213d", 126, WSI_FRAME_FIELD_LENGTH_16,
    "bytes of payload" },
  { "125-in-16-bits-is-not", "81fe 007d 37fa213d", 125, WSI_FRAME_FIELD_LENGTH_16,
    "bytes of payload, but a shorter form holds this number" },
  { "65536-in-64-bits-is-shortest", "81ff 0000000000010000 37fa213d", 65536, WSI_FRAME_FIELD_LENGTH_64,
    "bytes of payload" },
  { "65535-in-64-bits-is-not", "81ff 000000000000ffff 37fa213d", 65535, WSI_FRAME_FIELD_LENGTH_64,
    "bytes of payload, but a shorter form holds this number" },
  { "masked", "8180 37fa213d", 0, WSI_FRAME_FIELD_MASK, "masked, as a client must" },
  { "not-masked", "8100", 0, WSI_FRAME_FIELD_MASK, "breaks a rule: a client masks each frame" },
  { "key-of-zeros", "8180 00000000", 0, WSI_FRAME_FIELD_MASKING_KEY, "0: masking changes nothing" },
  { "payload-of-close", "8882 00000000", 2, WSI_FRAME_FIELD_PAYLOAD,
    "a close code in 2 bytes, then the reason as text" },
  { "payload-was-cut", "8185 37fa213d", 2, WSI_FRAME_FIELD_PAYLOAD, "bytes of it are missing" },
  { "payload-masked", "8285 37fa213d", 5, WSI_FRAME_FIELD_PAYLOAD, "masked" },
  { "payload-not-masked", "8205", 5, WSI_FRAME_FIELD_PAYLOAD, "as it was sent" },
};

static void
test_meaning (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiRow) row = record_frame (&scene, meanings[i].header, meanings[i].n_payload);
  WsiFrameLayout layout;
  guint n_found = 0;

  wsi_frame_layout_init (&layout, wsi_row_get_frame (row));
  g_assert_true (wsi_frame_place_find (&layout.place, scene.store, wsi_row_get_number (row)));
  for (guint part = 0; part < layout.n_parts; part++)
    {
      if (layout.parts[part].field != meanings[i].field)
        continue;

      g_assert_cmpstr (wsi_frame_layout_get_meaning (&layout, part), ==, meanings[i].meaning);
      n_found++;
    }
  g_assert_cmpuint (n_found, ==, 1);
}

#define OF_SERVER WSP_DIRECTION_RECEIVED
#define PLAIN_RESPONSE "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

/* The recorded part of the handshake before a compressed frame of the server, and what that
 * says. */
static const struct
{
  const char          *name;
  WsiHandshakePresence presence;
  const char          *extensions;      /* extensions that the source reports */
  const char          *response;        /* recorded response; NULL: skipped */
  WsiDeflateState      expected;
} agreements[] = {
  { "negotiated", WSI_HANDSHAKE_READ, NULL, RESPONSE, WSI_DEFLATE_AGREED },
  { "not-negotiated", WSI_HANDSHAKE_READ, NULL, PLAIN_RESPONSE, WSI_DEFLATE_NOT_AGREED },
  { "response-was-not-recorded", WSI_HANDSHAKE_READ, NULL, NULL, WSI_DEFLATE_UNKNOWN },
  { "handshake-was-not-recorded", WSI_HANDSHAKE_MISSING, NULL, "", WSI_DEFLATE_UNKNOWN },
  { "told", WSI_HANDSHAKE_MISSING, "permessage-deflate", "", WSI_DEFLATE_AGREED },
  { "told-that-there-is-none", WSI_HANDSHAKE_MISSING, "", "", WSI_DEFLATE_NOT_AGREED },
};

static void
test_agreement (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  const WsiOpening opening = {
    .role = WSP_ROLE_CLIENT, .handshake = agreements[i].presence,
    .extensions = agreements[i].extensions,
  };
  g_auto (Scene) scene = { 0 };
  WsiFramePlace place = { .n_bytes = 0 };

  scene_init (&scene);
  scene.conversation = wsi_recorder_open (scene.recorder, &opening, scene.now);
  if (agreements[i].presence == WSI_HANDSHAKE_READ)
    SCENE_PUSH (&scene, WSP_DIRECTION_SENT, REQUEST);
  if (agreements[i].response == NULL)
    wsi_recorder_skip (scene.recorder, scene.conversation, OF_SERVER, G_MAXUINT64, scene.now++);
  else
    SCENE_PUSH (&scene, OF_SERVER, agreements[i].response);
  for (guint n = 0; n < 4; n++)
    scene_push (&scene, OF_SERVER, DEFLATED_HELLO, sizeof DEFLATED_HELLO - 1);
  wsi_recorder_end_direction (scene.recorder, scene.conversation, OF_SERVER, scene.now);

  for (guint64 n = wsi_store_get_end (scene.store); n > 0 && place.n_bytes == 0; n--)
    wsi_frame_place_find (&place, scene.store, n - 1);
  g_assert_cmpuint (place.n_bytes, ==, sizeof DEFLATED_HELLO - 1);
  g_assert_cmpint (place.sender, ==, WSP_ROLE_SERVER);
  g_assert_cmpint (place.deflate, ==, agreements[i].expected);
  g_assert_true (place.deflate != WSI_DEFLATE_AGREED || place.n_faults == 0);
  g_assert_true (place.deflate != WSI_DEFLATE_NOT_AGREED || place.n_faults > 0);
}

/* Rows that the store no longer has, or never had. */
static void
test_payload_gone (void)
{
  const struct
  {
    gsize    max_stored;
    gboolean is_gone;
  } limits[] = { { 0, TRUE }, { 3, FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      WsiStoreLimits store_limits = WSI_STORE_LIMITS_DEFAULT;
      g_auto (Scene) scene = { 0 };
      WsiFramePlace place = { .n_bytes = 0 };

      store_limits.max_stored = limits[i].max_stored;
      scene.store = wsi_store_new_with_limits (&store_limits);
      scene.recorder = wsi_recorder_new (scene.store, WSP_ROLE_CLIENT);
      scene_shake_hands (&scene);
      SCENE_PUSH (&scene, OF_SERVER, "\x81\x05Hello");
      g_assert_true (wsi_frame_place_find (&place, scene.store,
                                           wsi_store_get_end (scene.store) - 1));
      g_assert_cmpint (place.is_payload_gone, ==, limits[i].is_gone);
    }
}

/* Which field a broken rule is shown at. */
static const struct
{
  const char   *fault, *header;
  gsize         n_payload;
  WsiFrameField field;
} faults[] = {
  { "rsv-not-negotiated", "a180 37fa213d", 0, WSI_FRAME_FIELD_RSV2 },
  { "opcode-reserved", "8380 37fa213d", 0, WSI_FRAME_FIELD_OPCODE },
  { "continuation-without-message", "8080 37fa213d", 0, WSI_FRAME_FIELD_OPCODE },
  { "control-frame-fragmented", "0980 37fa213d", 0, WSI_FRAME_FIELD_FIN },
  { "control-frame-too-long", "89fe 007e 37fa213d", 126, WSI_FRAME_FIELD_LENGTH_16 },
  { "frame-not-masked", "8100", 0, WSI_FRAME_FIELD_MASK },
  { "length-not-shortest", "81fe 007d 37fa213d", 125, WSI_FRAME_FIELD_LENGTH_16 },
  { "length-top-bit-set", "81ff ffffffffffffffff 37fa213d", 0, WSI_FRAME_FIELD_LENGTH_64 },
  { "close-length-one", "8881 00000000", 1, WSI_FRAME_FIELD_PAYLOAD },
  { "close-code-reserved", "8882 00000000", 2, WSI_FRAME_FIELD_PAYLOAD },
  { "compressed-bit-misplaced", "c980 37fa213d", 0, WSI_FRAME_FIELD_RSV1 },
};

static void
test_fault (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene = { 0 };
  g_autoptr (WsiRow) row = record_frame (&scene, faults[i].header, faults[i].n_payload);
  guint numbers[WSI_MAX_FAULTS], n_found = 0;
  guint n = wsi_store_get_faults (scene.store, wsi_row_get_number (row), numbers, WSI_MAX_FAULTS);
  WsiFrameLayout layout;

  wsi_frame_layout_init (&layout, wsi_row_get_frame (row));
  for (guint k = 0; k < n; k++)
    {
      int part = wsi_frame_layout_find_fault (&layout, numbers[k]);

      if (!g_str_equal (wsp_fault_get_name (numbers[k]), faults[i].fault))
        continue;

      g_assert_cmpint (part, >=, 0);
      g_assert_cmpint (layout.parts[part].field, ==, faults[i].field);
      n_found++;
    }
  g_assert_cmpuint (n_found, ==, 1);
  g_assert_cmpint (wsi_frame_layout_find_fault (&layout, 0), ==, -1);
}

/* An event, bytes in no frame, and a message whose frames are not known. */
static void
test_no_frame (void)
{
  const WspFrameRecord none = { .payload_length = 5 };
  WsiFrameLayout layout;

  wsi_frame_layout_init (&layout, &none);
  g_assert_cmpuint (layout.n_parts, ==, 0);
  g_assert_cmpint (wsi_frame_layout_find_byte (&layout, 0), ==, -1);
}

static void
test_texts (void)
{
  for (guint i = 0; i < WSI_N_FRAME_FIELDS; i++)
    {
      g_assert_cmpuint (strlen (wsi_frame_field_get_name (i)), >, 0);
      g_assert_true (g_str_has_prefix (wsi_frame_field_get_section (i), "RFC 6455 "));
      g_assert_true (g_str_has_suffix (wsi_frame_field_get_sentence (i), "."));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/frame-layout/fields", layouts, test_layout);
  ADD_ROWS ("/inspector/frame-layout/meaning", meanings, test_meaning);
  ADD_ROWS ("/inspector/frame-layout/compression", agreements, test_agreement);
  g_test_add_func ("/inspector/frame-layout/payload/that-is-not-kept", test_payload_gone);
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *path = g_strdup_printf ("/inspector/frame-layout/fault/%s", faults[i].fault);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_fault);
    }
  g_test_add_func ("/inspector/frame-layout/bytes/lead-to-their-field", test_bytes);
  g_test_add_func ("/inspector/frame-layout/bytes/payload-is-after-the-header", test_long_bytes);
  g_test_add_func ("/inspector/frame-layout/no-frame/has-no-fields", test_no_frame);
  g_test_add_func ("/inspector/frame-layout/fields/each-has-its-sentence-and-section", test_texts);

  return g_test_run ();
}
