/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Words for a source, and its icon. */
#pragma once

#include "inspect/sources/wsi-session.h"

G_BEGIN_DECLS

char       *wsi_source_text_dup_state (WsiSource *source);
const char *wsi_source_text_get_icon  (WsiSource *source);
/* The title and the sentence without secrets; NULL: there is none. */
char       *wsi_source_text_dup_title    (WsiSource *source);
char       *wsi_source_text_dup_sentence (WsiSource *source);
/* The title of a window; session NULL: it has none. */
char       *wsi_source_text_dup_title_of_all (WsiSession *session);
/* The number of sources as text; NULL: one or none.  The state of each is in its row alone. */
char       *wsi_source_text_dup_count (WsiSession *session);
/* The last sentence of a session, after the number of its connection; "" for NULL. */
char *wsi_source_text_dup_numbered (WsiSession *session,
                                    const char *sentence);

G_END_DECLS
