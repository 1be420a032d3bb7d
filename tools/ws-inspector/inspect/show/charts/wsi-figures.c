/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/charts/wsi-figures.h"

#include <glib/gi18n.h>

#include "inspect/show/charts/wsi-figure-text.h"
#include "inspect/show/charts/wsi-figure-totals.h"
#include "inspect/show/models/wsi-conversation-title.h"
#include "inspect/store/wsi-conversation.h"

#define N_DIRECTIONS 2

typedef char *(*PrintFunc) (const WsiFigures *self,
                            guint             row,
                            guint             column);

/* The table by type, in the words of filters. */

static const struct
{
  WspFrameKind kind;
  const char  *name;
} types[] = {
  { WSP_FRAME_KIND_TEXT, "text" },
  { WSP_FRAME_KIND_BINARY, "binary" },
  { WSP_FRAME_KIND_CONTINUATION, "cont" },
  { WSP_FRAME_KIND_PING, "ping" },
  { WSP_FRAME_KIND_PONG, "pong" },
  { WSP_FRAME_KIND_CLOSE, "close" },
  { WSP_FRAME_KIND_RESERVED, "reserved" },
};

static char *
print_type (const WsiFigures *self,
            guint             row,
            guint             column)
{
  return g_strdup (types[row].name);
}

static guint64
count_type (const WsiFigures *self,
            guint             row,
            guint             column)
{
  const WspFrameKind kind = types[row].kind;
  const guint64 counts[N_DIRECTIONS] = {
    self->totals.n_by_kind[0][kind], self->totals.n_by_kind[1][kind],
  };

  return wsi_figure_totals_add (counts, column);
}

static char *
print_type_count (const WsiFigures *self,
                  guint             row,
                  guint             column)
{
  return wsi_figure_text_number (count_type (self, row, column));
}

static guint64
figures_count_frames (const WsiFigures *self)
{
  return self->totals.all.flows[0].n_frames + self->totals.all.flows[1].n_frames;
}

static char *
print_type_share (const WsiFigures *self,
                  guint             row,
                  guint             column)
{
  return wsi_figure_text_share (count_type (self, row, WSI_BOTH_DIRECTIONS),
                                figures_count_frames (self));
}

/* The table by length: 0, and then powers of two. */

static guint64
get_least_length (guint row)
{
  return row == 0 ? 0 : G_GUINT64_CONSTANT (1) << (row - 1);
}

static guint64
get_greatest_length (guint row)
{
  return row == 0 ? 0 : get_least_length (row) + (get_least_length (row) - 1);
}

static guint
count_lengths (const WsiFigures *self)
{
  guint n = WSI_N_SIZES;

  while (n > 0 && self->totals.n_by_size[0][n - 1] + self->totals.n_by_size[1][n - 1] == 0)
    n--;
  return n;
}

static char *
figures_print_length (const WsiFigures *self,
                      guint             row,
                      guint             column)
{
  guint64 least = get_least_length (row), greatest = get_greatest_length (row);

  g_autofree char *from = wsi_figure_text_number (least);
  g_autofree char *to = wsi_figure_text_number (greatest);

  return least == greatest ? g_steal_pointer (&from) : g_strdup_printf ("%s–%s", from, to);
}

static guint64
count_length (const WsiFigures *self,
              guint             row,
              guint             column)
{
  const guint64 counts[N_DIRECTIONS] = {
    self->totals.n_by_size[0][row], self->totals.n_by_size[1][row],
  };

  return wsi_figure_totals_add (counts, column);
}

static char *
print_length_count (const WsiFigures *self,
                    guint             row,
                    guint             column)
{
  return wsi_figure_text_number (count_length (self, row, column));
}

static char *
print_length_share (const WsiFigures *self,
                    guint             row,
                    guint             column)
{
  return wsi_figure_text_share (count_length (self, row, WSI_BOTH_DIRECTIONS),
                                figures_count_frames (self));
}

/* The table by connection. */

/* The connection of a row, which the callers of the tables have checked. */
static WsiConversation *
dup_connection (const WsiFigures *self,
                guint             row)
{
  return g_list_model_get_item (G_LIST_MODEL (self->connections), row);
}

static char *
print_connection_number (const WsiFigures *self,
                         guint             row,
                         guint             column)
{
  g_autoptr (WsiConversation) connection = dup_connection (self, row);

  return wsi_figure_text_number (wsi_conversation_get_number (connection));
}

