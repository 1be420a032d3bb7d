/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/wsi-handshake-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "inspect/decode/wsi-hex.h"
#include "inspect/decode/wsi-text.h"

struct _WsiHandshakePage
{
  GtkWidget            parent_instance;

  GtkStack            *stack;
  GtkLabel            *request, *response;
  AdwPreferencesGroup *checks, *derivation;
  GtkListBox          *check_list;
  AdwActionRow        *key, *guid, *digest, *expected, *received;
  GtkImage            *received_icon;
  guint                n_checks;
};

G_DEFINE_FINAL_TYPE (WsiHandshakePage, wsi_handshake_page, GTK_TYPE_WIDGET)

static const struct
{
  const char *icon_name, *css_class, *name;
} verdicts[] = {
  [WSP_HANDSHAKE_VERDICT_PASSED] = { "emblem-ok-symbolic", "success", N_("passed") },
  [WSP_HANDSHAKE_VERDICT_WARNING] = { "dialog-warning-symbolic", "warning", N_("warning") },
  [WSP_HANDSHAKE_VERDICT_FAILED] = { "dialog-error-symbolic", "error", N_("failed") },
  [WSP_HANDSHAKE_VERDICT_NOT_JUDGED] = { "list-remove-symbolic", "dim-label", N_("not judged") },
};

/* A head in its lines, each made fit to be shown. */
static char *
format_head (GBytes *head)
{
  gsize length;
  const char *at = head != NULL ? g_bytes_get_data (head, &length) : NULL;
  g_autofree char *text = at != NULL ? g_strndup (at, length) : g_strdup (_("None came"));
  g_auto (GStrv) lines = g_strsplit (text, "\r\n", -1);
  g_autoptr (GStrvBuilder) shown = g_strv_builder_new ();
  g_auto (GStrv) shown_lines = NULL;

  for (guint i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++)
    {
      g_autofree char *line = wsi_text_escape_line (lines[i], WSI_CHARSET_UTF8);

      g_strv_builder_add (shown, line);
    }

  shown_lines = g_strv_builder_end (shown);
  return g_strjoinv ("\n", shown_lines);
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
    g_strdup_printf (_("%u passed, %u with a warning, %u failed, %u not judged"), report->n_passed,
                     report->n_warnings, report->n_failed, report->n_not_judged);
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->check_list))) != NULL)
    gtk_list_box_remove (self->check_list, row);

  for (guint i = 0; i < report->checks->len; i++)
    gtk_list_box_append (self->check_list, make_check_row (report->checks->pdata[i]));

  self->n_checks = report->checks->len;
  adw_preferences_group_set_description (self->checks, counts);
}

static void
show_derivation (WsiHandshakePage         *self,
                 const WsiHandshakeReport *report)
{
  const char *received = report->received != NULL ? report->received : _("None came");
  g_autofree char *key = NULL;
  g_autofree char *digest = NULL;
  g_autofree char *shown = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->derivation), report->key != NULL);
  if (report->key == NULL)
    return;

  key = wsi_text_escape_line (report->key, WSI_CHARSET_UTF8);
  digest = wsi_hex_line (report->digest, g_bytes_get_size (report->digest));
  shown = wsi_text_escape_line (received, WSI_CHARSET_UTF8);
  adw_action_row_set_subtitle (self->key, key);
  adw_action_row_set_subtitle (self->guid, WSP_ACCEPT_KEY_GUID);
  adw_action_row_set_subtitle (self->digest, digest);
  adw_action_row_set_subtitle (self->expected, report->expected);
  adw_action_row_set_subtitle (self->received, shown);
  gtk_image_set_from_icon_name (self->received_icon,
                                wsi_handshake_report_is_equal (report) ? "emblem-ok-symbolic"
                                                                       : "dialog-error-symbolic");
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
                                               "/org/wsproto/inspector/wsi-handshake-page.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, stack);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, request);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, response);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, checks);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, check_list);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, derivation);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, key);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, guid);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, digest);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, expected);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, received);
  gtk_widget_class_bind_template_child (widget_class, WsiHandshakePage, received_icon);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_handshake_page_init (WsiHandshakePage *self)
{
  AdwActionRow *rows[5];

  gtk_widget_init_template (GTK_WIDGET (self));

  rows[0] = self->key;
  rows[1] = self->guid;
  rows[2] = self->digest;
  rows[3] = self->expected;
  rows[4] = self->received;
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (rows[i]), FALSE);
}

/* report may be NULL: nothing has passed. */
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
