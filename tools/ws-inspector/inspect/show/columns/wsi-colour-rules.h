/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Rules that colour rows: the first one whose filter matches gives its style. */
#pragma once

#include "inspect/store/wsi-store.h"

G_BEGIN_DECLS

#define WSI_MAX_COLOUR_RULES 32
#define WSI_COLOUR_OFF "off:"   /* prefix of the style of a rule that is not used */

typedef struct _WsiColourRules WsiColourRules;

/* Makes rules of a(sss): names, filters and styles, which are words such as "error".  Empty or
 * NULL: the usual ones.  A rule whose filter has a mistake is left out. */
WsiColourRules *wsi_colour_rules_new    (WsiStore *store,
                                         GVariant *rules);
void            wsi_colour_rules_free   (WsiColourRules *self);
/* The style; NULL: no rule matches.  The name is that of the rule, as long as the rules. */
const char     *wsi_colour_rules_choose (WsiColourRules *self,
                                         guint64         number,
                                         const char    **name);
/* The usual rules. */
GVariant       *wsi_colour_rules_dup_usual (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiColourRules, wsi_colour_rules_free)

G_END_DECLS
