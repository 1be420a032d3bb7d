/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Regular expressions that take linear time, whatever the expression and the text are (SEC-127):
 * the text is read once, by an automaton whose states are made when they are first needed.
 *
 * The syntax is that of PCRE without back references, look-around and possessive repeats.  The
 * only result is whether the text matches, so greedy and lazy repeats are the same.  Text is UTF-8:
 * "." is a character.  Other bytes are matched by \xNN alone.  \d \w \s and \b are ASCII's. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  WSI_PATTERN_EXACT_CASE,
  WSI_PATTERN_ANY_CASE,
} WsiPatternCase;

typedef enum
{
  WSI_SCAN_NO_MATCH,
  WSI_SCAN_MATCH,
  WSI_SCAN_GAVE_UP,             /* the budget of steps is spent */
} WsiScanResult;

#define WSI_PATTERN_BUDGET 100000000    /* steps for one text: below a second */

typedef struct _WsiPattern WsiPattern;  /* a compiled expression, which threads may share */
typedef struct _WsiScanner WsiScanner;  /* the states of a pattern so far, for one thread */

/* Compiles an expression.  NULL: @at is the byte where the expression is wrong, and @expected what
 * should be there. */
WsiPattern   *wsi_pattern_new (const char    *source,
                               gsize          length,
                               WsiPatternCase letter_case,
                               gsize         *at,
                               char         **expected);
WsiPattern   *wsi_pattern_new_literal (const char    *text,
                                       gsize          length,
                                       WsiPatternCase letter_case);
void          wsi_pattern_free        (WsiPattern *self);

/* The pattern has to live as long as the scanner. */
WsiScanner   *wsi_scanner_new  (const WsiPattern *pattern);
void          wsi_scanner_free (WsiScanner *self);
WsiScanResult wsi_scanner_scan (WsiScanner   *self,
                                const guint8 *bytes,
                                gsize         length,
                                guint64       budget);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiPattern, wsi_pattern_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiScanner, wsi_scanner_free)

G_END_DECLS
