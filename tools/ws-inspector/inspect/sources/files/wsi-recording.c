/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/files/wsi-recording.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "inspect/sources/files/wsi-error-list.h"
#include "inspect/sources/files/wsi-har-file.h"
#include "inspect/sources/files/wsi-pcap-file.h"
#include "inspect/sources/files/wsi-session-file.h"
#include "inspect/sources/http/wsi-unread.h"
#include "inspect/sources/tls/wsi-key-log.h"
#include "inspect/sources/unpack/wsi-peek-stream.h"
#include "inspect/sources/unpack/wsi-unpack-stream.h"
#include "inspect/sources/unpack/wsi-wait-stream.h"
#include "inspect/sources/unpack/wsi-waiting.h"

#define MAX_PEEK 64             /* bytes that are looked at: fewer than the first line of a session
                                 * has */

typedef struct
{
  char            *name;
  WsiUnpackStream *unpack;
  GInputStream    *base;        /* stream of the file */
  goffset          size;        /* size of the file when it was opened; 0 = not known */
} RecordedFile;

struct _WsiRecording
{
  GArray            *files;     /* recorded files (RecordedFile); the first has the format */
  WsiRecorder       *recorder;
  WsiRecordingFormat format;
  WsiPcapFile       *pcap;      /* reader of captures; one of three, by the format */
  WsiSessionFile    *session;
  WsiHarFile        *har;
  gboolean           has_ended; /* the recording was read to its end */
};

GInputStream *
wsi_recording_open_stream (GInputStream *file)
{
  g_autoptr (GInputStream) base = wsi_wait_stream_new (file);
  g_autoptr (WsiUnpackStream) unpack = wsi_unpack_stream_new (base);

  return wsi_peek_stream_new (G_INPUT_STREAM (unpack));
}

WsiRecordingFormat
wsi_recording_detect (GInputStream *stream,
                      GCancellable *cancellable,
                      GError      **error)
{
  gsize length;
  const guint8 *at = wsi_peek_stream_peek (WSI_PEEK_STREAM (stream), WSI_PCAP_MAGIC_LENGTH, &length,
                                           cancellable, error);

  if (at == NULL)
    return WSI_RECORDING_NONE;

  if (wsi_pcap_file_is_one (at, length))
    return WSI_RECORDING_PACKETS;

  at = wsi_peek_stream_peek (WSI_PEEK_STREAM (stream), MAX_PEEK, &length, cancellable, error);
  if (at == NULL)
    return WSI_RECORDING_NONE;

  return wsi_har_file_is_one (at, length) ? WSI_RECORDING_HAR
         : at[0] == '{' ? WSI_RECORDING_SESSION : WSI_RECORDING_NONE;
}

static void
recorded_file_clear (gpointer data)
{
  RecordedFile *self = data;

  g_object_unref (self->base);
  g_object_unref (self->unpack);
  g_free (self->name);
}

static RecordedFile *
recording_get_file (WsiRecording *self,
                    guint         i)
{
  return &g_array_index (self->files, RecordedFile, i);
}

/* The size of a file.  0 = not known: it is a pipe or the like. */
static goffset
recording_get_size (const RecordedFile *self)
{
  g_autoptr (GFileInfo) info =
    G_IS_FILE_INPUT_STREAM (self->base)
    ? g_file_input_stream_query_info (G_FILE_INPUT_STREAM (self->base),
                                      G_FILE_ATTRIBUTE_STANDARD_SIZE, NULL, NULL) : NULL;

  return info != NULL ? g_file_info_get_size (info) : 0;
}

static void
recording_add_file (WsiRecording *self,
                    GInputStream *stream,
                    const char   *name)
{
  GInputStream *unpack = g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (stream));
  RecordedFile file = { .name = g_strdup (name) };

  file.unpack = g_object_ref (WSI_UNPACK_STREAM (unpack));
  file.base = g_object_ref (wsi_unpack_stream_get_file (file.unpack));
  file.size = recording_get_size (&file);
  g_array_append_val (self->files, file);
}

/* Propagates an error; the readers of captures name the file themselves. */
static void
recording_propagate (WsiRecording *self,
                     GError      **failure,
                     GError      **error)
{
  if (self->format == WSI_RECORDING_PACKETS)
    g_propagate_error (error, g_steal_pointer (failure));
  else
    g_propagate_prefixed_error (error, g_steal_pointer (failure), "%s: ",
                                recording_get_file (self, 0)->name);
}

