/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The record that a filter is asked about, for the getters of fields.  Pointers stay valid until
 * the next record. */
#pragma once

#include "inspect/filter/grammar/wsi-field.h"
#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

#define WSI_SUBJECT_MAX_PAYLOAD (16 * 1024 * 1024)      /* bytes of a payload that are read, unless
                                                         * the user asks for more */

/* The conversation of the record.  NULL: it belongs to none. */
WsiConversation *wsi_subject_get_conversation (WsiSubject *self);
/* Inflated payload; of the last fragment of a message the whole message; of an event its text.
 * NULL: it was not kept. */
const guint8    *wsi_subject_get_payload      (WsiSubject *self,
                                               gsize      *length);
/* The own bytes of a record that ends a message of several fragments; else NULL. */
GBytes          *wsi_subject_dup_last_fragment (WsiSubject *self);
/* Microseconds from the origin of the filter's times.  FALSE: of no known clock. */
gboolean         wsi_subject_get_time         (WsiSubject *self,
                                               gint64     *time_us);

/* Getters call these for each value.  Text need not be UTF-8, and is not kept. */
void wsi_values_add_number  (WsiValues *self,
                             gint64     number);
/* Adds a number.  NaN is in no order, and equal to nothing. */
void wsi_values_add_real    (WsiValues *self,
                             double     number);
/* Adds a yes or no.  A term that is a field alone asks whether it is there and yes. */
void wsi_values_add_boolean (WsiValues *self,
                             gboolean   is_true);
/* Adds a text; NULL is no value. */
void wsi_values_add_text    (WsiValues  *self,
                             const char *text);
void wsi_values_add_bytes   (WsiValues    *self,
                             const guint8 *bytes,
                             gsize         length);

G_END_DECLS
