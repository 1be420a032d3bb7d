/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/sources/unpack/wsi-zstd.h"

#include <glib/gi18n.h>

GConverter *
wsi_zstd_new (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                       _("the file is packed with zstd, which this program was built without "
                         "(unpack it: zstd -d FILE)"));
  return NULL;
}
