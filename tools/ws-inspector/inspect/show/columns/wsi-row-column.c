/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/show/columns/wsi-row-column.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#include "inspect/decode/wsi-summary.h"
#include "inspect/decode/wsi-text.h"
#include "inspect/show/models/wsi-conversation-title.h"
#include "inspect/store/wsi-conversation.h"
#include "inspect/store/wsi-record.h"
#include "inspect/store/wsi-servers.h"
#include "inspect/store/wsi-store.h"

#define UNKNOWN "–"

struct _WsiRowColumn
{
  char                *name;
  const WsiColumnKind *kind;    /* kind of the column; NULL: a field of a decoder, at this path */
  WsiDecodedPath      *path;
};

static char *
print_number_value (WsiRowFormat *format,
                    WsiRow       *row)
{
  return g_strdup_printf ("%" PRIu64, wsi_row_get_number (row) + 1);
}

/* The column of numbers shows marks as well, so that they need no column. */
static char *
row_column_print_number (WsiRowFormat *format,
                         WsiRow       *row)
{
  guint64 number = wsi_row_get_number (row);
  guint mark = wsi_store_get_mark (wsi_row_get_store (row), number);

  return g_strdup_printf ("%s%" PRIu64, mark != 0 ? "★ " : "", number + 1);
}

static char *
row_column_print_time (WsiRowFormat *format,
                       WsiRow       *row)
{
  return wsi_row_format_print_time (format, row, wsi_row_format_get_clock (format));
}

static char *
print_delta (WsiRowFormat *format,
             WsiRow       *row)
{
  return wsi_row_format_print_time (format, row, WSI_CLOCK_DELTA);
}

static char *
show_time (WsiRowFormat *format,
           WsiRow       *row)
{
  return wsi_row_format_show_time (format, row, wsi_row_format_get_clock (format));
}

static char *
show_delta (WsiRowFormat *format,
            WsiRow       *row)
{
  return wsi_row_format_show_time (format, row, WSI_CLOCK_DELTA);
}

static char *
print_conversation_number (WsiRowFormat *format,
                           WsiRow       *row)
{
  guint32 number = wsi_row_get_conversation (row);

  return number > 0 ? g_strdup_printf ("%u", number) : NULL;
}

/* Prints the number, and once there are several servers the name, which has the server. */
static char *
print_conversation (WsiRowFormat *format,
                    WsiRow       *row)
{
  guint32 number = wsi_row_get_conversation (row);
  g_autoptr (WsiConversation) conversation = NULL;

  if (wsi_servers_are_several (wsi_store_get_servers (wsi_row_get_store (row))))
    conversation = wsi_store_dup_conversation (wsi_row_get_store (row), number);
  if (conversation != NULL)
    return wsi_conversation_title_dup (conversation);

  return number > 0 ? g_strdup_printf ("#%u", number) : NULL;
}

/* The number of a connection tells rows apart from the second connection on. */
static gboolean
has_conversations (WsiRow *row)
{
  guint32 n_kept;

  return wsi_store_count_conversations (wsi_row_get_store (row), &n_kept) > 1;
}

static gboolean
has_direction (WsiRow *row)
{
  return wsi_row_get_record (row)->direction != WSI_NO_DIRECTION;
}

/* Prints the direction with arrows that mean the same in every direction of writing. */
static char *
print_direction (WsiRowFormat *format,
                 WsiRow       *row)
{
  if (!has_direction (row))
    return NULL;

  return g_strdup (wsi_row_get_record (row)->direction == WSP_DIRECTION_SENT ? "↑" : "↓");
}

static char *
print_direction_name (WsiRowFormat *format,
                      WsiRow       *row)
{
  if (!has_direction (row))
    return NULL;

  return g_strdup (wsi_row_get_record (row)->direction == WSP_DIRECTION_SENT ? "sent" : "recv");
}

static char *
print_kind (WsiRowFormat *format,
            WsiRow       *row)
{
  const WsiRecord *record = wsi_row_get_record (row);
  const char *name = wsi_row_format_name_kind (format, row);
  const char *sign = record->fault != 0 ? "⚠ " : "";
  WsiMessageInfo info;

  if (record->kind == WSI_RECORD_KIND_EVENT)
    return g_strconcat (sign, name, NULL);
  if (!wsi_row_format_get_message (format, row, &info))
    return g_strconcat (sign, name, wsi_record_is_fin (record) ? "" : " …", NULL);
  if (info.n_frames <= 1)
    return g_strconcat (sign, name, info.is_complete ? "" : " …", NULL);

  return g_strdup_printf ("%s%s ×%" PRIu64 "%s", sign, name, info.n_frames,
                          info.is_complete ? "" : " …");
}

