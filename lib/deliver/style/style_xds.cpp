// SPDX-License-Identifier: Apache-2.0
// Provide and Register Document Set-b (IHE ITI TF-2 3.41): SOAP 1.2 with MTOM, metadata as in ITI
// TF-3 4.2.
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/hex.hpp"
#include "deliver/style/document.hpp"
#include "deliver/style/registry_answer.hpp"
#include "deliver/style/style.hpp"

namespace lhcr::deliver {
namespace {

constexpr std::string_view stable_document = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1";
constexpr std::string_view submission_set = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd";
/// Those of faults (SOAP 1.2 part 2, table 20).
constexpr long fault_statuses[] = {400, 500};

/// A boundary that stands nowhere in the document (RFC 2046 section 5.1.1).
std::string boundary_for(const Record& record) {
  const std::string base = "lhcr-" + hex(record.key);
  std::string boundary = base;
  for (unsigned number = 0; record.text().find(boundary) != std::string_view::npos; ++number) {
    boundary = base + "-" + std::to_string(number);
  }
  return boundary;
}

/// Classifications of the document entry: region key and scheme.
struct Scheme {
  std::string_view key;
  std::string_view scheme;
};
constexpr Scheme document_schemes[] = {
    {"xds.class", "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a"},
    {"xds.confidentiality", "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f"},
    {"xds.format", "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d"},
    {"xds.facility", "urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1"},
    {"xds.practice", "urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead"},
    {"xds.type", "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"},
};
constexpr std::string_view content_scheme = "urn:uuid:aa543740-bdda-424e-8c96-df4873be8500";
constexpr std::string_view document_unique = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab";
constexpr std::string_view document_patient = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427";
constexpr std::string_view set_unique = "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8";
constexpr std::string_view set_source = "urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832";
constexpr std::string_view set_patient = "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446";

std::string slot(std::string_view name, std::string_view value) {
  return fmt::format(
      R"(<rim:Slot name="{}"><rim:ValueList><rim:Value>{}</rim:Value></rim:ValueList></rim:Slot>)",
      name, xml_attribute(value));
}

std::string classification(std::string_view object, std::string_view scheme,
                           const SharedCode& code) {
  return fmt::format(
      R"(<rim:Classification id="{}" classifiedObject="{}" classificationScheme="{}" nodeRepresentation="{}">)"
      R"({}<rim:Name><rim:LocalizedString value="{}"/></rim:Name></rim:Classification>)",
      "urn:uuid:" + uuid_of(hash_of({object, scheme})), object, scheme, xml_attribute(code.code),
      slot("codingScheme", code.system), xml_attribute(code.display));
}

std::string external_id(std::string_view object, std::string_view scheme, std::string_view name,
                        std::string_view value) {
  return fmt::format(
      R"(<rim:ExternalIdentifier id="{}" registryObject="{}" identificationScheme="{}" value="{}">)"
      R"(<rim:Name><rim:LocalizedString value="{}"/></rim:Name></rim:ExternalIdentifier>)",
      "urn:uuid:" + uuid_of(hash_of({object, scheme, "id"})), object, scheme, xml_attribute(value),
      name);
}

/// An HL7 v2 CX is cut at these (ITI TF-3, 4.2.3.1.7): with one of them an id names another
/// authority.
bool is_cx_part(std::string_view id) {
  return id.find_first_of("^&~|\\") == std::string_view::npos;
}

/// The unique ids come from the content, so a repository that has it says so when it comes again.
class XdsStyle : public Style {
 public:
  explicit XdsStyle(const StyleContext& context) : Style(context) {
    for (const Scheme& row : document_schemes) need(row.key);
    for (const std::string_view key : {"xds.source", "xds.content_type"}) need(key);
    domain_ = {context_.region.text("xds.patient_system"),
               context_.region.text("xds.patient_authority")};
  }

  [[nodiscard]] WorkPtr plan(const std::shared_ptr<Record>& record) const override {
    auto work = std::make_shared<Work>();
    work->record = record;
    work->loose = true;
    work->per_entry = true;
    work->entries.emplace_back();
    Entry& entry = work->entries.front();
    entry.resource = tree::root_node;
    entry.method = "POST";
    entry.repeatable = true;
    const std::string patient = patient_identifier(*record, domain_);
    if (patient.empty()) {
      refuse(entry, no_patient(*record, domain_));
    } else if (!is_cx_part(patient)) {
      refuse(entry,
             "not sent: its patient's identifier has a character that separates parts of a "
             "CX: ^, &, ~, | or \\");
    }
    return work;
  }

  [[nodiscard]] Request request(const Parcel& parcel) const override {
    const Record& record = *parcel.members.front().work->record;
    Request request;
    const std::string boundary = boundary_for(record);
    request.url = context_.base_url;
    request.repeatable = true;
    request.headers = {
        fmt::format("Content-Type: multipart/related; type=\"application/xop+xml\"; "
                    "start=\"<root@lhcr>\"; start-info=\"application/soap+xml\"; boundary=\"{}\"",
                    boundary)};
    request.body = fmt::format(
        "--{0}\r\nContent-Type: application/xop+xml; charset=UTF-8; "
        "type=\"application/soap+xml\"\r\n"
        "Content-Transfer-Encoding: binary\r\nContent-ID: <root@lhcr>\r\n\r\n{1}\r\n--{0}\r\n"
        "Content-Type: {2}\r\nContent-Transfer-Encoding: binary\r\nContent-ID: "
        "<document@lhcr>\r\n\r\n{3}"
        "\r\n--{0}--\r\n",
        boundary, envelope(record), document_media_type(record), record.text());
    return request;
  }

