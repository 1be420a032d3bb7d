/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/targets/wsi-target.h"

#include <glib/gi18n.h>
#include <string.h>

#include "inspect/decode/wsi-text.h"
#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/sources/browser/wsi-browser-address.h"
#include "inspect/sources/program/wsi-programs.h"
#include "inspect/sources/proxy/wsi-proxy-address.h"
#include "inspect/sources/starting/wsi-started-program.h"
#include "inspect/sources/wsi-listen-address.h"
#include "inspect/sources/wsi-read-as.h"
#include "inspect/targets/wsi-header-line.h"

#define MAX_LENGTH (64 * 1024)
#define MAX_SHOWN 100           /* bytes of a URI in a note */
#define ANY_ADDRESS "ws://localhost/"

static gboolean
is_valid_handshake (const char        *uri,
                    const char *const *subprotocols,
                    WspHeaders        *headers,
                    GError           **error)
{
  g_autoptr (WspHandshake) handshake =
    wsp_handshake_new_client (uri, subprotocols, headers, error);

  return handshake != NULL;
}

/* Checks the address of a browser; with --start it is a page, which the browser itself checks. */
static gboolean
check_browser (const WsiTarget *self,
               const char      *text,
               GError         **error)
{
  g_auto (WsiBrowserAddress) address = { 0 };

  return (wsi_target_get_options (self) & WSI_TARGET_STARTS) != 0 ||
         wsi_browser_address_parse (&address, text, error);
}

static gboolean
check_address (const WsiTarget *self,
               const char      *text,
               GError         **error)
{
  g_autofree char *uri = wsi_target_make_uri (self, NULL);
  g_autofree char *host = NULL;
  gboolean is_tls;
  guint16 port;

  switch (wsi_target_get_kind (self))
    {
    case WSI_TARGET_CLIENT:
      return is_valid_handshake (uri, NULL, NULL, error);
    case WSI_TARGET_PROXY:
      return wsi_proxy_target_parse (text, &host, &port, &is_tls, error);
    case WSI_TARGET_BROWSER:
      return check_browser (self, text, error);
    case WSI_TARGET_PROGRAM:
      return wsi_programs_check (text, error);
    case WSI_TARGET_FILE:
    case WSI_TARGET_SERVER:
    case WSI_TARGET_CAPTURE:
    case WSI_TARGET_EXAMPLE:
      return TRUE;
    }

  g_assert_not_reached ();
}

static gboolean
check_listen (const char *text,
              GError    **error)
{
  g_auto (WsiListenAddress) address = { 0 };

  return wsi_listen_address_parse (&address, text, error);
}

static gboolean
target_check_subprotocols (const WsiTarget *self,
                           GError         **error)
{
  g_auto (GStrv) names = wsi_target_dup_list (self, WSI_TARGET_SUBPROTOCOLS);

  return is_valid_handshake (ANY_ADDRESS, (const char *const *) names, NULL, error);
}

static gboolean
check_headers (const WsiTarget *self,
               GError         **error)
{
  g_auto (GStrv) lines = wsi_target_dup_list (self, WSI_TARGET_HEADERS);
  g_autoptr (WspHeaders) headers = wsp_headers_new ();

  for (guint i = 0; lines[i] != NULL; i++)
    if (!wsi_header_line_append (lines[i], headers, error))
      return FALSE;

  return is_valid_handshake (ANY_ADDRESS, NULL, headers, error);
}

static gboolean
check_origin (const char *text,
              GError    **error)
{
  g_autoptr (WspHeaders) headers = wsp_headers_new ();

  return wsp_headers_append (headers, "Origin", text, error);
}

/* Whether a text is an origin as browsers send it: a scheme, a host and perhaps a port. */
static gboolean
is_origin (const char *text)
{
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  return host != NULL && *host != '\0' && strchr (text, '*') == NULL &&
         !g_str_has_prefix (g_uri_get_scheme (uri), "ws") && *g_uri_get_path (uri) == '\0' &&
         g_uri_get_query (uri) == NULL && g_uri_get_fragment (uri) == NULL &&
         g_uri_get_userinfo (uri) == NULL;
}

