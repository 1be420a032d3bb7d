/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Where a server or a proxy listens, as its user writes it. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char   *host;                 /* IP address to listen at; NULL: the loopback addresses */
  guint16 port;                 /* port to listen at; 0: any that is free */
} WsiListenAddress;

/* PORT or HOST:PORT, where HOST is an IP address, perhaps in brackets, or localhost. */
gboolean wsi_listen_address_parse (WsiListenAddress *self,
                                   const char       *text,
                                   GError          **error);
void     wsi_listen_address_clear (WsiListenAddress *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WsiListenAddress, wsi_listen_address_clear)

G_END_DECLS
