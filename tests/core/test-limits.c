/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* Every row of limit-rows.h is complete, and limits and rules refer to each other. */

#include "core/limits.h"
#include "lib/tap.h"

#include <string.h>

static const char *const names[] = {
#define LIMIT(field, name, ...) #name,
#include "core/limit-rows.h"
};

#define CONSTANT(field, name, ...) [WSC_LIMIT_ ## name] = true,
static const bool is_constant[WSC_N_LIMITS] = {
#define HEAD_CONSTANT CONSTANT
#define OPTION_CONSTANT CONSTANT
#include "core/limit-rows.h"
};

/* MAX_HEAD_SIZE is max-head-size. */
static bool
property_is_the_name (const char *property,
                      const char *name)
{
  for (; *name != '\0' && *property != '\0'; name++, property++)
    {
      if (*property != (*name == '_' ? '-' : *name - 'A' + 'a'))
        return false;
    }
  return *name == *property;
}

static bool
range_holds_the_default (const WscLimitRow *row)
{
  return row->minimum <= row->value && row->value <= row->maximum &&
         (row->is_wide || row->maximum <= UINT32_MAX);
}

/* The text, which the peer and the log get, names the property. */
static bool
rule_names_the_property (const WscLimitRow *row)
{
  return row->fault == WSC_FAULT_NONE || row->property == NULL ||
         strstr (wsc_fault_get_text (row->fault), row->property) != NULL;
}

/* The rule leads back to the limit, so no two limits have the same rule. */
static bool
rule_belongs_to_it_alone (WscLimit limit)
{
  const WscLimitRow *row = &wsc_limit_rows[limit];

  return row->fault == WSC_FAULT_NONE || wsc_limit_find (row->fault) == limit;
}

static void
check_row (WscLimit limit)
{
  const WscLimitRow *row = &wsc_limit_rows[limit];

  tap_point (is_constant[limit] || property_is_the_name (row->property, names[limit]),
             "/core/limits/%s/property-is-its-name", names[limit]);
  tap_point (range_holds_the_default (row), "/core/limits/%s/range-holds-the-default",
             names[limit]);
  tap_point (strlen (row->blurb) > 0, "/core/limits/%s/says-what-it-limits", names[limit]);
  tap_point (rule_names_the_property (row), "/core/limits/%s/rule-names-the-property",
             names[limit]);
  tap_point (rule_belongs_to_it_alone (limit), "/core/limits/%s/rule-belongs-to-it-alone",
             names[limit]);
}

static const char *
find_property (const char *text)
{
  for (unsigned limit = 0; limit < WSC_N_LIMITS; limit++)
    {
      const char *property = wsc_limit_rows[limit].property;

      if (property != NULL && strstr (text, property) != NULL)
        return property;
    }
  return NULL;
}

/* A rule whose text names a property has a limit with that property. */
static void
check_rule (WscFault fault)
{
  const char *named = find_property (wsc_fault_get_text (fault));

  tap_point (wsc_limit_rows[wsc_limit_find (fault)].property == named,
             "/core/limits/rule/%s/has-the-limit-that-it-names", wsc_fault_get_name (fault));
}

/* Each field has a different value. */
static void
check_reading (void)
{
  WscHeadLimits head;
  WscOptions options = { .head = &head };
  uint64_t expected[WSC_N_LIMITS + 1] = { 0 };

#define LIMIT(...)
#define HEAD_LIMIT(field, name, ...) \
  expected[WSC_LIMIT_ ## name] = head.field = 1000 + WSC_LIMIT_ ## name;
#define OPTION_LIMIT(field, name, ...) \
  expected[WSC_LIMIT_ ## name] = options.field = 2000 + WSC_LIMIT_ ## name;
#include "core/limit-rows.h"

  for (unsigned limit = 0; limit <= WSC_N_LIMITS; limit++)
    tap_point (wsc_limit_read ((WscLimit) limit, &options) == expected[limit],
               "/core/limits/read/%s", limit < WSC_N_LIMITS ? names[limit] : "none");
}

static void
check_none (void)
{
  const WscLimitRow *none = &wsc_limit_rows[WSC_N_LIMITS];

  tap_point (none->property == NULL && !none->is_of_head, "/core/limits/none/is-empty");
  tap_point (wsc_limit_find (WSC_FAULT_NONE) == WSC_N_LIMITS, "/core/limits/none/no-fault-has-it");
}

int
main (void)
{
  for (unsigned limit = 0; limit < WSC_N_LIMITS; limit++)
    check_row ((WscLimit) limit);
  for (unsigned fault = WSC_FAULT_PARTIAL + 1; fault < WSC_N_FAULTS; fault++)
    check_rule ((WscFault) fault);
  check_reading ();
  check_none ();
  return tap_end ();
}
