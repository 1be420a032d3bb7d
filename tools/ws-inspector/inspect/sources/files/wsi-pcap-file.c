/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Reads several captures as one.  Their packets are merged by their times before they are put
 * together, as mergecap does: a connection may begin in one file and go on in the next one, or have
 * each direction in a file of its own.  The packets of one file keep their order.
 *
 * `readers` is a heap: the packet of the first one is the earliest, and of equal ones it is that
 * of the file that was added first.
 * The packet of the first reader was taken, and those of the others were not, between two calls of
 * pcap_file_take_packets (). */

#include "inspect/sources/files/wsi-pcap-file.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/capture/wsi-recorder.h"
#include "inspect/sources/files/wsi-error-list.h"
#include "inspect/sources/packets/wsi-ip-fragments.h"
#include "inspect/sources/packets/wsi-packet-reader.h"
#include "inspect/sources/packets/wsi-packet.h"
#include "inspect/sources/packets/wsi-tcp-reassembler.h"
#include "inspect/sources/tls/wsi-key-log.h"
#include "inspect/sources/tls/wsi-tls-sniffer.h"

#define LOOK_INTERVAL_US (G_USEC_PER_SEC / 5)

typedef struct
{
  WsiPacketReader         *reader;
  const WsiCapturedPacket *packet;      /* next packet of this reader; NULL: none was read yet */
  guint                    number;      /* number of the input, in the order of adding */
} Input;

/* The secrets in one file. */
typedef struct
{
  WsiKeyLog    *keys;
  WsiKeyLogLine line;
} SecretsSource;

/* Packets of one name; there are as many names as links and tunnels that are not read. */
typedef struct
{
  const char *name;
  guint64     n_packets;
} UnreadPackets;

struct _WsiPcapFile
{
  GObject            parent_instance;

  WsiRecorder       *recorder;
  GCancellable      *cancellable;
  GArray            *inputs;    /* inputs that have not ended (Input) */
  GPtrArray         *readers;   /* readers of all inputs */
  GPtrArray         *secrets;   /* sources of secrets (SecretsSource), one for each reader */
  GError            *error;     /* errors of the inputs that could not be read to their ends */

  const char        *source;    /* name of the file of the packet that was read last */
  WsiKeyLog         *keys;
  gboolean           is_live;
  gint64             looked_us; /* time at which the key log was looked at last */
  WsiHttpSniffer    *sniffer;
  WsiTlsSniffer     *tls;
  WsiTcpReassembler *reassembler;
  WsiIpFragments    *fragments;
  GArray            *unread;    /* counts of packets that are not read (UnreadPackets) */
  WsiPcapStatistics  statistics;
  gboolean           has_ended;
};

G_DEFINE_FINAL_TYPE (WsiPcapFile, wsi_pcap_file, G_TYPE_OBJECT)

static SecretsSource *
secrets_source_new (WsiKeyLog * keys)
{
  SecretsSource *self = g_new0 (SecretsSource, 1);

  self->keys = keys;
  return self;
}

static void
secrets_source_free (gpointer data)
{
  explicit_bzero (data, sizeof (SecretsSource));
  g_free (data);
}

/* Closes the conversations that go on; then nothing more is recorded. */
static void
pcap_file_end (WsiPcapFile *self,
               WsiTcpClose  why)
{
  if (!self->has_ended)
    {
      wsi_tcp_reassembler_end (self->reassembler, why);
      wsi_key_log_follow (self->keys, NULL);
      wsi_key_log_end_file (self->keys);
      wsi_tls_sniffer_end (self->tls);
    }
  self->has_ended = TRUE;
}

static void
wsi_pcap_file_finalize (GObject *object)
{
  WsiPcapFile *self = WSI_PCAP_FILE (object);

  if (self->reassembler != NULL)
    pcap_file_end (self, WSI_TCP_CLOSE_INTERRUPTED);
  g_clear_pointer (&self->reassembler, wsi_tcp_reassembler_free);
  g_clear_pointer (&self->tls, wsi_tls_sniffer_free);
  g_clear_pointer (&self->sniffer, wsi_http_sniffer_free);
  wsi_ip_fragments_free (self->fragments);
  g_array_unref (self->unread);
  g_array_unref (self->inputs);
  g_ptr_array_unref (self->readers);
  g_ptr_array_unref (self->secrets);
  g_clear_object (&self->recorder);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  wsi_key_log_free (self->keys);

  G_OBJECT_CLASS (wsi_pcap_file_parent_class)->finalize (object);
}

static void
wsi_pcap_file_class_init (WsiPcapFileClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsi_pcap_file_finalize;
}

