/* SPDX-License-Identifier: GPL-2.0-only */
#include "triage/reach.h"

#include <string.h>

#include "base/array.h"

static const char in_namespace[] = "reachable from a user namespace";
static const char by_image[] = "reads what an image holds that is mounted";
static const char by_node[] = "has device nodes that ordinary users are given";
static const char by_guest[] = "lies between a virtual machine and its host";
static const char by_call[] = "is behind system calls that anybody may make";
static const char by_wire[] = "answers what comes from the network";
static const char by_air[] = "answers what is sent on the same link or by radio";
static const char by_plug[] = "talks to hardware that somebody can plug in";
static const char by_root[] = "is for administrators";

/* The longest that fits counts. A path ends with / or names a file. */
static const struct {
	const char *path;
	enum route route;
	const char *why;
} places[] = {
	{ "arch/x86/kvm/", ROUTE_GUEST, by_guest },
	{ "arch/arm64/kvm/", ROUTE_GUEST, by_guest },
	{ "arch/powerpc/kvm/", ROUTE_GUEST, by_guest },
	{ "arch/s390/kvm/", ROUTE_GUEST, by_guest },
	{ "arch/riscv/kvm/", ROUTE_GUEST, by_guest },
	{ "virt/", ROUTE_GUEST, by_guest },
	{ "drivers/vhost/", ROUTE_GUEST, by_guest },
	{ "drivers/xen/", ROUTE_GUEST, by_guest },
	{ "drivers/hv/", ROUTE_GUEST, by_guest },
	{ "drivers/vfio/", ROUTE_GUEST, by_guest },
	{ "drivers/virtio/", ROUTE_GUEST, by_guest },
	{ "drivers/block/xen", ROUTE_GUEST, by_guest },
	{ "drivers/net/xen", ROUTE_GUEST, by_guest },
	{ "drivers/net/hyperv/", ROUTE_GUEST, by_guest },
	{ "net/vmw_vsock/", ROUTE_GUEST, by_guest },
	{ "net/", ROUTE_USERNS, in_namespace },
	{ "net/bluetooth/", ROUTE_ADJACENT, by_air },
	{ "net/wireless/", ROUTE_ADJACENT, by_air },
	{ "net/mac80211/", ROUTE_ADJACENT, by_air },
	{ "net/nfc/", ROUTE_ADJACENT, by_air },
	{ "net/ieee802154/", ROUTE_ADJACENT, by_air },
	{ "net/sunrpc/", ROUTE_REMOTE, by_wire },
	{ "net/rds/", ROUTE_REMOTE, by_wire },
	{ "net/smc/", ROUTE_REMOTE, by_wire },
	{ "net/ceph/", ROUTE_REMOTE, by_wire },
	{ "net/unix/", ROUTE_UNPRIVILEGED, by_call },
	{ "drivers/net/tun.c", ROUTE_USERNS, in_namespace },
	{ "drivers/net/veth.c", ROUTE_USERNS, in_namespace },
	{ "drivers/net/macvlan.c", ROUTE_USERNS, in_namespace },
	{ "drivers/net/wireless/", ROUTE_ADJACENT, by_air },
	{ "drivers/bluetooth/", ROUTE_ADJACENT, by_air },
	{ "drivers/nfc/", ROUTE_ADJACENT, by_air },
	{ "drivers/net/usb/", ROUTE_PHYSICAL, by_plug },
	{ "drivers/usb/", ROUTE_PHYSICAL, by_plug },
	{ "drivers/usb/gadget/", ROUTE_PRIVILEGED, by_root },
	{ "drivers/hid/", ROUTE_PHYSICAL, by_plug },
	{ "drivers/firewire/", ROUTE_PHYSICAL, by_plug },
	{ "drivers/thunderbolt/", ROUTE_PHYSICAL, by_plug },
	{ "drivers/media/usb/", ROUTE_PHYSICAL, by_plug },
	{ "drivers/media/", ROUTE_DEVICE, by_node },
	{ "drivers/gpu/", ROUTE_DEVICE, by_node },
	{ "drivers/accel/", ROUTE_DEVICE, by_node },
	{ "drivers/dma-buf/", ROUTE_DEVICE, by_node },
	{ "drivers/android/", ROUTE_DEVICE, by_node },
	{ "drivers/staging/android/", ROUTE_DEVICE, by_node },
	{ "drivers/tty/", ROUTE_DEVICE, by_node },
	{ "drivers/input/", ROUTE_DEVICE, by_node },
	{ "sound/core/", ROUTE_DEVICE, by_node },
	{ "sound/usb/", ROUTE_PHYSICAL, by_plug },
	{ "drivers/infiniband/", ROUTE_DEVICE, by_node },
	{ "fs/", ROUTE_UNPRIVILEGED, by_call },
	{ "fs/ext2/", ROUTE_MOUNT, by_image },
	{ "fs/ext4/", ROUTE_MOUNT, by_image },
	{ "fs/f2fs/", ROUTE_MOUNT, by_image },
	{ "fs/btrfs/", ROUTE_MOUNT, by_image },
	{ "fs/xfs/", ROUTE_MOUNT, by_image },
	{ "fs/ntfs/", ROUTE_MOUNT, by_image },
	{ "fs/ntfs3/", ROUTE_MOUNT, by_image },
	{ "fs/hfs/", ROUTE_MOUNT, by_image },
	{ "fs/hfsplus/", ROUTE_MOUNT, by_image },
	{ "fs/jfs/", ROUTE_MOUNT, by_image },
	{ "fs/reiserfs/", ROUTE_MOUNT, by_image },
	{ "fs/udf/", ROUTE_MOUNT, by_image },
	{ "fs/isofs/", ROUTE_MOUNT, by_image },
	{ "fs/squashfs/", ROUTE_MOUNT, by_image },
	{ "fs/erofs/", ROUTE_MOUNT, by_image },
	{ "fs/gfs2/", ROUTE_MOUNT, by_image },
	{ "fs/ocfs2/", ROUTE_MOUNT, by_image },
	{ "fs/nilfs2/", ROUTE_MOUNT, by_image },
	{ "fs/befs/", ROUTE_MOUNT, by_image },
	{ "fs/ufs/", ROUTE_MOUNT, by_image },
	{ "fs/exfat/", ROUTE_MOUNT, by_image },
	{ "fs/fat/", ROUTE_MOUNT, by_image },
	{ "fs/minix/", ROUTE_MOUNT, by_image },
	{ "fs/sysv/", ROUTE_MOUNT, by_image },
	{ "fs/omfs/", ROUTE_MOUNT, by_image },
	{ "fs/qnx4/", ROUTE_MOUNT, by_image },
	{ "fs/qnx6/", ROUTE_MOUNT, by_image },
	{ "fs/romfs/", ROUTE_MOUNT, by_image },
	{ "fs/cramfs/", ROUTE_MOUNT, by_image },
	{ "fs/affs/", ROUTE_MOUNT, by_image },
	{ "fs/bfs/", ROUTE_MOUNT, by_image },
	{ "fs/efs/", ROUTE_MOUNT, by_image },
	{ "fs/adfs/", ROUTE_MOUNT, by_image },
	{ "fs/jffs2/", ROUTE_MOUNT, by_image },
	{ "fs/ubifs/", ROUTE_MOUNT, by_image },
	{ "fs/jbd2/", ROUTE_MOUNT, by_image },
	{ "fs/quota/", ROUTE_MOUNT, by_image },
	{ "block/partitions/", ROUTE_MOUNT, by_image },
	{ "fs/overlayfs/", ROUTE_USERNS, in_namespace },
	{ "fs/fuse/", ROUTE_USERNS, in_namespace },
	{ "fs/nfsd/", ROUTE_REMOTE, by_wire },
	{ "fs/lockd/", ROUTE_REMOTE, by_wire },
	{ "fs/ksmbd/", ROUTE_REMOTE, by_wire },
	{ "fs/smb/", ROUTE_REMOTE, by_wire },
	{ "fs/cifs/", ROUTE_REMOTE, by_wire },
	{ "fs/nfs/", ROUTE_REMOTE, by_wire },
	{ "fs/ceph/", ROUTE_REMOTE, by_wire },
	{ "fs/afs/", ROUTE_REMOTE, by_wire },
	{ "fs/debugfs/", ROUTE_PRIVILEGED, by_root },
	{ "drivers/target/", ROUTE_REMOTE, by_wire },
	{ "drivers/nvme/target/", ROUTE_REMOTE, by_wire },
	{ "io_uring/", ROUTE_UNPRIVILEGED, by_call },
	{ "ipc/", ROUTE_UNPRIVILEGED, by_call },
	{ "mm/", ROUTE_UNPRIVILEGED, by_call },
	{ "kernel/", ROUTE_UNPRIVILEGED, by_call },
	{ "kernel/trace/", ROUTE_PRIVILEGED, by_root },
	{ "kernel/module", ROUTE_PRIVILEGED, by_root },
	{ "kernel/debug/", ROUTE_PRIVILEGED, by_root },
	{ "kernel/power/", ROUTE_PRIVILEGED, by_root },
	{ "kernel/kexec", ROUTE_PRIVILEGED, by_root },
	{ "security/keys/", ROUTE_UNPRIVILEGED, by_call },
	{ "crypto/", ROUTE_UNPRIVILEGED, by_call },
};

