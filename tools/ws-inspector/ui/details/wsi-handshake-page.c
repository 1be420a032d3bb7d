/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/details/wsi-handshake-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <libwsproto/observe/wsp-handshake-check.h>
#include <libwsproto/wsproto.h>

#include "inspect/decode/wsi-hex.h"
#include "inspect/decode/wsi-text.h"
#include "inspect/save/redaction/wsi-redactor.h"
#include "inspect/show/header/wsi-refusal.h"
#include "inspect/show/sentences/wsi-translate.h"
#include "inspect/store/wsi-conversation.h"
#include "ui/details/wsi-handshake-result.h"
#include "ui/details/wsi-head-table.h"
#include "ui/parts/wsi-wrap-box.h"

struct _WsiHandshakePage
{
  GtkWidget            parent_instance;

  GtkStack            *stack, *request_views, *response_views;
  AdwStatusPage       *missing;
  GtkWidget           *reload_button, *key_log_button;
  GtkImage            *result_icon;
  GtkLabel            *result, *request, *response, *body, *steps;
  GtkToggleButton     *table_button, *secrets_button;
  AdwPreferencesGroup *failures, *body_group, *checks, *derivation;
  GtkListBox          *failure_list, *request_table, *response_table, *check_list;
  WsiStore            *store;           /* store of the body; NULL: the body is not known */
  WsiConversation     *conversation;
  GBytes              *request_head, *response_head;
};

G_DEFINE_FINAL_TYPE (WsiHandshakePage, wsi_handshake_page, GTK_TYPE_WIDGET)

static const struct
{
  const char *icon_name, *css_class, *name;
} verdicts[] = {
  [WSP_HANDSHAKE_VERDICT_PASSED] = { "object-select-symbolic", "success", N_("passed") },
  [WSP_HANDSHAKE_VERDICT_HINT] = { "dialog-information-symbolic", "dim-label", N_("hint") },
  [WSP_HANDSHAKE_VERDICT_WARNING] = { "dialog-warning-symbolic", "warning", N_("warning") },
  [WSP_HANDSHAKE_VERDICT_FAILED] = { "dialog-error-symbolic", "error", N_("failed") },
  [WSP_HANDSHAKE_VERDICT_NOT_CHECKED] = { "list-remove-symbolic", "dim-label", N_("not checked") },
};

static void
handshake_page_show_head (WsiHandshakePage *self,
                          GBytes           *head,
                          WsiRedactor      *redactor,
                          GtkLabel         *label,
                          GtkListBox       *table)
{
  g_auto (GStrv) lines = head == NULL
                         ? NULL
                         : wsi_redactor_show_head (redactor, head, WSI_CHARSET_UTF8);
  g_autofree char *text = lines != NULL ? g_strjoinv ("\n", lines) : g_strdup (_("No response"));

  gtk_label_set_text (label, text);
  wsi_head_table_fill (table, (const char *const *) lines);
}

/* The redactor finds the secrets in the heads, which other texts may quote. */
static void
show_heads (WsiHandshakePage         *self,
            const WsiHandshakeReport *report,
            WsiRedactor              *redactor)
{
  const char *view = gtk_toggle_button_get_active (self->table_button) ? "table" : "raw";

  handshake_page_show_head (self, report->request, redactor, self->request, self->request_table);
  handshake_page_show_head (self, report->response, redactor, self->response, self->response_table);
  gtk_stack_set_visible_child_name (self->request_views, view);
  gtk_stack_set_visible_child_name (self->response_views,
                                    self->response_head != NULL ? view : "raw");
}

static GtkWidget *
make_check_row (const WspHandshakeCheck *check,
                WsiRedactor             *redactor)
{
  WspHandshakeVerdict verdict = wsp_handshake_check_get_verdict (check);
  GtkWidget *icon = gtk_image_new_from_icon_name (verdicts[verdict].icon_name);
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *sentence = wsi_translate_text (wsp_handshake_check_get_text (check));
  g_autofree char *open = wsi_redactor_hide_text (redactor, sentence);
  g_autofree char *text = wsi_text_escape_sentence (open, WSI_CHARSET_UTF8);

  gtk_widget_add_css_class (icon, verdicts[verdict].css_class);
  gtk_widget_set_tooltip_text (icon, _(verdicts[verdict].name));
  gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _(verdicts[verdict].name), -1);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), text);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), wsp_handshake_check_get_section (check));
  return row;
}

