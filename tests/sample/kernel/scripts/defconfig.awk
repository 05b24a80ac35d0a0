# SPDX-License-Identifier: GPL-2.0
# First file: a defconfig.  The others: Kconfig files, whose defaults fill what is missing.
FNR == 1 { file++ }
file == 1 {
	print
	if (match($0, /CONFIG_[A-Z0-9_]+/))
		seen[substr($0, RSTART, RLENGTH)] = 1
	next
}
$1 == "config" { name = "CONFIG_" $2 }
$1 == "default" && !(name in seen) {
	seen[name] = 1
	if ($2 == "n")
		print "# " name " is not set"
	else
		print name "=" $2
}
