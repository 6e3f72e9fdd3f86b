// SPDX-License-Identifier: Apache-2.0
#include "cmd/diff/diff_many.hpp"

#include <algorithm>
#include <filesystem>
#include <unordered_map>

#include "base/error.hpp"
#include "cmd/convert/convert_csv.hpp"
#include "cmd/diff/diff_convert.hpp"
#include "cmd/diff/diff_load.hpp"
#include "cmd/diff/diff_set.hpp"
#include "cmd/run/messages.hpp"
#include "diff/patient.hpp"
#include "diff/side.hpp"
#include "finding/id.hpp"
#include "format/container/archive.hpp"

namespace lhcr::cmd {
namespace {

constexpr std::uint32_t alone = 0xFFFFFFFF;

/// A record that is not byte for byte on the other side.
struct Candidate {
  std::uint32_t place = 0;
  std::uint32_t partner = alone;
  std::uint64_t target = 0;   ///< hash_of_target() of its type and id, 0: it has no id
  std::uint64_t patient = 0;  ///< number of its patient, with --by-patient
  bool unreadable = false;
  std::vector<std::uint64_t> keys;
  std::vector<std::uint64_t> weak_keys;
  std::optional<diff::Subject> subject;  ///< with --by-patient
};

/// The records of both sides and what they are, before any is read.
struct ManySets {
  ManySets(const DiffOptions& options, const Io& io)
      : left(options.left, options.maps, io),
        right(options.right, options.maps, io),
        left_kind(look_at(left, options.version.fhir)),
        right_kind(look_at(right, options.version.fhir)) {}

  [[nodiscard]] bool converted() const {
    return left_kind.cda || right_kind.cda || left_kind.fhir != right_kind.fhir;
  }
  /// The version to compare in.
  [[nodiscard]] std::string_view version() const {
    return converted() ? common_version : left_kind.fhir;
  }

  RecordSet left;
  RecordSet right;
  SideKind left_kind;
  SideKind right_kind;
};

/// One side of the run.
struct ManySide {
  ManySide(RecordSet& records, const SideKind& kind, const DiffSession& session,
           const definition::Definitions& target)
      : set(records),
        reader(session.library, *session.library.version(kind.fhir), target,
               session.converter.get()) {}
  RecordSet& set;
  SideReader reader;
  Conversions conversions;
  std::vector<Candidate> candidates;
  diff::Targets targets;
};

class Many {
 public:
  Many(const DiffOptions& options, const Io& io, diff::Result& result)
      : options_(options),
        io_(io),
        result_(result),
        messages_(use_colour(options.verbosity.colour, io.err_terminal, io)),
        sets_(options, io),
        session_(options, sets_.converted()),
        paths_(options, session_.library),
        version_(session_.library.version(sets_.version())),
        left_(sets_.left, sets_.left_kind, session_, *version_),
        right_(sets_.right, sets_.right_kind, session_, *version_),
        comparer_(*version_, session_.library.symbols(), how()) {}

  ExitCode run() {
    split_bundles(left_, is_csv(options_.right));
    split_bundles(right_, is_csv(options_.left));
    find_candidates();
    for (ManySide* side : {&left_, &right_}) {
      read_keys(*side);
      tell_conversions(*side);
    }
    result_.not_compared += split_losses_;
    compare_columns();
    if (options_.by_patient) number_patients();
    match();
    match_by_clinical_keys();
    match_by_name();
    tell();
    return unreadable_ ? ExitCode::unreadable : ExitCode::yes;
  }

 private:
  diff::Options how() {
    diff::Options made;
    made.strict = options_.strict;
    made.paths = &paths_.compiled(*version_, session_.library.symbols());
    return made;
  }

  /// Columns of tables that no map carries: of two tables compared as text, else counted.
  void compare_columns() {
    const std::vector<diff::Uncarried> lefts = left_.set.columns();
    const std::vector<diff::Uncarried> rights = right_.set.columns();
    if (is_csv(options_.left) && is_csv(options_.right)) {
      return add_uncarried(lefts, rights, true, {}, result_);
    }
    result_.not_compared += left_.set.uncarried_cells() + right_.set.uncarried_cells();
  }

  // --- what is the same byte for byte ---

