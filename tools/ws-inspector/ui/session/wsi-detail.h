/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Tabs about the selected row and its connection. */
#pragma once

#include <gtk/gtk.h>

#include "ui/details/wsi-connection-page.h"
#include "ui/details/wsi-frame-page.h"
#include "ui/details/wsi-handshake-page.h"
#include "ui/details/wsi-message-page.h"
#include "ui/frames/wsi-frame-pane.h"

G_BEGIN_DECLS

#define WSI_TYPE_DETAIL (wsi_detail_get_type ())

G_DECLARE_FINAL_TYPE (WsiDetail, wsi_detail, WSI, DETAIL, GtkWidget)

void              wsi_detail_set_store          (WsiDetail *self,
                                                 WsiStore  *store);
/* The rows that its pages lead to are in this pane, which stays as long. */
void              wsi_detail_set_pane           (WsiDetail    *self,
                                                 WsiFramePane *pane);
/* Sets the learner.  NULL: formats are guessed by the bytes alone. */
void              wsi_detail_set_learner        (WsiDetail  *self,
                                                 WsiLearner *learner);
WsiLearner       *wsi_detail_get_learner        (WsiDetail *self);
/* WSI_REDACTION_NONE while the user shows secrets, else WSI_REDACTION_DEFAULT.  Signal
 * "redaction-changed". */
WsiRedaction      wsi_detail_get_redaction      (WsiDetail *self);
/* Shows titles and sentences again, after other names of secrets. */
void              wsi_detail_refresh            (WsiDetail *self);
void              wsi_detail_set_row            (WsiDetail *self,
                                                 WsiRow    *row);
void              wsi_detail_set_conversation   (WsiDetail       *self,
                                                 WsiConversation *conversation);
/* Whether the list stays where the details are hidden, so that they have a button for that. */
void              wsi_detail_set_closable       (WsiDetail *self,
                                                 gboolean   is_closable);
void              wsi_detail_show_tab           (WsiDetail  *self,
                                                 const char *name);

G_END_DECLS
