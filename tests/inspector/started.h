/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Sources that a session starts for a target, as the window starts them.  The references are the
 * session's. */
#pragma once

#include "inspect/targets/wsi-target-start.h"

G_BEGIN_DECLS

WsiSource *started_client (WsiSession *session,
                           const char *uri,
                           GError    **error);
/* port 0 chooses one; the URI tells which. */
WsiSource *started_server (WsiSession *session,
                           guint16     port,
                           GError    **error);
WsiSource *started_file   (WsiSession *session,
                           GFile      *file);

G_END_DECLS
