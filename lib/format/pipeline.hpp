// SPDX-License-Identifier: Apache-2.0
/// Records worked on by several threads, results in the order of the records.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstring>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "format/format.hpp"

namespace lhcr::format {

struct PipelineOptions {
  unsigned jobs = 1;  ///< worker threads; 1 works in the caller's thread
  std::size_t batch_bytes =
      std::size_t{256} * 1024;  ///< records are handed over in batches of about this size
  /// Whether the source can be asked without waiting for whoever writes its input; while it cannot,
  /// nothing waits for a batch to fill. Empty: it always can.
  std::function<bool()> ready = {};
  /// Called before the source is waited for, when everything before has been emitted.
  std::function<void()> idle = {};
};

/// Runs `source` and `emit` in the caller's thread and the workers in threads of their own. Memory
/// is bounded by a few batches for each worker. An exception of the source, of a worker or of
/// emit() ends the run once what came before it has been emitted, and is thrown to the caller.
template <class Result>
class Pipeline {
 public:
  /// Puts the next record into its argument; false at the end. The bytes need to live until the
  /// next call only, unless Record::mapping holds them.
  using Source = std::function<bool(Record&)>;
  /// What one thread does with a record. May keep state, such as a reader and a tree.
  using Worker = std::function<Result(const Record&)>;
  /// Makes the worker of one thread; called in the caller's thread.
  using MakeWorker = std::function<Worker()>;
  using Emit = std::function<void(Result&&)>;

  static void run(const PipelineOptions& options, const Source& source,
                  const MakeWorker& make_worker, const Emit& emit) {
    if (options.jobs <= 1) {
      run_inline(options, source, make_worker(), emit);
    } else {
      Pipeline(options, source, emit).run_threads(make_worker);
    }
  }

 private:
  /// Records that travel together, with their bytes.
  struct Batch {
    std::vector<char> bytes;
    std::size_t size = 0;  // of all records
    std::vector<Record> records;
    std::vector<std::size_t> starts;  // of each record in bytes
    std::vector<Result> results;
    std::exception_ptr error;  // of the record behind the last result
    bool done = false;
  };

  Pipeline(const PipelineOptions& options, const Source& source, const Emit& emit)
      : options_(options), source_(source), emit_(emit) {}

  static bool is_ready(const PipelineOptions& options) { return !options.ready || options.ready(); }

  /// Everything has been emitted and the source is asked for more.
  static void before_waiting(const PipelineOptions& options) {
    if (options.idle && !is_ready(options)) {
      options.idle();
    }
  }

  static void run_inline(const PipelineOptions& options, const Source& source, const Worker& worker,
                         const Emit& emit) {
    Record record;
    for (;;) {
      before_waiting(options);
      if (!source(record)) {
        return;
      }
      emit(worker(record));
    }
  }

  /// Ends the threads however the run ends.
  class Threads {
   public:
    explicit Threads(Pipeline& pipeline) : pipeline_(pipeline) {}
    Threads(const Threads&) = delete;
    Threads& operator=(const Threads&) = delete;
    ~Threads() {
      pipeline_.stop();
      for (std::thread& thread : threads_) {
        thread.join();
      }
    }
    void start(Worker worker) {
      threads_.emplace_back([this, worker = std::move(worker)] { pipeline_.work(worker); });
    }

   private:
    Pipeline& pipeline_;
    std::vector<std::thread> threads_;
  };

  void run_threads(const MakeWorker& make_worker) {
    Threads threads(*this);
    for (unsigned job = 0; job < options_.jobs; ++job) {
      threads.start(make_worker());
    }
    const std::size_t most = std::size_t{options_.jobs} * 2 + 2;
    while (!source_ended_ || !in_order_.empty()) {
      const bool room = !source_ended_ && in_order_.size() < most;
      if (room && in_order_.empty()) {
        before_waiting(options_);
      }
      if (room && (in_order_.empty() || is_ready(options_))) {
        hand_over(fill());
        emit_done(false);
      } else {
        emit_done(true);
      }
    }
    if (source_error_) {
      std::rethrow_exception(source_error_);
    }
  }