static void
wsi_pcap_file_init (WsiPcapFile *self)
{
  self->inputs = g_array_new (FALSE, FALSE, sizeof (Input));
  self->readers = g_ptr_array_new_with_free_func ((GDestroyNotify) wsi_packet_reader_free);
  self->secrets = g_ptr_array_new_with_free_func (secrets_source_free);
  self->keys = wsi_key_log_new ();
  self->fragments = wsi_ip_fragments_new ();
  self->unread = g_array_new (FALSE, FALSE, sizeof (UnreadPackets));
}

gboolean
wsi_pcap_file_is_one (const guint8 *at,
                      gsize         length)
{
  static const guint8 beginnings[][WSI_PCAP_MAGIC_LENGTH] = {
    { 0xa1, 0xb2, 0xc3, 0xd4 }, { 0xd4, 0xc3, 0xb2, 0xa1 },     /* pcap */
    { 0xa1, 0xb2, 0x3c, 0x4d }, { 0x4d, 0x3c, 0xb2, 0xa1 },     /* pcap with nanoseconds */
    { 0xa1, 0xb2, 0xcd, 0x34 }, { 0x34, 0xcd, 0xb2, 0xa1 },     /* pcap of an old Linux */
    { 0x0a, 0x0d, 0x0d, 0x0a },                                 /* pcapng */
  };

  for (guint i = 0; i < G_N_ELEMENTS (beginnings); i++)
    if (length >= WSI_PCAP_MAGIC_LENGTH && memcmp (at, beginnings[i], WSI_PCAP_MAGIC_LENGTH) == 0)
      return TRUE;
  return FALSE;
}

static void
take_secrets (const guint8 *at,
              gsize         length,
              gpointer      source)
{
  SecretsSource *self = source;

  if (length > 0)
    wsi_key_log_append (self->keys, &self->line, at, length);
  else
    wsi_key_log_end_line (self->keys, &self->line);
}

/* Notes whether more secrets may follow: records are held for secrets only then. */
static void
note_key_sources (WsiPcapFile *self)
{
  gboolean may_get_keys = self->is_live && wsi_key_log_has_file (self->keys);

  for (guint i = 0; i < self->readers->len; i++)
    may_get_keys |= wsi_packet_reader_may_have_secrets (self->readers->pdata[i]);
  wsi_tls_sniffer_set_may_get_keys (self->tls, may_get_keys);
}

gboolean
wsi_pcap_file_add (WsiPcapFile  *self,
                   GInputStream *stream,
                   const char   *name,
                   GError      **error)
{
  SecretsSource *secrets = secrets_source_new (self->keys);
  WsiPacketReader *reader = wsi_packet_reader_new (stream, name, take_secrets, secrets,
                                                   self->cancellable, error);
  const Input input = { .reader = reader, .number = self->inputs->len };

  g_ptr_array_add (self->secrets, secrets);
  if (reader == NULL)
    return FALSE;

  g_ptr_array_add (self->readers, reader);
  g_array_append_val (self->inputs, input);
  if (self->tls != NULL)
    note_key_sources (self);
  return TRUE;
}

/* Records a connection that has no keys as one with nothing in it. */
static GObject *
record_closed (WsiTcpConnection *connection,
               const char       *name,
               gint64            time_us,
               gpointer          file)
{
  WsiPcapFile *self = file;
  const guint client = connection->client == 1 ? 1 : 0;
  g_autofree char *uri = g_strconcat ("wss://", name, NULL);
  g_autofree char *client_address = wsi_endpoint_to_string (&connection->endpoints[client]);
  g_autofree char *server_address = wsi_endpoint_to_string (&connection->endpoints[!client]);
  const WsiOpening opening = {
    .role = WSP_ROLE_CLIENT,
    .source = self->source,
    .client = client_address,
    .server = server_address,
    .uri = uri,
    .handshake = WSI_HANDSHAKE_MISSING,
  };
  WsiConversation *conversation =
    g_object_ref (wsi_recorder_open (self->recorder, &opening, time_us));

  wsi_recorder_close (self->recorder, conversation, WSI_ENDING_CUT,
                      WSI_SENTENCE (TLS_NO_KEYS, name), time_us);
  return G_OBJECT (conversation);
}

static void
record_end (GObject          *row,
            WsiTcpConnection *connection,
            guint             side,
            gpointer          file)
{
  WsiPcapFile *self = file;
  const guint client = connection->client == 1 ? 1 : 0;
  const WsiTcpDirection *ended = &connection->directions[side];

  wsi_recorder_end_tcp (self->recorder, WSI_CONVERSATION (row),
                        side == client ? WSP_DIRECTION_SENT : WSP_DIRECTION_RECEIVED,
                        ended->is_end_reset ? WSI_TCP_ENDING_RESET : WSI_TCP_ENDING_FIN,
                        ended->end_us);
}

static const WsiTlsClosedFuncs closed_funcs = { record_closed, record_end };

