// SPDX-License-Identifier: Apache-2.0
/// The part of `lhcr convert` that changes what a record is: CDA, FHIR STU3, FHIR R4.
#pragma once

#include <atomic>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cmd/convert/convert_codes.hpp"
#include "cmd/options.hpp"
#include "cmd/run/inputs.hpp"
#include "definition/definitions.hpp"
#include "finding/finding.hpp"
#include "format/format.hpp"
#include "map/map.hpp"
#include "record/record_reader.hpp"

namespace lhcr::cmd {

/// --from, --table, --cda-flavour, --map, --bundle, --keep-unmapped, --loss, --fail-on-loss
struct MapOptions {
  enum class From { detected, cda, stu3, r4, csv };
  enum class Flavour { detected, ccda, itk };
  From from = From::detected;
  std::string table;  ///< of CSV on standard input
  Flavour flavour = Flavour::detected;
  std::vector<std::string> maps;
  map::BundleType bundle = map::BundleType::document;
  bool keep_unmapped = false;
  std::string loss;          ///< text, json or json=PATH; empty: not told
  std::string fail_on_loss;  ///< "true" or "aside"; empty: no
  bool quiet = false;        ///< without `loss` nothing is said of what is not carried
};
void declare_map(OptionList& list, MapOptions& options);
/// The maps that a run over `inputs` can need, so that short runs start fast.
[[nodiscard]] map::Needs needed_maps(const MapOptions& options, const std::vector<Input>& inputs,
                                     bool to_cda, const std::string& fhir);

/// Reads map files. Throws Error{input} when one cannot be read.
[[nodiscard]] std::vector<map::Overlay> read_overlays(const std::vector<std::string>& paths);

/// The maps of a run; shared by its workers.
class Maps {
 public:
  /// Reads the map files. Throws Error{input} when one is wrong. `fhir`: the version asked for, may
  /// be empty.
  Maps(definition::Library& library, const MapOptions& options, std::string fhir,
       map::Needs needs = {});

  /// What a tree holds: whether the record was CDA.
  enum class Content { fhir, cda };
  /// The version to read FHIR as; nullptr: as each record says.
  [[nodiscard]] const definition::Definitions* source_version() const;
  /// How records are read that --from speaks of.
  [[nodiscard]] record::Reading reading() const;

  /// A record to convert, read as what it is.
  struct Source {
    tree::Tree& tree;  ///< is what it was after a conversion
    Content content;
    const definition::Definitions& version;
  };
  /// What a conversion makes. It may go by way of R4, whose texts the result refers to.
  struct Trees {
    explicit Trees(const SymbolTable& symbols) : middle(symbols), result(symbols) {}
    tree::Tree middle;
    tree::Tree result;
    std::string name;        ///< what messages call the record
    std::uint64_t line = 1;  ///< of the record in its input
    std::size_t lost = 0;    ///< values that the latest conversion did not carry
  };
  /// What `source` would have to become and no map makes of it, "FHIR 4.0.1"; empty: it can.
  [[nodiscard]] std::string cannot_make(const Source& source, bool to_cda) const;
  /// "FHIR 5.0.0", "CDA"
  [[nodiscard]] static std::string name_of(const Source& source);
  /// Converts `source` so that it is what was asked for; false when nothing had to change. Loss
  /// goes to `messages`.
  bool convert(const Source& source, bool to_cda, Trees& trees, std::string& messages);
  /// The same, for callers who look at the loss themselves.
  bool change(const Source& source, bool to_cda, Trees& trees, map::LossReport& report) const;
  /// Says what was lost of a record, in the way that --loss asks for; without it how much.
  void tell(const map::LossReport& report, const std::string& name, std::string& messages);
  /// The same of codes that were changed, or could not be.
  void tell_codes(const CodeReport& report, const std::string& name, std::string& messages);
  /// Whether --fail-on-loss was given and something was lost.
  [[nodiscard]] bool failed() const noexcept { return !options_.fail_on_loss.empty() && lost_; }
  [[nodiscard]] const definition::Definitions& result_version() const;
  /// Whether FHIR of another version than result_version() is converted.
  [[nodiscard]] bool changes_versions() const noexcept { return !fhir_.empty(); }

 private:
  bool from_cda(const tree::Tree& source, bool to_cda, Trees& trees, map::LossReport& report) const;
  bool to_cda(tree::Tree& source, const definition::Definitions& version, Trees& trees,
              map::LossReport& report) const;
  [[nodiscard]] map::ConvertOptions convert_options(map::CdaFlavour flavour) const;
  void check_loss_file() const;
  void tell_json(const std::string& object, std::string& messages);

  const definition::Library& library_;
  const MapOptions& options_;
  std::string fhir_;
  std::unique_ptr<map::Converter> converter_;
  std::mutex loss_lock_;
  std::ofstream loss_file_;  ///< of --loss json=PATH: what runs before this one wrote is gone
  std::atomic<bool> lost_ = false;
};

}  // namespace lhcr::cmd