static gboolean
is_of_note (const WspHandshakeCheck *check)
{
  WspHandshakeVerdict verdict = wsp_handshake_check_get_verdict (check);

  return verdict == WSP_HANDSHAKE_VERDICT_FAILED || verdict == WSP_HANDSHAKE_VERDICT_WARNING;
}

/* Lists failed rules first, then warnings. */
static void
show_failures (WsiHandshakePage         *self,
               const WsiHandshakeReport *report,
               WsiRedactor              *redactor)
{
  const WspHandshakeVerdict order[] = {
    WSP_HANDSHAKE_VERDICT_FAILED, WSP_HANDSHAKE_VERDICT_WARNING
  };
  guint n = 0;

  wsi_list_box_clear (self->failure_list);
  for (guint k = 0; k < G_N_ELEMENTS (order); k++)
    for (guint i = 0; i < report->checks->len; i++)
      {
        const WspHandshakeCheck *check = report->checks->pdata[i];

        if (!is_of_note (check) || wsp_handshake_check_get_verdict (check) != order[k])
          continue;

        gtk_list_box_append (self->failure_list, make_check_row (check, redactor));
        n++;
      }
  gtk_widget_set_visible (GTK_WIDGET (self->failures), n > 0);
}

static void
show_checks (WsiHandshakePage         *self,
             const WsiHandshakeReport *report,
             WsiRedactor              *redactor)
{
  g_autofree char *counts =
    g_strdup_printf (_("%u passed, %u with a warning, %u failed, %u not checked"), report->n_passed,
                     report->n_warnings, report->n_failed, report->n_not_checked);

  wsi_list_box_clear (self->check_list);
  for (guint i = 0; i < report->checks->len; i++)
    gtk_list_box_append (self->check_list, make_check_row (report->checks->pdata[i], redactor));

  adw_preferences_group_set_description (self->checks, counts);
  show_failures (self, report, redactor);
}

static char *
format_received (const WsiHandshakeReport *report)
{
  g_autofree char *received = NULL;

  if (report->received == NULL)
    return g_strdup (_("(not received)"));

  received = wsi_text_escape_line (report->received, WSI_CHARSET_UTF8);
  return g_strdup_printf (wsi_handshake_report_is_equal (report)
                          ? _("%s  received ✔ matches")
                          : _("%s  received ✘ does not match"), received);
}

/* Shows the derivation of the accept value, whose steps have the names of RFC 6455. */
static void
show_derivation (WsiHandshakePage         *self,
                 const WsiHandshakeReport *report)
{
  g_autofree char *key = NULL;
  g_autofree char *digest = NULL;
  g_autofree char *received = NULL;
  g_autofree char *text = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->derivation), report->key != NULL);
  if (report->key == NULL)
    return;

  key = wsi_text_escape_line (report->key, WSI_CHARSET_UTF8);
  digest = wsi_hex_line (report->digest, g_bytes_get_size (report->digest));
  received = format_received (report);
  text = g_strdup_printf ("key     %s\n+ GUID  %s\nSHA-1   %s\nbase64  %s  %s\n        %s", key,
                          WSP_ACCEPT_KEY_GUID, digest, report->expected, _("expected"), received);
  gtk_label_set_text (self->steps, text);
}

