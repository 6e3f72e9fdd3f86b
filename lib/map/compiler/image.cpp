// SPDX-License-Identifier: Apache-2.0
// Numbers are LEB128, texts and lists have their length before them. What a struct is made of is
// said once, for both ways: fields() with a Writer puts its members down, with an ImageReader it
// takes them up.
#include "map/compiler/image.hpp"

#include <algorithm>
#include <map>
#include <type_traits>

#include "base/error.hpp"
#include "map/codec/codec.hpp"

namespace lhcr::map {
namespace {

class Writer {
 public:
  Writer(const Map& map, const SymbolTable& symbols) : symbols_(symbols) {
    for (const auto& block : map.blocks) {
      blocks_.emplace(block.get(), blocks_.size());
    }
  }

  template <class Number>
  void number(const Number& value) {
    put(static_cast<std::uint64_t>(value));
  }
  void text(std::string_view text) {
    put(text.size());
    out_ += text;
  }
  void symbol(Symbol symbol) {
    if (symbol == no_symbol) {
      return put(0);
    }
    const auto [known, added] = numbers_.try_emplace(symbol, numbers_.size() + 1);
    if (added) {
      names_.push_back(symbols_.name(symbol));
    }
    put(known->second);
  }
  void block(const Block* block) { put(blocks_.at(block)); }
  void codec(const CodecEntry* codec) { text(codec->name); }
  void concepts(const Concepts* concepts) {
    text(concepts == nullptr ? std::string_view{} : std::string_view(concepts->name));
  }
  template <class Items, class Each>
  void list(const Items& items, const Each& each) {
    put(items.size());
    for (const auto& item : items) {
      each(item);
    }
  }
  /// In order of the keys, so that equal maps give equal bytes.
  template <class Items, class Key, class Each>
  void table(const Items& items, const Key& key, const Each& each) {
    std::map<typename Items::key_type, const typename Items::mapped_type*> sorted;
    for (const auto& [name, value] : items) {
      sorted.emplace(name, &value);
    }
    put(sorted.size());
    for (const auto& [name, value] : sorted) {
      key(name);
      each(*value);
    }
  }
  template <class Value, class Each>
  void stored(const Stored<Value>& value, const Each& each) {
    std::string before;
    before.swap(out_);
    each(value.get());
    before.swap(out_);
    text(before);
  }
  template <class Value, class Each>
  void object(const std::unique_ptr<Value>& value, const Each& each) {
    each(*value);
  }

  static void ready(const Path&) {}

  /// The map's name and the names in it come first.
  std::string finish(std::string_view map) {
    std::string body;
    body.swap(out_);
    text(map);
    list(names_, [this](std::string_view name) { text(name); });
    return out_ + body;
  }

 private:
  void put(std::uint64_t value) {
    constexpr std::uint64_t more = 0x80;
    for (; value >= more; value >>= 7U) {
      out_ += static_cast<char>((value & (more - 1)) | more);
    }
    out_ += static_cast<char>(value);
  }

  const SymbolTable& symbols_;
  std::string out_;
  std::vector<std::string_view> names_;
  std::map<Symbol, std::size_t> numbers_;
  std::map<const Block*, std::size_t> blocks_;
};

class ImageReader {
 public:
  explicit ImageReader(std::string_view bytes) : rest_(bytes) {}
  ImageReader(std::string_view bytes, const Image& image) : rest_(bytes), image_(&image) {}

  template <class Number>
  void number(Number& value) {
    value = static_cast<Number>(get());
  }
  void number(std::vector<bool>::reference value) { value = get() != 0; }
  std::string_view view() {
    const std::size_t size = get();
    require(size <= rest_.size());
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
  }
  void text(std::string& text) { text = view(); }
  void symbol(Symbol& symbol) { symbol = image_->name(get()); }
  void block(const Block*& block) { block = image_->map().blocks.at(get()).get(); }
  void codec(const CodecEntry*& codec) {
    codec = find_codec(view());
    require(codec != nullptr);
  }
  void concepts(const Concepts*& concepts) {
    if (const std::string_view name = view(); !name.empty()) {
      concepts = image_->map().concepts.at(std::string(name)).get();
    }
  }
  template <class Items, class Each>
  void list(Items& items, const Each& each) {
    const std::size_t size = get();
    require(size <= rest_.size());
    items.resize(size);
    for (auto&& item : items) {
      each(item);
    }
  }
  template <class Items, class Key, class Each>
  void table(Items& items, const Key& key, const Each& each) {
    for (std::size_t left = get(); left > 0; --left) {
      typename Items::key_type name;
      key(name);
      each(items[name]);
    }
  }
  template <class Value, class Each>
  void stored(Stored<Value>& value, const Each&) {
    value.store(*image_, view());
  }
  template <class Value, class Each>
  void object(std::unique_ptr<Value>& value, const Each& each) {
    value = std::make_unique<Value>();
    each(*value);
  }
  /// What depends on the symbols of this run.
  static void ready(Path& path) { path.note_first_name(); }
  /// From here on.
  void use(const Image& image) { image_ = &image; }

