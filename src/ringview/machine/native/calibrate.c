/*
 * Find, inside Unicorn, the four things its interface does not give: the
 * register file, the instruction counter of a slice, the slice's end and the
 * fault syndrome.  Each is found by planting a value and looking for it, so
 * that a rebuilt library with another layout is refused, not misread.
 */
#include "core.h"

#include <string.h>
#include <unistd.h>

#define MARK0 0x5ca1ab1eu
#define MARK1 0x0ddba11eu
#define MARK2 0xdecafbadu
#define UC_SCAN 4096
#define CPU_SCAN (96 * 1024)
#define ENV_SCAN 4096
#define SPIN_COUNT 1021

#define INSN_SPIN 0xeafffffeu	/* b . */
#define INSN_SVC 0xef00abcdu	/* svc #0xabcd */
#define SVC_ESR 0x4600abcdu	/* EC 0x11, IL, the immediate */

struct probe {
	int fds[2];
};

/* Is [p, p + n) readable?  The kernel answers EFAULT instead of a signal. */
static bool readable(struct probe *probe, const void *p, size_t n)
{
	char sink[4096];
	ssize_t got = write(probe->fds[1], p, n);

	if (got <= 0)
		return false;
	if (read(probe->fds[0], sink, (size_t)got) != got)
		return false;
	return (size_t)got == n;
}

static struct rv_env *find_in_object(struct probe *probe, uintptr_t object)
{
	static const uint32_t marks[3] = { MARK0, MARK1, MARK2 };
	uintptr_t page_end, at = object;

	while (at < object + CPU_SCAN) {
		page_end = (at | 4095) + 1;
		if (!readable(probe, (const void *)at, page_end - at))
			return NULL;
		for (; at < page_end; at += 8)
			if (!memcmp((const void *)at, marks, 4) &&
			    page_end - at >= sizeof(marks) &&
			    !memcmp((const void *)at, marks, sizeof(marks)))
				return (struct rv_env *)at;
	}
	return NULL;
}

static bool find_env(struct rv_core *core)
{
	uint32_t marks[3] = { MARK0, MARK1, MARK2 }, zero = 0;
	struct probe probe;
	uintptr_t *words = (uintptr_t *)core->uc;

	if (pipe(probe.fds))
		return false;
	for (int i = 0; i < 3; i++)
		core->uc_api.reg_write(core->uc, UC_ARM_REG_R0 + i, &marks[i]);
	for (size_t i = 0; i < UC_SCAN / sizeof(*words); i++) {
		if (words[i] < 65536 || words[i] & 15)
			continue;
		core->env = find_in_object(&probe, words[i]);
		if (core->env)
			break;
	}
	close(probe.fds[0]);
	close(probe.fds[1]);
	for (int i = 0; i < 3; i++)
		core->uc_api.reg_write(core->uc, UC_ARM_REG_R0 + i, &zero);
	return core->env && core->env->regs[0] == 0;
}

static bool find_counter(struct rv_core *core, uint32_t spin)
{
	size_t *words = (size_t *)core->uc;

	memcpy(core->ram, &spin, 4);
	core->uc_api.emu_start(core->uc, core->ram_pa, 0, 0, SPIN_COUNT);
	for (size_t i = 0; i + 1 < UC_SCAN / sizeof(*words); i++) {
		if (words[i] == SPIN_COUNT + 1 && words[i + 1] == SPIN_COUNT) {
			core->counter = &words[i];
			core->count = &words[i + 1];
			return true;
		}
	}
	return false;
}

static void stop_at_svc(uc_engine *uc, uint32_t number, void *user)
{
	struct rv_core *core = user;

	(void)number;
	core->uc_api.emu_stop(uc);
}

static bool find_syndrome(struct rv_core *core)
{
	uint32_t svc = INSN_SVC, esr = SVC_ESR;
	uint8_t *env = (uint8_t *)core->env;
	uc_hook_id hook;

	memcpy(core->ram + 4, &svc, 4);
	core->uc_api.hook_add(core->uc, &hook, UC_HOOK_INTR, stop_at_svc, core,
			      (uint64_t)1, (uint64_t)0);
	core->uc_api.emu_start(core->uc, core->ram_pa + 4, 0, 0, 1);
	core->uc_api.hook_del(core->uc, hook);
	for (size_t i = 0; i < ENV_SCAN; i += 8) {
		if (!memcmp(env + i, &esr, 4)) {
			core->syndrome = (struct rv_syndrome *)(env + i);
			return true;
		}
	}
	return false;
}

/* Banks and flags must be where struct rv_env says. */
static bool check_layout(struct rv_core *core)
{
	static const uint32_t psr[] = { 0xa80f01d2u, 0x500001d7u, 0x400001d3u };
	uint32_t got, value;

	for (size_t i = 0; i < sizeof(psr) / sizeof(psr[0]); i++) {
		rv_write_cpsr(core, psr[i]);
		value = 0x1000 + (uint32_t)i;
		core->env->regs[13] = value;
		core->env->spsr = value + 16;
		core->uc_api.reg_read(core->uc, UC_ARM_REG_CPSR, &got);
		if (got != psr[i] || rv_cpsr(core->env) != got)
			return false;
	}
	got = core->env->banked_r13[BANK_IRQ] == 0x1000 &&
	      core->env->banked_r13[BANK_ABT] == 0x1001 &&
	      core->env->banked_spsr[BANK_IRQ] == 0x1010;
	return got;
}

/* Returns 0, or the number of the step that failed. */
int rv_calibrate(struct rv_core *core)
{
	if (!find_env(core))
		return 1;
	if (!find_counter(core, INSN_SPIN))
		return 2;
	if (!find_syndrome(core))
		return 3;
	if (!check_layout(core))
		return 4;
	return 0;
}
