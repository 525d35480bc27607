#ifndef _LINUX_LINKAGE_H
#define _LINUX_LINKAGE_H

#ifdef __ASSEMBLY__

#define ALIGN .balign 4

#ifndef LINKER_SCRIPT
/* GNU as assumes the older syntax */
.syntax unified
#endif

/* Every assembly routine is typed and sized, so that tools can name it. */
#define ENTRY(name)	\
	.globl name;	\
	ALIGN;		\
	name:
#define WEAK(name)	\
	.weak name;	\
	ALIGN;		\
	name:
#define END(name) .size name, . - name
#define ENDPROC(name)		\
	.type name, %function;	\
	END(name)

#else

#define asmlinkage

#endif
#endif
