// SPDX-License-Identifier: Apache-2.0
#include "finding/finding.hpp"

#include <algorithm>
#include <cassert>
#include <optional>

#include "finding/id.hpp"

namespace lhcr::finding {
namespace {

/// The catalogue's rows by their place.
enum class Row : std::uint16_t {
#define LHCR_FINDING(id, severity, code, text, hint) id,
#include "finding/catalogue.def"
#undef LHCR_FINDING
};

std::vector<Entry> make_catalogue() {
  std::vector<Entry> entries = {
#define LHCR_FINDING(id, severity, code, text, hint) \
  Entry{#id, Severity::severity, #code, text, hint},
#include "finding/catalogue.def"
#undef LHCR_FINDING
  };
  // Ids are shown with hyphens; the preprocessor can only spell underscores.
  static std::vector<std::string> ids;
  ids.reserve(entries.size());
  for (Entry& row : entries) {
    std::string id(row.id);
    std::replace(id.begin(), id.end(), '_', '-');
    row.id = ids.emplace_back(std::move(id));
  }
  return entries;
}

}  // namespace

#define LHCR_FINDING(name, severity, code, text, hint) \
  template <>                                          \
  constexpr Id Named<#name>::id = static_cast<Id>(Row::name);
#include "finding/catalogue.def"
#undef LHCR_FINDING

const std::vector<Entry>& catalogue() {
  static const std::vector<Entry> entries = make_catalogue();
  return entries;
}

const Entry& entry(Id id) {
  return catalogue()[static_cast<std::size_t>(id)];
}

namespace {

/// The number in a slot "{N}" at `at`, or nothing.
std::optional<std::size_t> slot_at(std::string_view text, std::size_t at) {
  const bool slot = at + 2 < text.size() && text[at] == '{' && text[at + 2] == '}' &&
                    text[at + 1] >= '0' && text[at + 1] <= '9';
  return slot ? std::optional(static_cast<std::size_t>(text[at + 1] - '0')) : std::nullopt;
}

std::size_t slots_of(std::string_view text) {
  std::size_t needed = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto slot = slot_at(text, at);
    needed = slot ? std::max(needed, *slot + 1) : needed;
  }
  return needed;
}

/// Whether a text is one slot and nothing else, which may have no argument.
bool is_slot(std::string_view text) {
  return text.size() == 3 && slot_at(text, 0).has_value();
}

}  // namespace

std::size_t arity(Id id) {
  static const std::vector<std::size_t> table = [] {
    std::vector<std::size_t> made;
    for (const Entry& row : catalogue()) {
      made.push_back(std::max(slots_of(row.text), is_slot(row.hint) ? 0 : slots_of(row.hint)));
    }
    return made;
  }();
  return table[static_cast<std::size_t>(id)];
}

std::string fill(std::string_view text, const std::vector<std::string>& arguments) {
  std::string filled;
  if (is_slot(text) && *slot_at(text, 0) >= arguments.size()) return filled;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (const auto slot = slot_at(text, at)) {
      filled += *slot < arguments.size() ? arguments[*slot] : "?";
      at += 2;
    } else {
      filled += text[at];
    }
  }
  return filled;
}

std::string in_words(const Candidate& candidate) {
  return candidate.name + ": " + candidate.reason;
}

std::string in_words(const std::vector<Candidate>& candidates) {
  constexpr std::size_t most_told = 3;
  std::string text;
  for (std::size_t at = 0; at < std::min(candidates.size(), most_told); ++at) {
    text.append(at == 0 ? "Not " : "; not ").append(in_words(candidates[at]));
  }
  return text;
}

std::string_view severity_name(Severity severity) {
  constexpr std::string_view names[] = {"fatal", "error", "warning", "information"};
  return names[static_cast<std::size_t>(severity)];
}

bool says_not_checked(Id id) {
  static const std::vector<bool> table = [] {
    std::vector<bool> says;
    for (const Entry& row : catalogue()) {
      says.push_back(row.id.ends_with("-not-checked") || row.id.ends_with("-not-here"));
    }
    return says;
  }();
  return table[static_cast<std::size_t>(id)];
}

void Collector::add(Finding finding) {
  assert(finding.arguments.size() >= arity(finding.id));
  if (finding.follows) {
    ++following_;
  } else {
    ++counts_[static_cast<std::size_t>(finding.severity)];
    not_checked_ += says_not_checked(finding.id) ? 1U : 0U;
  }
  if (finding.severity > least_) {
    return;
  }
  if (findings_.size() < limit_) {
    findings_.push_back(std::move(finding));
  } else {
    ++dropped_;
  }
}

void Collector::clear() {
  findings_.clear();
  dropped_ = 0;
  not_checked_ = 0;
  following_ = 0;
  std::fill(std::begin(counts_), std::end(counts_), 0);
}

void Collector::sort() {
  const auto before = [](const Finding& left, const Finding& right) {
    return left.position.offset < right.position.offset;
  };
  if (!std::is_sorted(findings_.begin(), findings_.end(), before)) {
    std::stable_sort(findings_.begin(), findings_.end(), before);
  }
}

Finding about(const tree::Tree& tree, tree::NodeId node, Id id,
              std::vector<std::string> arguments) {
  tree::Paths paths(tree);
  return about(paths, node, id, std::move(arguments));
}

Finding about(tree::Paths& paths, tree::NodeId node, Id id, std::vector<std::string> arguments) {
  Finding made;
  made.id = id;
  made.severity = entry(id).severity;
  made.path = paths.of(node);
  made.position.offset = paths.tree()[node].offset;
  made.arguments = std::move(arguments);
  return made;
}

}  // namespace lhcr::finding
