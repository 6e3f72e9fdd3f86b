// SPDX-License-Identifier: Apache-2.0
// A FHIR endpoint that takes every Bundle and answers it as fast as one thread can: it only counts.
// usage: push_sink   prints its port, serves until it is ended; GET answers
// {"requests":N,"bytes":N}.
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

struct Totals {
  std::uint64_t requests = 0;
  std::uint64_t bytes = 0;
};

struct Connection {
  std::string in;
  std::string out;
};

/// What the server calls the resource of a request: what was asked for, or a name of its own.
void append_location(std::string& text, std::string_view url, std::size_t number) {
  const bool named = url.find('/') != std::string_view::npos && url.find('?') == url.npos;
  text += named ? url : url.substr(0, url.find_first_of("/?"));
  if (!named) text += '/' + std::to_string(number);
  text += "/_history/1";
}

/// The answer to a Bundle: one entry for each of its requests.
std::string response_bundle(std::string_view body) {
  constexpr std::string_view request = "\"request\":";
  constexpr std::string_view member = "\"url\":\"";
  std::string text = R"({"resourceType":"Bundle","type":"transaction-response","entry":[)";
  std::size_t number = 0;
  for (std::size_t at = body.find(request); at != body.npos; at = body.find(request, at + 1)) {
    const std::size_t url = body.find(member, at);
    if (url == body.npos) break;
    const std::string_view rest = body.substr(url + member.size());
    text += number == 0 ? "" : ",";
    text += R"({"response":{"status":"201 Created","location":")";
    append_location(text, rest.substr(0, rest.find('"')), ++number);
    text += R"("}})";
  }
  return text + "]}";
}

std::size_t content_length(std::string_view head) {
  constexpr std::string_view name = "content-length:";
  for (std::size_t at = head.find('\n'); at != std::string_view::npos; at = head.find('\n', at)) {
    ++at;
    const std::string_view line = head.substr(at);
    if (line.size() < name.size() || strncasecmp(line.data(), name.data(), name.size()) != 0)
      continue;
    std::size_t from = name.size();
    while (from < line.size() && line[from] == ' ') ++from;
    std::size_t length = 0;
    std::from_chars(line.data() + from, line.data() + line.size(), length);
    return length;
  }
  return 0;
}

void append_answer(std::string& out, std::string_view body) {
  out += "HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n";
  out += body;
}

/// Answers one request when it has come as a whole.
bool take_request(Connection& connection, Totals& totals) {
  const std::string_view in = connection.in;
  const std::size_t head = in.find("\r\n\r\n");
  if (head == std::string_view::npos) return false;
  const std::size_t length = content_length(in.substr(0, head));
  if (in.size() < head + 4 + length) return false;
  const std::string_view body = in.substr(head + 4, length);
  if (in.substr(0, 3) == "GET") {
    append_answer(connection.out, "{\"requests\":" + std::to_string(totals.requests) +
                                      ",\"bytes\":" + std::to_string(totals.bytes) + "}");
  } else {
    ++totals.requests;
    totals.bytes += length;
    append_answer(connection.out, response_bundle(body));
  }
  connection.in.erase(0, head + 4 + length);
  return true;
}

/// False when the other side has gone.
bool serve(int socket, Connection& connection, Totals& totals) {
  std::array<char, 65536> block{};
  for (;;) {
    const ssize_t size = recv(socket, block.data(), block.size(), 0);
    if (size == 0 || (size < 0 && errno != EAGAIN)) return false;
    if (size < 0) break;
    connection.in.append(block.data(), static_cast<std::size_t>(size));
  }
  while (take_request(connection, totals)) {
  }
  std::string_view out = connection.out;
  while (!out.empty()) {
    const ssize_t size = send(socket, out.data(), out.size(), MSG_NOSIGNAL);
    if (size < 0 && errno != EAGAIN) return false;
    if (size > 0) out.remove_prefix(static_cast<std::size_t>(size));
  }
  connection.out.clear();
  return true;
}

int listen_on_loopback() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener, plain, sizeof address) != 0 || listen(listener, 128) != 0) return -1;
  socklen_t size = sizeof address;
  getsockname(listener, plain, &size);
  std::printf("%d\n", ntohs(address.sin_port));
  std::fflush(stdout);
  return listener;
}

void watch(int poller, int socket) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = socket;
  epoll_ctl(poller, EPOLL_CTL_ADD, socket, &event);
}

}  // namespace

int main() {
  const int listener = listen_on_loopback();
  if (listener < 0) return 1;
  const int poller = epoll_create1(0);
  watch(poller, listener);
  std::unordered_map<int, Connection> connections;
  Totals totals;
  std::array<epoll_event, 64> events{};
  for (;;) {
    const int ready = epoll_wait(poller, events.data(), static_cast<int>(events.size()), -1);
    for (int at = 0; at < ready; ++at) {
      const int socket = events[static_cast<std::size_t>(at)].data.fd;
      if (socket == listener) {
        const int fresh = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
        const int on = 1;
        setsockopt(fresh, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (fresh >= 0) watch(poller, fresh);
      } else if (!serve(socket, connections[socket], totals)) {
        connections.erase(socket);
        close(socket);
      }
    }
  }
}
