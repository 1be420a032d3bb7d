/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The network interfaces that dumpcap lists. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define WSI_DUMPCAP_ANY "any"   /* interface that stands for all of them */

typedef struct
{
  char *name;
  char *description;            /* description of the interface, which may be empty */
} WsiDumpcapInterface;

/* The items are WsiDumpcapInterface, "any" first.  text: what dumpcap writes for -D. */
GPtrArray *wsi_dumpcap_interfaces_parse (const char *text);
/* Whether an interface has TCP.  FALSE: by its name it has none, such as one of Bluetooth, USB and
 * D-Bus. */
gboolean   wsi_dumpcap_interface_has_tcp (const char *name);

G_END_DECLS
