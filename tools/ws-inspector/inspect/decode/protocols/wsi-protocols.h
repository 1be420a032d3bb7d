/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Decoders of protocols whose messages are text. */
#pragma once

#include "inspect/decode/json/wsi-json.h"

G_BEGIN_DECLS

extern const WsiDecoder wsi_socket_io_decoder;
extern const WsiDecoder wsi_graphql_decoder;
extern const WsiDecoder wsi_json_rpc_decoder;
extern const WsiDecoder wsi_signalr_decoder;
extern const WsiDecoder wsi_stomp_decoder;
extern const WsiDecoder wsi_wamp_decoder;
extern const WsiDecoder wsi_sockjs_decoder;

G_END_DECLS
