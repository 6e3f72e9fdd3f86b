// SPDX-License-Identifier: Apache-2.0
/// What must not overtake what: works that write one thing, and works that refer to others.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "deliver/job/work.hpp"

namespace lhcr::deliver {

/// What an entry writes, as far as two entries can write the same: "Patient/1", or the condition of
/// a conditional create; empty for what is new every time.
[[nodiscard]] std::string identity_of(const Entry& entry);
/// The identities of the entries that have not been settled, each once.
[[nodiscard]] std::vector<std::string> identities_of(const Work& work);
/// What references may call the resources of a work: fullUrls and "Type/id".
[[nodiscard]] std::vector<std::string> names_of(const Work& work);

/// Works that write one identity go one at a time, in the order of the input.
class Turns {
 public:
  /// True when it may go at once; otherwise a leave() hands it out.
  bool enter(const WorkPtr& work, std::vector<std::string> identities);
  /// The works whose turn it is when this one is done.
  [[nodiscard]] std::vector<WorkPtr> leave(const Work& work);
  /// An identity that is there by now and is only created where it is not: nobody need wait for it.
  void open_for_all(const std::string& identity) { open_.insert(identity); }
  /// Works that wait.
  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }
  /// Hands out all that wait and keeps nobody's place.
  [[nodiscard]] std::vector<WorkPtr> take_waiting();

 private:
  /// Works in their order; most lines are of one.
  struct Line {
    std::vector<WorkPtr> works;
    std::size_t first = 0;  ///< of those that are still there
    [[nodiscard]] bool empty() const noexcept { return first == works.size(); }
    void pop_front();
  };
  using Lines = std::unordered_map<std::string, Line>;
  struct Place {
    std::vector<Lines::value_type*> lines;  ///< that it stands in
    std::size_t behind = 0;                 ///< of them, where others are before it
  };
  Lines lines_;
  std::unordered_map<const Work*, Place> places_;
  std::unordered_set<std::string> open_;
  std::size_t waiting_ = 0;
};

/// Works that wait until the names they refer to are settled.
class Awaited {
 public:
  void add(const WorkPtr& work, const std::vector<std::string>& names);
  /// The works that wait for nothing more once a name is settled.
  [[nodiscard]] std::vector<WorkPtr> settle(const std::string& name);
  /// The same for all names of which `gone` says that they will not be settled.
  [[nodiscard]] std::vector<WorkPtr> settle_if(const std::function<bool(const std::string&)>& gone);
  /// Takes all that waits for a name.
  [[nodiscard]] std::vector<WorkPtr> take(const std::string& name);
  [[nodiscard]] std::vector<WorkPtr> take_all();
  [[nodiscard]] bool empty() const noexcept { return open_.empty(); }
  /// Bytes of the records that wait.
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  void forget(const Work& work);

  std::unordered_map<std::string, std::vector<WorkPtr>> by_name_;
  std::unordered_map<const Work*, std::size_t> open_;  ///< names that each still waits for
  std::size_t bytes_ = 0;
};

}  // namespace lhcr::deliver
