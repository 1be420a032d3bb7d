/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A capture that is written has the bytes of the connections: it is read back, and tshark dissects,
 * inflates and reassembles it. */

#include <glib/gstdio.h>
#include <string.h>

#include "inspector/scene.h"
#include "lib/rows.h"

#define N_RANDOM 100
#define N_STEPS 4

/* Reads what another scene has written. */
static void
convert (Scene    *from,
         Scene    *to,
         WsiFormat format)
{
  g_autoptr (GBytes) bytes = scene_save (from, format, WSI_REDACTION_NONE);
  g_autoptr (GError) error = NULL;

  scene_init (to);
  scene_load (to, bytes, &error);
  g_assert_no_error (error);
}

static void
close_scene (Scene    *scene,
             WsiEnding ending)
{
  wsi_recorder_close (scene->recorder, scene->conversation, ending, WSI_SENTENCE (TEXT, "end"),
                      scene->now);
}

/* pcapng, session, pcapng, session: each has the same bytes and frames. */
static void
assert_comes_back (Scene *scene)
{
  Scene before = *scene;

  for (guint i = 0; i < N_STEPS; i++)
    {
      Scene after;

      convert (&before, &after, i % 2 == 0 ? WSI_FORMAT_PCAPNG : WSI_FORMAT_SESSION);
      scene_assert_equal_frames (scene, &after);
      if (i > 0)
        scene_clear (&before);
      before = after;
    }

  scene_clear (&before);
}

static void
test_conversation (void)
{
  g_auto (Scene) scene = { 0 };

  scene_init (&scene);
  scene_play (&scene);
  assert_comes_back (&scene);
}

static void
test_random (void)
{
  for (guint seed = 0; seed < N_RANDOM; seed++)
    {
      g_auto (Scene) scene = { 0 };

      scene_play_random (&scene, seed, 0);
      close_scene (&scene, WSI_ENDING_CLEAN);
      assert_comes_back (&scene);
    }
}

/* Where bytes are missing, the same ones are. */
static void
test_random_gaps (void)
{
  for (guint seed = 0; seed < N_RANDOM; seed++)
    {
      g_auto (Scene) scene = { 0 };
      g_auto (Scene) other = { 0 };

      scene_play_random (&scene, seed, 6);
      close_scene (&scene, WSI_ENDING_CLEAN);
      convert (&scene, &other, WSI_FORMAT_PCAPNG);
      scene_assert_equal_streams (&scene, &other);
    }
}

/* More bytes than an IP packet has. */
static void
test_long_frame (void)
{
  g_auto (Scene) scene = { 0 };
  g_autofree guint8 *frame = g_malloc0 (10 + 200000);

  scene_init (&scene);
  scene_shake_hands (&scene);
  memcpy (frame, "\x82\x7f\0\0\0\0\0\x03\x0d\x40", 10);
  scene_push (&scene, WSP_DIRECTION_RECEIVED, frame, 200010);
  assert_comes_back (&scene);
}

static void
open_with (Scene      *scene,
           const char *client,
           const char *server)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .client = client, .server = server };

  scene->conversation = wsi_recorder_open (scene->recorder, &opening, scene->now);
  SCENE_PUSH (scene, WSP_DIRECTION_SENT, REQUEST);
  SCENE_PUSH (scene, WSP_DIRECTION_RECEIVED, RESPONSE);
}

static const struct
{
  const char *name, *client, *server;
  const char *written_client, *written_server;  /* addresses in the file; NULL = the export makes
                                                 * them up */
} peers[] = {
  { "ipv4-is-kept", "10.1.2.3:4", "10.1.2.4:5678", "10.1.2.3:4", "10.1.2.4:5678" },
  { "ipv6-is-kept", "[2001:db8::1]:4", "[2001:db8::2]:80", "[2001:db8::1]:4", "[2001:db8::2]:80" },
  { "not-known", NULL, NULL, "10.0.0.1:49153", "192.0.2.1:80" },
  { "names-are-not-looked-up", "client:1", "server:2", "10.0.0.1:49153", "192.0.2.1:80" },
  { "server-only", NULL, "[2001:db8::2]:81", "[fd00::1]:49153", "[2001:db8::2]:81" },
  { "two-families", "10.1.2.3:4", "[2001:db8::2]:80", "[fd00::1]:49153", "[2001:db8::2]:80" },
  { "port-of-tls-is-not-kept", "10.1.2.3:4", "10.1.2.4:443", "10.1.2.3:4", "10.1.2.4:80" },
  { "nonsense", "[]:1", ":::", "10.0.0.1:49153", "192.0.2.1:80" },
  { "first-bracket-alone", "[::1:4", NULL, "10.0.0.1:49153", "192.0.2.1:80" },
  { "last-bracket-alone", "x::1]:4", NULL, "10.0.0.1:49153", "192.0.2.1:80" },
};

