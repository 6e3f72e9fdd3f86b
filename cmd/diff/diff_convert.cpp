// SPDX-License-Identifier: Apache-2.0
#include "cmd/diff/diff_convert.hpp"

#include <algorithm>

namespace lhcr::cmd {
namespace {

constexpr std::size_t most_lost = 20;
/// FHIR that could be of either version says nothing; so many records are asked.
constexpr std::size_t most_asked = 64;

std::string count_of(std::size_t number, const std::string& what) {
  return std::to_string(number) + ' ' + what + (number == 1 ? "" : "s");
}

}  // namespace

void Conversions::add(const std::string& record, const std::string& what,
                      const map::LossReport& loss) {
  Count& count = kinds_[what];
  ++count.records;
  count.carried += loss.carried();
  count.lost += loss.lost.size();
  all_lost_ += loss.lost.size();
  for (const map::Lost& lost : loss.lost) {
    if (lost_.size() == most_lost) return;
    lost_.push_back(record + ": not carried: " + lost.path +
                    (lost.value.empty() ? "" : " = " + lost.value));
  }
}

std::vector<std::string> Conversions::notes(const std::string& side, bool as_text) const {
  std::vector<std::string> made;
  for (const auto& [what, count] : kinds_) {
    std::string& note = made.emplace_back(side).append(": ");
    if (count.records != 1) note.append(count_of(count.records, "record")).append(" ");
    note.append("converted from ").append(what).append(" to FHIR R4; ");
    note.append(std::to_string(count.carried)).append(" values carried, ");
    note.append(std::to_string(count.lost)).append(as_text ? " compared as text" : " not");
  }
  if (as_text) return made;
  made.insert(made.end(), lost_.begin(), lost_.end());
  if (all_lost_ > lost_.size()) {
    made.push_back(side + ": and " + std::to_string(all_lost_ - lost_.size()) +
                   " more; 'lhcr convert --loss text' lists them all");
  }
  return made;
}

std::vector<diff::Uncarried> uncarried(const map::LossReport& loss) {
  std::vector<diff::Uncarried> made;
  made.reserve(loss.lost.size());
  for (const map::Lost& lost : loss.lost) made.push_back({lost.path, lost.value, lost.hash});
  return made;
}

SideKind look_at(RecordSet& set, const std::string& asked) {
  SideKind kind;
  kind.fhir = asked;
  // Names of what is only looked at do not belong among those of the run.
  const definition::Library library;
  record::RecordReader reader(library);
  std::size_t left_to_ask = asked.empty() ? most_asked : 0;
  for (const RecordPlace& place : set.places()) {
    if (place.format != format::Format::xml && left_to_ask == 0) continue;
    const format::Record record = set.record(place);
    if (record::kind_of(record) == record::Kind::cda) {
      kind.cda = true;
    } else if (left_to_ask > 0 && !place.converted) {
      --left_to_ask;
      finding::Collector findings;
      const bool tells =
          reader.read(record, findings) && reader.definitions().fhir_version() != common_version;
      if (!tells) continue;
      kind.fhir = reader.definitions().fhir_version();
      left_to_ask = 0;
    }
  }
  if (kind.fhir.empty()) kind.fhir = common_version;
  return kind;
}

SideReader::SideReader(const definition::Library& library, const definition::Definitions& version,
                       const definition::Definitions& target, const map::Converter* converter)
    : version_(version),
      target_(target),
      converter_(converter),
      reader_(library, {.version = &version}),
      result_(library.symbols()),
      tree_(&reader_.tree()) {}

bool SideReader::read(const RecordPlace& place, const format::Record& record, finding::Sink& sink) {
  tree_ = &reader_.tree();
  from_.clear();
  const bool whole = reader_.read(record, sink);
  const bool cda = reader_.is_cda();
  if (!whole || (!cda && &version_ == &target_)) return whole;
  if (place.converted) {
    definition::attach_types(reader_.tree(), target_);
    return true;
  }
  return convert(cda);
}

bool SideReader::convert(bool cda) {
  from_ = cda ? "CDA" : "FHIR " + std::string(version_.fhir_version());
  loss_ = {};
  result_.clear();
  map::ConvertOptions how;
  if (cda) how.flavour = map::detect_flavour(reader_.tree());
  const bool done = cda ? converter_->cda_to_fhir(reader_.tree(), how, result_, loss_)
                        : converter_->change_version(reader_.tree(), version_.fhir_version(),
                                                     target_.fhir_version(), result_, loss_);
  if (!done) return false;
  definition::attach_types(result_, target_);
  tree_ = &result_;
  return true;
}

}  // namespace lhcr::cmd
