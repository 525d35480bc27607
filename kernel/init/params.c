/*
 * The kernel command line: words separated by spaces. Double quotes group,
 * and a backslash takes the next ", \ or space literally. Words that no
 * handler wants become the first program's environment (NAME=value) or
 * arguments; so does everything after "--", as arguments.
 */
#include <linux/ctype.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/params.h>
#include <linux/string.h>

char boot_command_line[COMMAND_LINE_SIZE];

const char *argv_init[MAX_INIT_ARGS + 2] = { "init" };
const char *envp_init[MAX_INIT_ENVS + 2] = {
	"HOME=/",
	"TERM=linux",
	"PATH=/bin",
};

/* In the image's read-only part, between these. */
extern const struct obs_kernel_param __setup_start[], __setup_end[];

/*
 * Cut the next word off *line, unquoting it in place. "A word in quotes"
 * may be empty, so NULL alone means the end. *bare tells "--" from "\--".
 */
static char *next_word(char **line, bool *bare)
{
	char *from = skip_spaces(*line), *to = from, *word = from;
	bool quoted = false;

	*bare = true;
	if (!*from)
		return NULL;
	for (; *from && (quoted || !isspace(*from)); from++) {
		if (*from == '"') {
			quoted = !quoted;
			*bare = false;
			continue;
		}
		if (*from == '\\' && (from[1] == '"' || from[1] == '\\' ||
				      from[1] == ' ')) {
			from++;
			*bare = false;
		}
		*to++ = *from;
	}
	*line = *from ? from + 1 : from;
	*to = '\0';
	return word;
}

/* The value after the name, "" for a name alone, NULL if word is another. */
static char *value_of(char *word, const char *name)
{
	size_t len = strlen(name);

	if (strncmp(word, name, len))
		return NULL;
	if (len && name[len - 1] == '=')
		return word + len;
	if (word[len] == '=')
		return word + len + 1;
	return word[len] ? NULL : word + len;
}

static bool obsolete_checksetup(char *word)
{
	const struct obs_kernel_param *p;

	for (p = __setup_start; p < __setup_end; p++) {
		char *value = value_of(word, p->str);

		if (!value)
			continue;
		if (p->setup_func(value) < 0)
			pr_warn("Malformed kernel parameter '%s'\n", word);
		return true;
	}
	return false;
}

static void add_string(const char **list, int max, const char *word)
{
	int n = 0;

	while (list[n])
		n++;
	if (n > max)
		panic("Too many boot arguments or variables at '%s'", word);
	list[n] = word;
}

static void unknown_word(char *word)
{
	const char *equals = strchr(word, '=');

	if (!equals) {
		add_string(argv_init, MAX_INIT_ARGS, word);
		return;
	}
	for (int i = 0; envp_init[i]; i++) {
		if (strncmp(envp_init[i], word, equals + 1 - word))
			continue;
		envp_init[i] = word;
		return;
	}
	add_string(envp_init, MAX_INIT_ENVS, word);
}

/* The words stay where they are cut: handlers may keep them. */
void __init parse_args(void)
{
	static char line[COMMAND_LINE_SIZE];
	char *rest = line, *word;
	bool arguments = false, bare;

	strscpy(line, boot_command_line, sizeof(line));
	while ((word = next_word(&rest, &bare))) {
		if (arguments)
			add_string(argv_init, MAX_INIT_ARGS, word);
		else if (bare && !strcmp(word, "--"))
			arguments = true;
		else if (!obsolete_checksetup(word))
			unknown_word(word);
	}
}

/* The only console there is. */
static int __init console_setup(char *val)
{
	return 0;
}
__setup("console=", console_setup);

void __init do_initcalls(void)
{
	extern initcall_t __initcall_start[], __initcall_end[];

	for (initcall_t *fn = __initcall_start; fn < __initcall_end; fn++) {
		int err = (*fn)();

		if (err)
			pr_warn("initcall %pS returned %d\n", *fn, err);
	}
}
