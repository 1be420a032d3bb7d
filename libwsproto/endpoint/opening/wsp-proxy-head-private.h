/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The head of the PROXY protocol, versions 1 and 2: with it a load balancer tells a server the
 * address of the client, before anything else of the connection.
 *
 * Input are the first bytes of a connection, output is the client's address.  Nothing is read here,
 * and whether the peer is a load balancer is not checked. */
#pragma once

#include <gio/gio.h>
#include <netinet/in.h>

G_BEGIN_DECLS

#define WSP_PROXY_HEAD_MAX_LENGTH 4096

typedef union
{
  struct sockaddr     any;
  struct sockaddr_in  inet;
  struct sockaddr_in6 inet6;
} WspNativeAddress;

/* By the longest member: the initializer of another one may leave the rest as it was (GCC 15). */
#define WSP_NO_NATIVE_ADDRESS { .inet6.sin6_family = AF_UNSPEC }

typedef enum
{
  WSP_PROXY_HEAD_PARTIAL,       /* more bytes are needed; all bytes are of the head */
  WSP_PROXY_HEAD_COMPLETE,
  WSP_PROXY_HEAD_INVALID,
} WspProxyHeadResult;

typedef struct
{
  gboolean         is_local;    /* the load balancer speaks for itself, such as for a health check */
  WspNativeAddress client;      /* address of the client; AF_UNIX: without a path; AF_UNSPEC: is_local, or not known */
} WspProxyHead;

/* Parses the bytes, which begin with the first byte of the connection.  COMPLETE sets head, and
 * used to its length. */
WspProxyHeadResult wsp_proxy_head_parse (const guint8 *bytes,
                                         gsize         length,
                                         WspProxyHead *head,
                                         gsize        *used);

G_END_DECLS
