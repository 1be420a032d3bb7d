/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/details/wsi-connection-facts.h"

#include <glib/gi18n.h>
#include <gtk/gtk.h>
#include <inttypes.h>
#include <libwsproto/wsproto.h>

#include "inspect/decode/wsi-text.h"
#include "inspect/show/charts/wsi-figure-text.h"
#include "inspect/show/sentences/wsi-translate.h"
#include "inspect/store/wsi-conversation.h"
#include "ui/details/wsi-handshake-result.h"
#include "ui/parts/wsi-state-text.h"

#define ISOLATE "\u2066"        /* a text from left to right in one of either direction */
#define END_OF_ISOLATE "\u2069"

#define MAX_REASON 512

/* Shows a text of a peer, without its secrets. */
static char *
connection_facts_show_text (const WsiFactSource *source,
                            const char          *text)
{
  g_autofree char *open = NULL;

  if (text == NULL || text[0] == '\0')
    return NULL;

  open = wsi_redactor_hide_text (source->redactor, text);
  return wsi_text_escape_line (open, WSI_CHARSET_UTF8);
}

static char *
describe_client (const WsiFactSource *source)
{
  return connection_facts_show_text (source, wsi_conversation_get_client (source->conversation));
}

static char *
describe_server (const WsiFactSource *source)
{
  return connection_facts_show_text (source, wsi_conversation_get_server (source->conversation));
}

static char *
describe_uri (const WsiFactSource *source)
{
  return connection_facts_show_text (source, wsi_conversation_get_uri (source->conversation));
}

static char *
describe_source (const WsiFactSource *source)
{
  return connection_facts_show_text (source, wsi_conversation_get_source (source->conversation));
}

static gboolean
is_of_browser (const WsiFactSource *source)
{
  return g_strcmp0 (wsi_conversation_get_source (source->conversation), WSI_SOURCE_BROWSER) == 0;
}

static gboolean
is_of_program (const WsiFactSource *source)
{
  return g_strcmp0 (wsi_conversation_get_source (source->conversation), WSI_SOURCE_PROGRAM) == 0;
}

static gboolean
has_handshake (const WsiFactSource *source)
{
  return wsi_conversation_get_handshake_presence (source->conversation) != WSI_HANDSHAKE_MISSING;
}

static gboolean
has_unknown_close (const WsiFactSource *source)
{
  return is_of_browser (source) &&
         wsi_conversation_get_ending (source->conversation) != WSI_ENDING_NONE;
}

static char *
describe_role (const WsiFactSource *source)
{
  return g_strdup (wsi_conversation_get_role (source->conversation) == WSP_ROLE_CLIENT
                   ? _("The client: it sends what is shown as sent")
                   : _("The server: it sends what is shown as sent"));
}

static char *
describe_state (const WsiFactSource *source)
{
  return wsi_state_text_dup (source->conversation);
}

/* From right to left, the time would come before the date. */
static const char *
get_time_format (void)
{
  return gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL
         ? ISOLATE "%Y-%m-%d %H:%M:%S" END_OF_ISOLATE : "%Y-%m-%d %H:%M:%S";
}

/* Describes the beginning; a program does not report how old its connections are. */
static char *
describe_beginning (const WsiFactSource *source)
{
  gint64 wall_us = wsi_conversation_get_begin_time (source->conversation);
  g_autoptr (GDateTime) time =
    wall_us > 0 ? g_date_time_new_from_unix_local (wall_us / G_USEC_PER_SEC) : NULL;
  g_autofree char *text = time != NULL ? g_date_time_format (time, get_time_format ()) : NULL;

  return text != NULL && is_of_program (source) ? g_strdup_printf (_("%s or before"), text)
                                                : g_steal_pointer (&text);
}

static char *
format_seconds (gint64 from_us,
                gint64 to_us)
{
  if (to_us <= from_us)
    return NULL;

  return to_us - from_us < G_USEC_PER_SEC
         ? g_strdup_printf (_("%.1f ms"), (to_us - from_us) / 1000.0)
         : g_strdup_printf (_("%.3f s"), (to_us - from_us) / (double) G_USEC_PER_SEC);
}

static char *
connection_facts_describe_handshake (const WsiFactSource *source)
{
  if (!has_handshake (source))
    return g_strdup (is_of_program (source) ? _("Not recorded: the program has not kept it")
                                            : _("Not recorded: the recording began later"));

  return format_seconds (wsi_conversation_get_begin_time (source->conversation),
                         wsi_conversation_get_handshake_time (source->conversation));
}

