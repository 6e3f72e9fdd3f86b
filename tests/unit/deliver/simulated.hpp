// SPDX-License-Identifier: Apache-2.0
/// A world for deliveries without network, disk and clock: what happens in it is told by a seed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "deliver/job/job.hpp"
#include "format/format.hpp"

namespace lhcr::deliver::simulated {

/// The sender's machine goes down.
struct Crash {};

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  /// 0 <= number < limit.
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  /// True in so many of a thousand cases.
  bool hits(std::uint64_t per_mille) { return below(1000) < per_mille; }

 private:
  std::mt19937_64 random_;
};

class Time : public TimeSource {
 public:
  [[nodiscard]] Clock::time_point now() const override { return now_; }
  void go_to(Clock::time_point moment) { now_ = std::max(now_, moment); }

 private:
  Clock::time_point now_{std::chrono::hours(1)};
};

/// Keeps what was committed when the machine goes down, and nothing else.
class Disk : public Journal {
 public:
  [[nodiscard]] bool durable() const noexcept override { return true; }
  [[nodiscard]] bool cut_short() const noexcept override { return cut_short_; }
  void end() override { running_ = false; }
  void begin_run() { cut_short_ = std::exchange(running_, true); }
  [[nodiscard]] std::optional<JournalRow> find(const Key& key) override {
    const auto row = rows_.now.find(key);
    return row == rows_.now.end() ? std::nullopt : std::optional(row->second);
  }
  void put(const JournalRow& row) override { rows_.put(row.key, row); }
  [[nodiscard]] bool writing() const noexcept override {
    return rows_.changed() || names_.changed() || latest_.changed();
  }
  void commit() override {
    if (writing() && commits_left_ && (*commits_left_)-- == 0) fail();
    rows_.commit();
    names_.commit();
    latest_.commit();
  }
  /// The disk has it, or has it with what is committed next.
  void commit_soon() override {
    if (++unhurried_ % 2 == 0) commit();
  }
  void remember(const std::string& local, const std::string& server) override {
    names_.put(local, server);
  }
  [[nodiscard]] std::optional<std::string> server_id(const std::string& local) override {
    const auto name = names_.now.find(local);
    return name == names_.now.end() ? std::nullopt : std::optional(name->second);
  }
  void put_latest(const std::string& identity, const LatestRow& row) override {
    latest_.put(identity, row);
  }
  [[nodiscard]] std::optional<LatestRow> latest(const std::string& identity) override {
    const auto row = latest_.now.find(identity);
    return row == latest_.now.end() ? std::nullopt : std::optional(row->second);
  }
  /// Loses what was not committed.
  void lose_power() {
    rows_.lose();
    names_.lose();
    latest_.lose();
    commits_left_.reset();
  }
  /// The commit after so many others brings the machine down; `written`: when it is done.
  void fail_at(std::uint64_t commits, bool written) {
    commits_left_ = commits;
    written_ = written;
  }

 private:
  template <class Name, class Row>
  struct Table {
    std::map<Name, Row> now;
    std::map<Name, std::optional<Row>> before;  ///< of what has changed since the last commit
    [[nodiscard]] bool changed() const noexcept { return !before.empty(); }
    void put(const Name& name, const Row& row) {
      const auto old = now.find(name);
      before.emplace(name, old == now.end() ? std::nullopt : std::optional<Row>(old->second));
      now[name] = row;
    }
    void commit() { before.clear(); }
    void lose() {
      for (const auto& [name, row] : before) {
        if (row) {
          now[name] = *row;
        } else {
          now.erase(name);
        }
      }
      before.clear();
    }
  };
  void fail() {
    if (written_) {
      rows_.commit();
      names_.commit();
      latest_.commit();
    }
    throw Crash{};
  }

  Table<Key, JournalRow> rows_;
  Table<std::string, std::string> names_;
  Table<std::string, LatestRow> latest_;
  std::optional<std::uint64_t> commits_left_;
  unsigned unhurried_ = 0;
  bool written_ = false;
  bool running_ = false;
  bool cut_short_ = false;
};

/// A FHIR server: what it has, and what a request makes of it.
class Server {
 public:
  struct Stored {
    nlohmann::json resource;
    std::string mark;  ///< which record it came from (Resource.language)
  };
  /// Conditions of which nothing is there ("Organization?identifier=…"): a server looks first and
  /// writes later, and others come in between.
  using Absent = std::set<std::string>;
  [[nodiscard]] Absent look(const Request& request) const;
  /// Does what a request asks for, and answers.
  Answer serve(const Request& request, const Absent& absent);
  /// Works on, and says where the result will be; it is there after so many questions.
  Answer serve_later(const Request& request, const Absent& absent, unsigned questions);
  /// Whether what refers to a resource that is not there is refused.
  void demands_targets(bool demands) noexcept { demands_targets_ = demands; }
  [[nodiscard]] const std::map<std::string, Stored>& all() const noexcept { return all_; }
  /// Resources of this mark.
  [[nodiscard]] std::size_t count(const std::string& mark) const;
  /// Resources of this type and identifier.
  [[nodiscard]] std::size_t count_of(const std::string& type, const std::string& identifier) const;
  /// Whether a resource of this mark is refused.
  [[nodiscard]] static bool is_poison(const std::string& mark) { return mark.starts_with("bad"); }

