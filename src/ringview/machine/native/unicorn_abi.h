/*
 * The part of Unicorn 2.1's C interface that the core uses, declared here so
 * that building needs no Unicorn headers and no link against its library:
 * Python hands the core the addresses of these functions.
 */
#ifndef RINGVIEW_UNICORN_ABI_H
#define RINGVIEW_UNICORN_ABI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct uc_struct uc_engine;
typedef size_t uc_hook_id;

enum {
	UC_ARCH_ARM = 1,
	UC_MODE_ARM = 0,
	UC_PROT_ALL = 7,
	UC_CPU_CORTEX_A8 = 15,
};

enum {
	UC_OK = 0,
	UC_ERR_READ_UNMAPPED = 6,
	UC_ERR_WRITE_UNMAPPED = 7,
	UC_ERR_FETCH_UNMAPPED = 8,
};

enum {
	UC_HOOK_INTR = 1 << 0,
	UC_HOOK_CODE = 1 << 2,
	UC_HOOK_BLOCK = 1 << 3,
	UC_HOOK_MEM_READ_UNMAPPED = 1 << 4,
	UC_HOOK_MEM_WRITE_UNMAPPED = 1 << 5,
	UC_HOOK_MEM_FETCH_UNMAPPED = 1 << 6,
	UC_HOOK_MEM_FETCH_PROT = 1 << 9,
	UC_HOOK_MEM_READ = 1 << 10,
	UC_HOOK_MEM_WRITE = 1 << 11,
	UC_HOOK_MEM_READ_AFTER = 1 << 13,
	UC_HOOK_INSN_INVALID = 1 << 14,
};

enum {
	UC_MEM_WRITE = 17,
	UC_MEM_READ_UNMAPPED = 19,
	UC_MEM_WRITE_UNMAPPED = 20,
	UC_MEM_FETCH_UNMAPPED = 21,
	UC_MEM_FETCH_PROT = 24, /* device space is not executable */
};

enum {
	UC_ARM_REG_CPSR = 3,
	UC_ARM_REG_FPEXC = 4,
	UC_ARM_REG_FPSCR = 6,
	UC_ARM_REG_SPSR = 13,
	UC_ARM_REG_D0 = 14,
	UC_ARM_REG_R0 = 66,
	UC_ARM_REG_CP_REG = 139,
};

/* uc_ctl() control words: type | argument count << 26 | direction << 30 */
#define UC_CTL(type, nargs, dir)                                               \
	((int)((uint32_t)(type) | (uint32_t)(nargs) << 26 |                    \
	       (uint32_t)(dir) << 30))
#define UC_CTL_SET_EXITS_USED UC_CTL(4, 1, 1)
#define UC_CTL_SET_CPU_MODEL UC_CTL(7, 1, 1)
#define UC_CTL_TB_REMOVE_CACHE UC_CTL(9, 2, 1)
#define UC_CTL_TB_FLUSH UC_CTL(10, 0, 1)
#define UC_CTL_TLB_FLUSH UC_CTL(11, 0, 1)
#define UC_CTL_SET_TLB_TYPE UC_CTL(12, 1, 1)
#define UC_CTL_SET_TCG_BUFFER UC_CTL(13, 1, 1)

struct uc_cp_reg {
	uint32_t cp;
	uint32_t is64;
	uint32_t sec;
	uint32_t crn;
	uint32_t crm;
	uint32_t opc1;
	uint32_t opc2;
	uint64_t val;
};

/* Filled by Python in this order; see abi.py. */
struct rv_unicorn_api {
	int (*open)(int arch, int mode, uc_engine **uc);
	int (*close)(uc_engine *uc);
	int (*ctl)(uc_engine *uc, int control, ...);
	int (*reg_read)(uc_engine *uc, int reg, void *value);
	int (*reg_write)(uc_engine *uc, int reg, const void *value);
	int (*emu_start)(uc_engine *uc, uint64_t begin, uint64_t until,
			 uint64_t timeout, size_t count);
	int (*emu_stop)(uc_engine *uc);
	int (*hook_add)(uc_engine *uc, uc_hook_id *id, int type, void *callback,
			void *user, uint64_t begin, uint64_t end, ...);
	int (*hook_del)(uc_engine *uc, uc_hook_id id);
	int (*mem_map_ptr)(uc_engine *uc, uint64_t address, uint64_t size,
			   uint32_t perms, void *memory);
	int (*mmio_map)(uc_engine *uc, uint64_t address, uint64_t size,
			void *read, void *user_read, void *write,
			void *user_write);
	int (*context_alloc)(uc_engine *uc, void **context);
	int (*context_save)(uc_engine *uc, void *context);
	int (*context_restore)(uc_engine *uc, void *context);
	int (*context_free)(void *context);
	size_t (*context_size)(uc_engine *uc);
	int (*vmem_translate)(uc_engine *uc, uint64_t address, int prot,
			      uint64_t *paddress);
};

#endif