static void
test_peers (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_auto (Scene) scene = { 0 };
  g_auto (Scene) other = { 0 };
  g_autoptr (WsiConversation) read = NULL;

  scene_init (&scene);
  open_with (&scene, peers[i].client, peers[i].server);
  convert (&scene, &other, WSI_FORMAT_PCAPNG);
  read = wsi_store_dup_conversation (other.store, 1);
  g_assert_cmpstr (wsi_conversation_get_client (read), ==, peers[i].written_client);
  g_assert_cmpstr (wsi_conversation_get_server (read), ==, peers[i].written_server);
}

static gboolean
has_text (GBytes     *bytes,
          const char *text)
{
  return memmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text,
                 strlen (text)) != NULL;
}

/* The file says which addresses are made up. */
static void
test_made_up (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      g_auto (Scene) scene = { 0 };
      g_autoptr (GBytes) bytes = NULL;

      scene_init (&scene);
      open_with (&scene, peers[i].client, peers[i].server);
      bytes = scene_save (&scene, WSI_FORMAT_PCAPNG, WSI_REDACTION_NONE);
      g_assert_cmpint (has_text (bytes, "The client's address is not known: it is made up"), ==,
                       g_strcmp0 (peers[i].client, peers[i].written_client) != 0);
      g_assert_cmpint (has_text (bytes, "The server's address is not known: it is made up"), ==,
                       g_str_has_prefix (peers[i].written_server, "192.0.2.1:"));
    }
}

/* Two at a time between the same ports, and a later one. */
static void
test_same_ports (void)
{
  g_auto (Scene) scene = { 0 };
  g_auto (Scene) other = { 0 };

  scene_init (&scene);
  for (guint i = 0; i < 3; i++)
    {
      open_with (&scene, "10.1.2.3:4", "10.1.2.4:80");
      SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x81\x02Hi");
      if (i > 0)
        close_scene (&scene, WSI_ENDING_CLEAN);
    }
  convert (&scene, &other, WSI_FORMAT_PCAPNG);
  scene_assert_equal_frames (&scene, &other);
}

static WsiEnding
get_ending (Scene *scene)
{
  g_autoptr (WsiConversation) conversation = wsi_store_dup_conversation (scene->store, 1);

  return wsi_conversation_get_ending (conversation);
}

static void
test_endings (void)
{
  for (WsiEnding ending = WSI_ENDING_CLEAN; ending <= WSI_ENDING_ABNORMAL; ending++)
    {
      g_auto (Scene) scene = { 0 };
      g_auto (Scene) other = { 0 };

      scene_init (&scene);
      scene_shake_hands (&scene);
      SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x88\x02\x03\xe8");
      close_scene (&scene, ending);
      convert (&scene, &other, WSI_FORMAT_PCAPNG);
      g_assert_cmpint (get_ending (&other), ==, ending);
    }
}

#define PACKET 6                /* the type of a block */
#define PACKET_HEADER 28        /* of a block, before the packet */
#define IPV4_HEADER 20
#define TCP_HEADER 20
#define TCP_FLAGS 13            /* where they are in a header of TCP */
#define SYN 2
#define RST 4

/* The packets of IPv4 that have one of these flags of TCP; 0 = all. */
static guint
count_packets (GBytes *capture,
               guint8  flags)
{
  gsize length;
  const guint8 *at = g_bytes_get_data (capture, &length), *end = at + length;
  guint n = 0;

  for (guint32 type, n_bytes; at < end; at += n_bytes)
    {
      memcpy (&type, at, sizeof type);
      memcpy (&n_bytes, at + sizeof type, sizeof n_bytes);
      if (GUINT32_FROM_LE (type) == PACKET)
        n += flags == 0 || (at[PACKET_HEADER + IPV4_HEADER + TCP_FLAGS] & flags) != 0;
      n_bytes = GUINT32_FROM_LE (n_bytes);
    }
  return n;
}

