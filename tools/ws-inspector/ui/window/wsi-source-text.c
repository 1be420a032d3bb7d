/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/window/wsi-source-text.h"

#include <glib/gi18n.h>

#include "inspect/sources/wsi-server-source.h"

const char *
wsi_source_text_get_state (WsiSource *source)
{
  switch (wsi_source_get_state (source))
    {
    case WSI_SOURCE_NEW:
      return "";
    case WSI_SOURCE_STARTING:
      return _("Connecting");
    case WSI_SOURCE_RUNNING:
      return WSI_IS_SERVER_SOURCE (source) ? _("Listening") : _("Open");
    case WSI_SOURCE_ENDED:
      return _("Ended");
    case WSI_SOURCE_FAILED:
      return _("Failed");
    }

  g_assert_not_reached ();
}
