/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/files/wsi-pcap-file.h"

#include <glib/gstdio.h>
#include <string.h>

#include "inspector/listing.h"
#include "inspector/sources/capture-writer.h"
#include "inspector/upgrade.h"
#include "lib/rows.h"

#define OPEN "1 opened; 1 request: GET /chat HTTP/1.1; " \
  "1 response: HTTP/1.1 101 Switching Protocols; "
#define HELLOS "1 < text 'Hello'; 1 > text 'Hello'; "
#define ENDED "1 close: Connection ended without a Close frame"
#define UNFINISHED "1 close: The capture ends before the connection"
#define PACKETS_OF_UPGRADE 4
#define BEGIN_US ((gint64) 1700000000 * G_USEC_PER_SEC)

static const struct
{
  const char *name;
  WsiLink     link;
  guint       n_vlans;
} links[] = {
  { "ethernet", WSI_LINK_ETHERNET, 0 },
  { "vlan", WSI_LINK_ETHERNET, 1 },
  { "raw-ip", WSI_LINK_RAW_IP, 0 },
  { "ipv4-or-ipv6", WSI_LINK_IPV4, 0 },
  { "linux-cooked-1", WSI_LINK_LINUX_COOKED_1, 0 },
  { "linux-cooked-2", WSI_LINK_LINUX_COOKED_2, 0 },
  { "bsd-loopback", WSI_LINK_BSD_LOOPBACK, 0 },
  { "openbsd-loopback", WSI_LINK_OPENBSD_LOOP, 0 },
  { "ppp", WSI_LINK_PPP, 0 },
  { "wifi", WSI_LINK_WIFI, 0 },
  { "radiotap", WSI_LINK_RADIOTAP, 0 },
  { "pktap", WSI_LINK_PKTAP, 0 },
  { "nflog", WSI_LINK_NFLOG, 0 },
};
static const char *const formats[] = { "pcap", "pcap-nanoseconds", "pcap-swapped", "pcapng" };

static const WsiEndpoint endpoints[][2] = {
  { { { 192, 0, 2, 1 }, 4000, G_SOCKET_FAMILY_IPV4 }, { { 192, 0, 2, 2 }, 80, G_SOCKET_FAMILY_IPV4 } },
  { { { 0x20, 1, [15] = 1 }, 4000, G_SOCKET_FAMILY_IPV6 }, { { 0x20, 1, [15] = 2 }, 80, G_SOCKET_FAMILY_IPV6 } },
};

typedef struct
{
  CaptureWriter writer;
  guint         family;         /* family of the addresses; 0: IPv4, 1: IPv6 */
  guint16       port;           /* port of the client */
  guint32       sequences[2];
  gint64        time_us;
  const WsiLink *links;         /* link types of interfaces that take turns; NULL: there is one
                                 * interface */
  guint         n_links, n_packets;
} Capture;

static void
capture_init (Capture      *self,
              CaptureFormat format,
              WsiLink       link,
              guint         family)
{
  *self = (Capture) { .family = family, .port = 4000, .time_us = BEGIN_US };
  capture_writer_init (&self->writer, format, link);
}

static void
capture_clear (Capture *self)
{
  capture_writer_clear (&self->writer);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Capture, capture_clear)

/* One packet of the client (0) or the server (1), a millisecond after the one before. */
static void
send_packet (Capture    *self,
             guint       side,
             WsiTcpFlags flags,
             const void *bytes,
             gsize       length)
{
  WsiSegment segment = {
    .source = endpoints[self->family][side],
    .destination = endpoints[self->family][!side],
    .sequence = self->sequences[side],
    .acknowledgement = self->sequences[!side],
    .flags = flags,
    .payload = bytes,
    .n_captured = length,
    .length = length,
  };

  if (self->links != NULL)
    {
      self->writer.interface = self->n_packets++ % self->n_links;
      self->writer.link = self->links[self->writer.interface];
    }
  (side == 0 ? &segment.source : &segment.destination)->port = self->port;
  self->time_us += 1000;
  self->sequences[side] += (guint32) length + ((flags & (WSI_TCP_SYN | WSI_TCP_FIN)) != 0);
  capture_writer_add_segment (&self->writer, &segment, self->time_us);
}

static void
send_text (Capture    *self,
           guint       side,
           const char *text)
{
  send_packet (self, side, WSI_TCP_ACK, text, strlen (text));
}

static void
send_upgrade (Capture *self)
{
  send_packet (self, 0, WSI_TCP_SYN, NULL, 0);
  send_packet (self, 1, WSI_TCP_SYN | WSI_TCP_ACK, NULL, 0);
  send_text (self, 0, UPGRADE_REQUEST);
  send_text (self, 1, UPGRADE_RESPONSE);
}

static void
send_conversation (Capture *self)
{
  send_upgrade (self);
  send_text (self, 1, HELLO);
  send_text (self, 0, MASKED_HELLO);
  send_packet (self, 0, WSI_TCP_ACK | WSI_TCP_FIN, NULL, 0);
  send_packet (self, 1, WSI_TCP_ACK | WSI_TCP_FIN, NULL, 0);
}

static WsiStore *
make_store (void)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;

  return wsi_store_new_with_limits (&limits);
}

