// SPDX-License-Identifier: Apache-2.0
#include "cmd/convert/convert_privacy.hpp"

#include <cstdlib>
#include <string_view>

#include "base/error.hpp"
#include "base/file.hpp"
#include "cmd/run/built_in.hpp"

namespace lhcr::cmd {
namespace {

constexpr const char* key_variable = "LHCR_PRIVACY_KEY";
constexpr std::size_t longest_key = std::size_t{1} << 20U;

std::string environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::string() : value;
}

std::string key_from_file(const std::string& path) {
  const std::string bytes = read_file(path, longest_key);
  std::string_view key = bytes;
  while (!key.empty() && (key.back() == '\n' || key.back() == '\r')) key.remove_suffix(1);
  if (key.empty()) throw Error(ErrorKind::usage, path + ": the privacy key is empty");
  return std::string(key);
}

std::string master_key(const PrivacyOptions& options) {
  return options.key_file.empty() ? environment(key_variable) : key_from_file(options.key_file);
}

std::string own_key(const privacy::KeySource& source) {
  if (source.kind == privacy::KeySource::Kind::file) return key_from_file(source.value);
  std::string key = environment(source.value);
  if (key.empty()) {
    throw Error(ErrorKind::usage, "the privacy rules take a key from the environment variable " +
                                      source.value + ", which is not set");
  }
  return key;
}

privacy::Policy load(const std::string& given) {
  std::vector<std::string> names;
  for (const EmbeddedFile& rules : privacy::rule_sets()) {
    if (rules.stem() == given) return privacy::read_policy(rules.text, given);
    names.emplace_back(rules.stem());
  }
  require_file("--privacy", given, names);
  return privacy::read_policy(read_file(given), given);
}

std::string names_of_rule_sets() {
  std::string names;
  for (const EmbeddedFile& rules : privacy::rule_sets()) {
    names += (names.empty() ? "" : ", ") + std::string(rules.stem());
  }
  return names;
}

}  // namespace

void declare_privacy(OptionList& list, PrivacyOptions& options) {
  list.group("Privacy");
  list.opt(
      "--privacy", options.policy, {"FILE", {Completion::words_or_file, "policies"}},
      "De-identify records by the rules of a file, see lhcr-privacy(5), or of a built-in set: " +
          names_of_rule_sets());
  list.opt("--privacy-key", options.key_file, {"FILE", Completion::file},
           "Read the key for hashes, pseudonyms and shifted dates from FILE instead of the "
           "environment variable LHCR_PRIVACY_KEY");
  list.opt("--privacy-report", options.report, {"PATH", Completion::file},
           "Write what each rule changed to PATH, as JSON");
  list.opt(
      "--privacy-check", options.check,
      "List what in the output could still identify a person; exit with 1 when there is anything");
  list.opt("--privacy-test-numbers", options.test_numbers,
           "With --privacy-check: also list NHS numbers of the test range");
}

Privacy::Privacy(definition::Library& library, const PrivacyOptions& options)
    : options_(options), symbols_(library.symbols()) {
  if (options.policy.empty()) {
    if (!options.key_file.empty() || !options.report.empty()) {
      throw Error(ErrorKind::usage, "--privacy-key and --privacy-report need --privacy");
    }
    return;
  }
  policy_ = std::make_unique<privacy::Policy>(load(options.policy));
  privacy::intern_names(*policy_, library.symbols());
  privacy::check_policy(*policy_, library);
  keys_ = privacy::gather_keys(*policy_, master_key(options), own_key);
}

Privacy::Worker::Worker(Privacy& privacy) : privacy_(privacy) {
  if (privacy.active()) {
    anonymiser_ =
        std::make_unique<privacy::Anonymiser>(*privacy.policy_, privacy.keys_, privacy.symbols_);
  }
}

Privacy::Worker::~Worker() {
  if (anonymiser_ == nullptr) return;
  const std::lock_guard lock(privacy_.guard_);
  privacy_.tally_.add(anonymiser_->tally());
}

bool Privacy::Worker::apply(tree::Tree& tree, const definition::Definitions& definitions,
                            finding::Sink& sink) {
  if (anonymiser_ != nullptr && !anonymiser_->apply(tree, definitions, sink)) return false;
  if (privacy_.options_.check) {
    privacy::check(tree, definitions, privacy_.options_.test_numbers, sink);
  }
  return true;
}

void Privacy::Worker::refuse(const std::string& what) const {
  if (!privacy_.active() && !privacy_.options_.check) return;
  throw Error(ErrorKind::usage, "--privacy works on FHIR, not on " + what +
                                    ": convert it to FHIR first, and then back");
}

void Privacy::finish() const {
  if (active() && !options_.report.empty()) {
    write_file(options_.report, privacy::tally_json(*policy_, tally_));
  }
}

}  // namespace lhcr::cmd
