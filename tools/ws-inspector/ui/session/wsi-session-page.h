/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* One session: the list of its frames, the details of the selected one, and a line to send from.
 * The selected row decides what the details show. */
#pragma once

#include <adwaita.h>

#include "inspect/sources/wsi-session.h"
#include "ui/composer/wsi-composer.h"
#include "ui/frames/wsi-frame-list.h"
#include "ui/session/wsi-detail.h"

G_BEGIN_DECLS

#define WSI_TYPE_SESSION_PAGE (wsi_session_page_get_type ())

G_DECLARE_FINAL_TYPE (WsiSessionPage, wsi_session_page, WSI, SESSION_PAGE, GtkWidget)

void          wsi_session_page_set_session    (WsiSessionPage *self,
                                               WsiSession     *session);
void          wsi_session_page_show_waiting   (WsiSessionPage *self,
                                               WsiSource      *source);
void          wsi_session_page_focus          (WsiSessionPage *self);
void          wsi_session_page_focus_next     (WsiSessionPage  *self,
                                               GtkDirectionType direction);
void          wsi_session_page_focus_divider  (WsiSessionPage *self);
/* Shows a page: "frames", "timeline", "statistics" or "problems". */
void          wsi_session_page_show_view      (WsiSessionPage *self,
                                               const char     *name);
void          wsi_session_page_go_to_view     (WsiSessionPage *self,
                                               const char     *name);
void          wsi_session_page_take_last_view (WsiSessionPage *self);
void          wsi_session_page_show_tab       (WsiSessionPage *self,
                                               const char     *name);
void          wsi_session_page_show_list      (WsiSessionPage *self);
AdwViewStack *wsi_session_page_get_stack      (WsiSessionPage *self);
AdwViewSwitcherBar *wsi_session_page_get_switcher_bar (WsiSessionPage *self);
/* Goes back to the page, filter and row of before the last jump. */
void          wsi_session_page_go_back        (WsiSessionPage *self);
void          wsi_session_page_compose_row    (WsiSessionPage *self);
/* WSI_REDACTION_NONE while the user shows the secrets of the session. */
WsiRedaction  wsi_session_page_get_redaction  (WsiSessionPage *self);
WsiFrameList *wsi_session_page_get_frame_list (WsiSessionPage *self);
/* Whether the composer has a message that was written and not sent. */
gboolean      wsi_session_page_has_draft      (WsiSessionPage *self);
gboolean      wsi_session_page_keep_draft     (WsiSessionPage *self,
                                               GError        **error);
void          wsi_session_page_discard_draft  (WsiSessionPage *self);

G_END_DECLS
