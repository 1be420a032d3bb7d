/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The page of the opening handshake: its widgets show the report, each value in its place, and
 * interpret no markup or control character of a peer. */
#include "ui/details/wsi-handshake-page.h"
#include "ui/window/wsi-application.h"

#include <adwaita.h>
#include <libwsproto/observe/wsp-handshake-check.h>
#include <string.h>

#include "inspect/capture/wsi-recorder.h"
#include "lib/rows.h"
#include "picture.h"
#include "ui-test.h"
#include "ui/template-children.h"

/* The example of RFC 6455 1.2 and 1.3. */
#define REQUEST_LINES "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define REQUEST REQUEST_LINES KEY "\r\n"
#define ANSWER_LINES "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n" \
  "Connection: Upgrade\r\n"
#define ANSWER ANSWER_LINES "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
#define HOSTILE "<b>bold</b> &amp; \x1b[31m \xe2\x80\xae \x07"
#define HOSTILE_SHOWN "<b>bold</b> &amp; \\x1b[31m \\u{202e} \\x07"
#define DERIVATION_BEGIN "key     dGhlIHNhbXBsZSBub25jZQ==\n" \
  "+ GUID  258EAFA5-E914-47DA-95CA-C5AB0DC85B11\n" \
  "SHA-1   b3 7a 4f 2c c0 62 4f 16 90 f6 46 06 cf 38 59 45 b2 be c4 ea\n" \
  "base64  s3pPLMBiTxaQ9kYGzzhZRbK+xOo=  expected\n"

#define WIDTH 900
#define HEIGHT 900

static GtkApplication *application;
static guint n_seen[WSP_HANDSHAKE_VERDICT_NOT_CHECKED + 1];      /* of each verdict, in all cases */

/* NULL: there is none, or it is not looked at. */
static const struct
{
  const char *name, *request, *response;
  const char *shown_request, *shown_response, *derivation;
} cases[] = {
  { "as-in-the-rfc", REQUEST, ANSWER,
    "GET /chat HTTP/1.1\nHost: server.example.com\nUpgrade: websocket\nConnection: Upgrade\n"
    "Sec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nConnection: Upgrade\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    DERIVATION_BEGIN "        s3pPLMBiTxaQ9kYGzzhZRbK+xOo=  received ✔ matches" },
  { "wrong-accept", REQUEST, ANSWER_LINES "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
    NULL, NULL,
    DERIVATION_BEGIN "        AAAAAAAAAAAAAAAAAAAAAAAAAAA=  received ✘ does not match" },
  { "with-a-warning", REQUEST,
    ANSWER_LINES "Content-Length: 3\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
    NULL, NULL, DERIVATION_BEGIN "        s3pPLMBiTxaQ9kYGzzhZRbK+xOo=  received ✔ matches" },
  { "refused", REQUEST, "HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n",
    NULL, "HTTP/1.1 404 Gone\nContent-Length: 0", DERIVATION_BEGIN "        (not received)" },
  { "without-a-response", REQUEST, NULL, NULL, "No response", DERIVATION_BEGIN "        (not received)" },
  { "without-a-key", REQUEST_LINES "\r\n", ANSWER, NULL, NULL, NULL },
  { "SEC-115-hostile-response", REQUEST,
    "HTTP/1.1 404 " HOSTILE "\r\nX-Bad: " HOSTILE "\r\n\r\n",
    NULL, "HTTP/1.1 404 " HOSTILE_SHOWN "\nX-Bad: " HOSTILE_SHOWN,
    DERIVATION_BEGIN "        (not received)" },
  { "SEC-115-hostile-accept", REQUEST, ANSWER_LINES "Sec-WebSocket-Accept: <b>x</b>\xe2\x80\xae\r\n\r\n",
    NULL, NULL, DERIVATION_BEGIN "        <b>x</b>\\u{202e}  received ✘ does not match" },
  { "SEC-115-hostile-request", REQUEST_LINES "Origin: <i>\xe2\x80\xae</i>\r\n" KEY "\r\n", ANSWER, NULL, NULL, NULL },
  { "SEC-115-hostile-key", REQUEST_LINES "Sec-WebSocket-Key: <b>\xe2\x80\xae</b>\r\n\r\n", ANSWER, NULL, NULL, NULL },
};

static const struct
{
  const char *icon_name, *css_class, *name;
} verdicts[] = {
  [WSP_HANDSHAKE_VERDICT_PASSED] = { "object-select-symbolic", "success", "passed" },
  [WSP_HANDSHAKE_VERDICT_HINT] = { "dialog-information-symbolic", "dim-label", "hint" },
  [WSP_HANDSHAKE_VERDICT_WARNING] = { "dialog-warning-symbolic", "warning", "warning" },
  [WSP_HANDSHAKE_VERDICT_FAILED] = { "dialog-error-symbolic", "error", "failed" },
  [WSP_HANDSHAKE_VERDICT_NOT_CHECKED] = { "list-remove-symbolic", "dim-label", "not checked" },
};

static gpointer
get_part (WsiHandshakePage *page,
          const char       *name)
{
  GObject *part = ui_test_get_child (page, name);

  g_assert_nonnull (part);
  return part;
}

static const char *
get_text (WsiHandshakePage *page,
          const char       *name)
{
  GtkLabel *label = get_part (page, name);

  g_assert_false (gtk_label_get_use_markup (label));
  return gtk_label_get_text (label);
}

/* All widgets of a type, in the order in which they stand. */
static void
collect (GtkWidget *widget,
         GType      type,
         GPtrArray *found)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    g_ptr_array_add (found, widget);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect (child, type, found);
}

