/*
 * Faults per page, one line for each way of making the first access to fresh memory.
 *
 * faultviz builds this file and boots a kernel with it as the only program there is (process 1).
 * It runs as an ordinary program, too: cc -O2 init.c && ./a.out 4096 1
 *
 * Arguments: pages, repetitions. Every line that faultviz reads begins with "faultviz":
 *   faultviz kernel RELEASE
 *   faultviz row MODE REPETITION PAGES NANOSECONDS TICKS MINOR MAJOR PGFAULT
 *   faultviz without MODE ERRNO        this kernel refuses the call
 *   faultviz end
 * MINOR and MAJOR are this process's own (getrusage); PGFAULT is the system's (/proc/vmstat).
 * TICKS is the processor's time stamp, which QEMU's -icount advances by instructions, while
 * nanoseconds are what the kernel believes that they are.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14 */
#endif

typedef volatile char *memory;

static size_t page, pages;
static char vmstat[1 << 16];

/* How the pages are reached. Each gives 0, or the errno of the call that was refused. */

static int by_store(memory area)
{
	for (size_t i = 0; i < pages; i++)
		area[i * page] = 1;
	return 0;
}

static int by_read(memory area)
{
	for (size_t i = 0; i < pages; i++)
		(void)area[i * page];
	return 0;
}

/* The next three make the kernel write, by get_user_pages. */

static int by_process_vm_writev(memory area)
{
	static char one = 1;
	struct iovec from = { &one, 1 };

	for (size_t i = 0; i < pages; i++) {
		struct iovec to = { (void *)(area + i * page), 1 };

		if (process_vm_writev(getpid(), &from, 1, &to, 1, 0) != 1)
			return errno;
	}
	return 0;
}

static int by_proc_self_mem(memory area)
{
	static char one = 1;
	int mem = open("/proc/self/mem", O_RDWR);
	int refused = mem < 0 ? errno : 0;

	for (size_t i = 0; i < pages && !refused; i++)
		if (pwrite(mem, &one, 1, (off_t)(uintptr_t)(area + i * page)) != 1)
			refused = errno;
	if (mem >= 0)
		close(mem);
	return refused;
}

static int by_madvise(memory area)
{
	for (size_t i = 0; i < pages; i++)
		if (madvise((void *)(area + i * page), page, MADV_POPULATE_WRITE))
			return errno;
	return 0;
}

/* What the pages are, what happened to them before, and who makes the access that counts. */

enum before { NOTHING, READ, WRITTEN_THROUGH_A_MAPPING, WRITTEN_BY_WRITE };

static const struct mode {
	const char *name;
	int flags;
	enum before before;
	int (*reach)(memory area);
} modes[] = {
	{ "shared", MAP_SHARED, NOTHING, by_store },
	{ "anon_shared", MAP_SHARED | MAP_ANONYMOUS, NOTHING, by_store },
	{ "private", MAP_PRIVATE, NOTHING, by_store },
	{ "read_pass", MAP_SHARED, NOTHING, by_read },
	{ "read_first", MAP_SHARED, READ, by_store },
	{ "already_dirty", MAP_SHARED, WRITTEN_THROUGH_A_MAPPING, by_store },
	{ "after_write2", MAP_SHARED, WRITTEN_BY_WRITE, by_store },
	{ "process_vm_writev", MAP_SHARED, NOTHING, by_process_vm_writev },
	{ "proc_self_mem", MAP_SHARED, NOTHING, by_proc_self_mem },
	{ "madv_populate_write", MAP_SHARED, NOTHING, by_madvise },
};

static void stop(const char *what)
{
	printf("faultviz cannot %s: %s\n", what, strerror(errno));
	fflush(stdout);
	if (getpid() == 1)
		reboot(RB_POWER_OFF);
	exit(1);
}