/* Phrases of the message; `*` at the end of a token as in phrases.c. */
static const struct {
	const char *phrase;
	enum route route;
} sayings[] = {
	{ "unprivileged user*", ROUTE_UNPRIVILEGED },
	{ "local user*", ROUTE_UNPRIVILEGED },
	{ "user namespace*", ROUTE_USERNS },
	{ "userns", ROUTE_USERNS },
	{ "network namespace*", ROUTE_USERNS },
	{ "netns", ROUTE_USERNS },
	{ "net namespace*", ROUTE_USERNS },
	{ "remote attack*", ROUTE_REMOTE },
	{ "remote peer*", ROUTE_REMOTE },
	{ "malicious server*", ROUTE_REMOTE },
	{ "malicious packet*", ROUTE_REMOTE },
	{ "over the network", ROUTE_REMOTE },
	{ "malicious guest*", ROUTE_GUEST },
	{ "from guest", ROUTE_GUEST },
	{ "guest can", ROUTE_GUEST },
	{ "the host can", ROUTE_GUEST },
	{ "crafted image*", ROUTE_MOUNT },
	{ "fuzzed image*", ROUTE_MOUNT },
	{ "corrupted image*", ROUTE_MOUNT },
	{ "crafted file", ROUTE_MOUNT },
	{ "debugfs", ROUTE_PRIVILEGED },
	{ "cap_sys_admin", ROUTE_PRIVILEGED },
	{ "root user", ROUTE_PRIVILEGED },
	{ "privileged user*", ROUTE_PRIVILEGED },
	{ "rmmod", ROUTE_PRIVILEGED },
	{ "module unload*", ROUTE_PRIVILEGED },
	{ "unbind*", ROUTE_PRIVILEGED },
	{ "malicious device*", ROUTE_PHYSICAL },
	{ "malicious usb", ROUTE_PHYSICAL },
	{ "hot unplug*", ROUTE_PHYSICAL },
	{ "unplug*", ROUTE_PHYSICAL },
};

