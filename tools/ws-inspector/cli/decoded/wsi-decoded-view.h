/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The message of the frame that is printed, as its decoder describes it. */
#pragma once

#include "inspect/decode/choosing/wsi-interpreter.h"
#include "inspect/filter/wsi-decoded-path.h"

G_BEGIN_DECLS

typedef struct
{
  WsiInterpreter   *interpreter;
  const WsiDecoder *decoder;    /* decoder of the frame; NULL = the frame is not decoded */
  WsiDecodeInput    input;
  GBytes           *bytes;      /* bytes that input is in; the caller owns them */
  const WsiRecord  *record;
  /* the payload was changed after it was learned, to hide secrets */
  gboolean          is_redacted;
  WsiDescription   *own;
  const WsiDescription *description;    /* description of the message; NULL = not made yet */
} WsiDecodedView;

/* choices: what the user has chosen, as wsi_interpreter_choose () reads it; NULL = no choices.
 * max_length: bytes of a message that are decoded. */
gboolean    wsi_decoded_view_init  (WsiDecodedView *self,
                                    GStrv           choices,
                                    gsize           max_length,
                                    GError        **error);
void        wsi_decoded_view_clear (WsiDecodedView *self);
/* payload: see wsi_interpreter_prepare (). */
void        wsi_decoded_view_set   (WsiDecodedView  *self,
                                    guint64          number,
                                    const WsiRecord *record,
                                    GBytes          *payload);
/* The format's name and the message's summary; NULL: the message is text or bytes of no format. */
const char *wsi_decoded_view_get_name    (const WsiDecodedView *self);
const char *wsi_decoded_view_get_summary (WsiDecodedView *self);
/* The values at a path as UTF-8, with a line feed between them; NULL = no values. */
char       *wsi_decoded_view_dup_values  (WsiDecodedView *self,
                                          WsiDecodedPath *path,
                                          gboolean       *is_literal);

/* Calls take with a line for each part of the message; no line: the message is not decoded. */
void        wsi_decoded_view_print_tree  (WsiDecodedView *self,
                                          WsiCharset      charset,
                                          WsiDecodeTake   take,
                                          gpointer        user_data);

G_END_DECLS
