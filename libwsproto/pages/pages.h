/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Memory in whole pages, whose contents can be given back to the system while the memory stays
 * allocated. */
#pragma once

#include <stddef.h>

size_t wsc_pages_get_size  (void);      /* bytes of a page */
/* Returns memory that begins with a page.  NULL: no memory. */
void  *wsc_pages_allocate  (size_t length);
void   wsc_pages_free      (void *at);          /* at may be NULL */
/* The pages have any contents afterwards, and need no memory before they are written to.  at is the
 * begin of a page, length that of whole pages. */
void   wsc_pages_give_back (void *at, size_t length);
