/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Fields by name, and the rules that requests and responses share. */
#pragma once

#include "core/fault.h"
#include "core/handshake/token-list.h"

typedef struct
{
  const WscHeader *at;
  size_t n;
} WscFields;

typedef struct                  /* all fields of one name, read as one list (RFC 6455 11.3.2, 11.3.4) */
{
  WscFields fields;
  const char *name;
  size_t next;
  WscBytes rest;
} WscFieldList;

size_t       wsc_fields_count         (WscFields self, const char *name);
WscBytes     wsc_fields_get           (WscFields self, const char *name);    /* the first one's value, trimmed; at NULL = none */

WscFieldList wsc_fields_get_list      (WscFields self, const char *name);
WscListStep  wsc_field_list_next_token     (WscFieldList *self, WscBytes *token);
WscListStep  wsc_field_list_next_extension (WscFieldList *self, WscExtension *extension);

bool         wsc_header_is_reserved   (WscBytes name);          /* one of those that only the handshake may set */
bool         wsc_fields_announce_body (WscFields self);         /* any length but 0, or a transfer coding */

WscFault     wsc_own_header_check     (const WscHeader *header);   /* a caller's own: name a token, value without controls */
WscFault     wsc_connection_check     (WscFields self);
WscFault     wsc_extensions_check     (WscFields self, const WscHeadLimits *limits);   /* syntax and number */
