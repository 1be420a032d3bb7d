/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Trace: logs a line for each read and write, and a line for each frame, without the payload.
 * Trace is a tap, so a connection that is not traced has no cost.
 *
 * The line of a frame is logged once its header has come, that of a Close once its code has come.
 * The faults are those of headers: the close info has a fault of the payload.  Limits are not
 * checked. */
#include "connection/report/wsp-trace-private.h"

#include "core/close-code.h"
#include "core/fault.h"
#include "core/frames/frame-header.h"
#include "core/frames/frame-sequence.h"
#include "log/wsp-log-private.h"

#define CLOSE_CODE_LENGTH 2u

/* One direction. */
typedef struct
{
  WscOptions       options;     /* options of the receiver */
  WscFrameSequence sequence;
  guint8           begin[WSC_MAX_HEADER_LENGTH + CLOSE_CODE_LENGTH];    /* first bytes of a frame:
                                                                           its header and close
                                                                           code */
  gsize            n_begin;     /* number of bytes in begin; 0: no frame waits for its line */
  guint64          payload_left;        /* bytes of payload to come, of a frame that has its line */
} WspTraceStream;

struct _WspTrace
{
  GObject           parent_instance;
  guint             number;
  char             *peer;
  WscFrameAllowance allowed;
  WspTraceStream    streams[2]; /* trace of each direction, by WspDirection */
};

static const char *
trace_name_kind (guint8 opcode)
{
  switch (opcode)
    {
    case WSC_OPCODE_CONTINUATION:
      return "continuation";
    case WSC_OPCODE_TEXT:
      return "text";
    case WSC_OPCODE_BINARY:
      return "binary";
    case WSC_OPCODE_CLOSE:
      return "close";
    case WSC_OPCODE_PING:
      return "ping";
    case WSC_OPCODE_PONG:
      return "pong";
    default:
      return "reserved";
    }
}

static WscFault
trace_check_header (WspTrace             *self,
                    WspTraceStream       *stream,
                    const WscFrameHeader *header)
{
  WscFault fault = wsc_frame_header_check (header, &stream->options, &self->allowed);

  if (fault == WSC_FAULT_NONE)
    fault = wsc_frame_sequence_check (&stream->sequence, header, &stream->options);
  wsc_frame_sequence_step (&stream->sequence, header);
  return fault;
}

/* code 0: not a Close */
static void
trace_show_frame (WspTrace             *self,
                  WspDirection          direction,
                  const WscFrameHeader *header,
                  guint16               code)
{
  const WspLogFields fields = {
    .connection = self->number, .peer = self->peer, .close_code = code,
  };
  WscFault fault = trace_check_header (self, &self->streams[direction], header);
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "frame %s, %s, %" G_GUINT64_FORMAT " bytes",
                          direction == WSP_DIRECTION_SENT ? "sent" : "received",
                          trace_name_kind (header->first & WSC_OPCODE), header->payload_length);
  if (!(header->first & WSC_FIN))
    g_string_append (text, ", more follow");
  if (header->first & WSC_RSV)
    g_string_append_printf (text, ", rsv %u", (header->first & WSC_RSV) >> 4);
  if (code != 0)
    g_string_append_printf (text, ", code %u", code);
  if (fault != WSC_FAULT_NONE)
    g_string_append_printf (text, ": %s", wsc_fault_get_text (fault));

  wsp_log (WSP_LOG_FRAMES, WSP_LOG_LEVEL_DEBUG, &fields, "%s", text->str);
}

static guint16
read_code (const WscFrameHeader *header,
           const guint8         *payload)
{
  guint16 key;

  memcpy (&key, &header->key, sizeof key);
  return read_uint16 (payload) ^ GUINT16_FROM_BE (key);
}

