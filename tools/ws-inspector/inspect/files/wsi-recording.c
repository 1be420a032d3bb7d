/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/files/wsi-recording.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "inspect/files/wsi-har-file.h"
#include "inspect/files/wsi-pcap-file.h"
#include "inspect/files/wsi-peek-stream.h"
#include "inspect/files/wsi-session-file.h"
#include "inspect/store/wsi-event-texts.h"

#define MAX_PEEK 64             /* less than the first line of a session */

struct _WsiRecording
{
  char              *name;
  GInputStream      *base;      /* without what was looked at */
  goffset            begin;     /* where the base began */
  goffset            size;      /* of the file, when it was opened; 0 = not known */
  WsiRecorder       *recorder;
  WsiRecordingFormat format;
  WsiPcapFile       *pcap;      /* one of these, as the format says */
  WsiSessionFile    *session;
  WsiHarFile        *har;
  gboolean           has_ended; /* it was read to its end */
};

WsiRecordingFormat
wsi_recording_detect (GInputStream *stream,
                      GCancellable *cancellable,
                      GError      **error)
{
  gsize length;
  const guint8 *at = wsi_peek_stream_peek (WSI_PEEK_STREAM (stream), WSI_PCAP_MAGIC_LENGTH, &length,
                                           cancellable, error);

  if (at == NULL || length == 0)
    return WSI_RECORDING_NONE;

  if (wsi_pcap_file_is_one (at, length))
    return WSI_RECORDING_CAPTURE;

  at = wsi_peek_stream_peek (WSI_PEEK_STREAM (stream), MAX_PEEK, &length, cancellable, error);
  if (at == NULL)
    return WSI_RECORDING_NONE;

  return wsi_har_file_is_one (at, length) ? WSI_RECORDING_HAR
         : at[0] == '{' ? WSI_RECORDING_SESSION : WSI_RECORDING_NONE;
}

/* The readers of captures name the file themselves. */
static void
propagate (WsiRecording *self,
           GError      **failure,
           GError      **error)
{
  if (self->format == WSI_RECORDING_CAPTURE)
    g_propagate_error (error, g_steal_pointer (failure));
  else
    g_propagate_prefixed_error (error, g_steal_pointer (failure), "%s: ", self->name);
}

/* A stream that can go back, such as a file, is read twice. */
static gboolean
look_ahead (WsiRecording *self,
            GError      **error)
{
  GSeekable *seekable = G_IS_SEEKABLE (self->base) ? G_SEEKABLE (self->base) : NULL;
  goffset place;

  if (seekable == NULL || !g_seekable_can_seek (seekable))
    return TRUE;

  place = g_seekable_tell (seekable);
  if (!g_seekable_seek (seekable, self->begin, G_SEEK_SET, NULL, NULL))
    return TRUE;

  wsi_session_file_look_ahead (self->session, self->base);
  return g_seekable_seek (seekable, place, G_SEEK_SET, NULL, error);
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
open_file (WsiRecording *self,
           GInputStream *stream,
           WsiRecorder  *recorder,
           GCancellable *cancellable,
           GError      **error)
{
  switch (self->format)
    {
    case WSI_RECORDING_CAPTURE:
      self->pcap = wsi_pcap_file_new (stream, self->name, recorder, cancellable, error);
      return self->pcap != NULL;
    case WSI_RECORDING_SESSION:
      return open_session (self, stream, cancellable, error);
    case WSI_RECORDING_HAR:
      self->har = wsi_har_file_new (stream, self->name, recorder, cancellable);
      return TRUE;
    case WSI_RECORDING_NONE:
      break;
    }

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                       _("Unknown format: expected a capture (pcap or pcapng), a HAR or a session "
                         "file (.wsinspect)"));
  return FALSE;
}

/* 0 = not known: it is no file. */
static goffset
get_size (WsiRecording *self)
{
  g_autoptr (GFileInfo) info =
    G_IS_FILE_INPUT_STREAM (self->base)
    ? g_file_input_stream_query_info (G_FILE_INPUT_STREAM (self->base),
                                      G_FILE_ATTRIBUTE_STANDARD_SIZE, NULL, NULL) : NULL;

  return info != NULL ? g_file_info_get_size (info) : 0;
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

  self->name = g_strdup (name);
  self->base = g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (stream));
  g_object_ref (self->base);
  self->begin = G_IS_SEEKABLE (self->base) ? g_seekable_tell (G_SEEKABLE (self->base)) : 0;
  self->size = get_size (self);
  self->recorder = g_object_ref (recorder);
  self->format = wsi_recording_detect (stream, cancellable, &failure);
  if (failure != NULL)
    {
      propagate (self, &failure, error);
      return NULL;
    }

  if (open_file (self, stream, recorder, cancellable, &failure))
    return g_steal_pointer (&self);

  propagate (self, &failure, error);
  return NULL;
}

