// SPDX-License-Identifier: Apache-2.0
#include "deliver/job/work.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/names.hpp"
#include "tree/nodes.hpp"

namespace lhcr::deliver {
namespace {

Error length_changed(const std::string& source) {
  return Error(ErrorKind::input, source + ": its length has changed while it was being sent");
}

}  // namespace

void Record::set_file() {
  std::error_code none;
  const std::uintmax_t found = std::filesystem::file_size(source, none);
  size = none ? 0 : static_cast<std::size_t>(found);
  bytes.clear();
  format = format::Format::unknown;
  on_disk = true;
}

std::string Record::part(std::size_t at, std::size_t most) const {
  const std::size_t from = std::min(at, size);
  const std::size_t length = std::min(most, size - from);
  if (!on_disk) return std::string(text().substr(from, length));
  std::string found = read_part(source, from, length);
  if (found.size() == length) return found;
  throw length_changed(source);
}

void Record::each_block(const std::function<void(std::string_view)>& take) const {
  if (!on_disk) return take(text());
  std::uint64_t sent = 0;
  lhcr::each_block(source, [&](std::string_view block) {
    sent += block.size();
    take(block);
  });
  if (sent != size) throw length_changed(source);
}

const RecordTexts& texts_of(const Parcel& parcel) {
  static const RecordTexts nothing;
  if (parcel.members.empty()) return nothing;
  const auto& texts = parcel.members.front().entry().texts;
  return texts == nullptr ? nothing : *texts;
}

void describe(Parcel& parcel) {
  const Work& first = *parcel.members.front().work;
  parcel.whole = first.user_bundle && parcel.members.size() == first.entries.size();
  parcel.repeatable = std::all_of(parcel.members.begin(), parcel.members.end(),
                                  [](const Member& member) { return member.entry().repeatable; });
}

std::string identifier_of(const tree::Tree& tree, tree::NodeId resource) {
  if (resource == tree::no_node) return {};
  for (const tree::NodeId child : tree::named(tree, resource, name::identifier)) {
    const std::string_view value = child_text(tree, child, "value");
    if (!value.empty()) {
      return std::string(child_text(tree, child, "system")) + "|" + std::string(value);
    }
  }
  return {};
}

std::string label_of(const Work& work, const Entry& entry) {
  const tree::Tree& tree = work.record->tree;
  const bool names_id = entry.url.find('/') != std::string_view::npos &&
                        entry.url.find('?') == std::string_view::npos;
  if (names_id && entry.method != "POST") return std::string(entry.url);
  std::string type;
  if (entry.resource != tree::no_node) type = tree.resource_type(entry.resource);
  const std::string identifier = identifier_of(tree, entry.resource);
  if (!identifier.empty()) return type + "?" + identifier;
  if (type.empty()) type = entry.url.empty() ? "record" : std::string(entry.url);
  const std::string_view id = child_text(tree, entry.resource, "id");
  if (!id.empty()) return type + "/" + std::string(id);
  return type + "#" + std::to_string(&entry - work.entries.data());
}

std::string pack_entries(const Work& work) {
  std::string text;
  for (std::size_t index = 0; index < work.entries.size(); ++index) {
    const Entry& entry = work.entries[index];
    const bool known_anyway = entry.state == State::fresh;
    if (known_anyway) continue;
    text += std::to_string(index) + ' ' + std::to_string(static_cast<int>(entry.state)) + ' ' +
            entry.location + '\n';
  }
  return text;
}

void unpack_entries(const std::string& text, Work& work) {
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    std::size_t index = 0;
    unsigned state = 0;
    const char* end = line.data() + line.size();
    const auto [after, error] = std::from_chars(line.data(), end, index);
    if (error != std::errc{} || after == end || index >= work.entries.size()) continue;
    const auto [last, bad] = std::from_chars(after + 1, end, state);
    if (bad != std::errc{} || state >= state_count) continue;
    work.entries[index].state = static_cast<State>(state);
    if (last != end) work.entries[index].location.assign(last + 1, end);
  }
}

}  // namespace lhcr::deliver
