/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* libpcap reads a FILE, and this one asks a GInputStream: so a pipe is read as bytes come, reading
 * can be cancelled, and the place of an error is known. */

#include "inspect/files/wsi-pcap-file.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>

#include "inspect/packets/wsi-tcp-reassembler.h"

#define BUFFER (64 * 1024)
#define PLAIN_HEADER 16         /* bytes before each packet */
#define PACKETS_PER_STEP 10000
#define MAX_SECONDS (G_MAXINT64 / G_USEC_PER_SEC / 2)

struct _WsiPcapFile
{
  GObject            parent_instance;

  char              *name;
  GInputStream      *stream;
  WsiRecorder       *recorder;
  GCancellable      *cancellable;
  GError            *read_error;
  guint64            n_fetched;
  guint32            magic;     /* the first bytes */
  char              *buffer;

  pcap_t            *pcap;
  WsiLink            link;
  WsiHttpSniffer    *sniffer;
  WsiTcpReassembler *reassembler;
  WsiPcapStatistics  statistics;
  gboolean           is_plain;  /* see is_plain_pcap () */
  gboolean           has_ended;
};

enum
{
  WAITING,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (WsiPcapFile, wsi_pcap_file, G_TYPE_OBJECT)

static gboolean
would_wait (WsiPcapFile *self)
{
  return G_IS_POLLABLE_INPUT_STREAM (self->stream)
         && g_pollable_input_stream_can_poll (G_POLLABLE_INPUT_STREAM (self->stream))
         && !g_pollable_input_stream_is_readable (G_POLLABLE_INPUT_STREAM (self->stream));
}

/* For fopencookie(). */
static ssize_t
read_bytes (void  *cookie,
            char  *to,
            size_t length)
{
  WsiPcapFile *self = cookie;
  gssize n_read;

  if (would_wait (self))
    {
      wsi_recorder_announce (self->recorder);
      g_signal_emit (self, signals[WAITING], 0);
    }
  g_clear_error (&self->read_error);
  n_read = g_input_stream_read (self->stream, to, length, self->cancellable, &self->read_error);
  if (self->n_fetched == 0 && n_read >= (gssize) sizeof self->magic)
    memcpy (&self->magic, to, sizeof self->magic);
  self->n_fetched += (guint64) MAX (n_read, 0);
  errno = EIO;
  return n_read;
}

/* For ftello(), which alone asks. */
static int
tell_position (void      *cookie,
               __off64_t *offset,
               int        whence)
{
  WsiPcapFile *self = cookie;

  if (whence != SEEK_CUR || *offset != 0)
    {
      errno = ESPIPE;
      return -1;
    }
  *offset = (__off64_t) self->n_fetched;
  return 0;
}

/* Bytes that libpcap has read. */
static guint64
get_position (WsiPcapFile *self)
{
  const off_t position = ftello (pcap_file (self->pcap));

  return position < 0 ? self->n_fetched : (guint64) position;
}

/* Whether a packet is its length after a header of a known length, as in most captures. */
static gboolean
is_plain_pcap (const WsiPcapFile *self)
{
  static const guint32 magics[] = { 0xa1b2c3d4, 0xa1b23c4d };

  for (guint i = 0; i < G_N_ELEMENTS (magics); i++)
    if (self->magic == magics[i] || self->magic == GUINT32_SWAP_LE_BE (magics[i]))
      return TRUE;

  return FALSE;
}

/* After a packet that began at a position.  ftello () takes as long as the reading of a packet.
 * libpcap skips the rest of one that is longer than the capture says its packets are. */
static guint64
move_position (WsiPcapFile              *self,
               guint64                   from,
               const struct pcap_pkthdr *header)
{
  return self->is_plain && header->caplen < (guint) pcap_snapshot (self->pcap)
         ? from + PLAIN_HEADER + header->caplen : get_position (self);
}

static void
wsi_pcap_file_finalize (GObject *object)
{
  WsiPcapFile *self = WSI_PCAP_FILE (object);

  if (self->reassembler != NULL)
    wsi_tcp_reassembler_end (self->reassembler);
  g_clear_pointer (&self->reassembler, wsi_tcp_reassembler_free);
  g_clear_pointer (&self->sniffer, wsi_http_sniffer_free);
  g_clear_pointer (&self->pcap, pcap_close);
  g_clear_object (&self->stream);
  g_clear_object (&self->recorder);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->read_error);
  g_free (self->buffer);
  g_free (self->name);

  G_OBJECT_CLASS (wsi_pcap_file_parent_class)->finalize (object);
}

