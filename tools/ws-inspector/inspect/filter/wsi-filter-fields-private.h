/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The parts of the table of fields. */
#pragma once

#include "inspect/filter/wsi-plan-private.h"

G_BEGIN_DECLS

/* Names of the values of the fields "dir" and "close.by". */
extern const WsiName wsi_direction_names[];

/* Add the fields of a record, of its connection, and of what is noted about a record: broken rules,
 * marks, comments. */
void     wsi_record_fields_add     (WsiFields *fields);
void     wsi_connection_fields_add (WsiFields *fields);
void     wsi_note_fields_add       (WsiFields *fields);
/* Adds the fields of the decoders. */
void     wsi_decoded_fields_add (WsiFields *fields);

G_END_DECLS
