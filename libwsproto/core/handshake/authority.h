/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A host and perhaps a port, as in a Host header and in a URI (RFC 3986 3.2.2, 3.2.3). */
#pragma once

#include "core/types.h"

typedef struct
{
  WscBytes host;                /* without the brackets of an IPv6 address */
  WscBytes port;                /* the text after the colon; empty if there is none */
  bool is_in_brackets;
} WscAuthority;

WscAuthority wsc_authority_split         (WscBytes text);       /* any text; whether it is valid is not checked */
bool         wsc_authority_is_valid      (WscBytes text);       /* the host is not empty, and the port fits in 16 bits */
uint16_t     wsc_scheme_get_default_port (const char *scheme);  /* 0 = another scheme than ws, wss, http and https */
