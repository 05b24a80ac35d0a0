/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls that are compile errors in this project: they cannot be used safely,
 * or they depend on locale, time zone or hidden state. Included by every
 * source file through the build (-include), after which the names are poisoned.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#pragma GCC poison strcpy strcat strncpy strncat stpcpy sprintf vsprintf gets
#pragma GCC poison strtok atoi atol atoll sscanf
#pragma GCC poison asctime localtime gmtime ctime_r asctime_r
#pragma GCC poison system popen mktemp tmpnam tempnam

#endif