typedef enum
{
  PLAY_END = 1 << 0,
  PLAY_RESET = 1 << 1,
  PLAY_COMMENT = 1 << 2,        /* the last row has a comment */
  PLAY_GAP = 1 << 3,            /* 10 bytes are missing after the heads */
  PLAY_UNKNOWN_GAP = 1 << 4,
  PLAY_WITHOUT_HEADS = 1 << 5,
} Play;

/* A SYN, one that answers it, an ACK and two heads; what else is written is in the row. */
static const struct
{
  const char *name;
  guint       play;             /* parts of the connection that are played (Play) */
  guint       n_packets, n_syns, n_resets;
} packet_cases[] = {
  { "handshake", 0, 5, 2, 0 },
  { "comment-has-no-packet-of-its-own", PLAY_COMMENT, 5, 2, 0 },
  { "end", PLAY_END, 7, 2, 0 },
  { "comment-on-an-end", PLAY_END | PLAY_COMMENT, 8, 2, 0 },
  { "reset", PLAY_RESET, 6, 2, 1 },
  { "comment-on-a-reset", PLAY_RESET | PLAY_COMMENT, 7, 2, 2 },
  { "missing-bytes-are-a-packet", PLAY_GAP, 6, 2, 0 },
  { "missing-bytes-of-no-known-number", PLAY_UNKNOWN_GAP, 22, 2, 0 },
  { "no-beginning", PLAY_WITHOUT_HEADS, 0, 0, 0 },
  { "missing-bytes-are-the-beginning", PLAY_WITHOUT_HEADS | PLAY_GAP, 1, 0, 0 },
  { "missing-bytes-of-no-known-number-are-not", PLAY_WITHOUT_HEADS | PLAY_UNKNOWN_GAP, 0, 0, 0 },
};

static void
test_packets (gconstpointer data)
{
  const gsize i = GPOINTER_TO_SIZE (data);
  const guint play = packet_cases[i].play;
  const WsiOpening opening = {
    .uri = "ws://h/", .handshake = (play & PLAY_WITHOUT_HEADS) != 0 ? WSI_HANDSHAKE_MISSING
                                                                   : WSI_HANDSHAKE_READ,
  };
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) bytes = NULL;

  scene_init (&scene);
  scene.conversation = wsi_recorder_open (scene.recorder, &opening, scene.now);
  if ((play & PLAY_WITHOUT_HEADS) == 0)
    {
      SCENE_PUSH (&scene, WSP_DIRECTION_SENT, REQUEST);
      SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, RESPONSE);
    }
  if ((play & (PLAY_GAP | PLAY_UNKNOWN_GAP)) != 0)
    wsi_recorder_skip (scene.recorder, scene.conversation, WSP_DIRECTION_RECEIVED,
                       (play & PLAY_GAP) != 0 ? 10 : G_MAXUINT64, scene.now);
  if ((play & PLAY_END) != 0)
    close_scene (&scene, WSI_ENDING_CLEAN);
  if ((play & PLAY_RESET) != 0)
    close_scene (&scene, WSI_ENDING_ABNORMAL);
  if ((play & PLAY_COMMENT) != 0)
    wsi_store_set_comment (scene.store, wsi_store_get_end (scene.store) - 1, "a comment");
  bytes = scene_save (&scene, WSI_FORMAT_PCAPNG, WSI_REDACTION_NONE);
  g_assert_cmpuint (count_packets (bytes, 0), ==, packet_cases[i].n_packets);
  g_assert_cmpuint (count_packets (bytes, SYN), ==, packet_cases[i].n_syns);
  g_assert_cmpuint (count_packets (bytes, RST), ==, packet_cases[i].n_resets);
  g_assert_false (has_text (bytes, "ws://h/"));
  g_assert_cmpint (has_text (bytes, "It is not known how many bytes"), ==,
                   play == PLAY_UNKNOWN_GAP);
}

