// SPDX-License-Identifier: Apache-2.0
/// Runs the records of many inputs through workers on several cores; what they make of them comes
/// back in order.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cmd/run/inputs.hpp"
#include "finding/report.hpp"
#include "format/format.hpp"

namespace lhcr::definition {
class Definitions;
}

namespace lhcr::cmd {

/// The FHIR version that a record surely has, see record::RecordReader::sure_version().
struct SureVersion {
  const definition::Definitions* version = nullptr;  ///< nullptr: not sure, or not FHIR
  std::uint64_t record = 0;                          ///< index in the input
  std::uint64_t line = 0;
};

/// What a worker made of a record.
struct Done {
  std::string out;                  ///< for the output
  std::string messages;             ///< for standard error
  std::vector<std::string> tables;  ///< for outputs beside `out`, by number
  std::vector<std::uint64_t> rows;  ///< in `tables`, where someone counts them
  finding::Tally tally;
  bool failed_input = false;  ///< of what Worker::unreadable() made
  SureVersion version;
};

/// Works on records, one at a time; each thread has its own.
class Worker {
 public:
  Worker() = default;
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  virtual ~Worker() = default;
  virtual void work(const Input& input, const format::Record& record, Done& done) = 0;
  /// An input that cannot be opened, or read on.
  virtual void unreadable(const Input& input, const std::string& why, Done& done) = 0;
};

/// Takes results in order, in one thread.
class Consumer {
 public:
  Consumer() = default;
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;
  virtual ~Consumer() = default;
  virtual void begin_input(const Input& input) = 0;
  virtual void take(const Done& done) = 0;
  virtual void end_input() = 0;
  /// Adds a finding about an input as a whole to what will be taken next. The default is a line on
  /// standard error.
  virtual void tell(const finding::Finding& finding, const finding::Place& place, Done& done);
  /// Everything that has been read is taken, and whoever writes the input is waited for: what is
  /// held back is to go out.
  virtual void idle() = 0;
};

using WorkerFactory = std::function<std::unique_ptr<Worker>()>;

/// How process() works.
struct Work {
  Work(const JobOptions& options, const VerbosityOptions& verbosity, const Io& io)
      : jobs(options.jobs), progress(io.err_terminal && !verbosity.quiet), quiet(verbosity.quiet) {}

  unsigned jobs;       ///< records worked on at the same time; 0: one per core
  bool progress;       ///< shown on the status line
  bool quiet;          ///< the consumer is told nothing of inputs as a whole
  bool lines = false;  ///< a worker gets many lines of NDJSON at a time (Record::lines)
};

/// Reads every input and hands its records to workers. Memory is bounded by the largest records.
/// What a worker or the consumer throws ends the run and is thrown here. After Ctrl-C no more is
/// read, and interrupted() is set.
void process(const std::vector<Input>& inputs, const Work& work, const WorkerFactory& make_worker,
             Consumer& consumer);

}  // namespace lhcr::cmd