static gboolean
check_allowed_origins (const WsiTarget *self,
                       GError         **error)
{
  g_auto (GStrv) origins = wsi_target_dup_list (self, WSI_TARGET_ALLOWED_ORIGINS);

  for (guint i = 0; origins[i] != NULL; i++)
    if (strcmp (origins[i], "*") != 0 && strcmp (origins[i], "null") != 0 &&
        !is_origin (origins[i]))
      {
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                     _("invalid origin: expected \"*\" or SCHEME://HOST[:PORT] without a path, "
                       "received \"%s\""), origins[i]);
        return FALSE;
      }

  return TRUE;
}

/* Checks a file; a pipe would be waited for. */
static gboolean
target_check_file (const char *text,
                   GError    **error)
{
  if (g_file_test (text, G_FILE_TEST_IS_REGULAR))
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               _("no such file: expected a PEM file, received \"%s\""), text);
  return FALSE;
}

static gboolean
target_check_key (const WsiTarget *self,
                  const char      *text,
                  GError         **error)
{
  if (*wsi_target_get_text (self, WSI_TARGET_CERTIFICATE) != '\0')
    return target_check_file (text, error);

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       _("a private key needs a certificate"));
  return FALSE;
}

static gboolean
check_max_message (const char *text,
                   GError    **error)
{
  if (g_ascii_string_to_unsigned (text, 10, 1, G_MAXINT64, NULL, NULL))
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               _("invalid size of a message: expected a number of bytes such as %d, received "
                 "\"%s\""), WSI_TARGET_DEFAULT_MAX_MESSAGE, text);
  return FALSE;
}

/* Checks arguments; the first word of a capture's is the program. */
static gboolean
check_arguments (const WsiTarget *self,
                 const char      *text,
                 GError         **error)
{
  g_auto (GStrv) words = NULL;

  if (g_shell_parse_argv (text, NULL, &words, NULL))
    return wsi_target_get_kind (self) != WSI_TARGET_CAPTURE ||
           wsi_started_program_check ((const char *const *) words, error);

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               _("invalid arguments: expected words as in a shell, received one without the end of "
                 "its quotes: %s"), text);
  return FALSE;
}

static gboolean
check_key_log (const WsiTarget *self,
               GError         **error)
{
  if (*wsi_target_get_text (self, WSI_TARGET_ARGUMENTS) == '\0')
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       _("a key log is for programs that run already: the program that is started "
                         "gets one of its own (leave this empty)"));
  return FALSE;
}

static gboolean
check_read_as (const WsiTarget *self,
               GError         **error)
{
  g_auto (GStrv) texts = wsi_target_dup_list (self, WSI_TARGET_READ_AS);
  g_autoptr (GArray) ports = wsi_read_as_parse ((const char *const *) texts, error);

  return ports != NULL;
}

/* Checks an interface; "-" would be standard input, which dumpcap would wait for. */
static gboolean
check_interface (const char *text,
                 GError    **error)
{
  if (*text != '-')
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               _("invalid interface: expected a name such as eth0, or any, received \"%s\""),
               text);
  return FALSE;
}

/* Checks that a target that was kept has its secrets again. */
static gboolean
check_secrets (const WsiTarget *self,
               const char      *text,
               GError         **error)
{
  if (wsi_target_get_kind (self) == WSI_TARGET_FILE || !wsi_redactor_has_hidden (text))
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       _("a secret was not kept: expected its value, received \"redacted-…\" (type "
                         "it in again)"));
  return FALSE;
}

/* Empty fields are right, but for those without which there is no target. */
static gboolean
check_presence (const WsiTarget *self,
                WsiTargetField   field,
                GError         **error)
{
  gboolean is_browser = wsi_target_get_kind (self) == WSI_TARGET_BROWSER;

  if (field != WSI_TARGET_ADDRESS ||
      (is_browser && (wsi_target_get_options (self) & WSI_TARGET_STARTS) != 0))
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       is_browser
                       ? _("missing browser: expected its port, or the folder of its profile")
                       : wsi_target_get_kind (self) == WSI_TARGET_PROGRAM
                       ? _("missing program: expected the number of its process, or its name")
                       : _("missing address"));
  return FALSE;
}

