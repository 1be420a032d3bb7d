/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "ui/session/wsi-status-bar.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "inspect/show/columns/wsi-shown-rows.h"
#include "inspect/show/sentences/wsi-shown-sentence.h"
#include "inspect/store/wsi-store.h"
#include "ui/frames/wsi-frame-moves.h"
#include "ui/session/wsi-source-text.h"

#define SHOWN_PERCENT 80        /* percentage of used memory at which it is shown */

struct _WsiStatusBar
{
  GtkWidget     parent_instance;

  GtkLabel     *sentence, *label, *following;
  WsiFrameList *list;           /* list that the bar describes; NULL = none yet */
  WsiSession   *session;        /* session that the bar describes; NULL = none */
  WsiRedaction  redaction;      /* how secrets of the sentence are hidden */
  GSignalGroup *of_session;
};

G_DEFINE_FINAL_TYPE (WsiStatusBar, wsi_status_bar, GTK_TYPE_WIDGET)

static void
status_bar_add (GString    *text,
                const char *part)
{
  g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", part);
}

static void
add_count (GString    *text,
           const char *format,
           guint64     n)
{
  g_autofree char *digits = g_strdup_printf ("%'" PRIu64, n);
  g_auto (GStrv) parts = g_strsplit (format, "%s", 2);
  g_autofree char *part = g_strjoinv (digits, parts);

  status_bar_add (text, part);
}

static void
add_percent (GString *text,
             guint64  percent)
{
  g_autofree char *part = g_strdup_printf (_("%" PRIu64 " %% tested"), percent);

  status_bar_add (text, part);
}

/* Adds the memory, when it is nearly used up, or has been: until then it is no concern of the
 * user. */
static void
add_memory (GString  *text,
            WsiStore *store)
{
  const gsize max = wsi_store_get_max_memory (store);
  g_autofree char *used = g_format_size_full (wsi_store_get_memory (store),
                                              G_FORMAT_SIZE_IEC_UNITS);
  g_autofree char *cap = g_format_size_full (max, G_FORMAT_SIZE_IEC_UNITS);
  /* Translators: memory that payloads use, of the limit. */
  g_autofree char *part = g_strdup_printf (_("%s of %s"), used, cap);

  if (wsi_store_get_losses (store).n_payload_bytes > 0 ||
      wsi_store_get_memory (store) >= max / 100 * SHOWN_PERCENT)
    status_bar_add (text, part);
}

/* The sums of the rows about losses; nothing if there are none. */
static void
add_losses (GString  *text,
            WsiStore *store)
{
  const WsiStoreLosses losses = wsi_store_get_losses (store);
  g_autofree char *bytes = g_format_size_full (losses.n_payload_bytes, G_FORMAT_SIZE_IEC_UNITS);
  /* Translators: the oldest ones, of which there is a sum of bytes. */
  g_autofree char *payloads = g_strdup_printf (_("%s of payloads dropped"), bytes);

  if (losses.n_payload_bytes > 0)
    status_bar_add (text, payloads);
  if (losses.n_rows > 0)
    add_count (text, ngettext ("%s row removed", "%s rows removed", losses.n_rows), losses.n_rows);
  if (losses.n_incomplete > 0)
    add_count (text, ngettext ("%s frame not recorded in full", "%s frames not recorded in full",
                               losses.n_incomplete), losses.n_incomplete);
}

/* Adds the delay of the list, unless it is less than a second. */
static void
add_delay (WsiStatusBar *self,
           GString      *text)
{
  gint64 seconds = self->session != NULL
                   ? wsi_session_get_delay (self->session) / G_USEC_PER_SEC : 0;

  if (seconds > 0)
    add_count (text, ngettext ("%s second late", "%s seconds late", seconds), seconds);
}

static void
status_bar_set_text (GtkLabel   *label,
                     const char *text)
{
  if (g_str_equal (gtk_label_get_text (label), text))
    return;

  gtk_label_set_text (label, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (label), *text != '\0' ? text : NULL);
}

/* Shows the sentence; other connections than that of the sentence may be open. */
static void
status_bar_show_sentence (WsiStatusBar *self)
{
  g_autofree char *last = NULL, *numbered = NULL;

  if (self->session != NULL)
    {
      last = wsi_shown_sentence_dup (wsi_session_get_sentence (self->session), self->redaction);
      numbered = wsi_source_text_dup_numbered (self->session,
                                               wsi_session_is_paused (self->session)
                                               ? _("Not recording") : last);
    }
  status_bar_set_text (self->sentence, numbered != NULL ? numbered : "");
}

static void
status_bar_show (WsiStatusBar *self)
{
  WsiStore *store = wsi_shown_rows_get_store (wsi_frame_list_get_rows (self->list));
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean is_paused;
  WsiShownCounts counts;

  if (store == NULL)
    return;

  wsi_shown_rows_get_counts (wsi_frame_list_get_rows (self->list), &counts);
  g_object_get (self->list, "paused", &is_paused, NULL);
  add_count (text, ngettext ("%s row", "%s rows", counts.n_rows), counts.n_rows);
  if (counts.n_shown != counts.n_rows)
    add_count (text, ngettext ("%s shown", "%s shown", counts.n_shown), counts.n_shown);
  if (counts.n_tested < counts.n_rows && !is_paused)
    add_percent (text, 100 * counts.n_tested / counts.n_rows);
  if (wsi_frame_list_get_sums (self->list) != NULL)
    status_bar_add (text, wsi_frame_list_get_sums (self->list));
  if (wsi_frame_moves_is_searching (self->list))
    status_bar_add (text, _("searching for the next frame of the connection"));
  add_delay (self, text);
  add_memory (text, store);
  add_losses (text, store);
  status_bar_set_text (self->label, text->str);
  gtk_label_set_text (self->following, is_paused ? _("Paused")
                      : wsi_frame_list_is_following (self->list) ? _("Following") : "");
}

void
wsi_status_bar_set_session (WsiStatusBar *self,
                            WsiSession   *session)
{
  g_set_object (&self->session, session);
  g_signal_group_set_target (self->of_session, session);
  status_bar_show_sentence (self);
}

void
wsi_status_bar_set_redaction (WsiStatusBar *self,
                              WsiRedaction  level)
{
  self->redaction = level;
  status_bar_show_sentence (self);
}

static void
wsi_status_bar_dispose (GObject *object)
{
  GtkWidget *child;

  g_clear_object (&WSI_STATUS_BAR (object)->of_session);
  g_clear_object (&WSI_STATUS_BAR (object)->session);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (wsi_status_bar_parent_class)->dispose (object);
}

static void
wsi_status_bar_class_init (WsiStatusBarClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = wsi_status_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/wsi/session/wsi-status-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, WsiStatusBar, sentence);
  gtk_widget_class_bind_template_child (widget_class, WsiStatusBar, label);
  gtk_widget_class_bind_template_child (widget_class, WsiStatusBar, following);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
wsi_status_bar_init (WsiStatusBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->of_session = g_signal_group_new (WSI_TYPE_SESSION);
  g_signal_group_connect_swapped (self->of_session, "changed",
                                  G_CALLBACK (status_bar_show_sentence), self);
}

void
wsi_status_bar_set_list (WsiStatusBar *self,
                         WsiFrameList *list)
{
  g_return_if_fail (self->list == NULL);

  self->list = list;
  g_signal_connect_object (list, "changed", G_CALLBACK (status_bar_show), self, G_CONNECT_SWAPPED);
  status_bar_show (self);
}
