// SPDX-License-Identifier: Apache-2.0
/// Where evaluation hands over items, one by one, so that no intermediate collection has to be
/// built.
#pragma once

#include "fhirpath/value.hpp"

namespace lhcr::fhirpath {

/// A reference to a callable `bool(const Value&)` that must outlive the call it is passed to.
/// False: no more items, please.
class Sink {
 public:
  template <typename Callable>
  explicit Sink(Callable& callable) noexcept
      : object_(&callable), call_([](void* object, const Value& value) {
          return (*static_cast<Callable*>(object))(value);
        }) {}
  bool operator()(const Value& value) const { return call_(object_, value); }

 private:
  void* object_;
  bool (*call_)(void*, const Value&);
};

}  // namespace lhcr::fhirpath
