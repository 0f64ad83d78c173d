#pragma once
// The few system calls that Glibc's Swift overlay lacks. Each wrapper does one call and returns what
// the kernel returned; errno is left as the call set it.
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// Enters the namespace behind `fd`. Per thread: call it only in a child process or on a thread of its own.
int clinux_setns(int fd, int namespace_type);
/// Moves the calling thread into new namespaces (`CLONE_NEW*` flags).
int clinux_unshare(int flags);
/// A descriptor that becomes readable when process `pid` ends.
int clinux_pidfd_open(pid_t pid);
/// Makes the process adopt orphans of its descendants, so that they are reaped at once.
int clinux_become_subreaper(void);
/// Asks the kernel to send `signal` to this process when its parent ends.
int clinux_set_parent_death_signal(int signal);
/// First position of `needle` in `haystack`, or NULL (GNU memmem).
const void *clinux_memmem(const void *haystack, size_t haystack_length, const void *needle, size_t needle_length);
/// fallocate without changing the file's size beyond what is written; 0 or -1.
int clinux_fallocate(int fd, off_t offset, off_t length);
/// Sends a gratuitous ARP (request and reply) for an IPv4 address in network byte order. 0 or -1.
int clinux_send_gratuitous_arp(const char *interface_name, uint32_t address_network_order);
/// Terminal size in columns and rows, or -1 where `fd` is no terminal.
int clinux_terminal_size(int fd, uint16_t *columns, uint16_t *rows);
/// Makes the calling process the owner of the files in `path` for locking: 0, or -1 with EWOULDBLOCK if another holds it.
int clinux_lock_exclusive(int fd);

/// What tells a file from another, and its size. Here because the owner of `struct stat` differs between builds of the overlay.
struct clinux_file {
    uint64_t device, inode;
    int64_t size;
    int is_regular;
};
/// Fills `file` for an open descriptor: 0 or -1.
int clinux_identify_descriptor(int fd, struct clinux_file *file);
/// Fills `file` for what stands under a path: 0 or -1.
int clinux_identify_path(const char *path, struct clinux_file *file);

/// Whether the processor has an instruction for CRC-32C.
int clinux_has_crc32c(void);
/// Continues a CRC-32C (its inverted state) over `length` bytes by that instruction; only where there is one.
uint32_t clinux_crc32c(uint32_t state, const void *bytes, size_t length);
/// Gives free memory of the allocator back to the system.
void clinux_release_free_memory(void);

/// Has allocations of so many bytes and more mapped each for itself, so that they are given back when they are freed; up to `kept_free` bytes of
/// others are kept for what comes.
void clinux_map_allocations_from(int bytes, int kept_free);

/// Keeps the allocator to so many arenas: each keeps what its threads freed for itself.
void clinux_share_arenas(int count);

/// Opens `path` as if the directory behind `root` were the root of the file system: no link and no `..` leads out of it. A descriptor, or -1.
int clinux_open_within(int root, const char *path, int flags);

/// What stands in an open directory under `name` (a link is not followed), and when it was made: 0 where the file system does not tell.
/// 1 for a directory, 0 for anything else, -1 where there is nothing.
int clinux_entry(int directory, const char *name, double *born_seconds);

extern const int clinux_CLONE_NEWNET;
extern const int clinux_O_PATH;
extern const int clinux_CLONE_NEWNS;