/* Checks the drawn text, not the properties of the widgets. */
static void
assert_nothing_is_obeyed (WsiHandshakePage *page)
{
  g_autoptr (GPtrArray) labels = g_ptr_array_new ();

  collect (GTK_WIDGET (page), GTK_TYPE_LABEL, labels);
  g_assert_cmpuint (labels->len, >, 20);
  for (guint i = 0; i < labels->len; i++)
    {
      const char *text = gtk_label_get_text (labels->pdata[i]);

      for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
        {
          gunichar c = g_utf8_get_char (p);

          if (c != '\n')
            g_assert_false (g_unichar_iscntrl (c));
          g_assert_cmpint (g_unichar_type (c), !=, G_UNICODE_FORMAT);
        }
    }
}

static gboolean
has_label (GtkWidget  *row,
           const char *text)
{
  g_autoptr (GPtrArray) labels = g_ptr_array_new ();

  collect (row, GTK_TYPE_LABEL, labels);
  for (guint i = 0; i < labels->len; i++)
    {
      if (g_str_equal (gtk_label_get_text (labels->pdata[i]), text) &&
          gtk_widget_get_visible (labels->pdata[i]))
        return TRUE;
    }

  return FALSE;
}

/* A row has place for another, which is empty. */
static GtkWidget *
find_icon (GtkWidget *row)
{
  g_autoptr (GPtrArray) images = g_ptr_array_new ();
  GtkWidget *icon = NULL;

  collect (row, GTK_TYPE_IMAGE, images);
  for (guint i = 0; i < images->len; i++)
    {
      if (gtk_image_get_icon_name (images->pdata[i]) == NULL)
        continue;

      g_assert_null (icon);
      icon = images->pdata[i];
    }
  g_assert_nonnull (icon);
  g_assert_true (gtk_widget_get_mapped (icon));
  return icon;
}

static void
assert_check (GtkWidget               *row,
              const WspHandshakeCheck *check)
{
  WspHandshakeVerdict verdict = wsp_handshake_check_get_verdict (check);
  const char *text = wsp_handshake_check_get_text (check);
  GtkWidget *icon = find_icon (row);

  n_seen[verdict]++;
  g_assert_cmpstr (gtk_image_get_icon_name (GTK_IMAGE (icon)), ==, verdicts[verdict].icon_name);
  g_assert_true (gtk_widget_has_css_class (icon, verdicts[verdict].css_class));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (icon), ==, verdicts[verdict].name);
  g_assert_true (has_label (row, wsp_handshake_check_get_section (check)));
  g_assert_true (has_label (row, text));
}

