/*
 * Schedules: the same stretch again and again, each time with another thread's
 * stores at other places.  See race.h.
 */
#include "race.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE_SHIFT = 12,
       PAGE_BYTES = 1 << PAGE_SHIFT,
       FIRST_ROOM = 1024 };

static inline uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15ull;
	return hash ^ hash >> 29;
}

/* Each thread's kernel stack is its own, whatever the mode. */
static inline uint32_t thread_of(const struct rv_core *core)
{
	return rv_sp_of(core->env, MODE_SVC) & ~(core->race->stack_size - 1);
}

static inline bool is_victim(const struct rv_core *core)
{
	return thread_of(core) == core->race->victim;
}

static inline bool is_privileged(const struct rv_core *core)
{
	return (core->env->uncached_cpsr & PSR_MODE) != MODE_USR;
}

static inline uint32_t pages_of(const struct rv_core *core)
{
	return core->ram_size >> PAGE_SHIFT;
}

static inline void soil(struct rv_race *r, uint32_t page)
{
	if (likely(r->page[page] & RV_PAGE_DIRTY))
		return;
	r->page[page] |= RV_PAGE_DIRTY;
	r->dirty[r->shared.dirty++] = page;
}

/* Does [offset, offset + size) of RAM hold a watched byte? */
static bool is_watched(const struct rv_race *r, uint32_t offset, uint32_t size)
{
	for (uint32_t i = offset; i < offset + size; i++)
		if (r->watched[i >> 3] >> (i & 7) & 1)
			return true;
	return false;
}

static uint64_t value_at(const struct rv_core *core, uint32_t offset, int size)
{
	uint64_t value = 0;

	memcpy(&value, core->ram + offset, size < 8 ? (size_t)size : 8);
	return value;
}

static void see(struct rv_core *core, uint32_t offset, int size, uint64_t value,
		uint32_t flags)
{
	struct rv_race *r = core->race;
	struct rv_seen *record = r->shared.seen_data;

	if (r->shared.seen == r->seen_room) {
		size_t room = r->seen_room ? r->seen_room * 2 : FIRST_ROOM;

		record = realloc(record, room * sizeof(*record));
		if (!record) {
			core->shared.broken = 1;
			return;
		}
		r->shared.seen_data = record;
		r->seen_room = room;
	}
	record += r->shared.seen++;
	*record = (struct rv_seen){
		.icount = core->base + core->counter - 1,
		.value = value,
		.pc = core->env->regs[15],
		.pa = core->ram_pa + offset,
		.size = (uint16_t)size,
		.flags = (uint16_t)flags,
		.thread = thread_of(core),
	};
}

static void second_core_stores(struct rv_core *core)
{
	struct rv_race *r = core->race;

	while (r->next_poke < r->npokes &&
	       r->pokes[r->next_poke].before <= r->shared.loads) {
		const struct rv_poke *poke = &r->pokes[r->next_poke++];
		uint32_t offset = poke->pa - core->ram_pa;

		memcpy(core->ram + offset, &poke->value, poke->size);
		soil(r, offset >> PAGE_SHIFT);
		soil(r, (offset + poke->size - 1) >> PAGE_SHIFT);
	}
}

static void on_load(uc_engine *uc, int type, uint64_t pa, int size,
		    int64_t unused, void *user)
{
	struct rv_core *core = user;
	struct rv_race *r = core->race;
	uint32_t offset = (uint32_t)pa - core->ram_pa;
	uint64_t value;

	(void)uc;
	(void)type;
	(void)unused;
	if (likely(offset >= core->ram_size ||
		   !(r->page[offset >> PAGE_SHIFT] & RV_PAGE_WATCHED)))
		return;
	if (!is_privileged(core) || !is_watched(r, offset, (uint32_t)size) ||
	    !is_victim(core))
		return;
	second_core_stores(core);
	r->shared.loads++;
	value = value_at(core, offset, size);
	r->shared.load_hash = mix(mix(r->shared.load_hash, value),
				  (uint64_t)core->env->regs[15] << 32 | offset);
	see(core, offset, size, value, RV_SEEN_VICTIM | RV_SEEN_PRIVILEGED);
	if (r->shared.loads == r->shared.loads_wanted) {
		r->shared.loads_reached = 1;
		core->watch_hit = true;
		rv_cut(core);
	}
}

