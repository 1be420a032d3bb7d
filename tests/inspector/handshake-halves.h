/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Opening handshakes of which a half may be absent, cut, malformed, refused or good: all pairs. */
#pragma once

#include <glib.h>

#define HANDSHAKE_N_KINDS 5
#define HANDSHAKE_N_HALVES (HANDSHAKE_N_KINDS * HANDSHAKE_N_KINDS)

typedef struct
{
  char       *name;             /* name of the row: "malformed-good" is a malformed request and a
                                 * good response */
  const char *request, *response;       /* bytes of client and server; NULL: absent */
} HandshakeHalves;

const HandshakeHalves *handshake_halves_get (guint i);