 private:
  static void require(bool good) {
    if (!good) {
      throw Error(ErrorKind::internal, "a built-in map is damaged");
    }
  }
  std::uint64_t get() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      require(!rest_.empty());
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if (byte < 0x80U) {
        break;
      }
    }
    return value;
  }

  std::string_view rest_;
  const Image* image_ = nullptr;
};

// A struct comes const to a Writer.

template <class Archive, class Tests>
void fields_of_tests(Archive& archive, Tests& tests) {
  archive.list(tests, [&](auto& test) {
    archive.list(test.path, [&](auto& name) { archive.symbol(name); });
    archive.list(test.attribute, [&](auto&& attribute) { archive.number(attribute); });
    archive.text(test.value);
    archive.number(test.kind);
    archive.number(test.skips_first);
    archive.number(test.by_default);
  });
}

template <class Archive, class AnyPath>
void fields_of_path(Archive& archive, AnyPath& path) {
  archive.number(path.root);
  archive.number(path.written);
  fields_of_tests(archive, path.tests);
  archive.list(path.steps, [&](auto& step) {
    archive.symbol(step.name);
    archive.symbol(step.element);
    fields_of_tests(archive, step.tests);
    archive.text(step.template_extension);
    archive.number(step.is_template);
    archive.number(step.list);
    archive.number(step.attribute);
    archive.number(step.first);
    archive.number(step.guard);
    archive.number(step.says);
  });
  archive.ready(path);
}

template <class Archive, class AnyRow>
void fields_of_row(Archive& archive, AnyRow& row) {
  archive.number(row.direction);
  fields_of_path(archive, row.left);
  fields_of_path(archive, row.right);
  archive.codec(row.codec);
  archive.text(row.literal);
  archive.list(row.blocks, [&](auto& block) { archive.block(block); });
  archive.concepts(row.concepts);
  fields_of_tests(archive, row.when_left);
  fields_of_tests(archive, row.when_right);
  archive.number(row.if_none);
  archive.number(row.rest);
  archive.number(row.null_flavor);
  archive.number(row.quiet);
  archive.number(row.keeps);
  archive.number(row.refer);
  archive.number(row.aside);
  archive.number(row.nth);
  archive.number(row.least);
  archive.number(row.every);
  fields_of_path(archive, row.repeat);
  archive.list(row.most, [&](auto& code) { archive.text(code); });
  archive.list(row.lacks, [&](auto& name) { archive.symbol(name); });
  archive.number(row.says);
  archive.number(row.says_wrapper);
  archive.number(row.left_type);
  archive.number(row.right_type);
  archive.text(row.argument);
  archive.list(row.targets, [&](auto& target) { archive.text(target); });
}

template <class Archive, class Rows>
void fields_of_rows(Archive& archive, Rows& rows) {
  archive.list(rows, [&](auto& row) { fields_of_row(archive, row); });
}

template <class Archive, class AnyBlock>
void fields_of_block(Archive& archive, AnyBlock& block) {
  archive.number(block.direction);
  fields_of_path(archive, block.left);
  fields_of_path(archive, block.wrapper);
  fields_of_path(archive, block.right);
  archive.text(block.resource_type);
  archive.list(block.section_codes, [&](auto& code) { archive.text(code); });
  archive.list(block.family_codes, [&](auto& code) { archive.text(code); });
  archive.number(block.says);
  archive.number(block.says_wrapper);
  archive.number(block.statement);
  archive.text(block.left_type);
  archive.text(block.right_type);
  archive.number(block.subject);
  archive.number(block.actor);
  archive.number(block.same);
  archive.list(block.names, [&](auto& path) { fields_of_path(archive, path); });
  archive.number(block.nested_only);
  archive.number(block.entry_only);
  archive.number(block.fact);
  archive.number(block.mention);
  archive.number(block.scope);
  archive.number(block.around);
  archive.stored(block.rows, [&](auto& rows) { fields_of_rows(archive, rows); });
}

