/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The actions on the message that is shown, such as message.copy. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/decode/choosing/wsi-decoder-list.h"
#include "ui/details/wsi-content.h"

G_BEGIN_DECLS

/* The message of a page. */
typedef struct
{
  WsiContent       *content;    /* NULL = none */
  const WsiDecoder *decoder;    /* NULL until the message was read */
} WsiShownMessage;

typedef WsiShownMessage (*WsiGetShownMessage) (GtkWidget *page);

/* Installs the actions in the class of the page, which is one class in a program; they ask the page
 * for its message by this function. */
void wsi_message_actions_install (GtkWidgetClass    *class,
                                  WsiGetShownMessage get_message);
/* The message that is marked for comparison is one of another session. */
void wsi_message_actions_forget (GtkWidget *page);

G_END_DECLS