static const struct {
	enum bug_class bug_class;
	enum impact impact;
} gains[] = {
	{ CLASS_USE_AFTER_FREE, IMPACT_MEMORY_CORRUPTION },
	{ CLASS_OUT_OF_BOUNDS_WRITE, IMPACT_MEMORY_CORRUPTION },
	{ CLASS_OUT_OF_BOUNDS, IMPACT_MEMORY_CORRUPTION },
	{ CLASS_OUT_OF_BOUNDS_READ, IMPACT_INFORMATION_LEAK },
	{ CLASS_DOUBLE_FREE, IMPACT_MEMORY_CORRUPTION },
	{ CLASS_UNINITIALISED, IMPACT_INFORMATION_LEAK },
	{ CLASS_INFORMATION_LEAK, IMPACT_INFORMATION_LEAK },
	{ CLASS_REFERENCE_COUNT, IMPACT_MEMORY_CORRUPTION },
	{ CLASS_INTEGER_OVERFLOW, IMPACT_MEMORY_CORRUPTION },
	{ CLASS_TYPE_CONFUSION, IMPACT_MEMORY_CORRUPTION },
	{ CLASS_NULL_DEREFERENCE, IMPACT_DENIAL_OF_SERVICE },
	{ CLASS_DIVISION, IMPACT_DENIAL_OF_SERVICE },
	{ CLASS_DEADLOCK, IMPACT_DENIAL_OF_SERVICE },
	{ CLASS_HANG, IMPACT_DENIAL_OF_SERVICE },
	{ CLASS_CRASH, IMPACT_DENIAL_OF_SERVICE },
	{ CLASS_WARNING, IMPACT_DENIAL_OF_SERVICE },
	{ CLASS_RESOURCE_LEAK, IMPACT_DENIAL_OF_SERVICE },
	{ CLASS_PERMISSION, IMPACT_PRIVILEGE },
	{ CLASS_SPECULATION, IMPACT_INFORMATION_LEAK },
	{ CLASS_DATA_LOSS, IMPACT_DATA_LOSS },
};