static char *
print_connection_path (const WsiFigures *self,
                       guint             row,
                       guint             column)
{
  g_autoptr (WsiConversation) connection = dup_connection (self, row);

  return wsi_conversation_title_dup_name (connection);
}

typedef enum
{
  CONNECTION_FRAMES,
  CONNECTION_WIRE_BYTES = CONNECTION_FRAMES + N_DIRECTIONS,
  CONNECTION_FAULTS = CONNECTION_WIRE_BYTES + N_DIRECTIONS,
} ConnectionColumn;

static char *
print_connection_count (const WsiFigures *self,
                        guint             row,
                        guint             column)
{
  g_autoptr (WsiConversation) connection = dup_connection (self, row);
  WsiCounters counters;

  if (column == CONNECTION_FAULTS)
    return wsi_figure_text_number (wsi_conversation_get_n_faults (connection));

  wsi_conversation_get_counters (connection, column % N_DIRECTIONS, &counters);
  return wsi_figure_text_frames (column < CONNECTION_WIRE_BYTES ? counters.n_frames
                                                      : counters.n_wire_bytes, counters.n_frames,
                                 counters.n_unframed);
}

/* Prints the time of a connection, until now if it goes on: nothing is known after the last row. */
static char *
print_connection_time (const WsiFigures *self,
                       guint             row,
                       guint             column)
{
  g_autoptr (WsiConversation) connection = dup_connection (self, row);
  gint64 begin_us, end_us;

  if (wsi_conversation_get_ending (connection) == WSI_ENDING_NONE)
    return g_strdup ("");

  begin_us = wsi_timeline_limit_time (wsi_conversation_get_begin_time (connection));
  end_us = wsi_timeline_limit_time (wsi_conversation_get_end_time (connection));
  return wsi_figure_text_seconds (MAX (end_us - begin_us, 0));
}

static char *
print_close_code (const WsiFigures *self,
                  guint             row,
                  guint             column)
{
  g_autoptr (WsiConversation) connection = dup_connection (self, row);
  guint code = wsi_conversation_get_close_code (connection);

  return code != 0 ? wsi_figure_text_number (code) : g_strdup ("");
}

/* The table by time: the buckets of the timeline. */

static char *
print_bucket_time (const WsiFigures *self,
                   guint             row,
                   guint             column)
{
  return wsi_figure_text_seconds (wsi_timeline_get_bucket_time (self->timeline, row + column)
                                  - self->origin_us);
}

typedef enum
{
  BUCKET_WIRE_BYTES,
  BUCKET_FRAMES = BUCKET_WIRE_BYTES + N_DIRECTIONS,
  BUCKET_TEXT = BUCKET_FRAMES + N_DIRECTIONS,
  BUCKET_BINARY,
  BUCKET_CONTINUATION,
  BUCKET_CONTROL,
  BUCKET_FAULTS,
} BucketColumn;

static guint64
count_in_bucket (const WsiTimeBucket *bucket,
                 BucketColumn         column)
{
  if (column < BUCKET_FRAMES)
    return bucket->n_wire_bytes[column];
  if (column < BUCKET_TEXT)
    return bucket->n_frames[column - BUCKET_FRAMES];

  switch ((guint) column)
    {
    case BUCKET_TEXT:
      return bucket->n_by_kind[WSP_FRAME_KIND_TEXT];
    case BUCKET_BINARY:
      return bucket->n_by_kind[WSP_FRAME_KIND_BINARY];
    case BUCKET_CONTINUATION:
      return bucket->n_by_kind[WSP_FRAME_KIND_CONTINUATION];
    case BUCKET_CONTROL:
      return bucket->n_by_kind[WSP_FRAME_KIND_PING] + bucket->n_by_kind[WSP_FRAME_KIND_PONG]
             + bucket->n_by_kind[WSP_FRAME_KIND_CLOSE];
    default:
      return bucket->n_faults;
    }
}

static char *
print_bucket_count (const WsiFigures *self,
                    guint             row,
                    guint             column)
{
  const WsiTimeBucket *bucket = wsi_timeline_get_bucket (self->timeline, row);

  const guint direction = column % N_DIRECTIONS;
  const guint64 n = count_in_bucket (bucket, column);

  return column < BUCKET_TEXT
         ? wsi_figure_text_frames (n, bucket->n_frames[direction], bucket->n_unframed[direction])
         : wsi_figure_text_number (n);
}

