/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The libwsproto authors */

/* beast-server PORT [deflate]: sends every message back */

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;

namespace {

class Session : public std::enable_shared_from_this<Session>
{
public:
  Session (tcp::socket &&socket, bool is_deflating)
    : stream (std::move (socket))
  {
    beast::websocket::permessage_deflate deflate;

    deflate.server_enable = is_deflating;
    stream.set_option (deflate);
    stream.auto_fragment (false);
    stream.read_message_max (16 * 1024 * 1024);
    stream.next_layer ().set_option (tcp::no_delay (true));
  }

  void
  run ()
  {
    stream.async_accept ([self = shared_from_this ()] (beast::error_code error) {
      if (!error)
        self->read ();
    });
  }

private:
  void
  read ()
  {
    stream.async_read (buffer, [self = shared_from_this ()] (beast::error_code error, size_t) {
      if (!error)
        self->write ();
    });
  }

  void
  write ()
  {
    stream.text (stream.got_text ());
    stream.async_write (buffer.data (),
                        [self = shared_from_this ()] (beast::error_code error, size_t) {
      self->buffer.consume (self->buffer.size ());
      if (!error)
        self->read ();
    });
  }

  beast::websocket::stream<tcp::socket> stream;
  beast::flat_buffer buffer;
};

void
accept_next (tcp::acceptor &acceptor, bool is_deflating)
{
  acceptor.async_accept ([&acceptor, is_deflating] (beast::error_code error, tcp::socket socket) {
    if (!error)
      std::make_shared<Session> (std::move (socket), is_deflating)->run ();
    accept_next (acceptor, is_deflating);
  });
}

}

int
main (int n_arguments, char **arguments)
{
  const unsigned short port = n_arguments > 1 ? (unsigned short) std::atoi (arguments[1]) : 0;
  const bool is_deflating = n_arguments > 2 && std::strcmp (arguments[2], "deflate") == 0;

  asio::io_context context (1);
  tcp::acceptor acceptor (context, tcp::endpoint (asio::ip::address_v4::loopback (), port));

  std::printf ("port %u\n", acceptor.local_endpoint ().port ());
  std::fflush (stdout);
  accept_next (acceptor, is_deflating);
  context.run ();
}
