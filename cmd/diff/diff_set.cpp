// SPDX-License-Identifier: Apache-2.0
#include "cmd/diff/diff_set.hpp"

#include <filesystem>
#include <utility>

#include "base/error.hpp"
#include "base/names.hpp"
#include "cmd/convert/convert_csv.hpp"
#include "diff/side.hpp"
#include "format/container/byte_source.hpp"

namespace lhcr::cmd {
namespace {

bool has_id(const tree::Tree& tree, tree::NodeId resource) {
  return tree.child(resource, name::id) != tree::no_node;
}

/// Whether the bytes of records are those of a file, and not of what is packed in one, or a pipe's.
bool lies_in_file(const std::string& path) {
  constexpr std::size_t enough_to_know = 512;
  std::error_code ignored;
  return path != "-" && std::filesystem::is_regular_file(path, ignored) &&
         !format::begins_packed(read_part(path, 0, enough_to_know));
}

}  // namespace

RecordSet::RecordSet(const std::string& path, const std::vector<std::string>& maps, const Io& io) {
  if (is_csv(path)) {
    add_csv(path, maps, io);
    return;
  }
  InputOptions options;
  options.paths = {path};
  inputs_ = expand_inputs(options, io, VerbosityOptions{});
  files_.resize(inputs_.size());
  for (std::uint32_t number = 0; number < inputs_.size(); ++number) add_input(number);
}

void RecordSet::add_input(std::uint32_t number) {
  if (const std::string& problem = inputs_[number].problem; !problem.empty()) {
    throw Error(ErrorKind::input, problem);
  }
  const bool in_file = lies_in_file(inputs_[number].path);
  if (in_file) files_[number] = std::make_unique<MappedFile>(inputs_[number].path);
  format::RecordStream stream(inputs_[number].path);
  format::Record record;
  while (stream.next(record)) {
    RecordPlace place;
    place.input = number;
    place.size = static_cast<std::uint32_t>(record.bytes.size());
    place.offset = in_file ? record.offset : held_.size();
    place.line = record.line;
    place.index = record.index;
    place.hash = diff::hash_text(record.bytes);
    place.format = record.format;
    place.in_lines = stream.format() == format::Format::ndjson;
    if (!in_file) held_ += record.bytes;
    places_.push_back(place);
  }
  if (in_file) files_[number]->require_intact();
}

std::string_view RecordSet::bytes(const RecordPlace& place) const {
  const MappedFile* file = place.converted ? nullptr : files_[place.input].get();
  return (file != nullptr ? file->bytes() : std::string_view(held_))
      .substr(place.offset, place.size);
}

format::Record RecordSet::record(const RecordPlace& place) {
  scratch_.assign(bytes(place));
  scratch_.append(format::read_padding, '\0');
  if (!place.converted && files_[place.input]) files_[place.input]->require_intact();
  format::Record made;
  made.bytes = std::string_view(scratch_).substr(0, place.size);
  made.offset = place.offset;
  made.line = place.line;
  made.index = place.index;
  made.format = place.format;
  return made;
}

std::string RecordSet::name(const RecordPlace& place) const {
  const std::string& name = inputs_[place.input].name;
  return place.in_lines ? name + ":" + std::to_string(place.line) : name;
}

void RecordSet::add_csv(const std::string& path, const std::vector<std::string>& maps,
                        const Io& io) {
  CsvRecords records = read_csv(path, maps, io);
  inputs_ = {{path, path}};
  files_.resize(1);
  incomplete_ = records.failed > 0;
  notes_.push_back(path + ": converted from CSV to FHIR R4; " + std::to_string(records.resources) +
                   " resources, " + std::to_string(records.failed) + " rows failed");
  notes_.insert(notes_.end(), records.notes.begin(), records.notes.end());
  held_ = std::move(records.lines);
  unread_ = std::move(records.unread);
  for (std::size_t start = 0; start < held_.size();) {
    const std::size_t end = held_.find('\n', start);
    RecordPlace place;
    place.offset = start;
    place.size = static_cast<std::uint32_t>(end - start);
    place.index = places_.size();
    place.hash = diff::hash_text(std::string_view(held_).substr(start, end - start));
    place.format = format::Format::json;
    place.converted = true;
    places_.push_back(place);
    start = end + 1;
  }
}

std::vector<diff::Uncarried> RecordSet::columns() const {
  std::vector<diff::Uncarried> made;
  for (const auto& [name, column] : unread_) {
    const std::string value = std::to_string(column.cells) + " values";
    made.push_back({"column " + name, value, column.hash});
  }
  return made;
}

std::size_t RecordSet::uncarried_cells() const {
  std::size_t count = 0;
  for (const auto& [name, column] : unread_) count += column.cells;
  return count;
}

void RecordSet::split_bundles(const ReadPlace& read) {
  std::vector<RecordPlace> made;
  for (const RecordPlace& place : std::exchange(places_, {})) {
    const tree::Tree* tree = read(place);
    if (tree == nullptr || tree->resource_type(tree::root_node) != "Bundle") {
      made.push_back(place);
      continue;
    }
    const std::size_t first = made.size();
    for (const tree::NodeId entry : tree->children(tree::root_node)) {
      add_entry(*tree, entry, place, made);
    }
    for (std::size_t at = first; at < made.size(); ++at) entries_.insert(made[at].hash);
  }
  places_ = std::move(made);
}

void RecordSet::add_entry(const tree::Tree& tree, tree::NodeId entry, const RecordPlace& bundle,
                          std::vector<RecordPlace>& made) {
  std::uint64_t url = 0;
  tree::NodeId resource = tree::no_node;
  for (const tree::NodeId child : tree.children(entry)) {
    if (tree.name_of(child) == "fullUrl") url = diff::hash_of_target({}, tree[child].text());
    if (tree[child].is(tree::resource)) resource = child;
  }
  if (resource == tree::no_node) return;
  RecordPlace place = bundle;
  place.offset = held_.size();
  place.index = made.size();
  place.format = format::Format::json;
  place.converted = true;
  place.url = url;
  format::write_json(tree, resource, {.pretty = false}, held_);
  place.size = static_cast<std::uint32_t>(held_.size() - place.offset);
  place.hash = diff::hash_text(std::string_view(held_).substr(place.offset));
  // Bundles of several patients repeat the organisations that they share.
  const bool repeated = has_id(tree, resource) && entries_.contains(place.hash);
  if (!repeated) made.push_back(place);
}

}  // namespace lhcr::cmd
