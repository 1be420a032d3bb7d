/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A call of a client whose TLS the library does, or GIO. */
#pragma once

#include "endpoint/far/dialed.h"

typedef enum
{
  BY_LIBRARY,
  BY_GIO,
} Tls;

/* A client without a proxy.  database NULL: the system's list. */
WspClient *make_client  (GTlsDatabase *database);
/* dial () with wss, to a host of this name. */
void       dial_by      (Dialed     *dialed,
                         Tls         tls,
                         WspClient  *client,
                         const char *host,
                         Far        *server);
/* The text up to the part that is GIO's or GnuTLS's. */
char      *dup_own_text (const GError *error);
