// SPDX-License-Identifier: Apache-2.0
// Provide Document Bundle (IHE MHD 4.2, ITI-65): a transaction of SubmissionSet, DocumentReference
// and Binary.
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "deliver/style/document.hpp"
#include "deliver/style/style.hpp"
#include "record/plain_reader.hpp"

namespace lhcr::deliver {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* profiles = "https://profiles.ihe.net/ITI/MHD/StructureDefinition/";

Json concept_of(const SharedCode& code) {
  Json coding{{"system", code.system}, {"code", code.code}};
  if (!code.display.empty()) coding["display"] = code.display;
  return {{"coding", Json::array({coding})}};
}

Json posted(const std::string& full_url, Json resource) {
  const std::string type = resource["resourceType"];
  return {{"fullUrl", full_url},
          {"resource", std::move(resource)},
          {"request", {{"method", "POST"}, {"url", type}}}};
}

/// A Bundle that is a transaction already is sent as it is; anything else becomes the document of
/// one.
class MhdStyle : public Style {
 public:
  explicit MhdStyle(const StyleContext& context)
      : Style(context),
        transaction_(make_transaction(context)),
        source_(context_.region.text("mhd.source")),
        domain_{context_.region.text("mhd.patient_system"),
                context_.region.text("mhd.patient_authority")},
        type_(parse_code(context_.region.text("mhd.type"))),
        content_type_(parse_code(context_.region.text("mhd.content_type"))) {
    if (source_.empty() || type_.code.empty() || content_type_.code.empty()) {
      throw Error(ErrorKind::usage,
                  "The style mhd needs mhd.source, mhd.type and mhd.content_type");
    }
  }

  [[nodiscard]] WorkPtr plan(const std::shared_ptr<Record>& record) const override {
    const tree::Tree& tree = record->tree;
    const bool is_transaction = tree.resource_type(tree::root_node) == "Bundle" &&
                                child_text(tree, tree::root_node, "type") == "transaction";
    if (is_transaction) return transaction_->plan(record);
    const std::string patient = patient_identifier(*record, domain_);
    if (patient.empty()) {
      WorkPtr work = transaction_->plan(record);
      for (Entry& entry : work->entries) refuse(entry, no_patient(*record, domain_));
      return work;
    }
    return transaction_->plan(provide_bundle(*record, patient));
  }
  [[nodiscard]] std::size_t parcel_entries() const override {
    return transaction_->parcel_entries();
  }
  [[nodiscard]] std::size_t answer_entries(const Parcel& parcel) const override {
    return parcel.members.size();
  }
  [[nodiscard]] bool together() const override { return true; }
  [[nodiscard]] Request request(const Parcel& parcel) const override {
    return transaction_->request(parcel);
  }

 private:
  [[nodiscard]] std::shared_ptr<Record> provide_bundle(const Record& record,
                                                       const std::string& patient) const {
    const Key& key = record.key;
    const std::string id = "urn:uuid:" + uuid_of(key);
    const std::string set = "urn:uuid:" + uuid_of(hash_of({id, "submission"}));
    const std::string binary = "urn:uuid:" + uuid_of(hash_of({id, "binary"}));
    const Json subject{{"identifier", {{"system", domain_.system}, {"value", patient}}}};
    const Json bundle{
        {"resourceType", "Bundle"},
        {"meta", {{"profile", {std::string(profiles) + "IHE.MHD.Minimal.ProvideBundle"}}}},
        {"type", "transaction"},
        {"entry",
         {posted(set, submission_set(set, id, subject)),
          posted(id, reference(record, id, binary, subject)),
          posted(binary, {{"resourceType", "Binary"},
                          {"contentType", document_media_type(record)},
                          {"data", base64(record.text())}})}}};
    return read(record, bundle.dump());
  }

  [[nodiscard]] Json submission_set(const std::string& id, const std::string& document,
                                    const Json& subject) const {
    const std::string extensions = profiles;
    return {{"resourceType", "List"},
            {"meta", {{"profile", {extensions + "IHE.MHD.Minimal.SubmissionSet"}}}},
            {"extension",
             {{{"url", extensions + "ihe-designationType"},
               {"valueCodeableConcept", concept_of(content_type_)}},
              {{"url", extensions + "ihe-sourceId"}, {"valueIdentifier", {{"value", source_}}}}}},
            {"identifier", {{{"use", "official"}, {"system", "urn:ietf:rfc:3986"}, {"value", id}}}},
            {"status", "current"},
            {"mode", "working"},
            {"code", concept_of({"https://profiles.ihe.net/ITI/MHD/CodeSystem/MHDlistTypes",
                                 "submissionset", ""})},
            {"subject", subject},
            {"date", fhir_instant(std::time(nullptr))},
            {"entry", {{{"item", {{"reference", document}}}}}}};
  }

  [[nodiscard]] Json reference(const Record& record, const std::string& id,
                               const std::string& binary, const Json& subject) const {
    return {{"resourceType", "DocumentReference"},
            {"meta", {{"profile", {std::string(profiles) + "IHE.MHD.Minimal.DocumentReference"}}}},
            {"masterIdentifier", {{"system", "urn:ietf:rfc:3986"}, {"value", id}}},
            {"identifier", {{{"system", "urn:ietf:rfc:3986"}, {"value", id}}}},
            {"status", "current"},
            {"type", concept_of(type_)},
            {"subject", subject},
            {"date", fhir_instant(std::time(nullptr))},
            {"content",
             {{{"attachment",
                {{"contentType", document_media_type(record)},
                 {"url", binary},
                 {"size", record.size},
                 {"title", document_title(record)}}}}}}};
  }

  /// The Bundle as a record of its own; it keeps the name of the one it was made from.
  [[nodiscard]] std::shared_ptr<Record> read(const Record& from, const std::string& text) const {
    auto record = std::make_shared<Record>(context_.symbols);
    record->source = from.source;
    record->index = from.index;
    record->key = from.key;
    record->stage = from.stage;
    record->set_text(text, format::Format::json);
    finding::Collector problems(1);
    record::PlainReader reader;
    if (!reader.read_json(record->text(), record->tree, problems)) {
      throw Error(ErrorKind::internal, "A Bundle made here cannot be read");
    }
    if (context_.format == format::Format::xml) context_.type(record->tree);
    return record;
  }

  std::unique_ptr<Style> transaction_;
  std::string source_;
  PatientDomain domain_;
  SharedCode type_;
  SharedCode content_type_;
};

}  // namespace

std::unique_ptr<Style> make_mhd(const StyleContext& context) {
  return std::make_unique<MhdStyle>(context);
}

}  // namespace lhcr::deliver