/* Frames without a handshake have none in the file either. */
static void
test_no_handshake (void)
{
  const WsiOpening opening = { .handshake = WSI_HANDSHAKE_MISSING };
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) bytes = NULL;

  scene_init (&scene);
  scene.conversation = wsi_recorder_open (scene.recorder, &opening, scene.now);
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x81\x02Hi");
  wsi_recorder_event (scene.recorder, scene.conversation, WSI_EVENT_NOTE, NULL, scene.now);
  bytes = scene_save (&scene, WSI_FORMAT_PCAPNG, WSI_REDACTION_NONE);
  g_assert_cmpuint (count_packets (bytes, 0), ==, 1);
  g_assert_false (has_text (bytes, "HTTP/1.1"));
}

/* Without the rows of the heads, as behind a filter: the heads are written, and none is made up. */
static void
test_message_after_heads (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) payload = g_bytes_new_static ("Hi", 2);
  g_autoptr (GOutputStream) stream = g_memory_output_stream_new_resizable ();
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_NONE);
  g_autoptr (WsiExporter) exporter = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  scene_init (&scene);
  scene_shake_hands (&scene);
  wsi_recorder_message (scene.recorder, scene.conversation, WSP_DIRECTION_RECEIVED, 1, payload,
                        scene.now);
  exporter = wsi_format_open (WSI_FORMAT_PCAPNG, scene.store, redactor, stream);
  wsi_exporter_add (exporter, wsi_store_get_end (scene.store) - 1, &error);
  wsi_exporter_end (exporter, &error);
  g_assert_no_error (error);
  bytes = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (stream));
  g_assert_true (has_text (bytes, REQUEST));
  g_assert_true (has_text (bytes, RESPONSE));
  g_assert_false (has_text (bytes, "Host: unknown"));
  g_assert_cmpuint (count_packets (bytes, 0), ==, 6);
}

/* The numbers of captured and of all bytes in the last packet. */
static void
get_last_lengths (GBytes  *capture,
                  guint32 *n_captured,
                  guint32 *n_all)
{
  gsize length;
  const guint8 *at = g_bytes_get_data (capture, &length), *end = at + length;

  for (guint32 n_bytes; at < end; at += n_bytes)
    {
      memcpy (&n_bytes, at + 4, sizeof n_bytes);
      n_bytes = GUINT32_FROM_LE (n_bytes);
      if (at + n_bytes < end)
        continue;

      memcpy (n_captured, at + 20, sizeof *n_captured);
      memcpy (n_all, at + 24, sizeof *n_all);
      *n_captured = GUINT32_FROM_LE (*n_captured) - IPV4_HEADER - TCP_HEADER;
      *n_all = GUINT32_FROM_LE (*n_all) - IPV4_HEADER - TCP_HEADER;
    }
}

/* Each is cut before its last byte; some lengths are those of a shorter header that is whole. */
static const struct
{
  const char  *name, *header;
  gsize        length;
  WspDirection direction;
} cut_headers[] = {
#define CUT_HEADER(name, direction, header) \
  { name, header, sizeof header - 1, WSP_DIRECTION_ ## direction }
  CUT_HEADER ("of-16-bits", RECEIVED, "\xc1\x7e\xee\xee"),
  CUT_HEADER ("of-64-bits", RECEIVED, "\x82\x7f\0\0\0\0\0\1\0\0"),
  CUT_HEADER ("masked", SENT, "\x82\x85\1\2\3\4"),
  CUT_HEADER ("masked-of-16-bits", SENT, "\x82\xfe\0\x80\1\2\3\4"),
  CUT_HEADER ("masked-of-64-bits", SENT, "\x82\xff\0\0\0\0\0\1\0\0\1\2\3\4"),
#undef CUT_HEADER
};

/* Only the first byte is known of a header that is cut. */
static void
test_cut_header (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);

  for (gsize length = 1; length < cut_headers[i].length; length++)
    {
      g_auto (Scene) scene = { 0 };
      g_autoptr (GBytes) bytes = NULL;
      guint32 n_captured = 0, n_all = 0;

      scene_init (&scene);
      scene_shake_hands (&scene);
      scene_push (&scene, cut_headers[i].direction, cut_headers[i].header, length);
      close_scene (&scene, WSI_ENDING_CUT);
      bytes = scene_save (&scene, WSI_FORMAT_PCAPNG, WSI_REDACTION_NONE);
      g_assert_false (has_text (bytes, "Payload is withheld"));
      g_assert_cmpuint (count_packets (bytes, 0), ==, 7);
      get_last_lengths (bytes, &n_captured, &n_all);
      g_test_message ("%zu bytes: %u captured of %u", length, n_captured, n_all);
      g_assert_cmpuint (n_captured, ==, 1);
      g_assert_cmpuint (n_all, ==, length);
    }
}

