#ifndef _LINUX_PARAMS_H
#define _LINUX_PARAMS_H

#define MAX_INIT_ARGS 256
#define MAX_INIT_ENVS 128

/* For the first program; argv_init[0] is its name. */
extern const char *argv_init[MAX_INIT_ARGS + 2];
extern const char *envp_init[MAX_INIT_ENVS + 2];

/* Splits boot_command_line. */
void parse_args(void);

#endif