/* Shows a kind; for a continuation by the filter's word, since the whole one would take its room
 * from the summary. */
static char *
show_kind (WsiRowFormat *format,
           WsiRow       *row)
{
  g_autofree char *whole = print_kind (format, row);
  GString *text = g_string_new (whole);

  g_string_replace (text, "continuation", "cont", 1);
  return g_string_free (text, FALSE);
}

/* Prints the name of the kind of the row's frame, which a filter tests, also where a list shows its
 * message. */
static char *
print_kind_name (WsiRowFormat *format,
                 WsiRow       *row)
{
  if (wsi_row_get_record (row)->kind == WSI_RECORD_KIND_EVENT)
    return g_strdup (wsi_row_format_name_kind (format, row));

  return g_strdup (wsi_summary_name_kind (wsi_row_get_frame (row)));
}

static gboolean
row_column_get_value (WsiRowFormat *format,
                      WsiRow       *row,
                      WsiRowValue   which,
                      gint64       *value)
{
  WsiStore *store = wsi_row_get_store (row);
  guint reading = wsi_store_begin_reading (store);
  gboolean has_value = wsi_row_value_get (which, store, wsi_row_format_get_unit (format),
                                          wsi_row_get_number (row), wsi_row_get_record (row),
                                          value);

  wsi_store_end_reading (store, reading);
  return has_value;
}

static gboolean
row_column_is_stopped (WsiRowFormat *format,
                       WsiRow       *row)
{
  WsiMessageInfo info = { .is_stopped = wsi_row_get_record (row)->is_stopped };

  wsi_row_format_get_message (format, row, &info);
  return info.is_stopped;
}

static char *
row_column_print_length (WsiRowFormat *format,
                         WsiRow       *row)
{
  gint64 length;

  return row_column_get_value (format, row, WSI_ROW_SIZE, &length)
         ? g_strdup_printf (row_column_is_stopped (format, row) ? "> %" PRId64 : "%" PRId64, length)
         : NULL;
}

/* A cell has the separators of the locale; a copy and a filter have digits. */
static char *
show_length (WsiRowFormat *format,
             WsiRow       *row)
{
  gint64 length;

  return row_column_get_value (format, row, WSI_ROW_SIZE, &length)
         ? g_strdup_printf (row_column_is_stopped (format, row) ? "> %'" PRId64 : "%'" PRId64,
                            length)
         : NULL;
}

static gboolean
is_message (WsiRow *row)
{
  return wsi_row_get_record (row)->kind != WSI_RECORD_KIND_EVENT;
}

/* Whether the row is a message of which no frame is known. */
static gboolean
is_unframed (WsiRow *row)
{
  return (wsi_row_get_record (row)->flags & WSI_RECORD_NO_FRAME) != 0;
}

/* A frame that is not known has a dash, which is no value. */
static gboolean
has_frame (WsiRow *row)
{
  return is_message (row) && !is_unframed (row);
}

static char *
print_wire_length (WsiRowFormat *format,
                   WsiRow       *row)
{
  gint64 length;

  if (is_unframed (row))
    return g_strdup (UNKNOWN);

  return row_column_get_value (format, row, WSI_ROW_WIRE, &length)
    ? g_strdup_printf ("%" PRId64, length)
                                                        : NULL;
}

static char *
show_wire_length (WsiRowFormat *format,
                  WsiRow       *row)
{
  gint64 length;

  return !is_unframed (row) && row_column_get_value (format, row, WSI_ROW_WIRE, &length)
         ? g_strdup_printf ("%'" PRId64, length) : print_wire_length (format, row);
}

static char *
print_reply_time (WsiRowFormat *format,
                  WsiRow       *row)
{
  gint64 time_us;

  return row_column_get_value (format, row, WSI_ROW_REPLY, &time_us)
    ? wsi_row_format_print_span (time_us)
                                                          : NULL;
}

/* Prints bytes for each byte on the wire, where the message was compressed. */
static char *
print_ratio (WsiRowFormat *format,
             WsiRow       *row)
{
  const WsiRecord *record = wsi_row_get_record (row);
  WsiMessageInfo info = {
    .length = wsi_record_get_length (record),
    .wire_length = wsi_record_get_wire_length (record),
    .is_compressed = (record->flags & WSI_RECORD_COMPRESSED) != 0,
  };

  wsi_row_format_get_message (format, row, &info);
  if (!info.is_compressed)
    return NULL;

  return g_strdup_printf (row_column_is_stopped (format, row) ? "> %.1f" : "%.1f",
                          (double) info.length / info.wire_length);
}

