/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/composer/wsi-connect-again.h"

#include "inspect/targets/wsi-target-head.h"
#include "inspect/targets/wsi-target-start.h"
#include "inspect/targets/wsi-target.h"

WsiSource *
wsi_connect_again (GtkWidget       *widget,
                   WsiSession      *session,
                   WsiConversation *conversation,
                   GError         **error)
{
  WsiSource *source = wsi_session_find_source (session, conversation);
  g_autoptr (WsiTarget) target =
    wsi_target_new_of_conversation (conversation, source != NULL ? wsi_target_find (source) : NULL,
                                    error);
  g_autoptr (WsiSession) kept = g_object_ref (session);
  g_autofree char *line = target != NULL ? wsi_target_print (target) : NULL;
  guint n_sources = wsi_session_get_n_sources (session);

  if (line == NULL)
    return NULL;

  gtk_widget_activate_action (widget, "win.start-target", "s", line);
  return wsi_session_get_n_sources (session) > n_sources
         ? wsi_session_get_source (session, n_sources) : NULL;
}
