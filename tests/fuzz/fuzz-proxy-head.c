/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The first bytes of a connection as the head of the PROXY protocol, and, behind an X, as the value
 * of X-Forwarded-For. */

#include "endpoint/opening/wsp-trusted-proxies-private.h"

#include "fuzz/fuzz-tools.h"

static WspProxyHeadResult
parse (const uint8_t *data,
       size_t         size,
       WspProxyHead  *head,
       gsize         *used)
{
  g_autofree guint8 *copy = g_memdup2 (data, size);

  return wsp_proxy_head_parse (copy, size, head, used);
}

/* The verdict on the whole is that on each of its beginnings that is long enough. */
static void
play_head (const uint8_t *data,
           size_t         size)
{
  WspProxyHead head = { 0 }, other = head;
  gsize used = 0, other_used = 0;
  WspProxyHeadResult result = parse (data, size, &head, &used);

  if (result == WSP_PROXY_HEAD_PARTIAL)
    {
      fuzz_require (size < WSP_PROXY_HEAD_MAX_LENGTH, "a head is not endless");
      for (size_t length = 0; length < size; length++)
        fuzz_require (parse (data, length, &other, &other_used) == WSP_PROXY_HEAD_PARTIAL,
                      "the beginning of a partial head is partial");
    }
  if (result != WSP_PROXY_HEAD_COMPLETE)
    return;

  fuzz_require (used > 0 && used <= size && used <= WSP_PROXY_HEAD_MAX_LENGTH,
                "a head is a part of the bytes");
  fuzz_require (head.client.any.sa_family == AF_UNSPEC || head.client.any.sa_family == AF_UNIX ||
                wsp_native_address_is_ip (&head.client), "a client has an IP address, or none");
  fuzz_require (!head.is_local || head.client.any.sa_family == AF_UNSPEC,
                "who speaks for itself has no client");
  fuzz_require (parse (data, used, &other, &other_used) == WSP_PROXY_HEAD_COMPLETE &&
                other_used == used, "what follows a head changes nothing");
  for (gsize length = 0; length < used; length++)
    fuzz_require (parse (data, length, &other, &other_used) == WSP_PROXY_HEAD_PARTIAL,
                  "a cut head is partial");
}

static void
play_forwarded (const uint8_t *data,
                size_t         size)
{
  char *entries[] = { (char *) "10.0.0.0/8", (char *) "::1", NULL };
  g_autoptr (WspTrustedProxies) proxies = wsp_trusted_proxies_new (entries);
  g_autofree guint8 *copy = g_memdup2 (data, size);
  g_autofree char *mistake = NULL;
  WscHeader header = { wsc_text ("x-forwarded-for"), { copy, size } };
  WspNativeAddress client = { .any.sa_family = AF_UNSPEC };
  gboolean is_fine = wsp_trusted_proxies_find_client (proxies, (WscFields) { &header, 1 }, &client,
                                                      &mistake);

  fuzz_require (is_fine == (mistake == NULL), "a mistake is told");
  fuzz_require (!is_fine || client.any.sa_family != AF_UNSPEC, "a list has a client");
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  if (size > 0 && data[0] == 'X')
    play_forwarded (data + 1, size - 1);
  else
    play_head (data, size);
  return 0;
}