static WsiPcapFile *
open_bytes (WsiStore     *store,
            const guint8 *at,
            gsize         length,
            GError      **error)
{
  g_autoptr (WsiRecorder) recorder = wsi_recorder_new (store, WSP_ROLE_CLIENT);
  g_autoptr (GInputStream) stream =
    g_memory_input_stream_new_from_data (g_memdup2 (at, length), (gssize) length, g_free);

  return wsi_pcap_file_new (stream, "test.pcap", recorder, NULL, error);
}

/* Reads all of it; returns the listing. */
static char *
read_capture (Capture           *capture,
              WsiPcapStatistics *statistics,
              GError           **error)
{
  const GByteArray *bytes = capture->writer.bytes;
  g_autoptr (WsiStore) store = make_store ();
  g_autoptr (WsiPcapFile) file = open_bytes (store, bytes->data, bytes->len, error);

  if (file == NULL)
    return NULL;

  wsi_pcap_file_step (file, G_MAXUINT, error);
  if (statistics != NULL)
    wsi_pcap_file_get_statistics (file, statistics);
  return listing_make (store);
}

static void
test_link (gconstpointer data)
{
  const guint number = GPOINTER_TO_UINT (data);
  const guint link = number / 8, format = number / 2 % 4, family = number % 2;
  g_auto (Capture) capture = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *listing = NULL;

  capture_init (&capture, format, links[link].link, family);
  capture.writer.n_vlans = links[link].n_vlans;
  send_conversation (&capture);
  g_assert_true (wsi_pcap_file_is_one (capture.writer.bytes->data, WSI_PCAP_MAGIC_LENGTH));
  listing = read_capture (&capture, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (listing, ==, OPEN HELLOS ENDED);
}

static void
test_facts (void)
{
  g_auto (Capture) capture = { 0 };
  g_autoptr (WsiStore) store = make_store ();
  g_autoptr (WsiPcapFile) file = NULL;
  g_autoptr (WsiConversation) conversation = NULL;
  gint64 begin_us;

  capture_init (&capture, CAPTURE_PCAPNG, WSI_LINK_RAW_IP, 1);
  send_conversation (&capture);
  file = open_bytes (store, capture.writer.bytes->data, capture.writer.bytes->len, NULL);
  g_assert_false (wsi_pcap_file_step (file, G_MAXUINT, NULL));
  conversation = wsi_store_dup_conversation (store, 1);

  g_assert_cmpstr (wsi_conversation_get_source (conversation), ==, "test.pcap");
  g_assert_cmpstr (wsi_conversation_get_client (conversation), ==, "[2001::1]:4000");
  g_assert_cmpstr (wsi_conversation_get_server (conversation), ==, "[2001::2]:80");
  g_assert_cmpint (wsi_conversation_get_role (conversation), ==, WSP_ROLE_CLIENT);
  /* The request is the third packet. */
  begin_us = wsi_store_get_record (store, 0)->time_us;
  g_assert_cmpint (begin_us, ==, BEGIN_US + 3000);
}

/* Two at a time, and one after the other between the same ports. */
static void
test_several (void)
{
  g_auto (Capture) capture = { 0 };
  g_autofree char *listing = NULL;
  WsiPcapStatistics statistics;

  capture_init (&capture, CAPTURE_PCAP, WSI_LINK_ETHERNET, 0);
  send_conversation (&capture);
  capture.sequences[0] = 5000000;
  send_upgrade (&capture);
  capture.port = 4001;
  send_conversation (&capture);
  listing = read_capture (&capture, &statistics, NULL);

  g_assert_cmpstr (listing, ==, OPEN HELLOS ENDED
                   "; 2 opened; 2 request: GET /chat HTTP/1.1"
                   "; 2 response: HTTP/1.1 101 Switching Protocols"
                   "; 3 opened; 3 request: GET /chat HTTP/1.1"
                   "; 3 response: HTTP/1.1 101 Switching Protocols"
                   "; 3 < text 'Hello'; 3 > text 'Hello'; 3 close: Connection ended without a Close frame"
                   "; 2 close: The capture ends before the connection");
  g_assert_cmpuint (statistics.n_connections, ==, 3);
  g_assert_cmpuint (statistics.n_packets, ==, 8 + 4 + 8);
  g_assert_cmpuint (statistics.n_bytes, ==, capture.writer.bytes->len);
}

#define N_MERGED 7

/* Each capture has a connection of its own, and another length. */
static void
test_merged (void)
{
  Capture captures[N_MERGED];
  g_autoptr (WsiStore) store = make_store ();
  g_autoptr (WsiPcapFile) file = NULL;
  g_autoptr (GError) error = NULL;
  guint n_texts = 0;
  gint64 time_us = 0;

  for (guint i = 0; i < N_MERGED; i++)
    {
      capture_init (&captures[i], CAPTURE_PCAP, WSI_LINK_RAW_IP, 0);
      captures[i].port += i;
      captures[i].time_us += i * 300 % 1000;
      send_upgrade (&captures[i]);
      for (guint n = 0; n < 5 + i * 4 % N_MERGED; n++, n_texts++)
        send_text (&captures[i], 1, HELLO);
    }
  file = open_bytes (store, captures[0].writer.bytes->data, captures[0].writer.bytes->len, NULL);
  for (guint i = 1; i < N_MERGED; i++)
    {
      g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (
        captures[i].writer.bytes->data, captures[i].writer.bytes->len, NULL);

      g_assert_true (wsi_pcap_file_add (file, stream, "another.pcap", NULL));
    }
  g_assert_false (wsi_pcap_file_step (file, G_MAXUINT, &error));
  g_assert_no_error (error);
  for (guint64 i = 0; i < wsi_store_get_end (store); i++)
    {
      const WsiRecord *record = wsi_store_get_record (store, i);

      if (!wsi_record_is_frame (record))
        continue;
      g_assert_cmpint (record->time_us, >=, time_us);
      time_us = record->time_us;
      n_texts--;
    }
  g_assert_cmpuint (n_texts, ==, 0);
  for (guint i = 0; i < N_MERGED; i++)
    capture_clear (&captures[i]);
}

/* Bytes behind the length are not looked at. */
static void
test_short_magic (void)
{
  static const guint8 magic[] = { 0x0a, 0x0d, 0x0d, 0x0a };

  g_assert_true (wsi_pcap_file_is_one (magic, WSI_PCAP_MAGIC_LENGTH));
  g_assert_false (wsi_pcap_file_is_one (magic, WSI_PCAP_MAGIC_LENGTH - 1));
}

#define CLIENT_CLOSE "\x88\x82\x37\xfa\x21\x3d\x34\x12"          /* 1000, masked */
#define SERVER_CLOSE "\x88\x02\x03\xe8"
#define SERVER_FAILS "\x88\x02\x03\xea"

/* The packets after the upgrade, as words, and how the connection has ended then. */
static const struct
{
  const char *name, *packets;
  WsiEnding   ending;
  const char *sentence;
} endings[] = {
  { "open-is-cut", "text", WSI_ENDING_CUT, "The capture ends before the connection" },
  { "after-the-upgrade-is-cut", "", WSI_ENDING_CUT, "The capture ends before the connection" },
  { "after-one-close-is-cut", "client-close", WSI_ENDING_CUT, "The capture ends before the connection" },
  { "after-both-closes-is-cut", "client-close server-close", WSI_ENDING_CUT, "The capture ends before the connection" },
  { "after-a-failing-close-has-failed", "server-fails", WSI_ENDING_ABNORMAL, "Failed by the server with 1002: Protocol error" },
  { "one-fin-without-a-close-has-failed", "text server-fin", WSI_ENDING_ABNORMAL, "Connection ended without a Close frame" },
  { "both-fins-without-a-close-have-failed", "server-fin client-fin", WSI_ENDING_ABNORMAL,
    "Connection ended without a Close frame" },
  { "closes-and-one-fin-are-clean", "client-close server-close server-fin", WSI_ENDING_CLEAN,
    "Connection ended after a Close frame" },
  { "reset-has-failed", "text server-rst", WSI_ENDING_ABNORMAL, "Connection was reset" },
  { "the-same-ports-again-is-cut", "text again", WSI_ENDING_CUT, "The end is not in the capture" },
};

static const struct
{
  const char *word;
  guint       side;
  WsiTcpFlags flags;
  const char *bytes;
} packets[] = {
  { "text", 1, WSI_TCP_ACK, HELLO }, { "client-close", 0, WSI_TCP_ACK, CLIENT_CLOSE },
  { "server-close", 1, WSI_TCP_ACK, SERVER_CLOSE }, { "server-fails", 1, WSI_TCP_ACK, SERVER_FAILS },
  { "client-fin", 0, WSI_TCP_ACK | WSI_TCP_FIN, "" }, { "server-fin", 1, WSI_TCP_ACK | WSI_TCP_FIN, "" },
  { "server-rst", 1, WSI_TCP_RST, "" },
};

static void
send_words (Capture    *capture,
            const char *words)
{
  g_auto (GStrv) split = g_strsplit (words, " ", -1);

  for (guint i = 0; split[i] != NULL; i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (packets); j++)
        if (g_str_equal (split[i], packets[j].word))
          send_packet (capture, packets[j].side, packets[j].flags, packets[j].bytes,
                       strlen (packets[j].bytes));
      if (!g_str_equal (split[i], "again"))
        continue;
      capture->sequences[0] = 5000000;
      send_upgrade (capture);
    }
}