/* A connection that has ended has no next packet. */
static void
test_comment_on_end (void)
{
  g_auto (Scene) scene = { 0 };
  g_autoptr (GBytes) bytes = NULL;

  scene_init (&scene);
  scene_shake_hands (&scene);
  close_scene (&scene, WSI_ENDING_CLEAN);
  wsi_store_set_comment (scene.store, wsi_store_get_end (scene.store) - 1, "about the end");
  bytes = scene_save (&scene, WSI_FORMAT_PCAPNG, WSI_REDACTION_NONE);
  g_assert_true (has_text (bytes, "about the end"));
}

/* As in a HAR. */
static void
play_messages (Scene               *scene,
               WsiHandshakePresence handshake)
{
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT, .handshake = handshake };
  g_autoptr (GBytes) text = g_bytes_new_static ("Hello", 5);
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_strnfill (70000, 'b'), 70000);

  scene->conversation = wsi_recorder_open (scene->recorder, &opening, scene->now);
  wsi_recorder_message (scene->recorder, scene->conversation, WSP_DIRECTION_SENT, 1, text, 5);
  wsi_recorder_message (scene->recorder, scene->conversation, WSP_DIRECTION_RECEIVED, 2, bytes, 6);
}

static void
test_messages (void)
{
  g_auto (Scene) scene = { 0 };
  g_auto (Scene) other = { 0 };
  guint64 end;
  g_autoptr (GBytes) first = NULL;

  scene_init (&scene);
  play_messages (&scene, WSI_HANDSHAKE_MISSING);
  convert (&scene, &other, WSI_FORMAT_PCAPNG);
  end = wsi_store_get_end (other.store);
  first = wsi_store_dup_payload (other.store, end - 3, WSI_VIEW_UNMASKED, G_MAXSIZE);
  g_assert_cmpmem (g_bytes_get_data (first, NULL), g_bytes_get_size (first), "Hello", 5);
  g_assert_cmpuint (wsi_store_get_record (other.store, end - 3)->fault, ==, 0);
  g_assert_cmpuint (wsi_store_get_record (other.store, end - 2)->payload_length, ==, 70000);
  g_assert_cmpuint (wsi_store_get_record (other.store, end - 2)->fault, ==, 0);
}

/* Same lengths, other bytes; from the first compressed ones on none, in their direction. */
static void
test_strict (void)
{
  g_auto (Scene) scene = { 0 };
  g_auto (Scene) other = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  scene_init (&scene);
  scene_init (&other);
  scene_shake_hands (&scene);
  scene_push (&scene, WSP_DIRECTION_RECEIVED, DEFLATED_HELLO, 9);
  SCENE_PUSH (&scene, WSP_DIRECTION_SENT, "\x81\x83\x37\xfa\x21\x3d\x7f\x9f\x4d");
  SCENE_PUSH (&scene, WSP_DIRECTION_RECEIVED, "\x81\x0bSecret12345");
  bytes = scene_save (&scene, WSI_FORMAT_PCAPNG, WSI_REDACTION_STRICT);
  g_assert_null (memmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "Secret12345",
                         11));
  g_assert_null (memmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "\xf2\x48\xcd",
                         3));
  g_assert_null (memmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "\x7f\x9f\x4d",
                         3));
  g_assert_null (memmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "xxxxxxxxxxx",
                         11));
  g_assert_nonnull (memmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                            "\x4f\x82\x59", 3));
  scene_load (&other, bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (wsi_store_get_end (other.store), >, 6);
}

