// SPDX-License-Identifier: Apache-2.0
#include <iterator>

#include "deliver/region/region.hpp"

namespace lhcr::deliver {
namespace {

constexpr RegionKey rows[] = {
    {"title", "", "Name for people"},
    {"extends", "", "Region whose values these are laid over"},
    {"notes", "", "What a user should know"},
    {"sources", "", "Where the public facts come from"},
    {"fhir", "4.0.1", "FHIR version the endpoint speaks: 4.0.1 or 3.0.2"},

    {"endpoint.url", "", "Base URL"},
    {"endpoint.format", "json", "What bodies are written in: json or xml"},
    {"endpoint.media_type", "",
     "Content type of bodies, when it is not application/fhir+json or +xml"},
    {"endpoint.ca", "", "PEM file of the authorities to trust, instead of the system's"},
    {"endpoint.certificate", "", "PEM file of the client certificate (mutual TLS)"},
    {"endpoint.key", "", "PEM file of the client certificate's key"},
    {"endpoint.key_password.*", "", "Password of that key: file, env or command"},
    {"endpoint.proxy", "", "Proxy URL"},
    {"endpoint.http2", "true", "Use HTTP/2 where the endpoint offers it"},
    {"endpoint.gzip", "auto",
     "Compress bodies: on, off, or auto (when an answer says it is taken)"},
    {"endpoint.timeout", "60", "Seconds for one exchange"},
    {"endpoint.connections", "4", "Connections kept open"},
    {"endpoint.rate", "0", "Requests a second at most; 0: no limit"},
    {"endpoint.redirects", "same-origin", "Redirects to follow: same-origin or none"},

    {"style.name", "transaction", "How records are sent when --style does not say"},
    {"style.allowed", "", "Styles the endpoint takes; others are refused"},
    {"style.search", "true",
     "Searching by identifier is allowed, to find out what became of a request"},

    {"limits.entries", "0", "Entries of a Bundle at most; 0: no limit"},
    {"limits.bytes", "0", "Bytes of a body at most; 0: no limit"},
    {"limits.group", "50", "Loose resources sent together in one Bundle"},

    {"auth.method", "none",
     "none, api-key, basic, bearer, client-secret, private-key-jwt, jwt-bearer, spine-jwt or "
     "mesh"},
    {"auth.header", "apikey", "Header that carries an API key"},
    {"auth.user", "", "User (basic)"},
    {"auth.secret.*", "", "API key, password, token or client secret: file, env or command"},
    {"auth.client_id", "", "Client id; issuer and subject of assertions"},
    {"auth.secret_by", "post", "How the client secret travels: post or basic"},
    {"auth.token_url", "", "Token endpoint; without one SMART discovery at the base URL"},
    {"auth.scope", "", "Scope asked for"},
    {"auth.audience", "", "Audience of assertions; otherwise the token URL"},
    {"auth.key", "", "PEM file of the private key that signs assertions"},
    {"auth.key_password.*", "", "Password of that key: file, env or command"},
    {"auth.key_id", "", "kid of assertions; otherwise the key's thumbprint"},
    {"auth.algorithm", "RS384", "RS256, RS384, RS512 or ES384"},
    {"auth.lifetime", "240", "Seconds an assertion lives, at most 300"},
    {"auth.claims.*", "", "Further claims of assertions; a dot makes a nested object"},
    {"auth.shared_key.*", "", "MESH environment shared key: file, env or command"},

    {"headers.*", "",
     "Header lines of every request; ${uuid} and ${NAME} of [values] are filled in"},
    {"values.*", "", "Texts for ${NAME} in headers, claims and paths"},

    {"message.path", "$process-message", "Where messages are posted"},
    {"message.repeatable", "false", "The receiver recognises a message that comes twice"},
    {"document.path", "Bundle", "Where document Bundles are posted"},
    {"pointer.path", "DocumentReference", "Where pointers are posted"},

    {"pix.patient", "", "URL for Patient registrations"},
    {"pix.linkage", "", "URL for Linkage resources"},

    {"mhd.source", "", "sourceId of the SubmissionSet (OID or URI)"},
    {"mhd.type", "", "Document type, system|code|display"},
    {"mhd.content_type", "", "Content type of the SubmissionSet, system|code|display"},
    {"mhd.patient_system", "https://fhir.nhs.uk/Id/nhs-number", "Identifier system of the subject"},
    {"mhd.patient_authority", "2.16.840.1.113883.2.1.4.1",
     "OID of the same identifiers in CDA documents"},

    {"xds.source", "", "OID of the document source"},
    {"xds.repository", "", "OID of the repository"},
    {"xds.patient_authority", "2.16.840.1.113883.2.1.4.1",
     "OID of the patient id's authority, also in CDA documents"},
    {"xds.patient_system", "https://fhir.nhs.uk/Id/nhs-number",
     "Identifier system of the patient id"},
    {"xds.class", "", "Class code, scheme|code|display"},
    {"xds.type", "", "Type code, scheme|code|display"},
    {"xds.format", "", "Format code, scheme|code|display"},
    {"xds.confidentiality", "", "Confidentiality code, scheme|code|display"},
    {"xds.facility", "", "Healthcare facility type code, scheme|code|display"},
    {"xds.practice", "", "Practice setting code, scheme|code|display"},
    {"xds.content_type", "", "Content type code of the submission, scheme|code|display"},

    {"mesh.mailbox", "", "Mailbox that sends"},
    {"mesh.to", "", "Mailbox that receives"},
    {"mesh.workflow", "", "Workflow id"},
    {"mesh.chunk", "20000000", "Bytes of a chunk at most"},
    {"mesh.subject", "", "Subject of the message"},

    {"drop.folder", "", "Folder that receives the files"},
    {"drop.format", "ndjson",
     "ndjson (a file for each resource type), csv or parquet (a file for each table of "
     "drop.view), or files (as they are)"},
    {"drop.view", "", "Views whose tables are written: names, sets or files"},
    {"drop.vocabulary", "", "Folder with an OMOP vocabulary, for the numbers of concepts"},
    {"drop.records", "5000", "Resources written together, at most"},
    {"drop.manifest", "manifest.json", "Name of the manifest, written last"},
};

}  // namespace

const std::vector<RegionKey>& region_keys() {
  static const std::vector<RegionKey> keys(std::begin(rows), std::end(rows));
  return keys;
}

}  // namespace lhcr::deliver
