/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/recordings/wsi-recording-verbs.h"

#include <libwsproto/wsproto.h>

#include "cli/recordings/wsi-file-reader.h"
#include "cli/recordings/wsi-in-order.h"
#include "cli/print/wsi-json-printer.h"
#include "cli/print/wsi-listing.h"
#include "cli/print/wsi-problem-text.h"
#include "inspect/decode/choosing/wsi-interpreter.h"
#include "inspect/decode/wsi-text.h"
#include "inspect/filter/wsi-filter.h"
#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/show/verdicts/wsi-problems.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-record.h"
#include "inspect/store/wsi-sentence.h"

typedef struct
{
  guint64 n_frames, n_messages;
  guint64 n_wire;               /* bytes of the frames, with their headers */
  guint64 n_payload, n_inflated;
  guint64 n_stopped;            /* frames with more bytes than n_inflated has of them */
  guint64 n_unframed;           /* messages of which no frame is known; n_frames counts them, too */
} Sum;

/* Times from a ping to its pong. */
typedef struct
{
  guint64 n, sum_us, max_us;
} Pongs;

/* Counts of one connection, or of all connections. */
typedef struct
{
  Sum     sums[2];              /* sums by direction */
  guint64 n_faults;
  Pongs   round_trips;
  Pongs   of_ours;              /* pongs that this side sent */
} Counts;

typedef struct
{
  WsiListing *listing;
  WsiStore   *store;
  WsiMatcher *matcher;          /* matcher of the frames; NULL = all frames are counted */
  GHashTable *open;             /* number of a connection to its Counts, until it is printed */
  WsiInOrder *in_order;
  WsiProblems *problems;        /* problems of the counted rows, and of events */
  Counts      all;
  guint64     n_connections;
  gint64      interval_us;      /* length of an interval; 0 = no intervals are counted */
  gint64      begin_us;         /* time of the first frame */
  GTree      *slots;            /* slots of the intervals (Slot), by number; NULL = no frame yet */
} Stats;

/* An interval in which there was a frame. */
typedef struct
{
  gint64 number;                /* number of the interval; interval 0 begins with the first frame */
  Sum    sums[2];               /* sums by direction */
} Slot;

static void
stats_add_frame (Sum             *sum,
                 const WsiRecord *record)
{
  sum->n_frames++;
  sum->n_messages += !wsi_record_is_control (record) && wsi_record_is_fin (record);
  sum->n_wire += wsi_record_get_wire_length (record);
  sum->n_payload += record->payload_length;
  sum->n_inflated += wsi_record_get_length (record);
  sum->n_stopped += record->is_stopped;
  sum->n_unframed += (record->flags & WSI_RECORD_NO_FRAME) != 0;
}

static void
add_pong (Pongs  *pongs,
          guint32 time_us)
{
  pongs->n++;
  pongs->sum_us += time_us;
  pongs->max_us = MAX (pongs->max_us, time_us);
}

static void
count_frame (Counts          *counts,
             const WsiRecord *record)
{
  stats_add_frame (&counts->sums[record->direction], record);
  counts->n_faults += record->fault != 0;
  if ((record->flags & WSI_RECORD_ROUND_TRIP) != 0)
    add_pong (wsi_record_is_round_trip (record) ? &counts->round_trips : &counts->of_ours,
              record->round_trip_us);
}

static Counts *
find_counts (Stats  *self,
             guint32 number)
{
  Counts *counts = g_hash_table_lookup (self->open, GUINT_TO_POINTER (number));

  if (counts == NULL)
    {
      counts = g_new0 (Counts, 1);
      g_hash_table_insert (self->open, GUINT_TO_POINTER (number), counts);
    }
  return counts;
}

static const char *
name_direction (guint direction)
{
  return direction == WSP_DIRECTION_SENT ? "sent" : "recv";
}

static void
write_sum (const Sum      *sum,
           const char     *name,
           WsiJsonPrinter *json)
{
  wsi_json_printer_open (json, name, '{');
  if (sum->n_unframed == 0)
    wsi_json_printer_number (json, "frames", sum->n_frames);
  wsi_json_printer_number (json, "messages", sum->n_messages);
  wsi_json_printer_number (json, sum->n_stopped == 0 ? "len" : "len_more_than", sum->n_inflated);
  wsi_json_printer_number (json, "payload", sum->n_payload);
  if (sum->n_unframed == 0)
    wsi_json_printer_number (json, "wire", sum->n_wire);
  wsi_json_printer_close (json, '}');
}