static void others_store(struct rv_core *core, uint32_t offset, int size,
			 uint64_t value)
{
	struct rv_race *r = core->race;
	bool watched = r->page[offset >> PAGE_SHIFT] & RV_PAGE_WATCHED &&
		       is_watched(r, offset, (uint32_t)size);

	if (!watched && !r->shared.record)
		return;
	see(core, offset, size, value,
	    RV_SEEN_STORE | (is_privileged(core) ? RV_SEEN_PRIVILEGED : 0));
	if (!watched)
		return;
	r->shared.stores++;
	if (r->shared.stores == r->shared.stores_wanted) {
		r->shared.stores_reached = 1;
		core->watch_hit = true;
		rv_cut(core);
	}
}

static void on_store(uc_engine *uc, int type, uint64_t pa, int size,
		     int64_t signed_value, void *user)
{
	struct rv_core *core = user;
	struct rv_race *r = core->race;
	uint32_t offset = (uint32_t)pa - core->ram_pa;
	uint64_t value = (uint64_t)signed_value;
	uint32_t last;
	uint8_t flags;

	(void)uc;
	(void)type;
	if (unlikely(offset >= core->ram_size))
		return;
	flags = r->page[offset >> PAGE_SHIFT];
	if (unlikely(!(flags & RV_PAGE_DIRTY)))
		soil(r, offset >> PAGE_SHIFT);
	last = (offset + (uint32_t)size - 1) >> PAGE_SHIFT;
	if (unlikely(last != offset >> PAGE_SHIFT) && last < pages_of(core))
		soil(r, last);
	if (size < 8)
		value &= (1ull << size * 8) - 1;
	if (!is_privileged(core)) {
		others_store(core, offset, size, value);
	} else if (flags & (RV_PAGE_USER | RV_PAGE_WATCHED)) {
		if (is_victim(core))
			r->shared.store_hash =
				mix(mix(r->shared.store_hash, value), offset);
		else
			others_store(core, offset, size, value);
	}
}

/* The mode became USR.  Is that the end of what is explored? */
void rv_race_to_user(struct rv_core *core)
{
	struct rv_race_shared *s = &core->race->shared;

	if (!is_victim(core)) {
		if (!s->others_wanted)
			return;
		s->others_wanted = 0;
		s->others_reached = 1;
		core->transition = true;
		rv_cut(core);
		return;
	}
	core->race->shared.returned = 1;
	core->race->shared.result = core->env->regs[0];
	core->transition = true;
	rv_cut(core);
}

void rv_race_svc(struct rv_core *core)
{
	if (is_victim(core))
		core->race->shared.entered++;
	else if (core->race->shared.record)
		see(core, 0, 0, core->env->regs[7], RV_SEEN_SVC);
}

/* A block begins at PL1; below the border it is the user's code. */
void rv_race_block(struct rv_core *core, uint32_t va)
{
	struct rv_race *r = core->race;

	if (va >= r->border || r->shared.ran_user)
		return;
	r->shared.ran_user = 1;
	r->shared.user_pc = va;
}

static void restart(struct rv_race *r)
{
	struct rv_race_shared *s = &r->shared;

	s->seen = s->loads = s->stores = 0;
	s->stores_wanted = s->loads_wanted = 0;
	s->load_hash = s->store_hash = 0;
	s->stores_reached = s->loads_reached = s->returned = 0;
	s->user_pc = s->ran_user = 0;
	s->entered = 0;
	s->others_wanted = s->others_reached = 0;
	r->next_poke = 0;
}

