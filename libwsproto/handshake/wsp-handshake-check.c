/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include <libwsproto/handshake/wsp-handshake-check.h>

#include "core/handshake/handshake-checks.h"

#include <string.h>

struct _WspHandshakeCheck
{
  const char         *id;
  char               *section, *text;
  WspHandshakeVerdict verdict;
};

G_STATIC_ASSERT ((int) WSP_HANDSHAKE_VERDICT_WARNING == (int) WSC_VERDICT_WARNING);
G_STATIC_ASSERT ((int) WSP_HANDSHAKE_VERDICT_NOT_CHECKED == (int) WSC_VERDICT_NOT_CHECKED);

G_DEFINE_BOXED_TYPE (WspHandshakeCheck, wsp_handshake_check,
                     wsp_handshake_check_copy, wsp_handshake_check_free)

/* A section is of RFC 6455, unless it has the number of another RFC and a space in front. */
static char *
name_section (const char *section)
{
  if (g_str_equal (section, "-"))
    return g_strdup (section);

  return g_strconcat (strchr (section, ' ') != NULL ? "RFC " : "RFC 6455 ", section, NULL);
}

static WspHandshakeCheck *
check_new (const WscHandshakeCheck *check)
{
  WspHandshakeCheck *self = g_new0 (WspHandshakeCheck, 1);

  self->id = check->id;
  self->section = name_section (check->section);
  self->text = g_strdup (check->text);
  self->verdict = (WspHandshakeVerdict) check->verdict;
  return self;
}

static WscBytes
view_bytes (GBytes *bytes)
{
  WscBytes view = { NULL, 0 };

  if (bytes != NULL)
    view.at = g_bytes_get_data (bytes, &view.length);

  return view;
}

/**
 * wsp_handshake_check:
 * @request_head: (transfer none): the head of the request as it was sent
 * @response_head: (transfer none) (nullable): the head of the response, %NULL if there was none
 *
 * Checks every rule of the opening handshake and does not stop at a failure. The heads may have
 * any content.
 *
 * See RFC 6455, section 4.
 *
 * Returns: (transfer container) (element-type WspHandshakeCheck): one check for each rule, in the
 *   order of the handshake; each is valid until the array is freed
 *
 * Since: 0.1
 */
GPtrArray *
wsp_handshake_check (GBytes *request_head,
                     GBytes *response_head)
{
  GPtrArray *found;
  WscHandshakeCheck *checks;

  g_return_val_if_fail (request_head != NULL, NULL);

  found = g_ptr_array_new_with_free_func ((GDestroyNotify) wsp_handshake_check_free);
  checks = g_new0 (WscHandshakeCheck, WSC_N_HANDSHAKE_CHECKS);
  wsc_handshake_checks_run (checks, view_bytes (request_head), view_bytes (response_head), NULL);
  for (guint i = 0; i < WSC_N_HANDSHAKE_CHECKS; i++)
    g_ptr_array_add (found, check_new (&checks[i]));

  g_free (checks);
  return found;
}

/**
 * wsp_handshake_check_get_id:
 * @self: a check
 *
 * Gets the name of the rule. It stays the same in later releases.
 *
 * Returns: (transfer none): the name; valid as long as @self
 *
 * Since: 0.1
 */
const char *
wsp_handshake_check_get_id (const WspHandshakeCheck *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

/**
 * wsp_handshake_check_get_section:
 * @self: a check
 *
 * Gets the section that has the rule, such as `RFC 6455 4.2.2`; `-` for a rule of this library.
 *
 * Returns: (transfer none): the section; valid as long as @self
 *
 * Since: 0.1
 */
const char *
wsp_handshake_check_get_section (const WspHandshakeCheck *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->section;
}

/**
 * wsp_handshake_check_get_verdict:
 * @self: a check
 *
 * Gets the result of the check.
 *
 * Returns: the verdict
 *
 * Since: 0.1
 */
WspHandshakeVerdict
wsp_handshake_check_get_verdict (const WspHandshakeCheck *self)
{
  g_return_val_if_fail (self != NULL, WSP_HANDSHAKE_VERDICT_NOT_CHECKED);

  return self->verdict;
}

/**
 * wsp_handshake_check_get_text:
 * @self: a check
 *
 * Gets one sentence: what was expected and what was received. It has no control characters.
 *
 * Returns: (transfer none): the sentence, English; valid as long as @self
 *
 * Since: 0.1
 */
const char *
wsp_handshake_check_get_text (const WspHandshakeCheck *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->text;
}

/**
 * wsp_handshake_check_copy:
 * @self: a check
 *
 * Copies a check.
 *
 * Returns: (transfer full): a new check
 *
 * Since: 0.1
 */
WspHandshakeCheck *
wsp_handshake_check_copy (const WspHandshakeCheck *self)
{
  WspHandshakeCheck *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  copy->section = g_strdup (self->section);
  copy->text = g_strdup (self->text);
  return copy;
}

/**
 * wsp_handshake_check_free:
 * @self: a check
 *
 * Frees a check.
 *
 * Since: 0.1
 */
void
wsp_handshake_check_free (WspHandshakeCheck *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->section);
  g_free (self->text);
  g_free (self);
}
