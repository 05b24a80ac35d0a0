/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _LINUX_ERR_H
#define _LINUX_ERR_H

#define EPERM	1
#define ENOENT	2
#define EIO	5
#define ENOMEM	12
#define EBUSY	16
#define EINVAL	22
#define ENOSPC	28
#define ERANGE	34
#define EMSGSIZE 90

#endif
