// SPDX-License-Identifier: Apache-2.0
#include "cmd/diff_set.hpp"

#include "diff/side.hpp"

namespace lhcr::cmd {

RecordSet::RecordSet(const std::string& path, const Io& io) {
  InputOptions options;
  options.paths = {path};
  inputs_ = expand_inputs(options, io);
  files_.resize(inputs_.size());
  for (std::uint32_t number = 0; number < inputs_.size(); ++number) add_input(number);
}

void RecordSet::add_input(std::uint32_t number) {
  const bool standard_input = inputs_[number].path == "-";
  format::RecordStream stream(inputs_[number].path);
  format::Record record;
  while (stream.next(record)) {
    RecordPlace place;
    place.input = number;
    place.size = static_cast<std::uint32_t>(record.bytes.size());
    place.offset = standard_input ? held_.size() : record.offset;
    place.line = record.line;
    place.index = record.index;
    place.hash = diff::hash_text(record.bytes);
    place.format = record.format;
    place.in_lines = stream.format() == format::Format::ndjson;
    if (standard_input) held_ += record.bytes;
    places_.push_back(place);
  }
  if (!standard_input) files_[number] = std::make_unique<MappedFile>(inputs_[number].path);
}

std::string_view RecordSet::bytes(const RecordPlace& place) const {
  const auto& file = files_[place.input];
  return (file ? file->bytes() : std::string_view(held_)).substr(place.offset, place.size);
}

format::Record RecordSet::record(const RecordPlace& place) {
  scratch_.assign(bytes(place));
  scratch_.append(format::read_padding, '\0');
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

void RecordSet::split_bundle(RecordReader& reader) {
  finding::Collector findings;
  if (places_.size() != 1 || !reader.read(record(places_.front()), findings)) return;
  const tree::Tree& tree = reader.tree();
  if (tree.resource_type(tree::root_node) != "Bundle") return;
  std::vector<RecordPlace> made;
  for (const tree::NodeId entry : tree.children(tree::root_node)) {
    for (const tree::NodeId child : tree.children(entry)) {
      if (!tree[child].is(tree::resource)) continue;
      RecordPlace place = places_.front();
      place.offset = held_.size();
      place.index = made.size();
      place.format = format::Format::json;
      format::write_json(tree, child, {.pretty = false}, held_);
      place.size = static_cast<std::uint32_t>(held_.size() - place.offset);
      place.hash = diff::hash_text(std::string_view(held_).substr(place.offset));
      made.push_back(place);
    }
  }
  files_[places_.front().input].reset();
  places_ = std::move(made);
}

}  // namespace lhcr::cmd