/* Shows the result in a word, too: an icon alone may not be seen. */
static void
show_result (WsiHandshakePage         *self,
             const WsiHandshakeReport *report,
             WsiRedactor              *redactor)
{
  gboolean is_open = report->n_failed == 0 && report->response != NULL;
  gboolean is_known = report->response != NULL || report->n_failed > 0;
  WspHandshakeVerdict verdict = is_open ? WSP_HANDSHAKE_VERDICT_PASSED
                                : is_known ? WSP_HANDSHAKE_VERDICT_FAILED
                                : WSP_HANDSHAKE_VERDICT_NOT_CHECKED;
  g_autofree char *text = self->conversation != NULL
                          ? wsi_handshake_result_describe (self->conversation, report, redactor)
                          : g_strdup (_(verdicts[verdict].name));

  for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self->result_icon), verdicts[i].css_class);
  gtk_image_set_from_icon_name (self->result_icon, verdicts[verdict].icon_name);
  gtk_widget_add_css_class (GTK_WIDGET (self->result_icon), verdicts[verdict].css_class);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->result_icon), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _(verdicts[verdict].name), -1);
  gtk_label_set_text (self->result, text);
}

static void
handshake_page_show_body (WsiHandshakePage *self)
{
  gboolean is_truncated = FALSE;
  g_autoptr (GBytes) body = NULL;
  g_autofree char *text = NULL;

  if (self->store != NULL)
    body = wsi_refusal_dup_body (self->store, self->conversation, WSI_MAX_SHOWN_BODY,
                                 &is_truncated);
  gtk_widget_set_visible (GTK_WIDGET (self->body_group), body != NULL);
  if (body == NULL)
    return;

  text = wsi_refusal_format_body (body);
  gtk_label_set_text (self->body, text);
  adw_preferences_group_set_description (self->body_group,
                                         is_truncated ? _("Only its beginning is shown") : NULL);
}

/* Refreshes the page; secrets are hidden until the user asks for them. */
static void
handshake_page_refresh (WsiHandshakePage *self)
{
  gboolean is_open = gtk_toggle_button_get_active (self->secrets_button);
  g_autoptr (WsiHandshakeReport) report = NULL;
  g_autoptr (WsiRedactor) redactor = NULL;

  if (self->request_head == NULL)
    return;

  report = wsi_conversation_make_report (self->conversation);
  redactor = wsi_redactor_new (is_open ? WSI_REDACTION_NONE : WSI_REDACTION_DEFAULT);
  show_heads (self, report, redactor);
  show_result (self, report, redactor);
  show_checks (self, report, redactor);
  show_derivation (self, report);
}

static void
handshake_page_clear (WsiHandshakePage *self)
{
  if (self->conversation != NULL)
    g_signal_handlers_disconnect_by_data (self->conversation, self);
  g_clear_pointer (&self->request_head, g_bytes_unref);
  g_clear_pointer (&self->response_head, g_bytes_unref);
  g_clear_object (&self->conversation);
  g_clear_object (&self->store);
}

static void
wsi_handshake_page_dispose (GObject *object)
{
  WsiHandshakePage *self = WSI_HANDSHAKE_PAGE (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));

  handshake_page_clear (self);
  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_handshake_page_parent_class)->dispose (object);
}

