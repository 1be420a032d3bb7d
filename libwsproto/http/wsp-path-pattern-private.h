/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The pattern of a route, and a path that fits it.  A segment is the text between two slashes; that
 * of a pattern is a literal, a parameter {name}, or {name...} for the rest of the path. */
#pragma once

#include <glib.h>

#include "core/types.h"

G_BEGIN_DECLS

typedef enum
{
  WSP_SEGMENT_LITERAL,
  WSP_SEGMENT_PARAMETER,
  WSP_SEGMENT_REST,
} WspSegmentKind;

typedef struct
{
  WspSegmentKind kind;
  WscBytes       text;          /* the literal, or the name of the parameter */
} WspSegment;

/* NULL: pattern can be a route.  Otherwise the rule that it breaks, as "a pattern that …". */
const char *wsp_path_pattern_find_rule (const char *pattern);
/* Returns the first segment of path, which begins with "/", and removes it with that "/".  After
 * the last segment path is empty. */
WscBytes    wsp_path_take_segment      (WscBytes *path);
/* Takes the first segment of a pattern that breaks no rule.  FALSE: there is none. */
gboolean    wsp_path_pattern_next      (WscBytes   *pattern,
                                        WspSegment *segment);
/* The value of a parameter, decoded, in a path that fits pattern.  NULL: pattern has no parameter
 * of this name, or the value is not valid. */
char       *wsp_path_dup_value         (const char *pattern,
                                        WscBytes    path,
                                        const char *name);
/* Checks the values of a path that fits pattern.  NULL: they are valid.  details: what was
 * received; for the server's error, not for the response. */
const char *wsp_path_find_mistake      (const char *pattern,
                                        WscBytes    path,
                                        char      **details);

G_END_DECLS
