/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The values that a client has written into its request. */
#include "handshake/wsp-handshake-parts-private.h"

#include "core/handshake/token-list.h"
#include "http/wsp-path-pattern-private.h"
#include "http/wsp-request-values-private.h"

/**
 * wsp_handshake_dup_path_value:
 * @self: a handshake
 * @name: (transfer none): name of a parameter of the route
 *
 * Gets the value of a parameter of [property@Wsp.Handshake:route] in
 * [property@Wsp.Handshake:path], percent-decoded: on the path `/rooms/tea` the parameter `room` of
 * the route `/rooms/{room}` is `tea`.
 *
 * The value is not empty, but may have any other character, such as a slash or a line end, and may
 * be `.` or `..`: check it before it becomes the name of a file. That of a parameter for the rest
 * of the path, such as `{file...}`, has the slashes between its segments, none at its beginning and
 * no segment `.` or `..`. See [method@Wsp.Server.add_route] and RFC 3986, section 3.3.
 *
 * Returns: (nullable) (transfer full): the value; %NULL if the route has no such parameter, without
 *   a route and on a client
 *
 * Since: 0.1
 */
char *
wsp_handshake_dup_path_value (WspHandshake *self,
                              const char   *name)
{
  g_return_val_if_fail (WSP_IS_HANDSHAKE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  const char *path = wsp_handshake_get_path (self);

  return self->route != 0 && path != NULL
         ? wsp_path_dup_value (g_quark_to_string (self->route), wsc_text (path), name) : NULL;
}

/**
 * wsp_handshake_dup_query_value:
 * @self: a handshake
 * @name: (transfer none): name of a value
 *
 * Gets a value of [property@Wsp.Handshake:query], which is read as a form: pairs are separated by
 * `&`, name and value by `=`; both are percent-decoded, and `+` is a space. Of more than one value
 * of this name, it is the first. A name without `=` has an empty value. See RFC 3986, section 3.4.
 *
 * Returns: (nullable) (transfer full): the value; %NULL if there is none, on a client, and for a
 *   value that cannot be decoded, is not UTF-8 or has a NUL
 *
 * Since: 0.1
 */
char *
wsp_handshake_dup_query_value (WspHandshake *self,
                               const char   *name)
{
  g_return_val_if_fail (WSP_IS_HANDSHAKE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return wsp_query_dup_value (wsp_handshake_get_query (self), name);
}

/**
 * wsp_handshake_dup_cookie:
 * @self: a handshake
 * @name: (transfer none): name of a cookie; case matters
 *
 * Gets the value of a cookie in [property@Wsp.Handshake:request-headers] as it was sent, with its
 * quotation marks if it has some. Of more than one cookie of this name, it is the first, which a
 * browser sends for the longer path. See RFC 6265, section 5.4.
 *
 * Pages of another site may also cause the cookie to be sent, if its `SameSite` permits this: the
 * server checks the origin.
 *
 * Returns: (nullable) (transfer full): the value; %NULL if there is none, and for a value that is
 *   not UTF-8
 *
 * Since: 0.1
 */
char *
wsp_handshake_dup_cookie (WspHandshake *self,
                          const char   *name)
{
  g_return_val_if_fail (WSP_IS_HANDSHAKE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  return wsp_cookie_dup_value (wsp_handshake_get_request_headers (self), name);
}