  void find_candidates() {
    std::unordered_multimap<std::uint64_t, std::uint32_t> same;
    const auto& lefts = left_.set.places();
    const auto& rights = right_.set.places();
    std::vector<bool> matched(lefts.size(), false);
    if (!options_.by_patient) {
      same.reserve(lefts.size());
      for (std::uint32_t at = 0; at < lefts.size(); ++at) same.emplace(lefts[at].hash, at);
    }
    for (std::uint32_t at = 0; at < rights.size(); ++at) {
      const auto found = same.find(rights[at].hash);
      const bool equal = found != same.end() &&
                         left_.set.bytes(lefts[found->second]) == right_.set.bytes(rights[at]);
      if (equal) {
        matched[found->second] = true;
        same.erase(found);
      } else {
        right_.candidates.emplace_back().place = at;
      }
    }
    for (std::uint32_t at = 0; at < lefts.size(); ++at) {
      if (!matched[at]) left_.candidates.emplace_back().place = at;
    }
  }

  // --- what a record is ---

  bool read(ManySide& side, const Candidate& candidate) {
    const RecordPlace& place = side.set.places()[candidate.place];
    const format::Record record = side.set.record(place);
    const bool whole = side.reader.read(place, record, messages_.sink());
    if (whole && side.reader.tree()[tree::root_node].is(tree::resource)) {
      messages_.clear();
      return true;
    }
    if (whole) {
      messages_.sink().add(finding::about(side.reader.tree(), tree::root_node,
                                          finding::id<"not-a-resource">,
                                          {"it has no resourceType"}));
    }
    Done done;
    messages_.hand_over(side.set.path(place), record, finding::Severity::fatal, done);
    if (done.messages.empty()) done.messages = side.set.name(place) + ": cannot be converted\n";
    if (!candidate.unreadable) io_.say(done.messages);
    unreadable_ = true;
    return false;
  }

  /// The only record of a side is compared by its resources, and so is all that stands beside CSV,
  /// which knows no Bundles.
  void split_bundles(ManySide& side, bool beside_csv) {
    if (side.set.places().size() != 1 && !beside_csv) return;
    side.set.split_bundles([&](const RecordPlace& place) -> const tree::Tree* {
      finding::Collector told_later;
      if (!side.reader.read(place, side.set.record(place), told_later)) return nullptr;
      const bool bundle = side.reader.tree().resource_type(tree::root_node) == "Bundle";
      if (bundle) {
        note_conversion(side, place);
        // Its entries are told apart from here on, what it lost belongs to none of them.
        split_losses_ += side.reader.converted_from().empty() ? 0 : side.reader.loss().lost.size();
      }
      return &side.reader.tree();
    });
  }

  static void note_conversion(ManySide& side, const RecordPlace& place) {
    const std::string& from = side.reader.converted_from();
    if (!from.empty()) side.conversions.add(side.set.name(place), from, side.reader.loss());
  }

  void tell_conversions(const ManySide& side) {
    const std::string& name = &side == &left_ ? options_.left : options_.right;
    for (const auto& notes : {side.set.notes(), side.conversions.notes(name, converted_alike())}) {
      result_.notes.insert(result_.notes.end(), notes.begin(), notes.end());
    }
    unreadable_ = unreadable_ || side.set.incomplete();
  }

  /// Whether records of the two sides go the same way, so that what it leaves behind is compared.
  [[nodiscard]] bool converted_alike() const {
    const bool no_fhir = sets_.left_kind.cda && sets_.right_kind.cda;
    return no_fhir && split_losses_ == 0;
  }

  void compare_losses(std::string_view record) {
    const std::string& from = left_.reader.converted_from();
    if (!from.empty() && from == right_.reader.converted_from()) {
      return add_uncarried(uncarried(left_.reader.loss()), uncarried(right_.reader.loss()),
                           options_.strict, record, result_);
    }
    for (const ManySide* side : {&left_, &right_}) {
      if (!side->reader.converted_from().empty()) {
        result_.not_compared += side->reader.loss().lost.size();
      }
    }
  }

  [[nodiscard]] static diff::Record record_of(ManySide& side) {
    return {&side.reader.tree(), tree::root_node, &side.targets};
  }

  void read_keys(ManySide& side) {
    for (Candidate& candidate : side.candidates) {
      if (!read(side, candidate)) {
        candidate.unreadable = true;
        continue;
      }
      note_conversion(side, side.set.places()[candidate.place]);
      const diff::Record record = record_of(side);
      candidate.keys = comparer_.identity(record);
      candidate.target = target_of(*record.tree);
      if (options_.by_patient) candidate.subject = subject_of(record, comparer_.rules());
    }
  }

