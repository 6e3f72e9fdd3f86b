// SPDX-License-Identifier: Apache-2.0
#include "cmd/run/process.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <thread>
#include <utility>

#include "base/error.hpp"
#include "base/mapped_file.hpp"
#include "cmd/run/interrupt.hpp"
#include "cmd/run/progress.hpp"
#include "definition/definitions.hpp"
#include "finding/id.hpp"
#include "format/pipeline.hpp"

namespace lhcr::cmd {
namespace {

/// The index of what stands for the place where an input could not be read, or read on.
constexpr std::uint64_t failure = std::numeric_limits<std::uint64_t>::max();

/// The records of all inputs, one input after the other.
class Source {
 public:
  /// `lines`: many lines of NDJSON at a time.
  Source(const std::vector<Input>& inputs, bool lines)
      : inputs_(inputs), lines_(lines), errors_(inputs.size()) {}

  /// False at the end. An input that fails gives a record with the index `failure`.
  bool next(format::Record& record) {
    while (input_ < inputs_.size() && !interrupted()) {
      record = {};
      const bool more = next_of_input(record);
      record.input = static_cast<std::uint32_t>(input_);
      if (!more || record.index == failure) {
        stream_.reset();
        ++input_;
      }
      if (more) return true;
    }
    return false;
  }

  /// Whether the next record, or the next input, can be had without waiting for whoever writes it.
  bool ready() {
    if (stream_) return stream_->ready();
    return input_ >= inputs_.size() || is_file(inputs_[input_].path);
  }

  /// Opens the first input. Whether it is the only one and one document: then threads have nothing
  /// to share.
  bool is_one_document() {
    return inputs_.size() == 1 && open() && stream_->format() != format::Format::ndjson;
  }

  /// Why an input failed. Written before the failing record is handed to a worker.
  [[nodiscard]] const std::string& error(std::size_t input) const { return errors_[input]; }

 private:
  bool open() {
    if (errors_[input_].empty()) errors_[input_] = inputs_[input_].problem;
    if (stream_ || !errors_[input_].empty()) return stream_ != nullptr;
    try {
      format::StreamLimits limits;
      limits.stop = &interrupted();
      stream_ = std::make_unique<format::RecordStream>(inputs_[input_].path, limits);
    } catch (const Error& error) {
      errors_[input_] = error.what();
    }
    return stream_ != nullptr;
  }

  /// What is not there may be a file in an archive, which is as good.
  static bool is_file(const std::string& path) {
    std::error_code none;
    const std::filesystem::file_status status = std::filesystem::status(path, none);
    return path != "-" &&
           (!std::filesystem::exists(status) || std::filesystem::is_regular_file(status));
  }

  bool next_of_input(format::Record& record) {
    try {
      if (open()) return lines_ ? stream_->next_lines(record) : stream_->next(record);
    } catch (const Error& error) {
      errors_[input_] = error.what();
    }
    record = {};
    record.index = failure;
    return true;
  }

  const std::vector<Input>& inputs_;
  bool lines_;
  std::vector<std::string> errors_;
  std::size_t input_ = 0;
  std::unique_ptr<format::RecordStream> stream_;
};

struct Result {
  std::uint32_t input = 0;
  std::uint64_t bytes = 0;  ///< of the record
  Done done;
};

/// Tells the consumer where inputs begin and end.
class Emitter {
 public:
  Emitter(const std::vector<Input>& inputs, Consumer& consumer, bool tells)
      : inputs_(inputs), consumer_(consumer), tells_(tells) {}

  void take(Result& result) {
    begin_through(result.input);
    if (tells_ && result.done.version.version != nullptr) watch_version(result);
    consumer_.take(result.done);
  }
  void idle() { consumer_.idle(); }
  /// What was not reached before Ctrl-C has no turn.
  void finish() {
    if (inputs_.empty()) return;
    if (!interrupted()) begin_through(inputs_.size() - 1);
    if (begun_ > 0) consumer_.end_input();
  }

 private:
  /// Inputs without records have their turn too.
  void begin_through(std::size_t input) {
    for (; begun_ <= input; ++begun_) {
      if (begun_ > 0) consumer_.end_input();
      consumer_.begin_input(inputs_[begun_]);
      version_ = nullptr;
      told_ = false;
    }
  }
  /// The first change of version within an input is told: more likely than a file of two versions
  /// is one whose records were judged differently.
  void watch_version(Result& result) {
    const SureVersion& here = result.done.version;
    const auto* const before = std::exchange(version_, here.version);
    if (told_ || before == nullptr || before == here.version) return;
    told_ = true;
    finding::Finding found = finding::made(
        finding::id<"fhir-version-changes">,
        {std::string(here.version->fhir_version()), std::string(before->fhir_version())});
    found.position.line = here.line;
    found.position.column = 1;
    consumer_.tell(found, {inputs_[result.input].shown(), here.record}, result.done);
  }

  const std::vector<Input>& inputs_;
  Consumer& consumer_;
  bool tells_;
  std::size_t begun_ = 0;
  const definition::Definitions* version_ = nullptr;  // the latest that was sure
  bool told_ = false;
};

unsigned worker_count(unsigned jobs) {
  return jobs > 0 ? jobs : std::max(1U, std::thread::hardware_concurrency());
}

/// What a worker makes of a record whose bytes have stayed what they were.
Result work_on(Worker& worker, const Input& input, const Source& source,
               const format::Record& record) {
  Result result{record.input, record.bytes.size(), {}};
  if (record.index == failure) {
    worker.unreadable(input, source.error(record.input), result.done);
    result.done.failed_input = true;
    return result;
  }
  worker.work(input, record, result.done);
  if (record.mapping != nullptr && !record.mapping->intact()) {
    result.done = {};
    worker.unreadable(input, record.mapping->fault(), result.done);
    result.done.failed_input = true;
  }
  return result;
}

}  // namespace

void Consumer::tell(const finding::Finding& finding, const finding::Place& place, Done& done) {
  const auto report = finding::make_report(finding::ReportFormat::text, {});
  report->render(finding, place, done.messages);
}

void process(const std::vector<Input>& inputs, const Work& work, const WorkerFactory& make_worker,
             Consumer& consumer) {
  using Pipeline = format::Pipeline<Result>;
  Source source(inputs, work.lines);
  Progress progress(inputs, work.progress);
  Emitter emitter(inputs, consumer, !work.quiet);
  const auto make = [&]() -> Pipeline::Worker {
    return [&, worker = std::shared_ptr<Worker>(make_worker())](const format::Record& record) {
      return work_on(*worker, inputs[record.input], source, record);
    };
  };
  format::PipelineOptions options;
  const bool one_document = source.is_one_document();
  options.jobs = one_document ? 1 : worker_count(work.jobs);
  options.ready = [&] { return source.ready(); };
  options.idle = [&] { emitter.idle(); };
  // There is nothing to finish of a run that has one document.
  const auto graceful = one_document ? nullptr : std::make_unique<GracefulInterrupt>();
  Pipeline::run(
      options, [&](format::Record& record) { return source.next(record); }, make,
      [&](Result&& result) {
        emitter.take(result);
        progress.add(result.bytes);
      });
  emitter.finish();
}

}  // namespace lhcr::cmd
