/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A filter as a tree. */
#pragma once

#include "inspect/filter/grammar/wsi-literal.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_NODE_OR,                  /* two children or more, of which none is an OR */
  WSI_NODE_AND,                 /* two children or more, of which none is an AND */
  WSI_NODE_NOT,                 /* one child, which is not a NOT */
  WSI_NODE_TERM,                /* a field, perhaps with a path, an operator and literals */
  WSI_NODE_FLAG,
  WSI_NODE_SEARCH,              /* a text alone: one literal */
} WsiNodeKind;

typedef struct _WsiNode WsiNode;

struct _WsiNode
{
  WsiNodeKind     kind;
  GPtrArray      *children;     /* operands of the node (WsiNode), or NULL */
  const WsiField *field;        /* field of a term or a flag */
  GArray         *path;         /* path of the field (WsiPathStep), or NULL */
  WsiOperator     operator;
  GPtrArray      *literals;     /* literals to compare with (WsiLiteral), or NULL; a range: two */
  const WsiFlag  *flag;
};

WsiNode *wsi_node_new (WsiNodeKind kind);
void     wsi_node_free     (WsiNode *self);
/* Takes the child.  A child of the same kind is replaced by its children. */
void     wsi_node_add      (WsiNode *self,
                            WsiNode *child);
/* Negates a node, which it takes.  Two NOTs cancel each other out. */
WsiNode *wsi_node_negate   (WsiNode *child);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiNode, wsi_node_free)

G_END_DECLS