void rv_race_free(struct rv_core *core)
{
	struct rv_race *r = core->race;

	if (!r)
		return;
	free(r->page);
	free(r->watched);
	free(r->dirty);
	free(r->context);
	free(r->pokes);
	free(r->shared.seen_data);
	free(r);
	core->race = NULL;
}

static struct rv_race *make_race(struct rv_core *core)
{
	struct rv_race *r = calloc(1, sizeof(*r));
	size_t pages = pages_of(core);

	if (!r)
		return NULL;
	r->page = calloc(pages, 1);
	r->watched = calloc(core->ram_size / 8, 1);
	r->dirty = calloc(pages, sizeof(*r->dirty));
	r->context = malloc(core->context_size);
	core->race = r;
	if (!r->page || !r->watched || !r->dirty || !r->context) {
		rv_race_free(core);
		return NULL;
	}
	return r;
}

/*
 * From here on this is the root.  `root` is the host's copy of RAM as it is
 * now, and stays so.  NULL on failure.
 */
RV_API struct rv_race_shared *rv_race_begin(struct rv_core *core,
					    const uint8_t *root,
					    uint32_t victim,
					    uint32_t stack_size,
					    uint32_t border)
{
	struct rv_unicorn_api *api = &core->uc_api;
	struct rv_shared *s = &core->shared;
	struct rv_race *r = core->race ? core->race : make_race(core);
	int err = 0;

	if (!r || rv_save_context(core, r->context))
		return NULL;
	if (!r->load_hook)
		err = api->hook_add(core->uc, &r->load_hook, UC_HOOK_MEM_READ,
				    on_load, core, (uint64_t)core->ram_pa,
				    (uint64_t)core->ram_pa + core->ram_size -
					    1) ||
		      api->hook_add(core->uc, &r->store_hook, UC_HOOK_MEM_WRITE,
				    on_store, core, (uint64_t)core->ram_pa,
				    (uint64_t)core->ram_pa + core->ram_size -
					    1);
	if (err)
		return NULL;
	r->victim = victim;
	r->stack_size = stack_size;
	r->border = border;
	r->root = root;
	r->icount = s->icount;
	r->idle = s->idle;
	memcpy(r->loops,
	       (uint32_t[]){ s->wfi_pc, s->wfi_count, s->loop_pc,
			     s->loop_count },
	       sizeof(r->loops));
	r->loop_icounts[0] = s->wfi_icount;
	r->loop_icounts[1] = s->loop_icount;
	memset(r->page, 0, pages_of(core));
	r->shared.dirty = 0;
	r->npokes = 0;
	restart(r);
	api->ctl(core->uc, UC_CTL_TB_FLUSH);
	return &r->shared;
}

/* Back to an ordinary machine; RAM and registers stay as they are. */
RV_API void rv_race_end(struct rv_core *core)
{
	struct rv_race *r = core->race;

	if (!r)
		return;
	core->uc_api.hook_del(core->uc, r->load_hook);
	core->uc_api.hook_del(core->uc, r->store_hook);
	rv_race_free(core);
	core->uc_api.ctl(core->uc, UC_CTL_TB_FLUSH);
}

/* Replace the watched bytes: pairs of physical address and size. */
RV_API void rv_race_watch(struct rv_core *core, const uint32_t *pairs, size_t n)
{
	struct rv_race *r = core->race;
	size_t pages = pages_of(core);

	for (size_t page = 0; page < pages; page++) {
		if (!(r->page[page] & RV_PAGE_WATCHED))
			continue;
		r->page[page] &= (uint8_t)~RV_PAGE_WATCHED;
		memset(r->watched + page * PAGE_BYTES / 8, 0, PAGE_BYTES / 8);
	}
	for (size_t i = 0; i < n; i++) {
		uint32_t first = pairs[2 * i] - core->ram_pa;

		for (uint32_t at = first; at < first + pairs[2 * i + 1]; at++) {
			r->watched[at >> 3] |= (uint8_t)(1u << (at & 7));
			r->page[at >> PAGE_SHIFT] |= RV_PAGE_WATCHED;
		}
	}
}

