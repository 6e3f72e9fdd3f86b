// SPDX-License-Identifier: Apache-2.0
#include "cmd/push_inspect.hpp"

#include <memory>

#include "cmd/record_reader.hpp"
#include "definition/definitions.hpp"
#include "validate/validate.hpp"

namespace lhcr::cmd {
namespace {

/// Made when the first record needs it: most runs do not.
class Inspector {
 public:
  Inspector(bool validate, std::string fhir) : validate_(validate), fhir_(std::move(fhir)) {}

  std::string inspect(deliver::Record& record, format::Format format) {
    if (!validate_ && format != format::Format::xml) return {};
    if (library_ == nullptr) open();
    finding::Collector findings;
    const format::Record raw{record.text(), 0, 1, record.index, format, false};
    if (!reader_->read(raw, findings)) return first_error(findings);
    definition::attach_types(record.tree, *version_);
    if (!validate_) return {};
    findings.clear();
    validator_->validate(reader_->tree(), findings);
    return findings.has_errors() ? first_error(findings) : std::string();
  }

 private:
  void open() {
    library_ = std::make_unique<definition::Library>();
    version_ = chosen_version(*library_, fhir_);
    reader_ = std::make_unique<RecordReader>(*library_, version_);
    validator_ =
        std::make_unique<validate::Validator>(*version_, library_->symbols(), validate::Options{});
  }

  static std::string first_error(const finding::Collector& findings) {
    const std::size_t count =
        findings.count(finding::Severity::fatal) + findings.count(finding::Severity::error);
    for (const finding::Finding& found : findings.findings()) {
      if (found.severity != finding::Severity::fatal &&
          found.severity != finding::Severity::error) {
        continue;
      }
      return "not sent: " + std::to_string(count) + " errors, the first: " + found.path + ": " +
             found.text();
    }
    return "not sent: it cannot be read";
  }

  bool validate_;
  std::string fhir_;
  std::unique_ptr<definition::Library> library_;
  const definition::Definitions* version_ = nullptr;
  std::unique_ptr<RecordReader> reader_;
  std::unique_ptr<validate::Validator> validator_;
};

}  // namespace

deliver::Inspect make_inspect(const PushOptions& options, const std::string& fhir) {
  auto inspector = std::make_shared<Inspector>(options.validate, fhir);
  return [inspector](deliver::Record& record, format::Format format) {
    return inspector->inspect(record, format);
  };
}

}  // namespace lhcr::cmd
