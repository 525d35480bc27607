/* Construction of the engine, and the way from it to the devices. */
#include "core.h"

#include <stdlib.h>
#include <string.h>

struct rv_config {
	uint32_t ram_pa;
	uint32_t ram_size;
	uint32_t stack_size; /* of kernel stacks, a power of two */
	uint32_t pad;
	void *ram;
	rv_read_fn read;
	rv_write_fn write;
	rv_event_fn on_event;
};

static int open_engine(struct rv_core *core)
{
	struct rv_unicorn_api *api = &core->uc_api;

	if (api->open(UC_ARCH_ARM, UC_MODE_ARM, &core->uc))
		return 10;
	if (api->ctl(core->uc, UC_CTL_SET_CPU_MODEL, UC_CPU_CORTEX_A8))
		return 11;
	if (api->ctl(core->uc, UC_CTL_SET_TCG_BUFFER, RV_TCG_BUFFER))
		return 12;
	if (api->ctl(core->uc, UC_CTL_SET_TLB_TYPE, 0))
		return 13;
	if (api->ctl(core->uc, UC_CTL_SET_EXITS_USED, 1))
		return 14;
	if (api->mem_map_ptr(core->uc, core->ram_pa, core->ram_size,
			     UC_PROT_ALL, core->ram))
		return 15;
	return 0;
}

RV_API void rv_free(struct rv_core *core)
{
	if (!core)
		return;
	rv_trace_free(core);
	rv_race_free(core);
	if (core->context)
		core->uc_api.context_free(core->context);
	if (core->uc)
		core->uc_api.close(core->uc);
	free(core->shared.event_data);
	free(core->breakpoints);
	free(core->watchpoints);
	free(core->resident);
	free(core);
}

RV_API uint32_t rv_abi(void)
{
	return RV_ABI;
}

/* On failure *error says which step failed and NULL is returned. */
RV_API struct rv_core *rv_new(const struct rv_unicorn_api *api,
			      const struct rv_config *config, int *error)
{
	struct rv_core *core = calloc(1, sizeof(*core));

	if (core)
		core->resident = malloc(config->ram_size >> 12);
	if (!core || !core->resident) {
		free(core);
		*error = 1;
		return NULL;
	}
	core->uc_api = *api;
	core->ram = config->ram;
	core->ram_pa = config->ram_pa;
	core->ram_size = config->ram_size;
	core->stack_mask = ~(config->stack_size - 1);
	core->read = config->read;
	core->write = config->write;
	core->on_event = config->on_event;
	core->shared.next_event = NEVER;
	*error = open_engine(core);
	if (!*error && (api->context_alloc(core->uc, &core->context) ||
			api->context_save(core->uc, core->context)))
		*error = 16;
	if (!*error && rv_calibrate(core))
		*error = 20;
	if (!*error && api->context_restore(core->uc, core->context))
		*error = 21;
	if (!*error && (rv_hook_count(core) || rv_hook_exceptions(core)))
		*error = 30;
	if (*error) {
		rv_free(core);
		return NULL;
	}
	core->context_size = api->context_size(core->uc) - RV_CONTEXT_HEADER;
	memset(core->ram, 0, 4096);
	core->uc_api.ctl(core->uc, UC_CTL_TB_FLUSH);
	core->mode = core->env->uncached_cpsr & PSR_MODE;
	return core;
}
/* A device was touched: the slice may have to end sooner, or here. */
static void after_device(struct rv_core *core)
{
	struct rv_shared *s = &core->shared;

	core->attention = s->irq_line || s->fiq_line;
	if (core->attention || s->stop_request || s->broken ||
	    s->next_event < core->slice_end_clock)
		rv_cut(core);
}

static uint64_t mmio_read(uc_engine *uc, uint64_t offset, unsigned int size,
			  void *user)
{
	struct rv_core *core = user;
	uint64_t value;

	(void)uc;
	core->shared.icount = core->base + core->counter - 1;
	value = core->read(offset, size);
	after_device(core);
	return value;
}

static void mmio_write(uc_engine *uc, uint64_t offset, unsigned int size,
		       uint64_t value, void *user)
{
	struct rv_core *core = user;

	(void)uc;
	core->shared.icount = core->base + core->counter - 1;
	core->write(offset, size, value);
	after_device(core);
}

static uint64_t region_read(uc_engine *uc, uint64_t offset, unsigned int size,
			    void *user)
{
	struct rv_region *region = user;

	return mmio_read(uc, region->pa + offset, size, region->core);
}

static void region_write(uc_engine *uc, uint64_t offset, unsigned int size,
			 uint64_t value, void *user)
{
	struct rv_region *region = user;

	mmio_write(uc, region->pa + offset, size, value, region->core);
}

/* Send accesses to physical [pa, pa + size) to Python. */
RV_API int rv_map_devices(struct rv_core *core, uint32_t pa, uint32_t size)
{
	struct rv_region *region = &core->regions[core->nregions];

	if (core->nregions == RV_REGIONS)
		return -1;
	core->nregions++;
	region->core = core;
	region->pa = pa;
	return core->uc_api.mmio_map(core->uc, pa, size, region_read, region,
				     region_write, region);
}