template <class Archive, class Tables>
void fields_of_tables(Archive& archive, Tables& tables) {
  for (auto* table : {&tables.forward, &tables.backward}) {
    archive.table(
        *table, [&](auto& key) { archive.text(key); },
        [&](auto& target) {
          archive.text(target.system);
          archive.text(target.code);
          archive.text(target.display);
        });
  }
}

template <class Archive, class Concepts>
void fields_of_concepts(Archive& archive, Concepts& concepts) {
  archive.text(concepts.name);
  archive.text(concepts.left_system);
  archive.text(concepts.right_system);
  archive.stored(concepts.tables, [&](auto& tables) { fields_of_tables(archive, tables); });
}

template <class Archive, class AnyModifier>
void fields_of_modifier(Archive& archive, AnyModifier& modifier) {
  archive.text(modifier.name);
  archive.list(modifier.path, [&](auto& name) { archive.symbol(name); });
  archive.number(modifier.turns);
  archive.number(modifier.inherited);
  archive.list(modifier.values, [&](auto& value) { archive.text(value); });
}

/// Which blocks there are is known.
template <class Archive, class AnyMap>
void fields_of_map(Archive& archive, AnyMap& map) {
  const auto text = [&](auto& value) { archive.text(value); };
  const auto number = [&](auto& value) { archive.number(value); };
  const auto blocks = [&](auto& list) {
    archive.list(list, [&](auto& block) { archive.block(block); });
  };
  archive.table(map.sections, text, [&](auto& section) {
    archive.text(section.title);
    archive.list(section.templates, [&](auto& known) {
      archive.text(known.first);
      archive.text(known.second);
    });
  });
  archive.table(map.template_versions, text, text);
  archive.list(map.modifiers, [&](auto& modifier) { fields_of_modifier(archive, modifier); });
  archive.table(map.plain, text, [&](auto& values) { archive.list(values, text); });
  archive.table(map.aliases, text, text);
  archive.table(map.known_templates, text, number);
  archive.list(map.arcs, text);
  archive.table(map.systems.by_oid, text, text);
  archive.table(map.systems.by_uri, text, text);
  archive.table(map.concepts, text, [&](auto& concepts) {
    archive.object(concepts, [&](auto& inner) { fields_of_concepts(archive, inner); });
  });
  for (auto& block : map.blocks) {
    fields_of_block(archive, *block);
  }
  archive.table(map.by_name, text, [&](auto& block) { archive.block(block); });
  archive.table(map.by_template, text, blocks);
  archive.table(map.families, text, blocks);
  blocks(map.plain_statements);
  blocks(map.facts);
  archive.table(map.by_resource, text, blocks);
  archive.table(map.by_left_type, number, blocks);
  archive.table(map.by_right_type, number, blocks);
}

template <class Archive, class Blocks>
void names_of_blocks(Archive& archive, Blocks& blocks) {
  archive.list(blocks, [&](auto& block) {
    archive.object(block, [&](auto& inner) { archive.text(inner.name); });
  });
}

}  // namespace

std::string image_of(const Map& map, std::string_view name, const SymbolTable& symbols) {
  Writer writer(map, symbols);
  names_of_blocks(writer, map.blocks);
  fields_of_map(writer, map);
  return writer.finish(name);
}

std::string_view image_name(std::string_view bytes) {
  return ImageReader(bytes).view();
}

std::unique_ptr<Map> open_image(std::string_view bytes, SymbolTable& symbols) {
  auto map = std::make_unique<Map>();
  ImageReader reader(bytes);
  static_cast<void>(reader.view());
  std::vector<Symbol> names;
  reader.list(names, [&](Symbol& name) { name = symbols.intern(reader.view()); });
  names.insert(names.begin(), no_symbol);
  map->image = std::make_shared<const Image>(*map, std::move(names));
  reader.use(*map->image);
  names_of_blocks(reader, map->blocks);
  fields_of_map(reader, *map);
  return map;
}

void read_stored(const Image& image, std::string_view bytes, std::vector<Row>& rows) {
  ImageReader reader(bytes, image);
  fields_of_rows(reader, rows);
}

void read_stored(const Image& image, std::string_view bytes, Concepts::Tables& tables) {
  ImageReader reader(bytes, image);
  fields_of_tables(reader, tables);
}

}  // namespace lhcr::map
