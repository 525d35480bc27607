/* What /proc says of oneself. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "say.h"

int main(void)
{
	char line[512], name[256];
	unsigned long start, end, here = (unsigned long)(void *)main & ~1ul;
	int text = 0, stack = 0, fields = 0;
	struct sysinfo info;
	FILE *file;
	long size;

	free(malloc(10));
	sbrk(4096);
	file = fopen("/proc/self/maps", "r");
	while (file && fgets(line, sizeof(line), file)) {
		fields += sscanf(line, "%lx-%lx", &start, &end) == 2;
		if (here >= start && here < end)
			text += strstr(line, "r-xp") != NULL;
		stack += strstr(line, "[stack]") != NULL;
	}
	printf("text %d, stack %d, lines %d\n", text, stack, fields > 3);
	size = readlink("/proc/self/exe", name, sizeof(name) - 1);
	name[size > 0 ? size : 0] = 0;
	printf("exe %s\n", strrchr(name, '/') ? strrchr(name, '/') + 1 : "?");
	SAY(sysinfo(&info));
	SAY(info.totalram > 0 && info.uptime >= 0 && info.mem_unit > 0);
	SAY(sysconf(_SC_NPROCESSORS_ONLN) > 0);
	SAY(open("/proc/none", O_RDONLY));
	SAY(open("/proc/self/maps", O_WRONLY | O_CREAT, 0600) >= -1);
	return 0;
}
