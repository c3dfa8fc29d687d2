/* File calls below a folder, and a fault at one of them. Preloaded; the harness arms it through a file that both sides map.

   A call is counted once it concerns a path or an open file below the root. At the n-th one (or from it on: sticky) the process is
   killed, before or after the call, or the call fails as such a call can fail: a full disk does not hinder a removal. A fault that does not suit
   the n-th call lets it pass; `tripped` says whether there was one, `op` where. `suits` has for every call the kinds that suit it, a bit each. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { BEFORE = 1, AFTER, ENOSPC_, EIO_, EINTR_, SHORT, EMFILE_, NOLINK, NOLOCK };
enum op { OPEN = 1, CREATE = 2, WRITE = 4, SYNC = 8, RENAME = 16, LINK = 32, UNLINK = 64, MKDIR = 128, TRUNCATE = 256, CLOSE = 512, CHMOD = 1024, FLOCK = 2048 };

#define CALLS 1024
struct block {
    long count, target;
    int kind, sticky, tripped, armed;
    char op[32];
    char root[512];
    unsigned short suits[CALLS];
};
static struct block *b;

__attribute__((constructor)) static void start(void) {
    const char *path = getenv("QFAULT");
    int fd = path ? syscall(SYS_openat, AT_FDCWD, path, O_RDWR) : -1;
    if (fd < 0) return;
    void *mapped = mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    syscall(SYS_close, fd);
    if (mapped != MAP_FAILED) b = mapped;
}

static int below(const char *path) {
    size_t n = strlen(b->root);
    return !strncmp(path, b->root, n) && (path[n] == '/' || !path[n]);
}

static int fd_below(int fd) {
    char link[64], path[4096];
    if (!b || !b->armed) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = syscall(SYS_readlink, link, path, sizeof path - 1);
    if (n <= 0) return 0;
    path[n] = 0;
    return below(path);
}

static int path_below(int dir, const char *path) {
    if (!b || !b->armed || !path) return 0;
    return path[0] == '/' ? below(path) : dir != AT_FDCWD && fd_below(dir);
}

static void die(void) {
    syscall(SYS_kill, (long)syscall(SYS_getpid), SIGKILL);
    for (;;) pause();
}

static int suits(int kind, int op) {
    switch (kind) {
    case ENOSPC_: return op & (CREATE | WRITE | SYNC | RENAME | LINK | MKDIR | TRUNCATE);
    case EINTR_: return op & (OPEN | CREATE | WRITE | SYNC | TRUNCATE);
    case SHORT: return op & WRITE;
    case EMFILE_: return op & (OPEN | CREATE);
    case EIO_: return op & ~FLOCK;
    case NOLINK: return op & LINK;
    case NOLOCK: return op & FLOCK;
    default: return 1;
    }
}

/* 0: go on, 1: fail with errno, 2: write less, 3: die after the call */
static int fault(const char *name, int op) {
    long n = __sync_add_and_fetch(&b->count, 1);
    for (int kind = BEFORE; n <= CALLS && kind <= NOLOCK; kind++)
        if (suits(kind, op)) b->suits[n - 1] |= 1 << kind;
    if (!(n == b->target || (b->sticky && b->target > 0 && n > b->target)) || !suits(b->kind, op)) return 0;
    b->tripped++;
    if (b->tripped == 1) strncpy(b->op, name, sizeof b->op - 1);
    switch (b->kind) {
    case BEFORE: die();
    case AFTER: return 3;
    case ENOSPC_: errno = ENOSPC; return 1;
    case EIO_: errno = EIO; return 1;
    case EINTR_: errno = EINTR; return 1;
    case SHORT: return 2;
    case EMFILE_: errno = EMFILE; return 1;
    case NOLINK: errno = EPERM; return 1;
    case NOLOCK: errno = ENOLCK; return 1;
    }
    return 0;
}

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = dlsym(RTLD_NEXT, #name)

#define CALL(type, name, op, ours, failing, plain, shorter) \
    if (!(ours)) return plain; \
    int f = fault(#name, op); \
    if (f == 1) return failing; \
    type r = f == 2 ? shorter : plain; \
    if (f == 3) die(); \
    return r;

#define WRITING(name, args, ours, plain, shorter, ...) \
    ssize_t name args { REAL(ssize_t, name, __VA_ARGS__); CALL(ssize_t, name, WRITE, ours, -1, plain, shorter) }

#define HALF(n) ((n) > 1 ? (n) / 2 : (n))
WRITING(write, (int fd, const void *p, size_t n), fd_below(fd), real(fd, p, n), real(fd, p, HALF(n)), int, const void *, size_t)
WRITING(pwrite, (int fd, const void *p, size_t n, off_t o), fd_below(fd), real(fd, p, n, o), real(fd, p, HALF(n), o), int, const void *, size_t, off_t)
WRITING(pwrite64, (int fd, const void *p, size_t n, off64_t o), fd_below(fd), real(fd, p, n, o), real(fd, p, HALF(n), o), int, const void *, size_t, off64_t)
WRITING(writev, (int fd, const struct iovec *v, int n), fd_below(fd), real(fd, v, n), real(fd, v, HALF(n)), int, const struct iovec *, int)
WRITING(pwritev, (int fd, const struct iovec *v, int n, off_t o), fd_below(fd), real(fd, v, n, o), real(fd, v, HALF(n), o), int, const struct iovec *, int, off_t)
WRITING(pwritev64, (int fd, const struct iovec *v, int n, off64_t o), fd_below(fd), real(fd, v, n, o), real(fd, v, HALF(n), o), int, const struct iovec *, int, off64_t)
WRITING(sendfile, (int to, int from, off_t *o, size_t n), fd_below(to), real(to, from, o, n), real(to, from, o, HALF(n)), int, int, off_t *, size_t)
WRITING(sendfile64, (int to, int from, off64_t *o, size_t n), fd_below(to), real(to, from, o, n), real(to, from, o, HALF(n)), int, int, off64_t *, size_t)
WRITING(copy_file_range, (int from, off64_t *a, int to, off64_t *o, size_t n, unsigned f_), fd_below(to), real(from, a, to, o, n, f_), real(from, a, to, o, HALF(n), f_), int, off64_t *, int, off64_t *, size_t, unsigned)

#define PLAIN(name, op, args, ours, plain, ...) \
    int name args { REAL(int, name, __VA_ARGS__); CALL(int, name, op, ours, -1, plain, plain) }

PLAIN(fsync, SYNC, (int fd), fd_below(fd), real(fd), int)
PLAIN(fdatasync, SYNC, (int fd), fd_below(fd), real(fd), int)
PLAIN(ftruncate, TRUNCATE, (int fd, off_t n), fd_below(fd), real(fd, n), int, off_t)
PLAIN(ftruncate64, TRUNCATE, (int fd, off64_t n), fd_below(fd), real(fd, n), int, off64_t)
PLAIN(truncate, TRUNCATE, (const char *p, off_t n), path_below(AT_FDCWD, p), real(p, n), const char *, off_t)
PLAIN(truncate64, TRUNCATE, (const char *p, off64_t n), path_below(AT_FDCWD, p), real(p, n), const char *, off64_t)
PLAIN(fallocate, TRUNCATE, (int fd, int m, off_t o, off_t n), fd_below(fd), real(fd, m, o, n), int, int, off_t, off_t)
PLAIN(fallocate64, TRUNCATE, (int fd, int m, off64_t o, off64_t n), fd_below(fd), real(fd, m, o, n), int, int, off64_t, off64_t)
PLAIN(rename, RENAME, (const char *p, const char *q), path_below(AT_FDCWD, q), real(p, q), const char *, const char *)
PLAIN(renameat, RENAME, (int d, const char *p, int e, const char *q), path_below(e, q), real(d, p, e, q), int, const char *, int, const char *)
PLAIN(renameat2, RENAME, (int d, const char *p, int e, const char *q, unsigned m), path_below(e, q), real(d, p, e, q, m), int, const char *, int, const char *, unsigned)
PLAIN(link, LINK, (const char *p, const char *q), path_below(AT_FDCWD, q), real(p, q), const char *, const char *)
PLAIN(linkat, LINK, (int d, const char *p, int e, const char *q, int m), path_below(e, q), real(d, p, e, q, m), int, const char *, int, const char *, int)
PLAIN(symlink, LINK, (const char *p, const char *q), path_below(AT_FDCWD, q), real(p, q), const char *, const char *)
PLAIN(unlink, UNLINK, (const char *p), path_below(AT_FDCWD, p), real(p), const char *)
PLAIN(unlinkat, UNLINK, (int d, const char *p, int m), path_below(d, p), real(d, p, m), int, const char *, int)
PLAIN(remove, UNLINK, (const char *p), path_below(AT_FDCWD, p), real(p), const char *)
PLAIN(rmdir, UNLINK, (const char *p), path_below(AT_FDCWD, p), real(p), const char *)
PLAIN(mkdir, MKDIR, (const char *p, mode_t m), path_below(AT_FDCWD, p), real(p, m), const char *, mode_t)
PLAIN(mkdirat, MKDIR, (int d, const char *p, mode_t m), path_below(d, p), real(d, p, m), int, const char *, mode_t)
PLAIN(chmod, CHMOD, (const char *p, mode_t m), path_below(AT_FDCWD, p), real(p, m), const char *, mode_t)
PLAIN(fchmod, CHMOD, (int fd, mode_t m), fd_below(fd), real(fd, m), int, mode_t)
PLAIN(fchmodat, CHMOD, (int d, const char *p, mode_t m, int f_), path_below(d, p), real(d, p, m, f_), int, const char *, mode_t, int)
PLAIN(flock, FLOCK, (int fd, int how), fd_below(fd), real(fd, how), int, int)

/* a failing close has closed all the same, and says what writing met */
int close(int fd) {
    REAL(int, close, int);
    CALL(int, close, CLOSE, fd_below(fd), (real(fd), errno = EIO, -1), real(fd), real(fd))
}

#define OP(flags) ((flags) & (O_CREAT | __O_TMPFILE) ? CREATE : OPEN)
#define MODE \
    mode_t m = 0; \
    if (flags & (O_CREAT | __O_TMPFILE)) { va_list list; va_start(list, flags); m = va_arg(list, mode_t); va_end(list); }

#define OPENING(name, args, ours, plain, ...) \
    int name args { MODE REAL(int, name, __VA_ARGS__, ...); CALL(int, name, OP(flags), ours, -1, plain, plain) }

OPENING(open, (const char *p, int flags, ...), path_below(AT_FDCWD, p), real(p, flags, m), const char *, int)
OPENING(open64, (const char *p, int flags, ...), path_below(AT_FDCWD, p), real(p, flags, m), const char *, int)
OPENING(openat, (int d, const char *p, int flags, ...), path_below(d, p), real(d, p, flags, m), int, const char *, int)
OPENING(openat64, (int d, const char *p, int flags, ...), path_below(d, p), real(d, p, flags, m), int, const char *, int)
PLAIN(creat, CREATE, (const char *p, mode_t m), path_below(AT_FDCWD, p), real(p, m), const char *, mode_t)
PLAIN(creat64, CREATE, (const char *p, mode_t m), path_below(AT_FDCWD, p), real(p, m), const char *, mode_t)
