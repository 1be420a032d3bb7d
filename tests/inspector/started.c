/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspector/started.h"

WsiSource *
started_client (WsiSession *session,
                const char *uri,
                GError    **error)
{
  g_autoptr (WsiTarget) target = wsi_target_new (WSI_TARGET_CLIENT);
  WsiTargetField wrong;

  wsi_target_set_text (target, WSI_TARGET_ADDRESS, uri);
  return wsi_target_start (target, session, &wrong, error);
}

WsiSource *
started_server (WsiSession *session,
                guint16     port,
                GError    **error)
{
  g_autoptr (WsiTarget) target = wsi_target_new (WSI_TARGET_SERVER);
  g_autofree char *text = g_strdup_printf ("%u", port);
  WsiTargetField wrong;

  wsi_target_set_text (target, WSI_TARGET_LISTEN, text);
  return wsi_target_start (target, session, &wrong, error);
}

WsiSource *
started_file (WsiSession *session,
              GFile      *file)
{
  g_autoptr (WsiTarget) target = wsi_target_new_for_file (file);
  WsiTargetField wrong;

  return wsi_target_start (target, session, &wrong, NULL);
}
