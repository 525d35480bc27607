/* Saving and restoring the processor; what RAM has changed. */
#include "core.h"

#include <string.h>
#include <sys/mman.h>

RV_API size_t rv_context_size(struct rv_core *core)
{
	return core->context_size;
}

RV_API int rv_save_context(struct rv_core *core, void *out)
{
	int err = core->uc_api.context_save(core->uc, core->context);

	if (!err)
		memcpy(out, (uint8_t *)core->context + RV_CONTEXT_HEADER,
		       core->context_size);
	return err;
}

/*
 * Put the processor back.  `pages` lists the physical pages that the caller
 * has rewritten: translated code in them is dropped.  Unicorn takes virtual
 * addresses for that, so it is done with the MMU off.
 */
RV_API int rv_restore_context(struct rv_core *core, const void *in,
			      const uint32_t *pages, size_t npages)
{
	struct rv_unicorn_api *api = &core->uc_api;
	int err;

	if (npages) {
		rv_set_cp15(core, 1, 0, 0, 0,
			    rv_cp15(core, 1, 0, 0, 0) & ~SCTLR_M);
		api->ctl(core->uc, UC_CTL_TLB_FLUSH);
		for (size_t i = 0; i < npages; i++)
			api->ctl(core->uc, UC_CTL_TB_REMOVE_CACHE,
				 (uint64_t)pages[i],
				 (uint64_t)pages[i] + 4096);
	}
	memcpy((uint8_t *)core->context + RV_CONTEXT_HEADER, in,
	       core->context_size);
	err = api->context_restore(core->uc, core->context);
	api->ctl(core->uc, UC_CTL_TLB_FLUSH);
	core->mode = core->env->uncached_cpsr & PSR_MODE;
	core->block_pc = core->env->regs[15];
	core->block_size = 4;
	rv_trace_resync(core);
	return err;
}

RV_API void rv_flush_code(struct rv_core *core)
{
	core->uc_api.ctl(core->uc, UC_CTL_TB_FLUSH);
}

RV_API void rv_flush_tlb(struct rv_core *core)
{
	core->uc_api.ctl(core->uc, UC_CTL_TLB_FLUSH);
}

/*
 * Compare RAM with the shadow, 4 KiB at a time; copy what differs into the
 * shadow and list the page numbers.  Returns how many there are.
 */
RV_API size_t rv_changed_pages(struct rv_core *core, uint8_t *shadow,
			       uint32_t *changed)
{
	uint8_t *resident = core->resident;
	size_t n = 0;

	/* memory that was never touched is zero on both sides */
	if (mincore(core->ram, core->ram_size, (void *)resident))
		memset(resident, 1, core->ram_size >> 12);
	for (uint32_t page = 0; page < core->ram_size >> 12; page++) {
		uint8_t *now = core->ram + ((size_t)page << 12);
		uint8_t *then = shadow + ((size_t)page << 12);

		if (!resident[page] || !memcmp(now, then, 4096))
			continue;
		memcpy(then, now, 4096);
		changed[n++] = page;
	}
	return n;
}

/* Unicorn's own translation of a VA, for the oracle test; -1 on a fault. */
RV_API int64_t rv_unicorn_translate(struct rv_core *core, uint32_t va, int prot)
{
	uint64_t pa;

	if (core->uc_api.vmem_translate(core->uc, va, prot, &pa))
		return -1;
	return (int64_t)pa;
}
