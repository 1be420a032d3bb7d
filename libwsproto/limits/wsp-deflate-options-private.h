/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Reads a WspDeflateOptions as the core's WscDeflateOptions. */
#pragma once

#include <libwsproto/base/wsp-enums.h>
#include <libwsproto/limits/wsp-deflate-options.h>

#include "core/types.h"

/* Sets *values to all values of one moment; for a value of 0, to the default of the role.  Any
 * thread may call this function. */
void               wsp_deflate_options_read (WspDeflateOptions *self,
                                             WspRole            role,
                                             WscDeflateOptions *values);
WspDeflateOptions *wsp_deflate_options_copy (WspDeflateOptions *self);