static void
stats_print_sum (const Sum  *sum,
                 const char *name)
{
  g_autofree char *ratio = sum->n_inflated != sum->n_payload && sum->n_inflated > 0
                           ? g_strdup_printf (", compressed to %.1f %%",
                                              100.0 * sum->n_payload / sum->n_inflated)
                           : g_strdup ("");

  g_autofree char *frames = wsi_output_count (sum->n_frames, "frame", 9);
  g_autofree char *messages = wsi_output_count (sum->n_messages, "message", 9);
  g_autofree char *count = wsi_output_count (sum->n_inflated, "byte", 12);
  g_autofree char *bytes = g_strconcat (sum->n_stopped > 0 ? ">" : "", count, NULL);

  if (sum->n_frames > 0 && sum->n_wire == 0)
    wsi_output_line ("   %s %s %s  (frames unknown)", name, messages, bytes);
  else
    wsi_output_line ("   %s %s %s %s  (%" G_GUINT64_FORMAT " on the wire%s)", name, frames,
                     messages, bytes, sum->n_wire, ratio);
}

/* For g_tree_foreach (). */
static gboolean
print_slot (gpointer number,
            gpointer value,
            gpointer user_data)
{
  const Slot *slot = value;
  Stats *self = user_data;
  double begin = slot->number * self->interval_us / (double) G_USEC_PER_SEC;
  WsiJsonPrinter json;

  if (wsi_listing_is_json (self->listing))
    {
      g_autofree char *literal = g_strdup_printf ("%.6f", begin);

      wsi_listing_begin_event (&json, "interval", 0);
      wsi_json_printer_literal (&json, "t", literal);
      for (guint i = 0; i < 2; i++)
        write_sum (&slot->sums[i], name_direction (i), &json);
      wsi_listing_add_event (self->listing, &json);
      return FALSE;
    }

  wsi_output_line ("%12.3f s", begin);
  for (guint i = 0; i < 2; i++)
    stats_print_sum (&slot->sums[i], name_direction (i));
  return FALSE;
}

static int
compare_slots (gconstpointer a,
               gconstpointer b,
               gpointer      unused)
{
  return (*(const gint64 *) a > *(const gint64 *) b) - (*(const gint64 *) a < *(const gint64 *) b);
}

/* Intervals are printed at the end, because a frame that was held comes later than its time says.
 * An interval without a frame is not printed. */
static void
count_in_slot (Stats           *self,
               const WsiRecord *record)
{
  gint64 since, number;
  Slot *slot;

  if (self->slots == NULL)
    {
      self->slots = g_tree_new_full (compare_slots, NULL, NULL, g_free);
      self->begin_us = record->time_us;
    }
  since = record->time_us - self->begin_us;
  number = since / self->interval_us - (since % self->interval_us < 0);
  slot = g_tree_lookup (self->slots, &number);
  if (slot == NULL)
    {
      slot = g_new0 (Slot, 1);
      slot->number = number;
      g_tree_insert (self->slots, &slot->number, slot);
    }
  stats_add_frame (&slot->sums[record->direction], record);
}

static void
count_record (Stats           *self,
              const WsiRecord *record)
{
  count_frame (find_counts (self, record->conversation), record);
  count_frame (&self->all, record);
  if (self->interval_us > 0)
    count_in_slot (self, record);
}

/* Counts requests that match only now, because their replies have come. */
static void
count_late (Stats *self)
{
  g_autoptr (GArray) late = wsi_matcher_take_late (self->matcher);

  for (guint i = 0; late != NULL && i < late->len; i++)
    {
      guint64 number = g_array_index (late, guint64, i);

      if (number >= wsi_store_get_first (self->store))
        count_record (self, wsi_store_get_record (self->store, number));
    }
}

/* A decoder pairs a reply with its request before the reply is checked. */
static void
stats_on_appended (Stats  *self,
                   guint64 first,
                   guint64 n_records)
{
  for (guint64 i = first; i < first + n_records; i++)
    {
      const WsiRecord *record = wsi_store_get_record (self->store, i);
      gboolean is_match = self->matcher == NULL || wsi_matcher_match (self->matcher, i);

      wsi_interpreter_learn (self->listing->decoded.interpreter, i, record);
      if (is_match && wsi_record_is_frame (record))
        count_record (self, record);
      if (is_match)
        wsi_problems_take (self->problems, i);
      if (self->matcher != NULL)
        count_late (self);
    }
}

static void
write_counts (const Counts   *counts,
              WsiJsonPrinter *json)
{
  for (guint i = 0; i < 2; i++)
    write_sum (&counts->sums[i], name_direction (i), json);
  wsi_json_printer_number (json, "faults", counts->n_faults);
  wsi_json_printer_number (json, "round_trips", counts->round_trips.n);
  if (counts->round_trips.n > 0)
    {
      wsi_json_printer_number (json, "mean_round_trip_us",
                               counts->round_trips.sum_us / counts->round_trips.n);
      wsi_json_printer_number (json, "max_round_trip_us", counts->round_trips.max_us);
    }
  wsi_json_printer_number (json, "pongs_sent", counts->of_ours.n);
  if (counts->of_ours.n > 0)
    {
      wsi_json_printer_number (json, "mean_pong_sent_us",
                               counts->of_ours.sum_us / counts->of_ours.n);
      wsi_json_printer_number (json, "max_pong_sent_us", counts->of_ours.max_us);
    }
}

