/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Programs in JavaScript (the WebSocket of browsers) and in Python (the package websocket-client)
 * that connect and print what comes.  Strings of a peer stay strings, whatever they have. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  WSI_LANGUAGE_JAVASCRIPT,
  WSI_LANGUAGE_PYTHON,
} WsiLanguage;

typedef struct
{
  WsiLanguage language;
  GPtrArray  *headers;          /* headers (char *): each is a line, as a string in the language */
  GPtrArray  *left_out;         /* names of headers that the language cannot set */
  GPtrArray  *protocols;        /* subprotocols to offer (char *) */
  char       *origin;           /* value of the Origin header; NULL: there is none */
  char       *message;          /* expression of the message to send; NULL: none is sent */
  gboolean    is_binary;        /* the message is binary */
} WsiCode;

void  wsi_code_init         (WsiCode    *self,
                             WsiLanguage language);
void  wsi_code_clear        (WsiCode *self);
/* Adds a header; Origin and subprotocols have functions of their own. */
void  wsi_code_add_header   (WsiCode    *self,
                             const char *name,
                             const char *value);
/* Sets the message; a text that is not UTF-8 is sent as bytes. */
void  wsi_code_set_message  (WsiCode *self,
                             GBytes  *message,
                             gboolean is_text);
char *wsi_code_print        (WsiCode    *self,
                             const char *uri);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WsiCode, wsi_code_clear)

G_END_DECLS
