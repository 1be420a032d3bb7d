/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Where a client or a proxy connects, as its user writes it: localhost:3000 and the address of a
 * page are understood, too. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  WSI_SERVER_ADDRESS_WITH_PATH,
  WSI_SERVER_ADDRESS_WITHOUT_PATH,      /* the target of a proxy, whose clients name the path */
} WsiServerAddressForm;

typedef enum
{
  WSI_SERVER_ADDRESS_SCHEME_ADDED    = 1 << 0,
  WSI_SERVER_ADDRESS_SCHEME_REPLACED = 1 << 1,
  WSI_SERVER_ADDRESS_PATH_LEFT_OUT   = 1 << 2,
} WsiServerAddressChanges;

/* The URI of a WebSocket that is meant.  It is not checked: a text that names no server is returned
 * as it is, for the function that parses it to say what is wrong.  changes: nullable. */
char *wsi_server_address_make_uri (const char              *text,
                                   WsiServerAddressForm     form,
                                   WsiServerAddressChanges *changes);

G_END_DECLS