WsiPcapFile *
wsi_pcap_file_new (GInputStream *stream,
                   const char   *name,
                   WsiRecorder  *recorder,
                   GCancellable *cancellable,
                   GError      **error)
{
  g_autoptr (WsiPcapFile) self = g_object_new (WSI_TYPE_PCAP_FILE, NULL);

  self->recorder = g_object_ref (recorder);
  g_set_object (&self->cancellable, cancellable);
  if (!wsi_pcap_file_add (self, stream, name, error))
    return NULL;

  wsi_recorder_hold_rows (recorder);
  self->source = wsi_packet_reader_get_name (self->readers->pdata[0]);
  self->sniffer = wsi_http_sniffer_new (recorder, name);
  self->tls = wsi_tls_sniffer_new (self->keys, &wsi_http_sniffer_listener, self->sniffer,
                                   &closed_funcs, self);
  self->reassembler = wsi_tcp_reassembler_new (NULL, &wsi_tls_sniffer_listener, self->tls);
  note_key_sources (self);
  return g_steal_pointer (&self);
}

void
wsi_pcap_file_set_live (WsiPcapFile *self)
{
  self->is_live = TRUE;
  note_key_sources (self);
}

void
wsi_pcap_file_read_as_websocket (WsiPcapFile *self,
                                 guint16      port)
{
  wsi_http_sniffer_read_as_websocket (self->sniffer, port);
}