static void
print_pongs (const Pongs *pongs,
             const char  *what,
             const char  *where)
{
  g_autofree char *n = wsi_output_count (pongs->n, what, 0);

  if (pongs->n > 0)
    wsi_output_line ("   %s, mean %.3f ms%s, longest %.3f ms", n,
                     pongs->sum_us / (double) pongs->n / 1000, where, pongs->max_us / 1000.0);
}

static void
print_counts (const Counts *counts)
{
  g_autofree char *faults = wsi_output_count (counts->n_faults, "frame", 0);

  for (guint i = 0; i < 2; i++)
    stats_print_sum (&counts->sums[i], name_direction (i));
  print_pongs (&counts->round_trips, "round trip", "");
  print_pongs (&counts->of_ours, "sent pong", " after its ping");
  if (counts->n_faults > 0)
    wsi_output_line ("   %s with a FAULT", faults);
}

static double
stats_get_seconds (WsiConversation *conversation)
{
  return (wsi_conversation_get_end_time (conversation) -
          wsi_conversation_get_begin_time (conversation)) / (double) G_USEC_PER_SEC;
}

static const char *
name_closer (WsiConversation *conversation)
{
  gboolean is_client = wsi_conversation_get_role (conversation) == WSP_ROLE_CLIENT;
  guint closer = wsi_conversation_get_closer (conversation);

  if (closer == WSI_NO_CLOSER)
    return NULL;

  return (closer == WSP_DIRECTION_SENT) == is_client ? "client" : "server";
}

/* Returns the close reason with control characters escaped and secrets hidden. */
static char *
dup_close_reason (Stats           *self,
                  WsiConversation *conversation)
{
  g_autoptr (GBytes) reason = wsi_conversation_dup_close_reason (conversation);
  g_autofree char *text = reason != NULL ? wsi_text_escape (reason, G_MAXSIZE,
                                                            wsi_output_get_charset ())
                                         : g_strdup ("");

  return wsi_redactor_hide_reason (self->listing->redactor, text);
}

static void
print_close (Stats           *self,
             WsiConversation *conversation)
{
  guint16 code = wsi_conversation_get_close_code (conversation);
  const char *closer = name_closer (conversation);
  g_autofree char *reason = dup_close_reason (self, conversation);
  WsiEnding ending = wsi_conversation_get_ending (conversation);

  if (closer == NULL && (ending == WSI_ENDING_NONE || ending == WSI_ENDING_CUT))
    return;

  if (closer == NULL)
    wsi_output_line ("   closed without a Close frame");
  else if (reason[0] == '\0')
    wsi_output_line ("   closed by the %s with %u: %s", closer, code,
                     wsp_close_code_describe (code));
  else
    wsi_output_line ("   closed by the %s with %u \"%s\": %s", closer, code, reason,
                     wsp_close_code_describe (code));
}

static void
write_connection (Stats           *self,
                  WsiConversation *conversation,
                  const Counts    *counts)
{
  const char *uri = wsi_conversation_get_uri (conversation);
  g_autofree char *open = wsi_redactor_hide_text (self->listing->redactor, uri != NULL ? uri : "");
  g_autofree char *seconds = g_strdup_printf ("%.6f", stats_get_seconds (conversation));
  WsiJsonPrinter json;

  wsi_listing_begin_event (&json, "connection", wsi_conversation_get_number (conversation));
  wsi_json_printer_string (&json, "url", open);
  if (wsi_conversation_get_client (conversation) != NULL)
    wsi_json_printer_string (&json, "client", wsi_conversation_get_client (conversation));
  if (wsi_conversation_get_server (conversation) != NULL)
    wsi_json_printer_string (&json, "server", wsi_conversation_get_server (conversation));
  if (wsi_conversation_get_tls (conversation) != NULL)
    wsi_json_printer_string (&json, "tls", wsi_conversation_get_tls (conversation));
  wsi_json_printer_literal (&json, "seconds", seconds);
  wsi_json_printer_number (&json, "status", wsi_conversation_get_status (conversation));
  wsi_json_printer_string (&json, "state",
                           wsi_state_get_name (wsi_conversation_get_state (conversation)));
  if (wsi_conversation_get_ending (conversation) != WSI_ENDING_NONE)
    wsi_json_printer_string (&json, "ending",
                             wsi_ending_get_name (wsi_conversation_get_ending (conversation)));
  if (name_closer (conversation) != NULL)
    {
      wsi_json_printer_string (&json, "closer", name_closer (conversation));
      wsi_json_printer_number (&json, "close.code", wsi_conversation_get_close_code (conversation));
    }
  write_counts (counts, &json);
  wsi_listing_add_event (self->listing, &json);
}

