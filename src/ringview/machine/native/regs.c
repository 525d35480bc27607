/* Registers: the banked view, CPSR and coprocessor 15. */
#include "core.h"

uint32_t rv_bank(uint32_t mode)
{
	switch (mode) {
	case MODE_SVC:
		return BANK_SVC;
	case MODE_ABT:
		return BANK_ABT;
	case MODE_UND:
		return BANK_UND;
	case MODE_IRQ:
		return BANK_IRQ;
	case MODE_FIQ:
		return BANK_FIQ;
	default:
		return BANK_USR;
	}
}

/* The bank of the current mode lives in regs[], not in its bank slot. */
static bool is_live(const struct rv_env *env, uint32_t bank)
{
	return rv_bank(env->uncached_cpsr & PSR_MODE) == bank;
}

uint32_t rv_sp_of(const struct rv_env *env, uint32_t mode)
{
	uint32_t bank = rv_bank(mode);

	return is_live(env, bank) ? env->regs[13] : env->banked_r13[bank];
}

uint32_t rv_lr_of(const struct rv_env *env, uint32_t mode)
{
	uint32_t bank = rv_bank(mode);

	return is_live(env, bank) ? env->regs[14] : env->banked_r14[bank];
}

uint32_t rv_spsr_of(const struct rv_env *env, uint32_t mode)
{
	uint32_t bank = rv_bank(mode);

	return is_live(env, bank) ? env->spsr :
				    (uint32_t)env->banked_spsr[bank];
}

RV_API void rv_get_registers(struct rv_core *core, struct rv_registers *out)
{
	const struct rv_env *env = core->env;
	bool fiq = (env->uncached_cpsr & PSR_MODE) == MODE_FIQ;
	static const uint32_t modes[BANKS] = {
		[BANK_USR] = MODE_USR,
		[BANK_SVC] = MODE_SVC,
		[BANK_ABT] = MODE_ABT,
		[BANK_UND] = MODE_UND,
		[BANK_IRQ] = MODE_IRQ,
		[BANK_FIQ] = MODE_FIQ,
	};

	for (int i = 0; i < 16; i++)
		out->r[i] = env->regs[i];
	out->cpsr = rv_cpsr(env);
	out->spsr = env->spsr;
	for (int bank = 0; bank < BANKS; bank++) {
		out->bank_sp[bank] = rv_sp_of(env, modes[bank]);
		out->bank_lr[bank] = rv_lr_of(env, modes[bank]);
		out->bank_spsr[bank] = rv_spsr_of(env, modes[bank]);
	}
	out->bank_spsr[BANK_USR] = 0;
	if (is_live(env, BANK_USR))
		out->spsr = 0;
	for (int i = 0; i < 5; i++) {
		out->usr_r8[i] = fiq ? env->usr_regs[i] : env->regs[8 + i];
		out->fiq_r8[i] = fiq ? env->regs[8 + i] : env->fiq_regs[i];
	}
}

RV_API void rv_set_register(struct rv_core *core, uint32_t index,
			    uint32_t value)
{
	core->env->regs[index & 15] = value;
}

void rv_write_cpsr(struct rv_core *core, uint32_t value)
{
	core->uc_api.reg_write(core->uc, UC_ARM_REG_CPSR, &value);
}

/* The host sets CPSR: no transition of the guest's. */
RV_API void rv_set_cpsr(struct rv_core *core, uint32_t value)
{
	rv_write_cpsr(core, value);
	core->mode = value & PSR_MODE;
}

RV_API uint32_t rv_cp15(struct rv_core *core, int crn, int opc1, int crm,
			int opc2)
{
	struct uc_cp_reg reg = {
		.cp = 15,
		.crn = crn,
		.crm = crm,
		.opc1 = opc1,
		.opc2 = opc2,
	};

	if (core->uc_api.reg_read(core->uc, UC_ARM_REG_CP_REG, &reg))
		return 0;
	return (uint32_t)reg.val;
}

RV_API void rv_set_cp15(struct rv_core *core, int crn, int opc1, int crm,
			int opc2, uint32_t value)
{
	struct uc_cp_reg reg = {
		.cp = 15,
		.crn = crn,
		.crm = crm,
		.opc1 = opc1,
		.opc2 = opc2,
		.val = value,
	};

	core->uc_api.reg_write(core->uc, UC_ARM_REG_CP_REG, &reg);
	rv_trace_resync(core);
}

/* SCR is the one register reached as secure. */
RV_API void rv_set_scr(struct rv_core *core, uint32_t value)
{
	struct uc_cp_reg reg = {
		.cp = 15,
		.sec = 1,
		.crn = 1,
		.crm = 1,
		.val = value,
	};

	core->uc_api.reg_write(core->uc, UC_ARM_REG_CP_REG, &reg);
}

/* d0..d31, FPSCR, FPEXC as 34 64-bit words */
RV_API void rv_get_vfp(struct rv_core *core, uint64_t *out)
{
	uint32_t word;

	for (int i = 0; i < 32; i++)
		core->uc_api.reg_read(core->uc, UC_ARM_REG_D0 + i, &out[i]);
	core->uc_api.reg_read(core->uc, UC_ARM_REG_FPSCR, &word);
	out[32] = word;
	core->uc_api.reg_read(core->uc, UC_ARM_REG_FPEXC, &word);
	out[33] = word;
}
