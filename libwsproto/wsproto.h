/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The header that an application includes: <libwsproto/wsproto.h>.  wsproto-session.h and
 * wsproto-unsafe.h have what few programs need. */
#pragma once

#define WSP_INSIDE

#include <libwsproto/base/wsp-macros.h>
#include <libwsproto/base/wsp-version.h>
#include <libwsproto/base/wsp-enums.h>
#include <libwsproto/base/wsp-enum-types.h>
#include <libwsproto/base/wsp-library.h>
#include <libwsproto/base/wsp-error.h>
#include <libwsproto/base/wsp-close-code.h>
#include <libwsproto/http/wsp-headers.h>
#include <libwsproto/limits/wsp-limits.h>
#include <libwsproto/limits/wsp-deflate-options.h>
#include <libwsproto/handshake/wsp-handshake.h>
#include <libwsproto/handshake/wsp-http-request.h>
#include <libwsproto/tap/wsp-tap.h>
#include <libwsproto/attach/wsp-attach.h>
#include <libwsproto/connection/message/wsp-message.h>
#include <libwsproto/connection/message/wsp-message-stream.h>
#include <libwsproto/connection/report/wsp-close-info.h>
#include <libwsproto/connection/report/wsp-connection-stats.h>
#include <libwsproto/connection/wsp-connection.h>
#include <libwsproto/connection/wsp-connection-enum-types.h>
#include <libwsproto/endpoint/wsp-client.h>
#include <libwsproto/endpoint/reconnecting/wsp-reconnector.h>
#include <libwsproto/endpoint/serving/wsp-listener.h>
#include <libwsproto/endpoint/serving/wsp-server-stats.h>
#include <libwsproto/endpoint/serving/wsp-server.h>
#include <libwsproto/endpoint/serving/wsp-group.h>

#undef WSP_INSIDE
