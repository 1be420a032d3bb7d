/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A source that has failed: what happened, and the field of its form in which it is mended. */
#pragma once

#include "inspect/sources/wsi-source.h"
#include "inspect/targets/wsi-target.h"

G_BEGIN_DECLS

/* sentence: of the source, or NULL; status: of the response that refused the handshake, 0 = there
 * was none.  The texts are translated. */
char          *wsi_failure_dup_title  (WsiSourceKind      kind,
                                       const WsiSentence *sentence,
                                       guint              status);
WsiTargetField wsi_failure_find_field (const WsiSentence *sentence,
                                       guint              status);
/* The words of a button that leads to the field, with a mnemonic. */
const char    *wsi_failure_get_change (WsiSourceKind  kind,
                                       WsiTargetField field);

G_END_DECLS
