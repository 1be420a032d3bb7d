/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A sample of recorded traffic: the names that a filter may use in it, and their frequent values.
 *
 * It takes at most 4 MiB of memory, and at most one percent of the time of recording.  Each record
 * brings a credit, and a message that is read costs as much as some thousand records bring: while
 * there is a debt, records are passed without being looked at.  There is a credit at first, with
 * which a short recording is read whole.  A busy connection leaves a part to others.  Credits and
 * costs are numbers and not times, so that the same records have the same sample.
 *
 * Nothing that the redactor hides is in the lists, and no value of a member whose name is that of a
 * secret. */
#pragma once

#include "inspect/decode/choosing/wsi-interpreter.h"
#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/show/sample/wsi-field-counts.h"
#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

#define WSI_SAMPLE_MAX_HELD (4 * 1024 * 1024)   /* bytes of memory */

#define WSI_TYPE_SAMPLE (wsi_sample_get_type ())

G_DECLARE_FINAL_TYPE (WsiSample, wsi_sample, WSI, SAMPLE, GObject)

WsiSample *wsi_sample_new (WsiStore * store,
                           WsiRedaction level);
/* Sets names of secrets, in addition to the usual ones: see wsi_redactor_set_names ().  Forgets
 * everything that was counted. */
void       wsi_sample_set_secret_names (WsiSample         *self,
                                        const char *const *names);
/* The main loop had one more turn in which something was recorded. */
void       wsi_sample_add_turn (WsiSample *self);
/* Reads some of the records from first to end - 1, all of which the interpreter has learned. */
void       wsi_sample_take     (WsiSample      *self,
                                WsiInterpreter *interpreter,
                                guint64         first,
                                guint64         end);
/* Takes the records that the interpreter has learned since the last call, up to end - 1.  An end
 * before that of the last call: they were learned anew. */
void       wsi_sample_follow   (WsiSample      *self,
                                WsiInterpreter *interpreter,
                                guint64         end);
/* The number of messages that were read. */
guint64    wsi_sample_get_n_messages (const WsiSample *self);

/* The items are WsiCountedField, in the order of wsi_field_counts_list (); they stay until the next
 * record is taken. */
GPtrArray *wsi_sample_list_fields (WsiSample *self);
/* At most max of the values that begin with a text, the most frequent ones first
 * (WsiCountedValue).  name: that of a field or a path. */
GPtrArray *wsi_sample_list_values (WsiSample  *self,
                                   const char *name,
                                   const char *beginning,
                                   gsize       length,
                                   guint       max);
/* A value as a filter has it. */
char      *wsi_sample_print_value (const WsiCountedValue *value);

G_END_DECLS