static char *
describe_duration (const WsiFactSource *source)
{
  g_autofree char *text =
    format_seconds (wsi_conversation_get_begin_time (source->conversation),
                    wsi_conversation_get_end_time (source->conversation));

  return text != NULL && is_of_program (source) ? g_strdup_printf (_("%s or more"), text)
                                                : g_steal_pointer (&text);
}

/* Bytes that a program reports were not encrypted yet, or are already decrypted. */
static char *
describe_tls (const WsiFactSource *source)
{
  const char *uri = wsi_conversation_get_uri (source->conversation);
  const char *tls = wsi_conversation_get_tls (source->conversation);

  if (wsi_conversation_is_decrypted (source->conversation))
    return g_strdup_printf (_("Decrypted: %s"), tls);
  if (tls != NULL)
    return g_strdup (tls);
  if (uri == NULL)
    return NULL;

  return g_strdup (g_str_has_prefix (uri, "wss:")
                   ? _("Yes: the URI is wss. Certificate and cipher are not recorded.")
                   : _("No: the URI does not ask for it"));
}

static char *
describe_subprotocol (const WsiFactSource *source)
{
  char *text =
    connection_facts_show_text (source, wsi_conversation_get_subprotocol (source->conversation));

  return text != NULL ? text : g_strdup (C_("subprotocol", "None"));
}

static char *
describe_extensions (const WsiFactSource *source)
{
  char *text =
    connection_facts_show_text (source, wsi_conversation_get_extensions (source->conversation));

  return text != NULL ? text : g_strdup (C_("extensions", "None"));
}

static const char *
describe_takeover (gboolean is_kept)
{
  return is_kept ? _("each message may refer to earlier ones")
                 : _("each message is compressed alone");
}

static char *
describe_deflate_of_client (const WsiFactSource *source)
{
  WsiDeflate deflate;

  if (!wsi_conversation_get_deflate (source->conversation, &deflate))
    return NULL;

  return g_strdup_printf (_("Window of %u bits; %s"), deflate.client_window_bits,
                          describe_takeover (deflate.client_takeover));
}

static char *
describe_deflate_of_server (const WsiFactSource *source)
{
  WsiDeflate deflate;

  if (!wsi_conversation_get_deflate (source->conversation, &deflate))
    return NULL;

  return g_strdup_printf (_("Window of %u bits; %s"), deflate.server_window_bits,
                          describe_takeover (deflate.server_takeover));
}

static char *
connection_facts_format_number (guint64 number)
{
  return g_strdup_printf ("%'" PRIu64, number);
}

static char *
describe_counters (const WsiFactSource *source,
                   WspDirection         direction)
{
  WsiCounters counters;
  g_autofree char *n_messages = NULL;
  g_autofree char *n_frames = NULL;
  g_autofree char *n_bytes = NULL;
  g_autofree char *n_wire_bytes = NULL;

  wsi_conversation_get_counters (source->conversation, direction, &counters);
  n_messages = connection_facts_format_number (counters.n_messages);
  n_frames = connection_facts_format_number (counters.n_frames);
  n_bytes = counters.n_stopped == 0 ? connection_facts_format_number (counters.n_bytes)
                                    : wsi_figure_text_more (counters.n_bytes);
  n_wire_bytes = connection_facts_format_number (counters.n_wire_bytes);
  if (is_of_browser (source) || counters.n_unframed > 0)
    return g_strdup_printf (_("Messages: %s, bytes of payload: %s; frames are not recorded"),
                            n_messages, n_bytes);

  return g_strdup_printf (_("Messages: %s, frames: %s, bytes of payload: %s, "
                            "bytes on the wire: %s"),
                          n_messages, n_frames, n_bytes, n_wire_bytes);
}

static char *
describe_sent (const WsiFactSource *source)
{
  return describe_counters (source, WSP_DIRECTION_SENT);
}

static char *
describe_received (const WsiFactSource *source)
{
  return describe_counters (source, WSP_DIRECTION_RECEIVED);
}

static char *
describe_round_trips (const WsiFactSource *source)
{
  const WsiRoundTripSummary *trips = &source->round_trips;

  if (trips->n == 0)
    return NULL;

  return g_strdup_printf (g_dngettext (NULL, "%'u: min %.3f ms, median %.3f ms, max %.3f ms",
                                       "%'u: min %.3f ms, median %.3f ms, max %.3f ms", trips->n),
                          trips->n, trips->min_us / 1000.0, trips->median_us / 1000.0,
                          trips->max_us / 1000.0);
}

static char *
describe_close_code (const WsiFactSource *source)
{
  guint16 code = wsi_conversation_get_close_code (source->conversation);

  if (code == 0 && has_unknown_close (source))
    return g_strdup (_("Not reported by the browser"));

  return code != 0 ? g_strdup_printf ("%u · %s", code, _(wsp_close_code_describe (code))) : NULL;
}

