// SPDX-License-Identifier: Apache-2.0
/// Tokens fetched in threads of their own, a few at a time, while other requests go on.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "deliver/transport/token.hpp"

namespace lhcr::deliver {

class TokenFetcher {
 public:
  /// Makes what one thread asks with; it gives up once `stopped` is true.
  using Maker = std::function<std::unique_ptr<TokenSource>(const std::atomic<bool>& stopped)>;

  /// `most`: fetches at a time. `ready` is called in another thread when take() has something.
  TokenFetcher(Maker make, std::size_t most, std::function<void()> ready);
  /// Ends fetches that are on their way.
  ~TokenFetcher();
  TokenFetcher(const TokenFetcher&) = delete;
  TokenFetcher& operator=(const TokenFetcher&) = delete;

  /// Has a token for these claims fetched; once, however often it is asked before take() gives it.
  void ask(const Claims& claims);
  struct Fetched {
    Claims claims;
    Token token;
    std::exception_ptr problem;  ///< why there is none
  };
  /// What has come since the last call.
  [[nodiscard]] std::vector<Fetched> take();

 private:
  void work();

  Maker make_;
  std::size_t most_;
  std::function<void()> ready_;
  std::atomic<bool> stopped_{false};
  std::mutex lock_;
  std::condition_variable changed_;
  std::set<Claims> asked_;  ///< and not taken
  std::deque<Claims> open_;
  std::vector<Fetched> fetched_;
  std::size_t idle_ = 0;  ///< threads that wait
  std::vector<std::thread> threads_;
};

}  // namespace lhcr::deliver
