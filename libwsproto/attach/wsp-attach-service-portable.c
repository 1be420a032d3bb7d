/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The service where the user of a peer is not known: it trusts nobody (SEC-132). */
#include "attach/wsp-attach-service-private.h"

gboolean
wsp_attach_service_begin (GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                       "Inspectors attach on Linux only, where the system tells which user a peer "
                       "is (put wsinspect proxy between the client and the server)");
  return FALSE;
}
