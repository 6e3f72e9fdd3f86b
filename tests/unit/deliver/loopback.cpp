// SPDX-License-Identifier: Apache-2.0
#include "loopback.hpp"

#include <charconv>

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

namespace lhcr::deliver {
namespace {

std::size_t content_length(const std::string& head) {
  constexpr std::string_view name = "\ncontent-length:";
  for (std::size_t at = head.find('\n'); at != std::string::npos; at = head.find('\n', at + 1)) {
    if (strncasecmp(head.data() + at, name.data(), name.size()) != 0) continue;
    std::size_t length = 0;
    const char* begin = head.data() + head.find_first_not_of(' ', at + name.size());
    std::from_chars(begin, head.data() + head.size(), length);
    return length;
  }
  return 0;
}

}  // namespace

std::string http_answer(int status, std::string_view body, std::string_view more_headers) {
  return "HTTP/1.1 " + std::to_string(status) +
         " x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(more_headers) + "\r\n" + std::string(body);
}

Loopback::Loopback(Reply reply) : reply_(std::move(reply)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* any = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  REQUIRE(::bind(listener_, any, size) == 0);
  REQUIRE(::listen(listener_, 16) == 0);
  REQUIRE(::getsockname(listener_, any, &size) == 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

Loopback::~Loopback() {
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

std::vector<Loopback::Message> Loopback::seen() {
  const std::lock_guard guard(lock_);
  return seen_;
}

/// One connection after the other; each answer ends its own.
void Loopback::serve() {
  for (;;) {
    const int connection = ::accept(listener_, nullptr, nullptr);
    if (connection < 0) return;
    talk(connection);
    ::shutdown(connection, SHUT_RDWR);
    ::close(connection);
  }
}

void Loopback::talk(int connection) {
  std::string bytes;
  char block[65536];
  std::size_t head = std::string::npos;
  while (head == std::string::npos ||
         bytes.size() < head + 4 + content_length(bytes.substr(0, head))) {
    const ssize_t got = ::read(connection, block, sizeof block);
    if (got <= 0) return;
    bytes.append(block, static_cast<std::size_t>(got));
    head = bytes.find("\r\n\r\n");
  }
  const Message message{bytes.substr(0, head + 2), bytes.substr(head + 4)};
  std::string answer = reply_(message);
  {
    const std::lock_guard guard(lock_);
    seen_.push_back(message);
  }
  if (answer.starts_with("HTTP/1.1 "))
    answer.insert(answer.find("\r\n") + 2, "Connection: close\r\n");
  std::size_t sent = 0;
  while (sent < answer.size()) {
    const ssize_t put =
        ::send(connection, answer.data() + sent, answer.size() - sent, MSG_NOSIGNAL);
    if (put <= 0) return;
    sent += static_cast<std::size_t>(put);
  }
}

}  // namespace lhcr::deliver