static void
wsi_handshake_page_class_init (WsiHandshakePageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_handshake_page_dispose;
  g_type_ensure (WSI_TYPE_WRAP_BOX);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/wsi/details/wsi-handshake-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, stack);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, missing);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, reload_button);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, key_log_button);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, request);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, response);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, checks);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, check_list);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, derivation);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, steps);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, request_views);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, response_views);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, result_icon);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, result);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, body);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, table_button);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, secrets_button);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, failures);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, body_group);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, failure_list);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, request_table);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, response_table);
  gtk_widget_class_bind_template_callback (widget_class, handshake_page_refresh);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_handshake_page_init (WsiHandshakePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static gboolean
handshake_page_has_no_keys (WsiHandshakePage *self)
{
  const WsiSentence *sentence = wsi_conversation_get_sentence (self->conversation);

  return sentence != NULL && sentence->id == WSI_SENTENCE_TLS_NO_KEYS;
}

static gboolean
is_recorded_by (WsiHandshakePage *self,
                const char       *source)
{
  return g_strcmp0 (wsi_conversation_get_source (self->conversation), source) == 0;
}

/* Shows that there is no handshake: a browser can open a connection again that it has opened too
 * early, and a capture can be read again with the keys of its TLS. */
static void
handshake_page_show_missing (WsiHandshakePage *self)
{
  const guint32 number = wsi_conversation_get_number (self->conversation);
  const gboolean is_reloadable =
    is_recorded_by (self, WSI_SOURCE_BROWSER) &&
    wsi_conversation_get_ending (self->conversation) == WSI_ENDING_NONE;
  const gboolean is_closed = handshake_page_has_no_keys (self);

  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->reload_button), "u", number);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->key_log_button), "u", number);
  gtk_widget_set_visible (self->reload_button, is_reloadable);
  gtk_widget_set_visible (self->key_log_button, is_closed);
  adw_status_page_set_title (self->missing, is_closed ? _("Encrypted") : _("No Handshake"));
  adw_status_page_set_description (self->missing,
                                   is_closed
                                   ? _("The connections to this server have TLS, and there are no "
                                       "keys. Most programs write theirs to the file that the "
                                       "environment variable SSLKEYLOGFILE names.")
                                   : is_reloadable
                                   ? _("The connection was opened before we looked, and the "
                                       "browser does not repeat its handshake.")
                                   : is_recorded_by (self, WSI_SOURCE_PROGRAM)
                                   ? _("The program keeps no handshakes, or has made the "
                                       "connection of a stream, whose handshake the library did "
                                       "not see.")
                                   : _("The recording has no handshake of this connection."));
}

/* Fills the page; the body of a refusal is whole at the end of the connection. */
static void
handshake_page_fill (WsiHandshakePage *self)
{
  if (self->request_head == NULL)
    {
      handshake_page_show_missing (self);
      return;
    }

  handshake_page_refresh (self);
  handshake_page_show_body (self);
}

/* Shows the handshake.  request: NULL = there is none. */
static void
handshake_page_show (WsiHandshakePage *self,
                     GBytes           *request,
                     GBytes           *response,
                     gboolean          is_missing)
{
  handshake_page_clear (self);
  gtk_stack_set_visible_child_name (self->stack, request != NULL ? "report"
                                                 : is_missing ? "missing" : "none");
  if (request == NULL)
    return;

  self->request_head = g_bytes_ref (request);
  if (response != NULL)
    self->response_head = g_bytes_ref (response);
}

static gboolean
handshake_page_is_same (GBytes *first,
                        GBytes *second)
{
  return first == second || (first != NULL && second != NULL && g_bytes_equal (first, second));
}

/* Shows the handshake of a conversation; from row to row of one conversation, nothing changes. */
void
wsi_handshake_page_set_conversation (WsiHandshakePage *self,
                                     WsiStore         *store,
                                     WsiConversation  *conversation)
{
  g_autoptr (GBytes) request =
    conversation != NULL ? wsi_conversation_dup_request (conversation) : NULL;
  g_autoptr (GBytes) response =
    conversation != NULL ? wsi_conversation_dup_response (conversation) : NULL;
  gboolean is_missing;

  if (conversation != NULL && conversation == self->conversation &&
      handshake_page_is_same (request, self->request_head) &&
      handshake_page_is_same (response, self->response_head))
    return;

  is_missing = conversation != NULL && request == NULL &&
               wsi_conversation_get_handshake_presence (conversation) == WSI_HANDSHAKE_MISSING;
  handshake_page_show (self, request, response, is_missing);
  if (conversation == NULL)
    gtk_stack_set_visible_child_name (self->stack, "unselected");
  if (request == NULL && !is_missing)
    return;

  self->store = g_object_ref (store);
  self->conversation = g_object_ref (conversation);
  g_signal_connect_swapped (conversation, "ended", G_CALLBACK (handshake_page_fill), self);
  handshake_page_fill (self);
}

GtkToggleButton *
wsi_handshake_page_get_secrets_button (WsiHandshakePage *self)
{
  return self->secrets_button;
}
