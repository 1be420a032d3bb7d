/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* HAR with messages, as browsers write it.  All that only wsinspect knows is under "_wsinspect":
 * control frames, in which place they were ("after" so many messages), how the connection ended,
 * and of each message its frames and bytes on the wire.
 *
 * An entry needs all messages of its connection, so everything is written at the end: until then
 * messages wait in a spill.
 *
 * docs/rationales/session-files-and-hars.md has the reasons. */
#pragma once

#include "inspect/save/formats/wsi-exporter.h"

G_BEGIN_DECLS

WsiExporter *wsi_har_exporter_new (WsiStore      *store,
                                   WsiRedactor   *redactor,
                                   GOutputStream *stream);

G_END_DECLS