static char *
print_spread (const WsiSpread *spread)
{
  return spread->n > 0 ? wsi_figure_text_ms (spread->sum_us / spread->n) : g_strdup ("");
}

static char *
print_bucket_round_trip (const WsiFigures *self,
                         guint             row,
                         guint             column)
{
  return print_spread (&wsi_timeline_get_bucket (self->timeline, row)->round_trips);
}

static char *
print_bucket_reply (const WsiFigures *self,
                    guint             row,
                    guint             column)
{
  return print_spread (&wsi_timeline_get_bucket (self->timeline, row)->replies);
}

#define MAX_COLUMNS 12

typedef struct
{
  const char   *title;
  WsiFigureKind kind;
  PrintFunc     print;
  guint         argument;       /* argument of the function print */
} Column;

static const struct
{
  const char *name;
  Column      columns[MAX_COLUMNS + 1]; /* columns of the table, then one without a title */
} tables[WSI_N_TABLES] = {
  [WSI_TABLE_TOTALS] = { N_("Totals"), {
                           { N_("Number"), WSI_FIGURE_WORDS, wsi_figure_totals_print_name, 0 },
                           { N_("All"), WSI_FIGURE_NUMBER, wsi_figure_totals_print, WSI_BOTH_DIRECTIONS },
                           { N_("Sent"), WSI_FIGURE_NUMBER, wsi_figure_totals_print, WSP_DIRECTION_SENT },
                           { N_("Received"), WSI_FIGURE_NUMBER, wsi_figure_totals_print, WSP_DIRECTION_RECEIVED },
                         } },
  [WSI_TABLE_TYPES] = { N_("Types"), {
                          { N_("Type"), WSI_FIGURE_TEXT, print_type, 0 },
                          { N_("Sent"), WSI_FIGURE_NUMBER, print_type_count, WSP_DIRECTION_SENT },
                          { N_("Received"), WSI_FIGURE_NUMBER, print_type_count, WSP_DIRECTION_RECEIVED },
                          { N_("Share"), WSI_FIGURE_NUMBER, print_type_share, 0 },
                        } },
  [WSI_TABLE_LENGTHS] = { N_("Lengths"), {
                            { N_("Bytes"), WSI_FIGURE_NUMBER, figures_print_length, 0 },
                            { N_("Sent"), WSI_FIGURE_NUMBER, print_length_count, WSP_DIRECTION_SENT },
                            { N_("Received"), WSI_FIGURE_NUMBER, print_length_count, WSP_DIRECTION_RECEIVED },
                            { N_("Share"), WSI_FIGURE_NUMBER, print_length_share, 0 },
                          } },
  [WSI_TABLE_CONNECTIONS] = { N_("Connections"), {
                                { N_("No."), WSI_FIGURE_NUMBER, print_connection_number, 0 },
                                { N_("Path"), WSI_FIGURE_TEXT, print_connection_path, 0 },
                                { N_("Sent"), WSI_FIGURE_NUMBER, print_connection_count, CONNECTION_FRAMES },
                                { N_("Received"), WSI_FIGURE_NUMBER, print_connection_count, CONNECTION_FRAMES + 1 },
                                { N_("Bytes Sent"), WSI_FIGURE_NUMBER, print_connection_count, CONNECTION_WIRE_BYTES },
                                { N_("Bytes Received"), WSI_FIGURE_NUMBER, print_connection_count, CONNECTION_WIRE_BYTES + 1 },
                                { N_("Faults"), WSI_FIGURE_NUMBER, print_connection_count, CONNECTION_FAULTS },
                                { N_("Seconds"), WSI_FIGURE_NUMBER, print_connection_time, 0 },
                                { N_("Close Code"), WSI_FIGURE_NUMBER, print_close_code, 0 },
                              } },
  [WSI_TABLE_TIMES] = { N_("Time"), {
                          { N_("From"), WSI_FIGURE_NUMBER, print_bucket_time, 0 },
                          { N_("Bytes Sent"), WSI_FIGURE_NUMBER, print_bucket_count, BUCKET_WIRE_BYTES },
                          { N_("Bytes Received"), WSI_FIGURE_NUMBER, print_bucket_count, BUCKET_WIRE_BYTES + 1 },
                          { N_("Sent"), WSI_FIGURE_NUMBER, print_bucket_count, BUCKET_FRAMES },
                          { N_("Received"), WSI_FIGURE_NUMBER, print_bucket_count, BUCKET_FRAMES + 1 },
                          { N_("Round Trip (ms)"), WSI_FIGURE_NUMBER, print_bucket_round_trip, 0 },
                          { N_("Reply (ms)"), WSI_FIGURE_NUMBER, print_bucket_reply, 0 },
                          { N_("Faults"), WSI_FIGURE_NUMBER, print_bucket_count, BUCKET_FAULTS },
                          { N_("Text"), WSI_FIGURE_NUMBER, print_bucket_count, BUCKET_TEXT },
                          { N_("Binary"), WSI_FIGURE_NUMBER, print_bucket_count, BUCKET_BINARY },
                          { N_("Continuation"), WSI_FIGURE_NUMBER, print_bucket_count, BUCKET_CONTINUATION },
                          { N_("Control"), WSI_FIGURE_NUMBER, print_bucket_count, BUCKET_CONTROL },
                        } },
};

