# SPDX-License-Identifier: Apache-2.0
# Toolchain: arm64 Linux from another machine, with Debian's cross compiler, the libraries of LHCR_SYSROOT (environment), and
# qemu for what the build and the tests have to run (tests/portable/run).
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(CMAKE_SYSROOT $ENV{LHCR_SYSROOT})
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64;-L;$ENV{LHCR_SYSROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_SYSROOT_DIR} $ENV{LHCR_SYSROOT})
set(ENV{PKG_CONFIG_LIBDIR} $ENV{LHCR_SYSROOT}/usr/lib/aarch64-linux-gnu/pkgconfig:$ENV{LHCR_SYSROOT}/usr/share/pkgconfig)
