/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* How a connection of the library ended, as a sentence. */
#pragma once

#include <libwsproto/wsproto.h>

#include "inspect/store/wsi-sentence.h"

G_BEGIN_DECLS

/* Makes the sentence whose English text is wsp_close_info_to_string ().  Free it with g_free (). */
WsiSentence *wsi_close_sentence_new (WspCloseInfo *info);

G_END_DECLS