const char *
wsi_figures_get_name (WsiTable table)
{
  return tables[table].name;
}

guint
wsi_figures_get_n_columns (WsiTable table)
{
  guint n = 0;

  while (tables[table].columns[n].title != NULL)
    n++;
  return n;
}

const char *
wsi_figures_get_title (WsiTable table,
                       guint    column)
{
  return tables[table].columns[column].title;
}

WsiFigureKind
wsi_figures_get_kind (WsiTable table,
                      guint    column)
{
  return tables[table].columns[column].kind;
}

guint
wsi_figures_get_n_rows (const WsiFigures *self,
                        WsiTable          table)
{
  switch (table)
    {
    case WSI_TABLE_TOTALS:
      return WSI_N_TOTALS;
    case WSI_TABLE_TYPES:
      return G_N_ELEMENTS (types);
    case WSI_TABLE_LENGTHS:
      return count_lengths (self);
    case WSI_TABLE_CONNECTIONS:
      return g_list_model_get_n_items (G_LIST_MODEL (self->connections));
    case WSI_TABLE_TIMES:
      return wsi_timeline_get_n_buckets (self->timeline);
    case WSI_N_TABLES:
      break;
    }

  g_assert_not_reached ();
}

char *
wsi_figures_print (const WsiFigures *self,
                   WsiTable          table,
                   guint             row,
                   guint             column)
{
  const Column *shown = &tables[table].columns[column];

  return row < wsi_figures_get_n_rows (self, table) ? shown->print (self, row, shown->argument)
                                                    : g_strdup ("");
}

static char *
print_range (const char *field,
             const char *begin,
             const char *end)
{
  return g_strdup_printf ("%s in %s..%s", field, begin, end);
}

/* Filters have no larger numbers: a length of 2^63 or more counts as the largest. */
static char *
print_length_filter (guint row)
{
  g_autofree char *least = wsi_figure_text_number (MIN (get_least_length (row), G_MAXINT64));
  g_autofree char *greatest = wsi_figure_text_number (MIN (get_greatest_length (row), G_MAXINT64));

  return print_range ("len", least, greatest);
}

static char *
print_connection_filter (const WsiFigures *self,
                         guint             row)
{
  g_autoptr (WsiConversation) connection = dup_connection (self, row);

  return g_strdup_printf ("conn == %u", wsi_conversation_get_number (connection));
}

static char *
print_bucket_filter (const WsiFigures *self,
                     guint             row)
{
  gint64 begin_us = wsi_timeline_get_bucket_time (self->timeline, row) - self->origin_us;
  gint64 end_us = begin_us + wsi_timeline_get_width (self->timeline) - 1;
  g_autofree char *begin = wsi_figure_text_seconds (begin_us);
  g_autofree char *end = wsi_figure_text_seconds (end_us);

  return print_range ("time", begin, end);
}

char *
wsi_figures_print_filter (const WsiFigures *self,
                          WsiTable          table,
                          guint             row)
{
  if (row >= wsi_figures_get_n_rows (self, table))
    return NULL;

  switch (table)
    {
    case WSI_TABLE_TYPES:
      return g_strdup_printf ("type == %s", types[row].name);
    case WSI_TABLE_LENGTHS:
      return print_length_filter (row);
    case WSI_TABLE_CONNECTIONS:
      return print_connection_filter (self, row);
    case WSI_TABLE_TIMES:
      return print_bucket_filter (self, row);
    case WSI_TABLE_TOTALS:
    case WSI_N_TABLES:
      break;
    }

  return NULL;
}