static void
assert_checks (WsiHandshakePage         *page,
               const WsiHandshakeReport *report)
{
  GtkWidget *row = gtk_widget_get_first_child (get_part (page, "check_list"));
  g_autofree char *counts = NULL;
  guint n_of_case[G_N_ELEMENTS (verdicts)] = { 0 };

  for (guint i = 0; i < report->checks->len; i++)
    {
      g_assert_nonnull (row);
      assert_check (row, report->checks->pdata[i]);
      n_of_case[wsp_handshake_check_get_verdict (report->checks->pdata[i])]++;
      row = gtk_widget_get_next_sibling (row);
    }
  g_assert_null (row);

  counts = g_strdup_printf ("%u passed, %u with a warning, %u failed, %u not checked",
                            n_of_case[WSP_HANDSHAKE_VERDICT_PASSED] +
                            n_of_case[WSP_HANDSHAKE_VERDICT_HINT],
                            n_of_case[WSP_HANDSHAKE_VERDICT_WARNING],
                            n_of_case[WSP_HANDSHAKE_VERDICT_FAILED],
                            n_of_case[WSP_HANDSHAKE_VERDICT_NOT_CHECKED]);
  g_assert_cmpstr (adw_preferences_group_get_description (get_part (page, "checks")), ==, counts);
}

static WsiHandshakeReport *
make_report (guint i)
{
  g_autoptr (GBytes) request = g_bytes_new_static (cases[i].request, strlen (cases[i].request));
  g_autoptr (GBytes) response = NULL;

  if (cases[i].response != NULL)
    response = g_bytes_new_static (cases[i].response, strlen (cases[i].response));

  return wsi_handshake_report_new (request, response);
}

static void
assert_page (WsiHandshakePage *page,
             guint             i)
{
  g_autoptr (WsiHandshakeReport) report = make_report (i);
  gboolean has_derivation = gtk_widget_get_visible (get_part (page, "derivation"));

  g_assert_cmpstr (gtk_stack_get_visible_child_name (get_part (page, "stack")), ==, "report");
  assert_checks (page, report);
  assert_nothing_is_obeyed (page);
  g_assert_true (g_str_has_prefix (get_text (page, "request"), "GET /chat HTTP/1.1\n"));
  if (cases[i].shown_request != NULL)
    g_assert_cmpstr (get_text (page, "request"), ==, cases[i].shown_request);
  if (cases[i].shown_response != NULL)
    g_assert_cmpstr (get_text (page, "response"), ==, cases[i].shown_response);
  if (cases[i].derivation != NULL)
    g_assert_cmpstr (get_text (page, "steps"), ==, cases[i].derivation);
  g_assert_cmpint (has_derivation, ==, report->key != NULL);
}

typedef struct
{
  WsiStore        *store;
  WsiConversation *conversation;
} Recording;

/* response: NULL = there is none. */
static void
recording_init (Recording  *self,
                const char *request,
                const char *response)
{
  const char *const bytes[] = { request, response };
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  g_autoptr (WsiRecorder) recorder = NULL;

  limits.max_file = 0;
  self->store = wsi_store_new_with_limits (&limits);
  recorder = wsi_recorder_new (self->store, WSP_ROLE_CLIENT);
  self->conversation = g_object_ref (wsi_recorder_open (recorder, &opening, 1000));
  for (guint i = 0; i < G_N_ELEMENTS (bytes) && bytes[i] != NULL; i++)
    {
      g_autoptr (GBytes) pushed = g_bytes_new_static (bytes[i], strlen (bytes[i]));

      wsi_recorder_push (recorder, self->conversation, i, pushed, 1000 + 41000 * i);
    }
  wsi_recorder_close_stream (recorder, self->conversation, WSI_STREAM_ENDED, 60000);
}

static void
recording_clear (Recording *self)
{
  g_clear_object (&self->conversation);
  g_clear_object (&self->store);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Recording, recording_clear)

/* In a window, so that what is drawn is there. */
static GtkWindow *
open_page (WsiHandshakePage * *page)
{
  GtkWidget *window = gtk_application_window_new (application);

  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
  *page = g_object_new (WSI_TYPE_HANDSHAKE_PAGE, NULL);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (*page));
  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (window);
  return GTK_WINDOW (window);
}

static void
test_case (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);
  g_auto (Recording) recording = { 0 };
  WsiHandshakePage *page;
  GtkWindow *window = open_page (&page);

  recording_init (&recording, cases[i].request, cases[i].response);
  wsi_handshake_page_set_conversation (page, recording.store, recording.conversation);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  assert_page (page, i);
  gtk_window_destroy (window);
}

#define SECRETS REQUEST_LINES KEY "Cookie: id=Secret12345\r\n\r\n"
#define REFUSAL "HTTP/1.1 404 Not Found\r\nContent-Length: 30\r\n\r\n"
#define BODY "<h1>No\\such</h1>\r\nline \x07\xe2\x80\xae 2\n"
#define BODY_SHOWN "<h1>No\\such</h1>\nline \\x07\\u{202e} 2\n"

