/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The rows that a list shows: the filter of the user and everything else that is chosen, as the
 * text of one filter. */
#pragma once

#include "inspect/show/columns/wsi-row-format.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_LIST_TEXT = 1 << 0,
  WSI_LIST_BINARY = 1 << 1,
  WSI_LIST_CONTROL = 1 << 2,
  WSI_LIST_EVENTS = 1 << 3,
} WsiListKinds;

#define WSI_LIST_ALL_KINDS (WSI_LIST_TEXT | WSI_LIST_BINARY | WSI_LIST_CONTROL | WSI_LIST_EVENTS)

typedef struct
{
  char        *text;            /* filter that the user has typed; NULL = none */
  WsiUnit      unit;
  WsiListKinds kinds;
  guint        direction;       /* direction of the rows; WSI_NO_DIRECTION = both */
  guint32      conversation;    /* number of the connection; 0 = all */
  guint64      first;           /* first row that is shown */
} WsiListFilter;

#define WSI_LIST_FILTER_ALL { .kinds = WSI_LIST_ALL_KINDS, .direction = WSI_NO_DIRECTION }

/* The filter as text.  NULL: all rows are shown. */
char *wsi_list_filter_print (const WsiListFilter *self);
/* Whether a text shows all rows: it is NULL, or has only blanks. */
gboolean wsi_list_filter_is_empty (const char *text);
/* A filter for the rows that both show; each may be NULL or empty. */
char *wsi_list_filter_join  (const char *first,
                             const char *second);
/* A filter for the rows that one of the two shows, neither of which is empty. */
char *wsi_list_filter_join_either (const char *first,
                                   const char *second);
/* A filter for all other rows. */
char *wsi_list_filter_negate (const char *text);
/* A filter for rows whose payload has this text. */
char *wsi_list_filter_print_search (const char *text);
/* Limits a filter to rows of this time, in microseconds since the first row, instead of the time
 * that this function set before.  text may be NULL; begin after end: rows of any time. */
char *wsi_list_filter_set_time (const char *text,
                                gint64      begin_us,
                                gint64      end_us);
/* The row with this number, or the first one at this time, in seconds since the first row: one is
 * "12", the other "12.0" or "12s". */
char *wsi_list_filter_print_place (const char *text);
/* Whether a secret may be in the text, so that it is not kept without being asked: a value of a
 * header, or what exports hide. */
gboolean wsi_list_filter_may_have_secret (const char *text);
/* A filter for the first row at a time of day such as "12:34:56.5", of the day of the origin, in
 * local time; the origin is the wall time of the first row.  NULL: the text is not a time of
 * day. */
char *wsi_list_filter_print_clock (const char *text,
                                   gint64      origin_us);

G_END_DECLS