/* A connection that is open where the capture ends has not failed (RFC 6455 7.1.5). */
static void
test_ending (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Capture) capture = { 0 };
  g_autoptr (WsiStore) store = make_store ();
  g_autoptr (WsiPcapFile) file = NULL;
  g_autoptr (WsiConversation) conversation = NULL;
  g_autofree char *sentence = NULL;

  capture_init (&capture, CAPTURE_PCAP, WSI_LINK_RAW_IP, 0);
  send_upgrade (&capture);
  send_words (&capture, endings[i].packets);
  file = open_bytes (store, capture.writer.bytes->data, capture.writer.bytes->len, NULL);
  g_assert_false (wsi_pcap_file_step (file, G_MAXUINT, NULL));

  conversation = wsi_store_dup_conversation (store, 1);
  sentence = wsi_sentence_to_string (wsi_conversation_get_sentence (conversation));
  g_assert_true (g_str_has_prefix (sentence, endings[i].sentence));
  g_assert_cmpint (wsi_conversation_get_ending (conversation), ==, endings[i].ending);
}

/* After each byte: the packets before are shown, and the error says where it ended. */
static void
test_cut (gconstpointer data)
{
  g_auto (Capture) capture = { 0 };
  const gsize step = 1;
  gsize begin;

  capture_init (&capture, GPOINTER_TO_UINT (data), WSI_LINK_RAW_IP, 0);
  send_upgrade (&capture);
  begin = capture.writer.bytes->len;
  send_text (&capture, 1, HELLO);

  for (gsize length = begin; length < capture.writer.bytes->len; length += step)
    {
      g_autoptr (WsiStore) store = make_store ();
      g_autoptr (WsiPcapFile) file = open_bytes (store, capture.writer.bytes->data, length, NULL);
      g_autoptr (GError) error = NULL;
      g_autofree char *listing = NULL;
      g_autofree char *place = g_strdup_printf ("from byte %zu: ", begin);

      g_assert_false (wsi_pcap_file_step (file, G_MAXUINT, &error));
      listing = listing_make (store);
      g_assert_cmpstr (listing, ==, OPEN UNFINISHED);
      if (length == begin)
        {
          g_assert_no_error (error);
          continue;
        }
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT);
      g_assert_nonnull (strstr (error->message, place));
      g_assert_false (wsi_pcap_file_step (file, 1, NULL));
    }
}