  static std::uint64_t target_of(const tree::Tree& tree) {
    for (const tree::NodeId child : tree.children(tree::root_node)) {
      if (tree.name_of(child) == "id") {
        return diff::hash_of_target(tree.resource_type(tree::root_node), tree[child].text());
      }
    }
    return 0;
  }

  // --- patients ---

  /// Patients that share an identifier are one; other records belong to whom they refer to.
  void number_patients() {
    std::unordered_map<std::string, std::uint64_t> numbers;
    for (ManySide* side : {&left_, &right_}) {
      std::unordered_map<std::string, std::uint64_t> by_reference;
      for (Candidate& candidate : side->candidates) {
        if (!candidate.subject || candidate.subject->label.empty()) continue;
        candidate.patient = number_of(*candidate.subject, numbers);
        by_reference[candidate.subject->reference] = candidate.patient;
        labels_.emplace(candidate.patient, candidate.subject->text());
        add_patient_target(*side, candidate);
      }
      for (Candidate& candidate : side->candidates) {
        if (!candidate.subject || candidate.patient != 0) continue;
        const auto found = by_reference.find(candidate.subject->reference);
        if (found != by_reference.end()) candidate.patient = found->second;
      }
      for (Candidate& candidate : side->candidates) {
        for (std::uint64_t& key : candidate.keys) key = diff::mix(key, candidate.patient);
      }
    }
  }

  static void add_patient_target(ManySide& side, const Candidate& candidate) {
    const std::string& reference = candidate.subject->reference;
    const std::size_t slash = reference.find('/');
    if (slash == std::string::npos) return;
    side.targets[diff::hash_of_target(reference.substr(0, slash), reference.substr(slash + 1))] =
        patient_targets + candidate.patient;
  }

  static std::uint64_t number_of(const diff::Subject& subject,
                                 std::unordered_map<std::string, std::uint64_t>& numbers) {
    std::uint64_t number = 0;
    std::vector<std::string> names;
    for (const auto& [system, value] : subject.identifiers) {
      names.emplace_back(system).append(1, '|').append(value);
    }
    if (names.empty()) names.push_back(subject.label + '|' + subject.birth_date);
    for (const std::string& name : names) {
      const auto found = numbers.find(name);
      if (number == 0 && found != numbers.end()) number = found->second;
    }
    if (number == 0) number = numbers.size() + 1;
    for (const std::string& name : names) numbers.emplace(name, number);
    return number;
  }

  // --- who is whom ---

  void join(std::uint32_t left, std::uint32_t right) {
    Candidate& one = left_.candidates[left];
    Candidate& other = right_.candidates[right];
    one.partner = right;
    other.partner = left;
    ++pairs_;
    add_targets(left_, one);
    add_targets(right_, other);
  }

  void add_targets(ManySide& side, const Candidate& candidate) const {
    const std::uint64_t url = side.set.places()[candidate.place].url;
    if (candidate.target != 0) side.targets.emplace(candidate.target, pairs_);
    if (url != 0) side.targets.emplace(url, pairs_);
  }

  /// Joins what shares a key, in order.
  void match() {
    std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> waiting;
    for (std::uint32_t at = static_cast<std::uint32_t>(left_.candidates.size()); at-- > 0;) {
      const Candidate& candidate = left_.candidates[at];
      if (candidate.partner != alone || candidate.unreadable) continue;
      for (const std::uint64_t key : candidate.keys) waiting[key].push_back(at);
    }
    for (std::uint32_t at = 0; at < right_.candidates.size(); ++at) {
      const Candidate& candidate = right_.candidates[at];
      if (candidate.partner != alone || candidate.unreadable) continue;
      for (const std::uint64_t key : candidate.keys) {
        if (take(waiting, key, at)) break;
      }
    }
  }

  bool take(std::unordered_map<std::uint64_t, std::vector<std::uint32_t>>& waiting,
            std::uint64_t key, std::uint32_t right) {
    const auto found = waiting.find(key);
    if (found == waiting.end()) return false;
    while (!found->second.empty()) {
      const std::uint32_t left = found->second.back();
      found->second.pop_back();
      if (left_.candidates[left].partner != alone) continue;
      join(left, right);
      return true;
    }
    return false;
  }