static char *
print_frames (WsiRowFormat *format,
              WsiRow       *row)
{
  WsiMessageInfo info;

  if (is_unframed (row))
    return g_strdup (UNKNOWN);
  if (!wsi_store_get_message (wsi_row_get_store (row), wsi_row_get_record (row)->message, &info))
    return NULL;

  return g_strdup_printf ("%" PRIu64, info.n_frames);
}

static char *
print_mark (WsiRowFormat *format,
            WsiRow       *row)
{
  guint mark = wsi_store_get_mark (wsi_row_get_store (row), wsi_row_get_number (row));

  return mark != 0 ? g_strdup ("★") : NULL;
}

static char *
print_mark_number (WsiRowFormat *format,
                   WsiRow       *row)
{
  return g_strdup_printf ("%u", wsi_store_get_mark (wsi_row_get_store (row),
                                                    wsi_row_get_number (row)));
}

static char *
row_column_print_comment (WsiRowFormat *format,
                          WsiRow       *row)
{
  g_autofree char *comment = wsi_store_dup_comment (wsi_row_get_store (row),
                                                    wsi_row_get_number (row));
  GString *text = g_string_new (NULL);

  if (comment != NULL)
    wsi_text_append_escaped (text, comment, strlen (comment), WSI_ROW_MAX_TEXT,
                             WSI_CHARSET_UTF8);
  return g_string_free (text, FALSE);
}

static char *
print_summary (WsiRowFormat *format,
               WsiRow       *row)
{
  return g_strdup (wsi_row_format_get_summary (format, row));
}

const WsiColumnKind wsi_column_kinds[] = {
  { "no", N_("No."), 5, 1.0, WSI_COLUMN_USUAL, row_column_print_number, print_number_value, NULL,
    WSI_ROW_NUMBER, NULL, NULL },
  { "time", N_("Time"), 2, 1.0, WSI_COLUMN_USUAL, row_column_print_time, NULL, NULL, WSI_ROW_TIME,
    show_time, NULL },
  { "delta", N_("Delta"), 7, 1.0, WSI_COLUMN_ON_DEMAND, print_delta, NULL, NULL,
    WSI_ROW_NONE, show_delta, NULL },
  { "conn", N_("Conn."), 6, 0.0, WSI_COLUMN_USUAL, print_conversation,
    print_conversation_number, NULL, WSI_ROW_CONNECTION, NULL, has_conversations },
  { "dir", N_("Dir."), 1, 0.5, WSI_COLUMN_ON_DEMAND, print_direction, print_direction_name, NULL,
    WSI_ROW_NONE, NULL, NULL },
  { "type", N_("Type"), 3, 0.0, WSI_COLUMN_USUAL, print_kind, print_kind_name,
    NULL, WSI_ROW_TYPE, show_kind, NULL },
  { "len", N_("Size"), 4, 1.0, WSI_COLUMN_USUAL, row_column_print_length, row_column_print_length,
    "msg.len", WSI_ROW_SIZE, show_length, is_message },
  { "wire", N_("On Wire"), 8, 1.0, WSI_COLUMN_ON_DEMAND, print_wire_length,
    print_wire_length, "msg.wire", WSI_ROW_WIRE, show_wire_length, has_frame },
  { "ratio", N_("Ratio"), 9, 1.0, WSI_COLUMN_ON_DEMAND, print_ratio, NULL, NULL,
    WSI_ROW_NONE, NULL, NULL },
  { "msg.frames", N_("Frames"), 10, 1.0, WSI_COLUMN_ON_DEMAND, print_frames,
    print_frames, NULL, WSI_ROW_NONE, NULL, has_frame },
  { "reply", N_("Reply Time"), 11, 1.0, WSI_COLUMN_ON_DEMAND, print_reply_time,
    NULL, NULL, WSI_ROW_REPLY, NULL, NULL },
  { "mark", N_("Mark"), 12, 0.5, WSI_COLUMN_ON_DEMAND, print_mark, print_mark_number, NULL,
    WSI_ROW_NONE, NULL, NULL },
  { "comment", N_("Comment"), 13, 0.0, WSI_COLUMN_ON_DEMAND, row_column_print_comment, NULL, NULL,
    WSI_ROW_NONE, NULL, NULL },
  { "summary", N_("Summary"), 0, 0.0, WSI_COLUMN_USUAL, print_summary, NULL, NULL, WSI_ROW_NONE, NULL, NULL },
  { 0 },
};