unsigned reach_impacts(unsigned classes)
{
	unsigned set = 0;

	for (size_t i = 0; i < COUNT_OF(gains); i++)
		if (classes & 1U << gains[i].bug_class)
			set |= 1U << gains[i].impact;
	return set;
}

static void add_reason(struct reach_reason *reasons, size_t *count, enum route route,
		       const char *where, size_t length, const char *why)
{
	if (*count == REACH_REASONS)
		return;
	for (size_t i = 0; i < *count; i++)
		if (reasons[i].route == route && reasons[i].where_length == length &&
		    !memcmp(reasons[i].where, where, length))
			return;
	reasons[*count].route = route;
	reasons[*count].where = where;
	reasons[*count].where_length = length;
	reasons[(*count)++].why = why;
}

static unsigned by_path(struct reach_reason *reasons, size_t *count, const char *path)
{
	size_t best = 0, best_length = 0;

	for (size_t i = 0; i < COUNT_OF(places); i++) {
		size_t length = strlen(places[i].path);

		if (length > best_length && !strncmp(path, places[i].path, length)) {
			best = i;
			best_length = length;
		}
	}
	if (!best_length)
		return 0;
	add_reason(reasons, count, places[best].route, places[best].path, best_length,
		   places[best].why);
	return 1U << places[best].route;
}

static unsigned by_words(struct reach_reason *reasons, size_t *count, const struct tokens *tokens)
{
	unsigned set = 0;
	size_t length;

	for (size_t i = 0; i < tokens->count; i++)
		for (size_t j = 0; j < COUNT_OF(sayings); j++) {
			if (sayings[j].phrase[0] != tokens->text.data[tokens->items[i].start])
				continue;
			length = tokens_match(tokens, i, sayings[j].phrase);
			if (!length)
				continue;
			add_reason(reasons, count, sayings[j].route,
				   tokens->text.data + tokens->items[i].start, length, NULL);
			set |= 1U << sayings[j].route;
		}
	return set;
}

unsigned reach_find(struct reach_reason *ret_reasons, size_t *ret_count,
		    const struct message_parts *parts, const struct commit_text *commit)
{
	unsigned set = 0;

	*ret_count = 0;
	set |= by_words(ret_reasons, ret_count, &parts->subject);
	set |= by_words(ret_reasons, ret_count, &parts->body);
	if ((parts->trace & TRACE_MOUNT) && commit->file_count &&
	    !strncmp(commit->files[0], "fs/", 3))
		set |= 1U << ROUTE_MOUNT;
	for (size_t i = 0; i < commit->file_count && i < 32; i++)
		set |= by_path(ret_reasons, ret_count, commit->files[i]);
	return set;
}
