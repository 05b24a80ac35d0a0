# SPDX-License-Identifier: GPL-2.0
# .config to a C header.
/^CONFIG_[A-Z0-9_]+=y$/ { sub(/=y$/, ""); print "#define " $0 " 1"; next }
/^CONFIG_[A-Z0-9_]+=m$/ { sub(/=m$/, ""); print "#define " $0 "_MODULE 1"; next }
/^CONFIG_[A-Z0-9_]+=/   { at = index($0, "="); print "#define " substr($0, 1, at - 1) " " substr($0, at + 1) }
