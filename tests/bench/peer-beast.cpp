// SPDX-License-Identifier: LGPL-2.1-or-later
// SPDX-FileCopyrightText: 2026 The libwsproto authors

// Boost.Beast over a stream of its own that copies from the wire and into the output.

#include "bench/bench.h"

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/version.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/version.hpp>

#include <cstdlib>
#include <cstring>
#include <string>

namespace beast = boost::beast;
namespace asio = boost::asio;
namespace websocket = beast::websocket;

namespace
{

const char request[] =
  "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

// Until a wire is set it reads the request and drops the response.
class MemoryStream
{
public:
  using executor_type = asio::io_context::executor_type;

  explicit MemoryStream (asio::io_context &context) : context_ (context) {}

  executor_type get_executor () { return context_.get_executor (); }

  template <class Buffers>
  std::size_t
  read_some (const Buffers &buffers, boost::system::error_code &error)
  {
    std::size_t n = 0;

    for (auto at = asio::buffer_sequence_begin (buffers); at != asio::buffer_sequence_end (buffers); ++at)
      {
        asio::mutable_buffer buffer (*at);

        n += read_one (static_cast<uint8_t *> (buffer.data ()), buffer.size ());
      }
    error = {};
    if (n == 0)
      error = asio::error::eof;
    return n;
  }

  template <class Buffers>
  std::size_t
  read_some (const Buffers &buffers)
  {
    boost::system::error_code error;
    const std::size_t n = read_some (buffers, error);

    if (error)
      throw boost::system::system_error (error);
    return n;
  }

  template <class Buffers>
  std::size_t
  write_some (const Buffers &buffers, boost::system::error_code &error)
  {
    std::size_t n = 0;

    for (auto at = asio::buffer_sequence_begin (buffers); at != asio::buffer_sequence_end (buffers); ++at)
      {
        asio::const_buffer buffer (*at);

        if (output != nullptr && buffer.size () > 0)
          bench_output_put (output, static_cast<const uint8_t *> (buffer.data ()), buffer.size ());
        n += buffer.size ();
      }
    error = {};
    return n;
  }

  template <class Buffers>
  std::size_t
  write_some (const Buffers &buffers)
  {
    boost::system::error_code error;

    return write_some (buffers, error);
  }

  BenchWire *wire = nullptr;
  BenchOutput *output = nullptr;

private:
  std::size_t
  read_one (uint8_t *to, std::size_t n)
  {
    if (wire != nullptr)
      return bench_wire_read (wire, to, n);
    if (n > sizeof request - 1 - n_request_)
      n = sizeof request - 1 - n_request_;
    std::memcpy (to, request + n_request_, n);
    n_request_ += n;
    return n;
  }

  asio::io_context &context_;
  std::size_t n_request_ = 0;
};

void
teardown (beast::role_type, MemoryStream &, boost::system::error_code &error)
{
  error = {};
}

}

struct BenchState
{
  asio::io_context context;
  websocket::stream<MemoryStream, false> stream { context };
  beast::flat_buffer buffer;
};

extern "C" {

const char *
bench_beast_version (void)
{
  return BOOST_BEAST_VERSION_STRING " in Boost " BOOST_LIB_VERSION;
}

static BenchState *
open_beast (BenchRole, size_t message_length)
{
  BenchState *state = new BenchState;

  state->stream.read_message_max (64 << 20);
  state->stream.auto_fragment (false);
  state->stream.binary (true);
  state->stream.accept ();
  state->buffer.reserve (message_length);
  return state;
}

static void
close_beast (BenchState *state)
{
  delete state;
}

static void
receive (BenchState *state, BenchWire *wire, BenchTally *tally)
{
  boost::system::error_code error;

  state->stream.next_layer ().wire = wire;
  for (size_t n = wire->n_left / wire->length * wire->n_messages; n > 0; n--)
    {
      state->stream.read (state->buffer, error);
      if (error)
        std::abort ();
      bench_tally_add (tally, static_cast<const uint8_t *> (state->buffer.data ().data ()),
                       state->buffer.size ());
      state->buffer.consume (state->buffer.size ());
    }
}

static void
send_server (BenchState *state, const BenchWire *source, size_t n, BenchOutput *output)
{
  const size_t length = source->message_length;
  boost::system::error_code error;

  state->stream.next_layer ().output = output;
  for (size_t i = 0; i < n; i++)
    {
      state->stream.write (asio::buffer (source->payloads + i % source->n_messages * length, length), error);
      if (error)
        std::abort ();
    }
}

extern const BenchSubject bench_beast;
const BenchSubject bench_beast = {
  "beast", open_beast, receive, send_server, nullptr, close_beast
};

}