  std::unique_ptr<Batch> fill() {
    auto batch = take_spare();
    Record record;
    try {
      while (batch->size < options_.batch_bytes) {
        if (!batch->records.empty() && !is_ready(options_)) {
          break;
        }
        if (!source_(record)) {
          source_ended_ = true;
          break;
        }
        add(*batch, record);
      }
    } catch (...) {
      source_error_ = std::current_exception();
      source_ended_ = true;
    }
    // The bytes have stopped moving.
    for (std::size_t at = 0; at < batch->records.size(); ++at) {
      Record& kept = batch->records[at];
      if (kept.mapping == nullptr) {
        kept.bytes = {batch->bytes.data() + batch->starts[at], kept.bytes.size()};
      }
    }
    return batch;
  }

  static void add(Batch& batch, const Record& record) {
    const std::size_t start = batch.bytes.size();
    batch.size += record.bytes.size();
    batch.starts.push_back(start);
    batch.records.push_back(record);
    if (record.mapping != nullptr) {
      return;  // which keeps the bytes where they are
    }
    batch.bytes.insert(batch.bytes.end(), record.bytes.begin(), record.bytes.end());
    batch.bytes.resize(batch.bytes.size() + read_padding);
  }

  std::unique_ptr<Batch> take_spare() {
    if (spare_.empty()) {
      return std::make_unique<Batch>();
    }
    auto batch = std::move(spare_.back());
    spare_.pop_back();
    return batch;
  }

  void hand_over(std::unique_ptr<Batch> batch) {
    if (batch->records.empty()) {
      return;
    }
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(batch.get());
    }
    in_order_.push_back(std::move(batch));
    work_there_.notify_one();
  }

  /// Emits the batches that are done, in order; waits for the oldest when asked to.
  void emit_done(bool wait) {
    while (!in_order_.empty()) {
      {
        std::unique_lock lock(mutex_);
        if (wait) {
          batch_done_.wait(lock, [this] { return in_order_.front()->done; });
        }
        if (!in_order_.front()->done) {
          return;
        }
      }
      auto batch = std::move(in_order_.front());
      in_order_.pop_front();
      emit_batch(*batch);
      recycle(std::move(batch));
      wait = false;
    }
  }

  void emit_batch(Batch& batch) {
    for (Result& result : batch.results) {
      emit_(std::move(result));
    }
    if (batch.error) {
      std::rethrow_exception(batch.error);
    }
  }

  /// Keeps a batch's memory for the next one, unless one huge record has swollen it.
  void recycle(std::unique_ptr<Batch> batch) {
    if (batch->bytes.capacity() > options_.batch_bytes * 8) {
      batch->bytes = {};
    }
    batch->bytes.clear();
    batch->size = 0;
    batch->records.clear();
    batch->starts.clear();
    batch->results.clear();
    batch->done = false;
    spare_.push_back(std::move(batch));
  }

  void work(const Worker& worker) {
    while (Batch* batch = next_waiting()) {
      try {
        for (const Record& record : batch->records) {
          batch->results.push_back(worker(record));
        }
      } catch (...) {
        batch->error = std::current_exception();
      }
      {
        const std::lock_guard lock(mutex_);
        batch->done = true;
      }
      batch_done_.notify_one();
    }
  }

  Batch* next_waiting() {
    std::unique_lock lock(mutex_);
    work_there_.wait(lock, [this] { return stopped_ || !waiting_.empty(); });
    if (stopped_) {
      return nullptr;
    }
    Batch* batch = waiting_.front();
    waiting_.pop_front();
    return batch;
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    work_there_.notify_all();
  }

  const PipelineOptions options_;
  const Source& source_;
  const Emit& emit_;
  std::deque<std::unique_ptr<Batch>> in_order_;  // handed over and not emitted yet
  std::vector<std::unique_ptr<Batch>> spare_;
  std::exception_ptr source_error_;
  bool source_ended_ = false;

  std::mutex mutex_;  // guards what follows, and Batch::done
  std::condition_variable work_there_;
  std::condition_variable batch_done_;
  std::deque<Batch*> waiting_;
  bool stopped_ = false;
};

}  // namespace lhcr::format
