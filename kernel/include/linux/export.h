#ifndef _LINUX_EXPORT_H
#define _LINUX_EXPORT_H

/* There are no modules; the name documents what one could use. */
#define EXPORT_SYMBOL(sym)
#define EXPORT_SYMBOL_GPL(sym)

#endif