static gboolean
target_check_text (const WsiTarget *self,
                   WsiTargetField   field,
                   const char      *text,
                   GError         **error)
{
  switch (field)
    {
    case WSI_TARGET_ADDRESS:
      return check_address (self, text, error);
    case WSI_TARGET_LISTEN:
      return check_listen (text, error);
    case WSI_TARGET_SUBPROTOCOLS:
      return target_check_subprotocols (self, error);
    case WSI_TARGET_HEADERS:
      return check_headers (self, error);
    case WSI_TARGET_ORIGIN:
      return check_origin (text, error);
    case WSI_TARGET_ALLOWED_ORIGINS:
      return check_allowed_origins (self, error);
    case WSI_TARGET_AUTHORITIES:
    case WSI_TARGET_CERTIFICATE:
      return target_check_file (text, error);
    case WSI_TARGET_KEY:
      return target_check_key (self, text, error);
    case WSI_TARGET_PAGE:
    case WSI_TARGET_PROFILE:
    case WSI_TARGET_PACKET_FILTER:
      return TRUE;
    case WSI_TARGET_KEY_LOG:
      return check_key_log (self, error);
    case WSI_TARGET_READ_AS:
      return check_read_as (self, error);
    case WSI_TARGET_INTERFACE:
      return check_interface (text, error);
    case WSI_TARGET_ARGUMENTS:
      return check_arguments (self, text, error);
    case WSI_TARGET_MAX_MESSAGE:
      return check_max_message (text, error);
    case WSI_TARGET_CLIENT_AUTHORITIES:
    case WSI_TARGET_HTTP_PROXY:
    case WSI_TARGET_PACKETS:
    case WSI_TARGET_CONNECTIONS:
    case WSI_TARGET_N_FIELDS:
      break;
    }

  g_assert_not_reached ();
}

/* Makes an error readable, as sentences quote what they received. */
static void
make_readable (GError *error)
{
  char *text = wsi_text_escape_sentence (error->message, WSI_CHARSET_UTF8);

  g_free (error->message);
  error->message = text;
}

gboolean
wsi_target_check_field (const WsiTarget *self,
                        WsiTargetField   field,
                        GError         **error)
{
  const char *text = wsi_target_get_text (self, field);
  g_autoptr (GError) failure = NULL;

  if (!wsi_target_has_field (wsi_target_get_kind (self), field))
    return TRUE;

  if (*text == '\0')
    return check_presence (self, field, error);

  if (strlen (text) > MAX_LENGTH)
    g_set_error (&failure, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 _("too long: expected at most %d bytes, received %zu"), MAX_LENGTH,
                 strlen (text));
  else if (!check_secrets (self, text, &failure) ||
           !target_check_text (self, field, text, &failure))
    make_readable (failure);

  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

gboolean
wsi_target_check (const WsiTarget *self,
                  WsiTargetField  *wrong,
                  GError         **error)
{
  for (guint i = 0; i < WSI_TARGET_N_FIELDS; i++)
    if (!wsi_target_check_field (self, i, error))
      {
        *wrong = i;
        return FALSE;
      }

  return TRUE;
}

static const char *
find_note (WsiServerAddressChanges changes)
{
  gboolean has_no_scheme = (changes & WSI_SERVER_ADDRESS_SCHEME_ADDED) != 0;

  if ((changes & WSI_SERVER_ADDRESS_PATH_LEFT_OUT) != 0)
    return has_no_scheme ? _("Understood as %s, without the path: clients name it (write wss:// "
                             "for TLS)")
                         : _("Understood as %s, without the path: clients name it");
  return has_no_scheme ? _("Understood as %s (write wss:// for TLS)") : _("Understood as %s");
}

char *
wsi_target_make_note (const WsiTarget *self)
{
  WsiServerAddressChanges changes;
  g_autofree char *uri = wsi_target_make_uri (self, &changes);
  g_autofree char *open = NULL;
  g_autofree char *shown = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (changes == 0 || !wsi_target_check_field (self, WSI_TARGET_ADDRESS, NULL))
    return NULL;

  open = wsi_redactor_hide_title (uri);
  bytes = g_bytes_new (open, strlen (open));
  shown = wsi_text_escape (bytes, MAX_SHOWN, WSI_CHARSET_UTF8);
  return g_strdup_printf (find_note (changes), shown);
}