/* Looks ahead; a stream that can go back, such as a file, is read twice. */
static gboolean
look_ahead (WsiRecording *self,
            GError      **error)
{
  const RecordedFile *file = recording_get_file (self, 0);
  const goffset place = G_IS_SEEKABLE (file->base) ? g_seekable_tell (G_SEEKABLE (file->base)) : 0;
  g_autoptr (WsiUnpackStream) again = wsi_unpack_stream_new_again (file->unpack);

  if (again == NULL)
    return TRUE;

  wsi_session_file_look_ahead (self->session, G_INPUT_STREAM (again));
  return g_seekable_seek (G_SEEKABLE (file->base), place, G_SEEK_SET, NULL, error);
}

static gboolean
open_session (WsiRecording *self,
              GInputStream *stream,
              GCancellable *cancellable,
              GError      **error)
{
  self->session = wsi_session_file_new (stream, self->recorder, cancellable, error);
  return self->session != NULL && look_ahead (self, error);
}

static gboolean
recording_open_file (WsiRecording *self,
                     GInputStream *stream,
                     WsiRecorder  *recorder,
                     GCancellable *cancellable,
                     GError      **error)
{
  switch (self->format)
    {
    case WSI_RECORDING_PACKETS:
      self->pcap =
        wsi_pcap_file_new (stream, recording_get_file (self, 0)->name, recorder, cancellable,
                           error);
      return self->pcap != NULL;
    case WSI_RECORDING_SESSION:
      return open_session (self, stream, cancellable, error);
    case WSI_RECORDING_HAR:
      self->har =
        wsi_har_file_new (stream, recording_get_file (self, 0)->name, recorder, cancellable);
      return TRUE;
    case WSI_RECORDING_NONE:
      break;
    }

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                       _("Unknown format: expected a capture (pcap or pcapng), a HAR or a session "
                         "file (.wsinspect)"));
  return FALSE;
}

static void
look_again (gpointer file)
{
  wsi_pcap_file_look_again (file);
}

/* Sets what is called while the reading waits for a pipe; NULL = nothing. */
static void
set_wait_func (WsiRecording  *self,
               WsiWaitingFunc function)
{
  for (guint i = 0; i < self->files->len; i++)
    {
      const RecordedFile *file = recording_get_file (self, i);

      if (WSI_IS_WAITING (file->base))
        wsi_waiting_set_func (WSI_WAITING (file->base), function, self->pcap);
    }
}

/* Notes a capture that another program still writes. */
static void
note_live (WsiRecording *self)
{
  gboolean is_live = FALSE;

  for (guint i = 0; i < self->files->len; i++)
    is_live |= WSI_IS_WAITING (recording_get_file (self, i)->base);
  if (!is_live || self->pcap == NULL)
    return;

  wsi_pcap_file_set_live (self->pcap);
  set_wait_func (self, look_again);
}

WsiRecording *
wsi_recording_new (GInputStream *stream,
                   const char   *name,
                   WsiRecorder  *recorder,
                   GCancellable *cancellable,
                   GError      **error)
{
  g_autoptr (WsiRecording) self = g_new0 (WsiRecording, 1);
  g_autoptr (GError) failure = NULL;

  self->files = g_array_new (FALSE, FALSE, sizeof (RecordedFile));
  g_array_set_clear_func (self->files, recorded_file_clear);
  recording_add_file (self, stream, name);
  self->recorder = g_object_ref (recorder);
  self->format = wsi_recording_detect (stream, cancellable, &failure);
  if (failure != NULL)
    {
      recording_propagate (self, &failure, error);
      return NULL;
    }

  if (recording_open_file (self, stream, recorder, cancellable, &failure))
    {
      note_live (self);
      return g_steal_pointer (&self);
    }

  recording_propagate (self, &failure, error);
  return NULL;
}

void
wsi_recording_free (WsiRecording *self)
{
  set_wait_func (self, NULL);
  g_clear_object (&self->pcap);
  g_clear_pointer (&self->session, wsi_session_file_free);
  g_clear_pointer (&self->har, wsi_har_file_free);
  g_array_unref (self->files);
  g_object_unref (self->recorder);
  g_free (self);
}

gboolean
wsi_recording_add_packets (WsiRecording *self,
                           GInputStream *stream,
                           const char   *name,
                           GError      **error)
{
  if (!wsi_pcap_file_add (self->pcap, stream, name, error))
    return FALSE;

  recording_add_file (self, stream, name);
  note_live (self);
  return TRUE;
}

gboolean
wsi_recording_set_key_log (WsiRecording *self,
                           const char   *path,
                           GError      **error)
{
  if (self->pcap != NULL)
    return wsi_pcap_file_set_key_log (self->pcap, path, error);

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
               _("%s: a key log is for captures (pcap or pcapng)"),
               recording_get_file (self, 0)->name);
  return FALSE;
}

