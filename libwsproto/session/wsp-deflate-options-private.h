/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The options in the form that the core uses. */
#pragma once

#include <libwsproto/session/wsp-deflate-options.h>

#include "core/types.h"

/* NULL stays NULL. */
const WscDeflateOptions *wsp_deflate_options_peek (const WspDeflateOptions *self);