/* Returns the number of bytes that were read. */
static gsize
read_begin (WspTrace    *self,
            WspDirection direction,
            WscBytes     bytes)
{
  WspTraceStream *stream = &self->streams[direction];
  gsize n_before = stream->n_begin;
  gsize n = MIN (bytes.length, sizeof stream->begin - n_before);
  WscFrameHeader header;
  gsize code_length = 0;
  guint16 code = 0;

  memcpy (stream->begin + n_before, bytes.at, n);
  stream->n_begin += n;
  if (wsc_frame_header_parse (&header, (WscBytes) { stream->begin, stream->n_begin }) !=
      WSC_FAULT_NONE)
    return n;

  if ((header.first & WSC_OPCODE) == WSC_OPCODE_CLOSE)
    {
      code_length = MIN (header.payload_length, CLOSE_CODE_LENGTH);
      code = WSC_CLOSE_NO_STATUS;
    }
  if (stream->n_begin < header.header_length + code_length)
    return n;

  if (code_length == CLOSE_CODE_LENGTH)
    code = read_code (&header, stream->begin + header.header_length);
  trace_show_frame (self, direction, &header, code);
  stream->n_begin = 0;
  stream->payload_left = header.payload_length - code_length;
  return header.header_length + code_length - n_before;
}

static void
read_frames (WspTrace    *self,
             WspDirection direction,
             WscBytes     bytes)
{
  WspTraceStream *stream = &self->streams[direction];

  while (bytes.length > 0)
    {
      gsize n = MIN (stream->payload_left, bytes.length);

      if (stream->payload_left > 0)
        stream->payload_left -= n;
      else
        n = read_begin (self, direction, bytes);
      bytes = bytes_after (bytes, n);
    }
}

static void
trace_on_bytes_passed (WspTap      *tap,
                       GObject     *source,
                       WspDirection direction,
                       GBytes      *bytes,
                       gint64       time_us)
{
  WspTrace *self = WSP_TRACE (tap);
  WscBytes read;

  read.at = g_bytes_get_data (bytes, &read.length);
  if (wsp_log_has_topic (WSP_LOG_IO))
    wsp_log (WSP_LOG_IO, WSP_LOG_LEVEL_DEBUG,
             &(WspLogFields) { .connection = self->number, .peer = self->peer },
             "%" G_GSIZE_FORMAT " bytes %s", read.length,
             direction == WSP_DIRECTION_SENT ? "to be written" : "read");

  if (wsp_log_has_topic (WSP_LOG_FRAMES))
    read_frames (self, direction, read);
}

static void
wsp_trace_tap_init (WspTapInterface *iface)
{
  iface->bytes_passed = trace_on_bytes_passed;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WspTrace, wsp_trace, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WSP_TYPE_TAP, wsp_trace_tap_init))

static void
wsp_trace_finalize (GObject *object)
{
  WspTrace *self = WSP_TRACE (object);

  g_free (self->peer);

  G_OBJECT_CLASS (wsp_trace_parent_class)->finalize (object);
}

static void
wsp_trace_class_init (WspTraceClass *class)
{
  G_OBJECT_CLASS (class)->finalize = wsp_trace_finalize;
}

static void
wsp_trace_init (WspTrace *self)
{
}

WspTrace *
wsp_trace_new_if_asked (guint               number,
                        const char         *peer,
                        WspRole             role,
                        const char * const *extensions)
{
  if (!wsp_log_has_topic (WSP_LOG_FRAMES) && !wsp_log_has_topic (WSP_LOG_IO))
    return NULL;

  WspTrace *self = g_object_new (WSP_TYPE_TRACE, NULL);

  self->number = number;
  self->peer = g_strdup (peer);
  if (extensions != NULL && extensions[0] != NULL)
    self->allowed = (WscFrameAllowance) { .rsv = WSC_RSV, .opcodes = 1 };
  for (guint i = 0; i < G_N_ELEMENTS (self->streams); i++)
    {
      gboolean is_to_server = (role == WSP_ROLE_CLIENT) == (i == WSP_DIRECTION_SENT);

      self->streams[i].options = (WscOptions) {
        .role = is_to_server ? WSC_ROLE_SERVER : WSC_ROLE_CLIENT,
        .max_frame_length = G_MAXUINT64, .max_message_length = G_MAXUINT64,
        .max_fragments = WSC_ANY_FRAGMENTS,
      };
    }
  return self;
}
