/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A pipe, with a function that is called again and again while a read waits for it. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define WSI_TYPE_WAIT_STREAM (wsi_wait_stream_get_type ())

G_DECLARE_FINAL_TYPE (WsiWaitStream, wsi_wait_stream, WSI, WAIT_STREAM, GFilterInputStream)

typedef void (*WsiWaitFunc) (gpointer user_data);

/* A stream that never waits, such as a file, is returned as it is. */
GInputStream *wsi_wait_stream_new      (GInputStream * base);
/* function: NULL = none. */
void          wsi_wait_stream_set_func (WsiWaitStream *self,
                                        WsiWaitFunc    function,
                                        gpointer       user_data);

G_END_DECLS
