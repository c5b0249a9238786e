#pragma once
// Only what Swift's Glibc module cannot reach: it is built without _GNU_SOURCE, and leaves headers out.
#include <malloc.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

// GNU's own functions, declared here because their headers hide them without _GNU_SOURCE.
extern int pipe2(int descriptors[2], int flags);
extern long syscall(long number, ...);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *, const char *);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);

static inline int linux_pipe2(int descriptors[2], int flags) { return pipe2(descriptors, flags); }

static inline int linux_eventfd(int flags) { return eventfd(0, flags); }

// One heap that grows by a megabyte: by default each thread gets its own, which grows by a page with a call each.
static inline void linux_use_one_heap(void) {
#ifdef M_ARENA_MAX
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_TOP_PAD, 1 << 20);
#endif
}

// flock(2): Swift would see the struct of the same name.
static inline int linux_flock(int descriptor, int operation) { return flock(descriptor, operation); }

// pidfd_open(2): a descriptor that names one process for good, however its number is used later.
static inline int linux_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

// pidfd_send_signal(2)
static inline int linux_pidfd_send_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

static inline int linux_spawn_add_chdir(posix_spawn_file_actions_t *actions, const char *path) {
    return posix_spawn_file_actions_addchdir_np(actions, path);
}

static inline int linux_spawn_add_closefrom(posix_spawn_file_actions_t *actions, int lowest) {
    return posix_spawn_file_actions_addclosefrom_np(actions, lowest);
}

static const short linux_spawn_setsid = 0x80;       // POSIX_SPAWN_SETSID
static const int linux_eventfd_flags = 02000000 | 04000; // EFD_CLOEXEC | EFD_NONBLOCK

// environ(7), which Swift 6 refuses to touch as a global variable; read only for posix_spawn.
extern char **environ;
static inline char **linux_environ(void) { return environ; }
