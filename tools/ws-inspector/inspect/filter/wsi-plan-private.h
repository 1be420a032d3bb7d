/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A filter's tree as a plan: its cheap steps decide most records without the others. */
#pragma once

#include "inspect/decode/choosing/wsi-interpreter.h"
#include "inspect/filter/grammar/wsi-parser.h"
#include "inspect/filter/wsi-filter.h"
#include "inspect/filter/wsi-subject.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_STEP_OR,
  WSI_STEP_AND,
  WSI_STEP_NOT,
  WSI_STEP_RANGE,               /* a comparison of one number with a range */
  WSI_STEP_VALUES,              /* any other comparison */
  WSI_STEP_SEARCH,
} WsiStepKind;

#define WSI_NOT_CACHED G_MAXUINT

typedef struct _WsiStep WsiStep;

struct _WsiStep
{
  WsiStepKind    kind;
  WsiCost        cost;
  guint          weight;        /* cost of the step among steps with the same WsiCost */
  gboolean       is_outside;    /* the number has to be outside of the range */
  gint64         low, high;
  WsiGetNumber   get_number;
  const WsiNode *node;
  guint          cache;         /* place of the step's result among those for a conversation */
  guint          scanner;       /* place of the first scanner for the step's literals */
  guint          n_children;
  WsiStep      **children;
};

typedef struct
{
  WsiStep *root;
  guint    n_cached;
  guint    n_scanners;
} WsiPlan;

struct _WsiFilter
{
  gatomicrefcount n_references;
  WsiFields      *fields;
  WsiNode        *node;
  WsiPlan         plan;
};

/* One record, and what was read of it so far. */
struct _WsiSubject
{
  WsiStore        *store;
  guint64          number;
  const WsiRecord *record;

  /* The conversation of the record, which stays while the next record has the same. */
  guint32          conversation_number;
  WsiConversation *conversation;

  /* The payload of the record. */
  gboolean         is_payload_read;
  const guint8    *payload;
  gsize            payload_length, max_payload;
  GBytes          *payload_bytes;       /* bytes that own the payload, if the store does not */

  /* The decoder of the record, and its description by it. */
  WsiInterpreter  *interpreter;         /* interpreter of the messages; NULL = the filter names no decoded field */
  gboolean         is_prepared, is_described;
  const WsiDecoder *decoder;            /* decoder of the record; NULL = it is not decoded */
  WsiDecodeInput   input;
  WsiDescription  *description;
  WsiDescription  *found;               /* values of a path, until the next path */

  guint64          n_read;              /* bytes of payload that were read, of all records */
  const WsiHide   *hide;                /* values that are hidden from the filter; NULL = nothing is hidden */
};

void     wsi_plan_init       (WsiPlan       *self,
                              const WsiNode *node);
void     wsi_plan_clear      (WsiPlan *self);

/* Initializes a subject.  cost: that of the most expensive field of the filter. */
void     wsi_subject_init    (WsiSubject *self,
                              WsiStore   *store,
                              WsiCost     cost);
void     wsi_subject_clear   (WsiSubject *self);
/* Moves to a record.  FALSE: it is gone, or not there yet. */
gboolean wsi_subject_move    (WsiSubject *self,
                              guint64     number);
void     wsi_subject_forget  (WsiSubject *self);
/* Chooses the decoder of the record.  FALSE: it is not decoded. */
gboolean wsi_subject_prepare (WsiSubject *self);
/* Describes the record.  FALSE: it is not decoded. */
gboolean wsi_subject_describe (WsiSubject *self);

static inline void
wsi_subject_set (WsiSubject      *self,
                 guint64          number,
                 const WsiRecord *record)
{
  if (self->is_payload_read)
    wsi_subject_forget (self);
  self->number = number;
  self->record = record;
}

/* The comparison of a term with each value that its getter finds. */
struct _WsiValues
{
  WsiTakeValue take;            /* function that takes the values; NULL = they are compared */
  gpointer     take_data;
  const WsiNode *node;
  WsiScanner   **scanners;      /* scanners of the node's literals, made when they are needed */
  guint          n;             /* values that were found so far */
  guint          n_equal;       /* values that are equal to a literal, or in order with one */
  guint          n_given_up;
};

/* Bytes of payload that are read in one reading of the store, about. */
#define WSI_MATCHER_MAX_READ (8 * 1024 * 1024)

/* Tests records until @end, or until the reading has become long: @first is then the next one. */
gsize    wsi_matcher_match_some (WsiMatcher *self,
                                 guint64    *first,
                                 guint64     end,
                                 guint64    *numbers);

gboolean wsi_values_are_match (const WsiValues *self);
gboolean wsi_values_search    (WsiScanner      **scanner,
                               const WsiLiteral *literal,
                               const guint8     *bytes,
                               gsize             length,
                               guint            *n_given_up);

G_END_DECLS
