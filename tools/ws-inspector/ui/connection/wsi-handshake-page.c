/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/connection/wsi-handshake-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "inspect/decode/wsi-hex.h"
#include "inspect/export/wsi-redactor.h"

struct _WsiHandshakePage
{
  GtkWidget            parent_instance;

  GtkStack            *stack;
  GtkLabel            *request, *response, *steps;
  AdwPreferencesGroup *checks, *derivation;
  GtkListBox          *check_list;
  guint                n_checks;
};

G_DEFINE_FINAL_TYPE (WsiHandshakePage, wsi_handshake_page, GTK_TYPE_WIDGET)

static const struct
{
  const char *icon_name, *css_class, *name;
} verdicts[] = {
  [WSP_HANDSHAKE_VERDICT_PASSED] = { "object-select-symbolic", "success", N_("passed") },
  [WSP_HANDSHAKE_VERDICT_WARNING] = { "dialog-warning-symbolic", "warning", N_("warning") },
  [WSP_HANDSHAKE_VERDICT_FAILED] = { "dialog-error-symbolic", "error", N_("failed") },
  [WSP_HANDSHAKE_VERDICT_NOT_CHECKED] = { "list-remove-symbolic", "dim-label", N_("not checked") },
};

static char *
format_head (GBytes *head)
{
  g_autoptr (WsiRedactor) redactor = wsi_redactor_new (WSI_REDACTION_DEFAULT);
  g_auto (GStrv) lines = head == NULL
                         ? NULL
                         : wsi_redactor_show_head (redactor, head, WSI_CHARSET_UTF8);

  return lines != NULL ? g_strjoinv ("\n", lines) : g_strdup (_("No response"));
}

static GtkWidget *
make_check_row (const WspHandshakeCheck *check)
{
  WspHandshakeVerdict verdict = wsp_handshake_check_get_verdict (check);
  GtkWidget *icon = gtk_image_new_from_icon_name (verdicts[verdict].icon_name);
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *text =
    wsi_text_escape_line (wsp_handshake_check_get_text (check), WSI_CHARSET_UTF8);

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

static void
show_checks (WsiHandshakePage         *self,
             const WsiHandshakeReport *report)
{
  g_autofree char *counts =
    g_strdup_printf (_("%u passed, %u with a warning, %u failed, %u not checked"), report->n_passed,
                     report->n_warnings, report->n_failed, report->n_not_checked);
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->check_list))) != NULL)
    gtk_list_box_remove (self->check_list, row);

  for (guint i = 0; i < report->checks->len; i++)
    gtk_list_box_append (self->check_list, make_check_row (report->checks->pdata[i]));

  self->n_checks = report->checks->len;
  adw_preferences_group_set_description (self->checks, counts);
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

/* The steps have the names of RFC 6455. */
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

static void
wsi_handshake_page_dispose (GObject *object)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (object));

  g_clear_pointer (&child, gtk_widget_unparent);
  G_OBJECT_CLASS (wsi_handshake_page_parent_class)->dispose (object);
}

static void
wsi_handshake_page_class_init (WsiHandshakePageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_handshake_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/wsproto/inspector/connection/wsi-handshake-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, stack);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, request);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, response);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, checks);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, check_list);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, derivation);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, steps);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_handshake_page_init (WsiHandshakePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* report may be NULL: there is no handshake yet. */
void
wsi_handshake_page_set_report (WsiHandshakePage         *self,
                               const WsiHandshakeReport *report)
{
  g_autofree char *request = NULL;
  g_autofree char *response = NULL;

  gtk_stack_set_visible_child_name (self->stack, report != NULL ? "report" : "none");
  self->n_checks = 0;
  if (report == NULL)
    return;

  request = format_head (report->request);
  response = format_head (report->response);
  gtk_label_set_text (self->request, request);
  gtk_label_set_text (self->response, response);
  show_checks (self, report);
  show_derivation (self, report);
}

guint
wsi_handshake_page_get_n_checks (WsiHandshakePage *self)
{
  return self->n_checks;
}