static void
stats_print_connection (Stats           *self,
                        WsiConversation *conversation,
                        const Counts    *counts)
{
  const char *uri = wsi_conversation_get_uri (conversation);
  const char *client = wsi_conversation_get_client (conversation);
  const char *server = wsi_conversation_get_server (conversation);
  guint number = wsi_conversation_get_status (conversation);
  WsiState state = wsi_conversation_get_state (conversation);
  g_autofree char *status = number != 0 ? g_strdup_printf ("status %u", number)
                                        : g_strdup ("no status");
  g_autofree char *title = g_strdup_printf ("#%u %s  %s -> %s  %.3f s, %s, %s",
                                            wsi_conversation_get_number (conversation),
                                            uri != NULL ? uri : "-", client != NULL ? client : "-",
                                            server != NULL ? server : "-",
                                            stats_get_seconds (conversation), status,
                                            wsi_state_get_name (state));
  g_autofree char *sentence =
    wsi_sentence_to_string (wsi_conversation_get_sentence (conversation));
  g_autofree char *end = g_strconcat ("   ", sentence, NULL);

  wsi_output_sentence (self->listing->redactor, title);
  print_counts (counts);
  print_close (self, conversation);
  wsi_output_sentence (self->listing->redactor, end);
}

static void
stats_take_connection (gpointer         stats,
                       WsiConversation *conversation)
{
  Stats *self = stats;
  guint32 number = wsi_conversation_get_number (conversation);
  Counts *counts = find_counts (self, number);

  self->n_connections++;
  if (wsi_listing_is_json (self->listing))
    write_connection (self, conversation, counts);
  else
    stats_print_connection (self, conversation, counts);
  g_hash_table_remove (self->open, GUINT_TO_POINTER (number));
}

static void
stats_on_conversation (Stats           *self,
                       WsiConversation *conversation)
{
  g_signal_connect_swapped (conversation, "ended", G_CALLBACK (wsi_in_order_add), self->in_order);
}

static void
stats_print_all (Stats *self)
{
  WsiJsonPrinter json;

  if (self->slots != NULL)
    g_tree_foreach (self->slots, print_slot, self);
  wsi_problem_text_print (self->problems, self->listing);

  if (wsi_listing_is_json (self->listing))
    {
      wsi_listing_begin_event (&json, "all", 0);
      wsi_json_printer_number (&json, "connections", self->n_connections);
      write_counts (&self->all, &json);
      wsi_listing_add_event (self->listing, &json);
    }
  else
    {
      g_autofree char *connections = wsi_output_count (self->n_connections, "connection", 0);

      wsi_output_line ("Sum of %s", connections);
      print_counts (&self->all);
    }
  wsi_listing_end (self->listing);
}

static gboolean
stats_wants_more (gpointer stats)
{
  return TRUE;
}

static WsiExit
count_recordings (WsiFileReader *reader,
                  WsiListing    *listing)
{
  WsiStore *store = wsi_file_reader_get_store (reader);
  g_autoptr (GHashTable) open = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_autoptr (WsiMatcher) matcher = listing->filter != NULL
                                   ? wsi_matcher_new (listing->filter, store) : NULL;
  g_autoptr (WsiProblems) problems = wsi_problems_new (store);
  Stats stats = {
    .listing = listing, .store = store, .matcher = matcher, .open = open, .problems = problems,
    .interval_us = listing->options->interval * G_USEC_PER_SEC,
  };
  g_autoptr (WsiInOrder) in_order = wsi_in_order_new (stats_take_connection, &stats);
  WsiExit status;

  stats.in_order = in_order;
  wsi_interpreter_set_store (listing->decoded.interpreter, store);
  g_signal_connect_swapped (stats.store, "appended", G_CALLBACK (stats_on_appended), &stats);
  g_signal_connect_swapped (wsi_file_reader_get_recorder (reader), "conversation",
                            G_CALLBACK (stats_on_conversation), &stats);
  status = wsi_file_reader_run (reader, stats_wants_more, &stats);
  wsi_in_order_end (in_order);
  stats_print_all (&stats);
  g_clear_pointer (&stats.slots, g_tree_unref);
  return status;
}

WsiExit
wsi_stats_verb (const WsiOptions  *options,
                const char *const *arguments)
{
  return wsi_file_reader_list (options, NULL, arguments, count_recordings);
}
