/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* The properties of a session, and those of the process.  No function here allocates. */

#include "win32/websocket-properties-private.h"

#include <stdatomic.h>
#include <string.h>

#include "core/limits.h"
#include "win32/system-private.h"

#define MEMORY_ALIGNMENT 8
#define KEEPALIVE_VARIABLE "WSPROTO_KEEPALIVE_INTERVAL"
#define KEEPALIVE_LEAST 15000
#define KEEPALIVE_SIZE 64       /* of a number with leading zeros; a longer text is no number */

static _Atomic uint32_t keepalive_interval;     /* 0: the variable was not read yet */

static HRESULT
read_four_bytes (const WEB_SOCKET_PROPERTY *given,
                 void                      *to)
{
  if (given->pvValue == NULL || given->ulValueSize != 4)
    return E_INVALIDARG;

  memcpy (to, given->pvValue, 4);
  return S_OK;
}

/* The value is the variable that holds the pointer; the size is the memory's (WIN-H-05). */
static HRESULT
read_memory (const WEB_SOCKET_PROPERTY *given,
             WscBuffer                 *memory)
{
  void *at;

  if (given->pvValue == NULL)
    return E_INVALIDARG;

  memcpy (&at, given->pvValue, sizeof at);
  if (at == NULL || (uintptr_t) at % MEMORY_ALIGNMENT != 0)
    return E_INVALIDARG;

  *memory = (WscBuffer) { at, given->ulValueSize };
  return S_OK;
}

static HRESULT
read_property (WebSocketProperties       *properties,
               const WEB_SOCKET_PROPERTY *given)
{
  switch (given->Type)
    {
    case WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE:
      return read_four_bytes (given, &properties->receive_size);

    case WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE:
      return read_four_bytes (given, &properties->send_size);

    case WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE:
      return read_four_bytes (given, &properties->is_masking_disabled);

    case WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE:
      return read_memory (given, &properties->memory);

    case WEB_SOCKET_DISABLE_UTF8_VERIFICATION_PROPERTY_TYPE:
      return read_four_bytes (given, &properties->is_utf8_unchecked);

    case WEB_SOCKET_KEEPALIVE_INTERVAL_PROPERTY_TYPE:
    case WEB_SOCKET_SUPPORTED_VERSIONS_PROPERTY_TYPE:
      return E_INVALIDARG;
    }

  return E_INVALIDARG;
}

uint64_t
websocket_properties_get_total_size (const WebSocketProperties *properties)
{
  return (uint64_t) properties->receive_size + properties->send_size + WSC_WORKSPACE_EXTRA;
}

static HRESULT
check_sizes (const WebSocketProperties *properties)
{
  if (properties->receive_size < WSC_MIN_RECEIVE_BUFFER ||
      properties->send_size < WSC_MIN_SEND_BUFFER)
    return E_INVALIDARG;

  if (properties->memory.at != NULL &&
      properties->memory.length < websocket_properties_get_total_size (properties))
    return E_INVALIDARG;

  return S_OK;
}

HRESULT
websocket_properties_read (WebSocketProperties       *properties,
                           WscRole                    role,
                           const WEB_SOCKET_PROPERTY *given,
                           ULONG                      n_given)
{
  bool is_client = role == WSC_ROLE_CLIENT;
  WebSocketProperties defaults = {
    .receive_size = WSC_DEFAULT_RECEIVE_BUFFER,
    .send_size = is_client ? WSC_DEFAULT_CLIENT_SEND_BUFFER : WSC_DEFAULT_SERVER_SEND_BUFFER,
  };

  if (given == NULL && n_given > 0)
    return E_INVALIDARG;

  *properties = defaults;
  for (ULONG i = 0; i < n_given; i++)
    {
      HRESULT result = read_property (properties, &given[i]);

      if (FAILED (result))
        return result;
    }

  return check_sizes (properties);
}

/* strtoul() would accept blanks and a sign. */
static bool
parse_decimal (const char *text,
               ULONG      *number)
{
  uint64_t value = 0;

  if (*text == '\0')
    return false;

  for (; *text != '\0'; text++)
    {
      if (*text < '0' || *text > '9')
        return false;

      value = value * 10 + (uint64_t) (*text - '0');
      if (value > UINT32_MAX)
        return false;
    }

  *number = (ULONG) value;
  return true;
}

static uint32_t
read_keepalive_interval (void)
{
  char text[KEEPALIVE_SIZE];
  ULONG number;

  if (!websocket_system_read_variable (KEEPALIVE_VARIABLE, text, sizeof text) ||
      !parse_decimal (text, &number))
    return WSC_DEFAULT_KEEPALIVE_INTERVAL;

  return number < KEEPALIVE_LEAST ? KEEPALIVE_LEAST : (uint32_t) number;
}

/* The first thread that has read the variable decides for all. */
static ULONG
get_keepalive_interval (void)
{
  uint32_t interval = atomic_load (&keepalive_interval), none = 0;

  if (interval != 0)
    return interval;

  interval = read_keepalive_interval ();
  return atomic_compare_exchange_strong (&keepalive_interval, &none, interval) ? interval : none;
}

static HRESULT
write_ulong (ULONG  value,
             PVOID  to,
             ULONG *size)
{
  ULONG room = *size;

  *size = sizeof value;
  if (to == NULL || room < sizeof value)
    return E_INVALIDARG;

  memcpy (to, &value, sizeof value);
  return S_OK;
}

HRESULT WINAPI
WebSocketGetGlobalProperty (WEB_SOCKET_PROPERTY_TYPE eType,
                            PVOID                    pvValue,
                            ULONG                   *ulSize)
{
  if (ulSize == NULL)
    return E_INVALIDARG;

  switch (eType)
    {
    case WEB_SOCKET_KEEPALIVE_INTERVAL_PROPERTY_TYPE:
      return write_ulong (get_keepalive_interval (), pvValue, ulSize);

    case WEB_SOCKET_SUPPORTED_VERSIONS_PROPERTY_TYPE:
      return write_ulong (WSC_VERSION, pvValue, ulSize);

    case WEB_SOCKET_RECEIVE_BUFFER_SIZE_PROPERTY_TYPE:
    case WEB_SOCKET_SEND_BUFFER_SIZE_PROPERTY_TYPE:
    case WEB_SOCKET_DISABLE_MASKING_PROPERTY_TYPE:
    case WEB_SOCKET_ALLOCATED_BUFFER_PROPERTY_TYPE:
    case WEB_SOCKET_DISABLE_UTF8_VERIFICATION_PROPERTY_TYPE:
      return E_INVALIDARG;
    }

  return E_INVALIDARG;
}