static void
test_refusal (void)
{
  g_auto (Recording) recording = { 0 };
  WsiHandshakePage *page;
  GtkWindow *window = open_page (&page);
  GtkWidget *row;

  recording_init (&recording, REQUEST, REFUSAL BODY);
  wsi_handshake_page_set_conversation (page, recording.store, recording.conversation);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  g_assert_cmpstr (get_text (page, "result"), ==, "Refused with status 404 after 41.0 ms");
  g_assert_true (gtk_widget_get_visible (get_part (page, "body_group")));
  g_assert_cmpstr (get_text (page, "body"), ==, BODY_SHOWN);
  row = gtk_widget_get_first_child (get_part (page, "failure_list"));
  g_assert_cmpstr (gtk_image_get_icon_name (GTK_IMAGE (find_icon (row))), ==,
                   verdicts[WSP_HANDSHAKE_VERDICT_FAILED].icon_name);
  assert_nothing_is_obeyed (page);
  picture_save (GTK_WIDGET (window), "handshake-refused");

  wsi_handshake_page_set_conversation (page, recording.store, NULL);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (get_part (page, "stack")), ==,
                   "unselected");
  gtk_window_destroy (window);
}

/* The body follows its head, when the page is already there. */
static void
test_late_body (void)
{
  g_auto (Recording) recording = { 0 };
  const WsiOpening opening = { .role = WSP_ROLE_CLIENT };
  WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  g_autoptr (WsiRecorder) recorder = NULL;
  WsiHandshakePage *page;
  GtkWindow *window = open_page (&page);
  const char *const bytes[] = { REQUEST, REFUSAL, BODY };

  limits.max_file = 0;
  recording.store = wsi_store_new_with_limits (&limits);
  recorder = wsi_recorder_new (recording.store, WSP_ROLE_CLIENT);
  recording.conversation = g_object_ref (wsi_recorder_open (recorder, &opening, 1000));
  for (guint i = 0; i < G_N_ELEMENTS (bytes); i++)
    {
      g_autoptr (GBytes) pushed = g_bytes_new_static (bytes[i], strlen (bytes[i]));

      if (i == 2)
        wsi_handshake_page_set_conversation (page, recording.store, recording.conversation);
      wsi_recorder_push (recorder, recording.conversation, i > 0, pushed, 1000 * (i + 1));
    }
  g_assert_false (gtk_widget_get_visible (get_part (page, "body_group")));
  wsi_recorder_close_stream (recorder, recording.conversation, WSI_STREAM_ENDED, 60000);
  g_assert_true (gtk_widget_get_visible (get_part (page, "body_group")));
  g_assert_cmpstr (get_text (page, "body"), ==, BODY_SHOWN);
  gtk_window_destroy (window);
}

