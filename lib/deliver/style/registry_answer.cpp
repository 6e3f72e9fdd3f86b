// SPDX-License-Identifier: Apache-2.0
#include "deliver/style/registry_answer.hpp"

#include "base/ascii.hpp"
#include "base/text.hpp"
#include "base/words.hpp"
#include "deliver/style/verdicts.hpp"
#include "deliver/transport/mime.hpp"
#include "format/xml/xml_encoding.hpp"
#include "format/xml/xml_parser.hpp"

namespace lhcr::deliver {
namespace {

/// The namespaces that matter, each with a letter of its own.
struct Space {
  std::string_view uri;
  std::string_view letter;
};
constexpr Space spaces[] = {
    {"http://www.w3.org/2003/05/soap-envelope", "S"},
    {"http://schemas.xmlsoap.org/soap/envelope/", "S"},
    {"urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0", "R"},
    {"", ""},
};
constexpr std::string_view body = "/S:Envelope/S:Body";
constexpr std::string_view response = "/R:RegistryResponse";
constexpr std::string_view fault = "/S:Fault";
/// SOAP 1.2 part 1 section 5.4; SOAP 1.1 section 4.4.
constexpr std::string_view fault_codes[] = {"/S:Code/S:Value", "/:faultcode"};
constexpr std::string_view fault_reasons[] = {"/S:Reason/S:Text", "/:faultstring"};

std::string_view behind_colon(std::string_view name) {
  return trim(name.substr(name.rfind(':') + 1));
}

std::string_view attribute(const format::XmlElement& element, std::string_view name) {
  for (const format::XmlAttribute& each : element.attributes) {
    if (each.space == format::no_space && each.name == name) return each.value;
  }
  return {};
}

class RegistryReader : public format::XmlHandler {
 public:
  RegistryReader() : parser_(arena_, issues_, limits_, *this) {}

  std::optional<RegistryAnswer> run(std::string_view bytes) {
    std::optional<format::Fault> problem;
    const std::string_view text = format::decode_document(bytes, arena_, problem);
    const bool whole = !problem && parser_.read(text);
    if (!whole || told_ != 1) return std::nullopt;
    return std::move(answer_);
  }

  bool open(const format::XmlElement& element) override {
    path_.append("/").append(letter(parser_.uri(element.space)));
    path_.append(":").append(element.local());
    const std::string_view place = in_body();
    if (place == response) {
      ++told_;
      answer_.status = attribute(element, "status");
    } else if (place == fault) {
      ++told_;
    } else if (place == "/R:RegistryResponse/R:RegistryErrorList/R:RegistryError") {
      const std::string_view severity = behind_colon(attribute(element, "severity"));
      answer_.errors.push_back({std::string(trim(attribute(element, "errorCode"))),
                                std::string(attribute(element, "codeContext")),
                                severity == "Warning"});
    }
    return true;
  }
  bool close(std::size_t /*end*/) override {
    path_.resize(path_.rfind('/'));
    return true;
  }
  bool text(std::string_view text, std::size_t /*offset*/) override {
    std::string_view place = in_body();
    if (!place.starts_with(fault)) return true;
    place.remove_prefix(fault.size());
    if (is_one_of(place, fault_codes)) answer_.fault += text;
    if (is_one_of(place, fault_reasons)) answer_.reason += text;
    return true;
  }

 private:
  static std::string_view letter(std::string_view uri) {
    for (const Space& space : spaces) {
      if (space.uri == uri) return space.letter;
    }
    return "?";
  }
  /// The path from the Body on; of an answer without an envelope from the document on.
  [[nodiscard]] std::string_view in_body() const {
    const std::string_view path = path_;
    if (path.starts_with(response)) return path;
    return path.starts_with(body) ? path.substr(body.size()) : std::string_view();
  }

  Arena arena_;
  format::Issues issues_;
  format::ReadLimits limits_;
  format::XmlParser parser_;
  std::string path_;  // "/S:Envelope/S:Body"
  unsigned told_ = 0;
  RegistryAnswer answer_;
};

}  // namespace

std::optional<RegistryAnswer> read_registry_answer(const Answer& answer) {
  const std::optional<std::string_view> root = root_part(answer);
  return root ? RegistryReader().run(*root) : std::nullopt;
}

Result result_of_registry(const RegistryAnswer& answer) {
  if (!answer.status) return result_of(Told::soap_fault, behind_colon(answer.fault));
  const Result told = result_of(Told::registry_status, trim(*answer.status));
  std::optional<Result> errors;
  for (const RegistryError& each : answer.errors) {
    if (each.warning) continue;
    const Result next = result_of(Told::registry_error, each.code);
    errors = errors ? graver(*errors, next) : next;
  }
  if (!errors || told == Result::untold) return told;
  // It cannot have been stored with an error.
  return told == Result::applied ? Result::untold : *errors;
}

std::string words_of(const RegistryAnswer& answer) {
  if (!answer.status) {
    return "SOAP fault " + std::string(behind_colon(answer.fault)) + ": " + answer.reason;
  }
  std::string words = "the repository answers: " + std::string(behind_colon(*answer.status));
  for (const RegistryError& each : answer.errors) {
    words += "; " + each.code + (each.context.empty() ? "" : " " + each.context);
  }
  return words;
}

}  // namespace lhcr::deliver
