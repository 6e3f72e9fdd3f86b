// SPDX-License-Identifier: Apache-2.0
#include "deliver/job/read_ahead.hpp"

namespace lhcr::deliver {
namespace {

constexpr std::size_t most_items = 32;
constexpr std::size_t most_bytes = std::size_t{2} << 20U;
constexpr std::size_t most_spare = 32;
constexpr std::size_t largest_spare = std::size_t{256} << 10U;

}  // namespace

void RecordPool::Shelf::put(std::unique_ptr<Record> record) {
  const std::lock_guard guard(lock);
  if (records.size() < most_spare && record->bytes.capacity() < largest_spare) {
    records.push_back(std::move(record));
  }
}

std::shared_ptr<Record> RecordPool::take() {
  std::unique_ptr<Record> record;
  {
    const std::lock_guard guard(shelf_->lock);
    if (!shelf_->records.empty()) {
      record = std::move(shelf_->records.back());
      shelf_->records.pop_back();
    }
  }
  if (record == nullptr) {
    record = std::make_unique<Record>(symbols_);
  } else {
    record->reset();
  }
  return {record.release(),
          [shelf = shelf_](Record* back) { shelf->put(std::unique_ptr<Record>(back)); }};
}

ReadAhead::ReadAhead(Source& source, Plan plan, std::function<void()> ready)
    : source_(source), plan_(std::move(plan)), ready_(std::move(ready)), pool_(source.symbols()) {
  if (ready_) thread_ = std::thread([this] { read(); });
}

ReadAhead::~ReadAhead() {
  {
    const std::lock_guard guard(lock_);
    stopping_ = true;
  }
  source_.stop();
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool ReadAhead::full() const {
  return items_.size() >= most_items || (bytes_ >= most_bytes && !items_.empty());
}

ReadAhead::Item ReadAhead::read_one() {
  Item item;
  const std::shared_ptr<Record> record = pool_.take();
  std::string problem;
  item.ended = !source_.next(*record, problem);
  if (!item.ended) item.work = plan_(record, problem);
  item.position = source_.position();
  return item;
}

void ReadAhead::read() {
  for (bool more = true; more;) {
    Item item;
    std::exception_ptr error;
    try {
      item = read_one();
    } catch (...) {
      error = std::current_exception();
    }
    more = !item.ended && error == nullptr;
    bool wake = false;
    {
      std::unique_lock guard(lock_);
      paused_ = full();
      changed_.wait(guard, [this] { return stopping_ || !paused_; });
      if (stopping_) return;
      if (item.work != nullptr) bytes_ += item.work->record->size;
      error_ = error;
      items_.push_back(std::move(item));
      wake = wanted_;
      wanted_ = false;
    }
    changed_.notify_all();
    if (wake) ready_();
  }
}

ReadAhead::Item ReadAhead::next() {
  std::unique_lock guard(lock_);
  if (ended_) return {nullptr, 0, true};
  if (!ready_) {
    Item item = read_one();
    ended_ = item.ended;
    return item;
  }
  wanted_ = items_.empty();
  if (wanted_) return {};
  if (items_.size() == 1 && error_ != nullptr) {
    ended_ = true;
    std::rethrow_exception(error_);
  }
  Item item = std::move(items_.front());
  items_.pop_front();
  ended_ = item.ended;
  if (item.work != nullptr) bytes_ -= item.work->record->size;
  // Woken for several records at a time, so that the threads do not take turns over each.
  const bool go_on = paused_ && items_.size() <= most_items / 2 && bytes_ <= most_bytes / 2;
  if (go_on) paused_ = false;
  guard.unlock();
  if (go_on) changed_.notify_all();
  return item;
}

}  // namespace lhcr::deliver
