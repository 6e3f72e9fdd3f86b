// SPDX-License-Identifier: Apache-2.0
/// Reads and plans the records of a job in a thread of its own, a bounded way ahead of what is
/// sent.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "deliver/job/job.hpp"

namespace lhcr::deliver {

/// Keeps records for use again, so that reading many of them allocates little. Records may be given
/// back by any thread.
class RecordPool {
 public:
  explicit RecordPool(const SymbolTable& symbols) : symbols_(symbols) {}
  [[nodiscard]] std::shared_ptr<Record> take();

 private:
  struct Shelf {
    std::mutex lock;
    std::vector<std::unique_ptr<Record>> records;
    void put(std::unique_ptr<Record> record);
  };
  const SymbolTable& symbols_;
  std::shared_ptr<Shelf> shelf_ = std::make_shared<Shelf>();
};

class ReadAhead {
 public:
  /// Makes the work of a record, or of one that cannot be sent because of `problem`. Runs in the
  /// reading thread.
  using Plan = std::function<WorkPtr(const std::shared_ptr<Record>&, const std::string& problem)>;

  /// `ready` is called in the reading thread when there is something after there was nothing. An
  /// empty one asks for no thread: next() reads.
  ReadAhead(Source& source, Plan plan, std::function<void()> ready);
  ~ReadAhead();
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  struct Item {
    WorkPtr work;                ///< empty: see `ended`
    std::uint64_t position = 0;  ///< bytes of the input read when it was made
    bool ended = false;          ///< nothing follows
  };
  /// The next work, or neither work nor end when it is still being read. Throws what the source or
  /// the plan threw.
  Item next();

 private:
  void read();
  [[nodiscard]] Item read_one();
  [[nodiscard]] bool full() const;

  Source& source_;
  Plan plan_;
  std::function<void()> ready_;
  RecordPool pool_;
  std::mutex lock_;
  std::condition_variable changed_;
  std::deque<Item> items_;
  std::size_t bytes_ = 0;  ///< of the records in `items_`
  std::exception_ptr error_;
  bool ended_ = false;
  bool wanted_ = false;  ///< next() has found nothing
  bool paused_ = false;  ///< far enough ahead
  bool stopping_ = false;
  std::thread thread_;  ///< last, so that it starts when everything else is there
};

}  // namespace lhcr::deliver
