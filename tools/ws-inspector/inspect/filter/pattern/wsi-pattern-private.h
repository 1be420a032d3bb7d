/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The compiled form of a pattern: instructions of an automaton that may be at several of them. */
#pragma once

#include "inspect/filter/pattern/wsi-pattern.h"
#include "inspect/filter/pattern/wsi-required-bytes.h"

G_BEGIN_DECLS

#define WSI_PATTERN_MAX_CODE 8192
#define WSI_PATTERN_MAX_DEPTH 64

typedef enum
{
  WSI_CODE_SET,                 /* takes a byte of the set, goes on at the next instruction */
  WSI_CODE_SPLIT,               /* goes on at the next instruction and at the jump's */
  WSI_CODE_JUMP,
  WSI_CODE_ASSERT,              /* goes on if the place between two bytes is as stated */
  WSI_CODE_MATCH,
} WsiCodeKind;

typedef enum
{
  WSI_ASSERTION_START,
  WSI_ASSERTION_END,
  WSI_ASSERTION_LINE_START,
  WSI_ASSERTION_LINE_END,
  WSI_ASSERTION_WORD_EDGE,
  WSI_ASSERTION_NO_WORD_EDGE,
} WsiAssertion;

typedef struct
{
  WsiCodeKind kind;
  WsiAssertion    assertion;
  int         jump;             /* relative place of a jump, so that code can be copied */
  guint32     set[8];           /* set of bytes, one bit for each */
} WsiCode;

struct _WsiPattern
{
  GArray          *code;        /* instructions (WsiCode); the last one is WSI_CODE_MATCH */
  gboolean         has_assertions;
  guint8           class_of[256];       /* class of each byte; bytes of one class are in the same sets */
  WsiRequiredBytes required;
};

/* A set of characters, and of bytes that belong to none. */
typedef struct
{
  GArray *ranges;               /* pairs of gunichar: the first and the last character of a range */
  guint32 bytes[8];
} WsiClass;

static inline void
wsi_set_add (guint32 *set,
             guint8   byte)
{
  set[byte >> 5] |= 1u << (byte & 31);
}

static inline gboolean
wsi_set_has (const guint32 *set,
             guint8         byte)
{
  return (set[byte >> 5] >> (byte & 31) & 1) != 0;
}

void    wsi_class_init       (WsiClass *self);
void    wsi_class_clear      (WsiClass *self);
void    wsi_class_add        (WsiClass *self,
                              gunichar  first,
                              gunichar  last);
void    wsi_class_add_class  (WsiClass       *self,
                              const WsiClass *other);
void    wsi_class_fold_case  (WsiClass *self);
void    wsi_class_complement (WsiClass *self);
/* Code that takes one character of the class. */
GArray *wsi_class_compile    (WsiClass *self);

GArray *wsi_code_new         (void);
void    wsi_code_append      (GArray       *self,
                              const GArray *other);
/* Makes code for either of two pieces, and takes both. */
GArray *wsi_code_either      (GArray *one,
                              GArray *other);

/* Parses an expression.  NULL: it is wrong. */
GArray *wsi_pattern_parse    (const char    *source,
                              gsize          length,
                              WsiPatternCase letter_case,
                              gsize         *at,
                              char         **expected);

G_END_DECLS
