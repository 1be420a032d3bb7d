/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/session/wsi-source-text.h"

#include <glib/gi18n.h>

#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/show/sentences/wsi-shown-sentence.h"
#include "inspect/sources/wsi-source.h"

static const char *
get_running (WsiSourceKind kind)
{
  switch (kind)
    {
    case WSI_SOURCE_KIND_CLIENT:
      return _("Open");
    case WSI_SOURCE_KIND_SERVER:
    case WSI_SOURCE_KIND_PROXY:
      return _("Listening");
    case WSI_SOURCE_KIND_BROWSER:
    case WSI_SOURCE_KIND_CAPTURE:
    case WSI_SOURCE_KIND_PROGRAM:
      return _("Watching");
    case WSI_SOURCE_KIND_FILE:
      return _("Reading");
    case WSI_SOURCE_KIND_EXAMPLE:
      return _("Running");
    }

  g_assert_not_reached ();
}

/* The port on which a source listens; 0 = none. */
static int
source_text_get_port (WsiSource *source)
{
  const char *uri = wsi_source_get_line (source);
  int port = 0;

  return uri != NULL && g_uri_split_network (uri, G_URI_FLAGS_NONE, NULL, NULL, &port, NULL)
         ? MAX (port, 0) : 0;
}

static const char *
source_text_get_state (WsiSource *source)
{
  switch (wsi_source_get_state (source))
    {
    case WSI_SOURCE_NEW:
      return "";
    case WSI_SOURCE_STARTING:
      return wsi_source_get_kind (source) == WSI_SOURCE_KIND_FILE ? _("Opening") : _("Connecting");
    case WSI_SOURCE_RUNNING:
      return get_running (wsi_source_get_kind (source));
    case WSI_SOURCE_ENDED:
      return _("Ended");
    case WSI_SOURCE_FAILED:
      return _("Failed");
    }

  g_assert_not_reached ();
}

const char *
wsi_source_text_get_icon (WsiSource *source)
{
  switch (wsi_source_get_kind (source))
    {
    case WSI_SOURCE_KIND_CLIENT:
      return "network-transmit-symbolic";
    case WSI_SOURCE_KIND_SERVER:
      return "network-server-symbolic";
    case WSI_SOURCE_KIND_PROXY:
      return "network-transmit-receive-symbolic";
    case WSI_SOURCE_KIND_BROWSER:
      return "web-browser-symbolic";
    case WSI_SOURCE_KIND_CAPTURE:
      return "network-wired-symbolic";
    case WSI_SOURCE_KIND_PROGRAM:
      return "application-x-executable-symbolic";
    case WSI_SOURCE_KIND_FILE:
      return "text-x-generic-symbolic";
    case WSI_SOURCE_KIND_EXAMPLE:
      return "help-about-symbolic";
    }

  g_assert_not_reached ();
}

char *
wsi_source_text_dup_state (WsiSource *source)
{
  int port = wsi_source_get_state (source) == WSI_SOURCE_RUNNING ? source_text_get_port (source)
  : 0;

  return port != 0 ? g_strdup_printf (_("Port %d, listening"), port)
                   : g_strdup (source_text_get_state (source));
}

static WsiSource *
get_only_source (WsiSession *session)
{
  return session != NULL && wsi_session_get_n_sources (session) == 1
         ? wsi_session_get_source (session, 0) : NULL;
}

/* The title of a source; the name of a file is not a URI. */
char *
wsi_source_text_dup_title (WsiSource *source)
{
  const char *title = wsi_source_get_title (source);

  return title != NULL && wsi_source_get_kind (source) != WSI_SOURCE_KIND_FILE
         ? wsi_redactor_hide_title (title) : g_strdup (title);
}

char *
wsi_source_text_dup_sentence (WsiSource *source)
{
  return wsi_shown_sentence_dup (wsi_source_get_sentence (source),
                                 wsi_source_get_kind (source) == WSI_SOURCE_KIND_FILE
                                 ? WSI_REDACTION_NONE : WSI_REDACTION_DEFAULT);
}

char *
wsi_source_text_dup_title_of_all (WsiSession *session)
{
  WsiSource *source = get_only_source (session);
  char *title = source != NULL ? wsi_source_text_dup_title (source) : NULL;

  return title != NULL ? title : g_strdup (_("WebSocket Inspector"));
}

char *
wsi_source_text_dup_count (WsiSession *session)
{
  guint n_sources = session != NULL ? wsi_session_get_n_sources (session) : 0;

  if (n_sources <= 1)
    return NULL;
  return g_strdup_printf (ngettext ("%u source", "%u sources", n_sources), n_sources);
}

char *
wsi_source_text_dup_numbered (WsiSession *session,
                              const char *sentence)
{
  guint32 number = wsi_session_get_ended (session);

  if (number == 0 || sentence == NULL || wsi_session_is_paused (session))
    return g_strdup (sentence != NULL ? sentence : "");
  /* Translators: number of a connection, and how it ended. */
  return g_strdup_printf (_("#%u: %s"), number, sentence);
}
