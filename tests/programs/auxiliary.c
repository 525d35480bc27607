/* What the kernel tells a program beside its arguments. */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char *argv[])
{
	unsigned long *entry;
	char **p = environ;
	const unsigned char *bytes;

	while (*p)
		p++;
	entry = (unsigned long *)(p + 1);
	for (; entry[0] != AT_NULL; entry += 2) {
		if (getauxval(entry[0]) != entry[1])
			return 1;
	}
	bytes = (const unsigned char *)getauxval(AT_RANDOM);
	printf("page %lu, phent %lu, uid %lu, hz %lu\n", getauxval(AT_PAGESZ),
	       getauxval(AT_PHENT), getauxval(AT_UID), getauxval(AT_CLKTCK));
	printf("entry %d, phdr %d, random %d, execfn %d\n",
	       getauxval(AT_ENTRY) != 0,
	       ((Elf32_Phdr *)getauxval(AT_PHDR))->p_memsz != 0, bytes != NULL,
	       strstr((char *)getauxval(AT_EXECFN), "auxiliary") != NULL);
	printf("page size %ld, argc %d, %s\n", sysconf(_SC_PAGESIZE), argc,
	       getenv("MARK") ? getenv("MARK") : "no mark");
	return argv[argc] != NULL;
}
