/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/decode/wsi-words.h"

#include <glib/gi18n.h>

const char *
wsi_words_choose (WsiWords    words,
                  const char *english)
{
  return words == WSI_WORDS_SHOWN ? gettext (english) : english;
}
