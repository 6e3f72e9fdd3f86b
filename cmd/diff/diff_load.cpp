// SPDX-License-Identifier: Apache-2.0
#include "cmd/diff/diff_load.hpp"

#include "base/error.hpp"
#include "cmd/convert/convert_map.hpp"
#include "cmd/diff/diff_convert.hpp"
#include "cmd/run/version.hpp"
#include "finding/id.hpp"
#include "format/container/byte_source.hpp"

namespace lhcr::cmd {
DiffSession::DiffSession(const DiffOptions& options, bool with_maps) {
  if (with_maps) converter = std::make_unique<map::Converter>(library, read_overlays(options.maps));
  version = chosen_version(library, options.version.fhir);
}

LoadedRecord::LoadedRecord(DiffSession& session, bool colour)
    : session_(session),
      reader_(session.library, {.version = session.version}),
      messages_(colour) {}

void LoadedRecord::read(const std::string& path, bool quiet) {
  path_ = path;
  format::StreamLimits limits;
  limits.map = false;  // its texts are looked at until the comparison is over
  stream_ = std::make_unique<format::RecordStream>(path, limits);
  format::Record record;
  stream_->next(record);
  if (stream_->format() == format::Format::ndjson) keep_only(path, record);
  format_ = record.format;
  const bool whole = reader_.read(record, messages_.sink());
  cda_ = reader_.is_cda();
  if (!cda_ && whole) definitions_ = &reader_.definitions();
  if (whole && !cda_ && !reader_.tree()[tree::root_node].is(tree::resource)) {
    messages_.sink().add(finding::about(reader_.tree(), tree::root_node,
                                        finding::id<"not-a-resource">, {"it has no resourceType"}));
  }
  const bool fatal = messages_.sink().count(finding::Severity::fatal) > 0;
  Done done;
  messages_.hand_over(path, record, quiet ? finding::Severity::fatal : finding::Severity::error,
                      done);
  said_ = std::move(done.messages);
  whole_ = whole && !fatal;
}

void LoadedRecord::check(const Io& io) const {
  if (!said_.empty()) io.say(said_);
  if (!whole_) throw Error(ErrorKind::input, path_ + ": cannot be compared");
}

/// The stream gives the bytes up at the next record, of which there must be none.
void LoadedRecord::keep_only(const std::string& path, format::Record& record) {
  held_.assign(record.bytes);
  held_.append(format::read_padding, '\0');
  const std::size_t size = record.bytes.size();
  format::Record second;
  if (stream_->next(second)) {
    throw Error(ErrorKind::usage,
                path + ": several records; give files or folders to compare them");
  }
  record.bytes = std::string_view(held_).substr(0, size);
}

void LoadedRecord::take_version(const definition::Definitions& definitions) {
  definition::attach_types(reader_.tree(), definitions);
  definitions_ = &definitions;
}

void LoadedRecord::convert(const std::string& name) {
  auto target = std::make_unique<tree::Tree>(session_.library.symbols());
  const definition::Definitions& to = *session_.library.version(common_version);
  map::ConvertOptions how;
  if (cda_) how.flavour = map::detect_flavour(reader_.tree());
  const bool done =
      cda_ ? session_.converter->cda_to_fhir(reader_.tree(), how, *target, loss_)
           : session_.converter->change_version(reader_.tree(), definitions_->fhir_version(),
                                                common_version, *target, loss_);
  if (!done) throw Error(ErrorKind::input, name + ": cannot be converted to FHIR R4");
  from_ = cda_ ? "CDA" : "FHIR " + std::string(definitions_->fhir_version());
  converted_ = std::move(target);
  definition::attach_types(*converted_, to);
  definitions_ = &to;
}

std::string text_of(const std::string& path) {
  return format::read_unpacked(path, format::StreamLimits{}.record_bytes);
}

std::size_t unknown_elements(const tree::Tree& tree) {
  std::size_t count = 0;
  for (tree::NodeId node = tree::root_node; node < tree.size(); ++node) {
    count += tree[node].is(tree::unknown) ? 1U : 0U;
  }
  return count;
}

}  // namespace lhcr::cmd
