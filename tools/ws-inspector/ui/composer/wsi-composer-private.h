/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The parts of the composer's implementation. */
#pragma once

#include "inspect/compose/wsi-variables.h"
#include "ui/composer/wsi-book-popover.h"
#include "ui/composer/wsi-close-popover.h"
#include "ui/composer/wsi-composer.h"
#include "ui/composer/wsi-draft-editor.h"
#include "ui/composer/wsi-frame-editor.h"

G_BEGIN_DECLS

struct _WsiComposer
{
  GtkWidget        parent_instance;

  GtkWidget       *line, *full; /* one of them is shown */
  GtkEntry        *entry;
  GtkLabel        *target, *sentence;
  GtkDropDown     *targets;
  GtkStringList   *target_names;
  WsiDraftEditor  *editor;
  WsiFrameEditor  *frame;
  GtkToggleButton *raw, *expander;
  WsiBookPopover  *book;
  WsiClosePopover *close;
  GtkWidget       *advice_button, *cancel_button;

  WsiSession      *session;     /* NULL = none */
  GArray          *numbers;     /* of the connections in targets: guint32 */
  WsiConversation *conversation;        /* that is written to, or cannot be; NULL = none */
  guint32          wanted;      /* chosen by the user; 0 = any */
  const char      *obstacle;    /* NULL = it can be written to */
  guint            refresh;     /* a timeout; 0 = none */
  gboolean         is_stale;    /* it was not seen at the last refresh */
  gboolean         is_filling;  /* the targets */
  gboolean         is_expanded;
  WsiVariables     variables;
  GCancellable    *cancellable; /* of what is being sent */
  guint            n_sending;
  GtkWidget       *dialog;      /* of a replay; NULL = none */
};

/* The files are in the order in which they call each other: each one those before it. */

/* wsi-composer-sentence.c */
/* sentence NULL: nothing is wrong. */
void wsi_composer_show_sentence  (WsiComposer *self,
                                  const char  *sentence);
void wsi_composer_show_error     (WsiComposer  *self,
                                  const GError *error);

/* wsi-composer-target.c */
void wsi_composer_refresh_targets (WsiComposer *self);
void wsi_composer_refresh_soon    (WsiComposer *self);
/* Before it is seen, or asked for its target. */
void wsi_composer_refresh_stale   (WsiComposer *self);
void wsi_composer_choose_target   (WsiComposer *self);

/* wsi-composer-send.c */
/* What the user has written: in the line, or in the whole composer. */
WsiDraft *wsi_composer_make_draft (WsiComposer *self);
void wsi_composer_send           (WsiComposer *self);
void wsi_composer_send_ping      (WsiComposer *self);
void wsi_composer_send_close     (WsiComposer *self);
/* The user wants it: a sentence says what becomes of a message that has begun. */
void wsi_composer_cancel_sending (WsiComposer *self);
void wsi_composer_forget_sending (WsiComposer *self);
void wsi_composer_show_payload   (WsiComposer *self);

G_END_DECLS
