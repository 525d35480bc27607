/*
 * Find, inside Unicorn, the four things its interface does not give: the
 * register file, the fault syndrome, the flag that spares each memory hook
 * the search for PC (which our CODE hook already has in place), and the flag
 * that makes translated code unstoppable in a Thumb IT block.  Each is found
 * by planting a value and looking for it, so that a rebuilt library with
 * another layout is refused, not misread.
 */
#include "core.h"

#include <string.h>
#include <unistd.h>

#define MARK0 0x5ca1ab1eu
#define MARK1 0x0ddba11eu
#define MARK2 0xdecafbadu
#define UC_SCAN 4096
#define UC_SIZE_MAX 16384
#define EXACT_AFTER_BUFFER_SIZE 34
#define CPU_SCAN (96 * 1024)
#define ENV_SCAN 4096

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

	memcpy(core->ram, &svc, 4);
	core->uc_api.hook_add(core->uc, &hook, UC_HOOK_INTR, stop_at_svc, core,
			      (uint64_t)1, (uint64_t)0);
	core->uc_api.emu_start(core->uc, core->ram_pa, 0, 0, 0);
	core->uc_api.hook_del(core->uc, hook);
	for (size_t i = 0; i < ENV_SCAN; i += 8) {
		if (!memcmp(env + i, &esr, 4)) {
			core->syndrome = (struct rv_syndrome *)(env + i);
			return true;
		}
	}
	return false;
}

static void stop_with_exact_pc(uc_engine *uc, uint64_t address, uint32_t size,
			       void *user)
{
	struct rv_core *core = user;

	(void)address;
	(void)size;
	*core->pc_is_exact = 1;
	core->uc_api.emu_stop(uc);
}

/*
 * The flag is the last member of Unicorn's structure, a fixed way behind the
 * size of the translation buffer.  Unicorn clears it when it stops with the
 * flag set: so the right place is known by its behaviour.
 */
static bool find_exact_flag(struct rv_core *core)
{
	uint32_t *words = (uint32_t *)core->uc;
	uc_hook_id hook;
	bool found = false;

	for (size_t i = UC_SCAN / 4; i < UC_SIZE_MAX / 4 && !found; i++) {
		if (words[i] != RV_TCG_BUFFER)
			continue;
		core->pc_is_exact =
			(uint8_t *)&words[i] + EXACT_AFTER_BUFFER_SIZE;
		if (*core->pc_is_exact)
			continue;
		core->uc_api.hook_add(core->uc, &hook, UC_HOOK_CODE,
				      stop_with_exact_pc, core, (uint64_t)1,
				      (uint64_t)0);
		core->uc_api.ctl(core->uc, UC_CTL_TB_FLUSH);
		core->uc_api.emu_start(core->uc, core->ram_pa, 0, 0, 0);
		core->uc_api.hook_del(core->uc, hook);
		found = !*core->pc_is_exact;
		*core->pc_is_exact = 0;
	}
	return found;
}

static void stop_at_once(uc_engine *uc, uint64_t address, uint32_t size,
			 void *user)
{
	struct rv_core *core = user;

	(void)address;
	(void)size;
	core->uc_api.emu_stop(uc);
}

#define TRIALS 6
#define THUMB_PLAIN 0xe7febf00u /* nop; b . */
#define THUMB_IT 0xe7febf08u	/* it eq; b . */

/*
 * While it translates the inside of an IT block, Unicorn sets a flag that
 * leaves out the check for a stop, and forgets it when the block of code ends
 * there: what it translates next, in ARM state, cannot be stopped either.  We
 * clear the flag ourselves.  It is the one byte that is set exactly after
 * such a translation.
 */
static bool find_unstoppable_flag(struct rv_core *core)
{
	static const uint32_t code[2] = { THUMB_PLAIN, THUMB_IT };
	static uint8_t fits[UC_SIZE_MAX];
	uint8_t *bytes = (uint8_t *)core->uc;
	/* the flag found before this one is the structure's last member */
	size_t size = (size_t)(core->pc_is_exact - bytes);
	uc_hook_id hook;
	int found = 0;

	memset(fits, 1, sizeof(fits));
	core->uc_api.hook_add(core->uc, &hook, UC_HOOK_CODE, stop_at_once, core,
			      (uint64_t)1, (uint64_t)0);
	for (uint32_t trial = 0; trial < TRIALS; trial++) {
		uint32_t offset = 64 * (trial + 1);

		memcpy(core->ram + offset, &code[trial & 1], 4);
		core->uc_api.emu_start(core->uc, (core->ram_pa + offset) | 1, 0,
				       0, 0);
		for (size_t i = 0; i < size; i++)
			fits[i] &= bytes[i] == (trial & 1);
	}
	core->uc_api.hook_del(core->uc, hook);
	for (size_t i = 0; i < size; i++) {
		if (fits[i]) {
			core->unstoppable = &bytes[i];
			found++;
		}
	}
	return found == 1;
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
	if (!find_syndrome(core))
		return 2;
	if (!find_exact_flag(core))
		return 3;
	if (!find_unstoppable_flag(core))
		return 4;
	if (!check_layout(core))
		return 5;
	return 0;
}