/* Which pages user mode can reach: page numbers from the start of RAM. */
RV_API void rv_race_user_pages(struct rv_core *core, const uint32_t *pages,
			       size_t n)
{
	for (size_t i = 0; i < n; i++)
		core->race->page[pages[i]] |= RV_PAGE_USER;
}

/* What the second core stores; sorted by `before`.  0, or -1. */
RV_API int rv_race_pokes(struct rv_core *core, const struct rv_poke *pokes,
			 size_t n)
{
	struct rv_race *r = core->race;
	struct rv_poke *fresh = realloc(r->pokes, (n + 1) * sizeof(*fresh));

	if (!fresh)
		return -1;
	memcpy(fresh, pokes, n * sizeof(*fresh));
	r->pokes = fresh;
	r->npokes = n;
	r->next_poke = 0;
	return 0;
}

/* Store bytes now, between two instructions. */
RV_API void rv_race_store(struct rv_core *core, uint32_t pa,
			  const uint8_t *data, uint32_t size)
{
	uint32_t offset = pa - core->ram_pa;

	memcpy(core->ram + offset, data, size);
	soil(core->race, offset >> PAGE_SHIFT);
	soil(core->race, (offset + size - 1) >> PAGE_SHIFT);
}

/* Back to the root: processor, run loop and the pages written since. */
RV_API int rv_race_restore(struct rv_core *core)
{
	struct rv_race *r = core->race;
	struct rv_shared *s = &core->shared;
	uint32_t n = r->shared.dirty;

	for (uint32_t i = 0; i < n; i++) {
		size_t at = (size_t)r->dirty[i] << PAGE_SHIFT;

		memcpy(core->ram + at, r->root + at, PAGE_BYTES);
		r->page[r->dirty[i]] &= (uint8_t)~RV_PAGE_DIRTY;
		r->dirty[i] = core->ram_pa + (uint32_t)at;
	}
	r->shared.dirty = 0;
	s->icount = r->icount;
	s->idle = r->idle;
	s->wfi_pc = r->loops[0];
	s->wfi_count = r->loops[1];
	s->loop_pc = r->loops[2];
	s->loop_count = r->loops[3];
	s->wfi_icount = r->loop_icounts[0];
	s->loop_icount = r->loop_icounts[1];
	s->events = 0;
	restart(r);
	return rv_restore_context(core, r->context, r->dirty, n);
}

/* Page numbers, from the start of RAM, written since the root. */
RV_API size_t rv_race_dirty(struct rv_core *core, uint32_t *pages)
{
	struct rv_race *r = core->race;

	memcpy(pages, r->dirty, r->shared.dirty * sizeof(*pages));
	return r->shared.dirty;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/*
 * A hash of the registers and of every page that differs from the root: equal
 * states give equal digests, whatever way led to them.
 */
RV_API uint64_t rv_race_digest(struct rv_core *core)
{
	struct rv_race *r = core->race;
	struct rv_registers registers;
	uint64_t hash = core->shared.icount, word;

	rv_get_registers(core, &registers);
	for (size_t i = 0; i < sizeof(registers) / 4; i++)
		hash = mix(hash, ((const uint32_t *)&registers)[i]);
	qsort(r->dirty, r->shared.dirty, sizeof(*r->dirty), by_number);
	for (uint32_t i = 0; i < r->shared.dirty; i++) {
		size_t at = (size_t)r->dirty[i] << PAGE_SHIFT;

		if (!memcmp(core->ram + at, r->root + at, PAGE_BYTES))
			continue;
		hash = mix(hash, r->dirty[i]);
		for (size_t b = 0; b < PAGE_BYTES; b += sizeof(word)) {
			memcpy(&word, core->ram + at + b, sizeof(word));
			hash = mix(hash, word);
		}
	}
	return hash;
}