static char *
describe_close_reason (const WsiFactSource *source)
{
  g_autoptr (GBytes) reason = wsi_conversation_dup_close_reason (source->conversation);

  if (reason == NULL || g_bytes_get_size (reason) == 0)
    return NULL;

  return wsi_text_escape (reason, MAX_REASON, WSI_CHARSET_UTF8);
}

/* The side that has closed, by its first Close frame. */
static char *
describe_closer (const WsiFactSource *source)
{
  guint closer = wsi_conversation_get_closer (source->conversation);
  WsiEnding ending = wsi_conversation_get_ending (source->conversation);
  gboolean is_client = wsi_conversation_get_role (source->conversation) == WSP_ROLE_CLIENT;

  if (closer == WSI_NO_CLOSER && has_unknown_close (source))
    return g_strdup (_("Not reported by the browser"));

  if (closer == WSI_NO_CLOSER)
    return ending == WSI_ENDING_NONE || ending == WSI_ENDING_CUT
           ? NULL : g_strdup (_("No Close frame was sent"));

  return g_strdup (is_client == (closer == WSP_DIRECTION_SENT) ? _("The client") : _("The server"));
}

static char *
describe_sentence (const WsiFactSource *source)
{
  g_autofree char *text =
    wsi_translate_sentence (wsi_conversation_get_sentence (source->conversation));

  return connection_facts_show_text (source, text);
}

static const struct
{
  WsiFactGroup group;
  const char  *title;
  char *(*describe)(const WsiFactSource *source);
} facts[] = {
  { WSI_FACT_GROUP_PEERS, N_("URI"), describe_uri },
  { WSI_FACT_GROUP_PEERS, N_("Client"), describe_client },
  { WSI_FACT_GROUP_PEERS, N_("Server"), describe_server },
  { WSI_FACT_GROUP_PEERS, N_("Recorded by"), describe_source },
  { WSI_FACT_GROUP_PEERS, N_("Recorded side"), describe_role },
  { WSI_FACT_GROUP_STATE, N_("State"), describe_state },
  { WSI_FACT_GROUP_STATE, N_("Began"), describe_beginning },
  { WSI_FACT_GROUP_STATE, N_("Opening handshake"), connection_facts_describe_handshake },
  { WSI_FACT_GROUP_STATE, N_("Duration"), describe_duration },
  { WSI_FACT_GROUP_NEGOTIATED, N_("TLS"), describe_tls },
  { WSI_FACT_GROUP_NEGOTIATED, N_("Subprotocol"), describe_subprotocol },
  { WSI_FACT_GROUP_NEGOTIATED, N_("Extensions"), describe_extensions },
  { WSI_FACT_GROUP_NEGOTIATED, N_("Compression by the client"), describe_deflate_of_client },
  { WSI_FACT_GROUP_NEGOTIATED, N_("Compression by the server"), describe_deflate_of_server },
  { WSI_FACT_GROUP_TRAFFIC, N_("Sent"), describe_sent },
  { WSI_FACT_GROUP_TRAFFIC, N_("Received"), describe_received },
  { WSI_FACT_GROUP_TRAFFIC, N_("Round trips of pings"), describe_round_trips },
  { WSI_FACT_GROUP_ENDING, N_("Close code"), describe_close_code },
  { WSI_FACT_GROUP_ENDING, N_("Close reason"), describe_close_reason },
  { WSI_FACT_GROUP_ENDING, N_("Closed first by"), describe_closer },
  { WSI_FACT_GROUP_ENDING, N_("Ending"), describe_sentence },
};

guint
wsi_fact_get_n (void)
{
  return G_N_ELEMENTS (facts);
}

WsiFactGroup
wsi_fact_get_group (guint fact)
{
  return facts[fact].group;
}

const char *
wsi_fact_get_title (guint fact)
{
  return _(facts[fact].title);
}

char *
wsi_fact_describe (guint                fact,
                   const WsiFactSource *source)
{
  return facts[fact].describe (source);
}

const char *
wsi_fact_group_get_title (WsiFactGroup group)
{
  switch (group)
    {
    case WSI_FACT_GROUP_PEERS:
      return _("Peers");
    case WSI_FACT_GROUP_STATE:
      return _("State");
    case WSI_FACT_GROUP_NEGOTIATED:
      return _("Negotiated");
    case WSI_FACT_GROUP_TRAFFIC:
      return _("Traffic");
    case WSI_FACT_GROUP_ENDING:
      return _("Ending");
    }

  g_assert_not_reached ();
}
