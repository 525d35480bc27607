/* SPDX-License-Identifier: MIT */
/* auxv: prints what the kernel laid on the initial stack. */
#include <stdio.h>
#include <sys/auxv.h>
#include <unistd.h>

static const struct {
	unsigned long type;
	const char *name;
	const char *format;
} entries[] = {
	{ AT_PHDR, "AT_PHDR", "%#lx" },
	{ AT_PHENT, "AT_PHENT", "%lu" },
	{ AT_PHNUM, "AT_PHNUM", "%lu" },
	{ AT_PAGESZ, "AT_PAGESZ", "%lu" },
	{ AT_BASE, "AT_BASE", "%#lx" },
	{ AT_FLAGS, "AT_FLAGS", "%#lx" },
	{ AT_ENTRY, "AT_ENTRY", "%#lx" },
	{ AT_UID, "AT_UID", "%lu" },
	{ AT_EUID, "AT_EUID", "%lu" },
	{ AT_GID, "AT_GID", "%lu" },
	{ AT_EGID, "AT_EGID", "%lu" },
	{ AT_PLATFORM, "AT_PLATFORM", "%#lx" },
	{ AT_HWCAP, "AT_HWCAP", "%#lx" },
	{ AT_CLKTCK, "AT_CLKTCK", "%lu" },
	{ AT_SECURE, "AT_SECURE", "%lu" },
	{ AT_RANDOM, "AT_RANDOM", "%#lx" },
	{ AT_HWCAP2, "AT_HWCAP2", "%#lx" },
	{ AT_EXECFN, "AT_EXECFN", "%#lx" },
	{ AT_SYSINFO_EHDR, "AT_SYSINFO_EHDR", "%#lx" },
};

#define NR_ENTRIES (sizeof(entries) / sizeof(entries[0]))

static void print_entry(const struct auxv *entry)
{
	char value[24];
	size_t i;

	for (i = 0; i < NR_ENTRIES; i++) {
		if (entries[i].type == entry->type)
			break;
	}
	if (i == NR_ENTRIES) {
		printf("type %-11lu %#lx\n", entry->type, entry->value);
		return;
	}
	/* The formats are ours, one line above each other. */
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(value, sizeof(value), entries[i].format, entry->value);
	printf("%-16s %s\n", entries[i].name, value);
}

int main(int argc, char *argv[], char *envp[])
{
	const struct auxv *entry;
	int i;

	printf("argc %d\n", argc);
	for (i = 0; i < argc; i++)
		printf("argv[%d] %s\n", i, argv[i]);
	for (i = 0; envp[i]; i++)
		printf("envp[%d] %s\n", i, envp[i]);
	for (entry = auxv_start(); entry->type != AT_NULL; entry++)
		print_entry(entry);
	printf("getauxval(AT_PAGESZ) %lu\n", getauxval(AT_PAGESZ));
	return 0;
}
