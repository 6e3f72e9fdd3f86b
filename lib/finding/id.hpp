// SPDX-License-Identifier: Apache-2.0
/// The kinds of findings by the id that users see: `id<"unknown-element">`. Their rows stand in
/// explanations/*.md. A new row builds two files; a kind that has no row, or has not as many
/// arguments as its row has slots, does not link.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "finding/finding.hpp"

namespace lhcr::finding {

/// A name as a template's argument.
template <std::size_t N>
struct Name {
  char text[N]{};
  consteval Name(const char (&from)[N]) {  // NOLINT(google-explicit-constructor)
    for (std::size_t at = 0; at < N; ++at) text[at] = from[at];
  }
};

/// Where the id of a row is kept. Only what the build makes of the rows (lhcr-findings) defines
/// one.
template <Name name>
struct Named {
  static const Id id;
};
/// The same, for each number of arguments that the row takes.
template <Name name, std::size_t arguments>
struct Taking {
  static const Id id;
};

/// The kind of that name.
template <Name name>
struct Kind {
  operator Id() const noexcept { return Named<name>::id; }  // NOLINT(google-explicit-constructor)
};
template <Name name>
constexpr Kind<name> id;

/// One of several kinds that take so many arguments.
template <std::size_t arguments>
struct KindTaking {
  template <Name name>
  KindTaking(Kind<name>) noexcept  // NOLINT(google-explicit-constructor)
      : id(Taking<name, arguments>::id) {}
  Id id;
};

/// Those of a braced list, moved.
[[nodiscard]] std::vector<std::string> gathered(std::string* first, std::size_t count);

/// The arguments of a kind. `more`: so many are added by whoever takes them.
template <Name name, std::size_t more = 0>
class ArgumentList {
 public:
  template <typename... Texts>
  // NOLINTNEXTLINE(google-explicit-constructor)
  requires(std::convertible_to<Texts, std::string>&&...) ArgumentList(Texts&&... texts)
      : id_(Taking<name, sizeof...(Texts) + more>::id) {
    if constexpr (sizeof...(Texts) > 0) {
      std::array<std::string, sizeof...(Texts)> made{std::string(std::forward<Texts>(texts))...};
      texts_ = gathered(made.data(), made.size());
    }
  }
  template <std::size_t count>
  ArgumentList(std::array<std::string, count> texts)  // NOLINT(google-explicit-constructor)
      : id_(Taking<name, count + more>::id), texts_(gathered(texts.data(), count)) {}
  /// How many they are is not known before the program runs.
  ArgumentList(std::vector<std::string>) = delete;  // NOLINT(google-explicit-constructor)
  [[nodiscard]] Id id() const noexcept { return id_; }
  [[nodiscard]] std::vector<std::string> take() { return std::move(texts_); }

 private:
  Id id_;
  std::vector<std::string> texts_;
};

/// As a parameter: the kind beside it says whose arguments they are.
template <Name name, std::size_t more = 0>
using Arguments = std::type_identity_t<ArgumentList<name, more>>;

/// A kind and its arguments, for whoever knows before others where they belong.
struct Message {
  template <Name name>
  Message(Kind<name>, Arguments<name> said) : id(said.id()), arguments(said.take()) {}
  Id id;
  std::vector<std::string> arguments;
};

template <Name name>
[[nodiscard]] Finding about(const tree::Tree& tree, tree::NodeId node, Kind<name>,
                            Arguments<name> arguments = {}) {
  return about(tree, node, arguments.id(), arguments.take());
}
template <Name name>
[[nodiscard]] Finding about(tree::Paths& paths, tree::NodeId node, Kind<name>,
                            Arguments<name> arguments = {}) {
  return about(paths, node, arguments.id(), arguments.take());
}

/// A finding of its usual severity that is about no node.
[[nodiscard]] Finding made(Id id, std::vector<std::string> arguments);
template <Name name>
[[nodiscard]] Finding made(Kind<name>, Arguments<name> arguments = {}) {
  return made(arguments.id(), arguments.take());
}

}  // namespace lhcr::finding
