/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The state of an opening handshake between begin and end; owns the headers that begin
 * returned. */
#pragma once

#include "core/fault.h"
#include "core/limits.h"
#include "core/types.h"

#define WSC_MAX_HANDSHAKE_HEADERS 6
#define WSC_DEFLATE_ELEMENT_SIZE 160            /* room for an element with all four parameters */

typedef struct                  /* for client-handshake.c and server-handshake.c only */
{
  WscHeader headers[WSC_MAX_HANDSHAKE_HEADERS];
  size_t n_headers;
  uint8_t key[WSC_KEY_LENGTH + 1];      /* client: the key sent, and a NUL */
  uint8_t accept[WSC_ACCEPT_LENGTH + 1];        /* server: the accept value, and a NUL */
  uint8_t *subprotocols, *extensions;   /* owned list texts; NULL = none */
  WscDeflateOptions deflate;            /* what this side offered or selected, if has_deflate */
  WscDeflateParameters agreed;          /* negotiated parameters of permessage-deflate; all zero: no compression */
  uint8_t has_deflate;
} WscHandshakeState;

WscHandshakeState *wsc_handshake_state_new  (void);                       /* NULL: no memory */
void               wsc_handshake_state_free (WscHandshakeState *self);    /* NULL is allowed */

/* Name and value must outlive the state. */
void wsc_handshake_state_add      (WscHandshakeState *self, const char *name, WscBytes value);
/* Adds a header whose value is the list of the elements and of last, which may be {NULL, 0}.  No
 * element may be empty.  The value is allocated at *text, and a NUL follows it.  Without elements
 * and last no header is added.  False: no memory. */
bool wsc_handshake_state_add_list (WscHandshakeState *self, const char *name,
                                   const WscBytes *elements, size_t n_elements, WscBytes last,
                                   uint8_t **text);
