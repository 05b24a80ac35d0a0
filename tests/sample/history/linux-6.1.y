# The series 6.1, where nearly every situation is.
series 6.1 v6.1
clock 2023-09-20
bp hublink-stats form=bracket
bp pktq-limit-member form=dot
bp sockparm-kconfig-max form=bracket
bp trace-len-check form=dot signed=yes
bp pipebuf-zero-copy form=nodot by=sanjit
bp timerq-cancel form=capital
bp hubsmp-bounds form=bracket by=sanjit
bp ucode-admin form=short
only prose-only by=sanjit
clock 2023-09-28
release 6.1.1
clock 2023-10-08
bp task-for-each-live form=bracket
bp hublink-evt-split form=bracket by=sanjit
bp tunl-mode-enum form=lower
bp keyring-ref form=dot
bp umeter-newdev form=dot
bp ring-peek form=tight by=sanjit
bp cls-batch form=back
bp mapref-uaf form=bracket
bp nmatch-bound form=dot
bp bounce-leak form=colon by=sanjit
bp pktq-purge-lock form=tightcolon
bp rngpool-seed form=ident
bp utable-newid form=bracketcolon by=sanjit
bp warn-only form=bracket
bp hubsmp-step-done form=bracket
bp tunl-stale-peer form=dot by=sanjit
bp pool-slots-max form=dot
bp pipe-full-helper form=bracket by=sanjit
bp dts-add-link form=dot
clock 2023-10-20
release 6.1.2
clock 2024-01-25
bp mset-total-u64 form=bracket by=sanjit
bp nmatch-hits form=bracket
bp uaf-mset-walk form=dot
bp mountopt-words form=bracket by=sanjit
bp dos-pktq-grow form=bracket
bp trace-put-max form=dot
bp parse-bound-arg form=cherry
bp hubsmp-retry form=backported by=sanjit
bp smallfs-readlock form=bracket depof=smallfs-race
bp smallfs-race form=bracket
bp mapref-rework form=suse by=sanjit
bp pipe-size-split form=bracket
revert timerq-cancel form=upstream upstream=revert-timerq-cancel why="Drivers that cancel from their own function wait for ever."
bp ucode-split form=bracket
bp mkimage-name form=bracket by=sanjit
bp mkimage-tmp form=dot
bp uquirk-drop form=bracket
bp guard-prep-1 form=dot
bp tunl-received-name form=bracket by=sanjit
clock 2024-01-31
release 6.1.3
clock 2024-02-06
bp xattrlog-rows form=bracket by=sanjit
bp oob-hublink-name form=bracket
bp mset-walk-leak form=dot
bp spoof-tunl-mode form=bracket tail=blanks
bp oob-sockparm form=dot by=sanjit
bp trace-len-check-2 form=dot
bp pipebuf-splice-two form=bracket
bp smallfs-errpath form=bracket depof=smallfs-race by=sanjit
revert nmatch-bound form=stable why="It breaks rules that look at the end of short packets, and those who use them lose their net."
revert hubsmp-bounds form=partial edits=hubsmp-bounds-less as=partial-revert-hubsmp-bounds why="Some hubs send more than the standard says. Only the upper bound is taken out."
bp rngpool-move form=bracket
bp fw-blob form=dot
bp ulamp-driver form=dot by=sanjit
bp guard-prep-2 form=dot
bp pool-size-back form=bracket by=sanjit
revert tunl-stale-peer form=both why="The address is set before the mode by some tools."
bp taskdump-wide form=bracket
bp timerq-now form=bracket by=sanjit
bp cls-hits-64 form=bracket
clock 2024-02-16
release 6.1.4
clock 2024-02-24
bp uaf-task-dump form=bracket
bp oob-hublink-event form=bracket by=sanjit
bp umeter-b-oob form=dot
bp ring-peek-oob form=dot
bp uaf-cls-tag form=bracket
bp guard-entry-fix form=dot
bp mapref-uaf-fixup form=bracket by=sanjit
revert bounce-leak form=both why="Throughput of slow devices halves."
revert revert-timerq-cancel form=upstream reapply=yes upstream=reapply-timerq-cancel as=reapply-timerq-cancel why="The drivers are repaired now."
bp trace-put-max-fixup form=bracket
bp utable-oob form=dot
bp oob-pipe-zero form=bracket
bp dts-link-strict form=dot by=sanjit
bp uquirk-back form=bracket
bp bounce-count form=bracket
clock 2024-03-05
release 6.1.5
clock 2024-03-15
bp overflow-helper form=bracket by=sanjit
bp oob-xattrlog-index form=bracket
bp overflow-smallfs-space form=bracket
bp smallfs-mounts form=bracket by=sanjit
bp hubsmp-retry-uaf form=dot
bp cls-batch-leak form=bracket
revert pktq-purge-lock form=subject edits=pktq-purge-unlock why="It deadlocks with a driver that empties its queue below the lock."
bp rngpool-read-bits form=dot
bp doc-quoted form=bracket
bp esc-subject form=dot
bp tunl-stale-peer-final form=bracket by=sanjit
bp pool-used-mask form=dot
clock 2024-03-26
release 6.1.6
clock 2024-04-03
bp bounce-leak-final form=dot
bp ucode-size form=bracket
bp ulamp-oob form=dot
bp hubsmp-random-len form=bracket
bp super-magic form=dot signed=yes
bp mset-walk-comment form=bracket by=sanjit
bp smallfs-name-oob form=bracket
clock 2024-04-13
release 6.1.7
clock 2024-04-20
bp oob-cls-class form=dot
bp sockparm-copy-leak form=bracket
only parse-semicolon by=sanjit
clock 2024-04-30
release 6.1.8 signed=yes
clock 2024-05-02
bp oob-hublink-list form=bracket
bp probe-exec form=bracket by=sanjit
