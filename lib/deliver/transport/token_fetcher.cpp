// SPDX-License-Identifier: Apache-2.0
#include "deliver/transport/token_fetcher.hpp"

#include <utility>

namespace lhcr::deliver {

TokenFetcher::TokenFetcher(Maker make, std::size_t most, std::function<void()> ready)
    : make_(std::move(make)), most_(most), ready_(std::move(ready)) {}

TokenFetcher::~TokenFetcher() {
  {
    const std::lock_guard guard(lock_);
    stopped_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void TokenFetcher::ask(const Claims& claims) {
  {
    const std::lock_guard guard(lock_);
    if (!asked_.insert(claims).second) return;
    open_.push_back(claims);
    const bool needs_another = open_.size() > idle_ && threads_.size() < most_;
    if (needs_another) threads_.emplace_back([this] { work(); });
  }
  changed_.notify_one();
}

std::vector<TokenFetcher::Fetched> TokenFetcher::take() {
  const std::lock_guard guard(lock_);
  for (const Fetched& each : fetched_) asked_.erase(each.claims);
  return std::exchange(fetched_, {});
}

void TokenFetcher::work() {
  std::unique_ptr<TokenSource> source;
  std::unique_lock guard(lock_);
  for (;;) {
    ++idle_;
    changed_.wait(guard, [this] { return stopped_ || !open_.empty(); });
    --idle_;
    if (stopped_) return;
    Fetched result{std::move(open_.front()), {}, nullptr};
    open_.pop_front();
    guard.unlock();
    try {
      if (source == nullptr) source = make_(stopped_);
      result.token = source->fetch(result.claims);
    } catch (...) {
      result.problem = std::current_exception();
    }
    guard.lock();
    fetched_.push_back(std::move(result));
    if (!stopped_) ready_();
  }
}

}  // namespace lhcr::deliver
