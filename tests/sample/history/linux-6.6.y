# The series 6.6, young: many causes of the fixes are in its first release.
series 6.6 v6.6
clock 2024-01-26
bp uaf-mset-walk form=dot
bp trace-len-check-2 form=bracket
bp trace-put-max form=dot
bp hubsmp-retry form=bracket by=sanjit
bp smallfs-readlock form=bracket depof=smallfs-race
bp smallfs-race form=bracket
bp guard-arm-fix form=dot
bp oob-hublink-event form=bracket by=sanjit
bp dos-pktq-grow form=dot
bp taskdump-wide form=bracket by=sanjit
clock 2024-02-02
release 6.6.1
clock 2024-02-10
bp mset-walk-leak form=dot
revert guard-arm-fix form=stable why="Boards of one maker do not come up."
bp trace-put-max-fixup form=bracket
bp oob-hublink-name form=bracket
bp uaf-task-dump form=bracket
bp tunl-received-name form=bracket by=sanjit
bp spoof-tunl-mode form=dot
bp oob-sockparm form=dot
bp uaf-cls-tag form=bracket
bp ucode-split form=bracket by=sanjit
clock 2024-02-18
release 6.6.2
clock 2024-03-01
bp hubsmp-retry-uaf form=dot
bp ulamp-driver form=dot by=sanjit
bp umeter-b-oob form=bracket
bp ring-peek-oob form=dot
bp mapref-uaf-fixup form=dot
bp cls-batch-leak form=bracket
bp pipebuf-splice-two form=bracket
revert bounce-leak form=upstream upstream=revert-bounce-leak why="Copying both ways makes slow devices slower still."
bp smallfs-errpath form=bracket by=sanjit
bp mountopt-words form=bracket by=sanjit
clock 2024-03-10
release 6.6.3
clock 2024-03-22
bp guard-arm-fix form=dot as=guard-arm-fix-2 note="[ greta: second try, the boards have new firmware ]"
revert smallfs-readlock form=stable why="Lookups on slow media wait for renames."
bp bounce-leak-final form=dot
bp overflow-helper form=bracket by=sanjit
bp overflow-smallfs-space form=bracket
bp oob-xattrlog-index form=bracket
bp ucode-size form=bracket
bp esc-subject form=bracket
clock 2024-03-30
release 6.6.4
clock 2024-04-10
bp ulamp-oob form=dot
bp hubsmp-random-len form=bracket
bp super-magic form=bracket
bp oob-cls-class form=dot
bp sockparm-copy-leak form=dot
bp bounce-count form=bracket by=sanjit
bp smallfs-name-oob form=dot
clock 2024-04-20
release 6.6.5
