/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The runs of the library's client, as clients/client.h has them; each quits the loop at its
 * end. */
#pragma once

#include "../clients/client.h"

#include <libwsproto/wsproto.h>

typedef struct
{
  const ClientOptions *options;
  GMainLoop *loop;
  WspClient *client;
  char *uri;
  GPtrArray *connections;
  WspMessage *message;
} Bench;

typedef void (*BenchOpened) (Bench *bench, gpointer data);

WspClient *bench_create_client (const char *trust);   /* as ClientOptions.trust */

void bench_connect          (Bench *bench, GAsyncReadyCallback callback, gpointer data);
void bench_open             (Bench *bench, guint n, BenchOpened opened, gpointer data);   /* until there are n connections */
void bench_send             (Bench *bench, WspConnection *connection);

void bench_begin_connects   (Bench *bench);
void bench_begin_echo       (Bench *bench);
void bench_begin_hold       (Bench *bench);
void bench_begin_standstill (Bench *bench);