  /// Patients come first, so that what is about them can be told to be about one.
  void match_by_clinical_keys() {
    for (ManySide* side : {&left_, &right_}) {
      for (Candidate& candidate : side->candidates) {
        if (candidate.partner != alone || candidate.unreadable) continue;
        if (!read(*side, candidate)) continue;
        candidate.keys = {diff::mix(comparer_.content_hash(record_of(*side)), candidate.patient)};
        candidate.weak_keys = comparer_.clinical_keys(record_of(*side));
        for (std::uint64_t& key : candidate.weak_keys) key = diff::mix(key, candidate.patient);
      }
    }
    // Of several with one key those with the same content belong together.
    match();
    for (ManySide* side : {&left_, &right_}) {
      for (Candidate& candidate : side->candidates) candidate.keys = candidate.weak_keys;
    }
    match();
  }

  /// What nothing else identifies is the same file in two folders.
  void match_by_name() {
    for (ManySide* side : {&left_, &right_}) {
      for (Candidate& candidate : side->candidates) {
        const RecordPlace& place = side->set.places()[candidate.place];
        const bool named = candidate.keys.empty() && candidate.target == 0;
        if (!named || candidate.partner != alone || candidate.unreadable) continue;
        // One may be an .xml and the other a .json.
        const std::filesystem::path name(side->set.input_name(place));
        const std::string bare = (name.parent_path() / name.stem()).string();
        candidate.keys = {diff::mix(diff::hash_text(bare), place.index)};
      }
    }
    match();
  }

  // --- the result ---

  void tell() {
    for (const Candidate& candidate : left_.candidates) {
      if (candidate.unreadable || !read(left_, candidate)) continue;
      if (candidate.partner == alone) {
        tell_whole(left_, candidate, diff::What::removed);
      } else if (read(right_, right_.candidates[candidate.partner])) {
        tell_pair(candidate);
      }
    }
    for (const Candidate& candidate : right_.candidates) {
      if (candidate.partner != alone || candidate.unreadable || !read(right_, candidate)) continue;
      tell_whole(right_, candidate, diff::What::added);
    }
    std::stable_sort(result_.sections.begin(), result_.sections.end(),
                     [](const diff::Section& left, const diff::Section& right) {
                       return left.patient < right.patient;
                     });
  }

  void tell_whole(ManySide& side, const Candidate& candidate, diff::What what) {
    const std::size_t start = result_.sections.size();
    add_whole(what, record_of(side), comparer_.rules(),
              side.set.name(side.set.places()[candidate.place]), result_);
    set_patient(start, candidate);
  }

  void tell_pair(const Candidate& candidate) {
    const std::size_t start = result_.sections.size();
    const diff::Record left = record_of(left_);
    const diff::Record right = record_of(right_);
    const std::vector<diff::Change> changes = comparer_.compare(left, right);
    const std::string name = left_.set.name(left_.set.places()[candidate.place]);
    add_sections({left, right, changes}, comparer_.rules(), name, result_);
    compare_losses(name);
    set_patient(start, candidate);
  }

  void set_patient(std::size_t start, const Candidate& candidate) {
    const auto label = labels_.find(candidate.patient);
    if (label == labels_.end()) return;
    for (std::size_t at = start; at < result_.sections.size(); ++at) {
      result_.sections[at].patient = label->second;
    }
  }

  static constexpr std::uint64_t patient_targets = std::uint64_t{1} << 48U;

  const DiffOptions& options_;
  const Io& io_;
  diff::Result& result_;
  Messages messages_;
  ManySets sets_;
  DiffSession session_;
  DiffPaths paths_;
  const definition::Definitions* version_;
  ManySide left_;
  ManySide right_;
  diff::Comparer comparer_;
  std::unordered_map<std::uint64_t, std::string> labels_;
  std::uint64_t pairs_ = 0;
  std::size_t split_losses_ = 0;
  bool unreadable_ = false;
};

bool has_many(const std::string& path) {
  std::error_code ignored;
  if (is_csv(path) || std::filesystem::is_directory(path, ignored)) return true;
  if (path == "-") return false;
  if (format::is_archive(path)) return true;
  format::RecordStream stream(path);
  format::Record record;
  return stream.next(record) && stream.format() == format::Format::ndjson && stream.next(record);
}

}  // namespace

bool has_many_records(const DiffOptions& options) {
  return options.by_patient || has_many(options.left) || has_many(options.right);
}

ExitCode compare_many(const DiffOptions& options, const Io& io, diff::Result& result) {
  return Many(options, io, result).run();
}

}  // namespace lhcr::cmd
