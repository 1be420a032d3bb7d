/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* A message as a user has written it: a text, and how it is to be read and sent. */
#pragma once

#include "inspect/compose/wsi-variables.h"
#include "inspect/sources/sending/wsi-outgoing.h"

G_BEGIN_DECLS

typedef enum
{
  WSI_FORM_TEXT,
  WSI_FORM_JSON,
  WSI_FORM_HEX,
  WSI_FORM_BASE64,
  WSI_FORM_FILE,                /* the text is the path of a file */
  WSI_N_FORMS,
} WsiDraftForm;

typedef enum
{
  WSI_DRAFT_MESSAGE,
  WSI_DRAFT_PING,
  WSI_DRAFT_CLOSE,              /* a Close; the text is CODE[:REASON] */
  WSI_N_DRAFT_KINDS,
} WsiDraftKind;

#define WSI_DRAFT_MAX_TEXT (1024 * 1024)        /* bytes of a text; more belongs into a file */
#define WSI_DRAFT_HEX_LINE 16   /* bytes of a payload in each line of hex */
#define WSI_DRAFT_MAX_FRAGMENTS 1000    /* lengths of frames that may be given */

typedef enum
{
  WSI_DRAFT_FIELD_TEXT,
  WSI_DRAFT_FIELD_FRAGMENTS,
} WsiDraftField;

typedef struct
{
  WsiDraftForm   form;
  WsiDraftKind   kind;
  WspMessageType message_type;  /* type of the message, which the next members describe, too */
  WsiCompression compression;
  char          *fragments;     /* lengths of frames: "" = one frame; "5": 5 bytes each; "1, 2" */
  char          *text;
} WsiDraft;

WsiDraft    *wsi_draft_new  (WsiDraftForm   form,
                             WspMessageType message_type,
                             const char    *text);
WsiDraft    *wsi_draft_copy (const WsiDraft *self);
void         wsi_draft_free (WsiDraft *self);
/* Makes a draft of a recorded payload, to be sent as it is: as JSON or text if it can be, else in
 * hex. */
WsiDraft    *wsi_draft_new_of_payload (WspMessageType message_type,
                                       GBytes        *payload,
                                       GError       **error);

/* Whether a line of text alone has everything of the draft. */
gboolean     wsi_draft_is_line (const WsiDraft *self);

/* Forms and kinds have names in files, such as "base64" and "ping".  The finders return FALSE for
 * an unknown name. */
const char  *wsi_draft_form_get_name (WsiDraftForm form);
gboolean     wsi_draft_form_find     (const char   *name,
                                      WsiDraftForm *form);
const char  *wsi_draft_kind_get_name (WsiDraftKind kind);
gboolean     wsi_draft_kind_find     (const char   *name,
                                      WsiDraftKind *kind);

/* The bytes of the text; NULL: an error, a WSI_TEXT_ERROR where it has a place.  Not of a file. */
GBytes      *wsi_draft_read         (const WsiDraft     *self,
                                     const WsiVariables *variables,
                                     GError            **error);
/* Makes the message to send, and increments the variables.  wrong: the field that has the error. */
WsiOutgoing *wsi_draft_make_outgoing (const WsiDraft *self,
                                      WsiVariables   *variables,
                                      WsiDraftField  *wrong,
                                      GError        **error);
WsiOutgoing *wsi_draft_make_ping     (const WsiDraft *self,
                                      WsiVariables   *variables,
                                      GError        **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WsiDraft, wsi_draft_free)

G_END_DECLS
