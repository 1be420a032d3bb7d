/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The actions on the message that is shown, such as message.copy. */
#pragma once

#include "ui/details/wsi-message-page.h"

G_BEGIN_DECLS

/* Installs the actions in the class of the page. */
void wsi_message_actions_install (GtkWidgetClass *class);
/* The message that is marked for comparison is one of another session. */
void wsi_message_actions_forget  (GtkWidget *page);

G_END_DECLS
