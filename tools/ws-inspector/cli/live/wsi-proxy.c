/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "cli/live/wsi-live-verbs.h"

#include "cli/live/wsi-live-target.h"
#include "cli/live/wsi-watching.h"
#include "cli/print/wsi-json-printer.h"
#include "inspect/capture/wsi-recorder.h"
#include "inspect/store/wsi-conversation.h"

#define REWRITE_HINT "the target may expect its own name in Host: use --rewrite-host"

/* Statuses with which servers refuse a Host that is not theirs. */
static gboolean
is_of_host (guint status)
{
  return status == 400 || status == 403 || status == 404 || status == 421;
}

static void
proxy_on_handshake (WsiConversation *conversation)
{
  if (is_of_host (wsi_conversation_get_status (conversation)))
    wsi_output_hint (REWRITE_HINT);
}

static void
proxy_on_conversation (WsiRecorder     *recorder,
                       WsiConversation *conversation)
{
  g_signal_connect (conversation, "handshake", G_CALLBACK (proxy_on_handshake), NULL);
}

WsiExit
wsi_proxy_verb (const WsiOptions  *options,
                const char *const *arguments)
{
  g_auto (WsiWatching) watching = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (WsiTarget) target = wsi_live_target_new (WSI_TARGET_PROXY, options, &error);

  if (target == NULL)
    {
      wsi_output_error (error->message);
      return WSI_EXIT_USAGE;
    }

  wsi_target_set_text (target, WSI_TARGET_LISTEN, arguments[0]);
  wsi_live_target_set_address (target, arguments[1]);
  if (!wsi_watching_begin (&watching, options, target))
    return watching.status;

  if (!options->is_rewriting && watching.recorder != NULL)
    g_signal_connect (watching.recorder, "conversation", G_CALLBACK (proxy_on_conversation), NULL);
  wsi_listing_print_place (&watching.listing, wsi_source_get_uri (watching.source),
                           wsi_target_get_text (target, WSI_TARGET_ADDRESS));
  wsi_watching_run (&watching);
  return watching.status;
}
