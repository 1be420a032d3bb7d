/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Looks up limits: each function reads a column of limit-rows.h.  No limit is checked here. */

#include "core/limits.h"

const WscLimitRow wsc_limit_rows[WSC_N_LIMITS + 1] = {
#define ROW(is_of_head, field, name, property, blurb, type, minimum, maximum, value, fault) \
  [WSC_LIMIT_ ## name] = { property, blurb, minimum, maximum, value, WSC_FAULT_ ## fault, sizeof (type) == 8, is_of_head },
#define LIMIT(...) ROW (false, __VA_ARGS__)
#define HEAD_LIMIT(...) ROW (true, __VA_ARGS__)
#include "core/limit-rows.h"
#undef ROW
};

const WscHeadLimits wsc_default_head_limits = {
#define HEAD_LIMIT(field, name, ...) .field = WSC_DEFAULT_ ## name,
#include "core/limit-rows.h"
};

WscLimit
wsc_limit_find (WscFault fault)
{
  if (fault == WSC_FAULT_NONE)
    return WSC_N_LIMITS;

  unsigned limit = 0;

  while (limit < WSC_N_LIMITS && wsc_limit_rows[limit].fault != fault)
    limit++;

  return (WscLimit) limit;
}

uint64_t
wsc_limit_read (WscLimit          limit,
                const WscOptions *options)
{
  switch (limit)
    {
#define LIMIT(field, name, ...) case WSC_LIMIT_ ## name: break;
#define HEAD_LIMIT(field, name, ...) case WSC_LIMIT_ ## name: return options->head->field;
#define OPTION_LIMIT(field, name, ...) case WSC_LIMIT_ ## name: return options->field;
#include "core/limit-rows.h"
    case WSC_N_LIMITS:
      break;
    }
  return 0;
}
