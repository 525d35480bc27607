/*
 * The kernel command line: words separated by spaces. Double quotes group,
 * and a backslash takes the next ", \ or space literally. Words that are no
 * option of the kernel become the first program's environment (NAME=value) or
 * arguments; so does everything after "--", as arguments.
 */
#include <linux/console.h>
#include <linux/ctype.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/params.h>
#include <linux/string.h>
#include <asm/setup.h>

char boot_command_line[COMMAND_LINE_SIZE];

const char *argv_init[MAX_INIT_ARGS + 2] = { "/bin/init" };
const char *envp_init[MAX_INIT_ENVS + 2] = {
	"HOME=/",
	"TERM=linux",
	"PATH=/bin",
};

/*
 * Cut the next word off *line, unquoting it in place. "A word in quotes"
 * may be empty, so NULL alone means the end.
 */
static char *next_word(char **line)
{
	char *from = *line, *to, *word;
	bool quoted = false;

	while (isspace(*from))
		from++;
	if (!*from)
		return NULL;
	word = to = from;
	for (; *from && (quoted || !isspace(*from)); from++) {
		if (*from == '"') {
			quoted = !quoted;
			continue;
		}
		if (*from == '\\' && from[1] && strchr("\"\\ ", from[1]))
			from++;
		*to++ = *from;
	}
	*line = *from ? from + 1 : from;
	*to = '\0';
	return word;
}

static bool kernel_option(const char *word)
{
	if (!strncmp(word, "init=", 5))
		argv_init[0] = word + 5;
	else if (!strncmp(word, "loglevel=", 9))
		console_loglevel = word[9] - '0';
	else if (!strcmp(word, "quiet"))
		console_loglevel = CONSOLE_LOGLEVEL_QUIET;
	else if (!strcmp(word, "noecho"))
		noecho();
	else
		return !strncmp(word, "console=", 8);	/* there is but one */
	return true;
}

/* Add a word, or replace the one that begins with the same len letters. */
static void set_string(const char **list, int max, const char *word, size_t len)
{
	int n = 0;

	while (list[n] && (!len || strncmp(list[n], word, len)))
		n++;
	if (n > max)
		panic("Too many boot arguments or variables at '%s'", word);
	list[n] = word;
}

static void unknown_word(char *word)
{
	const char *equals = strchr(word, '=');

	if (equals)
		set_string(envp_init, MAX_INIT_ENVS, word, equals + 1 - word);
	else
		set_string(argv_init, MAX_INIT_ARGS, word, 0);
}

/* The words stay where they are cut. */
void __init parse_args(void)
{
	static char line[COMMAND_LINE_SIZE];
	char *rest = line, *word;
	bool arguments = false;

	memcpy(line, boot_command_line, sizeof(line));
	while ((word = next_word(&rest))) {
		if (arguments)
			set_string(argv_init, MAX_INIT_ARGS, word, 0);
		else if (!strcmp(word, "--"))
			arguments = true;
		else if (!kernel_option(word))
			unknown_word(word);
	}
}

void __init do_initcalls(void)
{
	extern initcall_t __initcall_start[], __initcall_end[];

	for (initcall_t *fn = __initcall_start; fn < __initcall_end; fn++) {
		int err = (*fn)();

		if (err)
			pr_warn("initcall %pS returned %d\n", *fn, err);
	}
}
