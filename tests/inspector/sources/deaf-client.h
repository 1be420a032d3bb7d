/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A client that never reads: what is sent to it does not leave. */
#pragma once

#include "inspect/sources/wsi-source.h"

/* It has asked for an upgrade, which the server grants, and takes some thousand bytes at most. */
GSocketConnection *deaf_client_new (WsiSource *server);
