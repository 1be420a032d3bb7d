/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Fields by name, ignoring case, and the rules that requests and responses share. */
#pragma once

#include "core/fault.h"
#include "core/handshake/token-list.h"

typedef struct
{
  const WscHeader *at;
  size_t n;
} WscFields;

typedef struct                  /* all fields of one name, read as one list (11.3.2, 11.3.4) */
{
  WscFields fields;             /* the fields that were not begun yet */
  WscBytes name;
  WscBytes rest;
} WscFieldList;

size_t   wsc_fields_count_name (WscFields self, WscBytes name);
WscBytes wsc_fields_get_name   (WscFields self, WscBytes name);

static inline size_t
wsc_fields_count (WscFields self, const char *name)
{
  return wsc_fields_count_name (self, wsc_text (name));
}

static inline WscBytes
wsc_fields_get (WscFields self, const char *name)       /* the first value of this name, without blanks around it; .at NULL: none */
{
  return wsc_fields_get_name (self, wsc_text (name));
}

static inline WscFieldList
wsc_fields_get_list (WscFields self, const char *name)
{
  return (WscFieldList) { .fields = self, .name = wsc_text (name) };
}

WscListStep  wsc_field_list_next_token     (WscFieldList *self, WscBytes *token);
WscListStep  wsc_field_list_next_product   (WscFieldList *self, WscBytes *product);
WscListStep  wsc_field_list_next_extension (WscFieldList *self, WscExtension *extension);

size_t            wsc_fields_count_extensions (WscFields self);       /* the number of elements before the first malformed element */
WscFrameAllowance wsc_frame_allowance_for     (size_t n_extensions);  /* what this number of elements permits */

/* The rules of both sides. */
bool     wsc_header_is_reserved   (WscBytes name);              /* set by the handshake only */
bool     wsc_fields_announce_body (WscFields self);             /* Content-Length is not 0, or Transfer-Encoding is present */
WscFault wsc_custom_header_check     (const WscHeader *header);    /* checks a caller's header */
WscFault wsc_connection_check     (WscFields self);
WscFault wsc_extensions_check     (WscFields self, const WscHeadLimits *limits);   /* syntax, number */
