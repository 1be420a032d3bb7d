/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A filter of records: compiled once, the same for lists, colours, exports and searches.
 *
 * A filter does not change and may be shared by threads.  A matcher has what is learned while
 * records are tested (the automata of expressions, the results of a connection), and belongs to one
 * thread and one store. */
#pragma once

#include "inspect/decode/choosing/wsi-interpreter.h"
#include "inspect/filter/grammar/wsi-completion.h"
#include "inspect/filter/grammar/wsi-filter-error.h"
#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

#define WSI_TYPE_FILTER (wsi_filter_get_type ())

typedef struct _WsiFilter WsiFilter;
typedef struct _WsiMatcher WsiMatcher;
typedef struct _WsiFieldReader WsiFieldReader;

/* Where a run begins and ends. */
typedef struct
{
  guint64 first, end;           /* numbers of records; those that are gone are skipped */
  WsiMatcher *matcher;          /* matcher with what earlier runs have learned; NULL = a new one */
} WsiFilterRange;

typedef enum
{
  WSI_SEARCH_FORWARD,
  WSI_SEARCH_BACKWARD,
} WsiSearchDirection;

#define WSI_NO_RECORD G_MAXUINT64

typedef struct
{
  gboolean      is_number;
  gint64        number;
  const guint8 *bytes;          /* text or bytes; the text need not be UTF-8 */
  gsize         length;
} WsiReadValue;

typedef void (*WsiTakeValue) (const WsiReadValue *value,
                              gpointer            user_data);

/* Hides what the user may not see in texts of connections. */
typedef char   *(*WsiHideText) (gpointer    data,
                                const char *text);
typedef GBytes *(*WsiHideHead) (gpointer data,
                                GBytes  *head);

typedef struct
{
  WsiHideText hide_text;
  WsiHideHead hide_head;
  gpointer    data;
} WsiHide;

/* Numbers of records that match, ascending, in the context of the caller; @end: up to where all
 * were tested. */
typedef void (*WsiFilterHits) (const guint64 *numbers,
                               gsize          n,
                               guint64        end,
                               gpointer       user_data);

/* The fields of a frame, its message and its connection; decoders may add to them. */
WsiFields  *wsi_filter_fields_new (void);

GType       wsi_filter_get_type        (void) G_GNUC_CONST;
/* Makes a filter.  An error has a column: wsi_filter_error_get_column (). */
WsiFilter  *wsi_filter_new             (const char *text,
                                        GError    **error);
WsiFilter  *wsi_filter_new_with_fields (WsiFields  *fields,
                                        const char *text,
                                        GError    **error);
WsiFilter  *wsi_filter_ref             (WsiFilter *self);
void        wsi_filter_unref           (WsiFilter *self);
/* Whether it asks for fields that the user sets: a record may get them after it was appended. */
gboolean    wsi_filter_asks_for_notes  (WsiFilter *self);
/* Whether it asks for the reply of a request, which comes later: see wsi_matcher_take_late (). */
gboolean    wsi_filter_asks_for_replies (WsiFilter *self);
/* Whether the filter names events, so that their rows are wanted, too. */
gboolean   wsi_filter_asks_for_events  (WsiFilter *self);
/* Tests records in another thread. */
void        wsi_filter_run_async       (WsiFilter            *self,
                                        WsiStore             *store,
                                        const WsiFilterRange *range,
                                        GCancellable         *cancellable,
                                        WsiFilterHits         hits,
                                        gpointer              hits_data,
                                        GAsyncReadyCallback   callback,
                                        gpointer              user_data);
/* @n_given_up: records of which an expression could not be matched within its budget. */
gboolean    wsi_filter_run_finish      (WsiFilter    *self,
                                        GAsyncResult *result,
                                        guint64      *n_given_up,
                                        GError      **error);
/* How much of what there is to search was searched: 0 to 100. */
typedef void (*WsiSearchProgress) (guint    percent,
                                   gpointer user_data);

/* Finds the next hit after a record, or before it; WSI_NO_RECORD with no error if there is
 * none.  progress: may be NULL; is called in the context of the caller, and not after the search
 * was cancelled. */
void        wsi_filter_search_async    (WsiFilter          *self,
                                        WsiStore           *store,
                                        guint64             from,
                                        WsiSearchDirection  direction,
                                        WsiSearchProgress   progress,
                                        gpointer            progress_data,
                                        GCancellable       *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer            user_data);
guint64     wsi_filter_search_finish   (WsiFilter    *self,
                                        GAsyncResult *result,
                                        GError      **error);

/* The filter and the store live as long as the matcher. */
WsiMatcher *wsi_matcher_new            (WsiFilter *filter,
                                        WsiStore  *store);
void        wsi_matcher_free           (WsiMatcher *self);
/* Takes over the decoders that the user has chosen. */
void        wsi_matcher_copy_choices   (WsiMatcher           *self,
                                        const WsiInterpreter *interpreter);
gboolean    wsi_matcher_match          (WsiMatcher *self,
                                        guint64     number);
/* Numbers of the records from first to end - 1 that match: there is room for all of them. */
gsize       wsi_matcher_match_range    (WsiMatcher *self,
                                        guint64     first,
                                        guint64     end,
                                        guint64    *numbers);
/* Requests that did not match when they were tested, and do since their replies are known; NULL =
 * none.  Their numbers do not rise. */
GArray     *wsi_matcher_take_late      (WsiMatcher *self);
guint64     wsi_matcher_get_n_given_up (WsiMatcher *self);

/* Reads the values of one field, to print them.  The getters are those of the filter, so that a
 * value that was printed is one that the filter finds.
 * name: of a field, perhaps with a path.  hide: as long as the reader. */
WsiFieldReader *wsi_field_reader_new       (const char    *name,
                                            const WsiHide *hide,
                                            GError       **error);
void            wsi_field_reader_free      (WsiFieldReader *self);
const WsiField *wsi_field_reader_get_field (const WsiFieldReader *self);
/* Whether it is the field of this name or alias, without a path. */
gboolean        wsi_field_reader_is_of     (const WsiFieldReader *self,
                                            const char           *name);
void            wsi_field_reader_read      (WsiFieldReader *self,
                                            WsiStore       *store,
                                            guint64         number,
                                            WsiTakeValue    take,
                                            gpointer        user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiFieldReader, wsi_field_reader_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiFilter, wsi_filter_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiMatcher, wsi_matcher_free)

G_END_DECLS
