/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Trace: logs a line for each read and write, and a line for each frame, without the payload.
 * Trace is a tap, so a connection that is not traced has no cost. */
#include "connection/report/wsp-trace-private.h"

#include <libwsproto/observe/dissector/wsp-dissector.h>

#include "log/wsp-log-private.h"
#include "observe/wsp-frame-record.h"

struct _WspTrace
{
  GObject       parent_instance;
  guint         number;
  char         *peer;
  WspDissector *dissector;      /* NULL: frames were not asked for */
};

static const char *const kind_names[] = {
  [WSP_FRAME_KIND_CONTINUATION] = "continuation",
  [WSP_FRAME_KIND_TEXT] = "text",
  [WSP_FRAME_KIND_BINARY] = "binary",
  [WSP_FRAME_KIND_CLOSE] = "close",
  [WSP_FRAME_KIND_PING] = "ping",
  [WSP_FRAME_KIND_PONG] = "pong",
  [WSP_FRAME_KIND_RESERVED] = "reserved",
  [WSP_FRAME_KIND_BYTES] = "bytes",
};

static void
show_frame (WspTrace             *self,
            const WspFrameRecord *record)
{
  const WspLogFields fields = {
    .connection = self->number,
    .peer = self->peer,
    .close_code = record->close_code,
  };
  const char *fault = wsp_frame_record_describe_fault (record);
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "frame %s, %s, %" G_GUINT64_FORMAT " bytes",
                          record->direction == WSP_DIRECTION_SENT ? "sent" : "received",
                          kind_names[wsp_frame_record_get_kind (record)], record->payload_length);
  if (!record->fin)
    g_string_append (text, ", more follow");
  if (record->rsv != 0)
    g_string_append_printf (text, ", rsv %u", record->rsv);
  if (record->close_code != 0)
    g_string_append_printf (text, ", code %u", record->close_code);
  if (fault != NULL)
    g_string_append_printf (text, ": %s", fault);

  wsp_log (WSP_LOG_FRAMES, WSP_LOG_LEVEL_DEBUG, &fields, "%s", text->str);
}

static void
hear_bytes (WspTap      *tap,
            GObject     *source,
            WspDirection direction,
            GBytes      *bytes,
            gint64       time_us)
{
  WspTrace *self = WSP_TRACE (tap);
  WspFrameRecord *record;

  if (wsp_log_has_topic (WSP_LOG_IO))
    wsp_log (WSP_LOG_IO, WSP_LOG_LEVEL_DEBUG,
             &(WspLogFields) { .connection = self->number, .peer = self->peer },
             "%" G_GSIZE_FORMAT " bytes %s", g_bytes_get_size (bytes),
             direction == WSP_DIRECTION_SENT ? "to be written" : "read");

  if (self->dissector == NULL)
    return;

  wsp_dissector_push (self->dissector, direction, bytes, time_us);
  while ((record = wsp_dissector_next_record (self->dissector)))
    {
      show_frame (self, record);
      wsp_frame_record_free (record);
    }
}

static void
wsp_trace_tap_init (WspTapInterface *iface)
{
  iface->bytes = hear_bytes;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (WspTrace, wsp_trace, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (WSP_TYPE_TAP, wsp_trace_tap_init))

static void
wsp_trace_finalize (GObject *object)
{
  WspTrace *self = WSP_TRACE (object);

  g_clear_object (&self->dissector);
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
  if (wsp_log_has_topic (WSP_LOG_FRAMES))
    {
      g_autofree char *agreed = extensions != NULL ? g_strjoinv (", ", (char **) extensions)
                                                   : g_strdup ("");

      self->dissector = g_object_new (WSP_TYPE_DISSECTOR, "role", role, "extensions", agreed, NULL);
    }
  return self;
}
