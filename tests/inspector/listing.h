/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A store's rows as one text: "1 opened; 1 > text 'Hello'; 1 close: the sentence". */
#pragma once

#include "inspect/store/wsi-store.h"

char *listing_make (WsiStore *store);
