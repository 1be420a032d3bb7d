/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The parts of a JSON or XML text by kind, for views that show them in colours.  They are the
 * tokens of the scanners of decoders: nothing else reads the text.  It does not change once it is
 * made, and any thread may read it. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WSI_MAX_SYNTAX (1024 * 1024)    /* bytes; a longer text has no colours */

typedef enum
{
  WSI_SYNTAX_NAME,              /* the name of a member */
  WSI_SYNTAX_STRING,
  WSI_SYNTAX_NUMBER,
  WSI_SYNTAX_WORD,              /* the word true, false or null */
  WSI_SYNTAX_TAG,
  WSI_SYNTAX_ATTRIBUTE,
  WSI_SYNTAX_COMMENT,           /* a comment, and everything else that is not content */
} WsiSyntaxKind;

typedef struct
{
  guint32       begin, end;     /* offsets of the part in the text, in bytes */
  WsiSyntaxKind kind;
} WsiSyntaxPart;

typedef struct _WsiSyntax WsiSyntax;

/* Finds the parts.  NULL: the text begins as neither JSON nor XML, is too long, or it was
 * cancelled.  After a mistake there are no parts. */
WsiSyntax           *wsi_syntax_new      (GBytes       *bytes,
                                          GCancellable *cancellable);
void                 wsi_syntax_free     (WsiSyntax *self);
/* The parts that are in a range at least partly, from left to right. */
const WsiSyntaxPart *wsi_syntax_get_parts (const WsiSyntax *self,
                                           gsize            begin,
                                           gsize            end,
                                           guint           *n_parts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiSyntax, wsi_syntax_free)

G_END_DECLS
