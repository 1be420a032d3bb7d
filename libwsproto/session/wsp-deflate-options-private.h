/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* WspDeflateOptions as the core's WscDeflateOptions. */
#pragma once

#include <libwsproto/session/wsp-deflate-options.h>
#include <libwsproto/session/wsp-enums.h>

#include "core/types.h"

/* All values of one moment, with the role's default for 0.  Any thread may call it. */
void               wsp_deflate_options_read (WspDeflateOptions *self,
                                             WspRole            role,
                                             WscDeflateOptions *values);
WspDeflateOptions *wsp_deflate_options_copy (WspDeflateOptions *self);
