/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

#include "inspect/targets/wsi-failure.h"

#include <glib/gi18n.h>

#include "inspect/show/verdicts/wsi-verdict-text.h"

/* Failures, such as in TLS with the server, and the field that mends each. */
static const struct
{
  WsiSentenceId  sentence;
  const char    *title;
  WsiTargetField field;
} trouble[] = {
  { WSI_SENTENCE_UNKNOWN_AUTHORITY, N_("Certificate Is Not Trusted"), WSI_TARGET_AUTHORITIES },
  { WSI_SENTENCE_OTHER_NAME, N_("Certificate Is of Another Server"), WSI_TARGET_ADDRESS },
  { WSI_SENTENCE_EXPIRED, N_("Certificate Has Expired"), WSI_TARGET_ADDRESS },
  { WSI_SENTENCE_NOT_YET_VALID, N_("Certificate Is Not Valid Yet"), WSI_TARGET_ADDRESS },
  { WSI_SENTENCE_NOT_TRUSTED, N_("Certificate Is Not Trusted"), WSI_TARGET_AUTHORITIES },
  { WSI_SENTENCE_CERTIFICATE_REFUSED, N_("Server Has Ended TLS"), WSI_TARGET_CERTIFICATE },
  { WSI_SENTENCE_STARTED_NOT, N_("Cannot Start the Program"), WSI_TARGET_ARGUMENTS },
};

/* Refusals that another header may prevent. */
static const struct
{
  guint          status;
  WsiTargetField field;
} refusals[] = {
  { 400, WSI_TARGET_HEADERS },
  { 401, WSI_TARGET_HEADERS },
  { 403, WSI_TARGET_ORIGIN },
};

static guint
find_trouble (const WsiSentence *sentence)
{
  guint i = 0;

  while (i < G_N_ELEMENTS (trouble) &&
         (sentence == NULL || sentence->id != trouble[i].sentence))
    i++;
  return i;
}

static const char *
get_title_of_kind (WsiSourceKind kind)
{
  switch (kind)
    {
    case WSI_SOURCE_KIND_CLIENT:
      return _("Cannot Connect");
    case WSI_SOURCE_KIND_SERVER:
    case WSI_SOURCE_KIND_PROXY:
      return _("Cannot Listen");
    case WSI_SOURCE_KIND_BROWSER:
      return _("Cannot Watch the Browser");
    case WSI_SOURCE_KIND_CAPTURE:
      return _("Cannot Capture");
    case WSI_SOURCE_KIND_PROGRAM:
      return _("Cannot Watch the Program");
    case WSI_SOURCE_KIND_FILE:
      return _("Cannot Read the File");
    case WSI_SOURCE_KIND_EXAMPLE:
      return _("The Example Has Failed");
    }

  g_assert_not_reached ();
}

char *
wsi_failure_dup_title (WsiSourceKind      kind,
                       const WsiSentence *sentence,
                       guint              status)
{
  const WsiVerdict refused = {
    .kind = WSI_VERDICT_REFUSED, .code = status, .direction = WSI_NO_DIRECTION,
  };
  guint i = find_trouble (sentence);

  if (kind == WSI_SOURCE_KIND_CLIENT && status != 0)
    return wsi_verdict_dup_title (&refused, 0);

  return g_strdup (i < G_N_ELEMENTS (trouble) ? _(trouble[i].title) : get_title_of_kind (kind));
}

WsiTargetField
wsi_failure_find_field (const WsiSentence *sentence,
                        guint              status)
{
  guint i = find_trouble (sentence);

  for (guint j = 0; j < G_N_ELEMENTS (refusals); j++)
    if (status == refusals[j].status)
      return refusals[j].field;

  return i < G_N_ELEMENTS (trouble) ? trouble[i].field : WSI_TARGET_ADDRESS;
}

const char *
wsi_failure_get_change (WsiSourceKind  kind,
                        WsiTargetField field)
{
  if (kind == WSI_SOURCE_KIND_FILE)
    return _("_Open Another File…");
  if (kind != WSI_SOURCE_KIND_CLIENT)
    return _("_Change…");
  if (field == WSI_TARGET_HEADERS || field == WSI_TARGET_ORIGIN)
    return _("Change _Headers…");

  return field == WSI_TARGET_ADDRESS ? _("Change _Address…") : _("Change _Certificate…");
}