static void
test_success (void)
{
  g_auto (Recording) recording = { 0 };
  WsiHandshakePage *page;
  GtkWindow *window = open_page (&page);

  recording_init (&recording, REQUEST, ANSWER);
  wsi_handshake_page_set_conversation (page, recording.store, recording.conversation);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (window));
  g_assert_cmpstr (get_text (page, "result"), ==, "101: the connection is open after 41.0 ms");
  g_assert_false (gtk_widget_get_visible (get_part (page, "body_group")));
  gtk_toggle_button_set_active (get_part (page, "table_button"), TRUE);
  g_assert_true (has_label (get_part (page, "request_table"), "Sec-WebSocket-Version"));
  g_assert_true (has_label (get_part (page, "response_table"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
  picture_save (GTK_WIDGET (window), "handshake-table");
  gtk_window_destroy (window);
}

/* Hidden until they are asked for: then also those of the next connection. */
static void
test_secrets (void)
{
  g_auto (Recording) recording = { 0 };
  WsiHandshakePage *page;
  GtkWindow *window = open_page (&page);

  recording_init (&recording, SECRETS, ANSWER);
  wsi_handshake_page_set_conversation (page, recording.store, recording.conversation);
  g_assert_null (strstr (get_text (page, "request"), "Secret12345"));
  gtk_toggle_button_set_active (get_part (page, "secrets_button"), TRUE);
  g_assert_nonnull (strstr (get_text (page, "request"), "Secret12345"));
  wsi_handshake_page_set_conversation (page, recording.store, recording.conversation);
  g_assert_nonnull (strstr (get_text (page, "request"), "Secret12345"));
  wsi_handshake_page_set_conversation (page, recording.store, NULL);
  wsi_handshake_page_set_conversation (page, recording.store, recording.conversation);
  g_assert_nonnull (strstr (get_text (page, "request"), "Secret12345"));
  gtk_toggle_button_set_active (get_part (page, "secrets_button"), FALSE);
  g_assert_null (strstr (get_text (page, "request"), "Secret12345"));
  gtk_window_destroy (window);
}

/* A connection that was open before: only a page that is still there can open it again. */
static const struct
{
  const char *source, *description;
  gboolean    is_offered;
} missing[] = {
  { WSI_SOURCE_BROWSER, "opened before we looked", TRUE },
  { WSI_SOURCE_PROGRAM, "The program keeps no handshakes", FALSE },
  { "file", "has no handshake of this connection", FALSE },
  { NULL, "has no handshake of this connection", FALSE },
};

static void
test_missing (void)
{
  const WsiStoreLimits limits = WSI_STORE_LIMITS_DEFAULT;
  WsiHandshakePage *page;
  GtkWindow *window = open_page (&page);
  GtkWidget *button = get_part (page, "reload_button");

  for (guint i = 0; i < G_N_ELEMENTS (missing); i++)
    {
      g_autoptr (WsiStore) store = wsi_store_new_with_limits (&limits);
      g_autoptr (WsiRecorder) recorder = wsi_recorder_new (store, WSP_ROLE_CLIENT);
      const WsiOpening opening = {
        .role = WSP_ROLE_CLIENT, .source = missing[i].source, .handshake = WSI_HANDSHAKE_MISSING,
      };
      WsiConversation *conversation = wsi_recorder_open (recorder, &opening, 1);

      wsi_handshake_page_set_conversation (page, store, conversation);
      g_assert_cmpstr (gtk_stack_get_visible_child_name (get_part (page, "stack")), ==, "missing");
      g_assert_nonnull (strstr (adw_status_page_get_description (get_part (page, "missing")),
                                missing[i].description));
      g_assert_cmpint (gtk_widget_get_visible (button), ==, missing[i].is_offered);

      wsi_recorder_close (recorder, conversation, WSI_ENDING_CUT, NULL, 2);
      g_assert_false (gtk_widget_get_visible (button));
      wsi_handshake_page_set_conversation (page, store, NULL);
    }
  g_assert_cmpstr (gtk_stack_get_visible_child_name (get_part (page, "stack")), ==,
                   "unselected");
  gtk_window_destroy (window);
}

/* Nothing of the one before is left. */
static void
test_one_after_the_other (void)
{
  WsiHandshakePage *page;
  GtkWindow *window = open_page (&page);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Recording) recording = { 0 };

      recording_init (&recording, cases[i].request, cases[i].response);
      wsi_handshake_page_set_conversation (page, recording.store, recording.conversation);
      assert_page (page, i);
    }
  wsi_handshake_page_set_conversation (page, NULL, NULL);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (get_part (page, "stack")), ==,
                   "unselected");
  gtk_window_destroy (window);
}

/* Without a case for each the ones above say little. */
static void
test_verdicts (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (n_seen); i++)
    g_assert_cmpuint (n_seen[i], >, 0);
}

int
main (int    argc,
      char **argv)
{
  application = ui_test_begin (&argc, &argv);

  ADD_ROWS ("/ui/handshake-page/shows", cases, test_case);
  g_test_add_func ("/ui/handshake-page/shows/one-after-the-other", test_one_after_the_other);
  g_test_add_func ("/ui/handshake-page/conversation/shows-the-body-of-a-refusal", test_refusal);
  g_test_add_func ("/ui/handshake-page/conversation/shows-a-body-that-follows", test_late_body);
  g_test_add_func ("/ui/handshake-page/conversation/shows-the-result-and-a-table", test_success);
  g_test_add_func ("/ui/handshake-page/conversation/hides-secrets-until-asked", test_secrets);
  g_test_add_func ("/ui/handshake-page/conversation/without-a-handshake", test_missing);
  g_test_add_func ("/ui/handshake-page/verdicts/each-was-shown", test_verdicts);
  return ui_test_end (application);
}
