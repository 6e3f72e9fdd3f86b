// SPDX-License-Identifier: Apache-2.0
/// The doctest entry point every room's unit tests link.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