static void
wsi_pcap_file_class_init (WsiPcapFileClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_pcap_file_finalize;

  /* The next bytes of a pipe are not there yet: reading goes on when they are. */
  signals[WAITING] = g_signal_new ("waiting", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
wsi_pcap_file_init (WsiPcapFile *self)
{
  self->buffer = g_malloc (BUFFER);
}

/* Whether a file that begins with these bytes is a capture; of WSI_PCAP_MAGIC_LENGTH bytes it is
 * known. */
gboolean
wsi_pcap_file_is_one (const guint8 *at,
                      gsize         length)
{
  static const guint8 beginnings[][WSI_PCAP_MAGIC_LENGTH] = {
    { 0xa1, 0xb2, 0xc3, 0xd4 }, { 0xd4, 0xc3, 0xb2, 0xa1 },     /* pcap */
    { 0xa1, 0xb2, 0x3c, 0x4d }, { 0x4d, 0x3c, 0xb2, 0xa1 },     /* with nanoseconds */
    { 0xa1, 0xb2, 0xcd, 0x34 }, { 0x34, 0xcd, 0xb2, 0xa1 },     /* of an old Linux */
    { 0x0a, 0x0d, 0x0d, 0x0a },                                 /* pcapng */
  };

  for (guint i = 0; i < G_N_ELEMENTS (beginnings); i++)
    if (length >= WSI_PCAP_MAGIC_LENGTH && memcmp (at, beginnings[i], WSI_PCAP_MAGIC_LENGTH) == 0)
      return TRUE;
  return FALSE;
}

static const char *
get_advice (const char *text)
{
  if (strstr (text, "different from the type of the first interface") != NULL)
    return _("capture one interface only, or all of them with \"-i any\"");
  if (strstr (text, "different from the snapshot length") != NULL)
    return _("write it anew: editcap -F pcap");
  if (strstr (text, "truncated") != NULL)
    return _("the capture is not complete");
  return _("the capture is damaged");
}

/* Says where libpcap failed; from: where it began to read. */
static void
set_error (WsiPcapFile *self,
           guint64      from,
           const char  *text,
           const char  *advice,
           GError     **error)
{
  const gboolean is_cut = strstr (text, "truncated") != NULL;

  if (self->read_error != NULL)
    {
      g_propagate_prefixed_error (error, g_steal_pointer (&self->read_error),
                                  _("%s: reading failed at byte %" PRIu64 ": "), self->name,
                                  self->n_fetched);
      return;
    }
  g_set_error (error, G_IO_ERROR, is_cut ? G_IO_ERROR_PARTIAL_INPUT : G_IO_ERROR_INVALID_DATA,
               _("%s: cannot read on from byte %" PRIu64 ": %s (%s)"), self->name, from, text,
               advice);
}

static gboolean
check_link (WsiPcapFile *self,
            GError     **error)
{
  const int link = pcap_datalink (self->pcap);
  const char *name = pcap_datalink_val_to_name (link);

  self->link = (WsiLink) link;
  if (wsi_packet_knows_link (link))
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
               _("%s: link type cannot be read: expected Ethernet, raw IP, Linux cooked or BSD "
                 "loopback, received %s (%d) (capture on another interface)"),
               self->name, name != NULL ? name : _("an unknown one"), link);
  return FALSE;
}

static gboolean
open_pcap (WsiPcapFile *self,
           GError     **error)
{
  const cookie_io_functions_t functions = { .read = read_bytes, .seek = tell_position };
  char text[PCAP_ERRBUF_SIZE] = "";
  FILE *file = fopencookie (self, "r", functions);

  g_assert (file != NULL);
  setvbuf (file, self->buffer, _IOFBF, BUFFER);
  __fsetlocking (file, FSETLOCKING_BYCALLER);   /* one thread reads */
  self->pcap = pcap_fopen_offline (file, text);
  if (self->pcap == NULL)
    {
      fclose (file);
      set_error (self, 0, text, _("expected pcap or pcapng"), error);
      return FALSE;
    }
  self->is_plain = is_plain_pcap (self);
  return check_link (self, error);
}

/* Begins to read a capture; name: for errors, and for the conversations' source. */
WsiPcapFile *
wsi_pcap_file_new (GInputStream *stream,
                   const char   *name,
                   WsiRecorder  *recorder,
                   GCancellable *cancellable,
                   GError      **error)
{
  g_autoptr (WsiPcapFile) self = g_object_new (WSI_TYPE_PCAP_FILE, NULL);

  self->name = g_strdup (name);
  self->stream = g_object_ref (stream);
  self->recorder = g_object_ref (recorder);
  g_set_object (&self->cancellable, cancellable);
  if (!open_pcap (self, error))
    return NULL;

  wsi_recorder_hold_rows (recorder);
  self->sniffer = wsi_http_sniffer_new (recorder, name);
  self->reassembler = wsi_tcp_reassembler_new (NULL, &wsi_http_sniffer_listener, self->sniffer);
  return g_steal_pointer (&self);
}

static void
take_packet (WsiPcapFile              *self,
             const struct pcap_pkthdr *header,
             const guint8             *at)
{
  const gint64 seconds = CLAMP ((gint64) header->ts.tv_sec, 0, MAX_SECONDS);
  const gint64 time_us = seconds * G_USEC_PER_SEC + header->ts.tv_usec % G_USEC_PER_SEC;
  WsiSegment segment;

  self->statistics.n_packets++;
  switch (wsi_packet_parse (self->link, at, header->caplen, header->len, &segment))
    {
    case WSI_PACKET_TCP:
      wsi_tcp_reassembler_take (self->reassembler, &segment, time_us);
      break;
    case WSI_PACKET_FIRST_FRAGMENT:
      self->statistics.n_fragments++;
      wsi_tcp_reassembler_note_fragment (self->reassembler, &segment);
      wsi_tcp_reassembler_take (self->reassembler, &segment, time_us);
      break;
    case WSI_PACKET_FRAGMENT:
      self->statistics.n_fragments++;
      break;
    case WSI_PACKET_OTHER:
      self->statistics.n_other++;
      break;
    case WSI_PACKET_QUIC:
      self->statistics.n_quic++;
      break;
    case WSI_PACKET_ENCRYPTED:
      self->statistics.n_encrypted++;
      break;
    case WSI_PACKET_CUT:
      self->statistics.n_cut++;
      break;
    case WSI_PACKET_MALFORMED:
      self->statistics.n_malformed++;
      break;
    }
}

/* Closes the conversations that go on; then nothing more is recorded. */
static void
end (WsiPcapFile *self)
{
  if (!self->has_ended)
    wsi_tcp_reassembler_end (self->reassembler);
  self->has_ended = TRUE;
}

static gboolean
take_packets (WsiPcapFile *self,
              guint        max_packets,
              GError     **error)
{
  guint64 from = get_position (self);

  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    {
      end (self);
      return FALSE;
    }

  for (guint i = 0; i < max_packets && !self->has_ended; i++)
    {
      struct pcap_pkthdr *header;
      const guint8 *at;
      const int result = pcap_next_ex (self->pcap, &header, &at);

      if (result == 1)
        {
          take_packet (self, header, at);
          from = move_position (self, from, header);
          continue;
        }
      end (self);
      if (result != PCAP_ERROR_BREAK)
        set_error (self, from, pcap_geterr (self->pcap), get_advice (pcap_geterr (self->pcap)),
                   error);
      return FALSE;
    }
  return !self->has_ended;
}

/* Reads some packets; waits for them where the stream has none yet.  FALSE: that was all, or, with
 * an error, all that could be read; either is recorded to the end. */
gboolean
wsi_pcap_file_step (WsiPcapFile *self,
                    guint        max_packets,
                    GError     **error)
{
  gboolean goes_on = take_packets (self, max_packets, error);

  wsi_recorder_announce (self->recorder);
  return goes_on;
}

/* Reads to the end. */
gboolean
wsi_pcap_file_run (WsiPcapFile *self,
                   GError     **error)
{
  g_autoptr (GError) failure = NULL;

  while (wsi_pcap_file_step (self, PACKETS_PER_STEP, &failure))
    continue;
  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* Counts of everything that was read so far. */
void
wsi_pcap_file_get_statistics (WsiPcapFile       *self,
                              WsiPcapStatistics *statistics)
{
  const WsiTcpCounts *counts = wsi_tcp_reassembler_get_counts (self->reassembler);

  *statistics = self->statistics;
  statistics->n_bytes = get_position (self);
  statistics->n_connections = wsi_tcp_reassembler_get_n_connections (self->reassembler);
  statistics->n_gaps = counts->n_gaps;
  statistics->n_missing = counts->n_missing;
  statistics->n_repeated = counts->n_repeated;
  statistics->n_conflicts = counts->n_conflicts;
  statistics->n_given_up = wsi_http_sniffer_get_n_given_up (self->sniffer);
}

const WsiUnread *
wsi_pcap_file_get_unread (WsiPcapFile *self)
{
  return wsi_http_sniffer_get_unread (self->sniffer);
}
