/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Reads packets with libpcap.  libpcap reads a FILE, and this FILE asks a GInputStream: so a pipe
 * is read as bytes come, reading can be cancelled, and the place of an error is known. */

#include "inspect/sources/packets/wsi-packet-reader.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>

#define BUFFER (64 * 1024)
#define PLAIN_HEADER 16         /* bytes before each packet */
#define MAX_SECONDS (G_MAXINT64 / G_USEC_PER_SEC / 2)

struct _WsiPacketReader
{
  char             *name;
  GInputStream     *stream;
  GCancellable     *cancellable;
  GError           *read_error;
  guint64           n_fetched;
  guint32           magic;      /* first four bytes of the file */
  char             *buffer;
  WsiPcapngBlocks   blocks;
  WsiSecretsFunc    secrets_func;       /* function for secrets of TLS; NULL: they are skipped */
  gpointer          user_data;

  pcap_t           *pcap;
  gboolean          is_plain;   /* the file is an ordinary pcap: see is_plain_pcap () */
  gboolean          is_readable;        /* a packet of the file had a known link type */
  guint64           n_packets;
  guint64           next;       /* position at which the next packet begins */
  WsiCapturedPacket packet;     /* packet that was read last */
};

/* Reads bytes for fopencookie(). */
static ssize_t
packet_reader_read_bytes (void  *cookie,
                          char  *to,
                          size_t length)
{
  WsiPacketReader *self = cookie;
  gssize n_read;

  g_clear_error (&self->read_error);
  n_read = g_input_stream_read (self->stream, to, length, self->cancellable, &self->read_error);
  for (gssize i = 0; i < n_read && self->n_fetched + (guint64) i < sizeof self->magic; i++)
    ((char *) &self->magic)[self->n_fetched + (guint64) i] = to[i];
  self->n_fetched += (guint64) MAX (n_read, 0);
  if (n_read > 0)
    wsi_pcapng_blocks_take (&self->blocks, (guint8 *) to, (gsize) n_read, self->secrets_func,
                            self->user_data);
  errno = EIO;
  return n_read;
}

/* Returns the position for ftello(), which alone asks. */
static int
tell_position (void      *cookie,
               __off64_t *offset,
               int        whence)
{
  WsiPacketReader *self = cookie;

  if (whence != SEEK_CUR || *offset != 0)
    {
      errno = ESPIPE;
      return -1;
    }
  *offset = (__off64_t) self->n_fetched;
  return 0;
}

/* The number of bytes that libpcap has read. */
static guint64
packet_reader_get_position (WsiPacketReader *self)
{
  const off_t position = ftello (pcap_file (self->pcap));

  return position < 0 ? self->n_fetched : (guint64) position;
}

/* Packets have a header of a known length, and then the length that it gives, as in most
 * captures. */
static gboolean
is_plain_pcap (const WsiPacketReader *self)
{
  static const guint32 magics[] = { 0xa1b2c3d4, 0xa1b23c4d };

  for (guint i = 0; i < G_N_ELEMENTS (magics); i++)
    if (self->magic == magics[i] || self->magic == GUINT32_SWAP_LE_BE (magics[i]))
      return TRUE;

  return FALSE;
}

/* The position after a packet that began at from.  ftello () takes as long as the reading of a
 * packet.  libpcap skips the rest of a packet that is longer than the capture says its packets
 * are. */
static guint64
move_position (WsiPacketReader          *self,
               guint64                   from,
               const struct pcap_pkthdr *header)
{
  return self->is_plain && header->caplen < (guint) pcap_snapshot (self->pcap)
         ? from + PLAIN_HEADER + header->caplen : packet_reader_get_position (self);
}

static const char *
packet_reader_get_advice (const char *text)
{
  if (strstr (text, "truncated") != NULL)
    return _("the capture is not complete");
  return _("the capture is damaged");
}

/* Sets an error that says where libpcap failed; from: where it began to read. */
static void
packet_reader_set_error (WsiPacketReader *self,
                         guint64          from,
                         const char      *text,
                         const char      *advice,
                         GError         **error)
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

