/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The client's struct, for its two files. */
#pragma once

#include <libwsproto/endpoint/wsp-client.h>

#include "endpoint/dialing/wsp-attempt-private.h"

G_BEGIN_DECLS

#define WSP_CLIENT_CONNECT_TIMEOUT 30000 /* milliseconds */

struct _WspClient
{
  GObject            parent_instance;

  WspAttemptSettings settings;
};

/* wsp-client-properties.c */
void wsp_client_get_property       (GObject    *object,
                                    guint       property,
                                    GValue     *value,
                                    GParamSpec *pspec);
void wsp_client_set_property       (GObject      *object,
                                    guint         property,
                                    const GValue *value,
                                    GParamSpec   *pspec);
void wsp_client_install_properties (GObjectClass *class);

G_END_DECLS
