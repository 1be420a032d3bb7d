/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Guesses what a stream of bytes is, of which the beginning may be missing. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  WSI_GUESS_MORE,               /* more bytes are needed */
  WSI_GUESS_NOTHING,            /* no known protocol begins here */
  WSI_GUESS_REQUEST,
  WSI_GUESS_RESPONSE,
  WSI_GUESS_MASKED_FRAMES,
  WSI_GUESS_FRAMES,
} WsiGuess;

typedef enum
{
  WSI_GUESS_HTTP,
  WSI_GUESS_HTTP_OR_FRAMES,
} WsiGuessScope;

typedef enum
{
  WSI_GUESS_OPEN,               /* the stream is open, so more bytes may follow */
  WSI_GUESS_ENDED,
} WsiGuessEnd;

/* Guesses the protocol of bytes that begin where a segment does. */
WsiGuess wsi_stream_guess (const guint8 *at,
                           gsize         length,
                           WsiGuessScope scope,
                           WsiGuessEnd   end);

G_END_DECLS