 private:
  struct Response {
    int status = 200;
    std::string location;
  };
  struct Task {
    Answer answer;
    unsigned questions = 0;
  };
  /// What a request, or an entry of a Bundle, asks for.
  struct Demand {
    std::string method;
    std::string url;
    std::string condition;  ///< of a creation
    nlohmann::json resource;
    /// "Organization?identifier=…"; empty: none.
    [[nodiscard]] std::string whole_condition() const;
  };
  [[nodiscard]] static std::vector<Demand> demands_of(const Request& request);
  [[nodiscard]] Response write(Demand demand, const Absent& absent);
  [[nodiscard]] Answer serve_bundle(const nlohmann::json& bundle, const Absent& absent);
  [[nodiscard]] bool lacks_target(const nlohmann::json& bundle) const;
  [[nodiscard]] Answer search(const std::string& path) const;
  [[nodiscard]] Answer poll(const std::string& path);
  [[nodiscard]] std::optional<std::string> find(const std::string& type,
                                                const std::string& query) const;

  std::map<std::string, Stored> all_;  ///< by "Type/id"
  std::map<std::string, Task> tasks_;
  unsigned created_ = 0;
  unsigned accepted_ = 0;
  bool demands_targets_ = false;
};

inline constexpr const char* base = "http://127.0.0.1/fhir";

/// What goes wrong, in a thousand requests.
struct Faults {
  std::uint64_t not_sent = 0;
  std::uint64_t lost_request = 0;
  std::uint64_t lost_answer = 0;
  std::uint64_t timed_out = 0;  ///< the server is still at work when its client has gone
  std::uint64_t repeated = 0;   ///< a proxy sends what may be repeated again
  std::uint64_t busy = 0;       ///< 503 or 429, some with Retry-After
  std::uint64_t broken = 0;     ///< 500, 502 or 504, with the work done or not
  std::uint64_t portal = 0;     ///< a page that is not the server's
  std::uint64_t async = 0;      ///< 202 and Content-Location
};

/// Delays, loses, repeats and reorders; time passes in wait() only.
class Network : public Transport {
 public:
  Network(Server& server, Time& time, Dice& dice, const Faults& faults)
      : server_(server), time_(time), dice_(dice), faults_(faults) {}
  void start(std::uint64_t id, Request request) override;
  std::vector<Done> wait(Millis limit) override;
  void wake() noexcept override {}
  /// The machine goes down with the request after so many others.
  void fail_at(std::uint64_t requests) { requests_left_ = requests; }
  /// What is on its way when the sender goes down still arrives.
  void forget_sender();
  /// Writes down what happens.
  void tell(std::string& log) { log_ = &log; }

 private:
  struct Event {
    std::optional<Request> arrives;        ///< at the server
    std::optional<Server::Absent> absent;  ///< the server has looked, and writes now
    std::uint64_t id = 0;
    std::optional<Answer> fixed;  ///< the answer, whatever the server makes of it
    bool silent = false;          ///< no answer comes back
    unsigned questions = 0;       ///< > 0: the server works on
  };
  using Moment = Clock::time_point;
  void at(Millis wait, Event event) { events_.emplace(time_.now() + wait, std::move(event)); }
  void answer(Millis wait, std::uint64_t id, Answer what);
  void happen(Event event);
  void note(std::uint64_t id, const char* what, const Request* request, const Answer* answer);
  [[nodiscard]] bool fail_before_work(std::uint64_t id);
  void work_and_fail(std::uint64_t id, const Request& request, Millis delay);
  [[nodiscard]] Millis some(std::uint64_t most) {
    return Millis(static_cast<std::int64_t>(1 + dice_.below(most)));
  }

  Server& server_;
  Time& time_;
  Dice& dice_;
  Faults faults_;
  std::multimap<Moment, Event> events_;
  std::vector<Done> done_;
  std::optional<std::uint64_t> requests_left_;
  std::string* log_ = nullptr;
};

/// Records in memory.
class Records : public Source {
 public:
  Records(std::vector<std::string> texts, bool sorted);
  bool next(Record& record, std::string& problem) override;
  [[nodiscard]] const SymbolTable& symbols() const override;
  void type(tree::Tree& /*tree*/) override {}
  [[nodiscard]] TableMaker* tables() override { return nullptr; }
  [[nodiscard]] bool comes_later(const std::string& /*source*/, std::uint64_t record,
                                 const Record& than) const override {
    return record > than.index;
  }
  [[nodiscard]] bool sorted() const override { return sorted_; }
  [[nodiscard]] std::uint64_t position() const override { return next_; }
  void stop() noexcept override {}

 private:
  std::vector<std::string> texts_;
  bool sorted_;
  std::size_t next_ = 0;
  format::JsonReader reader_;
};

[[nodiscard]] std::string header_of(const Request& request, std::string_view name);

}  // namespace lhcr::deliver::simulated
