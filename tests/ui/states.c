/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "states.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "endpoint/far/certificates.h"
#include "inspector/client-text.h"
#include "lib/listen.h"
#include "ui-test.h"
#include "ui/parts/wsi-settings.h"
#include "ui/template-children.h"

#define MIB (1024 * 1024)
#define FULL_DISK (256 * 1024)
#define LEAST_MEMORY 16         /* MiB, of the setting */
#define N_LARGE_TEXTS 5         /* four rows each: client and server, there and back */
#define FILE_NAME "a.wsinspect"
#define N_ROWS 8                /* of a text there and back, with events */

typedef struct
{
  WsiWindow  *window;
  const char *text;
  guint       n_rows;
} Wish;

static gboolean
is_label_with (GtkWidget  *widget,
               const char *part)
{
  return GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget) &&
         strstr (gtk_label_get_text (GTK_LABEL (widget)), part) != NULL;
}

gboolean
state_shows (WsiWindow  *window,
             const char *part)
{
  return ui_test_find (GTK_WIDGET (window), is_label_with, part) != NULL;
}

static gboolean
is_shown (gpointer data)
{
  Wish *wish = data;

  return state_shows (wish->window, wish->text);
}

/* In any language. */
static void
wait_for_text (WsiWindow  *window,
               const char *text)
{
  Wish wish = { .window = window, .text = text };

  ui_test_wait_until (is_shown, &wish);
}

static gboolean
has_rows (gpointer data)
{
  Wish *wish = data;
  WsiSession *session = ui_test_get_session (wish->window);

  return session != NULL && wsi_store_get_end (wsi_session_get_store (session)) >= wish->n_rows;
}

static gboolean
has_sentence (gpointer source)
{
  return wsi_source_get_sentence (source) != NULL;
}

WsiSource *
state_capture (WsiWindow *window)
{
  Wish wish = { .window = window, .n_rows = N_ROWS };
  WsiSource *client;

  ui_test_serve (window, "0");
  ui_test_connect (window, wsi_source_get_uri (ui_test_get_source (window)));
  client = wsi_session_get_source (ui_test_get_session (window), 1);
  ui_test_wait_until (ui_test_is_running, client);
  client_text_send (client, "Hello");
  ui_test_wait_until (has_rows, &wish);
  return client;
}

static void
make_place (Surroundings *self)
{
  g_autofree char *path = NULL;

  self->folder = g_dir_make_tmp ("wsi-XXXXXX", NULL);
  path = g_build_filename (self->folder, FILE_NAME, NULL);
  self->file = g_file_new_for_path (path);
}

/* Its certificate is of an authority that this computer does not know. */
static void
meet_unknown_authority (Surroundings *self,
                        WsiWindow    *window)
{
  WspServer *server = wsp_server_new ();
  g_autofree char *uri = NULL;
  guint16 port;

  self->peer = G_OBJECT (server);
  g_object_set (server, "tls-certificate", authority_get_certificate (CERTIFICATE_GOOD), NULL);
  port = listen_on_free_port (server, NULL);
  uri = g_strdup_printf ("wss://127.0.0.1:%u/", port);
  ui_test_connect (window, uri);
  ui_test_wait_until (ui_test_has_failed, window);
}

/* A listening source of the window with a certificate that clients do not know. */
static WsiSource *
listen_with_certificate (WsiWindow    *window,
                         WsiTargetKind kind)
{
  g_autoptr (WsiTarget) target = wsi_target_new (kind);
  g_autofree char *certificate = NULL;
  g_autofree char *key = NULL;

  authority_get_certificate (CERTIFICATE_GOOD);
  certificate = authority_dup_path ("good.pem");
  key = authority_dup_path ("key");
  wsi_target_set_text (target, WSI_TARGET_LISTEN, "0");
  wsi_target_set_text (target, WSI_TARGET_CERTIFICATE, certificate);
  wsi_target_set_text (target, WSI_TARGET_KEY, key);
  if (kind == WSI_TARGET_PROXY)
    wsi_target_set_text (target, WSI_TARGET_ADDRESS, "ws://127.0.0.1:9");
  wsi_window_start (window, target);
  return ui_test_get_source (window);
}

static void
be_refused (Surroundings *self,
            WsiWindow    *window,
            WsiTargetKind kind)
{
  WsiSource *source = listen_with_certificate (window, kind);
  WspClient *client = wsp_client_new ();

  self->peer = G_OBJECT (client);
  ui_test_wait_until (ui_test_is_running, source);
  wsp_client_connect_async (client, wsi_source_get_uri (source), NULL, NULL, NULL, NULL, NULL);
  ui_test_wait_until (has_sentence, source);
}

