#!/bin/sh
# Builds and runs json_test.c with the address and undefined-behaviour sanitizers. CC names a clang.
set -eu
cd "$(dirname "$0")/../.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
sources=Sources/CBoxLua
# shellcheck disable=SC2046
"${CC:-clang}" -std=gnu17 -O1 -g -Wall -Wextra -Werror -D_GNU_SOURCE -fsanitize=address,undefined \
  -fno-sanitize-recover=undefined -fuse-ld=lld -I$sources -I$sources/include -ISources/CEventPage/include \
  $(pkg-config --cflags lua5.4) Tests/CBoxLua/json_test.c $sources/bxl_json*.c $sources/bxl_text.c $sources/bxl_inspect.c \
  $sources/bxl_globals.c $sources/bxl_compile.c $sources/bxl_dump.c $(pkg-config --libs lua5.4) -lm -o "$out/json_test"
"$out/json_test"