#define AT_SNAPSHOT 16          /* where a capture says how long its packets are */

/* A packet that is longer than the capture says has all its bytes before the next one. */
static void
test_cut_after_long (void)
{
  const guint32 snapshot = 100;
  g_auto (Capture) capture = { 0 };
  g_autoptr (WsiStore) store = make_store ();
  g_autoptr (WsiPcapFile) file = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *place = NULL;

  capture_init (&capture, CAPTURE_PCAP, WSI_LINK_RAW_IP, 0);
  send_upgrade (&capture);
  place = g_strdup_printf ("from byte %u: ", capture.writer.bytes->len);
  send_text (&capture, 1, HELLO);
  memcpy (capture.writer.bytes->data + AT_SNAPSHOT, &snapshot, sizeof snapshot);
  file = open_bytes (store, capture.writer.bytes->data, capture.writer.bytes->len - 1, NULL);
  g_assert_false (wsi_pcap_file_step (file, G_MAXUINT, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT);
  g_assert_nonnull (strstr (error->message, place));
}

/* A stream that could be asked whether it is readable, if the one below could. */
static void
test_packed (void)
{
  g_autofree char *folder = g_dir_make_tmp ("pcap-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.gz", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GConverter) packer =
    G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1));
  g_autoptr (GConverter) unpacker =
    G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  g_autoptr (GOutputStream) written =
    G_OUTPUT_STREAM (g_file_create (file, G_FILE_CREATE_NONE, NULL, NULL));
  g_autoptr (GOutputStream) packed = g_converter_output_stream_new (written, packer);
  g_auto (Capture) capture = { 0 };
  g_autoptr (WsiStore) store = make_store ();
  g_autoptr (WsiRecorder) recorder = wsi_recorder_new (store, WSP_ROLE_CLIENT);
  g_autoptr (GInputStream) read = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (WsiPcapFile) pcap = NULL;
  g_autofree char *listing = NULL;

  capture_init (&capture, CAPTURE_PCAP, WSI_LINK_RAW_IP, 0);
  send_conversation (&capture);
  g_assert_true (g_output_stream_write_all (packed, capture.writer.bytes->data,
                                            capture.writer.bytes->len, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (packed, NULL, NULL));
  read = G_INPUT_STREAM (g_file_read (file, NULL, NULL));
  stream = g_converter_input_stream_new (read, unpacker);
  pcap = wsi_pcap_file_new (stream, "a.gz", recorder, NULL, NULL);
  g_assert_false (wsi_pcap_file_step (pcap, G_MAXUINT, NULL));
  listing = listing_make (store);
  g_assert_cmpstr (listing, ==, OPEN HELLOS ENDED);
  g_unlink (path);
  g_rmdir (folder);
}

/* The file's last third is gone when it is read. */
static void
test_shrinks (void)
{
  g_auto (Capture) capture = { 0 };
  g_autoptr (WsiStore) store = make_store ();
  g_autoptr (WsiRecorder) recorder = wsi_recorder_new (store, WSP_ROLE_CLIENT);
  g_autoptr (GFileIOStream) io = NULL;
  g_autoptr (GFile) path = g_file_new_tmp (NULL, &io, NULL);
  g_autoptr (GInputStream) stream = G_INPUT_STREAM (g_file_read (path, NULL, NULL));
  g_autoptr (WsiPcapFile) file = NULL;
  g_autoptr (GError) error = NULL;

  capture_init (&capture, CAPTURE_PCAP, WSI_LINK_RAW_IP, 0);
  send_upgrade (&capture);
  for (guint i = 0; i < 3000; i++)
    send_text (&capture, 1, HELLO);
  g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (io)),
                                            capture.writer.bytes->data, capture.writer.bytes->len,
                                            NULL, NULL, NULL));

  file = wsi_pcap_file_new (stream, "test.pcap", recorder, NULL, NULL);
  g_assert_true (wsi_pcap_file_step (file, 10, NULL));
  g_assert_true (g_seekable_truncate (G_SEEKABLE (io), capture.writer.bytes->len * 2 / 3 - 5, NULL,
                                      NULL));
  g_assert_false (wsi_pcap_file_step (file, G_MAXUINT, &error));

  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT);
  g_assert_cmpuint (wsi_store_get_end (store), >, 1900);
  g_file_delete (path, NULL, NULL);
}

