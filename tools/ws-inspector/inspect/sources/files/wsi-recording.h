/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A file of recorded connections, of any format that can be read: its content tells which. */
#pragma once

#include "inspect/capture/wsi-recorder.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_RECORDING_NONE,           /* no format that can be read */
  WSI_RECORDING_PACKETS,        /* packets: pcap or pcapng */
  WSI_RECORDING_SESSION,
  WSI_RECORDING_HAR,
} WsiRecordingFormat;

typedef struct _WsiRecording WsiRecording;

/* Opens the bytes of a file, unpacked, for the next functions. */
GInputStream       *wsi_recording_open_stream (GInputStream * file);
/* Looks at the first bytes, which stay in the stream; it waits for as few as will do.  An error:
 * NONE. */
WsiRecordingFormat  wsi_recording_detect (GInputStream *stream,
                                          GCancellable *cancellable,
                                          GError      **error);
/* Makes a recording.  name: for errors, and for the conversations' source. */
WsiRecording       *wsi_recording_new  (GInputStream *stream,
                                        const char   *name,
                                        WsiRecorder  *recorder,
                                        GCancellable *cancellable,
                                        GError      **error);
void                wsi_recording_free (WsiRecording *self);
/* Adds another capture to one, before it is read: their packets are merged by time. */
gboolean            wsi_recording_add_packets (WsiRecording *self,
                                               GInputStream *stream,
                                               const char   *name,
                                               GError      **error);
/* Makes connections of this port of a server WebSockets, in a capture, also without a handshake. */
void                wsi_recording_read_as_websocket (WsiRecording *self,
                                                     guint16       port);
/* The file with the secrets of TLS connections in a capture, before it is read.  A recording that
 * comes from a pipe follows it as it grows. */
gboolean            wsi_recording_set_key_log (WsiRecording *self,
                                               const char   *path,
                                               GError      **error);
WsiRecordingFormat  wsi_recording_get_format (const WsiRecording *self);
/* Reads at most so many pieces (packets, lines, entries); FALSE: the end, or an error.  All that
 * could be read is recorded in either case, and connections that go on are closed. */
gboolean            wsi_recording_step (WsiRecording *self,
                                        guint         max_pieces,
                                        GError      **error);
gboolean            wsi_recording_run  (WsiRecording *self,
                                        GError      **error);
/* The number of bytes of the file that were read so far. */
guint64             wsi_recording_get_n_bytes (WsiRecording *self);
/* Whether the recording is a capture without a WebSocket; call it after the end. */
gboolean            wsi_recording_is_empty (WsiRecording *self);
/* A line for each kind of thing that is in the file and in no row. */
char              **wsi_recording_dup_losses (WsiRecording *self);
/* Whether it has more connections at a time than can be followed. */
gboolean            wsi_recording_is_too_large (WsiRecording *self);
/* Whether the last line is not whole, as if its writer had been interrupted. */
gboolean            wsi_recording_is_cut (WsiRecording *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiRecording, wsi_recording_free)

G_END_DECLS
