/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How the rows of one list are written: by which clock, frame by frame or message by message, and
 * with which decoders.  Texts are plain, in one line, and bounded. */
#pragma once

#include "inspect/capture/wsi-row.h"
#include "inspect/decode/choosing/wsi-interpreter.h"
#include "inspect/filter/wsi-decoded-path.h"
#include "inspect/save/formats/wsi-hidden-messages.h"

G_BEGIN_DECLS

#define WSI_ROW_MAX_TEXT 512    /* bytes of a cell, about */

typedef enum
{
  WSI_CLOCK_RELATIVE,           /* times since the reference, or the first row */
  WSI_CLOCK_DELTA,              /* times since the row before */
  WSI_CLOCK_LOCAL,
  WSI_CLOCK_UTC,
} WsiClock;

typedef enum
{
  WSI_UNIT_FRAMES,
  WSI_UNIT_MESSAGES,            /* a row is the message that its frame ends */
} WsiUnit;

typedef struct _WsiRowFormat WsiRowFormat;

WsiRowFormat *wsi_row_format_new             (WsiStore *store);
void          wsi_row_format_free            (WsiRowFormat *self);
/* Sets the interpreter.  NULL: the decoder of each message is guessed alone. */
void          wsi_row_format_set_interpreter (WsiRowFormat   *self,
                                              WsiInterpreter *interpreter);
/* Sets how secrets are hidden; NULL: payload is written unchanged. */
void          wsi_row_format_set_hidden      (WsiRowFormat      *self,
                                              WsiHiddenMessages *messages);
/* Sets whether secrets of URIs in sentences are hidden: all but WSI_REDACTION_NONE hide them, and
 * no other text of a cell. */
void          wsi_row_format_set_redaction   (WsiRowFormat *self,
                                              WsiRedaction  level);
void          wsi_row_format_set_clock       (WsiRowFormat *self,
                                              WsiClock      clock);
/* Sets whether times have microseconds, or only milliseconds. */
void          wsi_row_format_set_microseconds (WsiRowFormat *self,
                                               gboolean      has_microseconds);
void          wsi_row_format_set_unit        (WsiRowFormat *self,
                                              WsiUnit       unit);
WsiUnit       wsi_row_format_get_unit        (WsiRowFormat *self);
/* Sets the row that times are relative to.  NULL: the first row again. */
void          wsi_row_format_set_reference   (WsiRowFormat *self,
                                              WsiRow       *row);
/* Rows may say something else now, such as a message that goes on. */
void          wsi_row_format_forget          (WsiRowFormat *self);

/* The message of a row; FALSE: rows are frames, or this one is an event. */
gboolean      wsi_row_format_get_message     (WsiRowFormat   *self,
                                              WsiRow         *row,
                                              WsiMessageInfo *info);
/* The time by the clock, or NULL. */
char         *wsi_row_format_print_time      (WsiRowFormat *self,
                                              WsiRow       *row,
                                              WsiClock      clock);
/* The time for a cell: "12.345", and from a minute on "1:02.345". */
char         *wsi_row_format_show_time       (WsiRowFormat *self,
                                              WsiRow       *row,
                                              WsiClock      clock);
/* A span of time in seconds with microseconds. */
char         *wsi_row_format_print_span      (gint64 span_us);
WsiClock      wsi_row_format_get_clock       (WsiRowFormat *self);
/* The kind of a row, such as "text" or "gap". */
const char   *wsi_row_format_name_kind       (WsiRowFormat *self,
                                              WsiRow       *row);
/* The kind of a record, in a list of frames or of messages.  Any thread may call it. */
const char   *wsi_row_format_name_record     (WsiStore        *store,
                                              WsiUnit          unit,
                                              const WsiRecord *record);
/* Summaries of long content begin near this text; NULL: all begin with the content. */
void          wsi_row_format_set_search      (WsiRowFormat *self,
                                              const char   *text);
/* The content in one line.  It stays until the next row is asked for. */
const char   *wsi_row_format_get_summary     (WsiRowFormat *self,
                                              WsiRow       *row);
/* The values at a path, with a blank between them; NULL = none.  @term: the first one as a filter
 * has it. */
char         *wsi_row_format_print_values    (WsiRowFormat   *self,
                                              WsiRow         *row,
                                              WsiDecodedPath *path,
                                              char          **term);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiRowFormat, wsi_row_format_free)

G_END_DECLS