void
wsi_recording_free (WsiRecording *self)
{
  g_clear_object (&self->pcap);
  g_clear_pointer (&self->session, wsi_session_file_free);
  g_clear_pointer (&self->har, wsi_har_file_free);
  g_object_unref (self->base);
  g_object_unref (self->recorder);
  g_free (self->name);
  g_free (self);
}

WsiRecordingFormat
wsi_recording_get_format (const WsiRecording *self)
{
  return self->format;
}

/* A file that another program cuts ends well where it was cut between two packets or lines. */
static void
check_size (WsiRecording *self,
            GError      **error)
{
  goffset n_read = G_IS_FILE_INPUT_STREAM (self->base) ? g_seekable_tell (G_SEEKABLE (self->base))
                                                       : 0;

  if (n_read < self->size && get_size (self) < self->size)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
                 _("%s: the file became shorter while it was read: expected %" PRIi64 " bytes, "
                   "received %" PRIi64), self->name, self->size, n_read);
}

static void
end (WsiRecording *self,
     GError      **failure,
     GError      **error)
{
  gboolean is_cancelled = g_error_matches (*failure, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  if (*failure == NULL)
    check_size (self, error);
  else
    propagate (self, failure, error);
  wsi_recorder_close_all (self->recorder, is_cancelled ? WSI_TEXT_FILE_NOT_READ
                                          : WSI_TEXT_FILE_ENDS);
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
    end (self, &failure, error);
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
wsi_recording_get_size (WsiRecording *self)
{
  return self->size;
}

guint64
wsi_recording_get_n_bytes (WsiRecording *self)
{
  WsiPcapStatistics statistics;

  if (self->har != NULL)
    return wsi_har_file_get_n_bytes (self->har);
  if (self->pcap == NULL)
    return wsi_session_file_get_n_bytes (self->session);

  wsi_pcap_file_get_statistics (self->pcap, &statistics);
  return statistics.n_bytes;
}

static void
add_loss (GStrvBuilder *losses,
          guint64       n,
          const char   *what)
{
  g_autofree char *line = g_strdup_printf ("%" PRIu64 " %s", n, what);

  if (n > 0)
    g_strv_builder_add (losses, line);
}

/* The sentence comes after what was left out. */
static void
add_emptiness (GStrvBuilder            *losses,
               const WsiPcapStatistics *statistics)
{
  g_autofree char *line =
    g_strdup_printf ("No WebSocket was found: %" PRIu64 " packets, %" PRIu64 " connections of TCP, "
                     "%" PRIu64 " packets of other protocols (capture the port of the server, "
                     "where its traffic is not encrypted)", statistics->n_packets,
                     statistics->n_connections, statistics->n_other);

  g_strv_builder_add (losses, line);
}

static void
add_losses_of_capture (GStrvBuilder *losses,
                       WsiPcapFile  *file)
{
  WsiPcapStatistics statistics;

  wsi_pcap_file_get_statistics (file, &statistics);
  wsi_unread_describe (wsi_pcap_file_get_unread (file), losses);
  add_loss (losses, statistics.n_quic, "packets of QUIC on port 443 were left out (HTTP/3 is not "
            "read: disable it in the client or server)");
  add_loss (losses, statistics.n_encrypted, "packets of IPsec were left out (encrypted: capture "
            "where the tunnel has ended)");
  add_loss (losses, statistics.n_cut, "packets were captured without their whole headers (capture "
            "with a larger snapshot length)");
  add_loss (losses, statistics.n_malformed, "packets are malformed and were left out");
  add_loss (losses, statistics.n_fragments, "fragments of IP were left out: they are not put "
            "together");
  add_loss (losses, statistics.n_given_up, "connections were given up, because too many wait for "
            "missing bytes");
}

gboolean
wsi_recording_is_empty (WsiRecording *self)
{
  return self->has_ended && self->pcap != NULL
         && wsi_unread_get_n_found (wsi_pcap_file_get_unread (self->pcap)) == 0;
}

char **
wsi_recording_dup_losses (WsiRecording *self)
{
  g_autoptr (GStrvBuilder) losses = g_strv_builder_new ();
  WsiPcapStatistics statistics;

  if (self->pcap != NULL)
    add_losses_of_capture (losses, self->pcap);
  if (wsi_recording_is_empty (self))
    {
      wsi_pcap_file_get_statistics (self->pcap, &statistics);
      add_emptiness (losses, &statistics);
    }
  if (self->session != NULL)
    add_loss (losses, wsi_session_file_get_n_torn (self->session), "bytes of the last line are "
              "left out: it was not written as a whole");
  if (self->har != NULL)
    add_loss (losses, wsi_har_file_get_n_too_long (self->har), "entries or messages are too long "
              "and were left out");
  return g_strv_builder_end (losses);
}

gboolean
wsi_recording_is_torn (WsiRecording *self)
{
  return self->session != NULL && wsi_session_file_get_n_torn (self->session) > 0;
}
