#define _GNU_SOURCE
#include "CLinux.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/openat2.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <malloc.h>
#if defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

const int clinux_CLONE_NEWNET = CLONE_NEWNET;
const int clinux_O_PATH = O_PATH;
const int clinux_CLONE_NEWNS = CLONE_NEWNS;

int clinux_setns(int fd, int namespace_type) { return setns(fd, namespace_type); }
int clinux_unshare(int flags) { return unshare(flags); }
int clinux_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }
int clinux_become_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }
int clinux_set_parent_death_signal(int signal) { return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0); }

int clinux_open_within(int root, const char *path, int flags) {
    struct open_how how = {.flags = (uint64_t)flags | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
    return (int)syscall(SYS_openat2, root, path, &how, sizeof how);
}

int clinux_entry(int directory, const char *name, double *born_seconds) {
    struct statx status;
    if (statx(directory, name, AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC, STATX_TYPE | STATX_BTIME, &status) != 0) return -1;
    *born_seconds = status.stx_mask & STATX_BTIME ? (double)status.stx_btime.tv_sec + status.stx_btime.tv_nsec / 1e9 : 0;
    return S_ISDIR(status.stx_mode);
}

const void *clinux_memmem(const void *haystack, size_t haystack_length, const void *needle, size_t needle_length) {
    return memmem(haystack, haystack_length, needle, needle_length);
}

int clinux_fallocate(int fd, off_t offset, off_t length) { return fallocate(fd, FALLOC_FL_KEEP_SIZE, offset, length); }

int clinux_lock_exclusive(int fd) { return flock(fd, LOCK_EX | LOCK_NB); }

int clinux_terminal_size(int fd, uint16_t *columns, uint16_t *rows) {
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) != 0) return -1;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return 0;
}

static void identify(const struct stat *status, struct clinux_file *file) {
    file->device = status->st_dev;
    file->inode = status->st_ino;
    file->size = status->st_size;
    file->is_regular = S_ISREG(status->st_mode);
}

int clinux_identify_descriptor(int fd, struct clinux_file *file) {
    struct stat status;
    if (fstat(fd, &status) != 0) return -1;
    identify(&status, file);
    return 0;
}

int clinux_identify_path(const char *path, struct clinux_file *file) {
    struct stat status;
    if (stat(path, &status) != 0) return -1;
    identify(&status, file);
    return 0;
}

// One Ethernet frame carrying ARP, as RFC 826 lays it out.
struct arp_frame {
    uint8_t destination[6], source[6];
    uint16_t ether_type, hardware, protocol;
    uint8_t hardware_length, protocol_length;
    uint16_t operation;
    uint8_t sender_hardware[6];
    uint32_t sender_address;
    uint8_t target_hardware[6];
    uint32_t target_address;
} __attribute__((packed));

int clinux_send_gratuitous_arp(const char *interface_name, uint32_t address_network_order) {
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ARP));
    if (fd < 0) return -1;
    struct ifreq request;
    memset(&request, 0, sizeof request);
    strncpy(request.ifr_name, interface_name, IFNAMSIZ - 1);
    int result = -1;
    if (ioctl(fd, SIOCGIFHWADDR, &request) != 0) goto done;
    uint8_t hardware[6];
    memcpy(hardware, request.ifr_hwaddr.sa_data, 6);
    if (ioctl(fd, SIOCGIFINDEX, &request) != 0) goto done;
    struct sockaddr_ll link;
    memset(&link, 0, sizeof link);
    link.sll_family = AF_PACKET;
    link.sll_protocol = htons(ETH_P_ARP);
    link.sll_ifindex = request.ifr_ifindex;
    link.sll_halen = 6;
    memset(link.sll_addr, 0xff, 6);
    for (int operation = 1; operation <= 2; operation++) {
        struct arp_frame frame;
        memset(frame.destination, 0xff, 6);
        memcpy(frame.source, hardware, 6);
        frame.ether_type = htons(ETH_P_ARP);
        frame.hardware = htons(1);
        frame.protocol = htons(ETH_P_IP);
        frame.hardware_length = 6;
        frame.protocol_length = 4;
        frame.operation = htons(operation);
        memcpy(frame.sender_hardware, hardware, 6);
        frame.sender_address = address_network_order;
        memset(frame.target_hardware, operation == 1 ? 0 : 0xff, 6);
        frame.target_address = address_network_order;
        if (sendto(fd, &frame, sizeof frame, 0, (struct sockaddr *)&link, sizeof link) != (ssize_t)sizeof frame) goto done;
    }
    result = 0;
done:;
    int saved = errno;
    close(fd);
    errno = saved;
    return result;
}

void clinux_release_free_memory(void) { malloc_trim(0); }

void clinux_share_arenas(int count) { mallopt(M_ARENA_MAX, count); }

void clinux_map_allocations_from(int bytes, int kept_free) {
    mallopt(M_MMAP_THRESHOLD, bytes);
    mallopt(M_TRIM_THRESHOLD, kept_free);
}

#if defined(__x86_64__)
int clinux_has_crc32c(void) { return __builtin_cpu_supports("sse4.2") != 0; }

__attribute__((target("sse4.2"))) uint32_t clinux_crc32c(uint32_t state, const void *bytes, size_t length) {
    const unsigned char *next = bytes;
    uint64_t wide = state;
    for (; length >= 8; next += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, next, 8);
        wide = __builtin_ia32_crc32di(wide, word);
    }
    state = (uint32_t)wide;
    for (; length > 0; next++, length--) state = __builtin_ia32_crc32qi(state, *next);
    return state;
}
#elif defined(__aarch64__)
int clinux_has_crc32c(void) { return (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0; }

__attribute__((target("crc"))) uint32_t clinux_crc32c(uint32_t state, const void *bytes, size_t length) {
    const unsigned char *next = bytes;
    for (; length >= 8; next += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, next, 8);
        state = __builtin_arm_crc32cd(state, word);
    }
    for (; length > 0; next++, length--) state = __builtin_arm_crc32cb(state, *next);
    return state;
}
#else
int clinux_has_crc32c(void) { return 0; }
uint32_t clinux_crc32c(uint32_t state, const void *bytes, size_t length) { return state; }
#endif
