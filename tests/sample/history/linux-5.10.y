# The series 5.10: releases without tags, one release taken back and made again, a merge,
# and a vendor's commits.
series 5.10 v5.10
clock 2021-01-20
bp keyring-update form=bracket
bp init-stage-names form=dot
clock 2021-01-30
release 5.10.1
clock 2021-03-01
bp mountopt-len form=dot
bp string-fill-name form=UPSTREAM
only vendor-board by=vendor
clock 2021-03-10
release 5.10.2 tag=no
clock 2023-10-30
bp pipebuf-flags form=BACKPORT
bp keyring-quota form=dot
bp trace-len-check form=bracket by=sanjit
clock 2023-11-02
release 5.10.3 tag=no
unrelease 5.10.3
bp rngpool-seed form=bracket edits=rngpool-seed-first note="[ sanjit: only the bound ]" by=sanjit
release 5.10.3 tag=no label=release-5.10.3-again
clock 2024-01-25
bp task-for-each-live form=bracket
bp mset-total-u64 form=bracket by=sanjit
bp mset-walk-comment form=bracket
bp uaf-mset-walk form=dot
revert mountopt-len form=missing why="Mount options of old tools are refused."
bp nmatch-hits form=bracket by=sanjit
bp nmatch-bound form=dot
only xattrlog-clear-510
bp smallfs-mounts form=bracket by=sanjit
bp super-magic form=dot
topic board
only board-tunl-note by=vendor
only board-kconfig by=vendor
back
only pool-hint by=sanjit
merge board merge-board "Merge branch 'board' into linux-5.10.y" evil=tunl-mtu-head by=greta
clock 2024-02-05
release 5.10.4 tag=no
clock 2024-02-15
bp mset-walk-leak form=dot
bp taskdump-wide form=bracket by=sanjit
bp uaf-task-dump form=bracket
bp hublink-stats form=bracket by=sanjit
bp oob-hublink-name form=bracket edits=oob-hublink-name-510 note="[ sanjit: 5.10 copies the name in the switch ]" by=sanjit
bp oob-hublink-event form=bracket
bp rngpool-seed form=bracket edits=rngpool-seed-second as=rngpool-seed-2 note="[ bp: the lock was forgotten the first time ]"
bp smallfs-race form=bracket also=smallfs-readlock edits=smallfs-readlock+smallfs-race as=squash-smallfs
revert keyring-quota form=wrapped why="It takes the count below zero with keys of the boot."
bp tunl-mtu-max form=dot
bp trace-len-check-2 form=dot
bp trace-put-max form=dot
only board-tag-names by=vendor
bp bounce-leak form=bracket
bp timerq-cancel form=dot
clock 2024-02-25
release 5.10.5
clock 2024-03-15
bp bounce-count form=bracket by=sanjit
revert bounce-leak form=stable why="Throughput of slow devices halves."
revert timerq-cancel form=both why="Drivers that cancel from their own function wait for ever."
bp trace-put-max-fixup form=bracket
bp xattrlog-rows form=bracket by=sanjit
bp oob-xattrlog-index form=bracket edits=oob-xattrlog-index-510 note="Conflicts:{tab}fs/xattrlog.c"
bp cls-hits-64 form=bracket by=sanjit
bp oob-cls-class form=dot
bp guard-arm-fix form=dot
clock 2024-03-25
release 5.10.6
clock 2024-04-15
bp bounce-leak-final form=dot
revert revert-timerq-cancel form=stable why="With the drivers repaired it may come back." as=revert-revert-timerq-cancel
bp sockparm-copy-leak form=bracket
bp hubsmp-random-len form=bracket by=sanjit
bp utable-newid form=bracket by=sanjit
bp utable-oob form=dot
bp ring-free-size form=bracket by=sanjit
bp smallfs-name-oob form=bracket
clock 2024-04-25
release 5.10.7
