/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The values in one message that a filter can ask for: those of the fields of its decoder, and
 * those at paths such as json.a.b.  A value is what the filter compares, so that a filter with it
 * finds the message. */
#pragma once

#include "inspect/decode/choosing/wsi-decoder-list.h"

G_BEGIN_DECLS

/* Bytes of a message that are looked at. */
#define WSI_MESSAGE_VALUES_MAX_LENGTH 8192
/* Names of a path, one in the other. */
#define WSI_MESSAGE_VALUES_MAX_STEPS 8

typedef struct
{
  const char            *name;          /* name of the field, or the path as a filter has it */
  const char *const     *steps;         /* steps of a path; NULL: the value is that of a field */
  guint                  n_steps;
  const WsiDescription  *description;   /* description that has the value */
  const WsiDecodedField *value;
} WsiMessageValue;

typedef void (*WsiTakeMessageValue) (const WsiMessageValue *value,
                                     gpointer               user_data);

/* The cost of reading a message, in numbers that do not depend on the machine. */
typedef struct
{
  guint n_values;               /* values that were taken */
  guint n_nodes;                /* parts that were made, and paths that were looked for */
  gsize n_bytes;                /* bytes that were read; bytes that were read twice count twice */
} WsiMessageEffort;

/* A reader of values, whose memory is used for many messages. */
typedef struct _WsiMessageValues WsiMessageValues;

WsiMessageValues *wsi_message_values_new  (WsiTakeMessageValue take,
                                           gpointer            user_data);
void              wsi_message_values_free (WsiMessageValues *self);
WsiMessageEffort  wsi_message_values_take (WsiMessageValues     *self,
                                           const WsiDecoder     *decoder,
                                           const WsiDecodeInput *input);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiMessageValues, wsi_message_values_free)

G_END_DECLS