void
wsi_recording_read_as_websocket (WsiRecording *self,
                                 guint16       port)
{
  if (self->pcap != NULL)
    wsi_pcap_file_read_as_websocket (self->pcap, port);
}

WsiRecordingFormat
wsi_recording_get_format (const WsiRecording *self)
{
  return self->format;
}

/* Checks the size: a file that another program cuts may end between two packets or lines, and looks
 * whole. */
static void
recording_check_size (const RecordedFile *self,
                      GError            **list)
{
  goffset n_read = G_IS_FILE_INPUT_STREAM (self->base) ? g_seekable_tell (G_SEEKABLE (self->base))
                                                       : 0;

  if (n_read < self->size && recording_get_size (self) < self->size)
    wsi_error_list_add (list, g_error_new (
                          G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
                          _("%s: the file became shorter while it was read: expected %" PRIi64
                            " bytes, received %" PRIi64), self->name, self->size, n_read));
}

static void
recording_end (WsiRecording *self,
               GError      **failure,
               GError      **error)
{
  gboolean is_cancelled = g_error_matches (*failure, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  GError *list = NULL;

  if (*failure != NULL)
    recording_propagate (self, failure, error);
  else
    for (guint i = 0; i < self->files->len; i++)
      recording_check_size (recording_get_file (self, i), &list);
  if (list != NULL)
    g_propagate_error (error, list);
  wsi_recorder_close_all (self->recorder, is_cancelled ? WSI_SENTENCE (FILE_NOT_READ)
                                          : WSI_SENTENCE (FILE_ENDS));
}

gboolean
wsi_recording_step (WsiRecording *self,
                    guint         max_pieces,
                    GError      **error)
{
  g_autoptr (GError) failure = NULL;
  gboolean has_more =
    self->pcap != NULL ? wsi_pcap_file_step (self->pcap, max_pieces, &failure)
    : self->har != NULL ? wsi_har_file_step (self->har, max_pieces, &failure)
                        : wsi_session_file_step (self->session, max_pieces, &failure);

  self->has_ended = !has_more && failure == NULL;
  if (!has_more)
    recording_end (self, &failure, error);
  return has_more;
}

gboolean
wsi_recording_run (WsiRecording *self,
                   GError      **error)
{
  g_autoptr (GError) failure = NULL;

  while (wsi_recording_step (self, G_MAXUINT, &failure))
    continue;
  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

guint64
wsi_recording_get_n_bytes (WsiRecording *self)
{
  guint64 n_bytes = 0;

  for (guint i = 0; i < self->files->len; i++)
    n_bytes += wsi_unpack_stream_get_n_read (recording_get_file (self, i)->unpack);
  return n_bytes;
}

/* The English sentence of an id. */
static const char *
end_of_noun (guint64 n)
{
  return n == 1 ? "" : "s";
}

static void
add_loss (GStrvBuilder *losses,
          guint64       n,
          const char   *one,
          const char   *several,
          const char   *hint)
{
  g_autofree char *line = g_strdup_printf ("%" PRIu64 " %s%s", n, n == 1 ? one : several, hint);

  if (n > 0)
    g_strv_builder_add (losses, line);
}

/* Adds the sentence about an empty recording, after those about what was left out. */
static void
add_emptiness (GStrvBuilder            *losses,
               const WsiPcapStatistics *statistics)
{
  g_autofree char *line =
    g_strdup_printf ("No WebSocket was found: %" PRIu64 " packet%s, %" PRIu64 " connection%s of "
                     "TCP, %" PRIu64 " packet%s of other protocols (capture the port of the "
                     "server, where its traffic is not encrypted)",
                     statistics->n_packets, end_of_noun (statistics->n_packets),
                     statistics->n_connections, end_of_noun (statistics->n_connections),
                     statistics->n_other, end_of_noun (statistics->n_other));

  g_strv_builder_add (losses, line);
}

static void
add_unread_packets (GStrvBuilder *losses,
                    WsiPcapFile  *file)
{
  guint64 n_packets;
  const char *name;

  for (guint i = 0; (name = wsi_pcap_file_get_unread_packets (file, i, &n_packets)) != NULL; i++)
    {
      g_autofree char *one = g_strconcat ("packet of ", name, " was left out", NULL);
      g_autofree char *several = g_strconcat ("packets of ", name, " were left out", NULL);

      add_loss (losses, n_packets, one, several,
                " (this link type or tunnel is not read: capture on another interface, or where "
                "the tunnel has ended)");
    }
}

static void
add_connections (GStrvBuilder            *losses,
                 const WsiPcapStatistics *statistics)
{
  g_autofree char *line =
    g_strdup_printf ("There are more than %" PRIu64 " open connections of TCP at a time: %" PRIu64
                     " packet%s of others %s left out, and %" PRIu64 " connection%s not read to "
                     "%s (read fewer at a time: tcpdump -r FILE -w PART \"tcp port PORT\")",
                     statistics->max_connections, statistics->n_left_out,
                     end_of_noun (statistics->n_left_out),
                     statistics->n_left_out == 1 ? "was" : "were", statistics->n_forgotten,
                     statistics->n_forgotten == 1 ? " was" : "s were",
                     statistics->n_forgotten == 1 ? "its end" : "their ends");

  if (statistics->n_left_out > 0 || statistics->n_forgotten > 0)
    g_strv_builder_add (losses, line);
}

static void
add_losses_of_capture (GStrvBuilder *losses,
                       WsiPcapFile  *file)
{
  const WsiKeyLog *keys = wsi_pcap_file_get_key_log (file);
  WsiPcapStatistics statistics;

  wsi_pcap_file_get_statistics (file, &statistics);
  wsi_tls_report_describe (wsi_pcap_file_get_tls_report (file), losses);
  wsi_unread_describe (wsi_pcap_file_get_unread (file), losses);
  add_loss (losses, statistics.n_quic, "packet of QUIC on port 443 was left out",
            "packets of QUIC on port 443 were left out",
            " (HTTP/3 is not read: disable it in the client or server)");
  add_loss (losses, statistics.n_encrypted, "packet of IPsec was left out",
            "packets of IPsec were left out", " (encrypted: capture where the tunnel has ended)");
  add_loss (losses, statistics.n_cut, "packet was captured without its whole headers",
            "packets were captured without their whole headers",
            " (capture with a larger snapshot length)");
  add_loss (losses, statistics.n_malformed, "packet is malformed and was left out",
            "packets are malformed and were left out", "");
  add_loss (losses, statistics.n_fragments, "fragment of IP was left out",
            "fragments of IP were left out", ": others of their packets are missing");
  add_unread_packets (losses, file);
  add_connections (losses, &statistics);
  add_loss (losses, statistics.n_heads_lost, "beginning of HTTP was not read",
            "beginnings of HTTP were not read",
            ": one may have 1 MiB, and all that are not complete 16 MiB");
  add_loss (losses, wsi_key_log_get_n_wrong (keys), "line of the key log cannot be read",
            "lines of the key log cannot be read",
            " (expected a label, the random of a client and a secret)");
  if (wsi_key_log_has_file (keys) && wsi_key_log_get_n_added (keys) == 0 &&
      !wsi_tls_report_is_empty (wsi_pcap_file_get_tls_report (file)))
    g_strv_builder_add (losses, "The key log has no secret (expected lines such as "
                        "\"CLIENT_TRAFFIC_SECRET_0 RANDOM SECRET\", in ASCII, each with a line "
                        "feed)");
  add_loss (losses, wsi_key_log_get_n_dropped (keys), "secret of the key log was left out",
            "secrets of the key log were left out", ": there are too many");
}

gboolean
wsi_recording_is_empty (WsiRecording *self)
{
  return self->has_ended && self->pcap != NULL &&
         wsi_unread_get_n_found (wsi_pcap_file_get_unread (self->pcap)) == 0;
}

char **
wsi_recording_dup_losses (WsiRecording *self)
{
  g_autoptr (GStrvBuilder) losses = g_strv_builder_new ();
  WsiPcapStatistics statistics;

  if (self->pcap != NULL)
    add_losses_of_capture (losses, self->pcap);
  if (wsi_recording_is_empty (self) &&
      wsi_tls_report_is_empty (wsi_pcap_file_get_tls_report (self->pcap)))
    {
      wsi_pcap_file_get_statistics (self->pcap, &statistics);
      add_emptiness (losses, &statistics);
    }
  if (self->session != NULL)
    add_loss (losses, wsi_session_file_get_n_cut (self->session),
              "byte of the last line is left out",
              "bytes of the last line are left out", ": it was not written as a whole");
  if (self->har != NULL)
    add_loss (losses, wsi_har_file_get_n_too_long (self->har),
              "entry or message is too long and was left out",
              "entries or messages are too long and were left out", "");
  return g_strv_builder_end (losses);
}

gboolean
wsi_recording_is_too_large (WsiRecording *self)
{
  WsiPcapStatistics statistics = { 0 };

  if (self->pcap != NULL)
    wsi_pcap_file_get_statistics (self->pcap, &statistics);
  return statistics.n_left_out > 0 || statistics.n_forgotten > 0;
}

gboolean
wsi_recording_is_cut (WsiRecording *self)
{
  return self->session != NULL && wsi_session_file_get_n_cut (self->session) > 0;
}
