/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The decoders to choose from; the first choice is the guess.
 *
 * Signal: "chosen", by the user. */
#pragma once

#include <gtk/gtk.h>

#include "inspect/decode/choosing/wsi-decoder-list.h"

G_BEGIN_DECLS

#define WSI_TYPE_DECODER_MENU (wsi_decoder_menu_get_type ())

G_DECLARE_FINAL_TYPE (WsiDecoderMenu, wsi_decoder_menu, WSI, DECODER_MENU, GtkWidget)

typedef enum
{
  WSI_DECODER_GUESSED,
  WSI_DECODER_CHOSEN,
} WsiDecoderOrigin;

void              wsi_decoder_menu_show       (WsiDecoderMenu   *self,
                                               const WsiDecoder *decoder,
                                               WsiDecoderOrigin  origin);
/* The chosen decoder.  NULL: it is guessed. */
const WsiDecoder *wsi_decoder_menu_get_choice (WsiDecoderMenu *self);

G_END_DECLS
