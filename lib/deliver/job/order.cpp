// SPDX-License-Identifier: Apache-2.0
#include "deliver/job/order.hpp"

#include <algorithm>

namespace lhcr::deliver {

std::string identity_of(const Entry& entry) {
  if (entry.url.empty()) return {};
  if (entry.method == "POST") {
    if (entry.if_none_exist.empty()) return {};
    return "POST " + std::string(entry.url) + "?" + std::string(entry.if_none_exist);
  }
  const bool writes = entry.method == "PUT" || entry.method == "DELETE" || entry.method == "PATCH";
  return writes ? std::string(entry.url) : std::string();
}

std::vector<std::string> identities_of(const Work& work) {
  std::vector<std::string> all;
  for (const Entry& entry : work.entries) {
    std::string identity = entry.state == State::fresh ? identity_of(entry) : std::string();
    if (!identity.empty()) all.push_back(std::move(identity));
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::vector<std::string> names_of(const Work& work) {
  std::vector<std::string> all;
  const tree::Tree& tree = work.record->tree;
  for (const Entry& entry : work.entries) {
    if (!entry.full_url.empty()) all.emplace_back(entry.full_url);
    const std::string_view id = child_text(tree, entry.resource, "id");
    if (id.empty()) continue;
    all.push_back(std::string(tree.resource_type(entry.resource)) + "/" + std::string(id));
  }
  return all;
}

void Turns::Line::pop_front() {
  constexpr std::size_t many = 64;
  works[first++].reset();
  if (first < many || first < works.size() / 2) return;
  works.erase(works.begin(), works.begin() + static_cast<std::ptrdiff_t>(first));
  first = 0;
}

bool Turns::enter(const WorkPtr& work, std::vector<std::string> identities) {
  std::erase_if(identities, [this](const std::string& each) { return open_.contains(each); });
  if (identities.empty()) return true;
  Place place;
  place.lines.reserve(identities.size());
  for (std::string& identity : identities) {
    Lines::value_type& line = *lines_.try_emplace(std::move(identity)).first;
    place.behind += line.second.empty() ? 0U : 1U;
    line.second.works.push_back(work);
    place.lines.push_back(&line);
  }
  const bool now = place.behind == 0;
  waiting_ += now ? 0U : 1U;
  places_.emplace(work.get(), std::move(place));
  return now;
}

std::vector<WorkPtr> Turns::leave(const Work& work) {
  std::vector<WorkPtr> next;
  const auto place = places_.find(&work);
  if (place == places_.end()) return next;
  for (Lines::value_type* named : place->second.lines) {
    Line& line = named->second;
    line.pop_front();
    if (line.empty()) {
      lines_.erase(lines_.find(named->first));
      continue;
    }
    const WorkPtr& first = line.works[line.first];
    if (--places_.at(first.get()).behind == 0) {
      --waiting_;
      next.push_back(first);
    }
  }
  places_.erase(place);
  return next;
}

std::vector<WorkPtr> Turns::take_waiting() {
  std::vector<WorkPtr> all;
  std::unordered_set<const Work*> seen;
  for (const auto& [identity, line] : lines_) {
    for (std::size_t at = line.first; at < line.works.size(); ++at) {
      const WorkPtr& work = line.works[at];
      if (places_.at(work.get()).behind > 0 && seen.insert(work.get()).second) all.push_back(work);
    }
  }
  lines_.clear();
  places_.clear();
  waiting_ = 0;
  return all;
}

void Awaited::add(const WorkPtr& work, const std::vector<std::string>& names) {
  for (const std::string& name : names) by_name_[name].push_back(work);
  open_[work.get()] = names.size();
  bytes_ += work->record->size;
}

void Awaited::forget(const Work& work) {
  bytes_ -= work.record->size;
  open_.erase(&work);
}

std::vector<WorkPtr> Awaited::settle(const std::string& name) {
  std::vector<WorkPtr> done;
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return done;
  for (const WorkPtr& work : found->second) {
    const auto open = open_.find(work.get());
    if (open == open_.end() || --open->second > 0) continue;
    forget(*work);
    done.push_back(work);
  }
  by_name_.erase(found);
  return done;
}

std::vector<WorkPtr> Awaited::settle_if(const std::function<bool(const std::string&)>& gone) {
  std::vector<std::string> names;
  for (const auto& [name, works] : by_name_) {
    if (gone(name)) names.push_back(name);
  }
  std::vector<WorkPtr> done;
  for (const std::string& name : names) {
    const std::vector<WorkPtr> more = settle(name);
    done.insert(done.end(), more.begin(), more.end());
  }
  return done;
}

std::vector<WorkPtr> Awaited::take(const std::string& name) {
  std::vector<WorkPtr> done;
  const auto found = by_name_.find(name);
  if (found == by_name_.end()) return done;
  for (const WorkPtr& work : found->second) {
    if (!open_.contains(work.get())) continue;
    forget(*work);
    done.push_back(work);
  }
  by_name_.erase(found);
  return done;
}

std::vector<WorkPtr> Awaited::take_all() {
  std::vector<WorkPtr> done;
  for (const auto& [name, works] : by_name_) {
    for (const WorkPtr& work : works) {
      if (!open_.contains(work.get())) continue;
      forget(*work);
      done.push_back(work);
    }
  }
  by_name_.clear();
  return done;
}

}  // namespace lhcr::deliver
