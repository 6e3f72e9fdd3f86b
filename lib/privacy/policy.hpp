// SPDX-License-Identifier: Apache-2.0
/// A privacy policy: what is to happen to which elements. Read from the configuration format of
/// Microsoft's FHIR anonymiser (JSON) and from its additions of our own; see lhcr-privacy(5).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/embedded.hpp"
#include "base/symbol.hpp"
#include "definition/definitions.hpp"

namespace lhcr::privacy {

/// What happens to a matched element and everything below it.
enum class Method : std::uint8_t {
  keep,          ///< nothing, and no later rule touches it
  redact,        ///< values go; dates, ages and post codes may leave a coarse part (Parameters)
  hash,          ///< "cryptoHash": keyed HMAC-SHA-256 in hex; references keep their form
  encrypt,       ///< AES-256-GCM, base64 of nonce, text and tag
  date_shift,    ///< "dateShift": moved by a keyed number of days
  generalize,    ///< replaced by a more general value
  perturb,       ///< noise is added
  substitute,    ///< replaced by a constant
  pseudonymise,  ///< an NHS number becomes a keyed token, or a number of the test range
  keep_coded,    ///< "keepCoded": what published lists have stays, long numbers are rounded
};

/// The fixed generalisations, "to": for those who do not want to write cases.
enum class Coarse : std::uint8_t {
  none,
  year,
  year_start,
  month,
  outward_postcode,
  age_band,
  short_number
};

/// One rule. Rules are tried in order; an element that one has touched is left alone by the others.
struct Rule {
  std::string path;         ///< as written, or as a known slip is meant
  bool known_slip = false;  ///< the version need not have what the path names
  Method method = Method::keep;
  std::vector<std::pair<std::string, std::string>> cases;  ///< generalize: condition, value
  bool keep_others = false;  ///< generalize: what no case takes is kept; otherwise redacted
  Coarse coarse = Coarse::none;
  double span = 0;            ///< perturb
  bool proportional = false;  ///< perturb: `span` is a share of the value
  int round_to = 2;           ///< perturb: digits after the point
  std::string replacement;    ///< substitute: JSON
};

/// Whose dates are moved by the same number of days.
enum class ShiftScope : std::uint8_t { patient, resource, run };

/// Where a key is to be taken from. It never is in a policy of ours; Microsoft's hold it.
struct KeySource {
  enum class Kind : std::uint8_t { none, literal, environment, file };
  Kind kind = Kind::none;
  std::string value;
};

struct Parameters {
  KeySource hash_key;
  KeySource encrypt_key;
  KeySource date_shift_key;
  ShiftScope shift_scope = ShiftScope::patient;
  std::optional<int> fixed_shift;  ///< days
  bool partial_ages = false;       ///< redact keeps ages up to 89
  bool partial_dates = false;      ///< redact keeps the year unless it tells an age over 89
  bool partial_zip_codes = false;  ///< redact keeps three digits
  std::vector<std::string> restricted_zip_codes;  ///< three digits of which nothing is kept
  bool test_range = false;     ///< pseudonymise writes numbers of the 999 range instead of tokens
  bool well_formed = false;    ///< hashed urn:uuid references stay UUIDs
  bool replace_bases = false;  ///< the servers of hashed references and urls are replaced, too
  bool labels = true;          ///< meta.security says what was done
};

struct Policy {
  std::string name;             ///< for messages: a file, or the name of a rule set
  std::string fhir_version;     ///< "R4", "Stu3"; empty: any
  bool skip_failures = false;   ///< a record that cannot be processed becomes an empty one
  bool drop_unmatched = false;  ///< allow-list: what no rule touches goes
  bool keep_required = false;  ///< an element that must be there stays as data-absent-reason masked
  std::vector<Rule> rules;
  Parameters parameters;
};

/// Reads a policy. Throws Error with `name`, the place and what was expected: Error{input} for what
/// is no JSON, Error{usage} for a member or value that has no meaning.
[[nodiscard]] Policy read_policy(std::string_view text, const std::string& name);

/// The ready rule sets, in order of name.
[[nodiscard]] std::span<const EmbeddedFile> rule_sets();

/// Checks what only the models can tell: that the FHIR version is here, and that every path names
/// types and elements of it, or of any version where the policy names none. Writes the version's
/// own name into the policy. To be called after intern_names(). Throws Error{usage}.
void check_policy(Policy& policy, const definition::Library& library);
/// Whether the rules are for records of a version. The policy has been through check_policy().
[[nodiscard]] bool is_for(const Policy& policy, const definition::Definitions& definitions);

/// Interns every element name of the policy's paths. To be called before records are read.
void intern_names(const Policy& policy, SymbolTable& symbols);

/// The keys of a run. Empty: none was given.
struct Keys {
  std::string hash;
  std::string encrypt;
  std::string date_shift;
  std::string pseudonym;
  std::string noise;
};

/// Fetches a key; throws Error{usage} when it cannot.
using ReadKey = std::function<std::string(const KeySource&)>;

/// The keys of `policy`: its own, else drawn from `master`. Throws Error{usage} when a rule needs a
/// key and there is none, or when a key is too short to keep a secret (only a policy that holds the
/// key itself may do that).
[[nodiscard]] Keys gather_keys(const Policy& policy, const std::string& master,
                               const ReadKey& read_key);

}  // namespace lhcr::privacy
