#include "core.h"
void rv_trace_free(struct rv_core *core) { (void)core; }