static void
set_link_error (WsiPacketReader *self,
                GError         **error)
{
  const int link = (int) self->packet.link;
  const char *name = pcap_datalink_val_to_name (link);

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
               _("%s: link type cannot be read: expected Ethernet, Wi-Fi, raw IP, PPP, Linux "
                 "cooked or BSD loopback, received %s (%d) (capture on another interface)"),
               self->name, name != NULL ? name : _("an unknown one"), link);
}

/* Packets of pcapng have link types of their own, which come with them. */
static gboolean
check_link (WsiPacketReader *self,
            GError         **error)
{
  const int link = pcap_datalink (self->pcap);

  if (self->blocks.has_begun)
    return TRUE;

  self->packet.link = (WsiLink) link;
  if (wsi_packet_knows_link (link))
    return TRUE;

  set_link_error (self, error);
  return FALSE;
}

static gboolean
open_pcap (WsiPacketReader *self,
           GError         **error)
{
  const cookie_io_functions_t functions =
  { .read = packet_reader_read_bytes, .seek = tell_position };
  char text[PCAP_ERRBUF_SIZE] = "";
  FILE *file = fopencookie (self, "r", functions);

  g_assert (file != NULL);
  setvbuf (file, self->buffer, _IOFBF, BUFFER);
  __fsetlocking (file, FSETLOCKING_BYCALLER);   /* only one thread reads */
  self->pcap = pcap_fopen_offline (file, text);
  if (self->pcap == NULL)
    {
      fclose (file);
      packet_reader_set_error (self, 0, text, _("expected pcap or pcapng"), error);
      return FALSE;
    }
  self->is_plain = is_plain_pcap (self);
  self->next = packet_reader_get_position (self);
  return check_link (self, error);
}

WsiPacketReader *
wsi_packet_reader_new (GInputStream  *stream,
                       const char    *name,
                       WsiSecretsFunc secrets,
                       gpointer       user_data,
                       GCancellable  *cancellable,
                       GError       **error)
{
  g_autoptr (WsiPacketReader) self = g_new0 (WsiPacketReader, 1);

  self->name = g_strdup (name);
  self->stream = g_object_ref (stream);
  g_set_object (&self->cancellable, cancellable);
  self->buffer = g_malloc (BUFFER);
  self->secrets_func = secrets;
  self->user_data = user_data;
  return open_pcap (self, error) ? g_steal_pointer (&self) : NULL;
}

void
wsi_packet_reader_free (WsiPacketReader *self)
{
  g_clear_pointer (&self->pcap, pcap_close);
  g_clear_object (&self->stream);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->read_error);
  wsi_pcapng_blocks_clear (&self->blocks);
  g_free (self->buffer);
  g_free (self->name);
  g_free (self);
}

const char *
wsi_packet_reader_get_name (const WsiPacketReader *self)
{
  return self->name;
}

gboolean
wsi_packet_reader_may_have_secrets (const WsiPacketReader *self)
{
  return self->blocks.has_begun;
}

const WsiCapturedPacket *
wsi_packet_reader_next (WsiPacketReader *self,
                        GError         **error)
{
  struct pcap_pkthdr *header;
  const int result = pcap_next_ex (self->pcap, &header, &self->packet.at);
  gint64 seconds;

  if (result == 1)
    {
      seconds = CLAMP ((gint64) header->ts.tv_sec, 0, MAX_SECONDS);
      self->packet.time_us = seconds * G_USEC_PER_SEC + header->ts.tv_usec % G_USEC_PER_SEC;
      self->packet.length = header->caplen;
      self->packet.full_length = header->len;
      if (self->blocks.has_begun)
        self->packet.link = (WsiLink) wsi_pcapng_blocks_take_link (&self->blocks);
      self->is_readable |= wsi_packet_knows_link ((int) self->packet.link);
      self->n_packets++;
      self->next = move_position (self, self->next, header);
      return &self->packet;
    }

  if (result != PCAP_ERROR_BREAK)
    packet_reader_set_error (self, self->next, pcap_geterr (self->pcap),
                             packet_reader_get_advice (pcap_geterr (self->pcap)),
                             error);
  else if (self->n_packets > 0 && !self->is_readable)
    set_link_error (self, error);
  return NULL;
}

guint64
wsi_packet_reader_get_position (WsiPacketReader *self)
{
  return packet_reader_get_position (self);
}
