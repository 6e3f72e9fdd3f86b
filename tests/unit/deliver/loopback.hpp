// SPDX-License-Identifier: Apache-2.0
/// An HTTP/1.1 server on a free loopback port, as small as a test of the transport needs.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace lhcr::deliver {

class Loopback {
 public:
  struct Message {
    std::string head;  ///< request line and headers
    std::string body;
    [[nodiscard]] bool asks(std::string_view line) const { return head.starts_with(line); }
  };
  /// All bytes of the answer; empty: the connection is closed without one.
  using Reply = std::function<std::string(const Message&)>;

  explicit Loopback(Reply reply);
  ~Loopback();
  Loopback(const Loopback&) = delete;
  Loopback& operator=(const Loopback&) = delete;

  [[nodiscard]] std::string root() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::vector<Message> seen();

 private:
  void serve();
  void talk(int connection);

  Reply reply_;
  int listener_ = -1;
  int port_ = 0;
  std::mutex lock_;
  std::vector<Message> seen_;
  std::thread thread_;  ///< last: uses what is above
};

/// An answer with a length.
[[nodiscard]] std::string http_answer(int status, std::string_view body,
                                      std::string_view more_headers = {});

}  // namespace lhcr::deliver