/* Packets that were read are recorded; the end of their connection says that the rest was not. */
static void
test_cancelled (void)
{
  g_auto (Capture) capture = { 0 };
  g_autoptr (WsiStore) store = make_store ();
  g_autoptr (WsiRecorder) recorder = wsi_recorder_new (store, WSP_ROLE_CLIENT);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (WsiPcapFile) file = NULL;
  g_autofree char *listing = NULL;
  g_autoptr (GError) error = NULL;

  capture_init (&capture, CAPTURE_PCAP, WSI_LINK_RAW_IP, 0);
  send_upgrade (&capture);
  send_text (&capture, 1, HELLO);
  stream = g_memory_input_stream_new_from_data (capture.writer.bytes->data,
                                                capture.writer.bytes->len, NULL);
  file = wsi_pcap_file_new (stream, "test.pcap", recorder, cancellable, NULL);
  g_assert_true (wsi_pcap_file_step (file, PACKETS_OF_UPGRADE, NULL));
  g_cancellable_cancel (cancellable);

  g_assert_false (wsi_pcap_file_step (file, G_MAXUINT, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  listing = listing_make (store);
  g_assert_cmpstr (listing, ==, OPEN "1 close: The file was not read to its end");
}

static const WsiLink six_links[] = {
  WSI_LINK_BSD_LOOPBACK, WSI_LINK_ETHERNET, WSI_LINK_LINUX_COOKED_2,
  WSI_LINK_RAW_IP, WSI_LINK_NFLOG, WSI_LINK_RADIOTAP,
};

/* Interfaces of several types and snapshot lengths: each packet has its own, in each section. */
static void
test_interfaces (gconstpointer data)
{
  const guint n_links = GPOINTER_TO_UINT (data) / 4, family = GPOINTER_TO_UINT (data) % 2;
  const gboolean has_sections = GPOINTER_TO_UINT (data) / 2 % 2;
  g_auto (Capture) capture = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *listing = NULL;
  WsiLink reversed[G_N_ELEMENTS (six_links)];

  capture_init (&capture, CAPTURE_PCAPNG, six_links[0], family);
  capture.links = six_links;
  capture.n_links = n_links;
  for (guint i = 1; i < n_links; i++)
    capture_writer_add_link (&capture.writer, six_links[i]);
  send_upgrade (&capture);
  if (has_sections)
    {
      capture_writer_add_section (&capture.writer);
      for (guint i = 0; i < n_links; i++)
        {
          reversed[i] = six_links[n_links - 1 - i];
          capture_writer_add_link (&capture.writer, reversed[i]);
        }
      capture.links = reversed;
    }
  for (guint i = 0; i < 3000; i++)
    {
      send_text (&capture, 1, HELLO);
      send_text (&capture, 0, MASKED_HELLO);
    }
  listing = read_capture (&capture, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (listing, OPEN HELLOS HELLOS));
  g_assert_true (g_str_has_suffix (listing, HELLOS HELLOS UNFINISHED));
  g_assert_null (strstr (listing, "gap"));
}

/* The other blocks of packets: one has the first interface, one has two bytes for its number. */
static void
test_blocks (gconstpointer data)
{
  const CaptureBlock block = (CaptureBlock) GPOINTER_TO_UINT (data);
  g_auto (Capture) capture = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *listing = NULL;

  capture_init (&capture, CAPTURE_PCAPNG, WSI_LINK_ETHERNET, 0);
  capture.links = (WsiLink[]) { WSI_LINK_ETHERNET, WSI_LINK_BSD_LOOPBACK };
  capture.n_links = block == CAPTURE_BLOCK_SIMPLE ? 1 : 2;
  capture.writer.block = block;
  capture_writer_add_link (&capture.writer, WSI_LINK_BSD_LOOPBACK);
  send_conversation (&capture);
  listing = read_capture (&capture, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (listing, ==, OPEN HELLOS ENDED);
}

/* Packets of an interface that cannot be read, beside one that can. */
static void
test_unread (void)
{
  const WsiLink usb = (WsiLink) 220;
  g_auto (Capture) capture = { 0 };
  g_autoptr (GBytes) packet = g_bytes_new_static ("usb", 3);
  g_autoptr (WsiStore) store = make_store ();
  g_autoptr (WsiPcapFile) file = NULL;
  g_autoptr (GError) error = NULL;
  guint64 n_packets = 0;

  capture_init (&capture, CAPTURE_PCAPNG, usb, 0);
  capture_writer_add_link (&capture.writer, WSI_LINK_RAW_IP);
  for (guint i = 0; i < 3; i++)
    capture_writer_add_packet (&capture.writer, packet, G_MAXSIZE, BEGIN_US);
  capture.writer.interface = 1;
  capture.writer.link = WSI_LINK_RAW_IP;
  send_conversation (&capture);
  file = open_bytes (store, capture.writer.bytes->data, capture.writer.bytes->len, &error);
  g_assert_no_error (error);
  g_assert_false (wsi_pcap_file_step (file, G_MAXUINT, &error));

  g_assert_no_error (error);
  g_assert_cmpstr (wsi_pcap_file_get_unread_packets (file, 0, &n_packets), ==,
                   "USB_LINUX_MMAPPED");
  g_assert_cmpuint (n_packets, ==, 3);
  g_assert_null (wsi_pcap_file_get_unread_packets (file, 1, &n_packets));
  {
    g_autofree char *listing = listing_make (store);

    g_assert_cmpstr (listing, ==, OPEN HELLOS ENDED);
  }
}

static void
test_nothing_readable (void)
{
  g_auto (Capture) capture = { 0 };
  g_autoptr (GBytes) packet = g_bytes_new_static ("usb", 3);
  g_autoptr (GError) error = NULL;
  g_autofree char *listing = NULL;

  capture_init (&capture, CAPTURE_PCAPNG, (WsiLink) 220, 0);
  capture_writer_add_packet (&capture.writer, packet, G_MAXSIZE, BEGIN_US);
  listing = read_capture (&capture, NULL, &error);

  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "received USB_LINUX_MMAPPED (220)"));
}

/* A packet of an interface that is not there ends the reading, as libpcap says. */
static void
test_lying_interface (void)
{
  g_auto (Capture) capture = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *listing = NULL;

  capture_init (&capture, CAPTURE_PCAPNG, WSI_LINK_RAW_IP, 0);
  send_upgrade (&capture);
  capture.writer.interface = 7;
  send_text (&capture, 1, HELLO);
  listing = read_capture (&capture, NULL, &error);

  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
  g_assert_cmpstr (listing, ==, OPEN UNFINISHED);
}

/* Each has a type; those beyond so many have none, and are counted. */
static void
test_many_interfaces (void)
{
  enum { N = 65536 };
  g_auto (Capture) capture = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *listing = NULL;
  WsiPcapStatistics statistics;

  capture_init (&capture, CAPTURE_PCAPNG, WSI_LINK_ETHERNET, 0);
  for (guint i = 1; i <= N; i++)
    capture_writer_add_link (&capture.writer, WSI_LINK_RAW_IP);
  capture.writer.interface = N - 1;
  capture.writer.link = WSI_LINK_RAW_IP;
  send_conversation (&capture);
  capture.writer.interface = N;
  send_upgrade (&capture);
  listing = read_capture (&capture, &statistics, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (listing, ==, OPEN HELLOS ENDED);
  g_assert_cmpuint (statistics.n_packets, ==, 8 + PACKETS_OF_UPGRADE);
}

static const struct
{
  const char *name, *hex, *message;
  GIOErrorEnum code;
} refusals[] = {
  { "an-unknown-link-type", "d4c3b2a1 0200 0400 00000000 00000000 ffff0000 dc000000",
    "link type cannot be read: expected Ethernet, Wi-Fi, raw IP, PPP, Linux cooked or BSD loopback, received USB_LINUX_MMAPPED (220)",
    G_IO_ERROR_NOT_SUPPORTED },
  { "another-file", "7b226c6f67223a7b7d7d2020202020202020202020202020", "expected pcap or pcapng", G_IO_ERROR_INVALID_DATA },
  { "an-empty-file", "", "expected pcap or pcapng", G_IO_ERROR_PARTIAL_INPUT },
  { "half-a-header", "d4c3b2a1 0200 0400 0000", "test.pcap: cannot read on from byte 0", G_IO_ERROR_PARTIAL_INPUT },
};

static void
test_refused (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (WsiStore) store = make_store ();
  g_autoptr (GError) error = NULL;

  for (const char *at = refusals[i].hex; *at != '\0'; at++)
    if (*at != ' ')
      {
        const guint high = (guint) g_ascii_xdigit_value (*at++);
        const guint8 byte = (guint8) (high << 4 | (guint) g_ascii_xdigit_value (*at));

        g_byte_array_append (bytes, &byte, 1);
      }
  g_assert_null (open_bytes (store, bytes->data, bytes->len, &error));
  g_assert_error (error, G_IO_ERROR, (int) refusals[i].code);
  g_assert_nonnull (strstr (error->message, refusals[i].message));
}

#define LONG_TEXT 100
#define FRAGMENT 48             /* bytes of the payload of IP; the first has the header of TCP */
#define MISSING_NOTE "1 note: Fragments of an IP packet are missing"

/* A letter for each fragment of a segment in three: its number; o the second one with other bytes,
 * e the last one that says that it ends earlier, x one behind the end, p another packet. */
static const struct
{
  const char *name, *order;
  gboolean    is_whole;
  guint       n_left_out;
} fragments[] = {
  { "in-order", "012", TRUE, 0 },
  { "the-last-one-first", "210", TRUE, 0 },
  { "in-the-middle-last", "021", TRUE, 0 },
  { "the-first-one-last", "120", TRUE, 0 },
  { "each-twice", "001122", TRUE, 1 },
  { "whole-twice", "012012", TRUE, 0 },
  { "the-first-bytes-count", "01o2", TRUE, 0 },
  { "the-first-end-counts", "02e1", TRUE, 0 },
  { "one-behind-the-end", "02x1", TRUE, 0 },
  { "between-other-packets", "0pp1pp2", TRUE, 0 },
  { "without-the-last", "01", FALSE, 2 },
  { "without-the-first", "12", FALSE, 2 },
  { "without-the-middle", "02", FALSE, 2 },
  { "without-an-end", "0101010101", FALSE, 10 },
};

static void
add_fragment (Capture *self,
              GBytes  *packet,
              char     which)
{
  const gboolean is_ipv4 = self->family == 0;
  const gsize header_length = is_ipv4 ? 20 : 40;
  const guint8 *at = g_bytes_get_data (packet, NULL);
  const gsize length = g_bytes_get_size (packet) - header_length;
  const guint number = which == 'o' ? 1 : which == 'e' ? 2 : which == 'x' ? 3
                       : (guint) (which - '0');
  const gsize from = number == 3 ? length / 8 * 8 + 8 : number * FRAGMENT;
  const gsize n = number == 3 ? 8 : MIN (FRAGMENT, length - from) - (which == 'e' ? 8 : 0);
  const guint16 more = number < 2;
  g_autoptr (GByteArray) made = g_byte_array_new ();
  g_autofree guint8 *payload = number == 3 ? g_malloc0 (8)
                               : g_memdup2 (at + header_length + from, n);
  g_autoptr (GBytes) fragment = NULL;

  if (which == 'o')
    memset (payload, 'n', n);
  g_byte_array_append (made, at, (guint) header_length);
  if (is_ipv4)
    {
      made->data[3] = (guint8) (n + header_length);
      made->data[5] = 7;
      made->data[6] = (guint8) (more << 5);
      made->data[7] = (guint8) (from / 8);
    }
  else
    {
      const guint8 header[] = { 6, 0, 0, (guint8) (from | more), 0, 0, 0, 7 };

      made->data[5] = (guint8) (n + sizeof header);
      made->data[6] = 44;
      g_byte_array_append (made, header, sizeof header);
    }
  g_byte_array_append (made, payload, (guint) n);
  fragment = g_byte_array_free_to_bytes (g_steal_pointer (&made));
  capture_writer_add_packet (&self->writer, fragment, G_MAXSIZE, self->time_us++);
}

static GBytes *
make_long_segment (Capture *self)
{
  g_autoptr (GByteArray) frame = g_byte_array_new ();
  WsiSegment segment = {
    .source = endpoints[self->family][1],
    .destination = endpoints[self->family][0],
    .sequence = self->sequences[1],
    .acknowledgement = self->sequences[0],
    .flags = WSI_TCP_ACK,
    .n_captured = LONG_TEXT + 2,
    .length = LONG_TEXT + 2,
  };

  g_byte_array_append (frame, (const guint8 *) "\x81\x64", 2);
  g_byte_array_set_size (frame, LONG_TEXT + 2);
  memset (frame->data + 2, 'y', LONG_TEXT);
  segment.payload = frame->data;
  segment.destination.port = self->port;
  self->sequences[1] += LONG_TEXT + 2;
  return capture_make_packet (WSI_LINK_RAW_IP, 0, &segment);
}

/* Missing bytes are a gap, with a note. */
static void
test_fragments (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data) / 2;
  g_autofree char *text = g_strnfill (LONG_TEXT, 'y');
  g_autofree char *row = g_strdup_printf ("1 < text '%s'; ", text);
  g_auto (Capture) capture = { 0 };
  g_autoptr (GBytes) packet = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *listing = NULL;
  WsiPcapStatistics statistics;

  capture_init (&capture, CAPTURE_PCAP, WSI_LINK_RAW_IP, GPOINTER_TO_UINT (data) % 2);
  send_upgrade (&capture);
  packet = make_long_segment (&capture);
  for (const char *which = fragments[i].order; *which != '\0'; which++)
    if (*which == 'p')
      send_packet (&capture, 0, WSI_TCP_ACK, NULL, 0);
    else
      add_fragment (&capture, packet, *which);
  send_text (&capture, 0, MASKED_HELLO);
  send_text (&capture, 1, HELLO);
  send_packet (&capture, 1, WSI_TCP_ACK | WSI_TCP_FIN, NULL, 0);
  send_packet (&capture, 0, WSI_TCP_ACK | WSI_TCP_FIN, NULL, 0);
  listing = read_capture (&capture, &statistics, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (statistics.n_fragments, ==, fragments[i].n_left_out);
  g_assert_cmpint (strstr (listing, row) != NULL, ==, fragments[i].is_whole);
  g_assert_cmpint (strstr (listing, "1 gap <") == NULL, ==, fragments[i].is_whole);
  g_assert_cmpint (strstr (listing, MISSING_NOTE) == NULL, ==,
                   fragments[i].is_whole || fragments[i].order[0] != '0');
  g_assert_nonnull (strstr (listing, "1 < text 'Hello'"));
}

/* Packets of other kinds are counted, and what was cut is missing. */
static void
test_statistics (void)
{
  static const guint8 icmp[] = {
    0x45, 0, 0, 20, 0, 0, 0, 0, 64, 1, 0, 0, 192, 0, 2, 2, 192, 0, 2, 1,
  };
  g_auto (Capture) capture = { 0 };
  g_autoptr (GBytes) other = g_bytes_new_static (icmp, sizeof icmp);
  g_autofree char *listing = NULL;
  WsiPcapStatistics statistics;

  capture_init (&capture, CAPTURE_PCAPNG, WSI_LINK_RAW_IP, 0);
  capture_writer_add_packet (&capture.writer, other, G_MAXSIZE, BEGIN_US);
  capture_writer_add_packet (&capture.writer, other, 10, BEGIN_US);
  capture_writer_add_packet (&capture.writer, other, 0, BEGIN_US);
  send_upgrade (&capture);
  send_text (&capture, 1, HELLO);
  capture.sequences[1] -= strlen (HELLO);
  send_text (&capture, 1, HELLO);
  listing = read_capture (&capture, &statistics, NULL);

  g_assert_cmpstr (listing, ==, OPEN "1 < text 'Hello'; " UNFINISHED);
  g_assert_cmpuint (statistics.n_other, ==, 1);
  g_assert_cmpuint (statistics.n_cut, ==, 2);
  g_assert_cmpuint (statistics.n_repeated, ==, 1);
  g_assert_cmpuint (statistics.n_gaps, ==, 0);
}

static void
add_link_tests (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (links) * 8; i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/inspector/pcap-file/%s/%s/%s/is-read", formats[i / 2 % 4],
                         links[i / 8].name, i % 2 ? "ipv6" : "ipv4");

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_link);
    }
}

