/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Two streams in memory that have only asynchronous calls; each gives and takes few octets at a
 * time. */
#pragma once

#include <gio/gio.h>

void hose_pair (GIOStream **one,
                GIOStream **other);