static void
be_refused_as_server (Surroundings *self,
                      WsiWindow    *window)
{
  be_refused (self, window, WSI_TARGET_SERVER);
}

static void
be_refused_as_proxy (Surroundings *self,
                     WsiWindow    *window)
{
  be_refused (self, window, WSI_TARGET_PROXY);
}

/* More than the memory of the session has room for. */
static void
send_large_texts (WsiWindow *window)
{
  WsiSource *client = state_capture (window);
  g_autofree char *text = g_strnfill (MIB, 'a');
  Wish wish = { .window = window, .n_rows = N_ROWS + 4 * N_LARGE_TEXTS };

  for (guint i = 0; i < N_LARGE_TEXTS; i++)
    client_text_send (client, text);
  ui_test_wait_until (has_rows, &wish);
}

static void
set_limits (Surroundings *self,
            guint         spill)
{
  self->settings = wsi_settings_new ();
  g_settings_set_uint (self->settings, "payload-memory-mib", LEAST_MEMORY);
  g_settings_set_uint (self->settings, "spill-mib", spill);
}

static void
drop_payloads (Surroundings *self,
               WsiWindow    *window)
{
  set_limits (self, 0);
  send_large_texts (window);
}

/* The system refuses to write more to a file, as a full disk does. */
static void
fill_disk (struct rlimit *before)
{
  struct rlimit small;

  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, before);
  small = *before;
  small.rlim_cur = FULL_DISK;
  setrlimit (RLIMIT_FSIZE, &small);
}

static void
fill_disk_while_spilling (Surroundings *self,
                          WsiWindow    *window)
{
  struct rlimit before;

  set_limits (self, 1024);
  fill_disk (&before);
  send_large_texts (window);
  setrlimit (RLIMIT_FSIZE, &before);
}

static void
fill_disk_while_saving (Surroundings *self,
                        WsiWindow    *window)
{
  g_autofree char *text = g_strnfill (2 * FULL_DISK, 'a');
  WsiSource *client = state_capture (window);
  struct rlimit before;

  make_place (self);
  fill_disk (&before);
  ui_test_save (window, self->file);
  client_text_send (client, text);
  wait_for_text (window, FILE_NAME ": ");
  setrlimit (RLIMIT_FSIZE, &before);
}

static void
open_missing_file (Surroundings *self,
                   WsiWindow    *window)
{
  g_autoptr (WsiTarget) target = NULL;

  make_place (self);
  target = wsi_target_new_for_file (self->file);
  wsi_window_start (window, target);
  ui_test_wait_until (ui_test_has_failed, window);
}

static void
lose_saved_file (Surroundings *self,
                 WsiWindow    *window)
{
  WsiSource *client = state_capture (window);

  make_place (self);
  ui_test_save (window, self->file);
  g_assert_true (g_file_delete (self->file, NULL, NULL));
  client_text_send (client, "in no file");
  wait_for_text (window, FILE_NAME ": ");
}

static void
open_connection (Surroundings *self,
                 WsiWindow    *window)
{
  state_capture (window);
}

static const struct
{
  const char *name;
  void        (*reach)(Surroundings *self, WsiWindow *window);
} states[] = {
  { "certificate-refused", meet_unknown_authority },
  { "certificate-refused-by-client", be_refused_as_server },
  { "certificate-refused-by-client-of-proxy", be_refused_as_proxy },
  { "payload-dropped", drop_payloads },
  { "full-disk-while-spilling", fill_disk_while_spilling },
  { "full-disk-while-saving", fill_disk_while_saving },
  { "open-connection", open_connection },
  { "missing-file", open_missing_file },
  { "vanished-file", lose_saved_file },
};

void
state_reach (Surroundings *self,
             WsiWindow    *window,
             const char   *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_str_equal (states[i].name, name))
      {
        states[i].reach (self, window);
        return;
      }

  g_assert_not_reached ();
}

void
state_clear (Surroundings *self)
{
  g_clear_object (&self->peer);
  if (self->settings != NULL)
    {
      g_settings_reset (self->settings, "payload-memory-mib");
      g_settings_reset (self->settings, "spill-mib");
    }
  g_clear_object (&self->settings);
  if (self->file != NULL)
    g_file_delete (self->file, NULL, NULL);
  g_clear_object (&self->file);
  if (self->folder != NULL)
    g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_clear_pointer (&self->folder, g_free);
}
