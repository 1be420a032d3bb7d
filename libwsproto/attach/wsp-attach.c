/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <libwsproto/attach/wsp-attach.h>

#include "attach/wsp-attach-private.h"
#include "attach/wsp-attach-service-private.h"
#include "log/wsp-log-private.h"
#include "system/environment.h"

#define VARIABLE "WSP_ATTACH"

/**
 * wsp_attach_enable:
 * @error: return location for an error
 *
 * Lets an inspector of the same user, such as `wsinspect attach`, watch the connections of this
 * program that are made from now on. The inspector sees the opening handshakes and all bytes, also
 * those inside TLS, but can neither send nor close anything.
 *
 * The program listens at a socket in `$XDG_RUNTIME_DIR/wsproto-inspector`, a folder that only the
 * user may enter, and a thread of its own serves up to four inspectors. The user of the peer is
 * checked before a byte is sent. While no inspector is attached, a message costs nothing more than
 * what libc's locks cost in a program with two threads. The program never waits for an inspector:
 * one that is too slow misses records, and gets their number. At most 1 MiB is held for all
 * inspectors, and some hundred bytes for each connection. An inspector calls the program by its
 * command line, and by its [func@GLib.get_application_name] if that is another name.
 *
 * An environment variable does the same without a call: `WSP_ATTACH=1`. It is not read in
 * programs that have more rights than their user. A program that handles secrets of other people
 * should call this function only if its own user has asked for it, for example with an option.
 *
 * May be called in any thread, and more than once. The child of a `fork ()` is not offered to
 * inspectors before it calls this itself.
 *
 * Fails with an error of [error@Gio.IOErrorEnum] if `XDG_RUNTIME_DIR` is not an absolute path, if
 * the folder is a link, belongs to another user or is open to others, and if there is no socket,
 * descriptor or thread; on other systems than Linux with %G_IO_ERROR_NOT_SUPPORTED.
 *
 * Returns: %TRUE if inspectors can attach to this program
 *
 * Since: 0.1
 */
gboolean
wsp_attach_enable (GError **error)
{
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return wsp_attach_service_begin (error);
}

void
wsp_attach_begin_if_asked (void)
{
  static gsize is_read;
  g_autoptr (GError) error = NULL;
  const char *value;

  if (!g_once_init_enter (&is_read))
    return;

  value = wsc_environment_get (VARIABLE);
  if (g_strcmp0 (value, "1") == 0)
    wsp_attach_service_begin (&error);
  g_once_init_leave (&is_read, 1);

  /* A function of the program that writes the log may make a client or a server. */
  if (error != NULL)
    wsp_log (WSP_LOG_HANDSHAKE, WSP_LOG_LEVEL_MESSAGE, &(WspLogFields) { 0 },
             "No inspector can attach to this program, although " VARIABLE " is set: %s",
             error->message);
  else if (value != NULL && g_strcmp0 (value, "1") != 0 && g_strcmp0 (value, "0") != 0)
    wsp_log (WSP_LOG_HANDSHAKE, WSP_LOG_LEVEL_MESSAGE, &(WspLogFields) { 0 },
             "No inspector can attach to this program: " VARIABLE " is \"%s\"; expected 1 or 0",
             value);
}
