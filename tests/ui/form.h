/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The rows of a form of the start page, and what they say is wrong. */
#pragma once

#include "ui/start/wsi-field-row.h"
#include "ui/start/wsi-target-form.h"

/* NULL: the form has no such row. */
GtkEditable *form_get_row   (WsiTargetForm *form,
                             WsiTargetField field);
/* NULL: none is shown. */
const char  *form_get_error (WsiTargetForm *form,
                             WsiTargetField field);
/* The note that says how a right text is understood.  NULL: none is shown. */
const char  *form_get_note  (WsiTargetForm *form,
                             WsiTargetField field);
