/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Variables of the environment. */
#pragma once

/* NULL: the variable is not set, or the program has more rights than its user. */
const char *wsc_environment_get (const char *name);
