/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Any bytes as what a browser tells by the DevTools protocol: messages with a zero byte between
 * them.  Whatever they are, each command that they cause is one object of JSON with its own method.
 *
 * The first byte: 1 = only some pages are wanted; 2 = the page of the first connection is to load
 * again after each message; 4 = the first message is the answer to /json/version. */

#include <inspect/decode/json/wsi-json-fields.h>
#include <inspect/sources/browser/wsi-browser-address.h>
#include <inspect/sources/browser/wsi-browser-watch.h>
#include <string.h>

#include "fuzz/fuzz-input.h"
#include "fuzz/fuzz-store.h"

#define PORT "9222"

typedef enum
{
  CONFIG_WANTED = 1 << 0,
  CONFIG_RELOADS = 1 << 1,
  CONFIG_ANSWER = 1 << 2,
} Config;

static const char *const command_names[] = { "id", "method", "params" };

static void
check_command (const char *command,
               gpointer    data)
{
  WsiJsonField members[G_N_ELEMENTS (command_names)];
  WsiJsonMistake mistake;
  g_autofree char *copy = g_strdup (command);
  const char *method;

  REQUIRE (wsi_json_fields_read (members, command_names, G_N_ELEMENTS (command_names),
                                 (guint8 *) copy, strlen (copy), &mistake));
  method = wsi_json_field_get_string (&members[1]);
  REQUIRE (method != NULL && (g_str_has_prefix (method, "Target.") ||
                              g_str_has_prefix (method, "Network.enable") ||
                              g_str_has_prefix (method, "Page.") ||
                              g_str_has_prefix (method, "Runtime.runIfWaitingForDebugger")));
  REQUIRE (members[2].kind == WSI_JSON_OBJECT);
}

static void
check_sentence (const WsiSentence *sentence,
                gpointer           data)
{
  g_autofree char *text = wsi_sentence_to_string (sentence);

  REQUIRE (g_utf8_validate (text, -1, NULL));
}

static guint n_empty;

static void
count_empty (gpointer data)
{
  n_empty++;
}

/* An address of another host is taken from no answer. */
static void
take_answer (const guint8 *at,
             gsize         length)
{
  g_auto (WsiBrowserAddress) address = { 0 };
  g_autoptr (GBytes) answer = g_bytes_new (at, length);

  REQUIRE (wsi_browser_address_parse (&address, PORT, NULL));
  if (wsi_browser_address_take_answer (&address, answer, NULL))
    REQUIRE (*address.path == '/');
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  static const WsiBrowserWatchFuncs funcs = { check_command, check_sentence, count_empty };
  const guint8 config = size > 0 ? data[0] : 0;
  const guint8 *at = data + MIN (size, 1), *const end = data + size;
  g_autoptr (WsiStore) store = NULL;
  g_autoptr (WsiRecorder) recorder = fuzz_make_recorder (&store);
  gboolean is_answer = (config & CONFIG_ANSWER) != 0, is_browser = TRUE;
  WsiBrowserWatch *watch =
    wsi_browser_watch_new (recorder, (config & CONFIG_WANTED) != 0 ? "shop" : NULL, &funcs, NULL);

  wsi_browser_watch_begin (watch, "http://h/\"\\\n");
  while (at < end && is_browser)
    {
      const guint8 *zero = memchr (at, 0, end - at);
      gsize length = (zero != NULL ? zero : end) - at;
      g_autofree guint8 *message = g_memdup2 (at, MAX (length, 1));
      g_autoptr (WsiConversation) first = NULL;

      if (is_answer)
        take_answer (at, length);
      else
        is_browser = wsi_browser_watch_take (watch, message, length, NULL);
      is_answer = FALSE;

      if ((config & CONFIG_RELOADS) != 0)
        first = wsi_store_dup_conversation (store, 1);
      if (first != NULL)
        wsi_browser_watch_reload (watch, first);
      at += length + 1;
    }
  wsi_browser_watch_free (watch, WSI_SENTENCE (BROWSER_ENDED));
  return 0;
}