  [[nodiscard]] Judgement judge(Parcel& parcel, const Answer& answer,
                                const Reading& reading) const override {
    Verdict verdict = reading.whole;
    const bool came = answer.failure == Failure::none;
    const bool good = came && result_of_status(answer.status, context_.style) == Result::applied;
    const bool faulty = came && std::find(std::begin(fault_statuses), std::end(fault_statuses),
                                          answer.status) != std::end(fault_statuses);
    const auto told = good || faulty ? read_registry_answer(answer) : std::nullopt;
    if (told && (good || !told->status)) {
      verdict.result = result_of_registry(*told);
      verdict.words = verdict.result == Result::applied ? std::string() : words_of(*told);
    } else if (good) {
      verdict.result = Result::unknown;
      verdict.words = "the answer is not a registry's (RegistryResponse)";
    }
    Judgement judgement;
    judgement.verdicts.assign(parcel.members.size(), verdict);
    return judgement;
  }
  [[nodiscard]] std::string search_of(const Member& /*member*/) const override { return {}; }

 private:
  void need(std::string_view key) const {
    if (!context_.region.text(key).empty()) return;
    throw Error(ErrorKind::usage, "The style xds needs " + std::string(key));
  }
  [[nodiscard]] SharedCode code(std::string_view key) const {
    return parse_code(context_.region.text(key));
  }

  [[nodiscard]] std::string envelope(const Record& record) const {
    return fmt::format(
        R"(<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing">)"
        R"(<s:Header><a:Action s:mustUnderstand="true">urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b</a:Action>)"
        R"(<a:MessageID>urn:uuid:{}</a:MessageID><a:To s:mustUnderstand="true">{}</a:To></s:Header><s:Body>)"
        R"(<xdsb:ProvideAndRegisterDocumentSetRequest xmlns:xdsb="urn:ihe:iti:xds-b:2007" )"
        R"(xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0" xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0">)"
        R"(<lcm:SubmitObjectsRequest><rim:RegistryObjectList>{}</rim:RegistryObjectList></lcm:SubmitObjectsRequest>)"
        R"(<xdsb:Document id="document"><xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" )"
        R"(href="cid:document@lhcr"/></xdsb:Document></xdsb:ProvideAndRegisterDocumentSetRequest></s:Body></s:Envelope>)",
        random_uuid(), xml_attribute(context_.base_url), metadata(record));
  }

  [[nodiscard]] std::string metadata(const Record& record) const {
    const Key& key = record.key;
    const std::string patient =
        patient_identifier(record, domain_) + "^^^&" + domain_.authority + "&ISO";
    const std::string now = xds_time(std::time(nullptr));
    return document_entry(record, key, patient, now) + submission(key, patient, now);
  }

  [[nodiscard]] std::string document_entry(const Record& record, const Key& key,
                                           const std::string& patient,
                                           const std::string& now) const {
    std::string text = fmt::format(
        R"(<rim:ExtrinsicObject id="document" mimeType="{}" objectType="{}" status="urn:oasis:names:tc:ebxml-regrep:StatusType:Approved">)",
        document_media_type(record), stable_document);
    text += slot("creationTime", now) + slot("languageCode", "en-GB") +
            slot("sourcePatientId", patient);
    text += fmt::format(R"(<rim:Name><rim:LocalizedString value="{}"/></rim:Name>)",
                        xml_attribute(document_title(record)));
    for (const Scheme& row : document_schemes)
      text += classification("document", row.scheme, code(row.key));
    text += external_id("document", document_patient, "XDSDocumentEntry.patientId", patient);
    text += external_id("document", document_unique, "XDSDocumentEntry.uniqueId", oid_of(key));
    return text + "</rim:ExtrinsicObject>";
  }

  [[nodiscard]] std::string submission(const Key& key, const std::string& patient,
                                       const std::string& now) const {
    const std::string unique = oid_of(hash_of({hex(key), "submission"}));
    std::string text = R"(<rim:RegistryPackage id="set">)" + slot("submissionTime", now);
    text += classification("set", content_scheme, code("xds.content_type"));
    text += external_id("set", set_patient, "XDSSubmissionSet.patientId", patient);
    text += external_id("set", set_source, "XDSSubmissionSet.sourceId",
                        context_.region.text("xds.source"));
    text += external_id("set", set_unique, "XDSSubmissionSet.uniqueId", unique) +
            "</rim:RegistryPackage>";
    text += fmt::format(
        R"(<rim:Classification id="is-set" classifiedObject="set" classificationNode="{}"/>)",
        submission_set);
    text +=
        R"(<rim:Association id="member" associationType="urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember" )"
        R"(sourceObject="set" targetObject="document">)" +
        slot("SubmissionSetStatus", "Original") + "</rim:Association>";
    return text;
  }

  PatientDomain domain_;
};

}  // namespace

std::unique_ptr<Style> make_xds(const StyleContext& context) {
  return std::make_unique<XdsStyle>(context);
}

}  // namespace lhcr::deliver