static long system_faults(void)
{
	int file = open("/proc/vmstat", O_RDONLY);
	size_t used = 0;
	ssize_t got;
	char *line;

	if (file < 0)
		stop("open /proc/vmstat");
	while ((got = read(file, vmstat + used, sizeof(vmstat) - 1 - used)) > 0)
		used += (size_t)got;
	close(file);
	vmstat[used] = 0;
	line = strstr(vmstat, "\npgfault ");
	return line ? atol(line + strlen("\npgfault ")) : -1;
}

static uint64_t nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint64_t ticks(void)
{
#ifdef __x86_64__
	return __builtin_ia32_rdtsc();
#else
	return 0;
#endif
}

static memory mapped(int file, int flags)
{
	void *area = mmap(NULL, pages * page, PROT_READ | PROT_WRITE, flags, file, 0);

	if (area == MAP_FAILED)
		stop("map memory");
	madvise(area, pages * page, MADV_NOHUGEPAGE);
	return area;
}

static void unmapped(memory area)
{
	munmap((void *)area, pages * page);
}

static memory prepared(const struct mode *mode, int file)
{
	static char one = 1;
	memory area;

	if (mode->before == WRITTEN_THROUGH_A_MAPPING) {
		area = mapped(file, MAP_SHARED);
		by_store(area);
		unmapped(area);
	}
	for (size_t i = 0; mode->before == WRITTEN_BY_WRITE && i < pages; i++)
		if (pwrite(file, &one, 1, (off_t)(i * page)) != 1)
			stop("write to memory");
	area = mapped(mode->flags & MAP_ANONYMOUS ? -1 : file, mode->flags);
	if (mode->before == READ)
		by_read(area);
	return area;
}

/* A kernel that has just booted still has work to do beside us, and all of it would be counted. */
static void go_first(void)
{
	struct sched_param first = { .sched_priority = 1 };
	int share;

	if (mount("proc", "/proc", "proc", 0, NULL))
		stop("mount /proc");
	sched_setscheduler(0, SCHED_FIFO, &first);
	share = open("/proc/sys/kernel/sched_rt_runtime_us", O_WRONLY);
	if (share >= 0) {
		if (write(share, "-1", 2) != 2)
			stop("keep the processor");
		close(share);
	}
}

static void measure(const struct mode *mode, long repetition)
{
	struct rusage before, after;
	uint64_t begun, took, ticked;
	long system;
	int refused, file = memfd_create("faultviz", 0); /* a tmpfs file without a name */
	memory area;

	if (file < 0 || ftruncate(file, (off_t)(pages * page)))
		stop("make a memfd");
	area = prepared(mode, file);
	system = system_faults();
	getrusage(RUSAGE_SELF, &before);
	begun = nanoseconds();
	ticked = ticks();
	refused = mode->reach(area);
	ticked = ticks() - ticked;
	took = nanoseconds() - begun;
	getrusage(RUSAGE_SELF, &after);
	system = system_faults() - system;
	unmapped(area);
	close(file);
	if (repetition < 0)
		return;
	if (refused)
		printf("faultviz without %s %d\n", mode->name, refused);
	else
		printf("faultviz row %s %ld %zu %llu %llu %ld %ld %ld\n", mode->name, repetition,
		       pages, (unsigned long long)took, (unsigned long long)ticked,
		       after.ru_minflt - before.ru_minflt, after.ru_majflt - before.ru_majflt,
		       system);
	fflush(stdout);
}

int main(int count, char **words)
{
	size_t wanted = count > 1 ? (size_t)atol(words[1]) : 4096;
	long repetitions = count > 2 ? atol(words[2]) : 1;
	struct utsname kernel;

	page = (size_t)sysconf(_SC_PAGESIZE);
	if (getpid() == 1)
		go_first();
	uname(&kernel);
	printf("faultviz kernel %s\n", kernel.release);
	for (long n = -1; n < repetitions; n++) {
		/* Once in small and unseen, so that our own code is in memory when it counts. */
		pages = n < 0 ? 16 : wanted;
		for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++)
			measure(&modes[i], n);
	}
	printf("faultviz end\n");
	fflush(stdout);
	if (getpid() == 1)
		reboot(RB_POWER_OFF);
	return 0;
}