gboolean
wsi_pcap_file_set_key_log (WsiPcapFile *self,
                           const char  *path,
                           GError     **error)
{
  g_autoptr (GError) failure = NULL;
  gboolean is_read;

  wsi_key_log_set_file (self->keys, path);
  note_key_sources (self);
  is_read = self->is_live ? wsi_key_log_follow (self->keys, &failure)
                          : wsi_key_log_read (self->keys, self->cancellable, &failure);
  if (is_read ||
      (self->is_live && g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

void
wsi_pcap_file_look_again (WsiPcapFile *self)
{
  wsi_key_log_follow (self->keys, NULL);
  wsi_tls_sniffer_look_again (self->tls);
  wsi_recorder_announce (self->recorder);
  self->looked_us = g_get_monotonic_time ();
}

/* Looks for secrets again after a while, also where packets come without a pause. */
static void
look_again_if_due (WsiPcapFile *self)
{
  if (self->is_live && wsi_tls_sniffer_waits (self->tls) &&
      g_get_monotonic_time () - self->looked_us >= LOOK_INTERVAL_US)
    wsi_pcap_file_look_again (self);
}

static void
pcap_file_count_unread (WsiPcapFile *self,
                        const char  *name)
{
  const UnreadPackets added = { name, 1 };

  for (guint i = 0; i < self->unread->len; i++)
    {
      UnreadPackets *packets = &g_array_index (self->unread, UnreadPackets, i);

      if (g_str_equal (packets->name, name))
        {
          packets->n_packets++;
          return;
        }
    }
  g_array_append_val (self->unread, added);
}

static void
pcap_file_take_packet (WsiPcapFile             *self,
                       const WsiCapturedPacket *packet)
{
  const gint64 time_us = packet->time_us;
  WsiSegment segment;

  self->statistics.n_packets++;
  wsi_ip_fragments_begin (self->fragments, time_us);
  switch (wsi_packet_parse (packet->link, packet->at, packet->length, packet->full_length,
                            self->fragments, &segment))
    {
    case WSI_PACKET_TCP:
      if (segment.was_fragment)
        wsi_tcp_reassembler_note_whole (self->reassembler, &segment);
      wsi_tcp_reassembler_take (self->reassembler, &segment, time_us);
      break;
    case WSI_PACKET_FIRST_FRAGMENT:
      wsi_tcp_reassembler_take (self->reassembler, &segment, time_us);
      wsi_tcp_reassembler_note_fragment (self->reassembler, &segment);
      break;
    case WSI_PACKET_FRAGMENT:
      break;
    case WSI_PACKET_UNREAD:
      pcap_file_count_unread (self, segment.unread);
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

static Input *
get_input (WsiPcapFile *self,
           guint        i)
{
  return &g_array_index (self->inputs, Input, i);
}

static gboolean
pcap_file_is_before (const Input *one,
                     const Input *other)
{
  return one->packet->time_us != other->packet->time_us
         ? one->packet->time_us < other->packet->time_us : one->number < other->number;
}

/* Moves an input of the heap down, if it comes after those below it. */
static void
sift_down (WsiPcapFile *self,
           guint        place)
{
  const guint n = self->inputs->len;

  for (guint child = 2 * place + 1; child < n; child = 2 * place + 1)
    {
      Input *parent = get_input (self, place), *first = get_input (self, child), kept = *parent;

      if (child + 1 < n && pcap_file_is_before (get_input (self, child + 1), first))
        first = get_input (self, ++child);
      if (!pcap_file_is_before (first, parent))
        return;

      *parent = *first;
      *first = kept;
      place = child;
    }
}

/* Reads a packet.  A capture that is cut does not keep the others from being read.  FALSE: it has
 * ended. */
static gboolean
read_packet (WsiPcapFile *self,
             Input       *input)
{
  g_autoptr (GError) error = NULL;

  input->packet = wsi_packet_reader_next (input->reader, &error);
  if (error != NULL)
    wsi_error_list_add (&self->error, g_steal_pointer (&error));
  return input->packet != NULL;
}

/* Reads the first packet of each capture; errors come in the order of the files. */
static void
make_heap (WsiPcapFile *self)
{
  for (guint i = 0; i < self->inputs->len;)
    if (read_packet (self, get_input (self, i)))
      i++;
    else
      g_array_remove_index (self->inputs, i);

  for (guint i = self->inputs->len / 2; i-- > 0;)
    sift_down (self, i);
}

/* The input with the earliest packet; NULL: all were read. */
static const Input *
read_earliest (WsiPcapFile *self)
{
  Input *first = self->inputs->len > 0 ? get_input (self, 0) : NULL;

  if (first == NULL)
    return NULL;

  if (first->packet == NULL)
    make_heap (self);
  else if (read_packet (self, first))
    {
      if (self->inputs->len > 1)
        sift_down (self, 0);
    }
  else
    {
      *first = *get_input (self, self->inputs->len - 1);
      g_array_set_size (self->inputs, self->inputs->len - 1);
      sift_down (self, 0);
    }
  return self->inputs->len > 0 ? get_input (self, 0) : NULL;
}

static gboolean
pcap_file_take_packets (WsiPcapFile *self,
                        guint        max_packets,
                        GError     **error)
{
  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    {
      pcap_file_end (self, WSI_TCP_CLOSE_INTERRUPTED);
      return FALSE;
    }

  for (guint i = 0; i < max_packets; i++)
    {
      const Input *input = read_earliest (self);

      if (input == NULL)
        {
          pcap_file_end (self, WSI_TCP_CLOSE_CAPTURE_ENDED);
          if (self->error != NULL)
            g_propagate_error (error, g_steal_pointer (&self->error));
          return FALSE;
        }

      self->source = wsi_packet_reader_get_name (input->reader);
      if (self->readers->len > 1)
        wsi_http_sniffer_set_source (self->sniffer, self->source);
      pcap_file_take_packet (self, input->packet);
      look_again_if_due (self);
    }
  return TRUE;
}

gboolean
wsi_pcap_file_step (WsiPcapFile *self,
                    guint        max_packets,
                    GError     **error)
{
  gboolean goes_on = pcap_file_take_packets (self, max_packets, error);

  wsi_recorder_announce (self->recorder);
  return goes_on;
}

void
wsi_pcap_file_get_statistics (WsiPcapFile       *self,
                              WsiPcapStatistics *statistics)
{
  const WsiTcpCounts *counts = wsi_tcp_reassembler_get_counts (self->reassembler);

  *statistics = self->statistics;
  statistics->n_bytes = 0;
  for (guint i = 0; i < self->readers->len; i++)
    statistics->n_bytes += wsi_packet_reader_get_position (self->readers->pdata[i]);
  statistics->n_connections = wsi_tcp_reassembler_get_n_connections (self->reassembler);
  statistics->n_fragments = wsi_ip_fragments_get_n_left_out (self->fragments);
  statistics->max_connections = wsi_tcp_reassembler_get_max_connections (self->reassembler);
  statistics->n_left_out = wsi_tcp_reassembler_get_n_left_out (self->reassembler);
  statistics->n_forgotten = wsi_tcp_reassembler_get_n_forgotten (self->reassembler);
  statistics->n_gaps = counts->n_gaps;
  statistics->n_missing = counts->n_missing;
  statistics->n_repeated = counts->n_repeated;
  statistics->n_conflicts = counts->n_conflicts;
  statistics->n_heads_lost = wsi_http_sniffer_get_n_lost (self->sniffer);
}

const char *
wsi_pcap_file_get_unread_packets (WsiPcapFile *self,
                                  guint        i,
                                  guint64     *n_packets)
{
  const UnreadPackets *packets = &g_array_index (self->unread, UnreadPackets, i);

  if (i >= self->unread->len)
    return NULL;

  *n_packets = packets->n_packets;
  return packets->name;
}

const WsiUnread *
wsi_pcap_file_get_unread (WsiPcapFile *self)
{
  return wsi_http_sniffer_get_unread (self->sniffer);
}

const WsiTlsReport *
wsi_pcap_file_get_tls_report (WsiPcapFile *self)
{
  return wsi_tls_sniffer_get_report (self->tls);
}

const WsiKeyLog *
wsi_pcap_file_get_key_log (WsiPcapFile *self)
{
  return self->keys;
}