/* The last line of a log that is finished counts without its end. */
static void
test_key_log (void)
{
  static const struct
  {
    gboolean is_live;
    guint    n_before, n_after;         /* number of secrets before and after the capture was
                                         * read */
  } rows[] = {
    { FALSE, 1, 1 },
    { TRUE, 0, 1 },
  };
  g_autofree char *folder = g_dir_make_tmp ("key-log-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "keys", NULL);
  g_autofree char *line = g_strdup_printf ("SERVER_TRAFFIC_SECRET_0 %064x %064x", 1, 2);

  g_assert_true (g_file_set_contents (path, line, -1, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (Capture) capture = { 0 };
      g_autoptr (WsiStore) store = make_store ();
      g_autoptr (WsiPcapFile) file = NULL;
      g_autoptr (GError) error = NULL;

      capture_init (&capture, CAPTURE_PCAP, links[0].link, 0);
      send_conversation (&capture);
      file = open_bytes (store, capture.writer.bytes->data, capture.writer.bytes->len, &error);
      g_assert_no_error (error);
      if (rows[i].is_live)
        wsi_pcap_file_set_live (file);
      g_assert_true (wsi_pcap_file_set_key_log (file, path, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (wsi_key_log_get_n_added (wsi_pcap_file_get_key_log (file)), ==,
                        rows[i].n_before);
      g_assert_false (wsi_pcap_file_step (file, G_MAXUINT, &error));
      g_assert_cmpuint (wsi_key_log_get_n_added (wsi_pcap_file_get_key_log (file)), ==,
                        rows[i].n_after);
    }
  g_remove (path);
  g_rmdir (folder);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_link_tests ();
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/inspector/pcap-file/%s/cut/shows-the-rest-and-says-where", formats[i]);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_cut);
    }
  ADD_ROWS ("/inspector/pcap-file/refused", refusals, test_refused);
  g_test_add_func ("/inspector/pcap-file/cut/after-a-packet-longer-than-the-capture-says",
                   test_cut_after_long);
  g_test_add_func ("/inspector/pcap-file/stream/that-cannot-be-asked", test_packed);
  for (guint i = 2 * 4; i < (G_N_ELEMENTS (six_links) + 1) * 4; i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/inspector/pcap-file/interfaces/%u/%s/%s/each-packet-has-its-link-type",
                         i / 4, i / 2 % 2 ? "two-sections" : "one-section",
                         i % 2 ? "ipv6" : "ipv4");

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_interfaces);
    }
  g_test_add_data_func ("/inspector/pcap-file/interfaces/simple-packet-blocks",
                        GUINT_TO_POINTER (CAPTURE_BLOCK_SIMPLE), test_blocks);
  g_test_add_data_func ("/inspector/pcap-file/interfaces/old-packet-blocks",
                        GUINT_TO_POINTER (CAPTURE_BLOCK_OLD), test_blocks);
  g_test_add_func ("/inspector/pcap-file/interfaces/one-that-is-not-read-is-named", test_unread);
  g_test_add_func ("/inspector/pcap-file/interfaces/none-that-is-read", test_nothing_readable);
  g_test_add_func ("/inspector/pcap-file/interfaces/one-that-is-not-there", test_lying_interface);
  g_test_add_func ("/inspector/pcap-file/interfaces/65536", test_many_interfaces);
  g_test_add_func ("/inspector/pcap-file/conversation/knows-its-peers-and-time", test_facts);
  g_test_add_func ("/inspector/pcap-file/conversation/several-are-told-apart", test_several);
  g_test_add_func ("/inspector/pcap-file/several/packets-come-by-time", test_merged);
  g_test_add_func ("/inspector/pcap-file/format/is-told-by-four-bytes", test_short_magic);
  g_test_add_func ("/inspector/pcap-file/file/may-shrink-while-it-is-read", test_shrinks);
  g_test_add_func ("/inspector/pcap-file/reading/can-be-cancelled", test_cancelled);
  for (guint i = 0; i < G_N_ELEMENTS (fragments) * 2; i++)
    {
      g_autofree char *path = g_strdup_printf ("/inspector/pcap-file/fragments/%s/%s",
                                               fragments[i / 2].name, i % 2 ? "ipv6" : "ipv4");

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_fragments);
    }
  g_test_add_func ("/inspector/pcap-file/packets/are-counted", test_statistics);

  ADD_ROWS ("/inspector/pcap-file/ending", endings, test_ending);

  g_test_add_func ("/inspector/pcap-file/key-log", test_key_log);
  return g_test_run ();
}