const WsiColumnKind *
wsi_column_kind_of_value (WsiRowValue value)
{
  const WsiColumnKind *kind = wsi_column_kinds;

  while (kind->value != value)
    kind++;
  return kind;
}

const WsiColumnKind *
wsi_column_kind_find (const char *name)
{
  for (const WsiColumnKind *kind = wsi_column_kinds; kind->name != NULL; kind++)
    if (g_str_equal (kind->name, name))
      return kind;
  return NULL;
}

WsiRowColumn *
wsi_row_column_new (const char *name)
{
  const WsiColumnKind *kind = wsi_column_kind_find (name);
  WsiDecodedPath *path = kind == NULL ? wsi_decoded_path_new (name) : NULL;
  WsiRowColumn *self;

  if (kind == NULL && path == NULL)
    return NULL;

  self = g_new0 (WsiRowColumn, 1);
  self->name = g_strdup (name);
  self->kind = kind;
  self->path = path;
  return self;
}

void
wsi_row_column_free (WsiRowColumn *self)
{
  g_clear_pointer (&self->path, wsi_decoded_path_free);
  g_free (self->name);
  g_free (self);
}

const char *
wsi_row_column_get_name (WsiRowColumn *self)
{
  return self->name;
}

char *
wsi_row_column_print (WsiRowColumn *self,
                      WsiRowFormat *format,
                      WsiRow       *row)
{
  char *text = self->kind != NULL ? self->kind->print (format, row)
                                  : wsi_row_format_print_values (format, row, self->path, NULL);

  return text != NULL ? text : g_strdup ("");
}

gboolean
wsi_row_column_is_cut (WsiRowColumn *self)
{
  return self->kind != NULL && self->kind->show != NULL;
}

char *
wsi_row_column_show (WsiRowColumn *self,
                     WsiRowFormat *format,
                     WsiRow       *row)
{
  char *text;

  if (!wsi_row_column_is_cut (self))
    return wsi_row_column_print (self, format, row);

  text = self->kind->show (format, row);
  return text != NULL ? text : g_strdup ("");
}

gboolean
wsi_row_column_has_value (WsiRowColumn *self,
                          WsiRowFormat *format,
                          WsiRow       *row)
{
  g_autofree char *text = NULL;

  if (self->kind != NULL && self->kind->has_value != NULL)
    return self->kind->has_value (row);

  text = wsi_row_column_print (self, format, row);
  return *text != '\0';
}

gboolean
wsi_column_may_be_empty (const char *name)
{
  const WsiColumnKind *kind = wsi_column_kind_find (name);

  return kind == NULL || kind->presence == WSI_COLUMN_ON_DEMAND || kind->has_value != NULL;
}

/* Adds a column before the first one that usually follows it. */
GStrv
wsi_columns_dup_copied (const char *const *names)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const WsiColumnKind *direction = wsi_column_kind_find ("dir");
  gboolean has_direction = g_strv_contains (names, direction->name);

  for (guint i = 0; names[i] != NULL; i++)
    {
      const WsiColumnKind *kind = wsi_column_kind_find (names[i]);

      if (!has_direction && kind > direction && g_strv_contains (names + i, "summary"))
        {
          g_strv_builder_add (builder, direction->name);
          has_direction = TRUE;
        }
      g_strv_builder_add (builder, names[i]);
    }
  return g_strv_builder_end (builder);
}

/* The name of a value in a filter, which has other names for some values of a message than for
 * those of a frame. */
static const char *
get_field (WsiRowColumn *self,
           WsiRowFormat *format,
           WsiRow       *row)
{
  WsiMessageInfo info;

  if (self->kind == NULL)
    return self->name;

  if (self->kind->print_value == print_kind_name &&
      wsi_row_get_record (row)->kind == WSI_RECORD_KIND_EVENT)
    return "event";

  return self->kind->field_of_message != NULL && wsi_row_format_get_message (format, row, &info)
         ? self->kind->field_of_message : self->name;
}

char *
wsi_row_column_make_term (WsiRowColumn *self,
                          WsiRowFormat *format,
                          WsiRow       *row)
{
  g_autofree char *value = NULL;

  if (self->kind == NULL)
    g_free (wsi_row_format_print_values (format, row, self->path, &value));
  else if (self->kind->print_value != NULL)
    value = self->kind->print_value (format, row);
  if (value == NULL)
    return NULL;

  return g_strdup_printf ("%s == %s", get_field (self, format, row), value);
}