static char *
run_tshark (Scene      *scene,
            const char *fields)
{
  g_autofree char *folder = g_dir_make_tmp ("pcapng-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.pcapng", NULL);
  g_autofree char *command =
    g_strdup_printf ("tshark -r %s -o tcp.desegment_tcp_streams:TRUE -Y websocket -T fields "
                     "-E separator='|' %s", path, fields);
  g_autoptr (GBytes) bytes = scene_save (scene, WSI_FORMAT_PCAPNG, WSI_REDACTION_NONE);
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;
  GString *fields_as_numbers;

  g_file_set_contents (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &error);
  g_assert_no_error (error);
  g_spawn_command_line_sync (command, &output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_unlink (path);
  g_rmdir (folder);
  /* Wireshark 4.4 writes flags as words. */
  fields_as_numbers = g_string_new (output);
  g_string_replace (fields_as_numbers, "True", "1", 0);
  g_string_replace (fields_as_numbers, "False", "0", 0);
  return g_string_free (fields_as_numbers, FALSE);
}

static gboolean
has_tshark (void)
{
  g_autofree char *path = g_find_program_in_path ("tshark");

  if (path == NULL)
    g_test_skip ("tshark is not installed");
  return path != NULL;
}

static void
test_tshark (void)
{
  g_auto (Scene) scene = { 0 };
  g_autofree char *output = NULL;

  if (!has_tshark ())
    return;

  scene_init (&scene);
  scene_play (&scene);
  output = run_tshark (&scene, "-e websocket.opcode -e websocket.fin -e websocket.mask "
                       "-e websocket.payload_length -e websocket.payload.text -e data.data "
                       "-e websocket.payload.close.status_code");
  g_assert_cmpstr (output, ==, "1|1|0|7|Hello||\n1|1|0|7|Hello||\n1|0|1|3|||\n9|1|1|1|||\n"
                   "0|1|1|2|Hello||\n2|1|0|4||fffe0102|\n8|1|0|2|||1000\n");
}

static void
test_tshark_messages (void)
{
  g_auto (Scene) scene = { 0 };
  g_autofree char *output = NULL;

  if (!has_tshark ())
    return;

  scene_init (&scene);
  play_messages (&scene, WSI_HANDSHAKE_MISSING);
  output = run_tshark (&scene, "-e websocket.opcode -e websocket.payload_length "
                       "-e websocket.payload_length_ext_64 -e frame.comment");
  g_assert_cmpstr (output, ==, "1|5||A message without frames: this one is made up\n"
                   "2|127|70000|\n");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ROWS ("/inspector/pcapng-export/peers", peers, test_peers);
  ADD_ROWS ("/inspector/pcapng-export/packets", packet_cases, test_packets);
  g_test_add_func ("/inspector/pcapng-export/packets/frames-without-a-handshake",
                   test_no_handshake);
  g_test_add_func ("/inspector/pcapng-export/packets/message-after-heads-without-rows",
                   test_message_after_heads);
  ADD_ROWS ("/inspector/pcapng-export/header-that-is-cut", cut_headers, test_cut_header);
  g_test_add_func ("/inspector/pcapng-export/peers/the-file-says-what-is-made-up", test_made_up);
  g_test_add_func ("/inspector/pcapng-export/back/conversation", test_conversation);
  g_test_add_func ("/inspector/pcapng-export/back/random-traffic", test_random);
  g_test_add_func ("/inspector/pcapng-export/back/random-gaps", test_random_gaps);
  g_test_add_func ("/inspector/pcapng-export/back/frame-longer-than-a-packet", test_long_frame);
  g_test_add_func ("/inspector/pcapng-export/back/connections-between-the-same-ports",
                   test_same_ports);
  g_test_add_func ("/inspector/pcapng-export/back/endings", test_endings);
  g_test_add_func ("/inspector/pcapng-export/comment-on-the-end-is-on-its-packets",
                   test_comment_on_end);
  g_test_add_func ("/inspector/pcapng-export/messages-without-frames-become-valid-ones",
                   test_messages);
  g_test_add_func ("/inspector/pcapng-export/strict-redaction-keeps-no-payload", test_strict);
  g_test_add_func ("/inspector/pcapng-export/tshark/dissects-inflates-and-reassembles",
                   test_tshark);
  g_test_add_func ("/inspector/pcapng-export/tshark/messages-without-frames",
                   test_tshark_messages);

  return g_test_run ();
}
